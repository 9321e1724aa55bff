//! Num(x): the numbers, percentages, dates and times of a text in one spelling each.

use super::atoms::{Atom, Kind, atoms, shift};
use super::dates;
use super::text::{fold, is_article, is_stop_word};

/// A text read in order: its words, and in place of those that make a figure the figure.
#[derive(Debug, PartialEq)]
pub(super) enum Item {
    /// A word, normalised; no article.
    Word(String),
    /// A figure, and how many content words it is written with.
    Figure {
        /// Its one spelling: "3", "12%", "2024-08-01", "--03-31", "09:30".
        value: String,
        /// How many words of C(x) it stands for.
        words: usize,
    },
}

/// Words and figures of a text. An ordinal is its number; "one of them" is none.
pub(super) fn items(text: &str) -> Vec<Item> {
    let atoms = atoms(&fold(text));
    let mut items = Vec::with_capacity(atoms.len());
    let mut at = 0;
    while let Some(atom) = atoms.get(at) {
        let rest = atoms.get(at..).unwrap_or_default();
        let previous = at.checked_sub(1).and_then(|before| atoms.get(before));
        match date(rest).or_else(|| figure(rest, previous)) {
            Some((value, used)) => {
                let covered = rest.iter().take(used);
                let words = covered.filter(|a| !a.word.is_empty() && !is_stop_word(&a.word)).count();
                items.push(Item::Figure { value, words });
                at += used.max(1);
            }
            None => {
                if !atom.word.is_empty() && !is_article(&atom.word) {
                    items.push(Item::Word(atom.word.clone()));
                }
                at += 1;
            }
        }
    }
    items
}

/// The figures of a text.
pub(super) fn figures(text: &str) -> Vec<String> {
    let figure = |item| match item {
        Item::Figure { value, .. } => Some(value),
        Item::Word(_) => None,
    };
    items(text).into_iter().filter_map(figure).collect()
}

/// Whether figures hold one asked for, a date also by its year, its month or its day.
pub(super) fn holds(figures: &[String], wanted: &str) -> bool {
    figures
        .iter()
        .any(|figure| figure == wanted || dates::weaker(figure).iter().any(|weaker| weaker == wanted))
}

/// A number that may be a day or a year.
fn integer(atom: Option<&Atom>) -> Option<String> {
    match &atom?.kind {
        Kind::Number(value) => Some(value.clone()),
        Kind::Unit(value) | Kind::Ordinal(value) => Some(value.to_string()),
        _ => None,
    }
}

/// A date in words at the start of the atoms, and how many of them it takes.
fn date(atoms: &[Atom]) -> Option<(String, usize)> {
    let month = |at: usize| match atoms.get(at).map(|atom| &atom.kind) {
        Some(Kind::Month(digits)) => Some(*digits),
        _ => None,
    };
    let skip_of =
        |at: usize| at + usize::from(atoms.get(at).is_some_and(|a| matches!(a.word.as_str(), "of" | "de")));
    let year = |at: usize| integer(atoms.get(at)).filter(|year| dates::is_year(year));
    let day = |at: usize| integer(atoms.get(at)).filter(|day| dates::is_day(day));
    let finish = |digits: &str, day: &str, end: usize| match year(skip_of(end)) {
        Some(year) => (dates::date(Some(&year), digits, day), skip_of(end) + 1),
        None => (dates::date(None, digits, day), end),
    };
    if let Some(digits) = month(0) {
        if atoms.first()?.pause {
            return None;
        }
        if let Some(year) = year(skip_of(1)) {
            return Some((format!("{year}-{digits}"), skip_of(1) + 1));
        }
        return day(1).map(|day| finish(digits, &day, 2));
    }
    let day = day(0)?;
    let at = skip_of(1);
    month(at).map(|digits| finish(digits, &day, at + 1))
}

/// Any other figure at the start of the atoms, and how many of them it takes.
fn figure(atoms: &[Atom], previous: Option<&Atom>) -> Option<(String, usize)> {
    let first = atoms.first()?;
    let (value, used) = match &first.kind {
        Kind::Fixed(value) => return Some((value.clone(), 1)),
        Kind::Number(value) => (value.clone(), 1),
        Kind::Unit(_) | Kind::Ten(_) | Kind::Ordinal(_) | Kind::Scale(_) => spelled(atoms, previous)?,
        _ => return None,
    };
    let (value, used) = scaled(atoms, value, used);
    if atoms.get(used - 1).is_some_and(|last| last.pause) {
        return Some((value, used));
    }
    match atoms.get(used).map(|next| &next.kind) {
        Some(Kind::Percent) => Some((format!("{value}%"), used + 1)),
        Some(Kind::Meridiem(afternoon)) => {
            let (hours, minutes) = value.split_once('.').unwrap_or((&value, "00"));
            let time = dates::time(hours, &format!("{minutes:0<2}"), Some(*afternoon));
            Some(time.map_or((value, used), |time| (time, used + 1)))
        }
        _ => Some((value, used)),
    }
}

