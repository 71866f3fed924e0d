//! Lists at the newsroom's door.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, put};

use super::api::{ListJson, ListPatch, NewList, NewPin, NewRule, hidden};
use super::model::{ArticleId, List, Pin, Rule, in_order};
use super::store;
use crate::app::App;
use crate::auth::Staff;
use crate::db::{DbConn, Json};
use crate::http::body::{MergePatch, Posted};
use crate::http::etag::{IfMatch, WithEtag};
use crate::http::once::Answer;
use crate::http::openapi::IfMatchHeader;
use crate::http::page::{Listing, Page, Paging};
use crate::http::patch::Patch;
use crate::http::path::ItemPath;
use crate::http::problem::{ApiResult, Code, Problem};
use crate::http::query::{Deleted, Query};
use crate::named::{self, Named};
use crate::sections::Section;
use crate::topics::Topic;

/// The lists, for the newsroom
///
/// In the order of their slugs, with rules, pins and versions.
#[utoipa::path(tag = "desk: site", params(Paging, Deleted), responses((status = 200, body = Page<ListJson>)))]
#[get("/v1/desk/lists")]
pub async fn list_desk_lists(
    app: Data<App>,
    request: HttpRequest,
    query: Query<(Paging, Deleted)>,
) -> ApiResult<Listing<ListJson>> {
    named::desk::list::<List>(&app, &request, query.0).await
}

/// Make a list
#[utoipa::path(tag = "desk: site", request_body = NewList, responses((status = 201, body = ListJson)))]
#[post("/v1/desk/lists")]
pub async fn create_list(app: Data<App>, editor: Staff, new: Posted<NewList>) -> ApiResult<Answer> {
    let NewList {
        slug,
        names,
        rule,
        pins,
        hidden,
    } = new.value;
    new.once
        .write(&app.db, &app.secret, move |tx| {
            let now = tx.now();
            let rule = resolve(tx, &rule)?;
            let mut list = List::new(slug.clone(), names.clone(), rule, now);
            list.pins = pinned(tx, pins.clone())?;
            list.hidden = kept_out(tx, hidden.clone())?;
            named::desk::create(tx, &editor, list)
        })
        .await
}

/// A list, for the newsroom
///
/// Deleted ones too, so that they can be restored.
#[utoipa::path(tag = "desk: site", params(ItemPath), responses((status = 200, body = ListJson)))]
#[get("/v1/desk/lists/{id}")]
pub async fn get_desk_list(app: Data<App>, path: Path<ItemPath>) -> ApiResult<WithEtag<ListJson>> {
    named::desk::get::<List>(&app, path.id).await
}

/// Change a list
///
/// Names are merged language by language; rule, pins and hidden articles are replaced whole.
#[utoipa::path(
    tag = "desk: site",
    params(ItemPath, IfMatchHeader),
    request_body(content = ListPatch, content_type = "application/merge-patch+json"),
    responses((status = 200, body = ListJson)),
)]
#[patch("/v1/desk/lists/{id}")]
pub async fn patch_list(
    app: Data<App>,
    editor: Staff,
    path: Path<ItemPath>,
    if_match: IfMatch,
    patch: MergePatch<ListPatch>,
) -> ApiResult<WithEtag<ListJson>> {
    let edit = move |conn: &mut DbConn, list: &mut List| apply(conn, patch.0.clone(), list);
    named::desk::change(&app, editor, path.id, if_match, edit).await
}

fn apply(conn: &mut DbConn, patch: ListPatch, list: &mut List) -> Result<(), Problem> {
    let ListPatch {
        slug,
        names,
        rule,
        pins,
        hidden,
    } = patch;
    let was_news_line = list.is_news_line();
    slug.apply(&mut list.slug);
    if was_news_line && !list.is_news_line() {
        return Err(Problem::new(
            Code::InUse,
            "Pages show News Line by its slug.",
        ));
    }
    named::desk::patch_names(names, &mut list.names.0)?;
    if let Patch::Set(rule) = rule {
        list.rule = Json(resolve(conn, &rule)?);
    }
    if let Patch::Set(pins) = pins {
        list.pins = pinned(conn, pins)?;
    }
    if let Patch::Set(hidden) = hidden {
        list.hidden = kept_out(conn, hidden)?;
    }
    Ok(())
}

