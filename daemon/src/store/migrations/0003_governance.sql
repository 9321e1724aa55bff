-- Rotation, narrower keys, operators with roles, teams, budgets, webhooks.

ALTER TABLE keys ADD COLUMN agents TEXT NOT NULL DEFAULT '[]';
ALTER TABLE keys ADD COLUMN collections TEXT NOT NULL DEFAULT '[]';
ALTER TABLE keys ADD COLUMN tools TEXT NOT NULL DEFAULT '[]';
ALTER TABLE keys ADD COLUMN sources TEXT NOT NULL DEFAULT '[]';

ALTER TABLE key_secrets ADD COLUMN expires_at BIGINT;
ALTER TABLE key_secrets ADD COLUMN last_used_at BIGINT;
-- Since the newest secret of the key was made.
ALTER TABLE key_secrets ADD COLUMN calls BIGINT NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX key_secrets_by_generation ON key_secrets (key_id, generation);

ALTER TABLE operator_tokens ADD COLUMN role TEXT NOT NULL DEFAULT 'operator';
ALTER TABLE operator_tokens ADD COLUMN expires_at BIGINT;
ALTER TABLE operator_tokens ADD COLUMN revoked_at BIGINT;

ALTER TABLE users ADD COLUMN is_active BIGINT NOT NULL DEFAULT 1;

CREATE TABLE teams (
    id TEXT PRIMARY KEY,
    created_at BIGINT NOT NULL
);
INSERT INTO teams (id, created_at) VALUES ('default', 0);

CREATE TABLE budgets (
    id TEXT PRIMARY KEY,
    team TEXT NOT NULL,
    name TEXT NOT NULL,
    subject TEXT NOT NULL,
    subject_id TEXT,
    period TEXT NOT NULL,
    limit_nanos BIGINT NOT NULL,
    mode TEXT NOT NULL,
    unpriced TEXT NOT NULL,
    ends_at BIGINT,
    created_at BIGINT NOT NULL,
    UNIQUE (team, name)
);

CREATE TABLE budget_spending (
    budget_id TEXT NOT NULL REFERENCES budgets (id) ON DELETE CASCADE,
    team TEXT NOT NULL,
    -- When the period began; 0 for prepaid budgets.
    period_began_at BIGINT NOT NULL,
    spent_nanos BIGINT NOT NULL,
    PRIMARY KEY (budget_id, period_began_at)
);

CREATE TABLE webhooks (
    id TEXT PRIMARY KEY,
    team TEXT NOT NULL,
    url TEXT NOT NULL,
    events TEXT NOT NULL,
    sealed TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX webhooks_by_team ON webhooks (team);

CREATE TABLE webhook_deliveries (
    id TEXT PRIMARY KEY,
    team TEXT NOT NULL,
    webhook_id TEXT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    event TEXT NOT NULL,
    body TEXT NOT NULL,
    status TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    last_answer TEXT,
    next_attempt_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_attempt_at) WHERE status = 'pending';
CREATE INDEX webhook_deliveries_by_webhook ON webhook_deliveries (webhook_id, id);

-- The windows of a key's limits are read back from here after a restart.
CREATE INDEX audit_by_key ON audit (key_id, created_at, seq);
