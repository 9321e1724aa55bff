//! Budgets against a plain sum.

use super::*;
use crate::gate::fixture::caller;
use crate::store::fixture::{Place, store};
use contract::wire::admin::Period;
use std::sync::Arc;

fn request(name: &str, subject: Subject, id: Option<&str>, dollars: i64) -> CreateBudgetRequest {
    CreateBudgetRequest {
        name: name.into(),
        team: None,
        subject,
        subject_id: id.map(str::to_owned),
        period: Period::Day,
        limit_usd: Usd::from_nanos(dollars * 1_000_000_000),
        mode: Mode::Hard,
        unpriced: Unpriced::Refuse,
    }
}

async fn opened() -> (Place, Db, Arc<Budgets>) {
    let (place, db) = store().await;
    let budgets = Budgets::open(db.clone()).await.unwrap();
    (place, db, Arc::new(budgets))
}

async fn create(budgets: &Arc<Budgets>, request: CreateBudgetRequest) -> Budget {
    budgets.create("t", request, Time::now().0).await.unwrap().store(&budgets.db).await.unwrap()
}

fn usd(nanos: i64) -> Option<Usd> {
    Some(Usd::from_nanos(nanos))
}

#[tokio::test]
async fn a_race_of_a_thousand_calls_never_passes_the_cap() {
    let (_place, db, budgets) = opened().await;
    create(&budgets, request("team", Subject::Team, None, 1)).await;
    let now = Time::now().0;
    let calls = (0..1000).map(|_| {
        let (budgets, db) = (Arc::clone(&budgets), db.clone());
        tokio::spawn(async move {
            let caller = caller();
            let spender = Spender { caller: &caller, tags: &[] };
            let Ok(holds) = budgets.hold(spender, usd(10_000_000), now) else { return 0 };
            tokio::task::yield_now().await;
            let (statements, _) = budgets.settle(spender, &holds, Usd::from_nanos(9_999_999), now);
            db.batch(statements).await.unwrap();
            9_999_999
        })
    });
    let mut total = 0;
    for call in calls.collect::<Vec<_>>() {
        total += call.await.unwrap();
    }
    assert!(total > 900_000_000 && total <= 1_000_000_000, "{total}");
    let standing = &budgets.list("t", now)[0];
    assert_eq!((standing.spent_usd.nanos(), standing.held_usd.nanos()), (total, 0));
    let again = Budgets::open(db).await.unwrap();
    assert_eq!(again.list("t", now)[0].spent_usd.nanos(), total, "a restart forgets nothing");
}

#[tokio::test]
async fn a_call_holds_under_all_its_budgets_or_under_none() {
    let (_place, _db, budgets) = opened().await;
    create(&budgets, request("team", Subject::Team, None, 10)).await;
    create(&budgets, request("ana", Subject::User, Some("ana@example.org"), 1)).await;
    create(&budgets, request("bob", Subject::User, Some("bob@example.org"), 0)).await;
    create(&budgets, request("tag", Subject::Tag, Some("batch"), 5)).await;
    let (caller, now, tags) = (caller(), Time::now().0, ["batch".to_owned()]);
    let spender = Spender { caller: &caller, tags: &tags };
    let refused = budgets.hold(spender, usd(2_000_000_000), now).unwrap_err();
    assert_eq!(refused.code, "insufficient_quota");
    assert!(refused.message.contains("`ana`") && refused.message.contains("It begins anew at"));
    assert!(budgets.list("t", now).iter().all(|budget| budget.held_usd == Usd::ZERO));
    let mut holds = budgets.hold(spender, usd(1_000_000_000), now).unwrap();
    assert_eq!(holds.len(), 3, "team, user and tag");
    budgets.shrink("t", &mut holds, Usd::from_nanos(250));
    assert!(budgets.list("t", now).iter().all(|budget| budget.held_usd.nanos() <= 250));
    budgets.settle(spender, &holds, Usd::ZERO, now);
    assert!(budgets.list("t", now).iter().all(|b| b.held_usd == Usd::ZERO && b.spent_usd == Usd::ZERO));
}

