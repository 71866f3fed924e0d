//! Paths that try to be more than they are.

use crate::support::TestApp;

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

#[actix_web::test]
async fn the_host_header_is_never_believed() {
    let app = TestApp::start().await;
    for path in ["/v1/site", "/openapi.json", "/docs", "/v1/nothing"] {
        let answer = app
            .anonymous()
            .get(path)
            .header("host", "elsewhere.example")
            .await;
        assert!(
            !answer.to_string().contains("elsewhere.example"),
            "{answer}"
        );
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
