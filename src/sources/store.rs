//! Statements on sources, on what they are known by, and on the quotes that name them.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::model::{Disclosure, Sight, Source, SourceId, SourceKind};
use super::{credits, likeness};
use crate::db::among::among;
use crate::db::dialect::{Way, row_compare};
use crate::db::schema::{
    published_quotes, published_sources, quotes, source_names, source_turn, sources,
};
use crate::db::{DbConn, Instant};
use crate::http::page::COUNT_LIMIT;
use crate::on_each_backend;

/// The source if it is in sight; be it deleted or merged.
pub fn find_seen(conn: &mut DbConn, id: SourceId, sight: Sight) -> QueryResult<Option<Source>> {
    seen(sight)
        .filter(sources::id.eq(id))
        .first(conn)
        .optional()
}

/// Several sources in the order of their ids, be they deleted or merged.
pub fn find_many(conn: &mut DbConn, ids: &[SourceId]) -> QueryResult<Vec<Source>> {
    on_each_backend!(conn => sources::table
        .filter(among(sources::id, ids))
        .order(sources::id)
        .load(conn))
}

/// The same, and nobody else changes or projects them before this transaction ends: two that
/// publish and take down at once would else leave the readers' row as neither of them meant it.
pub fn hold_many(conn: &mut DbConn, ids: &[SourceId]) -> QueryResult<Vec<Source>> {
    let query = sources::table
        .filter(among(sources::id, ids))
        .order(sources::id);
    match conn {
        // The one writer holds everything.
        DbConn::Sqlite(conn) => query.load(conn),
        DbConn::Postgres(conn) => query.for_no_key_update().load(conn),
    }
}

/// Several sources in sight; be they deleted or merged.
pub fn find_many_seen(
    conn: &mut DbConn,
    ids: Vec<SourceId>,
    sight: Sight,
) -> QueryResult<Vec<Source>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    seen(sight).filter(among(sources::id, ids)).load(conn)
}

/// The sources that were merged into these: survivor and merged one.
pub fn merged_into(conn: &mut DbConn, ids: &[SourceId]) -> QueryResult<Vec<(SourceId, SourceId)>> {
    sources::table
        .filter(among(sources::merged_into, ids))
        .select((sources::merged_into.assume_not_null(), sources::id))
        .order(sources::id)
        .load(conn)
}

/// Writes new sources, what they are known by, and whom else they may be.
pub fn insert(conn: &mut DbConn, made: &[Source]) -> QueryResult<()> {
    on_each_backend!(conn => diesel::insert_into(sources::table).values(made).execute(conn))?;
    insert_names(conn, made)?;
    likeness::find(conn, made)
}

/// Saves the source, what it is known by and whom else it may be, if it still has the version that was read; false
/// where it has not.
pub fn save(conn: &mut DbConn, source: &Source, read_version: i64) -> QueryResult<bool> {
    let unchanged = sources::table
        .find(source.id)
        .filter(sources::version.eq(read_version));
    if diesel::update(unchanged).set(source).execute(conn)? == 0 {
        return Ok(false);
    }
    let old = source_names::table.filter(source_names::source_id.eq(source.id));
    diesel::delete(old).execute(conn)?;
    insert_names(conn, std::slice::from_ref(source))?;
    likeness::find_anew(conn, std::slice::from_ref(source))?;
    Ok(true)
}

#[derive(Insertable)]
#[diesel(table_name = source_names, treat_none_as_default_value = false)]
struct KnownBy {
    source_id: SourceId,
    folded: String,
}

/// How many rows go into one statement; SQLite takes 32,766 values.
const ROWS: usize = 4_000;

