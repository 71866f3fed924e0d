//! An article as an item of ninjs 3.1.

use uuid::Uuid;

use super::cards::{ArticleJson, RelatedItem};
use super::linked::{Opened, article_id, quotes};
use super::model::{ArticleKind, Rel};
use crate::body::Body;
use crate::http::problem::Problem;
use crate::quotes::linked::source_id;
use crate::sources::model::SourceKind;
use crate::standards::Publisher;
use crate::standards::ninjs::*;
use crate::texts::model::{Image, Pixels};

const PLAIN: &str = "text/plain";
const HTML: &str = "text/html";

/// An article that was read with its quotes, its related items and its body in blocks.
pub fn item(article: &ArticleJson, publisher: Publisher) -> Result<NinjsItem, Problem> {
    let opened = Opened::of(article)?;
    Ok(NinjsItem {
        standard: Standard {
            name: StandardName,
            version: StandardVersion,
            schema: StandardSchema,
        },
        uri: article_id(publisher, article.id, &article.lang),
        kind: news_type(article.kind),
        representation_type: Full,
        version: article.revision.to_string(),
        first_created: article.first_published_at,
        version_created: article.updated_at,
        pub_status: Usable,
        language: article.lang.clone(),
        headlines: headlines(article, &opened),
        descriptions: descriptions(article, &opened),
        bodies: bodies(article, &opened.body),
        by: byline(article),
        slugline: article.slug.to_string(),
        people: quoted(article, SourceKind::Person, publisher),
        organisations: quoted(article, SourceKind::Organisation, publisher),
        info_sources: info_sources(article, publisher),
        subjects: subjects(article),
        genres: genre(article.kind).into_iter().collect(),
        renditions: article.url.as_deref().and_then(page).into_iter().collect(),
        alt_ids: vec![AlternativeId {
            role: "article",
            value: article.id.to_string(),
        }],
        associations: associations(article, opened.image, publisher),
    })
}

/// A video is a page with a film in it and words about it.
fn news_type(kind: ArticleKind) -> NewsType {
    match kind {
        ArticleKind::Video => NewsType::Composite,
        ArticleKind::News
        | ArticleKind::Opinion
        | ArticleKind::Interview
        | ArticleKind::Explainer => NewsType::Text,
    }
}

fn words(role: &'static str, value: impl Into<String>) -> NinjsWords {
    NinjsWords {
        role,
        content_type: PLAIN,
        char_count: None,
        word_count: None,
        value: value.into(),
    }
}

fn headlines(article: &ArticleJson, opened: &Opened) -> Vec<NinjsWords> {
    let seo = opened.seo.as_ref().and_then(|seo| seo.title.as_ref());
    let seo = seo.filter(|title| ***title != *article.headline);
    let main = words("main", article.headline.clone());
    std::iter::once(main)
        .chain(seo.map(|title| words("seo", title.to_string())))
        .collect()
}

fn descriptions(article: &ArticleJson, opened: &Opened) -> Vec<NinjsWords> {
    let summary = article
        .standfirst
        .as_ref()
        .map(|standfirst| words("summary", standfirst.clone()));
    let seo = opened.seo.as_ref().and_then(|seo| seo.description.as_ref());
    let seo = seo.map(|description| words("seo", description.to_string()));
    let corrections = opened.corrections.iter();
    let corrections = corrections.map(|correction| words("correction", correction.note.clone()));
    summary.into_iter().chain(seo).chain(corrections).collect()
}

fn bodies(article: &ArticleJson, body: &Body) -> Vec<NinjsWords> {
    let evidence = |quote: Uuid| {
        let card = quotes(article).find(|card| card.id.uuid() == quote)?;
        card.attribution.evidence_url.clone()
    };
    let html = body.to_html(evidence);
    let text = body.to_text();
    vec![
        NinjsWords {
            content_type: HTML,
            ..words("main", html)
        },
        NinjsWords {
            char_count: Some(text.chars().count()),
            word_count: Some(article.word_count),
            ..words("main", text)
        },
    ]
}

