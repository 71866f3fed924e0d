//! A check of a body tells what a save would do, and does nothing.

use serde_json::{Value, json};

use super::{Scene, last_change, unnamed};
use crate::support::{Answer, Client, TestApp, id_of, items_of};

impl Scene {
    async fn check_as(&self, client: &Client, body: Value) -> Answer {
        let path = format!("/v1/desk/articles/{}/texts/en/check", self.id);
        client.post(&path, body).await
    }

    async fn check(&self, body: Value) -> Answer {
        self.check_as(&self.app.as_editor(), body).await
    }
}

#[actix_web::test]
async fn a_check_tells_what_a_save_would_do_and_saves_nothing() {
    let scene = Scene::glad().await;
    let before = scene.text().await;
    let change = last_change(&scene.app.as_editor()).await;
    let blocks = json!([{"_type": "block", "_key": "x", "style": "normal", "markDefs": [],
        "children": [{"_type": "span", "_key": "s", "text": "A resident was Very Glad.", "marks": []}]}]);
    let bodies = [
        (json!({"body_markdown": "Nothing is left."}), "orphaned"),
        (
            json!({"body_html": "<p>A resident was very <em>glad</em>.</p>"}),
            "anchored",
        ),
        (json!({"body": blocks}), "changed_form"),
        (
            json!({"body_markdown": "A resident was very sad of it."}),
            "needs_review",
        ),
    ];
    for (body, state) in bodies {
        let check = scene.check(body.clone()).await.expect(200);
        assert_eq!(check.etag(), before.etag());
        assert_eq!(check.json["version"], before.json["version"]);
        assert_eq!(scene.text().await.json, before.json);
        let refused = matches!(state, "orphaned" | "needs_review");
        assert_eq!(check.json["publication"]["refused"], refused, "{check}");
        match check.json["quote_effects"].as_array().map(Vec::as_slice) {
            Some([]) => assert_eq!(state, "anchored"),
            Some([effect]) => assert_eq!(effect["after"], state),
            _ => panic!("{check}"),
        }

        let again = Scene::glad().await;
        let saving = again.app.patch_text(&again.id, "en", body);
        let saved = saving.await.expect(200).json;
        let told = check.json["quote_effects"].as_array().expect("effects");
        let done = saved["quote_effects"].as_array().expect("effects");
        assert_eq!(told.len(), done.len(), "{told:?} and {done:?}");
        for (told, done) in told.iter().zip(done) {
            for field in ["before", "after", "nearest"] {
                assert_eq!(told[field], done[field], "{field} of {told} and {done}");
            }
        }
    }
    assert_eq!(last_change(&scene.app.as_editor()).await, change);
    let revisions = format!("/v1/desk/articles/{}/texts/en/revisions", scene.id);
    let revisions = scene.app.as_editor().get(&revisions).await.expect(200).json;
    assert_eq!(items_of(&revisions).len(), 1);
}

#[actix_web::test]
async fn a_check_says_everything_that_stands_against_publishing() {
    let scene = Scene::with(json!([unnamed("was very glad of it")])).await;
    scene.publish(json!({})).await.expect(200);
    let quote = id_of(&scene.quote().await).to_owned();
    let check = scene
        .check(json!({"body_markdown": "A resident was very sad of it."}))
        .await
        .expect(200)
        .json;
    assert_eq!(check["quote_effects"][0]["nearest"], "was very sad of it");
    let problems = check["publication"]["problems"]
        .as_array()
        .expect("problems");
    let told: Vec<(&Value, &Value)> = problems
        .iter()
        .map(|problem| (&problem["code"], &problem["errors"][0]["pointer"]))
        .collect();
    let lost = json!(format!("/quotes/{quote}"));
    assert_eq!(
        told,
        [
            (&json!("publish-gate"), &lost),
            (&json!("invalid-field"), &json!("/correction_note"))
        ]
    );
    assert_eq!(
        problems[0]["errors"][0]["code"], "quote-needs-review",
        "{check}"
    );
}

