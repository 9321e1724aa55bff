//! Reads a YAML text into a tree, within bounds that stop anchors that blow up and bottomless nesting early.

use super::finding::Finding;
use super::node::{Node, range};
use super::rules::{multiple_documents, too_complex, yaml_syntax};
use super::text::Text;
use serde_saphyr::options::{DuplicateKeyPolicy, NonFiniteFloatPolicy};
use serde_saphyr::{Error, Location, Options, alias_limits, budget, from_str_with_options, options};
use std::ops::Range;

/// The longest text that is read, in bytes.
pub const MAX_BYTES: usize = 2 * 1024 * 1024;

/// Nothing in either kind nests deeper than 10; the arguments of a tool may go some way further.
const MAX_DEPTH: usize = 40;

/// Most values, aliases followed. The smallest case that means anything has about ten.
const MAX_NODES: usize = 100_000;

/// Most bytes of text, aliases followed.
const MAX_EXPANDED: usize = 4 * MAX_BYTES;

/// Most parser events that anchors keep, and that aliases repeat: room for one shared mapping in thousands of cases.
const MAX_RECORDED: usize = 10_000;
const MAX_REPEATED: usize = 50_000;

fn bounds() -> Options {
    options! {
        budget: budget! {
            max_depth: MAX_DEPTH,
            flow_nesting_limit: MAX_DEPTH,
            max_nodes: MAX_NODES,
            max_events: 2 * MAX_NODES,
            max_total_scalar_bytes: MAX_EXPANDED,
            max_recorded_anchor_bytes: MAX_EXPANDED,
            max_recorded_anchor_events: MAX_RECORDED,
            enforce_alias_anchor_ratio: false,
        },
        alias_limits: alias_limits! {
            max_total_replayed_events: MAX_REPEATED,
            max_replay_stack_depth: MAX_DEPTH,
        },
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        non_finite_float_policy: NonFiniteFloatPolicy::PassThrough,
        strict_booleans: true,
        emit_comments: false,
        with_snippet: false,
    }
}

/// The tree of a part of a text.
///
/// # Errors
/// The one finding that says why there is none.
pub(crate) fn parse(text: &Text, part: Range<usize>) -> Result<Node, Box<Finding>> {
    let begin = part.start;
    let source = text.text.get(part).unwrap_or_default();
    if source.len() > MAX_BYTES {
        return Err(Box::new(too_complex::too_long(text)));
    }
    let mut root: Node = from_str_with_options(source, bounds())
        .map_err(|error| Box::new(explain(text, begin, source, &error)))?;
    if begin > 0 {
        root.shift(begin);
    }
    Ok(root)
}

fn explain(text: &Text, begin: usize, source: &str, error: &Error) -> Finding {
    let error = error.without_snippet();
    let span = error.location().map_or(0..0, |location| place(source, &location));
    let span = span.start + begin..span.end + begin;
    let said = error.to_string();
    let too_much = ["budget breached", "nesting", "recursion"].iter().any(|sign| said.contains(sign));
    match error {
        Error::MultipleDocuments { .. } => multiple_documents::found(text, &span),
        Error::Budget { .. }
        | Error::AliasReplayCounterOverflow { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. }
        | Error::RecursiveReferencesRequireWeakTypes { .. } => too_complex::found(text, &span),
        _ if too_much => too_complex::found(text, &span),
        Error::NullIntoString { .. } | Error::Unexpected { expected: "string scalar", .. } => {
            yaml_syntax::found(text, &span, "a field's name must be a plain text")
        }
        Error::InvalidScalar { .. } => yaml_syntax::found(text, &span, "the value doesn't fit its tag"),
        _ => yaml_syntax::found(text, &span, &said),
    }
}

/// The bytes of a location; where it has only a line and a column, those of the character there.
fn place(source: &str, location: &Location) -> Range<usize> {
    if location.span().byte_offset().is_some() {
        return range(location);
    }
    let before = |number: u64| usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX);
    let lines = source.split_inclusive('\n').take(before(location.line()));
    let line_start: usize = lines.map(str::len).sum();
    let line = source.get(line_start..).unwrap_or_default();
    let column = line.char_indices().nth(before(location.column())).map_or(line.len(), |(offset, _)| offset);
    line_start + column..line_start + column
}
