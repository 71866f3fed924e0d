//! Statements on the notices that readers see: written by publishing, read by readers.

use diesel::dsl::{exists, min, not};
use diesel::prelude::*;
use serde_json::value::RawValue;

use super::model::{
    Area, AreaCode, Notice, NoticeAction, NoticeId, NoticeKind, Placement, Priority, Severity,
};
use crate::db::among::among;
use crate::db::dialect::{Way, row_compare};
use crate::db::schema::{published_notice_terms, published_notice_texts, published_notices};
use crate::db::{DbConn, Instant, Json, MultiBackend};
use crate::http::page::COUNT_LIMIT;
use crate::language::Lang;
use crate::on_each_backend;
use crate::text_enum;

text_enum! {
    /// By what a notice can be found.
    pub enum TermKind { Area = "area", Placement = "placement" }
}

/// What readers see of a notice in all languages.
#[derive(Debug, Clone, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = published_notices, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct PublishedNotice {
    pub id: NoticeId,
    pub kind: NoticeKind,
    pub issuer: Option<String>,
    pub priority: Priority,
    /// That of its priority: what the order goes by.
    pub rank: i32,
    pub severity: Option<Severity>,
    pub label: Option<String>,
    pub starts: Instant,
    pub ends: Option<Instant>,
    pub areas: Json<Vec<Area>>,
    pub placements: Json<Vec<Placement>>,
    pub action: Option<Json<NoticeAction>>,
}

impl From<&Notice> for PublishedNotice {
    fn from(notice: &Notice) -> Self {
        let Notice {
            id,
            kind,
            issuer,
            priority,
            severity,
            label,
            starts,
            ends,
            areas,
            placements,
            action,
            version: _,
            created_by: _,
            created_at: _,
            updated_at: _,
            deleted_at: _,
        } = notice.clone();
        Self {
            id,
            kind,
            issuer,
            priority,
            rank: priority.rank(),
            severity,
            label,
            starts,
            ends,
            areas,
            placements,
            action,
        }
    }
}

/// A notice in one language.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = published_notice_texts, treat_none_as_default_value = false)]
pub struct PublishedNoticeText {
    pub notice_id: NoticeId,
    pub lang: Lang,
    pub headline: String,
    /// Portable Text.
    pub body: Json<Box<RawValue>>,
    pub published_at: Instant,
    pub updated_at: Instant,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = published_notice_terms, treat_none_as_default_value = false)]
struct Term {
    notice_id: NoticeId,
    kind: TermKind,
    term: String,
}

/// Writes what is the same in all languages, and by what it is found.
pub fn put(conn: &mut DbConn, row: &PublishedNotice) -> QueryResult<()> {
    on_each_backend!(conn => diesel::insert_into(published_notices::table)
        .values(row)
        .on_conflict(published_notices::id)
        .do_update()
        .set(row)
        .execute(conn)
        .map(drop))?;
    remove_terms(conn, row.id)?;
    let term = |kind, term: &str| Term {
        notice_id: row.id,
        kind,
        term: term.to_owned(),
    };
    let areas = row.areas.0.iter();
    let areas = areas.map(|area| term(TermKind::Area, area.code.as_str()));
    let placements = row.placements.0.iter();
    let placements = placements.map(|placement| term(TermKind::Placement, placement.as_str()));
    let terms: Vec<Term> = areas.chain(placements).collect();
    if terms.is_empty() {
        return Ok(());
    }
    on_each_backend!(conn => diesel::insert_into(published_notice_terms::table).values(&terms).execute(conn).map(drop))
}

fn remove_terms(conn: &mut DbConn, id: NoticeId) -> QueryResult<()> {
    let of_notice = published_notice_terms::notice_id.eq(id);
    diesel::delete(published_notice_terms::table.filter(of_notice))
        .execute(conn)
        .map(drop)
}

/// Writes the new fields of a notice where readers see it; says whether they do.
pub fn refresh(conn: &mut DbConn, row: &PublishedNotice) -> QueryResult<bool> {
    let known = find(conn, row.id)?.is_some();
    if known {
        put(conn, row)?;
    }
    Ok(known)
}

