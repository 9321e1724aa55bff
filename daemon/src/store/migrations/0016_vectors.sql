-- Vectors of passages: one byte a dimension, to score with, and one bit, in blocks of a segment's slots, to choose what
-- is scored. Each says whose they are: what another model made is never compared.
CREATE TABLE passage_vectors (
    passage INTEGER PRIMARY KEY REFERENCES passages (id) ON UPDATE CASCADE ON DELETE CASCADE,
    model TEXT NOT NULL,
    vector BLOB NOT NULL
);

CREATE TABLE vector_signs (
    segment BIGINT NOT NULL,
    block BIGINT NOT NULL,
    model TEXT NOT NULL,
    signs BLOB NOT NULL,
    PRIMARY KEY (segment, block)
) WITHOUT ROWID;

-- The model whose vectors all passages of the document have.
ALTER TABLE documents ADD COLUMN embedded TEXT NOT NULL DEFAULT '';
CREATE INDEX documents_by_vectors ON documents (team, embedded, id);
