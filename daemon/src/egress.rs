//! The way out: requests of sources, tools and webhooks to addresses that others may have had a say in. A name is resolved
//! once, to addresses that may be asked, and one of them is connected to; redirects stay on their host; time and size are
//! bounded.

use futures::StreamExt;
use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{HeaderMap, LOCATION};
use reqwest::{Client, ClientBuilder, Request, Response, Url, redirect};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::lookup_host;

/// Who asks, as robots.txt may name it.
pub(crate) const AGENT: &str = "katonic";

/// How long connecting may take, where an answer has no end.
const CONNECTING: Duration = Duration::from_secs(10);

/// Addresses that are asked in turn, as each sends to the next.
const MOST_REDIRECTS: usize = 5;

/// Networks that are no part of the public internet (IANA's special-purpose registries, RFC 6890 and its updates), and those
/// whose addresses stand for one of IPv4 that may not be (RFC 6052, 3056, 4380).
const PRIVATE: [&str; 24] = [
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
    "::/96",
    "64:ff9b::/96",
    "64:ff9b:1::/48",
    "100::/64",
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "fc00::/7",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
];

/// Where clouds tell a machine its credentials (AWS, Google, Scaleway, Alibaba, Azure), all else that is of one link only,
/// and what stands for an address of IPv4, which may be one of these: asked by nobody, also where private networks may be.
const METADATA: [&str; 11] = [
    "169.254.0.0/16",
    "fe80::/10",
    "fd00:ec2::/32",
    "fd20:ce::254/128",
    "fd00:42::42/128",
    "100.100.100.200/32",
    "168.63.129.16/32",
    "::/96",
    "64:ff9b::/96",
    "64:ff9b:1::/48",
    "2002::/16",
];

/// Why an address isn't asked, or doesn't answer, in words for who configured it.
pub(crate) type Trouble = String;

const ON_A_PRIVATE_NETWORK: &str = "it is on a private network; set `private_network = true` to allow that";

fn is_within(networks: &[&str], address: IpAddr) -> bool {
    networks
        .iter()
        .filter_map(|network| network.parse::<IpNet>().ok())
        .any(|network| network.contains(&address))
}

/// Whether an address may be connected to.
fn may_be_asked(address: IpAddr, private_network: bool) -> bool {
    let address = address.to_canonical();
    let is_metadata = address != Ipv6Addr::LOCALHOST && is_within(&METADATA, address);
    !is_metadata && (private_network || !is_within(&PRIVATE, address))
}

