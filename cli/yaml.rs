//! YAML files in block style, changed line by line, so that comments and layout of the rest stay.

use std::ops::Range;

/// How far to the right a line stands that says something.
pub(crate) fn indent(line: &str) -> Option<usize> {
    let text = line.trim_start();
    (!text.is_empty() && !text.starts_with('#')).then(|| line.len() - text.len())
}

/// The lines of a field, from its name to where the next one begins; comments above that are the next one's.
pub(crate) fn find(lines: &[String], path: &[&str]) -> Option<Range<usize>> {
    let mut range = 0..lines.len();
    let mut least = 0;
    for field in path {
        let level =
            lines[range.clone()].iter().filter_map(|line| indent(line)).find(|indent| *indent >= least)?;
        let start = range.clone().find(|n| {
            let line = &lines[*n];
            indent(line) == Some(level)
                && line[level..].strip_prefix(field).is_some_and(|rest| rest.starts_with(':'))
        })?;
        // A list may stand as far to the left as its name.
        let is_over = |line: &String| {
            indent(line).is_some_and(|at| at < level || (at == level && !line[at..].starts_with("- ")))
        };
        let mut end = (start + 1..range.end).find(|n| is_over(&lines[*n])).unwrap_or(range.end);
        while end > start + 1 && indent(&lines[end - 1]).is_none() {
            end -= 1;
        }
        range = start..end;
        least = level + 1;
    }
    Some(range)
}

/// Lines of YAML, so far to the right.
pub(crate) fn shifted(yaml: &str, indent: usize) -> Vec<String> {
    let shift = |line: &str| match line {
        "" => String::new(),
        line => format!("{}{line}", " ".repeat(indent)),
    };
    yaml.lines().map(shift).collect()
}
