//! Statements on the articles that readers see: written by publishing, read by readers. A row
//! holds what its own publishing wrote; names of sections, topics and sources, the other
//! languages and the sums of reviews are read by key.

use diesel::prelude::*;
use serde_json::value::RawValue;

use super::model::{Article, ArticleId, ArticleKind, Author, Related, ReviewPolicy};
use crate::db::dialect::{Way, row_compare};
use crate::db::schema::{
    published_articles, published_retractions, published_review_sums, published_slugs,
    published_terms, published_texts,
};
use crate::db::{AnyId, DbConn, Instant, Json, MultiBackend};
use crate::language::{Lang, Slug};
use crate::on_each_backend;
use crate::sections::SectionId;
use crate::sources::model::SourceId;
use crate::text_enum;
use crate::topics::TopicId;

/// JSON that is passed through as it was written.
pub type Raw = Json<Box<RawValue>>;

text_enum! {
    /// By what a text can be found besides its language.
    pub enum TermKind { Section = "section", Topic = "topic", Source = "source" }
}

/// What is the same in all languages.
#[derive(Debug, Clone, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = published_articles, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct PublishedArticle {
    pub id: ArticleId,
    pub kind: ArticleKind,
    pub section_id: Option<SectionId>,
    pub topic_ids: Json<Vec<TopicId>>,
    pub authors: Json<Vec<Author>>,
    pub related: Json<Vec<Related>>,
    pub review_policy: ReviewPolicy,
    pub first_published_at: Instant,
}

impl PublishedArticle {
    pub fn new(article: &Article, topics: Vec<TopicId>, first_published_at: Instant) -> Self {
        Self {
            id: article.id,
            kind: article.kind,
            section_id: article.section_id,
            topic_ids: Json(topics),
            authors: article.authors.clone(),
            related: article.related.clone(),
            review_policy: article.review_policy,
            first_published_at,
        }
    }
}

/// A text with all that its publication wrote.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = published_texts, treat_none_as_default_value = false)]
pub struct PublishedText {
    pub article_id: ArticleId,
    pub lang: Lang,
    pub kind: ArticleKind,
    pub slug: Slug,
    pub headline: String,
    pub standfirst: Option<String>,
    /// Portable Text with the quotes as marks.
    pub body: Raw,
    pub image: Option<Raw>,
    pub seo: Option<Raw>,
    pub quote_count: i32,
    pub corrections: Raw,
    pub translation: Option<Raw>,
    pub revision: i32,
    pub word_count: i32,
    pub reading_minutes: i32,
    pub first_published_at: Instant,
    pub published_at: Instant,
    pub updated_at: Instant,
}

/// Writes what is the same in all languages.
pub fn put_article(conn: &mut DbConn, row: &PublishedArticle) -> QueryResult<()> {
    on_each_backend!(conn => diesel::insert_into(published_articles::table)
        .values(row)
        .on_conflict(published_articles::id)
        .do_update()
        .set(row)
        .execute(conn)
        .map(drop))
}

/// Writes a text, and its address, which stays the article's for good.
pub fn put_text(conn: &mut DbConn, row: &PublishedText) -> QueryResult<()> {
    remove_row(conn, row.article_id, &row.lang)?;
    on_each_backend!(conn => diesel::insert_into(published_texts::table).values(row).execute(conn))?;
    let address = (
        published_slugs::lang.eq(&row.lang),
        published_slugs::slug.eq(&row.slug),
        published_slugs::article_id.eq(row.article_id),
    );
    on_each_backend!(conn => diesel::insert_into(published_slugs::table)
        .values(address)
        .on_conflict_do_nothing()
        .execute(conn)
        .map(drop))
}

fn remove_row(conn: &mut DbConn, article: ArticleId, lang: &Lang) -> QueryResult<()> {
    diesel::delete(published_texts::table.find((article, lang)))
        .execute(conn)
        .map(drop)
}

/// Takes a text away from readers; the article goes with its last text.
pub fn remove_text(conn: &mut DbConn, article: ArticleId, lang: &Lang) -> QueryResult<()> {
    remove_row(conn, article, lang)?;
    remove_terms(conn, article, Some(lang), TermKind::ALL)?;
    let left: i64 = published_texts::table
        .filter(published_texts::article_id.eq(article))
        .count()
        .get_result(conn)?;
    if left == 0 {
        diesel::delete(published_articles::table.find(article)).execute(conn)?;
    }
    Ok(())
}

/// Leaves the note that a text was withdrawn, for good.
pub fn put_retraction(
    conn: &mut DbConn,
    article: ArticleId,
    lang: &Lang,
    note: &str,
    at: Instant,
) -> QueryResult<()> {
    let row = (
        published_retractions::article_id.eq(article),
        published_retractions::lang.eq(lang),
        published_retractions::note.eq(note),
        published_retractions::retracted_at.eq(at),
    );
    diesel::insert_into(published_retractions::table)
        .values(row)
        .execute(conn)
        .map(drop)
}

