//! The guest's door: leaving a review, and reading, editing, withdrawing or erasing one's own by
//! the token that was given for it. No account, and nobody else's review.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::web::{Data, Path};
use actix_web::{FromRequest, HttpRequest, HttpResponse, delete, get, patch, post};
use utoipa::IntoParams;

use super::api::{NewReview, OwnReview, ReceivedReview, ReviewPatch};
use super::model::{Rating, Review, ReviewError, ReviewId, first_state};
use super::{published, store};
use crate::app::App;
use crate::articles::model::{ArticleId, ReviewPolicy};
use crate::articles::published as articles;
use crate::auth::guards::bearer;
use crate::auth::model::Email;
use crate::auth::opaque::{OpaqueKind, OpaqueToken};
use crate::changes::{Action, Change, ItemKind};
use crate::db::{DbConn, Id, Instant, Tx};
use crate::http::address::ClientAddress;
use crate::http::body::{MergePatch, Posted};
use crate::http::etag::{IfMatch, WithEtag};
use crate::http::once::Answer;
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

/// Leave a review
///
/// A rating, words, or both, on a published article. A moderator decides before it shows, unless
/// the article's policy is `post_moderated`. The answer has the `manage_token`, once.
#[utoipa::path(
    tag = "reviews",
    params(ItemPath),
    request_body = NewReview,
    responses((status = 202, description = "Taken.", body = ReceivedReview)),
)]
#[post("/v1/articles/{id}/reviews")]
pub async fn create_review(
    app: Data<App>,
    from: ClientAddress,
    path: Path<ItemPath>,
    posted: Posted<NewReview>,
) -> ApiResult<Answer> {
    let (article, new) = (path.id.of(), posted.value);
    let address = from.to_string();
    posted
        .once
        .write(&app.db, &app.secret, move |tx| {
            let policy = check_place(tx, article, &new)?;
            let (id, now) = (Id::new(), tx.now());
            let token = OpaqueToken::generate(OpaqueKind::Review, id.uuid());
            let mut review = received(id, article, new.clone(), policy, now)?;
            review.author_address = Some(address.clone());
            review.manage_hash = Some(token.hash().to_vec());
            store::insert(tx, &review)?;
            note(tx, &review, Action::Received)?;
            let received = ReceivedReview {
                review: review.into(),
                manage_token: token.reveal(),
            };
            Ok(Answer::accepted(&received)?.with_secret())
        })
        .await
}

/// Checks that the article is there to be reviewed, in this language and in reply to this one.
fn check_place(
    conn: &mut DbConn,
    article: ArticleId,
    new: &NewReview,
) -> Result<ReviewPolicy, Problem> {
    let found = articles::find_article(conn, article)?.ok_or_else(Problem::not_found)?;
    let versions = articles::versions(conn, &[article])?;
    if !versions.iter().any(|version| version.lang == new.lang) {
        let detail = "expected a language in which the article is published";
        return Err(Problem::field("/lang", detail));
    }
    if let Some(other) = new.in_reply_to
        && !published::is_shown(conn, other, article)?
    {
        let detail = "expected an approved review of the same article";
        return Err(Problem::field("/in_reply_to", detail));
    }
    Ok(found.review_policy)
}

fn received(
    id: ReviewId,
    article_id: ArticleId,
    new: NewReview,
    policy: ReviewPolicy,
    now: Instant,
) -> Result<Review, ReviewError> {
    let review = Review {
        id,
        article_id,
        lang: new.lang,
        state: first_state(policy)?,
        author_name: Some(new.author.name.into_string()),
        author_email: new.author.email.map(Email::into_string),
        author_address: None,
        rating: new.rating.map(Rating::stars),
        title: new.title.map(String::from),
        body: new.body.map(String::from),
        in_reply_to: new.in_reply_to,
        reason: None,
        note: None,
        decided_by: None,
        decided_at: None,
        manage_hash: None,
        version: 1,
        created_at: now,
        edited_at: None,
        erased_at: None,
    };
    review.check()?;
    Ok(review)
}

/// Shows readers what has become of a review, and notes what its author did.
fn note(tx: &mut Tx, review: &Review, action: Action) -> Result<(), Problem> {
    let touched = published::project(tx, review)?;
    let change = Change::of(ItemKind::Review, review.id, action).in_language(&review.lang);
    tx.record(change.touching(touched));
    Ok(())
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
            review.rewrite(policy, now)?;
            save(tx, &review, read)?;
            note(tx, &review, Action::Edited)?;
            Ok::<_, Problem>(review)
        })
        .await?;
    Ok(with_etag(review))
}

fn save(tx: &mut Tx, review: &Review, read: i64) -> Result<(), Problem> {
    match store::save(tx, review, read)? {
        true => Ok(()),
        false => Err(Problem::stale(read + 1)),
    }
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
            let mut review = token.find(tx, id)?;
            if_match.check(review.version)?;
            let (read, now) = (review.version, tx.now());
            let action = match erase {
                true => {
                    review.erase(now);
                    Action::Erased
                }
                false => {
                    review.withdraw();
                    Action::Withdrawn
                }
            };
            save(tx, &review, read)?;
            note(tx, &review, action)
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
