//! The examples are true to themselves: what each case expects stands in a document that its asker may read.

use contract::check::{Checked, Context, Source, check};
use contract::document::from_markdown;
use contract::suite::{Case, Expectation, Fact, OneOrMany, SuiteDefinition};
use contract::wire::admin::PutUsersRequest;
use contract::wire::knowledge::AddDocumentRequest;
use regex::RegexBuilder;
use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::Path;

/// The examples that are agents with documents and a suite.
const AGENTS: [&str; 3] = ["hr", "support", "on-call"];

/// Least share of an answer's words that the cited sections must hold.
const SUPPORT: f64 = 0.6;

struct Example {
    documents: BTreeMap<String, AddDocumentRequest>,
    people: PutUsersRequest,
    suite: SuiteDefinition,
}

fn read(folder: &str) -> Example {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("agents-examples").join(folder);
    let mut documents = BTreeMap::new();
    let mut folders = vec![root.join("documents")];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "md") {
                let document = from_markdown(&fs::read_to_string(&path).unwrap(), "all").unwrap();
                assert!(
                    documents.insert(document.doc_id.clone().unwrap(), document).is_none(),
                    "{}",
                    path.display()
                );
            }
        }
    }
    let people = serde_yaml::from_str(&fs::read_to_string(root.join("users.yml")).unwrap()).unwrap();
    Example { documents, people, suite: suite(&root.join("suites")) }
}

/// The one suite of a folder, with the cases of the file that it names.
fn suite(folder: &Path) -> SuiteDefinition {
    let beside =
        |_: &str, named: &str| fs::read_to_string(folder.join(named)).map_err(|error| error.to_string());
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.extension().is_some_and(|end| end == "yml") {
            let source = Source::new(&path.display().to_string(), &fs::read_to_string(&path).unwrap());
            let (checked, found) = check(&source, &Context { read: Some(&beside), ..Context::default() });
            let Some(Checked::Suite(suite)) = checked else { panic!("{}: {found:#?}", path.display()) };
            return suite;
        }
    }
    panic!("{} holds no suite", folder.display());
}

impl Example {
    /// The text of a section, its heading and all that is under it.
    fn section(&self, doc_id: &str, section: Option<&str>) -> Option<String> {
        let text = &self.documents.get(doc_id)?.text;
        let Some(section) = section else { return Some(text.clone()) };
        let level = |line: &str| line.bytes().take_while(|byte| *byte == b'#').count();
        let is_it = |line: &&str| {
            let heading = line.trim_start_matches('#').trim();
            level(line) > 0 && (heading == section || heading.starts_with(&format!("{section} ")))
        };
        let mut lines = text.lines().skip_while(|line| !is_it(line));
        let first = lines.next()?;
        let rest = lines.take_while(|line| level(line) == 0 || level(line) > level(first));
        Some(std::iter::once(first).chain(rest).collect::<Vec<_>>().join("\n"))
    }

    fn may_read(&self, user: &str, doc_id: &str) -> bool {
        let document = &self.documents[doc_id];
        let known = self.people.users.iter().find(|known| known.email == user);
        let groups = known.and_then(|known| known.groups.as_ref());
        document.public
            || document.users.iter().any(|known| known == user)
            || groups.is_some_and(|groups| groups.iter().any(|group| document.groups.contains(group)))
    }

    fn check(&self, case: &Case) -> Result<(), String> {
        let user = self.suite.user_of(case).ok_or("nobody asks it")?;
        let expect = &case.expect;
        let mut cited = String::new();
        for citation in &expect.citations {
            let place = format!("{} {}", citation.doc_id, citation.section.as_deref().unwrap_or_default());
            let text = self.section(&citation.doc_id, citation.section.as_deref());
            cited.push_str(&text.ok_or(format!("{place} doesn't exist"))?);
            cited.push('\n');
            if !self.may_read(user, &citation.doc_id) {
                return Err(format!("{user} may not read {place}"));
            }
        }
        if !expect.facts.is_empty() && expect.citations.is_empty() {
            return Err("facts without a citation".to_owned());
        }
        facts(expect, &cited)?;
        answers(expect, &cited)?;
        if case.tags.iter().any(|tag| tag == "permission") {
            self.withheld(user, expect)?;
        }
        Ok(())
    }

