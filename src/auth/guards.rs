//! Who is calling. The front door authenticates by the table in [`super::rights`] before a body
//! is read; a handler that needs to know who it was takes [`Staff`].

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use super::model::{Role, SignInId, UserId, UserState};
use super::opaque::{OpaqueKind, OpaqueToken};
use super::rights::{Caller, Right};
use super::{api_keys, store};
use crate::app::App;
use crate::db::{Id, Instant};
use crate::http::problem::{Code, Problem};

/// Somebody of the newsroom, or a tool of it, who has shown a good token.
#[derive(Debug, Clone)]
pub struct Staff {
    pub id: UserId,
    pub role: Role,
    pub proof: Proof,
}

/// How they have shown who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    SignIn(SignInId),
    ApiKey {
        read_only: bool,
    },
    /// A token of the outside identity provider.
    Outside,
}

impl Staff {
    pub fn may(&self, right: Right) -> bool {
        self.role.has(right)
    }

    fn caller(&self) -> Caller {
        let role = self.role;
        match self.proof {
            Proof::SignIn(_) | Proof::Outside => Caller::Person { role },
            Proof::ApiKey { read_only } => Caller::Key { role, read_only },
        }
    }
}

impl FromRequest for Staff {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(
            request
                .extensions()
                .get::<Self>()
                .cloned()
                .ok_or_else(not_signed_in),
        )
    }
}

fn not_signed_in() -> Problem {
    Problem::new(
        Code::NotSignedIn,
        "This needs an access token: Authorization: Bearer …",
    )
}

/// The token of `Authorization: Bearer …` (RFC 6750 §2.1).
pub fn bearer(headers: &header::HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Finds out who calls, and whether they may do this now. What the token stands for (user and
/// sign-in, or the key) is read each time, so suspending, a new role, logging out and revoking hold
/// at once on every node.
pub async fn authenticate(
    app: &App,
    request: &HttpRequest,
    right: Right,
) -> Result<Staff, Problem> {
    let token = bearer(request.headers()).ok_or_else(not_signed_in)?;
    let now = app.db.clock().now();
    let staff = match &app.provider {
        _ if OpaqueToken::is_meant(OpaqueKind::ApiKey, token) => by_key(app, token, now).await?,
        Some(provider) if provider.is_meant(token) => provider.admit(&app.db, token, now).await?,
        _ => by_access_token(app, token, now).await?,
    };
    let staff = staff.ok_or_else(not_signed_in)?;
    match staff.caller().may(right, request.method()) {
        true => Ok(staff),
        false => Err(refusal(&staff, right)),
    }
}

async fn by_key(app: &App, token: &str, now: Instant) -> Result<Option<Staff>, Problem> {
    let Some(token) = OpaqueToken::parse(OpaqueKind::ApiKey, token) else {
        return Ok(None);
    };
    let present = app
        .db
        .read(move |conn| Ok::<_, Problem>(api_keys::present(conn, &token, now)?));
    let Some((key, role)) = present.await? else {
        return Ok(None);
    };
    app.last_uses.note(&app.db, &key, now);
    Ok(Some(Staff {
        id: key.id,
        role,
        proof: Proof::ApiKey {
            read_only: key.read_only,
        },
    }))
}

async fn by_access_token(app: &App, token: &str, now: Instant) -> Result<Option<Staff>, Problem> {
    let Some(claims) = app.keys.verify(&app.db, token, now).await? else {
        return Ok(None);
    };
    let (user, sign_in) = (Id::from_uuid(claims.sub), Id::from_uuid(claims.sid));
    let present = app
        .db
        .read(move |conn| Ok::<_, Problem>(store::present(conn, user, sign_in)?));
    let present = present.await?.filter(|(_, state, stay)| {
        *state == UserState::Active && stay.ended_at.is_none() && now < stay.expires_at
    });
    Ok(present.map(|(role, _, _)| Staff {
        id: user,
        role,
        proof: Proof::SignIn(sign_in),
    }))
}

fn refusal(staff: &Staff, right: Right) -> Problem {
    let detail = match staff.proof {
        Proof::ApiKey { .. } if !right.is_for_keys() => {
            "This is for people, not for API keys.".to_owned()
        }
        Proof::ApiKey { read_only: true } if staff.role.has(right) => {
            "This API key is for reading only.".to_owned()
        }
        _ => {
            let roles: Vec<&str> = right.roles().iter().map(|role| role.as_str()).collect();
            format!("This is for: {}.", roles.join(", "))
        }
    };
    Problem::new(Code::Forbidden, detail)
}
