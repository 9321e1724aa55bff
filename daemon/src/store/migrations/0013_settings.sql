-- What operators set for the whole daemon while it runs, over its configuration: a JSON text a name.

CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    team TEXT NOT NULL,
    value TEXT NOT NULL
);
