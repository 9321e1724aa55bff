//! Fuzzes the validator: mutated definitions are checked and mended, each within its time, all within their memory.
//!
//! Usage: `cargo run --release --example fuzz -- SECONDS [SEED]`. What breaks a bound is kept in `target/fuzz/`.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use contract::check::rules::RULES;
use contract::check::{Context, MAX_BYTES, Policy, Source, check_all, mend};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{env, fs, process};

/// Most time for one input, and most memory for the whole process.
const MOST_TIME: Duration = Duration::from_secs(2);
const MOST_KIB: u64 = 200 * 1024;

/// Pieces that YAML, the kinds or their readers treat in their own way.
const WORDS: &[&str] = &[
    "---\n",
    "...\n",
    "&a ",
    "*a",
    "<<: *a",
    "!!binary ",
    "!!int ",
    "? ",
    "- ",
    ": ",
    "|\n",
    ">-\n",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "'",
    "\t",
    "\0",
    "\u{feff}",
    "\u{2028}",
    "\u{202e}",
    "é",
    "\u{10ffff}",
    "# ",
    "%YAML 1.2\n",
    "apiVersion: katonic/v1\n",
    "kind: EvalSuite\n",
    "kind: Agent\n",
    "spec:\n",
    "cases: ",
    "suppress: [{rule: no-owner, reason: x}]\n",
    "regex: '(a*)*b'",
    "instructions_file: ./self.yml",
    "cases_file: ./self.yml",
    "0x1F",
    "1e999",
    ".nan",
    "-.inf",
    "~",
    "yes",
    "2001-01-01",
    "AKIAZ7Z7Z7Z7Z7Z7Z7Z7",
    "-----BEGIN PRIVATE KEY-----\n",
    "{regex: '[[[['}",
    "[[[[[[[[",
    "{{{{{{{{",
    "a: a: a",
];

/// Numbers drawn by Marsaglia's xorshift ("Xorshift RNGs", 2003).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (bound.max(1) as u64)).unwrap()
    }

    fn pick<'a, T: ?Sized>(&mut self, items: &[&'a T]) -> &'a T {
        items[self.below(items.len())]
    }
}

fn seeds() -> Vec<String> {
    let mut seeds: Vec<String> =
        RULES.iter().flat_map(|rule| rule.example).map(|(_, text)| (*text).to_owned()).collect();
    let mut folders = vec![PathBuf::from("agents-examples")];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "yml" || end == "jsonl") {
                seeds.extend(fs::read_to_string(path));
            }
        }
    }
    seeds
}

/// One change: a byte, a word, a piece repeated, cut out or moved, or the end of another text.
fn mutate(bytes: &mut Vec<u8>, random: &mut Random, seeds: &[String]) {
    let at = random.below(bytes.len() + 1);
    let piece = at..(at + random.below(64)).min(bytes.len());
    match random.below(7) {
        0 if at < bytes.len() => bytes[at] = u8::try_from(random.below(256)).unwrap(),
        1 => drop(bytes.splice(at..at, random.pick(WORDS).bytes())),
        2 => drop(bytes.drain(piece)),
        3 => {
            let piece = bytes[piece].to_vec();
            let times = 1 << random.below(14);
            let repeated = piece.iter().copied().cycle().take((piece.len() * times).min(MAX_BYTES / 2));
            drop(bytes.splice(at..at, repeated.collect::<Vec<u8>>()));
        }
        4 => {
            let word = random.pick(WORDS).repeat(1 << random.below(17));
            drop(bytes.splice(at..at, word.bytes()));
        }
        5 => {
            let other = seeds[random.below(seeds.len())].as_bytes();
            bytes.truncate(at);
            bytes.extend_from_slice(&other[random.below(other.len())..]);
        }
        _ => drop(bytes.splice(piece, random.pick(WORDS).bytes())),
    }
}

/// All that validation does with files: they are checked together, and mended for as long as that helps.
fn validate(first: &[u8], second: &[u8], policy: &Policy) {
    let read = |_: &str, _: &str| Ok(String::from_utf8_lossy(second).into_owned());
    let mut sources = [Source::of_bytes("a.yml", first.to_vec()), Source::of_bytes("b.yml", second.to_vec())];
    for _ in 0..3 {
        let context = Context { read: Some(&read), policy: Some(policy), ..Context::default() };
        let verdicts = check_all(&sources, &context);
        let mut made = 0;
        for source in &mut sources {
            let own = verdicts.iter().flat_map(|verdict| &verdict.findings);
            let (text, count) = mend(
                &source.text,
                own.filter(|finding| finding.file.as_deref() == Some(source.file.as_str())),
            );
            if source.invalid_at.is_none() {
                (source.text, made) = (text, made + count);
            }
        }
        if made == 0 {
            break;
        }
    }
}

/// The most memory that the process had, in KiB (proc(5), `VmHWM`).
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or_default()
}

fn main() {
    let mut arguments = env::args().skip(1).filter_map(|argument| argument.parse::<u64>().ok());
    let seconds = arguments.next().unwrap_or(30);
    let mut random = Random(arguments.next().unwrap_or(20_261_124));
    let (seeds, policy) = (seeds(), Policy::default());
    let (began, mut inputs, mut slowest) = (Instant::now(), 0_u64, Duration::ZERO);
    while began.elapsed() < Duration::from_secs(seconds) {
        let mut first = seeds[random.below(seeds.len())].clone().into_bytes();
        let second = seeds[random.below(seeds.len())].as_bytes();
        for _ in 0..=random.below(12) {
            mutate(&mut first, &mut random, &seeds);
            first.truncate(MAX_BYTES + 1);
        }
        let start = Instant::now();
        let went = catch_unwind(AssertUnwindSafe(|| validate(&first, second, &policy)));
        let took = start.elapsed();
        (inputs, slowest) = (inputs + 1, slowest.max(took));
        if went.is_err() || took > MOST_TIME || peak() > MOST_KIB {
            fs::create_dir_all("target/fuzz").unwrap();
            let kept = Path::new("target/fuzz").join(format!("{inputs}.yml"));
            fs::write(&kept, &first).unwrap();
            println!("{}: panicked: {}, {took:?}, {} KiB", kept.display(), went.is_err(), peak());
            process::exit(1);
        }
    }
    println!("{inputs} inputs in {seconds} s: no panic, slowest {slowest:?}, {} MiB at most", peak() / 1024);
}
