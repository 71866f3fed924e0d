//! JSON of articles and texts, for the newsroom.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::model::{Article, ArticleId, ArticleKind, Author, Related, ReviewPolicy};
use crate::auth::UserId;
use crate::body::Body;
use crate::db::{Instant, Json};
use crate::http::patch::{Patch, many};
use crate::http::words::{Line, Prose};
use crate::language::{Lang, Slug};
use crate::quotes::api::{DeskQuote, NewQuote};
use crate::quotes::model::{Quote, QuoteEffect};
use crate::sections::SectionId;
use crate::sources::matching::SourceMatch;
use crate::sources::posted::PostedSource;
use crate::texts::model::{Cause, Image, Pending, Revision, Seo, Text, TextState, TranslatedFrom};
use crate::topics::TopicId;

/// Which article.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ArticlePath {
    /// The article's id.
    #[param(value_type = String, format = Uuid, example = "0192f1a2-7c3e-7b10-9a55-1f0c2d3e4a01")]
    pub id: ArticleId,
}

/// Which text of which article.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct TextPath {
    /// The article's id.
    #[param(value_type = String, format = Uuid, example = "0192f1a2-7c3e-7b10-9a55-1f0c2d3e4a01")]
    pub id: ArticleId,
    /// The text's language (BCP 47).
    #[param(value_type = String, example = "en", min_length = 2, max_length = 35)]
    pub lang: Lang,
}

/// Which revision of a text.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct RevisionPath {
    /// The article's id.
    #[param(value_type = String, format = Uuid, example = "0192f1a2-7c3e-7b10-9a55-1f0c2d3e4a01")]
    pub id: ArticleId,
    /// The text's language (BCP 47).
    #[param(value_type = String, example = "en", min_length = 2, max_length = 35)]
    pub lang: Lang,
    /// The revision's number, from 1.
    #[param(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub n: i32,
}

/// An article with its texts and their quotes: a whole story.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "kind": "news", "section": null, "topics": [], "authors": [{"name": "A Reporter", "user": null, "url": null}],
    "sources": {"minister": {"kind": "person", "names": {"en": "A Minister", "az": "Nazir"}}},
    "texts": {"en": {
        "headline": "The bridge opens in May",
        "body_markdown": "On Friday the minister said the bridge will open.\n\nWork began two years ago.",
        "quotes": [{"key": "bridge", "source": "#minister", "manner": "indirect",
            "anchor": {"segments": [{"exact": "the bridge will open"}]}}]
    }}
}))]
pub struct NewArticle {
    /// The name that a wire bridge knows it by; unique.
    #[serde(default)]
    pub external_id: Option<Line<200>>,
    pub kind: ArticleKind,
    /// The slug or id of a section.
    #[serde(default)]
    pub section: Option<Line<120>>,
    /// Slugs or ids of topics.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub topics: Vec<Line<120>>,
    #[serde(default)]
    #[schema(max_items = 50)]
    pub authors: Vec<Author>,
    #[serde(default = "pre_moderated")]
    pub review_policy: ReviewPolicy,
    /// Sources that quotes and outlets refer to as `#name`. Each is matched with one that is known, or made.
    #[serde(default)]
    pub sources: BTreeMap<String, PostedSource>,
    #[serde(default)]
    #[schema(max_items = 50)]
    pub related: Vec<Related>,
    /// By language.
    #[serde(default, deserialize_with = "crate::http::json::distinct_map")]
    pub texts: BTreeMap<Lang, NewText>,
}

fn pre_moderated() -> ReviewPolicy {
    ReviewPolicy::PreModerated
}

/// A text. Of `body`, `body_markdown` and `body_html` at most one.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"headline": "The bridge opens in May", "body_markdown": "On Friday the minister said the bridge will open."}))]
pub struct NewText {
    pub headline: Line<500>,
    /// The last part of the address; made of the headline where null.
    #[serde(default)]
    pub slug: Option<Slug>,
    #[serde(default)]
    pub standfirst: Option<Prose<2000>>,
    /// Portable Text.
    #[serde(default)]
    #[schema(value_type = Option<Body>)]
    pub body: Option<Value>,
    /// The body as Markdown (CommonMark).
    #[serde(default)]
    #[schema(write_only, max_length = 400_000)]
    pub body_markdown: Option<String>,
    /// The body as HTML, which is sanitised.
    #[serde(default)]
    #[schema(write_only, max_length = 400_000)]
    pub body_html: Option<String>,
    #[serde(default)]
    pub image: Option<Image>,
    #[serde(default)]
    pub seo: Option<Seo>,
    /// Where it is a translation: of what, and by whom.
    #[serde(default)]
    pub translated_from: Option<TranslatedFrom>,
    /// Only where a text is created.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub quotes: Option<Vec<NewQuote>>,
}