#[derive(Debug, Insertable)]
#[diesel(table_name = published_terms)]
struct Term {
    kind: TermKind,
    term: AnyId,
    lang: Lang,
    published_at: Instant,
    article_id: ArticleId,
}

fn remove_terms(
    conn: &mut DbConn,
    article: ArticleId,
    lang: Option<&Lang>,
    kinds: &[TermKind],
) -> QueryResult<()> {
    let of_article = published_terms::article_id
        .eq(article)
        .and(published_terms::kind.eq_any(kinds));
    match lang {
        Some(lang) => diesel::delete(
            published_terms::table.filter(of_article.and(published_terms::lang.eq(lang))),
        )
        .execute(conn),
        None => diesel::delete(published_terms::table.filter(of_article)).execute(conn),
    }
    .map(drop)
}

fn insert_terms(conn: &mut DbConn, terms: &[Term]) -> QueryResult<()> {
    if terms.is_empty() {
        return Ok(());
    }
    on_each_backend!(conn => diesel::insert_into(published_terms::table).values(terms).execute(conn).map(drop))
}

fn terms_of(article: &PublishedArticle, lang: &Lang, published_at: Instant) -> Vec<Term> {
    let section = article
        .section_id
        .map(|section| (TermKind::Section, section.of()));
    let topics = article
        .topic_ids
        .0
        .iter()
        .map(|topic| (TermKind::Topic, topic.of()));
    section
        .into_iter()
        .chain(topics)
        .map(|(kind, term)| Term {
            kind,
            term,
            lang: lang.clone(),
            published_at,
            article_id: article.id,
        })
        .collect()
}

/// By which sections, topics and sources a text is found.
pub fn put_terms(
    conn: &mut DbConn,
    article: &PublishedArticle,
    lang: &Lang,
    published_at: Instant,
    mut sources: Vec<SourceId>,
) -> QueryResult<()> {
    remove_terms(conn, article.id, Some(lang), TermKind::ALL)?;
    sources.sort();
    sources.dedup();
    let mut terms = terms_of(article, lang, published_at);
    terms.extend(sources.into_iter().map(|source| Term {
        kind: TermKind::Source,
        term: source.of(),
        lang: lang.clone(),
        published_at,
        article_id: article.id,
    }));
    insert_terms(conn, &terms)
}

/// Brings what readers see of an article itself up to date, in all its languages.
pub fn refresh(conn: &mut DbConn, row: &PublishedArticle) -> QueryResult<()> {
    put_article(conn, row)?;
    let of_article = published_texts::table.filter(published_texts::article_id.eq(row.id));
    diesel::update(of_article)
        .set(published_texts::kind.eq(row.kind))
        .execute(conn)?;
    remove_terms(conn, row.id, None, &[TermKind::Section, TermKind::Topic])?;
    let texts: Vec<(Lang, Instant)> = of_article
        .select((published_texts::lang, published_texts::published_at))
        .load(conn)?;
    let terms: Vec<Term> = texts
        .iter()
        .flat_map(|(lang, since)| terms_of(row, lang, *since))
        .collect();
    insert_terms(conn, &terms)
}

// What readers read.

pub fn find_article(conn: &mut DbConn, id: ArticleId) -> QueryResult<Option<PublishedArticle>> {
    published_articles::table.find(id).first(conn).optional()
}

pub fn find_articles(conn: &mut DbConn, ids: &[ArticleId]) -> QueryResult<Vec<PublishedArticle>> {
    published_articles::table
        .filter(published_articles::id.eq_any(ids))
        .load(conn)
}

pub fn find_text(
    conn: &mut DbConn,
    article: ArticleId,
    lang: &Lang,
) -> QueryResult<Option<PublishedText>> {
    published_texts::table
        .find((article, lang))
        .first(conn)
        .optional()
}

/// One language of an article: enough for a language switcher.
#[derive(Debug, Clone, Queryable)]
pub struct Version {
    pub article_id: ArticleId,
    pub lang: Lang,
    pub slug: Slug,
    pub headline: String,
    pub updated_at: Instant,
}

/// The languages of several articles, in the order of their tags.
pub fn versions(conn: &mut DbConn, articles: &[ArticleId]) -> QueryResult<Vec<Version>> {
    published_texts::table
        .filter(published_texts::article_id.eq_any(articles))
        .order((published_texts::article_id, published_texts::lang))
        .select((
            published_texts::article_id,
            published_texts::lang,
            published_texts::slug,
            published_texts::headline,
            published_texts::updated_at,
        ))
        .load(conn)
}

