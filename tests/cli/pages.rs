//! What people see: the help of every command, tables, refusals; and the shape of each JSON document.

use super::{Home, Said};
use insta::{Settings, assert_snapshot};
use serde_json::{Map, Value};

const WIDTHS: [&str; 2] = ["80", "140"];

/// What differs from run to run, and is as long each time.
const VARYING: [(&str, &str); 8] = [
    (r"127\.0\.0\.1:\d{5}", "127.0.0.1:PPPPP"),
    (r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3})?Z", "TTTT-TT-TTTTT:TT:TT.TTTZ"),
    (r"\b(run|opr|key|ses)_[0-9a-z]{26}", "${1}_IIIIIIIIIIIIIIIIIIIIIIIIII"),
    (r"\b(kapi_test|kapi_live|kop)_[0-9a-f]{4}\.\.\.[0-9a-f]{3}", "${1}_KKKK...KKK"),
    (r"/tmp/\.tmp\w{6}", "/tmp/.tmpHHHHHH"),
    (r"\b[0-9a-f]{32}\b", "TRACE"),
    (r"process \d+", "process N"),
    (r"\d+ MB", "N MB"),
];

fn at(home: &Home, width: &str, arguments: &[&str]) -> Said {
    super::said(home.command(super::binary()).env("COLUMNS", width).args(arguments))
}

fn filtered(test: impl FnOnce()) {
    let mut settings = Settings::clone_current();
    for (pattern, instead) in VARYING {
        settings.add_filter(pattern, instead);
    }
    settings.add_filter(super::binary(), "katonic");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_snapshot_path("snapshots/pages");
    settings.bind(test);
}

/// The names of the commands that a page of help lists: at the top in groups, elsewhere under one heading.
fn listed(page: &str) -> Vec<String> {
    let sections = page.split("\n\n").filter(|section| {
        let heading = section.lines().next().unwrap_or_default();
        heading == "Commands:"
            || (page.contains("Global options:\n  --json") && !heading.starts_with("Global"))
    });
    let lines = sections.flat_map(|section| section.lines().skip(1));
    // What a long description goes on with is indented further.
    let lines = lines.filter_map(|line| line.strip_prefix("  ").filter(|rest| !rest.starts_with(' ')));
    let names = lines.filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

fn help(home: &Home, width: &str, path: &[&str], pages: &mut String) {
    let said = at(home, width, &[path, &["--help"]].concat()).expect(0);
    pages.push_str(&format!("$ katonic {}\n\n{}\n", [path, &["--help"]].concat().join(" "), said.out));
    let over: Vec<&str> = said.out.lines().filter(|line| line.chars().count() > 100).collect();
    // An example is one line, to be pasted.
    assert!(over.iter().all(|line| line.starts_with("  katonic ")), "{over:?}");
    if path.is_empty() || said.out.contains("\nCommands:\n") {
        for name in listed(&said.out) {
            help(home, width, &[path, &[name.as_str()]].concat(), pages);
        }
    }
}

#[test]
fn the_help_of_every_command() {
    let home = Home::new();
    for width in WIDTHS {
        let mut pages = String::new();
        help(&home, width, &[], &mut pages);
        assert!(pages.matches("\nExamples:\n").count() > 100);
        filtered(|| assert_snapshot!(format!("help_{width}"), pages));
    }
}

#[test]
fn the_tables_of_a_sandbox() {
    let (home, _) = Home::with_sandbox();
    let commands = [
        "agents list",
        "agents get hr-assistant",
        "keys list",
        "keys show sandbox-chat",
        "eval list",
        "documents list",
        "documents get HR-2024-02",
        "tools list",
        "users list",
        "tiers list",
        "models list",
        "context list",
        "operators list",
        "sessions list",
        "approvals list",
        "search annual_leave",
        "daemon status",
    ];
    for width in WIDTHS {
        let mut tables = String::new();
        for command in commands {
            let said = at(&home, width, &command.split(' ').collect::<Vec<_>>()).expect(0);
            let widest: usize = width.parse().unwrap();
            let over = said.out.lines().find(|line| line.chars().count() > widest);
            // Sentences and passages are for the terminal to break.
            let is_prose = ["daemon status", "search annual_leave"].contains(&command);
            assert!(over.is_none() || is_prose, "{command}: {over:?}");
            tables.push_str(&format!("$ katonic {command}\n{}\n", said.out));
        }
        filtered(|| assert_snapshot!(format!("tables_{width}"), tables));
    }
}

#[test]
fn refusals_say_what_happened_and_what_to_do() {
    let (home, _) = Home::with_sandbox();
    let lines = [
        "katonic keyz",
        "katonic promote hr-assistant",
        "katonic keys delete web",
        "katonic keys create",
        "katonic agents promote hr-assistant --env=production",
        "katonic keys list --jsn",
        "katonic keys show no-such-key",
        "katonic agents get no-such-agent",
        "katonic eval show run_01m8",
        "katonic agents list --url http://127.0.0.1:9",
        "katonic agents list --url ftp://127.0.0.1",
        "katonic agents list --context elsewhere",
        "katonic login </dev/null",
        "katonic login --url http://127.0.0.1:9 </dev/null",
        "katonic logout",
        "katonic chat hr-assistant </dev/null",
        "katonic agents validate no-such.yml",
        "katonic schema keys lst",
        "katonic self uninstall </dev/null",
        "KATONIC_API_KEY=kapi_live_wrong katonic agents list",
        "KATONIC_API_KEY=$(sed -n 's/.*\"api_key\": \"\\(.*\\)\".*/\\1/p' $KATONIC_HOME/credentials.json) katonic keys list",
    ];
    let mut refusals = String::new();
    for line in lines {
        let said = super::said(home.command("sh").env("COLUMNS", "80").args(["-c", line]));
        assert!(said.out.is_empty(), "a refusal is no result: {said:#?}");
        refusals.push_str(&format!("$ {line}\n{}exit {}\n\n", said.err, said.code));
    }
    filtered(|| assert_snapshot!("refusals", refusals));
}

/// The names and types of a document, where of a list the first counts.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), shape(value))).collect::<Map<_, _>>().into()
        }
        Value::Array(items) => items.iter().take(1).map(shape).collect::<Vec<_>>().into(),
        Value::Null => Value::Null,
        Value::Bool(_) => "boolean".into(),
        Value::Number(_) => "number".into(),
        Value::String(_) => "string".into(),
    }
}

