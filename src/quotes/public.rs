//! Quotes for readers: one, all, and the timeline of what a source said.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, get};
use utoipa::IntoParams;

use super::cards::QuoteCard;
use super::desk::QuotePath;
use super::model::Occasion;
use super::published::{self, Filter, Key};
use super::said_at::SaidAt;
use crate::app::App;
use crate::articles::public::chosen;
use crate::articles::{assembly, keys};
use crate::db::{DbConn, Instant};
use crate::http::choosing::Fields;
use crate::http::page::{COUNT_LIMIT, Page, Pager, Paging};
use crate::http::path::ItemPath;
use crate::http::problem::{ApiResult, Problem};
use crate::http::query::{Params, Query, QueryPart};
use crate::http::reading::{Moved, Read, Reading};
use crate::language::{Lang, LangList};
use crate::site::{self, Site};
use crate::sources::model::SourceId;
use crate::sources::published::{self as published_sources, Known};
use crate::topics;

/// Which quotes of a source.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TimelineFilters {
    /// Ids of outlets, with commas between.
    #[param(value_type = Option<String>, max_length = 2000, required = false)]
    outlet: Vec<SourceId>,
    /// Occasions, with commas between: `interview,speech`.
    #[param(value_type = Option<String>, max_length = 200, example = "interview", required = false)]
    occasion: Vec<Occasion>,
    /// Slugs or ids of the topics of the article, with commas between.
    #[param(value_type = Option<String>, max_length = 2000, required = false)]
    topic: Vec<String>,
    /// Languages of the text, with commas between. Without it, quotes of all languages.
    #[param(value_type = Option<String>, max_length = 287, example = "en", required = false,
        pattern = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*(,[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*){0,7}$")]
    lang: Option<LangList>,
    /// Said after this moment, or the start of this day, month or year.
    #[param(value_type = Option<String>, max_length = 40, example = "2026-01", required = false)]
    said_after: Option<SaidAt>,
    /// Said before this moment, or the start of this day, month or year.
    #[param(value_type = Option<String>, max_length = 40, required = false)]
    said_before: Option<SaidAt>,
}

impl QueryPart for TimelineFilters {
    fn read(params: &Params) -> Result<Self, Problem> {
        Ok(Self {
            outlet: params.many("outlet")?,
            occasion: params.many("occasion")?,
            topic: params.many("topic")?,
            lang: params.one("lang")?,
            said_after: params.one("said_after")?,
            said_before: params.one("said_before")?,
        })
    }
}

/// Whose quotes.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OfSource {
    /// Ids of sources, with commas between.
    #[param(value_type = Option<String>, max_length = 2000, required = false)]
    source: Vec<SourceId>,
}

impl QueryPart for OfSource {
    fn read(params: &Params) -> Result<Self, Problem> {
        Ok(Self {
            source: params.many("source")?,
        })
    }
}

impl TimelineFilters {
    fn filter(
        self,
        conn: &mut DbConn,
        site: &Site,
        sources: Vec<SourceId>,
    ) -> Result<Filter, Problem> {
        let zone = site.zone();
        let start =
            |said: Option<SaidAt>| -> Option<Instant> { said.and_then(|said| said.start(&zone)) };
        let mut topics = Vec::new();
        if !self.topic.is_empty() {
            let found = topics::by_slugs_or_ids(conn, &self.topic)?;
            topics = found.into_iter().flatten().map(|topic| topic.id).collect();
            if topics.is_empty() {
                // What is not known matches nothing.
                topics.push(crate::db::Id::from_uuid(uuid::Uuid::nil()));
            }
        }
        Ok(Filter {
            sources,
            outlets: published_sources::survivors(conn, self.outlet)?,
            occasions: self.occasion,
            topics,
            langs: self
                .lang
                .map(|list| list.tags().to_vec())
                .unwrap_or_default(),
            said_after: start(self.said_after),
            said_before: start(self.said_before),
        })
    }
}

/// The language in which sources are named: that of the quote, where it stands alone.
fn names_in(site: &Site, filter: &Filter) -> Option<Lang> {
    filter.langs.first().or(site.chain().first()).cloned()
}

