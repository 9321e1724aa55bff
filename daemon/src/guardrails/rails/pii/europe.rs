//! Check digits of European identifiers. Each takes as many digits as the identifier has.

use super::checksums::{at, is_date, is_ddmmyy, is_yymmdd, iso7064_11_10, luhn, part, value, weighted};

/// The Netherlands' eleven test (Besluit BSN; Logisch Ontwerp GBA 3.7): weights 9 to 2 and -1.
pub(super) fn bsn(digits: &[u8]) -> bool {
    let sum = weighted(digits, &[9, 8, 7, 6, 5, 4, 3, 2]);
    sum > 0 && sum % 11 == u32::from(at(digits, 8))
}

/// Portugal's tax number (Decreto-Lei 14/2013; Autoridade Tributária): weights 9 to 2, modulo 11.
pub(super) fn nif(digits: &[u8]) -> bool {
    let check = 11 - weighted(digits, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    !matches!(at(digits, 0), 0 | 4 | 7) && check % 11 % 10 == u32::from(at(digits, 8))
}

/// The United Kingdom's NHS number (NHS Data Dictionary): weights 10 to 2, modulo 11; 10 is never issued.
pub(super) fn nhs(digits: &[u8]) -> bool {
    let check = 11 - weighted(digits, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    value(digits) > 0 && check % 11 == u32::from(at(digits, 9))
}

/// Sweden's personal identity number (Skatteverket, SKV 704): a date, 60 more on the day of a coordination number, and
/// Luhn over the last ten digits.
pub(super) fn personnummer(digits: &[u8]) -> bool {
    let Some((century, short)) = digits.split_at_checked(digits.len() - 10) else { return false };
    let day = part(short, 4, 2);
    let date = is_date(part(short, 0, 2), part(short, 2, 2), if day > 60 { day - 60 } else { day });
    (century.is_empty() || matches!(value(century), 18..=20)) && date && luhn(short)
}

/// Denmark's CPR number (CPR-kontoret, Personnummeret i CPR): a date; since 2007 its last digit checks nothing.
pub(super) fn cpr(digits: &[u8]) -> bool {
    is_ddmmyy(digits)
}

/// Poland's tax number (Ministry of Finance, NIP): weights modulo 11.
pub(super) fn nip(digits: &[u8]) -> bool {
    at(digits, 0) > 0 && weighted(digits, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == u32::from(at(digits, 9))
}

/// Austria's social insurance number (Dachverband der Sozialversicherungsträger): the fourth digit checks the others.
pub(super) fn svnr(digits: &[u8]) -> bool {
    let sum = weighted(digits, &[3, 7, 9, 0, 5, 8, 4, 2, 1, 6]);
    let day = is_date(part(digits, 8, 2), part(digits, 6, 2), part(digits, 4, 2));
    at(digits, 0) > 0 && day && sum % 11 == u32::from(at(digits, 3))
}

/// The Czech and Slovak birth number (Act 133/2000 Coll., section 13): a date, 50 more on a woman's month, and a
/// multiple of eleven.
pub(super) fn rodne_cislo(digits: &[u8]) -> bool {
    let month = match part(digits, 2, 2) {
        month @ 71..=82 => month - 70,
        month @ 51..=62 => month - 50,
        month @ 21..=32 => month - 20,
        month => month,
    };
    is_date(part(digits, 0, 2), month, part(digits, 4, 2)) && value(digits).is_multiple_of(11)
}

/// Bulgaria's citizen number (GRAO, EGN): a date, 20 or 40 more on the month, and weights modulo 11.
pub(super) fn egn(digits: &[u8]) -> bool {
    let month = part(digits, 2, 2);
    let month = if month > 40 { month - 40 } else { month - 20 * u64::from(month > 20) };
    let sum = weighted(digits, &[2, 4, 8, 5, 10, 9, 7, 3, 6]);
    is_date(part(digits, 0, 2), month, part(digits, 4, 2)) && sum % 11 % 10 == u32::from(at(digits, 9))
}

/// Poland's PESEL (Act of 24 September 2010 on population records): a date, its century in the month, and weights.
pub(super) fn pesel(digits: &[u8]) -> bool {
    let month = part(digits, 2, 2);
    let sum = weighted(digits, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]);
    is_date(part(digits, 0, 2), month % 20, part(digits, 4, 2)) && sum.is_multiple_of(10)
}

/// Germany's tax number (Steueridentifikationsnummer, section 139b AO; ISO 7064, MOD 11,10): no digit stands more than
/// three times among the first ten.
pub(super) fn steuer_id(digits: &[u8]) -> bool {
    let times = |digit: u8| digits.iter().take(10).filter(|other| **other == digit).count();
    at(digits, 0) > 0 && (0..=9).all(|digit| times(digit) <= 3) && iso7064_11_10(digits)
}

/// Norway's birth number (Skatteetaten): a date, 40 more on the day of a D number, and two check digits modulo 11.
pub(super) fn fodselsnummer(digits: &[u8]) -> bool {
    let day = part(digits, 0, 2);
    let date = is_date(part(digits, 4, 2), part(digits, 2, 2), if day > 40 { day - 40 } else { day });
    date && weighted(digits, &[3, 7, 6, 1, 8, 9, 4, 5, 2, 1]).is_multiple_of(11)
        && weighted(digits, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
}

/// Belgium's national number (Royal Decree of 3 April 1984): a date, and 97 less the rest of the first nine digits, with
/// a 2 before them for births since 2000.
pub(super) fn rijksregister(digits: &[u8]) -> bool {
    let (number, check) = (part(digits, 0, 9), part(digits, 9, 2));
    let alike = |number: u64| 97 - number % 97 == check;
    is_yymmdd(digits) && (alike(number) || alike(2_000_000_000 + number))
}

/// Estonia's and Lithuania's personal codes (EVS 585:2007): sex and century, a date, and weights in two rounds.
pub(super) fn isikukood(digits: &[u8]) -> bool {
    let first = weighted(digits, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
    let second = weighted(digits, &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11 % 10;
    let check = if first < 10 { first } else { second };
    matches!(at(digits, 0), 1..=8)
        && is_yymmdd(digits.get(1..).unwrap_or_default())
        && check == u32::from(at(digits, 10))
}

/// Greece's AMKA (Law 3655/2008, section 153): a date and Luhn.
pub(super) fn amka(digits: &[u8]) -> bool {
    is_ddmmyy(digits) && luhn(digits)
}

/// Russia's insurance number (Pension Fund, SNILS): weights 9 to 1, modulo 101.
pub(super) fn snils(digits: &[u8]) -> bool {
    let sum = weighted(digits, &[9, 8, 7, 6, 5, 4, 3, 2, 1]);
    sum > 0 && u64::from(sum % 101 % 100) == part(digits, 9, 2)
}

/// Russia's tax number of a person (Federal Tax Service, order MMV-7-6/435): two check digits modulo 11.
pub(super) fn inn(digits: &[u8]) -> bool {
    let check = |weights: &[u32]| weighted(digits, weights) % 11 % 10;
    value(digits) > 0
        && check(&[7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) == u32::from(at(digits, 10))
        && check(&[3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) == u32::from(at(digits, 11))
}

/// Romania's CNP (Government Decision 1375/2006): sex and century, a date, and weights modulo 11, where 10 is 1.
pub(super) fn cnp(digits: &[u8]) -> bool {
    let rest = weighted(digits, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
    let check = if rest == 10 { 1 } else { rest };
    matches!(at(digits, 0), 1..=8)
        && is_yymmdd(digits.get(1..).unwrap_or_default())
        && check == u32::from(at(digits, 12))
}

/// France's social security number (INSEE, numéro d'inscription au répertoire): sex, a month, and 97 less the rest.
pub(super) fn nir(digits: &[u8]) -> bool {
    let month = matches!(part(digits, 3, 2), 1..=12 | 20..=42 | 50..=99);
    matches!(at(digits, 0), 1..=4 | 7 | 8) && month && 97 - part(digits, 0, 13) % 97 == part(digits, 13, 2)
}
