//! `katonic documents generate`.

use super::Home;
use std::fs;

#[test]
fn a_document_goes_to_a_file_of_the_format_that_it_is_called_after() {
    let (home, _) = Home::with_sandbox();
    let folder = home.folder.path();
    let path = |name: &str| folder.join(name).display().to_string();
    fs::write(path("q3.md"), "# Sales of {{name}}\n\nText.\n").unwrap();
    fs::write(path("data.json"), "{\"name\": \"ACME\"}").unwrap();
    let generate = |rest: &[&str]| home.katonic(&[&["documents", "generate"], rest].concat());
    let (content, data, page) = (path("q3.md"), path("data.json"), path("q3.html"));
    let said = generate(&["--content", &content, "--data", &data, "-o", &page]).expect(0).out;
    assert!(said.starts_with(&page) && said.contains("bytes"), "{said}");
    assert!(fs::read_to_string(&page).unwrap().contains("Sales of ACME"));
    let report = path("report.docx");
    let question = "What's the remote work policy?";
    let made = generate(&[question, "--agent", "hr-assistant", "-o", &report, "--json"]).json();
    assert_eq!((&made["citations"][0]["doc_id"], &made["refused"]), (&"HR-2024-08".into(), &false.into()));
    assert_eq!(fs::metadata(&report).unwrap().len(), made["bytes"].as_u64().unwrap());
    let odd = path("odd.pdf");
    fs::write(path("odd.md"), "漢字").unwrap();
    let said = generate(&["--content", &path("odd.md"), "-o", &odd]).expect(0);
    assert!(said.err.contains("that its fonts don't have"), "{}", said.err);
    let here = "cd \"$HOME\" && katonic documents generate --content q3.md --data data.json --title 'For {{name}}' --format html";
    home.shell(here).expect(0);
    fs::write(path("For-ACME.html"), "mine").unwrap();
    let refused = home.shell(here).expect(2).err;
    assert!(refused.contains("--output"), "{refused}");
    assert_eq!(fs::read_to_string(path("For-ACME.html")).unwrap(), "mine");
    generate(&["--content", &content]).expect(2);
    generate(&[question, "-o", &report]).expect(2);
    generate(&["--content", &path("none.md"), "-o", &report]).expect(2);
    generate(&[question, "--agent", "nobody", "-o", &report]).expect(4);
}
