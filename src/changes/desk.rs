//! The change log for staff and for CDN purge scripts.

use actix_web::get;
use actix_web::web::{Data, Json};
use serde::Serialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::model::{Action, ItemKind};
use super::store::{self, Entry};
use crate::app::App;
use crate::auth::UserId;
use crate::db::{AnyId, Instant, Json as JsonColumn};
use crate::http::problem::{ApiResult, Problem};
use crate::http::query::{Params, Query, QueryPart};
use crate::http::surrogates;
use crate::language::Lang;

/// From where to read the log.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct After {
    /// The number of the last change that you have seen; 0 for all.
    #[param(minimum = 0, default = 0, example = 0, required = false)]
    after: i64,
    /// How many changes the answer may have.
    #[param(
        minimum = 1,
        maximum = 1000,
        default = 100,
        example = 100,
        required = false
    )]
    limit: i64,
}

impl QueryPart for After {
    fn read(params: &Params) -> Result<Self, Problem> {
        let after = params.one("after")?.unwrap_or(0);
        let limit = params.one("limit")?.unwrap_or(100);
        match (after >= 0, (1..=1000).contains(&limit)) {
            (false, _) => Err(Problem::parameter(
                "after",
                "expected 0 or a number of a change",
            )),
            (_, false) => Err(Problem::parameter(
                "limit",
                "expected a number from 1 to 1000",
            )),
            _ => Ok(Self { after, limit }),
        }
    }
}

/// What happened.
#[derive(Serialize, ToSchema)]
#[schema(as = Change)]
pub struct ChangeJson {
    /// Numbers go up by one; none is ever skipped.
    seq: i64,
    at: Instant,
    /// Who did it; null for readers and the program itself.
    #[schema(required = true)]
    actor: Option<UserId>,
    action: Action,
    kind: ItemKind,
    #[schema(required = true)]
    id: Option<AnyId>,
    #[schema(required = true)]
    lang: Option<Lang>,
    /// The surrogate keys of the readers' answers that it touches, and those of their kinds, such as
    /// `any-article`: an answer with very much inside names that alone.
    surrogate_keys: Vec<String>,
    #[schema(required = true, value_type = Option<Object>)]
    detail: Option<Value>,
}

impl From<Entry> for ChangeJson {
    fn from(entry: Entry) -> Self {
        let Entry {
            seq,
            at,
            actor_id,
            action,
            item_kind,
            item_id,
            lang,
            surrogate_keys,
            detail,
        } = entry;
        Self {
            seq,
            at,
            actor: actor_id,
            action,
            kind: item_kind,
            id: item_id,
            lang,
            surrogate_keys: surrogates::with_kinds(surrogate_keys.0),
            detail: detail.map(|JsonColumn(detail)| detail),
        }
    }
}

/// A stretch of the log.
#[derive(Serialize, ToSchema)]
pub struct Changes {
    items: Vec<ChangeJson>,
    /// Give it as `after` to go on from here.
    last: i64,
}

/// What happened, by whom
///
/// Changes in the order in which they were committed, after the number given.
#[utoipa::path(tag = "desk: changes", params(After), responses((status = 200, body = Changes)))]
#[get("/v1/desk/changes")]
pub async fn list_changes(app: Data<App>, query: Query<After>) -> ApiResult<Json<Changes>> {
    let After { after, limit } = query.0;
    let entries = app
        .db
        .read(move |conn| Ok::<_, Problem>(store::after(conn, after, limit)?))
        .await?;
    let last = entries.last().map_or(after, |entry| entry.seq);
    Ok(Json(Changes {
        items: entries.into_iter().map(ChangeJson::from).collect(),
        last,
    }))
}