#[actix_web::test]
async fn a_check_names_no_confidential_source_to_whoever_may_not_know_it() {
    let app = TestApp::start().await;
    let own = json!({"kind": "news", "texts": {"en": {"headline": "Within", "body_markdown": "We knew it, said one."}}});
    let article = app.as_contributor().post("/v1/desk/articles", own).await;
    let id = id_of(&article.expect(201).json).to_owned();
    let source =
        json!({"kind": "person", "names": {"en": "Qzx Sirrli"}, "disclosure": "protected"});
    let source = app.as_editor().post("/v1/desk/sources", source).await;
    let quote = json!({"lang": "en", "quote": {"source": id_of(&source.expect(201).json), "unnamed": "one",
        "manner": "direct", "text": "We knew it"}});
    let quotes = format!("/v1/desk/articles/{id}/quotes");
    app.as_editor().post(&quotes, quote).await.expect(201);

    let path = format!("/v1/desk/articles/{id}/texts/en/check");
    let guess = json!({"body_markdown": "We knew it, said Qzx Sirrli."});
    let editor = app.as_editor().post(&path, guess.clone()).await.expect(200);
    assert_eq!(
        editor.json["publication"]["problems"][0]["code"],
        "source-exposed"
    );
    let contributor = app.as_contributor().post(&path, guess).await.expect(200);
    assert_eq!(
        contributor.json["publication"],
        json!({"refused": false, "problems": []})
    );
}

#[actix_web::test]
async fn a_check_refuses_what_a_save_would_refuse() {
    let scene = Scene::glad().await;
    let both = json!({"body_markdown": "One.", "body_html": "<p>One.</p>"});
    for body in [both, json!({}), json!({"body_markdown": null})] {
        scene
            .check(body)
            .await
            .problem("invalid-field", 422)
            .at("/body");
    }
    scene
        .check(json!({"headline": "Bridge"}))
        .await
        .problem("invalid-field", 422)
        .at("/headline");
    scene
        .check(json!({"body": [{"_type": "table"}]}))
        .await
        .problem("invalid-body", 422)
        .at("/body/0/_type");
    let pull = json!([{"_type": "pullQuote", "_key": "p", "text": "Glad.", "quote": scene.id}]);
    scene
        .check(json!({"body": pull}))
        .await
        .problem("invalid-field", 422)
        .at("/body/0/quote");

    let one = json!({"body_markdown": "One."});
    scene
        .check_as(&scene.app.as_contributor(), one.clone())
        .await
        .problem("not-found", 404);
    let missing = format!("/v1/desk/articles/{}/texts/az/check", scene.id);
    let missing = scene.app.as_editor().post(&missing, one.clone()).await;
    missing.problem("not-found", 404);
    scene.publish(json!({})).await.expect(200);
    scene
        .check_as(&scene.app.as_contributor(), one.clone())
        .await
        .problem("forbidden", 403);
    let withdrawn = json!({"note": "It was wrong."});
    let retracting = scene
        .app
        .put_state(&scene.id, "en", "retraction", withdrawn);
    retracting.await.expect(200);
    scene.check(one).await.problem("wrong-state", 409);
}

#[actix_web::test]
async fn a_check_with_a_key_gives_its_first_answer_again() {
    let scene = Scene::glad().await;
    let path = format!("/v1/desk/articles/{}/texts/en/check", scene.id);
    let checked = async |words: &str| {
        let asking = scene
            .app
            .as_editor()
            .post(&path, json!({"body_markdown": words}));
        asking.header("idempotency-key", "typing-1").await
    };
    let first = checked("Nothing is left.").await.expect(200);
    scene.save("A resident was very glad.").await;
    let again = checked("Nothing is left.").await.expect(200);
    assert_eq!(
        (&again.json, again.header("idempotent-replayed")),
        (&first.json, Some("true"))
    );
    checked("Something is.").await.problem("key-reused", 422);
}

#[actix_web::test]
async fn a_check_costs_the_same_however_many_quotes_there_are() {
    let statements = async |quotes: Vec<Value>| {
        let scene = Scene::with(json!(quotes)).await;
        let body = json!({"body_markdown": "Nothing is left."});
        scene.check(body.clone()).await.expect(200);
        let before = scene.app.app.db.statements();
        scene.check(body).await.expect(200);
        scene.app.app.db.statements() - before
    };
    let one = statements(vec![unnamed("very glad")]).await;
    let words = ["very glad", "A resident", "The minister", "the bridge"];
    let many = statements(words.iter().map(|words| unnamed(words)).collect()).await;
    assert_eq!(one, many);
}
