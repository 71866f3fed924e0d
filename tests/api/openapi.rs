//! The OpenAPI document is whole, current, and what is mounted.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use newsline::auth::rights::{OPERATIONS, right_of};
use serde_json::Value;

use crate::support::TestApp;
use crate::support::contract::{DEFAULT_ADDRESS, document, operations};

/// Every `$ref` below a value.
fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_str() {
                    Some(reference) if name == "$ref" => found.push(reference),
                    _ => references(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document();
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(!found.is_empty());
    for reference in found {
        let pointer = reference
            .strip_prefix('#')
            .expect("a reference into the document");
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

#[test]
fn every_schema_is_used() {
    let document = document();
    let mut found = Vec::new();
    references(&document, &mut found);
    for name in document["components"]["schemas"]
        .as_object()
        .expect("schemas")
        .keys()
    {
        let reference = format!("#/components/schemas/{name}");
        assert!(
            found.iter().any(|known| *known == reference),
            "nothing refers to {name}"
        );
    }
}

#[test]
fn each_name_in_a_path_has_its_parameter() {
    for operation in operations() {
        let in_path: BTreeSet<&str> = operation.names_in_path().into_iter().collect();
        let of_path = operation
            .parameters()
            .filter(|parameter| parameter["in"] == "path");
        let declared: BTreeSet<&str> = of_path
            .filter_map(|parameter| parameter["name"].as_str())
            .collect();
        assert_eq!(in_path, declared, "{}", operation.id);
    }
}

#[test]
fn every_parameter_says_what_it_is() {
    for operation in operations() {
        for parameter in operation.parameters() {
            let said = parameter["description"]
                .as_str()
                .is_some_and(|text| !text.is_empty());
            assert!(
                said && parameter["schema"].is_object(),
                "{}: {parameter}",
                operation.id
            );
        }
    }
}

#[test]
fn every_operation_says_what_it_does() {
    let document = document();
    let tags = document["tags"].as_array().expect("tags");
    for operation in operations() {
        let (id, json) = (&operation.id, &operation.json);
        for field in ["operationId", "summary", "description"] {
            assert!(
                json[field].as_str().is_some_and(|text| !text.is_empty()),
                "{id} has no {field}"
            );
        }
        let tag = &json["tags"][0];
        assert!(
            tags.iter().any(|known| known["name"] == *tag),
            "{id}: the tag {tag} is in no list"
        );
        let statuses: Vec<&String> = json["responses"]
            .as_object()
            .expect("responses")
            .keys()
            .collect();
        assert!(
            statuses.iter().any(|status| status.starts_with('4')),
            "{id} has no 4xx"
        );
        assert!(
            statuses.iter().any(|status| status.starts_with(['2', '3'])),
            "{id} never succeeds"
        );
    }
}

#[test]
fn security_stands_where_a_right_is_asked_for_and_nowhere_else() {
    for operation in operations() {
        let id = &operation.id;
        let asks_for_token = operation.json["security"].to_string().contains("\"token\"");
        assert_eq!(asks_for_token, right_of(id).is_some(), "{id}");
        if operation.path.starts_with("/v1/desk") {
            assert!(asks_for_token, "{id}");
        }
    }
}

#[test]
fn operation_ids_are_unique() {
    let mut seen = BTreeSet::new();
    for operation in operations() {
        assert!(seen.insert(operation.id.clone()), "{} twice", operation.id);
    }
}

#[test]
fn the_table_of_rights_names_each_operation_once_and_none_that_is_gone() {
    let ids: BTreeSet<String> = operations()
        .into_iter()
        .map(|operation| operation.id)
        .collect();
    let mut seen = BTreeSet::new();
    for (name, _) in OPERATIONS {
        assert!(ids.contains(*name), "{name} is no operation");
        assert!(seen.insert(name), "{name} twice");
    }
}

#[test]
fn the_committed_document_is_current() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/newsline.json");
    let committed = std::fs::read_to_string(file).expect("openapi/newsline.json");
    let written = newsline::app::document(DEFAULT_ADDRESS).to_pretty_json();
    assert!(
        committed == format!("{}\n", written.expect("JSON")),
        "openapi/newsline.json is old: cargo run -q -- openapi > openapi/newsline.json"
    );
}

#[actix_web::test]
async fn the_app_shows_the_document() {
    let app = TestApp::start().await;
    let shown = app.anonymous().get("/openapi.json").await.expect(200);
    assert_eq!(shown.json, document());
}

#[actix_web::test]
async fn the_docs_page_comes_from_the_program_alone() {
    let app = TestApp::start().await;
    let bare = app.anonymous().get("/docs").await.expect(307);
    assert_eq!(bare.header("location"), Some("/docs/"));
    let page = app.anonymous().get("/docs/").await.expect(200);
    assert!(page.text().contains("swagger-ui"));
    assert!(!page.text().contains("src=\"http"), "{}", page.text());
    app.anonymous()
        .get("/docs/swagger-ui-bundle.js")
        .await
        .expect(200);
    app.anonymous()
        .get("/docs/nothing.js")
        .await
        .problem("not-found", 404);
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path());
    entries
        .flat_map(|path| {
            if path.is_dir() {
                sources(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

/// The routes that handlers have in the code, by their attributes.
fn routes_in_code() -> BTreeSet<(String, String)> {
    let mut routes = BTreeSet::new();
    for file in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let code = std::fs::read_to_string(file).expect("code");
        for line in code.lines() {
            let route = line
                .strip_prefix("#[")
                .and_then(|rest| rest.strip_suffix("\")]"));
            let Some((method, path)) = route.and_then(|route| route.split_once("(\"")) else {
                continue;
            };
            if ["get", "put", "post", "patch", "delete"].contains(&method) {
                routes.insert((method.to_uppercase(), path.to_owned()));
            }
        }
    }
    routes
}

#[test]
fn every_handler_is_mounted_and_documented() {
    let documented: BTreeSet<(String, String)> = operations()
        .into_iter()
        .map(|operation| (operation.method.to_string(), operation.path))
        .collect();
    assert_eq!(routes_in_code(), documented);
}

#[actix_web::test]
async fn every_documented_operation_answers() {
    let app = TestApp::start().await;
    for operation in operations() {
        let answer = app
            .as_admin()
            .request(operation.method.clone(), &operation.filled_path())
            .await;
        assert_ne!(answer.status, 405, "{answer}");
        if operation.names_in_path().is_empty() {
            assert_ne!(answer.status, 404, "{answer}");
        }
        assert!(answer.status < 500, "{answer}");
    }
}

#[actix_web::test]
async fn every_answer_has_a_status_that_is_documented() {
    let app = TestApp::start().await;
    for operation in operations() {
        for client in [app.anonymous(), app.as_editor()] {
            let answer = client
                .request(operation.method.clone(), &operation.filled_path())
                .await;
            let documented = &operation.json["responses"][answer.status.to_string()];
            assert!(
                documented.is_object(),
                "{} does not document {answer}",
                operation.id
            );
        }
    }
}

#[actix_web::test]
async fn every_address_names_its_other_methods() {
    let app = TestApp::start().await;
    let mut by_path: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for operation in operations() {
        by_path
            .entry(operation.filled_path())
            .or_default()
            .insert(operation.method.to_string());
    }
    for (path, methods) in by_path {
        let answer = app
            .anonymous()
            .request(reqwest::Method::TRACE, &path)
            .await
            .problem("method-not-allowed", 405);
        let allowed = answer
            .header("allow")
            .expect("Allow")
            .split(", ")
            .map(str::to_owned);
        let allowed: BTreeSet<String> = allowed.collect();
        assert!(
            methods.is_subset(&allowed),
            "{path}: {methods:?} in {allowed:?}"
        );
    }
}

#[test]
fn every_post_but_signing_in_can_be_repeated_and_every_change_names_its_version() {
    for operation in operations() {
        let takes = |name: &str| {
            operation
                .parameters()
                .any(|parameter| parameter["name"] == name)
        };
        let id = &operation.id;
        match operation.method.as_str() {
            "POST" => assert_eq!(
                takes("Idempotency-Key"),
                !operation.path.starts_with("/v1/auth/"),
                "{id}"
            ),
            "GET" => assert!(!takes("If-Match"), "{id}"),
            _ => assert!(takes("If-Match"), "{id} takes no If-Match"),
        }
    }
}
