//! What sitemaps are made of: the addresses of all texts in parts, and those of the news.
//!
//! A part is a range of article ids, so that reading one is a walk along an index, and nothing in it
//! moves when texts come and go elsewhere. Publishing keeps count: a part that grows beyond
//! [`MOST_TEXTS`] is split in the middle, and each change gives it a new version, which is what its
//! entity tag is made of.

use diesel::dsl::max;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::ArticleId;
use crate::db::among::among;
use crate::db::schema::{published_articles, published_sitemap_parts, published_texts};
use crate::db::{DbConn, Id, Instant, MultiBackend};
use crate::language::{Lang, Slug};
use crate::sections::SectionId;

/// The most texts of a part. The protocol allows 50,000 addresses and 50 MB: with the addresses of
/// 20 languages beside each, this many are still well below both.
pub const MOST_TEXTS: i32 = 10_000;

/// The surrogate key of the list of parts.
pub const PARTS: &str = "sitemaps";

/// A part of the sitemap.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = published_sitemap_parts)]
pub struct Part {
    /// Its name, for good.
    pub number: i32,
    /// The first article id that may be in it; it ends where the next part starts.
    pub starts: ArticleId,
    pub texts: i32,
    pub version: i64,
    pub changed_at: Instant,
}

impl Part {
    fn insert(&self, conn: &mut DbConn) -> QueryResult<()> {
        diesel::insert_into(published_sitemap_parts::table)
            .values(self)
            .execute(conn)
            .map(drop)
    }

    /// The one that is always there.
    pub fn is_first(&self) -> bool {
        self.starts.uuid().is_nil()
    }
}

/// The surrogate key of a part.
pub fn key(number: i32) -> String {
    format!("sitemap:{number}")
}

/// All parts, in the order of their numbers.
pub fn parts(conn: &mut DbConn) -> QueryResult<Vec<Part>> {
    published_sitemap_parts::table
        .order(published_sitemap_parts::number)
        .load(conn)
}

pub fn find_part(conn: &mut DbConn, number: i32) -> QueryResult<Option<Part>> {
    published_sitemap_parts::table
        .find(number)
        .first(conn)
        .optional()
}

/// An address and when what stands there was changed.
#[derive(Debug, Clone, Queryable)]
pub struct Place {
    pub article_id: ArticleId,
    pub lang: Lang,
    pub slug: Slug,
    pub updated_at: Instant,
}

/// From this article on, up to but without that one.
type Range = (ArticleId, Option<ArticleId>);

fn range_of(conn: &mut DbConn, part: &Part) -> QueryResult<Range> {
    let next: Option<ArticleId> = published_sitemap_parts::table
        .filter(published_sitemap_parts::starts.gt(part.starts))
        .order(published_sitemap_parts::starts)
        .select(published_sitemap_parts::starts)
        .first(conn)
        .optional()?;
    Ok((part.starts, next))
}

fn texts_in<'a>((from, to): Range) -> published_texts::BoxedQuery<'a, MultiBackend> {
    let texts = published_texts::table
        .filter(published_texts::article_id.ge(from))
        .order((published_texts::article_id, published_texts::lang))
        .into_boxed();
    match to {
        Some(to) => texts.filter(published_texts::article_id.lt(to)),
        None => texts,
    }
}

/// The places of a part, article by article.
pub fn places(conn: &mut DbConn, part: &Part) -> QueryResult<Vec<Place>> {
    let range = range_of(conn, part)?;
    texts_in(range)
        .select((
            published_texts::article_id,
            published_texts::lang,
            published_texts::slug,
            published_texts::updated_at,
        ))
        .load(conn)
}

/// The sections of the articles of a part.
pub fn sections(
    conn: &mut DbConn,
    part: &Part,
) -> QueryResult<Vec<(ArticleId, Option<SectionId>)>> {
    let (from, to) = range_of(conn, part)?;
    let articles = published_articles::table
        .filter(published_articles::id.ge(from))
        .select((published_articles::id, published_articles::section_id))
        .into_boxed::<MultiBackend>();
    match to {
        Some(to) => articles.filter(published_articles::id.lt(to)).load(conn),
        None => articles.load(conn),
    }
}

/// A text that came out lately.
#[derive(Debug, Clone, Queryable)]
pub struct News {
    pub article_id: ArticleId,
    pub lang: Lang,
    pub slug: Slug,
    pub headline: String,
    pub first_published_at: Instant,
    pub published_at: Instant,
}

impl News {
    /// The moment from which it counts: the later of the two is never before it.
    pub fn since(&self) -> Instant {
        self.first_published_at.min(self.published_at)
    }
}