/// The rule with ids, so that a new slug of a section leaves its lists as they are.
fn resolve(conn: &mut DbConn, rule: &NewRule) -> Result<Rule, Problem> {
    let nothing = |pointer: &'static str, what: &'static str| {
        move || Problem::field(pointer, format!("there is no such {what}"))
    };
    Ok(match rule {
        NewRule::Latest {} => Rule::Latest,
        NewRule::Section { section } => {
            let found = Section::hold_used(conn, &[section.to_string()])?;
            let section = found.into_iter().flatten().next();
            let section = section.ok_or_else(nothing("/rule/section", "section"))?;
            Rule::Section {
                section: section.id,
            }
        }
        NewRule::Topic { topic } => {
            let found = Topic::hold_used(conn, &[topic.to_string()])?;
            let topic = found.into_iter().flatten().next();
            let topic = topic.ok_or_else(nothing("/rule/topic", "topic"))?;
            Rule::Topic { topic: topic.id }
        }
        NewRule::Source { source } => match store::has_source(conn, *source)? {
            true => Rule::Source { source: *source },
            false => return Err(nothing("/rule/source", "source")()),
        },
        NewRule::Kind { article_kind } => Rule::Kind {
            article_kind: *article_kind,
        },
    })
}

fn pinned(conn: &mut DbConn, pins: Vec<NewPin>) -> Result<Json<Vec<Pin>>, Problem> {
    let pins: Vec<Pin> = pins.into_iter().map(Pin::from).collect();
    let articles: Vec<ArticleId> = pins.iter().map(|pin| pin.article).collect();
    let in_order = in_order(pins)?;
    match unknown(conn, &articles)? {
        None => Ok(Json(in_order)),
        Some(index) => Err(no_article(format!("/pins/{index}/article"))),
    }
}

fn kept_out(conn: &mut DbConn, articles: Vec<ArticleId>) -> Result<Json<Vec<ArticleId>>, Problem> {
    let each_once = hidden(articles.clone())?;
    match unknown(conn, &articles)? {
        None => Ok(Json(each_once)),
        Some(index) => Err(no_article(format!("/hidden/{index}"))),
    }
}

fn no_article(pointer: String) -> Problem {
    Problem::field(pointer, "there is no such article")
}

/// The index of the first of these articles that there is not.
fn unknown(conn: &mut DbConn, articles: &[ArticleId]) -> Result<Option<usize>, Problem> {
    if articles.is_empty() {
        return Ok(None);
    }
    let known = store::known_articles(conn, articles)?;
    Ok(articles.iter().position(|article| !known.contains(article)))
}

/// Delete a list
///
/// It can be restored. News Line cannot be deleted.
#[utoipa::path(tag = "desk: site", params(ItemPath, IfMatchHeader), responses((status = 204, description = "Deleted.")))]
#[delete("/v1/desk/lists/{id}")]
pub async fn delete_list(
    app: Data<App>,
    editor: Staff,
    path: Path<ItemPath>,
    if_match: IfMatch,
) -> ApiResult<HttpResponse> {
    named::desk::delete::<List>(&app, editor, path.id, if_match).await
}

/// Restore a list
///
/// Brings a deleted list back. Refused while what its rule is about is deleted.
#[utoipa::path(tag = "desk: site", params(ItemPath, IfMatchHeader), responses((status = 200, body = ListJson)))]
#[put("/v1/desk/lists/{id}/restoration")]
pub async fn restore_list(
    app: Data<App>,
    editor: Staff,
    path: Path<ItemPath>,
    if_match: IfMatch,
) -> ApiResult<WithEtag<ListJson>> {
    named::desk::restore::<List>(&app, editor, path.id, if_match).await
}
