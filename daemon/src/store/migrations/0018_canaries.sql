-- A version that a part of an environment's calls goes to, beside the one that is live there.
CREATE TABLE canaries (
    promotion_id TEXT PRIMARY KEY REFERENCES promotions (id) ON DELETE CASCADE,
    team TEXT NOT NULL,
    agent_id TEXT NOT NULL,
    environment TEXT NOT NULL,
    version TEXT NOT NULL,
    percent BIGINT NOT NULL,
    looks BIGINT NOT NULL,
    next_look BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    UNIQUE (team, agent_id, environment)
);
-- How each of these calls ended, whichever version it went to, as long as the canary lasts.
CREATE TABLE canary_calls (
    trace_id TEXT PRIMARY KEY,
    team TEXT NOT NULL,
    promotion_id TEXT NOT NULL REFERENCES canaries (promotion_id) ON DELETE CASCADE,
    is_canary BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    blocked BIGINT NOT NULL
);
CREATE INDEX canary_calls_by_promotion ON canary_calls (promotion_id, is_canary, failed, blocked);
ALTER TABLE promotions ADD COLUMN canary BIGINT;
