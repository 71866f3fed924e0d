//! A feed, whatever the form: the first items of a list in a language, with their bodies.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::words::{uri, urn, writable};
use crate::articles::assembly::{CardInclude, Evidence, evidence_of};
use crate::articles::cards::ArticleCard;
use crate::articles::keys;
use crate::articles::model::{ArticleId, Author};
use crate::articles::public::CardIncludes;
use crate::articles::published::{self as published_articles, PublishedText, Raw};
use crate::body::{Block, Body, ImageBlock};
use crate::db::{DbConn, Instant};
use crate::http::problem::{Code, Problem};
use crate::language::{Lang, Slug};
use crate::lists::model::keys_of_missing;
use crate::lists::public::page_of;
use crate::lists::published as published_lists;
use crate::quotes::published as published_quotes;
use crate::site::{self, Site};

/// How many items a feed has.
const ITEMS: i64 = 20;

/// A feed of a list. Its words are all such that XML can write them.
pub struct Feed {
    pub id: String,
    pub title: String,
    pub lang: Lang,
    /// Who publishes it.
    pub site: String,
    /// The address of the site's front page, or of the API where the site has none.
    pub home: String,
    pub updated: Instant,
    pub entries: Vec<Entry>,
    pub keys: Vec<String>,
    /// The next moment at which a pin ends.
    pub until: Option<Instant>,
}

/// A text in a feed.
pub struct Entry {
    /// The same in all forms, for good.
    pub id: String,
    pub article: ArticleId,
    pub title: String,
    /// The public address of the text, or that of the API where the site has no pattern.
    pub link: String,
    pub summary: Option<String>,
    pub html: String,
    pub image: Option<String>,
    pub authors: Vec<Author>,
    /// The section and the topics.
    pub categories: Vec<String>,
    pub published: Instant,
    pub updated: Instant,
}

/// Reads a feed; 404 where there is no such list, or the site is not in that language.
pub fn read(
    conn: &mut DbConn,
    slug: &Slug,
    lang: &Lang,
    api: &str,
    now: Instant,
) -> Result<Feed, Problem> {
    let site = site::find(conn)?;
    if !site.chain().contains(lang) {
        return Err(Problem::not_found().about(["site".to_owned()]));
    }
    let nothing = || Problem::not_found().about(keys_of_missing());
    let list = published_lists::find(conn, slug)?.ok_or_else(nothing)?;
    let with_topics = CardIncludes {
        include: vec![CardInclude::Topics],
    };
    let (cards, selection) = page_of(conn, &site, &list, lang, (None, ITEMS), &with_topics, now)?;
    let keys = keys::keys_of_cards(lang, &cards);
    let entries = entries(conn, cards, lang, api)?;
    let dates = entries.iter().map(|entry| entry.updated);
    let name = list.names.0.pick(lang, site.chain());
    Ok(Feed {
        id: urn(list.id.uuid(), lang),
        title: writable(&format!("{name} – {}", site.name)),
        lang: lang.clone(),
        home: home(&site, lang, api),
        site: writable(&site.name),
        updated: dates
            .chain([list.updated_at])
            .max()
            .unwrap_or(list.updated_at),
        entries,
        keys: keys.into_iter().chain(list.keys()).collect(),
        until: selection.true_until,
    })
}

fn home(site: &Site, lang: &Lang, api: &str) -> String {
    let address = site.home_address(lang);
    uri(&address.unwrap_or_else(|| format!("{api}/")))
}

/// The texts of the cards, in their order.
fn entries(
    conn: &mut DbConn,
    cards: Vec<ArticleCard>,
    lang: &Lang,
    api: &str,
) -> Result<Vec<Entry>, Problem> {
    let ids: Vec<ArticleId> = cards.iter().map(|card| card.id).collect();
    let texts = published_articles::find_texts(conn, &ids, lang)?;
    let mut texts: BTreeMap<_, _> = texts
        .into_iter()
        .map(|text| (text.article_id, text))
        .collect();
    let evidence = evidence_of(&published_quotes::of_articles(conn, &ids, lang)?);
    let articles = published_articles::find_articles(conn, &ids)?;
    let mut authors: BTreeMap<_, _> = articles
        .into_iter()
        .map(|article| (article.id, article.authors.0))
        .collect();
    let entry = |card: ArticleCard| {
        let text = texts.remove(&card.id)?;
        let authors = authors.remove(&card.id).unwrap_or_default();
        Some(Entry::new(card, text, authors, &evidence, api))
    };
    cards.into_iter().filter_map(entry).collect()
}

impl Entry {
    fn new(
        card: ArticleCard,
        text: PublishedText,
        authors: Vec<Author>,
        evidence: &Evidence,
        api: &str,
    ) -> Result<Self, Problem> {
        let by_slug = || format!("{api}/v1/articles/by-slug/{}/{}", card.lang, card.slug);
        let link = uri(&card.url.clone().unwrap_or_else(by_slug));
        let topics = card.topics.into_iter().flatten().map(|topic| topic.name);
        let categories = card
            .section
            .into_iter()
            .map(|section| section.name)
            .chain(topics);
        let picture = text.image.as_ref().map(Picture::read).transpose()?;
        let mut body: Body = serde_json::from_str(text.body.0.get()).map_err(unreadable)?;
        let image = picture.as_ref().map(|picture| picture.url.clone());
        if let Some(picture) = picture {
            body.0.insert(0, Block::Image(picture.into()));
        }
        let html = body.to_html(|quote| evidence.get(&quote).cloned());
        Ok(Self {
            id: urn(card.id.uuid(), &card.lang),
            article: card.id,
            title: writable(&text.headline),
            link,
            summary: text.standfirst.as_deref().map(writable),
            html: writable(&html),
            image: image.as_deref().map(uri),
            authors,
            categories: categories.map(|name| writable(&name)).collect(),
            published: text.first_published_at,
            updated: text.updated_at,
        })
    }
}

fn unreadable(_: serde_json::Error) -> Problem {
    Problem::new(Code::Internal, "The text cannot be read.")
}

/// The image of a text, as its copy for readers has it.
#[derive(Deserialize)]
struct Picture {
    url: String,
    alt: Option<String>,
    caption: Option<String>,
    credit: Option<String>,
    width: Option<u32>,
    height: Option<u32>,
}

impl Picture {
    fn read(raw: &Raw) -> Result<Self, Problem> {
        serde_json::from_str(raw.0.get()).map_err(unreadable)
    }
}

impl From<Picture> for ImageBlock {
    fn from(picture: Picture) -> Self {
        let Picture {
            url,
            alt,
            caption,
            credit,
            width,
            height,
        } = picture;
        Self {
            url,
            alt: alt.unwrap_or_default(),
            caption,
            credit,
            width,
            height,
            ..Self::default()
        }
    }
}
