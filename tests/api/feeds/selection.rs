//! What a list has, at `/v1/lists` and in its feeds: rules, pins, hidden items, languages.

use serde_json::{Value, json};

use super::{get, keys, with_addresses};
use crate::support::{Answer, TestApp, id_of, items_of};

async fn list_with(app: &TestApp, slug: &str, rule: Value) -> Answer {
    let list = json!({"slug": slug, "names": {"en": slug}, "rule": rule});
    let made = app.as_editor().post("/v1/desk/lists", list).await;
    made.expect(201)
}

async fn change(app: &TestApp, list: &Answer, patch: Value) {
    let path = format!("/v1/desk/lists/{}", id_of(&list.json));
    let etag = app.as_editor().get(&path).await.expect(200).etag();
    let patching = app.as_editor().patch(&path, patch);
    patching.if_match(&etag).await.expect(200);
}

/// The headlines of a list and of its feed, which are the same.
async fn headlines(app: &TestApp, slug: &str) -> Vec<String> {
    let list = get(app, &format!("/v1/lists/{slug}/items?lang=en&limit=20"))
        .await
        .json;
    let feed = get(app, &format!("/feeds/{slug}.en.json")).await.json;
    let told = |items: &[Value], name: &str| -> Vec<String> {
        items
            .iter()
            .map(|item| item[name].as_str().expect(name).to_owned())
            .collect()
    };
    let shown = told(items_of(&list), "headline");
    assert_eq!(told(items_of(&feed), "title"), shown);
    shown
}

async fn story(app: &TestApp, headline: &str, with: Value) -> String {
    let mut article =
        json!({"texts": {"en": {"headline": headline, "body_markdown": "It rained all day."}}});
    for (name, value) in with.as_object().expect("fields") {
        article[name] = value.clone();
    }
    id_of(&app.published_article(article).await).to_owned()
}

#[actix_web::test]
async fn each_rule_selects_what_it_says() {
    let app = TestApp::start().await;
    let editor = app.as_editor();
    let city = json!({"slug": "city", "names": {"en": "City"}});
    editor.post("/v1/desk/sections", city).await.expect(201);
    let rain = json!({"slug": "rain", "names": {"en": "Rain"}});
    editor.post("/v1/desk/topics", rain).await.expect(201);
    let person = |name: &str| json!({"kind": "person", "names": {"en": name}});
    let murad = editor
        .post("/v1/desk/sources", person("Murad"))
        .await
        .expect(201);
    let murad = id_of(&murad.json);
    story(&app, "In the city", json!({"section": "city"})).await;
    story(&app, "About rain", json!({"topics": ["rain"]})).await;
    story(&app, "A view", json!({"kind": "opinion"})).await;
    let quote = json!({"source": murad, "manner": "indirect", "anchor": {"segments": [{"exact": "all day"}]}});
    story(
        &app,
        "With Murad",
        json!({"texts": {"en": {"headline": "With Murad",
        "body_markdown": "It rained all day.", "quotes": [quote]}}}),
    )
    .await;

    list_with(&app, "city", json!({"kind": "section", "section": "city"})).await;
    list_with(&app, "rain", json!({"kind": "topic", "topic": "rain"})).await;
    list_with(
        &app,
        "views",
        json!({"kind": "kind", "article_kind": "opinion"}),
    )
    .await;
    list_with(&app, "murad", json!({"kind": "source", "source": murad})).await;
    assert_eq!(headlines(&app, "city").await, ["In the city"]);
    assert_eq!(headlines(&app, "rain").await, ["About rain"]);
    assert_eq!(headlines(&app, "views").await, ["A view"]);
    assert_eq!(headlines(&app, "murad").await, ["With Murad"]);
    assert_eq!(headlines(&app, "news-line").await.len(), 4);
    let source = format!("source:{murad}");
    assert!(keys(&get(&app, "/feeds/murad.en.rss").await).contains(&source.as_str()));

    // The source is merged into another: the list goes with it.
    let survivor = editor
        .post("/v1/desk/sources", person("Murad K."))
        .await
        .expect(201);
    let merging = json!({"into": survivor.json["id"]});
    let etag = editor
        .get(&format!("/v1/desk/sources/{murad}"))
        .await
        .etag();
    let merging = editor.post(&format!("/v1/desk/sources/{murad}/merge"), merging);
    merging.if_match(&etag).await.expect(200);
    assert_eq!(headlines(&app, "murad").await, ["With Murad"]);
    let list = get(&app, "/v1/lists/murad/items?lang=en").await.json;
    assert_eq!(list["list"]["rule"]["source"], survivor.json["id"]);
}

#[actix_web::test]
async fn pins_stand_in_their_places_while_they_hold_and_hidden_items_nowhere() {
    let app = TestApp::start().await;
    let one = story(&app, "One", json!({})).await;
    let two = story(&app, "Two", json!({"kind": "opinion"})).await;
    let three = story(&app, "Three", json!({})).await;
    let list = list_with(
        &app,
        "news",
        json!({"kind": "kind", "article_kind": "news"}),
    )
    .await;
    assert_eq!(headlines(&app, "news").await, ["Three", "One"]);

    let until = app.clock.now().plus_seconds(40);
    let pins =
        json!([{"article": two, "position": 2, "until": until}, {"article": one, "position": 1}]);
    change(&app, &list, json!({"pins": pins})).await;
    assert_eq!(headlines(&app, "news").await, ["One", "Two", "Three"]);
    for path in ["/v1/lists/news/items?lang=en", "/feeds/news.en.atom"] {
        let answer = get(&app, path).await;
        let kept = answer.header("cache-control").expect("Cache-Control");
        assert!(kept.starts_with("public, max-age=15, s-maxage=3"), "{kept}");
    }

    change(&app, &list, json!({"hidden": [one, three]})).await;
    assert_eq!(headlines(&app, "news").await, ["Two"]);
    app.unpublish_text(&two, "en").await;
    assert!(headlines(&app, "news").await.is_empty());
    app.publish_text(&two, "en").await;
    change(&app, &list, json!({"hidden": []})).await;
    assert_eq!(headlines(&app, "news").await, ["One", "Two", "Three"]);
    app.clock.advance(41);
    assert_eq!(headlines(&app, "news").await, ["One", "Three"]);
}

