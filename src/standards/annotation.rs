//! The [W3C Web Annotation Data Model](https://www.w3.org/TR/annotation-model/), as far as a quote
//! needs it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::db::Instant;
use crate::language::Lang;

constants! {
    AnnotationContext = "http://www.w3.org/ns/anno.jsonld",
    AnnotationType = "Annotation",
    TextualBodyType = "TextualBody",
    SpecificResourceType = "SpecificResource",
    TextQuoteSelectorType = "TextQuoteSelector",
    TextPositionSelectorType = "TextPositionSelector",
    FragmentSelectorType = "FragmentSelector",
    OrganizationType = "Organization",
    Describing = "describing",
    PlainText = "text/plain",
    HtmlFragments = "http://tools.ietf.org/rfc/rfc3236",
}

crate::text_enum! {
    /// What a resource is for: it identifies who spoke, or it is the quote itself in other forms.
    pub enum Purpose { Identifying = "identifying", Linking = "linking" }
}

/// A quote as an annotation of the article's page: these words were said by this source.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WebAnnotation {
    #[serde(rename = "@context")]
    #[schema(inline)]
    pub context: AnnotationContext,
    #[schema(
        example = "https://api.example.az/v1/quotes/0192f1a2-7c3e-7b10-9a55-0000000a0001.anno.jsonld"
    )]
    pub id: String,
    #[serde(rename = "type")]
    #[schema(inline)]
    pub kind: AnnotationType,
    #[schema(inline)]
    pub motivation: Describing,
    pub created: Instant,
    pub creator: Annotator,
    pub body: Vec<AnnotationBody>,
    /// A target for each piece of the quote.
    pub target: Vec<Target>,
}

/// The newsroom.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Annotator {
    pub id: String,
    #[serde(rename = "type")]
    #[schema(inline)]
    pub kind: OrganizationType,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub homepage: Option<String>,
}

/// What is said about the words.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(untagged)]
pub enum AnnotationBody {
    /// Who spoke, in the words of the text.
    Words(TextualBody),
    /// Where more is to be read.
    Elsewhere(ResourceBody),
}

/// Who spoke, in the words of the text.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TextualBody {
    #[serde(rename = "type")]
    #[schema(inline)]
    pub kind: TextualBodyType,
    #[schema(inline)]
    pub purpose: Describing,
    #[schema(example = "A Minister, Minister of Transport")]
    pub value: String,
    #[schema(inline)]
    pub format: PlainText,
    pub language: Lang,
}

/// Where more is to be read: the source, where it may be named, and the quote as a thing.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ResourceBody {
    #[serde(rename = "type")]
    #[schema(inline)]
    pub kind: SpecificResourceType,
    pub purpose: Purpose,
    pub source: String,
}

/// The words on the page.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Target {
    #[serde(rename = "type")]
    #[schema(inline)]
    pub kind: SpecificResourceType,
    /// The public address of the text, or that in the API while the site has none.
    #[schema(example = "https://example.az/en/a-headline")]
    pub source: String,
    /// Ways to find the same words; none where they are no longer in the text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub selector: Vec<Selector>,
}

/// A way to find words.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Selector {
    /// By the words themselves; only while they stand there exactly.
    Quote(TextQuoteSelector),
    /// By the block that they stand in.
    Block(FragmentSelector),
}

/// The words, and what stands beside them in the block.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TextQuoteSelector {
    #[serde(rename = "type")]
    #[schema(inline)]
    pub kind: TextQuoteSelectorType,
    #[schema(example = "the bridge will open")]
    pub exact: String,
    #[schema(example = "in which the minister said ")]
    pub prefix: String,
    #[schema(example = ".")]
    pub suffix: String,
}

/// The block: its key, which a page has as the `id` of the element, and in it the place.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FragmentSelector {
    #[serde(rename = "type")]
    #[schema(inline)]
    pub kind: FragmentSelectorType,
    #[schema(example = "b1")]
    pub value: String,
    #[schema(inline)]
    pub conforms_to: HtmlFragments,
    pub refined_by: TextPositionSelector,
}

/// The place in the block's plain text, in code points.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TextPositionSelector {
    #[serde(rename = "type")]
    #[schema(inline)]
    pub kind: TextPositionSelectorType,
    #[schema(example = 44)]
    pub start: u32,
    #[schema(example = 64)]
    pub end: u32,
}
