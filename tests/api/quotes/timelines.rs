//! What a source said, and all quotes, in their order.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Client, TestApp, id_of, items_of};

/// One article in which a minister says something at each of these times.
async fn spoken(app: &TestApp, times: &[Value]) -> (String, String) {
    let quote = |(nth, time): (usize, &Value)| {
        json!({"source": "#minister", "manner": "direct", "text": format!("Word {nth}."),
            "attribution": {"said_at": time, "occasion": if nth % 2 == 0 { "speech" } else { "interview" }, "outlet": "#radio"}})
    };
    let body: Vec<String> = (0..times.len()).map(|nth| format!("Word {nth}.")).collect();
    let quotes: Vec<Value> = times.iter().enumerate().map(quote).collect();
    let article = app
        .published_article(json!({
            "sources": {
                "minister": {"kind": "person", "names": {"en": "A Minister"}},
                "radio": {"kind": "organisation", "names": {"en": "Radio Sahil"}},
            },
            "texts": {"en": {"headline": "Words", "body_markdown": body.join("\n\n"), "quotes": quotes}},
        }))
        .await;
    let quotes = format!("/v1/desk/articles/{}/quotes", id_of(&article));
    let quotes = app.as_editor().get(&quotes).await.expect(200).json;
    let quote = &quotes["items"][0];
    let word = |value: &Value| value.as_str().expect("an id").to_owned();
    (
        word(&quote["source"]),
        word(&quote["attribution"]["outlet"]),
    )
}

async fn words(client: &Client, path: &str) -> Vec<String> {
    let list = client.get(path).await.expect(200).json;
    let words = |item: &Value| item["text"].as_str().expect("words").to_owned();
    items_of(&list).iter().map(words).collect()
}

#[actix_web::test]
async fn a_timeline_has_the_newest_said_first_however_exactly_it_is_known() {
    let app = TestApp::start().await;
    let times = ["2024-05-01", "2026", "2024-05", "2025-12-31T23:00:00Z"].map(Value::from);
    let times = [&times[..], &[Value::Null]].concat();
    let (minister, radio) = spoken(&app, &times).await;
    let reader = app.anonymous();
    let path = format!("/v1/sources/{minister}/quotes");
    // What has no time stands where its publication does: now, after all these.
    let ordered = ["Word 4.", "Word 1.", "Word 3."];
    assert_eq!(words(&reader, &path).await[..3], ordered);
    assert_eq!(words(&reader, "/v1/quotes").await[..3], ordered);
    assert_eq!(
        words(
            &reader,
            &format!("/v1/quotes?outlet={radio}&occasion=interview")
        )
        .await,
        ["Word 1.", "Word 3."]
    );
    assert_eq!(
        words(
            &reader,
            &format!("/v1/quotes?source={minister}&said_after=2025-06")
        )
        .await,
        ["Word 1.", "Word 3."]
    );
    assert_eq!(
        words(
            &reader,
            &format!("{path}?said_before=2025&said_after=2024-04-30")
        )
        .await
        .len(),
        2
    );
    assert_eq!(words(&reader, &format!("{path}?lang=az")).await, [""; 0]);
    reader
        .get(&format!("{path}?said_after=spring"))
        .await
        .problem("invalid-parameter", 400)
        .at("said_after");
    reader
        .get(&format!("{path}?occasion=dream"))
        .await
        .problem("invalid-parameter", 400)
        .at("occasion");
}

#[actix_web::test]
async fn a_timeline_is_paged_forth_and_back_without_gap_or_double() {
    let app = TestApp::start().await;
    let times: Vec<Value> = (0..11)
        .map(|nth| format!("2024-03-{:02}", nth / 2 + 1).into())
        .collect();
    let (minister, _) = spoken(&app, &times).await;
    let (reader, path) = (app.anonymous(), format!("/v1/sources/{minister}/quotes"));
    let all = words(&reader, &format!("{path}?limit=100")).await;
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 11);

    let (mut forth, mut pages, mut at) = (Vec::new(), Vec::new(), String::new());
    loop {
        let page = reader
            .get(&format!("{path}?limit=4{at}"))
            .await
            .expect(200)
            .json;
        forth.extend(
            items_of(&page)
                .iter()
                .map(|item| item["text"].as_str().expect("words").to_owned()),
        );
        pages.push(page.clone());
        let Some(next) = page["page"]["next"].as_str() else {
            break;
        };
        at = format!("&cursor={next}");
    }
    assert_eq!((forth, pages.len()), (all, 3));
    for (later, earlier) in [(2, 1), (1, 0)] {
        let back = pages[later]["page"]["prev"].as_str().expect("a way back");
        let page = reader
            .get(&format!("{path}?limit=4&cursor={back}"))
            .await
            .expect(200)
            .json;
        assert_eq!(page["items"], pages[earlier]["items"]);
    }
    let cursor = pages[0]["page"]["next"].as_str().expect("a cursor");
    let other = format!("/v1/quotes?limit=4&cursor={cursor}");
    reader.get(&other).await.problem("invalid-cursor", 400);
}

