//! Calls that a person decides on. What is approved is one exact call, by whom it was asked for: it goes through once,
//! whether it waits for that, or is made again.

use super::run::ToolCall;
use super::sql;
use crate::act::Act;
use crate::app::App;
use crate::call::Context;
use crate::error::{Error, Kind};
use crate::guardrails::Redactor;
use crate::store::{Statement, StoreError};
use contract::id;
use contract::time::Time;
use contract::version::hex;
use contract::wire::Object;
use contract::wire::admin::{Approval, ApprovalStatus, ListApprovalsQuery};
use contract::wire::page::Page;
use contract::wire::tools::ToolVerdict;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::timeout;

/// Calls of a team that may wait at the same time.
const MOST_PENDING: i64 = 1000;

/// Most bytes of a reason.
const LONGEST_REASON: usize = 2000;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// How long who waits looks away at most: another daemon's decisions wake nobody here.
const LOOK: Duration = Duration::from_secs(5);

/// Who waits for decisions.
#[derive(Debug)]
pub(crate) struct Approvals {
    decided: Notify,
    /// Milliseconds that a call may wait.
    patience: i64,
}

/// How a call stands that needs approval.
pub(super) enum Approved {
    /// It may be made now.
    Once,
    /// Nobody decided yet.
    NotYet(Box<Approval>),
    /// It may not, for this reason.
    No(String),
}

/// How an act stands that another person must approve.
pub(crate) enum Standing {
    /// It may be done; what takes the approval with it.
    Granted(Statement),
    /// Nobody decided yet; what asks for it, where it wasn't asked for before.
    Waits(Box<Approval>, Vec<Statement>),
    /// It may not, for this reason.
    Denied(String),
}

/// A promotion, which is no tool's call: nobody approves their own.
const PROMOTE: &str = "promote";

impl Approvals {
    /// How a promotion stands, of one caller with exactly these arguments; nothing is stored by this.
    ///
    /// # Errors
    /// If the store fails, or too many wait.
    pub(crate) async fn standing(
        &self,
        app: &App,
        context: &Context,
        arguments: Object,
        environment: &str,
    ) -> Result<Standing, Error> {
        let call =
            ToolCall { call_id: "", tool: PROMOTE, arguments, agent: None, environment, dry_run: false };
        let (caller, now) = (&context.caller, app.books.clock.now());
        let exact = fingerprint(context, &call);
        let known = sql::approval_of(&app.db, &caller.team, &exact, now.0).await?;
        Ok(match known {
            Some(approval) if approval.status == ApprovalStatus::Pending => {
                Standing::Waits(Box::new(approval), Vec::new())
            }
            Some(approval) if approval.status == ApprovalStatus::Approved => {
                Standing::Granted(sql::take(&approval.id))
            }
            Some(approval) if approval.status == ApprovalStatus::Denied && approval.expires_at > now => {
                Standing::Denied(approval.reason.unwrap_or_default())
            }
            _ => {
                let rule = format!("approvals:{environment}");
                let ends = now.0.saturating_add(milliseconds(app.config.promotions.approval_seconds));
                let asked = self.asking(app, context, &call, &rule, &exact, Time(ends)).await?;
                let (approval, statements) = asked;
                Standing::Waits(Box::new(approval), statements)
            }
        })
    }

    /// Approvals that are given up after so many seconds.
    pub(super) fn new(seconds: u64) -> Self {
        Self { decided: Notify::new(), patience: milliseconds(seconds) }
    }

    /// Whether a call may be made now. One that was approved is thereby taken; one that nobody asked for yet is asked for.
    ///
    /// # Errors
    /// If the store fails.
    pub(super) async fn claim(
        &self,
        app: &App,
        context: &Context,
        call: &ToolCall<'_>,
        verdict: &ToolVerdict,
    ) -> Result<Approved, Error> {
        let (caller, now) = (&context.caller, app.books.clock.now());
        let exact = fingerprint(context, call);
        let known = sql::approval_of(&app.db, &caller.team, &exact, now.0).await?;
        match known {
            Some(approval) if approval.status == ApprovalStatus::Pending => {
                Ok(Approved::NotYet(Box::new(approval)))
            }
            Some(approval) if approval.status == ApprovalStatus::Approved => {
                match Act::new((), vec![sql::take(&approval.id)]).store(&app.db).await {
                    Ok(()) => Ok(Approved::Once),
                    // The same call, made at the same time, was faster.
                    Err(StoreError::Conflict) => self.ask(app, context, call, verdict, &exact, now).await,
                    Err(error) => Err(error.into()),
                }
            }
            Some(approval) if approval.status == ApprovalStatus::Denied && approval.expires_at > now => {
                Ok(Approved::No(approval.reason.unwrap_or_default()))
            }
            _ => self.ask(app, context, call, verdict, &exact, now).await,
        }
    }

