//! Atom (RFC 4287), with the whole text as HTML.

use atom_syndication::{
    Category, Content, Entry as AtomEntry, Feed as AtomFeed, FixedDateTime, Generator, Link,
    Person, Text,
};

use super::feed::{Entry, Feed};
use super::words::{uri, writable};
use crate::articles::model::Author;
use crate::db::Instant;
use crate::http::problem::{Code, Problem};
use crate::language::Lang;

/// The document; `address` is where it is found.
pub fn write(feed: &Feed, address: &str) -> Result<Vec<u8>, Problem> {
    let entries = feed.entries.iter().map(|item| entry(item, &feed.lang));
    let document = AtomFeed {
        id: feed.id.clone(),
        title: Text::plain(feed.title.clone()),
        updated: moment(feed.updated),
        // RFC 4287 §4.1.1: who is to be named where an entry has no author.
        authors: vec![Person {
            name: feed.site.clone(),
            uri: Some(feed.home.clone()),
            ..Person::default()
        }],
        generator: Some(Generator {
            value: "Newsline".to_owned(),
            ..Generator::default()
        }),
        links: vec![
            link("self", "application/atom+xml", address, None),
            link("alternate", "text/html", &feed.home, Some(&feed.lang)),
        ],
        lang: Some(feed.lang.to_string()),
        entries: entries.collect(),
        ..AtomFeed::default()
    };
    let written = document.write_to(Vec::new());
    written.map_err(|_| Problem::new(Code::Internal, "The feed cannot be written."))
}

fn entry(entry: &Entry, lang: &Lang) -> AtomEntry {
    let category = |name: &String| Category {
        term: name.clone(),
        ..Category::default()
    };
    AtomEntry {
        id: entry.id.clone(),
        title: Text::plain(entry.title.clone()),
        updated: moment(entry.updated),
        published: Some(moment(entry.published)),
        authors: entry.authors.iter().map(person).collect(),
        categories: entry.categories.iter().map(category).collect(),
        links: vec![link("alternate", "text/html", &entry.link, Some(lang))],
        summary: entry.summary.clone().map(Text::plain),
        content: Some(Content {
            value: Some(entry.html.clone()),
            content_type: Some("html".to_owned()),
            ..Content::default()
        }),
        ..AtomEntry::default()
    }
}

fn person(author: &Author) -> Person {
    Person {
        name: writable(&author.name),
        uri: author.url.as_deref().map(uri),
        ..Person::default()
    }
}

fn link(rel: &str, content_type: &str, href: &str, lang: Option<&Lang>) -> Link {
    Link {
        href: href.to_owned(),
        rel: rel.to_owned(),
        mime_type: Some(content_type.to_owned()),
        hreflang: lang.map(ToString::to_string),
        ..Link::default()
    }
}

/// The library keeps its own kind of moment, which reads RFC 3339 too.
fn moment(at: Instant) -> FixedDateTime {
    at.to_string().parse().unwrap_or_default()
}
