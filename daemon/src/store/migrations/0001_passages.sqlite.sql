-- Passages and their words, for FTS5, whose rows are numbered.

CREATE TABLE passages (
    id INTEGER PRIMARY KEY,
    team TEXT NOT NULL,
    document TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    section TEXT,
    heading TEXT NOT NULL,
    page BIGINT,
    text TEXT NOT NULL
);
CREATE INDEX passages_by_document ON passages (document, number);

CREATE VIRTUAL TABLE passage_words USING fts5 (
    title, heading, text,
    tokenize = 'porter unicode61 remove_diacritics 2'
);
