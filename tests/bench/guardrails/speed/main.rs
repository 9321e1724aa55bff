//! How long the eight rails look at a text: prose of one and eight kilobytes under the settings of the example agent, and
//! texts made to be slow, at 128 kilobytes and at a megabyte: eight times the text may take about eight times as long.
//!
//! Usage: `cargo run --release --example rails-speed`.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use contract::agent::{AgentDefinition, Guardrails};
use contract::wire::guardrails::{RailsText, TextPhase};
use daemon::check_text;
use std::path::Path;
use std::time::Instant;
use std::{env, fs};

/// What prose is made of.
const DOCUMENTS: &str = "agents-examples/hr/documents";

/// Looks at each piece of prose.
const ROUNDS: usize = 20;

/// Pieces that are something's beginning to one rail or another, over and over.
const PIECES: [(&str, &str); 18] = [
    ("words", "word "),
    ("one letter", "a"),
    ("digits", "1"),
    ("card numbers that are none", "4111-1111-1111-1112 "),
    ("addresses that don't end", "a@a."),
    ("at signs", "@"),
    ("a secret's prefix", "ghp_ sk-"),
    ("JSON web tokens that don't end", "eyJhbGciOi."),
    ("base64 in base64", "YUdWc2JHOD0"),
    ("percent signs", "%25"),
    ("links that don't end", "http://a"),
    ("images in images", "![a]("),
    ("HTML that doesn't end", "<a href="),
    ("what begins an injection", "ignore all "),
    ("invisible characters", "a\u{200b}"),
    ("marks on letters", "e\u{301}\u{302}"),
    ("what looks like other letters", "а𝐛с"),
    ("characters without spaces", "休暇は"),
];

fn main() {
    let agent: AgentDefinition =
        serde_yaml::from_str(&fs::read_to_string("agents-examples/hr/hr.yml").unwrap()).unwrap();
    let (settings, instructions) =
        (&agent.spec.guardrails, agent.spec.instructions.as_deref().unwrap_or_default());
    let prose = prose();
    println!("| prose | input, median | output | passage |\n|---|---|---|---|");
    for size in [1_000, 8_000] {
        let cells = [TextPhase::Input, TextPhase::Output, TextPhase::Passage].map(|phase| {
            let pieces = prose.as_bytes().chunks(size).filter(|piece| piece.len() == size);
            let texts: Vec<RailsText> =
                pieces.map(|piece| text(phase, &String::from_utf8_lossy(piece))).collect();
            let looks = (0..ROUNDS).flat_map(|_| &texts);
            let times = looks.map(|text| check_text(text, settings, instructions).latency_us);
            format!("{} µs", median(times.collect()))
        });
        println!("| {} kB | {} |", size / 1_000, cells.join(" | "));
    }
    println!("\n| made to be slow | 128 kB | 1 MB | times |\n|---|---|---|---|");
    let only = env::args().nth(1);
    for (name, piece) in PIECES.iter().filter(|(name, _)| only.as_deref().is_none_or(|only| only == *name)) {
        for phase in [TextPhase::Input, TextPhase::Output] {
            let [less, more] =
                [1 << 17, 1 << 20].map(|size| seconds(phase, &piece.repeat(size / piece.len()), settings));
            println!(
                "| {name}, {phase:?} | {:.0} ms | {:.0} ms | {:.1} |",
                less * 1e3,
                more * 1e3,
                more / less
            );
        }
    }
}

/// The example agent's documents, one after the other.
fn prose() -> String {
    let mut paths: Vec<_> =
        fs::read_dir(Path::new(DOCUMENTS)).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let texts = paths.iter().filter(|path| path.extension().is_some_and(|end| end == "md"));
    let text: String = texts.map(|path| fs::read_to_string(path).unwrap()).collect();
    text.chars().filter(char::is_ascii).collect()
}

fn text(phase: TextPhase, text: &str) -> RailsText {
    RailsText { text: text.to_owned(), phase, ..RailsText::default() }
}

fn seconds(phase: TextPhase, hostile: &str, settings: &Guardrails) -> f64 {
    let text = text(phase, hostile);
    let began = Instant::now();
    let looked = check_text(&text, settings, "");
    assert!(!looked.rails.is_empty());
    began.elapsed().as_secs_f64()
}

fn median(mut times: Vec<u64>) -> u64 {
    times.sort_unstable();
    times[times.len() / 2]
}
