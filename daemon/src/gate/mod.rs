//! Who may pass: the key, the scope, the acting user, the rate; and what a call may spend.

pub(crate) mod account;
pub(crate) mod admit;
pub(crate) mod assertion;
pub(crate) mod authenticate;
pub(crate) mod budget;
pub(crate) mod directory;
pub(crate) mod identity;
pub(crate) mod keys;
pub(crate) mod known;
pub(crate) mod operators;
pub(crate) mod purse;
pub(crate) mod rate;
pub(crate) mod role;
pub(crate) mod source;
mod sql;
pub(crate) mod teams;

#[cfg(test)]
mod tests;

use contract::wire::admin::KeyLimits;
use role::Role;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Who calls, after the gate has let them in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Caller {
    /// The team that owns what the call sees.
    pub(crate) team: String,
    /// What calls: a key's or an operator's id.
    pub(crate) key_id: String,
    /// The key's name.
    pub(crate) key_name: String,
    /// The key as it is shown.
    pub(crate) key_prefix: String,
    /// Which secret of the key, from 1.
    pub(crate) generation: i64,
    /// Whether it is an operator's token.
    pub(crate) operator: bool,
    /// The scopes held.
    pub(crate) scopes: Vec<String>,
    /// For whom it may act.
    pub(crate) act_as: Vec<String>,
    /// How often it may call.
    pub(crate) limits: KeyLimits,
    /// Which models it may call; all where the list is empty.
    #[serde(default)]
    pub(crate) models: Vec<String>,
    /// Other names of models, for this key.
    #[serde(default)]
    pub(crate) aliases: BTreeMap<String, String>,
    /// Which agents it may talk to; all where the list is empty.
    #[serde(default)]
    pub(crate) agents: Vec<String>,
    /// Which collections it may read; all where the list is empty.
    #[serde(default)]
    pub(crate) collections: Vec<String>,
    /// Which tools it may use; all where the list is empty.
    #[serde(default)]
    pub(crate) tools: Vec<String>,
    /// The role that counts: the acting user's, else the key's.
    pub(crate) role: role::Role,
    /// The acting user.
    pub(crate) user: Option<String>,
    /// The acting user's groups.
    pub(crate) groups: Vec<String>,
    /// The session of the Hub that an operator calls by, in place of the token itself.
    #[serde(default)]
    pub(crate) hub_session: Option<String>,
}

impl Caller {
    /// A member of a team who is in no group, acts for nobody and has no limits, such as the daemon where it does something by
    /// itself, under a name of its own.
    pub(crate) fn itself(team: &str, key_id: String, key_name: &str, scopes: Vec<String>) -> Self {
        Self {
            team: team.to_owned(),
            key_id,
            key_name: key_name.to_owned(),
            key_prefix: String::new(),
            generation: 1,
            operator: false,
            scopes,
            act_as: Vec::new(),
            limits: KeyLimits::default(),
            models: Vec::new(),
            aliases: BTreeMap::new(),
            agents: Vec::new(),
            collections: Vec::new(),
            tools: Vec::new(),
            role: Role::Member,
            user: None,
            groups: Vec::new(),
            hub_session: None,
        }
    }

    /// Whose name stands on what the call makes.
    pub(crate) fn name(&self) -> String {
        self.user.clone().unwrap_or_else(|| self.key_name.clone())
    }

    /// What an access list may hold for this caller to read: themselves and their groups.
    pub(crate) fn readers(&self) -> Vec<String> {
        let user = self.user.iter().map(|email| format!("user:{email}"));
        user.chain(self.groups.iter().map(|group| format!("group:{group}"))).collect()
    }

    /// Whether the caller sees what others of its team did. Without an acting user a key sees its own calls only, but
    /// for operators and those whose role is to look.
    pub(crate) fn sees_others(&self) -> bool {
        use role::Role::{Auditor, Operator, OrgAdmin, SuperAdmin};
        matches!(self.role, Operator | SuperAdmin | OrgAdmin | Auditor)
    }

    /// Whether the caller sees everything of its team, as an operator without an acting user does.
    pub(crate) fn sees_all(&self) -> bool {
        self.operator && self.user.is_none()
    }

    /// Whether its key may talk to an agent.
    pub(crate) fn may_talk_to(&self, agent: &str) -> bool {
        self.agents.is_empty() || self.agents.iter().any(|allowed| allowed == agent)
    }

    /// Whether its key may use one of the daemon's own tools. Functions that a client describes in its request are the
    /// client's: the model may ask for them, and nobody here runs them.
    pub(crate) fn may_use(&self, tool: &str) -> bool {
        self.tools.is_empty() || self.tools.iter().any(|allowed| allowed == tool)
    }

    /// Whether its key may read a collection.
    pub(crate) fn may_read(&self, collection: &str) -> bool {
        self.collections.is_empty() || self.collections.iter().any(|allowed| allowed == collection)
    }
}

#[cfg(test)]
pub(crate) mod fixture {
    use super::Caller;

    /// A key of the team `t` that acts for somebody.
    pub(crate) fn caller() -> Caller {
        let key = Caller::itself("t", "key_1".into(), "k", Vec::new());
        Caller { key_prefix: "p".into(), user: Some("ana@example.org".into()), ..key }
    }
}
