//! Texts of an article: written and replaced, submitted, published, deleted.

use std::future::IntoFuture;

use serde_json::{Value, json};

use crate::support::{Answer, TestApp, id_of};

mod bodies;
mod revisions;
mod slugs;
mod together;

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

#[actix_web::test]
async fn a_deleted_text_comes_back_as_a_draft_that_nobody_has_submitted() {
    let scene = Scene::set().await;
    let note = json!({"note": "Please look."});
    let submitting = scene.app.put_state(&scene.id, "en", "submission", note);
    let etag = submitting.await.expect(200).etag();
    let editor = scene.app.as_editor();
    let deleting = editor.delete(&scene.path("en")).if_match(&etag);
    deleting.await.expect(204);
    let text = json!({"headline": "Another bridge"});
    let putting = editor.put(&scene.path("en"), text);
    let back = putting.header("if-none-match", "*").await.expect(201);
    assert_eq!(
        (&back.json["state"], &back.json["note"]),
        (&json!("draft"), &Value::Null)
    );
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

#[actix_web::test]
async fn of_those_who_write_a_language_at_once_one_makes_it_and_the_others_hear_its_version() {
    let scene = Scene::set().await;
    let writing = (0..6).map(|nth| {
        let text =
            json!({"headline": format!("Мост открывается, {nth}"), "body_markdown": "Мост."});
        let putting = scene.app.as_editor().put(&scene.path("ru"), text);
        putting.header("if-none-match", "*").into_future()
    });
    let answers = futures_util::future::join_all(writing).await;
    let (made, late): (Vec<_>, Vec<_>) = answers.into_iter().partition(|it| it.status == 201);
    assert_eq!(made.len(), 1);
    for answer in late {
        let stale = answer.problem("stale", 412);
        assert_eq!(stale.header("etag"), Some("\"1\""), "{stale}");
    }
}
