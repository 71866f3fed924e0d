//! Sources that are not on record: what they said is shown, who they are is not.

use serde_json::{Value, json};

use crate::support::{Answer, TestApp, contract, id_of};

const NAME: &str = "Qzx Sirrli";

/// A published article that quotes a source under the disclosure given.
struct Scene {
    app: TestApp,
    id: String,
    source: String,
}

fn story(source: &str, body: &str) -> Value {
    json!({"texts": {"en": {
        "headline": "Words from within", "body_markdown": body,
        "quotes": [{"source": source, "unnamed": "an official", "manner": "direct", "text": "we knew it",
            "attribution": {"stated_name": NAME, "stated_role": "an official", "occasion": "interview",
                "evidence_url": "https://example.az/qzx-recording"}}],
    }}})
}

impl Scene {
    async fn drafted(disclosure: &str, body: &str) -> Self {
        let app = TestApp::start().await;
        let source = json!({"kind": "person", "names": {"en": NAME}, "aliases": ["Q. Sirrlizadə"], "disclosure": disclosure});
        let source = app
            .as_editor()
            .post("/v1/desk/sources", source)
            .await
            .expect(201)
            .json;
        let source = id_of(&source).to_owned();
        let article = app.posted_article(story(&source, body)).await;
        let id = id_of(&article).to_owned();
        Self { app, id, source }
    }

    async fn published(disclosure: &str) -> Self {
        let scene = Self::drafted(disclosure, "He said that we knew it.").await;
        scene.publish().await.expect(200);
        scene
    }

    async fn publish(&self) -> Answer {
        self.app
            .put_state(&self.id, "en", "publication", json!({}))
            .await
    }

    async fn quote(&self) -> Value {
        let reading = self
            .app
            .read_article(&self.id, "?lang=en&include=quotes,sources");
        reading.await.expect(200).json["quotes"][0].clone()
    }

    async fn disclose(&self, disclosure: &str) {
        let path = format!("/v1/desk/sources/{}", self.source);
        let etag = self.app.as_editor().get(&path).await.expect(200).etag();
        let patching = self
            .app
            .as_editor()
            .patch(&path, json!({"disclosure": disclosure}));
        patching.if_match(&etag).await.expect(200);
    }

    /// Walks every readers' route and searches what it says for the source.
    async fn is_nowhere(&self) {
        let quote = self.quote().await;
        let paths = contract::operations().into_iter().filter(|operation| {
            operation.method == "GET" && !operation.path.starts_with("/v1/desk")
        });
        for path in paths.map(|operation| operation.path) {
            for id in [&self.id, &self.source, id_of(&quote)] {
                let path = path.replace("{id}", id).replace("{lang}", "en");
                for slug in ["words-from-within", "news-line"] {
                    let path = path.replace("{slug}", slug);
                    for query in [
                        "",
                        "?include=quotes,sources,related,reviews",
                        "?include=quotes,topics&lang=en",
                    ] {
                        self.hides(&format!("{path}{query}")).await;
                    }
                }
            }
        }
    }

    async fn hides(&self, path: &str) {
        let answer = self.app.anonymous().get(path).await;
        let said = format!("{} {:?}", answer.text().to_lowercase(), answer.headers);
        assert!(
            // Three letters alone stand in a random key now and then.
            !said.contains("qzx-recording") && !said.contains("sirrli"),
            "{answer}"
        );
        assert!(
            path.contains(&self.source) || !said.contains(&self.source),
            "{answer}"
        );
    }
}

#[actix_web::test]
async fn readers_get_the_words_and_not_the_name() {
    for disclosure in ["background", "anonymous", "protected"] {
        let scene = Scene::published(disclosure).await;
        let quote = scene.quote().await;
        assert_eq!(
            (&quote["source"], &quote["unnamed"]),
            (&Value::Null, &json!("an official"))
        );
        assert_eq!(
            (&quote["text"], &quote["attribution"]["stated_role"]),
            (&json!("we knew it"), &json!("an official"))
        );
        assert_eq!(
            (
                &quote["attribution"]["stated_name"],
                &quote["attribution"]["evidence_url"]
            ),
            (&Value::Null, &Value::Null)
        );
        let path = format!("/v1/sources/{}", scene.source);
        scene
            .app
            .anonymous()
            .get(&path)
            .await
            .problem("not-found", 404);
    }
}

