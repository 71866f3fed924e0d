//! Statements on users, their sign-ins and refresh tokens.

use diesel::prelude::*;

use super::model::{Role, SignIn, SignInId, User, UserId, UserKind, UserState};
use crate::db::among::among;
use crate::db::schema::{refresh_tokens, sign_ins, users};
use crate::db::{DbConn, Instant};

/// Role, state and sign-in of whoever holds an access token, in one statement.
pub fn present(
    conn: &mut DbConn,
    user: UserId,
    sign_in: SignInId,
) -> QueryResult<Option<(Role, UserState, SignIn)>> {
    sign_ins::table
        .inner_join(users::table.on(users::id.eq(sign_ins::user_id)))
        .filter(sign_ins::id.eq(sign_in).and(users::id.eq(user)))
        .select((users::role, users::state, sign_ins::all_columns))
        .first(conn)
        .optional()
}

pub fn find_user(conn: &mut DbConn, id: UserId) -> QueryResult<Option<User>> {
    users::table.find(id).first(conn).optional()
}

/// A user other than an API key.
pub fn find_person(conn: &mut DbConn, id: UserId) -> QueryResult<Option<User>> {
    let user = find_user(conn, id)?;
    Ok(user.filter(|user| user.kind != UserKind::Key))
}

/// Those of the ids that are accounts.
pub fn users_among(conn: &mut DbConn, ids: &[UserId]) -> QueryResult<Vec<UserId>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    users::table
        .filter(among(users::id, ids))
        .select(users::id)
        .load(conn)
}

pub fn find_user_by_email(conn: &mut DbConn, email: &str) -> QueryResult<Option<User>> {
    users::table
        .filter(users::email.eq(email))
        .first(conn)
        .optional()
}

/// A page of users other than API keys, oldest first, or from the key backwards.
pub fn list_users(
    conn: &mut DbConn,
    at: Option<(bool, UserId)>,
    limit: i64,
) -> QueryResult<Vec<User>> {
    let mut query = users::table
        .filter(users::kind.ne(UserKind::Key))
        .limit(limit)
        .into_boxed();
    query = match at {
        None => query.order(users::id.asc()),
        Some((false, id)) => query.filter(users::id.gt(id)).order(users::id.asc()),
        Some((true, id)) => query.filter(users::id.lt(id)).order(users::id.desc()),
    };
    query.load(conn)
}

/// How many users other than API keys there are; counting stops at `limit`.
pub fn count_users(conn: &mut DbConn, limit: i64) -> QueryResult<i64> {
    let counted: Vec<UserId> = users::table
        .filter(users::kind.ne(UserKind::Key))
        .select(users::id)
        .limit(limit)
        .load(conn)?;
    Ok(counted.len() as i64)
}

/// How many active admins there are. Until the transaction ends nobody else can make them fewer:
/// of two admins who suspend each other at once, the second sees that one is left.
pub fn hold_active_admins(conn: &mut DbConn) -> QueryResult<usize> {
    let admins = users::table
        .filter(users::role.eq(Role::Admin))
        .filter(users::kind.eq(UserKind::Person))
        .filter(users::state.eq(UserState::Active));
    diesel::update(admins)
        .set(users::version.eq(users::version))
        .execute(conn)
}

/// True where the user is active and still has this password; it keeps both until the transaction
/// ends, so that whoever changes them then sees what the transaction wrote.
pub fn hold_user(conn: &mut DbConn, id: UserId, password_hash: Option<&str>) -> QueryResult<bool> {
    let same = users::table
        .filter(users::id.eq(id).and(users::state.eq(UserState::Active)))
        .filter(users::password_hash.eq(password_hash));
    diesel::update(same)
        .set(users::version.eq(users::version))
        .execute(conn)
        .map(|rows| rows == 1)
}

pub fn insert_user(conn: &mut DbConn, user: &User) -> QueryResult<()> {
    diesel::insert_into(users::table)
        .values(user)
        .execute(conn)
        .map(drop)
}

