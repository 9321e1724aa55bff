//! A question as words to search for.

/// Words that say nothing of what is asked for.
const STOP_WORDS: &[&str] = &[
    "a", "about", "also", "am", "an", "and", "any", "are", "as", "at", "be", "been", "but", "by", "can",
    "could", "did", "do", "does", "each", "every", "for", "from", "get", "had", "has", "have", "how", "i",
    "if", "in", "into", "is", "it", "its", "just", "long", "many", "may", "me", "much", "must", "my", "no",
    "not", "of", "on", "one", "or", "our", "please", "s", "shall", "should", "so", "some", "t", "tell",
    "than", "that", "the", "their", "them", "then", "there", "these", "they", "this", "those", "to", "up",
    "us", "was", "we", "were", "what", "whats", "when", "where", "which", "while", "who", "whom", "whose",
    "why", "will", "with", "would", "you", "your",
];

/// Most words of a question that are searched for.
const MOST: usize = 64;

/// The words of a question, lower-case, each once, without those that say nothing (unless there are no others).
pub(super) fn words(question: &str) -> Vec<String> {
    let lower = question.to_lowercase().replace('\u{2019}', "'");
    let all = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut words: Vec<String> = Vec::new();
    for word in all {
        if words.len() < MOST && !words.iter().any(|known| known == word) {
            words.push(word.to_owned());
        }
    }
    let telling: Vec<String> =
        words.iter().filter(|word| !STOP_WORDS.contains(&word.as_str())).cloned().collect();
    if telling.is_empty() { words } else { telling }
}

/// A full-text expression that any of the words matches; each is quoted, so that none is an operator.
pub(super) fn any_of(words: &[String]) -> String {
    words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" OR ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_say_nothing_are_left_out() {
        assert_eq!(words("What's the remote work policy?"), ["remote", "work", "policy"]);
        assert_eq!(words("Who are you?"), ["who", "are", "you"]);
        assert!(words("?!").is_empty());
    }

    #[test]
    fn nothing_a_user_types_becomes_an_operator() {
        assert_eq!(
            any_of(&words("leave\" OR title:salary NEAR(x) *")),
            "\"leave\" OR \"title\" OR \"salary\" OR \"near\" OR \"x\""
        );
    }
}
