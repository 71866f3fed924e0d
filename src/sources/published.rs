//! Statements on what readers know of sources. What stands there is decided in
//! [`super::projection`].

use std::collections::BTreeMap;

use diesel::dsl::{max, min};
use diesel::prelude::*;

use super::model::{Descriptions, Position, SourceId, SourceKind};
use super::sums::{self, Sums};
use crate::db::among::among;
use crate::db::schema::{published_quotes, published_sources, published_terms, published_texts};
use crate::db::{AnyId, DbConn, Instant, Json};
use crate::http::words::WebAddress;
use crate::language::{Lang, Names};
use crate::named::order::{self, Entry, NamesOf};
use crate::on_each_backend;
use crate::quotes::model::QuoteId;
use crate::quotes::published::PublishedQuote;

/// The kind of [`published_terms`] whose term is a source or an outlet.
pub const TERM: &str = "source";

/// A text that readers see, by its article and its language.
pub type TextKey = (AnyId, Lang);

/// A source that readers know, or the address of one that it was merged into.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = published_sources, treat_none_as_default_value = false)]
pub struct PublishedSource {
    pub id: SourceId,
    pub kind: SourceKind,
    pub names: Json<Names>,
    pub description: Json<Descriptions>,
    pub same_as: Json<Vec<WebAddress>>,
    pub positions: Json<Vec<Position>>,
    pub merged_into: Option<SourceId>,
}

/// How many rows go into one statement; PostgreSQL takes 65,535 values, SQLite half of them.
const ROWS: usize = 1000;

/// Writes rows, whether or not they are there, in few statements however many they are.
pub fn put(conn: &mut DbConn, rows: &[PublishedSource]) -> QueryResult<()> {
    for rows in rows.chunks(ROWS) {
        let ids: Vec<SourceId> = rows.iter().map(|row| row.id).collect();
        diesel::delete(published_sources::table.filter(among(published_sources::id, ids)))
            .execute(conn)?;
        on_each_backend!(conn => diesel::insert_into(published_sources::table).values(rows).execute(conn))?;
    }
    Ok(())
}

/// Takes sources from readers, and those that were merged into them.
pub fn take_down(conn: &mut DbConn, ids: &[SourceId]) -> QueryResult<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let named: Vec<AnyId> = ids.iter().map(|id| id.of()).collect();
    order::remove(conn, &named)?;
    let rows = published_sources::table
        .filter(among(published_sources::id, ids).or(among(published_sources::merged_into, ids)));
    diesel::delete(rows).execute(conn).map(drop)
}

/// Quotes that readers see, as they are until the end of the transaction.
pub fn hold_quotes(conn: &mut DbConn, ids: &[QuoteId]) -> QueryResult<Vec<PublishedQuote>> {
    let query = published_quotes::table
        .filter(among(published_quotes::id, ids))
        .order(published_quotes::id);
    match conn {
        // The one writer holds everything.
        DbConn::Sqlite(conn) => query.load(conn),
        DbConn::Postgres(conn) => query.for_update().load(conn),
    }
}

/// Writes quotes that are held anew.
pub fn put_quotes(conn: &mut DbConn, rows: &[PublishedQuote]) -> QueryResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let ids: Vec<QuoteId> = rows.iter().map(|row| row.id).collect();
    diesel::delete(published_quotes::table.filter(among(published_quotes::id, ids)))
        .execute(conn)?;
    on_each_backend!(conn => diesel::insert_into(published_quotes::table).values(rows).execute(conn).map(drop))
}

/// Moves the published quotes of what was merged to the survivor.
pub fn move_to_survivor(
    conn: &mut DbConn,
    merged: SourceId,
    survivor: SourceId,
) -> QueryResult<()> {
    diesel::update(published_quotes::table.filter(published_quotes::source_id.eq(merged)))
        .set(published_quotes::source_id.eq(survivor))
        .execute(conn)?;
    diesel::update(published_quotes::table.filter(published_quotes::outlet_id.eq(merged)))
        .set(published_quotes::outlet_id.eq(survivor))
        .execute(conn)
        .map(drop)
}

/// The texts that quote it, or quote through it.
pub fn texts_quoting(conn: &mut DbConn, id: SourceId) -> QueryResult<Vec<TextKey>> {
    published_quotes::table
        .filter(names(id))
        .select((published_quotes::article_id, published_quotes::lang))
        .distinct()
        .order((published_quotes::article_id, published_quotes::lang))
        .load(conn)
}

