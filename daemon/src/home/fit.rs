//! Whether a home is the one that a server's database was filled with: what its keys hash and seal is of use with them only.

use crate::audit::{self, AuditKey};
use crate::error::Error;
use crate::gate::authenticate::Pepper;
use crate::master::MasterKey;
use crate::store::{Db, note_owner, owner};
use contract::version::{hex, unhex};
use serde::{Deserialize, Serialize};

/// What the note is sealed for.
const PLACE: &str = "the note of a database's home";

/// What is hashed and sealed for the note; no secret reads so.
const MARK: &str = "the home of this database";

/// What tells the keys of a home from others, and tells nothing of them.
#[derive(Debug, Serialize, Deserialize)]
struct Mark {
    pepper: String,
    master: String,
    /// The audit key's public half, which tells until the log has a signed head.
    signer: String,
}

/// Notes the home in a database that has no note, or whose log has no row: nothing was hashed or sealed for it yet.
/// Otherwise compares.
///
/// # Errors
/// If the database belongs to another home, or the store fails.
pub(super) async fn check(
    db: &Db,
    (pepper, master, audit): (&Pepper, &MasterKey, &AuditKey),
) -> Result<(), Error> {
    // A home that did not sign the log is refused before it is taken for the one that belongs here.
    let is_signed = audit.newest(db).await?.is_some();
    let mut found: Option<Mark> = owner(db).await?;
    if found.is_none() || audit::is_empty(db).await? {
        let sealed = hex(&master.seal(PLACE, MARK)?);
        let mark = Mark { pepper: pepper.hash(MARK), master: sealed, signer: audit.public_key() };
        note_owner(db, found.as_ref(), &mark).await?;
        // Whoever was first decides.
        found = owner(db).await?;
    }
    let Some(found) = found else { return Err(Error::internal("the database keeps no note of its home")) };
    if found.pepper != pepper.hash(MARK) {
        return Err(other("pepper"));
    }
    if !is_signed && found.signer != audit.public_key() {
        return Err(other("audit-key"));
    }
    let opened = unhex(&found.master).and_then(|sealed| master.open(PLACE, &sealed));
    if opened.is_none() { Err(other("master-key")) } else { Ok(()) }
}

fn other(key: &str) -> Error {
    Error::internal(format_args!(
        "the {key} of this data directory is not the one that this database was filled with: start with the directory \
         that belongs to it, or copy its pepper, audit-key and master-key"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{HeadFile, begin_new_key};
    use crate::store::fixture::store;

    const SIGNER: [u8; 32] = [3; 32];

    /// As after the first call.
    async fn sign(db: &Db) {
        let folder = tempfile::tempdir().unwrap();
        let head = HeadFile::open(&folder.path().join("audit-head")).unwrap();
        begin_new_key(db, None, &AuditKey::new(SIGNER), head).await.unwrap();
    }

    async fn fits(db: &Db, pepper: u8, master: u8, signer: [u8; 32]) -> Result<(), String> {
        let (pepper, master) = (Pepper::new([pepper; 32]), MasterKey::new([master; 32]));
        let checked = check(db, (&pepper, &master, &AuditKey::new(signer))).await;
        checked.map_err(|error| error.cause.unwrap_or_default())
    }

    #[tokio::test]
    async fn a_database_is_used_with_the_keys_that_filled_it_only() {
        let (_place, db) = store().await;
        assert_eq!(fits(&db, 9, 9, SIGNER).await, Ok(()));
        assert_eq!(fits(&db, 1, 2, SIGNER).await, Ok(()), "nothing stands there that needs the first keys");
        sign(&db).await;
        assert_eq!(fits(&db, 1, 2, SIGNER).await, Ok(()));
        for (pepper, master, wrong) in [(9, 2, "pepper"), (1, 9, "master-key"), (9, 9, "pepper")] {
            let refused = fits(&db, pepper, master, SIGNER).await.unwrap_err();
            assert!(refused.contains(&format!("the {wrong} of this data directory is not")), "{refused}");
        }
        let kept = db.rows("SELECT value FROM settings", vec![]).await.unwrap();
        assert_eq!(kept.len(), 1);
        assert!([1, 2].iter().all(|key| !kept[0].str(0).contains(&hex(&[*key; 32]))), "no key is told");
        assert_eq!(fits(&db, 1, 2, SIGNER).await, Ok(()), "a refusal changes nothing");
        // As before the first head was signed.
        db.execute("DELETE FROM audit_checkpoints", vec![]).await.unwrap();
        assert!(
            fits(&db, 1, 2, [4; 32])
                .await
                .unwrap_err()
                .contains("the audit-key of this data directory is not")
        );
        assert_eq!(fits(&db, 1, 2, SIGNER).await, Ok(()));
    }

    #[tokio::test]
    async fn a_home_that_did_not_sign_the_log_is_not_noted() {
        let (_place, db) = store().await;
        sign(&db).await;
        assert!(fits(&db, 1, 2, [4; 32]).await.unwrap_err().contains("not signed with the audit-key"));
        assert!(owner::<Mark>(&db).await.unwrap().is_none());
        assert_eq!(fits(&db, 5, 6, SIGNER).await, Ok(()));
    }
}
