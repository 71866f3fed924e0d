//! Statements on the reviews that readers see, and on their sums: written by whatever changes a
//! review's state, read by readers.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::upsert::excluded;

use super::model::{Review, ReviewId, ReviewState};
use crate::articles::model::ArticleId;
use crate::db::among::among;
use crate::db::dialect::{Way, row_compare};
use crate::db::schema::{published_review_sums, published_reviews};
use crate::db::{DbConn, Instant, MultiBackend};
use crate::language::Lang;
use crate::on_each_backend;

/// A review as readers see it.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = published_reviews, treat_none_as_default_value = false)]
pub struct PublishedReview {
    pub id: ReviewId,
    pub article_id: ArticleId,
    pub lang: Lang,
    pub author_name: Option<String>,
    pub rating: Option<i32>,
    pub title: Option<String>,
    pub body: Option<String>,
    pub in_reply_to: Option<ReviewId>,
    pub created_at: Instant,
    pub edited_at: Option<Instant>,
    pub erased: bool,
}

impl From<&Review> for PublishedReview {
    fn from(review: &Review) -> Self {
        let review = review.clone();
        Self {
            id: review.id,
            article_id: review.article_id,
            lang: review.lang,
            author_name: review.author_name,
            rating: review.rating,
            title: review.title,
            body: review.body,
            in_reply_to: review.in_reply_to,
            created_at: review.created_at,
            edited_at: review.edited_at,
            erased: review.state == ReviewState::Erased,
        }
    }
}

/// What a review adds to its article's sums; an empty place adds nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Share {
    count: i64,
    rating_sum: i64,
    rating_count: i64,
}

impl Share {
    fn of(review: Option<&PublishedReview>) -> Self {
        let Some(review) = review.filter(|review| !review.erased) else {
            return Self::default();
        };
        Self {
            count: 1,
            rating_sum: review.rating.map_or(0, i64::from),
            rating_count: i64::from(review.rating.is_some()),
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            rating_sum: self.rating_sum + other.rating_sum,
            rating_count: self.rating_count + other.rating_count,
        }
    }

    fn minus(self, other: Self) -> Self {
        Self {
            count: self.count - other.count,
            rating_sum: self.rating_sum - other.rating_sum,
            rating_count: self.rating_count - other.rating_count,
        }
    }
}

/// Brings what readers see of a review to what its state says, and its article's sums with it.
/// Gives the surrogate keys of the answers that differ now: none for what only waits in the queue,
/// so that nobody can make caches drop an article by writing to it. The review's own row must be
/// saved before, so that two changes of one review come one after the other.
pub fn project(conn: &mut DbConn, review: &Review) -> QueryResult<Vec<String>> {
    let touched = project_all(conn, std::slice::from_ref(review))?;
    Ok(touched.into_iter().flatten().collect())
}

/// The same for several reviews, in as many statements as for one; the keys are those of each, in
/// their order.
pub fn project_all(conn: &mut DbConn, reviews: &[Review]) -> QueryResult<Vec<Vec<String>>> {
    let ids: Vec<ReviewId> = reviews.iter().map(|review| review.id).collect();
    let shown = published_reviews::table.filter(among(published_reviews::id, ids.as_slice()));
    let before: Vec<PublishedReview> = shown.clone().load(conn)?;
    let before: BTreeMap<ReviewId, PublishedReview> = before
        .into_iter()
        .map(|review| (review.id, review))
        .collect();
    let mut rows = Vec::new();
    let mut shares: BTreeMap<ArticleId, Share> = BTreeMap::new();
    let mut touched = Vec::new();
    for review in reviews {
        let before = before.get(&review.id);
        let shows = match review.state {
            ReviewState::Approved => true,
            ReviewState::Erased => before.is_some(),
            _ => false,
        };
        let after = shows.then(|| PublishedReview::from(review));
        let article = review.article_id;
        let difference = Share::of(after.as_ref()).minus(Share::of(before));
        let share = shares.entry(article).or_default();
        *share = share.plus(difference);
        touched.push(match before.is_some() || shows {
            true => vec![format!("article:{article}"), format!("reviews:{article}")],
            false => Vec::new(),
        });
        rows.extend(after);
    }
    if !before.is_empty() {
        diesel::delete(shown).execute(conn)?;
    }
    if !rows.is_empty() {
        on_each_backend!(conn => diesel::insert_into(published_reviews::table)
            .values(&rows)
            .execute(conn))?;
    }
    add(conn, shares)?;
    Ok(touched)
}

