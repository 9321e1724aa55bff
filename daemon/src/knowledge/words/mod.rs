//! A text as the terms that it is found by: cut at what is no letter or digit, lower-case, stemmed as its language does it,
//! without diacritics. Scripts that don't part words are taken in pairs of characters.

mod language;

pub(super) use language::Language;

use std::collections::{HashMap, HashSet};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The longest word that is kept, in bytes; longer ones are no words.
const LONGEST: usize = 96;

/// Most words of a question that are searched for.
const MOST: usize = 64;

/// A piece of a text.
#[derive(Clone, Debug, PartialEq)]
enum Token {
    /// A word, lower-case, to be stemmed.
    Word(String),
    /// A number, a name with digits, or characters of a script that doesn't part words: a term in any language.
    Term(String),
}

/// A word of a question: how often it is asked for, and the terms that it is in the languages searched.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asked {
    /// The word as it was asked, lower-case.
    pub(super) word: String,
    /// How often it is asked for; less for a word that only bounds what is.
    pub(super) count: f32,
    pub(super) terms: Vec<String>,
}

/// The shortest part of a compound, in characters.
const SHORTEST_PART: usize = 4;

impl Asked {
    /// The pairs of words that this one may be put together of, in the languages that do so.
    pub(super) fn splits(&self) -> Vec<[Self; 2]> {
        let languages =
            self.terms.iter().filter_map(|term| language_of(term)).filter(|l| l.links().is_some());
        let part = |word: &str, language| Self {
            word: word.to_owned(),
            count: self.count,
            terms: vec![term(word, Some(language))],
        };
        let mut splits = Vec::new();
        for language in languages {
            let links = language.links().unwrap_or_default();
            for (at, _) in self.word.char_indices() {
                let (left, right) = self.word.split_at(at);
                for left in links.iter().filter_map(|link| left.strip_suffix(link)) {
                    let shorter = left.chars().count().min(right.chars().count());
                    if shorter >= SHORTEST_PART {
                        splits.push([part(left, language), part(right, language)]);
                    }
                }
            }
        }
        splits
    }
}

/// The language that a term belongs to.
fn language_of(term: &str) -> Option<Language> {
    term.split_once(' ').and_then(|(code, _)| Language::of_code(code))
}

/// The words of a text in a language that are among these terms, as they stand there, each once.
pub(super) fn found_in(text: &str, terms: &HashSet<&str>, language: Option<Language>) -> Vec<String> {
    let is_asked = |word: &str| {
        cut(word, true).into_iter().any(|token| match token {
            Token::Term(term) => terms.contains(term.as_str()),
            Token::Word(word) => terms.contains(term(&word, language).as_str()),
        })
    };
    let mut found: Vec<String> = Vec::new();
    for word in
        text.split(|c: char| !c.is_alphanumeric() && !is_combining_mark(c)).filter(|word| !word.is_empty())
    {
        if !found.iter().any(|known| known == word) && is_asked(word) {
            found.push(word.to_owned());
        }
    }
    found
}

/// Whether a character belongs to a script that doesn't part words: Thai, Lao, Myanmar, Khmer, Hangul (whose words carry
/// their particles), kana and Han.
fn is_unparted(c: char) -> bool {
    matches!(c, '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1100}'..='\u{11FF}' | '\u{1780}'..='\u{17FF}'
        | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30FA}' | '\u{30FC}'..='\u{30FF}' | '\u{3130}'..='\u{318F}'
        | '\u{31F0}'..='\u{31FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}'
        | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// The pieces of a text. A text is indexed with its single characters too, of scripts that don't part words; a question of
/// several looks for their pairs only.
fn cut(text: &str, is_question: bool) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut word = String::new();
    let mut unparted: Vec<char> = Vec::new();
    for c in text.nfkc().flat_map(char::to_lowercase).chain([' ']) {
        if is_unparted(c) {
            end_word(&mut word, &mut tokens);
            unparted.push(c);
            continue;
        }
        end_unparted(&mut unparted, is_question, &mut tokens);
        if c.is_alphanumeric() || (is_combining_mark(c) && !word.is_empty()) {
            word.push(c);
        } else {
            end_word(&mut word, &mut tokens);
        }
    }
    tokens
}

fn end_word(word: &mut String, tokens: &mut Vec<Token>) {
    let word = std::mem::take(word);
    if word.is_empty() || word.len() > LONGEST {
        return;
    }
    let is_word = word.chars().all(|c| !c.is_numeric());
    tokens.push(if is_word { Token::Word(word) } else { Token::Term(folded(&word)) });
}

fn end_unparted(run: &mut Vec<char>, is_question: bool, tokens: &mut Vec<Token>) {
    if !is_question || run.len() == 1 {
        tokens.extend(run.iter().map(|c| Token::Term(c.to_string())));
    }
    tokens.extend(run.windows(2).map(|pair| Token::Term(pair.iter().collect())));
    run.clear();
}

/// A word without the marks on its letters, and its ligatures taken apart.
fn folded(word: &str) -> String {
    if word.is_ascii() {
        return word.to_owned();
    }
    let mut out = String::with_capacity(word.len());
    for c in word.nfkd() {
        match c {
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'ø' => out.push('o'),
            'ł' => out.push('l'),
            'đ' => out.push('d'),
            'ı' => out.push('i'),
            // Marks of European scripts, and Arabic's short vowels.
            '\u{0300}'..='\u{036F}' | '\u{064B}'..='\u{0652}' => {}
            other => out.push(other),
        }
    }
    out
}

