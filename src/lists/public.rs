//! Lists for readers: which there are, and what is in one.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, get};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::items::{self, Key, Selection};
use super::model::{List, Rule};
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
use crate::language::{Lang, Served, Slug, choose};
use crate::named::public::{NamedList, read_page};
use crate::site::{self, Site};

/// List the lists
///
/// By slug, named in the language served.
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
    let pager = Pager::new(&request, &app.cursors, query.0)?;
    read_page::<List>(&app, language, pager).await
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

/// Read a list
///
/// What its rule selects, newest first, with pinned articles in their places. One language serves all
/// items.
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
    let (at, limit, count) = (pager.at.clone(), pager.limit, pager.count);
    let (slug, asked, now) = (
        path.into_inner().slug,
        language.clone(),
        app.db.clock().now(),
    );
    let (list, site, served, found, total) = app
        .db
        .read_snapshot(move |conn| {
            let site = site::find(conn)?;
            let list = published::find(conn, &slug)?.ok_or_else(Problem::not_found)?;
            let served = choose(&asked.asked, site.chain(), site.chain(), asked.for_list());
            let Some(served) = served else {
                return Ok::<_, Problem>((list, site, None, None, count.then_some(0)));
            };
            let found = page_of(
                conn,
                &site,
                &list,
                &served.lang,
                (at, limit),
                &includes,
                now,
            )?;
            let total = count
                .then(|| items::count(conn, &list, &served.lang, now))
                .transpose()?;
            Ok((list, site, Some(served), Some(found), total))
        })
        .await?;
    let (cards, next, prev, until) = match found {
        Some((
            cards,
            Selection {
                next,
                prev,
                true_until,
                ..
            },
        )) => (cards, next, prev, true_until),
        None => (Vec::new(), None, None, None),
    };
    let lang = served.as_ref().map(|served| served.lang.clone());
    let named_in = lang.as_ref().or(site.chain().first());
    let head = named_in
        .map(|lang| ListHead::new(&list, lang, &site))
        .ok_or_else(Problem::not_found)?;
    let keys = lang
        .as_ref()
        .map_or_else(Vec::new, |lang| keys::keys_of_cards(lang, &cards));
    let modified = cards
        .iter()
        .map(|card| card.updated_at)
        .chain([list.updated_at])
        .max();
    let page = pager.framed(cards, next, prev).with_total(total);
    let links = pager.links(&page.page);
    Ok(chosen(
        &ListItems {
            list: head,
            served,
            page,
        },
        &fields,
        Fields::of_list,
    )?
    .in_language(lang.as_ref(), &language.asked)
    .modified(modified)
    .true_until(until, now)
    .about(keys.into_iter().chain([format!("list:{}", list.id)]))
    .linked(links))
}
