//! ETags, 304, and what a cache is told.

use serde_json::json;

use super::published_in;
use crate::support::TestApp;

const USUAL: &str =
    "public, max-age=15, s-maxage=60, stale-while-revalidate=60, stale-if-error=3600";

#[actix_web::test]
async fn an_answer_that_is_known_is_not_sent_again() {
    let app = TestApp::start().await;
    let id = published_in(&app, &["en"]).await;
    let reader = app.anonymous();
    for path in [
        format!("/v1/articles/{id}"),
        format!("/v1/articles/{id}/quotes"),
        "/v1/articles?lang=en".to_owned(),
        "/v1/lists/news-line/items?lang=en".to_owned(),
        "/v1/articles/by-slug/en/rain-en".to_owned(),
        "/v1/pages/articles/en/rain-en".to_owned(),
        "/v1/quotes".to_owned(),
        "/v1/sources".to_owned(),
        "/v1/site".to_owned(),
    ] {
        let read = reader.get(&path).await.expect(200);
        assert_eq!(read.header("cache-control"), Some(USUAL), "{path}");
        assert!(read.header("surrogate-key").is_some(), "{path}");
        let known = reader
            .get(&path)
            .header("if-none-match", &read.etag())
            .await
            .expect(304);
        assert_eq!(
            (
                known.etag(),
                known.header("cache-control"),
                known.bytes.len()
            ),
            (read.etag(), Some(USUAL), 0)
        );
        let other = reader
            .get(&path)
            .header("if-none-match", "\"other\"")
            .await
            .expect(200);
        assert_eq!(other.bytes, read.bytes);
        let head = reader.head(&path).await.expect(200);
        assert_eq!((head.etag(), head.bytes.len()), (read.etag(), 0));
    }
}

#[actix_web::test]
async fn a_publication_makes_another_answer() {
    let app = TestApp::start().await;
    let id = published_in(&app, &["en"]).await;
    let before = app.read_article(&id, "").await.expect(200);
    assert!(before.header("last-modified").is_some());
    app.patch_text(&id, "en", json!({"headline": "Sun"}))
        .await
        .expect(200);
    assert_eq!(app.read_article(&id, "").await.etag(), before.etag());
    app.publish_text(&id, "en").await;
    let after = app.anonymous().get(&format!("/v1/articles/{id}"));
    let after = after
        .header("if-none-match", &before.etag())
        .await
        .expect(200);
    assert_eq!(after.json["headline"], "Sun");
    assert_ne!(
        app.read_article(&id, "?fields=headline").await.etag(),
        after.etag()
    );
}

#[actix_web::test]
async fn each_coding_has_its_own_tag() {
    let app = TestApp::start().await;
    let id = published_in(&app, &["en"]).await;
    let plain = app.read_article(&id, "").await.expect(200);
    let mut tags = vec![plain.etag()];
    for coding in ["gzip", "br", "zstd"] {
        let path = format!("/v1/articles/{id}");
        let coded = app
            .anonymous()
            .get(&path)
            .header("accept-encoding", coding)
            .await
            .expect(200);
        assert_eq!(coded.header("content-encoding"), Some(coding));
        tags.push(coded.etag());
    }
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), 4, "{tags:?}");
}
