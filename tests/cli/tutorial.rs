//! The guide to the flywheel: its lines are run as they stand, in one shell, and what they are to lead to is there.

use super::{Home, said};
use crate::support::read;
use std::fs;
use std::path::Path;

#[test]
fn the_loop_from_a_bad_answer_to_a_promoted_fix_closes() {
    let tutorial = read("docs/src/guides/flywheel.md");
    let blocks = tutorial.split("```sh\n").skip(1).filter_map(|block| block.split("```").next());
    let script: String = blocks.collect();
    assert!(script.lines().count() >= 15, "{script}");
    let (home, _up) = Home::with_sandbox();
    let folder = home.folder.path().join("work");
    fs::create_dir(&folder).unwrap();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("agents-examples");
    std::os::unix::fs::symlink(examples, folder.join("agents-examples")).unwrap();
    let told = said(home.command("sh").args(["-euxc", &script]).current_dir(&folder)).expect(0);
    let fixed = fs::read_to_string(folder.join("hr.yml")).unwrap();
    assert!(!fixed.contains("top_k: 1 ") && fixed.contains("# a tier, not a vendor"), "{fixed}");
    assert!(fs::read_to_string(folder.join("suite.yml")).unwrap().contains("id: trace-"), "{told:#?}");
    let draft = home.katonic(&["agents", "apply", folder.join("hr.yml").to_str().unwrap(), "--json"]).json();
    let live = home.katonic(&["agents", "get", "hr-assistant", "--json"]).json();
    assert_eq!(live["environments"]["test"]["version"], draft["version"], "{told:#?}");
    assert_eq!(draft["new"], false);
}
