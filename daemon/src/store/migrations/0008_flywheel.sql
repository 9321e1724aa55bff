-- What people said of traces: one to a trace, key and user.
CREATE TABLE feedback (
    id TEXT PRIMARY KEY,
    team TEXT NOT NULL,
    trace_id TEXT NOT NULL,
    key_id TEXT NOT NULL,
    user_email TEXT NOT NULL,
    said TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (team, trace_id, key_id, user_email)
);
CREATE TABLE datasets (
    id TEXT PRIMARY KEY,
    team TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (team, name)
);
CREATE TABLE dataset_versions (
    id TEXT PRIMARY KEY,
    team TEXT NOT NULL,
    dataset TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    version TEXT,
    status TEXT NOT NULL,
    rules TEXT NOT NULL,
    counts TEXT NOT NULL,
    -- Who makes it, and whether that is somebody who sees what others did: so far go its traces.
    key_id TEXT NOT NULL,
    user_email TEXT,
    sees_others BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX dataset_versions_by_dataset ON dataset_versions (dataset, id);
CREATE TABLE dataset_items (
    team TEXT NOT NULL,
    made TEXT NOT NULL REFERENCES dataset_versions (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    trace_id TEXT NOT NULL,
    split TEXT NOT NULL,
    state TEXT NOT NULL,
    item TEXT NOT NULL,
    PRIMARY KEY (made, number)
);
