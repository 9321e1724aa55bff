-- Passages and their words, with those of titles and headings under the weight A.

CREATE TABLE passages (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    team TEXT NOT NULL,
    document TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    section TEXT,
    heading TEXT NOT NULL,
    page BIGINT,
    text TEXT NOT NULL
);
CREATE INDEX passages_by_document ON passages (document, number);

CREATE TABLE passage_words (
    passage BIGINT PRIMARY KEY REFERENCES passages (id) ON DELETE CASCADE,
    team TEXT NOT NULL,
    words TSVECTOR NOT NULL
);
CREATE INDEX passage_words_by_word ON passage_words USING gin (words);
