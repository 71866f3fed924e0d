//! Lists of texts for readers: which texts, in which order, from where.

use diesel::dsl::{auto_type, exists, not};
use diesel::prelude::*;

use super::model::{ArticleId, ArticleKind};
use super::published::{LISTED, Listed, TermKind};
use crate::db::among::{Among, among};
use crate::db::dialect::{Way, row_compare};
use crate::db::schema::{published_terms, published_texts};
use crate::db::{AnyId, DbConn, Instant, MultiBackend};
use crate::language::Lang;

/// By what a list of texts is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    #[default]
    Newest,
    Oldest,
    LatestUpdated,
}

/// Which texts a reader wants to see, in one language.
#[derive(Debug, Clone)]
pub struct Filter {
    pub lang: Lang,
    /// Each of them must fit; within one, any term does.
    pub terms: Vec<(TermKind, Vec<AnyId>)>,
    pub kinds: Vec<ArticleKind>,
    pub ids: Vec<ArticleId>,
    pub published_after: Option<Instant>,
    pub published_before: Option<Instant>,
    pub updated_after: Option<Instant>,
    pub sort: Sort,
    /// Articles that are not wanted.
    pub without: Vec<ArticleId>,
}

impl Filter {
    /// Everything in a language, newest first.
    pub fn all(lang: Lang) -> Self {
        Self {
            lang,
            terms: Vec::new(),
            kinds: Vec::new(),
            ids: Vec::new(),
            published_after: None,
            published_before: None,
            updated_after: None,
            sort: Sort::Newest,
            without: Vec::new(),
        }
    }
}

/// The place of a text in a list.
pub type Key = (Instant, ArticleId);

impl Listed {
    pub fn key(&self, sort: Sort) -> Key {
        let at = if sort == Sort::LatestUpdated {
            self.updated_at
        } else {
            self.published_at
        };
        (at, self.article_id)
    }
}

type Query<'a> = published_texts::BoxedQuery<'a, MultiBackend>;

/// A page of texts in the filter's order, or from the key backwards.
pub fn list(
    conn: &mut DbConn,
    filter: &Filter,
    at: Option<(bool, Key)>,
    limit: i64,
) -> QueryResult<Vec<Listed>> {
    let (back, key) = (at.is_some_and(|(back, _)| back), at.map(|(_, key)| key));
    let lead = filter.lead(conn)?;
    if let Lead::OneTerm(term) = lead {
        let articles = along_term(filter, term, back, key).limit(limit);
        let articles = articles.select(published_terms::article_id).load(conn)?;
        return in_order_of(conn, &filter.lang, &articles);
    }
    let query = placed(filtered(filter, lead), filter.sort, back, key);
    query.limit(limit).select(LISTED).load(conn)
}

/// How many there are, at most `limit`.
pub fn count(conn: &mut DbConn, filter: &Filter, limit: i64) -> QueryResult<i64> {
    let some: Vec<ArticleId> = match filter.lead(conn)? {
        Lead::OneTerm(term) => along_term(filter, term, false, None)
            .limit(limit)
            .select(published_terms::article_id)
            .load(conn)?,
        lead => filtered(filter, lead)
            .limit(limit)
            .select(published_texts::article_id)
            .load(conn)?,
    };
    Ok(some.len() as i64)
}

/// A section, topics or sources of which a text must have one.
type Terms = (TermKind, Vec<AnyId>);

/// By what the texts are found; all else is checked on the way.
#[derive(Clone, Copy)]
enum Lead<'a> {
    /// All of the language in their order, until enough have been met.
    Language,
    /// All that have this one: its index has them in their order.
    OneTerm((TermKind, AnyId)),
    /// All that have one of these, which are put in order then.
    RareTerms(&'a Terms),
}

/// Terms that as many texts have are not rare: they are soon met on the way.
const RARE: i64 = 2000;

/// There are many sources and few sections: of common terms, a source has the fewest texts.
const RAREST_FIRST: [TermKind; 3] = [TermKind::Source, TermKind::Topic, TermKind::Section];

