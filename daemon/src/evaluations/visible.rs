//! Who may see what a case was answered: a run asks as several people, and shows each answer only to those who may act
//! for the one who asked.

use crate::gate::Caller;
use crate::gate::identity::may_act_as;
use contract::wire::evaluations::{CaseResult, Judged};

/// A case as a caller may see it. Scores stay; the answer and what it rests on are left out where it may not.
pub(super) fn case(caller: &Caller, case: CaseResult) -> CaseResult {
    if may_see(caller, case.as_user.as_deref()) {
        return case;
    }
    CaseResult {
        answer: String::new(),
        citations: Vec::new(),
        tool_calls: Vec::new(),
        trace_id: None,
        judge: case.judge.map(unreasoned),
        judges: case.judges.into_iter().map(|(name, judged)| (name, unreasoned(judged))).collect(),
        preference: case.preference.map(unreasoned),
        error: case.error.map(|_| "hidden".to_owned()),
        ..case
    }
}

/// A judge's word without its reason, which may quote the answer.
fn unreasoned(judged: Judged) -> Judged {
    Judged { reason: None, error: None, ..judged }
}

fn may_see(caller: &Caller, asker: Option<&str>) -> bool {
    match (asker, &caller.user) {
        (None, _) => true,
        (Some(asker), Some(user)) => asker.eq_ignore_ascii_case(user),
        (Some(asker), None) => caller.operator || may_act_as(&caller.act_as, asker),
    }
}
