//! What the statistics of comparisons and of the gate are worth, on synthetic runs whose truth is known: how often intervals
//! hold it, how often two agents that are the same are told apart, and how often a broken case is found.
//!
//! Usage: `cargo run --release --example evals -- [RUNS]`; 10,000 runs a row take some minutes.
#![allow(clippy::unwrap_used, clippy::print_stdout, unreachable_pub)]

mod draw;
mod gate;

use daemon::statistics::{Pair, paired_difference, wilson};
use draw::Draw;
use std::thread;
use std::time::Instant;

/// Resamples of a bootstrap here: fewer than the daemon's 10,000, for the sake of the many runs.
const RESAMPLES: usize = 2000;

/// How much worse the candidate of the coverage rows is.
const TRUTH: f64 = -0.05;

/// How a pair of scores is drawn, and whether the groups are told to the bootstrap.
#[derive(Clone, Copy)]
enum Scores {
    PassAndFail,
    Continuous,
    /// Five cases stand and fall together.
    Grouped {
        told: bool,
    },
}

fn main() {
    let runs: u64 = std::env::args().nth(1).map_or(10_000, |runs| runs.parse().unwrap());
    let began = Instant::now();
    println!("{runs} runs a row, {RESAMPLES} resamples\n");
    println!(
        "| the 95 % interval of a difference holds the truth | 30 cases | 127 | 500 |\n|---|---|---|---|"
    );
    let rows = [
        ("pass and fail", Scores::PassAndFail),
        ("continuous scores", Scores::Continuous),
        ("five cases a group, groups told", Scores::Grouped { told: true }),
        ("five cases a group, groups not told", Scores::Grouped { told: false }),
    ];
    for (name, scores) in rows {
        let cells = [30, 127, 500].map(|cases| shown(share(runs, |draw| holds_truth(draw, scores, cases))));
        println!("| {name} | {} |", cells.join(" | "));
    }
    println!("\n| | share |\n|---|---|");
    for rate in [0.8, 0.95, 0.98] {
        let covered = share(runs * 10, |draw| {
            let passed = (0..127).filter(|_| draw.happens(rate)).count() as u64;
            let (low, high) = wilson(passed, 127);
            (low..=high).contains(&rate)
        });
        println!("| Wilson's interval of a pass rate holds {rate}, of 127 cases | {} |", shown(covered));
    }
    println!(
        "| a difference as large as told detectable is detected (80 % asked) | {} |",
        shown(share(runs, detects))
    );
    gate::rows(runs);
    println!("\n{:.1} minutes", began.elapsed().as_secs_f64() / 60.0);
}

/// The share of runs of which something is so, each drawn from its own number.
pub fn share(runs: u64, is_so: impl Fn(&mut Draw) -> bool + Sync) -> f64 {
    let threads = thread::available_parallelism().map_or(1, |threads| threads.get() as u64);
    let count =
        |first: u64| (first..runs).step_by(threads as usize).filter(|n| is_so(&mut Draw::new(*n))).count();
    let counted: usize = thread::scope(|scope| {
        let works: Vec<_> = (0..threads).map(|first| scope.spawn(move || count(first))).collect();
        works.into_iter().map(|work| work.join().unwrap()).sum()
    });
    counted as f64 / runs as f64
}

/// A share as the tables show it.
pub fn shown(share: f64) -> String {
    format!("{share:.3}")
}

fn holds_truth(draw: &mut Draw, scores: Scores, cases: usize) -> bool {
    let pairs: Vec<Pair> = match scores {
        Scores::PassAndFail => (0..cases).map(|_| pass_and_fail(draw)).collect(),
        Scores::Continuous => (0..cases).map(|_| continuous(draw, TRUTH, 0.2, None)).collect(),
        Scores::Grouped { told } => grouped(draw, cases, told),
    };
    let (low, high) = paired_difference(&pairs, RESAMPLES, 1).ci95;
    (low..=high).contains(&TRUTH)
}

fn pass_and_fail(draw: &mut Draw) -> Pair {
    let rate = 0.6 + 0.4 * draw.unit();
    let score = |passes: bool| f64::from(u8::from(passes));
    let (baseline, candidate) = (score(draw.happens(rate)), score(draw.happens(rate + TRUTH)));
    Pair { baseline, candidate, group: None }
}

fn continuous(draw: &mut Draw, delta: f64, spread: f64, group: Option<String>) -> Pair {
    let baseline = 0.7 + 0.1 * draw.normal();
    Pair { baseline, candidate: baseline + delta + spread * draw.normal(), group }
}

fn grouped(draw: &mut Draw, cases: usize, told: bool) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for group in 0..cases / 5 {
        let delta = TRUTH + 0.15 * draw.normal();
        for _ in 0..5 {
            pairs.push(continuous(draw, delta, 0.05, told.then(|| group.to_string())));
        }
    }
    pairs
}

/// Whether a true difference is found that is as large as one run says it could find.
fn detects(draw: &mut Draw) -> bool {
    let differences = |draw: &mut Draw, delta: f64| {
        let pairs: Vec<Pair> = (0..127).map(|_| continuous(draw, delta, 0.3, None)).collect();
        paired_difference(&pairs, RESAMPLES, 1)
    };
    let told = differences(draw, 0.0).minimum_detectable;
    let (low, high) = differences(draw, told).ci95;
    low > 0.0 || high < 0.0
}
