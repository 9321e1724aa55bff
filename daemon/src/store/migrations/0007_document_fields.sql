-- The fields of a document's metadata, for filters.
CREATE TABLE document_fields (
    team TEXT NOT NULL,
    document TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (document, name)
);
