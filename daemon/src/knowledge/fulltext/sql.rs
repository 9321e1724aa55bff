//! What the queries of knowledge need of full text, as each engine says it. `?1` is the expression of the words, `p` a
//! passage, `d` its document.

use super::super::ingest::NewPassage;
use super::lexemes;
use crate::store::{Engine, Statement};

/// What to look in, and the condition that a word of the expression is there.
pub(in super::super) fn matching(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => {
            "passage_words JOIN passages p ON p.id = passage_words.rowid JOIN documents d ON d.id = p.document
             WHERE passage_words MATCH ?1"
        }
        Engine::Postgres => {
            "passage_words w JOIN passages p ON p.id = w.passage JOIN documents d ON d.id = p.document
             WHERE w.words @@ CAST(replace(CAST(?1 AS TEXT), ' ', '|') AS TSQUERY)"
        }
    }
}

/// The tables of a WITH: `matches`, which are readable under the condition, and `ranked`, those with their ranks, the
/// best the highest. Ranks are BM25 (Robertson and Zaragoza, 2009; k1 = 1.2, b = 0.75 as FTS5 has them): by how rare the
/// words are, and how often they stand in the passage, where those of titles and headings count twice.
pub(in super::super) fn ranked(engine: Engine, condition: &str) -> String {
    let matching = matching(engine);
    match engine {
        Engine::Sqlite => format!(
            "matches AS MATERIALIZED (
                 SELECT p.id, -bm25(passage_words, 2.0, 2.0, 1.0) AS rank FROM {matching} AND {condition}),
             ranked AS (SELECT id, rank FROM matches)"
        ),
        Engine::Postgres => format!(
            "matches AS MATERIALIZED (SELECT p.id, w.words FROM {matching} AND {condition}),
             readable AS (SELECT SUM(d.passages) AS passages FROM documents d WHERE {condition}),
             counted AS (
                 SELECT l.lexeme, count(*) AS passages
                 FROM unnest(string_to_array(CAST(?1 AS TEXT), ' ')) AS l (lexeme)
                 JOIN matches m ON m.words @@ CAST(l.lexeme AS TSQUERY) GROUP BY l.lexeme),
             {RANKED}"
        ),
    }
}

/// How PostgreSQL ranks. It has no BM25, and its own rank does not know how rare a word is; with rarity added it is good
/// enough to say which passages are ranked in full. What is rare is told by what the caller may read, so that ranks
/// tell nothing of other documents.
const RANKED: &str = "weighed AS MATERIALIZED (
         SELECT c.lexeme, CAST(c.lexeme AS TSQUERY) AS query, CAST(GREATEST(0.000001,
             ln((r.passages - c.passages + 0.5) / (c.passages + 0.5))) AS DOUBLE PRECISION) AS rarity
         FROM counted c CROSS JOIN readable r),
     candidates AS (
         SELECT m.id FROM matches m JOIN weighed w ON m.words @@ w.query GROUP BY m.id
         ORDER BY SUM(w.rarity * ts_rank('{0.5, 0.5, 0.5, 1}', m.words, w.query)) DESC, m.id LIMIT 1000),
     occurrences AS MATERIALIZED (
         SELECT m.id, o.lexeme, cardinality(o.positions) AS places,
                cardinality(o.positions) + cardinality(array_positions(o.weights, 'A')) AS often
         FROM candidates c JOIN matches m ON m.id = c.id CROSS JOIN unnest(m.words) AS o),
     lengths AS MATERIALIZED (
         SELECT id, CAST(SUM(places) AS DOUBLE PRECISION) AS length FROM occurrences GROUP BY id),
     ranked AS (
         SELECT o.id, SUM(w.rarity * 2.2 * o.often / (o.often + 1.2 * (0.25 + 0.75 * l.length / a.length))) AS rank
         FROM occurrences o JOIN weighed w ON w.lexeme = o.lexeme JOIN lengths l ON l.id = o.id
         CROSS JOIN (SELECT AVG(length) AS length FROM lengths) a GROUP BY o.id)";

/// Statements after those that store a document's passages: their words.
pub(in super::super) fn index(
    engine: Engine,
    document: &str,
    title: &str,
    passages: &[NewPassage],
) -> Vec<Statement> {
    match engine {
        Engine::Sqlite => vec![Statement::new(
            "INSERT INTO passage_words (rowid, title, heading, text)
             SELECT p.id, ?2, p.heading, p.text FROM passages p WHERE p.document = ?1",
            vec![document.into(), title.into()],
        )],
        Engine::Postgres => {
            let words = |(number, passage): (usize, &NewPassage)| {
                let vector = lexemes::vector(title, &passage.heading, &passage.text);
                Statement::new(
                    "INSERT INTO passage_words (passage, team, words)
                     SELECT p.id, p.team, CAST(CAST(?3 AS TEXT) AS TSVECTOR) FROM passages p
                     WHERE p.document = ?1 AND p.number = ?2",
                    vec![document.into(), number.into(), vector.into()],
                )
            };
            passages.iter().enumerate().map(words).collect()
        }
    }
}

/// What must be said, beside removing passages, for their words to go: `passages` selects their ids.
pub(in super::super) fn forget(engine: Engine, passages: &str) -> Option<String> {
    match engine {
        Engine::Sqlite => Some(format!("DELETE FROM passage_words WHERE rowid IN ({passages})")),
        Engine::Postgres => None,
    }
}
