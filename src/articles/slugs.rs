//! Addresses. A slug belongs to one article for good once it was published; a draft gives back
//! the one that it no longer uses.

use diesel::prelude::*;

use super::input::SlugWish;
use super::model::ArticleId;
use crate::db::DbConn;
use crate::db::schema::{published_slugs, slugs};
use crate::http::problem::{Code, FieldError, Problem};
use crate::language::{Lang, Slug, slug_from_headline};
use crate::on_each_backend;

/// How often a numbered slug is tried when others take the same number at the same time.
const TRIES: usize = 20;

/// The slug that the text has from now on, claimed for its article.
pub fn claim(
    conn: &mut DbConn,
    article: ArticleId,
    lang: &Lang,
    present: Option<&Slug>,
    wish: &SlugWish,
    headline: &str,
) -> Result<Slug, Problem> {
    let slug = match (wish, present) {
        (SlugWish::Keep, Some(present)) => return Ok(present.clone()),
        (SlugWish::Named(slug), _) => named(conn, article, lang, slug)?,
        (SlugWish::Keep | SlugWish::FromHeadline, _) => {
            free(conn, article, lang, &slug_from_headline(headline, lang))?
        }
    };
    if let Some(old) = present.filter(|old| **old != slug) {
        give_back(conn, article, lang, old)?;
    }
    Ok(slug)
}

fn named(conn: &mut DbConn, article: ArticleId, lang: &Lang, slug: &Slug) -> Result<Slug, Problem> {
    match take(conn, article, lang, slug)? {
        true => Ok(slug.clone()),
        false => Err(Problem::new(
            Code::SlugTaken,
            "The slug belongs to another article in this language.",
        )
        .with_errors([FieldError::at(
            "/slug",
            "taken",
            "Choose another, or leave it null.",
        )])),
    }
}

/// The slug itself, or the first free number behind it.
fn free(conn: &mut DbConn, article: ArticleId, lang: &Lang, base: &Slug) -> Result<Slug, Problem> {
    let numbered = format!("{base}-%");
    let taken: Vec<(Slug, ArticleId)> = slugs::table
        .filter(
            slugs::lang
                .eq(lang)
                .and(slugs::slug.eq(base).or(slugs::slug.like(numbered))),
        )
        .select((slugs::slug, slugs::article_id))
        .load(conn)?;
    let is_free = |slug: &Slug| {
        taken
            .iter()
            .all(|(known, owner)| known != slug || *owner == article)
    };
    let candidates = std::iter::once(base.clone()).chain((2..=u32::MAX).map(|n| base.numbered(n)));
    for slug in candidates.filter(is_free).take(TRIES) {
        if take(conn, article, lang, &slug)? {
            return Ok(slug);
        }
    }
    Err(Problem::new(
        Code::Unavailable,
        "Too many texts take this slug at the same time.",
    )
    .retry_after(1))
}

/// True where the slug is the article's now, or was before.
fn take(conn: &mut DbConn, article: ArticleId, lang: &Lang, slug: &Slug) -> QueryResult<bool> {
    let row = (
        slugs::lang.eq(lang),
        slugs::slug.eq(slug),
        slugs::article_id.eq(article),
    );
    on_each_backend!(conn => diesel::insert_into(slugs::table).values(row).on_conflict_do_nothing().execute(conn))?;
    let owner: ArticleId = slugs::table
        .find((lang, slug))
        .select(slugs::article_id)
        .first(conn)?;
    Ok(owner == article)
}

/// Frees a slug, unless readers have seen it.
fn give_back(conn: &mut DbConn, article: ArticleId, lang: &Lang, slug: &Slug) -> QueryResult<()> {
    let seen: i64 = published_slugs::table
        .find((lang, slug))
        .count()
        .get_result(conn)?;
    if seen == 0 {
        let own = slugs::table
            .find((lang, slug))
            .filter(slugs::article_id.eq(article));
        diesel::delete(own).execute(conn)?;
    }
    Ok(())
}
