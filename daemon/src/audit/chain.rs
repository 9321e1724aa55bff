//! Verification of the log as the store has it.

use super::{Ledger, sql};
use crate::error::Error;
use crate::store::Db;
use contract::chain::Walk;
use contract::wire::analytics::Chain;

/// Rows that are read at once.
const STEP: usize = 1000;

/// Walks the whole chain, up to the last row that was written: a log whose end is cut off does not verify.
///
/// # Errors
/// If the store fails.
pub(crate) async fn verify(db: &Db, ledger: &Ledger) -> Result<Chain, Error> {
    let (seq, hash) = ledger.last();
    let checkpoints = sql::checkpoints(db, ledger.public_key(), i64::MAX, u32::MAX).await?;
    let mut walk = Walk::new(ledger.public_key(), &checkpoints).up_to(seq, hash);
    let mut seq = i64::MIN;
    loop {
        let rows = sql::after(db, seq, STEP).await?;
        let holds = rows.iter().all(|row| walk.step(&row.link(), &row.prev, &row.hash));
        match rows.last() {
            Some(last) if holds && rows.len() == STEP => seq = last.seq,
            _ => return Ok(walk.end()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{AuditKey, Entry, HeadFile};
    use super::*;
    use crate::audit::{new_key, retention};
    use crate::call::Ending;
    use crate::metrics::Metrics;
    use crate::store::fixture::{Place, store};
    use crate::trace::Recorder;
    use contract::time::Time;
    use std::path::PathBuf;
    use tempfile::TempDir;

    /// A log, and where its daemon keeps what is not in the store.
    struct Log {
        _place: Place,
        home: TempDir,
        db: Db,
        ledger: Ledger,
    }

    impl Log {
        async fn of(rows: usize) -> Self {
            let (place, db) = store().await;
            let home = tempfile::tempdir().unwrap();
            let ledger = start(&db, &home.path().join("audit-head")).await;
            let log = Self { _place: place, home, db, ledger };
            log.append(rows).await;
            log
        }

        fn head_file(&self) -> PathBuf {
            self.home.path().join("audit-head")
        }

        async fn append(&self, rows: usize) {
            for _ in 0..rows {
                self.ledger.write(entry()).await.unwrap();
            }
        }

        /// As after a kill: the daemon before doesn't sign its head any more.
        async fn restart(&mut self) {
            let started = start(&self.db, &self.head_file()).await;
            std::mem::forget(std::mem::replace(&mut self.ledger, started));
        }

        /// As somebody does who has the log, its checkpoints and a public key, but not the daemon.
        async fn verify_apart(&self, public_key: &str) -> Chain {
            let checkpoints = sql::checkpoints(&self.db, public_key, i64::MAX, 1000).await.unwrap();
            let mut walk = Walk::new(public_key, &checkpoints);
            for row in sql::after(&self.db, 0, 1000).await.unwrap() {
                walk.step(&row.link(), &row.prev, &row.hash);
            }
            walk.end()
        }

        async fn verify(&self) -> Chain {
            verify(&self.db, &self.ledger).await.unwrap()
        }

        async fn sql(&self, sql: &'static str) {
            self.db.execute(sql, vec![]).await.unwrap();
        }

        async fn sign(&self) {
            let (seq, hash) = sql::head(&self.db).await.unwrap().unwrap();
            self.db.batch(vec![AuditKey::new([7; 32]).checkpoint(seq, &hash)]).await.unwrap();
        }

        /// Writes all rows from one on anew, as who has the store alone can: every link holds.
        async fn forge_from(&self, first: i64) {
            let mut prev =
                sql::hash(&self.db, first - 1).await.unwrap().unwrap_or(contract::chain::GENESIS.into());
            for mut row in sql::after(&self.db, first - 1, 10_000).await.unwrap() {
                row.user = "eve@example.org".into();
                let hash = row.link().hash(&prev);
                let sql = "UPDATE audit SET user_email = ?2, prev = ?3, hash = ?4 WHERE seq = ?1";
                let params = vec![row.seq.into(), row.user.into(), prev.into(), hash.clone().into()];
                self.db.execute(sql, params).await.unwrap();
                prev = hash;
            }
        }
    }

    async fn start(db: &Db, head_file: &std::path::Path) -> Ledger {
        let head = HeadFile::open(head_file).unwrap();
        Ledger::start(db.clone(), AuditKey::new([7; 32]), head, Metrics::new()).await.unwrap()
    }

    fn entry() -> Entry {
        let record = Recorder::open("Chat", Time::now()).close().unwrap();
        Entry::of(&record, None, Ending { status: 200, label: "completed" })
    }

    #[tokio::test]
    async fn a_row_that_was_written_without_an_answer_does_not_stop_the_log() {
        let log = Log::of(2).await;
        let unheard = start(&log.db, &log.head_file()).await;
        let same = entry();
        unheard.write(same.clone()).await.unwrap();
        log.ledger.write(same).await.unwrap();
        log.append(2).await;
        let chain = log.verify().await;
        assert_eq!((chain.ok, chain.checked), (true, 5), "it stands there, once");
    }

    #[tokio::test]
    async fn a_log_that_somebody_else_writes_to_is_not_gone_on_with() {
        let mut log = Log::of(2).await;
        let other = start(&log.db, &log.home.path().join("another")).await;
        other.write(entry()).await.unwrap();
        for _ in 0..2 {
            assert!(log.ledger.write(entry()).await.is_err());
        }
        log.restart().await;
        let chain = log.verify().await;
        assert_eq!(
            (chain.ok, chain.checked),
            (true, 4),
            "what was found is noted, and nothing was lost: {chain:?}"
        );
    }

    #[tokio::test]
    async fn an_untouched_log_verifies_and_goes_on_after_a_restart() {
        let mut log = Log::of(3).await;
        log.restart().await;
        log.append(1).await;
        let chain = log.verify().await;
        assert_eq!((chain.ok, chain.checked, chain.first), (true, 4, Some(1)));
    }

    #[tokio::test]
    async fn what_retention_removes_is_said_by_the_log_and_proven_by_a_checkpoint() {
        let mut log = Log::of(3).await;
        log.sign().await;
        log.append(2).await;
        let now = Time::now().0;
        let cut = async |log: &Log, at| retention::cut(&log.db, &log.ledger, at).await.unwrap();
        assert_eq!(cut(&log, now - 60_000).await, 0, "nothing is old enough");
        assert_eq!(cut(&log, now + 60_000).await, 3, "up to the checkpoint, and no further");
        let chain = log.verify().await;
        assert_eq!((chain.ok, chain.checked, chain.first, &chain.reason), (true, 3, Some(4), &None));
        log.sign().await;
        assert_eq!(cut(&log, now + 60_000).await, 3);
        let proofs = sql::checkpoints(&log.db, "", i64::MAX, 10).await.unwrap();
        assert_eq!(
            proofs.iter().map(|proof| proof.seq).collect::<Vec<_>>(),
            [6],
            "of the cut, not of what went"
        );
        log.restart().await;
        log.append(1).await;
        let chain = log.verify().await;
        assert_eq!((chain.ok, chain.first, chain.checked), (true, Some(7), 2));
        log.sql("DELETE FROM audit WHERE seq = 7").await;
        assert_eq!(log.verify().await.first_break, Some(8));
    }

    #[tokio::test]
    async fn rows_that_retention_did_not_remove_are_missed_though_a_checkpoint_proves_them() {
        let mut log = Log::of(3).await;
        log.sign().await;
        log.append(2).await;
        log.sql("DELETE FROM audit WHERE seq <= 3").await;
        for _ in 0..2 {
            let chain = log.verify().await;
            assert_eq!((chain.ok, chain.first_break), (false, Some(4)));
            assert!(chain.reason.unwrap().contains("not retention"));
            log.restart().await;
        }
    }

    #[tokio::test]
    async fn a_log_that_was_written_anew_does_not_agree_with_its_checkpoints() {
        let log = Log::of(3).await;
        log.sign().await;
        assert_eq!(log.verify().await.checkpoints, 1);
        log.append(1).await;
        log.forge_from(1).await;
        let chain = log.verify().await;
        assert_eq!(
            (chain.ok, chain.first_break),
            (false, Some(3)),
            "every link holds, but not the signed head"
        );
        log.sql("UPDATE audit_checkpoints SET hash = (SELECT hash FROM audit WHERE seq = 3)").await;
        assert!(!log.verify().await.ok);
        let chain = log.verify_apart(log.ledger.public_key()).await;
        assert_eq!(chain.first_break, Some(3));
        assert!(chain.reason.unwrap().contains("signature"));
    }

    #[tokio::test]
    async fn a_log_of_two_keys_verifies_where_the_first_signed_the_second() {
        let log = Log::of(3).await;
        log.sign().await;
        log.append(1).await;
        let (old, new) = (AuditKey::new([7; 32]), AuditKey::new([8; 32]));
        let head = HeadFile::open(&log.head_file()).unwrap();
        let begun = new_key::begin(&log.db, Some(&old), &new, head).await.unwrap();
        assert_eq!((begun.row, begun.before.as_ref()), (5, Some(&old.public_key())));
        let chain = log.verify_apart(&new.public_key()).await;
        assert_eq!((chain.ok, chain.checkpoints, &chain.keys), (true, 2, &vec![begun]), "{chain:?}");
        let chain = log.verify_apart(&old.public_key()).await;
        assert_eq!((chain.ok, chain.first_break), (false, Some(5)), "it is not the last any more");
        log.sql("UPDATE audit_checkpoints SET signature = '00' WHERE seq = 3").await;
        let chain = log.verify_apart(&new.public_key()).await;
        assert_eq!((chain.ok, chain.first_break), (false, Some(3)));
        log.sql("DELETE FROM audit_checkpoints WHERE seq = 3").await;
        log.sql("UPDATE audit SET entry = replace(entry, '\"signature\":\"', '\"signature\":\"00')").await;
        log.forge_from(5).await;
        log.sql("DELETE FROM audit_checkpoints").await;
        let chain = log.verify_apart(&new.public_key()).await;
        assert_eq!((chain.ok, chain.first_break), (false, Some(5)), "nobody signed that: {chain:?}");
    }

    #[tokio::test]
    async fn a_log_that_another_wrote_and_that_ends_with_naming_the_true_key_does_not_verify() {
        let log = Log::of(3).await;
        let (forger, real) = (AuditKey::new([6; 32]), AuditKey::new([8; 32]));
        log.sql("DELETE FROM audit_checkpoints").await;
        log.forge_from(1).await;
        let (seq, hash) = sql::head(&log.db).await.unwrap().unwrap();
        log.db.batch(vec![forger.checkpoint(seq, &hash)]).await.unwrap();
        let head = HeadFile::open(&log.head_file()).unwrap();
        new_key::begin(&log.db, Some(&forger), &real, head).await.unwrap();
        // Only the true key could have signed the row that begins it.
        log.sql("DELETE FROM audit_checkpoints WHERE seq > 3").await;
        let chain = log.verify_apart(&real.public_key()).await;
        assert_eq!((chain.ok, chain.first_break.is_some()), (false, true), "{chain:?}");
        assert!(chain.reason.unwrap().contains("begins there did not sign it"));
    }

    #[tokio::test]
    async fn a_log_that_was_written_anew_with_its_checkpoints_deleted_is_not_signed() {
        let mut log = Log::of(4).await;
        log.sign().await;
        log.forge_from(2).await;
        log.sql("DELETE FROM audit_checkpoints").await;
        assert_eq!(log.verify().await.first_break, Some(4), "the daemon knows what it wrote last");
        log.restart().await;
        log.append(1).await;
        log.sign().await;
        let chain = log.verify().await;
        assert_eq!((chain.ok, chain.first_break, chain.losses.len()), (false, None, 1));
        assert_eq!((chain.losses[0].row, chain.losses[0].written, chain.losses[0].found), (5, 4, 4));
    }

    #[tokio::test]
    async fn an_end_that_was_removed_while_no_daemon_ran_is_missed_for_good() {
        for sql in ["DELETE FROM audit WHERE seq > 2", "DELETE FROM audit"] {
            let mut log = Log::of(4).await;
            log.sql("DELETE FROM audit_checkpoints").await;
            log.sql(sql).await;
            for _ in 0..3 {
                log.restart().await;
                log.append(1).await;
                log.sign().await;
            }
            let chain = log.verify().await;
            assert_eq!((chain.ok, chain.first_break, chain.losses.len()), (false, None, 1), "{sql}");
            assert_eq!((chain.losses[0].row, chain.losses[0].written), (5, 4), "{sql}");
        }
    }

    #[tokio::test]
    async fn missing_checkpoints_are_missed() {
        let log = Log::of(0).await;
        let calls = (0..3000).map(|_| log.ledger.write(entry()));
        futures::future::try_join_all(calls).await.unwrap();
        assert!(log.verify().await.ok);
        log.sql("DELETE FROM audit_checkpoints WHERE seq < 2000").await;
        assert!(log.verify().await.reason.unwrap().contains("checkpoints"));
    }

    #[tokio::test]
    async fn a_log_that_another_key_signed_is_not_gone_on_with() {
        let log = Log::of(1).await;
        log.sign().await;
        let head = HeadFile::open(&log.home.path().join("another")).unwrap();
        let other = Ledger::start(log.db.clone(), AuditKey::new([8; 32]), head, Metrics::new()).await;
        assert!(other.unwrap_err().to_string().contains("audit-key"));
    }

    #[tokio::test]
    async fn a_changed_or_removed_row_is_found() {
        for (sql, place) in [
            ("UPDATE audit SET user_email = 'eve@example.org' WHERE seq = 2", 2),
            ("UPDATE audit SET entry = replace(entry, '200', '403') WHERE seq = 2", 2),
            ("DELETE FROM audit WHERE seq = 1", 2),
            ("DELETE FROM audit WHERE seq = 2", 2),
            ("DELETE FROM audit WHERE seq = 3", 3),
        ] {
            let log = Log::of(3).await;
            log.sql(sql).await;
            let chain = log.verify().await;
            assert_eq!((chain.ok, chain.first_break), (false, Some(place)), "{sql}");
        }
    }
}
