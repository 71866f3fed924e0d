//! Quotes: found in the text, followed through its changes, and shown with whoever said them.

use serde_json::{Value, json};

use crate::support::{Answer, Client, TestApp, id_of, items_of};

mod checking;
mod confided;
mod confidential;
mod corrections;
mod following;
mod leaving;
mod nowhere;
mod placing;
mod statements;
mod timelines;

/// An article whose English text has three paragraphs.
struct Scene {
    app: TestApp,
    id: String,
}

const BODY: &str = "The minister said the bridge will open.\n\n“It will open,” she said, and again: “It will open!”\n\nA resident was very glad of it.";

impl Scene {
    async fn with(quotes: Value) -> Self {
        let app = TestApp::start().await;
        let text = json!({"headline": "The bridge", "body_markdown": BODY, "quotes": quotes});
        let article = app.posted_article(json!({"texts": {"en": text}})).await;
        let id = id_of(&article).to_owned();
        Self { app, id }
    }

    /// With one direct quote.
    async fn glad() -> Self {
        Self::with(json!([{"unnamed": "a resident", "manner": "direct", "text": "very glad"}]))
            .await
    }

    async fn text(&self) -> Answer {
        self.app.desk_text(&self.id, "en").await
    }

    async fn quote(&self) -> Value {
        self.text().await.json["quotes"][0].clone()
    }

    async fn post(&self, quote: Value) -> Answer {
        let path = format!("/v1/desk/articles/{}/quotes", self.id);
        let posting = self
            .app
            .as_editor()
            .post(&path, json!({"lang": "en", "quote": quote}));
        posting.await
    }

    async fn patch(&self, patch: Value) -> Answer {
        let path = format!("/v1/desk/quotes/{}", id_of(&self.quote().await));
        let etag = self.text().await.etag();
        self.app
            .as_editor()
            .patch(&path, patch)
            .if_match(&etag)
            .await
    }

    async fn save(&self, body: &str) -> Value {
        let saving = self
            .app
            .patch_text(&self.id, "en", json!({"body_markdown": body}));
        saving.await.expect(200).json
    }

    async fn publish(&self, how: Value) -> Answer {
        self.app.put_state(&self.id, "en", "publication", how).await
    }

    async fn read(&self) -> Value {
        let reading = self.app.read_article(&self.id, "?lang=en&include=quotes");
        reading.await.expect(200).json
    }
}

fn unnamed(words: &str) -> Value {
    json!({"unnamed": "a resident", "manner": "direct", "text": words})
}

fn anchored(segment: Value) -> Value {
    json!({"unnamed": "she", "manner": "direct", "anchor": {"segments": [segment]}})
}

async fn last_change(client: &Client) -> Value {
    let changes = client
        .get("/v1/desk/changes?limit=100")
        .await
        .expect(200)
        .json;
    items_of(&changes).last().expect("a change").clone()
}

#[actix_web::test]
async fn words_are_found_exactly_or_refused_with_the_nearest() {
    let scene = Scene::with(json!([])).await;
    let found = scene.post(unnamed("very glad")).await.expect(201);
    let place = found.header("location").expect("a location").to_owned();
    let segment = json!({"block": found.json["anchor"]["segments"][0]["block"], "start": 15, "end": 24,
        "exact": "very glad", "prefix": "A resident was ", "suffix": " of it."});
    assert_eq!(
        found.json["anchor"],
        json!({"state": "anchored", "segments": [segment]})
    );
    let read = scene.app.as_editor().get(&place).await.expect(200);
    assert_eq!(
        (&read.json, read.etag()),
        (&found.json, scene.text().await.etag())
    );

    let near = scene
        .post(unnamed("The minister said that the bridge will open"))
        .await;
    let near = near
        .problem("quote-not-found", 422)
        .at("/quote/anchor/segments/0");
    assert!(
        near.json["errors"][0]["detail"]
            .as_str()
            .expect("a detail")
            .contains("the bridge will open")
    );
    scene
        .post(unnamed("Fish can fly over mountains"))
        .await
        .problem("quote-not-found", 422);
    let twice = scene.post(anchored(json!({"exact": "It will open"}))).await;
    twice
        .problem("quote-ambiguous", 422)
        .at("/quote/anchor/segments/0");
    let second = scene
        .post(anchored(
            json!({"exact": "It will open", "prefix": "and again: “"}),
        ))
        .await
        .expect(201);
    assert_eq!(second.json["anchor"]["segments"][0]["suffix"], "!”");
    let first = scene
        .post(anchored(json!({"exact": "It will open", "suffix": ",”"})))
        .await
        .expect(201);
    assert_eq!(first.json["anchor"]["segments"][0]["start"], 1);
    assert_eq!(scene.text().await.json["head_revision"], 4);
}

