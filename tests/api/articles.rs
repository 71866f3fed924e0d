//! Articles at the desk: posted, changed, deleted and brought back, by whom, and when readers hear
//! of it.

use serde_json::{Value, json};

use crate::support::{Answer, Client, TestApp, id_of, items_of};

const NOBODY: &str = "0192f1a2-7c3e-7b10-9a55-1f0c2d3e4a01";

fn story(headline: &str) -> Value {
    json!({"kind": "news", "texts": {"en": {"headline": headline, "body_markdown": "It rained."}}})
}

fn place(article: &Value) -> String {
    format!("/v1/desk/articles/{}", id_of(article))
}

async fn term(app: &TestApp, kind: &str, slug: &str) -> Value {
    let new =
        json!({"slug": slug, "names": {"az": format!("{slug} az"), "en": format!("{slug} en")}});
    let making = app.as_editor().post(&format!("/v1/desk/{kind}"), new);
    making.await.expect(201).json
}

async fn etag(client: &Client, path: &str) -> String {
    client.get(path).await.expect(200).etag()
}

async fn headlines(client: &Client, path: &str) -> Vec<String> {
    let list = client.get(path).await.expect(200).json;
    let first = |item: &Value| match item["texts"].as_object() {
        Some(texts) => texts.values().next().expect("a text")["headline"].to_string(),
        None => item["headline"].to_string(),
    };
    items_of(&list)
        .iter()
        .map(|item| first(item).replace('"', ""))
        .collect()
}

#[actix_web::test]
async fn an_article_is_posted_changed_deleted_and_brought_back() {
    let app = TestApp::start().await;
    let editor = app.as_editor();
    let made = editor.post("/v1/desk/articles", story("Rain")).await;
    let made = made.expect(201);
    assert_eq!(made.header("location"), Some(place(&made.json).as_str()));
    let path = place(&made.json);
    let read = editor.get(&path).await.expect(200);
    assert_eq!(read.etag(), made.etag());
    for field in ["external_id", "section", "deleted_at"] {
        assert_eq!(
            read.json.as_object().expect("fields").get(field),
            Some(&Value::Null)
        );
    }

    let changed = editor.patch(&path, json!({"kind": "opinion", "external_id": "wire:1"}));
    let changed = changed.if_match(&made.etag()).await.expect(200);
    assert_eq!(changed.json["kind"], "opinion");
    let cleared = editor.patch(&path, json!({"external_id": null}));
    let cleared = cleared.if_match(&changed.etag()).await.expect(200);
    assert_eq!(
        (&cleared.json["kind"], &cleared.json["external_id"]),
        (&json!("opinion"), &Value::Null)
    );

    editor
        .delete(&path)
        .await
        .problem("precondition-required", 428);
    editor
        .delete(&path)
        .if_match(&made.etag())
        .await
        .problem("stale", 412);
    editor
        .delete(&path)
        .if_match(&cleared.etag())
        .await
        .expect(204);
    assert_eq!(headlines(&editor, "/v1/desk/articles").await, [""; 0]);
    assert_eq!(
        headlines(&editor, "/v1/desk/articles?deleted=true").await,
        ["Rain"]
    );
    let gone = etag(&editor, &path).await;
    editor
        .patch(&path, json!({"kind": "news"}))
        .if_match(&gone)
        .await
        .problem("wrong-state", 409);

    let restoring = editor.put(&format!("{path}/restoration"), json!({}));
    let back = restoring.if_match(&gone).await.expect(200);
    assert_eq!(back.json["deleted_at"], Value::Null);
    assert_eq!(headlines(&editor, "/v1/desk/articles").await, ["Rain"]);
}

