//! An article as a schema.org `NewsArticle` and as ninjs.

use serde_json::{Value, json};

use super::{API, Scene, is_without_null};
use crate::support::{TestApp, id_of};

#[actix_web::test]
async fn an_article_is_a_news_article_with_its_quotations() {
    let scene = Scene::published().await;
    let id = &scene.id;
    let answer = scene
        .get(&format!("/v1/articles/{id}.jsonld?lang=en"))
        .await;
    let told = &answer.json;
    let article = scene.app.read_article(id, "?lang=en").await.json;
    assert_eq!(
        (&told["@context"], &told["@type"], &told["@id"]),
        (
            &json!("https://schema.org"),
            &json!("OpinionNewsArticle"),
            &json!(format!("{API}/v1/articles/{id}?lang=en"))
        )
    );
    for (field, value) in [
        ("headline", json!("The </script> bridge")),
        ("alternativeHeadline", json!("Bridge")),
        ("description", json!("It opens.")),
        (
            "articleBody",
            json!("He said “the bridge will open” 🌉 in May.\n\nA resident was very glad."),
        ),
        ("inLanguage", json!("en")),
        ("articleSection", json!("CITY")),
        ("keywords", json!(["RAIN"])),
        (
            "author",
            json!([{"@type": "Person", "name": "A Reporter", "url": "https://example.az/a-reporter"}]),
        ),
        (
            "publisher",
            json!({"@type": "NewsMediaOrganization", "@id": format!("{API}/v1/site"), "name": "Xəbər",
            "url": "https://example.az/en", "sameAs": ["https://x.example/xeber"]}),
        ),
        (
            "image",
            json!({"@type": "ImageObject", "url": "https://example.az/körpü.jpg", "caption": "At dawn",
            "description": "A bridge", "creditText": "P. Hoto", "width": 1600, "height": 900}),
        ),
        ("datePublished", article["first_published_at"].clone()),
        ("dateModified", article["updated_at"].clone()),
        ("wordCount", article["word_count"].clone()),
        ("timeRequired", json!("PT1M")),
        ("isAccessibleForFree", json!(true)),
        ("url", json!("https://example.az/en/city/the-script-bridge")),
        (
            "mainEntityOfPage",
            json!("https://example.az/en/city/the-script-bridge"),
        ),
        (
            "workTranslation",
            json!([{"@type": "OpinionNewsArticle", "@id": format!("{API}/v1/articles/{id}?lang=az"),
            "url": "https://example.az/az/city/korpu", "headline": "Körpü", "inLanguage": "az"}]),
        ),
    ] {
        assert_eq!(told[field], value, "{field}");
    }
    let mut quotations = Vec::new();
    for quote in &scene.quotes {
        let mut alone = scene.get(&format!("/v1/quotes/{quote}.jsonld")).await.json;
        let fields = alone.as_object_mut().expect("an object");
        fields.remove("@context");
        fields.remove("isPartOf");
        quotations.push(alone);
    }
    assert_eq!(told["hasPart"], Value::from(quotations));
    assert_eq!(told.get("correction"), None);
    assert!(is_without_null(told), "{told}");
    // It can stand in a `script` element as it is.
    assert!(!answer.text().contains('<'), "{answer}");
}

#[actix_web::test]
async fn each_kind_has_its_type_and_what_there_is_not_is_left_away() {
    let app = TestApp::start().await;
    for (kind, named, genre) in [
        ("news", "NewsArticle", None),
        ("opinion", "OpinionNewsArticle", None),
        ("explainer", "BackgroundNewsArticle", None),
        ("interview", "NewsArticle", Some("interview")),
        ("video", "NewsArticle", Some("video")),
    ] {
        let article = app.published_article(json!({"kind": kind})).await;
        let path = format!("/v1/articles/{}.jsonld", id_of(&article));
        let told = app.anonymous().get(&path).await.expect(200).json;
        assert_eq!(
            (
                told["@type"].as_str(),
                told.get("genre").and_then(Value::as_str)
            ),
            (Some(named), genre),
            "{kind}"
        );
        for field in [
            "url",
            "mainEntityOfPage",
            "image",
            "author",
            "articleSection",
            "keywords",
            "hasPart",
            "workTranslation",
            "alternativeHeadline",
            "description",
            "correction",
        ] {
            assert_eq!(told.get(field), None, "{field} of {kind}");
        }
        assert_eq!(told["publisher"].get("url"), None);
    }
}

