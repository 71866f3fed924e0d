//! JSON of quotes, for the newsroom.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::anchor::{Anchor, FindError, Wanted};
use super::model::{Manner, Occasion, Original, Quote, QuoteId, VerificationState};
use super::placing::words_of;
use super::said_at::{Precision, SaidAt};
use crate::articles::model::ArticleId;
use crate::auth::UserId;
use crate::db::{AnyId, Instant, Json};
use crate::http::patch::{Patch, many};
use crate::http::problem::{Code, FieldError, Problem};
use crate::http::words::{Line, Prose, WebAddress};
use crate::language::Lang;
use crate::sources::model::SourceId;

/// Where the words of a posted quote stand: `exact` alone is enough where they occur once.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"segments": [{"exact": "the bridge will open"}]}))]
pub struct WantedAnchor {
    /// 1 to 20 pieces, in the order of the quote.
    #[serde(deserialize_with = "many::<1, 20, _, Wanted, _>")]
    #[schema(min_items = 1, max_items = 20)]
    pub segments: Vec<Wanted>,
}

/// Who said it in which role that day, where and when: what the text states.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({"stated_name": "the minister", "stated_role": "Minister of Transport", "occasion": "comment",
    "outlet": null, "programme": null, "said_at": null, "evidence_url": null}))]
pub struct AttributionInput {
    pub stated_name: Option<Line<300>>,
    pub stated_role: Option<Line<300>>,
    pub occasion: Option<Occasion>,
    /// The outlet through which it was said: the id of a source, or `#name` of one in the post's `sources`.
    pub outlet: Option<Line<100>>,
    pub programme: Option<Line<300>>,
    pub said_at: Option<SaidAt>,
    pub evidence_url: Option<WebAddress>,
}

/// A quote to be put into a text.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"key": "bridge", "source": null, "unnamed": "a resident", "manner": "indirect", "original": null,
    "anchor": {"segments": [{"exact": "the bridge will open"}]},
    "attribution": {"stated_name": null, "stated_role": null, "occasion": "comment", "outlet": null, "programme": null,
        "said_at": "2026-04", "evidence_url": null}}))]
pub struct NewQuote {
    /// Quotes of one article with the same key are one statement, in several languages; all of the same
    /// source.
    #[serde(default)]
    pub key: Option<Line<100>>,
    /// Who said it: the id of a source, or `#name` of one in the post's `sources`. Null needs `unnamed`.
    #[serde(default)]
    pub source: Option<Line<100>>,
    /// Who it was, where the source has no name: "a resident".
    #[serde(default)]
    pub unnamed: Option<Line<300>>,
    pub manner: Manner,
    /// The words; those of the anchor where absent.
    #[serde(default)]
    pub text: Option<Prose<5000>>,
    /// The words as they were said, where the text is a translation.
    #[serde(default)]
    pub original: Option<Original>,
    /// Where the words stand; the place of `text` where absent.
    #[serde(default)]
    pub anchor: Option<WantedAnchor>,
    #[serde(default)]
    pub attribution: AttributionInput,
}

impl NewQuote {
    /// The pieces to look for in the body.
    pub fn wanted(&self) -> Result<Vec<Wanted>, Problem> {
        let pieces = match (&self.anchor, &self.text) {
            (Some(anchor), _) => anchor.segments.clone(),
            (None, Some(text)) => vec![Wanted {
                exact: text.to_string(),
                ..Wanted::default()
            }],
            (None, None) => {
                return Err(Problem::field(
                    "/anchor",
                    "expected the words, as `anchor` or `text`",
                ));
            }
        };
        check_pieces(&pieces).map_err(|problem| problem.below("/anchor"))?;
        Ok(pieces)
    }

    /// The words of the quote: given, or those of its pieces.
    pub fn words(&self, pieces: &[Wanted]) -> String {
        match &self.text {
            Some(text) => text.to_string(),
            None => words_of(pieces.iter().map(|piece| piece.exact.as_str())),
        }
    }
}

/// Bounds of what is looked for, pointed at from `/segments`.
pub fn check_pieces(pieces: &[Wanted]) -> Result<(), Problem> {
    for (nth, piece) in pieces.iter().enumerate() {
        let words = [
            Some(&piece.exact),
            piece.prefix.as_ref(),
            piece.suffix.as_ref(),
            piece.block.as_ref(),
        ];
        if words
            .into_iter()
            .flatten()
            .any(|words| words.chars().count() > 5000)
        {
            return Err(Problem::field(
                format!("/segments/{nth}"),
                "expected at most 5000 characters",
            ));
        }
        if piece.exact.trim().is_empty() {
            return Err(Problem::field(
                format!("/segments/{nth}/exact"),
                "expected words",
            ));
        }
    }
    Ok(())
}