/// The term of a word in a language: stems of different languages are kept apart.
fn term(word: &str, language: Option<Language>) -> String {
    match language {
        Some(language) => format!("{} {}", language.code(), folded(&language.stem(word))),
        None => folded(word),
    }
}

/// The terms of a text in parts, each part with what a word in it counts; how often each term is there.
pub(super) fn counted(parts: &[(&str, u32)], language: Option<Language>) -> HashMap<String, u32> {
    let mut counts: HashMap<String, u32> = HashMap::new();
    for (text, weight) in parts {
        for token in cut(text, false) {
            let term = match token {
                Token::Word(word) => term(&word, language),
                Token::Term(term) => term,
            };
            *counts.entry(term).or_default() += weight;
        }
    }
    counts
}

/// The words of a question that say what it is about, or all of them where none does, as terms of these languages.
pub(super) fn asked(question: &str, languages: &[Option<Language>]) -> Vec<Asked> {
    let tokens = cut(question, true);
    let words = tokens
        .iter()
        .filter_map(|token| if let Token::Word(word) = token { Some(word.as_str()) } else { None });
    let own = Language::of_words(words, None);
    let share = |word: &str, language: Option<Language>| {
        own.into_iter().chain(language).map(|language| language.share(word)).fold(1.0, f32::min)
    };
    for all in [false, true] {
        let mut asked: Vec<Asked> = Vec::new();
        for token in &tokens {
            let (word, count, terms) = match token {
                Token::Term(term) => (term, 1.0, vec![term.clone()]),
                Token::Word(word) => {
                    let share = |language: &Option<Language>| if all { 1.0 } else { share(word, *language) };
                    let in_these: Vec<_> =
                        languages.iter().filter(|language| share(language) > 0.0).collect();
                    let count = in_these.iter().map(|language| share(language)).fold(0.0, f32::max);
                    (word, count, in_these.into_iter().map(|language| term(word, *language)).collect())
                }
            };
            match asked.iter().position(|known| known.terms == terms) {
                _ if terms.is_empty() => {}
                Some(known) => asked[known].count += count,
                None if asked.len() < MOST => asked.push(Asked { word: word.clone(), count, terms }),
                None => {}
            }
        }
        if asked.iter().any(|asked| asked.count >= 1.0) {
            return asked;
        }
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(text: &str, code: &str) -> Vec<String> {
        let mut terms: Vec<String> = counted(&[(text, 1)], Language::of_code(code)).into_keys().collect();
        terms.sort_unstable();
        terms
    }

    fn words(question: &str, codes: &[&str]) -> Vec<String> {
        let languages: Vec<_> = codes.iter().map(|code| Language::of_code(code)).collect();
        asked(question, &languages).into_iter().flat_map(|asked| asked.terms).collect()
    }

    #[test]
    fn words_are_stemmed_as_their_language_does_it_and_folded() {
        assert_eq!(terms("Remote working: POLICIES", "en"), ["en polici", "en remot", "en work"]);
        assert_eq!(terms("Die Urlaubstage, größer", "de"), ["de die", "de gross", "de urlaubstag"]);
        assert_eq!(terms("Café Zürich", "none"), ["cafe", "zurich"]);
        assert_eq!(terms("HR-2024-02 v2.1 ½", "en"), ["02", "1", "2", "2024", "en hr", "v2"]);
        assert!(terms(&"x".repeat(300), "en").is_empty());
    }

    #[test]
    fn scripts_without_spaces_are_found_by_one_character_or_more() {
        assert_eq!(terms("東京都", "none"), ["京", "京都", "東", "東京", "都"]);
        assert_eq!(words("東京都 a", &["en"]), ["東京", "京都"]);
        assert_eq!(words("京", &["en"]), ["京"]);
        assert_eq!(words("휴가는", &["none"]), ["휴가", "가는"]);
    }

    #[test]
    fn words_that_say_nothing_are_left_out_where_others_do() {
        assert_eq!(words("What's the remote work policy?", &["en"]), ["en remot", "en work", "en polici"]);
        assert_eq!(words("Who are you?", &["en"]), ["en who", "en are", "en you"]);
        assert!(words("?!", &["en"]).is_empty());
        assert_eq!(words("Wie viele Gleittage darf man nehmen?", &["de"]), ["de gleittag", "de nehm"]);
        assert_eq!(words("Who signs what is over 5?", &["en"]), ["en sign", "en over", "5"]);
        assert_eq!(words("Can the old die be replaced?", &["en"]), ["en old", "en die", "en replac"]);
    }

    #[test]
    fn a_compound_may_be_taken_apart() {
        let asked = asked("Gerichtsverfahren", &[Language::of_code("de")]);
        let is_right = |[left, right]: [Asked; 2]| left.word == "gericht" && right.word == "verfahren";
        assert!(asked[0].splits().into_iter().any(is_right));
        assert!(super::asked("proceedings", &[Language::of_code("en")])[0].splits().is_empty());
    }

    #[test]
    fn what_was_found_is_told_as_it_stands_in_the_text() {
        let terms = HashSet::from(["en polici", "en leav", "de polici", "2024"]);
        assert_eq!(
            found_in("Our Policies (2024): leave policy, Policies.", &terms, Language::of_code("en")),
            ["Policies", "2024", "leave", "policy"]
        );
    }

    #[test]
    fn a_question_is_asked_in_every_language_that_is_searched() {
        let asked =
            asked("policies, policies of 2024", &[Language::of_code("en"), Language::of_code("de"), None]);
        assert_eq!(asked[0].terms, ["en polici", "de polici", "policies"]);
        assert_eq!((asked[0].count, asked.len()), (2.0, 2));
        assert_eq!(asked[1].terms, ["2024"]);
    }
}
