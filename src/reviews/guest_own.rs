//! A guest's own review: reading, editing, withdrawing or erasing it by the token that was given for
//! it. Nobody else's review.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::web::{Data, Path};
use actix_web::{FromRequest, HttpRequest, HttpResponse, delete, get, patch};
use utoipa::IntoParams;

use super::api::{OwnReview, ReviewPatch};
use super::guest::note;
use super::model::{Review, ReviewId};
use super::{erasing, store};
use crate::app::App;
use crate::articles::model::ReviewPolicy;
use crate::articles::published as articles;
use crate::auth::guards::bearer;
use crate::auth::opaque::{OpaqueKind, OpaqueToken};
use crate::changes::Action;
use crate::db::{DbConn, Tx};
use crate::http::body::MergePatch;
use crate::http::etag::{IfMatch, WithEtag, check_saved};
use crate::http::openapi::IfMatchHeader;
use crate::http::path::ItemPath;
use crate::http::problem::{ApiResult, Code, Problem};
use crate::http::query::{Params, Query, QueryPart, flag};

/// The manage token that a guest shows; 401 where there is none.
pub struct ManageToken(OpaqueToken);

impl FromRequest for ManageToken {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let token = bearer(request.headers())
            .and_then(|text| OpaqueToken::parse(OpaqueKind::Review, text))
            .map(Self);
        ready(token.ok_or_else(wrong_token))
    }
}

fn wrong_token() -> Problem {
    Problem::new(
        Code::BadToken,
        "This needs the manage token of this review: Authorization: Bearer nlr_…",
    )
}

impl ManageToken {
    /// The review that it was given for. Whether there is such a review, a wrong token is not told.
    fn find(&self, conn: &mut DbConn, id: ReviewId) -> Result<Review, Problem> {
        let review = match self.0.id() == id.uuid() {
            true => store::find(conn, id)?,
            false => None,
        };
        review
            .filter(|review| {
                let hash = review.manage_hash.as_deref();
                hash.is_some_and(|hash| self.0.matches(hash))
            })
            .ok_or_else(wrong_token)
    }
}

/// Read one's own review
///
/// Whatever its state, by its manage token.
#[utoipa::path(
    tag = "reviews",
    params(ItemPath),
    responses((status = 200, body = OwnReview)),
    security(("manage_token" = [])),
)]
#[get("/v1/reviews/{id}/own")]
pub async fn get_own_review(
    app: Data<App>,
    path: Path<ItemPath>,
    token: ManageToken,
) -> ApiResult<WithEtag<OwnReview>> {
    let id = path.id.of();
    let review = app.db.read(move |conn| token.find(conn, id)).await?;
    Ok(with_etag(review))
}

fn with_etag(review: Review) -> WithEtag<OwnReview> {
    WithEtag {
        version: review.version,
        item: review.into(),
    }
}

/// Edit one's own review
///
/// It is decided anew and off the readers' page until then, unless it was shown and the article's
/// policy is `post_moderated`.
#[utoipa::path(
    tag = "reviews",
    params(ItemPath, IfMatchHeader),
    request_body(content = ReviewPatch, content_type = "application/merge-patch+json"),
    responses((status = 200, body = OwnReview)),
    security(("manage_token" = [])),
)]
#[patch("/v1/reviews/{id}/own")]
pub async fn patch_own_review(
    app: Data<App>,
    path: Path<ItemPath>,
    token: ManageToken,
    if_match: IfMatch,
    patch: MergePatch<ReviewPatch>,
) -> ApiResult<WithEtag<OwnReview>> {
    let (id, patch) = (path.id.of(), patch.0);
    let guests = app.settings.guests;
    let review = app
        .db
        .write(move |tx| {
            let mut review = token.find(tx, id)?;
            if_match.check(review.version)?;
            let read = review.version;
            let article = articles::find_article(tx, review.article_id)?;
            let policy = article.map_or(ReviewPolicy::Closed, |article| article.review_policy);
            patch.clone().apply(&mut review);
            let now = tx.now();
            review.rewrite(policy, guests.links, now)?;
            review.keep_within(&guests);
            save(tx, &review, read)?;
            note(tx, &review, Action::Edited)?;
            Ok::<_, Problem>(review)
        })
        .await?;
    Ok(with_etag(review))
}

fn save(tx: &mut Tx, review: &Review, read: i64) -> Result<(), Problem> {
    check_saved(store::save(tx, review, read)?, read)
}

/// How a review is taken back.
#[derive(Debug, Clone, Copy, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TakingBack {
    /// `true`: name, e-mail, address and words are removed for good; what stays is an empty place
    /// in its thread.
    #[param(default = false, required = false)]
    erase: bool,
}

impl QueryPart for TakingBack {
    fn read(params: &Params) -> Result<Self, Problem> {
        Ok(Self {
            erase: flag(params, "erase")?,
        })
    }
}

/// Withdraw or erase one's own review
///
/// A withdrawn review is off the readers' page for good; its author can still read or erase it.
/// An erased one is gone, and its token with it.
#[utoipa::path(
    tag = "reviews",
    params(ItemPath, IfMatchHeader, TakingBack),
    responses((status = 204, description = "Withdrawn or erased.")),
    security(("manage_token" = [])),
)]
#[delete("/v1/reviews/{id}/own")]
pub async fn delete_own_review(
    app: Data<App>,
    path: Path<ItemPath>,
    token: ManageToken,
    if_match: IfMatch,
    query: Query<TakingBack>,
) -> ApiResult<HttpResponse> {
    let (id, erase) = (path.id.of(), query.0.erase);
    app.db
        .write(move |tx| {
            let review = token.find(tx, id)?;
            if_match.check(review.version)?;
            match erase {
                true => erase_own(tx, &review),
                false => withdraw(tx, review),
            }
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

fn withdraw(tx: &mut Tx, mut review: Review) -> Result<(), Problem> {
    let read = review.version;
    review.withdraw();
    save(tx, &review, read)?;
    store::forget_prints(tx, &[review.id])?;
    note(tx, &review, Action::Withdrawn)
}

fn erase_own(tx: &mut Tx, review: &Review) -> Result<(), Problem> {
    let held: Vec<Review> = store::hold(tx, &[review.id])?.into_values().collect();
    match held.iter().find(|held| held.version != review.version) {
        Some(newer) => Err(Problem::stale(newer.version)),
        None => erasing::erase(tx, held, None),
    }
}
