//! Why a daemon can't be reached, in words that say what to do.

use crate::failure::{Exit, Failure};
use rustls::{AlertDescription, CertificateError, Error as TlsError};
use std::error::Error;
use std::io::{self, ErrorKind};

/// Why a call did not get through.
pub(crate) fn unreachable(url: &str, error: &reqwest::Error) -> Failure {
    if error.is_builder() {
        return Failure::usage(format!("The request can't be made: {}", innermost(error)))
            .hint("Look for odd characters in the key and the user's address.");
    }
    let (why, hint) = trouble(url, error);
    Failure::new(Exit::Unavailable, format!("The daemon at {url} can't be reached: {why}")).hint(hint)
}

/// The innermost cause, which names the trouble; the layers around it only repeat the URL.
pub(crate) fn innermost(error: &(dyn Error + 'static)) -> String {
    chain(error).last().map(ToString::to_string).unwrap_or_default()
}

/// What happened, and what to do.
fn trouble(url: &str, error: &reqwest::Error) -> (String, String) {
    if let Some(tls) = chain(error).find_map(tls_error) {
        return of_tls(url, tls);
    }
    let layers: Vec<String> = chain(error).map(ToString::to_string).collect();
    let has = |part: &str| layers.iter().any(|layer| layer.contains(part));
    let plain = |why: &str, hint: &str| (why.to_owned(), hint.to_owned());
    if has("tunnel error") {
        return of_proxy(&layers);
    }
    if has("dns error") {
        return (
            format!("there is no address for {}", host(url)),
            "Check the name, and that this machine is on the network, or on the VPN, that knows it."
                .to_owned(),
        );
    }
    if has("invalid HTTP version parsed") || has("invalid HTTP status-line") {
        return plain("what answers there does not speak plain HTTP", "Write the address with https://.");
    }
    if error.is_timeout() {
        return plain(
            "it does not answer",
            "Check the address and port, and whether a firewall or a proxy (HTTPS_PROXY) lies between.",
        );
    }
    let kind = chain(error).find_map(|layer| layer.downcast_ref::<io::Error>().map(io::Error::kind));
    let start = "Start one with `katonic sandbox`, or name another with --url or KATONIC_URL.";
    match kind {
        Some(ErrorKind::ConnectionRefused) if is_local(url) => plain("nothing listens there", start),
        Some(ErrorKind::ConnectionRefused) => plain(
            "nothing listens there",
            "Check the port, and that the daemon runs; `katonic context list` shows where commands go.",
        ),
        Some(ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof) => plain(
            "the connection was cut off",
            "Try again; if it stays so, look whether the address wants https://, or a client certificate.",
        ),
        Some(ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable) => {
            plain("this machine has no way to it", "Check the network, or the VPN.")
        }
        _ => (innermost(error), start.to_owned()),
    }
}

fn of_proxy(layers: &[String]) -> (String, String) {
    let said = layers.iter().find(|layer| layer.contains("tunnel error")).cloned().unwrap_or_default();
    let why = if said.contains("authorization") {
        "the proxy wants a name and a password"
    } else if said.contains("underlying connection") {
        "the proxy does not answer"
    } else {
        "the proxy refuses to connect there"
    };
    let hint = "Mend HTTPS_PROXY, or name the daemon's host in NO_PROXY.";
    (why.to_owned(), hint.to_owned())
}

fn of_tls(url: &str, error: &TlsError) -> (String, String) {
    let name = host(url);
    let (why, hint) = match error {
        TlsError::InvalidCertificate(certificate) => return of_certificate(&name, certificate),
        TlsError::AlertReceived(AlertDescription::CertificateRequired) => (
            "it wants to see a client certificate".to_owned(),
            "Log in again with --cert and --cert-key, or set KATONIC_CERT_FILE and KATONIC_CERT_KEY_FILE.",
        ),
        TlsError::AlertReceived(
            alert @ (AlertDescription::UnknownCA
            | AlertDescription::BadCertificate
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::AccessDenied
            | AlertDescription::DecryptError),
        ) => (
            format!("it does not take our client certificate ({alert:?})"),
            "Ask who runs it for a certificate that it trusts; `katonic login --cert FILE` keeps it.",
        ),
        TlsError::AlertReceived(alert) => (
            format!("it ended the TLS handshake ({alert:?})"),
            "Check that it is the right address; its own log says why.",
        ),
        TlsError::InvalidMessage(_) => (
            "what answers there does not speak TLS".to_owned(),
            "Write the address with http://, or check the port.",
        ),
        other => (format!("TLS failed ({other})"), "Check that it is the right address."),
    };
    (why, hint.to_owned())
}

fn of_certificate(name: &str, error: &CertificateError) -> (String, String) {
    use CertificateError as E;
    let (why, hint) = match error {
        E::Expired | E::ExpiredContext { .. } => (
            "its certificate has expired".to_owned(),
            "Who runs it must renew it; or this machine's clock is wrong (`date`).".to_owned(),
        ),
        E::NotValidYet | E::NotValidYetContext { .. } => {
            ("its certificate is not valid yet".to_owned(), "Check this machine's clock (`date`).".to_owned())
        }
        E::NotValidForName => (
            format!("its certificate is not for {name}"),
            "Use the name that the certificate is for.".to_owned(),
        ),
        E::NotValidForNameContext { presented, .. } => (
            format!("its certificate is not for {name}"),
            format!("It is for {}: use such a name.", presented.join(", ")),
        ),
        E::UnknownIssuer => (
            "its certificate is signed by an authority that this system does not trust".to_owned(),
            "If it is your own, log in with --ca FILE, or set KATONIC_CA_FILE; else don't go on.".to_owned(),
        ),
        E::Revoked => ("its certificate was revoked".to_owned(), "Don't go on; tell who runs it.".to_owned()),
        other => (
            format!("its certificate can't be trusted ({other})"),
            "Tell who runs it; a certificate of your own authority needs --ca FILE.".to_owned(),
        ),
    };
    (why, hint)
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let next = |error: &&'a (dyn Error + 'static)| -> Option<&'a (dyn Error + 'static)> { (*error).source() };
    std::iter::successors(Some(error), next)
}

/// The TLS library's error, which one of input and output may hold without calling it its source.
fn tls_error<'a>(layer: &'a (dyn Error + 'static)) -> Option<&'a TlsError> {
    if let Some(tls) = layer.downcast_ref::<TlsError>() {
        return Some(tls);
    }
    let mut held = layer.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    while let Some(error) = held {
        if let Some(tls) = error.downcast_ref::<TlsError>() {
            return Some(tls);
        }
        held = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    }
    None
}

fn host(url: &str) -> String {
    let parsed = reqwest::Url::parse(url).ok();
    parsed.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_else(|| url.to_owned())
}

fn is_local(url: &str) -> bool {
    matches!(host(url).as_str(), "127.0.0.1" | "localhost" | "[::1]")
}
