//! The queries of feedback and datasets.

use super::traced::Traced;
use crate::act::Act;
use crate::error::Error;
use crate::gate::Caller;
use crate::store::{Db, Row, Statement, Value};
use contract::time::Time;
use contract::wire::flywheel::{
    CurateRequest, Dataset, DatasetCounts, DatasetItem, DatasetStatus, Feedback, FeedbackRequest, ItemState,
    ReviewDecision, Split,
};
use serde_json::json;
use std::collections::HashMap;

/// Most feedback that candidates are ranked by, the newest.
const MOST_FEEDBACK: usize = 10_000;

/// Calls of the caller's team that it may see: the acting user's, else its own key's, or anybody's where its role is to
/// look.
const VISIBLE: &str = "a.team = ?1 AND (?2 = 1 OR a.user_email = ?3 OR (?3 IS NULL AND a.key_id = ?4))";

fn visible_to(caller: &Caller) -> Vec<Value> {
    let sees_others = i64::from(caller.sees_others());
    vec![(&caller.team).into(), sees_others.into(), caller.user.clone().into(), (&caller.key_id).into()]
}

/// Whether the caller may see a trace.
pub(super) async fn is_visible(db: &Db, caller: &Caller, trace_id: &str) -> Result<bool, Error> {
    let mut params = visible_to(caller);
    params.push(trace_id.into());
    let sql = format!("SELECT 1 FROM audit a WHERE {VISIBLE} AND a.trace_id = ?5");
    Ok(db.row(sql, params).await?.is_some())
}

/// What stores what was said of a trace, in place of what the same key and user said of it before.
///
/// # Errors
/// If the store fails.
pub(super) async fn give(db: &Db, caller: &Caller, said: FeedbackRequest) -> Result<Act<Feedback>, Error> {
    let sql = "SELECT id FROM feedback WHERE team = ?1 AND trace_id = ?2 AND key_id = ?3 AND user_email = ?4";
    let user = caller.user.clone().unwrap_or_default();
    let params = vec![(&caller.team).into(), (&said.trace_id).into(), (&caller.key_id).into(), user.into()];
    let before = db.row(sql, params.clone()).await?.map(|row| row.text(0));
    let (now, text) = (Time::now(), serde_json::to_string(&said)?);
    let (id, statement) = match before {
        Some(id) => {
            let sql = "UPDATE feedback SET said = ?2, created_at = ?3 WHERE id = ?1";
            let params = vec![(&id).into(), text.into(), now.0.into()];
            (id, Statement::new(sql, params).expect(1))
        }
        None => {
            let id = contract::id::new("fbk");
            let sql = "INSERT INTO feedback (team, trace_id, key_id, user_email, id, said, created_at)
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
            let params = params.into_iter().chain([(&id).into(), text.into(), now.0.into()]).collect();
            (id, Statement::new(sql, params))
        }
    };
    let feedback = Feedback {
        object: "feedback".into(),
        feedback_id: id,
        user: caller.user.clone(),
        said,
        created_at: now,
    };
    // What was said may be anybody's words.
    let noted = json!({"feedback_id": feedback.feedback_id, "trace_id": feedback.said.trace_id});
    Ok(Act::new(feedback, vec![statement]).changing((), noted))
}

fn feedback(row: &Row) -> Result<Feedback, Error> {
    Ok(Feedback {
        object: "feedback".into(),
        feedback_id: row.text(0),
        user: row.optional_text(1).filter(|user| !user.is_empty()),
        said: row.json(2)?,
        created_at: Time(row.int(3)),
    })
}

/// What people said of a trace of a team, the oldest first.
///
/// # Errors
/// If the store fails.
pub(crate) async fn feedback_on(db: &Db, team: &str, trace_id: &str) -> Result<Vec<Feedback>, Error> {
    let sql = "SELECT id, user_email, said, created_at FROM feedback WHERE team = ?1 AND trace_id = ?2
               ORDER BY created_at, id";
    db.rows(sql, vec![team.into(), trace_id.into()]).await?.iter().map(feedback).collect()
}

