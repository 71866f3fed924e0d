//! Translations: what they were made from, and whether that has moved on since.

use serde_json::{Value, json};

use crate::support::{Answer, TestApp, id_of, items_of};

/// A story in English and Azerbaijani, the latter translated from the former.
struct Scene {
    app: TestApp,
    id: String,
}

const ENGLISH: &str = "The bridge will open.\n\nWork began in 2024.\n\nNobody was hurt.";

impl Scene {
    async fn set() -> Self {
        let app = TestApp::start().await;
        let article = app
            .posted_article(json!({"texts": {
                "az": {"headline": "Körpü açılır", "body_markdown": "Körpü açılacaq.",
                    "translated_from": {"lang": "en", "revision": 1, "by": "human"}},
                "en": {"headline": "The bridge opens", "body_markdown": ENGLISH},
            }}))
            .await;
        let id = id_of(&article).to_owned();
        Self { app, id }
    }

    async fn patch(&self, lang: &str, patch: Value) -> Answer {
        self.app.patch_text(&self.id, lang, patch).await
    }

    async fn publish(&self, lang: &str) {
        self.app.publish_text(&self.id, lang).await;
    }

    /// What readers are told of a text.
    async fn told(&self, lang: &str) -> Value {
        let query = format!("?lang={lang}&lang_fallback=none");
        let read = self.app.read_article(&self.id, &query).await.expect(200);
        read.json["translation"].clone()
    }

    async fn stale(&self, lang: &str) -> Value {
        let text = self.app.desk_text(&self.id, lang).await.json;
        text["translation_stale"].clone()
    }

    async fn drift(&self, lang: &str) -> Answer {
        let path = format!("/v1/desk/articles/{}/texts/{lang}/drift", self.id);
        self.app.as_editor().get(&path).await
    }

    /// The languages that the newsroom's list has.
    async fn listed(&self, query: &str) -> Vec<String> {
        listed(&self.app, query).await
    }
}

async fn listed(app: &TestApp, query: &str) -> Vec<String> {
    let path = format!("/v1/desk/translations{query}");
    let list = app.as_editor().get(&path).await.expect(200).json;
    let langs = items_of(&list).iter();
    langs
        .map(|item| item["text"]["lang"].as_str().expect("a tag").to_owned())
        .collect()
}

#[actix_web::test]
async fn a_translation_is_stale_once_its_original_says_something_else() {
    let scene = Scene::set().await;
    let from = json!({"lang": "en", "revision": 1, "by": "human"});
    let text = scene.app.desk_text(&scene.id, "az").await.json;
    assert_eq!(
        (&text["translated_from"], &text["translation_stale"]),
        (&from, &json!(false))
    );
    let original = scene.app.desk_text(&scene.id, "en").await.json;
    assert_eq!(
        (&original["translated_from"], &original["translation_stale"]),
        (&Value::Null, &Value::Null)
    );

    // A new address is nothing to translate.
    scene
        .patch("en", json!({"slug": "bridge"}))
        .await
        .expect(200);
    assert_eq!(scene.stale("az").await, false);
    let body = ENGLISH.replace("in 2024", "in March 2024");
    let change = json!({"headline": "The bridge opens today", "body_markdown": body});
    scene.patch("en", change).await.expect(200);
    assert_eq!(scene.stale("az").await, true);

    let drift = scene.drift("az").await.expect(200).json;
    assert_eq!(
        (&drift["stale"], &drift["translated_from"]),
        (&json!(true), &from)
    );
    assert_eq!(drift["original"]["head_revision"], 3);
    let changes = &drift["changes"];
    assert_eq!((&changes["from"], &changes["to"]), (&json!(1), &json!(3)));
    let fields = changes["fields"].as_array().expect("fields").iter();
    let fields: Vec<&Value> = fields.map(|change| &change["field"]).collect();
    assert_eq!(fields, ["headline", "slug"]);
    let blocks = changes["blocks"].as_array().expect("blocks");
    assert_eq!(blocks.len(), 1, "{blocks:?}");
    assert_eq!(blocks[0]["block"], original["body"][1]["_key"]);
    assert_eq!(blocks[0]["change"], "changed");

    // A save that does not follow leaves it as long behind as it was.
    let since = drift["since"].clone();
    scene
        .patch("az", json!({"standfirst": "Nəhayət."}))
        .await
        .expect(200);
    let drift = scene.drift("az").await.expect(200).json;
    assert_eq!((&drift["stale"], &drift["since"]), (&json!(true), &since));

    // Nothing was overwritten; whoever follows says so.
    let words = scene.app.desk_text(&scene.id, "az").await.json;
    assert_eq!(
        (&words["head_revision"], &words["headline"]),
        (&json!(2), &text["headline"])
    );
    let followed = json!({"headline": "Körpü bu gün açılır",
        "translated_from": {"lang": "en", "revision": 3, "by": "machine_edited"}});
    let followed = scene.patch("az", followed).await.expect(200).json;
    assert_eq!(followed["translation_stale"], false);
    assert_eq!(followed["translated_from"]["by"], "machine_edited");
    assert_eq!(
        scene.drift("az").await.expect(200).json["changes"]["blocks"],
        json!([])
    );
}

