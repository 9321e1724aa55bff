//! Addresses of crypto-currencies.

use sha2::{Digest, Sha256};
use sha3::Keccak256;

/// Base58 with four bytes of a double SHA-256 (Bitcoin wiki, Base58Check encoding): addresses of Bitcoin, Litecoin,
/// Dogecoin, Tron and their like, of one version byte and twenty of a hash.
pub(super) fn base58(text: &str) -> Option<usize> {
    let bytes = bs58::decode(text).into_vec().ok()?;
    let (payload, check) = bytes.split_at_checked(21)?;
    let digest = Sha256::digest(Sha256::digest(payload));
    (check.len() == 4 && digest.starts_with(check)).then_some(text.len())
}

/// BIP 173 and BIP 350: Bech32 and Bech32m.
pub(super) fn bech32(text: &str) -> Option<usize> {
    bech32::decode(text).is_ok().then_some(text.len())
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
