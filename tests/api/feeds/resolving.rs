//! From a public address back to the item.

use serde_json::{Value, json};

use super::{get, keys, with_addresses};
use crate::support::{Answer, TestApp, id_of};

async fn resolve(app: &TestApp, address: &str) -> Answer {
    let query: String = url::form_urlencoded::byte_serialize(address.as_bytes()).collect();
    app.anonymous()
        .get(&format!("/v1/resolve?url={query}"))
        .await
}

async fn found(app: &TestApp, address: &str) -> Value {
    resolve(app, address).await.expect(200).json
}

/// A story with a text in Azerbaijani and one in English.
async fn rain(app: &TestApp) -> String {
    let text = |lang: &str| json!({"headline": format!("Rain {lang}"), "slug": format!("rain-{lang}"), "body_markdown": "Rain."});
    let texts = json!({"az": text("az"), "en": text("en")});
    id_of(&app.published_article(json!({"texts": texts})).await).to_owned()
}

#[actix_web::test]
async fn an_address_in_any_language_or_an_old_one_leads_to_the_article() {
    let app = TestApp::start().await;
    with_addresses(&app, json!({})).await;
    let id = rain(&app).await;
    let answer = resolve(&app, "https://example.az/en/rain-en")
        .await
        .expect(200);
    assert_eq!(
        answer.json,
        json!({
            "kind": "article", "id": id, "lang": "en", "slug": "rain-en", "url": "https://example.az/en/rain-en",
            "api": {"item": "/v1/articles/by-slug/en/rain-en", "page": "/v1/pages/articles/en/rain-en"},
            "alternates": [
                {"lang": "az", "slug": "rain-az", "headline": "Rain az", "url": "https://example.az/az/rain-az"},
                {"lang": "en", "slug": "rain-en", "headline": "Rain en", "url": "https://example.az/en/rain-en"},
            ],
        })
    );
    assert_eq!(answer.header("content-language"), Some("en"));
    assert_eq!(answer.header("vary"), Some("Accept-Encoding"));
    assert!(keys(&answer).contains(&format!("article:{id}").as_str()));
    for name in ["item", "page"] {
        let address = answer.json["api"][name].as_str().expect("an address");
        get(&app, address).await;
    }
    for same in [
        "http://EXAMPLE.AZ/en/rain-en/?utm_source=x#top",
        "https://example.az:443/EN/r%61in-en",
    ] {
        assert_eq!(found(&app, same).await, answer.json, "{same}");
    }
    assert_eq!(
        found(&app, "https://example.az/az/rain-az").await["lang"],
        "az"
    );

    app.patch_text(&id, "en", json!({"slug": "wet"}))
        .await
        .expect(200);
    let not_yet = resolve(&app, "https://example.az/en/wet").await;
    not_yet.problem("not-found", 404);
    app.publish_text(&id, "en").await;
    for address in ["https://example.az/en/rain-en", "https://example.az/en/wet"] {
        let article = found(&app, address).await;
        let now = "https://example.az/en/wet";
        assert_eq!(
            (&article["slug"], &article["url"]),
            (&json!("wet"), &json!(now))
        );
    }
}

#[actix_web::test]
async fn where_nothing_stands_it_is_404_and_where_it_was_retracted_410() {
    let app = TestApp::start().await;
    with_addresses(&app, json!({})).await;
    let id = rain(&app).await;
    let draft = json!({"headline": "A draft", "slug": "draft", "body_markdown": "."});
    app.posted_article(json!({"texts": {"en": draft}})).await;
    for nowhere in [
        "https://example.az/en/rain-az",
        "https://example.az/ru/rain-en",
        "https://example.az/en/draft",
        "https://example.az/en/rain-en/more",
        "https://elsewhere.az/en/rain-en",
        "https://example.az.elsewhere.test/en/rain-en",
        "https://example.az/de",
        "https://example.az/",
    ] {
        resolve(&app, nowhere).await.problem("not-found", 404);
    }
    let long = format!("https://example.az/en/{}", "a".repeat(2000));
    for odd in [
        "",
        "/en/rain-en",
        "en",
        "mailto:a@example.az",
        "javascript:alert(1)",
        "https://",
        &long,
    ] {
        let refused = resolve(&app, odd).await.problem("invalid-parameter", 400);
        refused.at("url");
    }
    let refused = app.anonymous().get("/v1/resolve").await;
    refused.problem("invalid-parameter", 400).at("url");

    let note = json!({"note": "It did not rain."});
    app.put_state(&id, "en", "retraction", note)
        .await
        .expect(200);
    let gone = resolve(&app, "https://example.az/en/rain-en")
        .await
        .problem("gone", 410);
    assert_eq!(gone.json["detail"], "It did not rain.");
    found(&app, "https://example.az/az/rain-az").await;
    app.unpublish_text(&id, "az").await;
    let taken_down = resolve(&app, "https://example.az/az/rain-az").await;
    taken_down.problem("not-found", 404);
}

