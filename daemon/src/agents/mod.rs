//! Agents: definitions by version, and which version is live where.

pub(crate) mod api;
mod apply;
mod canary;
mod rails;
mod sql;

pub(crate) use apply::{apply, archive, kept_for_evaluation, refused};
pub(crate) use canary::{
    Arms, Canary, all as canaries, arms as canary_arms, call as canary_call, disliked as canary_disliked,
    end as end_canary, looked as looked_at_canary, of as canary, rolled_back as roll_back_canary,
    start as start_canary,
};
pub(crate) use rails::try_policy as try_rail_policy;
pub(crate) use sql::{
    decide_promotion, detail, environment, list, may_go_live, move_environment, promotion, promotion_by_id,
    resolve_version, was_live,
};

use crate::error::Error;
use crate::gate::Caller;
use crate::store::Db;
use crate::trace::Lane;
use contract::agent::AgentDefinition;
use std::sync::Arc;

/// A version with its definition.
#[derive(Clone, Debug)]
pub(crate) struct Deployed {
    pub(crate) version: String,
    pub(crate) definition: Arc<AgentDefinition>,
}

/// What is live in an environment, for somebody who wants to talk to it.
///
/// # Errors
/// If there is no such agent for this caller, or nothing is live there.
pub(crate) async fn live(db: &Db, caller: &Caller, id: &str, environment: &str) -> Result<Deployed, Error> {
    Ok(found(db, caller, id, environment).await?.0)
}

/// The same for a call: where a canary is under way, the version that its subject draws, and which side that is.
///
/// # Errors
/// As [`live`].
pub(crate) async fn drawn(
    db: &Db,
    caller: &Caller,
    (id, environment): (&str, &str),
    subject: &str,
) -> Result<(Deployed, Option<Lane>), Error> {
    let (agent, canary) = found(db, caller, id, environment).await?;
    let Some((promotion_id, percent)) = canary else { return Ok((agent, None)) };
    if !canary::draws(&promotion_id, percent, subject) {
        return Ok((agent, Some(Lane { promotion_id, is_canary: false })));
    }
    let tried = sql::of_canary(db, &promotion_id).await?;
    // Whom its version doesn't let in stays with what is live, and is no part of the comparison.
    Ok(match tried.filter(|agent| may_talk_to(caller, &agent.definition)) {
        Some(tried) => (tried, Some(Lane { promotion_id, is_canary: true })),
        None => (agent, None),
    })
}

async fn found(db: &Db, caller: &Caller, id: &str, environment: &str) -> Result<sql::Live, Error> {
    let found = sql::live(db, &caller.team, id, environment).await?;
    found.filter(|(agent, _)| may_talk_to(caller, &agent.definition)).ok_or_else(|| {
        let mut error = Error::not_found("agent", id);
        error.message = format!(
            "There is no agent `{id}` live in {environment} that this call may talk to. Check the name, the \
             X-User-Email, and that a version was promoted."
        );
        error
    })
}

/// A version of an agent by its full name.
///
/// # Errors
/// If there is none.
pub(crate) async fn version(db: &Db, team: &str, id: &str, version: &str) -> Result<Deployed, Error> {
    sql::version(db, team, id, version).await?.ok_or_else(|| Error::not_found("version", version))
}

/// That a caller's key is not held to other agents: such a key changes no agent but its own.
///
/// # Errors
/// If it is; it is told what it would be told of an agent that isn't there.
pub(crate) fn check_reach(caller: &Caller, id: &str) -> Result<(), Error> {
    if caller.may_talk_to(id) { Ok(()) } else { Err(Error::not_found("agent", id)) }
}

/// Whether a caller's key, and an agent's access list, let it talk to the agent.
pub(crate) fn may_talk_to(caller: &Caller, definition: &AgentDefinition) -> bool {
    if !caller.may_talk_to(&definition.metadata.id) {
        return false;
    }
    let Some(access) = &definition.spec.access else { return true };
    let listed = |email: &String| access.users.iter().any(|user| user.eq_ignore_ascii_case(email));
    caller.sees_all()
        || caller.groups.iter().any(|group| access.groups.contains(group))
        || caller.user.as_ref().is_some_and(listed)
}
