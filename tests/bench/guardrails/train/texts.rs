//! The texts that are learnt from: the train part of the labelled sets, and our own ordinary ones.

use crate::shuffle::Shuffle;
use daemon::training::Rail;
use flate2::read::GzDecoder;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

/// Ordinary texts of our own, beside this program.
const OWN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bench/guardrails/data/benign.jsonl");

/// What it costs the rail `injection` to be wrong about an ordinary text that reads like an attack, beside 1 for others.
const COST_OF_A_LIKENESS: f64 = 3.0;

/// What it costs the rail `toxicity` to be wrong about a text that people labelled, about one of our own, many of which
/// hold words of abuse and are none, and about one that nobody labelled.
const COST_OF_A_LABEL: f64 = 2.0;
const COST_OF_OUR_OWN: f64 = 0.5;
const COST_OF_BACKGROUND: f64 = 0.05;

/// A text and what is known of it.
#[derive(Clone)]
pub(crate) struct Text {
    pub(crate) set: String,
    pub(crate) text: String,
    pub(crate) is_bad: bool,
    pub(crate) cost: f64,
}

#[derive(Deserialize)]
struct Row {
    id: String,
    set: String,
    label: u8,
    text: String,
    #[serde(default)]
    passage: Option<String>,
    #[serde(default)]
    question: Option<String>,
}

/// What a rail's classifier learns from.
pub(crate) fn of(rail: Rail, data: &Path) -> io::Result<Vec<Text>> {
    let mut texts = Vec::new();
    for row in rows(data, "injection")?.into_iter().filter(|row| row.set != "bipia") {
        let is_bad = row.label == 1;
        match rail {
            Rail::Injection => texts.push(text(row, is_bad, if is_bad { 1.0 } else { COST_OF_A_LIKENESS })),
            Rail::Toxicity if is_bad => {}
            Rail::Toxicity => texts.push(text(row, false, COST_OF_BACKGROUND)),
        }
    }
    for row in rows(data, "toxicity")? {
        let is_bad = rail == Rail::Toxicity && row.label == 1;
        texts.push(text(row, is_bad, if rail == Rail::Toxicity { COST_OF_A_LABEL } else { 1.0 }));
    }
    let cost = if rail == Rail::Injection { 1.0 } else { COST_OF_BACKGROUND };
    let mut known = BTreeSet::new();
    for row in rows(data, "grounding")? {
        for (set, given) in [("passages", row.passage), ("questions", row.question)] {
            if let Some(given) = given.filter(|given| known.insert(given.clone())) {
                texts.push(Text { set: set.into(), text: given, is_bad: false, cost });
            }
        }
    }
    for file in ["pii", "secrets"] {
        texts.extend(rows(data, file)?.into_iter().map(|row| text(row, false, cost)));
    }
    let own = read(BufReader::new(File::open(OWN)?))?.into_iter();
    let cost = if rail == Rail::Injection { COST_OF_A_LIKENESS } else { COST_OF_OUR_OWN };
    texts.extend(own.map(|row| text(row, false, cost)));
    if rail == Rail::Toxicity {
        texts.extend(sentences(&texts));
    }
    Ok(texts)
}

fn text(row: Row, is_bad: bool, cost: f64) -> Text {
    Text { set: row.set, text: row.text, is_bad, cost }
}

fn rows(data: &Path, file: &str) -> io::Result<Vec<Row>> {
    read(BufReader::new(GzDecoder::new(File::open(data.join(file).with_extension("jsonl.gz"))?)))
}

/// The rows of the train part: by the first digit of the id, as the sets' README says.
fn read(lines: BufReader<impl Read>) -> io::Result<Vec<Row>> {
    let mut rows = Vec::new();
    for line in lines.lines() {
        let row: Row = serde_json::from_str(&line?)?;
        if matches!(row.id.bytes().next(), Some(b'0'..=b'9' | b'a' | b'b')) {
            rows.push(row);
        }
    }
    Ok(rows)
}

/// Ordinary texts put together at random: without them, what is long would be taken for an attack, as attacks are.
pub(crate) fn joined(texts: &[&Text]) -> Vec<Text> {
    let mut chance = Shuffle::new(7);
    let is_short = |text: &Text| matches!(text.set.as_str(), "questions" | "notinject" | "role-play");
    let good: Vec<&Text> = texts.iter().copied().filter(|text| !text.is_bad).collect();
    let short: Vec<&Text> = good.iter().copied().filter(|text| is_short(text)).collect();
    let mut joined = Vec::new();
    for (count, lengths, pool) in [(300, &[3, 5, 8, 12, 20][..], &good), (60, &[4, 8, 16, 30], &short)] {
        for _ in 0..count {
            let length = *chance.one_of(lengths);
            let parts: Vec<&str> = (0..length).map(|_| chance.one_of(pool).text.as_str()).collect();
            joined.push(Text { set: "joined".into(), text: parts.join(" "), is_bad: false, cost: 1.0 });
        }
    }
    joined
}

/// The sentences of ordinary texts, as the rail `toxicity` sees them in an output.
fn sentences(texts: &[Text]) -> Vec<Text> {
    let long = texts.iter().filter(|text| matches!(text.set.as_str(), "passages" | "prose"));
    let each = long.flat_map(|text| text.text.split_inclusive(". ").map(move |sentence| (text, sentence)));
    let cut = |(text, sentence): (&Text, &str)| Text {
        set: format!("{}, a sentence", text.set),
        text: sentence.into(),
        ..text.clone()
    };
    each.map(cut).collect()
}
