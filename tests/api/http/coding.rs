//! br, gzip and zstd.

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
