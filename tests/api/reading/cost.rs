//! The number of statements of a request depends on what it includes, never on how many rows
//! come back or go in.

use serde_json::{Value, json};

use super::stock;
use crate::support::{Client, TestApp, id_of, items_of};

/// An app that answers nothing from memory.
async fn uncached() -> TestApp {
    TestApp::with([
        ("NEWSLINE_CACHE_MIB", "0"),
        ("NEWSLINE_LIMIT_REVIEWS", "off"),
    ])
    .await
}

/// The statements of one request, which must be answered with as many rows as it says.
async fn cost(app: &TestApp, client: &Client, path: &str, rows: (&str, usize)) -> u64 {
    // What all readings have in common is read once.
    client.get(path).await.expect(200);
    let before = app.app.db.statements();
    let answer = client.get(path).await.expect(200);
    let spent = app.app.db.statements() - before;
    let found = answer.json.pointer(rows.0).and_then(Value::as_array);
    assert_eq!(found.map(Vec::len), Some(rows.1), "{answer}");
    assert!(spent > 0, "{path} is not counted");
    spent
}

/// An article with this many quotes, each of somebody else.
async fn quoting(app: &TestApp, size: usize) -> String {
    let names: Vec<String> = (0..size)
        .map(|nth| format!("Person {size} of {nth}"))
        .collect();
    let sources: serde_json::Map<_, _> = names
        .iter()
        .enumerate()
        .map(|(nth, name)| {
            (
                format!("p{nth}"),
                json!({"kind": "person", "names": {"en": name}}),
            )
        })
        .collect();
    let quotes: Vec<Value> = (0..size)
        .map(|nth| json!({"source": format!("#p{nth}"), "manner": "direct", "text": format!("Word {nth}.")}))
        .collect();
    let body: Vec<String> = (0..size).map(|nth| format!("Word {nth}.")).collect();
    let text = json!({"headline": format!("Quotes {size}"), "body_markdown": body.join("\n\n"), "quotes": quotes});
    let article = app.published_article(json!({"sources": sources, "topics": ["rain"], "section": "city", "texts": {"en": text}})).await;
    id_of(&article).to_owned()
}

#[actix_web::test]
async fn an_article_costs_the_same_with_one_quote_and_with_thirty() {
    let app = uncached().await;
    stock(&app, 1).await;
    let (few, many) = (quoting(&app, 1).await, quoting(&app, 30).await);
    let reader = app.anonymous();
    let include = "include=quotes,sources,related,reviews";
    for (one, thirty, place) in [
        (
            format!("/v1/articles/{few}"),
            format!("/v1/articles/{many}"),
            "/quotes",
        ),
        (
            format!("/v1/articles/{few}?{include}"),
            format!("/v1/articles/{many}?{include}"),
            "/sources",
        ),
        (
            format!("/v1/articles/{few}/quotes"),
            format!("/v1/articles/{many}/quotes"),
            "/items",
        ),
        (
            "/v1/articles/by-slug/en/quotes-1".to_owned(),
            "/v1/articles/by-slug/en/quotes-30".to_owned(),
            "/quotes",
        ),
        (
            "/v1/pages/articles/en/quotes-1".to_owned(),
            "/v1/pages/articles/en/quotes-30".to_owned(),
            "/quotes",
        ),
        (
            "/v1/quotes?limit=1".to_owned(),
            "/v1/quotes?limit=30".to_owned(),
            "/items",
        ),
        (
            "/v1/sources?limit=1&lang=en".to_owned(),
            "/v1/sources?limit=30&lang=en".to_owned(),
            "/items",
        ),
    ] {
        let cheap = cost(&app, &reader, &one, (place, 1)).await;
        let dear = cost(&app, &reader, &thirty, (place, 30)).await;
        assert_eq!(cheap, dear, "{thirty}");
    }
}

#[actix_web::test]
async fn a_list_costs_the_same_with_five_and_with_fifty() {
    let app = uncached().await;
    stock(&app, 50).await;
    let (reader, editor) = (app.anonymous(), app.as_editor());
    for (client, path) in [
        (&reader, "/v1/articles?lang=en&include=quotes,topics"),
        (&reader, "/v1/articles?lang=en"),
        (&reader, "/v1/lists/news-line/items?lang=en&include=topics"),
        (&editor, "/v1/desk/articles?state=published"),
    ] {
        let cheap = cost(&app, client, &format!("{path}&limit=5"), ("/items", 5)).await;
        let dear = cost(&app, client, &format!("{path}&limit=50"), ("/items", 50)).await;
        assert_eq!(cheap, dear, "{path}");
    }
}

#[actix_web::test]
async fn a_page_costs_the_same_with_more_of_everything() {
    let app = uncached().await;
    let all = stock(&app, 12).await;
    let reader = app.anonymous();
    let path = "/v1/pages/articles/en/article-0?area=AZ-BA";
    let alone = reader.get(path).await.expect(200).json;
    assert_eq!(items_of(&alone["news_line"]).len(), 10);
    let related = |ids: &[String]| -> Value {
        ids.iter()
            .map(|id| json!({"rel": "related", "internal": id}))
            .collect()
    };
    app.patch_article(&all[0], json!({"related": related(&all[1..2])}))
        .await
        .expect(200);
    let cheap = cost(&app, &reader, path, ("/related", 1)).await;
    app.patch_article(&all[0], json!({"related": related(&all[1..])}))
        .await
        .expect(200);
    let dear = cost(&app, &reader, path, ("/related", 11)).await;
    assert_eq!(cheap, dear);
}