/// What people said, by trace: of the traces that the caller may see.
pub(super) async fn feedback_since(
    db: &Db,
    caller: &Caller,
    since: Time,
) -> Result<HashMap<String, Vec<Feedback>>, Error> {
    let sql = format!(
        "SELECT f.id, f.user_email, f.said, f.created_at
         FROM feedback f JOIN audit a ON a.trace_id = f.trace_id AND a.team = f.team
         WHERE {VISIBLE} AND a.created_at >= ?5 ORDER BY f.created_at DESC, f.id LIMIT {MOST_FEEDBACK}"
    );
    let mut params = visible_to(caller);
    params.push(since.0.into());
    let mut by_trace: HashMap<String, Vec<Feedback>> = HashMap::new();
    for row in db.rows(sql, params).await? {
        let feedback = feedback(&row)?;
        by_trace.entry(feedback.said.trace_id.clone()).or_default().push(feedback);
    }
    Ok(by_trace)
}

const TRACED: &str = "SELECT a.seq, a.trace_id, a.user_email, a.created_at, t.body
    FROM audit a JOIN traces t ON t.audit_seq = a.seq";

const ANSWERS: &str = "a.endpoint IN ('Chat', 'ChatCompletions', 'Responses')";

/// The newest calls to agents and models that the caller may see, the newest first.
pub(super) async fn newest(db: &Db, caller: &Caller, since: Time, most: usize) -> Result<Vec<Traced>, Error> {
    let sql = format!(
        "{TRACED} WHERE {VISIBLE} AND {ANSWERS} AND a.created_at >= ?5 ORDER BY a.seq DESC LIMIT {most}"
    );
    let mut params = visible_to(caller);
    params.push(since.0.into());
    db.rows(sql, params).await?.iter().map(Traced::read).collect()
}

/// The calls to agents and models that the maker of a version may see, after a row, in the log's order.
pub(super) async fn after(db: &Db, made: &Made, seq: i64, most: usize) -> Result<Vec<Traced>, Error> {
    let sql = format!(
        "{TRACED} WHERE {VISIBLE} AND a.seq > ?5 AND a.created_at >= ?6 AND a.created_at < ?7 AND {ANSWERS}
         ORDER BY a.seq LIMIT {most}"
    );
    let (filter, mut params) = (&made.rules.filter, made.seen_by.clone());
    let since = filter.since.map_or(0, |since| since.0);
    // What comes in while it is made is not of it.
    let until = filter.until.map_or(made.created_at, |until| until.0.min(made.created_at));
    params.extend([seq.into(), since.into(), until.into()]);
    db.rows(sql, params).await?.iter().map(Traced::read).collect()
}

/// A version of a dataset under way, as its rules say.
pub(super) struct Made {
    pub(super) id: String,
    team: String,
    /// The parameters of what its maker may see.
    seen_by: Vec<Value>,
    created_at: i64,
    pub(super) rules: CurateRequest,
}

/// What begins a version of the dataset of a name, and the dataset as it is then.
///
/// # Errors
/// If the store fails.
pub(super) async fn begin(
    db: &Db,
    caller: &Caller,
    rules: &CurateRequest,
) -> Result<(Made, Act<Dataset>), Error> {
    let (id, created_at, counts) = (contract::id::new("dsv"), Time::now(), DatasetCounts::default());
    let sql = "SELECT id FROM datasets WHERE team = ?1 AND name = ?2";
    let before = db.row(sql, vec![(&caller.team).into(), (&rules.name).into()]).await?;
    let dataset_id = before.as_ref().map_or_else(|| contract::id::new("dst"), |row| row.text(0));
    let mut statements = Vec::new();
    if before.is_none() {
        let sql = "INSERT INTO datasets (id, team, name, created_at) VALUES (?1, ?2, ?3, ?4)";
        let (team, name) = ((&caller.team).into(), (&rules.name).into());
        statements.push(Statement::new(sql, vec![(&dataset_id).into(), team, name, created_at.0.into()]));
    }
    let sql = "INSERT INTO dataset_versions
               (id, team, dataset, status, rules, counts, key_id, user_email, sees_others, created_at)
               VALUES (?1, ?2, ?3, 'running', ?4, ?5, ?6, ?7, ?8, ?9)";
    let params = vec![
        (&id).into(),
        (&caller.team).into(),
        (&dataset_id).into(),
        serde_json::to_string(rules)?.into(),
        serde_json::to_string(&counts)?.into(),
        (&caller.key_id).into(),
        caller.user.clone().into(),
        i64::from(caller.sees_others()).into(),
        created_at.0.into(),
    ];
    statements.push(Statement::new(sql, params));
    let (object, name, status) = ("dataset".into(), rules.name.clone(), DatasetStatus::Running);
    let dataset = Dataset { object, dataset_id, name, version: None, status, counts, created_at };
    let (team, rules) = (caller.team.clone(), rules.clone());
    let made = Made { id, team, seen_by: visible_to(caller), created_at: created_at.0, rules };
    Ok((made, Act::new(dataset.clone(), statements).changing((), dataset)))
}