/// Added within the statement: two approvals at once both count.
fn add(conn: &mut DbConn, shares: BTreeMap<ArticleId, Share>) -> QueryResult<()> {
    use published_review_sums::{article_id, count, rating_count, rating_sum, table};
    let rows: Vec<_> = shares
        .into_iter()
        .filter(|(_, share)| *share != Share::default())
        .map(|(article, share)| {
            (
                article_id.eq(article),
                count.eq(share.count),
                rating_sum.eq(share.rating_sum),
                rating_count.eq(share.rating_count),
            )
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    on_each_backend!(conn => diesel::insert_into(table)
        .values(&rows)
        .on_conflict(article_id)
        .do_update()
        .set((
            count.eq(count + excluded(count)),
            rating_sum.eq(rating_sum + excluded(rating_sum)),
            rating_count.eq(rating_count + excluded(rating_count)),
        ))
        .execute(conn)
        .map(drop))
}

/// True where it is a review that can be replied to.
pub fn is_shown(conn: &mut DbConn, id: ReviewId, article: ArticleId) -> QueryResult<bool> {
    let shown = published_reviews::table.filter(
        published_reviews::id
            .eq(id)
            .and(published_reviews::article_id.eq(article))
            .and(published_reviews::erased.eq(false)),
    );
    diesel::select(diesel::dsl::exists(shown)).get_result(conn)
}

/// The newest reviews of an article.
pub fn newest(
    conn: &mut DbConn,
    article: ArticleId,
    limit: i64,
) -> QueryResult<Vec<PublishedReview>> {
    list(conn, article, &[], None, limit)
}

/// The place of a review in the list of its article.
pub type Key = (Instant, ReviewId);

/// A page of an article's reviews, newest first, or from the key backwards. Without languages,
/// those in all.
pub fn list(
    conn: &mut DbConn,
    article: ArticleId,
    langs: &[Lang],
    at: Option<(bool, Key)>,
    limit: i64,
) -> QueryResult<Vec<PublishedReview>> {
    let query = filtered(article, langs).limit(limit);
    let place = (published_reviews::created_at, published_reviews::id);
    let falling = (
        published_reviews::created_at.desc(),
        published_reviews::id.desc(),
    );
    let rising = (
        published_reviews::created_at.asc(),
        published_reviews::id.asc(),
    );
    match at {
        None => query.order(falling),
        Some((false, key)) => query
            .filter(row_compare(place, Way::Before, key))
            .order(falling),
        Some((true, key)) => query
            .filter(row_compare(place, Way::After, key))
            .order(rising),
    }
    .load(conn)
}

/// How many there are, at most `limit`.
pub fn count(
    conn: &mut DbConn,
    article: ArticleId,
    langs: &[Lang],
    limit: i64,
) -> QueryResult<i64> {
    let some: Vec<ReviewId> = filtered(article, langs)
        .limit(limit)
        .select(published_reviews::id)
        .load(conn)?;
    Ok(some.len() as i64)
}

fn filtered(article: ArticleId, langs: &[Lang]) -> published_reviews::BoxedQuery<'_, MultiBackend> {
    let query = published_reviews::table
        .filter(published_reviews::article_id.eq(article))
        .into_boxed();
    match langs {
        [] => query,
        [one] => query.filter(published_reviews::lang.eq(one)),
        many => query.filter(among(published_reviews::lang, many)),
    }
}
