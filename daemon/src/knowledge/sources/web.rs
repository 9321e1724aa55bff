//! Requests of sources over HTTP: to allowed hosts only, to no address of a private network unless that is allowed, and
//! bounded in time and size.

use super::Trouble;
use crate::app::App;
use crate::uploads::Upload;
use futures::StreamExt;
use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, HeaderMap, LOCATION};
use reqwest::{Client, Response, Url, redirect};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::lookup_host;

/// How long an answer may take, from connecting to its last byte.
const PATIENCE: Duration = Duration::from_secs(60);

/// Addresses that are asked in turn, as each sends to the next.
const MOST_REDIRECTS: usize = 5;

/// Who asks, as robots.txt may name it.
pub(super) const AGENT: &str = "katonic";

/// Networks that are no part of the public internet (IANA's special-purpose registries, RFC 6890 and its updates).
const PRIVATE: [&str; 20] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/3",
    "::/127",
    "64:ff9b:1::/48",
    "100::/64",
    "2001:db8::/32",
    "fc00::/7",
    "fe80::/10",
    "ff00::/8",
];

/// Whether an address is of the public internet.
fn is_public(address: IpAddr) -> bool {
    let address = address.to_canonical();
    !PRIVATE
        .iter()
        .filter_map(|network| network.parse::<IpNet>().ok())
        .any(|network| network.contains(&address))
}

/// Resolves names to public addresses only, at the very moment that one is connected to.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<_> =
                lookup_host((name.as_str(), 0)).await?.filter(|found| is_public(found.ip())).collect();
            if found.is_empty() {
                return Err("it is on a private network; set `private_network = true` to allow that".into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Asks hosts on an allow-list.
pub(super) struct Web {
    client: Client,
    hosts: Vec<String>,
    private_network: bool,
    most: usize,
}

impl Web {
    /// Asks these hosts, for so many bytes at most.
    pub(super) fn new(hosts: Vec<String>, private_network: bool, most: usize) -> Result<Self, Trouble> {
        let mut client =
            Client::builder().user_agent(AGENT).timeout(PATIENCE).redirect(redirect::Policy::none());
        if !private_network {
            client = client.no_proxy().dns_resolver(Arc::new(PublicOnly));
        }
        let client = client.build().map_err(|error| error.to_string())?;
        Ok(Self { client, hosts, private_network, most })
    }

    /// Whether an address may be asked.
    pub(super) fn allows(&self, url: &Url) -> Result<(), Trouble> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err("it is no web address".into());
        }
        let host = url.host_str().unwrap_or_default();
        if !self.hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(host)) {
            return Err(format!("`{host}` is not among the hosts that `allow` names"));
        }
        let literal = host.trim_matches(['[', ']']).parse::<IpAddr>();
        if !self.private_network && literal.is_ok_and(|address| !is_public(address)) {
            return Err("it is on a private network; set `private_network = true` to allow that".into());
        }
        Ok(())
    }

    /// Asks an address, and those that it sends to.
    pub(super) async fn get(&self, url: &Url, headers: &HeaderMap) -> Result<Response, Trouble> {
        let mut url = url.clone();
        for _ in 0..=MOST_REDIRECTS {
            self.allows(&url)?;
            let request = self.client.get(url.clone()).headers(headers.clone());
            let response = request.send().await.map_err(|error| cause(&error))?;
            if !response.status().is_redirection() {
                return Ok(response);
            }
            let next = response.headers().get(LOCATION).and_then(|next| next.to_str().ok());
            url = next.and_then(|next| url.join(next).ok()).ok_or("it sends nowhere")?;
        }
        Err("it sends on and on".into())
    }

    /// The bytes of a short answer; none where there is none.
    pub(super) async fn bytes(
        &self,
        url: &Url,
        headers: &HeaderMap,
        most: usize,
    ) -> Result<Option<Vec<u8>>, Trouble> {
        let response = self.get(url, headers).await?;
        if matches!(response.status().as_u16(), 404 | 410) {
            return Ok(None);
        }
        if !response.status().is_success() {
            return Err(format!("it answers with status {}", response.status().as_u16()));
        }
        let (mut bytes, mut stream) = (Vec::new(), response.bytes_stream());
        while let Some(chunk) = stream.next().await {
            bytes.extend_from_slice(&chunk.map_err(|error| cause(&error))?);
            if bytes.len() > most {
                return Err(format!("it is over the bound of {most} bytes"));
            }
        }
        Ok(Some(bytes))
    }

    /// The same for so many bytes at most.
    pub(super) fn bounded(&self, most: usize) -> Self {
        Self {
            client: self.client.clone(),
            hosts: self.hosts.clone(),
            private_network: self.private_network,
            most,
        }
    }

    /// An answer as a file: named after the address, or after what the answer says that it is.
    pub(super) async fn file(&self, app: &App, url: &Url, headers: &HeaderMap) -> Result<Upload, Trouble> {
        let response = self.get(url, headers).await?;
        if !response.status().is_success() {
            return Err(format!("it answers with status {}", response.status().as_u16()));
        }
        let last = url.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default().to_owned();
        let is_page = response
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .is_some_and(|kind| kind.starts_with("text/html") || kind.starts_with("application/xhtml"));
        let name = if is_page { format!("{last}.html") } else { last };
        let mut incoming = app.uploads.begin().await.map_err(|error| error.message)?;
        let (mut size, mut stream) = (0, response.bytes_stream());
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(|error| cause(&error))?;
            size += chunk.len();
            if size > self.most {
                return Err(format!("it is over the bound of {} bytes", self.most));
            }
            incoming.write(&chunk).await.map_err(|error| error.message)?;
        }
        incoming.finish(name).await.map_err(|error| error.message)
    }
}

/// The innermost cause: the layers around it only repeat the address.
fn cause(error: &reqwest::Error) -> Trouble {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_private_networks_and_other_hosts_are_not_asked() {
        let web = |hosts: &[&str], private| {
            Web::new(hosts.iter().map(|host| (*host).to_owned()).collect(), private, 1).unwrap()
        };
        let allows = |web: &Web, url: &str| web.allows(&url.parse().unwrap()).is_ok();
        let hosts = [
            "docs.example.org",
            "127.0.0.1",
            "169.254.169.254",
            "[::1]",
            "[::ffff:10.0.0.1]",
            "93.184.216.34",
        ];
        let public = web(&hosts, false);
        assert!(allows(&public, "https://DOCS.example.org/a") && allows(&public, "http://93.184.216.34/"));
        for wrong in [
            "https://example.org/",
            "file:///etc/passwd",
            "http://127.0.0.1/",
            "http://169.254.169.254/latest",
            "http://[::1]/",
            "http://[::ffff:10.0.0.1]/",
            "http://2130706433/",
            "https://docs.example.org.evil.org/",
        ] {
            assert!(!allows(&public, wrong), "{wrong}");
        }
        assert!(allows(&web(&hosts, true), "http://127.0.0.1:8080/"));
    }
}
