//! The schema: it goes up and down on both databases, and is what diesel believes it to be.

use std::collections::BTreeMap;
use std::path::Path;

use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use newsline::db::{DbConn, migrations};

use crate::support::{Database, TestApp};

/// The columns of each table in their order, and whether they may be null.
type Tables = BTreeMap<String, Vec<(String, bool)>>;

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    of_table: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Bool)]
    nullable: bool,
}

// The columns of a primary key are never null in strict tables, though SQLite does not list them so.
const OF_SQLITE: &str = "select t.name as of_table, c.name as name, (c.\"notnull\" = 0 and c.pk = 0) as nullable \
    from pragma_table_list t, pragma_table_info(t.name) c \
    where t.schema = 'main' and t.type = 'table' and t.name not like 'sqlite_%' order by t.name, c.cid";
const OF_POSTGRES: &str = "select table_name::text as of_table, column_name::text as name, is_nullable = 'YES' as nullable \
    from information_schema.columns where table_schema = 'public' order by table_name, ordinal_position";

fn tables(conn: &mut DbConn) -> Tables {
    let columns: Vec<Column> = match conn {
        DbConn::Sqlite(conn) => diesel::sql_query(OF_SQLITE).load(conn),
        DbConn::Postgres(conn) => diesel::sql_query(OF_POSTGRES).load(conn),
    }
    .expect("the columns");
    let mut tables = Tables::new();
    for Column {
        of_table,
        name,
        nullable,
    } in columns
    {
        tables.entry(of_table).or_default().push((name, nullable));
    }
    tables.remove("__diesel_schema_migrations");
    tables
}

/// What `src/db/schema.rs` says.
fn tables_of_schema() -> Tables {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/db/schema.rs");
    let schema = std::fs::read_to_string(file).expect("schema.rs");
    let mut tables = Tables::new();
    for table in schema.split("diesel::table! {").skip(1) {
        let (head, columns) = table.split_once(") {").expect("a table");
        let (before, _) = head.rsplit_once(" (").expect("a primary key");
        let name = before.rsplit(char::is_whitespace).next().expect("a name");
        let columns = columns.split('}').next().expect("columns").lines();
        let columns =
            columns.filter_map(|line| line.trim().trim_end_matches(',').split_once(" -> "));
        let columns =
            columns.map(|(name, kind)| (column_name(name), kind.starts_with("Nullable<")));
        tables.insert(name.to_owned(), columns.collect());
    }
    tables
}

/// A column's name; a keyword of Rust's is written `r#type` or renamed.
fn column_name(name: &str) -> String {
    name.trim_start_matches("r#").to_owned()
}

#[test]
fn the_schema_goes_up_down_and_up_again() {
    let database = Database::migrated();
    let conn = &mut database.connect();
    let first = tables(conn);
    assert!(first.contains_key("published_texts"), "{first:?}");
    assert_eq!(migrations::pending(conn).expect("the migrations"), 0);

    migrations::revert_all(conn).expect("the way down");
    assert_eq!(tables(conn), Tables::new());
    let names = migrations::run(conn).expect("the way up");

    assert_eq!(tables(conn), first);
    assert_eq!(
        names.len(),
        migrations::names().expect("the names")[0].len()
    );
}

#[test]
fn both_databases_have_the_same_migrations() {
    let [sqlite, postgres] = migrations::names().expect("the names");
    assert_eq!(sqlite, postgres);
    assert!(sqlite.is_sorted(), "{sqlite:?}");
}

#[test]
fn diesel_knows_the_tables_as_they_are() {
    let database = Database::migrated();
    let (there, known) = (tables(&mut database.connect()), tables_of_schema());
    for (table, columns) in &there {
        assert_eq!(known.get(table), Some(columns), "{table}");
    }
    assert_eq!(there.len(), known.len());
}

#[actix_web::test]
async fn an_app_whose_database_is_behind_says_so() {
    let app = TestApp::start().await;
    app.anonymous().get("/readyz").await.expect(200);
    migrations::revert_all(&mut app.database.connect()).expect("the way down");
    let answer = app
        .anonymous()
        .get("/readyz")
        .await
        .problem("unavailable", 503);
    assert!(answer.header("retry-after").is_some());
    app.anonymous().get("/healthz").await.expect(200);
}
