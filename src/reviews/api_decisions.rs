//! JSON of decisions: on one review, and on many at once.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::{Reason, ReviewId, ReviewState, Verdict};
use crate::http::patch::{many, within};
use crate::http::problem::Problem;
use crate::http::words::Prose;
use crate::text_enum;

/// What a moderator decides on a review.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"state": "rejected", "reason": "off_topic", "note": null}))]
pub struct Decision {
    pub state: Verdict,
    /// Its author is told.
    #[serde(default)]
    pub reason: Option<Reason>,
    /// For the newsroom only.
    #[serde(default)]
    pub note: Option<Prose<2000>>,
}

/// A review that is decided on, as it was read.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadReview {
    pub id: ReviewId,
    /// The `version` that was read: words that have changed since are not decided on unseen.
    #[serde(deserialize_with = "within::<1, { i32::MAX }, _, i64>")]
    #[schema(minimum = 1, maximum = 2_147_483_647)]
    pub version: i64,
}

/// The same decision on several reviews.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"items": [{"id": "0192f1a2-7c3e-7b10-9a55-1f0c2d3e4a01", "version": 1}],
    "state": "spam", "reason": "advertising", "note": null}))]
pub struct Decisions {
    #[serde(deserialize_with = "many::<1, 100, _, ReadReview, _>")]
    #[schema(min_items = 1, max_items = 100)]
    pub items: Vec<ReadReview>,
    pub state: Verdict,
    /// Their authors are told.
    #[serde(default)]
    pub reason: Option<Reason>,
    /// For the newsroom only.
    #[serde(default)]
    pub note: Option<Prose<2000>>,
}

impl Decisions {
    /// Checks that each stands there once.
    pub fn check(&self) -> Result<(), Problem> {
        let mut seen = BTreeSet::new();
        match self.items.iter().position(|item| !seen.insert(item.id)) {
            Some(nth) => Err(Problem::field(
                format!("/items/{nth}/id"),
                "it stands there already",
            )),
            None => Ok(()),
        }
    }
}

text_enum! {
    /// What became of one of the reviews.
    pub enum Outcome {
        /// The decision holds.
        Decided = "decided",
        /// It has changed since it was read: read it again.
        Stale = "stale",
        /// It was withdrawn or erased.
        WrongState = "wrong_state",
        /// There is none with this id.
        NotFound = "not_found",
    }
}

/// What became of one of the reviews.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DecidedReview {
    pub id: ReviewId,
    /// `decided`; or what stood in the way: `stale`, it has changed since it was read; `wrong_state`, it was
    /// withdrawn or erased; `not_found`.
    pub outcome: Outcome,
    /// Where it stands now.
    #[schema(required = true)]
    pub state: Option<ReviewState>,
    /// Its version now.
    #[schema(required = true)]
    pub version: Option<i64>,
}

/// What became of each, in the order in which they were sent.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DecidedReviews {
    pub items: Vec<DecidedReview>,
}
