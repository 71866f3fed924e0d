//! One statement that is quoted in several languages and articles: linked at the desk, one item in
//! timelines, and counted once.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Answer, TestApp, id_of, items_of};

/// A newsroom with a minister, who says everything through a radio.
struct Scene {
    app: TestApp,
    minister: String,
    radio: String,
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no word: {value}"))
}

impl Scene {
    async fn new() -> Self {
        let app = TestApp::start().await;
        let minister = source(&app, "person", "A Minister").await;
        let radio = source(&app, "organisation", "Radio Sahil").await;
        Self {
            app,
            minister,
            radio,
        }
    }

    /// An article in these languages with one quote each, which share the key if there is one.
    /// Gives the article's id.
    async fn told(&self, langs: &[&str], key: Option<&str>, said_at: Value) -> String {
        let text = |lang: &&str| {
            let words = format!("It will open, in {lang}.");
            let quote = json!({"key": key, "source": self.minister, "manner": "direct", "text": words,
                "attribution": {"said_at": said_at, "outlet": self.radio}});
            let text = json!({"headline": format!("In {lang}"), "body_markdown": words, "quotes": [quote]});
            ((*lang).to_owned(), text)
        };
        let texts: serde_json::Map<String, Value> = langs.iter().map(text).collect();
        let article = self.app.published_article(json!({"texts": texts})).await;
        id_of(&article).to_owned()
    }

    async fn quote_of(&self, article: &str, lang: &str) -> String {
        let text = self.app.desk_text(article, lang).await;
        id_of(&text.json["quotes"][0]).to_owned()
    }

    async fn read(&self, path: &str) -> Value {
        self.app.anonymous().get(path).await.expect(200).json
    }

    async fn timeline(&self, query: &str) -> Vec<Value> {
        let path = format!("/v1/sources/{}/quotes?limit=100{query}", self.minister);
        items_of(&self.read(&path).await).to_vec()
    }

    /// Links a quote, or unlinks it. Gives what came back, good or bad.
    async fn link(&self, quote: &str, to: Value) -> Answer {
        let path = format!("/v1/desk/quotes/{quote}");
        let editor = self.app.as_editor();
        let etag = editor.get(&path).await.expect(200).etag();
        let linking = editor.put(&format!("{path}/statement"), json!({"statement": to}));
        linking.if_match(&etag).await
    }

    /// The counts of both sources are what their timelines hold.
    async fn check_counts(&self, when: &str) {
        for (id, filter) in [(&self.minister, "source"), (&self.radio, "outlet")] {
            let list = self
                .read(&format!("/v1/quotes?{filter}={id}&limit=100&count=true"))
                .await;
            let items = items_of(&list);
            let others = items
                .iter()
                .flat_map(|item| item["also"].as_array().expect("others"));
            let articles: BTreeSet<&str> = items
                .iter()
                .chain(others.clone())
                .map(|quote| word(&quote["article"]["id"]))
                .collect();
            assert_eq!(list["total"], items.len(), "{when}");
            if items.is_empty() {
                let gone = self.app.anonymous().get(&format!("/v1/sources/{id}"));
                gone.await.problem("not-found", 404);
                continue;
            }
            let source = self.read(&format!("/v1/sources/{id}")).await;
            let (statements, quotes) = (items.len(), items.len() + others.count());
            let expected = match filter {
                "source" => {
                    json!({"quotes": quotes, "statements": statements, "as_outlet": 0, "articles": articles.len()})
                }
                _ => {
                    json!({"quotes": 0, "statements": 0, "as_outlet": statements, "articles": articles.len()})
                }
            };
            assert_eq!(source["counts"], expected, "{when}: {filter}");
        }
    }
}

async fn source(app: &TestApp, kind: &str, name: &str) -> String {
    let source = json!({"kind": kind, "names": {"en": name}});
    let posting = app.as_editor().post("/v1/desk/sources", source);
    id_of(&posting.await.expect(201).json).to_owned()
}

