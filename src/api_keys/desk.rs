//! API keys at the newsroom's door; all of it is for admins.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post};

use super::api::{ApiKeyJson, ApiKeyPatch, MadeApiKey, NewApiKey};
use crate::app::App;
use crate::auth::api_keys::{self, ApiKey};
use crate::auth::model::UserState;
use crate::auth::{Staff, User, UserId, store};
use crate::changes::{Action, Change, ItemKind};
use crate::db::Tx;
use crate::http::body::{MergePatch, Posted};
use crate::http::etag::{IfMatch, WithEtag, check_saved};
use crate::http::once::Answer;
use crate::http::openapi::IfMatchHeader;
use crate::http::page::{COUNT_LIMIT, Listing, Page, Pager, Paging};
use crate::http::path::ItemPath;
use crate::http::problem::{ApiResult, Problem};
use crate::http::query::Query;

/// The keys of tools
///
/// The oldest first, expired ones too. Revoked ones are gone.
#[utoipa::path(tag = "desk: users", params(Paging), responses((status = 200, body = Page<ApiKeyJson>)))]
#[get("/v1/desk/api-keys")]
pub async fn list_api_keys(
    app: Data<App>,
    request: HttpRequest,
    query: Query<Paging>,
) -> ApiResult<Listing<ApiKeyJson>> {
    let pager = Pager::<UserId>::new(&request, &app.cursors, query.0)?;
    let at = pager.at.as_ref().map(|at| (at.back, at.key));
    let (rows, count) = (pager.rows(), pager.count);
    let (keys, total) = app
        .db
        .read_snapshot(move |conn| {
            let keys = api_keys::list(conn, at, rows)?;
            let total = count.then(|| api_keys::count(conn, COUNT_LIMIT + 1));
            Ok::<_, Problem>((keys, total.transpose()?))
        })
        .await?;
    let page = pager.page(keys, |(key, _)| key.id).with_total(total);
    Ok(pager.listing(page.map(ApiKeyJson::from)))
}

/// Make a key for a tool
///
/// The answer has the `token`, once. The tool acts in its own name, with the rights of its role, but
/// never as an admin.
#[utoipa::path(tag = "desk: users", request_body = NewApiKey, responses((status = 201, body = MadeApiKey)))]
#[post("/v1/desk/api-keys")]
pub async fn create_api_key(
    app: Data<App>,
    admin: Staff,
    new: Posted<NewApiKey>,
) -> ApiResult<Answer> {
    let asked = new.value;
    new.once
        .write(&app.db, &app.secret, move |tx| {
            let (name, now) = (asked.name.clone().into_string(), tx.now());
            let end = asked.end(now)?;
            let (key, user, token) =
                ApiKey::generate(name, asked.role, asked.read_only, end, admin.id, now);
            store::insert_user(tx, &user)?;
            api_keys::insert(tx, &key)?;
            note(tx, &user, Action::Created, &admin);
            let (location, version) = (format!("/v1/desk/api-keys/{}", key.id), user.version);
            let made = MadeApiKey {
                key: (key, user).into(),
                token: token.reveal(),
            };
            Ok(Answer::created(location, version, &made)?.with_secret())
        })
        .await
}

/// A key
#[utoipa::path(tag = "desk: users", params(ItemPath), responses((status = 200, body = ApiKeyJson)))]
#[get("/v1/desk/api-keys/{id}")]
pub async fn get_api_key(app: Data<App>, path: Path<ItemPath>) -> ApiResult<WithEtag<ApiKeyJson>> {
    let found = app
        .db
        .read(move |conn| Ok::<_, Problem>(api_keys::find(conn, path.id.of())?))
        .await?;
    Ok(with_etag(found.ok_or_else(Problem::not_found)?))
}

/// Rename a key, or move its end
///
/// An expired key whose end is moved is good again.
#[utoipa::path(
    tag = "desk: users",
    params(ItemPath, IfMatchHeader),
    request_body(content = ApiKeyPatch, content_type = "application/merge-patch+json"),
    responses((status = 200, body = ApiKeyJson)),
)]
#[patch("/v1/desk/api-keys/{id}")]
pub async fn patch_api_key(
    app: Data<App>,
    admin: Staff,
    path: Path<ItemPath>,
    if_match: IfMatch,
    patch: MergePatch<ApiKeyPatch>,
) -> ApiResult<WithEtag<ApiKeyJson>> {
    let changed = app
        .db
        .write(move |tx| {
            let (mut key, mut user) = read(tx, path.id.of(), &if_match)?;
            let now = tx.now();
            patch.0.clone().apply(&mut key, &mut user, now)?;
            save(tx, &key, &mut user)?;
            note(tx, &user, Action::Changed, &admin);
            Ok::<_, Problem>((key, user))
        })
        .await?;
    Ok(with_etag(changed))
}

/// Revoke a key
///
/// For good, at once, and on every node.
#[utoipa::path(
    tag = "desk: users",
    params(ItemPath, IfMatchHeader),
    responses((status = 204, description = "Revoked.")),
)]
#[delete("/v1/desk/api-keys/{id}")]
pub async fn delete_api_key(
    app: Data<App>,
    admin: Staff,
    path: Path<ItemPath>,
    if_match: IfMatch,
) -> ApiResult<HttpResponse> {
    app.db
        .write(move |tx| {
            let (mut key, mut user) = read(tx, path.id.of(), &if_match)?;
            key.revoked_at = Some(tx.now());
            user.state = UserState::Suspended;
            save(tx, &key, &mut user)?;
            note(tx, &user, Action::Deleted, &admin);
            Ok::<_, Problem>(())
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

fn read(tx: &mut Tx, id: UserId, if_match: &IfMatch) -> Result<(ApiKey, User), Problem> {
    let (key, user) = api_keys::find(tx, id)?.ok_or_else(Problem::not_found)?;
    if_match.check(user.version)?;
    Ok((key, user))
}

fn save(tx: &mut Tx, key: &ApiKey, user: &mut User) -> Result<(), Problem> {
    let (read, now) = (user.version, tx.now());
    user.touch(now);
    check_saved(store::save_user(tx, user, read)?, read)?;
    Ok(api_keys::save_end(tx, key)?)
}

/// With the key's name: the log is where a revoked one can still be looked up.
fn note(tx: &mut Tx, user: &User, action: Action, admin: &Staff) {
    let change = Change::of(ItemKind::Key, user.id, action).by(admin.id);
    tx.record(change.saying(serde_json::json!({"name": user.name})));
}

fn with_etag(found: (ApiKey, User)) -> WithEtag<ApiKeyJson> {
    WithEtag {
        version: found.1.version,
        item: found.into(),
    }
}
