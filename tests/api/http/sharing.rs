//! CORS: which pages of the web may call which door.

use reqwest::Method;

use super::list;
use crate::support::TestApp;

const DESK: &str = "https://desk.example.az";

#[actix_web::test]
async fn any_page_may_read_what_readers_read() {
    let app = TestApp::start().await;
    for path in ["/v1/site", "/v1/nothing"] {
        let answer = app
            .anonymous()
            .get(path)
            .header("origin", "https://anywhere.example")
            .await;
        assert_eq!(
            answer.header("access-control-allow-origin"),
            Some("*"),
            "{answer}"
        );
        assert_eq!(answer.header("access-control-allow-credentials"), None);
        assert!(list(&answer, "access-control-expose-headers").contains(&"etag".to_owned()));
        assert!(
            !list(&answer, "vary").contains(&"origin".to_owned()),
            "{answer}"
        );
    }
}

#[actix_web::test]
async fn only_configured_pages_may_call_the_desk() {
    let app = TestApp::with([(
        "NEWSLINE_DESK_ORIGINS",
        "https://other.example.az, https://desk.example.az/",
    )])
    .await;
    for (origin, allowed) in [
        (DESK, Some(DESK)),
        ("https://anywhere.example", None),
        ("null", None),
    ] {
        for path in ["/v1/desk/me", "/v1/desk/nothing"] {
            let answer = app.as_editor().get(path).header("origin", origin).await;
            assert_eq!(
                answer.header("access-control-allow-origin"),
                allowed,
                "{answer}"
            );
            assert!(
                list(&answer, "vary").contains(&"origin".to_owned()),
                "{answer}"
            );
        }
    }
}

#[actix_web::test]
async fn a_preflight_is_answered_for_both_doors() {
    let app = TestApp::with([("NEWSLINE_DESK_ORIGINS", DESK)]).await;
    let preflight = |path: &str, origin: &str| {
        let asking = app
            .anonymous()
            .request(Method::OPTIONS, path)
            .header("origin", origin);
        asking
            .header("access-control-request-method", "PATCH")
            .header(
                "access-control-request-headers",
                "authorization, if-match, content-type",
            )
    };
    let desk = preflight("/v1/desk/site", DESK).await.expect(204);
    assert_eq!(desk.header("access-control-allow-origin"), Some(DESK));
    assert!(list(&desk, "access-control-allow-methods").contains(&"patch".to_owned()));
    for name in [
        "authorization",
        "if-match",
        "content-type",
        "idempotency-key",
    ] {
        assert!(
            list(&desk, "access-control-allow-headers").contains(&name.to_owned()),
            "{name}"
        );
    }
    let stranger = preflight("/v1/desk/site", "https://anywhere.example").await;
    assert_eq!(stranger.header("access-control-allow-origin"), None);
    let reader = preflight("/v1/site", "https://anywhere.example")
        .await
        .expect(204);
    assert_eq!(reader.header("access-control-allow-origin"), Some("*"));
}
