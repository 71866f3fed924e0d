//! Notices: their windows, areas and languages, and what the newsroom may do with them.

mod windows;

use serde_json::{Value, json};

use crate::support::{Answer, TestApp};

const HOUR: i64 = 3600;

/// A moment by the app's clock, as JSON has it.
fn in_seconds(app: &TestApp, seconds: i64) -> String {
    app.clock.now().plus_seconds(seconds).to_string()
}

/// A civic notice in English whose window has been open for an hour.
fn appeal(app: &TestApp) -> Value {
    json!({
        "kind": "civic",
        "window": {"starts": in_seconds(app, -HOUR), "ends": null},
        "texts": {"en": {"headline": "Dear resident!", "body_markdown": "You can do your part."}},
    })
}

async fn post(app: &TestApp, notice: &Value) -> Answer {
    let made = app.as_editor().post("/v1/desk/notices", notice.clone());
    made.await.expect(201)
}

async fn publish(app: &TestApp, id: &str, lang: &str) -> Answer {
    let address = format!("/v1/desk/notices/{id}/texts/{lang}");
    let text = app.as_editor().get(&address).await.expect(200);
    let publishing = app
        .as_editor()
        .put(&format!("{address}/publication"), json!({}));
    publishing.if_match(&text.etag()).await.expect(200)
}

async fn unpublish(app: &TestApp, id: &str, lang: &str) {
    let address = format!("/v1/desk/notices/{id}/texts/{lang}");
    let text = app.as_editor().get(&address).await.expect(200);
    let taking = app.as_editor().delete(&format!("{address}/publication"));
    taking.if_match(&text.etag()).await.expect(200);
}

/// Posts a notice and publishes all its texts; gives its id.
async fn published(app: &TestApp, notice: &Value) -> String {
    let made = post(app, notice).await;
    let id = made.json["id"].as_str().expect("an id").to_owned();
    for lang in made.json["texts"].as_object().expect("texts").keys() {
        publish(app, &id, lang).await;
    }
    id
}

async fn shown(app: &TestApp, query: &str) -> Vec<String> {
    let list = app
        .anonymous()
        .get(&format!("/v1/notices{query}"))
        .await
        .expect(200);
    ids(&list)
}

fn ids(list: &Answer) -> Vec<String> {
    let items = list.json["items"].as_array().expect("items");
    let id = |item: &Value| item["id"].as_str().expect("an id").to_owned();
    items.iter().map(id).collect()
}

#[actix_web::test]
async fn a_notice_comes_out_as_it_went_in() {
    let app = TestApp::start().await;
    let notice = json!({
        "kind": "civic", "issuer": null, "priority": "normal", "severity": null, "label": null,
        "window": {"starts": "2020-11-01T00:00:00Z", "ends": null},
        "areas": [{"code": "AZ-BA", "name": "Baku"}], "placements": ["article", "home"],
        "action": {"url": "https://example.az/climate", "label": {"en": "What you can do"}},
        "texts": {
            "az": {"headline": "Əziz sakin!", "body_markdown": "Siz də."},
            "en": {"headline": "Dear resident!", "body_markdown": "You too."},
            "ru": {"headline": "Дорогой житель!", "body_markdown": "И вы тоже."},
        },
    });
    let id = published(&app, &notice).await;

    let read = app.anonymous().get(&format!("/v1/notices/{id}?lang=ru,az"));
    let read = read.await.expect(200);
    assert_eq!(read.json["headline"], "Дорогой житель!");
    assert_eq!(read.json["body"][0]["children"][0]["text"], "И вы тоже.");
    assert_eq!(
        read.json["action"],
        json!({"url": "https://example.az/climate", "label": "What you can do"})
    );
    assert_eq!(
        read.json["served"],
        json!({"lang": "ru", "requested": ["ru", "az"], "match": "exact"})
    );
    assert_eq!(
        read.json["alternates"][0],
        json!({"lang": "az", "slug": null, "headline": "Əziz sakin!", "url": null})
    );
    for field in [
        "kind",
        "issuer",
        "priority",
        "severity",
        "label",
        "window",
        "areas",
        "placements",
    ] {
        assert_eq!(read.json[field], notice[field], "{field}");
    }
    assert_eq!(read.header("content-language"), Some("ru"));
    let keys = format!("notice:{id} site");
    assert_eq!(read.header("surrogate-key"), Some(keys.as_str()));
}

