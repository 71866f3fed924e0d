//! Who came to know of a confidential source stands in the change log.

use serde_json::{Value, json};

use crate::support::contract::{self, Operation};
use crate::support::{Answer, Client, Request, TestApp, id_of, items_of};

/// A word that stands in every name of the source, and nowhere else.
const NAME: &str = "Qzxv";

/// A published article with a draft beside it; both quote somebody who is protected.
struct Scene {
    app: TestApp,
    article: String,
    quote: String,
    source: String,
}

impl Scene {
    async fn set() -> Self {
        let app = TestApp::start().await;
        let source = json!({"kind": "person", "names": {"en": format!("{NAME} Witness")}, "disclosure": "protected"});
        let source = app.as_editor().post("/v1/desk/sources", source);
        let source = id_of(&source.await.expect(201).json).to_owned();
        let text = json!({"headline": "Words from within", "body_markdown": "We knew it.",
            "quotes": [{"source": source, "unnamed": "an official", "manner": "direct", "text": "We knew it.",
                "attribution": {"stated_name": format!("{NAME} W.")}}]});
        let article = app.published_article(json!({"texts": {"en": text}})).await;
        let article = id_of(&article).to_owned();
        let draft = json!({"headline": "More words from within"});
        app.patch_text(&article, "en", draft).await.expect(200);
        let quotes = format!("/v1/desk/articles/{article}/quotes");
        let quotes = app.as_editor().get(&quotes).await.expect(200).json;
        let quote = id_of(&items_of(&quotes)[0]).to_owned();
        Self {
            app,
            article,
            quote,
            source,
        }
    }

    /// The rows of the log after a number that tell of readings.
    async fn readings(&self, after: i64) -> Vec<Value> {
        let changes = format!("/v1/desk/changes?limit=1000&after={after}");
        let changes = self.app.as_admin().get(&changes).await.expect(200).json;
        let items = items_of(&changes).iter();
        items
            .filter(|change| change["action"] == "identity_read")
            .cloned()
            .collect()
    }

    async fn last(&self) -> i64 {
        let changes = self
            .app
            .as_admin()
            .get("/v1/desk/changes?limit=1000")
            .await
            .expect(200);
        changes.json["last"].as_i64().expect("a number")
    }

    fn tells(&self, answer: &Answer) -> bool {
        let said = answer.text();
        said.contains(NAME) || answer.status == 200 && said.contains(&self.source)
    }

    /// The addresses of an operation, with each thing of the scene in the place of its id.
    fn addresses(&self, operation: &Operation) -> Vec<String> {
        let filled = operation.path.replace("{lang}", "en").replace("{n}", "1");
        let ids = [&self.article, &self.quote, &self.source];
        let query = match operation.path.ends_with("/diff") {
            true => "?from=1&to=2",
            false => "",
        };
        ids.map(|id| format!("{}{query}", filled.replace("{id}", id)))
            .to_vec()
    }
}

#[actix_web::test]
async fn each_answer_that_tells_of_one_is_noted_with_who_asked_and_how() {
    let scene = Scene::set().await;
    let gets = contract::operations().into_iter().filter(|operation| {
        operation.method == "GET"
            && operation.path.starts_with("/v1/desk")
            && operation.id != "list_changes"
    });
    let mut told = Vec::new();
    for operation in gets {
        for address in scene.addresses(&operation) {
            let before = scene.last().await;
            let answer = scene.app.as_editor().get(&address).await;
            let readings = scene.readings(before).await;
            if !scene.tells(&answer) {
                assert!(readings.is_empty(), "{readings:?} after {answer}");
                continue;
            }
            assert_eq!(readings.len(), 1, "{answer}");
            let reading = &readings[0];
            assert_eq!(
                reading["detail"],
                json!({"operation": operation.id, "sources": [scene.source]})
            );
            assert_eq!(reading["actor"], json!(scene.app.people.editor.user.id));
            assert_eq!(
                (&reading["kind"], &reading["id"]),
                (&json!("source"), &json!(scene.source))
            );
            assert_eq!(reading["surrogate_keys"], json!([]));
            told.push(operation.id.clone());
        }
    }
    told.dedup();
    for operation in [
        "list_desk_sources",
        "get_desk_source",
        "get_text",
        "get_revision",
        "list_desk_quotes",
        "get_desk_quote",
    ] {
        assert!(
            told.contains(&operation.to_owned()),
            "{operation} is not in {told:?}"
        );
    }
}