#[actix_web::test]
async fn patterns_may_say_it_in_other_ways() {
    let app = TestApp::start().await;
    let city = json!({"slug": "city-life", "names": {"en": "City"}});
    app.as_editor()
        .post("/v1/desk/sections", city)
        .await
        .expect(201);
    let id = rain(&app).await;
    app.patch_article(&id, json!({"section": "city-life"}))
        .await
        .expect(200);
    for (pattern, address, lang) in [
        (
            "https://{lang}.example.az/{id}",
            format!("https://az.example.az/{id}"),
            "az",
        ),
        (
            "https://example.az/{id}.html",
            format!("https://example.az/{id}.html"),
            "az",
        ),
        (
            "https://example.az/{slug}",
            "https://example.az/rain-en".to_owned(),
            "en",
        ),
        (
            "https://example.az/{section}-{slug}",
            "https://example.az/city-life-rain-en".to_owned(),
            "en",
        ),
        (
            "https://example.az/{section}/{slug}",
            "https://example.az/old-section/rain-az".to_owned(),
            "az",
        ),
        (
            "https://example.az/?l={lang}&a={id}",
            format!("https://example.az/?a={id}&x&l=en"),
            "en",
        ),
        (
            "https://xəbər.az/#/{lang}/{slug}",
            "https://XƏBƏR.az/#/en/rain-en".to_owned(),
            "en",
        ),
    ] {
        with_addresses(&app, json!({"article_url": pattern})).await;
        let article = found(&app, &address).await;
        assert_eq!(
            (&article["id"], &article["lang"]),
            (&json!(id), &json!(lang)),
            "{pattern}"
        );
        let now = article["url"].as_str().expect("an address").to_owned();
        assert_eq!(found(&app, &now).await, article, "{pattern}");
    }
}

#[actix_web::test]
async fn notices_and_the_front_page_are_found_too() {
    let app = TestApp::start().await;
    with_addresses(&app, json!({})).await;
    let ends = app.clock.now().plus_seconds(50);
    let notice = json!({"kind": "civic", "window": {"starts": "2026-01-01T00:00:00Z", "ends": ends},
        "texts": {"az": {"headline": "Su yoxdur", "body_markdown": "Su yoxdur."}}});
    let notice = app
        .as_editor()
        .post("/v1/desk/notices", notice)
        .await
        .expect(201);
    let id = id_of(&notice.json);
    let address = format!("https://example.az/az/notices/{id}");
    resolve(&app, &address).await.problem("not-found", 404);
    let text = format!("/v1/desk/notices/{id}/texts/az");
    let etag = app.as_editor().get(&text).await.expect(200).etag();
    let publishing = app
        .as_editor()
        .put(&format!("{text}/publication"), json!({}));
    publishing.if_match(&etag).await.expect(200);

    let answer = resolve(&app, &address).await.expect(200);
    let kept = answer.header("cache-control").expect("Cache-Control");
    assert!(kept.starts_with("public, max-age=15, s-maxage=4"), "{kept}");
    assert_eq!(
        (&answer.json["kind"], &answer.json["url"]),
        (&json!("notice"), &json!(address))
    );
    get(
        &app,
        answer.json["api"]["item"].as_str().expect("an address"),
    )
    .await;
    let other = format!("https://example.az/en/notices/{id}");
    resolve(&app, &other).await.problem("not-found", 404);
    app.clock.advance(51);
    resolve(&app, &address).await.problem("not-found", 404);

    let home = found(&app, "https://example.az/ru/").await;
    let told = (&home["kind"], &home["lang"], &home["id"]);
    assert_eq!(told, (&json!("home"), &json!("ru"), &Value::Null));
    assert_eq!(home["alternates"].as_array().map(Vec::len), Some(3));
    get(&app, home["api"]["item"].as_str().expect("an address")).await;
}

#[actix_web::test]
async fn a_pattern_that_leads_nowhere_is_refused() {
    let app = TestApp::start().await;
    let etag = app.as_admin().get("/v1/desk/site").await.expect(200).etag();
    for (field, pattern) in [
        ("article_url", "https://example.az/{article}"),
        ("article_url", "https://example.az/{lang}"),
        ("article_url", "https://example.az/{lang}{slug}"),
        ("article_url", "example.az/{slug}"),
        ("notice_url", "https://example.az/notices"),
        ("notice_url", "https://example.az/{slug}/{id}"),
        ("home_url", "https://example.az/{slug}"),
        ("home_url", "https://example.az/{lang"),
    ] {
        let patching = app
            .as_admin()
            .patch("/v1/desk/site", json!({field: pattern}));
        let refused = patching.if_match(&etag).await.problem("invalid-field", 422);
        refused.at(&format!("/{field}"));
    }
    let fine = json!({"article_url": "https://{lang}.example.az/{section}/{slug}",
        "notice_url": "https://example.az/#/{id}", "home_url": "https://example.az"});
    let patching = app.as_admin().patch("/v1/desk/site", fine.clone());
    let site = patching.if_match(&etag).await.expect(200).json;
    assert_eq!(site["article_url"], fine["article_url"]);
}
