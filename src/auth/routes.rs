//! Signing in and out, and one's own account.

use std::sync::LazyLock;
use std::time::Duration;

use actix_web::web::{Data, Json};
use actix_web::{HttpResponse, get, post, put};
use tokio::sync::Semaphore;
use utoipa::IntoParams;

use super::api::{Credentials, PasswordChange, Refresh, Tokens, UserJson};
use super::guards::{Proof, Staff};
use super::keyring::ACCESS_SECONDS;
use super::model::{SignIn, SignInId, User, UserState};
use super::opaque::{OpaqueKind, OpaqueToken};
use super::store::{self, Spending};
use super::tokens::JwkSet;
use super::{model::Email, passwords};
use crate::app::App;
use crate::changes::{Action, Change, ItemKind};
use crate::db::{Id, Instant};
use crate::http::address::ClientAddress;
use crate::http::body::ValidJson;
use crate::http::etag::{IfMatch, WithEtag, check_saved};
use crate::http::openapi::IfMatchHeader;
use crate::http::problem::{ApiResult, Code, Problem};
use crate::http::query::{Params, Query, QueryPart, flag};

/// How long a sign-in lasts, however often it is refreshed.
const SIGN_IN_SECONDS: i64 = 30 * 24 * 3600;

/// Sign in
///
/// Takes e-mail and password, gives an access token for 15 minutes and a refresh token. Unknown
/// accounts, wrong passwords and suspended users are answered alike, in the same time. Attempts are
/// counted by where they come from and by account: 429 where there were too many.
#[utoipa::path(tag = "auth", request_body = Credentials, responses((status = 200, body = Tokens)))]
#[post("/v1/auth/tokens")]
pub async fn create_token(
    app: Data<App>,
    from: ClientAddress,
    credentials: ValidJson<Credentials>,
) -> ApiResult<Json<Tokens>> {
    let Credentials { email, password } = credentials.0;
    // What is no address is nobody's account, and counted like one.
    let account = Email::parse(&email).map_or(email.into_string(), Email::into_string);
    app.limits.attempts.begin(&account, from)?;
    let email = account.clone();
    let user = app
        .db
        .read(move |conn| Ok::<_, Problem>(store::find_user_by_email(conn, &email)?))
        .await?;
    let user = password_fits(user, password.into_string()).await?;
    app.limits.attempts.succeeded(&account, from);
    let now = app.db.clock().now();
    app.keys.refresh(&app.db, now).await?;
    let sign_in = SignIn {
        id: Id::new(),
        user_id: user.id,
        created_at: now,
        expires_at: now.plus_seconds(SIGN_IN_SECONDS),
        ended_at: None,
    };
    let refresh = OpaqueToken::generate(OpaqueKind::Refresh, sign_in.id.uuid());
    let tokens = tokens(&app, &user, sign_in.id, &refresh, now);
    app.db
        .write(move |tx| {
            // While the password was hashed it may have been changed, or its user suspended.
            if !store::hold_user(tx, user.id, user.password_hash.as_deref())? {
                return Err(bad_credentials());
            }
            store::insert_sign_in(tx, &sign_in)?;
            Ok::<_, Problem>(store::insert_refresh_token(
                tx,
                &refresh.hash(),
                sign_in.id,
                now,
            )?)
        })
        .await?;
    Ok(Json(tokens))
}

/// The user, if it may sign in with this password. Hashing takes its time, so it has a thread of its own.
async fn password_fits(user: Option<User>, password: String) -> ApiResult<User> {
    let _turn = turn_to_hash().await?;
    let checked = tokio::task::spawn_blocking(move || match user {
        Some(user) if user.may_sign_in() => {
            let fits = match &user.password_hash {
                Some(hash) => passwords::verify(&password, hash),
                None => passwords::verify_nobody(&password),
            };
            fits.then_some(user)
        }
        _ => {
            passwords::verify_nobody(&password);
            None
        }
    });
    let checked = checked
        .await
        .map_err(|_| Problem::new(Code::Internal, "The password could not be checked."))?;
    checked.ok_or_else(bad_credentials)
}

