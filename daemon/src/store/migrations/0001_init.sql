-- Text ids, integer milliseconds, JSON as text; every row has an owning team.

CREATE TABLE operator_tokens (
    id TEXT PRIMARY KEY,
    team TEXT NOT NULL,
    name TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL
);

CREATE TABLE keys (
    id TEXT PRIMARY KEY,
    team TEXT NOT NULL,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    act_as TEXT NOT NULL,
    role TEXT NOT NULL,
    limits TEXT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT,
    last_used_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX keys_by_live_name ON keys (team, name) WHERE revoked_at IS NULL;

CREATE TABLE key_secrets (
    hash TEXT PRIMARY KEY,
    key_id TEXT NOT NULL REFERENCES keys (id),
    team TEXT NOT NULL,
    generation BIGINT NOT NULL,
    prefix TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX key_secrets_by_key ON key_secrets (key_id);

CREATE TABLE users (
    team TEXT NOT NULL,
    email TEXT NOT NULL,
    name TEXT,
    role TEXT NOT NULL,
    PRIMARY KEY (team, email)
);

CREATE TABLE groups (
    team TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (team, name)
);

CREATE TABLE group_members (
    team TEXT NOT NULL,
    email TEXT NOT NULL,
    group_name TEXT NOT NULL,
    PRIMARY KEY (team, email, group_name)
);

CREATE TABLE agents (
    team TEXT NOT NULL,
    id TEXT NOT NULL,
    applied_version TEXT,
    archived_at BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (team, id)
);

CREATE TABLE agent_versions (
    team TEXT NOT NULL,
    agent_id TEXT NOT NULL,
    version TEXT NOT NULL,
    definition TEXT NOT NULL,
    origin TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (team, agent_id, version)
);

CREATE TABLE agent_environments (
    team TEXT NOT NULL,
    agent_id TEXT NOT NULL,
    environment TEXT NOT NULL,
    version TEXT NOT NULL,
    promoted_at BIGINT NOT NULL,
    PRIMARY KEY (team, agent_id, environment)
);

CREATE TABLE promotions (
    id TEXT PRIMARY KEY,
    team TEXT NOT NULL,
    agent_id TEXT NOT NULL,
    environment TEXT NOT NULL,
    from_version TEXT,
    to_version TEXT NOT NULL,
    run_id TEXT,
    status TEXT NOT NULL,
    gate TEXT NOT NULL,
    reason TEXT,
    requested_by TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX promotions_by_agent ON promotions (team, agent_id, created_at);

CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    team TEXT NOT NULL,
    key_id TEXT NOT NULL,
    user_email TEXT NOT NULL,
    agent_id TEXT NOT NULL,
    title TEXT,
    metadata TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_owner ON sessions (team, user_email, id);

CREATE TABLE session_messages (
    team TEXT NOT NULL,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    role TEXT NOT NULL,
    content TEXT NOT NULL,
    citations TEXT NOT NULL,
    trace_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (session_id, number)
);

CREATE TABLE collections (
    team TEXT NOT NULL,
    id TEXT NOT NULL,
    revision BIGINT NOT NULL,
    PRIMARY KEY (team, id)
);

CREATE TABLE documents (
    id TEXT PRIMARY KEY,
    team TEXT NOT NULL,
    doc_id TEXT NOT NULL,
    collection TEXT NOT NULL,
    title TEXT NOT NULL,
    outline TEXT NOT NULL,
    passages BIGINT NOT NULL,
    is_public BIGINT NOT NULL,
    added_by TEXT NOT NULL,
    metadata TEXT,
    created_at BIGINT NOT NULL,
    UNIQUE (team, doc_id)
);

CREATE TABLE document_readers (
    team TEXT NOT NULL,
    document TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    reader TEXT NOT NULL,
    PRIMARY KEY (document, reader)
);

CREATE TABLE suites (
    team TEXT NOT NULL,
    id TEXT NOT NULL,
    current_version TEXT NOT NULL,
    PRIMARY KEY (team, id)
);

CREATE TABLE suite_versions (
    team TEXT NOT NULL,
    suite_id TEXT NOT NULL,
    version TEXT NOT NULL,
    definition TEXT NOT NULL,
    cases BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (team, suite_id, version)
);

CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    team TEXT NOT NULL,
    agent_id TEXT NOT NULL,
    agent_version TEXT NOT NULL,
    suite_id TEXT NOT NULL,
    suite_version TEXT NOT NULL,
    basis TEXT NOT NULL,
    plan TEXT NOT NULL,
    caller TEXT NOT NULL,
    status TEXT NOT NULL,
    complete BIGINT NOT NULL,
    cases BIGINT NOT NULL,
    summary TEXT,
    created_at BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX runs_by_agent ON runs (team, agent_id, suite_id, id);
CREATE INDEX runs_by_status ON runs (status);

CREATE TABLE run_cases (
    team TEXT NOT NULL,
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    case_id TEXT NOT NULL,
    repeat BIGINT NOT NULL,
    position BIGINT NOT NULL,
    result TEXT NOT NULL,
    PRIMARY KEY (run_id, case_id, repeat)
);

CREATE TABLE traces (
    id TEXT PRIMARY KEY,
    team TEXT NOT NULL,
    key_id TEXT,
    user_email TEXT,
    body TEXT NOT NULL,
    audit_seq BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE audit (
    seq BIGINT PRIMARY KEY,
    team TEXT NOT NULL,
    trace_id TEXT NOT NULL,
    key_id TEXT,
    user_email TEXT,
    endpoint TEXT NOT NULL,
    decision TEXT NOT NULL,
    entry TEXT NOT NULL,
    prev TEXT NOT NULL,
    hash TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX audit_by_trace ON audit (trace_id);
CREATE INDEX audit_by_team ON audit (team, seq);

CREATE TABLE idempotency (
    team TEXT NOT NULL,
    caller TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    status BIGINT,
    body TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (team, caller, idempotency_key)
);
