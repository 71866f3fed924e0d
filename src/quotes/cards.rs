//! JSON of quotes, for readers.

use serde::Serialize;
use utoipa::ToSchema;

use super::anchor::Anchor;
use super::api::Verification;
use super::model::{Manner, Occasion, Original, QuoteId, statement_for_readers};
use super::published::PublishedQuote;
use super::said_at::{Precision, SaidAt};
use crate::articles::model::ArticleId;
use crate::articles::published::Version;
use crate::db::{AnyId, Instant, Json};
use crate::http::page::{Page, PageInfo, TotalIs};
use crate::language::{Lang, Slug};
use crate::sources::model::{SourceId, SourceKind};
use crate::text_enum;

/// The article in which a quote stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ArticleOfQuote {
    pub id: ArticleId,
    pub lang: Lang,
    pub slug: Slug,
    pub headline: String,
    pub revision: i32,
}

impl From<Version> for ArticleOfQuote {
    fn from(text: Version) -> Self {
        let Version {
            article_id,
            lang,
            slug,
            headline,
            revision,
            updated_at: _,
        } = text;
        Self {
            id: article_id,
            lang,
            slug,
            headline,
            revision,
        }
    }
}

/// Who said it, named in the answer's language.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SourceName {
    pub id: SourceId,
    pub kind: SourceKind,
    #[schema(example = "A Minister")]
    pub name: String,
}

/// The outlet through which it was said.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OutletName {
    pub id: SourceId,
    #[schema(example = "Turan")]
    pub name: String,
}

/// In which role that day, where and when: what the text states.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Attribution {
    #[schema(required = true)]
    pub stated_name: Option<String>,
    #[schema(required = true)]
    pub stated_role: Option<String>,
    #[schema(required = true)]
    pub occasion: Option<Occasion>,
    #[schema(required = true)]
    pub outlet: Option<OutletName>,
    #[schema(required = true)]
    pub programme: Option<String>,
    #[schema(required = true)]
    pub said_at: Option<SaidAt>,
    /// How exactly `said_at` is known.
    pub precision: Precision,
    #[schema(required = true)]
    pub evidence_url: Option<String>,
}

/// Who said what.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Quote)]
pub struct QuoteCard {
    pub id: QuoteId,
    pub article: ArticleOfQuote,
    /// Null where the source is not named; then `unnamed` says who it was.
    #[schema(required = true)]
    pub source: Option<SourceName>,
    #[schema(required = true, example = "a resident")]
    pub unnamed: Option<String>,
    pub manner: Manner,
    pub text: String,
    #[schema(required = true)]
    pub original: Option<Original>,
    pub attribution: Attribution,
    pub verification: Verification,
    pub anchor: Anchor,
    /// Quotes of one statement, in several languages or articles, share it.
    #[schema(required = true)]
    pub statement: Option<AnyId>,
}

impl QuoteCard {
    /// `name` gives kind and name of a source that readers know.
    pub fn new(
        quote: PublishedQuote,
        article: ArticleOfQuote,
        name: impl Fn(SourceId) -> Option<(SourceKind, String)>,
    ) -> Self {
        let PublishedQuote {
            id,
            article_id: _,
            lang: _,
            position: _,
            source_id,
            unnamed,
            manner,
            text,
            original,
            stated_name,
            stated_role,
            occasion,
            outlet_id,
            programme,
            said_at,
            evidence_url,
            statement,
            anchor_state,
            segments,
            verification,
            verified_by,
            verified_at,
            said_from: _,
            sorted_at: _,
            published_at: _,
            vagueness: _,
        } = quote;
        let source =
            source_id.and_then(|id| name(id).map(|(kind, name)| SourceName { id, kind, name }));
        let outlet = outlet_id.and_then(|id| name(id).map(|(_, name)| OutletName { id, name }));
        let precision = said_at
            .as_ref()
            .map_or(Precision::Unknown, SaidAt::precision);
        Self {
            id,
            article,
            source,
            unnamed,
            manner,
            text,
            original: original.map(|Json(original)| original),
            attribution: Attribution {
                stated_name,
                stated_role,
                occasion,
                outlet,
                programme,
                said_at,
                precision,
                evidence_url,
            },
            verification: Verification {
                state: verification,
                by: verified_by,
                at: verified_at,
            },
            anchor: Anchor {
                state: anchor_state,
                segments: segments.0,
            },
            statement: statement.map(|statement| statement_for_readers(statement, source_id)),
        }
    }
}

text_enum! {
    /// What a quote's place in a timeline goes by: when it was said, or, where nobody knows that or
    /// the list is sorted so, when its text was published.
    pub enum SortedBy { SaidAt = "said_at", PublishedAt = "published_at" }
}

/// A statement in a timeline, told by the quote that says most exactly when it was said.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Statement)]
pub struct StatementCard {
    #[serde(flatten)]
    pub quote: QuoteCard,
    /// When the text that it stands in was published.
    pub published_at: Instant,
    pub sorted_by: SortedBy,
    /// The other quotes of the same statement, in whatever languages and articles.
    pub also: Vec<OtherQuote>,
}

/// A page of a timeline.
#[derive(Debug, Serialize, ToSchema)]
pub struct Timeline {
    pub items: Vec<StatementCard>,
    pub page: PageInfo,
    /// Only with `count=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
    /// Only with `count=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_is: Option<TotalIs>,
}

impl From<Page<StatementCard>> for Timeline {
    fn from(page: Page<StatementCard>) -> Self {
        let Page {
            items,
            page,
            total,
            total_is,
        } = page;
        Self {
            items,
            page,
            total,
            total_is,
        }
    }
}

/// Where else a statement is quoted.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OtherQuote {
    pub id: QuoteId,
    pub article: ArticleOfQuote,
}