#[actix_web::test]
async fn a_translation_names_its_original() {
    let app = TestApp::start().await;
    let text = |headline: &str| json!({"headline": headline, "body_markdown": "Rain."});
    let mut az = text("Yağış");
    az["translated_from"] = json!({"lang": "en", "revision": 1, "by": "human"});
    let texts = json!({"az": az, "en": text("Rain"), "ru": text("Дождь")});
    let article = app.published_article(json!({"texts": texts})).await;
    let id = id_of(&article);
    for (lang, original, others) in [
        ("az", Some("en"), vec!["ru"]),
        ("en", None, vec!["az", "ru"]),
    ] {
        let path = format!("/v1/articles/{id}.jsonld?lang={lang}");
        let told = app.anonymous().get(&path).await.expect(200).json;
        let named = told["translationOfWork"]["inLanguage"].as_str();
        assert_eq!(named, original, "{lang}");
        let translations = told["workTranslation"]
            .as_array()
            .expect("translations")
            .iter();
        let translations: Vec<&Value> = translations.map(|work| &work["inLanguage"]).collect();
        assert_eq!(translations, others, "{lang}");
    }
    app.unpublish_text(id, "en").await;
    let path = format!("/v1/articles/{id}.jsonld?lang=az");
    let told = app.anonymous().get(&path).await.expect(200).json;
    assert_eq!(
        told.get("translationOfWork"),
        None,
        "readers do not have it"
    );
}

#[actix_web::test]
async fn a_correction_is_told_in_each_form() {
    let scene = Scene::published().await;
    let patch = json!({"body_markdown": "He said “the bridge will open” in June.\n\nA resident was very glad."});
    scene
        .app
        .patch_text(&scene.id, "en", patch)
        .await
        .expect(200);
    let how = json!({"correction_note": "It is June."});
    scene
        .app
        .put_state(&scene.id, "en", "publication", how)
        .await
        .expect(200);
    let article = scene.app.read_article(&scene.id, "?lang=en").await.json;
    let told = scene
        .get(&format!("/v1/articles/{}.jsonld?lang=en", scene.id))
        .await
        .json;
    assert_eq!(
        told["correction"],
        json!([{"@type": "CorrectionComment", "text": "It is June.", "datePublished": article["corrections"][0]["at"]}])
    );
    assert!(told["datePublished"].as_str() < told["dateModified"].as_str());
    let told = scene
        .get(&format!("/v1/articles/{}.ninjs?lang=en", scene.id))
        .await
        .json;
    let corrections = told["descriptions"]
        .as_array()
        .expect("descriptions")
        .iter();
    let corrections: Vec<&Value> = corrections
        .filter(|one| one["role"] == "correction")
        .collect();
    assert_eq!(corrections[0]["value"], "It is June.");
    assert_eq!(told["version"], "2");
}

