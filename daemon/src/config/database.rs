//! Where the store is: a file of the home, or a PostgreSQL database.

use secrecy::SecretString;
use serde::Deserialize;
use std::str::FromStr;

/// Where the store is. The URL holds a password, and is printed nowhere.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(try_from = "String")]
pub enum Database {
    /// SQLite, in a file of the home.
    #[default]
    Sqlite,
    /// The PostgreSQL database behind a URL.
    Postgres(SecretString),
}

/// A text that names no database; what it was may be a secret.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error(
    "`database` is neither \"sqlite\" nor a URL such as postgres://user:password@host:5432/name?sslmode=verify-full"
)]
pub struct NoDatabase;

impl FromStr for Database {
    type Err = NoDatabase;

    fn from_str(text: &str) -> Result<Self, NoDatabase> {
        match text {
            "sqlite" => Ok(Self::Sqlite),
            url if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                Ok(Self::Postgres(url.into()))
            }
            _ => Err(NoDatabase),
        }
    }
}

impl TryFrom<String> for Database {
    type Error = NoDatabase;

    fn try_from(text: String) -> Result<Self, NoDatabase> {
        text.parse()
    }
}
