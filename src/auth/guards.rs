//! Who is calling. The front door authenticates by the table in [`super::rights`] before a body
//! is read; a handler that needs to know who it was takes [`Staff`].

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use super::keyring::KeyRing;
use super::model::{Role, SignInId, UserId, UserState};
use super::rights::Right;
use super::store;
use crate::db::{Db, Id};
use crate::http::problem::{Code, Problem};

/// Somebody of the newsroom, signed in.
#[derive(Debug, Clone)]
pub struct Staff {
    pub id: UserId,
    pub role: Role,
    pub sign_in: SignInId,
}

impl Staff {
    pub fn may(&self, right: Right) -> bool {
        self.role.has(right)
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

/// Finds out who calls, and whether the role that they have now may do this. User and sign-in
/// are read each time, so suspending, a new role and logging out hold at once on every node.
pub async fn authenticate(
    db: &Db,
    keys: &KeyRing,
    token: Option<&str>,
    right: Right,
) -> Result<Staff, Problem> {
    let token = token.ok_or_else(not_signed_in)?;
    let now = db.clock().now();
    let claims = keys
        .verify(db, token, now)
        .await?
        .ok_or_else(not_signed_in)?;
    let (user, sign_in) = (Id::from_uuid(claims.sub), Id::from_uuid(claims.sid));
    let found = db
        .read(move |conn| Ok::<_, Problem>(store::present(conn, user, sign_in)?))
        .await?;
    let (role, state, stay) = found.ok_or_else(not_signed_in)?;
    if state != UserState::Active || stay.ended_at.is_some() || stay.expires_at <= now {
        return Err(not_signed_in());
    }
    if !role.has(right) {
        let roles: Vec<&str> = right.roles().iter().map(|role| role.as_str()).collect();
        return Err(Problem::new(
            Code::Forbidden,
            format!("This is for: {}.", roles.join(", ")),
        ));
    }
    Ok(Staff {
        id: user,
        role,
        sign_in,
    })
}
