//! Quotes that are taken out of their text, and come back with an earlier revision.

use serde_json::{Value, json};

use super::Scene;
use crate::support::{Answer, TestApp, id_of};

impl Scene {
    async fn take_out(&self, quote: &Value) {
        let path = format!("/v1/desk/quotes/{}", id_of(quote));
        let deleting = self.app.as_editor().delete(&path);
        deleting
            .if_match(&self.text().await.etag())
            .await
            .expect(204);
    }

    async fn restore(&self, n: i32) -> Answer {
        restore(&self.app, &self.id, "en", n).await
    }
}

async fn restore(app: &TestApp, id: &str, lang: &str, n: i32) -> Answer {
    let etag = app.desk_text(id, lang).await.etag();
    let path = format!("/v1/desk/articles/{id}/texts/{lang}/revisions/{n}/restoration");
    let restoring = app.as_editor().put(&path, json!({}));
    restoring.if_match(&etag).await
}

#[actix_web::test]
async fn what_was_found_out_about_a_quote_is_known_when_it_comes_back() {
    let scene = Scene::glad().await;
    scene.publish(json!({})).await.expect(200);
    let quote = scene.quote().await;
    let path = format!("/v1/desk/quotes/{}/verification", id_of(&quote));
    let etag = scene.text().await.etag();
    let verifying = scene
        .app
        .as_editor()
        .put(&path, json!({"state": "withdrawn"}));
    let withdrawn = verifying.if_match(&etag).await.expect(200).json;
    scene.take_out(&quote).await;

    let back = scene.restore(1).await.expect(200).json;
    assert_eq!(back["quotes"][0]["id"], quote["id"]);
    assert_eq!(back["quotes"][0]["verification"], withdrawn["verification"]);
    assert_eq!(
        back["quote_effects"][0],
        json!({"quote": quote["id"], "before": null, "after": "anchored", "nearest": null})
    );
    scene.publish(json!({})).await.expect(200);
    let read = scene.read().await;
    assert_eq!(read["quotes"][0]["verification"]["state"], "withdrawn");
}

#[actix_web::test]
async fn a_pull_quote_keeps_its_words_when_its_quote_is_taken_out() {
    let scene = Scene::glad().await;
    let quote = scene.quote().await;
    let mut body = scene.text().await.json["body"].clone();
    let pull =
        json!({"_type": "pullQuote", "_key": "p", "text": "Very glad.", "quote": quote["id"]});
    body.as_array_mut().expect("blocks").push(pull);
    let pulled = scene.app.patch_text(&scene.id, "en", json!({"body": body}));
    let pulled = pulled.await.expect(200).json;
    assert_eq!(pulled["body"][3]["quote"], quote["id"]);

    scene.take_out(&quote).await;
    let left = scene.text().await.json["body"].clone();
    assert_eq!(
        (&left[3]["text"], &left[3]["quote"]),
        (&json!("Very glad."), &Value::Null)
    );
    let again = scene.app.patch_text(&scene.id, "en", json!({"body": left}));
    again.await.expect(200);

    // Back with the quote, and gone again with it.
    let back = scene.restore(2).await.expect(200).json;
    assert_eq!(back["body"][3]["quote"], quote["id"]);
    let first = scene.restore(4).await.expect(200).json;
    assert_eq!(first["body"][3]["quote"], Value::Null);
}

#[actix_web::test]
async fn taking_out_a_quote_makes_no_translation_stale() {
    let scene = Scene::glad().await;
    let quote = scene.quote().await;
    let pull = json!([{"_type": "pullQuote", "_key": "p", "text": "Glad.", "quote": quote["id"]}]);
    let pulled = scene.app.patch_text(&scene.id, "en", json!({"body": pull}));
    pulled.await.expect(200);
    let path = format!("/v1/desk/articles/{}/texts/az", scene.id);
    let text = json!({"headline": "Körpü", "body_markdown": "Şad.",
        "translated_from": {"lang": "en", "revision": 2, "by": "human"}});
    let putting = scene.app.as_editor().put(&path, text);
    putting.header("if-none-match", "*").await.expect(201);
    scene.take_out(&quote).await;
    let translated = scene.app.desk_text(&scene.id, "az").await.json;
    assert_eq!(translated["translation_stale"], false);
}

#[actix_web::test]
async fn a_quote_does_not_come_back_to_a_statement_that_is_full() {
    let app = TestApp::start().await;
    let quote =
        || json!({"key": "bridge", "unnamed": "she", "manner": "direct", "text": "It will open."});
    let quotes = |many: usize| (0..many).map(|_| quote()).collect::<Vec<_>>();
    let text = |many| json!({"headline": "Often", "body_markdown": "It will open.", "quotes": quotes(many)});
    let article = json!({"texts": {"en": text(49), "az": text(1)}});
    let article = app.posted_article(article).await;
    let id = id_of(&article);
    let take_out = async |lang: &str| {
        let text = app.desk_text(id, lang).await;
        let path = format!("/v1/desk/quotes/{}", id_of(&text.json["quotes"][0]));
        let deleting = app.as_editor().delete(&path);
        deleting.if_match(&text.etag()).await.expect(204);
    };
    let path = format!("/v1/desk/articles/{id}/quotes");
    let post = async || {
        let posted = json!({"lang": "en", "quote": quote()});
        app.as_editor().post(&path, posted).await
    };
    take_out("az").await;
    post().await.expect(201);

    restore(&app, id, "az", 1).await.problem("wrong-state", 409);
    // In the text itself one makes room for the other.
    restore(&app, id, "en", 1).await.expect(200);
    restore(&app, id, "en", 2).await.expect(200);
    take_out("en").await;
    restore(&app, id, "az", 1).await.expect(200);
    post().await.problem("invalid-field", 422).at("/quote/key");
}
