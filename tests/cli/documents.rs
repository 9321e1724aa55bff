//! `katonic documents add` on folders: what changed, who may read, and the worst files there are.

use super::Home;
use crate::samples::{docx, docx_of, encryption, noise, package, paragraph, pdf, pptx, row, xlsx};
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

/// A sandbox, and a folder of files beside it.
fn with(files: &[(&str, Vec<u8>)]) -> (Home, String, Value) {
    let (home, up) = Home::with_sandbox();
    let folder = home.folder.path().join("files");
    for (name, bytes) in files {
        write(&folder, name, bytes);
    }
    (home, folder.display().to_string(), up)
}

fn write(folder: &Path, name: &str, bytes: &[u8]) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn outcomes(said: &Value) -> Vec<(&str, &str)> {
    let data = said["data"].as_array().unwrap().iter();
    data.map(|one| (one["doc_id"].as_str().unwrap_or("-"), one["outcome"].as_str().unwrap())).collect()
}

#[test]
fn only_what_changed_is_sent() {
    let rule = (".katonic-access.yml", b"groups: [staff]".to_vec());
    let (home, folder, _) = with(&[
        rule,
        ("a.md", b"# Leave\n\nTen days.".to_vec()),
        ("pay/b.pdf", pdf(&["Salaries."], "")),
        ("pay/c.docx", docx("")),
    ]);
    let add = || home.katonic(&["documents", "add", &folder, "--collection", "rules", "--json"]);
    let first = add().expect(1).value();
    assert_eq!(outcomes(&first), [("a", "added"), ("pay.b.pdf", "added"), ("pay.c.docx", "refused")]);
    assert!(first["data"][2]["reason"].as_str().unwrap().starts_with("no text"), "{first}");
    assert_eq!(first["data"][1]["access"]["groups"], serde_json::json!(["staff"]));
    fs::write(Path::new(&folder).join("pay/c.docx"), docx(&paragraph("", "Bonuses."))).unwrap();
    let second = add().json();
    assert_eq!(outcomes(&second), [("a", "unchanged"), ("pay.b.pdf", "unchanged"), ("pay.c.docx", "added")]);
    fs::write(Path::new(&folder).join(".katonic-access.yml"), "public: true").unwrap();
    let third = add().json();
    assert_eq!(outcomes(&third), [("a", "added"), ("pay.b.pdf", "added"), ("pay.c.docx", "added")]);
    let found = home.katonic(&["search", "salaries", "--json"]).json();
    assert_eq!((&found["data"][0]["doc_id"], &found["data"][0]["page"]), (&"pay.b.pdf".into(), &1.into()));
}

#[test]
fn a_daemon_that_is_killed_reads_on_what_it_was_given() {
    let (home, folder, up) = with(&[]);
    for n in 0..40 {
        write(Path::new(&folder), &format!("{n}.pdf"), &pdf(&["Pangolins."; 20], ""));
    }
    let mut client = home
        .command(super::binary())
        .args(["documents", "add", &folder, "--collection", "rules", "--public"])
        .spawn()
        .unwrap();
    let queued = || {
        let list = ["documents", "list", "--collection", "rules", "--limit", "200", "--json"];
        home.katonic(&list).json()["data"].as_array().unwrap().clone()
    };
    while queued().len() < 5 {}
    Command::new("kill").args(["-9", &up["pid"].to_string()]).status().unwrap();
    client.wait().unwrap();
    while home.katonic(&["sandbox", "status"]).code == 0 {}
    home.katonic(&["sandbox", "up", "--json", "--port", "0"]).expect(0);
    let mut documents = queued();
    while documents.iter().any(|document| document["status"] == "queued") {
        documents = queued();
    }
    assert!(
        documents.iter().all(|document| document["status"] == "ready" && document["pages"] == 20),
        "{documents:?}"
    );
    let again =
        home.katonic(&["documents", "add", &folder, "--collection", "rules", "--public", "--json"]).json();
    assert!(again["unchanged"].as_u64().unwrap() >= 5, "{again}");
    assert_eq!(again["added"].as_u64().unwrap() + again["unchanged"].as_u64().unwrap(), 40);
    assert_eq!(fs::read_dir(home.folder.path().join("data/uploads")).unwrap().count(), 0);
}

