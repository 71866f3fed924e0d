//! What readers see of articles: its rows, and the statements that read them. A row holds what its
//! own publishing wrote; names of sections, topics and sources, the other languages and the sums of
//! reviews are read by key. `projection` writes them.

use diesel::dsl::auto_type;
use diesel::prelude::*;
use serde_json::value::RawValue;

use super::cards::Translation;
use super::model::{Article, ArticleId, ArticleKind, Author, Related, ReviewPolicy};
use crate::db::among::among;
use crate::db::schema::{
    published_articles, published_retractions, published_review_sums, published_slugs,
    published_texts, sections,
};
use crate::db::{DbConn, Instant, Json};
use crate::language::{Lang, Names, Slug};
use crate::on_each_backend;
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
    let query = published_articles::table
        .left_join(sections::table.on(is_its_section()))
        .left_join(published_review_sums::table.on(are_its_reviews()))
        .filter(among(published_articles::id, ids))
        .select(columns_of_whole());
    on_each_backend!(conn => query.load(conn))
}

/// A text with its article.
pub type TextOfArticle = (PublishedText, WholeArticle);

pub fn find_text(
    conn: &mut DbConn,
    article: ArticleId,
    lang: &Lang,
) -> QueryResult<Option<TextOfArticle>> {
    let is_its_article = published_articles::id.eq(published_texts::article_id);
    let query = published_texts::table
        .inner_join(published_articles::table.on(is_its_article))
        .left_join(sections::table.on(is_its_section()))
        .left_join(published_review_sums::table.on(are_its_reviews()))
        .filter(published_texts::article_id.eq(article))
        .filter(published_texts::lang.eq(lang))
        .select((published_texts::all_columns, columns_of_whole()));
    on_each_backend!(conn => query.first(conn)
        .optional())
}

/// The text that stands at an address, of old or now, if it stands there in just that language.
pub fn text_at(conn: &mut DbConn, lang: &Lang, slug: &Slug) -> QueryResult<Option<TextOfArticle>> {
    let is_its_text = published_texts::article_id
        .eq(published_slugs::article_id)
        .and(published_texts::lang.eq(published_slugs::lang));
    let is_its_article = published_articles::id.eq(published_slugs::article_id);
    let query = published_slugs::table
        .inner_join(published_texts::table.on(is_its_text))
        .inner_join(published_articles::table.on(is_its_article))
        .left_join(sections::table.on(is_its_section()))
        .left_join(published_review_sums::table.on(are_its_reviews()))
        .filter(published_slugs::lang.eq(lang))
        .filter(published_slugs::slug.eq(slug))
        .select((published_texts::all_columns, columns_of_whole()));
    on_each_backend!(conn => query.first(conn)
        .optional())
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
    let query = published_texts::table
        .filter(among(published_texts::article_id, articles))
        .order((published_texts::article_id, published_texts::lang))
        .select((
            published_texts::article_id,
            published_texts::lang,
            published_texts::slug,
            published_texts::headline,
            published_texts::revision,
            published_texts::updated_at,
        ));
    on_each_backend!(conn => query.load(conn))
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

/// The columns of [`Listed`].
pub type ListedColumns = (
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
pub const LISTED: ListedColumns = (
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
