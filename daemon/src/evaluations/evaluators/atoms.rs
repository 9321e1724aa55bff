//! The smallest parts of a text that figures are read from: words, numbers, number words, months.

use super::dates;
use super::text::normalise;
use std::collections::HashMap;
use std::sync::LazyLock;

/// One part of a text.
pub(super) struct Atom {
    /// The part in lower case without punctuation; empty for a bare sign.
    pub(super) word: String,
    /// What it may be a part of.
    pub(super) kind: Kind,
    /// Whether a comma or the like follows, across which numbers don't join.
    pub(super) pause: bool,
}

/// What an atom may be a part of.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// No figure.
    Word,
    /// A number in digits, canonical.
    Number(String),
    /// A figure in its final spelling: a date, a time, a percentage, a version.
    Fixed(String),
    /// Zero to nineteen in words.
    Unit(u64),
    /// Twenty to ninety in words.
    Ten(u64),
    /// First, second, twentieth in words.
    Ordinal(u64),
    /// Hundred, thousand and so on: how many zeros.
    Scale(usize),
    /// A month's two digits.
    Month(&'static str),
    /// A percent sign or word.
    Percent,
    /// Am or pm: whether the afternoon is meant.
    Meridiem(bool),
}

/// Bytes of the longest run read for figures; what is longer is data, not a number, and costs too much to
/// take apart.
const LONGEST: usize = 64;

const UNITS: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const ORDINALS: [&str; 20] = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
];

/// The atoms of a folded text, in order.
pub(super) fn atoms(folded: &str) -> Vec<Atom> {
    let mut out: Vec<Atom> = Vec::with_capacity(folded.len() / 5);
    for token in folded.split_whitespace() {
        push_token(token, &mut out);
    }
    out
}

fn push(out: &mut Vec<Atom>, text: &str, kind: Kind) {
    out.push(Atom { word: normalise(text), kind, pause: false });
}

/// Reads one run without spaces.
fn push_token(token: &str, out: &mut Vec<Atom>) {
    let before = out.len();
    let tail = token.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '%');
    let core = tail.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '%');
    let lead = token.get(..token.len() - tail.len()).unwrap_or_default();
    if core.len() > LONGEST {
        push(out, core, Kind::Word);
    } else if core.starts_with(|c: char| c.is_ascii_digit()) {
        let sign = match lead {
            "-" => "-",
            _ if lead.ends_with('.') => "0.",
            _ => "",
        };
        push_digits(&format!("{sign}{core}"), out);
    } else if core.bytes().any(|b| b.is_ascii_digit()) {
        push_mixed(core, out);
    } else if !core.is_empty() {
        push_word(core, out);
    }
    if out.len() > before && token.ends_with([',', ';', ':', '!', '?', ')', '.']) {
        let is_month = matches!(out.last(), Some(Atom { kind: Kind::Month(_), .. }));
        if let Some(last) = out.last_mut().filter(|_| !(is_month && token.ends_with('.'))) {
            last.pause = true;
        }
    }
}

/// Letters, then digits: "EUR300" and "mid-2024" hold a number, "HR-2024-08" and "A4" are names.
fn push_mixed(core: &str, out: &mut Vec<Atom>) {
    let digit = core.find(|c: char| c.is_ascii_digit()).unwrap_or_default();
    let (letters, number) = core.split_at(digit);
    let is_currency = letters.ends_with(['$', '€', '£', '¥'])
        || (letters.len() == 3 && letters.bytes().all(|b| b.is_ascii_uppercase()) && number.len() > 1);
    let is_prefix = letters.strip_suffix('-').is_some_and(|prefix| {
        prefix.chars().all(char::is_alphabetic) && prefix.chars().any(char::is_lowercase)
    });
    if is_currency || is_prefix {
        push(out, letters, Kind::Word);
        push_digits(number, out);
    } else {
        push(out, core, Kind::Word);
    }
}