#[actix_web::test]
async fn an_article_is_an_item_of_ninjs() {
    let scene = Scene::published().await;
    let id = &scene.id;
    let other = scene
        .app
        .published_article(json!({"related": [{"rel": "related", "internal": id},
        {"rel": "promoted", "label": "ad", "internal": id}]}))
        .await;
    let told = scene
        .get(&format!("/v1/articles/{id}.ninjs?lang=en"))
        .await
        .json;
    let article = scene
        .app
        .read_article(id, "?lang=en&body=html&include=quotes")
        .await
        .json;
    let source = format!(
        "{API}/v1/sources/{}",
        id_of(&article["quotes"][0]["source"])
    );
    let outlet = format!(
        "{API}/v1/sources/{}",
        id_of(&article["quotes"][0]["attribution"]["outlet"])
    );
    let words = |role: &str, value: &str| json!({"role": role, "contentType": "text/plain", "value": value});
    for (field, value) in [
        (
            "standard",
            json!({"name": "ninjs", "version": "3.1", "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#"}),
        ),
        ("uri", json!(format!("{API}/v1/articles/{id}?lang=en"))),
        ("type", json!("text")),
        ("representationType", json!("full")),
        ("version", json!("1")),
        ("firstCreated", article["first_published_at"].clone()),
        ("versionCreated", article["updated_at"].clone()),
        ("pubStatus", json!("usable")),
        ("language", json!("en")),
        (
            "headlines",
            json!([
                words("main", "The </script> bridge"),
                words("seo", "Bridge")
            ]),
        ),
        (
            "descriptions",
            json!([words("summary", "It opens."), words("seo", "All about it")]),
        ),
        ("by", json!("A Reporter")),
        ("slugline", json!("the-script-bridge")),
        (
            "people",
            json!([{"name": "Murad Korpulu", "rel": "quoted", "uri": source}]),
        ),
        (
            "infoSources",
            json!([{"name": "Xəbər", "role": "publisher", "uri": format!("{API}/v1/site")},
            {"name": "Harbour Wire", "role": "outlet", "uri": outlet}]),
        ),
        (
            "subjects",
            json!([{"name": "CITY", "rel": "section", "literal": "city"}, {"name": "RAIN", "rel": "topic", "literal": "rain"}]),
        ),
        (
            "genres",
            json!([{"name": "Opinion", "uri": "http://cv.iptc.org/newscodes/genre/Opinion"}]),
        ),
        (
            "renditions",
            json!([{"name": "web", "href": "https://example.az/en/city/the-script-bridge", "contentType": "text/html"}]),
        ),
        ("altIds", json!([{"role": "article", "value": id}])),
    ] {
        assert_eq!(told[field], value, "{field}");
    }
    let bodies = told["bodies"].as_array().expect("bodies");
    assert_eq!(
        (&bodies[0]["contentType"], bodies[0]["value"].as_str()),
        (&json!("text/html"), article["body"].as_str())
    );
    assert_eq!(
        (&bodies[1]["charCount"], &bodies[1]["wordCount"]),
        (&json!(67), &article["word_count"])
    );
    let picture = &told["associations"][0];
    assert_eq!(
        (&picture["name"], &picture["uri"]),
        (
            &json!("picture"),
            &json!("https://example.az/k%C3%B6rp%C3%BC.jpg")
        )
    );
    assert_eq!(
        told["associations"][1]["uri"],
        format!("{API}/v1/articles/{id}?lang=az")
    );
    assert!(is_without_null(&told), "{told}");

    let told = scene
        .get(&format!("/v1/articles/{}.ninjs?lang=en", id_of(&other)))
        .await
        .json;
    let related = told["associations"].as_array().expect("associations");
    assert_eq!(related.len(), 1, "a promotion is no news");
    assert_eq!(
        (&related[0]["rel"], &related[0]["uri"]),
        (
            &json!("related"),
            &json!(format!("{API}/v1/articles/{id}?lang=en"))
        )
    );
}

#[actix_web::test]
async fn other_forms_cost_the_same_with_one_quote_and_with_many() {
    let app = TestApp::start().await;
    // What is read once for all answers is no part of the cost of one.
    app.anonymous().get("/v1/site").await.expect(200);
    app.app.site().await.expect("the site");
    let mut costs = Vec::new();
    for size in [1, 20] {
        let body: Vec<String> = (0..size).map(|nth| format!("Word {nth}.")).collect();
        let quote = |nth: usize| json!({"source": format!("#p{nth}"), "manner": "direct", "text": format!("Word {nth}.")});
        let person = |nth: usize| {
            (
                format!("p{nth}"),
                json!({"kind": "person", "names": {"en": format!("Person {nth} of {size}")}}),
            )
        };
        let sources: serde_json::Map<_, _> = (0..size).map(person).collect();
        let text = json!({"headline": format!("Words {size}"), "body_markdown": body.join("\n\n"),
            "quotes": (0..size).map(quote).collect::<Vec<_>>()});
        let article = app
            .published_article(json!({"sources": sources, "texts": {"en": text}}))
            .await;
        for form in ["jsonld", "ninjs"] {
            let before = app.app.db.statements();
            let path = format!("/v1/articles/{}.{form}", id_of(&article));
            let told = app.anonymous().get(&path).await.expect(200).json;
            let quoted = told["hasPart"].as_array().or(told["people"].as_array());
            assert_eq!(quoted.map(Vec::len), Some(size), "{form}");
            costs.push(app.app.db.statements() - before);
        }
    }
    assert_eq!(costs[..2], costs[2..]);
}
