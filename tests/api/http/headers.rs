//! What every answer says.

use reqwest::Method;
use serde_json::json;

use crate::support::TestApp;

#[actix_web::test]
async fn every_answer_carries_what_browsers_need() {
    let app = TestApp::start().await;
    let answers = [
        app.anonymous().get("/v1/site").await,
        app.anonymous().get("/nothing").await,
        app.anonymous().request(Method::OPTIONS, "/v1/site").await,
        app.as_admin().get("/v1/desk/me").await,
        app.anonymous().post("/v1/auth/tokens", json!({})).await,
    ];
    for answer in answers {
        assert_eq!(
            answer.header("x-content-type-options"),
            Some("nosniff"),
            "{answer}"
        );
        assert_eq!(
            answer.header("referrer-policy"),
            Some("no-referrer"),
            "{answer}"
        );
        assert!(answer.header("x-request-id").is_some(), "{answer}");
    }
}

#[actix_web::test]
async fn nothing_of_the_desk_is_kept_and_what_readers_get_is() {
    let app = TestApp::start().await;
    for answer in [
        app.as_admin().get("/v1/desk/me").await,
        app.anonymous().get("/v1/desk/me").await,
        app.as_admin()
            .get("/v1/desk/site")
            .header("if-none-match", "*")
            .await,
    ] {
        assert_eq!(
            answer.header("cache-control"),
            Some("private, no-store"),
            "{answer}"
        );
    }
    let site = app.anonymous().get("/v1/site").await.expect(200);
    let kept = "public, max-age=15, s-maxage=60, stale-while-revalidate=60, stale-if-error=3600";
    assert_eq!(site.header("cache-control"), Some(kept));
    assert_eq!(site.header("surrogate-key"), Some("site"));
    assert!(site.header("last-modified").is_some());
}

#[actix_web::test]
async fn browsers_are_told_to_stay_with_https_where_the_api_has_it() {
    const NAME: &str = "strict-transport-security";
    let plain = TestApp::start().await;
    let answer = plain.anonymous().get("/v1/site").await;
    assert!(answer.header(NAME).is_none(), "{answer}");

    let app = TestApp::with([("NEWSLINE_PUBLIC_URL", "https://api.example.az")]).await;
    for answer in [
        app.anonymous().get("/v1/site").await,
        app.anonymous().get("/nothing").await,
        app.as_admin().get("/v1/desk/me").await,
        app.anonymous().get("/docs/").await,
    ] {
        assert_eq!(answer.header(NAME), Some("max-age=31536000"), "{answer}");
    }
}

#[actix_web::test]
async fn the_page_of_the_docs_loads_from_here_alone() {
    let app = TestApp::with([("NEWSLINE_PUBLIC_URL", "https://api.example.az/news")]).await;
    for path in [
        "/docs",
        "/docs/",
        "/docs/swagger-ui-bundle.js",
        "/docs/nothing",
    ] {
        let answer = app.anonymous().get(path).await;
        let policy = answer.header("content-security-policy").expect("a policy");
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self';"),
            "{policy}"
        );
        assert!(
            policy.contains("connect-src 'self' https://api.example.az;"),
            "{policy}"
        );
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    }
    let initializer = app
        .anonymous()
        .get("/docs/swagger-initializer.js")
        .await
        .expect(200);
    assert!(
        initializer.text().contains("\"validatorUrl\": \"none\""),
        "{initializer}"
    );
}