/// The words have no place in the body; pointed at from `/segments`.
pub fn not_found(error: &FindError) -> Problem {
    let (code, word, segment, detail) = match error {
        FindError::NotFound {
            segment,
            nearest: Some(nearest),
        } => (
            Code::QuoteNotFound,
            "quote-not-found",
            segment,
            format!("The nearest words are: {nearest}"),
        ),
        FindError::NotFound {
            segment,
            nearest: None,
        } => (
            Code::QuoteNotFound,
            "quote-not-found",
            segment,
            "Nothing like it is in the body.".to_owned(),
        ),
        FindError::Ambiguous { segment, places } => (
            Code::QuoteAmbiguous,
            "quote-ambiguous",
            segment,
            format!("The words stand in {places} places."),
        ),
    };
    Problem::new(code, code.title()).with_errors([FieldError::at(
        format!("/segments/{segment}"),
        word,
        detail,
    )])
}

/// A quote to be put into the text of an article.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"lang": "en", "quote": {"unnamed": "a resident", "manner": "direct", "text": "the bridge will open"}}))]
pub struct QuoteInText {
    /// The text that it stands in.
    pub lang: Lang,
    pub quote: NewQuote,
}

/// A change of a quote.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"manner": "direct", "attribution": {"occasion": "interview"}}))]
pub struct QuotePatch {
    #[serde(default)]
    #[schema(value_type = Option<Line<100>>)]
    pub source: Patch<Option<Line<100>>>,
    #[serde(default)]
    #[schema(value_type = Option<Line<300>>)]
    pub unnamed: Patch<Option<Line<300>>>,
    #[serde(default)]
    #[schema(value_type = Manner)]
    pub manner: Patch<Manner>,
    #[serde(default)]
    #[schema(value_type = Prose<5000>)]
    pub text: Patch<Prose<5000>>,
    #[serde(default)]
    #[schema(value_type = Option<Original>)]
    pub original: Patch<Option<Original>>,
    /// A new place; found in the text as when the quote was posted. Words that were those of the
    /// old place become those of the new one, unless `text` is given.
    #[serde(default)]
    #[schema(value_type = WantedAnchor)]
    pub anchor: Patch<WantedAnchor>,
    #[serde(default)]
    pub attribution: AttributionPatch,
}

/// A change of what the text states.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"occasion": "interview"}))]
pub struct AttributionPatch {
    #[serde(default)]
    #[schema(value_type = Option<Line<300>>)]
    pub stated_name: Patch<Option<Line<300>>>,
    #[serde(default)]
    #[schema(value_type = Option<Line<300>>)]
    pub stated_role: Patch<Option<Line<300>>>,
    #[serde(default)]
    #[schema(value_type = Option<Occasion>)]
    pub occasion: Patch<Option<Occasion>>,
    #[serde(default)]
    #[schema(value_type = Option<Line<100>>)]
    pub outlet: Patch<Option<Line<100>>>,
    #[serde(default)]
    #[schema(value_type = Option<Line<300>>)]
    pub programme: Patch<Option<Line<300>>>,
    #[serde(default)]
    #[schema(value_type = Option<SaidAt>)]
    pub said_at: Patch<Option<SaidAt>>,
    #[serde(default)]
    #[schema(value_type = Option<WebAddress>)]
    pub evidence_url: Patch<Option<WebAddress>>,
}

/// Whether it was said.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"state": "verified"}))]
pub struct VerificationInput {
    pub state: VerificationState,
}

/// Whether the newsroom has checked that it was said.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Verification {
    pub state: VerificationState,
    #[schema(required = true)]
    pub by: Option<UserId>,
    #[schema(required = true)]
    pub at: Option<Instant>,
}

/// What the text states, as the desk has it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeskAttribution {
    #[schema(required = true)]
    pub stated_name: Option<String>,
    #[schema(required = true)]
    pub stated_role: Option<String>,
    #[schema(required = true)]
    pub occasion: Option<Occasion>,
    #[schema(required = true)]
    pub outlet: Option<SourceId>,
    #[schema(required = true)]
    pub programme: Option<String>,
    #[schema(required = true)]
    pub said_at: Option<SaidAt>,
    pub precision: Precision,
    #[schema(required = true)]
    pub evidence_url: Option<String>,
}

/// A quote as the desk has it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeskQuote {
    pub id: QuoteId,
    pub article: ArticleId,
    pub lang: Lang,
    #[schema(required = true)]
    pub source: Option<SourceId>,
    #[schema(required = true)]
    pub unnamed: Option<String>,
    pub manner: Manner,
    pub text: String,
    #[schema(required = true)]
    pub original: Option<Original>,
    pub attribution: DeskAttribution,
    pub verification: Verification,
    pub anchor: Anchor,
    /// The statement that it was linked to; null for one of its own, to which others are linked by this
    /// quote's id.
    #[schema(required = true)]
    pub statement: Option<AnyId>,
}

impl From<Quote> for DeskQuote {
    fn from(quote: Quote) -> Self {
        let Quote {
            id,
            article_id,
            lang,
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
            created_at: _,
            removed_at: _,
        } = quote;
        let precision = said_at
            .as_ref()
            .map_or(Precision::Unknown, SaidAt::precision);
        Self {
            id,
            article: article_id,
            lang,
            source: source_id,
            unnamed,
            manner,
            text,
            original: original.map(|Json(original)| original),
            attribution: DeskAttribution {
                stated_name,
                stated_role,
                occasion,
                outlet: outlet_id,
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
            statement,
        }
    }
}
