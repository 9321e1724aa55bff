//! For whom a call acts: the `X-User-Email` header against the key's `act_as`, or who an identity provider says it is.

pub(crate) use super::sql::Member;

use super::{Caller, role::Role, sql};
use crate::app::App;
use crate::error::{Error, Kind};
use crate::trace::Recorder;
use std::sync::Arc;

/// Whether an `act_as` list lets a key act for an address: exact addresses, or `*@domain`.
pub(crate) fn may_act_as(act_as: &[String], email: &str) -> bool {
    act_as.iter().any(|allowed| match allowed.strip_prefix("*@") {
        Some(domain) => email.rsplit_once('@').is_some_and(|(_, of)| of.eq_ignore_ascii_case(domain)),
        None => allowed.eq_ignore_ascii_case(email),
    })
}

/// An address in the one form that is compared: trimmed and lower-case.
///
/// # Errors
/// If it isn't an address, or is a pattern of addresses.
pub(crate) fn canonical(email: &str) -> Result<String, Error> {
    let email = email.trim().to_lowercase();
    match email.split_once('@') {
        Some((name, domain)) if email.len() <= 254 && is_name(name) && is_domain(domain) => Ok(email),
        _ => Err(Error::invalid("X-User-Email", "The address of the acting user is not an e-mail address.")),
    }
}

/// Whether a text is the local part of an address, in any script and without quotes (RFC 5322, section 3.4.1, and RFC 6532).
fn is_name(name: &str) -> bool {
    let special = |c: char| c.is_whitespace() || c.is_control() || r#"()<>[]:;@\,""#.contains(c);
    !name.is_empty() && name != "*" && !name.contains(special)
}

/// Whether a text may be a domain: labels in any script, of letters, digits and hyphens (RFC 1123, section 2.1).
fn is_domain(domain: &str) -> bool {
    let foreign = |c: char| !c.is_ascii() && !c.is_whitespace() && !c.is_control();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || foreign(c);
    domain.split('.').all(|label| !label.is_empty() && label.chars().all(is_plain))
}

/// The caller of a call, with the role and groups of the user that its headers name, if they name one.
///
/// # Errors
/// If the headers contradict each other, an assertion is missing or false, or the key may not act for the user.
pub(super) async fn acting(
    app: &App,
    recorder: &Recorder,
    key: &Arc<Caller>,
    users: &[String],
    assertion: Option<&str>,
) -> Result<Arc<Caller>, Error> {
    let named = match users {
        [] => None,
        [email] => {
            recorder.request("acting_for", email.chars().take(254).collect::<String>());
            Some(canonical(email)?)
        }
        _ => return Err(Error::invalid("X-User-Email", "Send one X-User-Email header only.")),
    };
    let user = match (app.assertions.check(assertion).await?, named) {
        (Some(asserted), Some(named)) if asserted != named => {
            let message = "X-User-Email names another user than X-User-Assertion.";
            return Err(Error::new(Kind::Forbidden, "act_as_denied", message));
        }
        (None, Some(_)) if app.assertions.is_required() && !key.operator => return Err(unasserted()),
        (asserted, named) => asserted.or(named),
    };
    match user {
        Some(email) => act_for(app, key, &email).await.map(Arc::new),
        None => Ok(Arc::clone(key)),
    }
}

fn unasserted() -> Error {
    let message = "This daemon acts for users only on the word of their identity provider: send its token in \
                   X-User-Assertion.";
    Error::new(Kind::Forbidden, "act_as_denied", message).by("identity:assertion")
}

/// The caller acting for a user whom no header of its call names. Where an identity provider's word is required, that
/// can only be the one whom it spoke for.
///
/// # Errors
/// If that word is missing, or as [`act_for`].
pub(super) async fn act_unasked(app: &App, caller: &Caller, email: &str) -> Result<Caller, Error> {
    let is_asserted = caller.user.is_some() && caller.user == canonical(email).ok();
    if app.assertions.is_required() && !caller.operator && !is_asserted {
        return Err(unasserted());
    }
    act_for(app, caller, email).await
}

/// The caller acting for a user, with that user's role and groups.
///
/// # Errors
/// If the key may not act for them, or they are deactivated.
pub(crate) async fn act_for(app: &App, caller: &Caller, email: &str) -> Result<Caller, Error> {
    let email = canonical(email)?;
    if !caller.operator && !may_act_as(&caller.act_as, &email) {
        let message = format!(
            "The key {} may not act for the user in X-User-Email. Ask an operator to add the address to its act_as.",
            caller.key_prefix
        );
        return Err(Error::new(Kind::Forbidden, "act_as_denied", message).by("key:act_as"));
    }
    let member = member(app, &caller.team, &email).await?;
    if !member.is_active {
        let message = "The user in X-User-Email is deactivated. Ask an operator.";
        return Err(Error::new(Kind::Forbidden, "act_as_denied", message).by("user:active"));
    }
    Ok(Caller { role: member.role, groups: member.groups.clone(), user: Some(email), ..caller.clone() })
}

/// A user of a team; who isn't known is a member of no group.
async fn member(app: &App, team: &str, email: &str) -> Result<Arc<Member>, Error> {
    let place = (team.to_owned(), email.to_owned());
    if let Some(known) = app.known_users.get(&place) {
        return Ok(known);
    }
    let read_at = app.known_users.now();
    let stranger = || Member { role: Role::Member, groups: Vec::new(), is_active: true };
    let member = Arc::new(sql::member(&app.db, team, email).await?.unwrap_or_else(stranger));
    app.known_users.put(place, Arc::clone(&member), read_at);
    Ok(member)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_pattern_covers_that_domain_only() {
        let act_as = ["*@example.org".to_owned(), "ana@other.org".to_owned()];
        assert!(may_act_as(&act_as, "sarah@example.org"));
        assert!(may_act_as(&act_as, "ana@other.org"));
        for outsider in ["sarah@example.org.evil", "sarah@evil-example.org", "bob@other.org", "example.org"] {
            assert!(!may_act_as(&act_as, outsider), "{outsider}");
        }
        assert!(!may_act_as(&[], "sarah@example.org"));
    }

    #[test]
    fn addresses_are_compared_in_one_form() {
        assert_eq!(canonical(" Sarah@Example.org ").unwrap(), "sarah@example.org");
        assert_eq!(canonical("Zoë+hr@Münster.example").unwrap(), "zoë+hr@münster.example");
        assert!(canonical("ana@हिन्दी.example").is_ok());
        for bad in
            ["", "sarah", "@", "a@b@c", "a b@c", "*@example.org", "a@*", "a@b..c", "\"a\"@b.c", "a@b_c"]
        {
            assert!(canonical(bad).is_err(), "{bad}");
        }
    }
}