/// A word, or hyphenated words with a number among them: "twenty-five", "three-day".
fn push_word(core: &str, out: &mut Vec<Atom>) {
    let spells_number = |part: &str| {
        matches!(kind_of(part), Kind::Unit(_) | Kind::Ten(_) | Kind::Ordinal(_) | Kind::Scale(_))
    };
    if core.contains('-') && core.split('-').any(spells_number) {
        for part in core.split('-').filter(|part| !part.is_empty()) {
            push(out, part, kind_of(part));
        }
        return;
    }
    let previous = out.last().map_or("", |atom| atom.word.as_str());
    if matches!((previous, core), ("per", "cent") | ("por", "ciento")) {
        out.pop();
        return push(out, "percent", Kind::Percent);
    }
    let word = normalise(core);
    let kind = kind_of_word(core, &word);
    out.push(Atom { word, kind, pause: false });
}

/// What words without digits may be a part of, by their normalised form.
static KINDS: LazyLock<HashMap<&str, Kind>> = LazyLock::new(|| {
    let numbered = |list: &[&'static str], kind: fn(u64) -> Kind| -> Vec<(&'static str, Kind)> {
        list.iter().zip(0..).map(|(word, at)| (*word, kind(at))).collect()
    };
    let others = [
        ("thirtieth", Kind::Ordinal(30)),
        ("hundred", Kind::Scale(2)),
        ("thousand", Kind::Scale(3)),
        ("million", Kind::Scale(6)),
        ("billion", Kind::Scale(9)),
        ("trillion", Kind::Scale(12)),
        ("percent", Kind::Percent),
        ("prozent", Kind::Percent),
        ("am", Kind::Meridiem(false)),
        ("pm", Kind::Meridiem(true)),
    ];
    dates::months()
        .map(|(name, digits)| (name, Kind::Month(digits)))
        .chain(numbered(&UNITS, Kind::Unit))
        .chain(numbered(&TENS, |at| Kind::Ten(20 + 10 * at)))
        .chain(numbered(&ORDINALS, |at| Kind::Ordinal(at + 1)))
        .chain(others)
        .collect()
});

/// What a word without digits may be a part of.
fn kind_of(core: &str) -> Kind {
    kind_of_word(core, &normalise(core))
}

fn kind_of_word(core: &str, word: &str) -> Kind {
    match (core, KINDS.get(word)) {
        ("%", _) => Kind::Percent,
        ("may", _) | (_, None) => Kind::Word,
        (_, Some(kind)) => kind.clone(),
    }
}

/// A run that begins with a digit or a sign before one.
fn push_digits(text: &str, out: &mut Vec<Atom>) {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let joins = |at: usize, b: u8| matches!(b, b'.' | b',' | b':' | b'/' | b'\'' | b'-') && is_digit(at + 1);
    let end = bytes
        .iter()
        .enumerate()
        .position(|(at, &b)| !(b.is_ascii_digit() || joins(at, b)))
        .unwrap_or(bytes.len());
    let (run, rest) = text.split_at(end);
    if let Some(date) = dates::from_digits(run) {
        push(out, run, Kind::Fixed(date));
        return push_rest(rest.strip_prefix('T').unwrap_or(rest), out);
    }
    let sign = usize::from(run.starts_with('-'));
    if let Some(at) = run.get(sign..).and_then(|digits| digits.find('-')).map(|at| at + sign) {
        push_digits(run.get(..at).unwrap_or_default(), out);
        return push_digits(text.get(at + 1..).unwrap_or_default(), out);
    }
    if run.contains('/') {
        push(out, run, Kind::Fixed(run.to_owned()));
        return push_rest(rest, out);
    }
    if let Some((hours, minutes)) = run.split_once(':') {
        let afternoon = meridiem(rest);
        let minutes = minutes.split(':').next().unwrap_or_default();
        if let Some(time) = dates::time(hours, minutes, afternoon) {
            push(out, run, Kind::Fixed(time));
            return push_rest(if afternoon.is_some() { "" } else { rest }, out);
        }
    }
    push_number(run, rest, out);
}

