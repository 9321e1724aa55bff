//! One checked file: its text, its tree, and the files that it names.

use super::context::{Context, Source};
use super::finding::Finding;
use super::node::{Content, Entry, Node};
use super::parse::{MAX_BYTES, parse};
use super::rules::{duplicate_key, file_not_found, not_utf8, too_complex, unknown_kind, wrong_type};
use super::schema::{Kind, case};
use super::shape::{Place, Shape};
use super::text::Text;
use super::{Checked, cases};
use crate::agent::AgentDefinition;
use crate::suite::{Case, SuiteDefinition, combinations, expand};
use serde_json::{Value, from_value};
use std::ops::Range;

/// A file as the rules see it.
pub(crate) struct Document {
    pub(crate) text: Text,
    /// The tree; an empty one where the text can't be read.
    pub(crate) root: Node,
    /// What the file defines, said or guessed; none where even a guess isn't possible.
    pub(crate) kind: Option<Kind>,
    /// The file with the instructions or the cases.
    pub(crate) attached: Option<Attached>,
    /// The problems of text and shape.
    pub(crate) found: Vec<Finding>,
}

/// A file that a definition names.
pub(crate) struct Attached {
    pub(crate) text: Text,
    /// The cases, where it holds any.
    pub(crate) cases: Vec<Node>,
}

impl Document {
    /// Reads a file, and what it names.
    pub(crate) fn read(source: &Source, context: &Context<'_>) -> Self {
        let too_long = source.text.len() > MAX_BYTES;
        let kept = if too_long { String::new() } else { source.text.clone() };
        let root = Node { content: Content::Null, span: 0..0 };
        let text = Text::new(&source.file, kept);
        let mut document = Self { text, root, kind: None, attached: None, found: Vec::new() };
        if too_long {
            document.found.push(too_complex::too_long(&document.text));
            return document;
        }
        if let Some(at) = source.invalid_at {
            document.found.push(not_utf8::found(&document.text, at));
            return document;
        }
        match parse(&document.text, 0..document.text.text.len()) {
            Ok(root) => document.root = root,
            Err(finding) => {
                document.found.push(*finding);
                return document;
            }
        }
        duplicate_key::find(&document.text, &document.root, &mut document.found);
        document.shape();
        document.attach(&source.file, context);
        document
    }

    fn shape(&mut self) {
        if !matches!(self.root.content, Content::Mapping(_)) {
            self.found.push(wrong_type::found(&self.text, "", &self.root, &["a mapping"]));
            return;
        }
        self.kind = unknown_kind::find(&self.text, &self.root, &mut self.found);
        let Some(kind) = self.kind else { return };
        let first = self.root.entries().first().map_or(0..0, |entry| entry.span.clone());
        let mut shape = Shape::new(&self.text, kind.schema());
        shape.visit(&Place { path: String::new(), key: first }, &self.root, kind.schema());
        self.found.append(&mut shape.found);
    }

    fn attach(&mut self, file: &str, context: &Context<'_>) {
        let field = match self.kind {
            Some(Kind::Agent) => "instructions_file",
            Some(Kind::Suite) => "cases_file",
            None => return,
        };
        let Some(entry) = self.entry(&["spec"], field) else { return };
        let Some(named) = entry.value.text() else { return };
        let read = match context.read {
            Some(read) => read(file, named).map_err(Some),
            None => Err(None),
        };
        match read {
            Ok(text) if text.len() > MAX_BYTES => {
                self.found.push(too_complex::attached_too_long(&self.text, &entry.value.span));
            }
            Ok(text) => {
                let mut attached =
                    Attached { text: Text::new(&beside(file, named), text), cases: Vec::new() };
                if self.kind == Some(Kind::Suite) {
                    let mut found = attached.read_cases();
                    self.found.append(&mut found);
                }
                self.attached = Some(attached);
            }
            Err(why) => self.found.push(file_not_found::found(&self.text, entry, named, why)),
        }
    }

    /// The entry of a key in the mapping that a path leads to.
    pub(crate) fn entry(&self, path: &[&str], key: &str) -> Option<&Entry> {
        self.root.at(path)?.entry(key)
    }

    /// What to underline where something in a mapping is missing: the key of the mapping, or of what is around it.
    pub(crate) fn near(&self, path: &[&str]) -> Range<usize> {
        let mut node = &self.root;
        let mut span = node.entries().first().map_or(0..0, |entry| entry.span.clone());
        for key in path {
            let Some(entry) = node.entry(key) else { break };
            span = entry.span.clone();
            node = &entry.value;
        }
        span
    }

    /// The suite that an agent names.
    pub(crate) fn named_suite(&self) -> Option<&str> {
        self.root.at(&["spec", "evaluation", "suite"])?.text()
    }