/// What was merged is known by its survivor.
fn insert_names(conn: &mut DbConn, named: &[Source]) -> QueryResult<()> {
    let rows: Vec<KnownBy> = named
        .iter()
        .filter(|source| source.merged_into.is_none())
        .flat_map(|source| {
            let words = source.known_by().into_iter();
            words.map(|folded| KnownBy {
                source_id: source.id,
                folded,
            })
        })
        .collect();
    for rows in rows.chunks(ROWS) {
        on_each_backend!(conn => diesel::insert_into(source_names::table).values(rows).execute(conn))?;
    }
    Ok(())
}

/// How many sources of the same names are looked at when a story is posted.
const MOST_NAMESAKES: i64 = 1_000;

/// The sources in sight that are known by one of these names or addresses, oldest first; neither
/// deleted nor merged ones.
pub fn known_by(conn: &mut DbConn, words: &[String], sight: Sight) -> QueryResult<Vec<Source>> {
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<SourceId> = on_each_backend!(conn => source_names::table
        .filter(among(source_names::folded, words))
        .select(source_names::source_id)
        .distinct()
        .order(source_names::source_id)
        .limit(MOST_NAMESAKES)
        .load(conn))?;
    seen(sight)
        .filter(among(sources::id, ids))
        .filter(sources::deleted_at.is_null())
        .filter(sources::merged_into.is_null())
        .order(sources::id)
        .load(conn)
}

/// Waits until no other transaction makes sources, and keeps others waiting until this one ends:
/// two stories that name somebody new at the same time would else make two of them.
pub fn take_turn(conn: &mut DbConn) -> QueryResult<()> {
    match conn {
        // The one writer always has its turn.
        DbConn::Sqlite(_) => Ok(()),
        DbConn::Postgres(conn) => source_turn::table.for_update().execute(conn).map(drop),
    }
}

/// Sources that quotes are about to name, be they deleted or merged; nobody merges them before
/// this transaction ends.
pub fn hold_quoted(conn: &mut DbConn, ids: &[SourceId]) -> QueryResult<Vec<Source>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = sources::table
        .filter(among(sources::id, ids))
        .order(sources::id);
    match conn {
        // The one writer holds everything.
        DbConn::Sqlite(conn) => query.load(conn),
        DbConn::Postgres(conn) => query.for_key_share().load(conn),
    }
}

/// Sources that are about to be deleted or merged: until this transaction ends no quote comes to name
/// one of them.
pub fn hold_unquoted(conn: &mut DbConn, ids: &[SourceId]) -> QueryResult<()> {
    let query = sources::table
        .filter(among(sources::id, ids))
        .order(sources::id)
        .select(sources::id);
    match conn {
        // The one writer holds everything.
        DbConn::Sqlite(_) => Ok(()),
        DbConn::Postgres(conn) => query.for_update().execute(conn).map(drop),
    }
}

/// Those of the sources whose names readers see with a quote.
pub fn quoted_among(conn: &mut DbConn, ids: &[SourceId]) -> QueryResult<Vec<SourceId>> {
    let said =
        published_quotes::table.filter(published_quotes::source_id.eq(sources::id.nullable()));
    let relayed =
        published_quotes::table.filter(published_quotes::outlet_id.eq(sources::id.nullable()));
    sources::table
        .filter(among(sources::id, ids))
        .filter(exists(said).or(exists(relayed)))
        .select(sources::id)
        .load(conn)
}

/// Which sources a list shows.
#[derive(Debug, Clone)]
pub struct Selection {
    pub sight: Sight,
    pub deleted: bool,
    pub kind: Option<SourceKind>,
    pub disclosure: Option<Disclosure>,
    /// The beginning of a folded name.
    pub name: Option<String>,
}

/// The key of the desk's list, newest change first.
pub type ListKey = (Instant, SourceId);

/// A page of the sources selected, the latest change first; against the order where `at` says so.
pub fn list(
    conn: &mut DbConn,
    selection: &Selection,
    at: Option<(bool, ListKey)>,
    limit: i64,
) -> QueryResult<Vec<Source>> {
    let order = (sources::updated_at, sources::id);
    let query = selected(selection).limit(limit);
    match at {
        None => query.order((sources::updated_at.desc(), sources::id.desc())),
        Some((false, key)) => query
            .filter(row_compare(order, Way::Before, key))
            .order((sources::updated_at.desc(), sources::id.desc())),
        Some((true, key)) => query
            .filter(row_compare(order, Way::After, key))
            .order((sources::updated_at.asc(), sources::id.asc())),
    }
    .load(conn)
}