impl Filter {
    fn lead(&self, conn: &mut DbConn) -> QueryResult<Lead<'_>> {
        if let [terms] = self.terms.as_slice()
            && let Some(term) = self.in_order(Some(terms))
        {
            // However many texts have it: nothing would lead better.
            return Ok(Lead::OneTerm(term));
        }
        for terms in &self.terms {
            if is_rare(conn, &self.lang, terms)? {
                let one = self.in_order(Some(terms));
                return Ok(one.map_or(Lead::RareTerms(terms), Lead::OneTerm));
            }
        }
        let of_kind = |kind| self.terms.iter().find(|terms| terms.0 == kind);
        let mut common = RAREST_FIRST.into_iter().map(of_kind);
        let one = common.find_map(|terms| self.in_order(terms));
        Ok(one.map_or(Lead::Language, Lead::OneTerm))
    }

    /// The one term of a group, if its index has the texts in the order that is asked for.
    fn in_order(&self, terms: Option<&Terms>) -> Option<(TermKind, AnyId)> {
        let (kind, terms) = terms?;
        let [term] = terms.as_slice() else {
            return None;
        };
        let is_in_order = self.ids.is_empty() && self.sort != Sort::LatestUpdated;
        is_in_order.then_some((*kind, *term))
    }
}

fn is_rare(conn: &mut DbConn, lang: &Lang, (kind, terms): &Terms) -> QueryResult<bool> {
    let beyond: Option<AnyId> = of_terms(lang, *kind, terms)
        .offset(RARE - 1)
        .limit(1)
        .select(published_terms::article_id)
        .first(conn)
        .optional()?;
    Ok(beyond.is_none())
}

#[auto_type(no_type_alias)]
fn of_terms<'a>(lang: &'a Lang, kind: TermKind, terms: &'a [AnyId]) -> _ {
    let fits: Among<published_terms::term, AnyId> = among(published_terms::term, terms);
    published_terms::table
        .filter(published_terms::kind.eq(kind))
        .filter(published_terms::lang.eq(lang))
        .filter(fits)
}

diesel::alias!(published_terms as others: Others);

/// The articles that a term leads to, in the filter's order, or from the key backwards.
fn along_term(
    filter: &Filter,
    (kind, term): (TermKind, AnyId),
    back: bool,
    key: Option<Key>,
) -> published_terms::BoxedQuery<'_, MultiBackend> {
    let place = (published_terms::published_at, published_terms::article_id);
    let mut query = published_terms::table
        .filter(published_terms::kind.eq(kind))
        .filter(published_terms::term.eq(term))
        .filter(published_terms::lang.eq(&filter.lang))
        .into_boxed();
    if let Some(after) = filter.published_after {
        query = query.filter(published_terms::published_at.gt(after));
    }
    if let Some(before) = filter.published_before {
        query = query.filter(published_terms::published_at.lt(before));
    }
    if !filter.without.is_empty() {
        query = query.filter(not(among(
            published_terms::article_id,
            filter.without.as_slice(),
        )));
    }
    let is_lead = |other: &&Terms| other.0 == kind && other.1 == [term];
    for (kind, terms) in filter.terms.iter().filter(|other| !is_lead(other)) {
        let fitting = others
            .filter(
                others
                    .field(published_terms::article_id)
                    .eq(published_terms::article_id),
            )
            .filter(
                others
                    .field(published_terms::lang)
                    .eq(published_terms::lang),
            )
            .filter(others.field(published_terms::kind).eq(*kind))
            .filter(among(others.field(published_terms::term), terms.as_slice()));
        query = query.filter(exists(
            fitting.select(others.field(published_terms::article_id)),
        ));
    }
    let text = published_texts::table
        .filter(published_texts::article_id.eq(published_terms::article_id))
        .filter(published_texts::lang.eq(published_terms::lang))
        .select(published_texts::article_id);
    if !filter.kinds.is_empty() {
        let kinds = among(published_texts::kind, filter.kinds.as_slice());
        query = query.filter(exists(text.filter(kinds)));
    }
    if let Some(after) = filter.updated_after {
        query = query.filter(exists(text.filter(published_texts::updated_at.gt(after))));
    }
    let falling = (filter.sort != Sort::Oldest) != back;
    let way = if falling { Way::Before } else { Way::After };
    if let Some(key) = key {
        query = query.filter(row_compare(place, way, key));
    }
    match falling {
        true => query.order((place.0.desc(), place.1.desc())),
        false => query.order(place),
    }
}

