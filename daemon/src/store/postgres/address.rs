//! A database's URL, read: where the server is, who asks, and how it is told from others.

use super::super::StoreError;
use super::tls::{self, Trust};
use secrecy::{ExposeSecret, SecretString};
use std::path::PathBuf;
use std::time::Duration;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

/// How long a connection may take, where the URL has no `connect_timeout`.
const CONNECT: Duration = Duration::from_secs(5);

/// How long what was sent may stay unacknowledged, and how often an idle connection is tried: a server that vanished
/// without a word is noticed by then.
const UNACKNOWLEDGED: Duration = Duration::from_secs(20);
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Where a database is, and how it is reached.
pub(super) struct Address {
    pub(super) config: Config,
    pub(super) tls: MakeRustlsConnect,
    /// The same for people, without the password.
    pub(super) place: String,
    /// How long a connection may take.
    pub(super) patience: Duration,
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Address({})", self.place)
    }
}

impl Address {
    /// Reads a URL.
    ///
    /// # Errors
    /// If it is malformed, or no authority is known that its certificate could be checked with.
    pub(super) fn parse(url: &SecretString) -> Result<Self, StoreError> {
        let failed =
            |message: &str| StoreError::Failed(format!("the database's URL can't be used: {message}"));
        let (plain, options) = ours(url.expose_secret());
        // The parser's own message may hold a piece of the URL, and with it the password.
        let mut config: Config = plain.parse().map_err(|_| {
            failed("write it as postgres://user:password@host:5432/name?sslmode=verify-full, with %xx for special signs")
        })?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(failed("it names no host"));
        }
        let (mode, trust) = match (options.sslmode.as_deref(), &options.sslrootcert) {
            (None | Some("prefer"), _) => (SslMode::Prefer, Trust::Anybody),
            (Some("disable"), _) => (SslMode::Disable, Trust::Anybody),
            (Some("require"), None) => (SslMode::Require, Trust::Anybody),
            // As libpq has it.
            (Some("require" | "verify-ca"), _) => (SslMode::Require, Trust::Authority),
            (Some("verify-full"), _) => (SslMode::Require, Trust::Host),
            _ => return Err(failed("sslmode is one of disable, prefer, require, verify-ca, verify-full")),
        };
        let tls = tls::connector(trust, options.sslrootcert.as_deref()).map_err(|error| failed(&error))?;
        let patience = config.get_connect_timeout().copied().unwrap_or(CONNECT);
        if config.get_application_name().is_none() {
            config.application_name("katonic");
        }
        config.ssl_mode(mode).connect_timeout(patience);
        config.tcp_user_timeout(UNACKNOWLEDGED).keepalives_idle(KEEP_ALIVE);
        Ok(Self { place: place(&config), config, tls, patience })
    }
}

/// What of a URL the client's own parser does not read.
#[derive(Default)]
struct Options {
    sslmode: Option<String>,
    sslrootcert: Option<PathBuf>,
}

/// A URL without the options that are read here, and those.
fn ours(url: &str) -> (String, Options) {
    let (base, query) = url.split_once('?').unwrap_or((url, ""));
    let mut options = Options::default();
    let mut others = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match form_urlencoded::parse(pair.as_bytes()).next() {
            Some((name, value)) if name == "sslmode" => options.sslmode = Some(value.into_owned()),
            Some((name, value)) if name == "sslrootcert" => {
                options.sslrootcert = Some(PathBuf::from(value.into_owned()));
            }
            _ => others.push(pair),
        }
    }
    let plain = if others.is_empty() { base.to_owned() } else { format!("{base}?{}", others.join("&")) };
    (plain, options)
}

fn place(config: &Config) -> String {
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(host)) => host.clone(),
        Some(Host::Unix(path)) => path.display().to_string(),
        None => config.get_hostaddrs().first().map(ToString::to_string).unwrap_or_default(),
    };
    let port = config.get_ports().first().copied().unwrap_or(5432);
    let name = config.get_dbname().or(config.get_user()).unwrap_or_default();
    format!("the PostgreSQL database {name} on {host}:{port}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<Address, StoreError> {
        Address::parse(&SecretString::from(url))
    }

    #[test]
    fn a_url_is_read_and_its_password_shown_nowhere() {
        let address = parse("postgres://ann:s3cret@db.example.org:5433/katonic?sslmode=require").unwrap();
        assert_eq!(address.place, "the PostgreSQL database katonic on db.example.org:5433");
        assert_eq!(address.config.get_ssl_mode(), SslMode::Require);
        assert_eq!(address.config.get_password(), Some(b"s3cret".as_slice()));
        assert!(!format!("{address:?}").contains("s3cret"));
        for wrong in [
            "postgres://ann:s3cret@host:notaport/x",
            "postgres://ann:s3cret@host/x?sslmode=maybe",
            "postgres://ann:s3cret@host/x?s3cret=1",
            "postgres:///x",
            "postgres://ann:s3cret@host/x?sslmode=verify-ca&sslrootcert=%2Fnowhere",
        ] {
            let error = format!("{:?}", parse(wrong).unwrap_err());
            assert!(error.contains("URL") && !error.contains("s3cret"), "{error}");
        }
    }
}
