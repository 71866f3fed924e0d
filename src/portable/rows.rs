//! Rows as JSON, out of a database and into one. Both let the database do the work: it writes
//! each row as a JSON object, and takes an array of them apart again.

use std::fmt::Write;

use diesel::connection::DefaultLoadingMode;
use diesel::pg::PgRowByRowLoadingMode;
use diesel::prelude::*;
use diesel::sql_types::Text;
use serde_json::{Map, Value};

use super::PortableError;
use super::catalog::{Column, Kind, Table};
use crate::db::DbConn;

pub type Row = Map<String, Value>;

#[derive(QueryableByName)]
struct Told {
    #[diesel(sql_type = Text)]
    told: String,
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    counted: i64,
}

pub fn count(conn: &mut DbConn, table: &Table) -> QueryResult<u64> {
    let query = diesel::sql_query(format!(
        "SELECT count(*) AS counted FROM {}",
        quoted(&table.name)
    ));
    let counted: Counted = match conn {
        DbConn::Sqlite(conn) => query.get_result(conn)?,
        DbConn::Postgres(conn) => query.get_result(conn)?,
    };
    Ok(counted.counted.try_into().unwrap_or(0))
}

/// Gives every row in the order of the key, one at a time.
pub fn each(
    conn: &mut DbConn,
    table: &Table,
    columns: &[&Column],
    mut take: impl FnMut(&str) -> Result<(), PortableError>,
) -> Result<(), PortableError> {
    match conn {
        DbConn::Sqlite(conn) => {
            let query = diesel::sql_query(select(table, columns, "json_object", sqlite_out, ""));
            for row in query.load_iter::<Told, DefaultLoadingMode>(conn)? {
                take(&row?.told)?;
            }
        }
        DbConn::Postgres(conn) => {
            let select = select(
                table,
                columns,
                "json_build_object",
                postgres_out,
                " COLLATE \"C\"",
            );
            let query = diesel::sql_query(select);
            for row in query.load_iter::<Told, PgRowByRowLoadingMode>(conn)? {
                take(&row?.told)?;
            }
        }
    }
    Ok(())
}

fn select(
    table: &Table,
    columns: &[&Column],
    object: &str,
    out: fn(&Column) -> String,
    bytewise: &str,
) -> String {
    let pairs: Vec<String> = columns
        .iter()
        .map(|column| format!("'{}', {}", column.name, out(column)))
        .collect();
    let order: Vec<String> = table
        .key
        .iter()
        .map(|name| match table.column(name).map(|column| column.kind) {
            Some(Kind::Text) => format!("{}{bytewise}", quoted(name)),
            _ => quoted(name),
        })
        .collect();
    format!(
        "SELECT CAST({object}({}) AS text) AS told FROM {} ORDER BY {}",
        pairs.join(", "),
        quoted(&table.name),
        order.join(", ")
    )
}

fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

fn sqlite_out(column: &Column) -> String {
    let name = quoted(&column.name);
    match column.kind {
        // hex() makes '' of NULL.
        Kind::Blob => format!("CASE WHEN {name} IS NOT NULL THEN lower(hex({name})) END"),
        _ => name,
    }
}

fn postgres_out(column: &Column) -> String {
    let name = quoted(&column.name);
    match column.kind {
        Kind::Uuid => format!("replace({name}::text, '-', '')"),
        Kind::Bytes | Kind::Blob => format!("encode({name}, 'hex')"),
        Kind::Moment => format!("(extract(epoch FROM {name}) * 1000000)::bigint"),
        Kind::Json => format!("{name}::text"),
        Kind::Flag => format!("{name}::int"),
        Kind::Text | Kind::Number => name,
    }
}

/// Puts rows into a table. Columns that point at other rows of it are left empty: see [`point_home`].
pub fn insert(conn: &mut DbConn, table: &Table, rows: &[Row]) -> QueryResult<()> {
    let Some(first) = rows.first() else {
        return Ok(());
    };
    let columns: Vec<&Column> = table
        .columns
        .iter()
        .filter(|column| first.contains_key(&column.name) && !column.points_home)
        .collect();
    let names: Vec<String> = columns.iter().map(|column| quoted(&column.name)).collect();
    let into = format!("INSERT INTO {} ({})", quoted(&table.name), names.join(", "));
    run(conn, rows, |takes| {
        format!(
            "{into} SELECT {} FROM {}",
            takes.values(&columns),
            takes.from
        )
    })
}

