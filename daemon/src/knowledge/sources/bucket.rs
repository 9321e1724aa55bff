//! A bucket of an S3-compatible store: its objects by `ListObjectsV2`, whose entity tags change with their content.

use super::folder::name;
use super::web::Web;
use super::{Entry, Trouble};
use crate::app::App;
use crate::config::Source;
use crate::knowledge::formats::{Xml, elements};
use crate::uploads::Upload;
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use std::mem;
use std::time::SystemTime;

/// Most bytes of a page of a list, and most of its pages, of 1000 objects each.
const MOST_OF_A_PAGE: usize = 8 << 20;
const MOST_PAGES: usize = 1000;

/// A bucket that was listed.
pub(super) struct Bucket {
    web: Web,
    address: Url,
    prefix: String,
    region: String,
    secret: Option<SecretString>,
}

/// Lists a bucket.
pub(super) async fn open(address: &str, source: &Source) -> Result<(Bucket, Vec<Entry>), Trouble> {
    let address: Url = format!("{}/", address.trim_end_matches('/'))
        .parse()
        .map_err(|_| "its address is none".to_owned())?;
    let host = address.host_str().unwrap_or_default().to_owned();
    let prefix = match source.path.trim_matches('/') {
        "" => String::new(),
        path => format!("{path}/"),
    };
    let bucket = Bucket {
        // Who configures a bucket names its host, often one of their own network.
        web: Web::new(vec![host], true, usize::MAX)?,
        address,
        prefix,
        region: source.region.clone(),
        secret: source.secret.clone(),
    };
    let (mut entries, mut next) = (Vec::new(), None);
    for _ in 0..MOST_PAGES {
        next = bucket.page(next, &mut entries).await?;
        if next.is_none() {
            return Ok((bucket, entries));
        }
    }
    Err(format!("it holds more than {MOST_PAGES}000 objects; name a `path` in it"))
}

impl Bucket {
    /// Reads a page of the list; what the next one begins with.
    async fn page(&self, from: Option<String>, entries: &mut Vec<Entry>) -> Result<Option<String>, Trouble> {
        let mut url = self.address.clone();
        url.set_path(url.path().trim_end_matches('/').to_owned().as_str());
        url.query_pairs_mut().append_pair("list-type", "2").append_pair("prefix", &self.prefix);
        if let Some(from) = &from {
            url.query_pairs_mut().append_pair("continuation-token", from);
        }
        // A plus stands for a space in forms only.
        let query = url.query().unwrap_or_default().replace('+', "%20");
        url.set_query(Some(&query));
        let bytes = self.web.bytes(&url, &self.signed(&url)?, MOST_OF_A_PAGE).await?;
        let xml = String::from_utf8(bytes.ok_or("there is no such bucket")?)
            .map_err(|_| "its list is not UTF-8")?;
        let (mut field, mut entry, mut next) =
            (String::new(), Entry { key: String::new(), version: String::new() }, None);
        let told = |event: Xml<'_>| {
            match event {
                Xml::Start(element) => element.local_name().as_ref().clone_into(&mut field),
                Xml::Text(text) => match field.as_str() {
                    "Key" => entry.key.push_str(text),
                    "ETag" => entry.version.push_str(text),
                    "NextContinuationToken" => next.get_or_insert_with(String::new).push_str(text),
                    _ => {}
                },
                Xml::End(name) => {
                    field.clear();
                    if name == "Contents" {
                        let found =
                            mem::replace(&mut entry, Entry { key: String::new(), version: String::new() });
                        let key = found.key.strip_prefix(&self.prefix).map(str::to_owned);
                        entries.extend(key.map(|key| Entry { key, ..found }));
                    }
                }
            }
            Ok(())
        };
        elements(&xml, told).map_err(|refusal| format!("its list is {refusal}"))?;
        Ok(next)
    }

    pub(super) async fn fetch(&self, app: &App, entry: &Entry) -> Result<Upload, Trouble> {
        let mut url = self.address.clone();
        let parts = format!("{}{}", self.prefix, entry.key);
        url.path_segments_mut().map_err(|()| "its address is none")?.pop_if_empty().extend(parts.split('/'));
        let web = self.web.bounded(app.config.max_upload_bytes);
        let mut upload = web.file(app, &url, &self.signed(&url)?).await?;
        upload.name = name(&entry.key);
        Ok(upload)
    }

    /// The headers that show who asks (AWS Signature Version 4, as S3 has it: paths are encoded once, and the body's hash
    /// is a header).
    fn signed(&self, url: &Url) -> Result<HeaderMap, Trouble> {
        let mut headers = HeaderMap::new();
        let Some(secret) = &self.secret else { return Ok(headers) };
        let (id, key) = secret
            .expose_secret()
            .split_once(':')
            .ok_or("its secret is no ACCESS_KEY_ID:SECRET_ACCESS_KEY")?;
        let (key, session) =
            key.split_once(':').map_or((key, None), |(key, token)| (key, Some(token.to_owned())));
        let identity = Credentials::new(id, key, session, None, "katonic").into();
        let mut settings = SigningSettings::default();
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        let unusable = "the request can't be signed";
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name("s3")
            .time(SystemTime::now())
            .settings(settings)
            .build()
            .map_err(|_| unusable)?
            .into();
        let request = SignableRequest::new("GET", url.as_str(), std::iter::empty(), SignableBody::Bytes(&[]));
        let signed = request.and_then(|request| sign(request, &parameters)).map_err(|_| unusable)?;
        for (name, value) in signed.into_parts().0.headers() {
            let name = HeaderName::try_from(name).map_err(|_| unusable)?;
            let mut value = HeaderValue::try_from(value).map_err(|_| unusable)?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        Ok(headers)
    }
}
