//! Who is quoted: at the desk, by name, merged, and withheld from readers.

mod desk;
mod duplicates;
mod matching;
mod merging;
mod readers;

use diesel::prelude::*;
use newsline::db::schema::{published_quotes, published_sources, published_terms};
use newsline::db::{AnyId, Id};
use newsline::http::problem::Problem;
use newsline::sources::SourceId;
use serde_json::{Value, json};

use crate::support::{Answer, Client, TestApp, id_of, items_of};

fn person(name: &str) -> Value {
    json!({"kind": "person", "names": {"en": name}})
}

async fn made(client: &Client, source: Value) -> Answer {
    client.post("/v1/desk/sources", source).await.expect(201)
}

fn id(answer: &Answer) -> SourceId {
    answer.json["id"]
        .as_str()
        .expect("an id")
        .parse()
        .expect("a UUID")
}

fn desk(answer: &Answer) -> String {
    format!("/v1/desk/sources/{}", id(answer))
}

fn public(answer: &Answer) -> String {
    format!("/v1/sources/{}", id(answer))
}

fn names(answer: &Answer) -> Vec<&str> {
    let items = answer.json["items"].as_array().expect("items");
    items
        .iter()
        .map(|item| item["names"]["en"].as_str().expect("a name"))
        .collect()
}

/// Publishes an article with one quote.
async fn publish_quote(app: &TestApp, source: SourceId, outlet: Option<SourceId>) -> AnyId {
    let quote = json!({"source": source, "manner": "direct", "text": "It will open.",
        "attribution": {"stated_name": "the minister", "outlet": outlet,
            "evidence_url": "https://example.az/evidence"}});
    let text =
        json!({"headline": "A bridge opens", "body_markdown": "It will open.", "quotes": [quote]});
    let article = app.published_article(json!({"texts": {"en": text}})).await;
    let text = app.desk_text(id_of(&article), "en").await;
    id_of(&text.json["quotes"][0]).parse().expect("a UUID")
}

type Credit = (
    Option<SourceId>,
    Option<String>,
    Option<String>,
    Option<String>,
);

/// What readers have of a quote: source, description, name and evidence.
async fn credit(app: &TestApp, quote: AnyId) -> Credit {
    app.app
        .db
        .read(move |conn| {
            let row = published_quotes::table.find(quote).select((
                published_quotes::source_id,
                published_quotes::unnamed,
                published_quotes::stated_name,
                published_quotes::evidence_url,
            ));
            Ok::<_, Problem>(row.first(conn)?)
        })
        .await
        .expect("a published quote")
}

async fn terms(app: &TestApp, source: SourceId) -> i64 {
    app.app
        .db
        .read(move |conn| {
            let terms = published_terms::table.filter(published_terms::term.eq(source));
            Ok::<_, Problem>(terms.count().get_result(conn)?)
        })
        .await
        .expect("a number")
}

async fn published_rows(app: &TestApp) -> i64 {
    app.app
        .db
        .read(|conn| Ok::<_, Problem>(published_sources::table.count().get_result(conn)?))
        .await
        .expect("a number")
}

/// What a post of a story says of the one source that it names.
async fn matched(client: &Client, source: Value) -> (SourceId, String) {
    let story = json!({"kind": "news", "sources": {"one": source}});
    let posted = client.post("/v1/desk/articles", story).await.expect(201);
    let found = &posted.json["sources"]["one"];
    let how = found["matched_by"].as_str().expect("a word").to_owned();
    (id_of(found).parse().expect("a UUID"), how)
}
