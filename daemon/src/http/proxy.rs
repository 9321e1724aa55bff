//! From where a call really comes, where proxies stand between.

use axum::http::HeaderMap;
use axum::http::header::HOST;
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

/// Where the client reached the daemon, by its `Host` header; what a proxy that is believed says outweighs it.
pub(super) fn origin(proxies: &[IpNet], peer: Option<IpAddr>, headers: &HeaderMap) -> Option<String> {
    let is_proxy = |peer: IpAddr| proxies.iter().any(|range| range.contains(&peer.to_canonical()));
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let forwarded = |name: &str| text(name).filter(|_| peer.is_some_and(is_proxy));
    let scheme = match forwarded("x-forwarded-proto") {
        Some("https") => "https",
        _ => "http",
    };
    let host = forwarded("x-forwarded-host").or_else(|| text(HOST.as_str()))?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    host.chars().all(is_plain).then(|| format!("{scheme}://{host}"))
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

    #[test]
    fn an_address_in_an_answer_is_the_one_that_the_client_used() {
        let proxies: Vec<IpNet> = vec!["10.0.0.0/8".parse().unwrap()];
        let mut headers = HeaderMap::new();
        headers.insert("host", "10.0.0.9:8320".parse().unwrap());
        headers.insert("x-forwarded-proto", "https".parse().unwrap());
        headers.insert("x-forwarded-host", "agents.example.org".parse().unwrap());
        let origin = |peer: &str| origin(&proxies, peer.parse().ok(), &headers).unwrap();
        assert_eq!(origin("10.0.0.1"), "https://agents.example.org");
        assert_eq!(origin("8.8.8.8"), "http://10.0.0.9:8320", "nobody else says so");
    }
}
