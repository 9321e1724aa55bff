//! The policy of tools: rules of which the first that matches decides; where none does, the tool's risk.

mod condition;
mod trial;

pub use trial::{PolicyError, TriedCall, try_policy};

use condition::Condition;
use contract::agent::API_VERSION;
use contract::id::is_meant;
use contract::time::Time;
use contract::version::hex;
use contract::wire::Object;
use contract::wire::tools::{PolicyAction, Risk, ToolVerdict};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// Most bytes of a policy, and most of its rules.
const MOST_BYTES: usize = 1 << 20;
const MOST_RULES: usize = 1000;

/// What a policy looks at.
pub(super) struct Facts<'a> {
    pub(super) tool: &'a str,
    pub(super) risk: Risk,
    pub(super) arguments: &'a Object,
    /// The agent that calls; none where a caller does.
    pub(super) agent: Option<&'a str>,
    pub(super) user: Option<&'a str>,
    pub(super) groups: &'a [String],
    pub(super) team: &'a str,
    pub(super) environment: &'a str,
    pub(super) at: Time,
}

/// A policy as its authors write it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Document {
    api_version: String,
    kind: String,
    rules: Vec<Rule>,
}

/// A rule; a field that is left out holds for all calls.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    name: String,
    action: PolicyAction,
    /// Names, of which the last sign may be `*`.
    tools: Option<Vec<String>>,
    risk: Option<Vec<Risk>>,
    agents: Option<Vec<String>>,
    groups: Option<Vec<String>>,
    teams: Option<Vec<String>>,
    environments: Option<Vec<String>>,
    /// A CEL expression that must be true.
    when: Option<Condition>,
    /// Calls of a key within a minute, with `rate_limit`.
    per_minute: Option<u32>,
    reason: Option<String>,
}

/// What a policy decided.
#[derive(Debug, PartialEq)]
pub(super) struct Decision {
    pub(super) verdict: ToolVerdict,
    /// Calls within a minute, where these are limited.
    pub(super) per_minute: Option<u32>,
}

impl Decision {
    /// A decision without a limit.
    pub(super) fn new(action: PolicyAction, rule: impl Into<String>, reason: Option<String>) -> Self {
        Self { verdict: ToolVerdict { action, rule: rule.into(), reason }, per_minute: None }
    }
}

/// A policy that can be asked.
#[derive(Debug, Default)]
pub(crate) struct Policy {
    rules: Vec<Rule>,
    /// What it was read from.
    pub(super) text: String,
    /// The SHA-256 of that.
    pub(crate) version: String,
}

impl Policy {
    /// Reads a policy.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        if text.len() > MOST_BYTES {
            return Err(format!("it is over the bound of {MOST_BYTES} bytes"));
        }
        let document: Document = serde_yaml::from_str(text).map_err(|error| error.to_string())?;
        if document.api_version != API_VERSION || document.kind != "ToolPolicy" {
            return Err(format!("it begins with `apiVersion: {API_VERSION}` and `kind: ToolPolicy`"));
        }
        if document.rules.len() > MOST_RULES {
            return Err(format!("it has more than {MOST_RULES} rules"));
        }
        for (n, rule) in document.rules.iter().enumerate() {
            let place = format!("the rule `{}`", rule.name);
            if rule.name.trim().is_empty() || rule.name.contains(':') {
                return Err(format!("{place} needs a name without a colon"));
            }
            if document.rules.iter().take(n).any(|before| before.name == rule.name) {
                return Err(format!("{place} is there twice"));
            }
            if (rule.action == PolicyAction::RateLimit) != rule.per_minute.is_some() {
                return Err(format!(
                    "{place}: `per_minute` goes with `rate_limit`, and `rate_limit` with it"
                ));
            }
        }
        let version = hex(&Sha256::digest(text.as_bytes()));
        Ok(Self { rules: document.rules, text: text.to_owned(), version })
    }

    /// What is done with calls of a tool whose arguments nobody knows yet: denied only where no call can go through.
    pub(super) fn outlook(&self, facts: &Facts<'_>) -> Decision {
        let mut possible = None;
        let mut sure = None;
        for rule in self.rules.iter().filter(|rule| rule.names(facts)) {
            if rule.when.is_none() {
                sure = Some(rule);
                break;
            }
            if rule.action != PolicyAction::Deny {
                possible.get_or_insert(rule);
            }
        }
        let decision = sure.map_or_else(|| by_risk(facts.risk), Rule::decision);
        match possible {
            Some(rule) if decision.verdict.action == PolicyAction::Deny => rule.decision(),
            _ => decision,
        }
    }

    /// What is done with a call.
    pub(super) fn decide(&self, facts: &Facts<'_>) -> Decision {
        for rule in self.rules.iter().filter(|rule| rule.names(facts)) {
            match rule.when.as_ref().map_or(Ok(true), |when| when.holds(facts)) {
                Ok(false) => {}
                Ok(true) => return rule.decision(),
                // A rule that can't be asked is no reason to let a call through.
                Err(error) => {
                    let reason = format!("its condition can't be told: {error}");
                    return Decision::new(PolicyAction::Deny, &rule.name, Some(reason));
                }
            }
        }
        by_risk(facts.risk)
    }
}

