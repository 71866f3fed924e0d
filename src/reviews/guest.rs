//! The guest's door: leaving a review. No account is needed; what is asked of a review stands in
//! `model`, `links`, `repeats` and `decoy`. `guest_own` has what its author may do with it.

use actix_web::post;
use actix_web::web::{Data, Path};

use super::api::{NewReview, ReceivedReview};
use super::erasing::subject_of;
use super::model::{Rating, Review, ReviewError, ReviewId, first_state};
use super::repeats::print;
use super::{published, store};
use crate::app::App;
use crate::articles::model::{ArticleId, ReviewPolicy};
use crate::articles::published as articles;
use crate::auth::model::Email;
use crate::auth::opaque::{OpaqueKind, OpaqueToken};
use crate::changes::{Action, Change, ItemKind};
use crate::db::{DbConn, Id, Instant, Tx};
use crate::http::address::ClientAddress;
use crate::http::body::Posted;
use crate::http::once::Answer;
use crate::http::path::ItemPath;
use crate::http::problem::{ApiResult, Code, Problem};

/// Leave a review
///
/// A rating, words, or both, on a published article. A moderator decides before it shows, unless
/// the article's policy is `post_moderated`. The answer has the `manage_token`, once. The same words
/// from the same address within a day are refused with 409, so a form that may have to send twice
/// sends an `Idempotency-Key`. 429 where there were too many from one address or on one article.
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
    let (article, new): (ArticleId, _) = (path.id.of(), posted.value);
    if !new.is_by_robot() {
        // Robots use up nothing that is there for people.
        app.limits.article_reviews.take(article)?;
    }
    let guests = app.settings.guests;
    let (address, print) = (from.to_string(), print(&app.secret, article, from, &new));
    posted
        .once
        .write(&app.db, &app.secret, move |tx| {
            let policy = check_place(tx, article, &new)?;
            let (id, now) = (Id::new(), tx.now());
            let token = OpaqueToken::generate(OpaqueKind::Review, id.uuid());
            let mut review = received(id, article, new.clone(), policy, now)?;
            review.check(guests.links)?;
            review.author_address = Some(address.clone());
            review.manage_hash = Some(token.hash().to_vec());
            review.keep_within(&guests);
            let received = ReceivedReview {
                review: review.clone().into(),
                manage_token: token.reveal(),
            };
            if new.is_by_robot() {
                review.take_for_robot();
            }
            store::insert(tx, &review)?;
            let since = now.plus_seconds(-guests.repeat_hours * 3600);
            if !store::claim_print(tx, &print, id, now, since)? {
                return Err(repeated());
            }
            note(tx, &review, Action::Received)?;
            let answer = Answer::accepted(&received)?;
            Ok(answer.with_secret().of_subject(subject_of(id)))
        })
        .await
}

fn repeated() -> Problem {
    Problem::new(
        Code::Conflict,
        "You have left this review on this article already.",
    )
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
    Ok(Review {
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
    })
}

/// Shows readers what has become of a review, and notes what its author did.
pub(super) fn note(tx: &mut Tx, review: &Review, action: Action) -> Result<(), Problem> {
    let touched = published::project(tx, review)?;
    let change = Change::of(ItemKind::Review, review.id, action).in_language(&review.lang);
    tx.record(change.touching(touched));
    Ok(())
}
