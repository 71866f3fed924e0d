//! A quote as a schema.org `Quotation` and as a web annotation.

use serde_json::{Value, json};

use super::{API, Scene, give_addresses, is_without_null};
use crate::support::{TestApp, id_of};

#[actix_web::test]
async fn a_quote_is_a_quotation_of_whoever_said_it() {
    let scene = Scene::published().await;
    let id = &scene.quotes[0];
    let told = scene.get(&format!("/v1/quotes/{id}.jsonld")).await.json;
    let card = scene.get(&format!("/v1/quotes/{id}")).await.json;
    let source = format!("{API}/v1/sources/{}", id_of(&card["source"]));
    let outlet = format!("{API}/v1/sources/{}", id_of(&card["attribution"]["outlet"]));
    let article = &scene.id;
    assert_eq!(
        told,
        json!({
            "@context": "https://schema.org", "@type": "Quotation", "@id": format!("{API}/v1/quotes/{id}"),
            "text": "the bridge will open", "inLanguage": "en",
            "spokenByCharacter": {"@type": "Person", "@id": source, "name": "Murad Korpulu", "alternateName": "the minister",
                "jobTitle": "Minister of Bridges"},
            "creator": {"@type": "Person", "@id": source, "name": "Murad Korpulu", "sameAs": ["https://www.wikidata.org/entity/Q1"]},
            "dateCreated": "2026-04",
            "disambiguatingDescription": "direct speech", "genre": "interview",
            "isBasedOn": {"@type": "CreativeWork", "name": "Morning", "url": "https://wire.example/7",
                "publisher": {"@type": "Organization", "@id": outlet, "name": "Harbour Wire"}},
            "isPartOf": {"@type": "OpinionNewsArticle", "@id": format!("{API}/v1/articles/{article}?lang=en"),
                "url": "https://example.az/en/city/the-script-bridge", "headline": "The </script> bridge", "inLanguage": "en"},
            "translationOfWork": {"@type": "Quotation", "text": "körpü açılacaq", "inLanguage": "az"},
            "exampleOfWork": {"@type": "Quotation", "@id": format!("urn:uuid:{}", card["statement"].as_str().expect("a statement"))},
            "creativeWorkStatus": "unverified",
        })
    );
}

#[actix_web::test]
async fn a_quote_of_nobody_named_says_who_it_was_and_no_more() {
    let scene = Scene::published().await;
    let path = format!("/v1/quotes/{}.jsonld", scene.quotes[1]);
    let told = scene.get(&path).await.json;
    assert_eq!(
        told["spokenByCharacter"],
        json!({"description": "a resident"})
    );
    assert_eq!(told["disambiguatingDescription"], "indirect speech");
    for field in [
        "creator",
        "dateCreated",
        "genre",
        "isBasedOn",
        "translationOfWork",
    ] {
        assert_eq!(told.get(field), None, "{field}");
    }
    assert!(is_without_null(&told), "{told}");
    let path = format!("/v1/quotes/{}.anno.jsonld", scene.quotes[1]);
    let told = scene.get(&path).await.json;
    assert_eq!(told["body"].as_array().map(Vec::len), Some(2));
    assert_eq!(told["body"][0]["value"], "a resident");
}

#[actix_web::test]
async fn a_quote_is_an_annotation_of_the_page_it_stands_on() {
    let scene = Scene::published().await;
    let id = &scene.quotes[0];
    let answer = scene.get(&format!("/v1/quotes/{id}.anno.jsonld")).await;
    let card = scene.get(&format!("/v1/quotes/{id}")).await.json;
    let article = scene.app.read_article(&scene.id, "?lang=en").await.json;
    let source = format!("{API}/v1/sources/{}", id_of(&card["source"]));
    let resource = |purpose: &str, source: &str| json!({"type": "SpecificResource", "purpose": purpose, "source": source});
    assert_eq!(
        answer.json,
        json!({
            "@context": "http://www.w3.org/ns/anno.jsonld", "id": format!("{API}/v1/quotes/{id}.anno.jsonld"),
            "type": "Annotation", "motivation": "describing", "created": article["published_at"],
            "creator": {"id": format!("{API}/v1/site"), "type": "Organization", "name": "Xəbər", "homepage": "https://example.az/en"},
            "body": [
                {"type": "TextualBody", "purpose": "describing", "value": "the minister, Minister of Bridges",
                    "format": "text/plain", "language": "en"},
                resource("identifying", &source),
                resource("linking", &format!("{API}/v1/quotes/{id}")),
            ],
            "target": [{"type": "SpecificResource", "source": "https://example.az/en/city/the-script-bridge", "selector": [
                {"type": "TextQuoteSelector", "exact": "the bridge will open", "prefix": "He said “", "suffix": "” 🌉 in May."},
                {"type": "FragmentSelector", "value": article["body"][0]["_key"], "conformsTo": "http://tools.ietf.org/rfc/rfc3236",
                    "refinedBy": {"type": "TextPositionSelector", "start": 9, "end": 29}},
            ]}],
        })
    );
    // What the Web Annotation Protocol wants of an answer (§4.1).
    assert_eq!(
        answer.header("content-type"),
        Some("application/ld+json; profile=\"http://www.w3.org/ns/anno.jsonld\"")
    );
    assert_eq!(answer.header("allow"), Some("GET, HEAD, OPTIONS"));
    let links: Vec<&str> = answer
        .headers
        .get_all("link")
        .iter()
        .filter_map(|link| link.to_str().ok())
        .collect();
    assert!(
        links.contains(&"<http://www.w3.org/ns/ldp#Resource>; rel=\"type\""),
        "{links:?}"
    );
}

