//! Lists for readers: which there are, and what is in one.

use std::sync::Arc;

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, get};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::items::{self, Key, Selection};
use super::model::{List, Rule, keys_of_missing};
use super::published;
use crate::app::App;
use crate::articles::cards::ArticleCard;
use crate::articles::public::{CardIncludes, chosen};
use crate::articles::{assembly, keys};
use crate::db::{DbConn, Instant};
use crate::http::choosing::Fields;
use crate::http::language::{AcceptLanguage, LanguageAsked, LanguageParams};
use crate::http::page::{Page, Pager, Paging, Position};
use crate::http::problem::{ApiResult, Problem};
use crate::http::query::Query;
use crate::http::reading::Reading;
use crate::language::{Fallback, Lang, Served, Slug, choose};
use crate::named::Named;
use crate::named::public::{NamedList, reading_of};
use crate::site::{self, Site};

/// List the lists
///
/// By slug, named in the language served. One about a source that readers do not know is none.
#[utoipa::path(
    tag = "lists",
    params(Paging, LanguageParams, AcceptLanguage),
    responses((status = 200, body = NamedList)),
)]
#[get("/v1/lists")]
pub async fn list_lists(
    app: Data<App>,
    request: HttpRequest,
    language: LanguageAsked,
    query: Query<Paging>,
) -> ApiResult<Reading> {
    let pager = Pager::<Slug>::new(&request, &app.cursors, query.0)?;
    let (at, rows, counts) = (pager.at.clone(), pager.rows(), pager.count);
    let (site, lists, total, about_sources) = app
        .readers
        .read_snapshot(move |conn| {
            let about_sources = published::about_sources(conn)?;
            let hidden = &about_sources.hidden;
            let lists = published::list(conn, false, hidden, at, rows)?;
            let total = counts.then(|| published::count(conn, hidden)).transpose()?;
            Ok::<_, Problem>((site::find(conn)?, lists, total, about_sources.any))
        })
        .await?;
    let page = pager.page(lists, List::key).with_total(total);
    let reading = reading_of(&site, &language, page, |page| pager.links(page))?;
    // The list comes and goes with its source.
    Ok(reading.about(about_sources.then(|| "sources".to_owned())))
}

/// Which list.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ListPath {
    /// The list's slug.
    #[param(value_type = String, example = "news-line", max_length = 120)]
    pub slug: Slug,
}

/// A list, without its items.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ListHead {
    pub slug: Slug,
    /// In the language served.
    #[schema(example = "News Line")]
    pub name: String,
    pub rule: Rule,
}

/// A list with a page of its items.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ListItems {
    pub list: ListHead,
    /// Null where there is nothing in the language asked for.
    #[schema(required = true)]
    pub served: Option<Served>,
    #[serde(flatten)]
    pub page: Page<ArticleCard>,
}

impl ListHead {
    pub fn new(list: &List, lang: &Lang, site: &Site) -> Self {
        Self {
            slug: list.slug.clone(),
            name: list.names.0.pick(lang, site.chain()).to_owned(),
            rule: list.rule.0,
        }
    }
}

/// A page of a list as cards.
pub fn page_of(
    conn: &mut DbConn,
    site: &Site,
    list: &List,
    lang: &Lang,
    (at, limit): (Option<Position<Key>>, i64),
    includes: &CardIncludes,
    now: Instant,
) -> Result<(Vec<ArticleCard>, Selection), Problem> {
    let mut selection = items::select(conn, list, lang, at, limit, now)?;
    let (rows, pinned): (Vec<_>, Vec<bool>) =
        std::mem::take(&mut selection.rows).into_iter().unzip();
    let mut cards = assembly::cards(conn, site, rows, &includes.include)?;
    for (card, pinned) in cards.iter_mut().zip(pinned) {
        card.pinned = Some(pinned);
    }
    Ok((cards, selection))
}

/// A list as a reader gets it.
struct Shown {
    list: List,
    site: Arc<Site>,
    /// With the page of cards; nothing where no language may be served.
    served: Option<(Served, Vec<ArticleCard>, Selection)>,
    total: Option<i64>,
    /// The languages that were looked at and have nothing, and so decide which is served.
    empty: Vec<Lang>,
}

/// What of a list a reader asks for.
#[derive(Clone)]
struct Wanted {
    slug: Slug,
    language: LanguageAsked,
    at: Option<Position<Key>>,
    limit: i64,
    count: bool,
    includes: CardIncludes,
}

