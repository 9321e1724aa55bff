-- Searches for better prompts, with their candidates and every answer that they got.
CREATE TABLE optimisations (
    id TEXT PRIMARY KEY,
    team TEXT NOT NULL,
    plan TEXT NOT NULL,
    caller TEXT NOT NULL,
    status TEXT NOT NULL,
    shown TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX optimisations_by_status ON optimisations (status);
CREATE TABLE optimisation_candidates (
    team TEXT NOT NULL,
    optimisation TEXT NOT NULL REFERENCES optimisations (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    definition TEXT NOT NULL,
    PRIMARY KEY (optimisation, number)
);
-- A call stands here before it is made; its outcome once it has ended.
CREATE TABLE optimisation_calls (
    team TEXT NOT NULL,
    optimisation TEXT NOT NULL REFERENCES optimisations (id) ON DELETE CASCADE,
    asked TEXT NOT NULL,
    tries BIGINT NOT NULL,
    outcome TEXT,
    PRIMARY KEY (optimisation, asked)
);
-- What a person who reviewed an item says that it should be.
ALTER TABLE dataset_items ADD COLUMN edited TEXT;
