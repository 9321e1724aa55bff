//! Roles: what the acting user, or a key that acts for nobody, may do at most.

use contract::endpoint::Scope;
use serde::{Deserialize, Serialize};

/// A fixed set of permissions. The right of a call is its key's scopes within its role's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    Operator,
    SuperAdmin,
    OrgAdmin,
    Builder,
    Evaluator,
    Auditor,
    Member,
    Viewer,
}

/// The table: each role's name, and the scopes it may use.
const TABLE: &[(Role, &str, &[&str])] = &[
    (Role::Operator, "operator", &["*"]),
    (Role::SuperAdmin, "super_admin", &["*"]),
    (Role::OrgAdmin, "org_admin", &["*"]),
    (Role::Builder, "builder", &["*"]),
    (
        Role::Evaluator,
        "evaluator",
        &[
            "chat",
            "search",
            "completions",
            "models",
            "agents/read",
            "knowledge/read",
            "evaluations",
            "analytics",
        ],
    ),
    (Role::Auditor, "auditor", &["agents/read", "knowledge/read", "models", "analytics"]),
    (Role::Member, "member", &["*"]),
    (Role::Viewer, "viewer", &["chat", "search", "models", "agents/read", "knowledge/read"]),
];

impl Role {
    /// A role by its name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        TABLE.iter().find(|(_, known, _)| *known == name).map(|(role, ..)| *role)
    }

    /// Its name.
    pub(crate) fn as_str(self) -> &'static str {
        TABLE.iter().find(|(role, ..)| *role == self).map_or("member", |(_, name, _)| name)
    }

    /// Whether it may use a scope.
    pub(crate) fn allows(self, scope: Scope) -> bool {
        let held = TABLE.iter().find(|(role, ..)| *role == self).map_or(&[][..], |(.., scopes)| scopes);
        held.iter().any(|held| scope.granted_by(held))
    }

    /// Every role's name.
    pub(crate) fn names() -> Vec<&'static str> {
        TABLE.iter().map(|(_, name, _)| *name).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_viewer_may_ask_but_not_change() {
        assert!(Role::Viewer.allows(Scope("chat")));
        assert!(!Role::Viewer.allows(Scope("agents/write")));
        assert!(Role::Builder.allows(Scope("agents/promote")));
        assert!(!Role::Auditor.allows(Scope("chat")));
    }

    #[test]
    fn names_read_back() {
        for name in Role::names() {
            assert_eq!(Role::parse(name).unwrap().as_str(), name);
        }
    }
}