/// How many are selected, up to one more than is counted.
pub fn count(conn: &mut DbConn, selection: &Selection) -> QueryResult<i64> {
    let ids: Vec<SourceId> = selected(selection)
        .select(sources::id)
        .limit(COUNT_LIMIT + 1)
        .load(conn)?;
    Ok(ids.len() as i64)
}

type Boxed = sources::BoxedQuery<'static, crate::db::MultiBackend>;

fn seen(sight: Sight) -> Boxed {
    let query = sources::table.into_boxed();
    let on_record = sources::disclosure.eq(Disclosure::OnRecord);
    match sight {
        Sight::All => query,
        Sight::OnRecordAndOwn(user) => query.filter(on_record.or(sources::created_by.eq(user))),
        Sight::Published => query.filter(
            on_record.and(
                sources::id.eq_any(
                    published_sources::table
                        .filter(published_sources::merged_into.is_null())
                        .select(published_sources::id),
                ),
            ),
        ),
    }
}

fn selected(selection: &Selection) -> Boxed {
    let Selection {
        sight,
        deleted,
        kind,
        disclosure,
        name,
    } = selection;
    let mut query = seen(*sight).filter(sources::merged_into.is_null());
    query = match deleted {
        true => query.filter(sources::deleted_at.is_not_null()),
        false => query.filter(sources::deleted_at.is_null()),
    };
    if let Some(kind) = *kind {
        query = query.filter(sources::kind.eq(kind));
    }
    if let Some(disclosure) = *disclosure {
        query = query.filter(sources::disclosure.eq(disclosure));
    }
    if let Some(name) = name {
        // A range and not LIKE: both databases answer it from the index.
        let begins = source_names::table
            .filter(source_names::folded.ge(name.clone()))
            .filter(source_names::folded.lt(format!("{name}\u{10FFFF}")))
            .select(source_names::source_id);
        query = query.filter(sources::id.eq_any(begins));
    }
    query
}

/// True while a quote that was not removed names it as source or outlet.
pub fn is_quoted(conn: &mut DbConn, id: SourceId) -> QueryResult<bool> {
    let quoting = quotes::table.filter(
        quotes::removed_at
            .is_null()
            .and(quotes::source_id.eq(id).or(quotes::outlet_id.eq(id))),
    );
    diesel::select(exists(quoting)).get_result(conn)
}

/// Moves what was merged to the survivor: its quotes, and whatever was merged into it before.
pub fn move_to_survivor(
    conn: &mut DbConn,
    merged: SourceId,
    survivor: SourceId,
) -> QueryResult<()> {
    diesel::update(quotes::table.filter(quotes::source_id.eq(merged)))
        .set(quotes::source_id.eq(survivor))
        .execute(conn)?;
    diesel::update(quotes::table.filter(quotes::outlet_id.eq(merged)))
        .set(quotes::outlet_id.eq(survivor))
        .execute(conn)?;
    credits::move_to_survivor(conn, merged, survivor)?;
    diesel::update(sources::table.filter(sources::merged_into.eq(merged)))
        .set(sources::merged_into.eq(survivor))
        .execute(conn)
        .map(drop)
}

/// Puts what was merged into a source under the same disclosure: it bears the same names.
pub fn disclose_merged(
    conn: &mut DbConn,
    survivor: SourceId,
    disclosure: Disclosure,
) -> QueryResult<()> {
    diesel::update(sources::table.filter(sources::merged_into.eq(survivor)))
        .set(sources::disclosure.eq(disclosure))
        .execute(conn)
        .map(drop)
}
