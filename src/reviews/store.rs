//! Statements on reviews as the newsroom and their authors have them.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::upsert::excluded;

use super::model::{Reason, Review, ReviewId, ReviewState};
use crate::articles::model::ArticleId;
use crate::auth::model::Email;
use crate::db::among::among;
use crate::db::dialect::{Way, row_compare};
use crate::db::schema::{review_prints, reviews};
use crate::db::{DbConn, Instant, MultiBackend};
use crate::language::Lang;
use crate::on_each_backend;

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

/// Those of the reviews that are there, by id, held until the end of the transaction: nobody saves
/// them in between.
pub fn hold(conn: &mut DbConn, ids: &[ReviewId]) -> QueryResult<BTreeMap<ReviewId, Review>> {
    // SELECT … FOR UPDATE is not to be had on both databases.
    let held: Vec<Review> = diesel::update(reviews::table.filter(among(reviews::id, ids)))
        .set(reviews::version.eq(reviews::version))
        .returning(reviews::all_columns)
        .get_results(conn)?;
    Ok(held.into_iter().map(|review| (review.id, review)).collect())
}

/// Saves reviews that are held, in one statement. What never changes about a review is not written.
pub fn save_held(conn: &mut DbConn, held: &[Review]) -> QueryResult<()> {
    use reviews::{
        author_address, author_email, author_name, body, decided_at, decided_by, edited_at,
        erased_at, id, manage_hash, note, rating, reason, state, table, title, version,
    };
    if held.is_empty() {
        return Ok(());
    }
    // All of them are there, so nothing is ever inserted.
    on_each_backend!(conn => diesel::insert_into(table)
        .values(held)
        .on_conflict(id)
        .do_update()
        .set((
            state.eq(excluded(state)),
            author_name.eq(excluded(author_name)),
            author_email.eq(excluded(author_email)),
            author_address.eq(excluded(author_address)),
            rating.eq(excluded(rating)),
            title.eq(excluded(title)),
            body.eq(excluded(body)),
            reason.eq(excluded(reason)),
            note.eq(excluded(note)),
            decided_by.eq(excluded(decided_by)),
            decided_at.eq(excluded(decided_at)),
            manage_hash.eq(excluded(manage_hash)),
            version.eq(excluded(version)),
            edited_at.eq(excluded(edited_at)),
            erased_at.eq(excluded(erased_at)),
        ))
        .execute(conn)
        .map(drop))
}

/// The reviews that came with an e-mail address, by id, after one of them.
pub fn of_email(
    conn: &mut DbConn,
    email: &Email,
    after: Option<ReviewId>,
    limit: usize,
) -> QueryResult<Vec<Review>> {
    let mut query = reviews::table
        .filter(reviews::author_email.eq(email.as_str()))
        .into_boxed::<MultiBackend>();
    if let Some(after) = after {
        query = query.filter(reviews::id.gt(after));
    }
    query.order(reviews::id).limit(limit as i64).load(conn)
}

/// Notes the print of a review; false where the same words were taken since `since`. Of two at once
/// the second waits for the first.
pub fn claim_print(
    conn: &mut DbConn,
    print: &[u8],
    review: ReviewId,
    now: Instant,
    since: Instant,
) -> QueryResult<bool> {
    let old = review_prints::table
        .find(print)
        .filter(review_prints::created_at.le(since));
    diesel::delete(old).execute(conn)?;
    let row = (
        review_prints::print.eq(print),
        review_prints::review_id.eq(review),
        review_prints::created_at.eq(now),
    );
    let inserted = on_each_backend!(conn => diesel::insert_into(review_prints::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(conn))?;
    Ok(inserted == 1)
}

/// The words of these reviews may be sent again.
pub fn forget_prints(conn: &mut DbConn, of: &[ReviewId]) -> QueryResult<()> {
    let theirs = review_prints::table.filter(among(review_prints::review_id, of));
    diesel::delete(theirs).execute(conn).map(drop)
}

/// Throws away the prints that count no more.
pub fn forget_old_prints(conn: &mut DbConn, before: Instant) -> QueryResult<()> {
    let old = review_prints::table.filter(review_prints::created_at.le(before));
    diesel::delete(old).execute(conn).map(drop)
}

/// Which reviews a moderator wants to see.
#[derive(Debug, Clone)]
pub struct Filter {
    pub state: Option<ReviewState>,
    pub reason: Option<Reason>,
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
    if let Some(reason) = filter.reason {
        query = query.filter(reviews::reason.eq(reason));
    }
    if let Some(article) = filter.article {
        query = query.filter(reviews::article_id.eq(article));
    }
    match filter.langs.as_slice() {
        [] => query,
        [one] => query.filter(reviews::lang.eq(one)),
        many => query.filter(among(reviews::lang, many)),
    }
}
