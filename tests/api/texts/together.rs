//! Languages of an article, published together, added and taken away.

use serde_json::{Value, json};

use crate::support::{Answer, TestApp, id_of};

/// A draft in three languages.
async fn draft(app: &TestApp) -> String {
    let text = |headline: &str| json!({"headline": headline, "body_markdown": "It rained."});
    let texts = json!({"az": text("Yağış"), "en": text("Rain"), "ru": text("Дождь")});
    id_of(&app.posted_article(json!({"texts": texts})).await).to_owned()
}

fn path(id: &str) -> String {
    format!("/v1/desk/articles/{id}")
}

async fn article(app: &TestApp, id: &str) -> Answer {
    app.as_editor().get(&path(id)).await.expect(200)
}

async fn publish(app: &TestApp, id: &str, request: Value) -> Answer {
    let etag = article(app, id).await.etag();
    let putting = app
        .as_editor()
        .put(&format!("{}/publication", path(id)), request);
    putting.if_match(&etag).await
}

/// The languages in which readers have it.
async fn languages(app: &TestApp, id: &str) -> Vec<String> {
    let read = app.read_article(id, "").await;
    let alternates = read.json["alternates"].as_array().into_iter().flatten();
    alternates
        .map(|one| one["lang"].as_str().expect("a tag").to_owned())
        .collect()
}

#[actix_web::test]
async fn several_languages_are_published_at_the_same_moment() {
    let app = TestApp::start().await;
    let id = draft(&app).await;
    let before = article(&app, &id).await;
    let langs = json!({"az": {"version": 1}, "RU": {"version": 1}});
    let done = publish(&app, &id, json!({"langs": langs}))
        .await
        .expect(200);
    assert_ne!(done.etag(), before.etag());
    let texts = &done.json["texts"];
    assert_eq!(
        (
            &texts["az"]["state"],
            &texts["ru"]["state"],
            &texts["en"]["state"]
        ),
        (&json!("published"), &json!("published"), &json!("draft"))
    );
    assert_eq!(texts["az"]["published_at"], texts["ru"]["published_at"]);
    assert_eq!(texts["az"]["version"], 2);
    assert_eq!(languages(&app, &id).await, ["az", "ru"]);
    assert_eq!(article(&app, &id).await.etag(), done.etag());

    // A language is added to what is published, and one taken away; the others stay.
    app.publish_text(&id, "en").await;
    assert_eq!(languages(&app, &id).await, ["az", "en", "ru"]);
    app.unpublish_text(&id, "az").await;
    assert_eq!(languages(&app, &id).await, ["en", "ru"]);
    let etag = app.desk_text(&id, "az").await.etag();
    let deleting = app.as_editor().delete(&format!("{}/texts/az", path(&id)));
    deleting.if_match(&etag).await.expect(204);
    assert_eq!(languages(&app, &id).await, ["en", "ru"]);
    let etag = app.desk_text(&id, "ru").await.etag();
    let deleting = app.as_editor().delete(&format!("{}/texts/ru", path(&id)));
    deleting.if_match(&etag).await.problem("wrong-state", 409);
}

#[actix_web::test]
async fn an_import_of_several_languages_has_one_date() {
    let app = TestApp::start().await;
    let id = draft(&app).await;
    let langs = json!({"az": {"version": 1}, "en": {"version": 1}});
    let future = json!({"langs": langs, "published_at": "2999-01-01T00:00:00Z"});
    publish(&app, &id, future)
        .await
        .problem("invalid-field", 422)
        .at("/published_at");
    let past = json!({"langs": langs, "published_at": "2011-05-06T07:08:09Z"});
    let done = publish(&app, &id, past).await.expect(200).json;
    for lang in ["az", "en"] {
        assert_eq!(done["texts"][lang]["published_at"], "2011-05-06T07:08:09Z");
    }
}

