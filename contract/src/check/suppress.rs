//! Findings that a file's authors have looked at and let stand, each with their reason.

use super::document::Document;
use super::finding::Finding;
use super::node::Node;
use super::rules::{Rule, named, unused_suppression};

/// Takes out what a document suppresses; a suppression that takes nothing out is a finding itself. The number is how
/// many were taken.
pub(crate) fn suppress(document: &Document, found: &mut Vec<Finding>) -> usize {
    let before = found.len();
    let mut unused = Vec::new();
    for entry in document.root.at(&["suppress"]).map(Node::items).unwrap_or_default() {
        let Some((rule, reason)) = entry.at(&["rule"]).zip(entry.at(&["reason"])) else { continue };
        let blank = reason.text().is_none_or(|reason| reason.trim().is_empty());
        let Some(id) = rule.text().filter(|id| !blank && named(id).is_some_and(Rule::is_suppressible)) else {
            continue;
        };
        let left = found.len();
        found.retain(|finding| finding.rule != id);
        if found.len() == left {
            unused.push(unused_suppression::found(&document.text, rule, id));
        }
    }
    let taken = before - found.len();
    found.append(&mut unused);
    taken
}
