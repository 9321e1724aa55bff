//! Remote daemons over HTTPS: whom we trust, what we show, proxies, and the words for what fails.

use super::{Home, Said};
use contract::key::{Kind, Secret};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    date_time_ymd,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

const NAME: &str = "agents.example.test";
const BODY: &str = r#"{"object":"list","data":[],"has_more":false,"next":null}"#;

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A certificate and its key, in PEM.
fn certificate(authority: &Authority, names: &[&str], until: i32) -> (String, String) {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(until, 1, 1);
    params.extended_key_usages =
        vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    let key = KeyPair::generate().unwrap();
    (params.signed_by(&key, authority).unwrap().pem(), key.serialize_pem())
}

/// What answers over TLS on a port of its own, for as long as the test runs.
fn serve((certificate, key): (String, String), clients: Option<&Authority>) -> u16 {
    let builder = ServerConfig::builder();
    let builder = match clients {
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(authority.der().clone()).unwrap();
            builder.with_client_cert_verifier(WebPkiClientVerifier::builder(Arc::new(roots)).build().unwrap())
        }
        None => builder.with_no_client_auth(),
    };
    let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
    let config = Arc::new(builder.with_single_cert(chain, key).unwrap());
    listen(move |stream| {
        let mut stream = StreamOwned::new(ServerConnection::new(config.clone()).unwrap(), stream);
        answer(&mut stream);
        stream.conn.send_close_notify();
        drop(stream.flush());
    })
}

fn listen(each: impl Fn(TcpStream) + Send + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || listener.incoming().flatten().for_each(each));
    port
}

/// The head of a request, if one comes.
fn head(stream: &mut impl Read) -> Option<String> {
    let (mut text, mut byte) = (Vec::new(), [0]);
    while !text.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => text.push(byte[0]),
            _ => return None,
        }
    }
    Some(String::from_utf8_lossy(&text).into_owned())
}

fn answer(stream: &mut (impl Read + Write)) {
    if head(stream).is_some() {
        let length = BODY.len();
        let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}");
        drop(write!(stream, "{head}\r\nconnection: close\r\n\r\n{BODY}"));
    }
}

struct Remote {
    home: Home,
    authority: Authority,
}

impl Remote {
    /// A home that has the authority's certificate in `ca.pem`.
    fn new() -> Self {
        let remote = Self { home: Home::new(), authority: authority() };
        remote.write("ca.pem", &remote.authority.pem());
        remote
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.home.folder.path().join(name), text).unwrap();
    }

    fn certificate(&self, names: &[&str]) -> (String, String) {
        certificate(&self.authority, names, 2100)
    }

    /// `models list`, with a key in the environment.
    fn models(&self, url: &str, variables: &[(&str, &str)]) -> Said {
        let mut command = self.home.command(super::binary());
        command.env("KATONIC_API_KEY", key()).env("KATONIC_URL", url).envs(variables.iter().copied());
        super::said(command.args(["models", "list", "--json"]))
    }

    #[track_caller]
    fn fails(&self, url: &str, variables: &[(&str, &str)], words: &[&str]) {
        let said = self.models(url, variables).expect(5);
        for word in words {
            assert!(said.err.contains(word), "{word}: {said:#?}");
        }
    }

    fn ca(&self) -> (&'static str, String) {
        ("KATONIC_CA_FILE", self.home.folder.path().join("ca.pem").display().to_string())
    }
}

fn key() -> String {
    Secret::generate(Kind::Test).unwrap().expose().to_owned()
}

#[test]
fn an_authority_of_ones_own_is_trusted_where_it_is_named_and_kept_at_login() {
    let remote = Remote::new();
    let url = format!("https://127.0.0.1:{}", serve(remote.certificate(&["127.0.0.1"]), None));
    remote.fails(&url, &[], &["authority that this system does not trust", "--ca FILE"]);
    let (name, file) = remote.ca();
    remote.models(&url, &[(name, &file)]).expect(0);
    let login = format!("echo {} | katonic login --url {url} --name lab --ca ca.pem", key());
    let folder = remote.home.folder.path().display();
    remote.home.shell(&format!("cd {folder} && {login}")).expect(0);
    remote.home.katonic(&["models", "list"]).expect(0);
    // Another address gets neither the key nor the authority of this one.
    remote.home.katonic(&["models", "list", "--url", &url.replace("127.0.0.1", "localhost")]).expect(5);
    remote.write("ca.pem", "no certificate");
    let said = remote.home.katonic(&["models", "list"]).expect(2);
    assert!(said.err.contains("holds no certificate in PEM"), "{said:#?}");
}

