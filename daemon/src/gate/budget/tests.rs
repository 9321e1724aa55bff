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

async fn opened() -> (Place, Db, Budgets) {
    let (place, db) = store().await;
    let budgets = Budgets::open(db.clone()).await.unwrap();
    (place, db, budgets)
}

fn usd(nanos: i64) -> Option<Usd> {
    Some(Usd::from_nanos(nanos))
}

#[tokio::test]
async fn a_race_of_a_thousand_calls_never_passes_the_cap() {
    let (_place, db, budgets) = opened().await;
    budgets.create("t", request("team", Subject::Team, None, 1)).await.unwrap();
    let (budgets, now) = (Arc::new(budgets), Time::now().0);
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
    budgets.create("t", request("team", Subject::Team, None, 10)).await.unwrap();
    budgets.create("t", request("ana", Subject::User, Some("ana@example.org"), 1)).await.unwrap();
    budgets.create("t", request("bob", Subject::User, Some("bob@example.org"), 0)).await.unwrap();
    budgets.create("t", request("tag", Subject::Tag, Some("batch"), 5)).await.unwrap();
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
    let budget = budgets.create("t", request("team", Subject::Team, None, 1)).await.unwrap();
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
    budgets.update(Some("t"), change).await.unwrap();
    assert!(budgets.hold(spender, None, now).is_ok());
}

#[tokio::test]
async fn each_threshold_is_told_once_and_a_new_day_begins_at_nothing() {
    let (_place, _db, budgets) = opened().await;
    let soft = CreateBudgetRequest { mode: Mode::Soft, ..request("team", Subject::Team, None, 1) };
    budgets.create("t", soft).await.unwrap();
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