#[actix_web::test]
async fn a_save_keeps_what_it_was_translated_from_and_null_clears_it() {
    let scene = Scene::set().await;
    let kept = scene
        .patch("az", json!({"standfirst": "Nəhayət."}))
        .await
        .expect(200)
        .json;
    assert_eq!(kept["translated_from"]["revision"], 1);
    assert_eq!(scene.listed("").await, ["az"]);
    let cleared = scene
        .patch("az", json!({"translated_from": null}))
        .await
        .expect(200)
        .json;
    assert_eq!(
        (&cleared["translated_from"], &cleared["translation_stale"]),
        (&Value::Null, &Value::Null)
    );
    assert!(scene.listed("").await.is_empty());
    scene.drift("az").await.problem("not-found", 404);

    let path = format!("/v1/desk/articles/{}/texts/az", scene.id);
    let old = scene
        .app
        .as_editor()
        .get(&format!("{path}/revisions/1"))
        .await
        .expect(200);
    assert_eq!(old.json["translated_from"]["revision"], 1);
    let etag = scene.app.desk_text(&scene.id, "az").await.etag();
    let back = format!("{path}/revisions/1/restoration");
    let back = scene
        .app
        .as_editor()
        .put(&back, json!({}))
        .if_match(&etag)
        .await
        .expect(200);
    assert_eq!(back.json["translated_from"]["revision"], 1);
    assert_eq!(scene.listed("").await, ["az"]);

    let whole = json!({"headline": "Körpü", "body_markdown": "Açılacaq."});
    let put = scene
        .app
        .as_editor()
        .put(&path, whole)
        .if_match(&back.etag());
    assert_eq!(put.await.expect(200).json["translated_from"], Value::Null);
}

#[actix_web::test]
async fn an_original_that_is_not_there_is_refused() {
    let scene = Scene::set().await;
    let from = |lang: &str, revision: i64, by: &str| json!({"translated_from": {"lang": lang, "revision": revision, "by": by}});
    for (patch, place) in [
        (from("ru", 1, "human"), "/translated_from/lang"),
        (from("az", 1, "human"), "/translated_from/lang"),
        (from("en", 2, "human"), "/translated_from/revision"),
        (from("en", 0, "human"), "/translated_from/revision"),
        (from("en", 1, "nobody"), "/translated_from/by"),
    ] {
        scene
            .patch("az", patch)
            .await
            .problem("invalid-field", 422)
            .at(place);
    }
    let text = |lang: &str| json!({"headline": "Rain", "translated_from": {"lang": lang, "revision": 1, "by": "human"}});
    let circle = json!({"kind": "news", "texts": {"az": text("ru"), "ru": text("az")}});
    let posting = scene.app.as_editor().post("/v1/desk/articles", circle);
    posting
        .await
        .problem("invalid-field", 422)
        .at("/texts/az/translated_from/lang");
    let chain = json!({"texts": {"az": text("ru"), "ru": text("en"), "en": {"headline": "Rain"}}});
    scene.app.posted_article(chain).await;
}