    /// The id that the file gives itself.
    pub(crate) fn id(&self) -> Option<&Node> {
        self.root.at(&["metadata", "id"])
    }

    /// All cases of a suite, each with the text that it stands in.
    pub(crate) fn cases(&self) -> impl Iterator<Item = (&Text, &Node)> {
        let own = self.root.at(&["spec", "cases"]).map(Node::items).unwrap_or_default();
        let more = self.attached.iter().flat_map(|file| file.cases.iter().map(|case| (&file.text, case)));
        own.iter().map(|case| (&self.text, case)).chain(more)
    }

    /// All judges of a suite, each with its path.
    pub(crate) fn judges(&self) -> impl Iterator<Item = (String, &Node)> {
        let spec = |name: &str| Some((format!("spec.{name}"), self.root.at(&["spec", name])?));
        let many = self.root.at(&["spec", "judges"]).map(Node::entries).unwrap_or_default();
        let many = many.iter().map(|entry| (format!("spec.judges.{}", entry.key), &entry.value));
        ["judge", "preference"].into_iter().filter_map(spec).collect::<Vec<_>>().into_iter().chain(many)
    }

    /// How many cases a suite asks: one for each combination of a case's variables.
    pub(crate) fn case_count(&self) -> usize {
        let times = |case: &Node| match case.at(&["vars"])?.to_json() {
            Value::Object(variables) => Some(combinations(&variables)),
            _ => None,
        };
        self.cases().map(|(_, case)| times(case).unwrap_or(1)).sum()
    }

    /// The definition, with what it names put in its place; none if text or shape have a problem.
    pub(crate) fn definition(&self) -> Option<Result<Checked, Finding>> {
        if !self.found.is_empty() {
            return None;
        }
        let read = match self.kind? {
            Kind::Agent => self.agent().map(Checked::Agent),
            Kind::Suite => self.suite().map(Checked::Suite),
        };
        let explain = |error: serde_json::Error| wrong_type::unreadable(&self.text, &error.to_string());
        Some(read.map_err(explain))
    }

    fn agent(&self) -> Result<AgentDefinition, serde_json::Error> {
        let mut agent: AgentDefinition = from_value(self.root.to_json())?;
        if let Some(file) = &self.attached {
            agent.spec.instructions.get_or_insert_with(|| file.text.text.clone());
        }
        agent.spec.instructions_file = None;
        Ok(agent)
    }

    fn suite(&self) -> Result<SuiteDefinition, serde_json::Error> {
        let mut suite: SuiteDefinition = from_value(self.root.to_json())?;
        suite.spec.cases.clear();
        for (_, case) in self.cases() {
            for case in expand(case.to_json()) {
                suite.spec.cases.push(from_value::<Case>(case)?);
            }
        }
        suite.spec.cases_file = None;
        Ok(suite)
    }
}

impl Attached {
    /// Reads the text as cases: a table's rows, else a JSON object a line.
    fn read_cases(&mut self) -> Vec<Finding> {
        let is_table = self.text.file.as_deref().is_some_and(|file| file.ends_with(".csv"));
        if is_table { self.read_table() } else { self.read_lines() }
    }

    fn read_table(&mut self) -> Vec<Finding> {
        let cases = match cases::of_table(&self.text) {
            Ok(cases) => cases,
            Err(finding) => return vec![*finding],
        };
        let mut found = Vec::new();
        for node in cases {
            found.append(&mut self.shape_of(&node));
            self.cases.push(node);
        }
        found
    }

    /// What is wrong with the shape of a case.
    fn shape_of(&self, node: &Node) -> Vec<Finding> {
        let mut shape = Shape::new(&self.text, Kind::Suite.schema());
        let key = node.span.start..node.span.start + 1;
        shape.visit(&Place { path: "case".to_owned(), key }, node, case());
        shape.found
    }

    fn read_lines(&mut self) -> Vec<Finding> {
        let mut found = Vec::new();
        let mut start = 0;
        for line in self.text.text.split_inclusive('\n') {
            let part = start..start + line.trim_end().len();
            start += line.len();
            if line.trim().is_empty() {
                continue;
            }
            match parse(&self.text, part.clone()) {
                Ok(node) => {
                    duplicate_key::find(&self.text, &node, &mut found);
                    found.append(&mut self.shape_of(&node));
                    self.cases.push(node);
                }
                Err(finding) => found.push(*finding),
            }
        }
        found
    }
}

/// The name of a file that lies relative to another.
fn beside(file: &str, named: &str) -> String {
    let named = named.strip_prefix("./").unwrap_or(named);
    match file.rsplit_once('/') {
        Some((folder, _)) if !named.starts_with('/') => format!("{folder}/{named}"),
        _ => named.to_owned(),
    }
}
