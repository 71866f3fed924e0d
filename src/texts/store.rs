//! Statements on texts and their revisions.

use diesel::prelude::*;

use super::model::{Cause, Revision, Text};
use crate::auth::UserId;
use crate::db::among::among;
use crate::db::prepared::prepared;
use crate::db::schema::{revisions, texts};
use crate::db::{AnyId, DbConn, Instant};
use crate::language::Lang;
use crate::on_each_backend;

/// A text, also one that was deleted.
pub fn find_any(conn: &mut DbConn, item: AnyId, lang: &Lang) -> QueryResult<Option<Text>> {
    texts::table.find((item, lang)).first(conn).optional()
}

/// The texts of several items, in the order of their tags; deleted ones left out.
pub fn of_items(conn: &mut DbConn, items: &[AnyId]) -> QueryResult<Vec<Text>> {
    texts::table
        .filter(among(texts::item_id, items).and(texts::deleted_at.is_null()))
        .order((texts::item_id, texts::lang))
        .load(conn)
}

pub fn insert(conn: &mut DbConn, text: &Text) -> QueryResult<()> {
    let insert = diesel::insert_into(texts::table).values(text);
    on_each_backend!(conn => insert.execute(conn)).map(drop)
}

/// Saves the row if it still has the version that was read; false where it has not.
pub fn save(conn: &mut DbConn, text: &Text, read_version: i64) -> QueryResult<bool> {
    let unchanged = texts::table
        .find((text.item_id, &text.lang))
        .filter(texts::version.eq(read_version));
    let save = diesel::update(unchanged)
        .set(text)
        .returning(texts::version);
    let saved: Vec<i64> = on_each_backend!(conn => prepared(save).load(conn))?;
    Ok(saved.len() == 1)
}

pub fn insert_revision(conn: &mut DbConn, revision: &Revision) -> QueryResult<()> {
    let insert = diesel::insert_into(revisions::table).values(revision);
    on_each_backend!(conn => insert.execute(conn)).map(drop)
}

pub fn find_revision(
    conn: &mut DbConn,
    item: AnyId,
    lang: &Lang,
    number: i32,
) -> QueryResult<Option<Revision>> {
    revisions::table
        .find((item, lang, number))
        .first(conn)
        .optional()
}

/// Several revisions of one text.
pub fn find_revisions(
    conn: &mut DbConn,
    item: AnyId,
    lang: &Lang,
    numbers: &[i32],
) -> QueryResult<Vec<Revision>> {
    revisions::table
        .filter(revisions::item_id.eq(item).and(revisions::lang.eq(lang)))
        .filter(among(revisions::number, numbers))
        .load(conn)
}

/// A revision without what it says.
#[derive(Debug, Clone, Queryable)]
pub struct Saved {
    pub number: i32,
    pub headline: String,
    pub cause: Cause,
    pub restored_from: Option<i32>,
    pub saved_by: UserId,
    pub saved_at: Instant,
}

/// A page of a text's revisions, newest first; with `below` only older ones, with `above` only newer
/// ones, oldest of those first.
pub fn list_revisions(
    conn: &mut DbConn,
    item: AnyId,
    lang: &Lang,
    at: Option<(bool, i32)>,
    limit: i64,
) -> QueryResult<Vec<Saved>> {
    let query = revisions::table
        .filter(revisions::item_id.eq(item).and(revisions::lang.eq(lang)))
        .limit(limit)
        .select((
            revisions::number,
            revisions::headline,
            revisions::cause,
            revisions::restored_from,
            revisions::saved_by,
            revisions::saved_at,
        ))
        .into_boxed();
    match at {
        None => query.order(revisions::number.desc()),
        Some((false, number)) => query
            .filter(revisions::number.lt(number))
            .order(revisions::number.desc()),
        Some((true, number)) => query
            .filter(revisions::number.gt(number))
            .order(revisions::number.asc()),
    }
    .load(conn)
}
