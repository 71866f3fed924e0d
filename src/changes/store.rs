//! Statements on the change log.

use diesel::prelude::*;
use serde_json::Value;

use super::model::{Action, Change, ItemKind};
use super::touched::Numbered;
use crate::auth::UserId;
use crate::db::prepared::prepared;
use crate::db::schema::{change_counter, changes};
use crate::db::{AnyId, DbConn, Id, Instant, Json};
use crate::language::Lang;
use crate::{insert_few, on_each_backend};

/// A row of the log.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = changes, treat_none_as_default_value = false)]
pub struct Entry {
    pub seq: i64,
    pub at: Instant,
    pub actor_id: Option<UserId>,
    pub action: Action,
    pub item_kind: ItemKind,
    pub item_id: Option<AnyId>,
    pub lang: Option<Lang>,
    pub surrogate_keys: Json<Vec<String>>,
    pub detail: Option<Json<Value>>,
}

/// Rows in one statement, which may carry 32,766 values on SQLite and 65,535 on PostgreSQL.
const ROWS: usize = 1000;

/// Numbers and writes the changes of a transaction. The counter's row stays locked from here
/// to the commit, which is what keeps readers of the log from ever skipping a number.
pub fn append(conn: &mut DbConn, at: Instant, noted: &[Change]) -> QueryResult<Vec<Numbered>> {
    if noted.is_empty() {
        return Ok(Vec::new());
    }
    let count = noted.len() as i64;
    let number = diesel::update(change_counter::table)
        .set(change_counter::seq.eq(change_counter::seq + count))
        .returning(change_counter::seq);
    let last: i64 = on_each_backend!(conn => prepared(number).get_result(conn))?;
    let entries: Vec<Entry> = (last - count + 1..)
        .zip(noted)
        .map(|(seq, change)| entry(seq, at, change))
        .collect();
    for some in entries.chunks(ROWS) {
        insert_few!(&mut *conn, changes::table, some)?;
    }
    let numbered = entries.into_iter();
    Ok(numbered
        .map(|entry| (entry.seq, entry.surrogate_keys.0))
        .collect())
}

/// The number of the last change.
pub fn last(conn: &mut DbConn) -> QueryResult<i64> {
    change_counter::table
        .select(change_counter::seq)
        .first(conn)
}

/// What the changes after a number touch, in order.
pub fn touched_after(conn: &mut DbConn, seq: i64, limit: i64) -> QueryResult<Vec<Numbered>> {
    let rows: Vec<(i64, Json<Vec<String>>)> = changes::table
        .filter(changes::seq.gt(seq))
        .order(changes::seq)
        .limit(limit)
        .select((changes::seq, changes::surrogate_keys))
        .load(conn)?;
    Ok(rows.into_iter().map(|(seq, keys)| (seq, keys.0)).collect())
}

fn entry(seq: i64, at: Instant, change: &Change) -> Entry {
    Entry {
        seq,
        at,
        actor_id: change.actor,
        action: change.action,
        item_kind: change.item_kind,
        item_id: change.item_id.map(Id::from_uuid),
        lang: change.lang.clone(),
        surrogate_keys: Json(change.keys.clone()),
        detail: change.detail.clone().map(Json),
    }
}

/// The entries after a number, in order.
pub fn after(conn: &mut DbConn, seq: i64, limit: i64) -> QueryResult<Vec<Entry>> {
    changes::table
        .filter(changes::seq.gt(seq))
        .order(changes::seq)
        .limit(limit)
        .load(conn)
}