/// Writes a text; the notice must be there.
pub fn put_text(conn: &mut DbConn, row: &PublishedNoticeText) -> QueryResult<()> {
    diesel::delete(published_notice_texts::table.find((row.notice_id, &row.lang))).execute(conn)?;
    diesel::insert_into(published_notice_texts::table)
        .values(row)
        .execute(conn)
        .map(drop)
}

/// Takes a text away from readers; the notice goes with its last text.
pub fn remove_text(conn: &mut DbConn, id: NoticeId, lang: &Lang) -> QueryResult<()> {
    diesel::delete(published_notice_texts::table.find((id, lang))).execute(conn)?;
    let left: i64 = published_notice_texts::table
        .filter(published_notice_texts::notice_id.eq(id))
        .count()
        .get_result(conn)?;
    if left == 0 {
        remove_terms(conn, id)?;
        diesel::delete(published_notices::table.find(id)).execute(conn)?;
    }
    Ok(())
}

pub fn find(conn: &mut DbConn, id: NoticeId) -> QueryResult<Option<PublishedNotice>> {
    published_notices::table.find(id).first(conn).optional()
}

/// The notice if its window is open.
pub fn find_open(
    conn: &mut DbConn,
    id: NoticeId,
    now: Instant,
) -> QueryResult<Option<PublishedNotice>> {
    open(now)
        .filter(published_notices::id.eq(id))
        .first(conn)
        .optional()
}

/// When the window of a notice opens, if it has not yet.
pub fn opens(conn: &mut DbConn, id: NoticeId, now: Instant) -> QueryResult<Option<Instant>> {
    let starts = published_notices::table.find(id);
    starts
        .filter(published_notices::starts.gt(now))
        .select(published_notices::starts)
        .first(conn)
        .optional()
}

/// The texts of several notices, in the order of their tags.
pub fn texts_of(conn: &mut DbConn, ids: &[NoticeId]) -> QueryResult<Vec<PublishedNoticeText>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    published_notice_texts::table
        .filter(among(published_notice_texts::notice_id, ids))
        .order((
            published_notice_texts::notice_id,
            published_notice_texts::lang,
        ))
        .load(conn)
}

/// What the texts of several notices are called for readers.
pub fn headlines(
    conn: &mut DbConn,
    ids: &[NoticeId],
) -> QueryResult<Vec<(NoticeId, Lang, String)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    published_notice_texts::table
        .filter(among(published_notice_texts::notice_id, ids))
        .select((
            published_notice_texts::notice_id,
            published_notice_texts::lang,
            published_notice_texts::headline,
        ))
        .load(conn)
}

/// The languages in which there are notices.
pub fn languages(conn: &mut DbConn) -> QueryResult<Vec<Lang>> {
    published_notice_texts::table
        .select(published_notice_texts::lang)
        .distinct()
        .order(published_notice_texts::lang)
        .load(conn)
}

/// The next moment at which the window of a notice opens or closes.
pub fn next_boundary(conn: &mut DbConn, now: Instant) -> QueryResult<Option<Instant>> {
    let starts = published_notices::table
        .filter(published_notices::starts.gt(now))
        .select(min(published_notices::starts));
    let ends = published_notices::table
        .filter(published_notices::ends.gt(now))
        .select(min(published_notices::ends));
    let both: (Option<Instant>, Option<Instant>) =
        diesel::select((starts.single_value(), ends.single_value())).get_result(conn)?;
    Ok([both.0, both.1].into_iter().flatten().min())
}

/// Which of the open notices; empty lists ask for nothing.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Those for one of these areas or its country, and those for everywhere.
    pub areas: Vec<AreaCode>,
    pub placements: Vec<String>,
    /// With `placements`: those that name none, too.
    pub unplaced: bool,
    pub kinds: Vec<NoticeKind>,
    /// Those with a text in one of these languages; `None` asks for nothing.
    pub langs: Option<Vec<Lang>>,
}

