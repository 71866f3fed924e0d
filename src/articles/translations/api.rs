//! JSON of translations, for the newsroom.

use serde::Serialize;
use utoipa::ToSchema;

use super::store::Row;
use crate::articles::diff::Diff;
use crate::articles::model::ArticleId;
use crate::db::Instant;
use crate::language::Lang;
use crate::texts::model::{Pending, Text, TextState, TranslatedFrom};

/// A text beside its translations, or beside its original.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TextSummary {
    pub lang: Lang,
    pub headline: String,
    pub state: TextState,
    #[schema(required = true)]
    pub pending: Option<Pending>,
    pub head_revision: i32,
    #[schema(required = true)]
    pub published_revision: Option<i32>,
}

impl From<&Text> for TextSummary {
    fn from(text: &Text) -> Self {
        Self {
            lang: text.lang.clone(),
            headline: text.headline.clone(),
            state: text.state,
            pending: text.pending,
            head_revision: text.head_revision,
            published_revision: text.published_revision,
        }
    }
}

/// A text whose newest revision is a translation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TranslationEntry {
    pub article_id: ArticleId,
    pub translated_from: TranslatedFrom,
    /// Whether the original says something else by now, or is retracted.
    pub stale: bool,
    /// Since when it is stale, or when it was last brought up to date.
    pub since: Instant,
    pub text: TextSummary,
    /// Null where it was deleted.
    #[schema(required = true)]
    pub original: Option<TextSummary>,
}

impl TranslationEntry {
    /// `texts` are those of its article.
    pub fn new(row: Row, texts: &[Text]) -> Option<Self> {
        let Row {
            article_id,
            lang,
            from_lang,
            from_revision,
            translator,
            stale,
            since,
        } = row;
        let summary = |lang: &Lang| {
            let text = texts
                .iter()
                .find(|text| text.item_id == article_id.of() && text.lang == *lang);
            text.map(TextSummary::from)
        };
        Some(Self {
            article_id,
            text: summary(&lang)?,
            original: summary(&from_lang),
            translated_from: TranslatedFrom {
                lang: from_lang,
                revision: from_revision,
                by: translator,
            },
            stale,
            since,
        })
    }
}

/// How far the original of a translation has moved on.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Drift {
    #[serde(flatten)]
    pub translation: TranslationEntry,
    /// From the revision that was translated to the newest one of the original.
    pub changes: Diff,
}
