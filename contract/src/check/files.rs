//! The files that are checked together, and what exists beside them.

use super::context::{Context, Known, KnownDocument};
use super::document::Document;
use super::node::Node;
use super::policy::Policy;
use super::schema::Kind;
use std::collections::{BTreeSet, HashMap};

/// What a rule may look at beside the document that it checks.
pub(crate) struct Files<'a> {
    first: HashMap<(Kind, &'a str), &'a Document>,
    users: HashMap<&'a str, Vec<&'a Document>>,
    suites: Vec<&'a str>,
    pub(crate) known: Option<&'a Known>,
    pub(crate) policy: Option<&'a Policy>,
}

impl<'a> Files<'a> {
    pub(crate) fn new(all: &'a [Document], context: &Context<'a>) -> Self {
        let (mut first, mut users) = (HashMap::new(), HashMap::<&str, Vec<&Document>>::new());
        let mut suites = Vec::new();
        for document in all {
            if let (Some(kind), Some(id)) = (document.kind, document.id().and_then(Node::text)) {
                first.entry((kind, id)).or_insert(document);
                if kind == Kind::Suite {
                    suites.push(id);
                }
            }
            if let Some(suite) = document.named_suite() {
                users.entry(suite).or_default().push(document);
            }
        }
        Self { first, users, suites, known: context.known, policy: context.policy }
    }

    /// The first file that defines an id.
    pub(crate) fn definition(&self, kind: Kind, id: &str) -> Option<&'a Document> {
        self.first.get(&(kind, id)).copied()
    }

    /// The agents that name a suite.
    pub(crate) fn users_of(&self, suite: &str) -> &[&'a Document] {
        self.users.get(suite).map(Vec::as_slice).unwrap_or_default()
    }

    /// The ids of all suites that exist, here or elsewhere; none where too little is known to miss one.
    pub(crate) fn suites(&self) -> Option<BTreeSet<&'a str>> {
        let elsewhere = self.known.and_then(|known| known.suites.as_ref());
        if self.suites.is_empty() && elsewhere.is_none() {
            return None;
        }
        let elsewhere = elsewhere.into_iter().flatten().map(String::as_str);
        Some(self.suites.iter().copied().chain(elsewhere).collect())
    }

    /// The models that exist, where they are known.
    pub(crate) fn models(&self) -> Option<&'a BTreeSet<String>> {
        self.known.and_then(|known| known.models.as_ref())
    }

    /// The documents of a collection, where they are known.
    pub(crate) fn documents(&self, collection: &str) -> Option<&'a [KnownDocument]> {
        let known = self.known?;
        let documents = known.collections.get(collection).map(Vec::as_slice);
        documents.or_else(|| known.complete.then_some(&[]))
    }
}
