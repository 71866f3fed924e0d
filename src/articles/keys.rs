//! Surrogate keys: the names of all that is inside an answer, by which a cache can drop it.

use super::api::DeskArticle;
use super::cards::{ArticleCard, ArticleJson, QuoteOf, RelatedItem, SectionName, TopicName};
use super::model::ArticleId;
use crate::language::Lang;
use crate::quotes::cards::QuoteCard;
use crate::sources::model::SourceId;
use crate::texts::model::TextState;

/// What is touched whenever a text is published or taken down, in whatever language.
pub const COLLECTION: &str = "articles";

/// The key of an article.
pub fn key_of(id: ArticleId) -> String {
    format!("article:{id}")
}

/// The key of all articles in a language.
pub fn key_of_language(lang: &Lang) -> String {
    format!("articles:{lang}")
}

/// The surrogate keys of the lists in which readers may find an article, or miss it.
pub fn lists_of(article: &DeskArticle) -> Vec<String> {
    let shown = article.texts.iter();
    shown
        .filter(|(_, text)| text.state == TextState::Published)
        .map(|(lang, _)| key_of_language(lang))
        .collect()
}

/// The surrogate keys of an article that readers do not get, or not in this language.
pub fn keys_of_missing(id: ArticleId) -> [String; 3] {
    // The sections are in the addresses of its other languages.
    [key_of(id), "site".to_owned(), "sections".to_owned()]
}

/// The surrogate keys of an article: itself and all that it carries.
pub fn keys_of(article: &ArticleJson) -> Vec<String> {
    let quotes = article.quotes.iter().flat_map(|quote| match quote {
        QuoteOf::Named(stub) => stub.source.into_iter().map(key_of_source).collect(),
        QuoteOf::Whole(card) => keys_of_quote(card),
    });
    let sources = article.sources.iter().flatten();
    [key_of(article.id), "site".to_owned()]
        .into_iter()
        .chain(keys_of_names(
            article.section.as_ref(),
            Some(&article.topics),
        ))
        .chain(quotes)
        .chain(sources.map(|source| key_of_source(source.id)))
        .chain(keys_of_related(article.related.iter().flatten()))
        .chain(article.awaits_related.then(|| COLLECTION.to_owned()))
        .collect()
}

/// The surrogate keys of related items.
pub fn keys_of_related<'a>(
    items: impl Iterator<Item = &'a RelatedItem>,
) -> impl Iterator<Item = String> {
    items
        .filter_map(|item| item.internal.as_ref())
        .flat_map(keys_of_card)
}

fn keys_of_names(section: Option<&SectionName>, topics: Option<&Vec<TopicName>>) -> Vec<String> {
    let section = section.map(|section| format!("section:{}", section.id));
    let topics = topics.into_iter().flatten();
    section
        .into_iter()
        .chain(topics.map(|topic| format!("topic:{}", topic.id)))
        .collect()
}

fn keys_of_card(card: &ArticleCard) -> Vec<String> {
    let quotes = card.quotes.iter().flatten();
    [key_of(card.id)]
        .into_iter()
        .chain(keys_of_names(card.section.as_ref(), card.topics.as_ref()))
        .chain(quotes.flat_map(keys_of_quote))
        .collect()
}

/// The surrogate keys of a list of articles.
pub fn keys_of_cards(lang: &Lang, cards: &[ArticleCard]) -> Vec<String> {
    [key_of_language(lang), "site".to_owned()]
        .into_iter()
        .chain(cards.iter().flat_map(keys_of_card))
        .collect()
}

/// The surrogate key of what a source said: it is touched where that changes, and the source itself
/// does not.
pub fn quotes_of(source: SourceId) -> String {
    format!("source:{source}:quotes")
}

fn key_of_source(id: SourceId) -> String {
    format!("source:{id}")
}

/// The surrogate keys of a quote: its article, its source and its outlet.
pub fn keys_of_quote(card: &QuoteCard) -> Vec<String> {
    let source = card.source.as_ref().map(|source| source.id);
    let outlet = card.attribution.outlet.as_ref().map(|outlet| outlet.id);
    let named = [source, outlet].into_iter().flatten().map(key_of_source);
    named.chain([key_of(card.article.id)]).collect()
}