/// A change of a text. Its quotes are kept, and looked for in a new body.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"headline": "The bridge opens in June"}))]
pub struct TextPatch {
    #[serde(default)]
    #[schema(value_type = Line<500>)]
    pub headline: Patch<Line<500>>,
    /// Null makes a new one of the headline.
    #[serde(default)]
    #[schema(value_type = Option<Slug>)]
    pub slug: Patch<Option<Slug>>,
    #[serde(default)]
    #[schema(value_type = Option<Prose<2000>>)]
    pub standfirst: Patch<Option<Prose<2000>>>,
    /// Portable Text.
    #[serde(default)]
    #[schema(value_type = Body)]
    pub body: Patch<Value>,
    /// The body as Markdown (CommonMark).
    #[serde(default)]
    #[schema(value_type = String, write_only, max_length = 400_000)]
    pub body_markdown: Patch<String>,
    /// The body as HTML, which is sanitised.
    #[serde(default)]
    #[schema(value_type = String, write_only, max_length = 400_000)]
    pub body_html: Patch<String>,
    #[serde(default)]
    #[schema(value_type = Option<Image>)]
    pub image: Patch<Option<Image>>,
    #[serde(default)]
    #[schema(value_type = Option<Seo>)]
    pub seo: Patch<Option<Seo>>,
    /// Where it is a translation: of what, and by whom. Say it anew whenever the text was brought up
    /// to date; null where it is none any more.
    #[serde(default)]
    #[schema(value_type = Option<TranslatedFrom>)]
    pub translated_from: Patch<Option<TranslatedFrom>>,
}

/// A change of what is the same in all languages.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"topics": [], "review_policy": "closed"}))]
pub struct ArticlePatch {
    #[serde(default)]
    #[schema(value_type = Option<Line<200>>)]
    pub external_id: Patch<Option<Line<200>>>,
    #[serde(default)]
    #[schema(value_type = ArticleKind)]
    pub kind: Patch<ArticleKind>,
    /// The slug or id of a section.
    #[serde(default)]
    #[schema(value_type = Option<Line<120>>)]
    pub section: Patch<Option<Line<120>>>,
    /// Slugs or ids of topics.
    #[serde(default, deserialize_with = "many::<0, 50, _, Line<120>, _>")]
    #[schema(value_type = Vec<Line<120>>, max_items = 50)]
    pub topics: Patch<Vec<Line<120>>>,
    #[serde(default, deserialize_with = "many::<0, 50, _, Author, _>")]
    #[schema(value_type = Vec<Author>, max_items = 50)]
    pub authors: Patch<Vec<Author>>,
    #[serde(default)]
    #[schema(value_type = ReviewPolicy)]
    pub review_policy: Patch<ReviewPolicy>,
    #[serde(default, deserialize_with = "many::<0, 50, _, Related, _>")]
    #[schema(value_type = Vec<Related>, max_items = 50)]
    pub related: Patch<Vec<Related>>,
}

/// An article as the desk has it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeskArticle {
    pub id: ArticleId,
    #[schema(required = true)]
    pub external_id: Option<String>,
    pub kind: ArticleKind,
    #[schema(required = true)]
    pub section: Option<SectionId>,
    pub topics: Vec<TopicId>,
    pub authors: Vec<Author>,
    pub related: Vec<Related>,
    pub review_policy: ReviewPolicy,
    pub version: i64,
    pub created_by: UserId,
    pub created_at: Instant,
    pub updated_at: Instant,
    #[schema(required = true)]
    pub deleted_at: Option<Instant>,
    /// By language.
    pub texts: BTreeMap<Lang, TextStates>,
    /// Only in the answer of the post that made it: what became of each of its `sources`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sources: Option<BTreeMap<String, SourceMatch>>,
}

impl DeskArticle {
    pub fn new(article: Article, topics: Vec<TopicId>, texts: Vec<Text>) -> Self {
        let Article {
            id,
            kind,
            section_id,
            authors,
            related,
            review_policy,
            external_id,
            version,
            created_by,
            created_at,
            updated_at,
            deleted_at,
        } = article;
        Self {
            id,
            external_id,
            kind,
            section: section_id,
            topics,
            authors: authors.0,
            related: related.0,
            review_policy,
            version,
            created_by,
            created_at,
            updated_at,
            deleted_at,
            texts: texts
                .into_iter()
                .map(|text| (text.lang.clone(), text.into()))
                .collect(),
            sources: None,
        }
    }
}