#[actix_web::test]
async fn readers_are_told_of_the_original_that_is_published() {
    let scene = Scene::set().await;
    scene.publish("az").await;
    let told = |stale: bool| json!({"from": "en", "by": "human", "stale": stale});
    // What is only at the desk has not moved on for readers.
    assert_eq!(scene.told("az").await, told(false));
    scene
        .patch("en", json!({"headline": "The bridge is open"}))
        .await
        .expect(200);
    assert_eq!(scene.told("az").await, told(false));
    scene.publish("en").await;
    assert_eq!(scene.told("en").await, Value::Null);
    assert_eq!(scene.told("az").await, told(true));
    let changes = scene
        .app
        .as_editor()
        .get("/v1/desk/changes")
        .await
        .expect(200)
        .json;
    let last = items_of(&changes).last().expect("a change").clone();
    let keys = last["surrogate_keys"].as_array().expect("keys");
    assert!(
        keys.contains(&json!(format!("article:{}", scene.id))),
        "{last}"
    );
    let page = scene
        .app
        .anonymous()
        .get("/v1/pages/articles/az/korpu-acilir")
        .await
        .expect(200);
    assert_eq!(page.json["article"]["translation"], told(true));

    // The translation follows, but readers have it only once it is published in its turn.
    let follow = json!({"translated_from": {"lang": "en", "revision": 2, "by": "machine"}});
    scene.patch("az", follow).await.expect(200);
    assert_eq!(scene.told("az").await, told(true));
    scene.publish("az").await;
    assert_eq!(
        scene.told("az").await,
        json!({"from": "en", "by": "machine", "stale": false})
    );
}

#[actix_web::test]
async fn a_retracted_original_makes_its_translations_stale_and_one_taken_down_does_not() {
    let scene = Scene::set().await;
    scene.publish("en").await;
    scene.publish("az").await;
    scene.app.unpublish_text(&scene.id, "en").await;
    assert_eq!(scene.told("az").await["stale"], false);
    assert_eq!(scene.stale("az").await, false);
    let note = json!({"note": "It does not open."});
    scene
        .app
        .put_state(&scene.id, "en", "retraction", note)
        .await
        .expect(200);
    assert_eq!(scene.told("az").await["stale"], true);
    assert_eq!(scene.stale("az").await, true);
    assert_eq!(scene.listed("?stale=true").await, ["az"]);
    assert_eq!(
        scene.drift("az").await.expect(200).json["original"]["state"],
        "retracted"
    );

    let note = json!({"note": "Nor here."});
    scene
        .app
        .put_state(&scene.id, "az", "retraction", note)
        .await
        .expect(200);
    assert!(scene.listed("").await.is_empty());
}

#[actix_web::test]
async fn a_chain_is_followed_link_by_link() {
    let scene = Scene::set().await;
    let path = format!("/v1/desk/articles/{}/texts/ru", scene.id);
    let russian = json!({"headline": "Мост", "translated_from": {"lang": "az", "revision": 1, "by": "machine"}});
    let put = scene.app.as_editor().put(&path, russian);
    put.header("if-none-match", "*").await.expect(201);
    scene
        .patch("en", json!({"headline": "The bridge is open"}))
        .await
        .expect(200);
    assert_eq!(scene.listed("?stale=true").await, ["az"]);
    let follow = json!({"headline": "Körpü açıldı", "translated_from": {"lang": "en", "revision": 2, "by": "human"}});
    scene.patch("az", follow).await.expect(200);
    assert_eq!(scene.listed("?stale=true").await, ["ru"]);
    // An original that says again what it said has not moved on.
    scene
        .patch("az", json!({"headline": "Körpü açılır"}))
        .await
        .expect(200);
    assert!(scene.listed("?stale=true").await.is_empty());
    assert_eq!(scene.listed("?stale=false&lang=ru").await, ["ru"]);
}

