//! Whom a daemon's certificate is trusted by, and the certificate that we show it.

use crate::failure::Failure;
use clap::Args;
use reqwest::{Certificate, ClientBuilder, Identity};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};

/// Files in PEM, beside the authorities that the system trusts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Args)]
pub(crate) struct Tls {
    /// Also trust the authorities of this file, in PEM [env: KATONIC_CA_FILE]
    #[arg(long, value_name = "FILE")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ca: Option<PathBuf>,
    /// Show the daemon this certificate, in PEM [env: KATONIC_CERT_FILE]
    #[arg(long, value_name = "FILE")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cert: Option<PathBuf>,
    /// The certificate's private key, in PEM; by default it stands in the same file [env: KATONIC_CERT_KEY_FILE]
    #[arg(long, value_name = "FILE", requires = "cert")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cert_key: Option<PathBuf>,
}

impl Tls {
    /// These files, else those.
    pub(crate) fn or(self, other: &Self) -> Self {
        // A certificate goes with its own key.
        let (cert, cert_key) = match self.cert {
            Some(cert) => (Some(cert), self.cert_key),
            None => (other.cert.clone(), other.cert_key.clone()),
        };
        Self { ca: self.ca.or_else(|| other.ca.clone()), cert, cert_key }
    }

    /// The same with paths that hold in every folder.
    ///
    /// # Errors
    /// If there is no present folder.
    pub(crate) fn absolute(self) -> Result<Self, Failure> {
        let whole = |path: Option<PathBuf>| match path {
            Some(path) => std::path::absolute(&path).map(Some).map_err(|error| Failure::file(&path, &error)),
            None => Ok(None),
        };
        Ok(Self { ca: whole(self.ca)?, cert: whole(self.cert)?, cert_key: whole(self.cert_key)? })
    }

    /// A builder that trusts and shows what the files hold.
    ///
    /// # Errors
    /// If a file can't be read, or holds something else.
    pub(crate) fn apply(&self, mut builder: ClientBuilder) -> Result<ClientBuilder, Failure> {
        if let Some(file) = &self.ca {
            let authorities = Certificate::from_pem_bundle(&read(file)?).unwrap_or_default();
            if authorities.is_empty() {
                return Err(Failure::usage(format!("{} holds no certificate in PEM", file.display()))
                    .hint("It begins with -----BEGIN CERTIFICATE-----."));
            }
            builder = builder.tls_certs_merge(authorities);
        }
        if let Some(file) = &self.cert {
            let mut pem = read(file)?;
            let key = self.cert_key.as_ref().unwrap_or(file);
            if key != file {
                pem.push(b'\n');
                pem.extend(read(key)?);
            }
            let identity = Identity::from_pem(&pem).map_err(|_| {
                let both = format!("{} and {}", file.display(), key.display());
                let files = if key == file { file.display().to_string() } else { both };
                Failure::usage(format!("{files} hold no certificate with its private key, in PEM"))
                    .hint("Give the certificate with --cert, and its key with --cert-key.")
            })?;
            builder = builder.identity(identity);
        }
        Ok(builder)
    }
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(file).map_err(|error| Failure::file(file, &error))
}
