//! Which rows of the log are wanted. A filter that can match nothing, as it names what there isn't, is an error.

use super::OWN;
use crate::error::Error;
use crate::gate::identity::canonical;
use crate::gate::{Caller, keys, teams};
use crate::store::Db;
use contract::check::suggest;
use contract::time::Time;
use contract::wire::analytics::ListAuditQuery;

/// The rows that are wanted, of those that a caller may see.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    /// By id; those of a name that several had.
    pub(super) keys: Option<Vec<String>>,
    pub(super) user: Option<String>,
    pub(super) team: Option<String>,
    pub(super) endpoint: Option<String>,
    pub(super) trace_id: Option<String>,
    pub(super) decision: Option<String>,
    pub(super) from: Option<Time>,
    pub(super) to: Option<Time>,
    /// With the text that each row's hash covers.
    pub(super) raw: bool,
}

impl Filter {
    /// Those of a query.
    ///
    /// # Errors
    /// If it names a key, team, endpoint or decision that there isn't for the caller.
    pub(crate) async fn of(db: &Db, caller: &Caller, query: ListAuditQuery) -> Result<Self, Error> {
        let ListAuditQuery { from, to, key, user, team, endpoint, trace_id, decision, raw, .. } = query;
        if let Some(decision) = &decision {
            one_of("decision", decision, &["allowed", "denied"])?;
        }
        if let Some(endpoint) = &endpoint {
            let all = contract::catalogue::CATALOGUE.iter().chain(contract::admin::CATALOGUE);
            let names: Vec<&str> = all.map(|endpoint| endpoint.name).chain(OWN).collect();
            one_of("endpoint", endpoint, &names)?;
        }
        if let Some(team) = &team {
            teams::chosen(db, caller, Some(team)).await?;
        }
        let is_trace = |id: &String| id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        if trace_id.as_ref().is_some_and(|id| !is_trace(id)) {
            return Err(Error::invalid("trace_id", "A trace id has 32 hex digits."));
        }
        let user =
            user.map(|user| canonical(&user).map_err(|error| Error { param: Some("user".into()), ..error }));
        let keys = match key {
            Some(name) => Some(keys::called(db, caller, &name).await?),
            None => None,
        };
        Ok(Self { keys, user: user.transpose()?, team, endpoint, trace_id, decision, from, to, raw })
    }
}

fn one_of(param: &str, value: &str, names: &[&str]) -> Result<(), Error> {
    if names.contains(&value) {
        return Ok(());
    }
    let help = match suggest::closest(value, names.iter().copied()) {
        Some(name) => format!("did you mean `{name}`?"),
        None if names.len() < 10 => suggest::help(value, names),
        None => "see the operations of /public/v1/openapi.json and /admin/v1/openapi.json.".into(),
    };
    Err(Error::invalid(param, format!("There is no {param} `{value}`: {help}")))
}
