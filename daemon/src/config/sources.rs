//! Where documents come from by themselves: folders, git repositories, websites, buckets.

use super::{ConfigError, wrong};
use contract::id::is_name;
use contract::wire::knowledge::DocumentAccess;
use secrecy::SecretString;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A source of documents, which is looked at again and again.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// A folder.
    #[serde(default)]
    pub folder: Option<PathBuf>,
    /// A git repository's address.
    #[serde(default)]
    pub git: Option<String>,
    /// A website's sitemap.
    #[serde(default)]
    pub sitemap: Option<String>,
    /// A bucket of an S3-compatible store, as `https://HOST/BUCKET`.
    #[serde(default)]
    pub bucket: Option<String>,
    /// The team that its documents belong to.
    #[serde(default = "default_team")]
    pub team: String,
    /// The collection that they belong to.
    pub collection: String,
    /// The groups that may read them, where no rule file says other.
    #[serde(default)]
    pub groups: Vec<String>,
    /// The people who may.
    #[serde(default)]
    pub users: Vec<String>,
    /// Whether everyone may.
    #[serde(default)]
    pub public: bool,
    /// Seconds from one look to the next.
    #[serde(default)]
    pub every_seconds: Option<u64>,
    /// Git: the branch, in place of the repository's own.
    #[serde(default)]
    pub branch: Option<String>,
    /// Git and buckets: only what is under this path.
    #[serde(default)]
    pub path: String,
    /// Websites: the hosts that may be asked, in place of the sitemap's own.
    #[serde(default)]
    pub allow: Vec<String>,
    /// Websites: whether addresses of private networks may be asked.
    #[serde(default)]
    pub private_network: bool,
    /// Buckets: the region.
    #[serde(default = "default_region")]
    pub region: String,
    /// The variable of the environment with what lets in: a git token, or `ACCESS_KEY_ID:SECRET_ACCESS_KEY`.
    #[serde(default)]
    pub secret_env: Option<String>,
    /// What that variable holds.
    #[serde(skip)]
    pub secret: Option<SecretString>,
}

fn default_team() -> String {
    "default".into()
}

fn default_region() -> String {
    "us-east-1".into()
}

impl Source {
    /// Who may read its documents, where no rule file says other.
    #[must_use]
    pub fn access(&self) -> DocumentAccess {
        DocumentAccess { groups: self.groups.clone(), users: self.users.clone(), public: self.public }
    }
}

/// Checks the sources, and takes their secrets from the environment.
///
/// # Errors
/// If one is of no kind or of several, misses a name, or its variable is not set.
pub(super) fn complete(
    sources: &mut BTreeMap<String, Source>,
    variable: &impl Fn(&str) -> Option<String>,
) -> Result<(), ConfigError> {
    for (name, source) in sources {
        let place = format!("sources.{name}");
        let kinds = [
            source.folder.is_some(),
            source.git.is_some(),
            source.sitemap.is_some(),
            source.bucket.is_some(),
        ];
        if kinds.iter().filter(|given| **given).count() != 1 {
            return Err(wrong(&place, "give one of `folder`, `git`, `sitemap` and `bucket`"));
        }
        if !is_name(name) || !is_name(&source.collection) {
            return Err(wrong(
                &place,
                "its name and its collection's have 3 to 63 lower-case letters, digits and dashes",
            ));
        }
        if let Some(named) = &source.secret_env {
            let secret =
                variable(named).ok_or_else(|| wrong(&place, &format!("the variable {named} is not set")))?;
            source.secret = Some(secret.into());
        }
    }
    Ok(())
}
