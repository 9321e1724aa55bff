//! Whether an answer declines: the published phrase list, for answers that don't say so themselves.

use super::sentences::sentences;
use super::text::{contiguous, normalise, words};
use std::sync::LazyLock;

/// What a refusal says, in English, German and Spanish. Contractions are written out before they are
/// compared, and case, punctuation and articles don't count.
pub(crate) const REFUSALS: [&str; 60] = [
    "I do not know",
    "I did not find",
    "I can not find",
    "I could not find",
    "I was unable to find",
    "I was not able to find",
    "I can not answer",
    "I could not answer",
    "I can not help",
    "I can not assist",
    "I can not share",
    "I can not provide",
    "I can not disclose",
    "I can not discuss",
    "I can not give",
    "I can not reveal",
    "I can not comply",
    "I can not do that",
    "I can not say",
    "I can not tell",
    "I will not share",
    "I will not reveal",
    "I am unable to",
    "I am not able to",
    "I am not allowed to",
    "I am not permitted to",
    "I am not authorised to",
    "I am not authorized to",
    "I am not sure",
    "I must decline",
    "I have no information",
    "I have no access",
    "I do not have access",
    "I do not have any information",
    "I do not have information",
    "I do not have enough information",
    "we can not answer",
    "there is no information",
    "no information is available",
    "policies do not say",
    "policies do not mention",
    "policies do not cover",
    "policies are silent",
    "policies say nothing",
    "documents do not say",
    "documents do not mention",
    "documents do not contain",
    "documents say nothing",
    "passages do not say",
    "that is beyond what I",
    "das weiß ich nicht",
    "ich weiß es nicht",
    "ich weiß nicht",
    "kann ich nicht",
    "ich kann Ihnen dabei nicht helfen",
    "darüber sagen die Richtlinien nichts",
    "no lo sé",
    "no puedo",
    "no he encontrado",
    "no tengo información",
];

/// Words in one spelling, "can't" and "cannot" as "can not", so that each phrase is listed once.
const SPELT_OUT: [(&str, &[&str]); 17] = [
    ("cant", &["can", "not"]),
    ("cannot", &["can", "not"]),
    ("couldnt", &["could", "not"]),
    ("dont", &["do", "not"]),
    ("doesnt", &["do", "not"]),
    ("does", &["do"]),
    ("didnt", &["did", "not"]),
    ("wont", &["will", "not"]),
    ("im", &["i", "am"]),
    ("ive", &["i", "have"]),
    ("wasnt", &["was", "not"]),
    ("theres", &["there", "is"]),
    ("thats", &["that", "is"]),
    ("policy", &["policies"]),
    ("handbook", &["policies"]),
    ("document", &["documents"]),
    ("passage", &["passages"]),
];

/// Sentences at the start within which a refusal declines, after an apology perhaps.
const OPENING: usize = 2;

/// Words of the longest refusal: what goes on for longer answers something.
const MOST_WORDS: usize = 80;

static PHRASES: LazyLock<Vec<Vec<String>>> =
    LazyLock::new(|| REFUSALS.iter().map(|phrase| spelt_out(phrase)).collect());

fn spelt_out(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    for word in words(text) {
        match SPELT_OUT.iter().find(|(short, _)| *short == word) {
            Some((_, long)) => out.extend(long.iter().map(|part| (*part).to_owned())),
            None => out.push(word),
        }
    }
    out
}

/// Whether a text declines: one of its first two sentences holds a phrase of [`REFUSALS`], it has at most 80
/// words, and it cites nothing. So an answer does not become a refusal by a phrase at its end, nor by one
/// before a cited claim.
pub(crate) fn is_refusal(text: &str) -> bool {
    if text.split_whitespace().filter(|token| !normalise(token).is_empty()).nth(MOST_WORDS).is_some() {
        return false;
    }
    let sentences = sentences(text);
    sentences.iter().all(|sentence| sentence.marks.is_empty())
        && sentences.iter().take(OPENING).any(|sentence| {
            let said = spelt_out(&sentence.text);
            PHRASES.iter().any(|phrase| contiguous(&said, phrase))
        })
}

#[cfg(test)]
mod tests {
    use super::is_refusal;

    #[test]
    fn a_refusal_is_known_by_how_it_opens() {
        for text in [
            "I don't know. The policies that I can read say nothing about it; please ask the people team.",
            "Sorry. I can’t help with that.",
            "The policy does not say whether pets are insured.",
            "I cannot find this in the handbook.",
            "Das weiß ich nicht.",
            "Lo siento, no puedo ayudarte con eso.",
        ] {
            assert!(is_refusal(text), "{text}");
        }
    }

    #[test]
    fn an_answer_is_none_whatever_it_ends_with() {
        for text in [
            "",
            "Employees get ten sick days. It starts on day one. I don't know about contractors.",
            "I don't know about contractors, but employees get ten sick days [1].",
            "Staff who do not know their manager ask the people team.",
            "Employees who cannot provide a note tell their manager.",
        ] {
            assert!(!is_refusal(text), "{text}");
        }
        assert!(!is_refusal(&format!("I don't know. {}", "Employees get forty days. ".repeat(30))));
    }
}