#[actix_web::test]
async fn a_list_holds_one_language_and_says_when_it_falls_back() {
    let app = TestApp::start().await;
    for lang in ["en", "ru"] {
        let texts = json!({lang: {"headline": format!("Rain {lang}"), "body_markdown": "Rain."}});
        app.published_article(json!({"texts": texts})).await;
    }
    // The site's chain is az, ru, en, and nothing is in Azerbaijani.
    let rows = [
        ("?lang=en", "", Some(("en", "exact")), 1),
        ("?lang=az", "", Some(("az", "exact")), 0),
        ("?lang=az&lang_fallback=none", "", Some(("az", "exact")), 0),
        (
            "?lang=az&lang_fallback=chain",
            "",
            Some(("ru", "fallback")),
            1,
        ),
        (
            "?lang=az,en&lang_fallback=chain",
            "",
            Some(("en", "exact")),
            1,
        ),
        ("?lang=de", "", None, 0),
        (
            "?lang=de&lang_fallback=any",
            "",
            Some(("ru", "fallback")),
            1,
        ),
        ("", "", Some(("ru", "default")), 1),
        ("", "az, en;q=0.5", Some(("en", "exact")), 1),
        ("", "az", Some(("ru", "fallback")), 1),
        ("", "en", Some(("en", "exact")), 1),
    ];
    for (query, header, served, many) in rows {
        let asking = app
            .anonymous()
            .get(&format!("/v1/lists/news-line/items{query}"));
        let answer = asking.header("accept-language", header).await.expect(200);
        let said = &answer.json["served"];
        let expected = served.map(|(lang, how)| (json!(lang), json!(how)));
        let got = (!said.is_null()).then(|| (said["lang"].clone(), said["match"].clone()));
        assert_eq!(got, expected, "{query} {header}");
        assert_eq!(
            answer.header("content-language"),
            served.map(|(lang, _)| lang),
            "{query} {header}"
        );
        let items = items_of(&answer.json);
        assert_eq!(items.len(), many, "{query} {header}");
        let lang = served.map(|(lang, _)| lang);
        assert!(
            items.iter().all(|item| item["lang"].as_str() == lang),
            "{query} {header}"
        );
    }
    // What comes in Azerbaijani changes the answers that fell back.
    let fallen = get(
        &app,
        "/v1/lists/news-line/items?lang=az&lang_fallback=chain",
    )
    .await;
    assert!(keys(&fallen).contains(&"articles:az"), "{fallen}");
    assert!(keys(&fallen).contains(&"articles:ru"), "{fallen}");
    // A feed never falls back: its address says the language.
    assert_eq!(
        get(&app, "/feeds/news-line.az.json").await.json["items"],
        json!([])
    );
}

#[actix_web::test]
async fn a_list_that_fell_back_is_paged_in_the_language_served() {
    let app = TestApp::start().await;
    for headline in ["One", "Two", "Three"] {
        story(&app, headline, json!({})).await;
    }
    let path = "/v1/lists/news-line/items?lang=az&lang_fallback=any&limit=2&count=true";
    let first = get(&app, path).await.json;
    assert_eq!(
        (&first["served"]["lang"], &first["total"]),
        (&json!("en"), &json!(3))
    );
    let cursor = first["page"]["next"].as_str().expect("a cursor");
    let second = get(&app, &format!("{path}&cursor={cursor}")).await.json;
    assert_eq!(items_of(&second)[0]["headline"], "One");
    assert_eq!(second["served"]["match"], "fallback");
}

#[actix_web::test]
async fn a_list_leads_to_its_feeds() {
    let app = TestApp::start().await;
    with_addresses(&app, json!({})).await;
    let answer = get(&app, "/v1/lists/news-line/items?lang=ru").await;
    let links: Vec<&str> = answer
        .headers
        .get_all("link")
        .iter()
        .filter_map(|link| link.to_str().ok())
        .collect();
    for (ending, content_type) in [
        ("rss", "rss+xml"),
        ("atom", "atom+xml"),
        ("json", "feed+json"),
    ] {
        let address = format!("/feeds/news-line.ru.{ending}");
        let link = format!(
            "<{address}>; rel=\"alternate\"; type=\"application/{content_type}\"; hreflang=\"ru\""
        );
        assert!(links.contains(&link.as_str()), "{links:?}");
        let feed = get(&app, &address).await;
        let told = feed.header("content-type").expect("a type");
        assert!(
            told.starts_with(&format!("application/{content_type}")),
            "{told}"
        );
    }
}

#[actix_web::test]
async fn a_feed_costs_the_same_however_much_is_in_it() {
    let app = TestApp::start().await;
    let mut costs = Vec::new();
    for (many, author) in [(1, "A"), (12, "B")] {
        for _ in 0..many {
            story(&app, "Rain", json!({"authors": [{"name": author}]})).await;
        }
        let before = app.app.db.statements();
        get(&app, "/feeds/news-line.en.rss").await;
        costs.push(app.app.db.statements() - before);
    }
    assert_eq!(costs[0], costs[1]);
}