/// Publishes a text in English with one quote, and gives the quote's id.
async fn published(app: &TestApp, body: &str, quote: Value) -> (String, String) {
    let text = json!({"headline": "The bridge", "body_markdown": body, "quotes": [quote]});
    let article = app.published_article(json!({"texts": {"en": text}})).await;
    let id = id_of(&article).to_owned();
    let read = app.read_article(&id, "?lang=en").await.expect(200).json;
    (id, id_of(&read["quotes"][0]).to_owned())
}

#[actix_web::test]
async fn each_piece_of_a_quote_is_a_target_and_a_site_without_addresses_has_those_of_the_api() {
    let app = TestApp::start().await;
    let body = "It will open, she said.\n\nAll will be well, she said.";
    let pieces = json!({"segments": [{"exact": "It will open"}, {"exact": "All will be well"}]});
    let quote = json!({"unnamed": "she", "manner": "direct", "anchor": pieces});
    let (article, id) = published(&app, body, quote).await;
    let told = app
        .anonymous()
        .get(&format!("/v1/quotes/{id}.anno.jsonld"))
        .await
        .expect(200)
        .json;
    let targets = told["target"].as_array().expect("targets");
    assert_eq!(targets.len(), 2);
    for target in targets {
        assert_eq!(
            target["source"],
            format!("{API}/v1/articles/{article}?lang=en")
        );
    }
    assert_eq!(targets[1]["selector"][0]["exact"], "All will be well");
    assert_ne!(
        targets[0]["selector"][1]["value"],
        targets[1]["selector"][1]["value"]
    );
    assert_eq!(told["creator"].get("homepage"), None);
    let told = app
        .anonymous()
        .get(&format!("/v1/quotes/{id}.jsonld"))
        .await
        .expect(200)
        .json;
    assert_eq!(told["isPartOf"].get("url"), None);
}

#[actix_web::test]
async fn words_that_are_no_longer_there_are_not_said_to_be() {
    let app = TestApp::start().await;
    let quote = json!({"unnamed": "she", "manner": "indirect", "text": "it \"will\" open"});
    let (article, id) = published(&app, "She said it \"will\" open.", quote).await;
    let path = format!("/v1/quotes/{id}.anno.jsonld");
    let selectors = |target: &Value| target["selector"].as_array().cloned().unwrap_or_default();
    for (body, kinds) in [
        ("She said it “will” open.", vec!["FragmentSelector"]),
        ("Nothing of the sort.", vec![]),
        (
            "She said it \"will\" open.",
            vec!["TextQuoteSelector", "FragmentSelector"],
        ),
    ] {
        app.patch_text(&article, "en", json!({"body_markdown": body}))
            .await
            .expect(200);
        let confirmed = json!({"confirm_quotes": [id]});
        app.put_state(&article, "en", "publication", confirmed)
            .await
            .expect(200);
        let told = app.anonymous().get(&path).await.expect(200).json;
        let found: Vec<Value> = selectors(&told["target"][0])
            .iter()
            .map(|one| one["type"].clone())
            .collect();
        assert_eq!(found, kinds, "{body}");
        assert_eq!(told["target"].as_array().map(Vec::len), Some(1), "{body}");
    }
}

#[actix_web::test]
async fn a_confidential_source_is_in_no_form() {
    let app = TestApp::start().await;
    give_addresses(&app).await;
    let source = json!({"kind": "person", "names": {"en": "Qzx Sirrli"}, "same_as": ["https://qzx.example/"], "disclosure": "protected"});
    let source = app
        .as_editor()
        .post("/v1/desk/sources", source)
        .await
        .expect(201)
        .json;
    let attribution = json!({"stated_name": "Qzx Sirrli", "stated_role": "an official", "evidence_url": "https://qzx.example/tape"});
    let quote = json!({"source": id_of(&source), "unnamed": "an official", "manner": "direct", "text": "we knew it", "attribution": attribution});
    let (article, id) = published(&app, "He said that we knew it.", quote).await;
    for (path, accept) in [
        (format!("/v1/quotes/{id}.jsonld"), "*/*"),
        (format!("/v1/quotes/{id}.anno.jsonld"), "*/*"),
        (format!("/v1/quotes/{id}"), "application/ld+json"),
        (format!("/v1/articles/{article}.jsonld"), "*/*"),
        (format!("/v1/articles/{article}.ninjs"), "*/*"),
        (
            "/v1/articles/by-slug/en/the-bridge.jsonld".to_owned(),
            "*/*",
        ),
        (
            "/v1/articles/by-slug/en/the-bridge".to_owned(),
            "application/ld+json",
        ),
    ] {
        let answer = app
            .anonymous()
            .get(&path)
            .header("accept", accept)
            .await
            .expect(200);
        let said = format!("{} {:?}", answer.text().to_lowercase(), answer.headers);
        assert!(
            !said.contains("qzx") && !said.contains("sirrli"),
            "{answer}"
        );
        assert!(!said.contains(id_of(&source)), "{answer}");
        assert!(is_without_null(&answer.json), "{answer}");
    }
    let told = app
        .anonymous()
        .get(&format!("/v1/quotes/{id}.jsonld"))
        .await
        .json;
    assert_eq!(
        told["spokenByCharacter"],
        json!({"jobTitle": "an official", "description": "an official"})
    );
    assert_eq!(told.get("creator"), None);
}
