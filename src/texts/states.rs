//! The states of a text and what may follow what. Each method counts a version; none knows who
//! asks or what readers are shown.

use super::model::{Pending, Text, TextState};
use crate::db::Instant;

/// The state does not allow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    #[error("The text is retracted, for good.")]
    Retracted,
    #[error("There is nothing newer to submit.")]
    NothingToSubmit,
    #[error("It is in review already.")]
    InReview,
    #[error("It is not in review.")]
    NotInReview,
    #[error("It is published as it is: there is nothing newer.")]
    NothingToPublish,
    #[error("It is not published.")]
    NotPublished,
    #[error("It was never published.")]
    NeverPublished,
    #[error("It is published: take it down first.")]
    Published,
    #[error("A publication cannot begin in the future.")]
    Future,
}

impl Text {
    /// Whether readers have ever seen it.
    pub fn was_published(&self) -> bool {
        self.first_published_at.is_some()
    }

    pub fn is_published(&self) -> bool {
        self.state == TextState::Published
    }

    /// As readers know it, for those of the newsroom who see no more than they: with the headline that
    /// was published, and no word of anything newer. Nothing where it is not published.
    pub fn as_published(mut self, headline: &str) -> Option<Self> {
        self.head_revision = self
            .published_revision
            .filter(|_| self.state == TextState::Published)?;
        headline.clone_into(&mut self.headline);
        (self.pending, self.note) = (None, None);
        Some(self)
    }

    fn touch(&mut self) {
        self.version += 1;
    }

    /// A newer revision is the head now. What is in review stays in review: an editor may polish it.
    pub fn save(&mut self, now: Instant) -> Result<(), StateError> {
        match self.state {
            TextState::Retracted => return Err(StateError::Retracted),
            TextState::Draft | TextState::InReview => {}
            TextState::Published | TextState::Unpublished => {
                self.pending = self.pending.or(Some(Pending::Draft));
            }
        }
        self.head_revision += 1;
        self.saved_at = now;
        self.touch();
        Ok(())
    }

    pub fn submit(&mut self, note: Option<String>) -> Result<(), StateError> {
        match (self.state, self.pending) {
            (TextState::Retracted, _) => return Err(StateError::Retracted),
            (TextState::Draft, _) => self.state = TextState::InReview,
            (TextState::InReview, _) | (_, Some(Pending::InReview)) => {
                return Err(StateError::InReview);
            }
            (_, Some(Pending::Draft)) => self.pending = Some(Pending::InReview),
            (_, None) => return Err(StateError::NothingToSubmit),
        }
        self.note = note;
        self.touch();
        Ok(())
    }

    pub fn take_back(&mut self) -> Result<(), StateError> {
        match (self.state, self.pending) {
            (TextState::InReview, _) => self.state = TextState::Draft,
            (_, Some(Pending::InReview)) => self.pending = Some(Pending::Draft),
            _ => return Err(StateError::NotInReview),
        }
        self.touch();
        Ok(())
    }

    /// Readers see the head from now on, or from `since` in the past (imports of an archive).
    pub fn publish(&mut self, since: Option<Instant>, now: Instant) -> Result<(), StateError> {
        match (self.state, self.pending) {
            (TextState::Retracted, _) => return Err(StateError::Retracted),
            (TextState::Published, None) => return Err(StateError::NothingToPublish),
            _ if since.is_some_and(|since| since > now) => return Err(StateError::Future),
            _ => {}
        }
        let continues = self.published_at.filter(|_| self.is_published());
        // The first publication of an import is as old as it says; a later one is news of today.
        self.updated_at = Some(if self.was_published() {
            now
        } else {
            since.unwrap_or(now)
        });
        self.published_at = since.or(continues).or(Some(now));
        self.first_published_at = self.first_published_at.or(self.published_at);
        self.published_revision = Some(self.head_revision);
        self.state = TextState::Published;
        self.pending = None;
        self.touch();
        Ok(())
    }

    pub fn unpublish(&mut self) -> Result<(), StateError> {
        match self.state {
            TextState::Retracted => return Err(StateError::Retracted),
            TextState::Published => self.state = TextState::Unpublished,
            _ => return Err(StateError::NotPublished),
        }
        self.touch();
        Ok(())
    }

    /// Takes it away for good. Of a retracted text only the note changes.
    pub fn retract(&mut self, note: String) -> Result<(), StateError> {
        match self.state {
            TextState::Published | TextState::Unpublished | TextState::Retracted => {
                self.state = TextState::Retracted;
            }
            _ => return Err(StateError::NeverPublished),
        }
        self.pending = None;
        self.note = Some(note);
        self.touch();
        Ok(())
    }

