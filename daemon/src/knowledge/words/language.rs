//! The languages that words are stemmed in, and which of them a text is in.

use crate::stems;
use rust_stemmers::Algorithm;
use std::collections::HashSet;
use std::sync::LazyLock;
use whatlang::{Lang, Script};

/// A language with a stemmer and a list of stop words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in super::super) struct Language(usize);

struct Entry {
    /// The code of ISO 639-1.
    code: &'static str,
    lang: Lang,
    stemmer: Algorithm,
    /// What questions hold besides, beyond the list of stop words.
    asking: &'static str,
}

const fn entry(code: &'static str, lang: Lang, stemmer: Algorithm, asking: &'static str) -> Entry {
    Entry { code, lang, stemmer, asking }
}

/// Words of those lists that bound or deny what is asked for: they say something, but little.
const BOUNDING: &[&str] = &[
    "above after against before below between down during less more most not off only out over under until up",
    "gegen mehr nach nicht ohne unter vor während zwischen über",
    "antes contra entre hasta más menos no sin",
    "après avant entre jamais moins pas plus sans",
    "contro dopo fino meno non più prima sotto sopra tra",
    "boven meer minder na niet onder tegen tot zonder",
    "antes após até depois entre mais menos não sem",
];

/// What a word that bounds counts, beside one that names something.
const BOUNDING_SHARE: f32 = 0.25;

/// Snowball's languages; English first, which is taken where nothing tells.
const TABLE: &[Entry] = &[
    entry(
        "en",
        Lang::Eng,
        Algorithm::English,
        "also could every get like long many may much must one please shall tell us want whats whose would",
    ),
    entry("ar", Lang::Ara, Algorithm::Arabic, "كم لماذا متى"),
    entry("da", Lang::Dan, Algorithm::Danish, "hvordan hvorfor hvornår mange meget må kan"),
    entry(
        "de",
        Lang::Deu,
        Algorithm::German,
        "bitte darf gibt ja wann warum wer wieso wieviel wieviele viele",
    ),
    entry("el", Lang::Ell, Algorithm::Greek, "πώς πού πόσο πόσα πόσες πόσοι γιατί ποιος ποια ποιο"),
    entry(
        "es",
        Lang::Spa,
        Algorithm::Spanish,
        "cómo cuál cuáles cuándo cuánta cuántas cuánto cuántos cuanto dónde hace puede puedo quién quiénes ser si unas",
    ),
    entry("fi", Lang::Fin, Algorithm::Finnish, "kuinka miten miksi milloin montako paljonko voiko saako"),
    entry(
        "fr",
        Lang::Fra,
        Algorithm::French,
        "combien comment dois doit où peut peux pourquoi puis quand quel quelle quelles quels quoi",
    ),
    entry("hu", Lang::Hun, Algorithm::Hungarian, "hogyan hány mennyi mikor miért hol"),
    entry("it", Lang::Ita, Algorithm::Italian, "posso può quale quali quando quanta quante quanti quanto"),
    entry("nl", Lang::Nld, Algorithm::Dutch, "hoe hoeveel mag mogen waar waarom wanneer welk welke"),
    entry("no", Lang::Nob, Algorithm::Norwegian, "hvor hvordan hvorfor mange mye"),
    entry(
        "pt",
        Lang::Por,
        Algorithm::Portuguese,
        "onde pode podem posso porque quais qual quando quanta quantas quanto quantos",
    ),
    entry("ro", Lang::Ron, Algorithm::Romanian, "câte câți cât cum când unde pot poate"),
    entry("ru", Lang::Rus, Algorithm::Russian, "какие какое кто почему сколько"),
    entry("sv", Lang::Swe, Algorithm::Swedish, "får hur kan många mycket när var varför vilka"),
    entry("ta", Lang::Tam, Algorithm::Tamil, "எப்படி எப்போது ஏன் எங்கே"),
    entry("tr", Lang::Tur, Algorithm::Turkish, "hangi kaç kadar nerede zaman"),
];

/// The stop words of each language, in the table's order.
static STOP_WORDS: LazyLock<Vec<HashSet<&str>>> = LazyLock::new(|| {
    let words = |entry: &Entry| {
        let list = stop_words::lookup(entry.code).unwrap_or_default();
        list.iter().copied().chain(entry.asking.split_whitespace()).collect()
    };
    TABLE.iter().map(words).collect()
});

/// Those words. Each counts so only where its language lists it.
static BOUNDING_WORDS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| BOUNDING.iter().flat_map(|list| list.split_whitespace()).collect());

/// Characters of a text that are enough to tell its language.
const SAMPLE: usize = 1000;

/// Fewer characters than this tell more by their stop words than by their letters.
const SHORT: usize = 200;

