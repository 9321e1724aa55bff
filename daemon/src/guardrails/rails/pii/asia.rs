//! Check digits of identifiers of Asia, Africa and Oceania. Each takes as many digits as the identifier has.

use super::checksums::{at, is_date, is_yymmdd, luhn, part, verhoeff, weighted};

/// Australia's tax file number (Australian Taxation Office): weights modulo 11.
pub(super) fn tfn(digits: &[u8]) -> bool {
    weighted(digits, &[1, 4, 3, 7, 5, 8, 6, 9, 10]).is_multiple_of(11)
}

/// Australia's company number (ASIC): weights 8 to 1, and the sum with the check digit ends in 0.
pub(super) fn acn(digits: &[u8]) -> bool {
    weighted(digits, &[8, 7, 6, 5, 4, 3, 2, 1, 1]).is_multiple_of(10)
}

/// Australia's business number (Australian Business Register): one less on the first digit, weights modulo 89.
pub(super) fn abn(digits: &[u8]) -> bool {
    let sum = weighted(digits, &[10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]);
    at(digits, 0) > 0 && sum % 89 == 10
}

/// Australia's Medicare number (Services Australia): 2 to 6, and the ninth digit checks the first eight.
pub(super) fn medicare(digits: &[u8]) -> bool {
    let sum = weighted(digits, &[1, 3, 7, 9, 1, 3, 7, 9]);
    matches!(at(digits, 0), 2..=6) && sum % 10 == u32::from(at(digits, 8)) && at(digits, 9) > 0
}

/// Turkey's identity number (Law 5490, NVI): the tenth digit checks nine, the eleventh ten.
pub(super) fn tc_kimlik(digits: &[u8]) -> bool {
    let odd = weighted(digits, &[7, 0, 7, 0, 7, 0, 7, 0, 7]);
    let even = weighted(digits, &[0, 1, 0, 1, 0, 1, 0, 1]);
    let all = weighted(digits, &[1; 10]);
    at(digits, 0) > 0
        && (odd + 10 * even - even) % 10 == u32::from(at(digits, 9))
        && all % 10 == u32::from(at(digits, 10))
}

/// India's Aadhaar number (UIDAI): 2 to 9, and Verhoeff.
pub(super) fn aadhaar(digits: &[u8]) -> bool {
    at(digits, 0) > 1 && verhoeff(digits)
}

/// Japan's individual number (Ordinance 85 of 2014, Ministry of Internal Affairs): weights modulo 11.
pub(super) fn my_number(digits: &[u8]) -> bool {
    let rest = weighted(digits, &[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    (if rest <= 1 { 0 } else { 11 - rest }) == u32::from(at(digits, 11))
}

/// Malaysia's identity number (JPN): a date and a place of birth.
pub(super) fn mykad(digits: &[u8]) -> bool {
    is_yymmdd(digits) && !matches!(part(digits, 6, 2), 0 | 17..=20)
}

/// Korea's resident number (Resident Registration Act): a date, a century with a sex, and weights modulo 11.
pub(super) fn rrn(digits: &[u8]) -> bool {
    let sum = weighted(digits, &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]);
    is_yymmdd(digits) && (11 - sum % 11) % 10 == u32::from(at(digits, 12))
}

/// The same without a check digit: numbers given out since October 2020 have none.
pub(super) fn rrn_of_today(digits: &[u8]) -> bool {
    is_yymmdd(digits) && matches!(at(digits, 6), 1..=4)
}

/// Thailand's identity number (Department of Provincial Administration): a kind of person, a province (ISO 3166-2:TH),
/// and weights 13 to 2, modulo 11.
pub(super) fn thai(digits: &[u8]) -> bool {
    let province = matches!(part(digits, 1, 2), 10..=27 | 30..=58 | 60..=67 | 70..=77 | 80..=86 | 90..=96);
    let sum = weighted(digits, &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
    matches!(at(digits, 0), 1..=8) && province && (11 - sum % 11) % 10 == u32::from(at(digits, 12))
}

/// South Africa's identity number (Identification Act 68 of 1997): a date, a status, and Luhn.
pub(super) fn za(digits: &[u8]) -> bool {
    is_yymmdd(digits) && at(digits, 10) <= 2 && luhn(digits)
}

/// Indonesia's identity number (Law 23 of 2006): a province, a date with 40 more on a woman's day.
pub(super) fn nik(digits: &[u8]) -> bool {
    let day = part(digits, 6, 2);
    let day = if day > 40 { day - 40 } else { day };
    matches!(part(digits, 0, 2), 11..=97) && is_date(part(digits, 10, 2), part(digits, 8, 2), day)
}

/// The date in China's resident number (GB 11643-1999), of a century that people live in.
pub(super) fn is_chinese_date(digits: &[u8]) -> bool {
    let year = part(digits, 6, 4);
    matches!(year, 1900..=2099) && is_date(year, part(digits, 10, 2), part(digits, 12, 2))
}
