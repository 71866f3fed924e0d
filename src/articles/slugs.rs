//! Addresses. A slug belongs to one article for good once it was published; a draft gives back
//! the one that it no longer uses.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::input::SlugWish;
use super::model::ArticleId;
use crate::db::DbConn;
use crate::db::among::among;
use crate::db::schema::{published_slugs, slugs};
use crate::http::problem::{Code, FieldError, Problem};
use crate::language::{Lang, Slug, slug_from_headline};
use crate::on_each_backend;

/// The numbers that are looked up in one statement each.
const WINDOWS: [(u32, u32); 4] = [(2, 20), (21, 200), (201, 2_000), (2_001, 20_000)];

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

/// The slug itself, or the first free number behind it. Numbers are looked up by windows that grow
/// tenfold, so that a name which many have costs few statements; beyond them a number at random does.
fn free(conn: &mut DbConn, article: ArticleId, lang: &Lang, base: &Slug) -> Result<Slug, Problem> {
    if take(conn, article, lang, base)? {
        return Ok(base.clone());
    }
    let beyond = WINDOWS[WINDOWS.len() - 1].1 + 1;
    let random = beyond + uuid::Uuid::now_v7().as_u128() as u32 % (u32::MAX - beyond - 20);
    for (first, last) in WINDOWS.into_iter().chain([(random, random + 20)]) {
        let candidates: Vec<Slug> = (first..=last).map(|n| base.numbered(n)).collect();
        let taken: BTreeSet<Slug> = slugs::table
            .filter(
                slugs::lang
                    .eq(lang)
                    .and(among(slugs::slug, candidates.as_slice())),
            )
            .filter(slugs::article_id.ne(article))
            .select(slugs::slug)
            .load(conn)?
            .into_iter()
            .collect();
        for slug in candidates.into_iter().filter(|slug| !taken.contains(slug)) {
            // Another text may take it at the same time.
            if take(conn, article, lang, &slug)? {
                return Ok(slug);
            }
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
    let taken = on_each_backend!(conn => diesel::insert_into(slugs::table).values(row).on_conflict_do_nothing().execute(conn))?;
    if taken == 1 {
        return Ok(true);
    }
    let owner: Option<ArticleId> = slugs::table
        .find((lang, slug))
        .select(slugs::article_id)
        .first(conn)
        .optional()?;
    Ok(owner == Some(article))
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
