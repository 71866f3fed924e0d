//! Writes what readers see of articles: a text and its address, by which terms it is found, and the
//! note that it was withdrawn. Only publishing calls it.

use diesel::prelude::*;

use super::model::ArticleId;
use super::published::{PublishedArticle, PublishedText, Raw, TermKind};
use crate::db::among::among;
use crate::db::schema::{
    published_articles, published_retractions, published_slugs, published_terms, published_texts,
};
use crate::db::{AnyId, DbConn, Instant};
use crate::language::Lang;
use crate::on_each_backend;
use crate::sources::model::SourceId;

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

/// Writes a text, and its address, which stays the article's for good. Gives how many texts more
/// readers have now.
pub fn put_text(conn: &mut DbConn, row: &PublishedText) -> QueryResult<i32> {
    let before = remove_row(conn, row.article_id, &row.lang)?;
    on_each_backend!(conn => diesel::insert_into(published_texts::table).values(row).execute(conn))?;
    let address = (
        published_slugs::lang.eq(&row.lang),
        published_slugs::slug.eq(&row.slug),
        published_slugs::article_id.eq(row.article_id),
    );
    on_each_backend!(conn => diesel::insert_into(published_slugs::table)
        .values(address)
        .on_conflict_do_nothing()
        .execute(conn))?;
    Ok(1 - before)
}

/// Writes what readers are told of a text that is a translation.
pub fn put_translation(
    conn: &mut DbConn,
    article: ArticleId,
    lang: &Lang,
    translation: &Raw,
) -> QueryResult<()> {
    diesel::update(published_texts::table.find((article, lang)))
        .set(published_texts::translation.eq(translation))
        .execute(conn)
        .map(drop)
}

/// Gives how many texts fewer there are.
fn remove_row(conn: &mut DbConn, article: ArticleId, lang: &Lang) -> QueryResult<i32> {
    let removed = diesel::delete(published_texts::table.find((article, lang))).execute(conn)?;
    Ok(i32::from(removed > 0))
}

/// Takes a text away from readers; the article goes with its last text. Gives how many texts fewer
/// readers have now.
pub fn remove_text(conn: &mut DbConn, article: ArticleId, lang: &Lang) -> QueryResult<i32> {
    let removed = remove_row(conn, article, lang)?;
    remove_terms(conn, article, Some(lang), TermKind::ALL)?;
    let left: i64 = published_texts::table
        .filter(published_texts::article_id.eq(article))
        .count()
        .get_result(conn)?;
    if left == 0 {
        diesel::delete(published_articles::table.find(article)).execute(conn)?;
    }
    Ok(removed)
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

/// Puts another note in the place of that of a retraction.
pub fn reword_retraction(
    conn: &mut DbConn,
    article: ArticleId,
    lang: &Lang,
    note: &str,
) -> QueryResult<()> {
    diesel::update(published_retractions::table.find((article, lang)))
        .set(published_retractions::note.eq(note))
        .execute(conn)
        .map(drop)
}

/// Writes what readers are told of changes of a text, where they have the text.
pub fn put_corrections(
    conn: &mut DbConn,
    article: ArticleId,
    lang: &Lang,
    corrections: &Raw,
) -> QueryResult<()> {
    diesel::update(published_texts::table.find((article, lang)))
        .set(published_texts::corrections.eq(corrections))
        .execute(conn)
        .map(drop)
}

/// By what a text is found.
#[derive(Debug, Insertable)]
#[diesel(table_name = published_terms, treat_none_as_default_value = false)]
pub struct Term {
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
        .and(among(published_terms::kind, kinds));
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

/// Writes by which sections, topics and sources a text is found.
pub fn put_terms(
    conn: &mut DbConn,
    article: &PublishedArticle,
    lang: &Lang,
    published_at: Instant,
    sources: Vec<SourceId>,
) -> QueryResult<()> {
    remove_terms(conn, article.id, Some(lang), TermKind::ALL)?;
    insert_terms(conn, &all_terms(article, lang, published_at, sources))
}

/// By which sections, topics and sources a text is found.
pub fn all_terms(
    article: &PublishedArticle,
    lang: &Lang,
    published_at: Instant,
    mut sources: Vec<SourceId>,
) -> Vec<Term> {
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
    terms
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