    async fn ask(
        &self,
        app: &App,
        context: &Context,
        call: &ToolCall<'_>,
        verdict: &ToolVerdict,
        exact: &str,
        now: Time,
    ) -> Result<Approved, Error> {
        let ends = Time(now.0.saturating_add(self.patience));
        let (approval, statements) = self.asking(app, context, call, &verdict.rule, exact, ends).await?;
        let webhooks = app.books.webhooks.clone();
        Act::new((), statements).then(move || webhooks.wake()).store(&app.db).await?;
        Ok(Approved::NotYet(Box::new(approval)))
    }

    /// An approval that is asked for, and what asks for it.
    async fn asking(
        &self,
        app: &App,
        context: &Context,
        call: &ToolCall<'_>,
        rule: &str,
        exact: &str,
        expires_at: Time,
    ) -> Result<(Approval, Vec<Statement>), Error> {
        let now = app.books.clock.now();
        if sql::pending(&app.db, &context.caller.team, now.0).await? >= MOST_PENDING {
            let message = format!("{MOST_PENDING} calls of this team wait for a person. Try again later.");
            return Err(Error::new(Kind::RateLimited, "rate_limit_exceeded", message).by("approvals"));
        }
        let mut shown = Value::Object(call.arguments.clone());
        Redactor::default().redact_json(&mut shown);
        let approval = Approval {
            object: "approval".into(),
            id: id::new("apr"),
            team: context.caller.team.clone(),
            status: ApprovalStatus::Pending,
            tool: call.tool.to_owned(),
            arguments: shown.as_object().cloned().unwrap_or_default(),
            agent: call.agent.map(|agent| agent.metadata.id.clone()),
            rule: rule.to_owned(),
            asked_by: context.caller.name(),
            trace_id: context.trace_id(),
            decided_by: None,
            reason: None,
            created_at: now,
            expires_at,
        };
        // They hold what calls were to be made with: they are kept as long as traces.
        let (_, days) = app.retention.days();
        let statements = vec![
            sql::forget_approvals(&approval.team, now.0 - i64::from(days) * DAY),
            sql::insert_approval(&approval, exact)?,
            app.books.webhooks.approval_required(&approval),
        ];
        Ok((approval, statements))
    }

    /// Waits until somebody decided on an approval, or it has expired.
    ///
    /// # Errors
    /// If the store fails.
    pub(crate) async fn wait(&self, app: &App, id: &str) -> Result<(), Error> {
        loop {
            let decided = self.decided.notified();
            let now = app.books.clock.now().0;
            let approval = sql::approval(&app.db, None, id, now).await?;
            if approval.is_none_or(|approval| approval.status != ApprovalStatus::Pending) {
                return Ok(());
            }
            // Whoever wakes it, it looks again.
            drop(timeout(LOOK, decided).await);
        }
    }

    /// A page of a team's approvals, the newest first.
    ///
    /// # Errors
    /// If the store fails.
    pub(crate) async fn list(
        app: &App,
        team: &str,
        query: &ListApprovalsQuery,
    ) -> Result<Page<Approval>, Error> {
        sql::approvals(&app.db, team, query.status, &query.page, app.books.clock.now().0).await
    }

    /// Decides on an approval of a team, or of any.
    ///
    /// # Errors
    /// If there is none that waits.
    pub(crate) async fn decide(
        app: &App,
        team: Option<&str>,
        id: &str,
        status: ApprovalStatus,
        by: &str,
        reason: Option<&str>,
    ) -> Result<Act<Approval>, Error> {
        let now = app.books.clock.now().0;
        let before = sql::approval(&app.db, team, id, now).await?;
        let before = before.ok_or_else(|| Error::not_found("approval", id))?;
        if status == ApprovalStatus::Approved && before.tool == PROMOTE && before.asked_by == by {
            let message = "Another person than who asks must approve this.";
            return Err(Error::new(Kind::Forbidden, "not_permitted", message));
        }
        if before.status != ApprovalStatus::Pending {
            let message = format!("The approval `{id}` is {} already.", before.status.as_str());
            return Err(Error::new(Kind::Conflict, "already_decided", message));
        }
        if reason.is_some_and(|reason| reason.len() > LONGEST_REASON) {
            return Err(Error::invalid("reason", format!("A reason has {LONGEST_REASON} bytes at most.")));
        }
        let after = Approval {
            status,
            decided_by: Some(by.to_owned()),
            reason: reason.map(str::to_owned),
            ..before.clone()
        };
        let waker = app.clone();
        let act = Act::new(after.clone(), vec![sql::decide(id, status, by, reason, now)]);
        Ok(act.changing(before, after).then(move || waker.tools.approvals.decided.notify_waiters()))
    }
}

fn milliseconds(seconds: u64) -> i64 {
    i64::try_from(seconds.saturating_mul(1000)).unwrap_or(i64::MAX)
}

/// The hash of an exact call: nobody else's, no other tool's, and with no other arguments.
fn fingerprint(context: &Context, call: &ToolCall<'_>) -> String {
    let caller = &context.caller;
    let agent = call.agent.map(|agent| &agent.metadata.id);
    let exact =
        json!([caller.team, caller.key_id, caller.user, agent, call.environment, call.tool, call.arguments]);
    hex(&Sha256::digest(exact.to_string().as_bytes()))
}
