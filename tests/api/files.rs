//! Files that become documents: each format, and the queue.

use crate::samples::{docx, paragraph, pdf, pptx, row, xlsx};
use crate::support::{Answered, Daemon};
use reqwest::Method;
use serde_json::{Value, json};

const PUBLIC: &[(&str, &str)] = &[("collection", "docs"), ("public", "true")];

async fn search(daemon: &Daemon, query: &str) -> Value {
    let call = daemon.operator(Method::POST, "/search").json(&json!({"query": query, "top_k": 1}));
    call.answer().await.expect(200)["data"][0].clone()
}

/// A file of a format: its name and bytes, a word that it is found by, and the title, section, page and text of the passage.
type Sample = (&'static str, Vec<u8>, &'static str, Value);

fn samples() -> Vec<Sample> {
    let table = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Role</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>Days</w:t></w:r></w:p></w:tc></w:tr>\
        <w:tr><w:tc><w:p><w:r><w:t>Zookeeper</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>12</w:t></w:r></w:p></w:tc></w:tr></w:tbl>";
    let word = paragraph("T", "Leave")
        + &paragraph("H1", "1 Scope")
        + &paragraph("", "All &amp; sundry.")
        + &paragraph("H2", "1.1 Days")
        + table;
    let mail = "From: Ann <ann@example.org>\r\nSubject: Parking\r\nMessage-ID: <1@example.org>\r\n\
        Content-Type: text/plain; charset=iso-8859-1\r\n\r\nTiefgarage f\u{fc}r alle.\r\n";
    let mail: Vec<u8> = mail.chars().map(|c| u8::try_from(c).unwrap()).collect();
    vec![
        (
            "leave.docx",
            docx(&word),
            "zookeeper",
            json!(["Leave", "1.1", null, "Role | Days\nRole: Zookeeper; Days: 12"]),
        ),
        (
            "talk.pptx",
            pptx(&[("Start", "hello"), ("Budget", "fourteen giraffes")]),
            "giraffes",
            json!(["Start", "Budget", 2, "fourteen giraffes"]),
        ),
        (
            "staff.xlsx",
            xlsx(&(row(1, &["Name", "Days"]) + &row(2, &["Wombat", "12.5"]))),
            "wombat",
            json!(["staff", "Staff", 1, "Name | Days\nName: Wombat; Days: 12.5"]),
        ),
        (
            "rules.pdf",
            pdf(&["Nothing here.", "Pangolins may be petted."], ""),
            "pangolins",
            json!(["rules", null, 2, "Pangolins may be petted."]),
        ),
        (
            "page.html",
            b"<!doctype html><title>Site</title><h1>Trips</h1><p>Book the <b>ostrich</b>.".into(),
            "ostrich",
            json!(["Trips", "Trips", null, "Book the ostrich."]),
        ),
        (
            "list.csv",
            "Tier;Alter\nKrokodil;80\n".into(),
            "krokodil",
            json!(["list", null, null, "Tier | Alter\nTier: Krokodil; Alter: 80"]),
        ),
        (
            "mail.eml",
            mail,
            "tiefgarage",
            json!(["Parking", "Parking", null, "From: Ann <ann@example.org>\n\nTiefgarage für alle."]),
        ),
        // Told by its content, whatever it is called.
        (
            "note.txt",
            pdf(&["Meerkats stand up."], ""),
            "meerkats",
            json!(["note", null, 1, "Meerkats stand up."]),
        ),
    ]
}

#[tokio::test]
async fn each_format_keeps_its_sections_pages_and_tables() {
    let daemon = Daemon::start().await;
    for (name, bytes, word, expected) in samples() {
        let document = daemon.send_file(name, bytes, PUBLIC, 600).await.expect(201);
        assert_eq!(
            (&document["status"], &document["reason"]),
            (&json!("ready"), &Value::Null),
            "{name}: {document}"
        );
        let found = search(&daemon, word).await;
        let seen = json!([found["title"], found["section"], found["page"], found["text"]]);
        assert_eq!(seen, expected, "{name}");
    }
}

