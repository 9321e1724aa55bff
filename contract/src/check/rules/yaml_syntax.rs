//! `yaml-syntax`: the text is not YAML.

use super::Rule;
use crate::check::finding::{Finding, Fix, Severity};
use crate::check::text::{Text, shown};
use std::ops::Range;

pub(crate) const RULE: Rule = Rule {
    id: "yaml-syntax",
    severity: Severity::Error,
    explanation: "The file must be YAML 1.2. A text that doesn't parse can't be checked any further.",
    mend: "Mend the place that is shown; an editor that knows YAML shows it as one types. Tabs become two spaces each.",
    suppressible: false,
    example: &[(
        "agent.yml",
        concat!(
            "apiVersion: katonic/v1\n",
            "kind: Agent\n",
            "metadata: {id: hr-assistant, owner: people@example.org}\n",
            "spec:\n",
            "  model: balanced\n",
            "  instructions: Answer from the policies.\n",
            "\ttools: [calculator]\n",
            "  evaluation: {suite: hr-eval, gate: {prod: {pass_rate: 0.9}}}\n",
        ),
    )],
    check: None,
};

/// The finding for what the parser says.
pub(crate) fn found(text: &Text, span: &Range<usize>, said: &str) -> Finding {
    let line = text.line_at(span.start);
    let before = text.text.get(..span.start).unwrap_or_default().trim_end().len();
    let next =
        span.start + text.text.get(span.start..).and_then(|rest| rest.find('\n')).map_or(0, |at| at + 1);
    let near = if said.contains("tab") { [span.start, next] } else { [span.start, before] };
    if let Some(at) = near.into_iter().find_map(|at| leading_tab(text, at)) {
        let message = "a tab is used for indentation, which YAML doesn't allow".to_owned();
        let help = "indent with spaces, two for each level".to_owned();
        return text.finding(&RULE, &(at..at + 1), message, help).fixed(spaces(text, at));
    }
    // The parser adds the place to some of its sentences; a finding has it already.
    let said = said.split(" at line ").next().unwrap_or_default();
    text.finding(
        &RULE,
        span,
        format!("the file does not parse: {}", shown(said)),
        mend(line, said).to_owned(),
    )
}

fn mend(line: &str, said: &str) -> &'static str {
    let says = |words: &[&str]| words.iter().any(|word| said.contains(word));
    if line.chars().any(|c| c.is_control() && c != '\t') {
        "remove the control character"
    } else if says(&["quote"]) {
        "close the quotation mark; within double quotes, put a backslash before `\"` and before a backslash"
    } else if says(&["flow", "illegal placement"]) {
        "close every `[` and `{`, and separate what stands between them with commas"
    } else if says(&["unexpected character", "anchor", "alias"]) {
        "put a text that begins with a mark such as `@`, `%`, `*`, `&` or a backtick in quotes"
    } else if line.matches(": ").count() > 1 {
        "put a text that contains `: ` in quotes"
    } else {
        "check the indentation: the fields of a mapping begin in one column, two spaces further in than its name, and \
         each is written `name: value`, with a space after the colon"
    }
}

/// Two spaces for each tab of the indentation, in this line and those after it that have tabs there too.
fn spaces(text: &Text, at: usize) -> Fix {
    let start = text.text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
    let indentation = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let rest = text.text.get(start..).unwrap_or_default();
    let mut mended = String::new();
    let mut end = start;
    for line in rest
        .split_inclusive('\n')
        .take_while(|line| line.get(..indentation(line)).is_some_and(|i| i.contains('\t')))
    {
        let (indentation, content) = line.split_at(indentation(line));
        mended.push_str(&indentation.replace('\t', "  "));
        mended.push_str(content);
        end += line.len();
    }
    text.fix(&(start..end), mended)
}

/// The offset of a tab in the indentation of a line.
fn leading_tab(text: &Text, at: usize) -> Option<usize> {
    let line = text.line_at(at);
    let start = text.text.get(..at)?.rfind('\n').map_or(0, |newline| newline + 1);
    let indentation = line.len() - line.trim_start().len();
    line.get(..indentation)?.find('\t').map(|tab| start + tab)
}