/// The place of a notice in the readers' list: its rank, start and id.
pub type Key = (i32, Instant, NoticeId);

type Boxed = published_notices::BoxedQuery<'static, MultiBackend>;

/// Those whose window is open.
fn open(now: Instant) -> Boxed {
    let not_over = published_notices::ends.gt(now).assume_not_null();
    published_notices::table
        .filter(published_notices::starts.le(now))
        .filter(published_notices::ends.is_null().or(not_over))
        .into_boxed()
}

fn filtered(filter: &Filter, now: Instant) -> Boxed {
    let of_kind = |kind: TermKind| {
        published_notice_terms::notice_id
            .eq(published_notices::id)
            .and(published_notice_terms::kind.eq(kind))
    };
    let mut query = open(now);
    if !filter.kinds.is_empty() {
        query = query.filter(among(published_notices::kind, filter.kinds.clone()));
    }
    if !filter.areas.is_empty() {
        let codes = filter.areas.iter().flat_map(AreaCode::within);
        let codes: Vec<String> = codes.map(str::to_owned).collect();
        let any = published_notice_terms::table.filter(of_kind(TermKind::Area));
        let here = any.filter(among(published_notice_terms::term, codes));
        query = query.filter(not(exists(any)).or(exists(here)));
    }
    if !filter.placements.is_empty() {
        let words = filter.placements.clone();
        let any = published_notice_terms::table.filter(of_kind(TermKind::Placement));
        let here = any.filter(among(published_notice_terms::term, words));
        query = match filter.unplaced {
            true => query.filter(not(exists(any)).or(exists(here))),
            false => query.filter(exists(here)),
        };
    }
    if let Some(langs) = filter.langs.clone() {
        let of_notice = published_notice_texts::notice_id.eq(published_notices::id);
        let texts = published_notice_texts::table.filter(of_notice);
        query = query.filter(exists(
            texts.filter(among(published_notice_texts::lang, langs)),
        ));
    }
    query
}

/// A page of the open notices: urgent ones first, among equals the newest; against the order where
/// `at` says so.
pub fn list(
    conn: &mut DbConn,
    filter: &Filter,
    now: Instant,
    at: Option<(bool, Key)>,
    limit: i64,
) -> QueryResult<Vec<PublishedNotice>> {
    let place = (published_notices::starts, published_notices::id);
    let query = filtered(filter, now).limit(limit);
    let in_order = (
        published_notices::rank.desc(),
        published_notices::starts.desc(),
        published_notices::id.desc(),
    );
    match at {
        None => query.order(in_order),
        Some((false, (rank, starts, id))) => query
            .filter(published_notices::rank.le(rank))
            .filter(published_notices::rank.lt(rank).or(row_compare(
                place,
                Way::Before,
                (starts, id),
            )))
            .order(in_order),
        Some((true, (rank, starts, id))) => query
            .filter(published_notices::rank.ge(rank))
            .filter(published_notices::rank.gt(rank).or(row_compare(
                place,
                Way::After,
                (starts, id),
            )))
            .order((
                published_notices::rank.asc(),
                published_notices::starts.asc(),
                published_notices::id.asc(),
            )),
    }
    .load(conn)
}

/// How many there are, up to one more than is counted.
pub fn count(conn: &mut DbConn, filter: &Filter, now: Instant) -> QueryResult<i64> {
    let some: Vec<NoticeId> = filtered(filter, now)
        .limit(COUNT_LIMIT + 1)
        .select(published_notices::id)
        .load(conn)?;
    Ok(some.len() as i64)
}

/// The first of the open notices for an area and a placement, in the readers' order. One without
/// any placement stands everywhere.
pub fn active(
    conn: &mut DbConn,
    now: Instant,
    area: Option<&AreaCode>,
    placement: Option<&str>,
    limit: i64,
) -> QueryResult<Vec<PublishedNotice>> {
    let filter = Filter {
        areas: area.into_iter().cloned().collect(),
        placements: placement.map(str::to_owned).into_iter().collect(),
        unplaced: true,
        ..Filter::default()
    };
    list(conn, &filter, now, None, limit)
}