#[actix_web::test]
async fn a_source_is_known_to_readers_from_its_first_quote_to_its_last() {
    let app = TestApp::start().await;
    let (minister, radio) = spoken(&app, &[json!("2026")]).await;
    let reader = app.anonymous();
    for (id, kind) in [(&minister, "person"), (&radio, "organisation")] {
        let source = reader
            .get(&format!("/v1/sources/{id}"))
            .await
            .expect(200)
            .json;
        assert_eq!(source["kind"], kind);
        let articles = reader
            .get(&format!("/v1/sources/{id}/articles?lang=en"))
            .await
            .expect(200)
            .json;
        assert_eq!(articles["items"][0]["headline"], "Words");
    }
    let list = reader.get("/v1/articles?lang=en").await.expect(200).json;
    app.unpublish_text(id_of(&list["items"][0]), "en").await;
    for id in [minister, radio] {
        for part in ["", "/quotes", "/articles"] {
            reader
                .get(&format!("/v1/sources/{id}{part}"))
                .await
                .problem("not-found", 404);
        }
    }
    assert_eq!(words(&reader, "/v1/quotes").await, [""; 0]);
}

#[actix_web::test]
async fn a_new_time_zone_moves_the_days_on_which_things_were_said() {
    let app = TestApp::start().await;
    let times = ["2024-05-01", "2024-04-30T22:00:00Z"].map(Value::from);
    spoken(&app, &times).await;
    let reader = app.anonymous();
    assert_eq!(words(&reader, "/v1/quotes").await, ["Word 0.", "Word 1."]);

    // There the first of May began two hours earlier.
    let patch = json!({"time_zone": "Asia/Baku"});
    let patching = app.as_admin().patch("/v1/desk/site", patch);
    patching.if_match("\"1\"").await.expect(200);

    assert_eq!(words(&reader, "/v1/quotes").await, ["Word 1.", "Word 0."]);
    let said_after = "/v1/quotes?said_after=2024-04-30T21:00:00Z";
    assert_eq!(words(&reader, said_after).await, ["Word 1."]);
}

#[actix_web::test]
async fn a_timeline_can_be_sorted_by_publication_and_says_what_its_order_goes_by() {
    let app = TestApp::start().await;
    let times = [json!("2026"), Value::Null, json!("2024-05-01")];
    let (minister, _) = spoken(&app, &times).await;
    let reader = app.anonymous();
    let path = format!("/v1/sources/{minister}/quotes");
    let sorted_by = async |path: &str| -> Vec<String> {
        let list = reader.get(path).await.expect(200).json;
        let told = |item: &Value| item["sorted_by"].as_str().expect("words").to_owned();
        items_of(&list).iter().map(told).collect()
    };
    // The one without a time stands first, by its publication now.
    assert_eq!(
        sorted_by(&path).await,
        ["published_at", "said_at", "said_at"]
    );
    let published = format!("{path}?sort=-published_at");
    assert_eq!(sorted_by(&published).await, ["published_at"; 3]);
    // They were published together, so the latest made comes first.
    assert_eq!(
        words(&reader, &published).await,
        ["Word 2.", "Word 1.", "Word 0."]
    );
    let first = reader
        .get(&format!("{published}&limit=2"))
        .await
        .expect(200)
        .json;
    let next = first["page"]["next"].as_str().expect("a cursor");
    let rest = words(&reader, &format!("{published}&limit=2&cursor={next}")).await;
    assert_eq!(rest, ["Word 0."]);
    let other = reader.get(&format!("{path}?limit=2&cursor={next}"));
    other.await.problem("invalid-cursor", 400);
    let sorted = reader.get(&format!("{path}?sort=said_at"));
    sorted.await.problem("invalid-parameter", 400).at("sort");
}