#[actix_web::test]
async fn what_an_article_names_must_be_there() {
    let app = TestApp::start().await;
    let quote = |quote: Value| json!({"en": {"headline": "Rain", "body_markdown": "It rained.", "quotes": [quote]}});
    let wrong = [
        (json!({"section": "nowhere"}), "/section"),
        (json!({"topics": ["nothing"]}), "/topics/0"),
        (
            json!({"authors": [{"name": "A Reporter", "user": NOBODY}]}),
            "/authors/0/user",
        ),
        (
            json!({"related": [{"rel": "related", "internal": NOBODY}]}),
            "/related/0/internal",
        ),
        (
            json!({"related": [{"rel": "promoted", "external": {"lang": "en", "headline": "A fair"}}]}),
            "/related/0",
        ),
        (
            json!({"texts": quote(json!({"source": "#she", "manner": "direct", "text": "It rained"}))}),
            "/texts/en/quotes/0/source",
        ),
        (
            json!({"texts": quote(json!({"source": NOBODY, "manner": "direct", "text": "It rained"}))}),
            "/texts/en/quotes/0/source",
        ),
        (
            json!({"texts": quote(json!({"manner": "direct", "text": "It rained"}))}),
            "/texts/en/quotes/0/source",
        ),
        (json!({"version": 3}), "/version"),
        (
            json!({"texts": {"en": {"headline": "Rain", "state": "published"}}}),
            "/texts/en/state",
        ),
        (
            json!({"texts": {"en": {"headline": ""}}}),
            "/texts/en/headline",
        ),
    ];
    for (fields, pointer) in wrong {
        let mut article = story("Rain");
        for (name, value) in fields.as_object().expect("fields") {
            article[name] = value.clone();
        }
        let posting = app.as_editor().post("/v1/desk/articles", article);
        posting.await.problem("invalid-field", 422).at(pointer);
    }
    assert_eq!(
        headlines(&app.as_editor(), "/v1/desk/articles").await,
        [""; 0]
    );
}

#[actix_web::test]
async fn a_wire_knows_its_article_by_one_external_id() {
    let app = TestApp::start().await;
    let wired = |headline: &str, id: &str| {
        let mut article = story(headline);
        article["external_id"] = id.into();
        article
    };
    let editor = app.as_editor();
    editor
        .post("/v1/desk/articles", wired("Rain", "wire:1"))
        .await
        .expect(201);
    let again = editor
        .post("/v1/desk/articles", wired("Rain again", "wire:1"))
        .await;
    again.problem("already-exists", 409).at("/external_id");
    let other = editor
        .post("/v1/desk/articles", wired("Snow", "wire:2"))
        .await
        .expect(201)
        .json;
    let taken = app
        .patch_article(id_of(&other), json!({"external_id": "wire:1"}))
        .await;
    taken.problem("already-exists", 409).at("/external_id");
    assert_eq!(
        headlines(&editor, "/v1/desk/articles?external_id=wire:1").await,
        ["Rain"]
    );
}

#[actix_web::test]
async fn contributors_see_and_write_their_own() {
    let app = TestApp::start().await;
    let (own, editors) = (
        app.as_contributor(),
        app.posted_article(story("Not theirs")).await,
    );
    let article = own
        .post("/v1/desk/articles", story("Their own"))
        .await
        .expect(201)
        .json;
    assert_eq!(headlines(&own, "/v1/desk/articles").await, ["Their own"]);
    own.get(&place(&editors)).await.problem("not-found", 404);
    own.get(&format!("{}/texts/en", place(&editors)))
        .await
        .problem("not-found", 404);
    let patching = own.patch(&place(&editors), json!({"kind": "video"}));
    patching.if_match("\"1\"").await.problem("not-found", 404);

    let text = format!("{}/texts/en", place(&article));
    let tag = etag(&own, &text).await;
    let saved = own
        .patch(&text, json!({"standfirst": "A wet day."}))
        .if_match(&tag)
        .await
        .expect(200);
    let publication = format!("{text}/publication");
    let publishing = own.put(&publication, json!({})).if_match(&saved.etag());
    publishing.await.problem("forbidden", 403);
    let submission = own.put(&format!("{text}/submission"), json!({"note": "Please."}));
    submission.if_match(&saved.etag()).await.expect(200);

    app.publish_text(id_of(&article), "en").await;
    let tag = etag(&own, &text).await;
    let late = own.patch(&text, json!({"headline": "Dry"})).if_match(&tag);
    late.await.problem("forbidden", 403);
    let tag = etag(&own, &place(&article)).await;
    let late = own
        .patch(&place(&article), json!({"kind": "video"}))
        .if_match(&tag);
    late.await.problem("forbidden", 403);
    own.delete(&publication)
        .if_match(&tag)
        .await
        .problem("forbidden", 403);

    app.publish_text(id_of(&editors), "en").await;
    own.get(&place(&editors)).await.expect(200);
    let patching = own.patch(&place(&editors), json!({"kind": "video"}));
    patching.if_match("\"1\"").await.problem("forbidden", 403);
}