#[actix_web::test]
async fn its_name_is_on_no_readers_route() {
    Scene::published("protected").await.is_nowhere().await;
}

#[actix_web::test]
async fn a_text_that_names_it_is_not_published() {
    for body in [
        "Qzx Sirrli said that we knew it.",
        "He, q. SIRRLIZADƏ, said that we knew it.",
        "“QZX  SİRRLİ” said that we knew it.",
        "Qzx\u{200e} Sirr\u{2060}li said that we knew it.",
    ] {
        let scene = Scene::drafted("anonymous", body).await;
        let gate = scene.publish().await.problem("source-exposed", 422);
        gate.at(&format!("/sources/{}", scene.source));
        scene
            .app
            .read_article(&scene.id, "")
            .await
            .problem("not-found", 404);
    }
    let scene = Scene::drafted("anonymous", "He said that we knew it.").await;
    let headline = json!({"headline": "What Qzx Sirrli knew"});
    scene
        .app
        .patch_text(&scene.id, "en", headline)
        .await
        .expect(200);
    scene.publish().await.problem("source-exposed", 422);
}

#[actix_web::test]
async fn a_later_change_of_disclosure_reaches_everything_at_once() {
    let scene = Scene::published("on_record").await;
    assert_eq!(scene.quote().await["source"]["name"], NAME);
    scene
        .app
        .anonymous()
        .get(&format!("/v1/sources/{}", scene.source))
        .await
        .expect(200);
    let before = scene
        .app
        .read_article(&scene.id, "?lang=en")
        .await
        .expect(200);

    scene.disclose("protected").await;
    assert_eq!(scene.quote().await["source"], Value::Null);
    scene.is_nowhere().await;
    let after = scene
        .app
        .read_article(&scene.id, "?lang=en")
        .await
        .expect(200);
    assert_ne!(after.etag(), before.etag());
    let by_source = format!("/v1/articles?lang=en&source={}", scene.source);
    let list = scene.app.anonymous().get(&by_source).await.expect(200).json;
    assert_eq!(list["items"], json!([]));

    scene.disclose("on_record").await;
    assert_eq!(scene.quote().await["source"]["name"], NAME);
}

#[actix_web::test]
async fn its_name_is_in_no_note_of_a_correction_of_long_ago() {
    let scene = Scene::published("on_record").await;
    let body = json!({"body_markdown": "She said that we knew it."});
    scene
        .app
        .patch_text(&scene.id, "en", body)
        .await
        .expect(200);
    let note = json!({"correction_note": format!("It was {NAME} who said so.")});
    let publishing = scene.app.put_state(&scene.id, "en", "publication", note);
    publishing.await.expect(200);
    scene.disclose("protected").await;
    let body = json!({"body_markdown": "They said that we knew it."});
    scene
        .app
        .patch_text(&scene.id, "en", body.clone())
        .await
        .expect(200);

    let gate = scene.publish().await.problem("source-exposed", 422);
    gate.at("/corrections/2");
    let path = format!("/v1/desk/articles/{}/texts/en", scene.id);
    let check = scene.app.as_editor().post(&format!("{path}/check"), body);
    let check = check.await.expect(200).json;
    assert_eq!(
        check["publication"]["problems"][0]["errors"][0]["pointer"],
        "/corrections/2"
    );

    let reword = async |n: i32, note: &str| {
        let etag = scene.app.desk_text(&scene.id, "en").await.etag();
        let path = format!("{path}/corrections/{n}");
        let editor = scene.app.as_editor();
        let putting = editor.put(&path, json!({"note": note}));
        putting.if_match(&etag).await
    };
    let named = reword(2, "It was Qzx Sirrli.").await;
    named.problem("source-exposed", 422).at("/note");
    reword(3, "Nothing.").await.problem("not-found", 404);
    reword(2, "It was somebody else who said so.")
        .await
        .expect(200);
    // At once, and without what is not published.
    let read = scene.app.read_article(&scene.id, "?lang=en&body=text");
    let read = read.await.expect(200).json;
    let told = &read["corrections"][0];
    assert_eq!(
        (&told["note"], &told["to_revision"]),
        (&json!("It was somebody else who said so."), &json!(2))
    );
    assert_eq!(read["body"], "She said that we knew it.");
    scene.publish().await.expect(200);
    scene.is_nowhere().await;
}