#[tokio::test]
async fn a_file_is_queued_at_once_and_told_when_it_is_read() {
    let daemon = Daemon::start().await;
    let fields = &[("collection", "docs"), ("groups", "staff"), ("doc_id", "P-1"), ("title", "Rules")];
    let queued = daemon.send_file("rules.pdf", pdf(&["One.", "Two."], ""), fields, 0).await.expect(202);
    assert_eq!((&queued["status"], &queued["title"]), (&json!("queued"), &json!("Rules")));
    let get = || daemon.operator(Method::GET, "/knowledge/documents/P-1").answer();
    let mut document = get().await.expect(200);
    while document["status"] == "queued" {
        document = get().await.expect(200);
    }
    assert_eq!(
        (&document["status"], &document["pages"], &document["passages"], &document["access"]["groups"]),
        (&json!("ready"), &json!(2), &json!(2), &json!(["staff"]))
    );
    let ready = daemon.operator(Method::GET, "/knowledge/documents?status=ready").answer().await.expect(200);
    assert_eq!(ready["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_document_stays_what_it_was_until_its_new_file_is_read() {
    let daemon = Daemon::start().await;
    let fields = [PUBLIC, &[("doc_id", "P-1")]].concat();
    daemon.send_file("a.pdf", pdf(&["Old pangolins."], ""), &fields, 600).await.expect(201);
    let refused = daemon.send_file("a.pdf", b"%PDF-1.4 cut off".into(), &fields, 600).await.expect(201);
    assert_eq!(refused["status"], "refused");
    assert!(refused["reason"].as_str().unwrap().starts_with("broken: "), "{refused}");
    assert_eq!(search(&daemon, "pangolins").await["text"], "Old pangolins.");
    daemon.send_file("a.pdf", pdf(&["New pangolins."], ""), &fields, 600).await.expect(201);
    assert_eq!(search(&daemon, "pangolins").await["text"], "New pangolins.");
    daemon.operator(Method::DELETE, "/knowledge/documents/P-1").answer().await.expect(204);
    assert_eq!(search(&daemon, "pangolins").await, Value::Null);
}

#[tokio::test]
async fn a_text_that_comes_after_a_file_is_what_stays() {
    let daemon = Daemon::start().await;
    let fields = [PUBLIC, &[("doc_id", "P-1")]].concat();
    let slow = pdf(&["Old pangolins."; 50], "");
    daemon.send_file("a.pdf", slow, &fields, 0).await.expect(202);
    let text = json!({"doc_id": "P-1", "collection": "docs", "public": true, "text": "New pangolins."});
    daemon.operator(Method::POST, "/knowledge/documents").json(&text).answer().await.expect(201);
    // What came later is read later.
    daemon.send_file("b.pdf", pdf(&["Last."], ""), PUBLIC, 600).await.expect(201);
    assert_eq!(search(&daemon, "pangolins").await["text"], "New pangolins.");
}

#[tokio::test]
async fn a_document_of_somebody_else_is_not_replaced_by_a_file() {
    let daemon = Daemon::start().await;
    let body =
        json!({"doc_id": "P-1", "collection": "docs", "groups": ["board"], "text": "Secret pangolins."});
    daemon.operator(Method::POST, "/knowledge/documents").json(&body).answer().await.expect(201);
    let key = daemon.key(json!({"name": "writer", "scopes": ["knowledge/*"]})).await;
    let file = reqwest::multipart::Part::bytes(pdf(&["Mine."], "")).file_name("a.pdf");
    let form = reqwest::multipart::Form::new().part("file", file).text("doc_id", "P-1");
    let form = form.text("collection", "docs").text("public", "true");
    let call = daemon.call(Method::POST, "/knowledge/documents").bearer_auth(&key).multipart(form);
    assert_eq!(call.answer().await.code(), "id_taken");
    let document = daemon.operator(Method::GET, "/knowledge/documents/P-1").answer().await.expect(200);
    assert_eq!((&document["status"], &document["passages"]), (&json!("ready"), &json!(1)));
    assert_eq!(std::fs::read_dir(daemon.home.path().join("data/uploads")).unwrap().count(), 0);
}
