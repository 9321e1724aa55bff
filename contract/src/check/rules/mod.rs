//! The rules, one file each. A new rule is a file, its `mod` line and its line in [`RULES`].

pub(crate) mod below_floor;
pub(crate) mod conflicting_fields;
pub(crate) mod contradicting_case;
pub(crate) mod duplicate_id;
pub(crate) mod duplicate_key;
pub(crate) mod empty_suite;
pub(crate) mod example_in_suite;
pub(crate) mod file_not_found;
pub(crate) mod gate_order;
pub(crate) mod invalid_date;
pub(crate) mod invalid_id;
pub(crate) mod invalid_regex;
pub(crate) mod invalid_suppression;
pub(crate) mod invalid_variables;
pub(crate) mod missing_field;
pub(crate) mod multiple_documents;
pub(crate) mod no_evaluation;
pub(crate) mod no_expectation;
pub(crate) mod no_instructions;
pub(crate) mod no_owner;
pub(crate) mod no_prod_gate;
pub(crate) mod not_in_set;
pub(crate) mod not_utf8;
pub(crate) mod out_of_range;
pub(crate) mod secret_in_file;
pub(crate) mod suite_too_small;
pub(crate) mod too_complex;
pub(crate) mod unknown_evaluator;
pub(crate) mod unknown_field;
pub(crate) mod unknown_kind;
pub(crate) mod unknown_model;
pub(crate) mod unknown_suite;
pub(crate) mod unknown_tool;
pub(crate) mod unreachable_document;
pub(crate) mod unreachable_tool;
pub(crate) mod unused_suppression;
pub(crate) mod weak_rail;
pub(crate) mod wrong_type;
pub(crate) mod yaml_syntax;

use super::document::Document;
use super::files::Files;
use super::finding::{Finding, Severity};

/// One rule of the validator.
pub struct Rule {
    /// What findings name it by, such as `unknown-field`.
    pub id: &'static str,
    /// How much its findings weigh.
    pub severity: Severity,
    /// What it asks for, and why.
    pub explanation: &'static str,
    /// How its findings are mended.
    pub mend: &'static str,
    /// Whether authors may let its findings stand, although it is an error: where what it asks about may exist
    /// outside the files. Warnings always may.
    pub suppressible: bool,
    /// The smallest files that show it, each with its name.
    pub example: &'static [(&'static str, &'static str)],
    /// Looks at a document; none where the problem shows while text and shape are read.
    pub(crate) check: Option<Check>,
}

/// Adds what a rule finds in a document, given the files that are checked together.
pub(crate) type Check = fn(&Document, &Files<'_>, &mut Vec<Finding>);

impl Rule {
    /// Whether authors may let its findings stand.
    #[must_use]
    pub fn is_suppressible(&self) -> bool {
        self.suppressible || self.severity == Severity::Warning
    }
}

/// The rule of an id.
#[must_use]
pub fn named(id: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.id == id)
}

/// Every rule: those of the text, of the shape, of what is referred to, and of what an agent needs.
pub const RULES: &[&Rule] = &[
    &not_utf8::RULE,
    &yaml_syntax::RULE,
    &duplicate_key::RULE,
    &multiple_documents::RULE,
    &too_complex::RULE,
    &unknown_kind::RULE,
    &unknown_field::RULE,
    &missing_field::RULE,
    &wrong_type::RULE,
    &not_in_set::RULE,
    &out_of_range::RULE,
    &invalid_date::RULE,
    &invalid_regex::RULE,
    &file_not_found::RULE,
    &invalid_id::RULE,
    &duplicate_id::RULE,
    &unknown_model::RULE,
    &unknown_tool::RULE,
    &unknown_evaluator::RULE,
    &unknown_suite::RULE,
    &unreachable_tool::RULE,
    &unreachable_document::RULE,
    &no_instructions::RULE,
    &conflicting_fields::RULE,
    &contradicting_case::RULE,
    &invalid_variables::RULE,
    &no_expectation::RULE,
    &example_in_suite::RULE,
    &empty_suite::RULE,
    &suite_too_small::RULE,
    &gate_order::RULE,
    &below_floor::RULE,
    &secret_in_file::RULE,
    &weak_rail::RULE,
    &no_owner::RULE,
    &no_evaluation::RULE,
    &no_prod_gate::RULE,
    &invalid_suppression::RULE,
    &unused_suppression::RULE,
];
