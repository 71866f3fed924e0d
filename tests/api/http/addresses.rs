//! Paths that try to be more than they are.

use crate::support::TestApp;
use crate::support::contract::operations;

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
