//! From where a call really comes, where proxies stand between.

use axum::http::HeaderMap;
use ipnet::IpNet;
use std::net::IpAddr;

/// The address of the client: the peer's, unless that is a proxy that is believed; then the last of `X-Forwarded-For`
/// that is none.
pub(super) fn client(proxies: &[IpNet], peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let is_proxy = |address: &IpAddr| proxies.iter().any(|range| range.contains(&address.to_canonical()));
    if !is_proxy(&peer) {
        return peer;
    }
    let lines = headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok());
    let hops: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    let hops = hops.iter().rev().map_while(|hop| hop.parse::<IpAddr>().ok());
    let mut nearest = peer;
    for hop in hops {
        nearest = hop;
        if !is_proxy(&hop) {
            break;
        }
    }
    nearest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_proxies_that_are_believed_say_who_calls() {
        let proxies: Vec<IpNet> = vec!["10.0.0.0/8".parse().unwrap()];
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "1.2.3.4, 9.9.9.9, 10.0.0.2".parse().unwrap());
        let client = |peer: &str| client(&proxies, peer.parse().unwrap(), &headers).to_string();
        assert_eq!(client("10.0.0.1"), "9.9.9.9", "what stands before it may be made up");
        assert_eq!(client("8.8.8.8"), "8.8.8.8");
    }
}
