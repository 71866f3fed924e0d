//! Who is quoted: at the desk, by name, merged, and withheld from readers.

mod desk;
mod readers;

use diesel::prelude::*;
use newsline::db::schema::{
    articles, published_articles, published_quotes, published_sources, published_terms,
    published_texts, quotes, revisions, texts,
};
use newsline::db::{AnyId, DbConn, Id, Json};
use newsline::http::problem::Problem;
use newsline::quotes::model::Quote;
use newsline::sources::matching::{self, MatchedBy, NewSource};
use newsline::sources::{SourceId, projection};
use serde_json::{Value, json};

use crate::support::{Answer, Client, TestApp};

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

/// Writes an article with one quote, at the desk and for readers, past the API.
async fn publish_quote(app: &TestApp, source: SourceId, outlet: Option<SourceId>) -> AnyId {
    let author = app.people.editor.user.id;
    let quote = AnyId::new();
    app.app
        .db
        .write(move |tx| {
            let now = tx.now();
            insert_article(tx, author, now)?;
            let article: AnyId = articles::table
                .select(articles::id)
                .order(articles::id.desc())
                .first(&mut **tx)?;
            insert_quote(tx, quote, article, source, outlet, now)?;
            insert_revision(tx, article, author, now)?;
            let both: Vec<SourceId> = [Some(source), outlet].into_iter().flatten().collect();
            Ok::<_, Problem>(projection::project(tx, &both)?)
        })
        .await
        .expect("a published quote");
    quote
}

fn insert_article(
    conn: &mut DbConn,
    author: newsline::auth::UserId,
    now: newsline::db::Instant,
) -> QueryResult<()> {
    let none = || Json(json!([]));
    let id = AnyId::new();
    diesel::insert_into(articles::table)
        .values((
            articles::id.eq(id),
            articles::kind.eq("news"),
            articles::authors.eq(none()),
            articles::related.eq(none()),
            articles::review_policy.eq("closed"),
            articles::version.eq(1_i64),
            articles::created_by.eq(author),
            articles::created_at.eq(now),
            articles::updated_at.eq(now),
        ))
        .execute(conn)?;
    diesel::insert_into(published_articles::table)
        .values((
            published_articles::id.eq(id),
            published_articles::kind.eq("news"),
            published_articles::topic_ids.eq(none()),
            published_articles::authors.eq(none()),
            published_articles::related.eq(none()),
            published_articles::review_policy.eq("closed"),
            published_articles::first_published_at.eq(now),
        ))
        .execute(conn)?;
    diesel::insert_into(published_texts::table)
        .values((
            (
                published_texts::article_id.eq(id),
                published_texts::lang.eq("en"),
                published_texts::kind.eq("news"),
                published_texts::slug.eq(id.to_string()),
                published_texts::headline.eq("A bridge opens"),
                published_texts::body.eq(none()),
                published_texts::quote_count.eq(1),
                published_texts::corrections.eq(none()),
            ),
            published_texts::revision.eq(1),
            published_texts::word_count.eq(3),
            published_texts::reading_minutes.eq(1),
            published_texts::first_published_at.eq(now),
            published_texts::published_at.eq(now),
            published_texts::updated_at.eq(now),
        ))
        .execute(conn)
        .map(drop)
}

fn insert_quote(
    conn: &mut DbConn,
    id: AnyId,
    article: AnyId,
    source: SourceId,
    outlet: Option<SourceId>,
    now: newsline::db::Instant,
) -> QueryResult<()> {
    diesel::insert_into(quotes::table)
        .values((
            (
                quotes::id.eq(id),
                quotes::article_id.eq(article),
                quotes::lang.eq("en"),
                quotes::position.eq(0),
                quotes::source_id.eq(source),
                quotes::manner.eq("direct"),
                quotes::text.eq("It will open."),
                quotes::stated_name.eq("the minister"),
                quotes::outlet_id.eq(outlet),
            ),
            quotes::evidence_url.eq("https://example.az/evidence"),
            quotes::anchor_state.eq("anchored"),
            quotes::segments.eq(Json(json!([]))),
            quotes::verification.eq("unverified"),
            quotes::created_at.eq(now),
        ))
        .execute(conn)?;
    diesel::insert_into(published_quotes::table)
        .values((
            (
                published_quotes::id.eq(id),
                published_quotes::article_id.eq(article),
                published_quotes::lang.eq("en"),
                published_quotes::position.eq(0),
                published_quotes::source_id.eq(source),
                published_quotes::manner.eq("direct"),
                published_quotes::text.eq("It will open."),
                published_quotes::stated_name.eq("the minister"),
                published_quotes::outlet_id.eq(outlet),
            ),
            published_quotes::evidence_url.eq("https://example.az/evidence"),
            published_quotes::anchor_state.eq("anchored"),
            published_quotes::segments.eq(Json(json!([]))),
            published_quotes::verification.eq("unverified"),
            published_quotes::sorted_at.eq(now),
            published_quotes::published_at.eq(now),
        ))
        .execute(conn)
        .map(drop)
}

/// The text of an article, published as the desk has it.
fn insert_revision(
    conn: &mut DbConn,
    article: AnyId,
    author: newsline::auth::UserId,
    now: newsline::db::Instant,
) -> QueryResult<()> {
    let quotes: Vec<Quote> = quotes::table
        .filter(quotes::article_id.eq(article))
        .load(conn)?;
    diesel::insert_into(texts::table)
        .values((
            texts::item_id.eq(article),
            texts::item_kind.eq("article"),
            texts::lang.eq("en"),
            texts::version.eq(1_i64),
            texts::state.eq("published"),
            texts::head_revision.eq(1),
            texts::published_revision.eq(Some(1)),
            texts::headline.eq("A bridge opens"),
            texts::created_by.eq(author),
            texts::created_at.eq(now),
            texts::saved_at.eq(now),
        ))
        .execute(conn)?;
    diesel::insert_into(revisions::table)
        .values((
            revisions::item_id.eq(article),
            revisions::lang.eq("en"),
            revisions::number.eq(1),
            revisions::headline.eq("A bridge opens"),
            revisions::body.eq(Json(json!([]))),
            revisions::quotes.eq(Json(quotes)),
            revisions::cause.eq("save"),
            revisions::saved_by.eq(author),
            revisions::saved_at.eq(now),
        ))
        .execute(conn)
        .map(drop)
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

async fn matched(app: &TestApp, by: newsline::auth::Role, source: Value) -> (SourceId, MatchedBy) {
    let person = app.people.with_role(by);
    let staff = newsline::auth::Staff {
        id: person.user.id,
        role: by,
        sign_in: person.sign_in,
    };
    let new: NewSource = serde_json::from_value(source).expect("a source");
    let found = app
        .app
        .db
        .write(move |tx| matching::find_or_make(tx, &new, &staff))
        .await
        .expect("a source");
    (found.source.id, found.how)
}
