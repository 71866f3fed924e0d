//! JSON Feed 1.1.

use serde::Serialize;
use utoipa::ToSchema;

use super::feed::{Entry, Feed};
use super::words::{uri, writable};
use crate::articles::model::{ArticleId, Author};
use crate::db::Instant;
use crate::language::Lang;

const VERSION: &str = "https://jsonfeed.org/version/1.1";

/// A feed as JSON Feed 1.1 has it. What is not known is left out, as that format wants it.
#[derive(Debug, Serialize, ToSchema)]
pub struct JsonFeed {
    /// Always `https://jsonfeed.org/version/1.1`.
    #[schema(example = "https://jsonfeed.org/version/1.1")]
    pub version: &'static str,
    pub title: String,
    /// The front page of the site.
    pub home_page_url: String,
    pub feed_url: String,
    pub language: Lang,
    /// The newsroom.
    pub authors: Vec<JsonFeedAuthor>,
    pub items: Vec<JsonFeedItem>,
}

/// A text in a JSON Feed.
#[derive(Debug, Serialize, ToSchema)]
pub struct JsonFeedItem {
    /// The same in all feeds, for good.
    #[schema(example = "urn:uuid:5c146b14-3c52-8afd-938a-375d0df1fbf6")]
    pub id: String,
    pub url: String,
    pub title: String,
    pub content_html: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    pub date_published: Instant,
    pub date_modified: Instant,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub authors: Vec<JsonFeedAuthor>,
    /// The section and the topics.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub tags: Vec<String>,
    pub language: Lang,
    /// What other readers of feeds pass over.
    #[serde(rename = "_newsline")]
    pub newsline: JsonFeedExtension,
}

/// Somebody who wrote a text.
#[derive(Debug, Serialize, ToSchema)]
pub struct JsonFeedAuthor {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// What Newsline adds to an item.
#[derive(Debug, Serialize, ToSchema)]
pub struct JsonFeedExtension {
    /// The id under which the API has the article.
    pub article: ArticleId,
}

impl JsonFeed {
    /// `address` is where it is found.
    pub fn new(feed: &Feed, address: &str) -> Self {
        let item = |entry: &Entry| JsonFeedItem {
            id: entry.id.clone(),
            url: entry.link.clone(),
            title: entry.title.clone(),
            content_html: entry.html.clone(),
            summary: entry.summary.clone(),
            image: entry.image.clone(),
            date_published: entry.published,
            date_modified: entry.updated,
            authors: entry.authors.iter().map(JsonFeedAuthor::from).collect(),
            tags: entry.categories.clone(),
            language: feed.lang.clone(),
            newsline: JsonFeedExtension {
                article: entry.article,
            },
        };
        Self {
            version: VERSION,
            title: feed.title.clone(),
            home_page_url: feed.home.clone(),
            feed_url: address.to_owned(),
            language: feed.lang.clone(),
            authors: vec![JsonFeedAuthor {
                name: feed.site.clone(),
                url: Some(feed.home.clone()),
            }],
            items: feed.entries.iter().map(item).collect(),
        }
    }
}

impl From<&Author> for JsonFeedAuthor {
    fn from(author: &Author) -> Self {
        Self {
            name: writable(&author.name),
            url: author.url.as_deref().map(uri),
        }
    }
}
