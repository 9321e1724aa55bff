//! The queries of sessions. A session belongs to one user, or to one key that acts for nobody.

use crate::act::Act;
use crate::error::Error;
use crate::gate::Caller;
use crate::store::{Db, Row, Statement, Value};
use contract::time::Time;
use contract::wire::chat::{ChatAnswer, Message};
use contract::wire::page::{DEFAULT_LIMIT, ListQuery, MAX_LIMIT, Page};
use contract::wire::sessions::{CreateSessionRequest, Session, SessionDetail, SessionMessage};

/// Most messages that go with a question.
const HISTORY: usize = 40;

const MINE: &str = "s.team = ?1 AND s.key_id = ?2 AND s.user_email = ?3";

fn owner(caller: &Caller) -> Vec<Value> {
    vec![(&caller.team).into(), (&caller.key_id).into(), caller.user.clone().unwrap_or_default().into()]
}

const COLUMNS: &str = "s.id, s.agent_id, s.user_email, s.title, s.created_at,
    (SELECT count(*) FROM session_messages m WHERE m.session_id = s.id)";

fn read(row: &Row) -> Session {
    Session {
        object: "session".into(),
        id: row.text(0),
        agent_id: row.text(1),
        user: row.optional_text(2).filter(|user| !user.is_empty()),
        title: row.optional_text(3),
        created_at: Time(row.int(4)),
        messages: row.int(5).try_into().unwrap_or(0),
    }
}

/// Opens a session.
pub(crate) fn create(caller: &Caller, request: CreateSessionRequest) -> Result<Act<Session>, Error> {
    let id = contract::id::new("ses");
    let created_at = Time::now();
    let sql = "INSERT INTO sessions (team, key_id, user_email, id, agent_id, title, metadata, created_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let mut params = owner(caller);
    let metadata = request.metadata.as_ref().map(serde_json::to_string).transpose()?;
    params.extend([
        (&id).into(),
        (&request.agent_id).into(),
        request.title.clone().into(),
        metadata.into(),
        created_at.0.into(),
    ]);
    let (agent_id, title, user) = (request.agent_id, request.title, caller.user.clone());
    let session = Session { object: "session".into(), id, agent_id, user, title, messages: 0, created_at };
    Ok(Act::new(session, vec![Statement::new(sql, params)]))
}

/// A page of the caller's sessions, the newest first.
pub(crate) async fn list(db: &Db, caller: &Caller, query: &ListQuery) -> Result<Page<Session>, Error> {
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT);
    let mut params = owner(caller);
    params.push(query.after.clone().unwrap_or_else(|| "t".into()).into());
    let sql = format!(
        "SELECT {COLUMNS} FROM sessions s WHERE {MINE} AND s.id < ?4 ORDER BY s.id DESC LIMIT {}",
        limit + 1
    );
    let rows = db.rows(sql, params).await?;
    Ok(Page::of(rows.iter().map(read).collect(), limit, |session| session.id.clone()))
}

async fn find(db: &Db, caller: &Caller, id: &str) -> Result<Session, Error> {
    let mut params = owner(caller);
    params.push(id.into());
    let row = db.row(format!("SELECT {COLUMNS} FROM sessions s WHERE {MINE} AND s.id = ?4"), params).await?;
    row.as_ref().map(read).ok_or_else(|| Error::not_found("session", id))
}

/// A session with a page of its messages, the oldest first.
pub(crate) async fn detail(
    db: &Db,
    caller: &Caller,
    id: &str,
    query: &ListQuery,
) -> Result<SessionDetail, Error> {
    let session = find(db, caller, id).await?;
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT);
    let after: i64 = query
        .after
        .as_deref()
        .map_or(Ok(0), str::parse)
        .map_err(|_| Error::invalid("after", "Send the `next` of the page before."))?;
    let sql = format!(
        "SELECT role, content, citations, trace_id, created_at, number FROM session_messages
         WHERE session_id = ?1 AND number > ?2 ORDER BY number LIMIT {}",
        limit + 1
    );
    let rows = db.rows(sql, vec![id.into(), after.into()]).await?;
    let messages = rows.iter().map(|row| {
        Ok(SessionMessage {
            object: "session.message".into(),
            role: row.text(0),
            content: row.text(1),
            citations: row.json(2)?,
            trace_id: row.text(3),
            at: Time(row.int(4)),
        })
    });
    let mut number = after;
    let page = Page::of(messages.collect::<Result<Vec<_>, Error>>()?, limit, |_| String::new());
    number += i64::try_from(page.data.len()).unwrap_or(0);
    let next = page.has_more.then(|| number.to_string());
    Ok(SessionDetail { session, data: page.data, has_more: page.has_more, next })
}

/// The last messages of a session with an agent, the oldest first.
pub(crate) async fn history(db: &Db, caller: &Caller, id: &str, agent: &str) -> Result<Vec<Message>, Error> {
    let session = find(db, caller, id).await?;
    if session.agent_id != agent {
        return Err(Error::invalid(
            "session_id",
            format!("The session is with the agent `{}`.", session.agent_id),
        ));
    }
    let sql = format!(
        "SELECT role, content FROM session_messages WHERE session_id = ?1 ORDER BY number DESC LIMIT {HISTORY}"
    );
    let rows = db.rows(sql, vec![id.into()]).await?;
    Ok(rows.iter().rev().map(|row| Message::new(&row.text(0), row.text(1))).collect())
}

/// Adds a question and its answer.
pub(crate) async fn append(
    db: &Db,
    caller: &Caller,
    id: &str,
    question: &str,
    answer: &ChatAnswer,
) -> Result<(), Error> {
    let citations = serde_json::to_string(&answer.citations)?;
    let message = |role: &str, text: &str, citations: &str| {
        let sql = "INSERT INTO session_messages
                   (team, session_id, number, role, content, citations, trace_id, created_at)
                   SELECT ?1, ?2, 1 + COALESCE(MAX(number), 0), ?3, ?4, ?5, ?6, ?7
                   FROM session_messages WHERE session_id = ?2";
        let params = vec![
            (&caller.team).into(),
            id.into(),
            role.into(),
            text.into(),
            citations.into(),
            (&answer.trace_id).into(),
            Time::now().0.into(),
        ];
        Statement::new(sql, params)
    };
    db.batch(vec![message("user", question, "[]"), message("assistant", &answer.answer, &citations)]).await?;
    Ok(())
}

/// Deletes a session and its messages.
pub(crate) async fn delete(db: &Db, caller: &Caller, id: &str) -> Result<Act<()>, Error> {
    find(db, caller, id).await?;
    let delete = Statement::new("DELETE FROM sessions WHERE id = ?1", vec![id.into()]).expect(1);
    Ok(Act::new((), vec![delete]))
}
