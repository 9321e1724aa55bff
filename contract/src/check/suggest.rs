//! "Did you mean": the known name that a wrong one was probably meant to be.

use strsim::damerau_levenshtein;

/// A name longer than this was not mistyped.
const MAX_LENGTH: usize = 64;

/// The closest of some names, if it is close enough: at most a third of its letters differ.
#[must_use]
pub fn closest<'a>(wrong: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if wrong.len() > MAX_LENGTH {
        return None;
    }
    let wrong = plain(wrong);
    names
        .into_iter()
        .map(|name| (damerau_levenshtein(&wrong, &plain(name)), name))
        .filter(|(distance, name)| *distance <= (name.len() / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// A help text: the close name if there is one, else all of them.
#[must_use]
pub fn help(wrong: &str, names: &[&str]) -> String {
    match closest(wrong, names.iter().copied()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("known are {}", quoted(names)),
    }
}

/// Names as a sentence lists them: `a`, `b` and `c`.
pub(crate) fn quoted(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// Letters as they are compared: `maxTokens` and `max-tokens` are both close to `max_tokens`.
fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_name_and_a_stranger_none() {
        let names = ["instructions", "instructions_file", "model"];
        assert_eq!(closest("instrutcions", names), Some("instructions"));
        assert_eq!(closest("Model", names), Some("model"));
        assert_eq!(closest("temperature", names), None);
        assert_eq!(quoted(&["a", "b", "c"]), "`a`, `b` and `c`");
    }
}