#[actix_web::test]
async fn a_statement_in_several_languages_is_one_item_that_names_the_others() {
    let scene = Scene::new().await;
    let article = scene
        .told(&["az", "en", "ru"], Some("bridge"), json!("2026-04-17"))
        .await;
    let items = scene.timeline("").await;
    assert_eq!(items.len(), 1, "{items:?}");
    let others = items[0]["also"].as_array().expect("others");
    let langs: BTreeSet<&str> = others
        .iter()
        .chain(&items)
        .map(|quote| word(&quote["article"]["lang"]))
        .collect();
    assert_eq!(langs, BTreeSet::from(["az", "en", "ru"]));
    assert_eq!(others[0]["article"]["id"], article.as_str());
    assert!(others[0]["article"]["slug"].is_string());
    for lang in ["az", "en", "ru"] {
        let items = scene.timeline(&format!("&lang={lang}")).await;
        assert_eq!(items.len(), 1);
        assert_eq!(items[0]["article"]["lang"], lang);
        assert_eq!(items[0]["also"].as_array().map(Vec::len), Some(2));
    }
    assert_eq!(items_of(&scene.read("/v1/quotes").await).len(), 1);
    scene.check_counts("published").await;
}

#[actix_web::test]
async fn the_quote_that_says_best_when_it_was_said_stands_for_the_statement() {
    let scene = Scene::new().await;
    let first = scene.told(&["en"], None, json!("2026-04-17")).await;
    let first = scene.quote_of(&first, "en").await;
    for said_at in [json!(null), json!("2026"), json!("2026-04-19")] {
        let article = scene.told(&["en"], None, said_at).await;
        let quote = scene.quote_of(&article, "en").await;
        scene.link(&quote, json!(first)).await.expect(200);
        scene.app.publish_text(&article, "en").await;
    }
    let items = scene.timeline("").await;
    assert_eq!((items.len(), id_of(&items[0])), (1, first.as_str()));
    assert_eq!(items[0]["sorted_by"], "said_at");
    // Among those that fit a filter, the best of them stands for it.
    let later = scene.timeline("&said_after=2026-04-18").await;
    assert_eq!(later.len(), 1);
    assert_eq!(later[0]["attribution"]["said_at"], "2026-04-19");
    assert_eq!(later[0]["also"].as_array().map(Vec::len), Some(3));
    scene.check_counts("linked").await;
}

#[actix_web::test]
async fn a_link_is_a_save_that_readers_see_with_the_next_publication() {
    let scene = Scene::new().await;
    let here = scene.told(&["en"], None, json!("2026")).await;
    let there = scene.told(&["en"], None, json!("2025")).await;
    let (one, other) = (
        scene.quote_of(&here, "en").await,
        scene.quote_of(&there, "en").await,
    );
    let linked = scene.link(&one, json!(other)).await.expect(200);
    assert_eq!(linked.json["statement"], other.as_str());
    assert_eq!(scene.timeline("").await.len(), 2);
    let text = scene.app.desk_text(&here, "en").await;
    assert_eq!(
        (&text.json["pending"], text.etag()),
        (&json!("draft"), linked.etag())
    );

    scene.app.publish_text(&here, "en").await;
    assert_eq!(scene.timeline("").await.len(), 1);
    scene.check_counts("linked").await;
    // Both show the statement that they share, and caches hear of the other one, too.
    for quote in [&one, &other] {
        let quote = scene.read(&format!("/v1/quotes/{quote}")).await;
        assert_eq!(quote["statement"], other.as_str());
    }
    let changes = scene
        .app
        .as_editor()
        .get("/v1/desk/changes?limit=100")
        .await;
    let changes = changes.expect(200).json;
    let keys = changes["items"].as_array().and_then(|items| items.last());
    let keys = keys.expect("a change")["surrogate_keys"].to_string();
    for key in [
        format!("article:{there}"),
        format!("quote:{other}"),
        format!("source:{}", scene.minister),
    ] {
        assert!(keys.contains(&key), "{key} in {keys}");
    }

    let unlinked = scene.link(&one, json!(null)).await.expect(200);
    assert_eq!(unlinked.json["statement"], Value::Null);
    scene.app.publish_text(&here, "en").await;
    assert_eq!(scene.timeline("").await.len(), 2);
    let alone = scene.read(&format!("/v1/quotes/{other}")).await;
    assert_eq!(alone["statement"], Value::Null);
    scene.check_counts("unlinked").await;
}

