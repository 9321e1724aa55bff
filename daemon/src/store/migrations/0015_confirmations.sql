-- What a promotion waits for whose broken cases are asked again: gone once that is decided.
CREATE TABLE confirmations (
    promotion TEXT PRIMARY KEY REFERENCES promotions (id) ON DELETE CASCADE,
    team TEXT NOT NULL,
    work TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
