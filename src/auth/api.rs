//! JSON of signing in.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::{Role, User, UserId, UserKind, UserState};
use crate::db::Instant;
use crate::http::words::Line;

/// E-mail and password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "editor@example.az", "password": "a long sentence of your own"}))]
pub struct Credentials {
    pub email: Line<254>,
    #[schema(format = Password)]
    pub password: Line<1000>,
}

/// A refresh token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"refresh_token": "nlt_0192f1a27c3e7b109a551f0c2d3e4a01_kq3Zt0dZ1c7uWm5m2n4o6p8r0s2t4v6w8y0A2C4E6Gg"}))]
pub struct Refresh {
    pub refresh_token: Line<200>,
}

/// What a sign-in gives.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Tokens {
    /// Send it as `Authorization: Bearer …`.
    pub access_token: String,
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// Seconds until the access token ends.
    #[schema(example = 900)]
    pub expires_in: i64,
    /// Good for one use at `/v1/auth/refresh`. Using a spent one ends the sign-in.
    pub refresh_token: String,
}

/// The present password, and the next one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"current": "a long sentence of your own", "new": "another long sentence"}))]
pub struct PasswordChange {
    #[schema(format = Password)]
    pub current: Line<1000>,
    /// 10 to 200 characters, not the e-mail address.
    #[schema(format = Password)]
    pub new: Line<1000>,
}

/// Somebody of the newsroom.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = User)]
pub struct UserJson {
    pub id: UserId,
    pub kind: UserKind,
    /// Null for API keys, and for people of whom the identity provider tells none.
    #[schema(required = true)]
    pub email: Option<String>,
    pub name: String,
    pub role: Role,
    pub state: UserState,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl From<&User> for UserJson {
    fn from(user: &User) -> Self {
        let User {
            id,
            email,
            name,
            role,
            state,
            password_hash: _,
            version,
            created_at,
            updated_at,
            kind,
        } = user.clone();
        Self {
            id,
            kind,
            email,
            name,
            role,
            state,
            version,
            created_at,
            updated_at,
        }
    }
}
