//! Identifiers of letters and digits: their form alone is rare, most have a check letter too.

use super::candidate::Candidate;
use super::checksums::{at, is_date, iso7064_11_2, iso7064_11_10, part, weighted};
use crate::guardrails::session::Finding;

/// All of their forms, so that one search finds the candidates of each.
pub(super) const FORMS: &str = concat!(
    r"(?i)\b(?:[A-Z]{6}[0-9LMNPQRSTUV]{2}[A-EHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]",
    r"|[A-Z]{4}[0-9]{6}[HMX][A-Z]{5}[A-Z0-9][0-9]",
    r"|[A-Z]{5}[0-9]{4}[A-Z]",
    r"|[A-Z][0-9]{7}-?[A-Z]|[A-Z][0-9]{9}",
    r"|[0-9]{7,8}-?[A-Z]{1,2}",
    r"|[0-9]{6}[A-FU-Y+-][0-9]{3}[0-9A-Y]",
    r"|[0-9]{8}[A-Z][0-9]{3}",
    r"|[1-9][A-Z][A-Z0-9][0-9]-?[A-Z][A-Z0-9][0-9]-?[A-Z]{2}[0-9]{2}",
    r"|DE[ -]?[0-9]{3}[ .-]?[0-9]{3}[ .-]?[0-9]{3}",
    r"|[12] ?[0-9]{2} ?[0-9]{2} ?2[AB] ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}",
    r"|[0-9]{17}X",
    r"|[0-9]{1,2}(?:\.?[0-9]{3}){2}-[0-9K])\b",
);

/// An identifier.
struct Form {
    reason: &'static str,
    /// Whether its separators say something; else they are left out.
    is_separated: bool,
    /// Given in capitals.
    valid: fn(&str) -> bool,
}

const fn form(reason: &'static str, valid: fn(&str) -> bool) -> Form {
    Form { reason, is_separated: false, valid }
}

/// One whose separators say something.
const fn separated(reason: &'static str, valid: fn(&str) -> bool) -> Form {
    Form { is_separated: true, ..form(reason, valid) }
}

static ALL: [Form; 14] = [
    form("Italian tax code", codice_fiscale),
    form("Mexican CURP", curp),
    form("Indian PAN", pan),
    form("Spanish identity number", dni),
    form("Singaporean identity number", nric),
    form("Taiwanese identity number", taiwanese),
    form("Irish PPS number", pps),
    separated("Finnish identity code", hetu),
    form("German pension insurance number", rvnr),
    form("US Medicare number", mbi),
    form("German VAT number", vat),
    form("French social security number", corsican),
    form("Chinese resident number", chinese),
    separated("Chilean RUT", rut),
];

/// Notes what a candidate of [`FORMS`] is.
pub(super) fn find(candidate: &Candidate<'_>, findings: &mut Vec<Finding>) {
    let value = candidate.value().to_ascii_uppercase();
    let bare: String = value.chars().filter(char::is_ascii_alphanumeric).collect();
    let joined = candidate.after_part_of_a_word();
    let own = |form: &&Form| (form.valid)(if form.is_separated { &value } else { &bare });
    if let Some(form) = ALL.iter().find(own).filter(|_| !joined) {
        findings.push(Finding::new(candidate.span.clone(), "ID", form.reason));
    }
}

/// The digits of a part, or none if it holds anything else.
fn number(text: Option<&str>) -> Option<Vec<u8>> {
    text?.chars().map(|c| c.to_digit(10).and_then(|digit| u8::try_from(digit).ok())).collect()
}

/// The letter at a place of an alphabet, which a number gives.
fn is_letter(alphabet: &str, place: u32, letter: Option<char>) -> bool {
    letter.is_some() && alphabet.chars().nth(place as usize) == letter
}