#[actix_web::test]
async fn readers_see_nothing_that_is_not_published() {
    let app = TestApp::start().await;
    let made = post(&app, &appeal(&app)).await;
    let id = made.json["id"].as_str().expect("an id");
    let address = format!("/v1/notices/{id}");

    assert!(shown(&app, "").await.is_empty());
    app.anonymous()
        .get(&address)
        .await
        .problem("not-found", 404);
    for outsider in [app.as_contributor(), app.as_moderator()] {
        let at_the_desk = format!("/v1/desk/notices/{id}");
        outsider.get(&at_the_desk).await.problem("not-found", 404);
        let list = outsider.get("/v1/desk/notices").await.expect(200);
        assert!(ids(&list).is_empty());
    }

    publish(&app, id, "en").await;
    assert_eq!(shown(&app, "").await, [id]);
    let text = format!("/v1/desk/notices/{id}/texts/en");
    let etag = app.as_editor().get(&text).await.expect(200).etag();
    let patching = app.as_editor().patch(&text, json!({"headline": "Not yet"}));
    patching.if_match(&etag).await.expect(200);
    let read = app.anonymous().get(&address).await.expect(200);
    assert_eq!(read.json["headline"], "Dear resident!");
    unpublish(&app, id, "en").await;
    assert!(shown(&app, "").await.is_empty());
    app.anonymous()
        .get(&address)
        .await
        .problem("not-found", 404);
}

#[actix_web::test]
async fn who_does_not_edit_sees_of_a_notice_what_is_published() {
    let app = TestApp::start().await;
    let mut notice = appeal(&app);
    notice["texts"]["az"] = json!({"headline": "Hələ yox"});
    let made = post(&app, &notice).await;
    let id = made.json["id"].as_str().expect("an id");
    publish(&app, id, "en").await;
    let address = format!("/v1/desk/notices/{id}");
    let text = format!("{address}/texts/en");
    let etag = app.as_editor().get(&text).await.expect(200).etag();
    let newer = json!({"headline": "Not yet", "body_markdown": "Not this."});
    let patching = app.as_editor().patch(&text, newer).if_match(&etag);
    patching.await.expect(200);

    for outsider in [app.as_contributor(), app.as_moderator()] {
        let seen = outsider.get(&address).await.expect(200);
        let listed = outsider.get("/v1/desk/notices").await.expect(200);
        for texts in [&seen.json["texts"], &listed.json["items"][0]["texts"]] {
            assert_eq!(texts.as_object().map(serde_json::Map::len), Some(1));
            let text = &texts["en"];
            assert_eq!(
                (&text["headline"], &text["pending"], &text["head_revision"]),
                (&json!("Dear resident!"), &Value::Null, &json!(1))
            );
        }
        let read = outsider.get(&text).await.expect(200);
        assert_eq!(read.json["headline"], "Dear resident!");
        assert!(!read.text().contains("Not this."), "{read}");
        let hidden = outsider.get(&format!("{address}/texts/az")).await;
        hidden.problem("not-found", 404);
        let drafts = outsider.get("/v1/desk/notices?state=draft").await;
        assert!(ids(&drafts.expect(200)).is_empty());
    }
    let read = app.as_editor().get(&text).await.expect(200);
    assert_eq!(read.json["headline"], "Not yet");
    let drafts = app.as_editor().get("/v1/desk/notices?state=draft").await;
    assert_eq!(ids(&drafts.expect(200)), [id]);
}

#[actix_web::test]
async fn a_notice_names_no_quote() {
    let app = TestApp::start().await;
    let pull = |quote: Value| json!([{"_type": "pullQuote", "_key": "p", "text": "Glad.", "quote": quote}]);
    let mut notice = appeal(&app);
    let quote = json!("0192f1a2-7c3e-7b10-9a55-1f0c2d3e4a01");
    notice["texts"]["en"] = json!({"headline": "Dear resident!", "body": pull(quote)});
    let posting = app.as_editor().post("/v1/desk/notices", notice.clone());
    let refused = posting.await.problem("invalid-field", 422);
    refused.at("/texts/en/body/0/quote");
    notice["texts"]["en"]["body"] = pull(Value::Null);
    post(&app, &notice).await;
}

#[actix_web::test]
async fn a_text_is_in_one_of_the_sites_languages() {
    let app = TestApp::start().await;
    let mut notice = appeal(&app);
    notice["texts"]["tr"] = json!({"headline": "Sayın sakin!"});
    let posting = app.as_editor().post("/v1/desk/notices", notice);
    posting.await.problem("invalid-field", 422).at("/texts/tr");
}