/// Saves the user if it still has the version that was read; false where it has not.
pub fn save_user(conn: &mut DbConn, user: &User, read_version: i64) -> QueryResult<bool> {
    let unchanged = users::table.filter(users::id.eq(user.id).and(users::version.eq(read_version)));
    diesel::update(unchanged)
        .set(user)
        .execute(conn)
        .map(|rows| rows == 1)
}

pub fn insert_sign_in(conn: &mut DbConn, sign_in: &SignIn) -> QueryResult<()> {
    diesel::insert_into(sign_ins::table)
        .values(sign_in)
        .execute(conn)
        .map(drop)
}

pub fn find_sign_in(conn: &mut DbConn, id: SignInId) -> QueryResult<Option<SignIn>> {
    sign_ins::table.find(id).first(conn).optional()
}

pub fn end_sign_in(conn: &mut DbConn, id: SignInId, now: Instant) -> QueryResult<()> {
    let open = sign_ins::table.filter(sign_ins::id.eq(id).and(sign_ins::ended_at.is_null()));
    diesel::update(open)
        .set(sign_ins::ended_at.eq(Some(now)))
        .execute(conn)
        .map(drop)
}

/// Ends every sign-in of a user: after a new password, or when the user is suspended.
pub fn end_sign_ins(conn: &mut DbConn, user: UserId, now: Instant) -> QueryResult<()> {
    let open = sign_ins::table.filter(sign_ins::user_id.eq(user).and(sign_ins::ended_at.is_null()));
    diesel::update(open)
        .set(sign_ins::ended_at.eq(Some(now)))
        .execute(conn)
        .map(drop)
}

pub fn insert_refresh_token(
    conn: &mut DbConn,
    hash: &[u8],
    sign_in: SignInId,
    now: Instant,
) -> QueryResult<()> {
    let row = (
        refresh_tokens::hash.eq(hash),
        refresh_tokens::sign_in_id.eq(sign_in),
        refresh_tokens::issued_at.eq(now),
    );
    diesel::insert_into(refresh_tokens::table)
        .values(row)
        .execute(conn)
        .map(drop)
}

/// How long a sign-in is kept after its end, so that a stolen refresh token is still told as one.
const REMEMBERED_SECONDS: i64 = 30 * 24 * 3600;

/// Throws away sign-ins that ended long ago, with their refresh tokens.
pub fn forget_old_sign_ins(conn: &mut DbConn, now: Instant) -> QueryResult<usize> {
    let long_ago = now.plus_seconds(-REMEMBERED_SECONDS);
    let old: Vec<SignInId> = sign_ins::table
        .filter(sign_ins::expires_at.lt(long_ago))
        .select(sign_ins::id)
        .limit(10_000)
        .load(conn)?;
    diesel::delete(refresh_tokens::table.filter(among(refresh_tokens::sign_in_id, old.as_slice())))
        .execute(conn)?;
    diesel::delete(sign_ins::table.filter(among(sign_ins::id, old.as_slice()))).execute(conn)
}

/// What became of a refresh token that somebody presents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spending {
    /// It was good, and is spent now.
    Spent,
    /// It was spent before: somebody has a copy.
    Again,
    /// It was never given out.
    Unknown,
}

/// Spends a refresh token; only one of two that come at once succeeds.
pub fn spend_refresh_token(conn: &mut DbConn, hash: &[u8], now: Instant) -> QueryResult<Spending> {
    let unspent = refresh_tokens::table.filter(
        refresh_tokens::hash
            .eq(hash)
            .and(refresh_tokens::spent_at.is_null()),
    );
    if diesel::update(unspent)
        .set(refresh_tokens::spent_at.eq(Some(now)))
        .execute(conn)?
        == 1
    {
        return Ok(Spending::Spent);
    }
    let known: i64 = refresh_tokens::table
        .filter(refresh_tokens::hash.eq(hash))
        .count()
        .get_result(conn)?;
    Ok(if known > 0 {
        Spending::Again
    } else {
        Spending::Unknown
    })
}