#[actix_web::test]
async fn a_story_with_words_that_are_not_there_is_not_posted() {
    let app = TestApp::start().await;
    let text = json!({"headline": "The bridge", "body_markdown": BODY, "quotes": [unnamed("very glad"), unnamed("not there at all")]});
    let posting = app.as_editor().post(
        "/v1/desk/articles",
        json!({"kind": "news", "texts": {"en": text}}),
    );
    posting
        .await
        .problem("quote-not-found", 422)
        .at("/texts/en/quotes/1/anchor/segments/0");
    let list = app
        .as_editor()
        .get("/v1/desk/articles")
        .await
        .expect(200)
        .json;
    assert_eq!(list["items"], json!([]));
}

#[actix_web::test]
async fn a_quote_of_somebody_unnamed_is_shown_as_such() {
    let scene = Scene::glad().await;
    scene.publish(json!({})).await.expect(200);
    let quote = &scene.read().await["quotes"][0];
    assert_eq!(
        (&quote["source"], &quote["unnamed"]),
        (&Value::Null, &json!("a resident"))
    );
    assert_eq!(quote["article"]["headline"], "The bridge");
    let alone = scene
        .app
        .anonymous()
        .get(&format!("/v1/quotes/{}", id_of(quote)))
        .await
        .expect(200);
    assert_eq!(
        (&alone.json, alone.header("content-language")),
        (quote, Some("en"))
    );
    scene
        .patch(json!({"unnamed": null}))
        .await
        .problem("invalid-field", 422)
        .at("/source");
}

#[actix_web::test]
async fn a_quote_is_changed_and_taken_out_by_a_save_of_its_text() {
    let scene = Scene::glad().await;
    let attribution = json!({"attribution": {"occasion": "interview", "said_at": "2026-04", "stated_role": "a neighbour"}});
    let changed = scene.patch(attribution).await.expect(200).json;
    assert_eq!(
        (
            &changed["attribution"]["precision"],
            &changed["attribution"]["said_at"]
        ),
        (&json!("month"), &json!("2026-04"))
    );
    let cleared = scene
        .patch(json!({"attribution": {"occasion": null}}))
        .await
        .expect(200)
        .json;
    assert_eq!(
        (
            &cleared["attribution"]["occasion"],
            &cleared["attribution"]["stated_role"]
        ),
        (&Value::Null, &json!("a neighbour"))
    );
    scene
        .patch(json!({"attribution": {"said_at": "in spring"}}))
        .await
        .problem("invalid-field", 422)
        .at("/attribution/said_at");
    let moved = json!({"text": "glad", "anchor": {"segments": [{"exact": "glad"}]}});
    let moved = scene.patch(moved).await.expect(200).json;
    assert_eq!(
        (&moved["text"], &moved["anchor"]["segments"][0]["start"]),
        (&json!("glad"), &json!(20))
    );
    scene
        .patch(json!({"anchor": {"segments": [{"exact": "sad"}]}}))
        .await
        .problem("quote-not-found", 422);

    let path = format!("/v1/desk/quotes/{}", id_of(&moved));
    let editor = scene.app.as_editor();
    editor
        .delete(&path)
        .await
        .problem("precondition-required", 428);
    editor
        .delete(&path)
        .if_match("\"1\"")
        .await
        .problem("stale", 412);
    let etag = scene.text().await.etag();
    editor.delete(&path).if_match(&etag).await.expect(204);
    editor.get(&path).await.problem("not-found", 404);
    assert_eq!(scene.text().await.json["head_revision"], 5);
}

