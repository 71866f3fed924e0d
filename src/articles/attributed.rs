//! The quotes of articles with whoever said them, for readers. Each function costs a fixed number of
//! statements, however many rows it is given.

use std::collections::{BTreeMap, BTreeSet};

use diesel::QueryResult;

use super::assembly::Include;
use super::model::ArticleId;
use super::published::{self, Version};
use crate::db::DbConn;
use crate::http::problem::Problem;
use crate::language::{Collation, Lang};
use crate::quotes::cards::QuoteCard;
use crate::quotes::published::{self as published_quotes, PublishedQuote};
use crate::site::Site;
use crate::sources::api::SourceItem;
use crate::sources::model::SourceId;
use crate::sources::published::{self as published_sources, Named, PublishedSource};

/// The quotes of several articles in one language.
pub fn quotes_of(
    conn: &mut DbConn,
    site: &Site,
    ids: &[ArticleId],
    lang: &Lang,
    versions: &[Version],
) -> QueryResult<BTreeMap<ArticleId, Vec<QuoteCard>>> {
    let rows = published_quotes::of_articles(conn, ids, lang)?;
    let names = names_of_sources(conn, &rows)?;
    let mut by_article: BTreeMap<ArticleId, Vec<QuoteCard>> = BTreeMap::new();
    for card in cards_of(rows, versions, &names, (lang, site)) {
        by_article.entry(card.article.id).or_default().push(card);
    }
    Ok(by_article)
}

/// Quotes with their articles and sources; names in `lang`, or the nearest that there is.
pub fn quote_cards(
    conn: &mut DbConn,
    site: &Site,
    rows: Vec<PublishedQuote>,
    lang: &Lang,
) -> Result<Vec<QuoteCard>, Problem> {
    let names = names_of_sources(conn, &rows)?;
    let ids: BTreeSet<ArticleId> = rows.iter().map(|row| row.article_id).collect();
    let versions = published::versions(conn, &ids.into_iter().collect::<Vec<_>>())?;
    Ok(cards_of(rows, &versions, &names, (lang, site)))
}

/// What those are called who are quoted, and the outlets.
pub type SourceNames = BTreeMap<SourceId, Named>;

pub fn names_of_sources(conn: &mut DbConn, rows: &[PublishedQuote]) -> QueryResult<SourceNames> {
    let sources: BTreeSet<SourceId> = rows.iter().flat_map(PublishedQuote::sources).collect();
    published_sources::find_many(conn, &sources.into_iter().collect::<Vec<_>>())
}

/// The same, where all beside the quotes was read already.
pub fn cards_of(
    rows: Vec<PublishedQuote>,
    versions: &[Version],
    names: &SourceNames,
    (lang, site): (&Lang, &Site),
) -> Vec<QuoteCard> {
    let name = |id: SourceId| {
        let source = names.get(&id)?;
        Some((
            source.kind,
            source.names.pick(lang, site.chain()).to_owned(),
        ))
    };
    let card = |row: PublishedQuote| {
        let text = versions
            .iter()
            .find(|text| text.article_id == row.article_id && text.lang == row.lang)?;
        Some(QuoteCard::new(row, text.clone().into(), name))
    };
    rows.into_iter().filter_map(card).collect()
}

/// The names that whole quotes need and the sources themselves, each where it is wished for, in one
/// statement.
pub fn sources_of(
    conn: &mut DbConn,
    site: &Site,
    rows: &[PublishedQuote],
    lang: &Lang,
    include: &[Include],
) -> QueryResult<(Option<SourceNames>, Option<Vec<SourceItem>>)> {
    let quotes = include.contains(&Include::Quotes);
    if !include.contains(&Include::Sources) {
        let names = quotes.then(|| names_of_sources(conn, rows)).transpose()?;
        return Ok((names, None));
    }
    let sources = rows_of_sources(conn, rows)?;
    let named = |source: &PublishedSource| {
        let (kind, names) = (source.kind, source.names.0.clone());
        (source.id, Named { kind, names })
    };
    let names = quotes.then(|| sources.iter().map(named).collect());
    Ok((names, Some(in_order(sources, site, lang))))
}

/// Who is quoted, and the outlets.
pub fn source_items(
    conn: &mut DbConn,
    site: &Site,
    rows: &[PublishedQuote],
    lang: &Lang,
) -> QueryResult<Vec<SourceItem>> {
    Ok(in_order(rows_of_sources(conn, rows)?, site, lang))
}

fn rows_of_sources(
    conn: &mut DbConn,
    rows: &[PublishedQuote],
) -> QueryResult<Vec<PublishedSource>> {
    let ids: BTreeSet<SourceId> = rows.iter().flat_map(PublishedQuote::sources).collect();
    published_sources::find_rows(conn, &ids.into_iter().collect::<Vec<_>>())
}

fn in_order(sources: Vec<PublishedSource>, site: &Site, lang: &Lang) -> Vec<SourceItem> {
    let item = |source| SourceItem::of(source, lang, site.chain());
    let mut items: Vec<SourceItem> = sources.into_iter().map(item).collect();
    let collation = Collation::of(lang);
    items.sort_by(|one, other| {
        let by_name = collation.compare(&one.name, &other.name);
        by_name.then(one.id.cmp(&other.id))
    });
    items
}