#[actix_web::test]
async fn the_desk_finds_articles_by_their_states() {
    let app = TestApp::start().await;
    let section = term(&app, "sections", "city").await;
    app.posted_article(story("Draft")).await;
    let waiting = app.posted_article(story("Waiting")).await;
    app.put_state(id_of(&waiting), "en", "submission", json!({}))
        .await
        .expect(200);
    let published = app.published_article(story("Published")).await;
    app.patch_article(id_of(&published), json!({"section": "city"}))
        .await
        .expect(200);
    app.patch_text(id_of(&published), "en", json!({"standfirst": "More."}))
        .await
        .expect(200);
    let down = app.published_article(story("Down")).await;
    app.unpublish_text(id_of(&down), "en").await;

    let editor = app.as_editor();
    let editors = app.people.editor.user.id;
    let asked = [
        ("state=draft".to_owned(), "Draft"),
        ("state=in_review".to_owned(), "Waiting"),
        ("state=published".to_owned(), "Published"),
        ("state=unpublished".to_owned(), "Down"),
        ("pending=draft".to_owned(), "Published"),
        (format!("section={}", id_of(&section)), "Published"),
        (format!("state=draft&lang=en&author={editors}"), "Draft"),
    ];
    for (filter, headline) in asked {
        let found = headlines(&editor, &format!("/v1/desk/articles?{filter}")).await;
        assert_eq!(found, [headline], "{filter}");
    }
    let count = editor
        .get("/v1/desk/articles?lang=az&count=true")
        .await
        .expect(200);
    assert_eq!(count.json["total"], 0);
    editor
        .get("/v1/desk/articles?states=draft")
        .await
        .problem("unknown-parameter", 400)
        .at("states");
}

#[actix_web::test]
async fn a_change_of_a_published_article_reaches_readers_at_once() {
    let app = TestApp::start().await;
    term(&app, "sections", "city").await;
    let topic = term(&app, "topics", "rain").await;
    let other = app.published_article(story("Another")).await;
    let article = app.published_article(story("Rain")).await;
    let id = id_of(&article);
    let before = app.read_article(id, "?lang=en").await.expect(200);
    assert_eq!(before.json["section"], Value::Null);

    let patch = json!({
        "section": "city", "topics": ["rain"], "kind": "explainer", "review_policy": "closed",
        "authors": [{"name": "A Reporter", "user": null, "url": "https://example.az/reporter"}],
        "related": [{"rel": "related", "internal": id_of(&other)}],
    });
    let changed = app.patch_article(id, patch.clone()).await.expect(200);
    let after = app
        .read_article(id, "?lang=en&include=related")
        .await
        .expect(200);
    assert_ne!(after.etag(), before.etag());
    assert_eq!(after.json["section"]["name"], "city en");
    assert_eq!(
        after.json["topics"],
        json!([{"id": topic["id"], "slug": "rain", "name": "rain en"}])
    );
    assert_eq!(
        (&after.json["kind"], &after.json["authors"]),
        (&json!("explainer"), &patch["authors"])
    );
    assert_eq!(
        (
            &after.json["reviews"]["open"],
            &after.json["reviews"]["policy"]
        ),
        (&json!(false), &json!("closed"))
    );
    assert_eq!(after.json["related"][0]["internal"]["headline"], "Another");
    for filter in [
        "section=city",
        "topic=rain",
        "kind=explainer",
        "section=city&topic=rain&kind=explainer",
    ] {
        let list = headlines(&app.anonymous(), &format!("/v1/articles?lang=en&{filter}")).await;
        assert_eq!(list, ["Rain"], "{filter}");
    }
    let changes = app
        .as_editor()
        .get("/v1/desk/changes?limit=100")
        .await
        .expect(200)
        .json;
    let last = items_of(&changes).last().expect("a change");
    let keys = json!([
        format!("article:{id}"),
        "articles:en",
        "quotes",
        "sitemaps",
        "sitemap:1",
        "any-article"
    ]);
    assert_eq!(last["surrogate_keys"], keys);

    app.unpublish_text(id_of(&other), "en").await;
    let alone = app
        .read_article(id, "?lang=en&include=related")
        .await
        .expect(200);
    assert_eq!(alone.json["related"], json!([]));
    let cleared = app
        .as_editor()
        .patch(&place(&article), json!({"section": null, "topics": []}));
    cleared.if_match(&changed.etag()).await.expect(200);
    assert_eq!(
        headlines(&app.anonymous(), "/v1/articles?lang=en&section=city").await,
        [""; 0]
    );
}

