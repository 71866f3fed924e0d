//! Which language is served, and what the answer says about it.

use serde_json::{Value, json};

use super::{published_in, shown};
use crate::support::{Answer, TestApp, items_of};

async fn ask(app: &TestApp, id: &str, query: &str, header: &str) -> Answer {
    let asking = app.anonymous().get(&format!("/v1/articles/{id}{query}"));
    match header {
        "" => asking.await,
        header => asking.header("accept-language", header).await,
    }
}

fn varies(answer: &Answer) -> bool {
    let lines = answer.headers.get_all("vary").iter();
    lines
        .filter_map(|line| line.to_str().ok())
        .any(|line| line.to_lowercase().contains("accept-language"))
}

#[actix_web::test]
async fn an_article_is_served_in_the_language_that_fits_and_says_why() {
    let app = TestApp::start().await;
    let id = published_in(&app, &["ru", "en"]).await;
    let asked = [
        ("", "", "ru", json!([]), "default"),
        ("?lang=en", "", "en", json!(["en"]), "exact"),
        ("?lang=EN", "ru", "en", json!(["en"]), "exact"),
        ("?lang=en-GB", "", "en", json!(["en"]), "range"),
        ("?lang=az,en", "", "en", json!(["az", "en"]), "exact"),
        ("?lang=az", "", "ru", json!(["az"]), "fallback"),
        (
            "?lang=az&lang_fallback=chain",
            "",
            "ru",
            json!(["az"]),
            "fallback",
        ),
        (
            "?lang=az&lang_fallback=any",
            "",
            "ru",
            json!(["az"]),
            "fallback",
        ),
        ("", "en", "en", json!(["en"]), "exact"),
        (
            "",
            "az;q=0.9, en;q=0.8, ru;q=0.1",
            "en",
            json!(["az", "en", "ru"]),
            "exact",
        ),
        ("", "en-GB, ru;q=0.5", "en", json!(["en", "ru"]), "range"),
        ("", "tr", "ru", json!([]), "fallback"),
        ("", "*", "ru", json!([]), "default"),
    ];
    for (query, header, lang, requested, how) in asked {
        let said = format!("{query} {header}");
        let answer = ask(&app, &id, query, header).await.expect(200);
        assert_eq!(
            answer.json["served"],
            json!({"lang": lang, "requested": requested, "match": how}),
            "{said}"
        );
        assert_eq!(answer.json["headline"], format!("Rain {lang}"), "{said}");
        assert_eq!(answer.header("content-language"), Some(lang), "{said}");
        assert_eq!(varies(&answer), query.is_empty(), "{said}");
        let alternates: Vec<&Value> = answer.json["alternates"]
            .as_array()
            .expect("alternates")
            .iter()
            .map(|one| &one["lang"])
            .collect();
        assert_eq!(alternates, ["en", "ru"], "{said}");
    }
}

#[actix_web::test]
async fn none_is_406_with_what_exists_and_a_header_never_is() {
    let app = TestApp::start().await;
    let id = published_in(&app, &["ru", "en"]).await;
    let none = ask(&app, &id, "?lang=az&lang_fallback=none", "").await;
    let none = none.problem("language-not-available", 406);
    assert_eq!(none.header("cache-control"), Some("public, max-age=15"));
    let alternates = none.json["alternates"].as_array().expect("alternates");
    assert_eq!(
        (&alternates[0]["lang"], &alternates[1]["slug"]),
        (&json!("en"), &json!("rain-ru"))
    );
    for header in [
        "az",
        "az;q=1, *;q=0",
        "en;q=0, ru;q=0",
        "gibberish!!",
        "tr-TR, de;q=0.5",
    ] {
        ask(&app, &id, "", header).await.expect(200);
        ask(&app, &id, "?lang_fallback=none", header)
            .await
            .expect(200);
    }
    for (query, name) in [
        ("?lang=gibberish!!", "lang"),
        ("?lang=", "lang"),
        ("?lang=en&lang_fallback=maybe", "lang_fallback"),
    ] {
        ask(&app, &id, query, "")
            .await
            .problem("invalid-parameter", 400)
            .at(name);
    }
}

#[actix_web::test]
async fn where_the_path_names_the_language_it_decides() {
    let app = TestApp::start().await;
    published_in(&app, &["ru", "en"]).await;
    let reader = app.anonymous();
    for door in ["articles/by-slug", "pages/articles"] {
        let path = format!("/v1/{door}/en/rain-en");
        let answer = reader
            .get(&path)
            .header("accept-language", "ru")
            .await
            .expect(200);
        let article = if door == "pages/articles" {
            &answer.json["article"]
        } else {
            &answer.json
        };
        assert_eq!(
            article["served"],
            json!({"lang": "en", "requested": ["en"], "match": "exact"})
        );
        assert_eq!(
            (varies(&answer), answer.header("content-language")),
            (false, Some("en"))
        );
        reader
            .get(&format!("{path}?lang=en"))
            .await
            .problem("unknown-parameter", 400)
            .at("lang");
        reader
            .get(&format!("/v1/{door}/az/rain-en"))
            .await
            .problem("not-found", 404);
    }
}

#[actix_web::test]
async fn a_list_serves_one_language_for_all_its_items() {
    let app = TestApp::start().await;
    let both = published_in(&app, &["ru", "en"]).await;
    let russian = published_in(&app, &["ru"]).await;
    let reader = app.anonymous();
    for path in ["/v1/articles", "/v1/lists/news-line/items"] {
        assert_eq!(
            shown(&reader, &format!("{path}?lang=ru")).await,
            [russian.clone(), both.clone()]
        );
        assert_eq!(
            shown(&reader, &format!("{path}?lang=en")).await,
            std::slice::from_ref(&both)
        );
        let list = reader.get(&format!("{path}?lang=en-GB")).await.expect(200);
        assert_eq!(
            list.json["served"],
            json!({"lang": "en", "requested": ["en"], "match": "range"})
        );
        assert_eq!(
            (varies(&list), list.header("content-language")),
            (false, Some("en"))
        );

        let none = reader.get(&format!("{path}?lang=tr")).await.expect(200);
        assert_eq!(
            (&none.json["served"], &none.json["items"]),
            (&Value::Null, &json!([]))
        );
        let chain = reader
            .get(&format!("{path}?lang=tr&lang_fallback=chain"))
            .await
            .expect(200);
        assert_eq!(chain.json["served"]["match"], "fallback");
        let header = reader
            .get(path)
            .header("accept-language", "ru-RU, en;q=0.5")
            .await
            .expect(200);
        assert_eq!((varies(&header), items_of(&header.json).len()), (true, 2));
    }
}
