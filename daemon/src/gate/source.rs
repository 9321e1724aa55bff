//! From where a key may call: addresses and CIDR ranges.

use ipnet::IpNet;
use std::net::IpAddr;

/// Reads an address or a range; none if it is neither.
pub(crate) fn parse(text: &str) -> Option<IpNet> {
    let text = text.trim();
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

/// Whether an address lies in one of the ranges; anywhere does where there are none. What came over IPv6 from an
/// IPv4 address counts as that.
pub(super) fn allows(ranges: &[IpNet], address: Option<IpAddr>) -> bool {
    let contains = |address: IpAddr| ranges.iter().any(|range| range.contains(&address.to_canonical()));
    ranges.is_empty() || address.is_some_and(contains)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_lies_in_its_range_only() {
        let ranges: Vec<IpNet> =
            ["10.0.0.0/8", "2001:db8::1"].iter().filter_map(|text| parse(text)).collect();
        let allowed = |text: &str| allows(&ranges, text.parse().ok());
        assert!(allowed("10.1.2.3") && allowed("2001:db8::1") && allowed("::ffff:10.1.2.3"));
        assert!(!allowed("11.0.0.1") && !allowed("2001:db8::2") && !allowed("nowhere"));
        assert!(allows(&[], None) && parse("10.0.0.0/33").is_none());
    }
}
