//! SCIM 2.0: users and groups, as identity providers keep them.

mod entra;
mod okta;
mod protocol;
mod rights;

use crate::support::{Answer, Answered, Daemon};
use reqwest::{Client, Method, Url};
use serde_json::{Value, json};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// An identity provider with an operator's token.
struct Provider {
    url: String,
    token: String,
    client: Client,
}

impl Provider {
    fn of(daemon: &Daemon) -> Self {
        Self::with_token(daemon, daemon.operator.expose())
    }

    fn with_token(daemon: &Daemon, token: &str) -> Self {
        Self {
            url: format!("{}/admin/scim/v2", daemon.url),
            token: token.to_owned(),
            client: Client::builder().no_proxy().build().unwrap(),
        }
    }

    async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let call = self.client.request(method, format!("{}{path}", self.url)).bearer_auth(&self.token);
        let call = call.header("accept", "application/scim+json");
        match body {
            Some(body) => {
                call.header("content-type", "application/scim+json").body(body.to_string()).answer().await
            }
            None => call.answer().await,
        }
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, Some(body)).await
    }

    async fn patch(&self, path: &str, operations: Value) -> Answer {
        self.send(Method::PATCH, path, Some(json!({"schemas": [PATCH], "Operations": operations}))).await
    }

    async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    /// Those that a filter finds.
    async fn found(&self, place: &str, filter: &str) -> Vec<Value> {
        let url = Url::parse_with_params(&self.url, [("filter", filter)]).unwrap();
        let list = self.get(&format!("{place}?{}", url.query().unwrap())).await.expect(200);
        list["Resources"].as_array().unwrap().clone()
    }

    /// A new user's id.
    async fn user(&self, address: &str) -> String {
        let body = json!({"schemas": [USER], "userName": address});
        id(&self.post("/Users", body).await.expect(201))
    }

    /// A new group's id.
    async fn group(&self, name: &str, members: &[&str]) -> String {
        let members: Vec<Value> = members.iter().map(|id| json!({"value": id})).collect();
        let body = json!({"schemas": [GROUP], "displayName": name, "members": members});
        id(&self.post("/Groups", body).await.expect(201))
    }

    /// The ids of a group's members.
    async fn members(&self, id: &str) -> Vec<String> {
        let group = self.get(&format!("/Groups/{id}")).await.expect(200);
        let members = group["members"].as_array().cloned().unwrap_or_default();
        members.iter().map(|member| member["value"].as_str().unwrap().to_owned()).collect()
    }
}

fn id(resource: &Value) -> String {
    resource["id"].as_str().unwrap().to_owned()
}

/// SCIM's word for an error, whose body and status must agree.
#[track_caller]
fn error(answer: &Answer) -> (u16, &str) {
    assert_eq!(answer.headers["content-type"], "application/scim+json", "{}", answer.body);
    assert_eq!(answer.body["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]));
    assert_eq!(answer.body["status"], answer.status.to_string());
    assert!(!answer.body["detail"].as_str().unwrap().is_empty());
    (answer.status, answer.body["scimType"].as_str().unwrap_or_default())
}

/// How a call that acts for somebody ends.
async fn acting(daemon: &Daemon, key: &str, address: &str) -> u16 {
    let call = daemon.call(Method::POST, "/search").bearer_auth(key).header("X-User-Email", address);
    call.json(&json!({"query": "leave"})).answer().await.status
}

/// The documents that somebody finds.
async fn readable(daemon: &Daemon, key: &str, address: &str) -> Vec<String> {
    let call = daemon.call(Method::POST, "/search").bearer_auth(key).header("X-User-Email", address);
    let found = call.json(&json!({"query": "parental leave"})).answer().await.expect(200);
    let mut documents: Vec<String> =
        found["data"].as_array().unwrap().iter().map(|p| p["doc_id"].as_str().unwrap().to_owned()).collect();
    documents.sort();
    documents.dedup();
    documents
}

async fn document(daemon: &Daemon, doc_id: &str, access: Value) {
    let mut body = json!({"doc_id": doc_id, "collection": "docs", "text": "Parental leave is twenty weeks."});
    body.as_object_mut().unwrap().extend(access.as_object().unwrap().clone());
    daemon.operator(Method::POST, "/knowledge/documents").json(&body).answer().await.expect(201);
}
