-- Users and groups as identity providers keep them: ids that stay, their own ids, what the schema holds beside.

ALTER TABLE users ADD COLUMN id TEXT;
ALTER TABLE users ADD COLUMN external_id TEXT;
ALTER TABLE users ADD COLUMN profile TEXT NOT NULL DEFAULT '{}';
ALTER TABLE users ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;
ALTER TABLE users ADD COLUMN created_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN updated_at BIGINT NOT NULL DEFAULT 0;
-- A user who was removed stays as an address that no call acts for.
ALTER TABLE users ADD COLUMN deleted_at BIGINT;
CREATE UNIQUE INDEX users_by_id ON users (id);
CREATE INDEX users_by_external_id ON users (team, external_id);

ALTER TABLE groups ADD COLUMN id TEXT;
ALTER TABLE groups ADD COLUMN external_id TEXT;
ALTER TABLE groups ADD COLUMN created_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE groups ADD COLUMN updated_at BIGINT NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX groups_by_id ON groups (id);
CREATE INDEX groups_by_external_id ON groups (team, external_id);

CREATE INDEX group_members_by_group ON group_members (team, group_name);
CREATE INDEX document_readers_by_reader ON document_readers (team, reader);
