//! Placeholders as PostgreSQL writes them.

/// `?1` becomes `$1`, outside of texts in quotes.
pub(super) fn numbered(sql: &str) -> String {
    let mut quoted = false;
    let mut characters = sql.chars().peekable();
    let mut out = String::with_capacity(sql.len());
    while let Some(character) = characters.next() {
        quoted ^= character == '\'';
        let is_place = !quoted && character == '?' && characters.peek().is_some_and(char::is_ascii_digit);
        out.push(if is_place { '$' } else { character });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_numbered_and_texts_stay() {
        let sql = "SELECT '?1', 'it''s ?2' FROM t WHERE a = ?1 AND b IN (?2, ?10) AND c LIKE '%?'";
        let expected = "SELECT '?1', 'it''s ?2' FROM t WHERE a = $1 AND b IN ($2, $10) AND c LIKE '%?'";
        assert_eq!(numbered(sql), expected);
    }
}
