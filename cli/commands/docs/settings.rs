//! The daemon's settings: the file of defaults, a section a heading.

use super::Page;

pub(super) fn page() -> Page {
    let mut text = String::from(
        "# Configuration\n\nThe daemon reads `katonic.toml` of its home (`~/.katonic`, or `KATONIC_HOME`) over the defaults \
         below, and the environment over both. Each setting stands here with its default and what it means; what is commented \
         out is an example. `katonic daemon check` says whether a file is sound.\n",
    );
    for section in sections(::daemon::DEFAULTS) {
        text.push_str(&format!("\n## {}\n\n```toml\n{}\n```\n", section.0, section.1.trim()));
    }
    Page::new("configuration", "Configuration", text)
}

/// The parts of the file, each named by its first table, or as what stands before all tables.
fn sections(defaults: &str) -> Vec<(String, String)> {
    let mut sections: Vec<(String, String)> = Vec::new();
    for part in defaults.split("\n\n").filter(|part| !part.trim().is_empty()) {
        let table = part.lines().find_map(|line| line.strip_prefix('[')?.strip_suffix(']'));
        let name = table.map_or("The daemon", |table| table.split('.').next().unwrap_or(table));
        match sections.last_mut().filter(|(last, _)| last == name) {
            Some((_, text)) => {
                text.push_str("\n\n");
                text.push_str(part);
            }
            None => sections.push((name.to_owned(), part.to_owned())),
        }
    }
    sections
}
