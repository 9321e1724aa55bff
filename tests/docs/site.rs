//! The site as the daemon serves it.

use crate::cli::Home;
use flate2::read::GzDecoder;
use regex::Regex;
use reqwest::Client;
use reqwest::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
};
use std::collections::{BTreeSet, VecDeque};
use std::io::Read;

#[tokio::test]
async fn every_link_leads_somewhere_and_to_this_daemon_alone() {
    let (_home, up) = Home::with_sandbox();
    let url = up["url"].as_str().unwrap();
    let client = Client::builder().no_proxy().build().unwrap();
    let links = Regex::new(r#"(?:href|src)="([^"]*)""#).unwrap();
    let ids = Regex::new(r#"id="([^"]*)""#).unwrap();
    let (mut seen, mut waiting) = (BTreeSet::new(), VecDeque::from(["index.html".to_owned()]));
    let (mut anchors, mut targets) = (BTreeSet::new(), BTreeSet::new());
    while let Some(path) = waiting.pop_front() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let answer = client.get(format!("{url}/docs/{path}")).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        let text = answer.text().await.unwrap();
        if !path.ends_with(".html") {
            continue;
        }
        assert!(
            !text.contains("<style") && !text.contains(" style=") && !text.contains("<script>"),
            "{path}"
        );
        anchors.extend(ids.captures_iter(&text).map(|id| format!("{path}#{}", &id[1])));
        for link in links.captures_iter(&text).map(|link| link[1].to_owned()) {
            if link.starts_with("data:") || link.starts_with("/studio/") {
                continue;
            }
            assert!(!link.contains("//") && !link.starts_with("mailto"), "{path}: {link}");
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = if file.is_empty() { path.clone() } else { joined(&path, file) };
            if !anchor.is_empty() {
                targets.insert((path.clone(), format!("{target}#{anchor}")));
            }
            waiting.push_back(target);
        }
    }
    assert!(seen.len() > 70, "{}", seen.len());
    let lost: Vec<_> = targets.iter().filter(|(_, target)| !anchors.contains(target)).collect();
    assert!(lost.is_empty(), "{lost:#?}");
}

/// A relative path from a page.
fn joined(page: &str, link: &str) -> String {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[tokio::test]
async fn pages_are_packed_known_again_and_bound_to_their_own_files() {
    let (_home, up) = Home::with_sandbox();
    let url = format!("{}/docs/", up["url"].as_str().unwrap());
    let client = Client::builder().no_proxy().build().unwrap();
    let plain = client.get(&url).send().await.unwrap();
    assert_eq!(plain.headers()[CONTENT_TYPE], "text/html; charset=utf-8");
    assert!(!plain.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap().contains("unsafe"));
    let tag = plain.headers()[ETAG].clone();
    let text = plain.text().await.unwrap();
    assert!(text.contains("<h1"), "{text}");
    let packed = client.get(&url).header(ACCEPT_ENCODING, "gzip").send().await.unwrap();
    assert_eq!(packed.headers()[CONTENT_ENCODING], "gzip");
    let mut unpacked = String::new();
    GzDecoder::new(packed.bytes().await.unwrap().as_ref()).read_to_string(&mut unpacked).unwrap();
    assert_eq!(unpacked, text);
    let again = client.get(&url).header(IF_NONE_MATCH, tag).send().await.unwrap();
    assert_eq!(again.status(), 304);
    let index = client.get(format!("{url}searchindex.js")).send().await.unwrap();
    assert_eq!(index.headers()[CONTENT_TYPE], "text/javascript; charset=utf-8");
    assert!(index.text().await.unwrap().contains("doc_urls"));
    for path in ["nothing.html", "../cli/main.rs", "%2e%2e/Cargo.toml"] {
        assert_eq!(client.get(format!("{url}{path}")).send().await.unwrap().status(), 404, "{path}");
    }
}