/// The versions that were begun and not ended.
pub(super) async fn running(db: &Db) -> Result<Vec<Made>, Error> {
    let sql = "SELECT id, team, sees_others, user_email, key_id, created_at, rules FROM dataset_versions
               WHERE status = 'running' ORDER BY id";
    let read = |row: &Row| {
        let seen_by =
            vec![row.text(1).into(), row.int(2).into(), row.optional_text(3).into(), row.text(4).into()];
        let (id, team) = (row.text(0), row.text(1));
        Ok(Made { id, team, seen_by, created_at: row.int(5), rules: row.json(6)? })
    };
    db.rows(sql, vec![]).await?.iter().map(read).collect()
}

/// What people said of the traces of a version's maker, by trace.
pub(super) async fn feedback_for(
    db: &Db,
    made: &Made,
    traced: &[Traced],
) -> Result<HashMap<String, Vec<Feedback>>, Error> {
    let mut by_trace: HashMap<String, Vec<Feedback>> = HashMap::new();
    let marks: Vec<String> = (0..traced.len()).map(|n| format!("?{}", n + 2)).collect();
    let sql = format!(
        "SELECT id, user_email, said, created_at FROM feedback WHERE team = ?1 AND trace_id IN ({})
         ORDER BY created_at, id",
        marks.join(", ")
    );
    let mut params = vec![Value::from(&made.team)];
    params.extend(traced.iter().map(|traced| Value::from(&traced.trace_id)));
    for row in db.rows(sql, params).await? {
        let feedback = feedback(&row)?;
        by_trace.entry(feedback.said.trace_id.clone()).or_default().push(feedback);
    }
    Ok(by_trace)
}

/// Forgets the items of a version: it is made from the beginning.
pub(super) async fn clear(db: &Db, made: &Made) -> Result<(), Error> {
    db.execute("DELETE FROM dataset_items WHERE made = ?1", vec![(&made.id).into()]).await?;
    Ok(())
}

/// Adds items to a version, as they are judged.
pub(super) async fn add(db: &Db, made: &Made, items: &[DatasetItem]) -> Result<(), Error> {
    let sql = "INSERT INTO dataset_items (team, made, number, trace_id, split, state, item)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let insert = |item: &DatasetItem| {
        let params = vec![
            (&made.team).into(),
            (&made.id).into(),
            item.number.into(),
            (&item.trace_id).into(),
            item.split.as_str().into(),
            if made.rules.review { "pending" } else { "accepted" }.into(),
            serde_json::to_string(item)?.into(),
        ];
        Ok(Statement::new(sql, params))
    };
    db.batch(items.iter().map(insert).collect::<Result<_, Error>>()?).await?;
    Ok(())
}