#[actix_web::test]
async fn the_quote_that_others_are_linked_to_can_leave_them() {
    let scene = Scene::new().await;
    let mut quotes = Vec::new();
    for said_at in ["2024", "2025", "2026"] {
        let article = scene.told(&["en"], None, json!(said_at)).await;
        quotes.push((scene.quote_of(&article, "en").await, article));
    }
    let [(first, of_first), rest @ ..] = &quotes[..] else {
        panic!("three quotes")
    };
    for (quote, article) in rest {
        scene.link(quote, json!(first)).await.expect(200);
        scene.app.publish_text(article, "en").await;
    }
    assert_eq!(scene.timeline("").await.len(), 1);
    scene.link(first, json!(null)).await.expect(200);
    scene.app.publish_text(of_first, "en").await;
    assert_eq!(scene.timeline("").await.len(), 2);
    scene.check_counts("left").await;
    // And come back by naming one of them.
    scene.link(first, json!(rest[0].0)).await.expect(200);
    scene.app.publish_text(of_first, "en").await;
    assert_eq!(scene.timeline("").await.len(), 1);
    scene.check_counts("back").await;
}

#[actix_web::test]
async fn the_statement_that_a_quote_shows_is_the_one_that_is_linked_to() {
    let scene = Scene::new().await;
    let mut quotes = Vec::new();
    for said_at in ["2023", "2024", "2025", "2026"] {
        let article = scene.told(&["en"], None, json!(said_at)).await;
        quotes.push(scene.quote_of(&article, "en").await);
    }
    let [first, second, third, fourth] = &quotes[..] else {
        panic!("four quotes")
    };
    for quote in [second, third] {
        scene.link(quote, json!(first)).await.expect(200);
    }
    let left = scene.link(first, json!(null)).await.expect(200);
    assert_ne!(left.json["statement"], json!(first));
    let path = format!("/v1/desk/quotes/{second}");
    let shown = scene.app.as_editor().get(&path).await.expect(200).json;
    let linked = scene.link(fourth, shown["statement"].clone()).await;
    assert_eq!(linked.expect(200).json["statement"], shown["statement"]);
    // By its own id it comes back to them, and by the one that it shows to itself.
    let alone = scene.link(first, left.json["statement"].clone()).await;
    assert_eq!(alone.expect(200).json["statement"], left.json["statement"]);
    let back = scene.link(first, json!(first)).await.expect(200);
    assert_eq!(back.json["statement"], Value::Null);
}

#[actix_web::test]
async fn a_key_is_of_one_source() {
    let scene = Scene::new().await;
    let other = source(&scene.app, "person", "Another Minister").await;
    let quote = |source: &str| json!({"key": "bridge", "source": source, "manner": "direct", "text": "It will open."});
    let text = |quotes: Value| json!({"headline": "Bridge", "body_markdown": "It will open.", "quotes": quotes});
    let both = text(json!([quote(&scene.minister), quote(&other)]));
    let story = json!({"kind": "news", "texts": {"en": both}});
    let editor = scene.app.as_editor();
    let refused = editor.post("/v1/desk/articles", story).await;
    let refused = refused.problem("invalid-field", 422);
    refused.at("/texts/en/quotes/1/key");

    let texts = json!({"en": text(json!([quote(&scene.minister)]))});
    let article = scene.app.posted_article(json!({"texts": texts})).await;
    let path = format!("/v1/desk/articles/{}/texts/az", id_of(&article));
    let az = text(json!([quote(&other)]));
    let refused = editor.put(&path, az).header("if-none-match", "*").await;
    refused.problem("invalid-field", 422).at("/quotes/0/key");
    let path = format!("/v1/desk/articles/{}/quotes", id_of(&article));
    let one = json!({"lang": "en", "quote": quote(&other)});
    let refused = editor.post(&path, one).await;
    refused.problem("invalid-field", 422).at("/quote/key");
    let one = json!({"lang": "en", "quote": quote(&scene.minister)});
    editor.post(&path, one).await.expect(201);
}

