//! What the protocol asks: discovery, filters, pages, attributes, errors.

use super::{ENTERPRISE, GROUP, Provider, USER, error, id};
use crate::support::{Answered, Daemon};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn what_is_supported_is_told_and_described_in_the_admin_document() {
    let daemon = Daemon::start().await;
    let scim = Provider::of(&daemon);
    let config = scim.get("/ServiceProviderConfig").await.expect(200);
    assert_eq!((&config["patch"]["supported"], &config["etag"]["supported"]), (&json!(true), &json!(false)));
    let types = scim.get("/ResourceTypes").await.expect(200);
    assert_eq!((&types["totalResults"], &types["Resources"][1]["endpoint"]), (&json!(2), &json!("/Groups")));
    assert_eq!(scim.get("/ResourceTypes/User").await.expect(200)["schema"], USER);
    let schemas = scim.get("/Schemas").await.expect(200);
    for schema in schemas["Resources"].as_array().unwrap() {
        assert_eq!(&scim.get(&format!("/Schemas/{}", id(schema))).await.expect(200), schema);
    }
    let document = reqwest::get(format!("{}/admin/v1/openapi.json", daemon.url)).await.unwrap();
    let document: Value = document.json().await.unwrap();
    let create = &document["paths"]["/admin/scim/v2/Users"]["post"];
    assert!(create["requestBody"]["content"]["application/scim+json"].is_object(), "{create}");
    assert!(create["responses"]["201"]["content"]["application/scim+json"].is_object(), "{create}");
}

#[tokio::test]
async fn a_created_user_is_told_with_its_place_and_as_it_was_kept() {
    let daemon = Daemon::start().await;
    let scim = Provider::of(&daemon);
    let body = json!({"schemas": [USER, ENTERPRISE], "USERNAME": "Ada@Example.org", "active": "True", "shoeSize": 44,
                      ENTERPRISE: {"department": "Maths"}});
    let answer = scim.post("/Users", body).await;
    assert_eq!(answer.headers["content-type"], "application/scim+json");
    let location = answer.headers["location"].to_str().unwrap().to_owned();
    let user = answer.expect(201);
    assert_eq!(location, format!("{}/Users/{}", scim.url, id(&user)));
    assert_eq!(user["meta"]["location"], location);
    assert_eq!((&user["userName"], &user["active"]), (&json!("ada@example.org"), &json!(true)));
    assert!(user.get("shoeSize").is_none() && user["meta"]["created"].is_string());
    let by_place = reqwest::Client::builder().no_proxy().build().unwrap();
    let read = by_place.get(location).bearer_auth(&scim.token).answer().await.expect(200);
    assert_eq!(read, user);
}

#[tokio::test]
async fn lists_are_filtered_paged_and_bounded() {
    let daemon = Daemon::start().await;
    let scim = Provider::of(&daemon);
    for n in 0..7 {
        let department = if n % 2 == 0 { "Sales" } else { "Support" };
        let body = json!({
            "schemas": [USER, ENTERPRISE], "userName": format!("user{n}@example.org"), "active": n != 3,
            "emails": [{"value": format!("mail{n}@example.com"), "type": "work"}], ENTERPRISE: {"department": department},
        });
        scim.post("/Users", body).await.expect(201);
    }
    for (filter, expected) in [
        ("userName sw \"USER\"", 7),
        ("active eq true", 6),
        ("emails[type eq \"work\" and value ew \"@example.com\"] and not (userName co \"r1@\")", 6),
        (&format!("{ENTERPRISE}:department eq \"sales\" and active eq true"), 4),
        ("userName eq \"user1@example.org\" or userName eq \"user2@example.org\"", 2),
        ("userName eq \"user1@example.org\" and active eq false", 0),
        ("title pr", 0),
    ] {
        assert_eq!(scim.found("/Users", filter).await.len(), expected, "{filter}");
    }
    let names = |list: &Value| -> Vec<String> {
        let users = list["Resources"].as_array().unwrap();
        users.iter().map(|user| user["userName"].as_str().unwrap()[..5].to_owned()).collect()
    };
    let page = scim.get("/Users?startIndex=3&count=2").await.expect(200);
    assert_eq!(
        (&page["totalResults"], &page["itemsPerPage"], &page["startIndex"]),
        (&json!(7), &json!(2), &json!(3))
    );
    assert_eq!(names(&page), ["user2", "user3"]);
    let filtered = scim.get("/Users?startIndex=2&count=3&filter=active%20eq%20true").await.expect(200);
    assert_eq!(
        (names(&filtered).join(" ").as_str(), &filtered["totalResults"]),
        ("user1 user2 user4", &json!(6))
    );
    let least = scim.get("/Users?startIndex=-5&count=0").await.expect(200);
    assert_eq!(
        (&least["startIndex"], &least["itemsPerPage"], &least["totalResults"]),
        (&json!(1), &json!(0), &json!(7))
    );
    assert_eq!(scim.get("/Users?startIndex=100&count=100000").await.expect(200)["Resources"], json!([]));
    let few = scim.get("/Users?count=1&attributes=userName,emails.value").await.expect(200);
    let mut shown: Vec<&String> = few["Resources"][0].as_object().unwrap().keys().collect();
    shown.sort();
    assert_eq!(shown, ["emails", "id", "schemas", "userName"]);
}

