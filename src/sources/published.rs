//! Sources as readers know them. [`project`] is called by whoever publishes or takes down quotes,
//! and by each edit of a source; [`find`], [`find_many`], [`list`] and [`tally`] are for readers
//! and touch no table of the desk.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::confidence::Credit;
use super::model::{Descriptions, Disclosure, Position, Source, SourceId, SourceKind};
use super::store;
use crate::db::dialect::{Way, row_compare};
use crate::db::schema::{
    published_quotes, published_sources, published_terms, published_texts, quotes, sources,
};
use crate::db::{AnyId, DbConn, Instant, Json};
use crate::http::page::COUNT_LIMIT;
use crate::http::words::WebAddress;
use crate::language::{Collation, Lang, Names};
use crate::{on_each_backend, site};

/// The kind of [`published_terms`] whose term is a source or an outlet.
pub const TERM: &str = "source";

/// A text that readers see, by its article and its language.
pub type TextKey = (AnyId, Lang);

/// A source that readers know, or the address of one that it was merged into.
#[derive(Debug, Clone, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = published_sources, treat_none_as_null = true)]
pub struct PublishedSource {
    pub id: SourceId,
    pub kind: SourceKind,
    pub names: Json<Names>,
    pub description: Json<Descriptions>,
    pub same_as: Json<Vec<WebAddress>>,
    pub positions: Json<Vec<Position>>,
    /// By the dictionary of the site's first language.
    pub sort_key: Vec<u8>,
    pub merged_into: Option<SourceId>,
}

/// Writes the readers' rows of these sources anew: one that is on record and quoted in something
/// published has a row, and so have those that were merged into it; all others have none.
pub fn project(conn: &mut DbConn, ids: &[SourceId]) -> QueryResult<()> {
    let survivors: BTreeSet<SourceId> = store::find_many(conn, ids)?
        .iter()
        .map(|source| source.merged_into.unwrap_or(source.id))
        .collect();
    if survivors.is_empty() {
        return Ok(());
    }
    let survivors: Vec<SourceId> = survivors.into_iter().collect();
    let site = site::find(conn)?;
    for source in store::hold_many(conn, &survivors)? {
        let on_record = source.disclosure.is_on_record() && source.deleted_at.is_none();
        if on_record && is_quoted(conn, source.id)? {
            publish(conn, source, site.chain())?;
        } else {
            take_down(conn, source.id)?;
        }
    }
    Ok(())
}

fn is_quoted(conn: &mut DbConn, id: SourceId) -> QueryResult<bool> {
    let quoting = published_quotes::table.filter(
        published_quotes::source_id
            .eq(id)
            .or(published_quotes::outlet_id.eq(id)),
    );
    diesel::select(diesel::dsl::exists(quoting)).get_result(conn)
}

fn publish(conn: &mut DbConn, source: Source, chain: &[Lang]) -> QueryResult<()> {
    let merged = store::merged_into(conn, source.id)?;
    let row = PublishedSource::of(source, chain);
    upsert(conn, &row)?;
    for id in merged {
        let survivor = Some(row.id);
        let pointer = PublishedSource {
            id,
            merged_into: survivor,
            ..row.clone()
        };
        upsert(conn, &pointer)?;
    }
    Ok(())
}

fn upsert(conn: &mut DbConn, row: &PublishedSource) -> QueryResult<()> {
    on_each_backend!(conn => diesel::insert_into(published_sources::table)
        .values(row)
        .on_conflict(published_sources::id)
        .do_update()
        .set(row)
        .execute(conn)
        .map(drop))
}

fn take_down(conn: &mut DbConn, id: SourceId) -> QueryResult<()> {
    let rows = published_sources::table.filter(
        published_sources::id
            .eq(id)
            .or(published_sources::merged_into.eq(id)),
    );
    diesel::delete(rows).execute(conn).map(drop)
}

impl PublishedSource {
    fn of(source: Source, chain: &[Lang]) -> Self {
        let sort_key = chain.first().map_or_else(Vec::new, |first| {
            Collation::of(first).sort_key(source.names.0.pick(first, chain))
        });
        let Source {
            id,
            kind,
            names,
            aliases: _,
            description,
            same_as,
            positions,
            disclosure: _,
            merged_into: _,
            version: _,
            created_by: _,
            created_at: _,
            updated_at: _,
            deleted_at: _,
        } = source;
        Self {
            id,
            kind,
            names,
            description,
            same_as,
            positions,
            sort_key,
            merged_into: None,
        }
    }
}

/// Takes a source that is no longer on record out of all that readers see, in the transaction that
/// changes its disclosure. Gives the texts whose copies of quotes must be written anew.
pub fn withhold(conn: &mut DbConn, id: SourceId) -> QueryResult<Vec<TextKey>> {
    let credited: Vec<Credited> = published_quotes::table
        .filter(
            published_quotes::source_id
                .eq(id)
                .or(published_quotes::outlet_id.eq(id)),
        )
        .select((
            published_quotes::id,
            published_quotes::article_id,
            published_quotes::lang,
            published_quotes::source_id,
            published_quotes::unnamed,
            published_quotes::stated_name,
            published_quotes::outlet_id,
            published_quotes::programme,
            published_quotes::evidence_url,
        ))
        .order(published_quotes::id)
        .load(conn)?;
    let texts = rewrite(conn, credited, |other| other == id)?;
    index(conn, id)?;
    project(conn, &[id])?;
    Ok(texts)
}

