//! RSS 2.0, with the whole text in `content:encoded` and the authors in `dc:creator`.

use rss::extension::atom::{AtomExtension, Link};
use rss::extension::dublincore::DublinCoreExtension;
use rss::{Category, Channel, Guid, Item};

use super::feed::{Entry, Feed};
use super::words::{escaped, writable};

/// The document; `address` is where it is found.
pub fn write(feed: &Feed, address: &str) -> String {
    let own = Link {
        href: address.to_owned(),
        rel: "self".to_owned(),
        mime_type: Some("application/rss+xml".to_owned()),
        ..Link::default()
    };
    let channel = Channel {
        title: feed.title.clone(),
        link: feed.home.clone(),
        // It must have one, and a list has nothing to say but its name.
        description: feed.title.clone(),
        language: Some(feed.lang.to_string()),
        last_build_date: Some(feed.updated.http_date()),
        generator: Some("Newsline".to_owned()),
        items: feed.entries.iter().map(item).collect(),
        atom_ext: Some(AtomExtension { links: vec![own] }),
        ..Channel::default()
    };
    channel.to_string()
}

fn item(entry: &Entry) -> Item {
    let creators = entry.authors.iter().map(|author| writable(&author.name));
    let category = |name: &String| Category {
        name: name.clone(),
        domain: None,
    };
    Item {
        title: Some(entry.title.clone()),
        link: Some(entry.link.clone()),
        // Readers take it for HTML.
        description: entry.summary.as_deref().map(escaped),
        content: Some(entry.html.clone()),
        categories: entry.categories.iter().map(category).collect(),
        guid: Some(Guid {
            value: entry.id.clone(),
            permalink: false,
        }),
        pub_date: Some(entry.published.http_date()),
        dublin_core_ext: (!entry.authors.is_empty()).then(|| DublinCoreExtension {
            creators: creators.collect(),
            ..DublinCoreExtension::default()
        }),
        ..Item::default()
    }
}