impl Language {
    /// What is taken where nothing tells.
    pub(in super::super) const ENGLISH: Self = Self(0);

    /// The code of ISO 639-1.
    pub(in super::super) fn code(self) -> &'static str {
        TABLE[self.0].code
    }

    /// The language of a code.
    pub(in super::super) fn of_code(code: &str) -> Option<Self> {
        TABLE.iter().position(|entry| entry.code == code).map(Self)
    }

    /// Whether it writes words together that name one thing, and what may stand between them.
    pub(super) fn links(self) -> Option<&'static [&'static str]> {
        match self.code() {
            "de" => Some(&["", "s", "es", "n", "en", "er", "e"]),
            "nl" => Some(&["", "s", "en", "e"]),
            "da" | "no" | "sv" => Some(&["", "s", "e"]),
            "fi" | "hu" => Some(&[""]),
            _ => None,
        }
    }

    /// A lower-case word's stem.
    pub(super) fn stem(self, word: &str) -> String {
        stems::stem(TABLE[self.0].stemmer, word)
    }

    fn is_stop_word(self, word: &str) -> bool {
        STOP_WORDS[self.0].contains(word)
    }

    /// What a word, lower-case, counts in a question: nothing for a stop word, and little for one that bounds.
    pub(super) fn share(self, word: &str) -> f32 {
        match self.is_stop_word(word) {
            true if BOUNDING_WORDS.contains(word) => BOUNDING_SHARE,
            true => 0.0,
            false => 1.0,
        }
    }

    /// The language whose stop words most of these words are, if any is one; of several, a favourite first.
    pub(super) fn of_words<'a>(
        words: impl Iterator<Item = &'a str> + Clone,
        favourite: Option<Self>,
    ) -> Option<Self> {
        let hits = |language: &Self| words.clone().filter(|word| language.is_stop_word(word)).count();
        let rank = |language: &Self| (hits(language), Some(*language) == favourite);
        let best = (0..TABLE.len()).map(Self).rev().max_by_key(rank)?;
        (hits(&best) > 0).then_some(best)
    }

    /// The language of a text; none where it is one without a stemmer.
    pub(in super::super) fn of_text(text: &str) -> Option<Self> {
        let sample = text.char_indices().nth(SAMPLE).map_or(text, |(end, _)| &text[..end]);
        let Some(detected) = whatlang::detect(sample) else { return Some(Self::ENGLISH) };
        let by_letters = TABLE.iter().position(|entry| entry.lang == detected.lang()).map(Self);
        if sample.chars().nth(SHORT).is_some() && detected.is_reliable() {
            return by_letters;
        }
        let lower = sample.to_lowercase();
        let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        Self::of_words(words, by_letters).or_else(|| match detected.script() {
            // A few words look like many languages that share their letters.
            Script::Latin => Some(Self::ENGLISH),
            Script::Cyrillic => Self::of_code("ru"),
            Script::Arabic => Self::of_code("ar"),
            _ => by_letters,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> &'static str {
        Language::of_text(text).map_or("none", Language::code)
    }

    #[test]
    fn every_language_has_its_stop_words() {
        for (entry, words) in TABLE.iter().zip(STOP_WORDS.iter()) {
            assert!(words.len() > 40, "{} has {}", entry.code, words.len());
        }
    }

    #[test]
    fn a_sentence_is_enough_to_tell() {
        for (text, expected) in [
            ("The sick leave is ten days a year.", "en"),
            ("Der Urlaub ist im Voraus zu beantragen.", "de"),
            ("Las vacaciones se solicitan con antelación.", "es"),
            ("Les congés sont à demander à l'avance.", "fr"),
            ("Le ferie devono essere richieste con anticipo.", "it"),
            ("As férias devem ser pedidas com antecedência.", "pt"),
            ("Het verlof moet vooraf worden aangevraagd.", "nl"),
            ("Отпуск нужно запросить заранее.", "ru"),
            ("Οι άδειες πρέπει να ζητούνται εκ των προτέρων.", "el"),
            ("يجب طلب الإجازة مسبقا قبل أسبوعين من الموعد", "ar"),
            ("Semestern ska begäras i god tid och inte för sent.", "sv"),
            ("Loma on anottava etukäteen, ja se on aina palkallinen.", "fi"),
            ("A szabadságot előre kell kérni, és az mindig fizetett.", "hu"),
            ("Yıllık izin için önceden başvurmak gerekir ve bu çok kolay.", "tr"),
        ] {
            assert_eq!(code(text), expected, "{text}");
        }
        assert_eq!(code("Remote work policy"), "en");
        assert_eq!(code("休暇は事前に申請してください。"), "none");
    }
}
