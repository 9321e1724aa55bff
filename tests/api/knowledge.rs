//! Documents and search.

use crate::support::{Answered, Daemon};
use reqwest::Method;
use serde_json::{Value, json};

fn search(daemon: &Daemon, key: &str, user: Option<&str>) -> reqwest::RequestBuilder {
    let call = daemon
        .call(Method::POST, "/search")
        .bearer_auth(key)
        .json(&json!({"query": "salary review", "top_k": 100}));
    match user {
        Some(user) => call.header("X-User-Email", user),
        None => call,
    }
}

fn documents(found: &Value) -> Vec<&str> {
    let mut documents: Vec<&str> =
        found["data"].as_array().unwrap().iter().map(|passage| passage["doc_id"].as_str().unwrap()).collect();
    documents.sort_unstable();
    documents.dedup();
    documents
}

#[tokio::test]
async fn search_finds_only_what_the_user_may_read() {
    let daemon = Daemon::start().await;
    let users = json!({"users": [{"email": "sarah@example.org", "groups": ["staff"]}, {"email": "omar@example.org"}]});
    daemon.admin(Method::PUT, "/users", users).await.expect(200);
    for (id, access) in [
        ("GROUP", json!({"groups": ["staff"]})),
        ("USER", json!({"users": ["Omar@example.org"]})),
        ("PUBLIC", json!({"public": true})),
    ] {
        let mut document =
            json!({"doc_id": id, "collection": "docs", "text": "# Pay\n\nThe salary review is in May."});
        document.as_object_mut().unwrap().extend(access.as_object().unwrap().clone());
        daemon.operator(Method::POST, "/knowledge/documents").json(&document).answer().await.expect(201);
    }
    let key = daemon.chat_key().await;
    for (user, seen) in [
        (Some("sarah@example.org"), vec!["GROUP", "PUBLIC"]),
        (Some("omar@example.org"), vec!["PUBLIC", "USER"]),
        (Some("stranger@example.org"), vec!["PUBLIC"]),
        (None, vec!["PUBLIC"]),
    ] {
        let found = search(&daemon, &key, user).answer().await.expect(200);
        assert_eq!(documents(&found), seen, "{user:?}");
    }
}

#[tokio::test]
async fn a_document_is_cut_into_sections_and_replaced_under_its_id() {
    let daemon = Daemon::start().await;
    let add = |text: &str| {
        let body = json!({"doc_id": "D-1", "collection": "docs", "public": true, "text": text});
        daemon.operator(Method::POST, "/knowledge/documents").json(&body)
    };
    let first =
        add("# Leave\n\n## 2.1 Days\n\nTen days.\n\n## Notice\n\nTwo weeks.").answer().await.expect(201);
    assert_eq!(
        (&first["title"], &first["sections"], &first["passages"]),
        (&json!("Leave"), &json!(2), &json!(2))
    );
    let one = daemon.operator(Method::GET, "/knowledge/documents/D-1").answer().await.expect(200);
    assert_eq!(one["outline"][0], json!({"section": "2.1", "title": "Days", "page": null}));
    add("# Leave\n\nTwelve weeks.").answer().await.expect(201);
    let query = |text| daemon.operator(Method::POST, "/search").json(&json!({"query": text})).answer();
    assert_eq!(query("ten days").await.expect(200)["data"], json!([]));
    assert_eq!(query("weeks").await.expect(200)["data"][0]["text"], "Twelve weeks.");
    daemon.operator(Method::DELETE, "/knowledge/documents/D-1").answer().await.expect(204);
    assert_eq!(query("weeks").await.expect(200)["data"], json!([]));
    assert_eq!(
        daemon.operator(Method::GET, "/knowledge/documents/D-1").answer().await.code(),
        "document_not_found"
    );
}

#[tokio::test]
async fn a_file_comes_as_a_form() {
    let daemon = Daemon::start().await;
    let body = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.md\"\r\n\r\n# Travel\n\nBook early.\r\n\
        --b\r\nContent-Disposition: form-data; name=\"collection\"\r\n\r\ndocs\r\n\
        --b\r\nContent-Disposition: form-data; name=\"groups\"\r\n\r\nstaff, sales\r\n--b--\r\n";
    let call = daemon.operator(Method::POST, "/knowledge/documents");
    let call = call.header("Content-Type", "multipart/form-data; boundary=b").body(body);
    let document = call.answer().await.expect(201);
    assert_eq!(document["access"], json!({"groups": ["staff", "sales"], "users": [], "public": false}));
    assert_eq!(document["title"], "Travel");
}

#[tokio::test]
async fn a_document_that_nobody_could_read_is_refused() {
    let daemon = Daemon::start().await;
    let call = daemon.operator(Method::POST, "/knowledge/documents");
    let answer = call.json(&json!({"collection": "docs", "text": "Hello there."})).answer().await;
    assert_eq!((answer.status, answer.body["error"]["param"].as_str()), (400, Some("groups")));
}

#[tokio::test]
async fn an_access_list_counts_from_the_next_search_on() {
    let daemon = Daemon::start().await;
    let users = json!({"users": [{"email": "sarah@example.org", "groups": ["staff"]}]});
    daemon.admin(Method::PUT, "/users", users).await.expect(200);
    let key = daemon.chat_key().await;
    let mut created = None;
    for (access, sees) in [
        (json!({"groups": ["board"]}), false),
        (json!({"groups": ["board", "staff"]}), true),
        (json!({"users": ["omar@example.org"]}), false),
        (json!({"public": true}), true),
    ] {
        let mut document =
            json!({"doc_id": "PAY", "collection": "docs", "text": "The salary review is in May."});
        document.as_object_mut().unwrap().extend(access.as_object().unwrap().clone());
        let add = daemon.operator(Method::POST, "/knowledge/documents").json(&document);
        let added = add.answer().await.expect(201);
        assert_eq!(
            created.get_or_insert(added["created_at"].clone()),
            &added["created_at"],
            "it is the same one"
        );
        let found = search(&daemon, &key, Some("sarah@example.org")).answer().await.expect(200);
        assert_eq!(documents(&found).len(), usize::from(sees), "{access}");
    }
}