/// Italy's tax code (Decree of 23 December 1976): values by odd and even places, modulo 26.
fn codice_fiscale(text: &str) -> bool {
    const ODD: [u32; 26] =
        [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
    let form =
        text.len() == 16 && text.get(..6).is_some_and(|name| name.bytes().all(|b| b.is_ascii_uppercase()));
    let values = text.chars().take(15).enumerate().filter_map(|(place, c)| {
        let value = c.to_digit(36)?;
        let value = if value > 9 { value - 10 } else { value };
        if place % 2 == 0 { ODD.get(value as usize).copied() } else { Some(value) }
    });
    form && is_letter("ABCDEFGHIJKLMNOPQRSTUVWXYZ", values.sum::<u32>() % 26, text.chars().nth(15))
}

/// Mexico's CURP (Instructivo Normativo, DOF 18 October 2021): a date, and weights 18 to 2, modulo 10.
fn curp(text: &str) -> bool {
    const ALPHABET: &str = "0123456789ABCDEFGHIJKLMN\u{d1}OPQRSTUVWXYZ";
    let Some(date) = number(text.get(4..10)).filter(|_| text.len() == 18) else { return false };
    let values = text.chars().take(17).zip((2..=18u32).rev());
    let sum: u32 = values
        .filter_map(|(c, weight)| {
            Some(u32::try_from(ALPHABET.chars().position(|other| other == c)?).ok()? * weight)
        })
        .sum();
    let day = is_date(part(&date, 0, 2), part(&date, 2, 2), part(&date, 4, 2));
    day && text.chars().nth(17).and_then(|c| c.to_digit(10)) == Some((10 - sum % 10) % 10)
}

/// India's permanent account number (Income Tax Department): the fourth letter is the kind of holder.
fn pan(text: &str) -> bool {
    text.len() == 10
        && text.get(3..4).is_some_and(|kind| "ABCFGHJLPT".contains(kind))
        && number(text.get(5..9)).is_some()
        && text.get(4..5).is_some_and(|c| c.as_bytes().iter().all(u8::is_ascii_uppercase))
}

/// Spain's DNI and NIE (Royal Decree 1553/2005; Order INT/2058/2008): the number modulo 23 gives the letter; X, Y and Z
/// stand for 0, 1 and 2.
fn dni(text: &str) -> bool {
    let Some((body, letter)) = text.len().checked_sub(1).and_then(|last| text.split_at_checked(last)) else {
        return false;
    };
    let body = match body.split_at_checked(1) {
        Some((first @ ("X" | "Y" | "Z"), rest)) if rest.len() == 7 => {
            format!("{}{rest}", if first == "X" { 0 } else { 1 + u8::from(first == "Z") })
        }
        _ => body.to_owned(),
    };
    let value = body.parse::<u32>().ok().filter(|_| matches!(body.len(), 7 | 8));
    value.is_some_and(|value| is_letter("TRWAGMYFPDXBNJZSQVHLCKE", value % 23, letter.chars().next()))
}

/// Singapore's NRIC and FIN (Immigration and Checkpoints Authority): weights modulo 11, a letter by series.
fn nric(text: &str) -> bool {
    let Some(digits) = number(text.get(1..8)).filter(|_| text.len() == 9) else { return false };
    let sum = weighted(&digits, &[2, 7, 6, 5, 4, 3, 2]);
    let (alphabet, more) = match text.chars().next() {
        Some('S') => ("JZIHGFEDCBA", 0),
        Some('T') => ("JZIHGFEDCBA", 4),
        Some('F') => ("XWUTRQPNMLK", 0),
        Some('G') => ("XWUTRQPNMLK", 4),
        Some('M') => ("XWUTRQPNJLK", 3),
        _ => return false,
    };
    is_letter(alphabet, (sum + more) % 11, text.chars().nth(8))
}

/// Taiwan's identity number (Household Registration Act): the letter is a number of two digits, and weights modulo 10.
fn taiwanese(text: &str) -> bool {
    const LETTERS: &str = "ABCDEFGHJKLMNPQRSTUVXYWZIO";
    let Some(digits) = number(text.get(1..)).filter(|_| text.len() == 10) else { return false };
    let Some(letter) = text.chars().next().and_then(|c| LETTERS.chars().position(|other| other == c)) else {
        return false;
    };
    let letter = u32::try_from(letter + 10).unwrap_or_default();
    let sum = letter / 10 + letter % 10 * 9 + weighted(&digits, &[8, 7, 6, 5, 4, 3, 2, 1, 1]);
    matches!(at(&digits, 0), 1 | 2 | 8 | 9) && sum.is_multiple_of(10)
}

/// Ireland's PPS number (Social Welfare Consolidation Act 2005, section 262): weights modulo 23, 9 for a second letter.
fn pps(text: &str) -> bool {
    const LETTERS: &str = "WABCDEFGHIJKLMNOPQRSTUV";
    let Some(digits) = number(text.get(..7)) else { return false };
    let second = match text.get(8..) {
        Some("") => 0,
        Some(letter @ ("A" | "B" | "H" | "W")) => LETTERS.find(letter).unwrap_or_default(),
        _ => return false,
    };
    let sum = weighted(&digits, &[8, 7, 6, 5, 4, 3, 2]) + 9 * u32::try_from(second).unwrap_or_default();
    is_letter(LETTERS, sum % 23, text.chars().nth(7))
}

/// Finland's identity code (Digital and Population Data Services Agency): a date, a century sign, and the number modulo
/// 31 gives the last character.
fn hetu(text: &str) -> bool {
    let (Some(date), Some(serial)) = (number(text.get(..6)), number(text.get(7..10))) else { return false };
    let day = is_date(part(&date, 4, 2), part(&date, 2, 2), part(&date, 0, 2));
    let rest = (part(&date, 0, 6) * 1000 + part(&serial, 0, 3)) % 31;
    let check = u32::try_from(rest).unwrap_or_default();
    text.len() == 11
        && day
        && part(&serial, 0, 3) >= 2
        && text.get(6..7).is_some_and(|sign| "+-ABCDEFUVWXY".contains(sign))
        && is_letter("0123456789ABCDEFHJKLMNPRSTUVWXY", check, text.chars().nth(10))
}

/// Germany's pension insurance number (VKVV, section 2): an area, a date, a letter as two digits, and weights over digit
/// sums.
fn rvnr(text: &str) -> bool {
    let (Some(first), Some(last)) = (number(text.get(..8)), number(text.get(9..))) else { return false };
    let letter = text.chars().nth(8).and_then(|c| c.to_digit(36)).and_then(|value| value.checked_sub(9));
    let (Some(letter), [_, _, check]) = (letter.and_then(|value| u8::try_from(value).ok()), last.as_slice())
    else {
        return false;
    };
    let digits = [&first, &[letter / 10, letter % 10][..], last.get(..2).unwrap_or_default()].concat();
    let weights = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1];
    let products = digits.iter().zip(weights).map(|(digit, weight)| u32::from(*digit) * weight);
    let day = part(&first, 2, 2);
    is_date(part(&first, 6, 2), part(&first, 4, 2), if day > 50 { day - 50 } else { day })
        && products.map(|product| product / 10 + product % 10).sum::<u32>() % 10 == u32::from(*check)
}