/// A file of the worst kind, and how what is said of it begins.
type Hostile = (&'static str, Vec<u8>, &'static str);

fn cut(bytes: Vec<u8>) -> Vec<u8> {
    bytes[..bytes.len() * 2 / 3].to_vec()
}

fn hostile_packages() -> Vec<Hostile> {
    let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">]>";
    let outside = "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>";
    let body = |inner: &str| format!("<w:document xmlns:w=\"w\"><w:body>{inner}</w:body></w:document>");
    let nested = "<w:p>".repeat(100_000) + &"</w:p>".repeat(100_000);
    let far = "<row r=\"1048576\"><c r=\"XFD1048576\" t=\"inlineStr\"><is><t>far</t></is></c></row>";
    let strings = "<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" count=\"4294967295\" uniqueCount=\"4294967295\"/>";
    let ole: Vec<u8> = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".iter().copied().chain(noise(2000)).collect();
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    vec![
        ("cut.docx", cut(docx(&paragraph("", &"Text. ".repeat(500)))), "broken"),
        ("cut.pptx", cut(pptx(&[("a", "b")])), "broken"),
        ("cut.xlsx", cut(xlsx(&row(1, &["a"]))), "broken"),
        ("bomb.docx", docx_of(&body(&" ".repeat(80 << 20))), "too large"),
        ("bomb.xlsx", xlsx(&"<row></row>".repeat(8 << 20)), "no text"),
        ("entities.docx", docx_of(&format!("{bomb}{}", body(&paragraph("", "Text &b;&b;&b;")))), "ok"),
        ("outside.docx", docx_of(&format!("{outside}{}", body(&paragraph("", "Text &a;")))), "ok"),
        ("nested.docx", docx_of(&body(&nested)), "no text"),
        ("open.docx", docx_of("<w:document xmlns:w=\"w\"><w:body><w:p><w:r><w:t>Text"), "no text"),
        ("crossed.docx", docx_of("<w:document xmlns:w=\"w\"><w:p></w:r></w:document>"), "broken"),
        ("far.xlsx", xlsx(far), "ok"),
        ("strings.xlsx", package(&[("xl/workbook.xml", ""), ("xl/sharedStrings.xml", strings)]), "broken"),
        (
            "formula.xlsx",
            xlsx("<row r=\"1\"><c r=\"A1\"><f>WEBSERVICE(\"http://x\")</f><v>7</v></c></row>"),
            "ok",
        ),
        ("encrypted.docx", [ole.clone(), name].concat(), "encrypted"),
        ("old.xlsx", ole, "unknown"),
        ("zip.docx", package(&[("inner.zip", "PK")]), "unknown"),
        (
            "link.docx",
            package(&[
                (
                    "_rels/.rels",
                    "<R><Relationship Type=\"x/officeDocument\" Target=\"../../etc/passwd\"/></R>",
                ),
                ("word/x", ""),
            ]),
            "broken",
        ),
        ("word.pdf", docx(&paragraph("", "A Word document.")), "ok"),
    ]
}

fn hostile_pdfs() -> Vec<Hostile> {
    let text = |objects: &str| format!("%PDF-1.4\n{objects}\ntrailer\n<</Root 1 0 R>>\n%%EOF").into_bytes();
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..512 {
        packed.write_all(&zeros).unwrap();
    }
    let packed = packed.finish().unwrap();
    let mut bomb = text(
        "1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n\
        3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>\nendobj",
    );
    let at = bomb.windows(7).position(|window| window == b"trailer").unwrap();
    let head = format!("4 0 obj\n<</Filter/FlateDecode/Length {}>>\nstream\n", packed.len());
    bomb.splice(at..at, [head.as_bytes(), &packed, b"\nendstream\nendobj\n"].concat());
    vec![
        ("good.pdf", pdf(&["Good."], ""), "ok"),
        ("encrypted.pdf", pdf(&["Secret."], &encryption()), "encrypted"),
        ("scanned.pdf", pdf(&["", ""], ""), "no text"),
        ("cut.pdf", cut(pdf(&["Good."; 20], "")), ""),
        ("head.pdf", b"%PDF-1.7\n".to_vec(), "broken"),
        ("noise.pdf", [b"%PDF-1.7\n".to_vec(), noise(1 << 20)].concat(), "broken"),
        ("bomb.pdf", bomb, ""),
        (
            "loop.pdf",
            text(
                "1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[2 0 R 2 0 R]/Count 9>>\nendobj",
            ),
            "",
        ),
        (
            "nested.pdf",
            text(&format!("1 0 obj\n{}{}\nendobj", "[".repeat(1 << 20), "]".repeat(1 << 20))),
            "broken",
        ),
        ("self.pdf", text("1 0 obj\n1 0 R\nendobj"), "no text"),
    ]
}

