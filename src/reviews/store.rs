//! Statements on reviews as the newsroom and their authors have them.

use diesel::prelude::*;

use super::model::{Review, ReviewId, ReviewState};
use crate::articles::model::ArticleId;
use crate::db::dialect::{Way, row_compare};
use crate::db::schema::reviews;
use crate::db::{DbConn, Instant, MultiBackend};
use crate::language::Lang;

pub fn insert(conn: &mut DbConn, review: &Review) -> QueryResult<()> {
    diesel::insert_into(reviews::table)
        .values(review)
        .execute(conn)
        .map(drop)
}

pub fn find(conn: &mut DbConn, id: ReviewId) -> QueryResult<Option<Review>> {
    reviews::table.find(id).first(conn).optional()
}

/// Saves it unless somebody else has since the version that was read; false where they have.
pub fn save(conn: &mut DbConn, review: &Review, read: i64) -> QueryResult<bool> {
    let unchanged = reviews::table
        .find(review.id)
        .filter(reviews::version.eq(read));
    let saved = diesel::update(unchanged).set(review).execute(conn)?;
    Ok(saved == 1)
}

/// Which reviews a moderator wants to see.
#[derive(Debug, Clone)]
pub struct Filter {
    pub state: Option<ReviewState>,
    pub article: Option<ArticleId>,
    pub langs: Vec<Lang>,
    pub oldest_first: bool,
}

/// The place of a review in the queue.
pub type Key = (Instant, ReviewId);

/// A page of the queue, or from the key backwards.
pub fn list(
    conn: &mut DbConn,
    filter: &Filter,
    at: Option<(bool, Key)>,
    limit: i64,
) -> QueryResult<Vec<Review>> {
    let back = at.is_some_and(|(back, _)| back);
    let rising = filter.oldest_first != back;
    let way = if rising { Way::After } else { Way::Before };
    let mut query = filtered(filter).limit(limit);
    if let Some((_, key)) = at {
        query = query.filter(row_compare((reviews::created_at, reviews::id), way, key));
    }
    match rising {
        true => query.order((reviews::created_at.asc(), reviews::id.asc())),
        false => query.order((reviews::created_at.desc(), reviews::id.desc())),
    }
    .load(conn)
}

/// How many there are, at most `limit`.
pub fn count(conn: &mut DbConn, filter: &Filter, limit: i64) -> QueryResult<i64> {
    let some: Vec<ReviewId> = filtered(filter)
        .limit(limit)
        .select(reviews::id)
        .load(conn)?;
    Ok(some.len() as i64)
}

fn filtered(filter: &Filter) -> reviews::BoxedQuery<'_, MultiBackend> {
    let mut query = reviews::table.into_boxed();
    if let Some(state) = filter.state {
        query = query.filter(reviews::state.eq(state));
    }
    if let Some(article) = filter.article {
        query = query.filter(reviews::article_id.eq(article));
    }
    match filter.langs.as_slice() {
        [] => query,
        [one] => query.filter(reviews::lang.eq(one)),
        many => query.filter(reviews::lang.eq_any(many)),
    }
}
