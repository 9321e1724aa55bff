//! Trains the classifiers of the rails `injection` and `toxicity`, to the same bytes each time.
//!
//! `cargo run --example train-rails -- DATA` writes their weights; `--check` compares them with those in the repository
//! instead, and `--validate` prints how good the recipe is on texts that it has not seen.

#![allow(clippy::print_stdout, reason = "a program that tells how it went")]

mod shuffle;
mod svm;
mod texts;
mod validation;

use daemon::training::{Rail, features};
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use svm::{Example, Weights};
use texts::Text;

/// How a rail's classifier is trained.
struct Recipe {
    rail: Rail,
    /// Its folder.
    name: &'static str,
    /// How often all examples are gone through.
    rounds: usize,
    /// Further examples made of some.
    more: fn(&[&Text]) -> Vec<Text>,
    /// Parts of the cross-validation.
    folds: usize,
    /// Sets among which the area under the curve is taken.
    labelled: &'static [&'static str],
}

const RECIPES: [Recipe; 2] = [
    Recipe {
        rail: Rail::Injection,
        name: "injection",
        rounds: 30,
        more: texts::joined,
        folds: 5,
        labelled: &[
            "inthewild",
            "gptfuzzer",
            "notinject",
            "bipia-email",
            "role-play",
            "questions",
            "passages",
        ],
    },
    Recipe {
        rail: Rail::Toxicity,
        name: "toxicity",
        rounds: 40,
        more: |_| Vec::new(),
        folds: 10,
        labelled: &["surge"],
    },
];

/// Margins that the cross-validation tells about.
const THRESHOLDS: [f64; 9] = [-0.4, -0.3, -0.25, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3];

fn main() -> io::Result<ExitCode> {
    let mut arguments = std::env::args().skip(1);
    let data =
        PathBuf::from(arguments.next().ok_or_else(|| io::Error::other("where are the labelled texts?"))?);
    let asked = arguments.next();
    let mut end = ExitCode::SUCCESS;
    for recipe in RECIPES.iter() {
        let texts = texts::of(recipe.rail, &data)?;
        println!("{}: {} texts", recipe.name, texts.len());
        match asked.as_deref() {
            Some("--validate") => recipe.validate(&texts),
            Some("--check") if !recipe.is_as_checked_in(&texts)? => end = ExitCode::FAILURE,
            Some("--check") => {}
            _ => std::fs::write(recipe.file(), recipe.learn(&texts.iter().collect::<Vec<_>>()).file())?,
        }
    }
    Ok(end)
}

impl Recipe {
    fn learn(&self, texts: &[&Text]) -> Weights {
        let more = (self.more)(texts);
        let examples: Vec<Example> =
            texts.iter().copied().chain(&more).map(|text| self.example(text)).collect();
        Weights::learn(&examples.iter().collect::<Vec<_>>(), self.rounds)
    }

    fn example(&self, text: &Text) -> Example {
        Example { features: features(self.rail, &text.text), is_bad: text.is_bad, cost: text.cost }
    }

    fn file(&self) -> PathBuf {
        let rails = Path::new(env!("CARGO_MANIFEST_DIR")).join("daemon/src/guardrails/rails");
        rails.join(self.name).join("weights.bin")
    }

    fn is_as_checked_in(&self, texts: &[Text]) -> io::Result<bool> {
        let learnt = self.learn(&texts.iter().collect::<Vec<_>>()).file();
        let same = std::fs::read(self.file())? == learnt;
        println!("  {} the weights in the repository", if same { "the same as" } else { "OTHER than" });
        Ok(same)
    }

    fn validate(&self, texts: &[Text]) {
        let folds = validation::folds(texts, self.folds);
        let mut margins = vec![0.0; texts.len()];
        for fold in 0..self.folds {
            let known: Vec<&Text> =
                texts.iter().zip(&folds).filter(|(_, of)| **of != fold).map(|(text, _)| text).collect();
            let weights = self.learn(&known);
            for ((text, _), margin) in
                texts.iter().zip(&folds).zip(&mut margins).filter(|((_, of), _)| **of == fold)
            {
                *margin = weights.margin(&self.example(text));
            }
        }
        validation::print(texts, &margins, &THRESHOLDS, self.labelled);
    }
}
