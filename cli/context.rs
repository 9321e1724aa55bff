//! Which daemon a command talks to, with which credential, and for whom.

use crate::args::Options;
use crate::environment::Environment;
use crate::failure::Failure;
use crate::secret::Secrets;
use crate::tls::Tls;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

/// Where a daemon answers if nothing says otherwise.
const DEFAULT_URL: &str = "http://127.0.0.1:8320";

/// What a home remembers of its daemon, in `context.json`; secrets are kept apart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Context {
    /// Where it answers.
    pub(crate) url: String,
    /// For whom questions are asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) user_email: Option<String>,
    /// Whom its certificate is trusted by, and ours.
    #[serde(default, flatten)]
    pub(crate) tls: Tls,
}

impl Context {
    /// The home's context, if it has one.
    ///
    /// # Errors
    /// If the file is there and can't be read.
    pub(crate) fn load(home: &Path) -> Result<Option<Self>, Failure> {
        let path = home.join("context.json");
        match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| {
                Failure::usage(format!("{} is damaged: {error}", path.display()))
                    .hint("Delete it, and run `katonic sandbox`.")
            }),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Failure::file(&path, &error)),
        }
    }

    /// Keeps it in the home.
    ///
    /// # Errors
    /// If the file can't be written.
    pub(crate) fn save(&self, home: &Path) -> Result<(), Failure> {
        let path = home.join("context.json");
        fs::write(&path, serde_json::to_vec_pretty(self)?).map_err(|error| Failure::file(&path, &error))
    }
}

/// On whose behalf a command calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Acting {
    /// The holder of the credential.
    Itself,
    /// A person: questions and searches, whose answers depend on what that person may read.
    ForPerson,
}

/// Where a call goes, with what.
pub(crate) struct Target {
    /// The daemon's URL, without a slash at its end.
    pub(crate) url: String,
    /// The operator's token or the key.
    pub(crate) credential: Option<SecretString>,
    /// The acting user.
    pub(crate) user: Option<String>,
    /// Whom its certificate is trusted by, and ours.
    pub(crate) tls: Tls,
}

/// Resolves URL, credential, user and certificates: flag, environment, stored context, in this order. Stored secrets and
/// certificates go to the stored URL only.
///
/// # Errors
/// If the stored secrets can't be read.
pub(crate) fn resolve(
    options: &Options,
    environment: &Environment,
    stored: Option<&Context>,
    secrets: impl FnOnce() -> Result<Secrets, Failure>,
    acting: Acting,
) -> Result<Target, Failure> {
    let url =
        options.url.as_deref().or(environment.url.as_deref()).or(stored.map(|context| context.url.as_str()));
    let url = url.unwrap_or(DEFAULT_URL).trim_end_matches('/').to_owned();
    let user = options.as_user.clone().or_else(|| environment.user.clone());
    let stored = stored.filter(|context| context.url.trim_end_matches('/') == url);
    let tls = stored.map_or_else(Tls::default, |context| context.tls.clone());
    let tls = environment.tls.clone().or(&tls);
    if let Some(key) = &environment.key {
        return Ok(Target { url, credential: Some(key.clone()), user, tls });
    }
    let Some(context) = stored else {
        return Ok(Target { url, credential: None, user, tls });
    };
    let secrets = secrets()?;
    let is_key = secrets.operator_token.is_none();
    let credential = secrets.operator_token.or(secrets.api_key);
    let speaks_for_someone = is_key || acting == Acting::ForPerson;
    let user = user.or_else(|| context.user_email.clone().filter(|_| speaks_for_someone));
    Ok(Target { url, credential, user, tls })
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    fn stored() -> Context {
        Context {
            url: "http://stored".into(),
            user_email: Some("sarah@example.org".into()),
            tls: Tls::default(),
        }
    }

    fn secrets(token: bool) -> Secrets {
        Secrets {
            operator_token: token.then(|| "kop_1".into()),
            api_key: Some("kapi_test_1".into()),
            ..Secrets::default()
        }
    }

    fn resolved(flag: Option<&str>, variables: &[(&str, &str)], token: bool, acting: Acting) -> Target {
        let options = Options { url: flag.map(str::to_owned), ..Options::default() };
        resolve(&options, &Environment::with(variables), Some(&stored()), || Ok(secrets(token)), acting)
            .unwrap()
    }

    fn credential(target: &Target) -> Option<&str> {
        target.credential.as_ref().map(ExposeSecret::expose_secret)
    }

    #[test]
    fn the_flag_stands_over_the_environment_and_that_over_the_context() {
        let variable = [("KATONIC_URL", "http://variable/")];
        assert_eq!(resolved(Some("http://flag"), &variable, true, Acting::Itself).url, "http://flag");
        assert_eq!(resolved(None, &variable, true, Acting::Itself).url, "http://variable");
        assert_eq!(resolved(None, &[], true, Acting::Itself).url, "http://stored");
    }

    #[test]
    fn stored_secrets_go_to_the_stored_url_only() {
        assert_eq!(credential(&resolved(Some("http://elsewhere"), &[], true, Acting::Itself)), None);
        assert_eq!(credential(&resolved(Some("http://stored/"), &[], true, Acting::Itself)), Some("kop_1"));
        let own = [("KAT_KEY", "kapi_live_2")];
        assert_eq!(
            credential(&resolved(Some("http://elsewhere"), &own, true, Acting::Itself)),
            Some("kapi_live_2")
        );
    }

    #[test]
    fn an_operator_speaks_for_a_person_only_where_a_person_asks() {
        assert_eq!(resolved(None, &[], true, Acting::Itself).user, None);
        assert_eq!(resolved(None, &[], true, Acting::ForPerson).user.as_deref(), Some("sarah@example.org"));
        assert_eq!(resolved(None, &[], false, Acting::Itself).user.as_deref(), Some("sarah@example.org"));
        let omar = [("KATONIC_USER_EMAIL", "omar@example.org")];
        assert_eq!(resolved(None, &omar, true, Acting::Itself).user.as_deref(), Some("omar@example.org"));
    }
}
