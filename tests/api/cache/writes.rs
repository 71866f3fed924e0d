//! After each kind of write everything is answered as if nothing were kept.

use serde_json::{Value, json};

use super::{Newsroom, made, publish_notice, story};
use crate::support::{TestApp, id_of, items_of};

async fn patch(app: &TestApp, path: &str, patch: Value) {
    let etag = app.as_admin().get(path).await.expect(200).etag();
    let patching = app.as_admin().patch(path, patch).if_match(&etag);
    patching.await.expect(200);
}

impl Newsroom {
    /// Everything is in memory, then something is written, then everything is right.
    async fn after(&self, what: &str, write: impl AsyncFnOnce(&TestApp)) {
        let asks = self.asks();
        self.warm(&asks).await;
        write(&self.app).await;
        self.assert_right(&asks, what).await;
    }
}

#[actix_web::test]
async fn writes_to_articles_reach_readers_at_once() {
    let newsroom = Newsroom::open().await;
    let (article, other) = (&newsroom.article, &newsroom.other);
    let (source, outlet) = (&newsroom.source, &newsroom.outlet);
    newsroom
        .after("an edit that is published", async |app| {
            app.patch_text(article, "en", json!({"headline": "The bridge"}))
                .await
                .expect(200);
            app.publish_text(article, "en").await;
        })
        .await;
    newsroom
        .after("a new address", async |app| {
            app.patch_text(article, "en", json!({"slug": "the-bridge"}))
                .await
                .expect(200);
            app.publish_text(article, "en").await;
        })
        .await;
    newsroom
        .after("an article where there was none", async |app| {
            app.published_article(story("Tunnel", source, outlet, json!([])))
                .await;
        })
        .await;
    newsroom
        .after("another section and no topic", async |app| {
            app.patch_article(other, json!({"section": null, "topics": []}))
                .await
                .expect(200);
        })
        .await;
    newsroom
        .after("a related article going", async |app| {
            app.unpublish_text(other, "en").await;
            app.unpublish_text(other, "az").await;
        })
        .await;
    newsroom
        .after("a related article coming back", async |app| {
            app.publish_text(other, "az").await;
        })
        .await;
    newsroom
        .after("a quote that is verified", async |app| {
            let quote = format!("/v1/desk/quotes/{}", newsroom.quote);
            let etag = app.as_editor().get(&quote).await.expect(200).etag();
            let verified = json!({"state": "disputed"});
            let verifying = app
                .as_editor()
                .put(&format!("{quote}/verification"), verified);
            verifying.if_match(&etag).await.expect(200);
        })
        .await;
    newsroom
        .after("a text that is retracted", async |app| {
            let note = json!({"note": "It was not so."});
            app.put_state(article, "en", "retraction", note.clone())
                .await
                .expect(200);
            app.put_state(article, "az", "retraction", note)
                .await
                .expect(200);
        })
        .await;
}

#[actix_web::test]
async fn writes_to_names_and_settings_reach_readers_at_once() {
    let newsroom = Newsroom::open().await;
    let find = async |kind: &str, slug: &str| {
        let list = newsroom
            .app
            .as_editor()
            .get(&format!("/v1/desk/{kind}"))
            .await
            .expect(200);
        let items = list.json["items"].as_array().expect("items").clone();
        let found = items.into_iter().find(|item| item["slug"] == slug);
        format!("/v1/desk/{kind}/{}", id_of(&found.expect("a row")))
    };
    let (section, topic) = (find("sections", "city").await, find("topics", "rain").await);
    let list = find("lists", "news-line").await;
    for (what, path, change) in [
        (
            "a section's name",
            &section,
            json!({"names": {"en": "The city"}}),
        ),
        ("a section's slug", &section, json!({"slug": "town"})),
        ("a topic's name", &topic, json!({"names": {"az": "Yağış"}})),
        ("a topic's slug", &topic, json!({"slug": "showers"})),
        ("a list's name", &list, json!({"names": {"en": "Latest"}})),
        (
            "a list's hidden article",
            &list,
            json!({"hidden": [newsroom.other]}),
        ),
        (
            "a list's pin",
            &list,
            json!({"hidden": [], "pins": [{"article": newsroom.other, "position": 1}]}),
        ),
    ] {
        newsroom
            .after(what, async |app| patch(app, path, change).await)
            .await;
    }
    newsroom
        .after("a new list", async |app| {
            let rule = json!({"kind": "source", "source": newsroom.source});
            let list = json!({"slug": "rainy", "names": {"en": "Rainy"}, "rule": rule});
            made(app, "lists", list).await;
        })
        .await;
    let site = "/v1/desk/site".to_owned();
    for (what, change) in [
        (
            "the site's patterns",
            json!({"article_url": "https://example.az/{lang}/{section}/{slug}"}),
        ),
        (
            "the site's first language",
            json!({"languages": ["en", "az", "ru"]}),
        ),
        (
            "the site's time zone",
            json!({"time_zone": "Europe/London"}),
        ),
        ("fewer languages", json!({"languages": ["en", "az"]})),
        (
            "more languages",
            json!({"languages": ["en", "az", "ru", "tr"]}),
        ),
    ] {
        newsroom
            .after(what, async |app| patch(app, &site, change).await)
            .await;
    }
}

