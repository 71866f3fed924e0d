//! Texts of an article: written and replaced, their bodies, slugs, revisions and review.

use serde_json::{Value, json};

use crate::support::{Answer, TestApp, id_of, items_of};

/// An article with a text in English, and the addresses of things on it.
struct Scene {
    app: TestApp,
    id: String,
}

impl Scene {
    async fn with(text: Value) -> Self {
        let app = TestApp::start().await;
        let article = app.posted_article(json!({"texts": {"en": text}})).await;
        let id = id_of(&article).to_owned();
        Self { app, id }
    }

    /// The bridge, quoted twice.
    async fn set() -> Self {
        Self::with(json!({
            "headline": "The bridge opens in May", "standfirst": "At last.",
            "body_markdown": "The minister said the bridge will open.\n\nA resident was “very glad” of it.",
            "quotes": [
                {"unnamed": "the minister", "manner": "indirect", "text": "the bridge will open"},
                {"unnamed": "a resident", "manner": "direct", "text": "very glad"},
            ],
        }))
        .await
    }

    fn path(&self, rest: &str) -> String {
        format!("/v1/desk/articles/{}/texts/{rest}", self.id)
    }

    async fn text(&self) -> Answer {
        self.app.desk_text(&self.id, "en").await
    }

    async fn patch(&self, patch: Value) -> Answer {
        self.app.patch_text(&self.id, "en", patch).await
    }

    async fn put(&self, text: Value) -> Answer {
        let etag = self.text().await.etag();
        let putting = self.app.as_editor().put(&self.path("en"), text);
        putting.if_match(&etag).await
    }

    async fn publish(&self) {
        self.app.publish_text(&self.id, "en").await;
    }
}

fn paragraph(key: &str, words: &str) -> Value {
    json!({"_type": "block", "_key": key, "style": "normal", "markDefs": [],
        "children": [{"_type": "span", "_key": "s", "text": words, "marks": []}]})
}

fn words(body: &Value) -> Vec<String> {
    let blocks = body.as_array().expect("blocks").iter();
    blocks
        .map(|block| {
            let spans = block["children"].as_array().expect("spans").iter();
            spans
                .map(|span| span["text"].as_str().expect("text"))
                .collect()
        })
        .collect()
}

#[actix_web::test]
async fn a_put_creates_or_replaces_and_says_which() {
    let scene = Scene::set().await;
    let editor = scene.app.as_editor();
    let (path, text) = (
        scene.path("az"),
        json!({"headline": "Körpü açılır", "body_markdown": "Mayda."}),
    );
    editor
        .put(&path, text.clone())
        .await
        .problem("precondition-required", 428);
    editor
        .put(&path, text.clone())
        .if_match("\"1\"")
        .await
        .problem("stale", 412);
    let made = editor
        .put(&path, text.clone())
        .header("if-none-match", "*")
        .await
        .expect(201);
    assert_eq!(made.header("location"), Some(path.as_str()));
    assert_eq!(
        (&made.json["state"], &made.json["head_revision"]),
        (&json!("draft"), &json!(1))
    );
    editor
        .put(&path, text.clone())
        .header("if-none-match", "*")
        .await
        .problem("stale", 412);
    editor
        .put(&path, text.clone())
        .await
        .problem("precondition-required", 428);

    let other = json!({"headline": "Körpü açıldı", "standfirst": "Nəhayət."});
    let replaced = editor
        .put(&path, other)
        .if_match(&made.etag())
        .await
        .expect(200);
    assert_eq!(replaced.json["headline"], "Körpü açıldı");
    assert_eq!(
        (&replaced.json["body"], &replaced.json["slug"]),
        (&json!([]), &made.json["slug"])
    );
    let stale = editor.put(&path, text).if_match(&made.etag()).await;
    assert_eq!(stale.etag(), replaced.etag());
    stale.problem("stale", 412);
    let texts = editor
        .get(&format!("/v1/desk/articles/{}", scene.id))
        .await
        .expect(200)
        .json;
    assert_eq!(texts["texts"].as_object().expect("texts").len(), 2);
}

