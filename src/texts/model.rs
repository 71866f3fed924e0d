//! The rows of texts and of their revisions.

use std::ops::Deref;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::UserId;
use crate::body::{self, Body};
use crate::db::schema::{revisions, texts};
use crate::db::{AnyId, Instant, Json};
use crate::http::patch::within;
use crate::http::words::{Line, Prose, WebAddress};
use crate::language::{Lang, Slug};
use crate::quotes::model::Quote;
use crate::text_enum;

text_enum! {
    /// What a text belongs to.
    pub enum TextOf { Article = "article", Notice = "notice" }
}

text_enum! {
    /// What readers get of a text: nothing (`draft`, `in_review`), the text (`published`), nothing any
    /// more (`unpublished`), or the note that it was withdrawn (`retracted`).
    pub enum TextState {
        Draft = "draft", InReview = "in_review", Published = "published", Unpublished = "unpublished",
        Retracted = "retracted",
    }
}

text_enum! {
    /// The state of a newer revision of a text that has been published.
    pub enum Pending { Draft = "draft", InReview = "in_review" }
}

text_enum! {
    /// What made a revision.
    pub enum Cause { Save = "save", Quote = "quote", Restoration = "restoration" }
}

text_enum! {
    /// Who translated a text; `machine_edited` is by a machine, gone over by a human.
    pub enum Translator { Human = "human", Machine = "machine", MachineEdited = "machine_edited" }
}

/// What a text was translated from: a revision of the same article's text in another language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"lang": "en", "revision": 3, "by": "human"}))]
pub struct TranslatedFrom {
    pub lang: Lang,
    /// The revision that the translator read.
    #[serde(deserialize_with = "within::<1, { i32::MAX }, _, _>")]
    #[schema(minimum = 1, maximum = 2_147_483_647)]
    pub revision: i32,
    pub by: Translator,
}

/// A text's row: its states. What it says stands in its revisions.
#[derive(Debug, Clone, diesel::Queryable, diesel::Insertable, diesel::AsChangeset)]
#[diesel(table_name = texts, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Text {
    pub item_id: AnyId,
    pub item_kind: TextOf,
    pub lang: Lang,
    pub version: i64,
    pub state: TextState,
    pub pending: Option<Pending>,
    pub head_revision: i32,
    pub published_revision: Option<i32>,
    /// Only articles have one.
    pub slug: Option<Slug>,
    pub headline: String,
    /// What was said when it was last submitted or retracted.
    pub note: Option<String>,
    pub first_published_at: Option<Instant>,
    /// The start of the present publication.
    pub published_at: Option<Instant>,
    /// The latest publication.
    pub updated_at: Option<Instant>,
    pub created_by: UserId,
    pub created_at: Instant,
    pub saved_at: Instant,
    pub deleted_at: Option<Instant>,
}

/// An immutable copy of a text with its quotes.
#[derive(Debug, Clone, diesel::Queryable, diesel::Insertable)]
#[diesel(table_name = revisions, treat_none_as_default_value = false)]
pub struct Revision {
    pub item_id: AnyId,
    pub lang: Lang,
    /// From 1 per text.
    pub number: i32,
    pub slug: Option<Slug>,
    pub headline: String,
    pub standfirst: Option<String>,
    pub body: Json<Body>,
    pub image: Option<Json<Image>>,
    pub seo: Option<Json<Seo>>,
    /// The text's quotes as they were.
    pub quotes: Json<Vec<Quote>>,
    pub cause: Cause,
    pub restored_from: Option<i32>,
    pub saved_by: UserId,
    pub saved_at: Instant,
    pub translated_from: Option<Json<TranslatedFrom>>,
}

impl Revision {
    /// Whether it says what another says, to whoever translates it: its words and pictures. Quotes
    /// and the address are each text's own.
    pub fn says_the_same_as(&self, other: &Self) -> bool {
        let without_quotes = |Json(body): &Json<Body>| {
            let mut body = body.clone();
            body.keep_pull_quotes_of(|_| false);
            body
        };
        let same_body =
            self.body == other.body || without_quotes(&self.body) == without_quotes(&other.body);
        same_body
            && self.headline == other.headline
            && self.standfirst == other.standfirst
            && self.image == other.image
            && self.seo == other.seo
    }
}

/// What a text says, without its quotes.
#[derive(Debug, Clone, PartialEq)]
pub struct Content {
    pub slug: Option<Slug>,
    pub headline: String,
    pub standfirst: Option<String>,
    pub body: Body,
    pub image: Option<Image>,
    pub seo: Option<Seo>,
    pub translated_from: Option<TranslatedFrom>,
}

impl From<Revision> for Content {
    fn from(revision: Revision) -> Self {
        Self {
            slug: revision.slug,
            headline: revision.headline,
            standfirst: revision.standfirst,
            body: revision.body.0,
            image: revision.image.map(|Json(image)| image),
            seo: revision.seo.map(|Json(seo)| seo),
            translated_from: revision.translated_from.map(|Json(from)| from),
        }
    }
}

/// The main picture of a text, or one in its body.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"url": "https://example.az/bridge.jpg", "alt": "A bridge at dawn", "caption": null,
    "credit": "A Photographer", "width": 1600, "height": 900}))]
pub struct Image {
    /// An https address.
    pub url: HttpsAddress,
    /// What is to be seen, for those who cannot see it.
    #[schema(required = true)]
    pub alt: Option<Line<1000>>,
    #[schema(required = true)]
    pub caption: Option<Prose<2000>>,
    #[schema(required = true)]
    pub credit: Option<Line<300>>,
    /// In pixels.
    #[schema(required = true, minimum = 1, maximum = 100_000)]
    pub width: Option<Pixels>,
    /// In pixels.
    #[schema(required = true, minimum = 1, maximum = 100_000)]
    pub height: Option<Pixels>,
}

/// What search engines show instead of headline and standfirst.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"title": "The bridge opens", "description": null}))]
pub struct Seo {
    #[schema(required = true)]
    pub title: Option<Line<300>>,
    #[schema(required = true)]
    pub description: Option<Line<1000>>,
}

/// A length in pixels, 1 to 100,000.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "u32")]
#[schema(value_type = u32, minimum = 1, maximum = 100_000, example = 1600)]
pub struct Pixels(u32);

impl Pixels {
    pub fn get(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for Pixels {
    type Error = &'static str;
    fn try_from(pixels: u32) -> Result<Self, Self::Error> {
        (1..=100_000)
            .contains(&pixels)
            .then_some(Self(pixels))
            .ok_or("expected a number from 1 to 100000")
    }
}

/// A web address with https; letters beyond ASCII are allowed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "WebAddress")]
#[schema(value_type = String, max_length = 2000, pattern = "^[Hh][Tt][Tt][Pp][Ss]://[^\\s/?#]",
    example = "https://example.az/bridge.jpg")]
pub struct HttpsAddress(WebAddress);

impl Deref for HttpsAddress {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl TryFrom<WebAddress> for HttpsAddress {
    type Error = &'static str;
    fn try_from(address: WebAddress) -> Result<Self, Self::Error> {
        match body::is_https(&address) {
            true => Ok(Self(address)),
            false => Err("expected an https address"),
        }
    }
}
