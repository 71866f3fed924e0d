//! API keys, `nlk_<id>_<secret>`: how tools come in. A key acts in its own name, under a row of
//! `users` with the key's id, so that what it wrote and changed names it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use diesel::prelude::*;

use super::model::{Role, User, UserId, UserKind, UserState};
use super::opaque::{OpaqueKind, OpaqueToken};
use crate::db::schema::{api_keys, users};
use crate::db::{Db, DbConn, Instant};
use crate::http::problem::Problem;
use crate::text_enum;

text_enum! {
    /// What a tool may do in the newsroom: what people of this role may, but for keeping accounts and
    /// the site.
    pub enum KeyRole {
        Contributor = "contributor", Editor = "editor", Moderator = "moderator",
    }
}

impl From<KeyRole> for Role {
    fn from(role: KeyRole) -> Self {
        match role {
            KeyRole::Contributor => Self::Contributor,
            KeyRole::Editor => Self::Editor,
            KeyRole::Moderator => Self::Moderator,
        }
    }
}

/// What a key has beyond its row of `users`, which has its name, role and version.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = api_keys, treat_none_as_default_value = false)]
pub struct ApiKey {
    /// That of the row of `users`.
    pub id: UserId,
    /// See [`OpaqueToken::hash`].
    pub hash: Vec<u8>,
    pub read_only: bool,
    pub expires_at: Option<Instant>,
    pub revoked_at: Option<Instant>,
    /// Within a minute.
    pub last_used_at: Option<Instant>,
    pub created_by: UserId,
}

impl ApiKey {
    /// A new key, the row it acts under, and the token, which is shown once.
    pub fn generate(
        name: String,
        role: KeyRole,
        read_only: bool,
        expires_at: Option<Instant>,
        created_by: UserId,
        now: Instant,
    ) -> (Self, User, OpaqueToken) {
        let user = User::without_password(UserKind::Key, name, role.into(), now);
        let token = OpaqueToken::generate(OpaqueKind::ApiKey, user.id.uuid());
        let key = Self {
            id: user.id,
            hash: token.hash().to_vec(),
            read_only,
            expires_at,
            revoked_at: None,
            last_used_at: None,
            created_by,
        };
        (key, user, token)
    }

    fn is_good(&self, now: Instant) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

/// The key and the role of a token that is good now.
pub fn present(
    conn: &mut DbConn,
    token: &OpaqueToken,
    now: Instant,
) -> QueryResult<Option<(ApiKey, Role)>> {
    let found: Option<(ApiKey, Role, UserState)> = api_keys::table
        .inner_join(users::table.on(users::id.eq(api_keys::id)))
        .filter(api_keys::id.eq(UserId::from_uuid(token.id())))
        .select((api_keys::all_columns, users::role, users::state))
        .first(conn)
        .optional()?;
    let good = found.filter(|(key, _, state)| {
        token.matches(&key.hash) && key.is_good(now) && *state == UserState::Active
    });
    Ok(good.map(|(key, role, _)| (key, role)))
}

/// A key that was not revoked, with its row of `users`.
pub fn find(conn: &mut DbConn, id: UserId) -> QueryResult<Option<(ApiKey, User)>> {
    api_keys::table
        .inner_join(users::table.on(users::id.eq(api_keys::id)))
        .filter(api_keys::id.eq(id).and(api_keys::revoked_at.is_null()))
        .select((api_keys::all_columns, users::all_columns))
        .first(conn)
        .optional()
}

/// A page of the keys that were not revoked, oldest first, or from the key backwards.
pub fn list(
    conn: &mut DbConn,
    at: Option<(bool, UserId)>,
    limit: i64,
) -> QueryResult<Vec<(ApiKey, User)>> {
    let mut query = api_keys::table
        .inner_join(users::table.on(users::id.eq(api_keys::id)))
        .filter(api_keys::revoked_at.is_null())
        .select((api_keys::all_columns, users::all_columns))
        .limit(limit)
        .into_boxed();
    query = match at {
        None => query.order(api_keys::id.asc()),
        Some((false, id)) => query.filter(api_keys::id.gt(id)).order(api_keys::id.asc()),
        Some((true, id)) => query.filter(api_keys::id.lt(id)).order(api_keys::id.desc()),
    };
    query.load(conn)
}

/// How many keys were not revoked; counting stops at `limit`.
pub fn count(conn: &mut DbConn, limit: i64) -> QueryResult<i64> {
    let counted: Vec<UserId> = api_keys::table
        .filter(api_keys::revoked_at.is_null())
        .select(api_keys::id)
        .limit(limit)
        .load(conn)?;
    Ok(counted.len() as i64)
}

pub fn insert(conn: &mut DbConn, key: &ApiKey) -> QueryResult<()> {
    diesel::insert_into(api_keys::table)
        .values(key)
        .execute(conn)
        .map(drop)
}

/// Saves when the key ends, by time or by revoking.
pub fn save_end(conn: &mut DbConn, key: &ApiKey) -> QueryResult<()> {
    diesel::update(api_keys::table.find(key.id))
        .set((
            api_keys::expires_at.eq(key.expires_at),
            api_keys::revoked_at.eq(key.revoked_at),
        ))
        .execute(conn)
        .map(drop)
}

/// How long a use is not noted again.
const NOTED_SECONDS: i64 = 60;

/// When this node last noted the use of each key. There are as many entries as keys that were used.
#[derive(Default)]
pub struct LastUses(Mutex<HashMap<UserId, Instant>>);

impl LastUses {
    /// Notes that a key is used, at most once a minute, beside the request: it does not wait for
    /// this and does not fail with it.
    pub fn note(&self, db: &Db, key: &ApiKey, now: Instant) {
        let id = key.id;
        let long_ago = now.plus_seconds(-NOTED_SECONDS);
        let is_due = |at: Option<&Instant>| at.is_none_or(|at| *at <= long_ago);
        if !is_due(key.last_used_at.as_ref()) {
            return;
        }
        {
            let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if !is_due(noted.get(&id)) {
                return;
            }
            noted.insert(id, now);
        }
        let db = db.clone();
        actix_web::rt::spawn(async move {
            let noted = db.write(move |tx| {
                diesel::update(api_keys::table.find(id))
                    .set(api_keys::last_used_at.eq(Some(now)))
                    .execute(&mut **tx)?;
                Ok::<_, Problem>(())
            });
            if let Err(problem) = noted.await {
                tracing::warn!(%problem, "the use of an API key was not noted");
            }
        });
    }
}
