//! Addresses of crypto-currencies.

use sha2::{Digest, Sha256};
use sha3::Keccak256;

/// Base58 with four bytes of a double SHA-256 (Bitcoin wiki, Base58Check encoding): addresses of Bitcoin, Litecoin,
/// Dogecoin, Tron and their like, of one version byte and twenty of a hash.
pub(super) fn base58(text: &str) -> Option<usize> {
    const ALPHABET: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    let mut bytes = [0u8; 25];
    for symbol in text.bytes() {
        let mut carry = ALPHABET.iter().position(|letter| *letter == symbol)?;
        for byte in bytes.iter_mut().rev() {
            carry += usize::from(*byte) * 58;
            *byte = u8::try_from(carry % 256).ok()?;
            carry /= 256;
        }
        if carry > 0 {
            return None;
        }
    }
    let (payload, check) = bytes.split_at(21);
    let digest = Sha256::digest(Sha256::digest(payload));
    digest.starts_with(check).then_some(text.len())
}

/// BIP 173 and BIP 350: the polynomial over the human-readable part and the data leaves 1, or Bech32m's constant.
pub(super) fn bech32(text: &str) -> Option<usize> {
    const ALPHABET: &[u8] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let lower = text.to_ascii_lowercase();
    let (prefix, data) = lower.rsplit_once('1')?;
    let high = prefix.bytes().map(|byte| u32::from(byte >> 5));
    let low = prefix.bytes().map(|byte| u32::from(byte & 31));
    let mut values: Vec<u32> = high.chain([0]).chain(low).collect();
    for symbol in data.bytes() {
        values.push(u32::try_from(ALPHABET.iter().position(|letter| *letter == symbol)?).ok()?);
    }
    let check = values.into_iter().fold(1u32, |check, value| {
        let next = (check & 0x01ff_ffff) << 5 ^ value;
        let bits = GENERATOR.iter().enumerate().filter(|(bit, _)| check >> 25 >> bit & 1 == 1);
        bits.fold(next, |next, (_, term)| next ^ term)
    });
    let one_case = lower == text || text.to_ascii_uppercase() == text;
    (one_case && matches!(check, 1 | 0x2bc8_30a3)).then_some(text.len())
}

/// EIP-55: where letters have both cases, each is upper where the hash of the lower-case form has a high nibble.
pub(super) fn ethereum(text: &str) -> Option<usize> {
    let address = text.get(2..)?;
    let lower = address.to_ascii_lowercase();
    let one_case = lower == address || address.to_ascii_uppercase() == address;
    let hash = Keccak256::digest(lower.as_bytes());
    let nibbles = hash.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let checked = address
        .chars()
        .zip(nibbles)
        .all(|(c, nibble)| c.is_ascii_digit() || c.is_ascii_uppercase() == (nibble > 7));
    (one_case || checked).then_some(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_standards_pass_and_a_changed_letter_does_not() {
        type Case = (fn(&str) -> Option<usize>, String);
        let cases: [Case; 4] = [
            (base58, ["1A1zP1eP5QGefi2", "DMPTfTL5SLmv7DivfNa"].concat()),
            (bech32, ["bc1qw508d6qejxtdg4y5r3", "zarvary0c5xw7kv8f3t4"].concat()),
            (bech32, ["bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e", "72q4k9hcz7vqzk5jj0"].concat()),
            (ethereum, ["0x5aAeb6053F3E94C9b9A", "09f33669435E7Ef1BeAed"].concat()),
        ];
        for (check, address) in cases {
            assert_eq!(check(&address), Some(address.len()), "{}", &address[..4]);
            let changed = address.replacen('e', "f", 1).replacen('w', "x", 1);
            assert_eq!(check(&changed), None, "{}", &address[..4]);
        }
        assert!(ethereum(&format!("0x{}", "ab".repeat(20))).is_some());
    }
}