fn byline(article: &ArticleJson) -> Option<String> {
    let names: Vec<&str> = article.authors.iter().map(|author| &*author.name).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// Who of a kind is quoted, each once, in the order of the text.
fn quoted(article: &ArticleJson, kind: SourceKind, publisher: Publisher) -> Vec<NinjsConcept> {
    let sources = quotes(article).filter_map(|card| card.source.as_ref());
    each_once(
        sources
            .filter(|source| source.kind == kind)
            .map(|source| NinjsConcept {
                name: source.name.clone(),
                rel: Some("quoted"),
                uri: Some(source_id(publisher, source.id)),
                ..NinjsConcept::default()
            }),
    )
}

fn info_sources(article: &ArticleJson, publisher: Publisher) -> Vec<NinjsConcept> {
    let newsroom = NinjsConcept {
        name: publisher.site.name.clone(),
        role: Some("publisher"),
        uri: Some(publisher.id("/v1/site")),
        ..NinjsConcept::default()
    };
    let outlets = quotes(article).filter_map(|card| card.attribution.outlet.as_ref());
    let outlets = outlets.map(|outlet| NinjsConcept {
        name: outlet.name.clone(),
        role: Some("outlet"),
        uri: Some(source_id(publisher, outlet.id)),
        ..NinjsConcept::default()
    });
    each_once(std::iter::once(newsroom).chain(outlets))
}

fn each_once(concepts: impl Iterator<Item = NinjsConcept>) -> Vec<NinjsConcept> {
    let mut once = Vec::new();
    for concept in concepts {
        if !once.contains(&concept) {
            once.push(concept);
        }
    }
    once
}

fn subjects(article: &ArticleJson) -> Vec<NinjsConcept> {
    let subject = |rel: &'static str, name: &str, slug: &str| NinjsConcept {
        name: name.to_owned(),
        rel: Some(rel),
        literal: Some(slug.to_owned()),
        ..NinjsConcept::default()
    };
    let section = article.section.iter();
    let section = section.map(|section| subject("section", &section.name, section.slug.as_str()));
    let topics = article.topics.iter();
    let topics = topics.map(|topic| subject("topic", &topic.name, topic.slug.as_str()));
    section.chain(topics).collect()
}

/// The genre in the IPTC's NewsCodes, where the kind says one.
fn genre(kind: ArticleKind) -> Option<NinjsConcept> {
    let code = match kind {
        ArticleKind::Opinion => "Opinion",
        ArticleKind::Interview => "Interview",
        ArticleKind::Explainer => "Background",
        ArticleKind::News | ArticleKind::Video => return None,
    };
    Some(NinjsConcept {
        name: code.to_owned(),
        uri: Some(format!("http://cv.iptc.org/newscodes/genre/{code}")),
        ..NinjsConcept::default()
    })
}

/// An address as RFC 3986 writes it: ninjs takes no other letters than ASCII.
fn uri(address: &str) -> Option<String> {
    url::Url::parse(address).ok().map(String::from)
}

fn page(address: &str) -> Option<Rendition> {
    Some(Rendition {
        name: "web",
        href: uri(address)?,
        content_type: Some(HTML),
        width: None,
        height: None,
    })
}

fn associations(
    article: &ArticleJson,
    image: Option<Image>,
    publisher: Publisher,
) -> Vec<Association> {
    let others = article
        .alternates
        .iter()
        .filter(|other| other.lang != article.lang);
    let translations = others.map(|other| Association {
        name: format!("translation-{}", other.lang),
        rel: "translation",
        uri: article_id(publisher, article.id, &other.lang),
        kind: news_type(article.kind),
        language: Some(other.lang.clone()),
        headlines: vec![words("main", other.headline.clone())],
        descriptions: Vec::new(),
        by: None,
        renditions: other.url.as_deref().and_then(page).into_iter().collect(),
    });
    let related = article.related.iter().flatten();
    let related = related.filter_map(|item| related_article(item, publisher));
    let picture = image.and_then(picture);
    picture
        .into_iter()
        .chain(translations)
        .chain(related)
        .collect()
}

fn picture(image: Image) -> Option<Association> {
    let address = uri(&image.url)?;
    let caption = image.caption.map(|caption| words("caption", caption));
    let alternative = image.alt.map(|alt| words("alternative", alt));
    Some(Association {
        name: "picture".to_owned(),
        rel: "picture",
        uri: address.clone(),
        kind: NewsType::Picture,
        language: None,
        headlines: Vec::new(),
        descriptions: caption.into_iter().chain(alternative).collect(),
        by: image.credit.map(String::from),
        renditions: vec![Rendition {
            name: "original",
            href: address,
            content_type: None,
            width: image.width.map(Pixels::get),
            height: image.height.map(Pixels::get),
        }],
    })
}

/// A related article of ours; promotions and pages elsewhere are no news of this newsroom.
fn related_article(item: &RelatedItem, publisher: Publisher) -> Option<Association> {
    let card = item
        .internal
        .as_ref()
        .filter(|_| item.rel == Rel::Related)?;
    Some(Association {
        name: format!("related-{}", card.id),
        rel: "related",
        uri: article_id(publisher, card.id, &card.lang),
        kind: news_type(card.kind),
        language: Some(card.lang.clone()),
        headlines: vec![words("main", card.headline.clone())],
        descriptions: Vec::new(),
        by: None,
        renditions: card.url.as_deref().and_then(page).into_iter().collect(),
    })
}
