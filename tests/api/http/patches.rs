//! Patches of every kind of thing, made of the right names with anything in them.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::contract::{Operation, document, operations};
use crate::support::{TestApp, id_of};

/// How many patches each operation gets.
const PATCHES: usize = 40;

/// Things with ids, one of each kind that can be patched; the rest is answered with 404.
async fn things(app: &TestApp) -> Vec<(&'static str, String)> {
    let names = json!({"en": "A name"});
    let article = app.published_article(json!({"texts": {"en": {
        "headline": "The bridge", "body_markdown": "The minister said the bridge will open.",
        "quotes": [{"unnamed": "a minister", "manner": "direct", "text": "the bridge will open"}],
    }}}));
    let article = id_of(&article.await).to_owned();
    let quotes = app.read_article(&article, "/quotes").await.expect(200).json;
    let mut things = vec![
        ("quotes", id_of(&quotes["items"][0]).to_owned()),
        ("articles", article),
        ("users", app.people.contributor.user.id.to_string()),
    ];
    for (kind, thing) in [
        ("sections", json!({"slug": "city", "names": names})),
        ("topics", json!({"slug": "rain", "names": names})),
        (
            "lists",
            json!({"slug": "rainy", "names": names, "rule": {"kind": "latest"}}),
        ),
        ("sources", json!({"kind": "person", "names": names})),
        ("api-keys", json!({"name": "Wire", "role": "editor"})),
        (
            "notices",
            json!({"kind": "civic", "window": {"starts": "2026-11-01T00:00:00Z", "ends": null}, "action": {
            "url": "https://example.az", "label": names}, "texts": {"en": {"headline": "Dear resident!"}}}),
        ),
    ] {
        let making = app.as_admin().post(&format!("/v1/desk/{kind}"), thing);
        things.push((kind, id_of(&making.await.expect(201).json).to_owned()));
    }
    things
}

/// The fields that a patch of this kind may have.
fn fields_of(operation: &Operation, document: &Value) -> Vec<String> {
    let contents = &operation.json["requestBody"]["content"];
    let content = contents
        .as_object()
        .and_then(|contents| contents.values().next());
    let name = content.and_then(|content| content["schema"]["$ref"].as_str()?.rsplit('/').next());
    let schema = &document["components"]["schemas"][name.expect("a schema with a name")];
    let properties = schema["properties"].as_object().expect("fields");
    properties.keys().cloned().collect()
}

fn anything() -> impl Strategy<Value = Value> {
    let words = proptest::sample::select(
        &[
            "",
            "en",
            "https://example.az",
            "javascript:x",
            "2026-11-24T00:00:00Z",
            "0192f1a2-7c3e-7b10-9a55-1f0c2d3e4a01",
            "news",
            "latest",
            "editor",
            "\u{202e}",
            "a\u{300}",
            "'; --",
        ][..],
    );
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        words.prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let name = proptest::sample::select(
            &[
                "en", "kind", "url", "starts", "code", "name", "slug", "text", "x",
            ][..],
        );
        let fields = proptest::collection::vec((name.prop_map(str::to_owned), inner.clone()), 0..4);
        prop_oneof![
            proptest::collection::vec(inner, 0..4).prop_map(Value::from),
            fields.prop_map(|fields| fields.into_iter().collect()),
        ]
    })
}

#[actix_web::test]
async fn any_patch_is_taken_or_refused_and_breaks_nothing() {
    let app = TestApp::start().await;
    let things = things(&app).await;
    let document = document();
    let mut runner = TestRunner::deterministic();
    let mut reached = 0;
    for operation in operations() {
        if operation.method != Method::PATCH || !operation.path.starts_with("/v1/desk/") {
            continue;
        }
        let of_kind = |(kind, _): &&(&str, String)| operation.path.split('/').nth(3) == Some(kind);
        let id = things.iter().find(of_kind).map_or("", |(_, id)| id);
        let path = operation.path.replace("{id}", id).replace("{lang}", "en");
        let names = fields_of(&operation, &document);
        let patch = proptest::collection::vec((proptest::sample::select(names), anything()), 0..4);
        for _ in 0..PATCHES {
            let fields = patch.new_tree(&mut runner).expect("a patch").current();
            let patch: Value = fields.into_iter().collect();
            let etag = app.as_admin().get(&path).await;
            let etag = etag.header("etag").unwrap_or("\"1\"").to_owned();
            let answer = app
                .as_admin()
                .patch(&path, patch.clone())
                .if_match(&etag)
                .await;
            assert!(answer.status < 500, "{patch} → {answer}");
            reached += usize::from(matches!(answer.status, 200 | 422));
        }
    }
    assert!(
        reached > 10 * PATCHES,
        "only {reached} patches came to where they are read"
    );
}