#[actix_web::test]
async fn a_quote_is_followed_to_where_its_words_move() {
    let scene = Scene::glad().await;
    let before = scene.quote().await;
    let saved = scene
        .save("A new first paragraph.\n\nOn Monday, a resident was very glad of it.\n\nThe end.")
        .await;
    let after = &saved["quotes"][0];
    assert_eq!(
        (&after["id"], &after["anchor"]["state"]),
        (&before["id"], &json!("anchored"))
    );
    assert_eq!(after["anchor"]["segments"][0]["start"], 26);
    assert_eq!(saved["quote_effects"], json!([]));

    let form = scene.save("A resident was Very  Glad of it.").await;
    assert_eq!(form["quotes"][0]["anchor"]["state"], "changed_form");
    let effect = json!({"quote": before["id"], "before": "anchored", "after": "changed_form"});
    for (name, value) in effect.as_object().expect("fields") {
        assert_eq!(&form["quote_effects"][0][name], value);
    }
    let gone = scene.save("Nothing is left.").await;
    assert_eq!(
        (
            &gone["quote_effects"][0]["after"],
            &gone["quotes"][0]["anchor"]["state"]
        ),
        (&json!("orphaned"), &json!("orphaned"))
    );
    let back = scene.save("So a resident was very glad of it.").await;
    assert_eq!(
        (
            &back["quote_effects"][0]["before"],
            &back["quote_effects"][0]["after"]
        ),
        (&json!("orphaned"), &json!("anchored"))
    );
}

#[actix_web::test]
async fn lost_words_stop_a_publication_until_an_editor_confirms_them() {
    let scene = Scene::glad().await;
    let id = id_of(&scene.quote().await).to_owned();
    scene.save("Nothing is left.").await;
    let gate = scene
        .publish(json!({}))
        .await
        .problem("publish-gate", 422)
        .at(&format!("/quotes/{id}"));
    assert_eq!(gate.json["errors"][0]["code"], "quote-orphaned");
    scene
        .publish(json!({"confirm_quotes": [scene.id]}))
        .await
        .problem("publish-gate", 422);
    scene
        .publish(json!({"confirm_quotes": [id]}))
        .await
        .expect(200);
    let change = last_change(&scene.app.as_editor()).await;
    assert_eq!(
        (&change["action"], &change["detail"]["confirmed_quotes"]),
        (&json!("published"), &json!([id]))
    );
    let read = scene.read().await;
    assert_eq!(read["quotes"][0]["anchor"]["state"], "orphaned");
    assert_eq!(read["body"][0]["markDefs"], json!([]));
}

