//! JSON of reviews, for readers.

use serde::Serialize;
use utoipa::ToSchema;

use crate::db::{Id, Instant};
use crate::language::Lang;

/// Marks ids of reviews.
pub struct Review;
pub type ReviewId = Id<Review>;

/// Who wrote a review; an erased one has no name.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ReviewAuthor {
    #[schema(required = true)]
    pub name: Option<String>,
}

/// An approved review.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Review)]
pub struct ReviewCard {
    pub id: ReviewId,
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
    pub created_at: Instant,
    #[schema(required = true)]
    pub edited_at: Option<Instant>,
    /// True where its author took it back: the words are gone, its place in the thread stays.
    pub erased: bool,
}