/// A number with "million" and the like after it.
fn scaled(atoms: &[Atom], mut value: String, mut used: usize) -> (String, usize) {
    if !matches!(atoms.first().map(|atom| &atom.kind), Some(Kind::Number(_))) {
        return (value, used);
    }
    while let (Some(Atom { pause: false, .. }), Some(Atom { kind: Kind::Scale(zeros), .. })) =
        (atoms.get(used - 1), atoms.get(used))
    {
        value = shift(&value, *zeros);
        used += 1;
    }
    (value, used)
}

/// A number in words, "one hundred and twenty-five", and how many atoms it takes.
fn spelled(atoms: &[Atom], previous: Option<&Atom>) -> Option<(String, usize)> {
    if is_idle(atoms, previous) {
        return None;
    }
    let (mut total, mut current, mut used, mut room) = (0_u64, 0_u64, 0, 100_u64);
    while let Some(atom) = atoms.get(used) {
        match atom.kind {
            Kind::Unit(value) | Kind::Ten(value) | Kind::Ordinal(value)
                if value < room && (value > 0 || used == 0) =>
            {
                current = current.saturating_add(value);
                room = if value >= 20 && value % 10 == 0 && !matches!(atom.kind, Kind::Ordinal(_)) {
                    10
                } else {
                    0
                };
            }
            Kind::Scale(2) if current < 100 => {
                current = current.max(1) * 100;
                room = 100;
            }
            Kind::Scale(zeros) if zeros > 2 && !(used > 0 && current == 0) => {
                let scale = 10_u64.saturating_pow(u32::try_from(zeros).unwrap_or(u32::MAX));
                total = total.saturating_add(current.max(1).saturating_mul(scale));
                (current, room) = (0, 100);
            }
            Kind::Word if atom.word == "and" && used > 0 && room == 100 && joins(atoms.get(used + 1)) => {
                used += 1;
                continue;
            }
            _ => break,
        }
        used += 1;
        if atom.pause || matches!(atom.kind, Kind::Ordinal(_)) {
            break;
        }
    }
    (used > 0).then(|| (total.saturating_add(current).to_string(), used))
}

/// Whether "and" leads on to the rest of a number.
fn joins(next: Option<&Atom>) -> bool {
    next.is_some_and(|atom| matches!(atom.kind, Kind::Unit(_) | Kind::Ten(_) | Kind::Ordinal(_)))
}

/// "One" as a pronoun, "First," as a step, "per second" as a unit: words, not figures.
fn is_idle(atoms: &[Atom], previous: Option<&Atom>) -> bool {
    let previous = previous.map_or("", |atom| atom.word.as_str());
    let next = atoms.get(1).map_or("", |atom| atom.word.as_str());
    match atoms.first() {
        Some(Atom { kind: Kind::Unit(1), .. }) => {
            matches!(
                previous,
                "no" | "any" | "every" | "each" | "some" | "this" | "that" | "the" | "which" | "another"
            ) || matches!(next, "of" | "another")
        }
        Some(Atom { kind: Kind::Ordinal(_), pause, .. }) => *pause || matches!(previous, "per" | "at"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{figures, holds};

    #[test]
    fn words_and_digits_make_the_same_number() {
        for (text, canonical) in [
            ("three days", "3"),
            ("one hundred and twenty-five", "125"),
            ("two thousand five hundred", "2500"),
            ("EUR 2.5 million", "2500000"),
            ("USD245 or $245", "245"),
            ("the 4th day", "4"),
            ("the fourth day", "4"),
            ("the twenty-first week", "21"),
            ("a 78-yard run", "78"),
            ("12 %", "12%"),
            ("twelve per cent", "12%"),
            ("at 9.30 am", "09:30"),
            ("before 9:30", "09:30"),
            ("3 pm", "15:00"),
        ] {
            assert_eq!(figures(text).first().map(String::as_str), Some(canonical), "{text}");
        }
        assert_eq!(figures("10–15 days, 1, 2 and 3"), ["10", "15", "1", "2", "3"]);
    }

    #[test]
    fn a_date_has_one_spelling() {
        for text in [
            "1 August 2024",
            "August 1, 2024",
            "the 1st of August 2024",
            "1. August 2024",
            "2024-08-01",
            "1 de agosto de 2024",
            "Aug. 1st, 2024",
        ] {
            assert_eq!(figures(text), ["2024-08-01"], "{text}");
        }
        assert_eq!(figures("by 31 March of the next year"), ["--03-31"]);
        assert!(holds(&figures("since 1 August 2024"), "2024"));
        assert!(!holds(&figures("since 2024"), "2024-08-01"));
    }

    #[test]
    fn names_and_pronouns_hold_no_figures() {
        assert!(figures("HR-2024-08, A4, no one, one of them. First, employees may leave.").is_empty());
        assert_eq!(figures("they may 20 days"), ["20"]);
    }
}
