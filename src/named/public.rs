//! The names of sections and topics, for readers, in one language.

use diesel::QueryResult;
use serde::Serialize;
use utoipa::ToSchema;

use super::Named;
use super::order::{self, NameKey, NamesOf};
use crate::app::App;
use crate::db::{AnyId, DbConn, Id};
use crate::http::language::LanguageAsked;
use crate::http::page::{Page, PageInfo, Pager, TotalIs};
use crate::http::problem::{ApiResult, Problem};
use crate::http::reading::Reading;
use crate::language::{Lang, Names, Served, Slug, choose};
use crate::site::{self, Site};

/// A section or a topic.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Named)]
pub struct NamedJson {
    pub id: AnyId,
    pub slug: Slug,
    /// The name in the language served, or in the first of the site's languages that it has one in.
    #[schema(example = "Politics")]
    pub name: String,
    pub names: Names,
}

impl NamedJson {
    pub fn new<T: Named>(row: &T, lang: &Lang, chain: &[Lang]) -> Self {
        Self {
            id: row.id().of(),
            slug: row.slug().clone(),
            name: row.names().pick(lang, chain).to_owned(),
            names: row.names().clone(),
        }
    }
}

/// Sections or topics, named in one language.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NamedList {
    /// In which of the site's languages `name` is; null where none was asked for that the site has.
    #[schema(required = true)]
    pub served: Option<Served>,
    pub items: Vec<NamedJson>,
    pub page: PageInfo,
    /// Only with `count=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
    /// Only with `count=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_is: Option<TotalIs>,
}

/// All of them for readers, in order.
pub async fn read_all<T: Named>(app: &App, asked: LanguageAsked) -> ApiResult<Reading> {
    let (site, rows) = app
        .readers
        .read_snapshot(|conn| {
            Ok::<_, Problem>((site::find(conn)?, T::list(conn, false, None, i64::MAX)?))
        })
        .await?;
    reading_of(&site, &asked, whole(rows), |_| Vec::new())
}

/// A page of them for readers, in the order of their names in the language served.
pub async fn read_by_name<T: Named>(
    app: &App,
    asked: LanguageAsked,
    pager: Pager<NameKey>,
    (of, rows_of): (
        NamesOf,
        impl Fn(&mut DbConn, &[Id<T>]) -> QueryResult<Vec<T>> + Clone + Send + 'static,
    ),
) -> ApiResult<Reading> {
    let (at, limit, counts) = (pager.at.clone(), pager.rows(), pager.count);
    let wish = asked.clone();
    let (site, keys, mut rows, counted) = app
        .readers
        .read_snapshot(move |conn| {
            let site = site::find(conn)?;
            let chain = site.chain();
            let Some(served) = choose(&wish.asked, chain, chain, wish.for_list()) else {
                return Ok((site, Vec::new(), Vec::new(), counts.then_some(0)));
            };
            order::check_language(at.as_ref(), &served.lang)?;
            let keys = order::page(conn, of, &served.lang, at, limit)?;
            let ids: Vec<Id<T>> = keys.iter().map(|(.., id)| id.of()).collect();
            let rows = rows_of(conn, &ids)?;
            let counted = counts
                .then(|| order::count(conn, of, &served.lang))
                .transpose()?;
            Ok::<_, Problem>((site, keys, rows, counted))
        })
        .await?;
    let page = pager.page(keys, NameKey::clone).with_total(counted);
    let page = Page {
        items: page
            .items
            .into_iter()
            .filter_map(|(.., id)| {
                let at = rows.iter().position(|row| row.id().of() == id)?;
                Some(rows.swap_remove(at))
            })
            .collect(),
        page: page.page,
        total: page.total,
        total_is: page.total_is,
    };
    reading_of(&site, &asked, page, |page| pager.links(page))
}

/// Rows that all fit one page.
fn whole<T>(items: Vec<T>) -> Page<T> {
    let page = PageInfo {
        next: None,
        prev: None,
        size: items.len(),
    };
    Page {
        items,
        page,
        total: None,
        total_is: None,
    }
}

/// A page of them as readers get it.
pub fn reading_of<T: Named>(
    site: &Site,
    asked: &LanguageAsked,
    page: Page<T>,
    links: impl Fn(&PageInfo) -> Vec<String>,
) -> ApiResult<Reading> {
    let chain = site.chain();
    let served = choose(&asked.asked, chain, chain, asked.for_list());
    let named = match &served {
        Some(served) => page.map(|row| NamedJson::new(&row, &served.lang, chain)),
        None => {
            let counted = page.total.map(|_| 0);
            whole(Vec::new()).with_total(counted)
        }
    };
    let lang = served.as_ref().map(|served| served.lang.clone());
    let Page {
        items,
        page,
        total,
        total_is,
    } = named;
    let links = links(&page);
    let list = NamedList {
        served,
        items,
        page,
        total,
        total_is,
    };
    Ok(Reading::json(&list)?
        .in_language(lang.as_ref(), &asked.asked)
        .about([T::COLLECTION.to_owned(), "site".to_owned()])
        .linked(links))
}
