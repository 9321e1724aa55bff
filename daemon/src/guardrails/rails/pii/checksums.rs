//! Digits, check digits and dates, as identifiers of many issuers use them.

/// The decimal digits of a text, without what separates them.
pub(super) fn digits(text: &str) -> Vec<u8> {
    text.bytes().filter(u8::is_ascii_digit).map(|digit| digit - b'0').collect()
}

/// Luhn's formula (ISO/IEC 7812-1, annex B): every second digit from the right is doubled, and the sum ends in 0.
pub(super) fn luhn(digits: &[u8]) -> bool {
    let doubled = digits.iter().rev().enumerate().map(|(place, digit)| match place % 2 {
        0 => u32::from(*digit),
        _ => u32::from(digit * 2 / 10 + digit * 2 % 10),
    });
    doubled.sum::<u32>() % 10 == 0
}

/// The sum of digits times their weights, as far as there are both.
pub(super) fn weighted(digits: &[u8], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| u32::from(*digit) * weight).sum()
}

/// A number of decimal digits.
pub(super) fn value(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |number, digit| number * 10 + u64::from(*digit))
}

/// The digit at a place; 0 beyond the end.
pub(super) fn at(digits: &[u8], place: usize) -> u8 {
    digits.get(place).copied().unwrap_or_default()
}

/// Some digits from a place on as a number; 0 beyond the end.
pub(super) fn part(digits: &[u8], place: usize, count: usize) -> u64 {
    value(digits.get(place..place + count).unwrap_or_default())
}

/// ISO 7064, MOD 11,10: the last digit checks the others.
pub(super) fn iso7064_11_10(digits: &[u8]) -> bool {
    let Some((check, others)) = digits.split_last() else { return false };
    let product = others.iter().fold(10, |product, digit| match (u32::from(*digit) + product) % 10 {
        0 => 9,
        sum => sum * 2 % 11,
    });
    (11 - product) % 10 == u32::from(*check)
}

/// ISO 7064, MOD 11-2: the last value, of which 10 is written X, checks the others.
pub(super) fn iso7064_11_2(digits: &[u8]) -> bool {
    let Some((check, others)) = digits.split_last() else { return false };
    let rest = others.iter().fold(0, |rest, digit| (rest + u32::from(*digit)) * 2 % 11);
    (rest + u32::from(*check)) % 11 == 1
}

/// Verhoeff's formula over the dihedral group of order ten (Verhoeff 1969, Error Detecting Decimal Codes).
pub(super) fn verhoeff(digits: &[u8]) -> bool {
    const PERMUTED: [u8; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let multiplied = |a: u8, b: u8| match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => 5 + (a + b) % 5,
        (false, true) => 5 + (a - b) % 5,
        (false, false) => (a + 5 - b) % 5,
    };
    let permuted = |digit: u8, times: usize| (0..times % 8).fold(digit, |d, _| at(&PERMUTED, usize::from(d)));
    let places = digits.iter().rev().enumerate();
    places.fold(0, |check, (place, digit)| multiplied(check, permuted(*digit, place))) == 0
}

/// EAN-13 (GS1 General Specifications, section 7.9): weights 1 and 3 by turns, and the sum ends in 0.
pub(super) fn ean13(digits: &[u8]) -> bool {
    digits.len() == 13 && weighted(digits, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]).is_multiple_of(10)
}

/// Whether there is such a day. A year of two digits is any century's; 0 stands for 2000.
pub(super) fn is_date(year: u64, month: u64, day: u64) -> bool {
    let (Ok(year), Ok(month), Ok(day)) = (year.try_into(), month.try_into(), day.try_into()) else {
        return false;
    };
    jiff::civil::Date::new(year, month, day).is_ok()
}

/// Whether the first six digits are year, month and day.
pub(super) fn is_yymmdd(digits: &[u8]) -> bool {
    is_date(part(digits, 0, 2), part(digits, 2, 2), part(digits, 4, 2))
}

/// Whether the first six digits are day, month and year.
pub(super) fn is_ddmmyy(digits: &[u8]) -> bool {
    is_date(part(digits, 4, 2), part(digits, 2, 2), part(digits, 0, 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_formula_accepts_its_standards_own_example_and_no_other_last_digit() {
        type Case = (fn(&[u8]) -> bool, &'static [u8]);
        let cases: [Case; 5] = [
            (luhn, &[1, 7, 8, 9, 3, 7, 2, 9, 9, 7, 4]),
            (iso7064_11_10, &[0, 7, 9, 4, 5]),
            (iso7064_11_2, &[0, 7, 9, 4, 0]),
            (verhoeff, &[2, 3, 6, 3]),
            (ean13, &[4, 0, 0, 6, 3, 8, 1, 3, 3, 3, 9, 3, 1]),
        ];
        for (index, (check, digits)) in cases.into_iter().enumerate() {
            let (last, others) = digits.split_last().unwrap();
            let right = (0..=9).filter(|digit| check(&[others, &[*digit]].concat()));
            assert_eq!(right.collect::<Vec<u8>>(), [*last], "{index}");
        }
    }

    #[test]
    fn a_leap_day_is_a_date_in_leap_years_alone() {
        assert!(is_date(2024, 2, 29) && is_date(0, 2, 29) && !is_date(1900, 2, 29) && !is_date(99, 2, 29));
        assert!(is_date(24, 12, 31) && !is_date(24, 13, 1) && !is_date(24, 4, 31) && !is_date(24, 1, 0));
    }
}
