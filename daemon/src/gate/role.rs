//! Roles: what the acting user, or a key that acts for nobody, may do at most.

use crate::error::{Error, Kind};
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

/// The table: each role's name, what it is for, and the scopes it may use. Scopes under `admin/` are those of the admin
/// API, which a role opens for operators' tokens only.
pub(crate) const TABLE: &[(Role, &str, &str, &[&str])] = &[
    (Role::Operator, "operator", "runs the daemon: everything, of every team", &["*"]),
    (
        Role::SuperAdmin,
        "super_admin",
        "everything of every team, but operators' tokens",
        &[
            PUBLIC,
            "admin/hub",
            "admin/audit/read",
            "admin/keys",
            "admin/teams",
            "admin/users",
            "admin/budgets",
            "admin/webhooks",
            "admin/sources/read",
            "admin/tools",
            "admin/health/read",
            "admin/guardrails",
            "admin/providers",
            "admin/tiers",
            "admin/retention",
            "admin/backups",
            "admin/operators/read",
        ],
    ),
    (
        Role::OrgAdmin,
        "org_admin",
        "everything of its own team",
        &[
            PUBLIC,
            "admin/hub",
            "admin/audit/read",
            "admin/keys",
            "admin/teams/read",
            "admin/users",
            "admin/budgets",
            "admin/webhooks",
            "admin/sources/read",
            "admin/tools",
            "admin/health/read",
            "admin/guardrails/read",
            "admin/providers/read",
            "admin/tiers/read",
            "admin/retention/read",
            "admin/backups/read",
            "admin/operators/read",
        ],
    ),
    (
        Role::Builder,
        "builder",
        "builds, evaluates and promotes agents",
        &[PUBLIC, "admin/hub", "admin/providers/read", "admin/tiers/read"],
    ),
    (
        Role::Evaluator,
        "evaluator",
        "evaluates agents, and looks at what they did",
        &[
            "chat",
            "search",
            "completions",
            "models",
            "agents/read",
            "knowledge/read",
            "evaluations",
            "analytics",
            "feedback",
            "admin/hub",
        ],
    ),
    (
        Role::Auditor,
        "auditor",
        "looks at everything, and changes nothing",
        &[
            "agents/read",
            "knowledge/read",
            "models",
            "analytics",
            "admin/hub",
            "admin/audit/read",
            "admin/keys/read",
            "admin/operators/read",
            "admin/teams/read",
            "admin/users/read",
            "admin/budgets/read",
            "admin/webhooks/read",
            "admin/sources/read",
            "admin/tools/read",
            "admin/health/read",
            "admin/guardrails/read",
            "admin/providers/read",
            "admin/tiers/read",
            "admin/retention/read",
            "admin/backups/read",
        ],
    ),
    (
        Role::Member,
        "member",
        "uses what it is given: what its groups may read, its own calls",
        &[PUBLIC, "admin/hub"],
    ),
    (
        Role::Viewer,
        "viewer",
        "asks and searches",
        &["chat", "search", "models", "agents/read", "knowledge/read", "admin/hub"],
    ),
];

/// Every scope of the public API.
const PUBLIC: &str = "public";

impl Role {
    /// A role by its name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        TABLE.iter().find(|(_, known, ..)| *known == name).map(|(role, ..)| *role)
    }

    /// Its name.
    pub(crate) fn as_str(self) -> &'static str {
        TABLE.iter().find(|(role, ..)| *role == self).map_or("member", |(_, name, ..)| name)
    }

    /// Whether it may use a scope.
    pub(crate) fn allows(self, scope: Scope) -> bool {
        let held = TABLE.iter().find(|(role, ..)| *role == self).map_or(&[][..], |(.., scopes)| scopes);
        held.iter().any(|held| match *held {
            PUBLIC => scope.family() != "admin",
            held => scope.granted_by(held),
        })
    }

    /// Whether it stands as high as another role, or above it: that may do nothing that it may not do itself.
    fn reaches(self, other: Self) -> bool {
        let all = contract::admin::CATALOGUE.iter().chain(contract::catalogue::CATALOGUE);
        let reaches_further = other.sees_every_team() && !self.sees_every_team();
        !reaches_further
            && all.map(|endpoint| endpoint.scope).all(|scope| !other.allows(scope) || self.allows(scope))
    }

    /// Whether who has it may give another role, and may change, rotate or end who or what has that. Every act on users,
    /// groups' members, keys and operators' tokens asks this, of the role there is and of the one that is to be.
    ///
    /// # Errors
    /// If the other stands above it.
    pub(crate) fn check_reaches(self, other: Self) -> Result<(), Error> {
        if self.reaches(other) {
            return Ok(());
        }
        let message = format!(
            "The role {} may neither give the role {} nor change who or what has it. Ask somebody whose role reaches \
             that far.",
            self.as_str(),
            other.as_str()
        );
        Err(Error::new(Kind::Forbidden, "not_permitted", message))
    }

    /// Whether it may look after teams other than its own.
    pub(crate) fn sees_every_team(self) -> bool {
        matches!(self, Self::Operator | Self::SuperAdmin)
    }

    /// The error of a name that none has.
    pub(crate) fn unknown(field: &str, name: &str) -> Error {
        let message = format!("There is no role `{name}`. The roles are {}.", Self::names().join(", "));
        Error::invalid(field, message)
    }

    /// Every role's name.
    pub(crate) fn names() -> Vec<&'static str> {
        TABLE.iter().map(|(_, name, ..)| *name).collect()
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
    fn no_role_reaches_above_itself() {
        let below = |role: Role| {
            TABLE.iter().map(|(other, ..)| *other).filter(move |other| role.reaches(*other)).map(Role::as_str)
        };
        let all = Role::names();
        assert!(below(Role::Operator).eq(all.iter().copied()));
        assert!(below(Role::SuperAdmin).eq(all[1..].iter().copied()));
        assert!(below(Role::OrgAdmin).eq(all[2..].iter().copied()));
        assert!(
            !Role::Member.allows(Scope("admin/keys/read")) && Role::Auditor.allows(Scope("admin/keys/read"))
        );
        assert!(!Role::Auditor.allows(Scope("admin/keys/write")));
    }

    /// The table as the documents print it.
    fn table() -> String {
        let mut text = String::from("| role | | may use the scopes |\n|---|---|---|\n");
        for (_, name, purpose, scopes) in TABLE {
            let scopes: Vec<String> = scopes.iter().map(|scope| format!("`{scope}`")).collect();
            text.push_str(&format!("| `{name}` | {purpose} | {} |\n", scopes.join(" ")));
        }
        text
    }

    #[test]
    fn the_documents_print_this_table() {
        let guide = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/src/guides/permissions.md");
        let guide = std::fs::read_to_string(guide).unwrap();
        assert!(guide.contains(&table()), "docs/src/guides/permissions.md lacks this table:\n{}", table());
    }

    #[test]
    fn names_read_back() {
        for name in Role::names() {
            assert_eq!(Role::parse(name).unwrap().as_str(), name);
        }
    }
}
