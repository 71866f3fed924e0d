//! What a body may be, and how a wrong one is told.

use reqwest::Method;
use serde_json::json;

use super::patch_site;
use crate::support::{Request, TestApp};

fn post(app: &TestApp, media_type: &str, body: &str) -> Request {
    let posting = app.anonymous().request(Method::POST, "/v1/auth/tokens");
    posting
        .header("content-type", media_type)
        .body(body.to_owned())
}

#[actix_web::test]
async fn a_body_of_another_type_is_refused_with_the_types_that_are_taken() {
    let app = TestApp::start().await;
    for media_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonp",
        "",
        "json",
    ] {
        let answer = post(&app, media_type, "{}")
            .await
            .problem("unsupported-media-type", 415);
        assert_eq!(answer.header("accept"), Some("application/json"));
    }
    let bare = app
        .anonymous()
        .request(Method::POST, "/v1/auth/tokens")
        .body("{}");
    bare.await.problem("unsupported-media-type", 415);
    post(&app, "Application/JSON; charset=utf-8", "{}")
        .await
        .problem("invalid-field", 422);
}

#[actix_web::test]
async fn a_patch_may_be_a_merge_patch_or_plain_json() {
    let app = TestApp::start().await;
    let patch = |media_type: &str, version: &str| {
        let patching = app
            .as_admin()
            .request(Method::PATCH, "/v1/desk/site")
            .if_match(version);
        patching
            .header("content-type", media_type)
            .body(r#"{"name": "Xəbər"}"#)
    };
    patch("application/merge-patch+json", "\"1\"")
        .await
        .expect(200);
    patch("application/json", "\"2\"").await.expect(200);
    patch("application/json-patch+json", "\"3\"")
        .await
        .problem("unsupported-media-type", 415);
}

#[actix_web::test]
async fn what_is_no_json_is_a_400_and_what_does_not_fit_a_422() {
    let app = TestApp::start().await;
    for body in [
        "",
        "{",
        "{'a': 1}",
        "{\"email\": \"a@b.az\",}",
        "nul",
        "{} {}",
        "\u{feff}{}",
        "{\"a\": NaN}",
    ] {
        post(&app, "application/json", body)
            .await
            .problem("invalid-json", 400);
    }
    for body in [
        "null",
        "[]",
        "1",
        "\"email\"",
        "{}",
        r#"{"email": 1, "password": 2}"#,
    ] {
        post(&app, "application/json", body)
            .await
            .problem("invalid-field", 422);
    }
    let not_utf8 = app.anonymous().request(Method::POST, "/v1/auth/tokens");
    let not_utf8 = not_utf8
        .header("content-type", "application/json")
        .body(vec![b'"', 0xff, b'"']);
    not_utf8.await.problem("invalid-json", 400);
}

#[actix_web::test]
async fn a_wrong_field_is_pointed_at() {
    let app = TestApp::start().await;
    let admin = app.as_admin();
    let wrong = [
        (json!({"title": "Bakı"}), "/title"),
        (json!({"version": 7}), "/version"),
        (json!({"name": null}), "/name"),
        (json!({"name": "two\nlines"}), "/name"),
        (json!({"name": ""}), "/name"),
        (json!({"name": "a".repeat(101)}), "/name"),
        (
            json!({"languages": ["az", "not a language"]}),
            "/languages/1",
        ),
        (
            json!({"social": [{"network": "telegram", "url": "javascript:alert(1)"}]}),
            "/social/0/url",
        ),
        (
            json!({"social": [{"network": "x", "url": "https://x.az", "icon": 1}]}),
            "/social/0/icon",
        ),
        (json!({"a/b~c": 1}), "/a~1b~0c"),
    ];
    for (patch, pointer) in wrong {
        patch_site(&admin, patch)
            .await
            .problem("invalid-field", 422)
            .at(pointer);
    }
    assert_eq!(admin.get("/v1/desk/site").await.expect(200).etag(), "\"1\"");
}

#[actix_web::test]
async fn nul_is_refused_everywhere() {
    let app = TestApp::start().await;
    let admin = app.as_admin();
    patch_site(&admin, json!({"name": "a\0b"}))
        .await
        .problem("invalid-field", 422)
        .at("/name");
    patch_site(&admin, json!({"a\0b": 1}))
        .await
        .problem("invalid-field", 422);
    let deep = json!({"social": [{"network": "a\0", "url": "https://a.az"}]});
    patch_site(&admin, deep)
        .await
        .problem("invalid-field", 422)
        .at("/social/0/network");
}

#[actix_web::test]
async fn bottomless_nesting_is_refused() {
    let app = TestApp::start().await;
    let nested = |depth: usize| {
        let body = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        post(&app, "application/json", &body)
    };
    for depth in [66, 100] {
        let answer = nested(depth).await.problem("invalid-field", 422);
        let why = answer.json["errors"][0]["detail"].as_str();
        assert_eq!(why, Some("nested deeper than 64 levels"), "{answer}");
    }
    // Here the parser gives up by itself.
    for depth in [128, 100_000] {
        nested(depth).await.problem("invalid-json", 400);
    }
}

#[actix_web::test]
async fn a_body_beyond_one_mebibyte_is_refused() {
    let app = TestApp::start().await;
    let announced = ["Content-Type: application/json", "Content-Length: 1048577"];
    let answer = app
        .anonymous()
        .raw("POST /v1/auth/tokens HTTP/1.1", &announced, b"")
        .await;
    answer.problem("too-large", 413);

    let size = 1024 * 1024 + 1;
    let chunked = [
        "Content-Type: application/json",
        "Transfer-Encoding: chunked",
    ];
    let body = [
        format!("{size:x}\r\n").into_bytes(),
        vec![b' '; size],
        b"\r\n0\r\n\r\n".to_vec(),
    ]
    .concat();
    let answer = app
        .anonymous()
        .raw("POST /v1/auth/tokens HTTP/1.1", &chunked, &body)
        .await;
    answer.problem("too-large", 413);

    let filled = format!(
        r#"{{"email": "a@b.az", "password": "x"}}{}"#,
        " ".repeat(1024 * 1024 - 36)
    );
    assert_eq!(filled.len(), 1024 * 1024);
    post(&app, "application/json", &filled)
        .await
        .problem("bad-credentials", 401);
}

#[actix_web::test]
async fn a_name_stands_once_and_a_struct_is_an_object() {
    let app = TestApp::start().await;
    let words = r#"{"email": "a@example.az", "email": "b@example.az", "password": "x"}"#;
    let twice = post(&app, "application/json", words).await;
    twice.problem("invalid-json", 400);
    let row = post(&app, "application/json", r#"["a@example.az", "x"]"#).await;
    row.problem("invalid-field", 422);
    let twins = json!({"kind": "news", "texts": {
        "en": {"headline": "One"}, "EN": {"headline": "Other"},
    }});
    let told = app.as_editor().post("/v1/desk/articles", twins).await;
    told.problem("invalid-field", 422);
    let elsewhere = json!({"kind": "news", "texts": {"de": {"headline": "Brücke"}}});
    let told = app.as_editor().post("/v1/desk/articles", elsewhere).await;
    told.problem("invalid-field", 422).at("/texts/de");
}
