//! Quotes for readers: all, and the timeline of what a source said. One by itself is in `public_quote`.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, get};

use super::cards::{ArticleOfQuote, OtherQuote, QuoteCard, SortedBy, StatementCard, Timeline};
use super::filters::{OfSource, TimelineFilters};
use super::model::{MOST_OF_STATEMENT, QuoteId};
use super::published::{self, PublishedQuote, Sibling};
use super::timeline::{self, Filter, Key, Sort};
use crate::app::App;
use crate::articles::public::chosen;
use crate::articles::{attributed, keys, published as published_articles};
use crate::db::{AnyId, DbConn};
use crate::http::choosing::Fields;
use crate::http::page::{COUNT_LIMIT, Pager, Paging};
use crate::http::path::ItemPath;
use crate::http::problem::{ApiResult, Problem};
use crate::http::query::Query;
use crate::http::reading::{Moved, Read, Reading};
use crate::language::Lang;
use crate::site::Site;
use crate::sources::model::SourceId;
use crate::sources::published::{self as published_sources, Known};

/// The language in which sources are named: that of the quote, where it stands alone.
fn names_in(site: &Site, filter: &Filter) -> Option<Lang> {
    filter.langs.first().or(site.chain().first()).cloned()
}

/// Statements as readers get them: each by the quote that stands for it, with its other quotes.
fn statement_cards(
    conn: &mut DbConn,
    site: &Site,
    rows: Vec<PublishedQuote>,
    filter: &Filter,
    lang: &Lang,
) -> Result<Vec<(Key, StatementCard)>, Problem> {
    let statements: BTreeSet<AnyId> = rows.iter().filter_map(|row| row.statement).collect();
    let siblings = published::of_statements(conn, &statements.into_iter().collect::<Vec<_>>())?;
    let articles: BTreeSet<_> = siblings.iter().map(|other| other.article_id).collect();
    let versions = published_articles::versions(conn, &articles.into_iter().collect::<Vec<_>>())?;
    let article_of = |other: &Sibling| {
        versions
            .iter()
            .find(|text| text.article_id == other.article_id && text.lang == other.lang)
            .map(|text| ArticleOfQuote::from(text.clone()))
    };
    let cards = attributed::quote_cards(conn, site, rows.clone(), lang)?;
    let mut cards: BTreeMap<QuoteId, QuoteCard> =
        cards.into_iter().map(|card| (card.id, card)).collect();
    let statement = |row: PublishedQuote| {
        let also = siblings
            .iter()
            .filter(|other| other.is_of(&row))
            .filter_map(|other| {
                let article = article_of(other)?;
                Some(OtherQuote {
                    id: other.id,
                    article,
                })
            });
        let sorted_by = match (filter.sort, row.said_from) {
            (Sort::Said, Some(_)) => SortedBy::SaidAt,
            _ => SortedBy::PublishedAt,
        };
        let card = StatementCard {
            also: also.take(MOST_OF_STATEMENT).collect(),
            quote: cards.remove(&row.id)?,
            published_at: row.published_at,
            sorted_by,
        };
        Some((filter.key(&row), card))
    };
    Ok(rows.into_iter().filter_map(statement).collect())
}

/// A page of a timeline; `about` are the surrogate keys of what it is a list of.
async fn timeline(
    app: &App,
    request: &HttpRequest,
    paging: Paging,
    filters: TimelineFilters,
    sources: Vec<SourceId>,
    fields: &Fields,
    about: Vec<String>,
) -> ApiResult<Reading> {
    let pager = Pager::<Key>::new(request, &app.cursors, paging)?;
    let about = about.into_iter().chain(filters.keys());
    let about: Vec<String> = about.chain(["site".to_owned()]).collect();
    let (site, fields) = (app.site().await?, fields.clone());
    let read = move |conn: &mut DbConn| {
        let sources = published_sources::survivors(conn, sources)?;
        let filter = filters.filter(conn, &site, sources)?;
        let rows = timeline::list(conn, &filter, pager.start(), pager.rows())?;
        let total = pager
            .count
            .then(|| timeline::count(conn, &filter, COUNT_LIMIT + 1))
            .transpose()?;
        let cards = match names_in(&site, &filter) {
            Some(lang) => statement_cards(conn, &site, rows, &filter, &lang)?,
            None => Vec::new(),
        };
        let page = Timeline::from(pager.page_of(cards, total));
        let links = pager.links(&page.page);
        let inside = page.items.iter().map(|statement| &statement.quote);
        let inside: Vec<String> = inside.flat_map(keys::keys_of_quote).collect();
        Ok::<_, Problem>(
            chosen(&page, &fields, Fields::of_list)?
                .about(about.into_iter().chain(inside))
                .linked(links),
        )
    };
    app.readers.read_snapshot(read).await
}

/// List what was said
///
/// Latest said first; what nobody knows the moment of stands where its publication does, and
/// `sorted_by` says so. A statement that is quoted in several languages or articles is one item: of its quotes that fit
/// the filters the one that says most exactly when it was said, then the earliest; `also` has the others.
#[utoipa::path(
    tag = "quotes",
    params(Paging, OfSource, TimelineFilters, Fields),
    responses((status = 200, body = Timeline)),
)]
#[get("/v1/quotes")]
pub async fn list_quotes(
    app: Data<App>,
    request: HttpRequest,
    query: Query<(Paging, (OfSource, TimelineFilters, Fields))>,
) -> ApiResult<Reading> {
    let (paging, (OfSource { source }, filters, fields)) = query.0;
    let sources = source.iter().map(|source| format!("source:{source}"));
    let about = sources.chain(["quotes".to_owned()]).collect();
    timeline(&app, &request, paging, filters, source, &fields, about).await
}

/// What a source said
///
/// Its timeline, as in the list of what was said. A source that was merged into another answers 301.
#[utoipa::path(
    tag = "sources",
    params(ItemPath, Paging, TimelineFilters, Fields),
    responses((status = 200, body = Timeline), (status = 301, description = "It was merged into another source.")),
)]
#[get("/v1/sources/{id}/quotes")]
pub async fn list_source_quotes(
    app: Data<App>,
    request: HttpRequest,
    path: Path<ItemPath>,
    query: Query<(Paging, TimelineFilters, Fields)>,
) -> ApiResult<Read> {
    let id: SourceId = path.id.of();
    match known_source(&app, id).await? {
        Known::Moved(survivor) => {
            let address = format!("/v1/sources/{survivor}/quotes");
            Ok(Moved::to(address, published_sources::keys_of(id)).into())
        }
        Known::Here(_) => {
            let (paging, filters, fields) = query.0;
            let about = vec![format!("source:{id}"), keys::quotes_of(id)];
            let reading = timeline(&app, &request, paging, filters, vec![id], &fields, about);
            Ok(reading.await?.into())
        }
    }
}

/// A source that readers know, or where it is now; 404 for all others.
pub async fn known_source(app: &App, id: SourceId) -> ApiResult<Known> {
    let known = app
        .readers
        .read(move |conn| Ok::<_, Problem>(published_sources::find(conn, id)?))
        .await?;
    known.ok_or_else(|| Problem::not_found().about(published_sources::keys_of(id)))
}