#[actix_web::test]
async fn nothing_is_published_where_one_language_is_held_back() {
    let app = TestApp::start().await;
    let quoting = |headline: &str| {
        json!({"headline": headline, "body_markdown": "“Rain falls”, she said.",
        "quotes": [{"unnamed": "a resident", "manner": "direct", "text": "Rain falls"}]})
    };
    let texts = json!({"az": {"headline": "Yağış"}, "en": quoting("Rain"), "ru": quoting("Дождь")});
    let posted = app.posted_article(json!({"texts": texts})).await;
    let id = id_of(&posted);
    let lost = json!({"body_markdown": "Nobody said a word."});
    let mut quotes = Vec::new();
    for lang in ["en", "ru"] {
        let saved = app
            .patch_text(id, lang, lost.clone())
            .await
            .expect(200)
            .json;
        quotes.push(saved["quotes"][0]["id"].as_str().expect("an id").to_owned());
    }
    let langs = json!({"az": {"version": 1}, "en": {"version": 2}, "ru": {"version": 2}});
    let refused = publish(&app, id, json!({"langs": langs})).await;
    let refused = refused.problem("publish-gate", 422);
    refused
        .at(&format!("/langs/en/quotes/{}", quotes[0]))
        .at(&format!("/langs/ru/quotes/{}", quotes[1]));
    app.read_article(id, "").await.problem("not-found", 404);
    assert_eq!(
        article(&app, id).await.json["texts"]["az"]["state"],
        "draft"
    );

    let langs = json!({"az": {"version": 1}, "en": {"version": 2, "confirm_quotes": [quotes[0]]},
        "ru": {"version": 2, "confirm_quotes": [quotes[1]]}});
    publish(&app, id, json!({"langs": langs})).await.expect(200);

    // What is published as it is points at its language, too.
    app.patch_text(id, "en", json!({"headline": "Snow"}))
        .await
        .expect(200);
    let langs = json!({"az": {"version": 2}, "en": {"version": 4, "confirm_quotes": [quotes[0]]}});
    let refused = publish(&app, id, json!({"langs": langs})).await;
    refused.problem("wrong-state", 409).at("/langs/az");
    let read = app.read_article(id, "?lang=en").await.expect(200).json;
    assert_eq!(read["headline"], "Rain");
}

#[actix_web::test]
async fn what_was_saved_since_is_not_published_unseen() {
    let app = TestApp::start().await;
    let id = draft(&app).await;
    app.patch_text(&id, "ru", json!({"headline": "Снег"}))
        .await
        .expect(200);
    let langs = json!({"az": {"version": 1}, "ru": {"version": 1}});
    let stale = publish(&app, &id, json!({"langs": langs})).await;
    assert_eq!(stale.etag(), article(&app, &id).await.etag());
    stale.problem("stale", 412).at("/langs/ru/version");
    app.read_article(&id, "").await.problem("not-found", 404);

    let editor = app.as_editor();
    let publication = format!("{}/publication", path(&id));
    let request = json!({"langs": {"az": {"version": 1}}});
    editor
        .put(&publication, request.clone())
        .await
        .problem("precondition-required", 428);
    app.patch_article(&id, json!({"kind": "opinion"}))
        .await
        .expect(200);
    editor
        .put(&publication, request)
        .if_match("\"1\"")
        .await
        .problem("stale", 412);
    for (request, place) in [
        (json!({"langs": {}}), "/langs"),
        (json!({"langs": ["az"]}), "/langs"),
        (json!({"langs": {"tr": {"version": 1}}}), "/langs/tr"),
        (json!({"langs": {"az": {}}}), "/langs/az"),
        (
            json!({"langs": {"az": {"version": 0}}}),
            "/langs/az/version",
        ),
        (
            json!({"langs": {"az": {"version": 1, "state": "draft"}}}),
            "/langs/az/state",
        ),
    ] {
        publish(&app, &id, request)
            .await
            .problem("invalid-field", 422)
            .at(place);
    }
}

#[actix_web::test]
async fn an_article_is_taken_down_in_all_languages_at_once() {
    let app = TestApp::start().await;
    let id = draft(&app).await;
    let publication = format!("{}/publication", path(&id));
    let etag = article(&app, &id).await.etag();
    let down = async |etag: &str| app.as_editor().delete(&publication).if_match(etag).await;
    down(&etag).await.problem("wrong-state", 409);
    let langs = json!({"az": {"version": 1}, "en": {"version": 1}});
    let etag = publish(&app, &id, json!({"langs": langs}))
        .await
        .expect(200)
        .etag();
    let gone = down(&etag).await.expect(200).json;
    assert_eq!(
        (
            &gone["texts"]["az"]["state"],
            &gone["texts"]["en"]["state"],
            &gone["texts"]["ru"]["state"]
        ),
        (
            &json!("unpublished"),
            &json!("unpublished"),
            &json!("draft")
        )
    );
    app.read_article(&id, "").await.problem("not-found", 404);
    down(&etag).await.problem("stale", 412);
}
