//! HEAD, OPTIONS, and methods that an address does not take.

use reqwest::Method;

use super::list;
use crate::support::TestApp;
use crate::support::contract::operations;

#[actix_web::test]
async fn head_answers_as_get_does_but_without_a_body() {
    let app = TestApp::start().await;
    for operation in operations()
        .into_iter()
        .filter(|operation| operation.method == Method::GET)
    {
        let path = operation.filled_path();
        let (got, head) = (
            app.as_admin().get(&path).await,
            app.as_admin().head(&path).await,
        );
        assert_eq!((head.status, head.bytes.len()), (got.status, 0), "{head}");
        for name in [
            "content-type",
            "etag",
            "cache-control",
            "vary",
            "content-language",
        ] {
            assert_eq!(head.header(name), got.header(name), "{name} of {path}");
        }
    }
}

#[actix_web::test]
async fn an_unknown_address_is_a_problem() {
    let app = TestApp::start().await;
    for path in [
        "/",
        "/nothing",
        "/v1",
        "/v1/",
        "/v1/site/",
        "/v1/site/more",
        "/v2/site",
        "/v1//site",
        "/V1/site",
    ] {
        let answer = app.anonymous().get(path).await.problem("not-found", 404);
        assert_eq!(
            answer.header("cache-control"),
            Some("public, max-age=15"),
            "{path}"
        );
    }
    let below_the_desk = app
        .anonymous()
        .get("/v1/desk/nothing")
        .await
        .problem("not-found", 404);
    assert_eq!(
        below_the_desk.header("cache-control"),
        Some("private, no-store")
    );
}

#[actix_web::test]
async fn another_method_is_told_which_ones_there_are() {
    let app = TestApp::start().await;
    for method in ["POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"] {
        let asking = app
            .anonymous()
            .request(method.parse().expect("a method"), "/v1/site");
        let answer = asking.await.problem("method-not-allowed", 405);
        assert_eq!(
            list(&answer, "allow"),
            ["get", "head", "options"],
            "{method}"
        );
    }
    let answer = app
        .as_admin()
        .delete("/v1/desk/site")
        .await
        .problem("method-not-allowed", 405);
    assert_eq!(list(&answer, "allow"), ["get", "head", "options", "patch"]);
}

#[actix_web::test]
async fn options_lists_the_methods() {
    let app = TestApp::start().await;
    let answer = app
        .anonymous()
        .request(Method::OPTIONS, "/v1/desk/site")
        .await
        .expect(204);
    assert_eq!(list(&answer, "allow"), ["get", "head", "options", "patch"]);
    app.anonymous()
        .request(Method::OPTIONS, "/v1/nothing")
        .await
        .problem("not-found", 404);
}
