//! Full text, the one fork between engines: FTS5 in SQLite; in PostgreSQL vectors of words under an inverted index, the
//! words cut, folded and stemmed here, so that a server's language settings and extensions don't matter.

mod lexemes;
mod sql;

pub(super) use sql::{forget, index, matching, ranked};

use crate::store::Engine;

/// The value of `?1` in what [`matching`] and [`ranked`] say: any of the words matches, and none is an operator.
pub(super) fn expression(engine: Engine, words: &[String]) -> String {
    match engine {
        Engine::Sqlite => words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" OR "),
        Engine::Postgres => {
            let mut lexemes: Vec<String> = words.iter().flat_map(|word| lexemes::of(word)).collect();
            lexemes.sort_unstable();
            lexemes.dedup();
            lexemes.join(" ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::query::words;
    use super::*;

    #[test]
    fn nothing_a_user_types_becomes_an_operator() {
        let typed = words("leave\" OR title:salary NEAR(x) * & (pay | 'x':A)");
        assert_eq!(
            expression(Engine::Sqlite, &typed),
            "\"leave\" OR \"title\" OR \"salary\" OR \"near\" OR \"x\" OR \"pay\""
        );
        assert_eq!(expression(Engine::Postgres, &typed), "leav near pay salari titl x");
    }
}
