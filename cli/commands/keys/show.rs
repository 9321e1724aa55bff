//! Keys as people see them.

use crate::output::table::{or_dash, table};
use contract::wire::admin::{Key, KeySecret};

fn is_live(secret: &&KeySecret) -> bool {
    matches!(secret.status.as_str(), "active" | "rotating")
}

fn share(secret: &KeySecret) -> String {
    format!("{:.0} %", secret.used_percent)
}

/// A row for each live secret, or one for a key that has none left.
pub(super) fn rows(key: &Key) -> Vec<[String; 8]> {
    let [scopes, act_as] = [key.scopes.join(" "), key.act_as.join(" ")];
    let row = |prefix: &str, status: &str, rest: [String; 3]| {
        let [expires, used, share] = rest;
        let [prefix, status] = [prefix.to_owned(), status.to_owned()];
        [key.name.clone(), prefix, status, scopes.clone(), act_as.clone(), expires, used, share]
    };
    let live = key.secrets.iter().filter(is_live).map(|secret| {
        let rest = [or_dash(secret.expires_at), or_dash(secret.last_used_at), share(secret)];
        row(&secret.prefix, &secret.status, rest)
    });
    let rows: Vec<_> = live.collect();
    if rows.is_empty() {
        let rest = [or_dash(key.expires_at), or_dash(key.last_used_at), or_dash(None::<String>)];
        return vec![row(&key.prefix, &key.status, rest)];
    }
    rows
}

/// Everything of one key.
pub(super) fn described(key: &Key) -> String {
    let list = |items: &[String], all: &str| if items.is_empty() { all.to_owned() } else { items.join(" ") };
    let limits = &key.limits;
    let of =
        |used: u64, limit: Option<u32>| limit.map_or("no limit".into(), |limit| format!("{used} of {limit}"));
    let facts = [
        ["name", &key.name],
        ["id", &key.id],
        ["status", &key.status],
        ["team", &key.team],
        ["scopes", &key.scopes.join(" ")],
        ["acts for", &list(&key.act_as, "nobody")],
        ["role", &key.role],
        ["models", &list(&key.models, "all")],
        ["agents", &list(&key.agents, "all")],
        ["collections", &list(&key.collections, "all")],
        ["tools", &list(&key.tools, "all")],
        ["sources", &list(&key.sources, "anywhere")],
        ["a minute", &of(key.used.minute, limits.per_minute)],
        ["an hour", &of(key.used.hour, limits.per_hour)],
        ["a day", &of(key.used.day, limits.per_day)],
        ["tokens a minute", &limits.tokens_per_minute.map_or("no limit".into(), |limit| limit.to_string())],
        ["at the same time", &limits.concurrent.map_or("no limit".into(), |limit| limit.to_string())],
        ["expires", &or_dash(key.expires_at)],
        ["created", &key.created_at.to_string()],
    ];
    let facts = table(["", ""], facts.map(|fact: [&str; 2]| fact.map(str::to_owned)));
    let secrets = key.secrets.iter().map(|secret| {
        [
            secret.generation.to_string(),
            secret.prefix.clone(),
            secret.status.clone(),
            or_dash(secret.expires_at),
            or_dash(secret.last_used_at),
            share(secret),
        ]
    });
    let secrets = table(["secret", "key", "status", "ends", "last used", "share of calls"], secrets);
    format!("{}\n\n{secrets}", facts.trim_start())
}