#[actix_web::test]
async fn the_list_of_translations_goes_by_pages_and_leaves_out_what_is_deleted() {
    let app = TestApp::start().await;
    for nth in 0..5 {
        let text = |lang: &str| {
            json!({"headline": format!("Rain {nth} {lang}"),
            "translated_from": {"lang": "en", "revision": 1, "by": "human"}})
        };
        let texts =
            json!({"en": {"headline": format!("Rain {nth}")}, "az": text("az"), "ru": text("ru")});
        let article = app.posted_article(json!({"texts": texts})).await;
        let id = id_of(&article);
        match nth {
            0 => {
                let etag = app.desk_text(id, "az").await.etag();
                let deleting = app
                    .as_editor()
                    .delete(&format!("/v1/desk/articles/{id}/texts/az"));
                deleting.if_match(&etag).await.expect(204);
            }
            1 => {
                let deleting = app.as_editor().delete(&format!("/v1/desk/articles/{id}"));
                deleting.if_match("\"1\"").await.expect(204);
            }
            _ => {
                let change = json!({"headline": format!("Sun {nth}")});
                app.patch_text(id, "en", change).await.expect(200);
            }
        }
    }
    assert_eq!(listed(&app, "?stale=true&lang=ru").await.len(), 3);
    assert_eq!(listed(&app, "?stale=false").await, ["ru"]);
    let editor = app.as_editor();
    let path = "/v1/desk/translations?limit=2&count=true";
    let mut seen = Vec::new();
    let mut page = editor.get(path).await.expect(200).json;
    assert_eq!(page["total"], 7);
    loop {
        seen.extend(
            items_of(&page)
                .iter()
                .map(|item| item["text"]["headline"].clone()),
        );
        let Some(next) = page["page"]["next"].as_str() else {
            break;
        };
        page = editor
            .get(&format!("{path}&cursor={next}"))
            .await
            .expect(200)
            .json;
    }
    let distinct: std::collections::BTreeSet<String> = seen.iter().map(Value::to_string).collect();
    assert_eq!((seen.len(), distinct.len()), (7, 7));
    let back = page["page"]["prev"].as_str().expect("a cursor");
    let before = editor
        .get(&format!("{path}&cursor={back}"))
        .await
        .expect(200)
        .json;
    assert_eq!(items_of(&before)[1]["text"]["headline"], seen[5]);
    editor
        .get("/v1/desk/translations?stale=perhaps")
        .await
        .problem("invalid-parameter", 400)
        .at("stale");
    app.as_contributor()
        .get(path)
        .await
        .problem("forbidden", 403);

    let cost = async |limit: usize| {
        let before = app.app.db.statements();
        editor
            .get(&format!("/v1/desk/translations?limit={limit}"))
            .await
            .expect(200);
        app.app.db.statements() - before
    };
    assert_eq!(cost(1).await, cost(7).await);
}

#[actix_web::test]
async fn a_contributor_sees_of_others_translations_what_readers_are_told() {
    let scene = Scene::set().await;
    scene.publish("en").await;
    scene.publish("az").await;
    scene
        .patch("en", json!({"headline": "The bridge is open"}))
        .await
        .expect(200);
    let path = format!("/v1/desk/articles/{}/texts/az", scene.id);
    let outsider = scene.app.as_contributor();
    let seen = outsider.get(&path).await.expect(200).json;
    assert_eq!(seen["translation_stale"], false);
    outsider
        .get(&format!("{path}/drift"))
        .await
        .problem("forbidden", 403);
    scene.publish("en").await;
    let seen = outsider.get(&path).await.expect(200).json;
    assert_eq!(seen["translation_stale"], true);
}
