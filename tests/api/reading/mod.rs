//! What readers get: in which language, which part of it, in what order, and at what cost.

use serde_json::{Value, json};

use crate::support::{Client, TestApp, id_of, items_of};

mod caching;
mod choosing;
mod cost;
mod languages;
mod lists;
mod shape;

/// A text of one paragraph.
fn text(headline: &str) -> Value {
    json!({"headline": headline, "body_markdown": "It rained all day."})
}

/// An article published in these languages, with the same headline but for the tag.
async fn published_in(app: &TestApp, langs: &[&str]) -> String {
    let texts: serde_json::Map<_, _> = langs
        .iter()
        .map(|lang| ((*lang).to_owned(), text(&format!("Rain {lang}"))))
        .collect();
    let article = app.published_article(json!({"texts": texts})).await;
    id_of(&article).to_owned()
}

async fn terms(app: &TestApp) {
    for (kind, slug) in [
        ("sections", "city"),
        ("sections", "sea"),
        ("topics", "rain"),
    ] {
        let new = json!({"slug": slug, "names": {"en": slug}});
        let making = app.as_editor().post(&format!("/v1/desk/{kind}"), new);
        making.await.expect(201);
    }
}

/// A stock of articles in English, the oldest first, three published at each moment. Gives ids.
async fn stock(app: &TestApp, size: usize) -> Vec<String> {
    terms(app).await;
    let mut ids = Vec::new();
    for nth in 0..size {
        let article = json!({
            "kind": if nth % 5 == 0 { "opinion" } else { "news" },
            "section": if nth % 2 == 0 { "city" } else { "sea" },
            "topics": if nth % 3 == 0 { json!(["rain"]) } else { json!([]) },
            "texts": {"en": text(&format!("Article {nth}"))},
        });
        let article = app.posted_article(article).await;
        let at = json!({"published_at": moment(nth)});
        let publishing = app.put_state(id_of(&article), "en", "publication", at);
        publishing.await.expect(200);
        ids.push(id_of(&article).to_owned());
    }
    ids
}

/// When the article of this number was published.
fn moment(nth: usize) -> String {
    format!("2024-01-01T00:{:02}:00Z", nth / 3)
}

fn ids(list: &Value) -> Vec<String> {
    items_of(list)
        .iter()
        .map(|item| id_of(item).to_owned())
        .collect()
}

async fn shown(client: &Client, path: &str) -> Vec<String> {
    ids(&client.get(path).await.expect(200).json)
}

/// Walks a list to its end and back, and asserts that both ways show the same pages. Gives all
/// ids in their order.
async fn walked(client: &Client, path: &str) -> Vec<String> {
    let mut forth = vec![client.get(path).await.expect(200).json];
    while let Some(next) = forth.last().expect("a page")["page"]["next"].as_str() {
        let page = format!("{path}&cursor={next}");
        forth.push(client.get(&page).await.expect(200).json);
    }
    let mut back = vec![forth.last().expect("a page").clone()];
    while let Some(prev) = back.last().expect("a page")["page"]["prev"].as_str() {
        let page = format!("{path}&cursor={prev}");
        back.push(client.get(&page).await.expect(200).json);
    }
    back.reverse();
    let pages = |pages: &[Value]| pages.iter().map(ids).collect::<Vec<_>>();
    assert_eq!(pages(&forth), pages(&back), "{path}");
    pages(&forth).concat()
}
