//! [ninjs 3.1](https://iptc.org/standards/ninjs/), the IPTC's news in JSON: a text of an article
//! for whoever takes in news by that standard.

use serde::Serialize;
use utoipa::ToSchema;

use crate::db::Instant;
use crate::language::Lang;

constants! {
    StandardName = "ninjs",
    StandardVersion = "3.1",
    StandardSchema = "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#",
    Full = "full",
    Usable = "usable",
}

/// The nature of a news object (`newsObjectType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum NewsType {
    Text,
    Picture,
    Composite,
}

/// The standard that an item keeps to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Standard {
    #[schema(inline)]
    pub name: StandardName,
    #[schema(inline)]
    pub version: StandardVersion,
    #[schema(inline)]
    pub schema: StandardSchema,
}

/// Words with the part that they play: a headline, a description, a body.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NinjsWords {
    /// `main`, `seo`, `summary`, `correction`, `caption` or `alternative`.
    #[schema(example = "main")]
    pub role: &'static str,
    #[schema(example = "text/plain")]
    pub content_type: &'static str,
    /// In code points; only of the body in plain text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub char_count: Option<usize>,
    /// Only of the body in plain text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub word_count: Option<i32>,
    pub value: String,
}

/// A person, an organisation, a party that gave information, a subject or a genre.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct NinjsConcept {
    pub name: String,
    /// How the item belongs to it: `quoted`, `section`, `topic`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rel: Option<&'static str>,
    /// What a party did: `publisher`, `outlet`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// The slug of a section or topic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub literal: Option<String>,
}

/// Where the item is to be had as people see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Rendition {
    /// `web` for the page of a text, `original` for a picture.
    #[schema(example = "web")]
    pub name: &'static str,
    pub href: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
}

/// Another name for the same.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AlternativeId {
    /// `article`: the id that all languages share.
    #[schema(example = "article")]
    pub role: &'static str,
    pub value: String,
}

/// What belongs to a text: its picture, its other languages, related articles.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Association {
    /// Unique within the item.
    #[schema(example = "picture")]
    pub name: String,
    /// `picture`, `translation` or `related`.
    #[schema(example = "picture")]
    pub rel: &'static str,
    pub uri: String,
    #[serde(rename = "type")]
    pub kind: NewsType,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Lang>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub headlines: Vec<NinjsWords>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub descriptions: Vec<NinjsWords>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub renditions: Vec<Rendition>,
}

/// A text of an article in ninjs 3.1.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NinjsItem {
    pub standard: Standard,
    /// Of the text in this language; it stays when the address of the page moves.
    #[schema(
        example = "https://api.example.az/v1/articles/0192f1a2-7c3e-7b10-9a55-1f0c2d3e4a01?lang=en"
    )]
    pub uri: String,
    #[serde(rename = "type")]
    pub kind: NewsType,
    #[schema(inline)]
    pub representation_type: Full,
    /// The revision that readers see.
    #[schema(example = "3")]
    pub version: String,
    pub first_created: Instant,
    pub version_created: Instant,
    #[schema(inline)]
    pub pub_status: Usable,
    pub language: Lang,
    pub headlines: Vec<NinjsWords>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub descriptions: Vec<NinjsWords>,
    /// The body as HTML and as plain text.
    pub bodies: Vec<NinjsWords>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "A Reporter, Another Reporter")]
    pub by: Option<String>,
    #[schema(example = "the-bridge-opens-in-may")]
    pub slugline: String,
    /// Who is quoted and may be named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub people: Vec<NinjsConcept>,
    /// Organisations that are quoted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub organisations: Vec<NinjsConcept>,
    /// The newsroom, and the outlets through which something was said.
    pub info_sources: Vec<NinjsConcept>,
    /// Its section and topics.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub subjects: Vec<NinjsConcept>,
    /// In the vocabulary of the IPTC.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub genres: Vec<NinjsConcept>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub renditions: Vec<Rendition>,
    pub alt_ids: Vec<AlternativeId>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub associations: Vec<Association>,
}
