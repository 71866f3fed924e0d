//! From a database to a file, and from a file into an empty database.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use super::catalog::{self, Column, Table};
use super::file::{FORMAT, Head, Incoming, Outgoing};
use super::rows::{self, Row};
use super::{PortableError, Purpose};
use crate::db::{DbConn, migrations};

/// What a database holds for a purpose.
pub struct Contents {
    pub head: Head,
    tables: Vec<Table>,
}

impl Contents {
    pub fn of(conn: &mut DbConn, purpose: Purpose) -> Result<Self, PortableError> {
        let mut tables = catalog::tables(conn)?;
        tables.retain(|table| purpose.has_table(&table.name));
        let mut counted = BTreeMap::new();
        for table in &tables {
            counted.insert(table.name.clone(), rows::count(conn, table)?);
        }
        let head = Head {
            newsline: purpose,
            format: FORMAT,
            schema: migrations::newest()?,
            rows: counted,
        };
        Ok(Self { head, tables })
    }
}

/// Writes all that is there, as of one moment. `passed` is called for each row.
pub fn carry_out(
    conn: &mut DbConn,
    contents: &Contents,
    to: impl Write,
    mut passed: impl FnMut(),
) -> Result<(), PortableError> {
    let mut file = Outgoing::begin(to, &contents.head)?;
    let purpose = contents.head.newsline;
    for table in &contents.tables {
        let columns: Vec<&Column> = table
            .columns
            .iter()
            .filter(|column| purpose.has_column(&table.name, &column.name))
            .collect();
        rows::each(conn, table, &columns, |told| {
            passed();
            file.row(&table.name, told)
        })?;
    }
    file.end()?;
    Ok(())
}

/// Rows that are put in at a time, and about how many bytes of them at the most.
const BATCH_ROWS: usize = 500;
const BATCH_BYTES: usize = 4 << 20;

/// Puts all rows of a file in the place of what a new database has, without the tables that are
/// not wanted. To be called in a transaction.
pub fn carry_in(
    conn: &mut DbConn,
    file: &mut Incoming<impl BufRead>,
    unwanted: &[&str],
    mut passed: impl FnMut(),
) -> Result<(), PortableError> {
    let tables = catalog::tables(conn)?;
    for table in tables.iter().rev() {
        rows::clear(conn, table)?;
    }
    let mut batch = Batch::default();
    let mut pointing: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    while let Some((name, row)) = file.next_row()? {
        passed();
        if unwanted.contains(&name.as_str()) {
            continue;
        }
        let table = tables.iter().find(|table| table.name == name);
        let table = table.ok_or_else(|| file.wrong(&format!("there is no table {name}")))?;
        check_columns(table, &row).map_err(|problem| file.wrong(&problem))?;
        if let Some(pointer) = pointer(table, &row) {
            pointing.entry(name).or_default().push(pointer);
        }
        batch.add(conn, table, row)?;
    }
    batch.put(conn)?;
    for table in &tables {
        for rows in pointing
            .remove(&table.name)
            .unwrap_or_default()
            .chunks(BATCH_ROWS)
        {
            rows::point_home(conn, table, rows)?;
        }
    }
    Ok(())
}

/// Rows of one table that wait to be put in.
#[derive(Default)]
struct Batch<'a> {
    table: Option<&'a Table>,
    rows: Vec<Row>,
    bytes: usize,
}

impl<'a> Batch<'a> {
    fn add(&mut self, conn: &mut DbConn, table: &'a Table, row: Row) -> QueryResult<()> {
        let is_other = |before: &&Table| before.name != table.name;
        let is_full = self.rows.len() >= BATCH_ROWS || self.bytes >= BATCH_BYTES;
        if is_full || self.table.as_ref().is_some_and(is_other) {
            self.put(conn)?;
        }
        let strings = row.values().filter_map(serde_json::Value::as_str);
        self.bytes += strings.map(str::len).sum::<usize>();
        self.rows.push(row);
        self.table = Some(table);
        Ok(())
    }

    fn put(&mut self, conn: &mut DbConn) -> QueryResult<()> {
        if let Some(table) = self.table.take() {
            rows::insert(conn, table, &self.rows)?;
        }
        self.rows.clear();
        self.bytes = 0;
        Ok(())
    }
}

/// A column that the table does not have would be lost without a word.
fn check_columns(table: &Table, row: &Row) -> Result<(), String> {
    match row.keys().find(|name| table.column(name).is_none()) {
        Some(name) => Err(format!("the table {} has no column {name}", table.name)),
        None => Ok(()),
    }
}

/// Of a row that points at another of its table: the key, and what it points at.
fn pointer(table: &Table, row: &Row) -> Option<Row> {
    let points = table
        .columns
        .iter()
        .filter(|column| column.points_home)
        .filter_map(|column| row.get_key_value(&column.name))
        .filter(|(_, value)| !value.is_null());
    let mut pointer: Row = points
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    if pointer.is_empty() {
        return None;
    }
    for key in &table.key {
        pointer.insert(key.clone(), row.get(key)?.clone());
    }
    Some(pointer)
}

/// Whether a file is a copy of an embedded database.
pub fn is_sqlite_file(path: &Path) -> std::io::Result<bool> {
    use std::io::Read;
    let mut begin = Vec::new();
    std::fs::File::open(path)?
        .take(16)
        .read_to_end(&mut begin)?;
    Ok(begin == b"SQLite format 3\0")
}

/// Opens a copy of an embedded database and brings it up to date.
pub fn from_sqlite_file(path: &Path) -> Result<DbConn, PortableError> {
    let mut conn = DbConn::Sqlite(SqliteConnection::establish(&path.to_string_lossy())?);
    migrations::run(&mut conn)?;
    Ok(conn)
}

/// A new embedded database with the tables of an older version, for rows of that version.
pub fn empty_copy(path: &Path, schema: &str) -> Result<DbConn, PortableError> {
    let mut sqlite = SqliteConnection::establish(&path.to_string_lossy())?;
    // It lives for a moment: nothing of it needs to reach the disk.
    sqlite.batch_execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")?;
    let mut conn = DbConn::Sqlite(sqlite);
    migrations::run_until(&mut conn, schema)?;
    Ok(conn)
}
