//! The queries of canaries.

use super::{Arms, Canary};
use crate::call::Ending;
use crate::error::Error;
use crate::store::{Db, Row, Statement};
use crate::trace::Lane;
use contract::time::Time;
use contract::wire::agents::{self as wire, CanaryCounts, Promotion};
use contract::wire::flywheel::{FeedbackRequest, Rating};

/// The calls of its own at which a canary is first weighed.
const FIRST_LOOK: i64 = 8;

/// Most feedback that is counted of a canary.
const MOST_FEEDBACK: u32 = 10_000;

const COLUMNS: &str =
    "promotion_id, team, agent_id, environment, version, percent, looks, next_look, started_at";

fn read(row: &Row) -> Canary {
    let count = |at: usize| u64::try_from(row.int(at)).unwrap_or(0);
    Canary {
        promotion_id: row.text(0),
        team: row.text(1),
        agent: row.text(2),
        environment: row.text(3),
        version: row.text(4),
        percent: count(5),
        looks: count(6),
        next_look: count(7),
        started_at: Time(row.int(8)),
    }
}

/// Every canary that is under way.
pub(crate) async fn all(db: &Db) -> Result<Vec<Canary>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM canaries ORDER BY promotion_id");
    Ok(db.rows(sql, vec![]).await?.iter().map(read).collect())
}

/// The canary of an environment, if there is one.
pub(crate) async fn of(db: &Db, team: &str, agent: &str, environment: &str) -> Result<Option<Canary>, Error> {
    let sql =
        format!("SELECT {COLUMNS} FROM canaries WHERE team = ?1 AND agent_id = ?2 AND environment = ?3");
    let row = db.row(sql, vec![team.into(), agent.into(), environment.into()]).await?;
    Ok(row.as_ref().map(read))
}

/// Begins a canary in place of another, while what it is held against is live.
pub(crate) fn start(team: &str, agent: &str, promotion: &Promotion, percent: u64) -> Vec<Statement> {
    let environment = &promotion.environment;
    let live = Statement::new(
        "UPDATE agent_environments SET version = version
         WHERE team = ?1 AND agent_id = ?2 AND environment = ?3 AND version = ?4",
        vec![team.into(), agent.into(), environment.into(), promotion.from.clone().into()],
    );
    let begin = Statement::new(
        "INSERT INTO canaries (promotion_id, team, agent_id, environment, version, percent, looks, next_look, started_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, ?8)",
        vec![
            (&promotion.promotion_id).into(),
            team.into(),
            agent.into(),
            environment.into(),
            (&promotion.to).into(),
            i64::try_from(percent).unwrap_or(0).into(),
            FIRST_LOOK.into(),
            promotion.at.0.into(),
        ],
    );
    let before = end(team, agent, environment, &promotion.promotion_id);
    before.into_iter().chain([live.expect(1), begin]).collect()
}

/// Ends the canary of an environment, if there is one, for the sake of another promotion.
pub(crate) fn end(team: &str, agent: &str, environment: &str, promotion: &str) -> [Statement; 2] {
    let which = vec![team.into(), agent.into(), environment.into()];
    [
        Statement::new(
            "UPDATE promotions SET status = 'ended'
             WHERE team = ?1 AND agent_id = ?2 AND environment = ?3 AND status = 'canary' AND id <> ?4",
            which.iter().cloned().chain([promotion.into()]).collect(),
        ),
        Statement::new("DELETE FROM canaries WHERE team = ?1 AND agent_id = ?2 AND environment = ?3", which),
    ]
}

/// Ends a canary that does worse than what is live, once.
pub(crate) fn rolled_back(promotion: &Promotion) -> Result<Vec<Statement>, Error> {
    let id = &promotion.promotion_id;
    let gate = serde_json::to_string(&promotion.gate)?;
    Ok(vec![
        Statement::new(
            "UPDATE promotions SET status = 'rolled_back', gate = ?2 WHERE id = ?1 AND status = 'canary'",
            vec![id.into(), gate.into()],
        )
        .expect(1),
        Statement::new("DELETE FROM canaries WHERE promotion_id = ?1", vec![id.into()]).expect(1),
    ])
}

