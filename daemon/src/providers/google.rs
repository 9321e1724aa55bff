//! Google's OAuth tokens for service accounts: a signed assertion is exchanged for a token (RFC 7523, section 2.1),
//! which is kept until shortly before it ends.

use super::auth::unusable;
use super::flavours::Problem;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::Client;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";

/// How long before its end a token is asked for anew.
const MARGIN: Duration = Duration::from_secs(120);

/// Tokens by the SHA-256 of the key that they were had for.
static TOKENS: LazyLock<Mutex<Tokens>> = LazyLock::new(Mutex::default);

type Tokens = HashMap<[u8; 32], (SecretString, Instant)>;

/// A service account's key, as its JSON file has it.
#[derive(Deserialize)]
struct ServiceAccount {
    client_email: String,
    private_key: SecretString,
    #[serde(default = "token_uri")]
    token_uri: String,
}

fn token_uri() -> String {
    "https://oauth2.googleapis.com/token".into()
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    scope: &'static str,
    aud: &'a str,
    iat: u64,
    exp: u64,
}

#[derive(Deserialize)]
struct Granted {
    access_token: SecretString,
    expires_in: u64,
}

/// A token for a key, which is a service account's JSON, the path of its file, or a token itself.
///
/// # Errors
/// If the key is none of these, or Google refuses it.
pub(super) async fn token(client: &Client, key: &SecretString) -> Result<SecretString, Problem> {
    let text = key.expose_secret().trim();
    let json = match text {
        text if text.starts_with('{') => text.to_owned(),
        path if path.starts_with('/') || path.ends_with(".json") => tokio::fs::read_to_string(path)
            .await
            .map_err(|_| unusable("the file of GOOGLE_APPLICATION_CREDENTIALS can't be read"))?,
        _ => return Ok(key.clone()),
    };
    let name: [u8; 32] = Sha256::digest(json.as_bytes()).into();
    let known = TOKENS.lock().unwrap_or_else(PoisonError::into_inner).get(&name).cloned();
    if let Some((token, _)) = known.filter(|(_, ends)| *ends > Instant::now()) {
        return Ok(token);
    }
    let account: ServiceAccount =
        serde_json::from_str(&json).map_err(|_| unusable("it is no service account's key"))?;
    let granted = exchange(client, &account).await?;
    let ends = Instant::now() + Duration::from_secs(granted.expires_in).saturating_sub(MARGIN);
    let mut tokens = TOKENS.lock().unwrap_or_else(PoisonError::into_inner);
    tokens.retain(|_, (_, ends)| *ends > Instant::now());
    tokens.insert(name, (granted.access_token.clone(), ends));
    Ok(granted.access_token)
}

async fn exchange(client: &Client, account: &ServiceAccount) -> Result<Granted, Problem> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let claims = Claims {
        iss: &account.client_email,
        scope: SCOPE,
        aud: &account.token_uri,
        iat: now,
        exp: now + 3600,
    };
    let key = EncodingKey::from_rsa_pem(account.private_key.expose_secret().as_bytes())
        .map_err(|_| unusable("its private key is no RSA key in PEM"))?;
    let assertion = jsonwebtoken::encode(&Header::new(Algorithm::RS256), &claims, &key)
        .map_err(|_| unusable("its private key can't sign"))?;
    let grant = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", grant)
        .append_pair("assertion", &assertion)
        .finish();
    let call = client.post(&account.token_uri).header("content-type", "application/x-www-form-urlencoded");
    let response =
        call.body(form).send().await.map_err(|_| unusable("its token's address can't be reached"))?;
    if !response.status().is_success() {
        return Err(unusable("it was refused a token"));
    }
    response.json().await.map_err(|_| unusable("its token is garbled"))
}