/// The texts of articles in a language, in the order of the articles.
fn in_order_of(conn: &mut DbConn, lang: &Lang, articles: &[ArticleId]) -> QueryResult<Vec<Listed>> {
    let mut texts: Vec<Listed> = published_texts::table
        .filter(among(published_texts::article_id, articles))
        .filter(published_texts::lang.eq(lang))
        .select(LISTED)
        .load(conn)?;
    let place = |text: &Listed| articles.iter().position(|id| *id == text.article_id);
    texts.sort_by_key(place);
    Ok(texts)
}

/// Puts a query in order and begins it after the key.
fn placed<'a>(query: Query<'a>, sort: Sort, back: bool, key: Option<Key>) -> Query<'a> {
    let falling = (sort != Sort::Oldest) != back;
    let way = if falling { Way::Before } else { Way::After };
    let published = (published_texts::published_at, published_texts::article_id);
    let updated = (published_texts::updated_at, published_texts::article_id);
    let query = match (key, sort) {
        (None, _) => query,
        (Some(key), Sort::LatestUpdated) => query.filter(row_compare(updated, way, key)),
        (Some(key), _) => query.filter(row_compare(published, way, key)),
    };
    match (sort, falling) {
        (Sort::LatestUpdated, true) => query.order((
            published_texts::updated_at.desc(),
            published_texts::article_id.desc(),
        )),
        (Sort::LatestUpdated, false) => query.order((
            published_texts::updated_at.asc(),
            published_texts::article_id.asc(),
        )),
        (_, true) => query.order((
            published_texts::published_at.desc(),
            published_texts::article_id.desc(),
        )),
        (_, false) => query.order((
            published_texts::published_at.asc(),
            published_texts::article_id.asc(),
        )),
    }
}

fn filtered<'a>(filter: &'a Filter, lead: Lead<'a>) -> Query<'a> {
    let mut query = published_texts::table.into_boxed();
    query = match lead {
        Lead::Language | Lead::OneTerm(_) => query.filter(published_texts::lang.eq(&filter.lang)),
        Lead::RareTerms((kind, terms)) => {
            let led = of_terms(&filter.lang, *kind, terms).select(published_terms::article_id);
            query
                .filter(published_texts::article_id.eq_any(led))
                // To SQLite no reason to choose the index of the language.
                .filter(not(published_texts::lang.ne(&filter.lang)))
        }
    };
    for (kind, terms) in &filter.terms {
        let fitting = published_terms::table.filter(
            published_terms::article_id
                .eq(published_texts::article_id)
                .and(published_terms::lang.eq(published_texts::lang))
                .and(published_terms::kind.eq(*kind))
                .and(among(published_terms::term, terms.as_slice())),
        );
        // Of all columns SQLite would find the terms by the index that has them all, and walk every
        // text with the term for each text of the list.
        query = query.filter(exists(fitting.select(published_terms::article_id)));
    }
    query = match filter.kinds.as_slice() {
        [] => query,
        // Of one alone PostgreSQL sees that its index has the order.
        [kind] => query.filter(published_texts::kind.eq(kind)),
        kinds => query.filter(among(published_texts::kind, kinds)),
    };
    if !filter.ids.is_empty() {
        query = query.filter(among(published_texts::article_id, filter.ids.as_slice()));
    }
    if !filter.without.is_empty() {
        query = query.filter(not(among(
            published_texts::article_id,
            filter.without.as_slice(),
        )));
    }
    if let Some(after) = filter.published_after {
        query = query.filter(published_texts::published_at.gt(after));
    }
    if let Some(before) = filter.published_before {
        query = query.filter(published_texts::published_at.lt(before));
    }
    if let Some(after) = filter.updated_after {
        query = query.filter(published_texts::updated_at.gt(after));
    }
    query
}
