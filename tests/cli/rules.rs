//! Every rule of the validator by its own example: what a person reads, and what a program gets.

use super::Home;
use contract::check::rules::RULES;
use std::fs;

#[test]
fn each_rule_is_shown_by_its_example_as_text_and_as_json() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("snapshots/rules");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for rule in RULES {
        let home = Home::new();
        let folder = home.folder.path().join("repository");
        fs::create_dir(&folder).unwrap();
        for (file, text) in rule.example {
            // A replacement character stands for a byte that is no text.
            let bytes: Vec<u8> = text.split('\u{fffd}').map(str::as_bytes).collect::<Vec<_>>().join(&0xfc);
            fs::write(folder.join(file), bytes).unwrap();
        }
        let validate = |format: &[&str]| {
            let mut command = home.command(super::binary());
            let said =
                super::said(command.current_dir(&folder).args(["agents", "validate", "."]).args(format));
            assert!(said.code == 0 || said.code == 1, "{said:#?}");
            format!("exit {}\n{}{}", said.code, said.out, said.err)
        };
        let both = format!("{}\n{}", validate(&[]), validate(&["--json"]));
        settings.bind(|| insta::assert_snapshot!(rule.id, both));
    }
}

#[test]
fn each_rule_explains_itself_and_a_slip_is_answered_with_the_rules() {
    let home = Home::new();
    for rule in RULES {
        let said = home.katonic(&["agents", "validate", "--explain", rule.id]).expect(0);
        for part in [rule.id, rule.explanation, rule.mend] {
            assert!(said.out.contains(part), "{part}: {}", said.out);
        }
    }
    let said = home.katonic(&["agents", "validate", "--explain", "no-ower"]).expect(2);
    assert!(said.err.contains("no-owner"), "{}", said.err);
    let all = home.katonic(&["agents", "validate", "--explain", "all", "--json"]).json();
    assert_eq!(all.as_array().unwrap().len(), RULES.len());
}
