//! A notice as a schema.org `SpecialAnnouncement`.

use serde_json::{Value, json};

use super::{API, give_addresses, is_without_null};
use crate::support::{TestApp, id_of};

async fn published(app: &TestApp, with: Value) -> String {
    let mut notice = json!({
        "kind": "civic", "window": {"starts": "2026-01-01T00:00:00Z", "ends": null},
        "texts": {"az": {"headline": "Əziz sakin!", "body_markdown": "Su yoxdur."},
            "en": {"headline": "Dear resident!", "body_markdown": "There is *no* water.\n\nBoil it."}},
    });
    for (name, value) in with.as_object().expect("fields") {
        notice[name] = value.clone();
    }
    let made = app
        .as_editor()
        .post("/v1/desk/notices", notice)
        .await
        .expect(201)
        .json;
    for lang in ["az", "en"] {
        let text = format!("/v1/desk/notices/{}/texts/{lang}", id_of(&made));
        let etag = app.as_editor().get(&text).await.expect(200).etag();
        let publishing = app
            .as_editor()
            .put(&format!("{text}/publication"), json!({}));
        publishing.if_match(&etag).await.expect(200);
    }
    id_of(&made).to_owned()
}

#[actix_web::test]
async fn a_notice_is_a_special_announcement() {
    let app = TestApp::start().await;
    give_addresses(&app).await;
    let starts = app.clock.now().plus_seconds(100).to_string();
    let ends = app.clock.now().plus_seconds(140).to_string();
    let id = published(&app, json!({
        "kind": "promotion", "label": "advertisement", "issuer": "Water Works", "window": {"starts": starts, "ends": ends},
        "areas": [{"code": "AZ-BA", "name": "Baku"}],
        "action": {"url": "https://example.az/water", "label": {"en": "What you can do"}},
    }))
    .await;
    let path = format!("/v1/notices/{id}.jsonld?lang=en");
    app.anonymous().get(&path).await.problem("not-found", 404);
    app.clock.advance(110);
    let answer = app.anonymous().get(&path).await.expect(200);
    assert_eq!(
        answer.json,
        json!({
            "@context": "https://schema.org", "@type": "SpecialAnnouncement", "@id": format!("{API}/v1/notices/{id}?lang=en"),
            "url": format!("https://example.az/en/n/{id}"), "headline": "Dear resident!",
            "text": "There is no water.\n\nBoil it.", "inLanguage": "en", "category": "promotion",
            "disambiguatingDescription": "advertisement", "datePosted": starts, "expires": ends,
            "spatialCoverage": [{"@type": "AdministrativeArea", "identifier": "AZ-BA", "name": "Baku"}],
            "author": {"name": "Water Works"},
            "publisher": {"@type": "NewsMediaOrganization", "@id": format!("{API}/v1/site"), "name": "Xəbər",
                "url": "https://example.az/en", "sameAs": ["https://x.example/xeber"]},
            "potentialAction": {"@type": "ViewAction", "name": "What you can do", "target": "https://example.az/water"},
            "workTranslation": [{"@type": "SpecialAnnouncement", "@id": format!("{API}/v1/notices/{id}?lang=az"),
                "url": format!("https://example.az/az/n/{id}"), "headline": "Əziz sakin!", "inLanguage": "az"}],
        })
    );
    let kept = answer.header("cache-control").expect("how long");
    assert!(
        !kept.contains("stale"),
        "no cache keeps it beyond its end: {kept}"
    );
    assert_eq!(
        answer.header("surrogate-key"),
        Some(format!("notice:{id} site").as_str())
    );
    app.clock.advance(40);
    app.anonymous().get(&path).await.problem("not-found", 404);
}

#[actix_web::test]
async fn what_a_notice_does_not_have_is_left_away_and_its_language_is_chosen_as_ever() {
    let app = TestApp::start().await;
    let id = published(&app, json!({})).await;
    let path = format!("/v1/notices/{id}");
    let asking = app
        .anonymous()
        .get(&path)
        .header("accept", "application/ld+json");
    let answer = asking.header("accept-language", "az").await.expect(200);
    assert_eq!(answer.header("content-language"), Some("az"));
    assert_eq!(
        (&answer.json["inLanguage"], &answer.json["text"]),
        (&json!("az"), &json!("Su yoxdur."))
    );
    for field in [
        "url",
        "expires",
        "spatialCoverage",
        "author",
        "potentialAction",
        "disambiguatingDescription",
    ] {
        assert_eq!(answer.json.get(field), None, "{field}");
    }
    assert!(is_without_null(&answer.json), "{answer}");
    let posted = answer.json["datePosted"].as_str();
    assert!(
        posted > Some("2026-01-01T00:00:00Z"),
        "not before it was published: {posted:?}"
    );
    app.anonymous()
        .get(&format!("{path}.jsonld?lang=fr&lang_fallback=none"))
        .await
        .problem("language-not-available", 406);
}