/// A command, and the rest of its line; exit codes of 1 are answers, too.
const LINES: &[(&str, &str)] = &[
    ("sandbox status", ""),
    ("agents validate", "agents-examples/hr/hr.yml"),
    ("agents schema", ""),
    ("agents init", "new-agent --owner people@example.org --dir FOLDER"),
    ("agents apply", "agents-examples/hr/hr.yml"),
    ("agents list", ""),
    ("agents get", "hr-assistant"),
    ("agents diff", "agents-examples/hr/hr.yml"),
    ("agents promote", "hr-assistant --env=test"),
    ("eval apply", "agents-examples/hr/suites/hr-eval-v3.yml"),
    ("eval run", "--agent hr-assistant --suite hr-eval-v3 --wait"),
    ("eval list", ""),
    ("eval show", "RUN"),
    ("eval compare", "RUN --baseline=prod"),
    ("eval drift", "hr-assistant"),
    ("eval score", "--suite agents-examples/hr/suites/hr-eval-v3.yml --answers ANSWERS"),
    ("eval redteam", "hr-assistant --as sarah@example.org"),
    ("keys create", "web --scopes chat"),
    ("keys list", ""),
    ("keys show", "web"),
    ("keys update", "web --per-day 20"),
    ("keys rotate", "web"),
    ("keys revoke", "web"),
    ("sessions list", "--as sarah@example.org"),
    ("search", "leave"),
    ("documents add", "--collection notes --groups employees --jsonl ROWS"),
    ("documents list", ""),
    ("documents get", "HR-2024-02"),
    ("documents remove", "N-1"),
    ("sources list", ""),
    ("guardrails check", "hello"),
    ("guardrails policy show", ""),
    ("guardrails policy try", "RAILS"),
    ("guardrails policy set", "RAILS"),
    ("guardrails policy reset", ""),
    ("feedback", "TRACE --up"),
    ("flywheel candidates", ""),
    ("tools list", ""),
    ("tools invoke", "current_time {}"),
    ("tools tickets", ""),
    ("approvals list", ""),
    ("trace", "TRACE"),
    ("audit list", "--limit 3"),
    ("audit verify", ""),
    ("audit export", "FOLDER/log.jsonl"),
    ("audit retention", ""),
    ("usage", "--by model"),
    ("teams list", ""),
    ("teams create", "research"),
    ("teams show", "research"),
    ("users list", ""),
    ("users groups", ""),
    ("users update", "omar@example.org --groups contractors"),
    ("users deactivate", "omar@example.org"),
    ("users activate", "omar@example.org"),
    ("operators list", ""),
    ("operators create", "idp --role org_admin"),
    ("budgets list", ""),
    ("budgets create", "web-month --limit 500 --period month"),
    ("budgets update", "web-month --limit 800"),
    ("budgets remove", "web-month"),
    ("webhooks list", ""),
    ("models list", ""),
    ("tiers list", ""),
    ("tiers set", "fast groq/llama-3.3-70b"),
    ("tiers reset", "fast"),
    ("providers list", ""),
    ("daemon status", ""),
    ("daemon check", ""),
    ("hub open", ""),
    ("context list", ""),
    ("context use", "sandbox"),
    ("openapi", ""),
    ("doctor", ""),
    ("version", ""),
    ("schema", "keys list"),
    ("man", "FOLDER/man"),
    ("sandbox down", ""),
    ("sandbox reset", ""),
];