#[actix_web::test]
async fn a_patch_tells_null_from_absent() {
    let scene = Scene::set().await;
    let before = scene.text().await.json;
    let image = json!({"url": "https://example.az/bridge.jpg", "alt": "A bridge", "caption": null, "credit": null,
        "width": 1200, "height": 800});
    let changed = scene
        .patch(json!({"image": image, "seo": {"title": "Bridge", "description": null}}))
        .await;
    let changed = changed.expect(200).json;
    assert_eq!(
        (&changed["image"], &changed["standfirst"]),
        (&image, &json!("At last."))
    );
    assert_eq!(
        (&changed["headline"], &changed["body"]),
        (&before["headline"], &before["body"])
    );
    let cleared = scene
        .patch(json!({"image": null, "standfirst": null}))
        .await
        .expect(200)
        .json;
    assert_eq!(
        (&cleared["image"], &cleared["standfirst"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(
        cleared["seo"],
        json!({"title": "Bridge", "description": null})
    );
    scene
        .patch(json!({"headline": null}))
        .await
        .problem("invalid-field", 422)
        .at("/headline");
    scene
        .patch(json!({"title": "x"}))
        .await
        .problem("invalid-field", 422)
        .at("/title");
    scene
        .patch(json!({"state": "published"}))
        .await
        .problem("invalid-field", 422)
        .at("/state");
}

#[actix_web::test]
async fn quotes_are_taken_only_where_a_text_is_created() {
    let scene = Scene::set().await;
    let text = json!({"headline": "Bridge", "body_markdown": "No words.", "quotes": []});
    scene
        .put(text)
        .await
        .problem("invalid-field", 422)
        .at("/quotes");
    scene
        .patch(json!({"quotes": []}))
        .await
        .problem("invalid-field", 422)
        .at("/quotes");
    assert_eq!(
        scene.text().await.json["quotes"]
            .as_array()
            .expect("quotes")
            .len(),
        2
    );
}

#[actix_web::test]
async fn a_body_comes_as_blocks_markdown_or_html_but_once() {
    let scene = Scene::set().await;
    let same = ["One & two.", "Three."];
    let bodies = [
        json!({"body_markdown": "One & two.\n\nThree."}),
        json!({"body_html": "<p onclick=\"x()\">One &amp; two.</p><script>no()</script><p>Three.</p>"}),
        json!({"body": [paragraph("a", "One & two."), paragraph("b", "Three.")]}),
    ];
    for body in &bodies {
        let saved = scene.patch(body.clone()).await.expect(200).json;
        assert_eq!(words(&saved["body"]), same, "{body}");
    }
    let two = json!({"body_markdown": "One.", "body_html": "<p>One.</p>"});
    scene
        .patch(two)
        .await
        .problem("invalid-field", 422)
        .at("/body");
    let two = json!({"headline": "Bridge", "body": [], "body_markdown": "One."});
    scene
        .put(two)
        .await
        .problem("invalid-field", 422)
        .at("/body");
}

#[actix_web::test]
async fn paragraphs_keep_their_keys_when_markdown_comes_again() {
    let scene = Scene::set().await;
    let keys = |json: &Value| -> Vec<String> {
        let blocks = json["body"].as_array().expect("blocks").iter();
        blocks
            .map(|block| block["_key"].as_str().expect("a key").to_owned())
            .collect()
    };
    let before = keys(&scene.text().await.json);
    let body = "A new beginning.\n\nThe minister said the bridge will open.\n\nA resident was “very glad” of that.";
    let after = keys(
        &scene
            .patch(json!({"body_markdown": body}))
            .await
            .expect(200)
            .json,
    );
    assert_eq!(after[1..], before);
}

#[actix_web::test]
async fn what_is_wrong_in_a_body_is_pointed_at() {
    let scene = Scene::set().await;
    let wrong = [
        (
            json!([paragraph("a", "One."), {"_type": "table", "_key": "t"}]),
            "/body/1/_type",
        ),
        (
            json!([{"_type": "block", "_key": "a", "style": "h7", "markDefs": [], "children": []}]),
            "/body/0/style",
        ),
        (
            json!([paragraph("a", "One."), {"_type": "embed", "_key": "e", "url": "javascript:x()", "title": null}]),
            "/body/1/url",
        ),
        (
            json!([{"_type": "block", "_key": "a", "style": "normal", "markDefs": [],
            "children": [{"_type": "span", "_key": "s", "text": "x", "marks": ["glow"]}]}]),
            "/body/0/children/0/marks/0",
        ),
        (json!("One."), "/body"),
    ];
    for (body, pointer) in wrong {
        scene
            .patch(json!({"body": body}))
            .await
            .problem("invalid-body", 422)
            .at(pointer);
    }
    let posting = json!({"kind": "news", "texts": {"en": {"headline": "Bridge", "body": [{"_type": "table"}]}}});
    let posting = scene.app.as_editor().post("/v1/desk/articles", posting);
    posting
        .await
        .problem("invalid-body", 422)
        .at("/texts/en/body/0/_type");
}

#[actix_web::test]
async fn readers_choose_the_form_of_the_body() {
    let scene = Scene::set().await;
    scene.publish().await;
    let read = async |form: &str| {
        let query = format!("?lang=en&body={form}");
        scene
            .app
            .read_article(&scene.id, &query)
            .await
            .expect(200)
            .json["body"]
            .clone()
    };
    assert_eq!(
        words(&read("blocks").await)[0],
        "The minister said the bridge will open."
    );
    assert_eq!(read("none").await, Value::Null);
    assert_eq!(
        read("text").await,
        "The minister said the bridge will open.\n\nA resident was “very glad” of it."
    );
    let html = read("html").await;
    let html = html.as_str().expect("HTML");
    assert!(
        html.starts_with("<p>The minister said <") && html.contains("the bridge will open</"),
        "{html}"
    );
    let markdown = read("markdown").await;
    let back = scene
        .patch(json!({"body_markdown": markdown}))
        .await
        .expect(200)
        .json;
    assert_eq!(words(&back["body"]).len(), 2);
    for effect in back["quote_effects"].as_array().expect("effects") {
        assert_eq!(effect["after"], "anchored");
    }
    let path = format!("/v1/articles/{}?body=pdf", scene.id);
    scene
        .app
        .anonymous()
        .get(&path)
        .await
        .problem("invalid-parameter", 400)
        .at("body");
}

#[actix_web::test]
async fn slugs_come_of_the_headline_in_its_language() {
    let scene = Scene::with(json!({"headline": "The bridge opens in May"})).await;
    let texts = json!({
        "az": {"headline": "Şəhərdə körpü açılır"}, "ru": {"headline": "Мост откроют в мае"},
        "en": {"headline": "The bridge opens in May"},
    });
    let second = scene.app.posted_article(json!({"texts": texts})).await;
    assert_eq!(second["texts"]["az"]["slug"], "seherde-korpu-acilir");
    let russian = second["texts"]["ru"]["slug"].as_str().expect("a slug");
    assert!(
        russian.starts_with("most-otkro") && russian.is_ascii(),
        "{russian}"
    );
    assert_eq!(second["texts"]["en"]["slug"], "the-bridge-opens-in-may-2");
    let third = scene.app.posted_article(json!({})).await;
    assert_eq!(third["texts"]["en"]["slug"], "the-bridge-opens-in-may-3");

    let taken = scene
        .app
        .patch_text(
            id_of(&third),
            "en",
            json!({"slug": "the-bridge-opens-in-may"}),
        )
        .await;
    taken.problem("slug-taken", 409).at("/slug");
    let text = json!({"headline": "Another", "slug": "the-bridge-opens-in-may"});
    let posting = json!({"kind": "news", "texts": {"en": text}});
    let posting = scene.app.as_editor().post("/v1/desk/articles", posting);
    posting
        .await
        .problem("slug-taken", 409)
        .at("/texts/en/slug");
    let other_language = scene.app.patch_text(
        id_of(&second),
        "az",
        json!({"slug": "the-bridge-opens-in-may"}),
    );
    other_language.await.expect(200);
}

#[actix_web::test]
async fn an_old_slug_leads_to_the_new_one_and_is_never_given_away() {
    let scene = Scene::set().await;
    scene.publish().await;
    scene
        .patch(json!({"headline": "The bridge opens in June"}))
        .await
        .expect(200);
    assert_eq!(scene.text().await.json["slug"], "the-bridge-opens-in-may");
    scene
        .patch(json!({"slug": "bridge-in-june"}))
        .await
        .expect(200);
    let reader = scene.app.anonymous();
    reader
        .get("/v1/articles/by-slug/en/the-bridge-opens-in-may")
        .await
        .expect(200);
    reader
        .get("/v1/articles/by-slug/en/bridge-in-june")
        .await
        .problem("not-found", 404);
    scene.publish().await;

    for door in ["articles/by-slug", "pages/articles"] {
        reader
            .get(&format!("/v1/{door}/en/bridge-in-june"))
            .await
            .expect(200);
        let moved = reader
            .get(&format!(
                "/v1/{door}/en/the-bridge-opens-in-may?body=text&fields=id"
            ))
            .await;
        let moved = moved.expect(301);
        let place = format!("/v1/{door}/en/bridge-in-june?body=text&fields=id");
        assert_eq!(moved.header("location"), Some(place.as_str()));
        assert_eq!(moved.header("cache-control"), Some("public, max-age=15"));
    }
    let other = scene.app.posted_article(json!({})).await;
    assert_eq!(other["texts"]["en"]["slug"], "the-bridge-opens-in-may-2");
    let wish = json!({"slug": "the-bridge-opens-in-may"});
    scene
        .app
        .patch_text(id_of(&other), "en", wish.clone())
        .await
        .problem("slug-taken", 409);
    scene.patch(wish).await.expect(200);
}

#[actix_web::test]
async fn a_draft_gives_back_the_slug_that_it_no_longer_uses() {
    let scene = Scene::set().await;
    scene.patch(json!({"slug": "bridge"})).await.expect(200);
    let other = scene.app.posted_article(json!({})).await;
    assert_eq!(other["texts"]["en"]["slug"], "the-bridge-opens-in-may");
    let again = scene.patch(json!({"slug": null})).await.expect(200).json;
    assert_eq!(again["slug"], "the-bridge-opens-in-may-2");
}

#[actix_web::test]
async fn every_save_is_a_revision_that_can_be_compared() {
    let scene = Scene::set().await;
    scene
        .patch(json!({"headline": "The bridge opens in June"}))
        .await
        .expect(200);
    let body = "The minister said the bridge will open soon.\n\nA third paragraph.";
    scene
        .patch(json!({"body_markdown": body}))
        .await
        .expect(200);
    let editor = scene.app.as_editor();
    let list = editor
        .get(&scene.path("en/revisions?limit=2&count=true"))
        .await
        .expect(200)
        .json;
    let numbers: Vec<&Value> = items_of(&list).iter().map(|item| &item["number"]).collect();
    assert_eq!(
        (numbers, &list["total"]),
        (vec![&json!(3), &json!(2)], &json!(3))
    );
    let next = list["page"]["next"].as_str().expect("a cursor");
    let rest = editor.get(&scene.path(&format!("en/revisions?limit=2&count=true&cursor={next}")));
    assert_eq!(rest.await.expect(200).json["items"][0]["number"], 1);

    let first = editor
        .get(&scene.path("en/revisions/1"))
        .await
        .expect(200)
        .json;
    assert_eq!(
        (&first["headline"], first["quotes"].as_array().map(Vec::len)),
        (&json!("The bridge opens in May"), Some(2))
    );
    let diff = editor
        .get(&scene.path("en/diff?from=1&to=3"))
        .await
        .expect(200)
        .json;
    assert_eq!(diff["fields"][0]["field"], "headline");
    let fates: Vec<&Value> = diff["blocks"]
        .as_array()
        .expect("blocks")
        .iter()
        .map(|block| &block["change"])
        .collect();
    assert_eq!(
        fates,
        [&json!("changed"), &json!("added"), &json!("removed")]
    );
    let inserted = diff["blocks"][0]["words"].as_array().expect("words");
    assert!(inserted.iter().any(|stretch| stretch["op"] == "insert"
        && stretch["text"].as_str().expect("text").contains("soon")));
    editor
        .get(&scene.path("en/diff?from=1"))
        .await
        .problem("invalid-parameter", 400)
        .at("to");
    editor
        .get(&scene.path("en/revisions/9"))
        .await
        .problem("not-found", 404);
}

#[actix_web::test]
async fn a_restoration_brings_back_words_and_quotes() {
    let scene = Scene::set().await;
    let first = scene.text().await.json;
    scene
        .patch(json!({"headline": "Nothing", "body_markdown": "Nothing is left."}))
        .await
        .expect(200);
    let quote = format!("/v1/desk/quotes/{}", id_of(&first["quotes"][1]));
    let etag = scene.text().await.etag();
    scene
        .app
        .as_editor()
        .delete(&quote)
        .if_match(&etag)
        .await
        .expect(204);
    assert_eq!(
        scene.text().await.json["quotes"]
            .as_array()
            .expect("quotes")
            .len(),
        1
    );

    let etag = scene.text().await.etag();
    let restoring = scene
        .app
        .as_editor()
        .put(&scene.path("en/revisions/1/restoration"), json!({}));
    let back = restoring.if_match(&etag).await.expect(200).json;
    for field in ["headline", "standfirst", "body", "quotes"] {
        assert_eq!(back[field], first[field], "{field}");
    }
    assert_eq!(back["head_revision"], 4);
    let list = scene
        .app
        .as_editor()
        .get(&scene.path("en/revisions"))
        .await
        .expect(200)
        .json;
    assert_eq!(
        (
            &list["items"][0]["cause"],
            &list["items"][0]["restored_from"]
        ),
        (&json!("restoration"), &json!(1))
    );
}

#[actix_web::test]
async fn a_text_is_submitted_and_taken_back() {
    let scene = Scene::set().await;
    let submit = async |note: Value| {
        scene
            .app
            .put_state(&scene.id, "en", "submission", json!({"note": note}))
            .await
    };
    let submitted = submit(json!("Please check.")).await.expect(200).json;
    assert_eq!(
        (&submitted["state"], &submitted["note"]),
        (&json!("in_review"), &json!("Please check."))
    );
    submit(Value::Null).await.problem("wrong-state", 409);
    let etag = scene.text().await.etag();
    let back = scene.app.as_editor().delete(&scene.path("en/submission"));
    assert_eq!(
        back.if_match(&etag).await.expect(200).json["state"],
        "draft"
    );

    scene.publish().await;
    submit(Value::Null).await.problem("wrong-state", 409);
    let pending = scene
        .patch(json!({"headline": "The bridge opens in June"}))
        .await
        .expect(200)
        .json;
    assert_eq!(
        (&pending["state"], &pending["pending"]),
        (&json!("published"), &json!("draft"))
    );
    let submitted = submit(Value::Null).await.expect(200).json;
    assert_eq!(
        (&submitted["state"], &submitted["pending"]),
        (&json!("published"), &json!("in_review"))
    );
    let read = scene.app.read_article(&scene.id, "").await.expect(200).json;
    assert_eq!(read["headline"], "The bridge opens in May");
    scene.publish().await;
    let read = scene.app.read_article(&scene.id, "").await.expect(200).json;
    assert_eq!(read["headline"], "The bridge opens in June");
    assert_eq!(scene.text().await.json["pending"], Value::Null);
}

#[actix_web::test]
async fn a_deleted_text_is_hidden_until_it_is_written_again() {
    let scene = Scene::set().await;
    let etag = scene.text().await.etag();
    let editor = scene.app.as_editor();
    editor
        .delete(&scene.path("en"))
        .if_match(&etag)
        .await
        .expect(204);
    editor
        .get(&scene.path("en"))
        .await
        .problem("not-found", 404);
    let text = json!({"headline": "The bridge, again"});
    let again = editor
        .put(&scene.path("en"), text)
        .header("if-none-match", "*")
        .await
        .expect(201);
    assert_eq!(again.json["head_revision"], 2);
    scene.publish().await;
    let etag = scene.text().await.etag();
    editor
        .delete(&scene.path("en"))
        .if_match(&etag)
        .await
        .problem("wrong-state", 409);
}

#[actix_web::test]
async fn an_archive_is_imported_with_its_own_dates() {
    let scene = Scene::set().await;
    let publish = async |at: &str| {
        scene
            .app
            .put_state(&scene.id, "en", "publication", json!({"published_at": at}))
            .await
    };
    publish("2999-01-01T00:00:00Z")
        .await
        .problem("invalid-field", 422)
        .at("/published_at");
    publish("2011-05-06T07:08:09Z").await.expect(200);
    let read = scene.app.read_article(&scene.id, "").await.expect(200).json;
    for field in ["first_published_at", "published_at", "updated_at"] {
        assert_eq!(read[field], "2011-05-06T07:08:09Z", "{field}");
    }
}