#[actix_web::test]
async fn an_area_has_its_own_notices_and_those_of_everything_around_it() {
    let app = TestApp::start().await;
    let mut by_area = Vec::new();
    for code in ["AZ-BA", "AZ", "AZ-GA", "TR"] {
        let mut notice = appeal(&app);
        notice["areas"] = json!([{"code": code, "name": code}]);
        by_area.push(published(&app, &notice).await);
    }
    let everywhere = published(&app, &appeal(&app)).await;
    let [baku, azerbaijan, ganja, turkey] = &by_area[..] else {
        panic!("four notices")
    };

    let sorted = async |query: &str| {
        let mut found = shown(&app, query).await;
        found.sort();
        found
    };
    let expected = |ids: &[&String]| {
        let mut ids: Vec<String> = ids.iter().map(|id| (*id).clone()).collect();
        ids.sort();
        ids
    };
    assert_eq!(
        sorted("?area=AZ-BA").await,
        expected(&[baku, azerbaijan, &everywhere])
    );
    assert_eq!(
        sorted("?area=AZ").await,
        expected(&[azerbaijan, &everywhere])
    );
    assert_eq!(
        sorted("?area=AZ-GA,TR").await,
        expected(&[ganja, azerbaijan, turkey, &everywhere])
    );
    assert_eq!(sorted("?area=GE").await, expected(&[&everywhere]));
    assert_eq!(sorted("").await.len(), 5);
    app.anonymous()
        .get("/v1/notices?area=baku")
        .await
        .problem("invalid-parameter", 400)
        .at("area");
}

#[actix_web::test]
async fn placements_and_kinds_narrow_the_list() {
    let app = TestApp::start().await;
    let mut home = appeal(&app);
    home["placements"] = json!(["home", "article"]);
    let home = published(&app, &home).await;
    let mut alert = appeal(&app);
    alert["kind"] = json!("alert");
    let alert = published(&app, &alert).await;

    assert_eq!(
        shown(&app, "?placement=home").await,
        std::slice::from_ref(&home)
    );
    assert_eq!(shown(&app, "?placement=kiosk,article").await, [home]);
    assert_eq!(shown(&app, "?kind=alert,service").await, [alert]);
    assert!(shown(&app, "?placement=kiosk").await.is_empty());
}

#[actix_web::test]
async fn urgent_notices_come_first_and_pages_follow_on() {
    let app = TestApp::start().await;
    let mut expected = Vec::new();
    for (priority, age) in [
        ("urgent", 3),
        ("high", 1),
        ("high", 2),
        ("normal", 1),
        ("low", 1),
    ] {
        let mut notice = appeal(&app);
        notice["priority"] = json!(priority);
        notice["window"]["starts"] = json!(in_seconds(&app, -age * HOUR));
        expected.push(published(&app, &notice).await);
    }
    assert_eq!(shown(&app, "").await, expected);

    let first = app
        .anonymous()
        .get("/v1/notices?limit=2&count=true")
        .await
        .expect(200);
    assert_eq!(
        (ids(&first), &first.json["total"]),
        (expected[..2].to_vec(), &json!(5))
    );
    let next = first.json["page"]["next"].as_str().expect("a cursor");
    let second = app
        .anonymous()
        .get(&format!("/v1/notices?limit=2&cursor={next}"))
        .await
        .expect(200);
    assert_eq!(ids(&second), expected[2..4]);
    let back = second.json["page"]["prev"].as_str().expect("a cursor");
    let again = app
        .anonymous()
        .get(&format!("/v1/notices?limit=2&cursor={back}"))
        .await
        .expect(200);
    assert_eq!(ids(&again), expected[..2]);
}

#[actix_web::test]
async fn each_notice_comes_in_the_language_that_fits_it() {
    let app = TestApp::start().await;
    let english = published(&app, &appeal(&app)).await;
    let mut both = appeal(&app);
    both["priority"] = json!("high");
    both["texts"]["ru"] = json!({"headline": "Дорогой житель!"});
    let both = published(&app, &both).await;

    let list = app.anonymous().get("/v1/notices?lang=ru").await.expect(200);
    assert_eq!(ids(&list), [both.clone(), english.clone()]);
    assert_eq!(list.json["items"][0]["served"]["match"], "exact");
    assert_eq!(list.json["items"][1]["lang"], "en");
    assert_eq!(list.json["items"][1]["served"]["match"], "fallback");
    assert_eq!(list.header("content-language"), None);
    assert_eq!(
        list.header("vary")
            .map(|vary| vary.contains("Accept-Language")),
        Some(false)
    );

    assert_eq!(shown(&app, "?lang=ru&lang_fallback=none").await, [both]);
    app.anonymous()
        .get(&format!("/v1/notices/{english}?lang=ru&lang_fallback=none"))
        .await
        .problem("language-not-available", 406);
}

