//! SARIF 2.1.0 (OASIS, "Static Analysis Results Interchange Format"), as code scanning reads it.

use contract::check::rules::{RULES, Rule};
use contract::check::{Finding, Fix, Severity};
use contract::version;
use serde_json::{Value, json};
use std::path::Path;

/// A log of one run.
pub(super) fn log(findings: &[Finding]) -> Value {
    let rules: Vec<Value> = RULES.iter().map(|rule| describe(rule)).collect();
    let results: Vec<Value> = findings.iter().map(result).collect();
    json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "katonic",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn describe(rule: &Rule) -> Value {
    let first = rule.explanation.split_inclusive(". ").next().unwrap_or(rule.explanation);
    json!({
        "id": rule.id,
        "shortDescription": {"text": first.trim()},
        "fullDescription": {"text": rule.explanation},
        "help": {"text": format!("{} To mend it: {}", rule.explanation, rule.mend)},
        "defaultConfiguration": {"level": level(rule.severity)},
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn result(finding: &Finding) -> Value {
    let uri = uri(finding.file.as_deref().unwrap_or_default());
    let mut result = json!({
        "ruleId": finding.rule,
        "ruleIndex": RULES.iter().position(|rule| rule.id == finding.rule),
        "level": level(finding.severity),
        "message": {"text": format!("{}: {}", finding.message, finding.help)},
        "locations": [{"physicalLocation": {
            "artifactLocation": {"uri": uri},
            "region": {
                "startLine": finding.line,
                "startColumn": finding.column,
                "endLine": finding.end_line,
                "endColumn": finding.end_column,
            },
        }}],
    });
    // The same finding in a later version of the file, where lines have moved.
    if let Ok(print) = version::of(&(&finding.rule, &finding.file, &finding.message)) {
        result["partialFingerprints"] = json!({"katonicFinding/v1": print});
    }
    if let Some(fix) = &finding.fix {
        result["fixes"] = json!([mend(fix, &finding.help, &uri)]);
    }
    result
}

fn mend(fix: &Fix, help: &str, uri: &str) -> Value {
    json!({
        "description": {"text": help},
        "artifactChanges": [{
            "artifactLocation": {"uri": uri},
            "replacements": [{
                "deletedRegion": {
                    "startLine": fix.line,
                    "startColumn": fix.column,
                    "endLine": fix.end_line,
                    "endColumn": fix.end_column,
                },
                "insertedContent": {"text": fix.replacement},
            }],
        }],
    })
}

/// A path as a URI reference (RFC 3986): relative to the repository's root, where it is relative.
fn uri(file: &str) -> String {
    let mut uri = String::from(if Path::new(file).is_absolute() { "file://" } else { "" });
    for byte in file.strip_prefix("./").unwrap_or(file).bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::super::tests::finding;
    use super::*;

    #[test]
    fn a_result_names_its_rule_its_place_and_its_file() {
        let log = log(&[finding(Severity::Warning)]);
        let result = &log["runs"][0]["results"][0];
        let index = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(log["runs"][0]["tool"]["driver"]["rules"][index]["id"], "no-owner");
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "agents/hr%20desk.yml");
        assert_eq!(place["region"]["endColumn"], 9);
        assert_eq!(uri("/tmp/é.yml"), "file:///tmp/%C3%A9.yml");
    }
}