#[actix_web::test]
async fn a_quote_that_comes_to_be_of_another_source_leaves_its_statement() {
    let scene = Scene::new().await;
    let article = scene
        .told(&["az", "en"], Some("bridge"), json!("2026"))
        .await;
    let other = source(&scene.app, "person", "Another Minister").await;
    let quote = scene.quote_of(&article, "en").await;
    let path = format!("/v1/desk/quotes/{quote}");
    let patch = async |patch: Value| {
        let editor = scene.app.as_editor();
        let patching = editor.patch(&path, patch).if_match("*");
        patching.await.expect(200).json
    };
    let kept = patch(json!({"source": scene.minister})).await;
    assert!(kept["statement"].is_string(), "{kept}");
    let left = patch(json!({"source": other})).await;
    assert_eq!(left["statement"], Value::Null);

    // It does not come back to it with the source that it had, but says what it said.
    let etag = scene.app.desk_text(&article, "en").await.etag();
    let restoration = format!("/v1/desk/articles/{article}/texts/en/revisions/1/restoration");
    let restoring = scene.app.as_editor().put(&restoration, json!({}));
    let restored = restoring.if_match(&etag).await.expect(200).json;
    let back = &restored["quotes"][0];
    assert_eq!(back["source"], json!(scene.minister));
    assert_ne!(back["statement"], kept["statement"]);
}

#[actix_web::test]
async fn only_quotes_of_one_source_are_linked() {
    let scene = Scene::new().await;
    let article = scene.told(&["en"], None, json!(null)).await;
    let quote = scene.quote_of(&article, "en").await;
    let resident = json!([{"unnamed": "a resident", "manner": "direct", "text": "very glad"}]);
    let text =
        json!({"headline": "Glad", "body_markdown": "He was very glad.", "quotes": resident});
    let other = scene
        .app
        .posted_article(json!({"texts": {"en": text}}))
        .await;
    let other = scene.quote_of(id_of(&other), "en").await;
    let nobody = "0192f1a2-7c3e-7b10-9a55-1f0c2d3e4a01";
    for target in [other.as_str(), nobody] {
        let refused = scene.link(&quote, json!(target)).await;
        refused.problem("invalid-field", 422).at("/statement");
    }
    let path = format!("/v1/desk/quotes/{quote}/statement");
    let editor = scene.app.as_editor();
    let stale = editor
        .put(&path, json!({"statement": null}))
        .if_match("\"77\"");
    stale.await.problem("stale", 412);
    let empty = editor.put(&path, json!({})).if_match("*");
    empty.await.problem("invalid-field", 422);
    let published = scene
        .app
        .as_contributor()
        .put(&path, json!({"statement": null}));
    published.if_match("*").await.problem("forbidden", 403);
}

