-- Segments of collections, the terms of their passages, and who may find them: one index for both engines.
DROP TABLE passage_words;
DROP TABLE document_fields;

CREATE TABLE segments (
    id INTEGER PRIMARY KEY,
    team TEXT NOT NULL,
    collection TEXT NOT NULL,
    used BIGINT NOT NULL,
    passages BIGINT NOT NULL,
    length BIGINT NOT NULL,
    languages TEXT NOT NULL
);
CREATE INDEX segments_by_collection ON segments (team, collection, id);

CREATE TABLE segment_terms (
    segment BIGINT NOT NULL,
    term TEXT NOT NULL,
    passages BIGINT NOT NULL,
    postings BLOB NOT NULL,
    PRIMARY KEY (segment, term)
) WITHOUT ROWID;

CREATE TABLE segment_lengths (
    segment INTEGER PRIMARY KEY,
    lengths BLOB NOT NULL
);

-- A set is all its parts together: what is called anew joins what has the name already.
CREATE TABLE segment_sets (
    segment BIGINT NOT NULL,
    name TEXT NOT NULL,
    part BIGINT NOT NULL,
    slots BLOB NOT NULL,
    PRIMARY KEY (segment, name, part)
) WITHOUT ROWID;

CREATE TABLE fresh_passages (
    passage INTEGER PRIMARY KEY REFERENCES passages (id) ON DELETE CASCADE,
    segment BIGINT NOT NULL,
    length BIGINT NOT NULL,
    terms BLOB NOT NULL
);
CREATE INDEX fresh_passages_by_segment ON fresh_passages (segment);

ALTER TABLE passages ADD COLUMN language TEXT;
-- The version of the index that holds the document; of none at first, and so it is indexed when the daemon starts.
ALTER TABLE documents ADD COLUMN indexed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE documents ADD COLUMN digest TEXT;
CREATE INDEX documents_by_index ON documents (indexed);