#[tokio::test]
async fn filters_are_values_lists_and_bounds() {
    let daemon = Daemon::start().await;
    for (id, metadata) in [
        ("OLD", json!({"approved": "2023-11-30", "version": 9, "tags": ["pay", "draft"]})),
        ("NEW", json!({"approved": "2024-02-01", "version": 10, "tags": ["pay"]})),
        ("BARE", json!({"approved": null})),
    ] {
        let body = json!({"doc_id": id, "collection": "docs", "public": true, "text": "Pay rises in May.",
            "metadata": metadata});
        daemon.operator(Method::POST, "/knowledge/documents").json(&body).answer().await.expect(201);
    }
    let search = |filters: Value| {
        let body = json!({"query": "pay", "filters": filters});
        daemon.operator(Method::POST, "/search").json(&body).answer()
    };
    for (filters, expected) in [
        (json!({}), vec!["BARE", "NEW", "OLD"]),
        (json!({"approved": {"gte": "2024-01-01", "lt": "2025-01-01"}}), vec!["NEW"]),
        (json!({"version": {"gt": 9}}), vec!["NEW"]),
        (json!({"version": [9, 10], "tags": "draft"}), vec!["OLD"]),
        (json!({"tags": ["pay", "none"]}), vec!["NEW", "OLD"]),
        (json!({"none": 1}), vec![]),
    ] {
        assert_eq!(documents(&search(filters.clone()).await.expect(200)), expected, "{filters}");
    }
    assert_eq!(search(json!({"version": {"over": 9}})).await.body["error"]["param"], "filters");
}

#[tokio::test]
async fn what_was_looked_for_is_told_as_it_stands_in_any_language() {
    let daemon = Daemon::start().await;
    for (id, text) in [
        ("EN", "Employees may work remotely on three days of the week."),
        ("DE", "Die Urlaubstage sind bis Ende März des folgenden Jahres zu nehmen."),
        ("ES", "Las vacaciones se solicitan con dos semanas de antelación."),
        ("JA", "休暇は二週間前に申請してください。"),
        ("RU", "Отпуска нужно согласовать с руководителем заранее."),
    ] {
        let body = json!({"doc_id": id, "collection": "docs", "public": true, "text": text});
        daemon.operator(Method::POST, "/knowledge/documents").json(&body).answer().await.expect(201);
    }
    for (query, id, highlights) in [
        ("working remote", "EN", vec!["work", "remotely"]),
        ("Welcher Urlaubstag im märz?", "DE", vec!["Urlaubstage", "März"]),
        ("¿Cómo solicito una vacación?", "ES", vec!["vacaciones", "solicitan"]),
        ("отпуск", "RU", vec!["Отпуска"]),
    ] {
        let body = json!({"query": query});
        let found = daemon.operator(Method::POST, "/search").json(&body).answer().await.expect(200);
        assert_eq!(
            (&found["data"][0]["doc_id"], &found["data"][0]["highlights"]),
            (&json!(id), &json!(highlights))
        );
    }
    let found = daemon.operator(Method::POST, "/search").json(&json!({"query": "休暇の申請"}));
    assert_eq!(documents(&found.answer().await.expect(200)), ["JA"]);
}

#[tokio::test]
async fn search_filters_by_metadata_and_pages_of_documents_follow_each_other() {
    let daemon = Daemon::start().await;
    for n in 0..5 {
        let body = json!({"doc_id": format!("D-{n}"), "collection": "docs", "public": true, "text": "Leave is paid.",
            "metadata": {"year": 2020 + n}});
        daemon.operator(Method::POST, "/knowledge/documents").json(&body).answer().await.expect(201);
    }
    let filtered = json!({"query": "leave", "filters": {"year": 2023}});
    let found = daemon.operator(Method::POST, "/search").json(&filtered).answer().await.expect(200);
    assert_eq!(documents(&found), ["D-3"]);
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = daemon.operator(Method::GET, &format!("/knowledge/documents?limit=2&after={after}"));
        let page = page.answer().await.expect(200);
        seen.extend(
            page["data"].as_array().unwrap().iter().map(|d| d["doc_id"].as_str().unwrap().to_owned()),
        );
        match page["next"].as_str() {
            Some(next) => after = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(seen, ["D-0", "D-1", "D-2", "D-3", "D-4"]);
}

#[tokio::test]
async fn a_long_text_is_read_where_it_can_do_no_harm() {
    let daemon = Daemon::start().await;
    let add = async |text: String| {
        let body = json!({"doc_id": "long", "collection": "all", "public": true, "text": text});
        daemon.operator(Method::POST, "/knowledge/documents").json(&body).answer().await
    };
    let nested = add([">", "[", "*"].map(|mark| mark.repeat(1_000_000)).concat()).await.expect(400);
    let message = nested["error"]["message"].as_str().unwrap();
    assert!(message.contains("more than 128 MB of memory"), "{message}");
    let text = format!("%PDF-1.7 is no mark here.\n\n{}", "Pangolins roll up. ".repeat(10_000));
    let added = add(text).await.expect(201);
    assert_eq!((&added["status"], &added["title"]), (&json!("ready"), &json!("long")));
    let found = daemon.operator(Method::POST, "/search").json(&json!({"query": "mark"})).answer().await;
    assert!(found.expect(200)["data"][0]["text"].as_str().unwrap().starts_with("%PDF-1.7 is no mark"));
}