#[test]
fn each_trouble_with_a_certificate_has_its_words() {
    let remote = Remote::new();
    let (name, file) = remote.ca();
    let trusted = [(name, file.as_str())];
    let expired = serve(certificate(&remote.authority, &["127.0.0.1"], 2021), None);
    remote.fails(&format!("https://127.0.0.1:{expired}"), &trusted, &["has expired", "clock"]);
    let other = serve(remote.certificate(&[NAME]), None);
    remote.fails(&format!("https://127.0.0.1:{other}"), &trusted, &["is not for 127.0.0.1", NAME]);
    let plain = listen(|mut stream| {
        drop(stream.read(&mut [0; 512]));
        drop(stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n"));
    });
    remote.fails(&format!("https://127.0.0.1:{plain}"), &trusted, &["does not speak TLS", "http://"]);
    remote.fails(&format!("http://127.0.0.1:{other}"), &[], &["https://"]);
    remote.fails("https://no-such-host.invalid", &[], &["no address for no-such-host.invalid", "VPN"]);
}

#[test]
fn a_client_certificate_is_shown_and_its_absence_is_told() {
    let remote = Remote::new();
    let port = serve(remote.certificate(&["127.0.0.1"]), Some(&remote.authority));
    let url = format!("https://127.0.0.1:{port}");
    let (name, file) = remote.ca();
    remote.fails(&url, &[(name, &file)], &["wants to see a client certificate", "--cert"]);
    let (certificate, private) = remote.certificate(&["someone"]);
    remote.write("me.pem", &certificate);
    remote.write("me.key", &private);
    let folder = remote.home.folder.path();
    let [certificate, private] = ["me.pem", "me.key"].map(|name| folder.join(name).display().to_string());
    let shown =
        [(name, file.as_str()), ("KATONIC_CERT_FILE", &certificate), ("KATONIC_CERT_KEY_FILE", &private)];
    remote.models(&url, &shown).expect(0);
    let login = format!(
        "echo {} | katonic login --url {url} --name lab --ca ca.pem --cert me.pem --cert-key me.key",
        key()
    );
    remote.home.shell(&format!("cd {} && {login}", folder.display())).expect(0);
    remote.home.katonic(&["models", "list"]).expect(0);
    let doctor = remote.home.shell("chmod 644 $HOME/me.key; katonic doctor").expect(1);
    assert!(doctor.out.contains("me.key") && doctor.out.contains("chmod 600"), "{doctor:#?}");
    // Somebody else's is refused, and one without its key is none.
    let (certificate, private) = certificate_of_a_stranger();
    remote.write("me.pem", &certificate);
    remote.write("me.key", &private);
    let said = remote.home.katonic(&["models", "list"]).expect(5);
    assert!(said.err.contains("does not take our client certificate"), "{said:#?}");
    remote.write("me.key", "");
    let said = remote.home.katonic(&["models", "list"]).expect(2);
    assert!(said.err.contains("no certificate with its private key"), "{said:#?}");
}

fn certificate_of_a_stranger() -> (String, String) {
    certificate(&authority(), &["stranger"], 2100)
}

#[test]
fn a_proxy_is_gone_through_and_its_refusals_are_told() {
    let remote = Remote::new();
    let port = serve(remote.certificate(&[NAME]), None);
    let (name, file) = remote.ca();
    let url = format!("https://{NAME}");
    let through = |proxy: u16| format!("http://127.0.0.1:{proxy}");
    let proxy = listen(move |mut client| {
        let asked = head(&mut client).unwrap_or_default();
        assert!(asked.starts_with(&format!("CONNECT {NAME}:443 ")), "{asked}");
        client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        let mut server = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let (mut from, mut to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
        thread::spawn(move || drop(std::io::copy(&mut from, &mut to)));
        drop(std::io::copy(&mut server, &mut client));
    });
    remote.models(&url, &[(name, &file), ("HTTPS_PROXY", &through(proxy))]).expect(0);
    let refusing = |status: &'static str| {
        listen(move |mut client| {
            head(&mut client);
            drop(client.write_all(format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n").as_bytes()));
        })
    };
    let refused = through(refusing("403 Forbidden"));
    remote.fails(&url, &[("HTTPS_PROXY", &refused)], &["the proxy refuses", "NO_PROXY"]);
    let asks = through(refusing("407 Proxy Authentication Required"));
    remote.fails(&url, &[("HTTPS_PROXY", &asks)], &["a name and a password"]);
    remote.fails(&url, &[("HTTPS_PROXY", "http://127.0.0.1:9")], &["the proxy does not answer"]);
    // A daemon on this machine is asked without one.
    let local = format!("https://127.0.0.1:{}", serve(remote.certificate(&["127.0.0.1"]), None));
    remote.models(&local, &[(name, &file), ("HTTPS_PROXY", "http://127.0.0.1:9")]).expect(0);
}
