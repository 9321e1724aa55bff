//! What each command prints with `--json`, as schemas: what an endpoint answers, or a document of the command line's own.

use crate::commands::daemon::{Moved, Status};
use crate::commands::installation::Uninstalled;
use crate::commands::next::State;
use crate::failure::{Exit, Failure};
use contract::admin as a;
use contract::catalogue as c;
use contract::check::ReportDocument;
use contract::endpoint::Endpoint;
use contract::suite::ScoredAnswer;
use contract::wire::Object;
use contract::wire::agents::GateRule;
use contract::wire::analytics::{AuditRow, Chain};
use contract::wire::chat::Citation;
use contract::wire::evaluations::Comparison;
use contract::wire::knowledge::Document;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Value, json};
use std::collections::BTreeMap;

type Make = fn(&mut SchemaGenerator) -> Schema;

/// A command, and what it prints.
type Entry = (&'static str, Make);

/// What a command's answer holds beside what an endpoint answers. A test compares real answers with them.
macro_rules! documents {
    ($($name:ident { $($field:ident: $type:ty),* $(,)? })*) => {
        $(
            #[derive(JsonSchema)]
            #[schemars(deny_unknown_fields)]
            // Only their schemas are of use.
            #[expect(dead_code)]
            struct $name { $($field: $type),* }
        )*
    };
}

documents! {
    SandboxUp {
        url: String, api_key: String, ci_key: String, operator_token: String, agent_id: String, user_email: String,
        curl: String, pid: u32, home: String,
    }
    Stopped { running: bool, stopped: bool }
    Reset { reset: bool, home: String }
    Written { id: String, files: Vec<String> }
    Promoted { promoted: bool, environment: String, version: String, gate: Vec<GateRule>, approval_id: Option<String> }
    Archived { id: String, archived: bool }
    Difference { agent: String, changed: bool, from: Option<String>, to: String, diff: String }
    Removed { id: String, removed: bool }
    Deleted { id: String, deleted: bool }
    FirstToken { name: String, secret: String }
    Revoked { id: String, revoked: bool }
    DocumentRemoved { doc_id: String, removed: bool }
    BudgetRemoved { budget: String, removed: bool }
    ProviderRemoved { provider: String, removed: bool }
    TierReset { tier: String, reset: bool }
    PolicyReset { reset: bool }
    Version { version: String }
    Checked { ok: bool, running: bool, audit: Chain }
    Restored { restored: String, replaced: String }
    Exported { file: String, rows: u64 }
    Link { url: String, expires_at: String }
    ContextRow { name: String, url: Option<String>, user_email: Option<String>, current: bool }
    Contexts { object: String, data: Vec<ContextRow> }
    Forgotten { name: String, removed: bool }
    Chosen { name: String, url: Option<String> }
    Finding { check: String, result: String, detail: String, mend: Option<String> }
    Findings { ok: bool, checks: Vec<Finding> }
    Scored {
        cases: Vec<ScoredAnswer>, passed: u64, pass_rate: f64, evaluators: BTreeMap<String, Option<f64>>,
    }
    Variant { model: String, instructions: Option<String>, run: Value, comparison: Option<Comparison> }
    Matrix { suite: String, variants: Vec<Variant> }
    Agreement {
        who: String, n: u64, agreement: f64, kappa: Option<f64>, kappa_ci95: Option<(f64, f64)>, too_strict: u64,
        too_lenient: u64,
    }
    Imported { suite: Value, left_out: Value }
    List { object: String, data: Vec<Value> }
    Generated {
        file: String, media_type: String, bytes: u64, citations: Vec<Citation>, usage: Value, refused: bool,
        notes: Vec<String>, trace_id: String,
    }
    NewKey { before: Option<String>, after: String, row: u64 }
    Pages { folder: String, pages: u64 }
}

/// A finished or running run: the endpoint's, with the mean of each evaluator under its name.
#[derive(JsonSchema)]
#[expect(dead_code)]
struct RunSummary {
    run_id: String,
    status: String,
    cases: u64,
    passed: u64,
    pass_rate: f64,
    evaluators: BTreeMap<String, Option<f64>>,
    evaluator_details: Object,
}

/// What became of each file, and how many there were of each end.
#[derive(JsonSchema)]
#[expect(dead_code)]
struct Outcome {
    file: String,
    outcome: String,
    reason: Option<String>,
    #[serde(flatten)]
    document: Option<Document>,
}

documents! {
    Added { object: String, data: Vec<Outcome>, added: u64, unchanged: u64, refused: u64 }
}

fn of<E: Endpoint>(generator: &mut SchemaGenerator) -> Schema {
    (E::DECLARATION.output)(generator)
}

fn own<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// Every command that prints a document.
const ANSWERS: &[Entry] = &[
    ("", own::<State>),
    ("sandbox", own::<SandboxUp>),
    ("sandbox up", own::<SandboxUp>),
    ("sandbox status", own::<Status>),
    ("sandbox down", own::<Stopped>),
    ("sandbox reset", own::<Reset>),
    ("agents validate", own::<ReportDocument>),
    ("agents schema", own::<Object>),
    ("agents init", own::<Written>),
    ("agents apply", own::<Object>),
    ("agents list", of::<c::ListAgents>),
    ("agents get", of::<c::GetAgent>),
    ("agents diff", own::<Difference>),
    ("agents promote", own::<Promoted>),
    ("agents archive", own::<Archived>),
    ("eval apply", of::<c::PutSuite>),
    ("eval run", own::<RunSummary>),
    ("eval list", of::<c::ListRuns>),
    ("eval show", own::<RunSummary>),
    ("eval matrix", own::<Matrix>),
    ("eval compare", of::<c::CompareRuns>),
    ("eval watch", own::<RunSummary>),
    ("eval cancel", of::<a::CancelRun>),
    ("eval drift", of::<a::GetQuality>),
    ("eval score", own::<Scored>),
    ("eval calibrate", own::<Vec<Agreement>>),
    ("eval redteam", own::<Object>),
    ("eval import", own::<Imported>),
    ("keys create", of::<a::CreateKey>),
    ("keys list", of::<a::ListKeys>),
    ("keys show", of::<a::GetKey>),
    ("keys update", of::<a::UpdateKey>),
    ("keys rotate", of::<a::RotateKey>),
    ("keys revoke", of::<a::RevokeKey>),
    ("chat", of::<c::Chat>),
    ("sessions list", of::<c::ListSessions>),
    ("sessions show", of::<c::GetSession>),
    ("sessions delete", own::<Deleted>),
    ("search", of::<c::Search>),
    ("documents add", own::<Added>),
    ("documents list", of::<c::ListDocuments>),
    ("documents get", of::<c::GetDocument>),
    ("documents remove", own::<DocumentRemoved>),
    ("documents generate", own::<Generated>),
    ("sources list", of::<a::ListSources>),
    ("guardrails check", own::<Object>),
    ("guardrails policy show", of::<a::GetRailPolicy>),
    ("guardrails policy try", of::<a::TryRailPolicy>),
    ("guardrails policy set", of::<a::PutRailPolicy>),
    ("guardrails policy reset", own::<PolicyReset>),
    ("prompts optimise", of::<c::OptimisePrompt>),
    ("prompts show", of::<c::GetOptimisation>),
    ("prompts apply", of::<c::ApplyOptimisation>),
    ("feedback", of::<c::GiveFeedback>),
    ("flywheel candidates", of::<c::ListCandidates>),
    ("flywheel curate", of::<c::CurateDataset>),
    ("flywheel review", of::<a::ReviewDataset>),
    ("flywheel harvest", own::<List>),
    ("tools list", of::<c::ListTools>),
    ("tools invoke", of::<c::InvokeTool>),
    ("tools test", own::<Vec<Object>>),
    ("tools tickets", of::<a::ListTickets>),
    ("approvals list", of::<a::ListApprovals>),
    ("approvals approve", of::<a::ApproveToolCall>),
    ("approvals deny", of::<a::DenyToolCall>),
    ("trace", of::<c::GetTrace>),
    ("audit list", of::<c::ListAudit>),
    ("audit verify", own::<Chain>),
    ("audit export", own::<Exported>),
    ("audit new-key", own::<NewKey>),
    ("audit retention", of::<a::GetRetention>),
    ("usage", of::<c::GetUsage>),
    ("logs tail", own::<AuditRow>),
    ("teams list", of::<a::ListTeams>),
    ("teams create", of::<a::PutTeam>),
    ("teams show", of::<a::GetTeam>),
    ("users list", of::<a::ListUsers>),
    ("users groups", of::<a::ListGroups>),
    ("users import", of::<a::PutUsers>),
    ("users update", of::<a::UpdateUser>),
    ("users deactivate", of::<a::UpdateUser>),
    ("users activate", of::<a::UpdateUser>),
    ("operators list", of::<a::ListOperators>),
    ("operators create", of::<a::CreateOperator>),
    ("operators first", own::<FirstToken>),
    ("operators revoke", own::<Revoked>),
    ("budgets list", of::<a::ListBudgets>),
    ("budgets create", of::<a::CreateBudget>),
    ("budgets update", of::<a::UpdateBudget>),
    ("budgets remove", own::<BudgetRemoved>),
    ("webhooks list", of::<a::ListWebhooks>),
    ("webhooks create", of::<a::CreateWebhook>),
    ("webhooks delete", own::<Deleted>),
    ("webhooks deliveries", of::<a::ListDeliveries>),
    ("webhooks resend", of::<a::ResendDelivery>),
    ("models list", of::<c::ListModels>),
    ("tiers list", of::<a::ListTiers>),
    ("tiers set", of::<a::PutTier>),
    ("tiers reset", own::<TierReset>),
    ("providers list", of::<a::ListProviders>),
    ("providers add", of::<a::AddProvider>),
    ("providers test", of::<a::TestProvider>),
    ("providers remove", own::<ProviderRemoved>),
    ("providers refresh", of::<a::RefreshCatalogue>),
    ("daemon start", own::<Status>),
    ("daemon stop", own::<Stopped>),
    ("daemon migrate", own::<Moved>),
    ("daemon status", own::<Status>),
    ("daemon check", own::<Object>),
    ("daemon backup", own::<Object>),
    ("daemon restore", own::<Restored>),
    ("hub open", own::<Link>),
    ("login", own::<Chosen>),
    ("logout", own::<Forgotten>),
    ("context list", own::<Contexts>),
    ("context use", own::<Chosen>),
    ("openapi", own::<Object>),
    ("doctor", own::<Findings>),
    ("version", own::<Version>),
    ("schema", own::<Object>),
    ("self uninstall", own::<Uninstalled>),
    ("man", own::<Pages>),
    ("docs", own::<Pages>),
];

/// Commands whose output is made for other programs already, in a form of its own.
pub(crate) const OTHERWISE: [(&str, &str); 4] = [
    ("completions", "a script for the shell"),
    ("daemon logs", "the daemon's log as it wrote it, a line of JSON each"),
    ("flywheel export", "the form that --format names"),
    ("mcp", "messages of the Model Context Protocol"),
];

/// The schema of what a command prints with `--json`.
///
/// # Errors
/// If there is no such command, or it prints something else.
pub(crate) fn schema(command: &str) -> Result<Value, Failure> {
    if let Some((_, what)) = OTHERWISE.iter().find(|(name, _)| *name == command) {
        return Err(Failure::new(
            Exit::NotFound,
            format!("`katonic {command}` prints {what}, with --json or without"),
        ));
    }
    let Some((_, make)) = ANSWERS.iter().find(|(name, _)| *name == command) else {
        return Err(Failure::usage(format!(
            "There is no command `katonic {command}` that prints a document"
        ))
        .hint("Name one as it is called, such as: katonic schema keys list"));
    };
    let mut generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let schema = make(&mut generator).to_value();
    let mut whole = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": format!("katonic {command} --json").replace("  ", " "),
    });
    if let (Some(fields), Value::Object(own)) = (whole.as_object_mut(), schema) {
        fields.extend(own);
        let definitions = generator.take_definitions(true);
        if !definitions.is_empty() {
            fields.insert("$defs".into(), definitions.into());
        }
    }
    Ok(whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manual;
    use clap::Command;

    fn leaves(command: &Command, path: &str, all: &mut Vec<String>) {
        let mut inner = command.get_subcommands().peekable();
        if inner.peek().is_none() {
            all.push(path.trim().to_owned());
        }
        inner.for_each(|one| leaves(one, &format!("{path} {}", one.get_name()), all));
    }

    #[test]
    fn every_command_says_what_it_prints() {
        let mut all = Vec::new();
        leaves(&manual::tree(), "", &mut all);
        let told = |name: &String| {
            ANSWERS.iter().any(|(known, _)| known == name) || OTHERWISE.iter().any(|(known, _)| known == name)
        };
        let silent: Vec<&String> = all.iter().filter(|name| *name != "read-file" && !told(name)).collect();
        assert!(silent.is_empty(), "{silent:?}");
        for (name, _) in ANSWERS {
            let is_known = ["", "sandbox"].contains(name) || all.iter().any(|known| known == name);
            assert!(is_known, "there is no `{name}`");
            let schema = schema(name).unwrap();
            jsonschema::validator_for(&schema).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }
}
