//! The queries of tools: tickets, and approvals.

use crate::error::Error;
use crate::store::{Db, Row, Statement};
use contract::time::Time;
use contract::wire::admin::{Approval, ApprovalStatus};
use contract::wire::page::{DEFAULT_LIMIT, ListQuery, Page};
use contract::wire::tools::Ticket;

/// What stores a ticket.
pub(super) fn insert_ticket(ticket: &Ticket) -> Result<Statement, Error> {
    let sql = "INSERT INTO tickets (id, team, ticket, created_at) VALUES (?1, ?2, ?3, ?4)";
    let text = serde_json::to_string(ticket)?;
    let params = vec![(&ticket.id).into(), (&ticket.team).into(), text.into(), ticket.created_at.0.into()];
    Ok(Statement::new(sql, params))
}

/// A page of a team's tickets, the newest first.
///
/// # Errors
/// If the store fails.
pub(crate) async fn tickets(db: &Db, team: &str, page: &ListQuery) -> Result<Page<Ticket>, Error> {
    let limit = page.limit.unwrap_or(DEFAULT_LIMIT);
    let sql = format!(
        "SELECT ticket FROM tickets WHERE team = ?1 AND (CAST(?2 AS TEXT) IS NULL OR id < ?2)
         ORDER BY id DESC LIMIT {}",
        limit + 1
    );
    let rows = db.rows(sql, vec![team.into(), page.after.as_deref().into()]).await?;
    let tickets = rows.iter().map(|row| row.json(0)).collect::<Result<_, _>>()?;
    Ok(Page::of(tickets, limit, |ticket: &Ticket| ticket.id.clone()))
}

const APPROVAL: &str = "id, team, status, tool, arguments, agent, rule, asked_by, trace_id, decided_by, reason, created_at, expires_at";

fn read(row: &Row, now: i64) -> Result<Approval, Error> {
    let expires_at = row.int(12);
    let status = match row.str(2) {
        "used" => ApprovalStatus::Used,
        "denied" => ApprovalStatus::Denied,
        _ if expires_at <= now => ApprovalStatus::Expired,
        "approved" => ApprovalStatus::Approved,
        _ => ApprovalStatus::Pending,
    };
    Ok(Approval {
        object: "approval".into(),
        id: row.text(0),
        team: row.text(1),
        status,
        tool: row.text(3),
        arguments: row.json(4)?,
        agent: row.optional_text(5),
        rule: row.text(6),
        asked_by: row.text(7),
        trace_id: row.text(8),
        decided_by: row.optional_text(9),
        reason: row.optional_text(10),
        created_at: Time(row.int(11)),
        expires_at: Time(expires_at),
    })
}

/// What stores an approval of a call.
pub(super) fn insert_approval(approval: &Approval, call: &str) -> Result<Statement, Error> {
    let sql = "INSERT INTO approvals (id, team, call, status, tool, arguments, agent, rule, asked_by, trace_id, created_at, expires_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    let params = vec![
        (&approval.id).into(),
        (&approval.team).into(),
        call.into(),
        approval.status.as_str().into(),
        (&approval.tool).into(),
        serde_json::to_string(&approval.arguments)?.into(),
        approval.agent.as_deref().into(),
        (&approval.rule).into(),
        (&approval.asked_by).into(),
        (&approval.trace_id).into(),
        approval.created_at.0.into(),
        approval.expires_at.0.into(),
    ];
    Ok(Statement::new(sql, params))
}

/// What removes approvals of a team that are older than a time: the oldest, a few at once.
pub(super) fn forget_approvals(team: &str, older_than: i64) -> Statement {
    let sql = "DELETE FROM approvals WHERE id IN
               (SELECT id FROM (SELECT id, created_at FROM approvals WHERE team = ?1 ORDER BY id LIMIT 20) AS oldest
                WHERE created_at < ?2)";
    Statement::new(sql, vec![team.into(), older_than.into()])
}