#[actix_web::test]
async fn a_published_direct_quote_changes_only_with_a_word_to_readers() {
    let scene = Scene::glad().await;
    scene.publish(json!({})).await.expect(200);
    let before = scene.read().await;
    assert_eq!(before["corrections"], json!([]));
    let patch = json!({"text": "glad", "anchor": {"segments": [{"exact": "glad"}]}});
    scene.patch(patch).await.expect(200);
    assert_eq!(scene.read().await, before);
    scene
        .publish(json!({}))
        .await
        .problem("invalid-field", 422)
        .at("/correction_note");

    let note = "The resident was quoted as “very glad”.";
    scene
        .publish(json!({"correction_note": note}))
        .await
        .expect(200);
    let read = scene.read().await;
    let correction = &read["corrections"][0];
    assert_eq!(
        (&correction["note"], &correction["quotes"]),
        (&json!(note), &json!([read["quotes"][0]["id"]]))
    );
    assert_eq!(
        (&correction["from_revision"], &correction["to_revision"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(read["quotes"][0]["text"], "glad");

    scene
        .app
        .patch_text(&scene.id, "en", json!({"standfirst": "At last."}))
        .await
        .expect(200);
    scene.publish(json!({})).await.expect(200);
    assert_eq!(
        scene.read().await["corrections"].as_array().map(Vec::len),
        Some(1)
    );
}

#[actix_web::test]
async fn a_body_that_comes_back_with_its_marks_keeps_its_quotes_but_takes_no_others() {
    let scene = Scene::glad().await;
    scene.publish(json!({})).await.expect(200);
    let read = scene.read().await;
    let saved = scene
        .app
        .patch_text(&scene.id, "en", json!({"body": read["body"]}))
        .await
        .expect(200)
        .json;
    assert_eq!(saved["quotes"][0]["anchor"]["state"], "anchored");
    assert_eq!(saved["body"][2]["markDefs"], json!([]));

    let foreign =
        json!({"kind": "news", "texts": {"en": {"headline": "Other", "body": read["body"]}}});
    let posting = scene
        .app
        .as_editor()
        .post("/v1/desk/articles", foreign)
        .await;
    posting.problem("invalid-field", 422).at("/texts/en/body");
    let pull = json!([{"_type": "pullQuote", "_key": "p", "text": "Glad.", "quote": scene.id}]);
    let pulled = scene
        .app
        .patch_text(&scene.id, "en", json!({"body": pull}))
        .await;
    pulled.problem("invalid-field", 422).at("/body/0/quote");
    let own = json!([{"_type": "pullQuote", "_key": "p", "text": "Glad.", "quote": read["quotes"][0]["id"]}]);
    scene
        .app
        .patch_text(&scene.id, "en", json!({"body": own}))
        .await
        .expect(200);
}

#[actix_web::test]
async fn verification_reaches_readers_at_once_and_leaves_no_revision() {
    let scene = Scene::glad().await;
    scene.publish(json!({})).await.expect(200);
    let quote = scene.quote().await;
    let path = format!("/v1/desk/quotes/{}/verification", id_of(&quote));
    let etag = scene.text().await.etag();
    let verify = |state: &str| scene.app.as_editor().put(&path, json!({"state": state}));
    verify("verified")
        .await
        .problem("precondition-required", 428);
    let verified = verify("verified").if_match(&etag).await.expect(200);
    assert_eq!(
        verified.json["verification"]["by"],
        scene.app.people.editor.user.id.to_string()
    );
    assert_ne!(verified.etag(), etag);
    let text = scene.text().await;
    assert_eq!(
        (&text.json["head_revision"], &text.json["pending"]),
        (&json!(1), &Value::Null)
    );
    assert_eq!(
        scene.read().await["quotes"][0]["verification"],
        verified.json["verification"]
    );
    let change = last_change(&scene.app.as_editor()).await;
    let keys = change["surrogate_keys"].to_string();
    assert!(
        keys.contains(&format!("quote:{}", id_of(&quote))) && keys.contains(&scene.id),
        "{keys}"
    );
    verify("true")
        .if_match(&verified.etag())
        .await
        .problem("invalid-field", 422)
        .at("/state");
    let contributor = scene
        .app
        .as_contributor()
        .put(&path, json!({"state": "disputed"}));
    contributor
        .if_match(&verified.etag())
        .await
        .problem("forbidden", 403);
}

#[actix_web::test]
async fn statements_link_what_is_said_in_several_languages() {
    let app = TestApp::start().await;
    let text = |headline: &str, body: &str| {
        json!({"headline": headline, "body_markdown": body,
            "quotes": [{"key": "bridge", "source": "#minister", "manner": "direct", "text": body}]})
    };
    let article = app
        .published_article(json!({
            "sources": {"minister": {"kind": "person", "names": {"en": "A Minister", "az": "Nazir"}}},
            "texts": {"en": text("Bridge", "It will open."), "az": text("Körpü", "Açılacaq.")},
        }))
        .await;
    let quotes = format!("/v1/desk/articles/{}/quotes", id_of(&article));
    let quotes = app.as_editor().get(&quotes).await.expect(200).json;
    let [az, en] = items_of(&quotes) else {
        panic!("not two quotes: {quotes}")
    };
    assert!(az["statement"].is_string());
    assert_eq!(
        (&az["statement"], &az["source"]),
        (&en["statement"], &en["source"])
    );
    assert_ne!(az["id"], en["id"]);
    let read = app
        .read_article(id_of(&article), "?lang=az&include=quotes")
        .await
        .expect(200)
        .json;
    assert_eq!(read["quotes"][0]["source"]["name"], "Nazir");
    let change = last_change(&app.as_editor()).await;
    let keys = change["surrogate_keys"].to_string();
    for key in ["quotes", "sources", "articles:", "source:"] {
        assert!(keys.contains(key), "{keys}");
    }
}