#[tokio::test]
async fn a_model_without_a_price_follows_the_budgets_policy() {
    let (_place, _db, budgets) = opened().await;
    let budget = create(&budgets, request("team", Subject::Team, None, 1)).await;
    let (caller, now) = (caller(), Time::now().0);
    let spender = Spender { caller: &caller, tags: &[] };
    assert_eq!(budgets.hold(spender, None, now).unwrap_err().code, "model_not_allowed");
    let change = UpdateBudgetRequest {
        budget_id: budget.id,
        name: None,
        limit_usd: None,
        mode: None,
        unpriced: Some(Unpriced::Allow),
        ends_at: None,
    };
    budgets.update(Some("t"), change, now).unwrap().store(&budgets.db).await.unwrap();
    assert!(budgets.hold(spender, None, now).is_ok());
}

#[tokio::test]
async fn each_threshold_is_told_once_and_a_new_day_begins_at_nothing() {
    let (_place, _db, budgets) = opened().await;
    let soft = CreateBudgetRequest { mode: Mode::Soft, ..request("team", Subject::Team, None, 1) };
    create(&budgets, soft).await;
    let (caller, now) = (caller(), Time::now().0);
    let spender = Spender { caller: &caller, tags: &[] };
    let mut told = Vec::new();
    for _ in 0..12 {
        let holds = budgets.hold(spender, usd(100_000_000), now).unwrap();
        let (_, crossed) = budgets.settle(spender, &holds, Usd::from_nanos(100_000_000), now);
        told.extend(crossed.iter().map(|crossed| crossed.percent));
    }
    assert_eq!(told, [50, 80, 100], "a soft budget refuses nothing");
    let tomorrow = now + 24 * 60 * 60 * 1000;
    assert_eq!(budgets.list("t", tomorrow)[0].spent_usd, Usd::ZERO);
}

/// Midnight of a day in UTC.
const MIDNIGHT: i64 = 20_000 * 24 * 60 * 60 * 1000;

#[tokio::test]
async fn a_call_counts_in_the_day_it_came_in_from_its_hold_to_its_settlement() {
    let (_place, db, budgets) = opened().await;
    create(&budgets, request("team", Subject::Team, None, 10)).await;
    let (caller, before, after) = (caller(), MIDNIGHT - 1, MIDNIGHT + 1);
    let spender = Spender { caller: &caller, tags: &[] };
    let hold = |dollars: i64, at| budgets.hold(spender, usd(dollars * 1_000_000_000), at);
    let early = hold(8, before).unwrap();
    let late = hold(8, after).unwrap();
    assert!(hold(3, before).is_err(), "one that came in before midnight, and is held after it");
    let slow = hold(2, before).unwrap();
    assert!(hold(3, after).is_err());
    let shown = |at| {
        let budget = &budgets.list("t", at)[0];
        (budget.spent_usd.dollars(), budget.held_usd.dollars())
    };
    assert_eq!((shown(before), shown(after)), ((0.0, 10.0), (0.0, 8.0)));
    for (holds, cost, at) in [(early, 7, before), (late, 6, after), (slow, 1, before)] {
        let (statements, _) = budgets.settle(spender, &holds, Usd::from_nanos(cost * 1_000_000_000), at);
        db.batch(statements).await.unwrap();
    }
    assert_eq!((shown(before), shown(after)), ((8.0, 0.0), (6.0, 0.0)));
    let budgets = Budgets::open(db).await.unwrap();
    let spent = |at| budgets.list("t", at)[0].spent_usd.dollars();
    assert_eq!((spent(before), spent(after)), (8.0, 6.0));
    let clock_went_back = budgets.hold(spender, usd(3_000_000_000), before);
    assert!(clock_went_back.is_err(), "also after a restart");
}

#[tokio::test]
async fn a_clock_far_back_opens_no_day_that_was_forgotten() {
    let (_place, _db, budgets) = opened().await;
    create(&budgets, request("team", Subject::Team, None, 10)).await;
    let caller = caller();
    let spender = Spender { caller: &caller, tags: &[] };
    let day = |n: i64| MIDNIGHT + n * 24 * 60 * 60 * 1000;
    for n in 0..40 {
        let holds = budgets.hold(spender, usd(9_000_000_000), day(n)).unwrap();
        budgets.settle(spender, &holds, Usd::from_nanos(9_000_000_000), day(n));
    }
    assert!(budgets.hold(spender, usd(2_000_000_000), day(0)).is_err());
    let holds = budgets.hold(spender, usd(1_000_000_000), day(0)).unwrap();
    let (statements, _) = budgets.settle(spender, &holds, Usd::from_nanos(1_000_000_000), day(0));
    assert_eq!(statements.len(), 1);
    assert_eq!(
        budgets.list("t", day(8))[0].spent_usd.dollars(),
        10.0,
        "it counts in the oldest that is held"
    );
}
