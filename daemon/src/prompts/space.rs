//! What can be searched: for each dimension the options, of which the first is the agent's own.

use contract::agent::{AgentDefinition, Example, ModelChoice};

/// A place in the space: an option of each dimension, in the order of instructions, examples, retrieval, model.
pub(super) type Point = [usize; 4];

/// The agent as it was.
pub(super) const ORIGIN: Point = [0; 4];

/// How many passages may be given, beside the agent's own number.
const TOP_K: [u32; 7] = [1, 2, 4, 6, 8, 12, 16];

/// An example, and what it was made of.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shot {
    pub(super) example: Example,
    pub(super) from: String,
}

/// The options of each dimension.
pub(super) struct Space {
    base: AgentDefinition,
    instructions: Vec<String>,
    pub(super) examples: Vec<Vec<Shot>>,
    top_k: Vec<u32>,
    models: Vec<String>,
}

impl Space {
    /// The agent as it is, and nothing else as yet.
    pub(super) fn of(base: AgentDefinition) -> Self {
        let own = |example: &Example| Shot { example: example.clone(), from: "the agent".into() };
        Self {
            instructions: vec![base.spec.instructions.clone().unwrap_or_default()],
            examples: vec![base.spec.examples.iter().map(own).collect()],
            top_k: base.spec.knowledge.iter().map(|knowledge| knowledge.top_k).collect(),
            models: vec![base.spec.model.name().to_owned()],
            base,
        }
    }

    /// The same with other numbers of passages.
    pub(super) fn with_retrieval(&mut self) {
        if let Some(own) = self.top_k.first().copied() {
            self.top_k.extend(TOP_K.into_iter().filter(|k| *k != own));
        }
    }

    /// The same with other tiers.
    pub(super) fn with_models(&mut self, tiers: &[String]) {
        self.models.extend(tiers.iter().cloned());
    }

    /// Adds instructions; those that are there already stay where they are.
    pub(super) fn take(&mut self, instructions: String) -> usize {
        let known = self.instructions.iter().position(|known| *known == instructions);
        known.unwrap_or_else(|| {
            self.instructions.push(instructions);
            self.instructions.len() - 1
        })
    }

    /// How many options each dimension has.
    pub(super) fn sizes(&self) -> Point {
        [self.instructions.len(), self.examples.len(), self.top_k.len().max(1), self.models.len()]
    }

    /// The instructions of a point.
    pub(super) fn instructions_at(&self, point: Point) -> &str {
        self.instructions.get(point[0]).map_or("", String::as_str)
    }

    /// The agent at a point.
    pub(super) fn definition(&self, point: Point) -> AgentDefinition {
        let [instructions, examples, top_k, model] = point;
        let mut definition = self.base.clone();
        let spec = &mut definition.spec;
        if let Some(text) = self.instructions.get(instructions).filter(|_| instructions > 0) {
            spec.instructions = Some(text.clone());
        }
        if let Some(shots) = self.examples.get(examples).filter(|_| examples > 0) {
            spec.examples = shots.iter().map(|shot| shot.example.clone()).collect();
        }
        if let (Some(knowledge), Some(k)) = (&mut spec.knowledge, self.top_k.get(top_k)) {
            knowledge.top_k = *k;
        }
        if let Some(name) = self.models.get(model).filter(|_| model > 0) {
            match &mut spec.model {
                ModelChoice::Name(own) => own.clone_from(name),
                ModelChoice::Settings(settings) => settings.model.clone_from(name),
            }
        }
        definition
    }

    /// How a point differs from the agent as it was, in words.
    pub(super) fn change(&self, point: Point) -> String {
        let mut changes = Vec::new();
        let [instructions, examples, top_k, model] = point;
        if instructions > 0 {
            changes.push(format!("instructions {instructions}"));
        }
        if let Some(shots) = self.examples.get(examples).filter(|_| examples > 0) {
            let from: Vec<&str> = shots.iter().map(|shot| shot.from.as_str()).collect();
            changes.push(match from.is_empty() {
                true => "no examples".to_owned(),
                false => format!("examples of {}", from.join(", ")),
            });
        }
        if let (Some(own), Some(k), true) = (self.top_k.first(), self.top_k.get(top_k), top_k > 0) {
            changes.push(format!("top_k {own} to {k}"));
        }
        if let (Some(own), Some(name), true) = (self.models.first(), self.models.get(model), model > 0) {
            changes.push(format!("model {own} to {name}"));
        }
        if changes.is_empty() { "as it was".to_owned() } else { changes.join("; ") }
    }
}
