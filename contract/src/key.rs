//! API keys and operator tokens: 40 random hex digits and the CRC-32 of what stands before them.

use crate::version::hex;
use std::fmt;

/// What a secret opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The public API, in production.
    Live,
    /// The public API of a sandbox.
    Test,
    /// The admin API.
    Operator,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Live, Self::Test, Self::Operator];

    /// What such a secret begins with.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Live => "kapi_live_",
            Self::Test => "kapi_test_",
            Self::Operator => "kop_",
        }
    }
}

/// A secret in the clear. It prints as its display form only; [`Secret::expose`] gives it away.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    text: String,
    kind: Kind,
}

impl Secret {
    /// A new secret from the system's random source.
    ///
    /// # Errors
    /// If the system has no randomness to give.
    pub fn generate(kind: Kind) -> Result<Self, getrandom::Error> {
        let mut random = [0u8; 20];
        getrandom::fill(&mut random)?;
        let mut text = format!("{}{}", kind.prefix(), hex(&random));
        text.push_str(&checksum(&text));
        Ok(Self { text, kind })
    }

    /// Reads a secret; `None` if it is not one of ours or its checksum is wrong (a typo).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let kind = Kind::ALL.into_iter().find(|kind| text.starts_with(kind.prefix()))?;
        let digits = &text[kind.prefix().len()..];
        let plain = digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        let split = text.len().checked_sub(8)?;
        (digits.len() == 48 && plain && checksum(&text[..split]) == text[split..])
            .then(|| Self { text: text.to_owned(), kind })
    }

    /// What it opens.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The secret itself: for the header, the credential store, and the one time it is shown.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// How it is shown: `kapi_live_8a3f...e92`, the first four digits and the last three.
    #[must_use]
    pub fn display(&self) -> String {
        let digits = &self.text[self.kind.prefix().len()..];
        format!("{}{}...{}", self.kind.prefix(), &digits[..4], &digits[45..])
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.display())
    }
}

fn checksum(text: &str) -> String {
    format!("{:08x}", crc32fast::hash(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_key_reads_back_and_a_typo_does_not() {
        let key = Secret::generate(Kind::Live).unwrap();
        assert_eq!(Secret::parse(key.expose()).unwrap(), key);
        let mut typo = key.expose().to_owned();
        let last = if typo.ends_with('0') { '1' } else { '0' };
        typo.pop();
        typo.push(last);
        assert!(Secret::parse(&typo).is_none());
        for bad in ["", "kapi_live_", "kop_", "kapi_live_ü", "sk-123"] {
            assert!(Secret::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn printing_a_key_does_not_show_it() {
        let key = Secret::generate(Kind::Test).unwrap();
        let shown = format!("{key:?}");
        assert!(shown.starts_with("kapi_test_") && shown.contains("..."));
        assert_eq!(shown.len(), "kapi_test_8a3f...e92".len());
    }
}
