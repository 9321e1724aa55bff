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
    let head = ledger.head();
    let checkpoints = sql::checkpoints(db, ledger.public_key(), i64::MAX, u32::MAX).await?;
    let mut walk = Walk::new(ledger.public_key(), &checkpoints);
    let mut seq = i64::MIN;
    loop {
        let rows = sql::after(db, seq, STEP).await?;
        let holds = rows.iter().all(|row| walk.step(&row.link(), &row.prev, &row.hash));
        match rows.last() {
            Some(last) if holds && rows.len() == STEP => seq = last.seq,
            _ => return Ok(walk.end(Some(head))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{AuditKey, Entry};
    use super::*;
    use crate::audit::retention;
    use crate::call::Ending;
    use crate::metrics::Metrics;
    use crate::store::fixture::{Place, store};
    use crate::trace::Recorder;
    use contract::time::Time;

    async fn written(rows: usize) -> (Place, Db, Ledger) {
        let (place, db) = store().await;
        let ledger = Ledger::start(db.clone(), AuditKey::new([7; 32]), Metrics::new()).await.unwrap();
        append(&ledger, rows).await;
        (place, db, ledger)
    }

    async fn append(ledger: &Ledger, rows: usize) {
        for _ in 0..rows {
            ledger.write(entry()).await.unwrap();
        }
    }

    fn entry() -> Entry {
        let record = Recorder::open("Chat", Time::now()).close().unwrap();
        Entry::of(&record, None, Ending { status: 200, label: "completed" })
    }

    #[tokio::test]
    async fn a_row_that_was_written_without_an_answer_does_not_stop_the_log() {
        let (_place, db, ledger) = written(2).await;
        let unheard = Ledger::start(db.clone(), AuditKey::new([7; 32]), Metrics::new()).await.unwrap();
        append(&unheard, 1).await;
        assert!(ledger.write(entry()).await.is_err(), "its place is taken");
        append(&ledger, 2).await;
        let chain = verify(&db, &ledger).await.unwrap();
        assert_eq!((chain.ok, chain.checked), (true, 5));
    }

    #[tokio::test]
    async fn an_untouched_log_verifies_and_goes_on_after_a_restart() {
        let (_place, db, first) = written(3).await;
        drop(first);
        let ledger = Ledger::start(db.clone(), AuditKey::new([7; 32]), Metrics::new()).await.unwrap();
        append(&ledger, 1).await;
        let chain = verify(&db, &ledger).await.unwrap();
        assert_eq!((chain.ok, chain.checked, chain.first), (true, 4, Some(1)));
    }

    async fn sign(db: &Db, ledger: &Ledger) {
        let (seq, hash) = sql::head(db).await.unwrap().unwrap();
        assert_eq!(seq, ledger.head());
        db.batch(vec![AuditKey::new([7; 32]).checkpoint(seq, &hash)]).await.unwrap();
    }

    #[tokio::test]
    async fn what_retention_cuts_off_is_proven_by_its_checkpoint() {
        let (_place, db, ledger) = written(3).await;
        sign(&db, &ledger).await;
        append(&ledger, 2).await;
        let now = Time::now().0;
        assert_eq!(retention::cut(&db, now - 60_000).await.unwrap(), 0, "nothing is old enough");
        assert_eq!(
            retention::cut(&db, now + 60_000).await.unwrap(),
            3,
            "up to the checkpoint, and no further"
        );
        let chain = verify(&db, &ledger).await.unwrap();
        assert_eq!((chain.ok, chain.checked, chain.first, &chain.reason), (true, 2, Some(4), &None));
        db.execute("DELETE FROM audit WHERE seq = 4", vec![]).await.unwrap();
        assert_eq!(verify(&db, &ledger).await.unwrap().first_break, Some(5));
        sign(&db, &ledger).await;
        assert_eq!(retention::cut(&db, now + 60_000).await.unwrap(), 1, "the whole log may go");
        drop(ledger);
        let ledger = Ledger::start(db.clone(), AuditKey::new([7; 32]), Metrics::new()).await.unwrap();
        append(&ledger, 1).await;
        let chain = verify(&db, &ledger).await.unwrap();
        assert_eq!((chain.ok, chain.first), (true, Some(6)), "it goes on from its last checkpoint");
    }

    #[tokio::test]
    async fn a_log_that_was_written_anew_does_not_agree_with_its_checkpoints() {
        let (_place, db, ledger) = written(3).await;
        sign(&db, &ledger).await;
        assert_eq!(verify(&db, &ledger).await.unwrap().checkpoints, 1);
        let (_other, forged, _) = written(3).await;
        let rows = sql::after(&forged, 0, 10).await.unwrap();
        for row in rows {
            let sql = "UPDATE audit SET trace_id = ?2, entry = ?3, prev = ?4, hash = ?5, created_at = ?6 WHERE seq = ?1";
            let params: Vec<crate::store::Value> = vec![
                row.seq.into(),
                row.trace_id.into(),
                row.body.into(),
                row.prev.into(),
                row.hash.into(),
                row.at.into(),
            ];
            db.execute(sql, params).await.unwrap();
        }
        let chain = verify(&db, &ledger).await.unwrap();
        assert_eq!(
            (chain.ok, chain.first_break),
            (false, Some(3)),
            "every link holds, but not the signed head"
        );
        db.execute("UPDATE audit_checkpoints SET hash = (SELECT hash FROM audit WHERE seq = 3)", vec![])
            .await
            .unwrap();
        assert!(verify(&db, &ledger).await.unwrap().reason.unwrap().contains("signature"));
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
            let (_place, db, ledger) = written(3).await;
            db.execute(sql, vec![]).await.unwrap();
            let chain = verify(&db, &ledger).await.unwrap();
            assert_eq!((chain.ok, chain.first_break), (false, Some(place)), "{sql}");
        }
    }
}
