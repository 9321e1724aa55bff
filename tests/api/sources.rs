//! Sources that documents come from by themselves: a folder, a repository, a website, a bucket.

use crate::samples::pdf;
use crate::support::{Answered, Daemon};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

/// The documents as `id: readers: first words`, when the sources were looked at again.
async fn documents(daemon: &Daemon) -> Vec<String> {
    let list = daemon.operator(Method::GET, "/knowledge/documents").answer().await.expect(200);
    let one = |document: &Value| {
        let access = &document["access"];
        let readers = if access["public"] == true { json!(["everyone"]) } else { access["groups"].clone() };
        format!(
            "{} {} {}",
            document["doc_id"].as_str().unwrap(),
            document["status"].as_str().unwrap(),
            readers[0].as_str().unwrap_or("nobody")
        )
    };
    list["data"].as_array().unwrap().iter().map(one).collect()
}

async fn until(daemon: &Daemon, expected: &[&str]) {
    while documents(daemon).await != expected {}
}

fn write(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

#[tokio::test]
async fn a_folder_is_followed() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.md", "# Leave\n\nTen days.");
    write(folder.path(), "pay/b.pdf", pdf(&["Salaries."], ""));
    write(folder.path(), "pay/.katonic-access.yml", "groups: [board]");
    write(folder.path(), "logo.png", "no document");
    let source = format!(
        "[sources.handbook]\nfolder = \"{}\"\ncollection = \"rules\"\ngroups = [\"staff\"]\nevery_seconds = 1\n",
        folder.path().display()
    );
    let daemon = Daemon::start_with(&source).await;
    until(&daemon, &["handbook.a ready staff", "handbook.pay.b.pdf ready board"]).await;
    fs::remove_file(folder.path().join("a.md")).unwrap();
    write(folder.path(), "pay/.katonic-access.yml", "groups: [legal]");
    write(folder.path(), "c.md", "---\ngroups: [own]\n---\nText.");
    until(&daemon, &["handbook.c ready own", "handbook.pay.b.pdf ready legal"]).await;
    let (mut rows, read) = (daemon.rows("FollowSource").await, daemon.rows("ReadFile").await);
    rows.reverse();
    let change = |row: &Value, when: &str| row["change"][when]["doc_id"].as_str().unwrap_or("-").to_owned();
    let changes: Vec<_> = rows.iter().map(|row| (change(row, "before"), change(row, "after"))).collect();
    let is = |before: &str, after: &str| (before.to_owned(), after.to_owned());
    assert_eq!(changes[..2], [is("-", "handbook.a"), is("-", "handbook.pay.b.pdf")], "what came");
    assert!(changes[2..].contains(&is("-", "handbook.c")), "{changes:?}");
    assert!(changes[2..].contains(&is("handbook.a", "-")), "what went: {changes:?}");
    assert!(rows.iter().chain(&read).all(|row| row["key_id"] == "source:handbook"), "{rows:?}");
    assert_eq!(read.len(), 2, "the file was read when it came, and for its new readers");
    // A folder that is not there is no empty folder.
    let away = folder.path().with_extension("away");
    fs::rename(folder.path(), &away).unwrap();
    loop {
        let state = daemon.admin(Method::GET, "/sources", json!({})).await.expect(200);
        if state["data"][0]["trouble"].is_string() {
            break;
        }
    }
    until(&daemon, &["handbook.c ready own", "handbook.pay.b.pdf ready legal"]).await;
    fs::rename(away, folder.path()).unwrap();
}

fn git(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command
        .arg("-C")
        .arg(folder)
        .args(["-c", "user.name=t", "-c", "user.email=t@example.org"])
        .args(arguments);
    assert!(
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").output().unwrap().status.success(),
        "{arguments:?}"
    );
}

#[tokio::test]
async fn a_repository_is_followed() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    write(at, "docs/a.md", "# Leave\n\nTen days.");
    write(at, "docs/b.txt", "Two weeks.");
    write(at, "other.md", "Not under the path.");
    git(at, &["init", "-q", "-b", "main"]);
    git(at, &["add", "."]);
    git(at, &["commit", "-qm", "first"]);
    let source = format!(
        "[sources.runbooks]\ngit = \"{}\"\npath = \"docs\"\nbranch = \"main\"\ncollection = \"rules\"\npublic = true\nevery_seconds = 1\n",
        at.display()
    );
    let daemon = Daemon::start_with(&source).await;
    until(&daemon, &["runbooks.a ready everyone", "runbooks.b ready everyone"]).await;
    git(at, &["rm", "-q", "docs/b.txt"]);
    write(at, "docs/c.md", "New.");
    git(at, &["add", "."]);
    git(at, &["commit", "-qm", "second"]);
    until(&daemon, &["runbooks.a ready everyone", "runbooks.c ready everyone"]).await;
}

/// What a server answers, by path; and what it was asked.
#[derive(Clone, Default)]
struct Pages(Arc<Mutex<Served>>);

type Served = (BTreeMap<String, String>, Vec<String>);

impl Pages {
    async fn serve(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        address
    }

