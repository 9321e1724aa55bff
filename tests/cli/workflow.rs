//! The workflow of `agents-examples/github/promote.yml`, its steps run as a runner runs them.

use super::Home;
use serde_json::Value;
use std::fs;

#[test]
fn the_steps_of_the_workflow_promote_the_agent() {
    let (home, up) = Home::with_sandbox();
    let root = home.folder.path().join("repository");
    fs::create_dir_all(root.join("agents")).unwrap();
    fs::create_dir(root.join(".git")).unwrap();
    fs::copy("agents-examples/hr/hr.yml", root.join("agents/hr.yml")).unwrap();
    let workflow = fs::read_to_string("agents-examples/github/promote.yml").unwrap();
    let workflow: Value = serde_yaml::from_str(&workflow).unwrap();
    let mut variables: Vec<(String, String)> = Vec::new();
    let file = root.join("env");
    let mut ran = 0;
    for step in workflow["jobs"]["promote"]["steps"].as_array().unwrap() {
        let Some(script) = step["run"].as_str() else { continue };
        let mut command = home.command("bash");
        command.args(["-e", "-c", script]).current_dir(&root).env("GITHUB_ENV", &file);
        command.env("KAT_URL", up["url"].as_str().unwrap()).env("KAT_KEY", up["ci_key"].as_str().unwrap());
        command
            .env("KATONIC_HOME", root.join("another-home"))
            .env("GITHUB_ACTIONS", "true")
            .envs(variables.clone());
        super::said(&mut command).expect(0);
        let set = fs::read_to_string(&file).unwrap_or_default();
        variables =
            set.lines().filter_map(|line| line.split_once('=')).map(|(k, v)| (k.into(), v.into())).collect();
        ran += 1;
    }
    assert_eq!((ran, variables.len()), (4, 1));
}