/// The newest approval of a call.
///
/// # Errors
/// If the store fails.
pub(super) async fn approval_of(
    db: &Db,
    team: &str,
    call: &str,
    now: i64,
) -> Result<Option<Approval>, Error> {
    let sql =
        format!("SELECT {APPROVAL} FROM approvals WHERE team = ?1 AND call = ?2 ORDER BY id DESC LIMIT 1");
    let row = db.row(sql, vec![team.into(), call.into()]).await?;
    row.map(|row| read(&row, now)).transpose()
}

/// How many of a team's approvals wait.
///
/// # Errors
/// If the store fails.
pub(super) async fn pending(db: &Db, team: &str, now: i64) -> Result<i64, Error> {
    let sql = "SELECT COUNT(*) FROM approvals WHERE team = ?1 AND status = 'pending' AND expires_at > ?2";
    Ok(db.row(sql, vec![team.into(), now.into()]).await?.map_or(0, |row| row.int(0)))
}

/// An approval by its id, of one team or of all.
///
/// # Errors
/// If the store fails.
pub(super) async fn approval(
    db: &Db,
    team: Option<&str>,
    id: &str,
    now: i64,
) -> Result<Option<Approval>, Error> {
    let sql =
        format!("SELECT {APPROVAL} FROM approvals WHERE id = ?1 AND (CAST(?2 AS TEXT) IS NULL OR team = ?2)");
    let row = db.row(sql, vec![id.into(), team.into()]).await?;
    row.map(|row| read(&row, now)).transpose()
}

/// A team's approvals, the newest first: `most` of those before a cursor that stand so at a time.
///
/// # Errors
/// If the store fails.
pub(super) async fn approvals(
    db: &Db,
    team: &str,
    status: Option<ApprovalStatus>,
    page: &ListQuery,
    now: i64,
) -> Result<Page<Approval>, Error> {
    let limit = page.limit.unwrap_or(DEFAULT_LIMIT);
    let stands = match status {
        None => "",
        Some(ApprovalStatus::Expired) => "AND status IN ('pending', 'approved') AND expires_at <= ?3",
        Some(ApprovalStatus::Pending) => "AND status = 'pending' AND expires_at > ?3",
        Some(ApprovalStatus::Approved) => "AND status = 'approved' AND expires_at > ?3",
        Some(ApprovalStatus::Denied) => "AND status = 'denied'",
        Some(ApprovalStatus::Used) => "AND status = 'used'",
    };
    let sql = format!(
        "SELECT {APPROVAL} FROM approvals
         WHERE team = ?1 AND (CAST(?2 AS TEXT) IS NULL OR id < ?2) AND CAST(?3 AS BIGINT) = ?3 {stands}
         ORDER BY id DESC LIMIT {}",
        limit + 1
    );
    let rows = db.rows(sql, vec![team.into(), page.after.as_deref().into(), now.into()]).await?;
    let approvals = rows.iter().map(|row| read(row, now)).collect::<Result<_, _>>()?;
    Ok(Page::of(approvals, limit, |approval: &Approval| approval.id.clone()))
}

/// What decides on an approval that is still pending.
pub(super) fn decide(
    id: &str,
    status: ApprovalStatus,
    by: &str,
    reason: Option<&str>,
    now: i64,
) -> Statement {
    let sql = "UPDATE approvals SET status = ?2, decided_by = ?3, reason = ?4
               WHERE id = ?1 AND status = 'pending' AND expires_at > ?5";
    let params = vec![id.into(), status.as_str().into(), by.into(), reason.into(), now.into()];
    Statement::new(sql, params).expect(1)
}

/// What takes an approval for the one call that it lets through.
pub(super) fn take(id: &str) -> Statement {
    let sql = "UPDATE approvals SET status = 'used' WHERE id = ?1 AND status = 'approved'";
    Statement::new(sql, vec![id.into()]).expect(1)
}