/// Read a list
///
/// What its rule selects, newest first, with pinned articles in their places. One language serves all
/// items; where the list has nothing in the language that fits best, `lang_fallback` says what comes
/// instead, and `served` what came. Links lead to the feeds of the same list.
#[utoipa::path(
    tag = "lists",
    params(ListPath, Paging, CardIncludes, Fields, LanguageParams, AcceptLanguage),
    responses((status = 200, body = ListItems)),
)]
#[get("/v1/lists/{slug}/items")]
pub async fn get_list_items(
    app: Data<App>,
    request: HttpRequest,
    path: Path<ListPath>,
    language: LanguageAsked,
    query: Query<(Paging, CardIncludes, Fields)>,
) -> ApiResult<Reading> {
    let (paging, includes, fields) = query.0;
    let pager = Pager::<Key>::new(&request, &app.cursors, paging)?;
    let now = app.db.clock().now();
    let wanted = Wanted {
        slug: path.into_inner().slug,
        language: language.clone(),
        at: pager.at.clone(),
        limit: pager.limit,
        count: pager.count,
        includes,
    };
    let site = app.site().await?;
    let shown = app
        .readers
        .read_snapshot(move |conn| read(conn, site, &wanted, now))
        .await?;
    reading(shown, &language, &pager, &fields, now)
}

fn read(
    conn: &mut DbConn,
    site: Arc<Site>,
    wanted: &Wanted,
    now: Instant,
) -> Result<Shown, Problem> {
    let nothing = || Problem::not_found().about(keys_of_missing());
    let list = published::find(conn, &wanted.slug)?.ok_or_else(nothing)?;
    let (asked, fallback) = (&wanted.language.asked, wanted.language.for_list());
    let page = |conn: &mut DbConn, served: Served| {
        let at = (wanted.at.clone(), wanted.limit);
        let (cards, selection) =
            page_of(conn, &site, &list, &served.lang, at, &wanted.includes, now)?;
        Ok::<_, Problem>((served, cards, selection))
    };
    let mut empty = Vec::new();
    let mut served = choose(asked, site.chain(), site.chain(), fallback)
        .map(|served| page(conn, served))
        .transpose()?;
    let may_fall_back = asked.varies() || fallback != Fallback::None;
    let has_nothing = |served: &(Served, Vec<_>, _)| served.1.is_empty();
    if may_fall_back && served.as_ref().is_some_and(has_nothing) {
        let there = items::languages(conn, &list, site.chain(), now)?;
        let missing = site.chain().iter().filter(|lang| !there.contains(lang));
        empty.extend(missing.cloned());
        if let Some(other) = choose(asked, &there, site.chain(), fallback) {
            served = Some(page(conn, other)?);
        }
    }
    let total = match &served {
        Some((served, ..)) if wanted.count => Some(items::count(conn, &list, &served.lang, now)?),
        _ => wanted.count.then_some(0),
    };
    Ok(Shown {
        list,
        site,
        served,
        total,
        empty,
    })
}

fn reading(
    shown: Shown,
    language: &LanguageAsked,
    pager: &Pager<Key>,
    fields: &Fields,
    now: Instant,
) -> ApiResult<Reading> {
    let Shown {
        list,
        site,
        served,
        total,
        empty,
    } = shown;
    let (served, cards, selection) = match served {
        Some((served, cards, selection)) => (Some(served), cards, Some(selection)),
        None => (None, Vec::new(), None),
    };
    let (next, prev, until) = selection.map_or((None, None, None), |selection| {
        (selection.next, selection.prev, selection.true_until)
    });
    let lang = served.as_ref().map(|served| served.lang.clone());
    let named_in = lang.as_ref().or(site.chain().first());
    let head = named_in
        .map(|lang| ListHead::new(&list, lang, &site))
        .ok_or_else(Problem::not_found)?;
    let keys = lang
        .as_ref()
        .map_or_else(Vec::new, |lang| keys::keys_of_cards(lang, &cards));
    let dates = cards.iter().map(|card| card.updated_at);
    let modified = dates.chain([list.updated_at]).max();
    let page = pager.framed(cards, next, prev).with_total(total);
    let links = pager.links(&page.page);
    let feeds = lang
        .as_ref()
        .map_or_else(Vec::new, |lang| feed_links(&list.slug, lang));
    let answer = ListItems {
        list: head,
        served,
        page,
    };
    Ok(chosen(&answer, fields, Fields::of_list)?
        .in_language(lang.as_ref(), &language.asked)
        .modified(modified)
        .true_until(until, now)
        .about(keys.into_iter().chain(list.keys()))
        .about(["site".to_owned()])
        .about(empty.iter().map(keys::key_of_language))
        .linked(links)
        .linked(feeds))
}

/// Where software that reads feeds finds the same list.
fn feed_links(list: &Slug, lang: &Lang) -> Vec<String> {
    let link = |(ending, content_type): &(&str, &str)| {
        format!(
            "</feeds/{list}.{lang}.{ending}>; rel=\"alternate\"; type=\"{content_type}\"; hreflang=\"{lang}\""
        )
    };
    FEEDS.iter().map(link).collect()
}

/// The forms in which there is a feed of each list: how their addresses end, and their media types.
pub const FEEDS: [(&str, &str); 3] = [
    ("rss", "application/rss+xml"),
    ("atom", "application/atom+xml"),
    ("json", "application/feed+json"),
];
