//! The README's commands are run as they stand.

use super::Home;
use crate::support::read;

/// The lines of the README's `sh` blocks that a sandbox can run, but for the two that build and test the repository.
fn lines(readme: &str) -> Vec<&str> {
    let blocks = readme.split("```sh\n").skip(1).filter_map(|block| block.split("```").next());
    let lines = blocks.flat_map(str::lines).filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    lines
        .filter(|line| !line.starts_with("./") && !line.starts_with("git ") && !line.starts_with("cd "))
        .collect()
}

#[test]
fn every_command_of_the_readme_works() {
    let readme = read("README.md");
    let lines = lines(&readme);
    assert!(lines.len() >= 8, "{lines:?}");
    let (home, up) = Home::with_sandbox();
    let url = up["url"].as_str().unwrap();
    for line in lines {
        let (command, expected) = match line.rsplit_once("# exit ") {
            Some((command, code)) => (command, code.trim().parse().unwrap()),
            None => (line, 0),
        };
        let command = command
            .replace("http://127.0.0.1:8320", url)
            .replace("$KATONIC_API_KEY", up["api_key"].as_str().unwrap())
            .replace("$RUN", &newest_run(&home));
        let said = home.shell(&command);
        assert_eq!(said.code, expected, "{line}\n{said:#?}");
    }
}

fn newest_run(home: &Home) -> String {
    let runs = home.katonic(&["eval", "list", "--json"]);
    if runs.code != 0 {
        return String::new();
    }
    runs.value()["data"][0]["run_id"].as_str().unwrap_or_default().to_owned()
}
