//! Signed assertions: a JWT (RFC 7519) of the identity provider says for whom a call acts, checked against its JWK set
//! (RFC 7517), from a file or an address.

use super::identity::canonical;
use crate::config::Identity;
use crate::error::{Error, Kind};
use jsonwebtoken::jwk::{Jwk, JwkSet, KeyAlgorithm};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use reqwest::Client;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::RwLock;

/// How long a fetched set is used.
const KEPT: Duration = Duration::from_secs(600);

/// How soon a set is fetched again for a key that it lacks: a provider that rotates its keys is followed, a sender of
/// made-up key ids fetches nothing more often.
const AGAIN: Duration = Duration::from_secs(30);

/// How long the identity provider may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Most bytes of a set.
const MOST_BYTES: usize = 256 * 1024;

/// The signatures that are accepted: of key pairs only, so that no public key is taken for a shared secret.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// The set, and when it was fetched.
#[derive(Debug)]
struct Held {
    keys: JwkSet,
    fetched_at: Option<Instant>,
}

/// Who vouches for users.
#[derive(Debug)]
pub(crate) struct Assertions {
    settings: Identity,
    client: Client,
    held: RwLock<Arc<Held>>,
}

impl Assertions {
    /// By the settings; a file of keys is read at once.
    ///
    /// # Errors
    /// If the file can't be read, or holds no key set.
    pub(crate) async fn open(settings: &Identity) -> Result<Self, Error> {
        let keys = match &settings.jwks_file {
            Some(path) => {
                let text = tokio::fs::read(path).await;
                let text =
                    text.map_err(|error| Error::internal(format_args!("{}: {error}", path.display())))?;
                parse(&text)?
            }
            None => JwkSet { keys: Vec::new() },
        };
        let client = Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none()).build();
        let held = RwLock::new(Arc::new(Held { keys, fetched_at: None }));
        Ok(Self { settings: settings.clone(), client: client.map_err(Error::internal)?, held })
    }

    /// Whether no call acts for anybody without one.
    pub(super) fn is_required(&self) -> bool {
        self.settings.require_assertion
    }

    fn is_set_up(&self) -> bool {
        self.settings.jwks_file.is_some() || self.settings.jwks_url.is_some()
    }

    /// For whom an assertion vouches; none where there is none.
    ///
    /// # Errors
    /// If it doesn't hold, or nobody who could have made it is set up.
    pub(super) async fn check(&self, assertion: Option<&str>) -> Result<Option<String>, Error> {
        let Some(token) = assertion else { return Ok(None) };
        if !self.is_set_up() {
            return Err(refuse("no identity provider is set up here"));
        }
        let header = decode_header(token).map_err(|_| refuse("it is no JWT"))?;
        if !ALGORITHMS.contains(&header.alg) {
            return Err(refuse("its signature is of a kind that is not accepted"));
        }
        let jwk = self.key(header.kid.as_deref()).await?;
        if jwk.common.key_algorithm.is_some_and(|named| !is_same(named, header.alg)) {
            return Err(refuse("its key is for another kind of signature"));
        }
        let key = DecodingKey::from_jwk(&jwk).map_err(|_| refuse("its key can't be used"))?;
        let claims = decode::<Map<String, Value>>(token, &key, &self.validation(header.alg));
        let claims = claims.map_err(|error| refuse(&error.to_string()))?.claims;
        let email = claims.get(&self.settings.email_claim).and_then(Value::as_str);
        if claims.get("email_verified") == Some(&Value::Bool(false)) {
            return Err(refuse("its address isn't verified"));
        }
        email.map(canonical).transpose()?.map(Some).ok_or_else(|| refuse("it names no address"))
    }

    fn validation(&self, algorithm: Algorithm) -> Validation {
        let mut validation = Validation::new(algorithm);
        validation.validate_nbf = true;
        let mut required = BTreeSet::from(["exp"]);
        match &self.settings.audience {
            Some(audience) => {
                validation.set_audience(&[audience]);
                required.insert("aud");
            }
            None => validation.validate_aud = false,
        }
        if let Some(issuer) = &self.settings.issuer {
            validation.set_issuer(&[issuer]);
            required.insert("iss");
        }
        validation.set_required_spec_claims(&required.into_iter().collect::<Vec<_>>());
        validation
    }

    async fn key(&self, id: Option<&str>) -> Result<Jwk, Error> {
        let held = Arc::clone(&*self.held.read().await);
        let age = held.fetched_at.map(|at| at.elapsed());
        let is_stale = self.settings.jwks_url.is_some() && age.is_none_or(|age| age > KEPT);
        match find(&held.keys, id) {
            Some(key) if !is_stale => return Ok(key),
            _ if self.settings.jwks_url.is_none() => return Err(refuse("nobody here knows its key")),
            None if age.is_some_and(|age| age < AGAIN) => return Err(refuse("nobody here knows its key")),
            _ => {}
        }
        let fetched = self.fetch(held.fetched_at).await?;
        find(&fetched.keys, id).ok_or_else(|| refuse("nobody here knows its key"))
    }

    /// The set as its address has it now; one call fetches for all that wait.
    async fn fetch(&self, seen: Option<Instant>) -> Result<Arc<Held>, Error> {
        let mut held = self.held.write().await;
        if held.fetched_at != seen {
            return Ok(Arc::clone(&held));
        }
        let url = self.settings.jwks_url.as_deref().unwrap_or_default();
        let failed = |cause: String| {
            let message = "The identity provider's keys can't be fetched. Try again shortly.";
            Error::new(Kind::Unavailable, "overloaded", message).because(cause)
        };
        let response = self.client.get(url).send().await.and_then(reqwest::Response::error_for_status);
        let mut response = response.map_err(|error| failed(error.to_string()))?;
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| failed(error.to_string()))? {
            if bytes.len() + chunk.len() > MOST_BYTES {
                return Err(failed("the key set is too large".into()));
            }
            bytes.extend_from_slice(&chunk);
        }
        *held = Arc::new(Held { keys: parse(&bytes)?, fetched_at: Some(Instant::now()) });
        Ok(Arc::clone(&held))
    }
}

fn parse(text: &[u8]) -> Result<JwkSet, Error> {
    serde_json::from_slice(text).map_err(|error| Error::internal(format_args!("the JWK set: {error}")))
}

/// The key of an id; without one, the only key there is.
fn find(set: &JwkSet, id: Option<&str>) -> Option<Jwk> {
    match (id, set.keys.as_slice()) {
        (Some(id), _) => set.find(id).cloned(),
        (None, [only]) => Some(only.clone()),
        (None, _) => None,
    }
}

fn is_same(named: KeyAlgorithm, algorithm: Algorithm) -> bool {
    named.to_string().parse::<Algorithm>().is_ok_and(|named| named == algorithm)
}

fn refuse(why: &str) -> Error {
    let message = format!(
        "The assertion in X-User-Assertion doesn't hold: {why}. Get a new one from your identity provider."
    );
    Error::new(Kind::Unauthenticated, "invalid_assertion", message)
}