/// Names a source again that has come on record, in all published quotes that the desk credits to
/// it. Gives the texts whose copies of quotes must be written anew.
pub fn reveal(conn: &mut DbConn, id: SourceId) -> QueryResult<Vec<TextKey>> {
    let credited: Vec<Credited> = published_quotes::table
        .inner_join(quotes::table.on(quotes::id.eq(published_quotes::id)))
        .filter(quotes::source_id.eq(id).or(quotes::outlet_id.eq(id)))
        .select((
            quotes::id,
            quotes::article_id,
            quotes::lang,
            quotes::source_id,
            quotes::unnamed,
            quotes::stated_name,
            quotes::outlet_id,
            quotes::programme,
            quotes::evidence_url,
        ))
        .order(quotes::id)
        .load(conn)?;
    let named: Vec<SourceId> = credited
        .iter()
        .flat_map(|quote| [quote.3, quote.6])
        .flatten()
        .collect();
    let hidden = hidden(conn, &named)?;
    let texts = rewrite(conn, credited, |other| hidden.contains(&other))?;
    index(conn, id)?;
    project(conn, &[id])?;
    Ok(texts)
}

/// Those of the sources that readers may not know of. For publishing, too: what
/// [`Credit::for_readers`] asks.
pub fn hidden(conn: &mut DbConn, ids: &[SourceId]) -> QueryResult<BTreeSet<SourceId>> {
    let hidden: Vec<SourceId> = on_each_backend!(conn => sources::table
        .filter(sources::id.eq_any(ids).and(sources::disclosure.ne(Disclosure::OnRecord)))
        .select(sources::id)
        .load(conn))?;
    Ok(hidden.into_iter().collect())
}

/// Quote, article, language, and the credit.
type Credited = (
    AnyId,
    AnyId,
    Lang,
    Option<SourceId>,
    Option<String>,
    Option<String>,
    Option<SourceId>,
    Option<String>,
    Option<String>,
);

fn rewrite(
    conn: &mut DbConn,
    credited: Vec<Credited>,
    is_hidden: impl Fn(SourceId) -> bool,
) -> QueryResult<Vec<TextKey>> {
    let mut texts = BTreeSet::new();
    for (quote, article, lang, source_id, unnamed, stated_name, outlet_id, programme, url) in
        credited
    {
        let credit = Credit {
            source_id,
            unnamed,
            stated_name,
            outlet_id,
            programme,
            evidence_url: url,
        };
        let credit = credit.for_readers(&lang, &is_hidden);
        diesel::update(published_quotes::table.find(quote))
            .set((
                published_quotes::source_id.eq(credit.source_id),
                published_quotes::unnamed.eq(credit.unnamed),
                published_quotes::stated_name.eq(credit.stated_name),
                published_quotes::outlet_id.eq(credit.outlet_id),
                published_quotes::programme.eq(credit.programme),
                published_quotes::evidence_url.eq(credit.evidence_url),
            ))
            .execute(conn)?;
        texts.insert((article, lang));
    }
    Ok(texts.into_iter().collect())
}

/// Moves the published quotes of what was merged to the survivor. Gives the texts whose copies of
/// quotes must be written anew.
pub fn merge(conn: &mut DbConn, merged: SourceId, survivor: SourceId) -> QueryResult<Vec<TextKey>> {
    let texts = texts_quoting(conn, merged)?;
    diesel::update(published_quotes::table.filter(published_quotes::source_id.eq(merged)))
        .set(published_quotes::source_id.eq(survivor))
        .execute(conn)?;
    diesel::update(published_quotes::table.filter(published_quotes::outlet_id.eq(merged)))
        .set(published_quotes::outlet_id.eq(survivor))
        .execute(conn)?;
    index(conn, merged)?;
    index(conn, survivor)?;
    take_down(conn, merged)?;
    project(conn, &[survivor])?;
    Ok(texts)
}

fn texts_quoting(conn: &mut DbConn, id: SourceId) -> QueryResult<Vec<TextKey>> {
    published_quotes::table
        .filter(
            published_quotes::source_id
                .eq(id)
                .or(published_quotes::outlet_id.eq(id)),
        )
        .select((published_quotes::article_id, published_quotes::lang))
        .distinct()
        .order((published_quotes::article_id, published_quotes::lang))
        .load(conn)
}

/// How many rows go into one statement; PostgreSQL takes 65,535 values.
const ROWS: usize = 1000;