/// A page of quotes.
async fn timeline(
    app: &App,
    request: &HttpRequest,
    paging: Paging,
    filters: TimelineFilters,
    sources: Vec<SourceId>,
    fields: &Fields,
) -> ApiResult<Reading> {
    let pager = Pager::<Key>::new(request, &app.cursors, paging)?;
    let (at, limit, count) = (
        pager.at.clone().map(|at| (at.back, at.key)),
        pager.rows(),
        pager.count,
    );
    let keys: Vec<String> = sources
        .iter()
        .map(|source| format!("source:{source}"))
        .collect();
    let (rows, total) = app
        .db
        .read_snapshot(move |conn| {
            let site = site::find(conn)?;
            let sources = published_sources::survivors(conn, sources)?;
            let filter = filters.filter(conn, &site, sources)?;
            let rows = published::list(conn, &filter, at, limit)?;
            let total = count
                .then(|| published::count(conn, &filter, COUNT_LIMIT + 1))
                .transpose()?;
            let places: Vec<Key> = rows.iter().map(|row| (row.sorted_at, row.id)).collect();
            let cards = match names_in(&site, &filter) {
                Some(lang) => assembly::quote_cards(conn, &site, rows, &lang)?,
                None => Vec::new(),
            };
            Ok::<_, Problem>((places.into_iter().zip(cards).collect(), total))
        })
        .await?;
    let page = pager
        .page(rows, |(key, _): &(Key, QuoteCard)| *key)
        .with_total(total)
        .map(|(_, card)| card);
    let links = pager.links(&page.page);
    let inside = page.items.iter().flat_map(keys::keys_of_quote);
    let inside: Vec<String> = ["quotes".to_owned()]
        .into_iter()
        .chain(keys)
        .chain(inside)
        .collect();
    Ok(chosen(&page, fields, Fields::of_list)?
        .about(inside)
        .linked(links))
}

/// List quotes
///
/// Latest said first; one whose moment is not known stands where its publication does.
#[utoipa::path(
    tag = "quotes",
    params(Paging, OfSource, TimelineFilters, Fields),
    responses((status = 200, body = Page<QuoteCard>)),
)]
#[get("/v1/quotes")]
pub async fn list_quotes(
    app: Data<App>,
    request: HttpRequest,
    query: Query<(Paging, (OfSource, TimelineFilters, Fields))>,
) -> ApiResult<Reading> {
    let (paging, (OfSource { source }, filters, fields)) = query.0;
    timeline(&app, &request, paging, filters, source, &fields).await
}

/// What a source said
///
/// Its timeline, latest said first. A source that was merged into another answers 301.
#[utoipa::path(
    tag = "sources",
    params(ItemPath, Paging, TimelineFilters, Fields),
    responses((status = 200, body = Page<QuoteCard>), (status = 301, description = "It was merged into another source.")),
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
        Known::Moved(survivor) => Ok(Read::Moved(Moved(format!("/v1/sources/{survivor}/quotes")))),
        Known::Here(_) => {
            let (paging, filters, fields) = query.0;
            Ok(timeline(&app, &request, paging, filters, vec![id], &fields)
                .await?
                .into())
        }
    }
}

/// A source that readers know, or where it is now; 404 for all others.
pub async fn known_source(app: &App, id: SourceId) -> ApiResult<Known> {
    let known = app
        .db
        .read(move |conn| Ok::<_, Problem>(published_sources::find(conn, id)?))
        .await?;
    known.ok_or_else(Problem::not_found)
}

/// Read a quote
///
/// In the language of the text in which it stands.
#[utoipa::path(
    tag = "quotes",
    params(QuotePath, Fields),
    responses((status = 200, body = QuoteCard)),
)]
#[get("/v1/quotes/{id}")]
pub async fn get_quote(
    app: Data<App>,
    path: Path<QuotePath>,
    query: Query<Fields>,
) -> ApiResult<Reading> {
    let id = path.id;
    let card = app
        .db
        .read_snapshot(move |conn| {
            let site = site::find(conn)?;
            let row = published::find(conn, id)?.ok_or_else(Problem::not_found)?;
            let lang = row.lang.clone();
            let cards = assembly::quote_cards(conn, &site, vec![row], &lang)?;
            cards.into_iter().next().ok_or_else(Problem::not_found)
        })
        .await?;
    let lang = card.article.lang.clone();
    Ok(chosen(&card, &query.0, Fields::of_item)?
        .in_language_of_path(&lang)
        .about([format!("quote:{id}")])
        .about(keys::keys_of_quote(&card)))
}