async fn publication(app: &TestApp, id: &str) -> Answer {
    app.put_state(id, "en", "publication", json!({})).await
}

#[actix_web::test]
async fn what_is_taken_down_is_404_and_may_come_back() {
    let app = TestApp::start().await;
    let article = app.published_article(story("Rain")).await;
    let id = id_of(&article);
    publication(&app, id).await.problem("wrong-state", 409);
    let editor = app.as_editor();
    let tag = etag(&editor, &place(&article)).await;
    editor
        .delete(&place(&article))
        .if_match(&tag)
        .await
        .problem("in-use", 409);

    app.unpublish_text(id, "en").await;
    app.read_article(id, "").await.problem("not-found", 404);
    let by_slug = app.anonymous().get("/v1/articles/by-slug/en/rain").await;
    assert_eq!(by_slug.header("cache-control"), Some("public, max-age=15"));
    by_slug.problem("not-found", 404);
    assert_eq!(
        headlines(&app.anonymous(), "/v1/articles?lang=en").await,
        [""; 0]
    );

    app.clock.advance(60);
    publication(&app, id).await.expect(200);
    let back = app.read_article(id, "").await.expect(200).json;
    let first = &article["texts"]["en"]["first_published_at"];
    assert_eq!(&back["first_published_at"], first);
    assert_ne!(&back["published_at"], first);
}

#[actix_web::test]
async fn an_article_that_is_related_and_promoted_is_shown_as_both() {
    let app = TestApp::start().await;
    let other = app.published_article(story("Wind")).await;
    let related = json!([
        {"rel": "related", "internal": other["id"]},
        {"rel": "promoted", "label": "Partner", "internal": other["id"]},
    ]);
    let article = app.published_article(json!({"related": related})).await;
    let path = format!("/v1/articles/{}/related?lang=en", id_of(&article));
    let read = app.anonymous().get(&path).await.expect(200).json;
    let shown: Vec<_> = items_of(&read)
        .iter()
        .map(|item| (&item["rel"], &item["internal"]["id"]))
        .collect();
    let rels = [json!("related"), json!("promoted")];
    assert_eq!(shown, [(&rels[0], &other["id"]), (&rels[1], &other["id"])]);
}

#[actix_web::test]
async fn what_is_retracted_is_gone_for_good_and_says_why() {
    let app = TestApp::start().await;
    let draft = app.posted_article(story("Never out")).await;
    let early = app
        .put_state(id_of(&draft), "en", "retraction", json!({"note": "No."}))
        .await;
    early.problem("wrong-state", 409);
    let article = app.published_article(story("Rain")).await;
    let id = id_of(&article);
    let note = "The report could not be confirmed.";
    app.put_state(id, "en", "retraction", json!({"note": note}))
        .await
        .expect(200);

    for path in [
        format!("/v1/articles/{id}"),
        format!("/v1/articles/{id}?lang=en"),
        format!("/v1/articles/{id}/quotes"),
        format!("/v1/articles/{id}/related"),
        format!("/v1/articles/{id}/reviews"),
        "/v1/articles/by-slug/en/rain".to_owned(),
        "/v1/pages/articles/en/rain".to_owned(),
    ] {
        let gone = app.anonymous().get(&path).await.problem("gone", 410);
        assert_eq!(gone.json["detail"], note);
        assert_eq!(gone.header("cache-control"), Some("public, max-age=15"));
    }
    app.patch_text(id, "en", json!({"headline": "Rain?"}))
        .await
        .problem("wrong-state", 409);
    publication(&app, id).await.problem("wrong-state", 409);
    let note = "What was reported did not happen.";
    app.put_state(id, "en", "retraction", json!({"note": note}))
        .await
        .expect(200);
    let gone = app.anonymous().get(&format!("/v1/articles/{id}")).await;
    assert_eq!(gone.problem("gone", 410).json["detail"], note);
    let revision = format!("{}/texts/en/revisions/1/restoration", place(&article));
    let tag = app.desk_text(id, "en").await.etag();
    let restoring = app.as_editor().put(&revision, json!({})).if_match(&tag);
    restoring.await.problem("wrong-state", 409);
}