/// Fills the columns that point at other rows of the table, when all of them are there.
pub fn point_home(conn: &mut DbConn, table: &Table, rows: &[Row]) -> QueryResult<()> {
    for column in table.columns.iter().filter(|column| column.points_home) {
        let Some(key) = table.key.first().and_then(|key| table.column(key)) else {
            continue;
        };
        run(conn, rows, |takes| {
            format!(
                "UPDATE {table} SET {name} = {value} FROM {from} WHERE {table}.{key} = {is} AND {value} IS NOT NULL",
                table = quoted(&table.name),
                name = quoted(&column.name),
                value = takes.value(column),
                from = takes.from,
                key = quoted(&key.name),
                is = takes.value(key),
            )
        })?;
    }
    Ok(())
}

/// How a database takes apart an array of rows.
struct Takes {
    from: &'static str,
    value: fn(&Column) -> String,
}

impl Takes {
    fn value(&self, column: &Column) -> String {
        (self.value)(column)
    }

    fn values(&self, columns: &[&Column]) -> String {
        let mut values = String::new();
        for (nth, column) in columns.iter().enumerate() {
            let comma = if nth == 0 { "" } else { ", " };
            // Writing to a string cannot fail.
            let _ = write!(values, "{comma}{}", self.value(column));
        }
        values
    }
}

fn sqlite_in(column: &Column) -> String {
    let value = format!("(r.value ->> '$.{}')", column.name);
    match column.kind {
        Kind::Blob => format!("unhex({value})"),
        _ => value,
    }
}

fn postgres_in(column: &Column) -> String {
    let value = format!("(r.value ->> '{}')", column.name);
    match column.kind {
        Kind::Uuid => format!("{value}::uuid"),
        Kind::Bytes | Kind::Blob => format!("decode({value}, 'hex')"),
        // In hours and the rest, because a floating point number does not hold each microsecond
        // of later centuries.
        Kind::Moment => format!(
            "timestamptz 'epoch' + make_interval(hours => ({value}::bigint / 3600000000)::int, \
             secs => ({value}::bigint % 3600000000) / 1000000.0)"
        ),
        Kind::Json => format!("{value}::json"),
        Kind::Flag => format!("{value}::int::boolean"),
        Kind::Number => format!("{value}::bigint"),
        Kind::Text => value,
    }
}

fn run(conn: &mut DbConn, rows: &[Row], statement: impl Fn(&Takes) -> String) -> QueryResult<()> {
    let array = serde_json::to_string(rows)
        .map_err(|error| diesel::result::Error::SerializationError(Box::new(error)))?;
    match conn {
        DbConn::Sqlite(conn) => {
            let takes = Takes {
                from: "json_each(?) AS r",
                value: sqlite_in,
            };
            let query = diesel::sql_query(statement(&takes)).bind::<Text, _>(array);
            query.execute(conn).map(drop)
        }
        DbConn::Postgres(conn) => {
            let takes = Takes {
                from: "json_array_elements($1::json) AS r (value)",
                value: postgres_in,
            };
            let query = diesel::sql_query(statement(&takes)).bind::<Text, _>(array);
            query.execute(conn).map(drop)
        }
    }
}

/// Takes every row out of a table.
pub fn clear(conn: &mut DbConn, table: &Table) -> QueryResult<()> {
    for column in table.columns.iter().filter(|column| column.points_home) {
        let (table, name) = (quoted(&table.name), quoted(&column.name));
        execute(
            conn,
            format!("UPDATE {table} SET {name} = NULL WHERE {name} IS NOT NULL"),
        )?;
    }
    execute(conn, format!("DELETE FROM {}", quoted(&table.name)))
}

fn execute(conn: &mut DbConn, statement: String) -> QueryResult<()> {
    let query = diesel::sql_query(statement);
    match conn {
        DbConn::Sqlite(conn) => query.execute(conn),
        DbConn::Postgres(conn) => query.execute(conn),
    }
    .map(drop)
}