/// What is done with calls that no rule names.
fn by_risk(risk: Risk) -> Decision {
    let (action, rule) = match risk {
        Risk::None => (PolicyAction::Allow, "default:none"),
        Risk::Low => (PolicyAction::Allow, "default:low"),
        Risk::Medium => (PolicyAction::Allow, "default:medium"),
        Risk::High => (PolicyAction::RequireApproval, "default:high"),
        Risk::Critical => (PolicyAction::Deny, "default:critical"),
    };
    Decision::new(action, rule, None)
}

impl Rule {
    /// What it decides.
    fn decision(&self) -> Decision {
        let decision = Decision::new(self.action, &self.name, self.reason.clone());
        Decision { per_minute: self.per_minute, ..decision }
    }

    /// Whether it is about a call, but for its condition.
    fn names(&self, facts: &Facts<'_>) -> bool {
        self.risk.as_ref().is_none_or(|risks| risks.contains(&facts.risk))
            && holds(self.tools.as_deref(), [facts.tool])
            && holds(self.agents.as_deref(), facts.agent)
            && holds(self.groups.as_deref(), facts.groups.iter().map(String::as_str))
            && holds(self.teams.as_deref(), [facts.team])
            && holds(self.environments.as_deref(), [facts.environment])
    }
}

/// Whether one of the names is on a list, if there is a list.
fn holds<'a>(list: Option<&[String]>, names: impl IntoIterator<Item = &'a str>) -> bool {
    let Some(list) = list else { return true };
    names.into_iter().any(|name| list.iter().any(|pattern| is_meant(pattern, name)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const POLICY: &str = r#"
apiVersion: katonic/v1
kind: ToolPolicy
rules:
  - {name: no-writes, tools: [http_request], when: 'args.method != "GET"', action: deny, reason: only reads}
  - {name: office-hours, tools: [http_*], when: 'hour < 8 || weekday > 5', action: deny}
  - {name: finance-reads, tools: [http_request], groups: [finance], teams: [acme], action: allow}
  - {name: large, tools: [transfer], when: 'args.amount > 100', action: require_approval}
  - {name: small, tools: [transfer], when: 'args.amount <= 100', action: rate_limit, per_minute: 3}
  - {name: tickets-in-test, risk: [medium], environments: [test], action: dry_run}
  - {name: support, agents: [support-*], tools: [create_ticket], action: redact}
"#;

    fn decide(
        tool: &str,
        risk: Risk,
        arguments: serde_json::Value,
        groups: &[&str],
        agent: &str,
    ) -> Decision {
        let groups: Vec<String> = groups.iter().map(|group| (*group).to_owned()).collect();
        let Some(arguments) = arguments.as_object() else { panic!("no object") };
        let facts = Facts {
            tool,
            risk,
            arguments,
            agent: Some(agent).filter(|agent| !agent.is_empty()),
            user: Some("ana@example.org"),
            groups: &groups,
            team: "acme",
            environment: "prod",
            // A Monday, at 10:00.
            at: Time(1_767_607_200_000),
        };
        Policy::read(POLICY).unwrap().decide(&facts)
    }

    fn rule(tool: &str, risk: Risk, arguments: serde_json::Value, groups: &[&str]) -> (PolicyAction, String) {
        let verdict = decide(tool, risk, arguments, groups, "").verdict;
        (verdict.action, verdict.rule)
    }

    #[test]
    fn the_first_rule_that_matches_decides_and_is_named() {
        use PolicyAction::{Allow, Deny, RateLimit, Redact, RequireApproval};
        let get = json!({"method": "GET"});
        let post = json!({"method": "POST"});
        for (arguments, groups, expected) in [
            (post, &["finance"][..], (Deny, "no-writes")),
            (get.clone(), &["finance"], (Allow, "finance-reads")),
            (get, &["sales"], (RequireApproval, "default:high")),
        ] {
            let (action, by) = rule("http_request", Risk::High, arguments, groups);
            assert_eq!((action, by.as_str()), expected);
        }
        let transfer = |amount| rule("transfer", Risk::Critical, json!({"amount": amount}), &[]);
        assert_eq!(transfer(json!(100.5)), (RequireApproval, "large".into()));
        assert_eq!(transfer(json!(100)), (RateLimit, "small".into()));
        let ticket = |agent| decide("create_ticket", Risk::Medium, json!({}), &[], agent).verdict.action;
        assert_eq!((ticket("support-eu"), ticket("hr")), (Redact, Allow));
    }

    #[test]
    fn what_no_rule_names_is_decided_by_risk_and_the_unknown_is_denied() {
        use PolicyAction::{Allow, Deny, RequireApproval};
        let by_risk = |risk| rule("something", risk, json!({}), &[]).0;
        let all = [Risk::None, Risk::Low, Risk::Medium, Risk::High, Risk::Critical];
        assert_eq!(all.map(by_risk), [Allow, Allow, Allow, RequireApproval, Deny]);
    }

    #[test]
    fn a_tool_is_shown_as_denied_only_where_no_call_can_go_through() {
        let outlook = |rules: &str| {
            let text = format!("apiVersion: katonic/v1\nkind: ToolPolicy\nrules: [{rules}]");
            let (arguments, groups) = (Object::new(), Vec::new());
            let (tool, agent, user, risk) = ("transfer", None, None, Risk::Critical);
            let (team, environment, at) = ("acme", "prod", Time(0));
            let arguments = &arguments;
            let facts = Facts { tool, risk, arguments, agent, user, groups: &groups, team, environment, at };
            Policy::read(&text).unwrap().outlook(&facts).verdict.rule
        };
        let (some, none) =
            ("{name: some, when: 'args.amount < 5', action: allow}", "{name: none, action: deny}");
        assert_eq!(outlook(&format!("{some}, {none}")), "some");
        assert_eq!(outlook(&format!("{none}, {some}")), "none");
        assert_eq!(outlook(some), "some");
        assert_eq!(outlook("{name: few, when: 'args.amount > 5', action: deny}"), "default:critical");
    }

    #[test]
    fn a_condition_that_can_t_be_told_denies() {
        for arguments in [json!({}), json!({"amount": "much"})] {
            let verdict = decide("transfer", Risk::None, arguments, &[], "").verdict;
            assert_eq!((verdict.action, verdict.rule.as_str()), (PolicyAction::Deny, "large"));
            assert!(verdict.reason.unwrap().contains("can't be told"));
        }
    }

    #[test]
    fn a_policy_that_makes_no_sense_is_refused() {
        for (wrong, says) in [
            ("kind: ToolPolicy\nrules: []", "apiVersion"),
            ("apiVersion: katonic/v1\nkind: Policy\nrules: []", "kind: ToolPolicy"),
            (
                "apiVersion: katonic/v1\nkind: ToolPolicy\nrules: [{name: a, action: allow, tool: x}]",
                "unknown field",
            ),
            (
                "apiVersion: katonic/v1\nkind: ToolPolicy\nrules: [{name: a, action: maybe}]",
                "unknown variant",
            ),
            (
                "apiVersion: katonic/v1\nkind: ToolPolicy\nrules: [{name: a, action: rate_limit}]",
                "per_minute",
            ),
            (
                "apiVersion: katonic/v1\nkind: ToolPolicy\nrules: [{name: a, action: allow, when: 'a ++'}]",
                "condition",
            ),
            (
                "apiVersion: katonic/v1\nkind: ToolPolicy\nrules: [{name: a, action: deny}, {name: a, action: deny}]",
                "twice",
            ),
        ] {
            let error = Policy::read(wrong).unwrap_err();
            assert!(error.contains(says), "{wrong}: {error}");
        }
    }
}
