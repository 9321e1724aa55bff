//! Addresses of machines.

use std::net::{Ipv4Addr, Ipv6Addr};

/// Any machine's address, in a private network too. What stands for no machine in particular is none: this host
/// (RFC 1122, section 3.2.1.3), its loopback, a broadcast, a netmask.
pub(super) fn ipv4(text: &str) -> Option<usize> {
    let address: Ipv4Addr = text.parse().ok()?;
    let nobody = address.octets()[0] == 0 || address.is_loopback() || address.octets()[0] == 255;
    (!nobody).then_some(text.len())
}

/// The same, in version 6 (RFC 4291): without the unspecified address, the loopback, and what is as short as a word of code.
pub(super) fn ipv6(text: &str) -> Option<usize> {
    let text = text.trim_end_matches('.');
    let text = if text.ends_with("::") { text } else { text.trim_end_matches(':') };
    let address: Ipv6Addr = text.parse().ok()?;
    let mapped = address.to_ipv4().is_some_and(|inner| ipv4(&inner.to_string()).is_none());
    (!mapped && !address.is_multicast() && text.len() >= 7).then_some(text.len())
}

/// IEEE 802, section 8.1: six octets with one separator throughout. Digits between hyphens alone may be anything.
pub(super) fn mac(text: &str) -> Option<usize> {
    let separators: Vec<char> = text.chars().filter(char::is_ascii_punctuation).collect();
    let alike = separators.iter().all(|c| Some(c) == separators.first());
    let lettered = text.contains(|c: char| c.is_ascii_alphabetic());
    let nobody = text.chars().all(|c| matches!(c, '0' | ':' | '-' | '.')) || text.starts_with("ff:ff");
    (alike && (lettered || text.contains(':')) && !nobody).then_some(text.len())
}
