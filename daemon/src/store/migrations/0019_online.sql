-- What answers of prod scored that were drawn to be evaluated.
CREATE TABLE online_scores (
    trace_id TEXT PRIMARY KEY,
    team TEXT NOT NULL,
    agent_id TEXT NOT NULL,
    version TEXT NOT NULL,
    scores TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX online_scores_by_agent ON online_scores (team, agent_id, created_at);
-- The figures whose drift was told, until they come back.
CREATE TABLE online_drift (
    team TEXT NOT NULL,
    agent_id TEXT NOT NULL,
    figure TEXT NOT NULL,
    told_at BIGINT NOT NULL,
    PRIMARY KEY (team, agent_id, figure)
);
