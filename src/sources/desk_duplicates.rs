//! Sources that may be one and the same, proposed to those who may merge them.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use super::api::DeskSource;
use super::confided::Confided;
use super::likeness::{self, LikeReason, Likeness, PairKey};
use super::model::{Sight, Source, SourceId};
use super::store;
use crate::app::App;
use crate::auth::Staff;
use crate::http::page::{PageInfo, Pager, Paging, TotalIs};
use crate::http::problem::{ApiResult, Problem};
use crate::http::query::Query;

/// Two sources that may be one.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Duplicate {
    /// How much they are alike, in percent: 100 where they share a name or an address.
    #[schema(minimum = 1, maximum = 100)]
    pub score: i32,
    pub reason: LikeReason,
    /// The two, the older one first.
    #[schema(min_items = 2, max_items = 2)]
    pub sources: Vec<DeskSource>,
}

impl Duplicate {
    fn of(pair: &Likeness, known: &BTreeMap<SourceId, Source>) -> Self {
        let Likeness {
            id: _,
            source_id,
            other_id,
            score,
            reason,
        } = pair;
        let sources = [source_id, other_id].into_iter();
        let sources = sources.filter_map(|id| known.get(id).cloned());
        Self {
            score: *score,
            reason: *reason,
            sources: sources.map(DeskSource::from).collect(),
        }
    }
}

/// A page of pairs, the likest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Duplicates {
    pub items: Vec<Duplicate>,
    pub page: PageInfo,
    /// Only with `count=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
    /// Only with `count=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_is: Option<TotalIs>,
}

/// Sources that may be one
///
/// Pairs that share an address or have names that are alike, whatever their script and the order of
/// their words, the likest first. `POST /v1/desk/sources/{id}/merge` makes one of two.
#[utoipa::path(
    tag = "desk: sources",
    params(Paging),
    responses((status = 200, body = Duplicates)),
)]
#[get("/v1/desk/sources/duplicates")]
pub async fn list_duplicate_sources(
    app: Data<App>,
    editor: Staff,
    request: HttpRequest,
    query: Query<Paging>,
) -> ApiResult<HttpResponse> {
    let pager = Pager::<PairKey>::new(&request, &app.cursors, query.0)?;
    let (limit, counts) = (pager.rows(), pager.count);
    let at = pager.at.as_ref().map(|at| (at.back, at.key));
    let sight = Sight::of(&editor);
    let (pairs, known, counted) = app
        .db
        .read_snapshot(move |conn| {
            let pairs = likeness::list(conn, at, limit)?;
            let ids: BTreeSet<SourceId> = pairs
                .iter()
                .flat_map(|pair| [pair.source_id, pair.other_id])
                .collect();
            let known = store::find_many_seen(conn, ids.into_iter().collect(), sight)?;
            let counted = counts.then(|| likeness::count(conn)).transpose()?;
            Ok::<_, Problem>((pairs, known, counted))
        })
        .await?;
    let page = pager
        .page(pairs, |pair| (pair.score, pair.id))
        .with_total(counted);
    let known: BTreeMap<SourceId, Source> = known
        .into_iter()
        .map(|source| (source.id, source))
        .collect();
    let told = page
        .items
        .iter()
        .flat_map(|pair| [pair.source_id, pair.other_id]);
    let confided = Confided::among(told.filter_map(|id| known.get(&id)));
    confided
        .note(&app.db, &editor, "list_duplicate_sources")
        .await?;
    let mut response = HttpResponse::Ok();
    for link in pager.links(&page.page) {
        response.append_header((header::LINK, link));
    }
    let page = page.map(|pair| Duplicate::of(&pair, &known));
    Ok(response.json(Duplicates {
        items: page.items,
        page: page.page,
        total: page.total,
        total_is: page.total_is,
    }))
}
