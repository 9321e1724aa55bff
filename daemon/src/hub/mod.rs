//! The Developer Hub's door: who is signed in, by a link that works once or by an operator's token. A session gives a
//! browser that operator's rights and nothing more; each call of the page passes the gate like any other.

mod assets;
mod guesses;

pub(crate) use assets::{asset, page};

use crate::error::{Error, Kind};
use contract::time::Time;
use contract::version::hex;
use guesses::Guesses;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use subtle::ConstantTimeEq;

/// How long a session holds, and how long a link waits, in milliseconds.
const HOLDS: i64 = 8 * 60 * 60 * 1000;
const LINK_WAITS: i64 = 2 * 60 * 1000;

/// Most sessions and links that are kept: past that, the oldest end.
const MOST: usize = 1000;

/// A session of a signed-in browser. What the browser shows is kept as a hash alone.
#[derive(Clone, Debug)]
pub(crate) struct HubSession {
    /// Its id, as the audit log has it.
    pub(crate) id: String,
    /// Whose it is: the id of an operator's token.
    pub(crate) operator: String,
    /// What each call must say beside the cookie, which other sites can have a browser send, but not read.
    pub(crate) guard: String,
    ends_at: i64,
}

/// Who is signed in to this daemon's Hub. A restart signs everybody out.
#[derive(Debug, Default)]
pub(crate) struct Hub {
    sessions: Mutex<HashMap<String, HubSession>>,
    /// Operators by the hashes of the codes of their links.
    links: Mutex<HashMap<String, (String, i64)>>,
    guesses: Guesses,
}

impl Hub {
    /// A code for a link.
    pub(crate) fn new_code() -> String {
        hex(&rand::random::<[u8; 32]>())
    }

    /// When a link ends that is made now.
    pub(crate) fn link_ends_at(now: i64) -> Time {
        Time(now + LINK_WAITS)
    }

    /// Keeps the hash of a link's code, which signs an operator in once.
    pub(crate) fn add_link(&self, code: String, operator: &str, now: i64) {
        let mut links = lock(&self.links);
        make_room(&mut links, now, |(_, ends_at)| *ends_at);
        links.insert(code, (operator.to_owned(), now + LINK_WAITS));
    }

    /// Whose link a code belongs to; it works no more.
    pub(crate) fn take_link(&self, code: &str, now: i64) -> Option<String> {
        let (operator, ends_at) = lock(&self.links).remove(code)?;
        (ends_at > now).then_some(operator)
    }

    /// Signs an operator in, by the hash of a cookie.
    pub(crate) fn sign_in(&self, cookie: String, id: String, operator: &str, guard: String, now: i64) {
        let mut sessions = lock(&self.sessions);
        make_room(&mut sessions, now, |session| session.ends_at);
        let session = HubSession { id, operator: operator.to_owned(), guard, ends_at: now + HOLDS };
        sessions.insert(cookie, session);
    }

    /// The session of a cookie.
    pub(crate) fn session(&self, cookie: &str, now: i64) -> Option<HubSession> {
        lock(&self.sessions).get(cookie).filter(|session| session.ends_at > now).cloned()
    }

    /// The session of a call that shows a cookie, and what must stand beside it.
    pub(crate) fn calling(&self, cookie: &str, guard: &str, now: i64) -> Option<HubSession> {
        let is_guarded = |session: &HubSession| session.guard.as_bytes().ct_eq(guard.as_bytes()).into();
        self.session(cookie, now).filter(is_guarded)
    }

    /// Signs a browser out.
    pub(crate) fn sign_out(&self, cookie: &str) {
        lock(&self.sessions).remove(cookie);
    }

    /// Whether an address may try to sign in.
    ///
    /// # Errors
    /// If it guessed wrong too often.
    pub(crate) fn check_guesses(&self, address: Option<IpAddr>, now: i64) -> Result<(), Error> {
        self.guesses.check(address, now).map_err(|seconds| {
            let message =
                "There were too many wrong tries from this address. Wait, or use `katonic hub open`.";
            let mut error = Error::new(Kind::RateLimited, "rate_limit_exceeded", message);
            error.retry_after = Some(seconds);
            error
        })
    }

    /// Notes that an address guessed wrong.
    pub(crate) fn guessed_wrong(&self, address: Option<IpAddr>, now: i64) {
        self.guesses.note(address, now);
    }
}

fn lock<T>(kept: &Mutex<T>) -> MutexGuard<'_, T> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Drops what has ended, and the oldest where there is too much.
fn make_room<T>(kept: &mut HashMap<String, T>, now: i64, ends_at: impl Fn(&T) -> i64) {
    kept.retain(|_, one| ends_at(one) > now);
    while kept.len() >= MOST {
        let oldest = kept.iter().min_by_key(|(_, one)| ends_at(one)).map(|(key, _)| key.clone());
        let Some(oldest) = oldest else { return };
        kept.remove(&oldest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_works_once_and_not_for_long() {
        let hub = Hub::default();
        hub.add_link("a".into(), "opr_1", 0);
        assert_eq!(hub.take_link("a", 1).as_deref(), Some("opr_1"));
        assert_eq!(hub.take_link("a", 1), None);
        hub.add_link("b".into(), "opr_1", 0);
        assert_eq!(hub.take_link("b", LINK_WAITS), None);
    }

    fn sign_in(hub: &Hub, cookie: &str, now: i64) {
        hub.sign_in(cookie.into(), "hub_1".into(), "opr_1", "guard".into(), now);
    }

    #[test]
    fn a_session_needs_both_its_halves_and_ends() {
        let hub = Hub::default();
        sign_in(&hub, "cookie", 0);
        assert_eq!(hub.calling("cookie", "guard", 1).unwrap().operator, "opr_1");
        for (cookie, guard, now) in
            [("cookie", "", 1), ("cookie", "guar", 1), ("other", "guard", 1), ("cookie", "guard", HOLDS)]
        {
            assert!(hub.calling(cookie, guard, now).is_none(), "{cookie} {guard} {now}");
        }
        hub.sign_out("cookie");
        assert!(hub.calling("cookie", "guard", 1).is_none());
    }

    #[test]
    fn of_too_many_the_oldest_end() {
        let hub = Hub::default();
        for n in 0..=MOST {
            sign_in(&hub, &n.to_string(), n as i64);
        }
        assert!(hub.session("0", 2).is_none() && hub.session("1", 2).is_some());
    }
}
