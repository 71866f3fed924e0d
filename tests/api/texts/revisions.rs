//! The history of a text: numbered, compared, brought back.

use serde_json::{Value, json};

use super::Scene;
use crate::support::{id_of, items_of};

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
async fn two_revisions_differ_in_what_they_were_translated_from() {
    let scene = Scene::set().await;
    let editor = scene.app.as_editor();
    let text = json!({"headline": "Körpü", "body_markdown": "Mayda."});
    let putting = editor.put(&scene.path("az"), text);
    putting.header("if-none-match", "*").await.expect(201);
    let from = json!({"lang": "en", "revision": 1, "by": "human"});
    let patch = json!({"translated_from": from});
    let saving = scene.app.patch_text(&scene.id, "az", patch);
    saving.await.expect(200);
    let diff = editor.get(&scene.path("az/diff?from=1&to=2")).await;
    let diff = diff.expect(200).json;
    let change = &diff["fields"][0];
    assert_eq!(
        (&change["field"], &change["from"]),
        (&json!("translated_from"), &Value::Null)
    );
    let to: Value = serde_json::from_str(change["to"].as_str().expect("JSON")).expect("JSON");
    assert_eq!(to, from);
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
