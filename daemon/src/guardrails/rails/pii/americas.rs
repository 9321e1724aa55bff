//! Check digits of American identifiers. Each takes as many digits as the identifier has.

use super::checksums::{at, luhn, part, weighted};

/// Canada's social insurance number (Employment and Social Development Canada): Luhn; none begins with 0 or 8.
pub(super) fn sin(digits: &[u8]) -> bool {
    !matches!(at(digits, 0), 0 | 8) && luhn(digits)
}

/// The United States' provider identifier (45 CFR 162.406): 1 or 2, and Luhn with the issuer 80840 before it.
pub(super) fn npi(digits: &[u8]) -> bool {
    matches!(at(digits, 0), 1 | 2) && luhn(&[&[8, 0, 8, 4, 0], digits].concat())
}

/// Brazil's CPF (Receita Federal, IN RFB 1548/2015): two check digits modulo 11, and not one digit throughout.
pub(super) fn cpf(digits: &[u8]) -> bool {
    let check = |weights: &[u32]| weighted(digits, weights) * 10 % 11 % 10;
    !is_one_digit(digits)
        && check(&[10, 9, 8, 7, 6, 5, 4, 3, 2]) == u32::from(at(digits, 9))
        && check(&[11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) == u32::from(at(digits, 10))
}

/// Brazil's CNPJ (Receita Federal, IN RFB 2119/2022): two check digits modulo 11.
pub(super) fn cnpj(digits: &[u8]) -> bool {
    let check = |weights: &[u32]| weighted(digits, weights) * 10 % 11 % 10;
    !is_one_digit(digits)
        && check(&[5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) == u32::from(at(digits, 12))
        && check(&[6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) == u32::from(at(digits, 13))
}

/// Argentina's CUIT and CUIL (AFIP): a kind of holder, and weights modulo 11.
pub(super) fn cuit(digits: &[u8]) -> bool {
    let check = 11 - weighted(digits, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    matches!(part(digits, 0, 2), 20 | 23..=27 | 30 | 33 | 34) && check % 11 == u32::from(at(digits, 10))
}

fn is_one_digit(digits: &[u8]) -> bool {
    digits.iter().all(|digit| Some(digit) == digits.first())
}