#[actix_web::test]
async fn a_promotion_needs_its_label() {
    let app = TestApp::start().await;
    let mut notice = appeal(&app);
    notice["kind"] = json!("promotion");
    let posting = app.as_editor().post("/v1/desk/notices", notice.clone());
    posting.await.problem("invalid-field", 422).at("/label");
    notice["label"] = json!("Advertisement");
    let made = post(&app, &notice).await;

    let address = format!(
        "/v1/desk/notices/{}",
        made.json["id"].as_str().expect("an id")
    );
    let patching = app.as_editor().patch(&address, json!({"label": null}));
    let refused = patching.if_match(&made.etag()).await;
    refused.problem("invalid-field", 422).at("/label");
    let patching = app.as_editor().patch(
        &address,
        json!({"window": {"ends": "1999-01-01T00:00:00Z"}}),
    );
    let refused = patching.if_match(&made.etag()).await;
    refused.problem("invalid-field", 422).at("/window/ends");
}

#[actix_web::test]
async fn a_change_of_a_published_notice_reaches_readers_at_once() {
    let app = TestApp::start().await;
    let id = published(&app, &appeal(&app)).await;
    let address = format!("/v1/desk/notices/{id}");
    let etag = app.as_editor().get(&address).await.expect(200).etag();
    let change = json!({
        "priority": "urgent", "areas": [{"code": "TR", "name": "Türkiye"}],
        "action": {"url": "https://example.az/", "label": {"en": "Help"}},
    });
    let patching = app.as_editor().patch(&address, change);
    let etag = patching.if_match(&etag).await.expect(200).etag();

    let read = app
        .anonymous()
        .get(&format!("/v1/notices/{id}"))
        .await
        .expect(200);
    assert_eq!(read.json["priority"], "urgent");
    assert_eq!(read.json["action"]["label"], "Help");
    assert!(shown(&app, "?area=AZ").await.is_empty());

    let deleting = app.as_editor().delete(&address).if_match(&etag);
    deleting.await.problem("in-use", 409);
    unpublish(&app, &id, "en").await;
    app.as_editor()
        .delete(&address)
        .if_match(&etag)
        .await
        .expect(204);
    let deleted = app.as_editor().get(&address).await.expect(200);
    let list = app
        .as_editor()
        .get("/v1/desk/notices?deleted=true")
        .await
        .expect(200);
    assert_eq!(ids(&list), std::slice::from_ref(&id));
    let restoring = app
        .as_editor()
        .put(&format!("{address}/restoration"), json!({}));
    restoring.if_match(&deleted.etag()).await.expect(200);
    publish(&app, &id, "en").await;
    assert_eq!(shown(&app, "?area=TR").await, [id]);
}

#[actix_web::test]
async fn a_text_is_written_and_deleted_by_itself() {
    let app = TestApp::start().await;
    let made = post(&app, &appeal(&app)).await;
    let id = made.json["id"].as_str().expect("an id");
    let address = format!("/v1/desk/notices/{id}/texts/ru");
    let text = json!({"headline": "Дорогой житель!", "body_html": "<p>И вы тоже.</p>"});
    let writing = app.as_editor().put(&address, text.clone());
    let written = writing.header("if-none-match", "*").await.expect(201);
    assert_eq!(written.json["state"], "draft");

    let stale = app.as_editor().put(&address, text.clone());
    stale.if_match("\"9\"").await.problem("stale", 412);
    app.as_editor()
        .delete(&address)
        .if_match(&written.etag())
        .await
        .expect(204);
    app.as_editor()
        .get(&address)
        .await
        .problem("not-found", 404);
    let writing = app.as_editor().put(&address, text);
    let back = writing.header("if-none-match", "*").await.expect(201);
    assert_eq!(back.json["head_revision"], 2);

    let quoting = json!({"headline": "x", "body": [{"_type": "block", "_key": "a", "style": "normal",
        "markDefs": [{"_type": "quote", "_key": "q", "quote": id}],
        "children": [{"_type": "span", "_key": "s", "text": "x", "marks": ["q"]}]}]});
    let writing = app
        .as_editor()
        .put(&address, quoting)
        .if_match(&back.etag());
    assert_eq!(writing.await.status, 422);
}
