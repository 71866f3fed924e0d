//! Bodies of texts: the three forms they come in, and the five that readers choose from.

use serde_json::{Value, json};

use super::Scene;

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