/// Notes that a canary was weighed: once for each number of calls.
pub(crate) async fn looked(db: &Db, canary: &Canary, next: u64) -> Result<bool, Error> {
    let sql = "UPDATE canaries SET looks = looks + 1, next_look = ?3 WHERE promotion_id = ?1 AND looks = ?2";
    let count = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    let params = vec![(&canary.promotion_id).into(), count(canary.looks).into(), count(next).into()];
    Ok(db.execute(sql, params).await? == 1)
}

/// How a call ended in an environment with a canary, as long as that lasts.
pub(crate) fn call(lane: &Lane, team: &str, trace_id: &str, ending: Ending) -> Statement {
    let sql = "INSERT INTO canary_calls (trace_id, team, promotion_id, is_canary, failed, blocked)
               SELECT CAST(?1 AS TEXT), CAST(?2 AS TEXT), promotion_id, CAST(?4 AS BIGINT), CAST(?5 AS BIGINT),
                      CAST(?6 AS BIGINT)
               FROM canaries WHERE promotion_id = ?3";
    let params = vec![
        trace_id.into(),
        team.into(),
        (&lane.promotion_id).into(),
        i64::from(lane.is_canary).into(),
        i64::from(ending.label == "failed").into(),
        i64::from(ending.label == "blocked").into(),
    ];
    Statement::new(sql, params)
}

/// How the calls of both sides went, without what was said of them.
pub(crate) async fn arms(db: &Db, promotion_id: &str) -> Result<Arms, Error> {
    let sql = "SELECT is_canary, count(*), CAST(SUM(failed) AS BIGINT), CAST(SUM(blocked) AS BIGINT)
               FROM canary_calls WHERE promotion_id = ?1 GROUP BY is_canary";
    let mut arms = Arms::default();
    for row in db.rows(sql, vec![promotion_id.into()]).await? {
        let count = |at: usize| u64::try_from(row.int(at)).unwrap_or(0);
        let counts = CanaryCounts { calls: count(1), failed: count(2), blocked: count(3), disliked: 0 };
        if row.int(0) == 1 { arms.canary = counts } else { arms.live = counts }
    }
    Ok(arms)
}

/// The same with how many of the newest answers of each side were rated down.
pub(crate) async fn disliked(db: &Db, promotion_id: &str, mut arms: Arms) -> Result<Arms, Error> {
    let sql = format!(
        "SELECT c.is_canary, f.said FROM canary_calls c JOIN feedback f ON f.trace_id = c.trace_id AND f.team = c.team
         WHERE c.promotion_id = ?1 ORDER BY f.created_at DESC LIMIT {MOST_FEEDBACK}"
    );
    for row in db.rows(sql, vec![promotion_id.into()]).await? {
        let said: FeedbackRequest = row.json(1)?;
        let side = if row.int(0) == 1 { &mut arms.canary } else { &mut arms.live };
        side.disliked += u64::from(said.rating == Some(Rating::Down));
    }
    Ok(arms)
}

/// The canary of an environment as it is shown, if there is one.
pub(in crate::agents) async fn shown(
    db: &Db,
    team: &str,
    agent: &str,
    environment: &str,
) -> Result<Option<wire::Canary>, Error> {
    let Some(canary) = of(db, team, agent, environment).await? else { return Ok(None) };
    let arms = disliked(db, &canary.promotion_id, arms(db, &canary.promotion_id).await?).await?;
    let Canary { promotion_id, version, percent, started_at: since, .. } = canary;
    Ok(Some(wire::Canary { promotion_id, version, percent, since, canary: arms.canary, live: arms.live }))
}
