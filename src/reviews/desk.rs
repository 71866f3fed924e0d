//! Moderation: the queue of readers' reviews, and what is decided on them.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, get, post, put};
use utoipa::IntoParams;

use super::api::DeskReview;
use super::api_decisions::{
    DecidedReview, DecidedReviews, Decision, Decisions, Outcome, ReadReview,
};
use super::model::{Reason, Review, ReviewId, ReviewState};
use super::{published, store};
use crate::app::App;
use crate::articles::model::ArticleId;
use crate::auth::{Staff, UserId};
use crate::changes::{Action, Change, ItemKind};
use crate::db::{Instant, Tx};
use crate::http::body::{Posted, ValidJson};
use crate::http::etag::{IfMatch, WithEtag, check_saved};
use crate::http::once::Answer;
use crate::http::openapi::IfMatchHeader;
use crate::http::page::{COUNT_LIMIT, Listing, Page, Pager, Paging};
use crate::http::path::ItemPath;
use crate::http::problem::{ApiResult, Problem};
use crate::http::query::{Params, Query, QueryPart};
use crate::language::Lang;
use crate::text_enum;

text_enum! {
    /// In which order the reviews come.
    pub enum ReviewSort { Newest = "-created_at", Oldest = "created_at" }
}

/// Which reviews.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DeskReviewFilters {
    /// Where they stand.
    #[param(inline, required = false)]
    state: Option<ReviewState>,
    /// Why they were decided so.
    #[param(inline, required = false)]
    reason: Option<Reason>,
    /// The id of the article that they are about.
    #[param(value_type = Option<String>, format = Uuid, required = false)]
    article: Option<ArticleId>,
    /// The languages that they are written in, with commas between.
    #[param(value_type = Option<String>, example = "az,en", max_length = 287, required = false)]
    lang: Vec<Lang>,
    /// `-created_at`: the newest first; `created_at`: the oldest first.
    #[param(inline, required = false)]
    sort: Option<ReviewSort>,
}

impl QueryPart for DeskReviewFilters {
    fn read(params: &Params) -> Result<Self, Problem> {
        Ok(Self {
            state: params.one("state")?,
            reason: params.one("reason")?,
            article: params.one("article")?,
            lang: params.many("lang")?,
            sort: params.one("sort")?,
        })
    }
}

/// List reviews
///
/// Those that wait for a decision are `state=pending`. The newest first, unless `sort` says otherwise.
#[utoipa::path(
    tag = "desk: reviews",
    params(Paging, DeskReviewFilters),
    responses((status = 200, body = Page<DeskReview>)),
)]
#[get("/v1/desk/reviews")]
pub async fn list_desk_reviews(
    app: Data<App>,
    request: HttpRequest,
    query: Query<(Paging, DeskReviewFilters)>,
) -> ApiResult<Listing<DeskReview>> {
    let (paging, filters) = query.0;
    let pager = Pager::<store::Key>::new(&request, &app.cursors, paging)?;
    let at = pager.at.as_ref().map(|at| (at.back, at.key));
    let (rows, count) = (pager.rows(), pager.count);
    let filter = store::Filter {
        state: filters.state,
        reason: filters.reason,
        article: filters.article,
        langs: filters.lang,
        oldest_first: filters.sort == Some(ReviewSort::Oldest),
    };
    let (reviews, total) = app
        .db
        .read_snapshot(move |conn| {
            let reviews = store::list(conn, &filter, at, rows)?;
            let total = count.then(|| store::count(conn, &filter, COUNT_LIMIT + 1));
            Ok::<_, Problem>((reviews, total.transpose()?))
        })
        .await?;
    let page = pager
        .page(reviews, |review| (review.created_at, review.id))
        .with_total(total);
    Ok(pager.listing(page.map(DeskReview::from)))
}

fn with_etag(review: Review) -> WithEtag<DeskReview> {
    WithEtag {
        version: review.version,
        item: review.into(),
    }
}

/// Read a review
#[utoipa::path(tag = "desk: reviews", params(ItemPath), responses((status = 200, body = DeskReview)))]
#[get("/v1/desk/reviews/{id}")]
pub async fn get_desk_review(
    app: Data<App>,
    path: Path<ItemPath>,
) -> ApiResult<WithEtag<DeskReview>> {
    let id = path.id.of();
    let review = app
        .db
        .read(move |conn| store::find(conn, id)?.ok_or_else(Problem::not_found))
        .await?;
    Ok(with_etag(review))
}

