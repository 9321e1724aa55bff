//! How a provider is shown its key.

use super::flavours::Problem;
use super::google;
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{self, SignableBody, SignableRequest, SigningSettings};
use aws_sigv4::sign::v4;
use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Client, Request};
use secrecy::{ExposeSecret, SecretString};
use std::time::SystemTime;

/// A scheme.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Auth {
    /// No key.
    None,
    /// A header that holds the key after a prefix.
    Header(HeaderName, String),
    /// AWS Signature Version 4, for a region; a key that is no pair is a bearer token.
    SigV4 { region: String },
    /// Google's OAuth: a service account's JSON (or its file), or a token.
    Google,
}

impl Auth {
    /// The scheme of a name; `header` is such as `X-Key: {key}`.
    pub(crate) fn new(name: &str, header: Option<&str>, base_url: &str) -> Option<Self> {
        let bearer = || Self::Header(reqwest::header::AUTHORIZATION, "Bearer ".into());
        let plain = |name| Self::Header(HeaderName::from_static(name), String::new());
        Some(match name {
            "none" => Self::None,
            "bearer" => bearer(),
            "x-api-key" => plain("x-api-key"),
            "api-key" => plain("api-key"),
            "header" => {
                let (header, value) = header?.split_once(':')?;
                let prefix = value.trim_start().strip_suffix("{key}")?;
                Self::Header(HeaderName::try_from(header.trim()).ok()?, prefix.to_owned())
            }
            "sigv4" => Self::SigV4 { region: region(base_url) },
            "oauth" if base_url.contains("googleapis.com") || base_url.contains("/projects/") => Self::Google,
            "oauth" => bearer(),
            _ => return None,
        })
    }

    /// Whether no key is shown.
    pub(crate) fn is_none(&self) -> bool {
        *self == Self::None
    }

    /// Shows the key in a request.
    ///
    /// # Errors
    /// If the key is not of the scheme's form, or a token can't be had.
    pub(crate) async fn apply(
        &self,
        client: &Client,
        request: &mut Request,
        key: Option<&SecretString>,
    ) -> Result<(), Problem> {
        let Some(key) = key else { return Ok(()) };
        match self {
            Self::None => Ok(()),
            Self::Header(name, prefix) => show(request, name, &format!("{prefix}{}", key.expose_secret())),
            Self::SigV4 { region } => match pair(key) {
                Some(credentials) => sign(request, region, credentials),
                None => bearer(request, key.expose_secret()),
            },
            Self::Google => bearer(request, google::token(client, key).await?.expose_secret()),
        }
    }
}

fn bearer(request: &mut Request, token: &str) -> Result<(), Problem> {
    show(request, &reqwest::header::AUTHORIZATION, &format!("Bearer {token}"))
}

fn show(request: &mut Request, name: &HeaderName, value: &str) -> Result<(), Problem> {
    let mut value = HeaderValue::try_from(value).map_err(|_| unusable("it holds what no header can"))?;
    value.set_sensitive(true);
    request.headers_mut().insert(name.clone(), value);
    Ok(())
}

/// A problem of the key, which never holds it.
pub(super) fn unusable(what: &str) -> Problem {
    Problem {
        message: format!("the key can't be used: {what}"),
        is_ours: true,
        status: Some(401),
        ..Problem::default()
    }
}

/// The region in the address of an AWS service: `https://SERVICE.REGION.amazonaws.com`.
fn region(base_url: &str) -> String {
    let host = base_url.split("://").nth(1).unwrap_or_default();
    let region = host.split('.').nth(1).filter(|_| host.contains(".amazonaws.com"));
    region.unwrap_or("us-east-1").to_owned()
}

/// `ACCESS_KEY_ID:SECRET_ACCESS_KEY`, with a session's token behind another colon.
fn pair(key: &SecretString) -> Option<Credentials> {
    let (id, rest) = key.expose_secret().split_once(':')?;
    let (secret, session) =
        rest.split_once(':').map_or((rest, None), |(secret, token)| (secret, Some(token)));
    Some(Credentials::new(id, secret, session.map(str::to_owned), None, "katonic"))
}

fn sign(request: &mut Request, region: &str, credentials: Credentials) -> Result<(), Problem> {
    let identity = credentials.into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name("bedrock")
        .time(SystemTime::now())
        .settings(SigningSettings::default())
        .build()
        .map_err(|_| unusable("it is no pair of access key and secret"))?
        .into();
    let body = request.body().and_then(|body| body.as_bytes()).unwrap_or_default();
    let headers =
        request.headers().iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
    let signable = SignableRequest::new(
        request.method().as_str(),
        request.url().as_str(),
        headers,
        SignableBody::Bytes(body),
    );
    let signed = signable.and_then(|signable| http_request::sign(signable, &params));
    let (instructions, _) = signed.map_err(|_| unusable("the request can't be signed"))?.into_parts();
    for (name, value) in instructions.headers() {
        let name = HeaderName::try_from(name).map_err(|_| unusable("its signature is no header"))?;
        show(request, &name, value)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::{Method, Url};

    async fn shown(auth: Auth, key: &str) -> Request {
        let url = "https://bedrock-runtime.eu-west-1.amazonaws.com/model/a%3A0/converse";
        let mut request = Request::new(Method::POST, Url::parse(url).unwrap());
        *request.body_mut() = Some("{}".into());
        auth.apply(&Client::new(), &mut request, Some(&key.into())).await.unwrap();
        request
    }

    #[tokio::test]
    async fn a_pair_signs_and_anything_else_is_a_token() {
        let auth = Auth::new("sigv4", None, "https://bedrock-runtime.eu-west-1.amazonaws.com").unwrap();
        let signed = shown(auth.clone(), "AKIDEXAMPLE:secret:session").await;
        let header = signed.headers()["authorization"].to_str().unwrap();
        assert!(header.starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"), "{header}");
        assert!(header.contains("/eu-west-1/bedrock/aws4_request"), "{header}");
        assert_eq!(signed.headers()["x-amz-security-token"], "session");
        assert_eq!(shown(auth, "token").await.headers()["authorization"], "Bearer token");
    }

    #[tokio::test]
    async fn a_header_may_have_any_name_and_prefix() {
        let auth = Auth::new("header", Some("X-Key: Key {key}"), "").unwrap();
        assert_eq!(shown(auth, "k").await.headers()["x-key"], "Key k");
        assert_eq!(Auth::new("header", Some("nothing"), ""), None);
    }
}