/// Whose address it is, of old or now.
pub fn article_at(conn: &mut DbConn, lang: &Lang, slug: &Slug) -> QueryResult<Option<ArticleId>> {
    published_slugs::table
        .find((lang, slug))
        .select(published_slugs::article_id)
        .first(conn)
        .optional()
}

/// The notes of an article's retracted texts.
pub fn retractions(conn: &mut DbConn, article: ArticleId) -> QueryResult<Vec<(Lang, String)>> {
    published_retractions::table
        .filter(published_retractions::article_id.eq(article))
        .order(published_retractions::lang)
        .select((published_retractions::lang, published_retractions::note))
        .load(conn)
}

/// Count, sum of ratings and number of ratings of the approved reviews of several articles.
pub fn review_sums(
    conn: &mut DbConn,
    articles: &[ArticleId],
) -> QueryResult<Vec<(ArticleId, i64, i64, i64)>> {
    published_review_sums::table
        .filter(published_review_sums::article_id.eq_any(articles))
        .load(conn)
}

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

/// A text in a list: no body.
#[derive(Debug, Clone, Queryable)]
pub struct Listed {
    pub article_id: ArticleId,
    pub lang: Lang,
    pub kind: ArticleKind,
    pub slug: Slug,
    pub headline: String,
    pub standfirst: Option<String>,
    pub image: Option<Raw>,
    pub quote_count: i32,
    pub first_published_at: Instant,
    pub published_at: Instant,
    pub updated_at: Instant,
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
    let back = at.is_some_and(|(back, _)| back);
    let query = placed(filtered(filter), filter.sort, back, at.map(|(_, key)| key));
    query.limit(limit).select(LISTED).load(conn)
}

/// The columns of [`Listed`].
type ListedColumns = (
    published_texts::article_id,
    published_texts::lang,
    published_texts::kind,
    published_texts::slug,
    published_texts::headline,
    published_texts::standfirst,
    published_texts::image,
    published_texts::quote_count,
    published_texts::first_published_at,
    published_texts::published_at,
    published_texts::updated_at,
);
const LISTED: ListedColumns = (
    published_texts::article_id,
    published_texts::lang,
    published_texts::kind,
    published_texts::slug,
    published_texts::headline,
    published_texts::standfirst,
    published_texts::image,
    published_texts::quote_count,
    published_texts::first_published_at,
    published_texts::published_at,
    published_texts::updated_at,
);

/// All languages of several articles, without their bodies.
pub fn all_versions(conn: &mut DbConn, articles: &[ArticleId]) -> QueryResult<Vec<Listed>> {
    published_texts::table
        .filter(published_texts::article_id.eq_any(articles))
        .order((published_texts::article_id, published_texts::lang))
        .select(LISTED)
        .load(conn)
}

/// What a quote says of the text in which it stands.
#[derive(Debug, Clone, Queryable)]
pub struct Heading {
    pub article_id: ArticleId,
    pub lang: Lang,
    pub slug: Slug,
    pub headline: String,
    pub revision: i32,
}

/// The headings of several articles in all their languages.
pub fn headings(conn: &mut DbConn, articles: &[ArticleId]) -> QueryResult<Vec<Heading>> {
    published_texts::table
        .filter(published_texts::article_id.eq_any(articles))
        .select((
            published_texts::article_id,
            published_texts::lang,
            published_texts::slug,
            published_texts::headline,
            published_texts::revision,
        ))
        .load(conn)
}

/// How many there are, at most `limit`.
pub fn count(conn: &mut DbConn, filter: &Filter, limit: i64) -> QueryResult<i64> {
    let some: Vec<ArticleId> = filtered(filter)
        .limit(limit)
        .select(published_texts::article_id)
        .load(conn)?;
    Ok(some.len() as i64)
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

fn filtered(filter: &Filter) -> Query<'_> {
    let mut query = published_texts::table
        .filter(published_texts::lang.eq(&filter.lang))
        .into_boxed();
    for (kind, terms) in &filter.terms {
        let fitting = published_terms::table.filter(
            published_terms::article_id
                .eq(published_texts::article_id)
                .and(published_terms::lang.eq(published_texts::lang))
                .and(published_terms::kind.eq(*kind))
                .and(published_terms::term.eq_any(terms)),
        );
        query = query.filter(diesel::dsl::exists(fitting));
    }
    if !filter.kinds.is_empty() {
        query = query.filter(published_texts::kind.eq_any(&filter.kinds));
    }
    if !filter.ids.is_empty() {
        query = query.filter(published_texts::article_id.eq_any(&filter.ids));
    }
    if !filter.without.is_empty() {
        query = query.filter(published_texts::article_id.ne_all(&filter.without));
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
