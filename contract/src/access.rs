//! Who may read the files of a folder: what a rule file in it says, for it and what is below, unless one there says other.

use crate::wire::knowledge::DocumentAccess;
use serde::Deserialize;

/// The name of a rule file.
pub const RULE_FILE: &str = ".katonic-access.yml";

/// What a rule file may say.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Rule {
    groups: Vec<String>,
    users: Vec<String>,
    public: bool,
}

/// Reads a rule file.
///
/// # Errors
/// If it is not YAML, has an unknown field, or says that nobody may read.
pub fn rule(source: &str) -> Result<DocumentAccess, String> {
    let rule: Rule = serde_yaml::from_str(source).map_err(|error| format!("it does not parse: {error}"))?;
    if rule.groups.is_empty() && rule.users.is_empty() && !rule.public {
        return Err("nobody could read: give `groups`, `users`, or `public: true`".into());
    }
    Ok(DocumentAccess { groups: rule.groups, users: rule.users, public: rule.public })
}

#[cfg(test)]
mod tests {
    use super::rule;

    #[test]
    fn a_rule_that_is_misspelt_or_empty_is_an_error_and_opens_nothing() {
        let access = rule("groups: [employees]\nusers: [ann@example.org]\n").unwrap();
        assert_eq!(
            (access.groups, access.users, access.public),
            (vec!["employees".into()], vec!["ann@example.org".into()], false)
        );
        for wrong in ["gruops: [employees]", "groups: []", "public: false", "- employees", ""] {
            assert!(rule(wrong).is_err(), "{wrong}");
        }
    }
}
