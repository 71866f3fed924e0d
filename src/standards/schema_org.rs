//! Types of [schema.org](https://schema.org), as JSON-LD: of each, what Newsline has to say.

use serde::Serialize;
use utoipa::ToSchema;

use crate::db::Instant;
use crate::language::Lang;

constants! {
    Context = "https://schema.org",
    QuotationType = "Quotation",
    OriginType = "CreativeWork",
    ImageType = "ImageObject",
    CorrectionType = "CorrectionComment",
    AreaType = "AdministrativeArea",
    ActionType = "ViewAction",
}

/// The kind of a work that is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub enum WorkType {
    NewsArticle,
    OpinionNewsArticle,
    BackgroundNewsArticle,
    SpecialAnnouncement,
}

/// What somebody is who speaks, writes or publishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub enum AgentType {
    Person,
    Organization,
    NewsMediaOrganization,
}

/// A person or organisation, or somebody of whom not even that is told.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Agent {
    #[serde(rename = "@type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<AgentType>,
    #[serde(rename = "@id", skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "A Minister")]
    pub name: Option<String>,
    /// What the text calls them, where that is another name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alternate_name: Option<String>,
    /// The role that the text states: that of the day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Minister of Transport")]
    pub job_title: Option<String>,
    /// Who it was, where there is no name; or what an organisation is in the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub same_as: Vec<String>,
}

/// A text, as others refer to it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Work {
    #[serde(rename = "@type")]
    pub kind: WorkType,
    #[serde(rename = "@id")]
    pub id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    pub headline: String,
    pub in_language: Lang,
}

/// A picture.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImageObject {
    #[serde(rename = "@type")]
    #[schema(inline)]
    pub kind: ImageType,
    pub url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// What is to be seen, for those who cannot see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credit_text: Option<String>,
    /// In pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// In pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
}

/// What readers are told about a change after publication.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CorrectionComment {
    #[serde(rename = "@type")]
    #[schema(inline)]
    pub kind: CorrectionType,
    pub text: String,
    pub date_published: Instant,
}

/// Through what something was said: a programme of an outlet, a recording, a document.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Origin {
    #[serde(rename = "@type")]
    #[schema(inline)]
    pub kind: OriginType,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publisher: Option<Agent>,
}

/// The same words in another language, or the statement that several quotations share.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OtherQuotation {
    #[serde(rename = "@type")]
    #[schema(inline)]
    pub kind: QuotationType,
    #[serde(rename = "@id", skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_language: Option<Lang>,
}

/// Who said what (schema.org `Quotation`).
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Quotation {
    /// Only where it stands alone.
    #[serde(rename = "@context", skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    pub context: Option<Context>,
    #[serde(rename = "@type")]
    #[schema(inline)]
    pub kind: QuotationType,
    #[serde(rename = "@id")]
    #[schema(example = "https://api.example.az/v1/quotes/0192f1a2-7c3e-7b10-9a55-0000000a0001")]
    pub id: String,
    #[schema(example = "the bridge will open")]
    pub text: String,
    pub in_language: Lang,
    /// To whom the text attributes it, under the name and in the role that it states.
    pub spoken_by_character: Agent,
    /// Who said it, where they may be named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creator: Option<Agent>,
    /// When it was said, as far as it is known: a moment, a day, a month or a year.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2026-04-17")]
    pub date_created: Option<String>,
    /// Whether the words are the source's own: `direct speech`, `indirect speech`, `mixed speech`.
    #[schema(example = "indirect speech")]
    pub disambiguating_description: &'static str,
    /// The occasion, such as `interview`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "interview")]
    pub genre: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_based_on: Option<Origin>,
    /// The text in which it stands; left away within that text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_part_of: Option<Work>,
    /// The words as they were said, where the text is a translation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub translation_of_work: Option<OtherQuotation>,
    /// The one statement that quotations in several languages or articles share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example_of_work: Option<OtherQuotation>,
    /// Whether the newsroom has checked it: `unverified`, `verified`, `disputed`, `withdrawn`.
    #[schema(example = "verified")]
    pub creative_work_status: &'static str,
}

/// A text of an article (schema.org `NewsArticle` and its kinds).
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewsArticle {
    #[serde(rename = "@context")]
    #[schema(inline)]
    pub context: Context,
    #[serde(rename = "@type")]
    pub kind: WorkType,
    /// Of the text in this language; it stays when the address of the page moves.
    #[serde(rename = "@id")]
    #[schema(
        example = "https://api.example.az/v1/articles/0192f1a2-7c3e-7b10-9a55-1f0c2d3e4a01?lang=en"
    )]
    pub id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://example.az/en/a-headline")]
    pub url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub main_entity_of_page: Option<String>,
    #[schema(example = "A headline")]
    pub headline: String,
    /// The title for search engines, where it is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alternative_headline: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Plain text, paragraphs parted by blank lines.
    pub article_body: String,
    pub in_language: Lang,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Politics")]
    pub article_section: Option<String>,
    /// The names of its topics.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub keywords: Vec<String>,
    /// `interview` or `video`, for which schema.org has no type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub genre: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub author: Vec<Agent>,
    pub publisher: Agent,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageObject>,
    /// When it was first published.
    pub date_published: Instant,
    pub date_modified: Instant,
    pub word_count: i32,
    /// How long it takes to read (ISO 8601).
    #[schema(example = "PT3M")]
    pub time_required: String,
    /// Always true: readers need no account.
    pub is_accessible_for_free: bool,
    /// The text that it was translated from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub translation_of_work: Option<Work>,
    /// The other languages of the article.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub work_translation: Vec<Work>,
    /// Its quotations, in the order of the text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub has_part: Vec<Quotation>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub correction: Vec<CorrectionComment>,
}

/// A place for which a notice holds.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AdministrativeArea {
    #[serde(rename = "@type")]
    #[schema(inline)]
    pub kind: AreaType,
    /// The code of ISO 3166-2.
    #[schema(example = "AZ-BA")]
    pub identifier: String,
    #[schema(example = "Baku")]
    pub name: String,
}

/// What a reader can do.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ViewAction {
    #[serde(rename = "@type")]
    #[schema(inline)]
    pub kind: ActionType,
    #[schema(example = "What you can do")]
    pub name: String,
    pub target: String,
}

/// A notice in one language (schema.org `SpecialAnnouncement`).
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SpecialAnnouncement {
    #[serde(rename = "@context")]
    #[schema(inline)]
    pub context: Context,
    #[serde(rename = "@type")]
    pub kind: WorkType,
    #[serde(rename = "@id")]
    #[schema(
        example = "https://api.example.az/v1/notices/0192f1a2-7c3e-7b10-9a55-1f0c2d3e4a01?lang=en"
    )]
    pub id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[schema(example = "Dear resident!")]
    pub headline: String,
    /// Plain text, paragraphs parted by blank lines.
    pub text: String,
    pub in_language: Lang,
    /// The kind of notice: `civic`, `service`, `alert` or `promotion`.
    #[schema(example = "civic")]
    pub category: &'static str,
    /// What a promotion is marked with; it always has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disambiguating_description: Option<String>,
    /// From when readers could see it.
    pub date_posted: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<Instant>,
    /// Without any, it holds everywhere.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub spatial_coverage: Vec<AdministrativeArea>,
    /// Who speaks, where it is not the newsroom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<Agent>,
    pub publisher: Agent,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub potential_action: Option<ViewAction>,
    /// The other languages of the notice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub work_translation: Vec<Work>,
}
