//! JSON of what is held of a reader.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::{Reason, Review, ReviewId, ReviewState};
use crate::articles::model::ArticleId;
use crate::auth::model::Email;
use crate::db::Instant;
use crate::language::Lang;

/// Whose data are to be erased.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "reader@example.az"}))]
pub struct ReaderErasure {
    /// However it is capitalised.
    pub email: Email,
}

/// What was erased.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ErasedReader {
    /// How many reviews.
    pub erased: usize,
}

/// Whose data are asked for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "reader@example.az"}))]
pub struct ReaderExport {
    /// However it is capitalised.
    pub email: Email,
    /// `next` of an earlier answer.
    #[serde(default)]
    pub after: Option<ReviewId>,
}

/// Who left a review, with all that is known of them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HeldAuthor {
    #[schema(required = true)]
    pub name: Option<String>,
    #[schema(required = true)]
    pub email: Option<String>,
    /// The network address that the review came from.
    #[schema(required = true)]
    pub address: Option<String>,
}

/// Everything that is held of a review.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HeldReview {
    pub id: ReviewId,
    pub article: ArticleId,
    pub state: ReviewState,
    pub author: HeldAuthor,
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
    /// What a moderator noted about it.
    #[schema(required = true)]
    pub note: Option<String>,
    #[schema(required = true)]
    pub decided_at: Option<Instant>,
    pub created_at: Instant,
    #[schema(required = true)]
    pub edited_at: Option<Instant>,
}

impl From<Review> for HeldReview {
    fn from(review: Review) -> Self {
        let Review {
            id,
            article_id: article,
            lang,
            state,
            author_name: name,
            author_email: email,
            author_address: address,
            rating,
            title,
            body,
            in_reply_to,
            reason,
            note,
            decided_by: _,
            decided_at,
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
            author: HeldAuthor {
                name,
                email,
                address,
            },
            lang,
            rating,
            title,
            body,
            in_reply_to,
            reason,
            note,
            decided_at,
            created_at,
            edited_at,
        }
    }
}

/// What is held of a reader.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HeldReader {
    /// The oldest first, at most 200.
    pub items: Vec<HeldReview>,
    /// Where there are more: send it as `after`.
    #[schema(required = true)]
    pub next: Option<ReviewId>,
}
