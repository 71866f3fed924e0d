//! A review's row, and what may become of it.

use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use super::links;
use crate::articles::model::{ArticleId, ReviewPolicy};
use crate::auth::UserId;
use crate::config::GuestSettings;
use crate::db::schema::reviews;
use crate::db::{Id, Instant};
use crate::language::Lang;
use crate::text_enum;

pub type ReviewId = Id<Review>;

text_enum! {
    /// Where a review stands; readers see those that are approved.
    pub enum ReviewState {
        Pending = "pending", Approved = "approved", Rejected = "rejected", Spam = "spam",
        Withdrawn = "withdrawn", Erased = "erased",
    }
}

text_enum! {
    /// What a moderator decides.
    pub enum Verdict { Approved = "approved", Rejected = "rejected", Spam = "spam" }
}

text_enum! {
    /// Why a review was decided so.
    pub enum Reason {
        Abuse = "abuse", Hate = "hate", PersonalData = "personal_data", Unlawful = "unlawful", OffTopic = "off_topic",
        Advertising = "advertising", Duplicate = "duplicate",
        /// By itself: the decoy was filled in.
        Robot = "robot",
        Other = "other",
    }
}

/// 1 to 5 stars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(value_type = i32, minimum = 1, maximum = 5, example = 4)]
pub struct Rating(i32);

impl Rating {
    pub fn new(stars: i32) -> Option<Self> {
        (1..=5).contains(&stars).then_some(Self(stars))
    }

    pub fn stars(self) -> i32 {
        self.0
    }
}

impl<'de> Deserialize<'de> for Rating {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(i32::deserialize(deserializer)?)
            .ok_or_else(|| serde::de::Error::custom("expected a number from 1 to 5"))
    }
}

/// What cannot be done with a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReviewError {
    #[error("expected a rating or a body")]
    Empty,
    #[error("expected no links")]
    LinkInName,
    #[error("expected no links")]
    LinkInTitle,
    #[error("expected at most {0} links")]
    TooManyLinks(usize),
    #[error("This article takes no reviews.")]
    Closed,
    #[error("Its author has withdrawn it.")]
    Withdrawn,
    #[error("It was erased.")]
    Erased,
}

/// A review as the newsroom and its author have it.
#[derive(Debug, Clone, diesel::Queryable, diesel::Insertable, diesel::AsChangeset)]
#[diesel(table_name = reviews, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Review {
    pub id: ReviewId,
    pub article_id: ArticleId,
    pub lang: Lang,
    pub state: ReviewState,
    pub author_name: Option<String>,
    pub author_email: Option<String>,
    /// The network address that it came from.
    pub author_address: Option<String>,
    /// 1 to 5.
    pub rating: Option<i32>,
    pub title: Option<String>,
    pub body: Option<String>,
    pub in_reply_to: Option<ReviewId>,
    pub reason: Option<Reason>,
    /// For the newsroom only.
    pub note: Option<String>,
    pub decided_by: Option<UserId>,
    pub decided_at: Option<Instant>,
    /// Of the token with which its author comes back.
    pub manage_hash: Option<Vec<u8>>,
    pub version: i64,
    pub created_at: Instant,
    pub edited_at: Option<Instant>,
    pub erased_at: Option<Instant>,
}

/// Where a review stands that was just left under a policy.
pub fn first_state(policy: ReviewPolicy) -> Result<ReviewState, ReviewError> {
    match policy {
        ReviewPolicy::PreModerated => Ok(ReviewState::Pending),
        ReviewPolicy::PostModerated => Ok(ReviewState::Approved),
        ReviewPolicy::Closed => Err(ReviewError::Closed),
    }
}

impl Review {
    /// A review says something: stars, words or both; and its words are not there for their links.
    pub fn check(&self, most_links: usize) -> Result<(), ReviewError> {
        let links = |words: &Option<String>| words.as_deref().map_or(0, links::count);
        if self.rating.is_none() && self.body.is_none() {
            return Err(ReviewError::Empty);
        }
        if links(&self.author_name) > 0 {
            return Err(ReviewError::LinkInName);
        }
        if links(&self.title) > 0 {
            return Err(ReviewError::LinkInTitle);
        }
        match links(&self.body) > most_links {
            true => Err(ReviewError::TooManyLinks(most_links)),
            false => Ok(()),
        }
    }

    /// Lets go of what the newsroom does not keep at all.
    pub fn keep_within(&mut self, guests: &GuestSettings) {
        if guests.address_days == 0 {
            self.author_address = None;
        }
        if guests.email_days == 0 {
            self.author_email = None;
        }
    }

    /// Nobody who sees the form fills in the decoy. It is kept for moderators, because the browser of
    /// a person might have done it.
    pub fn take_for_robot(&mut self) {
        self.state = ReviewState::Spam;
        self.reason = Some(Reason::Robot);
    }

    /// Its author wrote it anew. What was decided was about other words, so that it is decided
    /// again; only where reviews show at once does one that was shown go on showing.
    pub fn rewrite(
        &mut self,
        policy: ReviewPolicy,
        most_links: usize,
        now: Instant,
    ) -> Result<(), ReviewError> {
        let first = first_state(policy)?;
        self.state = match self.state {
            ReviewState::Withdrawn => return Err(ReviewError::Withdrawn),
            ReviewState::Erased => return Err(ReviewError::Erased),
            ReviewState::Approved => first,
            ReviewState::Pending | ReviewState::Rejected | ReviewState::Spam => {
                ReviewState::Pending
            }
        };
        self.check(most_links)?;
        self.forget_decision();
        self.edited_at = Some(now);
        self.version += 1;
        Ok(())
    }

