//! br, gzip and zstd.

use serde_json::json;

use super::list;
use crate::support::TestApp;

#[actix_web::test]
async fn an_answer_is_compressed_as_the_client_likes() {
    let app = TestApp::start().await;
    let plain = app.anonymous().get("/openapi.json").await.expect(200);
    assert_eq!(plain.header("content-encoding"), None);
    for coding in ["br", "gzip", "zstd"] {
        let get = || {
            app.anonymous()
                .get("/openapi.json")
                .header("accept-encoding", coding)
        };
        let coded = get().await.expect(200);
        assert_eq!(coded.header("content-encoding"), Some(coding));
        assert_eq!(list(&coded, "vary"), ["accept-encoding"]);
        assert!(coded.bytes.len() * 2 < plain.bytes.len());

        let tag = format!("{}-{coding}\"", plain.etag().trim_end_matches('"'));
        assert_eq!(coded.etag(), tag);
        let again = get().header("if-none-match", &tag).await.expect(304);
        assert_eq!(again.etag(), tag);
        get()
            .header("if-none-match", &plain.etag())
            .await
            .expect(200);
    }
}

#[actix_web::test]
async fn every_coding_holds_the_same_words() {
    let app = TestApp::start().await;
    let plain = app.anonymous().get("/openapi.json").await.expect(200);
    for coding in ["br", "gzip", "zstd"] {
        let decoded = app
            .anonymous()
            .decoding()
            .get("/openapi.json")
            .header("accept-encoding", coding);
        assert_eq!(decoded.await.expect(200).bytes, plain.bytes, "{coding}");
    }
}

#[actix_web::test]
async fn the_desk_has_one_version_under_every_coding() {
    let app = TestApp::start().await;
    let plain = app.as_admin().get("/v1/desk/site").await.expect(200);
    let coded = app
        .as_admin()
        .get("/v1/desk/site")
        .header("accept-encoding", "gzip")
        .await
        .expect(200);
    assert_eq!(coded.header("content-encoding"), Some("gzip"));
    assert_eq!(coded.etag(), plain.etag());
}

#[actix_web::test]
async fn a_problem_survives_compression() {
    let app = TestApp::start().await;
    for coding in [
        "br",
        "gzip",
        "zstd",
        "identity",
        "*",
        "identity;q=0, *;q=0",
        "nonsense",
    ] {
        let asking = app
            .anonymous()
            .decoding()
            .get("/nothing")
            .header("accept-encoding", coding);
        asking.await.problem("not-found", 404);
    }
}

#[actix_web::test]
async fn whoever_refuses_plain_bytes_gets_what_there_is_each_time() {
    let app = TestApp::start().await;
    app.published_article(json!({})).await;
    let wishes = [
        ("identity;q=0", None),
        ("*;q=0", None),
        ("identity;q=0, deflate", None),
        ("identity;q=0, x-gzip", Some("gzip")),
        ("identity;q=0, br;q=0, gzip;q=0, *", Some("zstd")),
    ];
    for path in ["/v1/articles?lang=en", "/openapi.json"] {
        for (wish, coding) in wishes {
            let first = app.anonymous().get(path).header("accept-encoding", wish);
            let first = first.await.expect(200);
            assert_eq!(first.header("content-encoding"), coding, "{path} {wish}");
            app.anonymous().get(path).await.expect(200);
            let again = app.anonymous().get(path).header("accept-encoding", wish);
            let again = again.await.expect(200);
            assert_eq!(again.bytes, first.bytes, "{path} {wish}");
            assert_eq!(again.header("vary"), first.header("vary"), "{path} {wish}");
            assert_eq!(again.etag(), first.etag(), "{path} {wish}");
        }
    }
    let healthy = app
        .anonymous()
        .get("/healthz")
        .header("accept-encoding", "*;q=0");
    healthy.await.expect(200);
}
