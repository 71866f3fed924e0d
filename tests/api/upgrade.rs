//! A newsroom that began with the first version goes on with this one: its tables are brought up to
//! date with everything in them, in place or on the way out of a backup.

use std::collections::BTreeMap;

use diesel::Connection;
use newsline::db::{DbConn, migrations};
use newsline::portable::{Contents, Incoming, PortableError, Purpose, carry_in, carry_out};
use serde_json::{Map, Value};

use crate::backup::said;
use crate::support::{Database, TestApp};

/// A backup of the first version's demo newsroom, cut down to four articles.
const FIRST: &str = include_str!("stories/first_schema.ndjson");

type Row = Map<String, Value>;
type Tables = BTreeMap<String, Vec<Row>>;

fn tables(file: &[u8]) -> Tables {
    let mut file = Incoming::begin(file).expect("the head");
    let mut tables = Tables::new();
    while let Some((table, row)) = file.next_row().expect("a row") {
        tables.entry(table).or_default().push(row);
    }
    tables
}

fn tables_of(conn: &mut DbConn) -> Tables {
    let mut file = Vec::new();
    let contents = Contents::of(conn, Purpose::Backup).expect("the tables");
    carry_out(conn, &contents, &mut file, || ()).expect("the rows");
    tables(&file)
}

/// A database of the first version, filled.
fn first() -> Database {
    let database = Database::migrated();
    let conn = &mut database.connect();
    migrations::revert_all(conn).expect("the way down");
    let mut file = Incoming::begin(FIRST.as_bytes()).expect("the head");
    migrations::run_until(conn, &file.head.schema).expect("the first schema");
    conn.transaction(|conn| carry_in(conn, &mut file, &[], || ()))
        .map_err(|error: PortableError| error.to_string())
        .expect("the rows");
    database
}

/// Each row is there still, with all of its columns that there still are.
fn assert_kept(before: &Tables, after: &Tables) {
    for (table, rows) in before {
        let kept = after
            .get(table)
            .unwrap_or_else(|| panic!("{table} is gone"));
        assert_eq!(kept.len(), rows.len(), "{table}");
        for row in rows {
            let is_kept = |new: &Row| {
                row.iter()
                    .all(|(name, value)| new.get(name).is_none_or(|now| now == value))
            };
            assert!(kept.iter().any(is_kept), "{table} has lost {row:?}");
        }
    }
}

fn published_texts(tables: &Tables) -> impl Iterator<Item = (&str, &str, &str)> {
    tables["published_texts"].iter().map(|row| {
        let word = |name: &str| row[name].as_str().unwrap_or_default();
        (word("lang"), word("slug"), word("headline"))
    })
}

async fn assert_read(app: &TestApp, before: &Tables) {
    for (lang, slug, headline) in published_texts(before) {
        for path in ["articles/by-slug", "pages/articles"] {
            let path = format!("/v1/{path}/{lang}/{slug}");
            let read = app.anonymous().get(&path).await.expect(200).json;
            let article = read.get("article").unwrap_or(&read);
            assert_eq!(article["headline"], headline, "{path}");
        }
    }
    let quotes = app
        .anonymous()
        .get("/v1/quotes?limit=100")
        .await
        .expect(200);
    assert!(
        quotes.json["items"]
            .as_array()
            .is_some_and(|quotes| !quotes.is_empty()),
        "{quotes}"
    );
    let sources = app
        .anonymous()
        .get("/v1/sources?lang=en&limit=100")
        .await
        .expect(200)
        .json;
    let sources = sources["items"].as_array().cloned().unwrap_or_default();
    assert_eq!(sources.len(), before["published_sources"].len());
    for source in sources {
        let path = format!(
            "/v1/sources/{}/quotes",
            source["id"].as_str().unwrap_or_default()
        );
        app.anonymous().get(&path).await.expect(200);
    }
}

#[actix_web::test]
async fn a_filled_database_of_the_first_schema_comes_up_to_date_with_everything_in_it() {
    let database = first();
    let before = tables(FIRST.as_bytes());
    let conn = &mut database.connect();
    assert_kept(&before, &tables_of(conn));

    assert!(!migrations::run(conn).expect("the way up").is_empty());

    assert_kept(&before, &tables_of(conn));
    let app = TestApp::on(database, []).await;
    assert_read(&app, &before).await;
}

#[actix_web::test]
async fn a_backup_of_an_older_version_is_brought_up_to_date_on_its_way_in() {
    let database = Database::migrated();
    let folder = database.folder();
    std::fs::write(folder.join("old"), FIRST).expect("a file");
    said(database.url(), folder, &["restore", "old"]);
    let app = TestApp::on(database, []).await;
    assert_read(&app, &tables(FIRST.as_bytes())).await;
}