#[actix_web::test]
async fn a_timeline_is_narrowed_by_manner_and_verification() {
    let app = TestApp::start().await;
    let (minister, _) = spoken(&app, &[json!("2026"), json!("2025")]).await;
    let reader = app.anonymous();
    let path = format!("/v1/sources/{minister}/quotes");
    assert_eq!(
        words(&reader, &format!("{path}?manner=direct")).await.len(),
        2
    );
    assert_eq!(
        words(&reader, &format!("{path}?manner=indirect,mixed")).await,
        [""; 0]
    );
    let first = reader.get(&path).await.expect(200).json;
    let quote = format!("/v1/desk/quotes/{}", id_of(&items_of(&first)[0]));
    let verifying = app.as_editor();
    let verifying = verifying.put(
        &format!("{quote}/verification"),
        json!({"state": "disputed"}),
    );
    verifying.if_match("*").await.expect(200);
    for (path, said) in [
        (format!("{path}?verification=disputed"), &["Word 0."][..]),
        (format!("{path}?verification=unverified"), &["Word 1."]),
        (
            format!("{path}?verification=unverified,disputed"),
            &["Word 0.", "Word 1."],
        ),
        (
            "/v1/quotes?verification=disputed&sort=-published_at".to_owned(),
            &["Word 0."],
        ),
        ("/v1/quotes?verification=verified".to_owned(), &[]),
    ] {
        assert_eq!(words(&reader, &path).await, said, "{path}");
    }
    // The timeline is one of the answers that a verification touches.
    let timeline = reader.get(&path).await.expect(200);
    let keys = timeline.header("surrogate-key").expect("keys").to_owned();
    let touched = format!("source:{minister}:quotes");
    assert!(keys.split(' ').any(|key| key == touched), "{keys}");
    let changes = app
        .as_editor()
        .get("/v1/desk/changes?limit=100")
        .await
        .expect(200)
        .json;
    let last = items_of(&changes).last().expect("a change")["surrogate_keys"].to_string();
    assert!(last.contains(&touched), "{last}");
}

#[actix_web::test]
async fn a_page_of_a_timeline_costs_the_same_wherever_it_is() {
    let app = TestApp::start().await;
    let times: Vec<Value> = (0..12)
        .map(|nth| format!("20{:02}", nth + 10).into())
        .collect();
    let (minister, _) = spoken(&app, &times).await;
    let reader = app.anonymous();
    let mut path = format!("/v1/sources/{minister}/quotes?limit=3");
    let mut costs = BTreeSet::new();
    app.app
        .site()
        .await
        .expect("what all readings have in common");
    for _ in 0..4 {
        let before = app.app.db.statements();
        let page = reader.get(&path).await.expect(200).json;
        costs.insert(app.app.db.statements() - before);
        if let Some(next) = page["page"]["next"].as_str() {
            path = format!("/v1/sources/{minister}/quotes?limit=3&cursor={next}");
        }
    }
    assert_eq!(costs.len(), 1, "{costs:?}");
}

#[actix_web::test]
async fn a_timeline_is_narrowed_to_topics_and_follows_them() {
    let app = TestApp::start().await;
    let (minister, _) = spoken(&app, &[json!("2026")]).await;
    for (slug, name) in [("bridges", "Bridges"), ("rivers", "Rivers")] {
        let topic = json!({"slug": slug, "names": {"en": name}});
        app.as_editor()
            .post("/v1/desk/topics", topic)
            .await
            .expect(201);
    }
    let reader = app.anonymous();
    let path = format!("/v1/sources/{minister}/quotes?topic=");
    let first = reader.get("/v1/quotes").await.expect(200).json;
    let article = items_of(&first)[0]["article"]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    for (topics, found, missed) in [
        (["bridges"], "bridges", "rivers"),
        (["rivers"], "rivers", "bridges"),
    ] {
        let patch = json!({"topics": topics});
        app.patch_article(&article, patch).await.expect(200);
        for list in [&path, "/v1/quotes?topic="] {
            assert_eq!(words(&reader, &format!("{list}{found}")).await, ["Word 0."]);
            assert_eq!(words(&reader, &format!("{list}{missed}")).await, [""; 0]);
            assert_eq!(
                words(&reader, &format!("{list}{missed},{found}")).await,
                ["Word 0."]
            );
            assert_eq!(words(&reader, &format!("{list}oceans")).await, [""; 0]);
        }
        let answer = reader.get(&format!("{path}{found}")).await.expect(200);
        let keys = answer.header("surrogate-key").expect("keys").to_owned();
        let changes = app
            .as_editor()
            .get("/v1/desk/changes?limit=100")
            .await
            .expect(200)
            .json;
        let touched = &items_of(&changes).last().expect("a change")["surrogate_keys"];
        let touched = touched
            .as_array()
            .expect("keys")
            .iter()
            .filter_map(Value::as_str);
        let touched: BTreeSet<&str> = touched.collect();
        assert!(
            keys.split(' ')
                .any(|key| touched.contains(key) && key == "quotes"),
            "{keys}"
        );
    }
}
