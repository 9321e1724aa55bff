//! Tests of the documents.

use super::changes::breaking;
use super::document;
use crate::admin;
use crate::catalogue::CATALOGUE;
use crate::endpoint::Declaration;
use serde_json::{Value, json};

#[test]
fn every_reference_leads_to_a_schema() {
    for catalogue in [CATALOGUE, admin::CATALOGUE] {
        check_references(catalogue);
    }
}

fn check_references(catalogue: &[&Declaration]) {
    let document = document("Katonic", catalogue, "0");
    let mut stack = vec![&document];
    let mut references = 0;
    while let Some(value) = stack.pop() {
        match value {
            Value::Object(fields) => {
                if let Some(Value::String(reference)) = fields.get("$ref") {
                    references += 1;
                    assert!(document.pointer(&reference[1..]).is_some(), "{reference}");
                }
                stack.extend(fields.values());
            }
            Value::Array(items) => stack.extend(items),
            _ => {}
        }
    }
    assert!(references > 30);
}

#[test]
fn operations_are_the_catalogue() {
    let document = document("Katonic", CATALOGUE, "0");
    let operations: usize =
        document["paths"].as_object().unwrap().values().map(|path| path.as_object().unwrap().len()).sum();
    assert_eq!((operations, document["tags"].as_array().unwrap().len()), (39, 9));
}

#[test]
fn everything_is_described() {
    for catalogue in [CATALOGUE, admin::CATALOGUE] {
        let document = document("Katonic", catalogue, "0");
        for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
            assert!(schema["description"].is_string(), "{name} says nothing of itself");
            for (field, property) in schema["properties"].as_object().into_iter().flatten() {
                let is_tag = property["const"].is_string();
                assert!(
                    is_tag || property["description"].is_string(),
                    "{name}.{field} says nothing of itself"
                );
            }
        }
        let forms = ["\"oneOf\"", "\"prefixItems\"", "uint"];
        for form in forms {
            assert!(!document.to_string().contains(form), "{form} is no form that all generators take");
        }
    }
}

/// What was promised last.
fn stored() -> Value {
    serde_json::from_str(include_str!("../../openapi/public.v1.json")).unwrap()
}

#[test]
fn no_client_breaks_without_a_new_version() {
    let (stored, now) = (stored(), document("Katonic public API", CATALOGUE, env!("CARGO_PKG_VERSION")));
    let broken = breaking(&stored, &now);
    assert!(
        broken.is_empty() || stored["info"]["version"] != now["info"]["version"],
        "clients would break, and the version is the same:\n{}",
        broken.join("\n")
    );
    let ask = "the document has changed: `katonic openapi > contract/openapi/public.v1.json` stores it again";
    assert!(stored == now, "{ask}");
}

/// Takes the first value that stands under a pointer out of a document, and gives what is broken then.
fn without(pointer: &str, name: &str) -> Vec<String> {
    let (old, mut new) = (stored(), stored());
    let holder = new.pointer_mut(pointer).unwrap();
    match holder {
        Value::Object(fields) => assert!(fields.shift_remove(name).is_some(), "{pointer} has no {name}"),
        Value::Array(items) => items.retain(|item| item != name),
        _ => panic!("{pointer} holds nothing"),
    }
    breaking(&old, &new)
}

#[test]
fn what_breaks_a_client_is_found() {
    let schemas = "/components/schemas";
    assert_eq!(breaking(&stored(), &stored()), Vec::<String>::new());
    assert!(!without("/paths", "/public/v1/feedback").is_empty());
    assert!(!without("/paths/~1public~1v1~1agents", "post").is_empty());
    assert!(!without(&format!("{schemas}/ChatAnswer/properties"), "citations").is_empty());
    assert!(!without(&format!("{schemas}/ChatAnswer/required"), "citations").is_empty());
    assert!(!without(&format!("{schemas}/SearchRequest/properties"), "filters").is_empty());
    assert!(!without(&format!("{schemas}/Reason/enum"), "slow").is_empty());
    assert!(!without(&format!("{schemas}/OptimisationBudget/properties"), "minutes").is_empty());
    let place = "/paths/~1public~1v1~1chat/post/responses/200/content";
    assert!(!without(place, "text/event-stream").is_empty());
    assert!(!without(&format!("{place}/text~1event-stream/x-katonic-events"), "citation").is_empty());
    let changed = |pointer: &str, value: Value| {
        let (old, mut new) = (stored(), stored());
        *new.pointer_mut(pointer).unwrap() = value;
        breaking(&old, &new)
    };
    assert!(!changed(&format!("{schemas}/SearchRequest/properties/top_k/type"), json!("integer")).is_empty());
    assert!(!changed(&format!("{schemas}/SearchRequest/properties/top_k/maximum"), json!(50)).is_empty());
    assert!(!changed(&format!("{schemas}/SearchRequest/required"), json!(["query", "mode"])).is_empty());
    assert!(!changed(&format!("{schemas}/Passage/properties/score/type"), json!("string")).is_empty());
    assert!(
        !changed(&format!("{schemas}/Passage/properties/title/type"), json!(["string", "null"])).is_empty()
    );
}

#[test]
fn what_is_added_breaks_nobody() {
    let (old, mut new) = (stored(), stored());
    let schemas = &mut new["components"]["schemas"];
    schemas["Passage"]["properties"]["language"] = json!({"type": "string", "description": "Its language."});
    schemas["SearchRequest"]["properties"]["language"] =
        json!({"type": "string", "description": "Its language."});
    schemas["SearchRequest"]["properties"]["top_k"]["maximum"] = json!(500);
    schemas["Rating"]["enum"] = json!(["up", "down", "sideways"]);
    new["paths"]["/public/v1/more"] = json!({"get": {"operationId": "More"}});
    assert_eq!(breaking(&old, &new), Vec::<String>::new());
}