/// Hashes at once: as many as processors. Each takes 19 MiB, and more of them would only take
/// memory, and the processors from everything else.
static HASHING: LazyLock<Semaphore> = LazyLock::new(|| {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    Semaphore::new(processors)
});

/// How long somebody waits for their turn.
const HASHING_WAIT: Duration = Duration::from_secs(5);

async fn turn_to_hash() -> ApiResult<tokio::sync::SemaphorePermit<'static>> {
    match tokio::time::timeout(HASHING_WAIT, HASHING.acquire()).await {
        Ok(Ok(turn)) => Ok(turn),
        _ => {
            let detail = "Too many are signing in at this moment.";
            Err(Problem::new(Code::Unavailable, detail).retry_after(2))
        }
    }
}

fn bad_credentials() -> Problem {
    Problem::new(Code::BadCredentials, "E-mail or password is not right.")
}

fn tokens(
    app: &App,
    user: &User,
    sign_in: SignInId,
    refresh: &OpaqueToken,
    now: Instant,
) -> Tokens {
    Tokens {
        access_token: app.keys.issue(user, sign_in, now),
        token_type: "Bearer",
        expires_in: ACCESS_SECONDS,
        refresh_token: refresh.reveal(),
    }
}

/// Refresh a sign-in
///
/// Spends the refresh token and gives new tokens. A refresh token that comes a second time ends
/// the whole sign-in, because somebody else has a copy.
#[utoipa::path(tag = "auth", request_body = Refresh, responses((status = 200, body = Tokens)))]
#[post("/v1/auth/refresh")]
pub async fn refresh_token(app: Data<App>, refresh: ValidJson<Refresh>) -> ApiResult<Json<Tokens>> {
    let bad = || Problem::new(Code::BadToken, "The refresh token is not valid.");
    let spent =
        OpaqueToken::parse(OpaqueKind::Refresh, &refresh.0.refresh_token).ok_or_else(bad)?;
    let next = OpaqueToken::generate(OpaqueKind::Refresh, spent.id());
    let sign_in = SignInId::from_uuid(spent.id());
    let (hash, next_hash) = (spent.hash(), next.hash());
    // Whatever may fail comes before the token is spent: whoever is told to come back brings it again.
    app.keys.refresh(&app.db, app.db.clock().now()).await?;
    let user = app
        .db
        .write(move |tx| {
            let now = tx.now();
            let Some(stay) = store::find_sign_in(tx, sign_in)? else {
                return Ok(None);
            };
            let spending = store::spend_refresh_token(tx, &hash, now)?;
            if spending == Spending::Again {
                store::end_sign_in(tx, sign_in, now)?;
            }
            if spending != Spending::Spent || stay.ended_at.is_some() || stay.expires_at <= now {
                return Ok(None);
            }
            store::insert_refresh_token(tx, &next_hash, sign_in, now)?;
            let user = store::find_user(tx, stay.user_id)?;
            Ok::<_, Problem>(user.filter(|user| user.state == UserState::Active))
        })
        .await?
        .ok_or_else(bad)?;
    Ok(Json(tokens(
        &app,
        &user,
        sign_in,
        &next,
        app.db.clock().now(),
    )))
}

/// From where to log out.
#[derive(Debug, Clone, Copy, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LoggingOut {
    /// `true`: from everywhere, not only here.
    #[param(default = false, required = false)]
    everywhere: bool,
}

impl QueryPart for LoggingOut {
    fn read(params: &Params) -> Result<Self, Problem> {
        let everywhere = flag(params, "everywhere")?;
        Ok(Self { everywhere })
    }
}

