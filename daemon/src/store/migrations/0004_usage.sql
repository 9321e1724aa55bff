-- Usage, rolled up from the audit log: a row an hour, day and month for each group of each kind.

CREATE TABLE usage_rollups (
    team TEXT NOT NULL,
    -- 'total', or by what the row is told apart: 'key', 'agent', 'model', …
    dimension TEXT NOT NULL,
    name TEXT NOT NULL,
    -- 'hour', 'day' or 'month'.
    span TEXT NOT NULL,
    began_at BIGINT NOT NULL,
    calls BIGINT NOT NULL,
    errors BIGINT NOT NULL,
    blocked BIGINT NOT NULL,
    cached BIGINT NOT NULL,
    input_tokens BIGINT NOT NULL,
    output_tokens BIGINT NOT NULL,
    cost_nanos BIGINT NOT NULL,
    latencies TEXT NOT NULL,
    PRIMARY KEY (dimension, span, team, began_at, name)
);

-- Up to which row of the audit log that has come; one row.
CREATE TABLE usage_progress (
    id BIGINT PRIMARY KEY,
    team TEXT NOT NULL,
    seq BIGINT NOT NULL
);
INSERT INTO usage_progress (id, team, seq) VALUES (1, '', 0);

-- Signed heads of the audit log: what retention cuts off is provable by the one that stays.
CREATE TABLE audit_checkpoints (
    seq BIGINT PRIMARY KEY,
    team TEXT NOT NULL,
    hash TEXT NOT NULL,
    signature TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