/// The texts that came out for the first time after `since`, the newest first.
pub fn news(
    conn: &mut DbConn,
    langs: &[Lang],
    since: Instant,
    limit: i64,
) -> QueryResult<Vec<News>> {
    published_texts::table
        .filter(among(published_texts::lang, langs))
        // The index knows the present publication only. What was taken down and published again is no news.
        .filter(published_texts::published_at.gt(since))
        .filter(published_texts::first_published_at.gt(since))
        .order((
            published_texts::published_at.desc(),
            published_texts::article_id.desc(),
            published_texts::lang,
        ))
        .limit(limit)
        .select((
            published_texts::article_id,
            published_texts::lang,
            published_texts::slug,
            published_texts::headline,
            published_texts::first_published_at,
            published_texts::published_at,
        ))
        .load(conn)
}

/// Notes that texts of an article came (`more` of them), went (fewer than none) or changed their
/// addresses. Gives the surrogate keys of the sitemaps that are different now. Only publishing calls it.
pub fn note(
    conn: &mut DbConn,
    article: ArticleId,
    more: i32,
    now: Instant,
) -> QueryResult<Vec<String>> {
    let mut keys = vec![PARTS.to_owned()];
    loop {
        let part = part_of(conn, article)?;
        count(conn, part.number, more, Some(now))?;
        keys.push(key(part.number));
        // Another transaction may have split it while this one waited for its row.
        let still = part_of(conn, article)?;
        if still.number == part.number {
            if still.texts > MOST_TEXTS {
                split(conn, &still, now)?;
            }
            return Ok(keys);
        }
        count(conn, part.number, -more, None)?;
    }
}

/// The part of an article; the first one starts below every id.
fn part_of(conn: &mut DbConn, article: ArticleId) -> QueryResult<Part> {
    published_sitemap_parts::table
        .filter(published_sitemap_parts::starts.le(article))
        .order(published_sitemap_parts::starts.desc())
        .first(conn)
}

/// Divides all texts into parts anew, for whoever wrote them in bulk. Gives the surrogate keys of the
/// sitemaps.
pub fn divide(conn: &mut DbConn, now: Instant) -> QueryResult<Vec<String>> {
    let versions: Vec<i64> = published_sitemap_parts::table
        .select(published_sitemap_parts::version)
        .load(conn)?;
    // A number that comes again never has a version that it had before.
    let version = versions.into_iter().max().unwrap_or(0) + 1;
    diesel::delete(published_sitemap_parts::table).execute(conn)?;
    let mut keys = vec![PARTS.to_owned()];
    let mut starts = Some(Id::from_uuid(Uuid::nil()));
    for number in 1.. {
        let Some(from) = starts else { break };
        starts = texts_in((from, None))
            .offset(i64::from(MOST_TEXTS))
            .select(published_texts::article_id)
            .first(conn)
            .optional()?
            .filter(|next| *next > from);
        let part = Part {
            number,
            starts: from,
            texts: texts_between(conn, (from, starts))?,
            version,
            changed_at: now,
        };
        part.insert(conn)?;
        keys.push(key(number));
    }
    Ok(keys)
}

fn texts_between(conn: &mut DbConn, range: Range) -> QueryResult<i32> {
    let texts: Vec<ArticleId> = texts_in(range)
        .select(published_texts::article_id)
        .load(conn)?;
    Ok(i32::try_from(texts.len()).unwrap_or(i32::MAX))
}

fn count(conn: &mut DbConn, number: i32, more: i32, now: Option<Instant>) -> QueryResult<()> {
    let part = published_sitemap_parts::table.find(number);
    let texts = published_sitemap_parts::texts.eq(published_sitemap_parts::texts + more);
    match now {
        Some(now) => diesel::update(part)
            .set((
                texts,
                published_sitemap_parts::version.eq(published_sitemap_parts::version + 1_i64),
                published_sitemap_parts::changed_at.eq(now),
            ))
            .execute(conn),
        None => diesel::update(part).set(texts).execute(conn),
    }
    .map(drop)
}

/// Makes a part of the second half. The row of the part is held by this transaction.
fn split(conn: &mut DbConn, part: &Part, now: Instant) -> QueryResult<()> {
    let (from, to) = range_of(conn, part)?;
    let half = texts_in((from, to)).offset(i64::from(part.texts) / 2);
    let middle: Option<ArticleId> = half
        .select(published_texts::article_id)
        .first(conn)
        .optional()?;
    let Some(middle) = middle.filter(|middle| *middle > from) else {
        return Ok(());
    };
    let second = Part {
        number: free_number(conn)?,
        starts: middle,
        texts: texts_between(conn, (middle, to))?,
        version: 1,
        changed_at: now,
    };
    second.insert(conn)?;
    count(conn, part.number, -second.texts, None)
}

/// The next number, for this transaction alone: whoever takes one holds the first part.
fn free_number(conn: &mut DbConn) -> QueryResult<i32> {
    let first = published_sitemap_parts::table.filter(published_sitemap_parts::number.eq(1));
    diesel::update(first)
        .set(published_sitemap_parts::texts.eq(published_sitemap_parts::texts))
        .execute(conn)?;
    let last: Option<i32> = published_sitemap_parts::table
        .select(max(published_sitemap_parts::number))
        .first(conn)?;
    Ok(last.unwrap_or(0) + 1)
}