#[actix_web::test]
async fn the_note_of_a_retraction_can_be_put_in_other_words() {
    let scene = Scene::published("on_record").await;
    let retract = async |note: &str| {
        let note = json!({"note": note});
        scene
            .app
            .put_state(&scene.id, "en", "retraction", note)
            .await
    };
    retract("Qzx Sirrli never said so.").await.expect(200);
    scene.disclose("protected").await;
    let named = retract("QZX SIRRLI never said so.").await;
    named.problem("source-exposed", 422).at("/note");
    retract("Nobody said so.").await.expect(200);
    let gone = scene.app.read_article(&scene.id, "?lang=en").await;
    let gone = gone.problem("gone", 410);
    assert_eq!(gone.json["detail"], "Nobody said so.");
}

#[actix_web::test]
async fn a_statement_ties_no_name_to_its_words() {
    let scene = Scene::drafted("on_record", "He said that we knew it.").await;
    let quote = scene.app.desk_text(&scene.id, "en").await.json["quotes"][0].clone();
    let other = scene
        .app
        .posted_article(story(&scene.source, "She said that we knew it."))
        .await;
    let other_id = id_of(&other).to_owned();
    let other = scene.app.desk_text(&other_id, "en").await.json["quotes"][0].clone();
    let path = format!("/v1/desk/quotes/{}/statement", id_of(&other));
    let linking = scene
        .app
        .as_editor()
        .put(&path, json!({"statement": quote["id"]}));
    linking.if_match("\"1\"").await.expect(200);
    scene.publish().await.expect(200);
    scene.app.publish_text(&other_id, "en").await;
    let shown = async |id: &str| {
        let read = scene.app.read_article(id, "?lang=en&include=quotes").await;
        read.expect(200).json["quotes"][0]["statement"].clone()
    };
    let named = shown(&scene.id).await;
    assert_eq!((&named, &named), (&shown(&other_id).await, &quote["id"]));

    scene.disclose("protected").await;
    let unnamed = shown(&scene.id).await;
    assert_eq!(unnamed, shown(&other_id).await);
    assert!(unnamed.is_string() && unnamed != named, "{unnamed}");
}

#[actix_web::test]
async fn coming_on_record_names_it_as_it_was_published_and_not_as_a_draft_has_it() {
    let scene = Scene::published("protected").await;
    let other = json!({"kind": "person", "names": {"en": "Somebody Else"}});
    let posting = scene.app.as_editor().post("/v1/desk/sources", other);
    let other = posting.await.expect(201).json;
    let path = format!("/v1/desk/quotes/{}", id_of(&scene.quote().await));
    for patch in [
        json!({"attribution": {"stated_name": "Draft Name"}}),
        json!({"source": id_of(&other)}),
    ] {
        let etag = scene.app.desk_text(&scene.id, "en").await.etag();
        let patching = scene.app.as_editor().patch(&path, patch);
        patching.if_match(&etag).await.expect(200);
    }

    scene.disclose("on_record").await;
    let quote = scene.quote().await;
    assert_eq!(
        (&quote["source"]["id"], &quote["attribution"]["stated_name"]),
        (&json!(scene.source), &json!(NAME))
    );
}

#[actix_web::test]
async fn contributors_do_not_learn_of_it_by_posting_its_name() {
    let scene = Scene::published("protected").await;
    let contributor = scene.app.as_contributor();
    let story = json!({"kind": "news", "sources": {"one": {"kind": "person", "names": {"en": NAME}}},
        "texts": {"en": {"headline": "Mine", "body_markdown": "We knew it.",
            "quotes": [{"source": "#one", "manner": "direct", "text": "We knew it."}]}}});
    let posted = contributor
        .post("/v1/desk/articles", story)
        .await
        .expect(201)
        .json;
    assert_eq!(posted["sources"]["one"]["matched_by"], "made");
    assert_ne!(posted["sources"]["one"]["id"], scene.source);
    let path = format!("/v1/desk/sources/{}", scene.source);
    contributor.get(&path).await.problem("not-found", 404);
    let quotes = format!("/v1/desk/articles/{}/quotes", scene.id);
    let quotes = contributor.get(&quotes).await.expect(200);
    assert!(
        !quotes.text().contains(&scene.source) && !quotes.text().contains("Qzx"),
        "{quotes}"
    );
}
