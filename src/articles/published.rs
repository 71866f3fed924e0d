//! What readers see of articles: its rows, and the statements that read them. A row holds what its
//! own publishing wrote; names of sections, topics and sources, the other languages and the sums of
//! reviews are read by key. `projection` writes them.

use diesel::dsl::auto_type;
use diesel::prelude::*;
use serde_json::value::RawValue;

use super::cards::Translation;
use super::model::{Article, ArticleId, ArticleKind, Author, Related, ReviewPolicy};
use crate::db::among::among;
use crate::db::dialect::{Way, row_compare};
use crate::db::schema::{
    published_articles, published_retractions, published_review_sums, published_slugs,
    published_terms, published_texts, sections,
};
use crate::db::{AnyId, DbConn, Instant, Json, MultiBackend};
use crate::language::{Lang, Names, Slug};
use crate::sections::SectionId;
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

pub fn find_article(conn: &mut DbConn, id: ArticleId) -> QueryResult<Option<PublishedArticle>> {
    published_articles::table.find(id).first(conn).optional()
}

pub fn find_articles(conn: &mut DbConn, ids: &[ArticleId]) -> QueryResult<Vec<PublishedArticle>> {
    published_articles::table
        .filter(among(published_articles::id, ids))
        .load(conn)
}

/// Slug and names of a section.
pub type SectionHead = (SectionId, Slug, Json<Names>);

/// What is the same in all languages, with the section and what the reviews come to.
#[derive(Debug, Clone, Queryable)]
pub struct WholeArticle {
    pub article: PublishedArticle,
    pub section: Option<SectionHead>,
    /// Their number, the sum of the ratings, the number of ratings.
    pub reviews: Option<(i64, i64, i64)>,
}

type AllOfArticle = <published_articles::table as Table>::AllColumns;
type HeadOfSection = (sections::id, sections::slug, sections::names);
type SumsOfReviews = (
    published_review_sums::count,
    published_review_sums::rating_sum,
    published_review_sums::rating_count,
);

#[auto_type(no_type_alias)]
fn columns_of_whole() -> _ {
    let article: AllOfArticle = published_articles::all_columns;
    let section: HeadOfSection = (sections::id, sections::slug, sections::names);
    let reviews: SumsOfReviews = (
        published_review_sums::count,
        published_review_sums::rating_sum,
        published_review_sums::rating_count,
    );
    (article, section.nullable(), reviews.nullable())
}

#[auto_type(no_type_alias)]
fn is_its_section() -> _ {
    published_articles::section_id.eq(sections::id.nullable())
}

#[auto_type(no_type_alias)]
fn are_its_reviews() -> _ {
    published_review_sums::article_id.eq(published_articles::id)
}

/// Several articles, in no order.
pub fn find_whole(conn: &mut DbConn, ids: &[ArticleId]) -> QueryResult<Vec<WholeArticle>> {
    published_articles::table
        .left_join(sections::table.on(is_its_section()))
        .left_join(published_review_sums::table.on(are_its_reviews()))
        .filter(among(published_articles::id, ids))
        .select(columns_of_whole())
        .load(conn)
}

/// A text with its article.
pub type TextOfArticle = (PublishedText, WholeArticle);

pub fn find_text(
    conn: &mut DbConn,
    article: ArticleId,
    lang: &Lang,
) -> QueryResult<Option<TextOfArticle>> {
    let is_its_article = published_articles::id.eq(published_texts::article_id);
    published_texts::table
        .inner_join(published_articles::table.on(is_its_article))
        .left_join(sections::table.on(is_its_section()))
        .left_join(published_review_sums::table.on(are_its_reviews()))
        .filter(published_texts::article_id.eq(article))
        .filter(published_texts::lang.eq(lang))
        .select((published_texts::all_columns, columns_of_whole()))
        .first(conn)
        .optional()
}

/// The text that stands at an address, of old or now, if it stands there in just that language.
pub fn text_at(conn: &mut DbConn, lang: &Lang, slug: &Slug) -> QueryResult<Option<TextOfArticle>> {
    let is_its_text = published_texts::article_id
        .eq(published_slugs::article_id)
        .and(published_texts::lang.eq(published_slugs::lang));
    let is_its_article = published_articles::id.eq(published_slugs::article_id);
    published_slugs::table
        .inner_join(published_texts::table.on(is_its_text))
        .inner_join(published_articles::table.on(is_its_article))
        .left_join(sections::table.on(is_its_section()))
        .left_join(published_review_sums::table.on(are_its_reviews()))
        .filter(published_slugs::lang.eq(lang))
        .filter(published_slugs::slug.eq(slug))
        .select((published_texts::all_columns, columns_of_whole()))
        .first(conn)
        .optional()
}

/// Of a translation, whether readers are told that its original has moved on.
pub fn is_stale(conn: &mut DbConn, article: ArticleId, lang: &Lang) -> QueryResult<Option<bool>> {
    let told: Option<Option<Json<Translation>>> = published_texts::table
        .find((article, lang))
        .select(published_texts::translation)
        .first(conn)
        .optional()?;
    Ok(told.flatten().map(|Json(translation)| translation.stale))
}

/// The texts of several articles in one language, in no order.
pub fn find_texts(
    conn: &mut DbConn,
    articles: &[ArticleId],
    lang: &Lang,
) -> QueryResult<Vec<PublishedText>> {
    published_texts::table
        .filter(among(published_texts::article_id, articles))
        .filter(published_texts::lang.eq(lang))
        .load(conn)
}

/// One language of an article: enough for a language switcher, and for a quote in it.
#[derive(Debug, Clone, Queryable)]
pub struct Version {
    pub article_id: ArticleId,
    pub lang: Lang,
    pub slug: Slug,
    pub headline: String,
    pub revision: i32,
    pub updated_at: Instant,
}

/// The languages of several articles, in the order of their tags.
pub fn versions(conn: &mut DbConn, articles: &[ArticleId]) -> QueryResult<Vec<Version>> {
    published_texts::table
        .filter(among(published_texts::article_id, articles))
        .order((published_texts::article_id, published_texts::lang))
        .select((
            published_texts::article_id,
            published_texts::lang,
            published_texts::slug,
            published_texts::headline,
            published_texts::revision,
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

/// Whose addresses these are, of old or now, in any of the languages.
pub fn articles_at(
    conn: &mut DbConn,
    langs: &[Lang],
    slugs: &[Slug],
) -> QueryResult<Vec<(Lang, Slug, ArticleId)>> {
    published_slugs::table
        .filter(among(published_slugs::lang, langs))
        .filter(among(published_slugs::slug, slugs))
        .load(conn)
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
        .filter(among(published_review_sums::article_id, articles))
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
        .filter(among(published_texts::article_id, articles))
        .order((published_texts::article_id, published_texts::lang))
        .select(LISTED)
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
