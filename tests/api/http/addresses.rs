//! Paths that try to be more than they are.

use serde_json::{Value, json};

use crate::support::contract::operations;
use crate::support::{Answer, TestApp};

#[actix_web::test]
async fn what_a_path_decodes_to_is_never_more_than_one_name() {
    let app = TestApp::start().await;
    for path in [
        "/problems/..%2Fv1%2Fsite",
        "/problems/%2e%2e",
        "/problems/../v1/site",
        "/problems/%2e%2e/v1/site",
        "/problems/stale%00",
        "/problems/%FF",
        "/problems/%C0%AE",
        "/problems/%",
        "/problems/%zz",
        "/problems/stale%2F",
        "/problems/%EF%BF%BD",
        "/docs/..%2f..%2fCargo.toml",
        "/docs/../Cargo.toml",
    ] {
        let answer = app
            .anonymous()
            .raw(&format!("GET {path} HTTP/1.1"), &[], b"")
            .await;
        assert!(matches!(answer.status, 400 | 404), "{answer}");
        assert_eq!(
            answer.header("content-type"),
            Some("application/problem+json"),
            "{answer}"
        );
    }
}

/// By what an answer shows which operation gave it, and through which door it left.
fn told(answer: &Answer) -> (u16, Vec<String>, Value, Vec<Option<String>>) {
    let fields = answer.json.as_object().into_iter().flatten();
    let names = fields.map(|(name, _)| name.clone()).collect();
    let headers = [
        "cache-control",
        "access-control-allow-origin",
        "vary",
        "surrogate-key",
    ];
    let headers = headers.map(|name| answer.header(name).map(str::to_owned));
    let code = answer.json["code"].clone();
    (answer.status, names, code, headers.to_vec())
}

#[actix_web::test]
async fn one_address_is_one_operation_however_it_is_spelt() {
    let app = TestApp::start().await;
    let reading = operations()
        .into_iter()
        .filter(|operation| operation.method == "GET" && !operation.path.starts_with("/metrics"));
    for operation in reading {
        // What the operation says, and what the front door says of a parameter that nothing has.
        for query in ["", "?unknown=1"] {
            let ask = |path: &str| app.as_admin().get(&format!("{path}{query}"));
            let plain = ask(&operation.filled_path()).await;
            for path in operation.other_spellings() {
                assert_eq!(told(&ask(&path).await), told(&plain), "{path}{query}");
            }
        }
    }
}

#[actix_web::test]
async fn what_is_fixed_beside_a_name_is_known_in_any_spelling() {
    let app = TestApp::start().await;
    let id = "0192f1a2-7c3e-7b10-9a55-1f0c2d3e4a01";
    for form in [".jsonld", "%2Ejsonld", ".%6Asonld"] {
        app.anonymous()
            .get(&format!("/v1/articles/{id}{form}?fields=id"))
            .await
            .problem("unknown-parameter", 400)
            .at("fields");
    }
    let docs = app.anonymous().get("/%64ocs/").await;
    assert!(
        docs.header("content-security-policy")
            .is_some_and(|policy| policy.contains("script-src 'self'")),
        "{docs}"
    );
}

#[actix_web::test]
async fn the_host_header_is_never_believed() {
    const ELSEWHERE: &str = "elsewhere.example";
    let app = TestApp::start().await;
    let mut asked = vec![
        (reqwest::Method::GET, "/docs".to_owned()),
        (reqwest::Method::GET, "/docs/".to_owned()),
        (
            reqwest::Method::GET,
            "/docs/swagger-initializer.js".to_owned(),
        ),
        (reqwest::Method::GET, "/v1/nothing".to_owned()),
        (reqwest::Method::OPTIONS, "/v1/site".to_owned()),
    ];
    asked.extend(operations().into_iter().map(|operation| {
        let path = operation.filled_path();
        (operation.method, path)
    }));
    for (method, path) in asked {
        for client in [app.anonymous(), app.as_admin()] {
            let asking = client
                .request(method.clone(), &path)
                .header("host", ELSEWHERE);
            let asking = asking
                .header("x-forwarded-host", ELSEWHERE)
                .header("forwarded", "host=elsewhere.example");
            let answer = asking.await;
            assert!(!answer.to_string().contains(ELSEWHERE), "{answer}");
        }
    }
}

#[actix_web::test]
async fn what_each_problem_means_can_be_looked_up() {
    let app = TestApp::start().await;
    let problem = app
        .anonymous()
        .get("/nothing")
        .await
        .problem("not-found", 404);
    let meaning = app
        .anonymous()
        .get(problem.json["type"].as_str().expect("an address"))
        .await
        .expect(200);
    assert_eq!(meaning.json["status"], 404);
    assert_eq!(meaning.json["title"], problem.json["title"]);
}

#[actix_web::test]
async fn a_page_links_to_its_neighbours_by_the_one_spelling_of_its_address() {
    let app = TestApp::start().await;
    for _ in 0..2 {
        app.published_article(json!({})).await;
    }
    let ask = |path: &str| {
        let path = format!("{path}?lang=en&limit=1");
        app.anonymous().get(&path)
    };
    // The odd one comes first: what it is answered is what all others get from memory.
    let odd = ask("/v1/lists/%6Eews-line/%69tems").await.expect(200);
    let plain = ask("/v1/lists/news-line/items").await.expect(200);
    let link = plain.header("link").expect("a link");
    assert!(link.starts_with("</v1/lists/news-line/items?"), "{link}");
    assert_eq!(odd.header("link"), Some(link));
    assert_eq!(odd.etag(), plain.etag());
}
