//! A quote's row, and the rules that need nothing but it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::anchor::{Anchor, AnchorState, Segment};
use super::said_at::SaidAt;
use crate::articles::model::ArticleId;
use crate::auth::UserId;
use crate::db::schema::quotes;
use crate::db::{AnyId, Id, Instant, Json};
use crate::http::words::Prose;
use crate::language::Lang;
use crate::sources::confidence::Credit;
use crate::sources::model::SourceId;
use crate::text_enum;

pub type QuoteId = Id<Quote>;

text_enum! {
    /// Whether the words are the source's own.
    pub enum Manner { Direct = "direct", Indirect = "indirect", Mixed = "mixed" }
}

text_enum! {
    /// On what occasion it was said.
    pub enum Occasion {
        Announcement = "announcement", Statement = "statement", Comment = "comment", Interview = "interview",
        Speech = "speech", PressConference = "press_conference", Post = "post", Document = "document", Court = "court",
    }
}

text_enum! {
    /// Whether the newsroom has checked that it was said.
    pub enum VerificationState {
        Unverified = "unverified", Verified = "verified", Disputed = "disputed", Withdrawn = "withdrawn",
    }
}

/// The words as they were said, where the text is a translation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Original {
    pub lang: Lang,
    pub text: Prose<5000>,
}

/// A quote as the desk has it: part of the newest revision of its text.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Serialize,
    Deserialize,
    diesel::Queryable,
    diesel::Insertable,
    diesel::AsChangeset,
)]
#[diesel(table_name = quotes, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Quote {
    pub id: QuoteId,
    pub article_id: ArticleId,
    pub lang: Lang,
    pub position: i32,
    pub source_id: Option<SourceId>,
    /// Who it was, where the source has no name: "a resident".
    pub unnamed: Option<String>,
    pub manner: Manner,
    pub text: String,
    pub original: Option<Json<Original>>,
    pub stated_name: Option<String>,
    pub stated_role: Option<String>,
    pub occasion: Option<Occasion>,
    pub outlet_id: Option<SourceId>,
    pub programme: Option<String>,
    pub said_at: Option<SaidAt>,
    pub evidence_url: Option<String>,
    /// Quotes of one statement, in several languages or articles, share it.
    pub statement: Option<AnyId>,
    pub anchor_state: AnchorState,
    pub segments: Json<Vec<Segment>>,
    pub verification: VerificationState,
    pub verified_by: Option<UserId>,
    pub verified_at: Option<Instant>,
    pub created_at: Instant,
    /// Set when it is no longer part of the text; earlier revisions still have it.
    pub removed_at: Option<Instant>,
}

impl Quote {
    pub fn anchor(&self) -> Anchor {
        Anchor {
            state: self.anchor_state,
            segments: self.segments.0.clone(),
        }
    }

    /// Whether its words may be lost: such a text is published only by saying so.
    pub fn needs_confirmation(&self) -> bool {
        matches!(
            self.anchor_state,
            AnchorState::NeedsReview | AnchorState::Orphaned
        )
    }

    /// The statement that it belongs to: one that it was linked to, or its own, which others are
    /// linked to by its id.
    pub fn statement(&self) -> AnyId {
        self.statement.unwrap_or(self.id.of())
    }

    /// Makes it a quote of the same statement as another.
    pub fn link_to(&mut self, other: &Self) -> Result<(), LinkError> {
        if self.source_id != other.source_id {
            return Err(LinkError::OtherSource);
        }
        let statement = other.statement();
        self.statement = (statement != self.id.of()).then_some(statement);
        Ok(())
    }

    /// Makes it a statement by itself; `is_joined` where others are linked to it by its id.
    pub fn unlink(&mut self, is_joined: bool) {
        self.statement = is_joined.then(Id::new);
    }

    /// To whom it is credited.
    pub fn credit(&self) -> Credit {
        Credit {
            source_id: self.source_id,
            unnamed: self.unnamed.clone(),
            stated_name: self.stated_name.clone(),
            outlet_id: self.outlet_id,
            programme: self.programme.clone(),
            evidence_url: self.evidence_url.clone(),
        }
    }

    pub fn verify(&mut self, state: VerificationState, by: UserId, at: Instant) {
        self.verification = state;
        self.verified_by = Some(by);
        self.verified_at = Some(at);
    }
}

/// How many quotes a statement may have.
pub const MOST_OF_STATEMENT: usize = 50;

/// Why quotes cannot be linked as one statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    #[error("expected the id of a quote, or of a statement, that is there")]
    Unknown,
    #[error("the two quotes are not of the same source")]
    OtherSource,
    #[error("a statement has at most {MOST_OF_STATEMENT} quotes")]
    Full,
}

/// What a save of a text did to one of its quotes.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct QuoteEffect {
    pub quote: QuoteId,
    /// Null for a quote that is new or back.
    #[schema(required = true)]
    pub before: Option<AnchorState>,
    pub after: AnchorState,
    /// What stands in the text that is most like the words, where they were not found.
    #[schema(required = true)]
    pub nearest: Option<String>,
}

/// A statement's id, drawn from the article and the key that its tool gave it, so that posting
/// the languages of a story one after the other links them too.
pub fn statement_of(article: ArticleId, key: &str) -> AnyId {
    drawn_from(article.uuid(), key)
}

/// The statement as readers know it. Quotes that name no source share another id than those that do,
/// so that it ties no name to words that were published without it.
pub fn statement_for_readers(statement: AnyId, source: Option<SourceId>) -> AnyId {
    match source {
        Some(_) => statement,
        None => drawn_from(statement.uuid(), "unnamed"),
    }
}

fn drawn_from(id: uuid::Uuid, word: &str) -> AnyId {
    use sha2::{Digest, Sha256};
    let digest = Sha256::new().chain_update(id).chain_update(word).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Id::from_uuid(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_key_of_one_article_is_one_statement() {
        let article = Id::from_uuid(uuid::Uuid::nil());
        assert_eq!(
            statement_of(article, "bridge"),
            statement_of(article, "bridge")
        );
        assert_ne!(
            statement_of(article, "bridge"),
            statement_of(article, "tunnel")
        );
        assert_ne!(
            statement_of(article, "bridge"),
            statement_of(Id::new(), "bridge")
        );
    }
}
