//! JSON of reviews, for readers.

use serde::Serialize;
use utoipa::ToSchema;

use super::model::ReviewId;
use super::published::PublishedReview;
use crate::articles::cards::ReviewSums;
use crate::db::Instant;
use crate::http::page::Page;
use crate::language::Lang;

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
    /// The review that it answers, which may be gone by now.
    #[schema(required = true)]
    pub in_reply_to: Option<ReviewId>,
    pub created_at: Instant,
    #[schema(required = true)]
    pub edited_at: Option<Instant>,
    /// True where its author erased it: the words are gone, its place in the thread stays.
    pub erased: bool,
}

impl From<PublishedReview> for ReviewCard {
    fn from(review: PublishedReview) -> Self {
        let PublishedReview {
            id,
            article_id: _,
            lang,
            author_name: name,
            rating,
            title,
            body,
            in_reply_to,
            created_at,
            edited_at,
            erased,
        } = review;
        Self {
            id,
            author: ReviewAuthor { name },
            lang,
            rating,
            title,
            body,
            in_reply_to,
            created_at,
            edited_at,
            erased,
        }
    }
}

/// The reviews of an article.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Reviews)]
pub struct ReviewCards {
    #[serde(flatten)]
    pub page: Page<ReviewCard>,
    /// Of all approved reviews of the article, whatever page and languages were asked for.
    pub summary: ReviewSums,
}
