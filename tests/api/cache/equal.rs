//! An answer from memory differs in nothing from one that its handler makes.

use super::{Ask, Newsroom, assert_same};

#[actix_web::test]
async fn every_readers_answer_is_the_same_from_memory_header_by_header() {
    let newsroom = Newsroom::open().await;
    for path in newsroom.addresses() {
        let ask = Ask::of(&path);
        let ways = [
            ask.clone(),
            ask.clone().saying("accept-language", "ru, az;q=0.5"),
            ask.clone()
                .saying("accept-encoding", "gzip, deflate, br, zstd"),
            ask.clone().saying("accept-encoding", "gzip"),
            ask.clone().saying("accept-encoding", "zstd, *;q=0.1"),
            ask.clone().saying("origin", "https://example.org"),
            ask.clone().saying("authorization", "Bearer nonsense"),
            ask.clone().saying("accept", "application/ld+json"),
        ];
        for ask in ways {
            let plain = newsroom.truth(&ask).await;
            let first = ask.to(&newsroom.app).await;
            let before = newsroom.hits();
            let second = ask.to(&newsroom.app).await;
            assert_same(&first, &plain, &format!("{ask:?}, read"));
            assert_same(&second, &plain, &format!("{ask:?}, from memory"));
            // What is written while it is sent is nowhere whole.
            let streamed = plain.header("transfer-encoding").is_some();
            let kept = !streamed && [200, 301, 404, 406, 410].contains(&plain.status);
            assert_eq!(
                newsroom.hits() - before,
                u64::from(kept),
                "{ask:?} → {plain}"
            );
            if plain.status == 200 {
                assert_known(&newsroom, &ask, &plain.etag()).await;
            }
        }
    }
}

/// 304 for whoever has it, however they say so, and the whole for all others.
async fn assert_known(newsroom: &Newsroom, ask: &Ask, etag: &str) {
    for known in [
        etag.to_owned(),
        format!("W/{etag}"),
        format!("\"other\", {etag}"),
        "*".to_owned(),
    ] {
        let ask = ask.clone().saying("if-none-match", &known);
        let kept = ask.to(&newsroom.app).await.expect(304);
        assert!(kept.bytes.is_empty());
        assert_same(&kept, &newsroom.truth(&ask).await, &format!("{ask:?}"));
    }
    for other in ["\"other\"", "nonsense", ""] {
        let ask = ask.clone().saying("if-none-match", other);
        ask.to(&newsroom.app).await.expect(200);
    }
}

#[actix_web::test]
async fn head_has_the_headers_of_get_and_no_body() {
    let newsroom = Newsroom::open().await;
    let path = format!("/v1/articles/{}", newsroom.article);
    let get = newsroom.app.anonymous().get(&path).await.expect(200);
    for _ in 0..2 {
        let head = newsroom.app.anonymous().head(&path).await.expect(200);
        assert!(head.bytes.is_empty());
        assert_eq!(
            head.headers.get("content-length"),
            get.headers.get("content-length")
        );
        assert_eq!(head.etag(), get.etag());
    }
}

#[actix_web::test]
async fn requests_that_mean_the_same_share_an_answer() {
    let newsroom = Newsroom::open().await;
    let read = async |path: &str, language: &str| {
        let ask = Ask::of(path).saying("accept-language", language);
        let before = newsroom.hits();
        let answer = ask.to(&newsroom.app).await.expect(200);
        (newsroom.hits() - before, answer)
    };
    let (missed, one) = read("/v1/articles?limit=1&sort=published_at", "az, fr").await;
    assert_eq!(missed, 0);
    let (found, other) = read(
        "/v1/articles?sort=published_at&limit=1",
        "de;q=0.1, az;q=0.3",
    )
    .await;
    assert_eq!(found, 1);
    assert_same(&other, &one, "the other way of writing it");
    assert_eq!(
        read("/v1/%61rticles?limit=1&sort=published%5Fat", "az")
            .await
            .0,
        1
    );
    assert_eq!(
        read("/v1/articles?sort=published_at&limit=1", "en").await.0,
        0
    );
}

#[actix_web::test]
async fn what_is_private_refused_or_broken_is_never_kept() {
    let newsroom = Newsroom::open().await;
    let stored = || newsroom.app.app.cache.metrics().stored.get();
    let before = stored();
    let app = &newsroom.app;
    for _ in 0..2 {
        app.as_admin().get("/v1/desk/me").await.expect(200);
        app.as_editor().get("/v1/desk/articles").await.expect(200);
        app.anonymous().get("/v1/desk/me").await.expect(401);
        app.anonymous()
            .get("/v1/articles?colour=blue")
            .await
            .problem("unknown-parameter", 400);
        app.anonymous()
            .get("/v1/articles?cursor=made-up")
            .await
            .problem("invalid-cursor", 400);
        app.anonymous().get("/healthz").await.expect(200);
        app.anonymous().get("/metrics").await.expect(200);
        app.anonymous()
            .get("/nothing")
            .await
            .problem("not-found", 404);
        let own = format!("/v1/reviews/{}/own", newsroom.quote);
        app.anonymous().get(&own).await.expect(401);
    }
    assert_eq!(stored(), before);
}

#[actix_web::test]
async fn each_request_keeps_its_own_id() {
    let newsroom = Newsroom::open().await;
    for path in ["/v1/site", "/v1/articles/by-slug/en/nothing"] {
        for id in ["first", "second"] {
            let ask = Ask::of(path).saying("x-request-id", id);
            let answer = ask.to(&newsroom.app).await;
            assert_eq!(answer.header("x-request-id"), Some(id));
            if answer.status == 404 {
                answer.problem("not-found", 404);
            }
        }
    }
}
