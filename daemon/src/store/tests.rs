//! What every engine does alike. `tests/run` runs this on SQLite, `tests/postgres/run` on PostgreSQL.

use super::fixture::{Place, store};
use super::*;
use crate::config::Database;

fn add(name: &str) -> Statement {
    let sql = "INSERT INTO groups (team, name) VALUES ('t', ?1)";
    Statement::new(sql, vec![name.into()])
}

async fn names(db: &Db) -> Vec<String> {
    let rows = db.rows("SELECT name FROM groups ORDER BY name", vec![]).await.unwrap();
    rows.iter().map(|row| row.text(0)).collect()
}

#[tokio::test]
async fn a_batch_happens_all_or_not_at_all() {
    let (_place, db) = store().await;
    db.batch(vec![add("one")]).await.unwrap();
    let miss = Statement::new("UPDATE groups SET name = 'x' WHERE name = 'none'", vec![]).expect(1);
    assert!(matches!(db.batch(vec![add("two"), miss, add("three")]).await, Err(StoreError::Conflict)));
    assert!(matches!(db.batch(vec![add("four"), add("one")]).await, Err(StoreError::Conflict)));
    assert_eq!(names(&db).await, ["one"]);
    assert!(db.batch(vec![]).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_batch_tells_how_many_rows_each_statement_changed() {
    let (_place, db) = store().await;
    let all = Statement::new("UPDATE groups SET team = 'u'", vec![]).expect(2);
    let none = Statement::new("DELETE FROM groups WHERE team = 't'", vec![]).expect(0);
    let changed = db.batch(vec![add("one"), add("two"), all, none]).await.unwrap();
    assert_eq!(changed, [1, 1, 2, 0]);
    assert_eq!(db.execute("DELETE FROM groups WHERE team = ?1", vec!["u".into()]).await.unwrap(), 2);
}

#[tokio::test]
async fn the_first_that_goes_wrong_decides() {
    let (_place, db) = store().await;
    let miss = Statement::new("DELETE FROM groups", vec![]).expect(1);
    let wrong = Statement::new("INSERT INTO groups (team) SELECT nothing FROM groups", vec![]);
    assert!(matches!(db.batch(vec![wrong.clone(), miss.clone()]).await, Err(StoreError::Failed(_))));
    let null = Statement::new("INSERT INTO groups (team, name) VALUES ('t', ?1)", vec![Value::Null]);
    assert!(matches!(db.batch(vec![miss, null.clone()]).await, Err(StoreError::Conflict)));
    assert!(matches!(db.batch(vec![null]).await, Err(StoreError::Conflict)), "against a constraint");
    assert!(matches!(db.rows("SELECT nothing", vec![]).await, Err(StoreError::Failed(_))));
    let few = db.rows("SELECT name FROM groups WHERE name = ?1 OR name = ?2", vec!["a".into()]).await;
    assert!(matches!(few, Err(StoreError::Failed(_))));
    assert!(names(&db).await.is_empty());
}

#[tokio::test]
async fn writers_at_the_same_time_do_not_undo_each_other() {
    let (_place, db) = store().await;
    let writes = (0..100).map(|n| {
        let db = db.clone();
        tokio::spawn(async move { db.batch(vec![add(&format!("group-{}", n % 50))]).await.is_ok() })
    });
    let mut done = 0;
    for write in writes.collect::<Vec<_>>() {
        done += usize::from(write.await.unwrap());
    }
    assert_eq!(done, 50, "the second of each name is a conflict of its own batch only");
    assert_eq!(names(&db).await.len(), 50);
}

#[tokio::test]
async fn writers_at_the_same_time_come_one_after_the_other() {
    let (_place, db) = store().await;
    let sql = "INSERT INTO collections (team, id, revision) VALUES ('t', 'c', 0)";
    db.execute(sql, vec![]).await.unwrap();
    let writes = (0..64).map(|_| {
        let db = db.clone();
        // Each reads what the one before wrote: the sum is off if two of them saw the same.
        let grow = "UPDATE collections SET revision = (SELECT MAX(c.revision) + 1 FROM collections c WHERE c.id = 'c')";
        let note = "INSERT INTO collections (team, id, revision)
                    SELECT 't', CAST(revision AS TEXT), revision FROM collections WHERE id = 'c'";
        let narrow = Statement::new(format!("{grow} WHERE id = 'c'"), vec![]).expect(1);
        tokio::spawn(async move { db.batch(vec![narrow, Statement::new(note, vec![]).expect(1)]).await })
    });
    for write in writes.collect::<Vec<_>>() {
        write.await.unwrap().unwrap();
    }
    let sql = "SELECT MAX(revision), count(*), SUM(revision) FROM collections";
    let row = db.row(sql, vec![]).await.unwrap().unwrap();
    assert_eq!((row.int(0), row.int(1), row.int(2)), (64, 65, 64 + 64 * 65 / 2));
}

#[tokio::test]
async fn what_was_written_is_read_from_then_on() {
    let (_place, db) = store().await;
    for n in 1..=50 {
        db.batch(vec![add(&format!("group-{n}"))]).await.unwrap();
        let row = db.row("SELECT count(*) FROM groups", vec![]).await.unwrap().unwrap();
        assert_eq!(row.int(0), n);
    }
}

#[tokio::test]
async fn what_is_written_is_there_after_opening_again() {
    let (place, db) = store().await;
    db.batch(vec![add("kept")]).await.unwrap();
    drop(db);
    let again = place.open().await.unwrap();
    assert_eq!(names(&again).await, ["kept"]);
}

#[tokio::test]
async fn a_commit_waits_for_the_disk_where_it_is_to_outlive_the_machine() {
    let place = Place::hasty().await;
    let process = place.open().await.unwrap();
    let expected = if process.engine() == Engine::Sqlite { "normal" } else { "off" };
    assert_eq!(process.synchronous(), expected);
    drop(process);
    match place.open_with(Durability::Power).await {
        Ok(power) => assert!(["full", "on"].contains(&power.synchronous()), "{}", power.synchronous()),
        Err(refusal) => {
            assert!(refusal.to_string().contains("the server runs with fsync = off"), "{refusal}")
        }
    }
}

#[tokio::test]
async fn every_value_comes_back_as_it_was() {
    let (_place, db) = store().await;
    let texts =
        ["", "plain", "Zürich 日本 🦀", "a\0b\0", "\u{10FFFF}\0", "it's \"quoted\" \\ ?1 $1 %_", " \t\r\n"];
    let long = "x\0é".repeat(1 << 20);
    let insert = "INSERT INTO users (team, email, name, role, is_active) VALUES (?1, ?2, ?3, 'r', ?4)";
    for (n, text) in texts.into_iter().chain([long.as_str()]).enumerate() {
        db.execute(insert, vec!["t".into(), n.to_string().into(), text.into(), 1i64.into()]).await.unwrap();
        let sql = "SELECT name, is_active FROM users WHERE email = ?1";
        let row = db.row(sql, vec![n.to_string().into()]).await.unwrap().unwrap();
        assert!(row.optional_text(0).as_deref() == Some(text) && row.flag(1), "{n}");
    }
    let found = db.row("SELECT email FROM users WHERE name = ?1", vec!["a\0b\0".into()]).await.unwrap();
    assert_eq!(found.unwrap().text(0), "3");
    for int in [0, 1, -1, i64::from(i32::MAX) + 1, i64::MAX, i64::MIN] {
        let params = vec!["u".into(), int.to_string().into(), Value::Null, int.into()];
        db.execute(insert, params).await.unwrap();
        let sql = "SELECT is_active, name, email FROM users WHERE is_active = ?1 AND team = 'u'";
        let row = db.row(sql, vec![int.into()]).await.unwrap().unwrap();
        assert_eq!(
            (row.optional_int(0), row.optional_text(1), row.text(2)),
            (Some(int), None, int.to_string())
        );
    }
}

#[tokio::test]
async fn numbers_of_every_kind_are_read() {
    let (_place, db) = store().await;
    let sql = "SELECT 1, CAST(?1 AS BIGINT), SUM(n.v), AVG(n.v), count(*), CAST(?2 AS DOUBLE PRECISION), NULL
               FROM (SELECT CAST(3 AS BIGINT) AS v UNION ALL SELECT CAST(6 AS BIGINT)) n";
    let row = db.row(sql, vec![i64::MAX.into(), 0.1.into()]).await.unwrap().unwrap();
    let expected = [
        Value::Int(1),
        Value::Int(i64::MAX),
        Value::Int(9),
        Value::Real(4.5),
        Value::Int(2),
        Value::Real(0.1),
        Value::Null,
    ];
    assert_eq!(row.0, expected);
}

#[tokio::test]
async fn texts_are_ordered_byte_by_byte_and_nulls_told_apart() {
    let (_place, db) = store().await;
    let mut texts = ["b", "a", "B", "_", "ä", "a-b", "aa", "a_b", "Z", "10", "9"];
    db.batch(texts.map(add).to_vec()).await.unwrap();
    texts.sort_unstable();
    assert_eq!(names(&db).await, texts);
    let after = db.rows("SELECT name FROM groups WHERE name > ?1", vec!["a".into()]).await.unwrap();
    assert_eq!(after.len(), texts.iter().filter(|text| **text > "a").count());
    let none = format!("SELECT name FROM groups WHERE name IN ({})", places(1, 0));
    assert!(db.rows(none, vec![]).await.unwrap().is_empty());
}

#[tokio::test]
async fn many_different_statements_go_on_being_understood() {
    let (_place, db) = store().await;
    for n in 0..600 {
        let sql = format!("SELECT CAST(?1 AS BIGINT) + {n}");
        assert_eq!(db.row(sql, vec![1i64.into()]).await.unwrap().unwrap().int(0), n + 1);
    }
    let batch = (0..600).map(|n| Statement::new(format!("DELETE FROM groups WHERE name = 'x{n}'"), vec![]));
    assert_eq!(db.batch(batch.collect()).await.unwrap().len(), 600);
}

#[tokio::test]
async fn a_store_that_is_newer_than_the_program_is_refused() {
    let (place, db) = store().await;
    let sql = match place.database {
        Database::Sqlite => "PRAGMA user_version = 999",
        Database::Postgres(_) => "INSERT INTO schema_versions (version) VALUES (999)",
    };
    db.execute(sql, vec![]).await.unwrap();
    drop(db);
    let Err(StoreError::Failed(message)) = place.open().await else { panic!("it was opened") };
    assert!(message.contains("999") && message.contains("newer katonic"), "{message}");
}