    fn forget_decision(&mut self) {
        (self.reason, self.note) = (None, None);
        (self.decided_by, self.decided_at) = (None, None);
    }

    /// Its author takes it back.
    pub fn withdraw(&mut self) {
        self.state = ReviewState::Withdrawn;
        self.version += 1;
    }

    /// Its author, or the newsroom for them, wants it gone: who it was and what it said. What stays holds its place in a
    /// thread, and nobody has a token for it any more.
    pub fn erase(&mut self, now: Instant) {
        self.state = ReviewState::Erased;
        (self.author_name, self.author_email, self.author_address) = (None, None, None);
        (self.rating, self.title, self.body) = (None, None, None);
        // A moderator's note may well repeat what the review said.
        self.note = None;
        self.manage_hash = None;
        self.erased_at = Some(now);
        self.version += 1;
    }

    pub fn decide(
        &mut self,
        verdict: Verdict,
        reason: Option<Reason>,
        note: Option<String>,
        by: UserId,
        now: Instant,
    ) -> Result<(), ReviewError> {
        match self.state {
            ReviewState::Withdrawn => return Err(ReviewError::Withdrawn),
            ReviewState::Erased => return Err(ReviewError::Erased),
            _ => {}
        }
        self.state = match verdict {
            Verdict::Approved => ReviewState::Approved,
            Verdict::Rejected => ReviewState::Rejected,
            Verdict::Spam => ReviewState::Spam,
        };
        (self.reason, self.note) = (reason, note);
        (self.decided_by, self.decided_at) = (Some(by), Some(now));
        self.version += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn review(state: ReviewState) -> Review {
        Review {
            id: Id::new(),
            article_id: Id::new(),
            lang: "en".parse().unwrap(),
            state,
            author_name: Some("A reader".to_owned()),
            author_email: Some("reader@example.org".to_owned()),
            author_address: Some("192.0.2.1".to_owned()),
            rating: Some(4),
            title: None,
            body: Some("Clear and fair.".to_owned()),
            in_reply_to: None,
            reason: Some(Reason::Other),
            note: Some("A note.".to_owned()),
            decided_by: None,
            decided_at: None,
            manage_hash: Some(vec![1]),
            version: 1,
            created_at: Instant::EPOCH,
            edited_at: None,
            erased_at: None,
        }
    }

    #[test]
    fn rewriting_never_gets_round_a_decision() {
        for policy in [ReviewPolicy::PreModerated, ReviewPolicy::PostModerated] {
            for state in [ReviewState::Rejected, ReviewState::Spam] {
                let mut review = review(state);
                review.rewrite(policy, 2, Instant::EPOCH).unwrap();
                assert_eq!(review.state, ReviewState::Pending);
            }
        }
    }

    #[test]
    fn what_was_shown_is_decided_again_unless_reviews_show_at_once() {
        let rewritten = |policy| {
            let mut review = review(ReviewState::Approved);
            review
                .rewrite(policy, 2, Instant::EPOCH)
                .map(|()| review.state)
        };
        assert_eq!(
            rewritten(ReviewPolicy::PreModerated),
            Ok(ReviewState::Pending)
        );
        assert_eq!(
            rewritten(ReviewPolicy::PostModerated),
            Ok(ReviewState::Approved)
        );
        assert_eq!(rewritten(ReviewPolicy::Closed), Err(ReviewError::Closed));
    }

    #[test]
    fn a_review_says_something() {
        let mut review = review(ReviewState::Pending);
        review.body = None;
        assert_eq!(review.check(2), Ok(()));
        review.rating = None;
        assert_eq!(review.check(2), Err(ReviewError::Empty));
    }

    #[test]
    fn a_review_is_not_there_for_its_links() {
        let links = |many: usize| Some("https://example.az ".repeat(many));
        let mut review = review(ReviewState::Pending);
        review.body = links(2);
        assert_eq!(review.check(2), Ok(()));
        assert_eq!(review.check(1), Err(ReviewError::TooManyLinks(1)));
        review.title = links(1);
        assert_eq!(review.check(2), Err(ReviewError::LinkInTitle));
        review.author_name = links(1);
        assert_eq!(review.check(2), Err(ReviewError::LinkInName));
    }

    #[test]
    fn what_the_newsroom_does_not_keep_is_let_go() {
        let mut guests = GuestSettings {
            links: 2,
            repeat_hours: 24,
            address_days: 1,
            email_days: 1,
        };
        let mut review = review(ReviewState::Pending);
        review.keep_within(&guests);
        assert!(review.author_address.is_some() && review.author_email.is_some());
        (guests.address_days, guests.email_days) = (0, 0);
        review.keep_within(&guests);
        assert!(review.author_address.is_none() && review.author_email.is_none());
    }

    #[test]
    fn nothing_of_a_person_is_left_of_an_erased_review() {
        let mut review = review(ReviewState::Approved);
        review.erase(Instant::EPOCH);
        let printed = format!("{review:?}");
        for word in ["A reader", "example.org", "192.0.2.1", "Clear", "A note"] {
            assert!(!printed.contains(word), "{word} in {printed}");
        }
        assert!(review.manage_hash.is_none());
    }
}
