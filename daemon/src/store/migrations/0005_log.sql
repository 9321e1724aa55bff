-- The log's rows are found by their number without an index beside the table, and a trace by the row that it is of: each
-- index less is a page less to write with every call.

CREATE TABLE log (
    seq INTEGER PRIMARY KEY,
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
INSERT INTO log (seq, team, trace_id, key_id, user_email, endpoint, decision, entry, prev, hash, created_at)
SELECT seq, team, trace_id, key_id, user_email, endpoint, decision, entry, prev, hash, created_at FROM audit;

CREATE TABLE log_traces (
    audit_seq INTEGER PRIMARY KEY,
    team TEXT NOT NULL,
    body TEXT NOT NULL
);
INSERT INTO log_traces (audit_seq, team, body) SELECT audit_seq, team, body FROM traces;

DROP TABLE traces;
DROP TABLE audit;
ALTER TABLE log RENAME TO audit;
ALTER TABLE log_traces RENAME TO traces;
CREATE INDEX audit_by_trace ON audit (trace_id);
CREATE INDEX audit_by_team ON audit (team, seq);
CREATE INDEX audit_by_key ON audit (key_id, created_at, seq);
