//! The key that encrypts what the store keeps secret.

pub(crate) mod keyring;

use crate::error::Error;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{Key, KeyInit, XChaCha20Poly1305, XNonce};
use secrecy::SecretString;
use std::fmt;

/// Bytes of XChaCha20-Poly1305's nonce: long enough to be drawn at random (draft-irtf-cfrg-xchacha-03).
const NONCE: usize = 24;

/// The key that encrypts stored secrets.
#[derive(Clone)]
pub(crate) struct MasterKey([u8; 32]);

impl MasterKey {
    /// From 32 random bytes.
    pub(crate) fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(self.0))
    }

    /// Encrypts for one place: what is moved to another row opens no more.
    ///
    /// # Errors
    /// If it can't be encrypted.
    pub(crate) fn seal(&self, place: &str, secret: &str) -> Result<Vec<u8>, Error> {
        let nonce: [u8; NONCE] = rand::random();
        let payload = Payload { msg: secret.as_bytes(), aad: place.as_bytes() };
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload);
        let sealed = sealed.map_err(|_| Error::internal("a key could not be encrypted"))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// What was sealed for a place; none if it was sealed elsewhere or under another key.
    pub(crate) fn open(&self, place: &str, sealed: &[u8]) -> Option<SecretString> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
        let payload = Payload { msg: sealed, aad: place.as_bytes() };
        let secret = self.cipher().decrypt(&XNonce::from(*nonce), payload).ok()?;
        String::from_utf8(secret).ok().map(SecretString::from)
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    #[test]
    fn a_sealed_key_opens_in_its_place_only() {
        let master = MasterKey::new([7; 32]);
        let sealed = master.seal("here", "sk-secret").unwrap();
        assert!(!sealed.windows(9).any(|window| window == b"sk-secret"));
        assert_eq!(master.open("here", &sealed).unwrap().expose_secret(), "sk-secret");
        assert!(master.open("there", &sealed).is_none());
        assert!(MasterKey::new([8; 32]).open("here", &sealed).is_none());
        assert!(master.open("here", &sealed[..10]).is_none());
    }
}
