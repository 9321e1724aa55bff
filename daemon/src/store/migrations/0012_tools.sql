-- What `create_ticket` handed over, and calls of tools that people decide on.
CREATE TABLE tickets (
    id TEXT PRIMARY KEY,
    team TEXT NOT NULL,
    ticket TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX tickets_by_team ON tickets (team, id);
CREATE TABLE approvals (
    id TEXT PRIMARY KEY,
    team TEXT NOT NULL,
    -- The hash of the exact call: who makes it, which tool, with what.
    call TEXT NOT NULL,
    status TEXT NOT NULL,
    tool TEXT NOT NULL,
    arguments TEXT NOT NULL,
    agent TEXT,
    rule TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    trace_id TEXT NOT NULL,
    decided_by TEXT,
    reason TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX approvals_by_team ON approvals (team, id);
CREATE INDEX approvals_by_call ON approvals (team, call, id);
