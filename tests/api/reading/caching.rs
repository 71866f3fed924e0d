//! ETags, 304, and what a cache is told.

use serde_json::{Value, json};

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

/// A list with a quote of two named sources in each of many articles.
async fn quoting_many(app: &TestApp, articles: usize) {
    for nth in 0..articles {
        let person =
            |name: &str| json!({"kind": "person", "names": {"en": format!("{name} {nth}")}});
        let said = |source: &str, words: &str| json!({"source": source, "manner": "indirect", "anchor": {"segments": [{"exact": words}]}});
        app.published_article(json!({
            "sources": {"one": person("Aysel"), "other": person("Murad")},
            "texts": {"en": {
                "headline": format!("Rain {nth}"),
                "body_markdown": "She said that it rains. He said that it pours.",
                "quotes": [said("#one", "it rains"), said("#other", "it pours")],
            }},
        }))
        .await;
    }
}

#[actix_web::test]
async fn an_answer_with_very_much_inside_names_the_kinds_of_it() {
    let app = TestApp::start().await;
    quoting_many(&app, 26).await;
    let reader = app.anonymous();
    let list = "/v1/articles?lang=en&include=quotes&limit=100";
    let read = reader.get(list).await.expect(200);
    let keys = read.header("surrogate-key").expect("keys").to_owned();
    assert!(keys.len() <= 3072, "{} bytes", keys.len());
    assert_eq!(keys, "articles:en site any-article any-source");
    let short = reader.get(&list.replace("100", "2")).await.expect(200);
    let exact = short.header("surrogate-key").expect("keys");
    assert!(
        exact.contains("source:") && !exact.contains("any-"),
        "{exact}"
    );

    // Our own memory goes by each of them: what is inside touches the answer, what is not does not.
    let source = |card: usize| read.json["items"][card]["quotes"][0]["source"]["id"].clone();
    let rename = async |id: &Value| {
        let place = format!("/v1/desk/sources/{}", id.as_str().expect("an id"));
        let editor = app.as_editor();
        let etag = editor.get(&place).await.expect(200).etag();
        let patch = json!({"names": {"en": "Somebody else"}});
        editor
            .patch(&place, patch)
            .if_match(&etag)
            .await
            .expect(200);
    };
    let hits = || app.app.cache.metrics().hits.get();
    let before = hits();
    rename(&source(20)).await;
    reader.get(&list.replace("100", "2")).await.expect(200);
    assert_eq!(hits(), before + 1);
    let after = reader.get(list).await.expect(200);
    assert_eq!(hits(), before + 1);
    assert_eq!(
        after.json["items"][20]["quotes"][0]["source"]["name"],
        "Somebody else"
    );

    let changes = app.as_editor().get("/v1/desk/changes?limit=1000").await;
    let changes = changes.expect(200).json;
    let last = changes["items"].as_array().and_then(|items| items.last());
    let touched = last.expect("a change")["surrogate_keys"].as_array();
    assert!(touched.expect("keys").contains(&json!("any-source")));
}

#[actix_web::test]
async fn what_a_304_does_not_repeat_is_told_apart_by_its_tag() {
    let app = TestApp::start().await;
    let id = published_in(&app, &["en", "az"]).await;
    let reader = app.anonymous();
    let path = |lang: &str| format!("/v1/articles/{id}?lang={lang}&fields=id");
    let english = reader.get(&path("en")).await.expect(200);
    let azerbaijani = reader.get(&path("az")).await.expect(200);
    assert_eq!(english.bytes, azerbaijani.bytes);
    assert_ne!(english.etag(), azerbaijani.etag());

    let known = reader.get(&path("en"));
    let known = known
        .header("if-none-match", &english.etag())
        .await
        .expect(304);
    for kept in ["etag", "cache-control", "vary", "surrogate-key"] {
        assert_eq!(known.header(kept), english.header(kept), "{kept}");
    }
    for left in ["content-type", "content-language", "last-modified", "link"] {
        assert!(english.header(left).is_some(), "{left}");
        assert_eq!(known.header(left), None, "{left}");
    }
}