fn hostile_texts() -> Vec<Hostile> {
    let columns: String = (0..100_000).map(|n| format!("column {n},")).collect();
    let values = "value,".repeat(100_000);
    let mut mail = String::from("From: a@example.org\r\nMessage-ID: <1>\r\nSubject: Deep\r\n");
    for _ in 0..200 {
        mail += "Content-Type: message/rfc822\r\n\r\nFrom: a@example.org\r\nSubject: Deeper\r\n";
    }
    mail += "\r\nText.";
    vec![
        ("empty.txt", Vec::new(), "The document has no text"),
        ("spaces.md", b" \n\t\n ".to_vec(), "The document has no text"),
        ("huge.txt", "All work and no play. ".repeat(1 << 19).into_bytes(), "too large"),
        ("line.txt", vec![b'a'; 3 << 19], "ok"),
        ("invalid.txt", "Größe für alle: ".bytes().chain([0xff, 0xfe, 0xc3]).collect(), "ok"),
        ("latin.txt", b"Die K\xfcndigungsfrist f\xfcr alle betr\xe4gt drei Monate.".to_vec(), "ok"),
        ("noise.txt", noise(1 << 20), "unknown"),
        ("noise.docx", noise(1 << 20), "unknown"),
        ("picture.docx", [b"\x89PNG\r\n\x1a\n".to_vec(), noise(1000)].concat(), "unknown"),
        (
            "nested.md",
            [">".repeat(100_000), "[".repeat(100_000), "*".repeat(100_000)].concat().into_bytes(),
            "ok",
        ),
        ("nested.html", ("<div><table><tr><td>".repeat(200_000) + "Text").into_bytes(), "ok"),
        ("open.html", "<!doctype html><title><script><p>Text".to_owned().into_bytes(), ""),
        ("columns.csv", format!("{columns}\n{values}\n").into_bytes(), "ok"),
        ("quote.csv", ("a,b\n\"".to_owned() + &"x,y\n".repeat(1 << 17)).into_bytes(), "ok"),
        ("formula.csv", b"Name,Note\n=cmd|' /C calc'!A0,x\n".to_vec(), "ok"),
        ("deep.eml", mail.into_bytes(), ""),
    ]
}

/// The most memory that a process had, in MB.
fn most_memory(pid: &Value) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().unwrap() / 1024)
}

/// What reads files may have 128 MB of memory beside the program (`formats/process.rs`), so that the daemon may have 172.
#[test]
fn the_worst_files_are_read_or_refused_with_a_reason_in_bounded_memory() {
    let (home, folder, up) = with(&[]);
    let files = [hostile_packages(), hostile_pdfs(), hostile_texts()].concat();
    for (name, bytes, _) in &files {
        write(Path::new(&folder), name, bytes);
    }
    let said = home.katonic(&["documents", "add", &folder, "--collection", "worst", "--public", "--json"]);
    let said = said.expect(1).value();
    let data = said["data"].as_array().unwrap();
    assert_eq!(data.len(), files.len());
    let mut wrong = Vec::new();
    for one in data {
        let file = one["file"].as_str().unwrap();
        let expected = files.iter().find(|(name, ..)| file.ends_with(&format!("/{name}"))).unwrap().2;
        let reason = one["reason"].as_str().unwrap_or("ok");
        if !reason.starts_with(expected) || reason.is_empty() || one["status"] == "queued" {
            wrong.push(format!("{file}: {reason}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let leaked = home.katonic(&["search", "root:x:0", "--json"]).json();
    assert!(!leaked.to_string().contains("root:x:0:0"), "{leaked}");
    if let Some(memory) = most_memory(&up["pid"]) {
        assert!(memory <= 172, "{memory} MB");
    }
}
