//! The workflow and the actions of `agents-examples/github/` and the pipeline of `agents-examples/gitlab/`, their steps run as
//! a runner runs them.

use super::Home;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A repository with the sample agent and its suite, and no git in it.
fn repository(home: &Home) -> PathBuf {
    let root = home.folder.path().join("repository");
    for folder in ["agents", "suites", ".git", "tmp"] {
        fs::create_dir_all(root.join(folder)).unwrap();
    }
    fs::copy("agents-examples/hr/hr.yml", root.join("agents/hr.yml")).unwrap();
    fs::copy("agents-examples/hr/suites/hr-eval-v3.yml", root.join("suites/hr-eval-v3.yml")).unwrap();
    root
}

/// A script as a runner runs it, with the daemon's address and the key of the sandbox.
fn script(home: &Home, up: &Value, root: &Path, script: &str) -> Command {
    let mut command = home.command("bash");
    command
        .args(["-eo", "pipefail", "-c", script])
        .current_dir(root)
        .env("KATONIC_HOME", root.join("another-home"));
    command.env("KAT_URL", up["url"].as_str().unwrap()).env("KAT_KEY", up["ci_key"].as_str().unwrap());
    command
}

#[test]
fn the_actions_validate_evaluate_and_promote() {
    let (home, up) = Home::with_sandbox();
    let root = repository(&home);
    let given = [
        ("validate", vec![("paths", "agents suites")]),
        ("evaluate", vec![("file", "agents/hr.yml"), ("suite", "hr-eval-v3")]),
        ("promote", vec![("agent", "hr-assistant"), ("environment", "prod")]),
    ];
    for (name, inputs) in given {
        let action = fs::read_to_string(format!("agents-examples/github/{name}/action.yml")).unwrap();
        let action: Value = serde_yaml::from_str(&action).unwrap();
        for step in action["runs"]["steps"].as_array().unwrap() {
            let mut command = script(&home, &up, &root, step["run"].as_str().unwrap());
            command.env("GITHUB_OUTPUT", root.join("output")).env("RUNNER_TEMP", root.join("tmp"));
            for (variable, value) in step["env"].as_object().unwrap() {
                let input = value.as_str().unwrap().trim_start_matches("${{ inputs.").trim_end_matches(" }}");
                let own = inputs.iter().find(|(name, _)| *name == input).map(|(_, value)| *value);
                let usual = action["inputs"][input]["default"].as_str();
                command.env(variable, own.or(usual).unwrap());
            }
            super::said(&mut command).expect(0);
        }
    }
    let output = fs::read_to_string(root.join("output")).unwrap();
    let report = output.lines().find_map(|line| line.strip_prefix("report=")).unwrap();
    assert!(fs::read_to_string(report).unwrap().contains("127 of 127"), "{output}");
}

#[test]
fn the_pipeline_of_gitlab_goes_the_same_way() {
    let (home, up) = Home::with_sandbox();
    let root = repository(&home);
    let pipeline = fs::read_to_string("agents-examples/gitlab/.gitlab-ci.yml").unwrap();
    let pipeline: Value = serde_yaml::from_str(&pipeline).unwrap();
    for job in ["validate", "compare", "test", "prod"] {
        let lines: Vec<_> =
            pipeline[job]["script"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        super::said(&mut script(&home, &up, &root, &lines.join("\n"))).expect(0);
    }
    for file in ["validate.xml", "cases.xml", "report.html"] {
        assert!(fs::metadata(root.join(file)).unwrap().len() > 100, "{file}");
    }
}

#[test]
fn the_steps_of_the_workflow_promote_the_agent() {
    let (home, up) = Home::with_sandbox();
    let root = repository(&home);
    let workflow = fs::read_to_string("agents-examples/github/promote.yml").unwrap();
    let workflow: Value = serde_yaml::from_str(&workflow).unwrap();
    let mut variables: Vec<(String, String)> = Vec::new();
    let file = root.join("env");
    let mut ran = 0;
    for step in workflow["jobs"]["promote"]["steps"].as_array().unwrap() {
        let Some(steps) = step["run"].as_str() else { continue };
        let mut command = script(&home, &up, &root, steps);
        command.env("GITHUB_ENV", &file).env("GITHUB_ACTIONS", "true").envs(variables.clone());
        super::said(&mut command).expect(0);
        let set = fs::read_to_string(&file).unwrap_or_default();
        variables =
            set.lines().filter_map(|line| line.split_once('=')).map(|(k, v)| (k.into(), v.into())).collect();
        ran += 1;
    }
    assert_eq!((ran, variables.len()), (4, 1));
}