/// The United States' Medicare beneficiary identifier (CMS, MBI format): letters without S, L, O, I, B and Z.
fn mbi(text: &str) -> bool {
    let letter = |c: char| c.is_ascii_uppercase() && !"SLOIBZ".contains(c);
    let fits = |(c, kind): (char, char)| match kind {
        'C' => c.is_ascii_digit() && c != '0',
        'N' => c.is_ascii_digit(),
        'A' => letter(c),
        _ => letter(c) || c.is_ascii_digit(),
    };
    text.len() == 11 && text.chars().zip("CAXNAXNAANN".chars()).all(fits)
}

/// Germany's VAT number (BZSt; ISO 7064, MOD 11,10).
fn vat(text: &str) -> bool {
    let digits = number(text.strip_prefix("DE"));
    digits.is_some_and(|digits| digits.len() == 9 && at(&digits, 0) > 0 && iso7064_11_10(&digits))
}

/// France's social security number of somebody born in Corsica: 2A counts as 19, 2B as 18 (INSEE).
fn corsican(text: &str) -> bool {
    let corsica = matches!(text.get(5..7), Some("2A" | "2B"));
    let plain = text.replace("2A", "19").replace("2B", "18");
    number(Some(&plain)).is_some_and(|digits| corsica && digits.len() == 15 && super::europe::nir(&digits))
}

/// China's resident number whose last value is ten (GB 11643-1999).
fn chinese(text: &str) -> bool {
    let digits = number(text.strip_suffix('X')).filter(|digits| digits.len() == 17);
    digits.is_some_and(|digits| {
        super::asia::is_chinese_date(&digits) && iso7064_11_2(&[&digits[..], &[10]].concat())
    })
}

/// Chile's RUT (Servicio de Impuestos Internos): weights 2 to 7 from the right, modulo 11, where 10 is K.
fn rut(text: &str) -> bool {
    let Some((body, check)) = text.split_once('-') else { return false };
    let Some(digits) = number(Some(&body.replace('.', ""))).filter(|digits| digits.len() > 6) else {
        return false;
    };
    let weights = (2..=7u32).cycle();
    let sum: u32 = digits.iter().rev().zip(weights).map(|(digit, weight)| u32::from(*digit) * weight).sum();
    is_letter("0123456789K", (11 - sum % 11) % 11, check.chars().next())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Examples that the issuers or their standards publish, but for the last character, which they alone may have.
    #[test]
    fn a_check_letter_is_the_only_one_that_passes() {
        type Case = (fn(&str) -> bool, &'static str, &'static str);
        let cases: [Case; 9] = [
            (codice_fiscale, "RSSMRA85T10A562", "S"),
            (curp, "HEGG560427MVZRRL0", "4"),
            (dni, "12345678", "Z"),
            (dni, "X1234567", "L"),
            (nric, "S1234567", "D"),
            (taiwanese, "A12345678", "9"),
            (pps, "1234567", "T"),
            (hetu, "131052-308", "T"),
            (rut, "12.345.678-", "5"),
        ];
        for (check, body, last) in cases {
            let right =
                "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".chars().filter(|c| check(&format!("{body}{c}")));
            assert_eq!(right.collect::<String>(), last, "{body}");
        }
    }
}