/// A story as the demo's main one is: people quoted through an outlet, reviews with ratings, related
/// articles of ours and of others, a notice, three languages. `size` of each.
async fn whole_story(app: &TestApp, size: usize, related: &[String]) -> String {
    let mut sources = serde_json::Map::new();
    for nth in 0..size {
        let (who, outlet) = (
            format!("Speaker {size}-{nth}"),
            format!("Outlet {size}-{nth}"),
        );
        sources.insert(
            format!("p{nth}"),
            json!({"kind": "person", "names": {"en": who}}),
        );
        sources.insert(
            format!("o{nth}"),
            json!({"kind": "organisation", "names": {"en": outlet}}),
        );
    }
    let quotes: Vec<Value> = (0..size)
        .map(|nth| {
            let said = json!({"occasion": "comment", "outlet": format!("#o{nth}"), "said_at": "2026-04-17"});
            json!({"source": format!("#p{nth}"), "manner": "direct", "text": format!("Word {nth}."),
                "attribution": said})
        })
        .collect();
    let body: Vec<String> = (0..size).map(|nth| format!("Word {nth}.")).collect();
    let english = json!({"headline": format!("Whole {size}"), "body_markdown": body.join("\n\n"), "quotes": quotes});
    let other = |lang: &str| {
        json!({"headline": format!("Whole {size} {lang}"),
        "translated_from": {"lang": "en", "revision": 1, "by": "human"}})
    };
    let mut items: Vec<Value> = related
        .iter()
        .map(|id| json!({"rel": "related", "internal": id}))
        .collect();
    let outside =
        json!({"lang": "az", "headline": "Sərhəddə gərginlik", "programme": null, "url": null});
    items.truncate(size);
    if size > 1 {
        items.pop();
        items.push(json!({"rel": "promoted", "label": "advertisement", "external": outside}));
    }
    let article = app
        .published_article(
            json!({"sources": sources, "topics": ["rain"], "section": "city",
            "review_policy": "post_moderated", "related": items,
            "texts": {"en": english, "az": other("az"), "ru": other("ru")}}),
        )
        .await;
    let id = id_of(&article).to_owned();
    let guest = app.anonymous();
    for nth in 0..size {
        let review = json!({"author": {"name": format!("Guest {nth}")}, "lang": "en", "rating": 1 + nth % 5});
        let leaving = guest.post(&format!("/v1/articles/{id}/reviews"), review);
        leaving.await.expect(202);
    }
    id
}

#[actix_web::test]
async fn the_bundle_of_a_story_costs_the_same_with_one_and_with_fifty_of_everything() {
    let app = uncached().await;
    let related = stock(&app, 50).await;
    whole_story(&app, 1, &related).await;
    whole_story(&app, 50, &related).await;
    let reader = app.anonymous();
    let of = |size: usize| format!("/v1/pages/articles/en/whole-{size}?area=AZ-BA");
    let page = reader.get(&of(50)).await.expect(200).json;
    assert_eq!(page["article"]["reviews"]["count"], 50);
    assert_eq!(page["related"].as_array().map(Vec::len), Some(50));
    assert_eq!(page["sources"].as_array().map(Vec::len), Some(100));
    let cheap = cost(&app, &reader, &of(1), ("/quotes", 1)).await;
    let dear = cost(&app, &reader, &of(50), ("/quotes", 50)).await;
    assert_eq!(cheap, dear);
    assert!(dear <= 30, "{dear} statements");
}

/// A text of ten sentences, the first few of which are quoted, each said by somebody else.
fn quoted(headline: &str, quotes: usize) -> Value {
    let sentence = |nth: usize| format!("Sentence {nth} was said.");
    let body: Vec<String> = (0..10).map(sentence).collect();
    let quotes: Vec<Value> = (0..quotes)
        .map(|nth| json!({"source": format!("#p{nth}"), "manner": "direct", "text": sentence(nth)}))
        .collect();
    json!({"headline": headline, "body_markdown": body.join("\n\n"), "quotes": quotes})
}

#[actix_web::test]
async fn a_story_with_ten_quotes_is_written_in_as_many_statements_as_one_with_two() {
    let app = TestApp::start().await;
    let editor = app.as_editor();
    let mut costs = Vec::new();
    for size in [2, 10] {
        let sources: serde_json::Map<_, _> = (0..size)
            .map(|nth| {
                let names = json!({"en": format!("Somebody {size} {nth}")});
                (format!("p{nth}"), json!({"kind": "person", "names": names}))
            })
            .collect();
        let text = quoted(&format!("Story of {size}"), size);
        let spent = || app.app.db.statements();
        let before = spent();
        let posting = editor.post(
            "/v1/desk/articles",
            json!({"kind": "news", "sources": sources, "texts": {"en": text}}),
        );
        let article = posting.await.expect(201).json;
        let posted = spent();
        let id = id_of(&article).to_owned();
        let body = quoted("", 0)["body_markdown"]
            .as_str()
            .map(|body| format!("{body}\n\nThe end."));
        app.patch_text(&id, "en", json!({"body_markdown": body}))
            .await
            .expect(200);
        let saved = spent();
        app.publish_text(&id, "en").await;
        costs.push((posted - before, saved - posted, spent() - saved));
    }
    assert_eq!(costs[0], costs[1], "posting, saving, publishing");
}
