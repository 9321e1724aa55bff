//! The windows against a plain list of calls.

use super::*;
use proptest::prelude::*;

fn limits(per_minute: u32) -> KeyLimits {
    KeyLimits { per_minute: Some(per_minute), ..KeyLimits::default() }
}

fn rates() -> Arc<Rates> {
    Arc::default()
}

#[test]
fn never_more_than_the_limit_in_any_minute() {
    let rates = rates();
    let mut admitted = Vec::new();
    for now in (0..200_000).step_by(700) {
        if rates.admit("k", &limits(10), now).is_ok() {
            admitted.push(now);
        }
    }
    for start in &admitted {
        assert!(admitted.iter().filter(|at| (*start..start + MINUTE).contains(*at)).count() <= 10);
    }
    assert!(admitted.len() >= 30, "and no fewer than it could: {}", admitted.len());
}

#[test]
fn a_refusal_says_when_to_come_back() {
    let rates = rates();
    rates.admit("k", &limits(1), 1_000).unwrap();
    let full = rates.admit("k", &limits(1), 31_500).unwrap_err();
    assert_eq!(full, Full::Calls(Standing { limit: 1, remaining: 0, reset_ms: 29_500 }, "minute"));
    assert_eq!(refusal(&full).retry_after, Some(30));
    assert!(rates.admit("k", &limits(1), 61_000).is_ok());
    assert!(rates.admit("other", &limits(1), 31_500).is_ok());
}

#[test]
fn a_limit_of_zero_lets_nothing_through() {
    assert!(rates().admit("k", &limits(0), 5).is_err());
}

#[test]
fn as_many_calls_as_may_run_at_the_same_time() {
    let rates = rates();
    let limits = KeyLimits { concurrent: Some(2), ..KeyLimits::default() };
    let (_, first) = rates.admit("k", &limits, 0).unwrap();
    let (_, _second) = rates.admit("k", &limits, 0).unwrap();
    assert_eq!(rates.admit("k", &limits, 0).unwrap_err(), Full::Concurrent(2));
    drop(first);
    assert!(rates.admit("k", &limits, 0).is_ok());
}

#[test]
fn calls_under_way_count_though_the_limits_were_lifted_in_between() {
    let rates = rates();
    let limits = KeyLimits { concurrent: Some(1), ..KeyLimits::default() };
    let (_, first) = rates.admit("k", &limits, 0).unwrap();
    rates.admit("k", &KeyLimits::default(), 1).unwrap();
    assert!(!rates.knows("k"), "what it called meanwhile stands in the log alone");
    rates.load("k", &limits, &[Past { at: 1, tokens: 0 }]);
    assert_eq!(rates.used("k", 2).minute, 1);
    assert_eq!(rates.admit("k", &limits, 2).unwrap_err(), Full::Concurrent(1));
    drop(first);
    assert!(rates.admit("k", &limits, 3).is_ok());
}

#[test]
fn tokens_that_were_not_used_are_given_back() {
    let rates = rates();
    rates.reserve_tokens("k", 1000, 900, 0).unwrap();
    assert_eq!(rates.reserve_tokens("k", 1000, 200, 10), Err(MINUTE - 10));
    rates.settle_tokens("k", 900, 100, 0);
    rates.reserve_tokens("k", 1000, 900, 20).unwrap();
    assert_eq!(rates.reserve_tokens("k", 1000, 1, 20), Err(MINUTE - 20));
}

#[test]
fn a_high_limit_holds_though_it_is_kept_in_grains() {
    let rates = rates();
    let limits = KeyLimits { per_minute: Some(5000), ..KeyLimits::default() };
    let mut admitted: Vec<i64> = Vec::new();
    for now in 0..130_000 {
        if rates.admit("k", &limits, now).is_ok() {
            admitted.push(now);
        }
    }
    let within = |start: i64| admitted.iter().filter(|at| (start..start + MINUTE).contains(*at)).count();
    assert!((0..70_000).step_by(997).all(|start| within(start) <= 5000));
    assert!(admitted.len() >= 10_000, "{}", admitted.len());
    assert!(rates.keys()["k"].calls[2].amount() >= 10_000);
}

/// What may happen to a key.
#[derive(Clone, Debug)]
enum Step {
    Call,
    Clock(i64),
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => Just(Step::Call),
        3 => (0..40_000_i64).prop_map(Step::Clock),
        1 => Just(Step::Restart),
    ]
}

proptest! {
    #[test]
    fn any_order_of_calls_clock_steps_and_restarts_keeps_every_limit(
        steps in prop::collection::vec(step(), 1..300), minute in 1..6_u32, hour in 1..20_u32,
    ) {
        let limits = KeyLimits { per_minute: Some(minute), per_hour: Some(hour), ..KeyLimits::default() };
        let (mut rates, mut now, mut log) = (rates(), 0_i64, Vec::<i64>::new());
        for step in steps {
            match step {
                Step::Clock(ms) => now += ms,
                Step::Restart => {
                    rates = self::rates();
                    let past: Vec<Past> = log.iter().map(|at| Past { at: *at, tokens: 0 }).collect();
                    rates.load("k", &limits, &past);
                }
                Step::Call => {
                    let within = |span: i64| log.iter().filter(|at| **at > now - span).count() as u32;
                    let may = within(MINUTE) < minute && within(HOUR) < hour;
                    let admitted = rates.admit("k", &limits, now);
                    prop_assert_eq!(admitted.is_ok(), may);
                    if may {
                        log.push(now);
                    }
                }
            }
        }
    }
}
