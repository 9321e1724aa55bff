//! The built-in tools: a file a tool, and its line here.

mod arithmetic;
mod calculator;
mod create_ticket;
mod current_time;
mod http_request;
mod knowledge_search;
mod sql_query;

use super::Tool;
use crate::config::Tools as Settings;
use contract::wire::tools::Risk;

/// Every built-in tool, as it is configured.
///
/// # Errors
/// If the system's TLS can't be used.
pub(super) fn all(settings: &Settings) -> Result<Vec<Box<dyn Tool>>, String> {
    Ok(vec![
        Box::new(knowledge_search::KnowledgeSearch),
        Box::new(calculator::Calculator),
        Box::new(current_time::CurrentTime),
        Box::new(create_ticket::CreateTicket),
        Box::new(http_request::HttpRequest::new(settings)?),
        Box::new(sql_query::SqlQuery::new(settings)),
    ])
}

/// Whether a text is arithmetic that the calculator works out.
pub(crate) fn is_arithmetic(text: &str) -> bool {
    arithmetic::evaluate(text).is_ok()
}

/// What a tool can do at worst; one that isn't built in, anything.
pub(super) fn risk(name: &str) -> Risk {
    known_risk(name).unwrap_or(Risk::Critical)
}

/// The same, where it is built in.
pub(super) fn known_risk(name: &str) -> Option<Risk> {
    Some(match name {
        "calculator" | "current_time" => Risk::None,
        "knowledge_search" => Risk::Low,
        "create_ticket" => Risk::Medium,
        "http_request" | "sql_query" => Risk::High,
        _ => return None,
    })
}
