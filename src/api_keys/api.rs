//! JSON of API keys.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::api_keys::{ApiKey, KeyRole};
use crate::auth::{Role, User, UserId};
use crate::db::Instant;
use crate::http::patch::Patch;
use crate::http::problem::Problem;
use crate::http::words::Line;

/// How long a key is good for that was made without an end.
const DEFAULT_SECONDS: i64 = 365 * 24 * 3600;

/// A new API key.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Wire bridge", "role": "editor", "expires_at": "2027-04-17T08:00:00Z"}))]
pub struct NewApiKey {
    /// What the tool is called where it has written or changed something.
    pub name: Line<200>,
    pub role: KeyRole,
    /// `true`: every request but GET is refused.
    #[serde(default)]
    pub read_only: bool,
    /// When it ends. In a year, if left out; `null` for never.
    #[serde(default)]
    #[schema(value_type = Option<Instant>)]
    expires_at: Patch<Option<Instant>>,
}

impl NewApiKey {
    /// When the key ends; 422 where that has been already.
    pub fn end(&self, now: Instant) -> Result<Option<Instant>, Problem> {
        match &self.expires_at {
            Patch::Absent => Ok(Some(now.plus_seconds(DEFAULT_SECONDS))),
            Patch::Set(end) => check_end(*end, now),
        }
    }
}

fn check_end(end: Option<Instant>, now: Instant) -> Result<Option<Instant>, Problem> {
    match end {
        Some(end) if end <= now => Err(Problem::field("/expires_at", "expected a time to come")),
        end => Ok(end),
    }
}

/// A change of an API key. Its role stays: make another key.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"expires_at": "2028-04-17T08:00:00Z"}))]
pub struct ApiKeyPatch {
    #[serde(default)]
    #[schema(value_type = Line<200>)]
    name: Patch<Line<200>>,
    /// Null for never.
    #[serde(default)]
    #[schema(value_type = Option<Instant>)]
    expires_at: Patch<Option<Instant>>,
}

impl ApiKeyPatch {
    pub fn apply(self, key: &mut ApiKey, user: &mut User, now: Instant) -> Result<(), Problem> {
        let Self { name, expires_at } = self;
        name.map(String::from).apply(&mut user.name);
        if let Patch::Set(end) = expires_at {
            key.expires_at = check_end(end, now)?;
        }
        Ok(())
    }
}

/// The key of a tool.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ApiKey)]
pub struct ApiKeyJson {
    /// Also the id under which what it wrote and changed names it.
    pub id: UserId,
    pub name: String,
    pub role: Role,
    pub read_only: bool,
    /// When it ends, or has ended.
    #[schema(required = true)]
    pub expires_at: Option<Instant>,
    /// Within a minute; null before its first use.
    #[schema(required = true)]
    pub last_used_at: Option<Instant>,
    pub created_by: UserId,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl From<(ApiKey, User)> for ApiKeyJson {
    fn from((key, user): (ApiKey, User)) -> Self {
        let ApiKey {
            id,
            hash: _,
            read_only,
            expires_at,
            revoked_at: _,
            last_used_at,
            created_by,
        } = key;
        let User {
            id: _,
            email: _,
            name,
            role,
            state: _,
            password_hash: _,
            version,
            created_at,
            updated_at,
            kind: _,
        } = user;
        Self {
            id,
            name,
            role,
            read_only,
            expires_at,
            last_used_at,
            created_by,
            version,
            created_at,
            updated_at,
        }
    }
}

/// A key that has just been made.
#[derive(Serialize, ToSchema)]
pub struct MadeApiKey {
    #[serde(flatten)]
    pub key: ApiKeyJson,
    /// Send it as `Authorization: Bearer …`. It is shown this once.
    #[schema(
        example = "nlk_0192f1a27c3e7b109a551f0c2d3e4a01_kq3Zt0dZ1c7uWm5m2n4o6p8r0s2t4v6w8y0A2C4E6Gg"
    )]
    pub token: String,
}