    /// Hides it from the desk. What readers see, or were told is withdrawn, stays. It is in review no
    /// more: when it comes back, it says something that nobody has submitted.
    pub fn delete(&mut self, now: Instant) -> Result<(), StateError> {
        match self.state {
            TextState::Retracted => return Err(StateError::Retracted),
            TextState::Published => return Err(StateError::Published),
            TextState::InReview => self.state = TextState::Draft,
            TextState::Draft | TextState::Unpublished => {
                self.pending = self.pending.map(|_| Pending::Draft);
            }
        }
        (self.deleted_at, self.note) = (Some(now), None);
        self.touch();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Id;
    use crate::texts::model::TextOf;

    fn at(seconds: i64) -> Instant {
        Instant::EPOCH.plus_seconds(seconds)
    }

    fn draft() -> Text {
        Text {
            item_id: Id::new(),
            item_kind: TextOf::Article,
            lang: "az".parse().unwrap(),
            version: 1,
            state: TextState::Draft,
            pending: None,
            head_revision: 1,
            published_revision: None,
            slug: None,
            headline: "Körpü açılır".to_owned(),
            note: None,
            first_published_at: None,
            published_at: None,
            updated_at: None,
            created_by: Id::new(),
            created_at: at(0),
            saved_at: at(0),
            deleted_at: None,
        }
    }

    #[test]
    fn a_saved_text_stays_published_with_a_pending_draft() {
        let mut text = draft();
        text.publish(None, at(10)).unwrap();
        text.save(at(20)).unwrap();
        assert_eq!(
            (text.state, text.pending),
            (TextState::Published, Some(Pending::Draft))
        );
        assert_eq!((text.published_revision, text.head_revision), (Some(1), 2));
    }

    #[test]
    fn a_published_text_is_shown_without_what_is_newer() {
        let mut text = draft();
        assert!(text.clone().as_published("Körpü").is_none());
        text.publish(None, at(10)).unwrap();
        text.save(at(20)).unwrap();
        text.headline = "Körpü bağlanır".to_owned();
        text.submit(Some("Please look.".to_owned())).unwrap();
        let shown = text.clone().as_published("Körpü açılır").unwrap();
        assert_eq!(
            (shown.headline.as_str(), shown.head_revision),
            ("Körpü açılır", 1)
        );
        assert_eq!((shown.pending, shown.note), (None, None));
        text.unpublish().unwrap();
        assert!(text.as_published("Körpü açılır").is_none());
    }

    #[test]
    fn the_first_publication_never_moves() {
        let mut text = draft();
        text.publish(None, at(10)).unwrap();
        text.unpublish().unwrap();
        text.publish(None, at(30)).unwrap();
        assert_eq!(text.first_published_at, Some(at(10)));
        assert_eq!(text.published_at, Some(at(30)));
        text.save(at(40)).unwrap();
        text.publish(None, at(50)).unwrap();
        assert_eq!(
            (text.published_at, text.updated_at),
            (Some(at(30)), Some(at(50)))
        );
    }

    #[test]
    fn an_import_is_as_old_as_it_says_but_never_from_the_future() {
        let mut text = draft();
        assert_eq!(text.publish(Some(at(20)), at(10)), Err(StateError::Future));
        text.publish(Some(at(5)), at(10)).unwrap();
        assert_eq!(
            (text.first_published_at, text.updated_at),
            (Some(at(5)), Some(at(5)))
        );
    }

    #[test]
    fn a_retracted_text_is_retracted_for_good() {
        let mut text = draft();
        assert_eq!(
            text.retract("Wrong.".to_owned()),
            Err(StateError::NeverPublished)
        );
        text.publish(None, at(10)).unwrap();
        text.retract("Wrong.".to_owned()).unwrap();
        assert_eq!(text.save(at(20)), Err(StateError::Retracted));
        assert_eq!(text.publish(None, at(20)), Err(StateError::Retracted));
        assert_eq!(text.delete(at(20)), Err(StateError::Retracted));
    }

    #[test]
    fn what_is_in_review_can_be_taken_back_and_edited() {
        let mut text = draft();
        text.submit(Some("Please look.".to_owned())).unwrap();
        assert_eq!(text.submit(None), Err(StateError::InReview));
        text.save(at(20)).unwrap();
        assert_eq!(text.state, TextState::InReview);
        text.take_back().unwrap();
        assert_eq!(text.take_back(), Err(StateError::NotInReview));
        assert_eq!(text.state, TextState::Draft);
    }

    #[test]
    fn what_is_deleted_is_in_review_no_more() {
        let mut text = draft();
        text.submit(Some("Please look.".to_owned())).unwrap();
        text.delete(at(20)).unwrap();
        assert_eq!((text.state, text.note), (TextState::Draft, None));

        let mut text = draft();
        text.publish(None, at(10)).unwrap();
        text.unpublish().unwrap();
        text.save(at(20)).unwrap();
        text.submit(None).unwrap();
        text.delete(at(30)).unwrap();
        assert_eq!(
            (text.state, text.pending),
            (TextState::Unpublished, Some(Pending::Draft))
        );
    }
}
