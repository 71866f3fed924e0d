//! Statements on sources, on what they are known by, and on the quotes that name them.

use diesel::prelude::*;

use super::confidence::Credit;
use super::model::{Disclosure, Sight, Source, SourceId, SourceKind};
use super::published::{self, Credited};
use crate::db::dialect::{Way, row_compare};
use crate::db::schema::{published_sources, quotes, revisions, source_names, sources, texts};
use crate::db::{DbConn, Instant, Json};
use crate::http::page::COUNT_LIMIT;
use crate::on_each_backend;
use crate::quotes::model::Quote;
use crate::texts::model::{TextOf, TextState};

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
        .filter(sources::id.eq_any(ids))
        .order(sources::id)
        .load(conn))
}

/// The same, and nobody else changes or projects them before this transaction ends: two that
/// publish and take down at once would else leave the readers' row as neither of them meant it.
pub fn hold_many(conn: &mut DbConn, ids: &[SourceId]) -> QueryResult<Vec<Source>> {
    let query = sources::table
        .filter(sources::id.eq_any(ids))
        .order(sources::id);
    match conn {
        // The one writer holds everything.
        DbConn::Sqlite(conn) => query.load(conn),
        DbConn::Postgres(conn) => query.for_update().load(conn),
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
    seen(sight).filter(sources::id.eq_any(ids)).load(conn)
}

/// The sources that were merged into these: survivor and merged one.
pub fn merged_into(conn: &mut DbConn, ids: &[SourceId]) -> QueryResult<Vec<(SourceId, SourceId)>> {
    sources::table
        .filter(sources::merged_into.eq_any(ids))
        .select((sources::merged_into.assume_not_null(), sources::id))
        .order(sources::id)
        .load(conn)
}

pub fn insert(conn: &mut DbConn, source: &Source) -> QueryResult<()> {
    diesel::insert_into(sources::table)
        .values(source)
        .execute(conn)?;
    insert_names(conn, source)
}

/// Saves the source, and what it is known by, if it still has the version that was read; false
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
    insert_names(conn, source)?;
    Ok(true)
}

#[derive(Insertable)]
#[diesel(table_name = source_names)]
struct KnownBy {
    source_id: SourceId,
    folded: String,
}

/// What was merged is known by its survivor.
fn insert_names(conn: &mut DbConn, source: &Source) -> QueryResult<()> {
    if source.merged_into.is_some() {
        return Ok(());
    }
    let source_id = source.id;
    let rows: Vec<KnownBy> = source
        .known_by()
        .into_iter()
        .map(|folded| KnownBy { source_id, folded })
        .collect();
    on_each_backend!(conn => diesel::insert_into(source_names::table).values(&rows).execute(conn).map(drop))
}

/// The sources in sight that are known by one of these names or addresses; neither deleted nor
/// merged ones.
pub fn known_by(conn: &mut DbConn, words: &[String], sight: Sight) -> QueryResult<Vec<Source>> {
    let ids: Vec<SourceId> = on_each_backend!(conn => source_names::table
        .filter(source_names::folded.eq_any(words))
        .select(source_names::source_id)
        .distinct()
        .load(conn))?;
    seen(sight)
        .filter(sources::id.eq_any(ids))
        .filter(sources::deleted_at.is_null())
        .filter(sources::merged_into.is_null())
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
    diesel::select(diesel::dsl::exists(quoting)).get_result(conn)
}

/// True while readers see a quote of it, be it by name or not.
pub fn is_published(conn: &mut DbConn, source: &Source) -> QueryResult<bool> {
    match source.disclosure.is_on_record() {
        true => published::is_quoted(conn, source.id),
        false => Ok(!credited(conn, source.id)?.is_empty()),
    }
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

/// The quotes that a published revision credits to a source or outlet, or to what was merged into
/// it, with the credits of that revision: what a newer draft says of them is not for readers.
pub fn credited(conn: &mut DbConn, id: SourceId) -> QueryResult<Vec<Credited>> {
    let merged = merged_into(conn, &[id])?.into_iter();
    let ids: Vec<SourceId> = merged.map(|(_, merged)| merged).chain([id]).collect();
    let is_one = |named: Option<SourceId>| named.is_some_and(|named| ids.contains(&named));
    let credited = published_revisions(conn, &ids)?
        .into_iter()
        .flat_map(|Json(quotes)| quotes)
        .filter(|quote| is_one(quote.source_id) || is_one(quote.outlet_id));
    Ok(credited.map(credit_of).collect())
}

/// The quotes of the published revisions that may name one of these sources: where there is no
/// newer draft, they are the quotes of the desk, which are found by their sources.
fn published_revisions(conn: &mut DbConn, ids: &[SourceId]) -> QueryResult<Vec<Json<Vec<Quote>>>> {
    let of_text = revisions::item_id
        .eq(texts::item_id)
        .and(revisions::lang.eq(texts::lang))
        .and(texts::published_revision.eq(revisions::number.nullable()));
    let naming = quotes::table
        .filter(quotes::article_id.eq(texts::item_id))
        .filter(quotes::lang.eq(texts::lang))
        .filter(
            quotes::source_id
                .eq_any(ids)
                .or(quotes::outlet_id.eq_any(ids)),
        );
    let has_draft = texts::head_revision.ne(revisions::number);
    texts::table
        .inner_join(revisions::table.on(of_text))
        .filter(texts::state.eq(TextState::Published))
        .filter(texts::item_kind.eq(TextOf::Article))
        .filter(has_draft.or(diesel::dsl::exists(naming)))
        .select(revisions::quotes)
        .order((texts::item_id, texts::lang))
        .load(conn)
}

fn credit_of(quote: Quote) -> Credited {
    let credit = Credit {
        source_id: quote.source_id,
        unnamed: quote.unnamed,
        stated_name: quote.stated_name,
        outlet_id: quote.outlet_id,
        programme: quote.programme,
        evidence_url: quote.evidence_url,
    };
    (quote.id.of(), quote.article_id.of(), quote.lang, credit)
}