/// The states of a text, without what it says.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TextStates {
    pub state: TextState,
    #[schema(required = true)]
    pub pending: Option<Pending>,
    pub version: i64,
    pub head_revision: i32,
    #[schema(required = true)]
    pub published_revision: Option<i32>,
    pub headline: String,
    #[schema(required = true)]
    pub slug: Option<Slug>,
    /// What was said when it was last submitted or retracted.
    #[schema(required = true)]
    pub note: Option<String>,
    #[schema(required = true)]
    pub first_published_at: Option<Instant>,
    #[schema(required = true)]
    pub published_at: Option<Instant>,
    #[schema(required = true)]
    pub updated_at: Option<Instant>,
    pub saved_at: Instant,
}

impl From<Text> for TextStates {
    fn from(text: Text) -> Self {
        let Text {
            item_id: _,
            item_kind: _,
            lang: _,
            version,
            state,
            pending,
            head_revision,
            published_revision,
            slug,
            headline,
            note,
            first_published_at,
            published_at,
            updated_at,
            created_by: _,
            created_at: _,
            saved_at,
            deleted_at: _,
        } = text;
        Self {
            state,
            pending,
            version,
            head_revision,
            published_revision,
            headline,
            slug,
            note,
            first_published_at,
            published_at,
            updated_at,
            saved_at,
        }
    }
}

/// A text as the desk has it: its states, and what its newest revision says.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeskText {
    pub article_id: ArticleId,
    pub lang: Lang,
    #[serde(flatten)]
    pub states: TextStates,
    #[schema(required = true)]
    pub standfirst: Option<String>,
    pub body: Body,
    #[schema(required = true)]
    pub image: Option<Image>,
    #[schema(required = true)]
    pub seo: Option<Seo>,
    #[schema(required = true)]
    pub translated_from: Option<TranslatedFrom>,
    /// Of a translation: whether its original says something else by now, or is retracted
    /// (`…/drift` shows what). Null where it is none.
    #[schema(required = true)]
    pub translation_stale: Option<bool>,
    pub quotes: Vec<DeskQuote>,
    /// What the save that this answers did to the quotes.
    pub quote_effects: Vec<QuoteEffect>,
}

impl DeskText {
    pub fn new(article_id: ArticleId, text: Text, head: Revision, quotes: Vec<Quote>) -> Self {
        Self {
            article_id,
            lang: text.lang.clone(),
            states: text.into(),
            standfirst: head.standfirst,
            body: head.body.0,
            image: head.image.map(|Json(image)| image),
            seo: head.seo.map(|Json(seo)| seo),
            translated_from: head.translated_from.map(|Json(from)| from),
            translation_stale: None,
            quotes: quotes.into_iter().map(DeskQuote::from).collect(),
            quote_effects: Vec::new(),
        }
    }
}

/// A revision, without what it says.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RevisionEntry {
    pub number: i32,
    pub headline: String,
    pub cause: Cause,
    /// The revision that was brought back.
    #[schema(required = true)]
    pub restored_from: Option<i32>,
    pub saved_by: UserId,
    pub saved_at: Instant,
}

impl From<&Revision> for RevisionEntry {
    fn from(revision: &Revision) -> Self {
        Self {
            number: revision.number,
            headline: revision.headline.clone(),
            cause: revision.cause,
            restored_from: revision.restored_from,
            saved_by: revision.saved_by,
            saved_at: revision.saved_at,
        }
    }
}

/// A revision and all that it says.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WholeRevision {
    #[serde(flatten)]
    pub entry: RevisionEntry,
    #[schema(required = true)]
    pub slug: Option<Slug>,
    #[schema(required = true)]
    pub standfirst: Option<String>,
    pub body: Body,
    #[schema(required = true)]
    pub image: Option<Image>,
    #[schema(required = true)]
    pub seo: Option<Seo>,
    #[schema(required = true)]
    pub translated_from: Option<TranslatedFrom>,
    pub quotes: Vec<DeskQuote>,
}

impl From<Revision> for WholeRevision {
    fn from(revision: Revision) -> Self {
        Self {
            entry: (&revision).into(),
            slug: revision.slug,
            standfirst: revision.standfirst,
            body: revision.body.0,
            image: revision.image.map(|Json(image)| image),
            seo: revision.seo.map(|Json(seo)| seo),
            translated_from: revision.translated_from.map(|Json(from)| from),
            quotes: revision.quotes.0.into_iter().map(DeskQuote::from).collect(),
        }
    }
}
