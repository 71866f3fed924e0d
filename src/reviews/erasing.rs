//! Erasing: the words of reviews and whom they came from go from every place where they stand, and an
//! empty place stays where readers saw one.

use sha2::{Digest, Sha256};

use super::model::{Review, ReviewId};
use super::{published, store};
use crate::auth::UserId;
use crate::auth::model::Email;
use crate::changes::{Action, Change, ItemKind};
use crate::db::Tx;
use crate::http::once;
use crate::http::problem::Problem;

/// Erases reviews that are held ([`store::hold`]), for their author or, for the newsroom, by somebody of it.
/// The number of statements does not depend on how many they are.
pub fn erase(tx: &mut Tx, mut reviews: Vec<Review>, by: Option<UserId>) -> Result<(), Problem> {
    let now = tx.now();
    let mut subjects: Vec<Vec<u8>> = Vec::new();
    for review in &mut reviews {
        subjects.push(subject_of(review.id));
        subjects.extend(review.author_email.as_deref().map(hash_of_address));
        review.erase(now);
    }
    store::save_held(tx, &reviews)?;
    let ids: Vec<ReviewId> = reviews.iter().map(|review| review.id).collect();
    store::forget_prints(tx, &ids)?;
    subjects.sort();
    subjects.dedup();
    once::forget_subjects(tx, &subjects)?;
    let touched = published::project_all(tx, &reviews)?;
    for (review, keys) in reviews.iter().zip(touched) {
        let change = Change::of(ItemKind::Review, review.id, Action::Erased);
        let change = change.in_language(&review.lang).touching(keys);
        tx.record(match by {
            Some(by) => change.by(by),
            None => change,
        });
    }
    Ok(())
}

/// Under what a kept answer that tells of a review is found.
pub fn subject_of(review: ReviewId) -> Vec<u8> {
    review.uuid().as_bytes().to_vec()
}

/// Under what a kept answer that tells of all reviews by an address is found.
pub fn subject_of_email(email: &Email) -> Vec<u8> {
    hash_of_address(email.as_str())
}

fn hash_of_address(email: &str) -> Vec<u8> {
    Sha256::digest(email.as_bytes()).to_vec()
}
