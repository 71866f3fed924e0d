//! `newsline bench generate`: what it writes is what the app itself would have written.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::Text;
use newsline::cli::bench::{Order, generate};
use newsline::db::DbConn;
use serde_json::{Value, json};

use crate::support::{TestApp, id_of, items_of};

/// Everything that a generated database holds, table by table, one line a row.
type Dump = BTreeMap<&'static str, Vec<String>>;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Each row as the database writes it, in its own order.
fn rows(conn: &mut DbConn, table: &str) -> Vec<String> {
    let rows: Vec<Row> = match conn {
        DbConn::Sqlite(conn) => {
            let columns: Vec<Row> = diesel::sql_query(format!(
                "select 'quote(' || name || ')' as line from pragma_table_info('{table}')"
            ))
            .load(conn)
            .expect("columns");
            let columns: Vec<String> = columns.into_iter().map(|row| row.line).collect();
            let line = columns.join(" || ' ' || ");
            diesel::sql_query(format!("select {line} as line from {table} order by 1")).load(conn)
        }
        DbConn::Postgres(conn) => diesel::sql_query(format!(
            "select row_to_json(t)::text as line from {table} t order by 1"
        ))
        .load(conn),
    }
    .expect("rows");
    rows.into_iter().map(|row| row.line).collect()
}

const TABLES: [&str; 22] = [
    "sections",
    "topics",
    "sources",
    "source_names",
    "articles",
    "article_topics",
    "article_authors",
    "texts",
    "revisions",
    "translations",
    "slugs",
    "quotes",
    "published_articles",
    "published_texts",
    "published_slugs",
    "published_terms",
    "published_quotes",
    "published_sources",
    "published_source_sums",
    "published_names",
    "published_retractions",
    "published_review_sums",
];

fn dump(app: &TestApp) -> Dump {
    let conn = &mut app.database.connect();
    TABLES
        .into_iter()
        .map(|table| (table, rows(conn, table)))
        .collect()
}

async fn generated(order: &Order) -> TestApp {
    let app = TestApp::start().await;
    generate(&app.app.db, order, |_| {}).await.expect("stories");
    app
}

#[actix_web::test]
async fn the_same_seed_makes_the_same_rows_and_another_one_others() {
    let order = Order::of(70, 150, 7);
    let (one, other) = (generated(&order).await, generated(&order).await);
    let (dumped, again) = (dump(&one), dump(&other));
    for (table, rows) in &dumped {
        assert_eq!(rows, &again[table], "{table}");
    }
    assert_eq!(
        (dumped["texts"].len(), dumped["published_quotes"].len()),
        (70, 150)
    );
    let more = Order {
        add: true,
        ..Order::of(70, 150, 8)
    };
    generate(&one.app.db, &more, |_| {}).await.expect("others");
    let both = dump(&one);
    assert_eq!(
        (both["texts"].len(), both["published_quotes"].len()),
        (140, 300)
    );
}

#[actix_web::test]
async fn a_database_that_has_articles_is_left_alone() {
    let app = generated(&Order::of(3, 3, 1)).await;
    for order in [
        Order::of(3, 3, 2),
        Order {
            add: true,
            ..Order::of(3, 3, 1)
        },
    ] {
        let refused = generate(&app.app.db, &order, |_| {}).await;
        assert!(refused.is_err());
    }
    assert_eq!(dump(&app)["texts"].len(), 3);
}

/// Readers' rows, but for what a new publication says anew.
fn readers_rows(app: &TestApp) -> Dump {
    let mut dump = dump(app);
    dump.retain(|table, _| table.starts_with("published_"));
    dump
}

#[actix_web::test]
async fn publishing_generated_texts_again_changes_nothing_for_readers() {
    let app = generated(&Order::of(12, 40, 3)).await;
    let before = readers_rows(&app);
    let list = app.as_editor().get("/v1/desk/articles?limit=100").await;
    let list = list.expect(200).json;
    for article in items_of(&list) {
        for (lang, text) in article["texts"].as_object().expect("texts") {
            let since = json!({"published_at": text["published_at"]});
            app.unpublish_text(id_of(article), lang).await;
            app.put_state(id_of(article), lang, "publication", since)
                .await
                .expect(200);
        }
    }
    // Only when they were last published is news.
    let conn = &mut app.database.connect();
    let undo = "update published_texts set updated_at = published_at";
    diesel::sql_query(undo).execute(conn).expect("an update");
    for (table, rows) in readers_rows(&app) {
        assert_eq!(rows, before[table], "{table}");
    }
}

#[actix_web::test]
async fn generated_quotes_stand_where_the_app_finds_them() {
    let app = generated(&Order::of(6, 30, 5)).await;
    let list = app.as_editor().get("/v1/desk/articles?limit=100").await;
    let list = list.expect(200).json;
    for article in items_of(&list) {
        for lang in article["texts"].as_object().expect("texts").keys() {
            let text = app.desk_text(id_of(article), lang).await.json;
            let mut body = text["body"].clone();
            let blocks = body.as_array_mut().expect("blocks");
            blocks.insert(
                0,
                json!({"_type": "block", "children": [{"_type": "span", "text": "First."}]}),
            );
            let saved = app
                .patch_text(id_of(article), lang, json!({"body": body}))
                .await;
            let saved = saved.expect(200).json;
            assert_eq!(saved["quote_effects"], json!([]));
            let anchors = |text: &Value| -> Vec<Value> {
                let quotes = text["quotes"].as_array().expect("quotes");
                quotes.iter().map(|quote| quote["anchor"].clone()).collect()
            };
            assert_eq!(anchors(&saved), anchors(&text), "{lang}");
        }
    }
}

#[actix_web::test]
async fn the_most_quoted_source_has_the_statements_that_were_ordered() {
    let app = generated(&Order::of(60, 600, 1)).await;
    let quotes = app
        .anonymous()
        .get("/v1/quotes?count=true")
        .await
        .expect(200)
        .json;
    let statements = quotes["total"].as_i64().expect("a total");
    assert!((300..600).contains(&statements), "{statements}");
    let sources = app
        .anonymous()
        .get("/v1/sources?limit=100")
        .await
        .expect(200)
        .json;
    let mut most = 0;
    for source in items_of(&sources) {
        let source = app
            .anonymous()
            .get(&format!("/v1/sources/{}", id_of(source)));
        let counts = source.await.expect(200).json["counts"].clone();
        if counts["quotes"] == 60 && counts["statements"] == 60 {
            most += 1;
        }
    }
    assert_eq!(most, 1);
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    number: i64,
}

#[actix_web::test]
async fn a_common_topic_and_a_rare_one_are_told_in_full() {
    let app = generated(&Order {
        body_bytes: Some(100),
        ..Order::of(6000, 6000, 1)
    })
    .await;
    for topic in ["transport", "schools", "roads"] {
        let query = format!(
            "select count(distinct coalesce(statement, id)) as number from published_quotes q where exists (select 1 \
             from published_terms t join topics on topics.id = t.term where t.article_id = q.article_id \
             and t.kind = 'topic' and topics.slug = '{topic}')"
        );
        let conn = &mut app.database.connect();
        let expected: Number = diesel::sql_query(query).get_result(conn).expect("a number");
        assert!(expected.number > 0);
        for sort in ["-said_at", "-published_at"] {
            let path = format!("/v1/quotes?topic={topic}&count=true&sort={sort}");
            let list = app.anonymous().get(&path).await.expect(200).json;
            assert_eq!(list["total"], expected.number, "{path}");
        }
    }
}
