//! What sources read over HTTP: short answers in memory, documents as files.

use super::Trouble;
use crate::app::App;
use crate::egress::{self, Egress};
use crate::uploads::Upload;
use futures::StreamExt;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Response, Url};
use std::time::Duration;

/// How long an answer may take, from connecting to its last byte.
const PATIENCE: Duration = Duration::from_secs(60);

/// Asks hosts on an allow-list.
pub(super) struct Web {
    egress: Egress,
    most: usize,
}

impl Web {
    /// Asks these hosts, for so many bytes at most.
    pub(super) fn new(hosts: Vec<String>, private_network: bool, most: usize) -> Result<Self, Trouble> {
        Ok(Self { egress: Egress::new(Some(hosts), private_network, PATIENCE)?, most })
    }

    /// Whether an address may be asked.
    pub(super) fn allows(&self, url: &Url) -> bool {
        self.egress.check(url).is_ok()
    }

    /// The bytes of a short answer; none where there is none.
    pub(super) async fn bytes(
        &self,
        url: &Url,
        headers: &HeaderMap,
        most: usize,
    ) -> Result<Option<Vec<u8>>, Trouble> {
        let response = self.egress.get(url, headers).await?;
        if matches!(response.status().as_u16(), 404 | 410) {
            return Ok(None);
        }
        egress::bytes(successful(response)?, most).await.map(Some)
    }

    /// The same for so many bytes at most.
    pub(super) fn bounded(&self, most: usize) -> Self {
        Self { egress: self.egress.clone(), most }
    }

    /// An answer as a file: named after the address, or after what the answer says that it is.
    pub(super) async fn file(&self, app: &App, url: &Url, headers: &HeaderMap) -> Result<Upload, Trouble> {
        let response = successful(self.egress.get(url, headers).await?)?;
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
            let chunk = chunk.map_err(|error| egress::cause(&error))?;
            size += chunk.len();
            if size > self.most {
                return Err(format!("it is over the bound of {} bytes", self.most));
            }
            incoming.write(&chunk).await.map_err(|error| error.message)?;
        }
        incoming.finish(name).await.map_err(|error| error.message)
    }
}

fn successful(response: Response) -> Result<Response, Trouble> {
    match response.status().is_success() {
        true => Ok(response),
        false => Err(format!("it answers with status {}", response.status().as_u16())),
    }
}
