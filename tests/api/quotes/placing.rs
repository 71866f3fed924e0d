//! A quote is given another place by an editor.

use serde_json::{Value, json};

use super::Scene;
use crate::support::{Answer, id_of};

impl Scene {
    async fn place(&self, segments: Value) -> Answer {
        let path = format!("/v1/desk/quotes/{}/anchor", id_of(&self.quote().await));
        let etag = self.text().await.etag();
        let placing = self
            .app
            .as_editor()
            .put(&path, json!({"segments": segments}));
        placing.if_match(&etag).await
    }
}

#[actix_web::test]
async fn a_new_place_is_a_save_of_the_text() {
    let scene = Scene::glad().await;
    scene.save("A resident was very, very glad of it.").await;
    assert_eq!(scene.quote().await["anchor"]["state"], "anchored");
    scene.save("A resident was very sad of it.").await;
    assert_eq!(scene.quote().await["anchor"]["state"], "needs_review");
    let placed = scene
        .place(json!([{"exact": "very sad"}]))
        .await
        .expect(200);
    let text = scene.text().await;
    assert_eq!(placed.etag(), text.etag());
    assert_eq!(
        (&placed.json["anchor"]["state"], &placed.json["text"]),
        (&json!("anchored"), &json!("very sad"))
    );
    assert_eq!(text.json["quotes"][0], placed.json);
    assert_eq!(text.json["head_revision"], 4);
    scene.publish(json!({})).await.expect(200);
    assert_eq!(scene.read().await["quotes"][0]["text"], "very sad");
}

#[actix_web::test]
async fn a_quote_of_several_pieces_is_placed_piece_by_piece() {
    let scene = Scene::glad().await;
    let pieces = json!([{"exact": "It will open", "suffix": ",”"}, {"exact": "It will open", "suffix": "!"}]);
    let placed = scene.place(pieces).await.expect(200).json;
    assert_eq!(placed["text"], "It will open … It will open");
    let segments = placed["anchor"]["segments"].as_array().expect("segments");
    let starts: Vec<&Value> = segments.iter().map(|segment| &segment["start"]).collect();
    assert_eq!(starts, [1, 38]);
}

#[actix_web::test]
async fn words_that_are_the_quotes_own_stay_and_a_direct_quote_says_no_others() {
    let scene = Scene::with(
        json!([{"unnamed": "a resident", "manner": "indirect", "text": "She liked it.",
        "anchor": {"segments": [{"exact": "very glad of it"}]}}]),
    )
    .await;
    let placed = scene
        .place(json!([{"exact": "very glad"}]))
        .await
        .expect(200);
    assert_eq!(placed.json["text"], "She liked it.");
    let direct = scene.patch(json!({"manner": "direct"})).await;
    direct.problem("invalid-field", 422).at("/text");
    let own = json!({"manner": "direct", "text": "was very glad", "anchor": {"segments": [{"exact": "very glad"}]}});
    scene.patch(own).await.expect(200);
    let other = scene.place(json!([{"exact": "The minister"}])).await;
    other.problem("invalid-field", 422).at("/segments");
    let both = json!({"text": "the bridge", "anchor": {"segments": [{"exact": "the bridge"}]}});
    scene.patch(both).await.expect(200);
}

#[actix_web::test]
async fn a_place_that_is_none_is_refused() {
    let scene = Scene::glad().await;
    let before = scene.text().await;
    let wrong = [
        (
            json!([{"exact": "no such words at all"}]),
            "quote-not-found",
            "/segments/0",
        ),
        (
            json!([{"exact": "very glad"}, {"exact": "It will open"}, {"exact": "the bridge"}]),
            "quote-ambiguous",
            "/segments/1",
        ),
        (
            json!([{"exact": " "}]),
            "invalid-field",
            "/segments/0/exact",
        ),
        (json!([]), "invalid-field", "/segments"),
        (
            json!([{"exact": "glad", "from": 1}]),
            "invalid-field",
            "/segments/0/from",
        ),
    ];
    for (segments, code, pointer) in wrong {
        scene.place(segments).await.problem(code, 422).at(pointer);
    }
    let path = format!("/v1/desk/quotes/{}/anchor", id_of(&scene.quote().await));
    let body = json!({"segments": [{"exact": "glad"}]});
    let editor = scene.app.as_editor();
    let bare = editor.put(&path, body.clone()).await;
    bare.problem("precondition-required", 428);
    let stale = editor.put(&path, body).if_match("\"9\"").await;
    stale.problem("stale", 412);
    assert_eq!(scene.text().await.json, before.json);
}
