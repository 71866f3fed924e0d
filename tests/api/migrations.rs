//! The schema: it goes up and down on both databases, and is what diesel believes it to be.

use std::collections::{BTreeMap, BTreeSet};
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

/// Runs one direction of a migration past the app.
fn migrate(conn: &mut DbConn, name: &str, way: &str) {
    use diesel::connection::SimpleConnection;
    let backend = match conn {
        DbConn::Sqlite(_) => "sqlite",
        DbConn::Postgres(_) => "postgres",
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let file = root.join(backend).join(name).join(way);
    let sql = std::fs::read_to_string(file).expect("a migration");
    if let DbConn::Sqlite(conn) = conn {
        conn.batch_execute("pragma foreign_keys = on")
            .expect("the setting of the app's connections");
    }
    let run = conn.transaction(|conn| match conn {
        DbConn::Sqlite(conn) => conn.batch_execute(&sql),
        DbConn::Postgres(conn) => conn.batch_execute(&sql),
    });
    run.unwrap_or_else(|error: diesel::result::Error| panic!("{name}/{way}: {error}"));
}

#[actix_web::test]
async fn the_table_of_users_is_made_anew_with_everybody_in_it() {
    const NAME: &str = "2026-11-24-080000_api_keys";
    let app = TestApp::start().await;
    let new = serde_json::json!({"name": "Wire bridge", "role": "editor"});
    let made = app.as_admin().post("/v1/desk/api-keys", new).await;
    let key = made.expect(201).json["token"].clone();
    let key = key.as_str().expect("a token");
    let before = app.as_admin().get("/v1/desk/users").await.expect(200).json;

    let conn = &mut app.database.connect();
    migrate(conn, NAME, "down.sql");
    migrate(conn, NAME, "up.sql");

    let after = app.as_admin().get("/v1/desk/users?count=true").await;
    let after = after.expect(200).json;
    // The key is a row without a purpose now, which an older program took for a suspended account.
    assert_eq!(after["total"], 5);
    for (nth, user) in before["items"]
        .as_array()
        .expect("users")
        .iter()
        .enumerate()
    {
        assert_eq!(after["items"][nth], *user);
    }
    assert_eq!(after["items"][4]["state"], "suspended");
    let bridge = app.anonymous().bearing(key);
    bridge
        .get("/v1/desk/me")
        .await
        .problem("not-signed-in", 401);
    app.as_editor().get("/v1/desk/me").await.expect(200);
}

/// Facts about a schema, a sentence each, in words that both databases share.
type Facts = BTreeSet<String>;

#[derive(QueryableByName)]
struct Fact {
    #[diesel(sql_type = Text)]
    fact: String,
}

/// What kind of value a column has: SQLite keeps ids and bytes as blobs, moments and flags as integers.
const COLUMNS_OF_SQLITE: &str = "select t.name || '.' || c.name || ' is ' || lower(c.type) as fact \
    from pragma_table_list t, pragma_table_info(t.name) c \
    where t.schema = 'main' and t.type = 'table' and t.name not like 'sqlite_%'";
const COLUMNS_OF_POSTGRES: &str = "select table_name || '.' || column_name || ' is ' || case \
        when data_type in ('uuid', 'bytea') then 'blob' \
        when data_type in ('json', 'text') then 'text' \
        when data_type in ('double precision', 'real') then 'real' \
        when data_type in ('bigint', 'integer', 'smallint', 'boolean') or data_type like 'timestamp%' then 'integer' \
        else data_type end as fact \
    from information_schema.columns where table_schema = 'public'";

const KEYS_OF_SQLITE: &str = "select 'the key of ' || t.name || ' is ' || \
        (select group_concat(name, ', ') from (select name from pragma_table_info(t.name) where pk > 0 order by pk)) as fact \
    from pragma_table_list t \
    where t.schema = 'main' and t.type = 'table' and t.name not like 'sqlite_%' \
        and exists (select 1 from pragma_table_info(t.name) where pk > 0)";
const KEYS_OF_POSTGRES: &str = "select 'the key of ' || i.indrelid::regclass::text || ' is ' || columns as fact \
    from indexes i where i.indisprimary";

const UNIQUE_OF_SQLITE: &str = "select i.of_table || ' has one row of each ' || i.columns as fact \
    from indexes i where i.is_unique and i.origin <> 'pk'";
const UNIQUE_OF_POSTGRES: &str = "select i.indrelid::regclass::text || ' has one row of each ' || columns as fact \
    from indexes i where i.indisunique and not i.indisprimary";

const INDEXES_OF_SQLITE: &str = "select i.name || ' sorts ' || case when i.partial then 'some of ' else '' end \
        || i.of_table || ' by ' || i.columns as fact \
    from indexes i where i.origin = 'c'";
const INDEXES_OF_POSTGRES: &str = "select i.name || ' sorts ' || case when i.partial then 'some of ' else '' end \
        || i.indrelid::regclass::text || ' by ' || i.columns as fact \
    from indexes i where not exists (select 1 from pg_constraint c where c.conindid = i.indexrelid and c.contype in ('p', 'u'))";

const INDEXES_WITH_COLUMNS_OF_SQLITE: &str = "with indexes as ( \
    select m.name as of_table, i.name as name, i.\"unique\" as is_unique, i.origin as origin, i.partial as partial, \
        (select group_concat(x, ', ') from (select coalesce(x.name, '?') || case when x.\"desc\" then ' desc' else '' end as x \
            from pragma_index_xinfo(i.name) x where x.key = 1 order by x.seqno)) as columns \
    from sqlite_schema m, pragma_index_list(m.name) i \
    where m.type = 'table' and m.name not like 'sqlite_%') ";
const INDEXES_WITH_COLUMNS_OF_POSTGRES: &str = "with indexes as ( \
    select i.indexrelid, i.indrelid, i.indisunique, i.indisprimary, c.relname::text as name, i.indpred is not null as partial, \
        (select string_agg(coalesce(a.attname::text, '?') || case when i.indoption[k.nth - 1] & 1 = 1 then ' desc' else '' end, \
                ', ' order by k.nth) \
            from unnest(i.indkey::int2[]) with ordinality as k (attnum, nth) \
            left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum and k.attnum > 0) as columns \
    from pg_index i join pg_class c on c.oid = i.indexrelid \
    where c.relnamespace = 'public'::regnamespace) ";

const REFERENCES_OF_SQLITE: &str = "select m.name || ' (' || group_concat(f.\"from\", ', ') || ') leads to ' || f.\"table\" \
        || ', on delete ' || lower(f.on_delete) as fact \
    from sqlite_schema m, pragma_foreign_key_list(m.name) f \
    where m.type = 'table' group by m.name, f.id";
const REFERENCES_OF_POSTGRES: &str = "select c.conrelid::regclass::text || ' (' || \
        (select string_agg(a.attname::text, ', ' order by k.nth) \
            from unnest(c.conkey) with ordinality as k (attnum, nth) \
            join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.attnum) \
        || ') leads to ' || c.confrelid::regclass::text || ', on delete ' || case c.confdeltype \
            when 'a' then 'no action' when 'c' then 'cascade' when 'r' then 'restrict' when 'n' then 'set null' \
            else 'set default' end as fact \
    from pg_constraint c where c.contype = 'f' and c.connamespace = 'public'::regnamespace";

fn facts(conn: &mut DbConn) -> Facts {
    let (indexes, kinds) = match conn {
        DbConn::Sqlite(_) => (
            INDEXES_WITH_COLUMNS_OF_SQLITE,
            [
                COLUMNS_OF_SQLITE,
                KEYS_OF_SQLITE,
                UNIQUE_OF_SQLITE,
                INDEXES_OF_SQLITE,
                REFERENCES_OF_SQLITE,
            ],
        ),
        DbConn::Postgres(_) => (
            INDEXES_WITH_COLUMNS_OF_POSTGRES,
            [
                COLUMNS_OF_POSTGRES,
                KEYS_OF_POSTGRES,
                UNIQUE_OF_POSTGRES,
                INDEXES_OF_POSTGRES,
                REFERENCES_OF_POSTGRES,
            ],
        ),
    };
    let mut known = Facts::new();
    for kind in kinds {
        let statement = diesel::sql_query(format!("{indexes}{kind}"));
        let facts: Vec<Fact> = match conn {
            DbConn::Sqlite(conn) => statement.load(conn),
            DbConn::Postgres(conn) => statement.load(conn),
        }
        .unwrap_or_else(|error| panic!("{kind}: {error}"));
        let before = known.len();
        known.extend(facts.into_iter().map(|fact| fact.fact));
        assert!(known.len() > before, "nothing is known by {kind}");
    }
    known.retain(|fact| !fact.contains("__diesel_schema_migrations"));
    known
}

#[test]
fn the_twins_have_the_same_columns_keys_indexes_and_references() {
    let database = Database::migrated();
    let conn = &mut database.connect();
    if matches!(conn, DbConn::Sqlite(_)) {
        // There is nothing to compare with: it is done where the tests have a PostgreSQL.
        return;
    }
    let embedded = SqliteConnection::establish(":memory:").expect("an embedded database");
    let embedded = &mut DbConn::Sqlite(embedded);
    migrations::run(embedded).expect("the migrations");
    let (here, there) = (facts(conn), facts(embedded));
    let only = |one: &Facts, other: &Facts| one.difference(other).cloned().collect::<Vec<_>>();
    let none: [String; 0] = [];
    assert_eq!(only(&here, &there), none, "only on PostgreSQL");
    assert_eq!(only(&there, &here), none, "only on SQLite");
}