/// Resolves names to addresses that may be asked only, at the very moment that one is connected to.
struct Guarded {
    private_network: bool,
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let private_network = self.private_network;
        Box::pin(async move {
            let found: Vec<_> = lookup_host((name.as_str(), 0))
                .await?
                .filter(|found| may_be_asked(found.ip(), private_network))
                .collect();
            if found.is_empty() {
                return Err(ON_A_PRIVATE_NETWORK.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

fn builder(private_network: bool) -> ClientBuilder {
    // A proxy would resolve names by itself.
    Client::builder()
        .no_proxy()
        .user_agent(AGENT)
        .redirect(redirect::Policy::none())
        .dns_resolver(Arc::new(Guarded { private_network }))
}

/// A client for some hosts.
#[derive(Clone)]
pub(crate) struct Egress {
    client: Client,
    /// Which hosts; all where there is none.
    hosts: Option<Vec<String>>,
    private_network: bool,
}

impl Egress {
    /// A client for these hosts, as `HOST` or `HOST:PORT`, or for all; `patience` is how long an answer may take, from
    /// connecting to its last byte.
    ///
    /// # Errors
    /// If the system's TLS can't be used.
    pub(crate) fn new(
        hosts: Option<Vec<String>>,
        private_network: bool,
        patience: Duration,
    ) -> Result<Self, Trouble> {
        Self::with(builder(private_network).timeout(patience), hosts, private_network)
    }

    /// A client for answers without an end, to which who asks sets bounds.
    ///
    /// # Errors
    /// If the system's TLS can't be used.
    pub(crate) fn endless(private_network: bool) -> Result<Self, Trouble> {
        Self::with(builder(private_network).connect_timeout(CONNECTING), None, private_network)
    }

    fn with(
        client: ClientBuilder,
        hosts: Option<Vec<String>>,
        private_network: bool,
    ) -> Result<Self, Trouble> {
        let client = client.build().map_err(|error| error.to_string())?;
        Ok(Self { client, hosts, private_network })
    }

    /// What builds its requests.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Whether an address may be asked, as far as it can be told before its name is resolved.
    ///
    /// # Errors
    /// If not.
    pub(crate) fn check(&self, url: &Url) -> Result<(), Trouble> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err("it is no web address".into());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("it holds credentials".into());
        }
        let host = url.host_str().unwrap_or_default();
        let with_port = format!("{host}:{}", url.port_or_known_default().unwrap_or_default());
        let is_named =
            |allowed: &String| allowed.eq_ignore_ascii_case(host) || allowed.eq_ignore_ascii_case(&with_port);
        if self.hosts.as_ref().is_some_and(|hosts| !hosts.iter().any(is_named)) {
            return Err(format!("`{host}` is not among the hosts that `allow` names"));
        }
        let literal = host.trim_matches(['[', ']']).parse::<IpAddr>();
        if literal.is_ok_and(|address| !may_be_asked(address, self.private_network)) {
            return Err(ON_A_PRIVATE_NETWORK.into());
        }
        Ok(())
    }

    /// Sends a request, and follows no redirect.
    ///
    /// # Errors
    /// If it may not be sent, or is not answered.
    pub(crate) async fn send(&self, request: Request) -> Result<Response, Trouble> {
        self.check(request.url())?;
        self.client.execute(request).await.map_err(|error| cause(&error))
    }

    /// Asks an address, and those that it sends to on the same host.
    ///
    /// # Errors
    /// If one of them may not be asked, or does not answer.
    pub(crate) async fn get(&self, url: &Url, headers: &HeaderMap) -> Result<Response, Trouble> {
        let mut next = url.clone();
        for _ in 0..=MOST_REDIRECTS {
            let request = self.client.get(next.clone()).headers(headers.clone()).build();
            let response = self.send(request.map_err(|error| cause(&error))?).await?;
            if !response.status().is_redirection() {
                return Ok(response);
            }
            let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok());
            next = location.and_then(|location| next.join(location).ok()).ok_or("it sends nowhere")?;
            if next.host_str() != url.host_str() {
                return Err(format!("it sends to another host, `{}`", next.host_str().unwrap_or_default()));
            }
        }
        Err("it sends on and on".into())
    }
}

/// An answer's bytes.
///
/// # Errors
/// If they are more than so many, or break off.
pub(crate) async fn bytes(response: Response, most: usize) -> Result<Vec<u8>, Trouble> {
    let (mut bytes, mut stream) = (Vec::new(), response.bytes_stream());
    while let Some(chunk) = stream.next().await {
        bytes.extend_from_slice(&chunk.map_err(|error| cause(&error))?);
        if bytes.len() > most {
            return Err(format!("it is over the bound of {most} bytes"));
        }
    }
    Ok(bytes)
}

/// The innermost cause: the layers around it only repeat the address.
pub(crate) fn cause(error: &reqwest::Error) -> Trouble {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn egress(hosts: Option<&[&str]>, private_network: bool) -> Egress {
        let hosts = hosts.map(|hosts| hosts.iter().map(|host| (*host).to_owned()).collect());
        Egress::new(hosts, private_network, Duration::from_secs(5)).unwrap()
    }

    fn allows(egress: &Egress, url: &str) -> bool {
        url.parse().is_ok_and(|url| egress.check(&url).is_ok())
    }

    /// Ways to write an address that is not to be asked, whatever host it looks like.
    const DISGUISED: [&str; 24] = [
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://0/",
        "http://[::1]/",
        "http://[::]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:a9fe:a9fe]/",
        "http://[::127.0.0.1]/",
        "http://[64:ff9b::169.254.169.254]/",
        "http://[2002:7f00:1::]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://0xa9fea9fe/",
        "http://100.100.100.200/",
        "http://[fd00:ec2::254]/",
        "http://10.0.0.1/",
        "http://192.168.1.1/",
        "http://100.64.0.1/",
        "http://①②⑦.⓪.⓪.①/",
        "http://docs.example.org@10.0.0.1/",
        "http://user:pass@docs.example.org/",
        "file:///etc/passwd",
    ];

    #[test]
    fn no_way_of_writing_a_private_address_gets_past() {
        let any = egress(None, false);
        for url in DISGUISED {
            assert!(!allows(&any, url), "{url}");
        }
        assert!(allows(&any, "http://93.184.216.34/") && allows(&any, "https://[2606:2800:220:1::1]/"));
    }

    #[test]
    fn only_hosts_that_are_named_are_asked() {
        let some = egress(Some(&["docs.example.org", "api.example.org:8443"]), false);
        assert!(allows(&some, "https://DOCS.example.org/a") && allows(&some, "https://docs.example.org:81/"));
        assert!(allows(&some, "https://api.example.org:8443/"));
        for url in [
            "https://example.org/",
            "https://docs.example.org./",
            "https://docs.example.org.evil.org/",
            "https://evil.org/docs.example.org",
            "https://evil.org#@docs.example.org/",
            "https://api.example.org/",
        ] {
            assert!(!allows(&some, url), "{url}");
        }
    }

    #[test]
    fn where_private_networks_are_allowed_those_of_one_link_are_not() {
        let private = egress(None, true);
        for url in ["http://127.0.0.1:8080/", "http://10.0.0.1/", "http://[::1]/", "http://[fd00:1::1]/"] {
            assert!(allows(&private, url), "{url}");
        }
        for url in [
            "http://169.254.169.254/",
            "http://168.63.129.16/",
            "http://[fe80::1]/",
            "http://[fd00:ec2::253]/",
            "http://[fd20:ce::254]/",
            "http://[fd00:42::42]/",
            "http://[::ffff:169.254.169.254]/",
            "http://[::169.254.169.254]/",
            "http://[64:ff9b::169.254.169.254]/",
            "http://[2002:a9fe:a9fe::]/",
        ] {
            assert!(!allows(&private, url), "{url}");
        }
    }

    /// A name may resolve to anything, at any time: what counts is the address that is connected to.
    #[tokio::test]
    async fn a_name_of_a_private_address_is_not_connected_to() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let url: Url = format!("http://localhost:{port}/").parse().unwrap();
        let refused = egress(Some(&["localhost"]), false).get(&url, &HeaderMap::new()).await;
        assert_eq!(refused.unwrap_err(), ON_A_PRIVATE_NETWORK);
        let accepted = tokio::time::timeout(Duration::ZERO, listener.accept()).await;
        assert!(accepted.is_err(), "nobody connected");
    }

    #[tokio::test]
    async fn a_redirect_to_another_host_is_not_followed() {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = [0; 1024];
                let read = stream.read(&mut request).await.unwrap_or_default();
                let away = String::from_utf8_lossy(&request[..read]).contains("GET /away");
                let to = if away { format!("http://localhost:{port}/") } else { "/away".to_owned() };
                let answer = format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n");
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        let egress = egress(Some(&["127.0.0.1", "localhost"]), true);
        let url: Url = format!("http://127.0.0.1:{port}/here").parse().unwrap();
        let refused = egress.get(&url, &HeaderMap::new()).await;
        assert_eq!(refused.unwrap_err(), "it sends to another host, `localhost`");
    }
}
