-- Files that wait to be read, and what became of them.
ALTER TABLE documents ADD COLUMN status TEXT NOT NULL DEFAULT 'ready';
ALTER TABLE documents ADD COLUMN reason TEXT;
ALTER TABLE documents ADD COLUMN pages BIGINT;
ALTER TABLE documents ADD COLUMN content_hash TEXT;

CREATE TABLE ingests (
    id TEXT PRIMARY KEY,
    team TEXT NOT NULL,
    document TEXT NOT NULL UNIQUE REFERENCES documents (id) ON DELETE CASCADE,
    caller TEXT NOT NULL,
    request TEXT NOT NULL,
    title TEXT NOT NULL,
    ending TEXT NOT NULL,
    hash TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- What was taken from a source, in which version.
CREATE TABLE source_items (
    team TEXT NOT NULL,
    source TEXT NOT NULL,
    place TEXT NOT NULL,
    version TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (team, source, place)
);
