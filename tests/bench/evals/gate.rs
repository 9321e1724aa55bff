//! The gate's rules on 127 cases of which some are flaky: how often they block an agent that is the same, and find one that
//! is broken.

use crate::draw::Draw;
use crate::{RESAMPLES, share, shown};
use daemon::statistics::{Difference, Pair, paired_difference, paired_differences, stays_broken, verdict};
use futures::executor::block_on;
use std::cell::RefCell;
use std::future::ready;

const CASES: usize = 127;

/// The share of cases that pass at times, each with a chance of its own.
const FLAKY: f64 = 0.12;

/// How often a broken case still passes.
const BROKEN: f64 = 0.05;

/// Evaluators whose scores differ from run to run.
const EVALUATORS: usize = 7;

/// Two agents by the chances that each of their cases passes.
struct Agents {
    baseline: Vec<f64>,
    candidate: Vec<f64>,
}

impl Agents {
    /// Two that are the same, but for so many cases that the candidate has broken.
    fn new(draw: &mut Draw, broken: usize) -> Self {
        let chance = |draw: &mut Draw| if draw.happens(FLAKY) { draw.unit() } else { 1.0 };
        let baseline: Vec<f64> =
            (0..CASES).map(|case| if case < broken { 1.0 } else { chance(draw) }).collect();
        let mut candidate = baseline.clone();
        candidate.iter_mut().take(broken).for_each(|chance| *chance = BROKEN);
        Self { baseline, candidate }
    }

    /// A run of each: which cases pass.
    fn run(&self, draw: &mut Draw) -> (Vec<bool>, Vec<bool>) {
        let all =
            |draw: &mut Draw, chances: &[f64]| chances.iter().map(|chance| draw.happens(*chance)).collect();
        (all(draw, &self.baseline), all(draw, &self.candidate))
    }

    /// Whether the gate's third rule blocks: a case that broke stays broken.
    fn is_broken(&self, draw: &mut Draw, (before, after): &(Vec<bool>, Vec<bool>)) -> bool {
        let draw = RefCell::new(draw);
        let passes = |chance: f64| ready(Ok::<bool, ()>(draw.borrow_mut().happens(chance)));
        (0..CASES).filter(|case| before[*case] && !after[*case]).any(|case| {
            let (candidate, baseline) = (|| passes(self.candidate[case]), || passes(self.baseline[case]));
            block_on(stays_broken(candidate, baseline)).unwrap()
        })
    }
}

pub fn rows(runs: u64) {
    println!(
        "\n| of two agents, {CASES} cases, {:.0} % flaky | the same | one case broken | eight broken |",
        FLAKY * 100.0
    );
    println!("|---|---|---|---|");
    type Rule = fn(&mut Draw, usize) -> bool;
    let rules: [(&str, Rule); 4] = [
        ("any case that passed fails", any_break),
        ("the gate: cases that broke are asked again, or an evaluator's interval lies below zero", gate),
        ("`compare` says regressed", regressed),
        ("the same, without Holm's care for seven evaluators", regressed_without_holm),
    ];
    for (name, rule) in rules {
        let cells = [0, 1, 8].map(|broken| shown(share(runs, |draw| rule(draw, broken))));
        println!("| {name} | {} |", cells.join(" | "));
    }
}

fn any_break(draw: &mut Draw, broken: usize) -> bool {
    let agents = Agents::new(draw, broken);
    let (before, after) = agents.run(draw);
    before.iter().zip(&after).any(|(before, after)| *before && !after)
}

fn gate(draw: &mut Draw, broken: usize) -> bool {
    let agents = Agents::new(draw, broken);
    let run = agents.run(draw);
    agents.is_broken(draw, &run) || judged(draw, &run, true).iter().any(|(_, _, (_, high))| *high < 0.0)
}

fn regressed(draw: &mut Draw, broken: usize) -> bool {
    says_regressed(draw, broken, true)
}

fn regressed_without_holm(draw: &mut Draw, broken: usize) -> bool {
    says_regressed(draw, broken, false)
}

fn says_regressed(draw: &mut Draw, broken: usize, careful: bool) -> bool {
    let agents = Agents::new(draw, broken);
    let run = agents.run(draw);
    let overall = paired_difference(&pairs(draw, &run, 0.0), RESAMPLES, 1);
    let evaluators = judged(draw, &run, careful);
    verdict(&overall, &evaluators, 0.01) == "regressed"
}

/// Each evaluator's difference, with Holm's levels or without.
fn judged(
    draw: &mut Draw,
    run: &(Vec<bool>, Vec<bool>),
    careful: bool,
) -> Vec<(Difference, f64, (f64, f64))> {
    let compared: Vec<Vec<Pair>> =
        (0..EVALUATORS).map(|evaluator| pairs(draw, run, 0.1 * f64::from(u8::from(evaluator > 0)))).collect();
    if careful {
        return paired_differences(&compared, RESAMPLES, 1);
    }
    let alone = compared.iter().map(|pairs| paired_difference(pairs, RESAMPLES, 1));
    alone.map(|one| (one.clone(), one.p_value, one.ci95)).collect()
}

/// The scores of both runs: pass and fail, and an evaluator's own noise on each.
fn pairs(draw: &mut Draw, (before, after): &(Vec<bool>, Vec<bool>), noise: f64) -> Vec<Pair> {
    let score = |draw: &mut Draw, passes: bool| {
        let lost = if noise > 0.0 { (noise * draw.normal()).abs() } else { 0.0 };
        if passes { 1.0 - lost } else { 0.3 - lost.min(0.3) }
    };
    let pair = |(before, after): (&bool, &bool)| {
        let (baseline, candidate) = (score(draw, *before), score(draw, *after));
        Pair { baseline, candidate, group: None }
    };
    before.iter().zip(after).map(pair).collect()
}