/// Writes the terms by which articles are found by this source or outlet.
pub fn index(conn: &mut DbConn, id: SourceId) -> QueryResult<()> {
    let old = published_terms::table
        .filter(published_terms::kind.eq(TERM))
        .filter(published_terms::term.eq(id));
    diesel::delete(old).execute(conn)?;
    let of_quote = published_texts::article_id
        .eq(published_quotes::article_id)
        .and(published_texts::lang.eq(published_quotes::lang));
    let texts: Vec<(AnyId, Lang, Instant)> = published_quotes::table
        .inner_join(published_texts::table.on(of_quote))
        .filter(names(id))
        .select((
            published_texts::article_id,
            published_texts::lang,
            published_texts::published_at,
        ))
        .distinct()
        .load(conn)?;
    for texts in texts.chunks(ROWS) {
        let terms: Vec<_> = texts
            .iter()
            .map(|(article, lang, published_at)| {
                (
                    published_terms::kind.eq(TERM),
                    published_terms::term.eq(id),
                    published_terms::lang.eq(lang),
                    published_terms::published_at.eq(published_at),
                    published_terms::article_id.eq(article),
                )
            })
            .collect();
        on_each_backend!(conn => diesel::insert_into(published_terms::table).values(&terms).execute(conn).map(drop))?;
    }
    Ok(())
}

/// As source or as outlet.
#[diesel::dsl::auto_type(no_type_alias)]
fn names(id: SourceId) -> _ {
    let source: Option<SourceId> = Some(id);
    published_quotes::source_id
        .eq(source)
        .or(published_quotes::outlet_id.eq(source))
}

/// The surrogate keys that tell whether a source is at its address: whoever was merged into another
/// comes and goes with that one.
pub fn keys_of(id: SourceId) -> [String; 2] {
    [format!("source:{id}"), "sources".to_owned()]
}

/// What readers find at the address of a source.
#[derive(Debug, Clone)]
pub enum Known {
    Here(Box<PublishedSource>),
    /// It was merged into this one.
    Moved(SourceId),
}

pub fn find(conn: &mut DbConn, id: SourceId) -> QueryResult<Option<Known>> {
    let row: Option<PublishedSource> = published_sources::table.find(id).first(conn).optional()?;
    Ok(row.map(|source| match source.merged_into {
        Some(survivor) => Known::Moved(survivor),
        None => Known::Here(Box::new(source)),
    }))
}

/// What cards say of a source: its kind and names.
#[derive(Debug, Clone, PartialEq)]
pub struct Named {
    pub kind: SourceKind,
    pub names: Names,
}

/// Kind and names of those of the sources that readers know, in one statement.
pub fn find_many(conn: &mut DbConn, ids: &[SourceId]) -> QueryResult<BTreeMap<SourceId, Named>> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let query = published_sources::table
        .filter(among(published_sources::id, ids).and(published_sources::merged_into.is_null()))
        .select((
            published_sources::id,
            published_sources::kind,
            published_sources::names,
        ));
    let rows: Vec<(SourceId, SourceKind, Json<Names>)> =
        on_each_backend!(conn => query.load(conn))?;
    Ok(rows
        .into_iter()
        .map(|(id, kind, Json(names))| (id, Named { kind, names }))
        .collect())
}

/// The same, of sources that may have been merged since they were named: each with the source that
/// it is now.
pub fn find_many_merged(
    conn: &mut DbConn,
    ids: &[SourceId],
) -> QueryResult<BTreeMap<SourceId, (SourceId, Named)>> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    // The row of what was merged bears the names of its survivor.
    let rows: Vec<(SourceId, Option<SourceId>, SourceKind, Json<Names>)> = published_sources::table
        .filter(among(published_sources::id, ids))
        .select((
            published_sources::id,
            published_sources::merged_into,
            published_sources::kind,
            published_sources::names,
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, survivor, kind, Json(names))| {
            (id, (survivor.unwrap_or(id), Named { kind, names }))
        })
        .collect())
}

