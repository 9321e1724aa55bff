//! `sql_query`: reads databases that the operator configured, and changes nothing in them.

use super::super::{Bringing, Done, Tool, Wanted};
use crate::config::{ToolDatabase, Tools as Settings};
use crate::store::foreign::{self, Foreign};
use futures::FutureExt;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

pub(super) struct SqlQuery {
    databases: BTreeMap<String, ToolDatabase>,
    patience: Duration,
}

impl SqlQuery {
    pub(super) fn new(settings: &Settings) -> Self {
        let patience = Duration::from_secs(settings.timeout_seconds);
        Self { databases: settings.databases.clone(), patience }
    }

    async fn ask(&self, wanted: Wanted<'_>) -> Result<Done, String> {
        let (name, team) = (wanted.text("database"), &wanted.context.caller.team);
        let found = self.databases.get(name).filter(|database| database.team == *team);
        let database =
            found.ok_or_else(|| format!("there is no database `{name}` that this team may read"))?;
        let place = match (&database.sqlite, &database.postgres) {
            (Some(file), _) => Foreign::Sqlite(file),
            (None, Some(address)) => Foreign::Postgres(address),
            (None, None) => return Err("the database has no address".into()),
        };
        let read = foreign::query(place, wanted.text("query"), self.patience).await?;
        Ok(Done::new(json!({"rows": read.rows, "truncated": read.truncated})))
    }
}

impl Tool for SqlQuery {
    fn name(&self) -> &str {
        "sql_query"
    }

    fn description(&self) -> &str {
        "Reads rows of a configured database by one SELECT statement, 200 at most."
    }

    fn parameters(&self) -> Value {
        json!({
            "type": "object",
            "properties": {
                "database": {"type": "string", "description": "Its name"},
                "query": {"type": "string", "minLength": 1, "maxLength": 10000, "description": "One SELECT statement"},
            },
            "required": ["database", "query"],
            "additionalProperties": false,
        })
    }

    fn unavailable(&self, team: &str) -> Option<String> {
        let has_none = !self.databases.values().any(|database| database.team == team);
        has_none.then(|| "there is no database for this team: name one under [tools.databases]".into())
    }

    fn note(&self, team: &str) -> String {
        let own = self.databases.iter().filter(|(_, database)| database.team == team);
        let described = own.map(|(name, database)| format!(" `{name}`: {}", database.description));
        described.collect::<Vec<_>>().join(";")
    }

    fn call<'a>(&'a self, wanted: Wanted<'a>) -> Bringing<'a> {
        self.ask(wanted).boxed()
    }
}