/// Log out
///
/// Ends the sign-in that the access token belongs to, with all its tokens, on every node; or, with
/// `everywhere`, every sign-in of the account. API keys go on.
#[utoipa::path(
    tag = "auth",
    params(LoggingOut),
    responses((status = 204, description = "Logged out.")),
)]
#[post("/v1/auth/logout")]
pub async fn log_out(
    app: Data<App>,
    staff: Staff,
    query: Query<LoggingOut>,
) -> ApiResult<HttpResponse> {
    let Proof::SignIn(sign_in) = staff.proof else {
        let detail = "Your sign-in is the identity provider's: log out there.";
        return Err(Problem::new(Code::WrongState, detail));
    };
    let everywhere = query.0.everywhere;
    app.db
        .write(move |tx| {
            let now = tx.now();
            match everywhere {
                true => store::end_sign_ins(tx, staff.id, now)?,
                false => store::end_sign_in(tx, sign_in, now)?,
            }
            Ok::<_, Problem>(())
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Who am I
#[utoipa::path(tag = "desk: account", responses((status = 200, body = UserJson)))]
#[get("/v1/desk/me")]
pub async fn get_me(app: Data<App>, staff: Staff) -> ApiResult<WithEtag<UserJson>> {
    let user = app
        .db
        .read(move |conn| Ok::<_, Problem>(store::find_user(conn, staff.id)?))
        .await?;
    let user = user.ok_or_else(Problem::not_found)?;
    Ok(WithEtag {
        version: user.version,
        item: (&user).into(),
    })
}

/// Change my password
///
/// Ends every sign-in of the account, this one too: sign in again with the new password.
#[utoipa::path(
    tag = "desk: account",
    params(IfMatchHeader),
    request_body = PasswordChange,
    responses((status = 204, description = "Changed.")),
)]
#[put("/v1/desk/me/password")]
pub async fn change_password(
    app: Data<App>,
    staff: Staff,
    from: ClientAddress,
    if_match: IfMatch,
    change: ValidJson<PasswordChange>,
) -> ApiResult<HttpResponse> {
    let PasswordChange { current, new } = change.0;
    let user = app
        .db
        .read(move |conn| Ok::<_, Problem>(store::find_user(conn, staff.id)?))
        .await?;
    let user = user.ok_or_else(Problem::not_found)?;
    let email = user.email.clone().unwrap_or_default();
    // Whoever holds somebody's access token must not find out their password here.
    app.limits.attempts.begin(&email, from)?;
    let user = password_fits(Some(user), current.into_string())
        .await
        .map_err(|problem| match problem.code() {
            Code::BadCredentials => Problem::field("/current", "it is not the present password"),
            _ => problem,
        })?;
    app.limits.attempts.succeeded(&email, from);
    let hash = hash_password(new.into_string(), &email, "/new").await?;
    app.db
        .write(move |tx| {
            let now = tx.now();
            let mut user = store::find_user(tx, user.id)?.ok_or_else(Problem::not_found)?;
            if_match.check(user.version)?;
            let read = user.version;
            user.set_password(hash.clone(), now);
            check_saved(store::save_user(tx, &user, read)?, read)?;
            store::end_sign_ins(tx, user.id, now)?;
            tx.record(Change::of(ItemKind::User, user.id, Action::Changed).by(user.id));
            Ok::<_, Problem>(())
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Checks the rules for passwords and hashes a new one; 422 at `pointer`.
pub async fn hash_password(
    password: String,
    email: &str,
    pointer: &'static str,
) -> ApiResult<String> {
    let email = email.to_owned();
    let _turn = turn_to_hash().await?;
    let hashed = tokio::task::spawn_blocking(move || {
        let password =
            passwords::NewPassword::parse(&password, &email).map_err(|error| error.to_string())?;
        password.hash().map_err(|error| error.to_string())
    });
    let hashed = hashed
        .await
        .map_err(|_| Problem::new(Code::Internal, "The password could not be hashed."))?;
    hashed.map_err(|detail| Problem::field(pointer, detail))
}

/// The public keys
///
/// A JWK set (RFC 7517) with the keys that sign access tokens (RFC 8037).
#[utoipa::path(tag = "system", responses((status = 200, body = JwkSet)))]
#[get("/.well-known/jwks.json")]
pub async fn get_jwks(app: Data<App>) -> ApiResult<HttpResponse> {
    app.keys.refresh(&app.db, app.db.clock().now()).await?;
    Ok(HttpResponse::Ok()
        .insert_header(("cache-control", "public, max-age=300"))
        .json(app.keys.jwks()))
}
