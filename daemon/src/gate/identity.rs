//! For whom a call acts: the `X-User-Email` header against the key's `act_as`.

use super::role::Role;
use super::{Caller, sql};
use crate::error::{Error, Kind};
use crate::store::Db;

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
/// If it isn't an address.
pub(crate) fn canonical(email: &str) -> Result<String, Error> {
    let email = email.trim().to_lowercase();
    let parts = email.split_once('@');
    let plain = email.len() <= 254 && !email.chars().any(|c| c.is_whitespace() || c.is_control());
    match parts {
        Some((name, domain)) if plain && !name.is_empty() && !domain.is_empty() && !domain.contains('@') => {
            Ok(email)
        }
        _ => Err(Error::invalid("X-User-Email", "The address of the acting user is not an e-mail address.")),
    }
}

/// The caller acting for a user, with that user's role and groups.
///
/// # Errors
/// If the key may not act for them.
pub(crate) async fn act_for(db: &Db, caller: Caller, email: &str) -> Result<Caller, Error> {
    let email = canonical(email)?;
    if !caller.operator && !may_act_as(&caller.act_as, &email) {
        let message = format!(
            "The key {} may not act for the user in X-User-Email. Ask an operator to add the address to its act_as.",
            caller.key_prefix
        );
        return Err(Error::new(Kind::Forbidden, "act_as_denied", message));
    }
    let user = sql::user(db, &caller.team, &email).await?;
    let (role, groups) = user.unwrap_or((Role::Member, Vec::new()));
    Ok(Caller { role, groups, user: Some(email), ..caller })
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
        for bad in ["", "sarah", "@", "a@b@c", "a b@c"] {
            assert!(canonical(bad).is_err(), "{bad}");
        }
    }
}
