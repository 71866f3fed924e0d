//! Users at the newsroom's door; all of it is for admins.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, get, patch, post, put};

use super::api::{NewPassword, NewUser, UserPatch};
use crate::app::App;
use crate::auth::api::UserJson;
use crate::auth::model::{User, UserKind};
use crate::auth::routes::hash_password;
use crate::auth::{Staff, UserId, store};
use crate::changes::{Action, Change, ItemKind};
use crate::db::Tx;
use crate::http::body::{MergePatch, Posted, ValidJson};
use crate::http::etag::{IfMatch, WithEtag, check_saved};
use crate::http::once::Answer;
use crate::http::openapi::IfMatchHeader;
use crate::http::page::{COUNT_LIMIT, Listing, Page, Pager, Paging};
use crate::http::path::ItemPath;
use crate::http::problem::{ApiResult, Code, Problem};
use crate::http::query::Query;

/// Who works here
///
/// The accounts, the oldest first, suspended ones too.
#[utoipa::path(tag = "desk: users", params(Paging), responses((status = 200, body = Page<UserJson>)))]
#[get("/v1/desk/users")]
pub async fn list_users(
    app: Data<App>,
    request: HttpRequest,
    query: Query<Paging>,
) -> ApiResult<Listing<UserJson>> {
    let pager = Pager::<UserId>::new(&request, &app.cursors, query.0)?;
    let at = pager.at.as_ref().map(|at| (at.back, at.key));
    let (rows, count) = (pager.rows(), pager.count);
    let (users, total) = app
        .db
        .read_snapshot(move |conn| {
            let users = store::list_users(conn, at, rows)?;
            let total = count.then(|| store::count_users(conn, COUNT_LIMIT + 1));
            Ok::<_, Problem>((users, total.transpose()?))
        })
        .await?;
    let page = pager.page(users, |user| user.id).with_total(total);
    Ok(pager.listing(page.map(|user| UserJson::from(&user))))
}

/// Make an account
///
/// Active at once. Without a password nobody signs in to it until an admin gives it one.
#[utoipa::path(tag = "desk: users", request_body = NewUser, responses((status = 201, body = UserJson)))]
#[post("/v1/desk/users")]
pub async fn create_user(app: Data<App>, admin: Staff, new: Posted<NewUser>) -> ApiResult<Answer> {
    let NewUser {
        email,
        name,
        role,
        password,
    } = new.value;
    let hash = match password {
        Some(password) => {
            Some(hash_password(password.into_string(), email.as_str(), "/password").await?)
        }
        None => None,
    };
    new.once
        .write(&app.db, &app.secret, move |tx| {
            let (name, now) = (name.clone().into_string(), tx.now());
            let user = User::new(email.clone(), name, role, hash.clone(), now);
            store::insert_user(tx, &user)?;
            tx.record(Change::of(ItemKind::User, user.id, Action::Created).by(admin.id));
            let location = format!("/v1/desk/users/{}", user.id);
            Answer::created(location, user.version, &UserJson::from(&user))
        })
        .await
}

/// An account
#[utoipa::path(tag = "desk: users", params(ItemPath), responses((status = 200, body = UserJson)))]
#[get("/v1/desk/users/{id}")]
pub async fn get_user(app: Data<App>, path: Path<ItemPath>) -> ApiResult<WithEtag<UserJson>> {
    let user = app
        .db
        .read(move |conn| Ok::<_, Problem>(store::find_person(conn, path.id.of())?))
        .await?;
    Ok(with_etag(&user.ok_or_else(Problem::not_found)?))
}

/// Change an account
///
/// A new role holds at once, and suspending ends every sign-in of the account. The last active
/// admin can be neither suspended nor given another role.
#[utoipa::path(
    tag = "desk: users",
    params(ItemPath, IfMatchHeader),
    request_body(content = UserPatch, content_type = "application/merge-patch+json"),
    responses((status = 200, body = UserJson)),
)]
#[patch("/v1/desk/users/{id}")]
pub async fn patch_user(
    app: Data<App>,
    admin: Staff,
    path: Path<ItemPath>,
    if_match: IfMatch,
    patch: MergePatch<UserPatch>,
) -> ApiResult<WithEtag<UserJson>> {
    let user = app
        .db
        .write(move |tx| {
            let mut user = read(tx, path.id.of(), &if_match)?;
            let before = user.clone();
            patch.0.clone().apply(&mut user);
            if before.kind == UserKind::Outside && user.role != before.role {
                let detail = "it is the identity provider that gives this account its role";
                return Err(Problem::field("/role", detail));
            }
            if before.is_active_admin() && !user.is_active_admin() {
                refuse_last_admin(tx)?;
            }
            save(tx, &mut user, &admin)?;
            if before.is_active() && !user.is_active() {
                let now = tx.now();
                store::end_sign_ins(tx, user.id, now)?;
            }
            Ok::<_, Problem>(user)
        })
        .await?;
    Ok(with_etag(&user))
}

/// Give an account a password
///
/// Ends every sign-in of the account.
#[utoipa::path(
    tag = "desk: users",
    params(ItemPath, IfMatchHeader),
    request_body = NewPassword,
    responses((status = 200, body = UserJson)),
)]
#[put("/v1/desk/users/{id}/password")]
pub async fn set_password(
    app: Data<App>,
    admin: Staff,
    path: Path<ItemPath>,
    if_match: IfMatch,
    password: ValidJson<NewPassword>,
) -> ApiResult<WithEtag<UserJson>> {
    let id: UserId = path.id.of();
    let user = app
        .db
        .read(move |conn| Ok::<_, Problem>(store::find_person(conn, id)?))
        .await?;
    let user = user.ok_or_else(Problem::not_found)?;
    let NewPassword { password } = password.0;
    let hash = hash_password(
        password.into_string(),
        user.email.as_deref().unwrap_or_default(),
        "/password",
    )
    .await?;
    let user = app
        .db
        .write(move |tx| {
            let mut user = read(tx, id, &if_match)?;
            if user.kind == UserKind::Outside {
                let detail = "This account signs in at the identity provider.";
                return Err(Problem::new(Code::WrongState, detail));
            }
            user.password_hash = Some(hash.clone());
            save(tx, &mut user, &admin)?;
            let now = tx.now();
            store::end_sign_ins(tx, id, now)?;
            Ok::<_, Problem>(user)
        })
        .await?;
    Ok(with_etag(&user))
}

fn read(tx: &mut Tx, id: UserId, if_match: &IfMatch) -> Result<User, Problem> {
    let user = store::find_person(tx, id)?.ok_or_else(Problem::not_found)?;
    if_match.check(user.version)?;
    Ok(user)
}

fn save(tx: &mut Tx, user: &mut User, admin: &Staff) -> Result<(), Problem> {
    let (read, now) = (user.version, tx.now());
    user.touch(now);
    check_saved(store::save_user(tx, user, read)?, read)?;
    tx.record(Change::of(ItemKind::User, user.id, Action::Changed).by(admin.id));
    Ok(())
}

fn refuse_last_admin(tx: &mut Tx) -> Result<(), Problem> {
    match store::hold_active_admins(tx)? {
        0..=1 => Err(Problem::new(
            Code::WrongState,
            "This is the last active admin. Make another one first.",
        )),
        _ => Ok(()),
    }
}

fn with_etag(user: &User) -> WithEtag<UserJson> {
    WithEtag {
        version: user.version,
        item: user.into(),
    }
}
