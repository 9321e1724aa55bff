//! A search for better prompts, and what it found in the agent's own file.

use super::Home;
use std::fs;

#[test]
fn a_search_is_shown_and_a_candidate_is_written_into_the_agents_file() {
    let (home, _up) = Home::with_sandbox();
    let search = ["prompts", "optimise", "hr-assistant", "--suite", "hr-eval-v3", "--budget", "500calls"];
    home.katonic(&["prompts", "optimise", "hr-assistant", "--suite", "hr-eval-v3"]).expect(2);
    let said = home.katonic(&search).expect(0).out;
    assert!(said.contains("as it was") && said.contains("top_k 6 to "), "{said}");
    assert!(said.contains("no model is configured that could write instructions"), "{said}");
    let id = said.split_whitespace().find(|word| word.starts_with("opt_")).unwrap().trim_end_matches(':');
    let found = home.katonic(&["prompts", "show", id, "--json"]).json();
    assert_eq!(found["status"], "finished");
    let file = home.folder.path().join("hr.yml");
    fs::copy("agents-examples/hr/hr.yml", &file).unwrap();
    let before = fs::read_to_string(&file).unwrap();
    let apply = ["prompts", "apply", id, "--candidate", "c1", "--write", file.to_str().unwrap()];
    let diff = home.katonic(&apply).expect(0).out;
    let after = fs::read_to_string(&file).unwrap();
    let changed: Vec<(&str, &str)> = before.lines().zip(after.lines()).filter(|(a, b)| a != b).collect();
    assert_eq!(changed.len(), 1, "{changed:?}");
    let (was, is) = changed[0];
    assert!(was.trim().starts_with("top_k: 6") && is.trim().starts_with("top_k: "), "{changed:?}");
    assert!(diff.contains("-    top_k: 6") && diff.contains(&format!("+{is}")), "{diff}");
    // The file is the version that was applied, and none other.
    let same = home.katonic(&["agents", "apply", file.to_str().unwrap(), "--json"]).json();
    assert_eq!(same["new"], false);
    fs::write(&file, before.replace("Never guess.", "Guess.")).unwrap();
    home.katonic(&apply).expect(1);
    assert!(fs::read_to_string(&file).unwrap().contains("top_k: 6 "), "another version stays as it is");
    home.katonic(&["prompts", "show", "opt_none"]).expect(4);
}