/// The sources themselves, or those that they were merged into.
pub fn survivors(conn: &mut DbConn, ids: Vec<SourceId>) -> QueryResult<Vec<SourceId>> {
    if ids.is_empty() {
        return Ok(ids);
    }
    let merged: Vec<(SourceId, Option<SourceId>)> = published_sources::table
        .filter(among(published_sources::id, ids.as_slice()))
        .filter(published_sources::merged_into.is_not_null())
        .select((published_sources::id, published_sources::merged_into))
        .load(conn)?;
    let merged: BTreeMap<SourceId, Option<SourceId>> = merged.into_iter().collect();
    let survivor = |id: SourceId| merged.get(&id).copied().flatten().unwrap_or(id);
    Ok(ids.into_iter().map(survivor).collect())
}

/// The readers' rows of several sources.
pub fn find_rows(conn: &mut DbConn, ids: &[SourceId]) -> QueryResult<Vec<PublishedSource>> {
    published_sources::table
        .filter(among(published_sources::id, ids).and(published_sources::merged_into.is_null()))
        .load(conn)
}

/// The orders of names in which a source of a kind stands.
pub fn orders_of(kind: SourceKind) -> &'static [NamesOf] {
    match kind {
        SourceKind::Person => &[NamesOf::Sources, NamesOf::People],
        SourceKind::Organisation => &[NamesOf::Sources, NamesOf::Organisations],
    }
}

/// The order of a readers' list: of all sources, or of those of a kind.
pub fn order_of(kind: Option<SourceKind>) -> NamesOf {
    match kind {
        None => NamesOf::Sources,
        Some(SourceKind::Person) => NamesOf::People,
        Some(SourceKind::Organisation) => NamesOf::Organisations,
    }
}

/// How many sources are put in order at a time.
const BATCH: i64 = 1000;

/// Puts all sources in order in the languages of a chain.
pub fn put_in_order(conn: &mut DbConn, chain: &[Lang]) -> QueryResult<()> {
    let mut last: Option<SourceId> = None;
    loop {
        let mut query = published_sources::table
            .filter(published_sources::merged_into.is_null())
            .into_boxed();
        if let Some(last) = last {
            query = query.filter(published_sources::id.gt(last));
        }
        let rows: Vec<(SourceId, SourceKind, Json<Names>)> = query
            .select((
                published_sources::id,
                published_sources::kind,
                published_sources::names,
            ))
            .order(published_sources::id)
            .limit(BATCH)
            .load(conn)?;
        let entries: Vec<Entry> = rows
            .iter()
            .map(|(id, kind, Json(names))| Entry {
                id: id.of(),
                of: orders_of(*kind),
                names,
            })
            .collect();
        order::put(conn, &entries, chain)?;
        match rows.last() {
            Some((id, ..)) => last = Some(*id),
            None => return Ok(()),
        }
    }
}

/// What readers have of a source, in numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tally {
    pub sums: Sums,
    pub first_said_from: Option<Instant>,
    pub last_said_from: Option<Instant>,
    pub first_published_at: Option<Instant>,
    pub last_published_at: Option<Instant>,
}

/// Reads the numbers that are kept, and both ends of four indexes.
pub fn tally(conn: &mut DbConn, id: SourceId) -> QueryResult<Tally> {
    use published_quotes::{outlet_id, published_at, said_from, source_id, table};
    let quoted = || table.filter(source_id.eq(id));
    let said = || quoted().filter(said_from.is_not_null());
    let relayed = || table.filter(outlet_id.eq(id));
    type Ends = (Option<Instant>, Option<Instant>);
    // Each by itself: SQLite goes to the end of an index for one aggregate, not for two.
    let (saying, quoting, relaying): (Ends, Ends, Ends) = diesel::select((
        (
            said().select(min(said_from)).single_value(),
            said().select(max(said_from)).single_value(),
        ),
        (
            quoted().select(min(published_at)).single_value(),
            quoted().select(max(published_at)).single_value(),
        ),
        (
            relayed().select(min(published_at)).single_value(),
            relayed().select(max(published_at)).single_value(),
        ),
    ))
    .get_result(conn)?;
    Ok(Tally {
        sums: sums::find(conn, id)?,
        first_said_from: saying.0,
        last_said_from: saying.1,
        first_published_at: quoting.0.into_iter().chain(relaying.0).min(),
        last_published_at: quoting.1.max(relaying.1),
    })
}