/// A number, or a list of them without spaces, and what is attached to it.
fn push_number(run: &str, rest: &str, out: &mut Vec<Atom>) {
    let Some(value) = decimal(run) else {
        if run.contains('.') && !run.contains([',', ':', '\'']) {
            push(out, run, Kind::Fixed(run.to_owned()));
        } else {
            for part in run.split([',', ':', '\'']) {
                push(out, part, decimal(part).map_or(Kind::Word, Kind::Number));
            }
        }
        return push_rest(rest, out);
    };
    if let Some(afternoon) = meridiem(rest) {
        let (hours, minutes) = run.split_once('.').unwrap_or((run, "00"));
        if let Some(time) = dates::time(hours, minutes, Some(afternoon)) {
            return push(out, run, Kind::Fixed(time));
        }
    }
    if let Some(after) = rest.strip_prefix('%') {
        push(out, run, Kind::Fixed(format!("{value}%")));
        return push_rest(after, out);
    }
    match rest.to_ascii_lowercase().as_str() {
        "st" | "nd" | "rd" | "th" => push(out, &format!("{run}{rest}"), Kind::Number(value)),
        "k" => push(out, run, Kind::Number(shift(&value, 3))),
        "bn" => push(out, run, Kind::Number(shift(&value, 9))),
        _ => {
            push(out, run, Kind::Number(value));
            push_rest(rest, out);
        }
    }
}

/// What is left of a token after its number.
fn push_rest(rest: &str, out: &mut Vec<Atom>) {
    let rest = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
    if rest.starts_with(|c: char| c.is_ascii_digit()) {
        push(out, rest, decimal(rest).map_or(Kind::Word, Kind::Number));
    } else if !rest.is_empty() {
        push(out, rest, kind_of(rest));
    }
}

/// Whether am or pm is attached to a number.
fn meridiem(rest: &str) -> Option<bool> {
    match normalise(rest).as_str() {
        "am" => Some(false),
        "pm" => Some(true),
        _ => None,
    }
}

/// A number without separators and idle zeros: "1,200" as 1200, "5,5" as 5.5, "1.234.567" as 1234567.
fn decimal(run: &str) -> Option<String> {
    let (sign, digits) = run.strip_prefix('-').map_or(("", run), |digits| ("-", digits));
    let plain = digits.replace('\'', "");
    let commas = plain.matches(',').count();
    let points = plain.matches('.').count();
    let thousands = |text: &str, separator: char| {
        let mut groups = text.split(separator);
        groups.next().is_some_and(|first| (1..=3).contains(&first.len()))
            && groups.all(|group| group.len() == 3)
    };
    let (whole, fraction) = match (commas, points) {
        (0, 0) => (plain.as_str(), ""),
        (0, 1) => plain.split_once('.')?,
        (1, 0) if !thousands(&plain, ',') => plain.split_once(',').filter(|(_, part)| part.len() <= 2)?,
        (_, 0) if thousands(&plain, ',') => (plain.as_str(), ""),
        (0, _) if thousands(&plain, '.') => (plain.as_str(), ""),
        (_, 1) if plain.rfind('.') > plain.rfind(',') => {
            plain.split_once('.').filter(|(w, _)| thousands(w, ','))?
        }
        (1, _) if plain.rfind(',') > plain.rfind('.') => {
            plain.split_once(',').filter(|(w, _)| thousands(w, '.'))?
        }
        _ => return None,
    };
    let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let sign = if whole == "0" && fraction.is_empty() { "" } else { sign };
    Some(if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") })
}

/// A canonical number times a power of ten, exactly.
pub(super) fn shift(value: &str, zeros: usize) -> String {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let moved: String = fraction.chars().chain(std::iter::repeat('0')).take(zeros).collect();
    let left = fraction.get(zeros.min(fraction.len())..).unwrap_or_default();
    let shifted = if left.is_empty() { format!("{whole}{moved}") } else { format!("{whole}{moved}.{left}") };
    decimal(&shifted).unwrap_or(shifted)
}

#[cfg(test)]
mod tests {
    use super::{decimal, shift};

    #[test]
    fn a_number_has_one_spelling() {
        let cases = [
            ("1,200", "1200"),
            ("1.234.567", "1234567"),
            ("1.200,50", "1200.5"),
            ("1,200.50", "1200.5"),
            ("5,5", "5.5"),
            ("007", "7"),
            ("-0", "0"),
            ("1'000", "1000"),
            ("3.80", "3.8"),
        ];
        for (written, canonical) in cases {
            assert_eq!(decimal(written).as_deref(), Some(canonical), "{written}");
        }
        assert_eq!(decimal("2.1.3"), None);
        assert_eq!(shift("2.5", 6), "2500000");
        assert_eq!(shift("1.2345", 3), "1234.5");
    }
}
