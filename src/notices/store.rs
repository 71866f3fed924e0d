//! Statements on the desk's notices. Their texts stand with those of articles.

use diesel::prelude::*;

use super::model::{Notice, NoticeId, NoticeKind};
use crate::db::among::among;
use crate::db::dialect::{Way, row_compare};
use crate::db::schema::{notices, texts};
use crate::db::{DbConn, Instant};
use crate::http::page::COUNT_LIMIT;
use crate::texts::model::TextState;

/// A notice, deleted or not.
pub fn find(conn: &mut DbConn, id: NoticeId) -> QueryResult<Option<Notice>> {
    notices::table.find(id).first(conn).optional()
}

/// The same, and nobody else changes or publishes it before this transaction ends: what one of
/// two writes would else miss of the other is whether readers see it.
pub fn hold(conn: &mut DbConn, id: NoticeId) -> QueryResult<Option<Notice>> {
    let query = notices::table.filter(notices::id.eq(id));
    match conn {
        // The one writer holds everything.
        DbConn::Sqlite(conn) => query.get_result(conn).optional(),
        DbConn::Postgres(conn) => query.for_update().get_result(conn).optional(),
    }
}

pub fn insert(conn: &mut DbConn, notice: &Notice) -> QueryResult<()> {
    diesel::insert_into(notices::table)
        .values(notice)
        .execute(conn)
        .map(drop)
}

/// Saves the row if it still has the version that was read; false where it has not.
pub fn save(conn: &mut DbConn, notice: &Notice, read_version: i64) -> QueryResult<bool> {
    let unchanged = notices::table.filter(
        notices::id
            .eq(notice.id)
            .and(notices::version.eq(read_version)),
    );
    diesel::update(unchanged)
        .set(notice)
        .execute(conn)
        .map(|rows| rows == 1)
}

/// Which notices the desk wants to see.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// The state of a text.
    pub state: Option<TextState>,
    pub kind: Option<NoticeKind>,
    pub deleted: bool,
    /// Only those with a published text.
    pub only_published: bool,
}

/// The place of a notice in the desk's list.
pub type Key = (Instant, NoticeId);

/// A page, latest change first, or from the key backwards.
pub fn list(
    conn: &mut DbConn,
    filter: &Filter,
    at: Option<(bool, Key)>,
    limit: i64,
) -> QueryResult<Vec<Notice>> {
    let place = (notices::updated_at, notices::id);
    let newest_first = (notices::updated_at.desc(), notices::id.desc());
    let query = filtered(filter).limit(limit);
    match at {
        None => query.order(newest_first),
        Some((false, key)) => query
            .filter(row_compare(place, Way::Before, key))
            .order(newest_first),
        Some((true, key)) => query
            .filter(row_compare(place, Way::After, key))
            .order((notices::updated_at.asc(), notices::id.asc())),
    }
    .load(conn)
}

/// How many there are, up to one more than is counted.
pub fn count(conn: &mut DbConn, filter: &Filter) -> QueryResult<i64> {
    let some: Vec<NoticeId> = filtered(filter)
        .limit(COUNT_LIMIT + 1)
        .select(notices::id)
        .load(conn)?;
    Ok(some.len() as i64)
}

fn filtered(filter: &Filter) -> notices::BoxedQuery<'static, crate::db::MultiBackend> {
    let mut query = notices::table.into_boxed();
    query = match filter.deleted {
        true => query.filter(notices::deleted_at.is_not_null()),
        false => query.filter(notices::deleted_at.is_null()),
    };
    if let Some(kind) = filter.kind {
        query = query.filter(notices::kind.eq(kind));
    }
    let published = filter.only_published.then_some(TextState::Published);
    let wanted: Vec<TextState> = [published, filter.state].into_iter().flatten().collect();
    if !wanted.is_empty() {
        // One text must be all of it: that another is a draft is not to be found out by asking.
        let states = TextState::ALL.iter().copied();
        let states = states.filter(|state| wanted.iter().all(|wanted| wanted == state));
        let in_state = texts::table
            .filter(
                texts::item_id
                    .eq(notices::id)
                    .and(texts::deleted_at.is_null()),
            )
            .filter(among(texts::state, states.collect::<Vec<_>>()));
        query = query.filter(diesel::dsl::exists(in_state));
    }
    query
}