    /// What must not be said to somebody stands in a document, and in none that they may read.
    fn withheld(&self, user: &str, expect: &Expectation) -> Result<(), String> {
        for never in expect.never.iter().map(|never| never.to_lowercase()) {
            let holds = |document: &&AddDocumentRequest| document.text.to_lowercase().contains(&never);
            let holders: Vec<&AddDocumentRequest> = self.documents.values().filter(holds).collect();
            if holders.is_empty() {
                return Err(format!("`{never}` stands in no document"));
            }
            if holders.iter().any(|document| self.may_read(user, document.doc_id.as_deref().unwrap())) {
                return Err(format!("{user} may read `{never}`"));
            }
        }
        Ok(())
    }
}

fn facts(expect: &Expectation, cited: &str) -> Result<(), String> {
    let lower = cited.to_lowercase();
    // A table's row is said as `column: value`.
    let stands = |text: &str| {
        let value = text.rsplit(": ").next().unwrap_or(text);
        lower.contains(&text.to_lowercase()) || lower.contains(&format!("| {}", value.to_lowercase()))
    };
    for fact in &expect.facts {
        let found = match fact {
            Fact::Text(text) => stands(text),
            Fact::AnyOf(texts) => texts.iter().any(|text| stands(text)),
            Fact::Pattern { regex } => {
                RegexBuilder::new(regex).case_insensitive(true).build().unwrap().is_match(cited)
            }
            Fact::Contains { contains } => cited.contains(contains),
            other => panic!("the samples have no {other:?}"),
        };
        if !found {
            return Err(format!("{fact:?} doesn't stand in the cited sections"));
        }
    }
    Ok(())
}

fn answers(expect: &Expectation, cited: &str) -> Result<(), String> {
    let words = |text: &str| -> HashSet<String> {
        let letters = text.to_lowercase();
        letters
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let known = words(cited);
    for answer in expect.answer.as_ref().map(OneOrMany::as_slice).unwrap_or_default() {
        let said = words(answer);
        let held = said.intersection(&known).count() as f64 / said.len() as f64;
        let numbers = said.iter().filter(|word| word.bytes().all(|byte| byte.is_ascii_digit()));
        if held < SUPPORT || numbers.into_iter().any(|number| !known.contains(number)) {
            return Err(format!("the reference answer stands on {held:.2} of its words: {answer}"));
        }
    }
    Ok(())
}

#[test]
fn every_case_of_every_example_is_true_to_its_documents() {
    for folder in AGENTS {
        let example = read(folder);
        let problems: Vec<String> = example
            .suite
            .spec
            .cases
            .iter()
            .filter_map(|case| Some(format!("{folder}: {}: {}", case.id, example.check(case).err()?)))
            .collect();
        assert!(problems.is_empty(), "{problems:#?}");
    }
}

#[test]
fn the_hr_suite_asks_127_questions_of_every_kind_over_every_document() {
    let hr = read("hr");
    assert_eq!(hr.suite.spec.cases.len(), 127);
    assert!(hr.documents.len() >= 20);
    let tags: HashSet<&str> =
        hr.suite.spec.cases.iter().flat_map(|case| &case.tags).map(String::as_str).collect();
    let kinds = [
        "easy",
        "hard",
        "multi",
        "temporal",
        "numeric",
        "unanswerable",
        "permission",
        "hostile",
        "tools",
        "german",
        "spanish",
    ];
    assert!(kinds.iter().all(|kind| tags.contains(kind)), "{tags:?}");
    let asked: HashSet<&str> = hr
        .suite
        .spec
        .cases
        .iter()
        .flat_map(|case| case.expect.citations.iter().map(|citation| citation.doc_id.as_str()))
        .collect();
    let silent: Vec<&String> =
        hr.documents.keys().filter(|doc_id| !asked.contains(doc_id.as_str())).collect();
    // What is in this one must never be said, so no case cites it.
    assert_eq!(silent, ["HR-2026-01"]);
}
