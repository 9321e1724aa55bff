-- Providers' keys, what teams set, stored responses; which models a key may use, and by what names.

ALTER TABLE keys ADD COLUMN models TEXT NOT NULL DEFAULT '[]';
ALTER TABLE keys ADD COLUMN aliases TEXT NOT NULL DEFAULT '{}';

CREATE TABLE provider_keys (
    team TEXT NOT NULL,
    provider TEXT NOT NULL,
    is_shared BIGINT NOT NULL,
    sealed TEXT NOT NULL,
    params TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (team, provider, is_shared)
);

CREATE TABLE team_settings (
    team TEXT PRIMARY KEY,
    settings TEXT NOT NULL
);

CREATE TABLE responses (
    id TEXT PRIMARY KEY,
    team TEXT NOT NULL,
    key_id TEXT NOT NULL,
    user_email TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX responses_by_age ON responses (created_at);

-- Newer facts of a provider's models than those that are built in.
CREATE TABLE catalogue_models (
    provider TEXT PRIMARY KEY,
    team TEXT NOT NULL,
    models TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
