//! JSON of reviews, for their authors and for the newsroom.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::cards::ReviewAuthor;
use super::decoy::Decoy;
use super::model::{Rating, Reason, Review, ReviewError, ReviewId, ReviewState};
use crate::articles::model::ArticleId;
use crate::auth::UserId;
use crate::auth::model::Email;
use crate::db::Instant;
use crate::http::patch::Patch;
use crate::http::problem::{Code, Problem};
use crate::http::words::{Line, Prose};
use crate::language::Lang;

impl From<ReviewError> for Problem {
    fn from(error: ReviewError) -> Self {
        match error {
            ReviewError::Empty => Self::field("/rating", error.to_string()),
            ReviewError::LinkInName => Self::field("/author/name", error.to_string()),
            ReviewError::LinkInTitle => Self::field("/title", error.to_string()),
            ReviewError::TooManyLinks(_) => Self::field("/body", error.to_string()),
            ReviewError::Closed | ReviewError::Withdrawn | ReviewError::Erased => {
                Self::new(Code::WrongState, error.to_string())
            }
        }
    }
}

/// Who leaves a review.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "A reader", "email": "reader@example.az"}))]
pub struct NewReviewAuthor {
    pub name: Line<100>,
    /// Only moderators see it.
    #[serde(default)]
    pub email: Option<Email>,
}

/// A review to be left: stars, words or both. It is plain text, kept as it was typed. Name and title
/// take no links, the body a few (2, unless the newsroom has set another number).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"author": {"name": "A reader", "email": "reader@example.az"}, "lang": "en", "rating": 4,
    "title": null, "body": "Clear and fair.", "in_reply_to": null}))]
pub struct NewReview {
    pub author: NewReviewAuthor,
    /// The language that it is written in: one in which the article is published.
    pub lang: Lang,
    #[serde(default)]
    pub rating: Option<Rating>,
    #[serde(default)]
    pub title: Option<Line<200>>,
    #[serde(default)]
    pub body: Option<Prose<5000>>,
    /// An approved review of the same article.
    #[serde(default)]
    pub in_reply_to: Option<ReviewId>,
    /// Leave it out. A form has it where nobody sees it and sends what it finds there: what was
    /// filled in was filled in by a robot, whose review is answered like any other and kept as `spam`.
    #[serde(default)]
    pub website: Option<Decoy>,
}

impl NewReview {
    pub fn is_by_robot(&self) -> bool {
        self.website.is_some_and(Decoy::is_filled)
    }
}

/// A change of who left a review.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "A careful reader"}))]
pub struct ReviewAuthorPatch {
    #[serde(default)]
    #[schema(value_type = Line<100>)]
    pub name: Patch<Line<100>>,
    #[serde(default)]
    #[schema(value_type = Option<Email>)]
    pub email: Patch<Option<Email>>,
}

/// A change of one's own review.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"rating": 5, "body": "Clear and fair, on a second reading too."}))]
pub struct ReviewPatch {
    #[serde(default)]
    pub author: ReviewAuthorPatch,
    #[serde(default)]
    #[schema(value_type = Option<Rating>)]
    pub rating: Patch<Option<Rating>>,
    #[serde(default)]
    #[schema(value_type = Option<Line<200>>)]
    pub title: Patch<Option<Line<200>>>,
    #[serde(default)]
    #[schema(value_type = Option<Prose<5000>>)]
    pub body: Patch<Option<Prose<5000>>>,
}

impl ReviewPatch {
    pub fn apply(self, review: &mut Review) {
        let Self {
            author: ReviewAuthorPatch { name, email },
            rating,
            title,
            body,
        } = self;
        name.map(|name| Some(name.into_string()))
            .apply(&mut review.author_name);
        email
            .map(|email| email.map(Email::into_string))
            .apply(&mut review.author_email);
        rating
            .map(|rating| rating.map(Rating::stars))
            .apply(&mut review.rating);
        title
            .map(|title| title.map(String::from))
            .apply(&mut review.title);
        body.map(|body| body.map(String::from))
            .apply(&mut review.body);
    }
}

