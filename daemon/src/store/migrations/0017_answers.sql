-- What an answer of a run depends on: a later run that asks the same takes it from here.
ALTER TABLE run_cases ADD COLUMN answer_key TEXT;
CREATE INDEX run_cases_by_answer ON run_cases (team, answer_key) WHERE answer_key IS NOT NULL;