/// Ends a version. One with the items of an earlier version of who made it is that version: it goes.
pub(super) async fn end(db: &Db, made: &Made, version: &str, counts: &DatasetCounts) -> Result<(), Error> {
    let twin = "DELETE FROM dataset_versions WHERE id = ?1 AND EXISTS (
                    SELECT 1 FROM dataset_versions v WHERE v.dataset = dataset_versions.dataset AND v.version = ?2
                      AND (v.user_email = dataset_versions.user_email OR (v.user_email IS NULL
                           AND dataset_versions.user_email IS NULL AND v.key_id = dataset_versions.key_id)))";
    let end = "UPDATE dataset_versions SET status = 'ready', version = ?2, counts = ?3 WHERE id = ?1";
    let counts = serde_json::to_string(counts)?;
    let id = || Value::from(&made.id);
    let statements = vec![
        Statement::new(twin, vec![id(), version.into()]),
        Statement::new(end, vec![id(), version.into(), counts.into()]),
    ];
    db.batch(statements).await?;
    Ok(())
}

/// Notes that a version could not be made.
pub(super) async fn fail(db: &Db, made: &Made) -> Result<(), Error> {
    db.execute("UPDATE dataset_versions SET status = 'failed' WHERE id = ?1", vec![(&made.id).into()])
        .await?;
    Ok(())
}

/// A version of a dataset as it is stored.
pub(super) struct Stored {
    /// The version's own id.
    pub(super) made: String,
    pub(super) dataset: Dataset,
    pub(super) rules: CurateRequest,
}

/// The versions of a dataset, named by its id or its name, that the caller made or may see what others made, the newest
/// first.
pub(super) async fn versions(db: &Db, caller: &Caller, dataset: &str) -> Result<Vec<Stored>, Error> {
    let sql = "SELECT v.id, d.id, d.name, v.version, v.status, v.counts, v.created_at, v.rules
               FROM dataset_versions v JOIN datasets d ON d.id = v.dataset
               WHERE d.team = ?1 AND (?2 = 1 OR v.user_email = ?3 OR (?3 IS NULL AND v.key_id = ?4))
                 AND (d.id = ?5 OR d.name = ?5) ORDER BY v.id DESC";
    let mut params = visible_to(caller);
    params.push(dataset.into());
    let read = |row: &Row| {
        Ok(Stored {
            made: row.text(0),
            dataset: Dataset {
                object: "dataset".into(),
                dataset_id: row.text(1),
                name: row.text(2),
                version: row.optional_text(3),
                status: match row.text(4).as_str() {
                    "ready" => DatasetStatus::Ready,
                    "running" => DatasetStatus::Running,
                    _ => DatasetStatus::Failed,
                },
                counts: row.json(5)?,
                created_at: Time(row.int(6)),
            },
            rules: row.json(7)?,
        })
    };
    db.rows(sql, params).await?.iter().map(read).collect()
}

/// What keeps what somebody decided on an item.
pub(super) fn decide(made: &str, decision: &ReviewDecision) -> Statement {
    let sql = "UPDATE dataset_items SET state = ?3, edited = COALESCE(CAST(?4 AS TEXT), edited)
               WHERE made = ?1 AND number = ?2";
    let state = if decision.state == ItemState::Accepted { "accepted" } else { "rejected" };
    let params = vec![made.into(), decision.number.into(), state.into(), decision.answer.clone().into()];
    Statement::new(sql, params).expect(1)
}

/// Items of a version after a number, of one part or of all.
pub(super) async fn items(
    db: &Db,
    made: &str,
    split: Option<Split>,
    after: i64,
    most: usize,
) -> Result<Vec<DatasetItem>, Error> {
    let sql = format!(
        "SELECT item, state, edited FROM dataset_items WHERE made = ?1 AND number > ?2 AND (CAST(?3 AS TEXT) IS NULL OR split = ?3)
         ORDER BY number LIMIT {most}"
    );
    let params = vec![made.into(), after.into(), split.map(|split| split.as_str().to_owned()).into()];
    let read = |row: &Row| {
        let item: DatasetItem = row.json(0)?;
        let state = serde_json::from_value(row.text(1).into())?;
        let correction = row.optional_text(2).or(item.correction);
        Ok(DatasetItem { state, correction, ..item })
    };
    db.rows(sql, params).await?.iter().map(read).collect()
}
