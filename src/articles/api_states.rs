//! JSON of the states of texts: how to submit, publish and retract.

use std::collections::BTreeMap;

use serde::Deserialize;
use utoipa::ToSchema;

use crate::db::Instant;
use crate::http::patch::within;
use crate::http::words::Prose;
use crate::language::Lang;
use crate::quotes::model::QuoteId;

/// A word to whoever reviews it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"note": "Please check the figures."}))]
pub struct Submission {
    #[serde(default)]
    pub note: Option<Prose<2000>>,
}

/// How to publish.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({"confirm_quotes": [], "correction_note": null, "published_at": null}))]
pub struct Publication {
    /// Quotes that may be published although their words were lost.
    #[schema(max_items = 200)]
    pub confirm_quotes: Vec<QuoteId>,
    /// What readers are told about a correction; needed when words of a published direct quote change.
    pub correction_note: Option<Prose<2000>>,
    /// A moment in the past, for imports of an archive.
    pub published_at: Option<Instant>,
}

/// What readers are told instead.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"note": "The report could not be confirmed."}))]
pub struct Retraction {
    pub note: Prose<2000>,
}

/// What readers are told about a correction from now on.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"note": "An earlier version gave another date."}))]
pub struct CorrectionNote {
    pub note: Prose<2000>,
}

/// Which texts of an article to publish together.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"langs": {"az": {"version": 3}, "en": {"version": 5}}, "published_at": null}))]
pub struct ArticlePublication {
    /// By language; at least one.
    #[serde(deserialize_with = "crate::http::json::distinct_map")]
    pub langs: BTreeMap<Lang, TextPublication>,
    /// A moment in the past, for imports of an archive.
    #[serde(default)]
    pub published_at: Option<Instant>,
}

/// How to publish one text among several.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TextOfPublication, example = json!({"version": 3}))]
pub struct TextPublication {
    /// The version of the text that you have read: what somebody has saved since is not published
    /// unseen.
    #[serde(deserialize_with = "within::<1, { i32::MAX }, _, i32>")]
    #[schema(minimum = 1, maximum = 2_147_483_647)]
    pub version: i32,
    /// Its quotes that may be published although their words were lost.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub confirm_quotes: Vec<QuoteId>,
    /// What readers of this language are told about a correction.
    #[serde(default)]
    pub correction_note: Option<Prose<2000>>,
}