/// Writes the terms by which articles are found by this source or outlet.
fn index(conn: &mut DbConn, id: SourceId) -> QueryResult<()> {
    let old = published_terms::table
        .filter(published_terms::kind.eq(TERM))
        .filter(published_terms::term.eq(id));
    diesel::delete(old).execute(conn)?;
    let texts: Vec<(AnyId, Lang, Instant)> = published_quotes::table
        .inner_join(
            published_texts::table.on(published_texts::article_id
                .eq(published_quotes::article_id)
                .and(published_texts::lang.eq(published_quotes::lang))),
        )
        .filter(
            published_quotes::source_id
                .eq(id)
                .or(published_quotes::outlet_id.eq(id)),
        )
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
    let rows: Vec<(SourceId, SourceKind, Json<Names>)> = on_each_backend!(conn => published_sources::table
        .filter(published_sources::id.eq_any(ids).and(published_sources::merged_into.is_null()))
        .select((published_sources::id, published_sources::kind, published_sources::names))
        .load(conn))?;
    Ok(rows
        .into_iter()
        .map(|(id, kind, Json(names))| (id, Named { kind, names }))
        .collect())
}

/// The readers' rows of several sources, by name.
pub fn find_rows(conn: &mut DbConn, ids: &[SourceId]) -> QueryResult<Vec<PublishedSource>> {
    published_sources::table
        .filter(published_sources::id.eq_any(ids).and(published_sources::merged_into.is_null()))
        .order((published_sources::sort_key, published_sources::id))
        .load(conn)
}

/// The key of the readers' list, in the order of names.
pub type ListKey = (Vec<u8>, SourceId);

type Boxed = published_sources::BoxedQuery<'static, crate::db::MultiBackend>;

fn listed(kind: Option<SourceKind>) -> Boxed {
    let query = published_sources::table
        .filter(published_sources::merged_into.is_null())
        .into_boxed();
    match kind {
        Some(kind) => query.filter(published_sources::kind.eq(kind)),
        None => query,
    }
}

/// A page of the sources by name; against the order where `at` says so.
pub fn list(
    conn: &mut DbConn,
    kind: Option<SourceKind>,
    at: Option<(bool, ListKey)>,
    limit: i64,
) -> QueryResult<Vec<PublishedSource>> {
    let order = (published_sources::sort_key, published_sources::id);
    let query = listed(kind).limit(limit);
    match at {
        None => query.order(order),
        Some((false, key)) => query
            .filter(row_compare(order, Way::After, key))
            .order(order),
        Some((true, key)) => query.filter(row_compare(order, Way::Before, key)).order((
            published_sources::sort_key.desc(),
            published_sources::id.desc(),
        )),
    }
    .load(conn)
}

/// How many there are, up to one more than is counted.
pub fn count(conn: &mut DbConn, kind: Option<SourceKind>) -> QueryResult<i64> {
    let ids: Vec<SourceId> = listed(kind)
        .select(published_sources::id)
        .limit(COUNT_LIMIT + 1)
        .load(conn)?;
    Ok(ids.len() as i64)
}

/// What readers have of a source, in numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tally {
    /// What it said; one statement in several languages or articles counts once.
    pub quotes: i64,
    /// What others said through it.
    pub as_outlet: i64,
    pub articles: i64,
    pub first_said_from: Option<Instant>,
    pub last_said_from: Option<Instant>,
    pub first_published_at: Option<Instant>,
    pub last_published_at: Option<Instant>,
}

/// Counts in a fixed number of statements.
pub fn tally(conn: &mut DbConn, id: SourceId) -> QueryResult<Tally> {
    use diesel::dsl::{count, max, min};
    let said = published_quotes::source_id.eq(id);
    let relayed = published_quotes::outlet_id.eq(id);
    let (first_said_from, last_said_from) = published_quotes::table
        .filter(said)
        .select((
            min(published_quotes::said_from),
            max(published_quotes::said_from),
        ))
        .first(conn)?;
    let (first_published_at, last_published_at) = published_quotes::table
        .filter(said.or(relayed))
        .select((
            min(published_quotes::published_at),
            max(published_quotes::published_at),
        ))
        .first(conn)?;
    Ok(Tally {
        quotes: statements(conn, published_quotes::table.filter(said).into_boxed())?,
        as_outlet: statements(conn, published_quotes::table.filter(relayed).into_boxed())?,
        articles: published_quotes::table
            .filter(said.or(relayed))
            .select(count(published_quotes::article_id).aggregate_distinct())
            .first(conn)?,
        first_said_from,
        last_said_from,
        first_published_at,
        last_published_at,
    })
}

diesel::define_sql_function! {
    /// The statement to which a quote belongs, or else the quote itself.
    #[sql_name = "coalesce"]
    fn statement_or_quote(
        statement: diesel::sql_types::Nullable<crate::db::types::DbUuid>,
        quote: crate::db::types::DbUuid,
    ) -> crate::db::types::DbUuid;
}

fn statements(
    conn: &mut DbConn,
    quotes: published_quotes::BoxedQuery<'_, crate::db::MultiBackend>,
) -> QueryResult<i64> {
    let statement = statement_or_quote(published_quotes::statement, published_quotes::id);
    quotes
        .select(diesel::dsl::count(statement).aggregate_distinct())
        .first(conn)
}