#[tokio::test]
async fn errors_have_scims_form_and_its_words() {
    let daemon = Daemon::start().await;
    let scim = Provider::of(&daemon);
    let user = scim.user("ada@example.org").await;
    let path = format!("/Users/{user}");
    let again = scim.post("/Users", json!({"schemas": [USER], "userName": "ADA@example.org"})).await;
    assert_eq!(error(&again), (409, "uniqueness"));
    scim.group("Maths", &[]).await;
    assert_eq!(error(&scim.post("/Groups", json!({"displayName": "Maths"})).await), (409, "uniqueness"));
    for (body, word) in [
        (json!({"schemas": [USER]}), "invalidValue"),
        (json!({"schemas": [USER], "userName": "ada"}), "invalidValue"),
        (json!({"schemas": [GROUP], "userName": "b@example.org"}), "invalidSyntax"),
        (json!({"userName": "b@example.org", "roles": [{"value": "emperor"}]}), "invalidValue"),
        (json!([1]), "invalidSyntax"),
    ] {
        assert_eq!(error(&scim.post("/Users", body.clone()).await), (400, word), "{body}");
    }
    for (operation, word) in [
        (json!({"op": "replace", "path": "id", "value": "x"}), "mutability"),
        (json!({"op": "remove", "path": "active"}), "mutability"),
        (json!({"op": "replace", "path": "shoeSize", "value": 1}), "invalidPath"),
        (json!({"op": "remove"}), "noTarget"),
        (json!({"op": "replace", "path": "emails[type eq \"work\"].value", "value": "x"}), "noTarget"),
    ] {
        let answer = scim.patch(&path, json!([operation])).await;
        assert_eq!(error(&answer), (400, word), "{operation}");
    }
    let none = scim.send(Method::PATCH, &path, Some(json!({"schemas": []}))).await;
    assert_eq!(error(&none), (400, "invalidSyntax"), "{}", none.body);
    assert_eq!(error(&scim.get("/Users?filter=userName%20is%201").await), (400, "invalidFilter"));
    assert_eq!(error(&scim.get("/Users/usr_none").await).0, 404);
    assert_eq!(error(&scim.get("/Nothing").await).0, 404);
    assert_eq!(error(&scim.delete("/Schemas").await).0, 405);
    assert_eq!(error(&scim.post("/Bulk", json!({})).await).0, 501);
    let stranger = Provider::with_token(&daemon, "kop_wrong");
    assert_eq!(error(&stranger.get("/Users").await).0, 401);
    let member = json!({"schemas": [GROUP], "displayName": "Ghosts", "members": [{"value": "usr_none"}]});
    assert_eq!(error(&scim.post("/Groups", member).await), (400, "invalidValue"));
    assert!(scim.found("/Groups", "displayName eq \"Ghosts\"").await.is_empty());
}
