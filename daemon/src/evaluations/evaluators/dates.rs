//! Dates and times in one spelling: ISO 8601, "--08-01" for a day without its year (as XML Schema's
//! gMonthDay).

/// The months' names and short forms in English, German and Spanish.
const MONTHS: [(&str, &[&str]); 12] = [
    ("01", &["january", "jan", "januar", "enero"]),
    ("02", &["february", "feb", "februar", "febrero"]),
    ("03", &["march", "mar", "märz", "marzo"]),
    ("04", &["april", "apr", "abril"]),
    ("05", &["may", "mai", "mayo"]),
    ("06", &["june", "jun", "juni", "junio"]),
    ("07", &["july", "jul", "juli", "julio"]),
    ("08", &["august", "aug", "agosto"]),
    ("09", &["september", "sep", "sept", "septiembre"]),
    ("10", &["october", "oct", "oktober", "okt", "octubre"]),
    ("11", &["november", "nov", "noviembre"]),
    ("12", &["december", "dec", "dezember", "dez", "diciembre"]),
];

/// The months' names in lower case with their two digits.
pub(super) fn months() -> impl Iterator<Item = (&'static str, &'static str)> {
    MONTHS.iter().flat_map(|(digits, names)| names.iter().map(|name| (*name, *digits)))
}

/// Whether a word in lower case names a month.
pub(super) fn is_month_name(word: &str) -> bool {
    months().any(|(name, _)| name == word)
}

/// A day of a month, as a number without leading zeros: 1 to 31.
pub(super) fn is_day(number: &str) -> bool {
    number.parse::<u8>().is_ok_and(|day| (1..=31).contains(&day))
}

/// A year as people write it: 1000 to 2999.
pub(super) fn is_year(number: &str) -> bool {
    number.len() == 4 && number.parse::<u16>().is_ok_and(|year| (1000..3000).contains(&year))
}

/// A day and month, with the year where it is known.
pub(super) fn date(year: Option<&str>, month: &str, day: &str) -> String {
    match year {
        Some(year) => format!("{year}-{month}-{day:0>2}"),
        None => format!("--{month}-{day:0>2}"),
    }
}

/// A date written in digits: 2024-08-01, 01.08.2024, 31/03/2024, 2024-08. A date that could be read either
/// way, 1/8/2024, is none.
pub(super) fn from_digits(run: &str) -> Option<String> {
    let separator = run.chars().find(|c| !c.is_ascii_digit())?;
    let parts: Vec<&str> = run.split(separator).collect();
    if parts.iter().any(|part| part.is_empty() || !part.bytes().all(|b| b.is_ascii_digit())) {
        return None;
    }
    let is_month = |text: &str| text.len() <= 2 && text.parse::<u8>().is_ok_and(|m| (1..=12).contains(&m));
    let is_day = |text: &str| text.len() <= 2 && is_day(text);
    let build = |year: &str, month: &str, day: &str| Some(date(Some(year), &format!("{month:0>2}"), day));
    match (parts.as_slice(), separator) {
        ([year, month], '-') if is_year(year) && month.len() == 2 && is_month(month) => {
            Some(format!("{year}-{month}"))
        }
        ([year, month, day], '-' | '/' | '.') if is_year(year) && is_month(month) && is_day(day) => {
            build(year, month, day)
        }
        ([day, month, year], '.') if is_year(year) && is_month(month) && is_day(day) => {
            build(year, month, day)
        }
        ([one, two, year], '/' | '-') if is_year(year) && is_day(one) && is_day(two) => {
            match (is_month(one), is_month(two)) {
                (false, true) => build(year, two, one),
                (true, false) => build(year, one, two),
                (true, true) if one == two => build(year, one, two),
                _ => None,
            }
        }
        _ => None,
    }
}

/// A time of day, "9:30" as "09:30"; `afternoon` where am or pm is said.
pub(super) fn time(hours: &str, minutes: &str, afternoon: Option<bool>) -> Option<String> {
    let (hours, minutes) = (hours.parse::<u8>().ok()?, minutes.parse::<u8>().ok()?);
    let hours = match afternoon {
        Some(_) if !(1..=12).contains(&hours) => return None,
        Some(true) => hours % 12 + 12,
        Some(false) => hours % 12,
        None => hours,
    };
    (hours <= 24 && minutes < 60).then(|| format!("{hours:02}:{minutes:02}"))
}

/// What a date also says: 2024-08-01 is in 2024, in 2024-08, and a 1 August.
pub(super) fn weaker(figure: &str) -> Vec<String> {
    let parts: Vec<&str> = figure.split('-').collect();
    match parts.as_slice() {
        [year, month, day] if is_year(year) => {
            vec![(*year).to_owned(), format!("{year}-{month}"), date(None, month, day)]
        }
        [year, _] if is_year(year) => vec![(*year).to_owned()],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{from_digits, time, weaker};

    #[test]
    fn a_date_that_could_be_two_days_is_none() {
        assert_eq!(from_digits("01.08.2024").as_deref(), Some("2024-08-01"));
        assert_eq!(from_digits("3/31/2024").as_deref(), Some("2024-03-31"));
        assert_eq!(from_digits("1/8/2024"), None);
        assert_eq!(from_digits("2023-24"), None);
    }

    #[test]
    fn times_are_told_on_24_hours_and_dates_say_their_year() {
        assert_eq!(time("12", "05", Some(false)).as_deref(), Some("00:05"));
        assert_eq!(time("9", "30", Some(true)).as_deref(), Some("21:30"));
        assert_eq!(weaker("2024-08-01"), ["2024", "2024-08", "--08-01"]);
    }
}
