//! Who is quoted, for readers.

use std::collections::BTreeMap;

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, get};
use utoipa::IntoParams;

use super::api::{Portrait, SourceItem, SourceJson, SourceList};
use super::model::{SourceId, SourceKind};
use super::published::{self, Known};
use crate::app::App;
use crate::http::choosing::Fields;
use crate::http::language::{AcceptLanguage, LanguageAsked, LanguageParams};
use crate::http::page::{Pager, Paging};
use crate::http::problem::{ApiResult, Code, Problem};
use crate::http::query::{Params, Query, QueryPart};
use crate::http::reading::{Moved, Read, Reading};
use crate::language::{Asked, choose};
use crate::named::order::{self, NameKey};
use crate::site;

/// Which sources a list has.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SourceFilters {
    /// Only people, or only organisations.
    #[param(inline)]
    kind: Option<SourceKind>,
}

impl QueryPart for SourceFilters {
    fn read(params: &Params) -> Result<Self, Problem> {
        Ok(Self {
            kind: params.one("kind")?,
        })
    }
}

/// Who is quoted
///
/// The people and organisations that are quoted in something published, or through which it was
/// said, by name: as in a dictionary of the language served.
#[utoipa::path(
    tag = "sources",
    params(Paging, SourceFilters, Fields, LanguageParams, AcceptLanguage),
    responses((status = 200, body = SourceList)),
)]
#[get("/v1/sources")]
pub async fn list_sources(
    app: Data<App>,
    request: HttpRequest,
    language: LanguageAsked,
    query: Query<(Paging, SourceFilters, Fields)>,
) -> ApiResult<Reading> {
    let Query((paging, SourceFilters { kind }, fields)) = query;
    let pager = Pager::<NameKey>::new(&request, &app.cursors, paging)?;
    let (limit, counts, at) = (pager.rows(), pager.count, pager.at.clone());
    let (of, asked) = (published::order_of(kind), language.clone());
    let (site, served, keys, rows, counted) = app
        .readers
        .read_snapshot(move |conn| {
            let site = site::find(conn)?;
            let chain = site.chain();
            let Some(served) = choose(&asked.asked, chain, chain, asked.for_list()) else {
                return Ok((site, None, Vec::new(), Vec::new(), counts.then_some(0)));
            };
            order::check_language(at.as_ref(), &served.lang)?;
            let keys = order::page(conn, of, &served.lang, at, limit)?;
            let ids: Vec<SourceId> = keys.iter().map(|(.., id)| id.of()).collect();
            let rows = published::find_rows(conn, &ids)?;
            let counted = counts
                .then(|| order::count(conn, of, &served.lang))
                .transpose()?;
            Ok::<_, Problem>((site, Some(served), keys, rows, counted))
        })
        .await?;
    let page = pager.page(keys, NameKey::clone).with_total(counted);
    let Some(served) = served else {
        return answer(nothing(page.page), &fields, &language.asked);
    };
    let mut rows: BTreeMap<_, _> = rows.into_iter().map(|row| (row.id.of(), row)).collect();
    let named = page.items.iter().filter_map(|(.., id)| rows.remove(id));
    let items = named.map(|row| SourceItem::of(row, &served.lang, site.chain()));
    let items = items.collect();
    let links = pager.links(&page.page);
    let list = SourceList {
        items,
        page: page.page,
        served: Some(served),
        total: page.total,
        total_is: page.total_is,
    };
    Ok(answer(list, &fields, &language.asked)?.linked(links))
}

fn nothing(page: crate::http::page::PageInfo) -> SourceList {
    SourceList {
        items: Vec::new(),
        page,
        served: None,
        total: None,
        total_is: None,
    }
}

fn answer(list: SourceList, fields: &Fields, asked: &Asked) -> ApiResult<Reading> {
    let lang = list.served.as_ref().map(|served| served.lang.clone());
    let json = fields.of_list(value(&list)?)?;
    Ok(Reading::json(&json)?
        .in_language(lang.as_ref(), asked)
        .about(["sources".to_owned(), "site".to_owned()]))
}

fn value(body: &impl serde::Serialize) -> ApiResult<serde_json::Value> {
    serde_json::to_value(body)
        .map_err(|_| Problem::new(Code::Internal, "The answer cannot be written."))
}

/// One source
///
/// A person or organisation with its names, positions, and how much there is of it. One that was
/// merged into another answers 301 to the survivor.
#[utoipa::path(
    tag = "sources",
    params(("id" = SourceId, Path, description = "The id of a source."), Fields, LanguageParams, AcceptLanguage),
    responses(
        (status = 200, body = SourceJson),
        (status = 301, description = "It was merged into another."),
    ),
)]
#[get("/v1/sources/{id}")]
pub async fn get_source(
    app: Data<App>,
    path: Path<SourceId>,
    language: LanguageAsked,
    query: Query<Fields>,
) -> ApiResult<Read> {
    let id = path.into_inner();
    let (site, known) = app
        .readers
        .read_snapshot(move |conn| {
            let nothing = || Problem::not_found().about(published::keys_of(id));
            let known = match published::find(conn, id)?.ok_or_else(nothing)? {
                Known::Moved(survivor) => Err(survivor),
                Known::Here(source) => {
                    let organisations = source.positions.0.iter();
                    let organisations: Vec<SourceId> =
                        organisations.filter_map(|held| held.organisation).collect();
                    Ok(Portrait {
                        tally: published::tally(conn, id)?,
                        organisations: published::find_many_merged(conn, &organisations)?,
                        source: *source,
                    })
                }
            };
            Ok::<_, Problem>((site::find(conn)?, known))
        })
        .await?;
    let portrait = match known {
        Err(survivor) => {
            let address = format!("/v1/sources/{survivor}");
            return Ok(Moved::to(address, published::keys_of(id)).into());
        }
        Ok(portrait) => portrait,
    };
    let chain = site.chain();
    let served = choose(&language.asked, chain, chain, language.for_item())
        .ok_or_else(|| not_in_language(chain))?;
    let organisations = portrait.organisations.iter();
    let organisations = organisations.flat_map(|(id, (survivor, _))| [id, survivor]);
    let keys: Vec<String> = std::iter::once(&id)
        .chain(organisations)
        .map(|id| format!("source:{id}"))
        // One that readers do not know yet must not be named, but may come to be known.
        .chain(portrait.lacks_organisations().then(|| "sources".to_owned()))
        .collect();
    let lang = served.lang.clone();
    let json = query
        .0
        .of_item(value(&portrait.in_language(served, chain))?)?;
    Ok(Reading::json(&json)?
        .in_language(Some(&lang), &language.asked)
        .about(keys.into_iter().chain(["site".to_owned()]))
        .into())
}

fn not_in_language(chain: &[crate::language::Lang]) -> Problem {
    let alternates: Vec<_> = chain
        .iter()
        .map(|lang| serde_json::json!({"lang": lang}))
        .collect();
    Problem::new(
        Code::LanguageNotAvailable,
        "Names are to be had in the languages of the site.",
    )
    .with_alternates(alternates.into())
    .about(["site".to_owned()])
}