#[actix_web::test]
async fn writes_to_sources_reach_readers_at_once() {
    let newsroom = Newsroom::open().await;
    let source = format!("/v1/desk/sources/{}", newsroom.source);
    let outlet = format!("/v1/desk/sources/{}", newsroom.outlet);
    for (what, path, change) in [
        (
            "a source's name",
            &source,
            json!({"names": {"en": "Ada L."}}),
        ),
        (
            "an outlet's name",
            &outlet,
            json!({"names": {"en": "Turan agency"}}),
        ),
        (
            "a position",
            &source,
            json!({"positions": [{"title": {"en": "Editor"}, "organisation": newsroom.outlet}]}),
        ),
        (
            "a source off the record",
            &source,
            json!({"disclosure": "background"}),
        ),
        (
            "a source on record again",
            &source,
            json!({"disclosure": "on_record"}),
        ),
        (
            "an outlet off the record",
            &outlet,
            json!({"disclosure": "anonymous"}),
        ),
        (
            "an outlet on record again",
            &outlet,
            json!({"disclosure": "on_record"}),
        ),
    ] {
        newsroom
            .after(what, async |app| patch(app, path, change).await)
            .await;
    }
    newsroom
        .after("a merge", async |app| {
            let kept = made(
                app,
                "sources",
                json!({"kind": "person", "names": {"en": "Ada Lovelace"}}),
            )
            .await;
            let merging = app
                .as_editor()
                .post(&format!("{source}/merge"), json!({"into": kept}));
            merging.await.expect(200);
        })
        .await;
    newsroom
        .after("the last quote going", async |app| {
            for id in [&newsroom.article, &newsroom.other] {
                app.unpublish_text(id, "en").await;
                app.unpublish_text(id, "az").await;
            }
        })
        .await;
    newsroom
        .after("the first quote coming back", async |app| {
            app.publish_text(&newsroom.article, "en").await;
        })
        .await;
}

#[actix_web::test]
async fn writes_to_reviews_and_notices_reach_readers_at_once() {
    let newsroom = Newsroom::open().await;
    let path = format!("/v1/articles/{}/reviews", newsroom.article);
    let review =
        json!({"author": {"name": "A reader"}, "lang": "en", "rating": 4, "body": "Fair."});
    newsroom
        .after("a review", async |app| {
            app.anonymous()
                .post(&path, review.clone())
                .await
                .expect(202);
        })
        .await;
    let left = newsroom
        .app
        .anonymous()
        .post(&path, review.clone())
        .await
        .expect(202)
        .json;
    let token = left["manage_token"].as_str().expect("a token");
    let own = format!("/v1/reviews/{}/own", id_of(&left));
    newsroom
        .after("an edited review", async |app| {
            let author = app.anonymous().bearing(token);
            let etag = author.get(&own).await.expect(200).etag();
            author
                .patch(&own, json!({"rating": 1}))
                .if_match(&etag)
                .await
                .expect(200);
        })
        .await;
    newsroom
        .after("an erased review", async |app| {
            let author = app.anonymous().bearing(token);
            let etag = author.get(&own).await.expect(200).etag();
            author
                .delete(&format!("{own}?erase=true"))
                .if_match(&etag)
                .await
                .expect(204);
        })
        .await;
    newsroom
        .after("a decision", async |app| {
            let reviews = app.anonymous().get(&path).await.expect(200).json;
            let review = format!("/v1/desk/reviews/{}", id_of(&reviews["items"][1]));
            let etag = app.as_moderator().get(&review).await.expect(200).etag();
            let decision = json!({"state": "rejected", "reason": "other", "note": null});
            let deciding = app
                .as_moderator()
                .put(&format!("{review}/decision"), decision);
            deciding.if_match(&etag).await.expect(200);
        })
        .await;
    newsroom
        .after("a decision on several", async |app| {
            let reviews = app
                .as_moderator()
                .get("/v1/desk/reviews?state=rejected")
                .await
                .expect(200)
                .json;
            let items: Vec<Value> = items_of(&reviews)
                .iter()
                .map(|review| json!({"id": review["id"], "version": review["version"]}))
                .collect();
            let decisions = json!({"items": items, "state": "approved"});
            let path = "/v1/desk/reviews/decisions";
            let decided = app.as_moderator().post(path, decisions).await.expect(200);
            assert_eq!(decided.json["items"][0]["outcome"], "decided");
        })
        .await;
    newsroom
        .after("the erasure of a reader", async |app| {
            let mut signed = review.clone();
            signed["author"]["email"] = json!("reader@example.az");
            app.anonymous().post(&path, signed).await.expect(202);
            let reader = json!({"email": "reader@example.az"});
            let erasing = app.as_moderator().post("/v1/desk/privacy/erasures", reader);
            assert_eq!(erasing.await.expect(200).json["erased"], 1);
        })
        .await;
    newsroom
        .after("closed reviews", async |app| {
            app.patch_article(&newsroom.article, json!({"review_policy": "closed"}))
                .await
                .expect(200);
        })
        .await;
    let notice = format!("/v1/desk/notices/{}", newsroom.notice);
    newsroom
        .after("a notice's priority", async |app| {
            patch(app, &notice, json!({"priority": "high"})).await;
        })
        .await;
    newsroom
        .after("a notice taken down", async |app| {
            let text = format!("{notice}/texts/en");
            let etag = app.as_editor().get(&text).await.expect(200).etag();
            let taking = app.as_editor().delete(&format!("{text}/publication"));
            taking.if_match(&etag).await.expect(200);
        })
        .await;
    newsroom
        .after("a notice published again", async |app| {
            publish_notice(app, &newsroom.notice).await;
        })
        .await;
}
