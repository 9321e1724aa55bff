//! Lock-out: an address that guesses wrong too often waits.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

/// Wrong tries of an address within the time, in milliseconds, after which it waits.
const MOST: u32 = 10;
const WITHIN: i64 = 15 * 60 * 1000;

/// Most addresses that are remembered.
const MOST_ADDRESSES: usize = 10_000;

/// Wrong tries by address: when the first of them was, and how many.
#[derive(Debug, Default)]
pub(super) struct Guesses(Mutex<HashMap<Option<IpAddr>, (i64, u32)>>);

impl Guesses {
    /// Whether an address may try; else, in how many seconds.
    pub(super) fn check(&self, address: Option<IpAddr>, now: i64) -> Result<(), u64> {
        let guesses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match guesses.get(&address.map(network)) {
            Some((began, tries)) if *tries >= MOST && now - began < WITHIN => {
                Err(u64::try_from((began + WITHIN - now) / 1000 + 1).unwrap_or(1))
            }
            _ => Ok(()),
        }
    }

    /// Counts a wrong try.
    pub(super) fn note(&self, address: Option<IpAddr>, now: i64) {
        let mut guesses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if guesses.len() >= MOST_ADDRESSES {
            guesses.retain(|_, (began, _)| now - *began < WITHIN);
        }
        // Where even so there is no room, all share one count.
        let address = if guesses.len() < MOST_ADDRESSES { address.map(network) } else { None };
        let (began, tries) = guesses.entry(address).or_insert((now, 0));
        if now - *began >= WITHIN {
            (*began, *tries) = (now, 0);
        }
        *tries += 1;
    }
}

/// What one who guesses has: an address, or of IPv6 a network of 64 bits (RFC 6177).
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_wrong_tries_lock_one_address_out_for_a_while() {
        let guesses = Guesses::default();
        let address = |text: &str| Some(text.parse().unwrap());
        for _ in 0..MOST {
            assert!(guesses.check(address("10.0.0.1"), 0).is_ok());
            guesses.note(address("10.0.0.1"), 0);
        }
        assert_eq!(guesses.check(address("10.0.0.1"), 1000), Err(900));
        assert!(guesses.check(address("10.0.0.2"), 0).is_ok());
        assert!(guesses.check(address("10.0.0.1"), WITHIN).is_ok());
        for n in 0..MOST {
            guesses.note(address(&format!("2001:db8::{n:x}")), 0);
        }
        assert!(guesses.check(address("2001:db8::ffff"), 1).is_err(), "it is one network");
        assert!(guesses.check(address("2001:db8:0:1::1"), 1).is_ok());
    }
}