#[actix_web::test]
async fn the_answers_of_saves_are_noted_in_the_same_transaction() {
    let scene = Scene::set().await;
    let editor = scene.app.as_editor();
    let (text, quote) = (
        format!("/v1/desk/articles/{}/texts/en", scene.article),
        format!("/v1/desk/quotes/{}", scene.quote),
    );
    type Write<'a> = &'a dyn Fn(&Client) -> Request;
    let writes: [(&str, Write); 9] = [
        ("patch_text", &|client| {
            client.patch(&text, json!({"standfirst": "Within."}))
        }),
        ("put_text", &|client| {
            client.put(
                &text,
                json!({"headline": "Words", "body_markdown": "We knew it."}),
            )
        }),
        ("patch_quote", &|client| {
            client.patch(&quote, json!({"attribution": {"stated_role": "official"}}))
        }),
        ("place_quote", &|client| {
            client.put(
                &format!("{quote}/anchor"),
                json!({"segments": [{"exact": "We knew it."}]}),
            )
        }),
        ("verify_quote", &|client| {
            client.put(
                &format!("{quote}/verification"),
                json!({"state": "verified"}),
            )
        }),
        ("restore_revision", &|client| {
            client.put(&format!("{text}/revisions/1/restoration"), json!({}))
        }),
        ("submit_text", &|client| {
            client.put(&format!("{text}/submission"), json!({}))
        }),
        ("publish_text", &|client| {
            client.put(&format!("{text}/publication"), json!({}))
        }),
        ("unpublish_text", &|client| {
            client.delete(&format!("{text}/publication"))
        }),
    ];
    for (operation, write) in writes {
        let etag = scene.app.desk_text(&scene.article, "en").await.etag();
        let before = scene.last().await;
        let answer = write(&editor).if_match(&etag).await.expect(200);
        assert!(scene.tells(&answer), "{answer}");
        let readings = scene.readings(before).await;
        assert_eq!(readings.len(), 1, "{answer}");
        assert_eq!(
            readings[0]["detail"],
            json!({"operation": operation, "sources": [scene.source]})
        );
    }
    let before = scene.last().await;
    let etag = scene.app.desk_text(&scene.article, "en").await.etag();
    editor.delete(&text).if_match(&etag).await.expect(204);
    // Asking for the version was a reading; deleting answers nothing.
    assert_eq!(scene.readings(before).await.len(), 1);
}

#[actix_web::test]
async fn a_story_that_is_matched_with_one_is_noted_and_so_is_a_list_of_many_once() {
    let scene = Scene::set().await;
    let editor = scene.app.as_editor();
    let before = scene.last().await;
    let named = json!({"one": {"kind": "person", "names": {"en": format!("{NAME} witness")}}});
    let story = json!({"kind": "news", "sources": named});
    editor.post("/v1/desk/articles", story).await.expect(201);
    let readings = scene.readings(before).await;
    assert_eq!(
        readings[0]["detail"],
        json!({"operation": "create_article", "sources": [scene.source]})
    );

    let second = json!({"kind": "person", "names": {"en": "Another"}, "disclosure": "background"});
    let second = editor
        .post("/v1/desk/sources", second)
        .await
        .expect(201)
        .json;
    let before = scene.last().await;
    editor.get("/v1/desk/sources?count=true").await.expect(200);
    let readings = scene.readings(before).await;
    assert_eq!((readings.len(), &readings[0]["id"]), (1, &Value::Null));
    assert_eq!(
        readings[0]["detail"]["sources"],
        json!([scene.source, id_of(&second)])
    );
}

#[actix_web::test]
async fn who_gets_no_name_leaves_no_trace_and_readers_none_either() {
    let scene = Scene::set().await;
    let before = scene.last().await;
    for client in [
        scene.app.as_contributor(),
        scene.app.as_moderator(),
        scene.app.anonymous(),
    ] {
        for path in ["/v1/desk/sources", "/v1/sources"] {
            client.get(path).await;
        }
        for (path, id) in [
            ("articles", &scene.article),
            ("quotes", &scene.quote),
            ("sources", &scene.source),
        ] {
            for address in [format!("/v1/desk/{path}/{id}"), format!("/v1/{path}/{id}")] {
                let answer = client.get(&address).await;
                assert!(!answer.text().contains(NAME), "{answer}");
            }
        }
    }
    assert!(scene.readings(before).await.is_empty());
}