/// Decide on a review
///
/// An approved review shows at once, any other is off the readers' page at once. It can be decided
/// again, unless its author has withdrawn or erased it.
#[utoipa::path(
    tag = "desk: reviews",
    params(ItemPath, IfMatchHeader),
    request_body = Decision,
    responses((status = 200, body = DeskReview)),
)]
#[put("/v1/desk/reviews/{id}/decision")]
pub async fn decide_review(
    app: Data<App>,
    moderator: Staff,
    path: Path<ItemPath>,
    if_match: IfMatch,
    decision: ValidJson<Decision>,
) -> ApiResult<WithEtag<DeskReview>> {
    let id = path.id.of();
    let Decision {
        state,
        reason,
        note,
    } = decision.0;
    let note = note.map(String::from);
    let review = app
        .db
        .write(move |tx| {
            let mut review = store::find(tx, id)?.ok_or_else(Problem::not_found)?;
            if_match.check(review.version)?;
            let (read, now) = (review.version, tx.now());
            review.decide(state, reason, note.clone(), moderator.id, now)?;
            check_saved(store::save(tx, &review, read)?, read)?;
            let touched = published::project(tx, &review)?;
            log(tx, &review, touched, &moderator);
            Ok::<_, Problem>(review)
        })
        .await?;
    Ok(with_etag(review))
}

/// Notes a decision, but not the words beside it.
fn log(tx: &mut Tx, review: &Review, touched: Vec<String>, moderator: &Staff) {
    let change = Change::of(ItemKind::Review, review.id, Action::Decided).by(moderator.id);
    let change = change.in_language(&review.lang).touching(touched);
    let said = serde_json::json!({"state": review.state, "reason": review.reason});
    tx.record(change.saying(said));
}

/// Decide on several reviews
///
/// The same decision on up to 100 reviews, each named with the version that was read. Those that
/// have changed since, or can no longer be decided, are left as they are, and the answer says so;
/// the others are decided in one transaction.
#[utoipa::path(
    tag = "desk: reviews",
    request_body = Decisions,
    responses((status = 200, body = DecidedReviews)),
)]
#[post("/v1/desk/reviews/decisions")]
pub async fn decide_reviews(
    app: Data<App>,
    moderator: Staff,
    posted: Posted<Decisions>,
) -> ApiResult<Answer> {
    let decisions = posted.value;
    decisions.check()?;
    posted
        .once
        .write(&app.db, &app.secret, move |tx| {
            let ids: Vec<ReviewId> = decisions.items.iter().map(|item| item.id).collect();
            let mut held = store::hold(tx, &ids)?;
            let (mut items, mut decided) = (Vec::new(), Vec::new());
            let now = tx.now();
            for read in &decisions.items {
                let (outcome, review) =
                    decide_one(&decisions, read, held.remove(&read.id), moderator.id, now);
                items.push(DecidedReview {
                    id: read.id,
                    outcome,
                    state: review.as_ref().map(|review| review.state),
                    version: review.as_ref().map(|review| review.version),
                });
                decided.extend(review.filter(|_| outcome == Outcome::Decided));
            }
            store::save_held(tx, &decided)?;
            let touched = published::project_all(tx, &decided)?;
            for (review, keys) in decided.iter().zip(touched) {
                log(tx, review, keys, &moderator);
            }
            Answer::done(&DecidedReviews { items })
        })
        .await
}

/// What becomes of one of them, and the review as it is then.
fn decide_one(
    decisions: &Decisions,
    read: &ReadReview,
    held: Option<Review>,
    by: UserId,
    now: Instant,
) -> (Outcome, Option<Review>) {
    let Some(mut review) = held else {
        return (Outcome::NotFound, None);
    };
    if review.version != read.version {
        return (Outcome::Stale, Some(review));
    }
    let note = decisions.note.clone().map(String::from);
    let outcome = match review.decide(decisions.state, decisions.reason, note, by, now) {
        Ok(()) => Outcome::Decided,
        Err(_) => Outcome::WrongState,
    };
    (outcome, Some(review))
}