/// A review as its author gets it back.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OwnReview {
    pub id: ReviewId,
    pub article: ArticleId,
    pub state: ReviewState,
    pub author: ReviewAuthor,
    pub lang: Lang,
    #[schema(required = true, minimum = 1, maximum = 5)]
    pub rating: Option<i32>,
    #[schema(required = true)]
    pub title: Option<String>,
    #[schema(required = true)]
    pub body: Option<String>,
    #[schema(required = true)]
    pub in_reply_to: Option<ReviewId>,
    /// Why it was decided so, where a moderator has said.
    #[schema(required = true)]
    pub reason: Option<Reason>,
    pub created_at: Instant,
    #[schema(required = true)]
    pub edited_at: Option<Instant>,
}

impl From<Review> for OwnReview {
    fn from(review: Review) -> Self {
        let Review {
            id,
            article_id: article,
            lang,
            state,
            author_name: name,
            author_email: _,
            author_address: _,
            rating,
            title,
            body,
            in_reply_to,
            reason,
            note: _,
            decided_by: _,
            decided_at: _,
            manage_hash: _,
            version: _,
            created_at,
            edited_at,
            erased_at: _,
        } = review;
        Self {
            id,
            article,
            state,
            author: ReviewAuthor { name },
            lang,
            rating,
            title,
            body,
            in_reply_to,
            reason,
            created_at,
            edited_at,
        }
    }
}

/// A review that was just left.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReceivedReview {
    #[serde(flatten)]
    pub review: OwnReview,
    /// The token with which the review can be read, edited, withdrawn or erased at
    /// `/v1/reviews/{id}/own`: `Authorization: Bearer nlr_…`. Shown only now.
    #[schema(example = "nlr_0192f1a27c3e7b109a551f0c2d3e4a01_…")]
    pub manage_token: String,
}

/// Who left a review, for moderators.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeskReviewAuthor {
    #[schema(required = true)]
    pub name: Option<String>,
    #[schema(required = true)]
    pub email: Option<String>,
}

/// A review as moderators have it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeskReview {
    pub id: ReviewId,
    pub article: ArticleId,
    pub state: ReviewState,
    /// The version in its `ETag`.
    pub version: i64,
    pub author: DeskReviewAuthor,
    pub lang: Lang,
    #[schema(required = true, minimum = 1, maximum = 5)]
    pub rating: Option<i32>,
    #[schema(required = true)]
    pub title: Option<String>,
    #[schema(required = true)]
    pub body: Option<String>,
    #[schema(required = true)]
    pub in_reply_to: Option<ReviewId>,
    #[schema(required = true)]
    pub reason: Option<Reason>,
    #[schema(required = true)]
    pub note: Option<String>,
    /// Null where nobody has decided on the present words.
    #[schema(required = true)]
    pub decided_by: Option<UserId>,
    #[schema(required = true)]
    pub decided_at: Option<Instant>,
    pub created_at: Instant,
    #[schema(required = true)]
    pub edited_at: Option<Instant>,
    #[schema(required = true)]
    pub erased_at: Option<Instant>,
}

impl From<Review> for DeskReview {
    fn from(review: Review) -> Self {
        let Review {
            id,
            article_id: article,
            lang,
            state,
            author_name: name,
            author_email: email,
            author_address: _,
            rating,
            title,
            body,
            in_reply_to,
            reason,
            note,
            decided_by,
            decided_at,
            manage_hash: _,
            version,
            created_at,
            edited_at,
            erased_at,
        } = review;
        Self {
            id,
            article,
            state,
            version,
            author: DeskReviewAuthor { name, email },
            lang,
            rating,
            title,
            body,
            in_reply_to,
            reason,
            note,
            decided_by,
            decided_at,
            created_at,
            edited_at,
            erased_at,
        }
    }
}