    fn set(&self, path: &str, text: Option<String>) {
        let mut pages = self.0.lock().unwrap();
        match text {
            Some(text) => pages.0.insert(path.into(), text),
            None => pages.0.remove(path),
        };
    }

    fn asked(&self, path: &str) -> usize {
        self.0.lock().unwrap().1.iter().filter(|asked| asked.starts_with(path)).count()
    }
}

async fn answer(State(pages): State<Pages>, request: Request) -> Response {
    let mut pages = pages.0.lock().unwrap();
    let signed = request.headers().get("authorization").map(|value| value.to_str().unwrap().to_owned());
    let asked = format!("{} {}", request.uri(), signed.unwrap_or_default());
    pages.1.push(asked);
    match pages.0.get(request.uri().path()) {
        Some(text) if text.starts_with("http") => {
            (StatusCode::FOUND, [("location", text.clone())]).into_response()
        }
        Some(text) => ([("content-type", "text/html")], text.clone()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[tokio::test]
async fn a_website_is_followed_by_its_sitemap_as_far_as_it_lets() {
    let pages = Pages::default();
    let address = pages.serve().await;
    let page = |path: &str| format!("<url><loc>{address}{path}</loc></url>");
    let map = |paths: &[&str]| {
        Some(format!(
            "<urlset>{}<url><loc>http://other.example.org/x</loc></url></urlset>",
            paths.iter().map(|path| page(path)).collect::<String>()
        ))
    };
    pages.set("/sitemap.xml", map(&["/leave", "/private/a", "/pay", "/away"]));
    pages.set("/robots.txt", Some("User-agent: *\nDisallow: /private/\n".into()));
    for (path, text) in
        [("/leave", "<h1>Leave</h1><p>Ten days.</p>"), ("/private/a", "<p>No.</p>"), ("/pay", "<p>Pay.</p>")]
    {
        pages.set(path, Some(text.into()));
    }
    pages.set("/away", Some("http://169.254.169.254/latest/meta-data".into()));
    let source = |private: bool| {
        format!(
            "[sources.site]\nsitemap = \"{address}/sitemap.xml\"\nprivate_network = {private}\ncollection = \"site\"\npublic = true\nevery_seconds = 1\n"
        )
    };
    let mut daemon = Daemon::start_with(&source(true)).await;
    let host = address.trim_start_matches("http://").replace(':', "-");
    let id = |path: &str| {
        contract::document::id_of_path(&format!("site/{}{path}", address.trim_start_matches("http://")))
    };
    let ready = |path: &str| format!("{} ready everyone", id(path));
    assert!(id("/leave").starts_with(&format!("site.{host}")), "{}", id("/leave"));
    until(&daemon, &[&ready("/leave"), &ready("/pay")]).await;
    assert_eq!(pages.asked("/private/"), 0);
    let state = daemon.admin(Method::GET, "/sources", json!({})).await.expect(200);
    assert!(state["data"][0]["skipped"][0].as_str().unwrap().contains("169.254.169.254"), "{state}");
    pages.set("/sitemap.xml", map(&["/leave"]));
    until(&daemon, &[&ready("/leave")]).await;
    // What can't be listed stays as it is.
    daemon.restart_with(&source(false)).await;
    loop {
        let state = daemon.admin(Method::GET, "/sources", json!({})).await.expect(200);
        if let Some(trouble) = state["data"][0]["trouble"].as_str() {
            assert!(trouble.contains("private network"), "{trouble}");
            break;
        }
    }
    until(&daemon, &[&ready("/leave")]).await;
}

#[tokio::test]
async fn a_bucket_is_followed() {
    let store = Pages::default();
    let address = store.serve().await;
    let list = |keys: &[(&str, u32)]| {
        let one = |(key, tag): &(&str, u32)| {
            format!("<Contents><Key>docs/{key}</Key><ETag>&quot;{tag}&quot;</ETag></Contents>")
        };
        Some(format!("<ListBucketResult>{}</ListBucketResult>", keys.iter().map(one).collect::<String>()))
    };
    store.set("/archive", list(&[("a b.html", 1), ("pay/c.html", 1), ("x.png", 1)]));
    store.set("/archive/docs/a%20b.html", Some("<p>Ten days.</p>".into()));
    store.set("/archive/docs/pay/c.html", Some("<p>Salaries.</p>".into()));
    let source = format!(
        "[sources.archive]\nbucket = \"{address}/archive\"\npath = \"docs\"\nregion = \"eu-west-1\"\ncollection = \"archive\"\ngroups = [\"legal\"]\nevery_seconds = 1\n"
    );
    let daemon = Daemon::start_with(&source).await;
    until(&daemon, &["archive.a-b.html ready legal", "archive.pay.c.html ready legal"]).await;
    store.set("/archive", list(&[("pay/c.html", 1)]));
    until(&daemon, &["archive.pay.c.html ready legal"]).await;
    // What has the same tag is not asked for again.
    assert_eq!((store.asked("/archive/docs/pay/c.html"), store.asked("/archive/docs/x.png")), (1, 0));
}