/// The shape of a document, which its schema allows.
fn checked(home: &Home, command: &str, value: &Value) -> String {
    let words: Vec<&str> = command.split(' ').collect();
    let schema = home.katonic(&[&["schema"], words.as_slice()].concat()).json();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let wrong: Vec<String> =
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "katonic {command} --json: {wrong:#?}\n{value:#}");
    // What holds schemas has the shape of the world.
    let shape = match command {
        "openapi" | "agents schema" | "schema" => "object".into(),
        _ => shape(value),
    };
    format!("katonic {command}\n  {shape}\n")
}

#[test]
fn documents_are_as_their_schemas_say() {
    let (home, up) = Home::with_sandbox();
    let mut shapes = String::new();
    let mut check = |command: &str, value: &Value| shapes.push_str(&checked(&home, command, value));
    check("sandbox up", &up);
    let run =
        home.katonic(&["eval", "list", "--json"]).json()["data"][0]["run_id"].as_str().unwrap().to_owned();
    let trace = home.katonic(&["chat", "hr-assistant", "How many sick days do I have?", "--json"]).json();
    check("chat", &trace);
    let trace = trace["trace_id"].as_str().unwrap();
    let file = |name: &str, text: &str| {
        let path = home.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let answers =
        file("answers.jsonl", "{\"case_id\": \"remote-work\", \"answer\": \"Three days a week.\"}\n");
    let rails = file("rails.yml", "pii: {input: block}\n");
    let rows =
        file("rows.jsonl", "{\"doc_id\": \"N-1\", \"title\": \"Note\", \"text\": \"One note of ours.\"}\n");
    let folder = home.folder.path().join("new").display().to_string();
    let copy = home.katonic(&["daemon", "backup", "--json"]).json();
    check("daemon backup", &copy);
    for (command, rest) in LINES {
        let rest = rest
            .replace("RUN", &run)
            .replace("TRACE", trace)
            .replace("FOLDER", &folder)
            .replace("ANSWERS", &answers)
            .replace("ROWS", &rows)
            .replace("RAILS", &rails);
        let line = format!("{command} {rest} --json");
        let said = home.katonic(&line.split_whitespace().collect::<Vec<_>>());
        assert!(matches!(said.code, 0 | 1), "{line}: {said:#?}");
        check(command, &said.value());
    }
    filtered(|| assert_snapshot!("documents", shapes));
}