#[actix_web::test]
async fn a_contributor_cannot_link_to_what_is_nobody_elses_business() {
    let scene = Scene::new().await;
    let contributor = scene.app.as_contributor();
    let text = |quote: Value| json!({"texts": {"en": {"headline": "A draft", "body_markdown": "It will open.", "quotes": [quote]}}});
    let quote = json!({"source": scene.minister, "manner": "direct", "text": "It will open."});
    let draft = scene.app.posted_article(text(quote.clone())).await;
    let hidden = scene.quote_of(id_of(&draft), "en").await;
    let own = json!({"kind": "news", "texts": text(quote)["texts"]});
    let own = contributor
        .post("/v1/desk/articles", own)
        .await
        .expect(201)
        .json;
    let own = scene.quote_of(id_of(&own), "en").await;
    let path = format!("/v1/desk/quotes/{own}/statement");
    let linking = contributor
        .put(&path, json!({"statement": hidden}))
        .if_match("\"1\"");
    linking.await.problem("invalid-field", 422).at("/statement");
    scene.app.publish_text(id_of(&draft), "en").await;
    let linking = contributor
        .put(&path, json!({"statement": hidden}))
        .if_match("\"1\"");
    linking.await.expect(200);
}

#[actix_web::test]
async fn counts_are_right_after_whatever_happens() {
    let scene = Scene::new().await;
    let bridge = scene
        .told(&["az", "en", "ru"], Some("bridge"), json!("2026-04-17"))
        .await;
    let tunnel = scene.told(&["az", "en"], None, json!("2026-04-18")).await;
    scene.check_counts("published").await;
    scene.app.unpublish_text(&bridge, "az").await;
    scene.check_counts("one language taken down").await;
    scene.app.publish_text(&bridge, "az").await;
    scene.check_counts("published again").await;
    let quote = scene.quote_of(&tunnel, "en").await;
    let quote = format!("/v1/desk/quotes/{quote}");
    let deleting = scene.app.as_editor().delete(&quote).if_match("*");
    deleting.await.expect(204);
    scene.check_counts("a quote deleted in a draft").await;
    let note = json!({"correction_note": "One quote was not said so."});
    let publishing = scene.app.put_state(&tunnel, "en", "publication", note);
    publishing.await.expect(200);
    scene.check_counts("published without it").await;
    let note = json!({"note": "It was not so."});
    let retracting = scene.app.put_state(&bridge, "ru", "retraction", note);
    retracting.await.expect(200);
    scene.check_counts("one language retracted").await;

    let editor = scene.app.as_editor();
    let disclose = |disclosure: &str| {
        let path = format!("/v1/desk/sources/{}", scene.minister);
        let patch = editor.patch(&path, json!({"disclosure": disclosure}));
        patch.if_match("*")
    };
    disclose("background").await.expect(200);
    scene.check_counts("off the record").await;
    assert_eq!(items_of(&scene.read("/v1/quotes").await).len(), 2);
    disclose("on_record").await.expect(200);
    scene.check_counts("on record").await;

    let double = source(&scene.app, "person", "Another Minister").await;
    let doubled = Scene {
        minister: double,
        ..scene
    };
    doubled.told(&["en"], None, json!("2026")).await;
    doubled.check_counts("a second source").await;
    let first = items_of(&doubled.read("/v1/sources?lang=en&kind=person").await).to_vec();
    let first = first.iter().map(id_of).find(|id| *id != doubled.minister);
    let path = format!(
        "/v1/desk/sources/{}/merge",
        first.expect("the first minister")
    );
    let merging = doubled.app.as_editor();
    let merging = merging.post(&path, json!({"into": doubled.minister}));
    merging.await.expect(200);
    doubled.check_counts("merged").await;
    assert_eq!(doubled.timeline("").await.len(), 3);
}

#[actix_web::test]
async fn a_statement_has_a_bounded_number_of_quotes() {
    let scene = Scene::new().await;
    let quotes: Vec<Value> = (0..51)
        .map(|_| json!({"key": "bridge", "source": scene.minister, "manner": "direct", "text": "It will open."}))
        .collect();
    let text = json!({"headline": "Often", "body_markdown": "It will open.", "quotes": quotes});
    let story = json!({"kind": "news", "texts": {"en": text}});
    let posting = scene.app.as_editor().post("/v1/desk/articles", story);
    let refused = posting.await.problem("invalid-field", 422);
    refused.at("/texts/en/quotes/50/key");
}
