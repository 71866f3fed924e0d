//! Which tables and columns there are, asked of the database: so a new table is carried without
//! anybody remembering it.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};

use crate::db::DbConn;

/// How a value is told in JSON and taken from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Number,
    /// SQLite's blobs: ids and bytes.
    Blob,
    /// PostgreSQL's own types.
    Uuid,
    Bytes,
    Moment,
    Json,
    Flag,
}

#[derive(Debug, Clone)]
pub struct Column {
    pub name: String,
    pub kind: Kind,
    /// Points at a row of the same table, which may come later.
    pub points_home: bool,
}

#[derive(Debug, Clone)]
pub struct Table {
    pub name: String,
    pub columns: Vec<Column>,
    /// The columns of the primary key, in its order.
    pub key: Vec<String>,
}

impl Table {
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

#[derive(QueryableByName)]
struct ColumnRow {
    #[diesel(sql_type = Text)]
    of_table: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    /// The place in the primary key, from 1; 0 outside of it.
    #[diesel(sql_type = Integer)]
    key: i32,
}

#[derive(QueryableByName)]
struct Reference {
    #[diesel(sql_type = Text)]
    of_table: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    target: String,
}

const SQLITE_COLUMNS: &str = "SELECT t.name AS of_table, c.name AS name, lower(c.type) AS kind, c.pk AS key \
    FROM pragma_table_list t, pragma_table_info(t.name) c \
    WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite_%' ORDER BY t.name, c.cid";
const SQLITE_REFERENCES: &str = "SELECT t.name AS of_table, f.\"from\" AS name, f.\"table\" AS target \
    FROM pragma_table_list t, pragma_foreign_key_list(t.name) f WHERE t.schema = 'main' AND t.type = 'table'";
const POSTGRES_COLUMNS: &str = "SELECT c.table_name::text AS of_table, c.column_name::text AS name, \
    c.data_type::text AS kind, coalesce(k.ordinal_position, 0)::int AS key \
    FROM information_schema.columns c \
    LEFT JOIN (information_schema.table_constraints p JOIN information_schema.key_column_usage k \
        ON k.constraint_name = p.constraint_name AND k.table_schema = p.table_schema AND k.table_name = p.table_name) \
        ON p.constraint_type = 'PRIMARY KEY' AND p.table_schema = c.table_schema AND p.table_name = c.table_name \
        AND k.column_name = c.column_name \
    WHERE c.table_schema = current_schema() ORDER BY c.table_name, c.ordinal_position";
const POSTGRES_REFERENCES: &str = "SELECT r.relname::text AS of_table, a.attname::text AS name, t.relname::text AS target \
    FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid JOIN pg_class t ON t.oid = c.confrelid \
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) \
    JOIN pg_namespace n ON n.oid = r.relnamespace WHERE c.contype = 'f' AND n.nspname = current_schema()";

/// Every table of Newsline's, each after those that it points at.
pub fn tables(conn: &mut DbConn) -> QueryResult<Vec<Table>> {
    let (columns, references): (Vec<ColumnRow>, Vec<Reference>) = match conn {
        DbConn::Sqlite(conn) => (
            diesel::sql_query(SQLITE_COLUMNS).load(conn)?,
            diesel::sql_query(SQLITE_REFERENCES).load(conn)?,
        ),
        DbConn::Postgres(conn) => (
            diesel::sql_query(POSTGRES_COLUMNS).load(conn)?,
            diesel::sql_query(POSTGRES_REFERENCES).load(conn)?,
        ),
    };
    let mut tables: BTreeMap<String, (Table, Vec<(i32, String)>)> = BTreeMap::new();
    for row in columns {
        let (table, key) = tables.entry(row.of_table.clone()).or_insert_with(|| {
            let table = Table {
                name: row.of_table.clone(),
                columns: Vec::new(),
                key: Vec::new(),
            };
            (table, Vec::new())
        });
        if row.key > 0 {
            key.push((row.key, row.name.clone()));
        }
        let points_home = references.iter().any(|to| {
            to.of_table == to.target && to.of_table == row.of_table && to.name == row.name
        });
        table.columns.push(Column {
            kind: kind(&row.kind),
            name: row.name,
            points_home,
        });
    }
    // The list of migrations is diesel's, and made by migrating.
    tables.remove("__diesel_schema_migrations");
    let tables = tables.into_values().map(|(mut table, mut key)| {
        key.sort();
        table.key = key.into_iter().map(|(_, name)| name).collect();
        table
    });
    Ok(in_order(tables.collect(), &references))
}

fn kind(name: &str) -> Kind {
    match name {
        "blob" => Kind::Blob,
        "integer" | "bigint" | "smallint" => Kind::Number,
        "uuid" => Kind::Uuid,
        "bytea" => Kind::Bytes,
        "timestamp with time zone" => Kind::Moment,
        "json" | "jsonb" => Kind::Json,
        "boolean" => Kind::Flag,
        _ => Kind::Text,
    }
}

/// By name, but each table after those that it points at; the same on both databases.
fn in_order(mut left: Vec<Table>, references: &[Reference]) -> Vec<Table> {
    let mut done: BTreeSet<String> = BTreeSet::new();
    let mut ordered = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let is_next = |table: &Table| {
            let mut points_at = references.iter().filter(|to| to.of_table == table.name);
            points_at.all(|to| to.target == table.name || done.contains(&to.target))
        };
        // Tables that point at each other there are none of; if there were, one would come first.
        let next = left.iter().position(is_next).unwrap_or(0);
        let table = left.remove(next);
        done.insert(table.name.clone());
        ordered.push(table);
    }
    ordered
}
