//! JSON of articles, for readers.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::model::{ArticleId, ArticleKind, Author, External, Rel, ReviewPolicy};
use super::published::Raw;
use crate::body::Body;
use crate::db::Instant;
use crate::language::{Dir, Lang, Served, Slug};
use crate::quotes::cards::QuoteCard;
use crate::quotes::model::QuoteId;
use crate::reviews::cards::ReviewCard;
use crate::sections::SectionId;
use crate::sources::api::SourceItem;
use crate::sources::model::SourceId;
use crate::texts::model::{Image, Seo, Translator};
use crate::topics::TopicId;

/// A section, named in the answer's language.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SectionName {
    pub id: SectionId,
    pub slug: Slug,
    #[schema(example = "Politics")]
    pub name: String,
}

/// A topic, named in the answer's language.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TopicName {
    pub id: TopicId,
    pub slug: Slug,
    #[schema(example = "Transport")]
    pub name: String,
}

/// The same item in one language.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Alternate {
    pub lang: Lang,
    #[schema(required = true)]
    pub slug: Option<Slug>,
    pub headline: String,
    /// Its public address, where the site has a pattern for it.
    #[schema(required = true)]
    pub url: Option<String>,
}

impl Alternate {
    /// The `Link` header that tells a crawler of it (RFC 8288), where it has an address.
    pub fn link(&self) -> Option<String> {
        let url = self.url.as_deref()?;
        let lang = &self.lang;
        Some(format!("<{url}>; rel=\"alternate\"; hreflang=\"{lang}\""))
    }
}

/// The approved reviews of an article, in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, ToSchema)]
pub struct ReviewSums {
    pub count: i64,
    /// Of 1 to 5, rounded to two digits; null without ratings.
    #[schema(required = true, minimum = 1.0, maximum = 5.0)]
    pub rating_average: Option<f64>,
    pub rating_count: i64,
}

impl ReviewSums {
    pub fn new(count: i64, rating_sum: i64, rating_count: i64) -> Self {
        let average = || (rating_sum as f64 / rating_count as f64 * 100.0).round() / 100.0;
        Self {
            count,
            rating_average: (rating_count > 0).then(average),
            rating_count,
        }
    }
}

/// An article in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ArticleCard {
    pub id: ArticleId,
    pub kind: ArticleKind,
    pub lang: Lang,
    pub slug: Slug,
    #[schema(required = true)]
    pub url: Option<String>,
    pub headline: String,
    #[schema(required = true)]
    pub standfirst: Option<String>,
    #[schema(required = true)]
    pub section: Option<SectionName>,
    pub published_at: Instant,
    pub updated_at: Instant,
    pub alternates: Vec<Alternate>,
    pub reviews: ReviewSums,
    pub quote_count: i32,
    /// Only in lists that have pins: whether it was put at this place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pinned: Option<bool>,
    #[schema(required = true, value_type = Option<Image>)]
    pub image: Option<Raw>,
    /// Only with `include=topics`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topics: Option<Vec<TopicName>>,
    /// Only with `include=quotes`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quotes: Option<Vec<QuoteCard>>,
}

/// Articles in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ArticleCards {
    /// Null where there is nothing in the language asked for.
    #[schema(required = true)]
    pub served: Option<Served>,
    #[serde(flatten)]
    pub page: crate::http::page::Page<ArticleCard>,
}

/// The body in the form that was asked for.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(untagged)]
pub enum BodyForm {
    /// `body=blocks`: Portable Text, each anchored quote a mark of type `quote`.
    #[schema(value_type = Body)]
    Blocks(Box<RawValue>),
    /// `body=html`, `markdown` or `text`.
    Words(String),
}

/// The reviews of an article, and how they come in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReviewsOf {
    pub open: bool,
    pub policy: ReviewPolicy,
    #[serde(flatten)]
    pub sums: ReviewSums,
    /// Only with `include=reviews`: the newest ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<ReviewCard>>,
}

/// A quote of the article: named only, or whole with `include=quotes`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(untagged)]
pub enum QuoteOf {
    Named(QuoteStub),
    Whole(Box<QuoteCard>),
}

/// A quote, named only.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuoteStub {
    pub id: QuoteId,
    /// Null where the source is not named.
    #[schema(required = true)]
    pub source: Option<SourceId>,
}

/// Something to read besides.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RelatedItem {
    pub rel: Rel,
    /// What a promotion is marked with; a promotion always has one.
    #[schema(required = true)]
    pub label: Option<String>,
    /// An article of ours.
    #[schema(required = true)]
    pub internal: Option<ArticleCard>,
    /// A page elsewhere, in its own language.
    #[schema(required = true)]
    pub external: Option<External>,
}

/// What was changed after publication.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Correction {
    pub from_revision: i32,
    pub to_revision: i32,
    pub note: String,
    /// The quotes whose words were changed.
    pub quotes: Vec<QuoteId>,
    /// The keys of the blocks that were changed.
    pub blocks: Vec<String>,
    pub at: Instant,
}

/// What a text was translated from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"from": "en", "by": "human", "stale": false}))]
pub struct Translation {
    pub from: Lang,
    pub by: Translator,
    /// Whether the original that is published says something else by now, or is retracted.
    pub stale: bool,
}

/// An article in one language.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Article)]
pub struct ArticleJson {
    pub id: ArticleId,
    pub kind: ArticleKind,
    pub served: Served,
    pub lang: Lang,
    pub dir: Dir,
    pub slug: Slug,
    #[schema(required = true)]
    pub url: Option<String>,
    pub headline: String,
    #[schema(required = true)]
    pub standfirst: Option<String>,
    /// Null with `body=none`.
    #[schema(required = true)]
    pub body: Option<BodyForm>,
    pub revision: i32,
    pub word_count: i32,
    pub reading_minutes: i32,
    #[schema(required = true)]
    pub section: Option<SectionName>,
    pub topics: Vec<TopicName>,
    pub authors: Vec<Author>,
    pub first_published_at: Instant,
    pub published_at: Instant,
    pub updated_at: Instant,
    pub alternates: Vec<Alternate>,
    pub quotes: Vec<QuoteOf>,
    /// Only with `include=sources`: whoever is quoted, and the outlets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sources: Option<Vec<SourceItem>>,
    /// Only with `include=related`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub related: Option<Vec<RelatedItem>>,
    pub reviews: ReviewsOf,
    #[schema(required = true, value_type = Option<Image>)]
    pub image: Option<Raw>,
    #[schema(required = true, value_type = Option<Seo>)]
    pub seo: Option<Raw>,
    /// Null where it is no translation.
    #[schema(required = true, value_type = Option<Translation>)]
    pub translation: Option<Raw>,
    #[schema(value_type = Vec<Correction>)]
    pub corrections: Raw,
    /// Whether a related article would stand here if it were published.
    #[serde(skip)]
    pub awaits_related: bool,
}
