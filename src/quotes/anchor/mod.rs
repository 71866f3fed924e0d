//! Where the words of a quote stand in a body, and what becomes of them at each save.
//!
//! The shapes are here. Laying out a body for searching is in `words`, levelling typography in
//! `fold`, posting a quote in `find`, following it through a save in `follow`, words that are
//! only alike in `near`, what stands beside the words in `neighbours`, cutting a place into
//! segments in `place`. The rule is told, with examples that the tests read, in
//! `docs/anchors.md`.

mod find;
mod fold;
mod follow;
mod near;
mod neighbours;
mod place;
mod words;

#[cfg(test)]
mod edits;
#[cfg(test)]
mod table;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use near::NEAR_LEVEL;
pub use words::Words;

/// One block of a body as plain text. Offsets into it count Unicode code points.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub block: &'a str,
    pub text: &'a str,
}

/// A stretch of words within one block.
///
/// Together a `TextPositionSelector` (`start`, `end`) and a `TextQuoteSelector` (`exact`,
/// `prefix`, `suffix`) of the W3C Web Annotation Data Model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Segment {
    /// Key of the block.
    #[schema(example = "b1")]
    pub block: String,
    /// First code point of the words in the block's plain text, counted from 0.
    #[schema(example = 44)]
    pub start: u32,
    /// The code point after the last one.
    #[schema(example = 64)]
    pub end: u32,
    /// The words of the quote. While the anchor is `anchored` they are exactly what stands
    /// between `start` and `end`; otherwise they are the last words known to be right.
    #[schema(example = "the bridge will open")]
    pub exact: String,
    /// Up to 32 code points before the words, within the block.
    #[schema(example = "in which the minister said ")]
    pub prefix: String,
    /// Up to 32 code points after the words, within the block.
    #[schema(example = ".")]
    pub suffix: String,
}

crate::text_enum! {
    /// How surely the words of a quote stand in the text, best first.
    pub enum AnchorState {
        /// The words stand there, code point by code point.
        Anchored = "anchored",
        /// The same words stand there with other quotation marks, dashes, white space, case or
        /// Unicode normalization.
        ChangedForm = "changed_form",
        /// Words that are much alike stand there, or it cannot be told which place is meant.
        NeedsReview = "needs_review",
        /// Nothing like the words is in the text.
        Orphaned = "orphaned",
    }
}

/// The place of a quote: its pieces in the order of the quote, and the worst of their states.
///
/// In `changed_form` and `needs_review` a segment's `block`, `start` and `end` are the place that
/// was found, while `exact` keeps the quote's own words. Of a `needs_review` place that crosses
/// blocks they name the block that holds most of it. `prefix` and `suffix` are those of the last
/// time when the words themselves were found. An `orphaned` segment is kept as it last was, so
/// that words which come back in a later save are found again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Anchor {
    pub state: AnchorState,
    pub segments: Vec<Segment>,
}

/// Words to find in a text when a quote is posted.
///
/// `exact` is enough where the words occur once. White space around them does not count. Words
/// with line breaks may cross blocks and then become a segment for each. The other fields decide
/// between several places; where the words occur once, they are not compared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    #[schema(min_length = 1, max_length = 5000, example = "the bridge will open")]
    pub exact: String,
    /// Words just before.
    #[serde(default)]
    #[schema(max_length = 5000)]
    pub prefix: Option<String>,
    /// Words just after.
    #[serde(default)]
    #[schema(max_length = 5000)]
    pub suffix: Option<String>,
    /// Key of the block.
    #[serde(default)]
    #[schema(max_length = 5000)]
    pub block: Option<String>,
    /// First code point in the block; the nearest place is taken.
    #[serde(default)]
    pub start: Option<u32>,
    /// The code point after the last one in the block; used where `start` is not given.
    #[serde(default)]
    pub end: Option<u32>,
}

/// Why a posted quote has no place. `segment` counts from 0 in what was wanted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FindError {
    /// `nearest` is what stands in the text and is most like the words, if anything is.
    #[error("the words of segment {segment} are not in the text")]
    NotFound {
        segment: usize,
        nearest: Option<String>,
    },
    #[error("the words of segment {segment} stand in {places} places, which nothing tells apart")]
    Ambiguous { segment: usize, places: usize },
}

/// Where a `quote` mark in a saved body says that a quote stands, in code points of the block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hint<'a> {
    pub block: &'a str,
    pub start: u32,
    pub end: u32,
}

/// What a save does to an anchor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reanchored {
    pub anchor: Anchor,
    /// What now stands at the place of the first piece that is not `anchored`; none if that
    /// piece is orphaned. Paragraphs are separated by line breaks.
    pub nearest: Option<String>,
}

/// Finds the place of a posted quote. Only its exact words count as found.
///
/// `lang` is the BCP 47 tag of the text. Use [`Words::find`] for several quotes of one text.
pub fn find(wanted: &[Wanted], places: &[Place], lang: &str) -> Result<Anchor, FindError> {
    Words::new(places, lang).find(wanted)
}

/// Follows a quote into the new state of its text.
///
/// `lang` is the BCP 47 tag of the text. Use [`Words::reanchor`] for several quotes of one text.
pub fn reanchor(old: &Anchor, hints: &[Hint], places: &[Place], lang: &str) -> Reanchored {
    Words::new(places, lang).reanchor(old, hints)
}

/// Whether two texts are the same words, if in another form: quotation marks, dashes, white space,
/// case and Unicode normalization do not count.
pub fn same_words(one: &str, other: &str, lang: &str) -> bool {
    fold::folded(one.trim(), lang).text == fold::folded(other.trim(), lang).text
}
