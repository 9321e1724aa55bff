-- An act that was decided on a key or a budget as it was read is stored only while it is so.

ALTER TABLE keys ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;
ALTER TABLE budgets ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;
