//! The signing keys as they are stored: made, retired, and sealed with another secret.

use diesel::prelude::*;

use super::keyring::{KeyRingError, RETIRED_SECONDS};
use super::secret::Secret;
use super::tokens::SigningKey;
use crate::changes::{Action, Change, ItemKind};
use crate::db::schema::keys;
use crate::db::{DbConn, Id, Instant, Tx};
use crate::http::problem::Problem;

/// What the keys are sealed for.
const PURPOSE: &str = "access_token";

/// A signing key: its secret part sealed, bound to its id.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = keys)]
pub struct StoredKey {
    pub id: Id<StoredKey>,
    pub purpose: String,
    pub public: Vec<u8>,
    pub sealed: Vec<u8>,
    pub created_at: Instant,
    pub retired_at: Option<Instant>,
}

impl StoredKey {
    pub fn generate(secret: &Secret, now: Instant) -> Self {
        let key = SigningKey::generate();
        let kid = key.public().kid();
        Self {
            id: Id::from_uuid(kid),
            purpose: PURPOSE.to_owned(),
            public: key.public().as_bytes().to_vec(),
            sealed: secret.seal(PURPOSE, key.seed(), kid.as_bytes()),
            created_at: now,
            retired_at: None,
        }
    }

    pub fn open(&self, secret: &Secret) -> Result<SigningKey, KeyRingError> {
        let seed = secret.open(PURPOSE, &self.sealed, self.id.uuid().as_bytes())?;
        Ok(SigningKey::from_seed(self.id.uuid(), &seed)?)
    }

    /// Until when it checks tokens; `None` while it signs.
    pub fn ends_at(&self) -> Option<Instant> {
        self.retired_at
            .map(|retired| retired.plus_seconds(RETIRED_SECONDS))
    }
}

/// The keys that sign or still check, the ones that sign first, each kind newest first.
pub fn live(conn: &mut DbConn, now: Instant) -> QueryResult<Vec<StoredKey>> {
    let over = now.plus_seconds(-RETIRED_SECONDS);
    let mut live: Vec<StoredKey> = keys::table
        .filter(keys::purpose.eq(PURPOSE))
        .filter(keys::retired_at.is_null().or(keys::retired_at.gt(over)))
        .order(keys::id.desc())
        .load(conn)?;
    // By the time in their ids alone, a node whose clock is behind would make a key that never signs.
    live.sort_by_key(|key| key.retired_at.is_some());
    Ok(live)
}

pub fn insert(conn: &mut DbConn, key: &StoredKey) -> QueryResult<()> {
    diesel::insert_into(keys::table)
        .values(key)
        .execute(conn)
        .map(drop)
}

/// What becomes of the keys before a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Old {
    /// They sign no more, and check until the last token that they signed has ended.
    Retire,
    /// They are thrown away: their tokens are refused.
    Forget,
}

/// Makes `key` the one that signs.
pub fn rotate(tx: &mut Tx, key: &StoredKey, old: Old) -> QueryResult<()> {
    let all = keys::table.filter(keys::purpose.eq(PURPOSE));
    let now = tx.now();
    match old {
        Old::Retire => diesel::update(all.filter(keys::retired_at.is_null()))
            .set(keys::retired_at.eq(Some(now)))
            .execute(&mut **tx)?,
        Old::Forget => diesel::delete(all).execute(&mut **tx)?,
    };
    insert(tx, key)?;
    tx.record(Change::of(ItemKind::Key, key.id, Action::Created));
    Ok(())
}

/// Throws away retired keys that check no more.
pub fn forget_old(conn: &mut DbConn, now: Instant) -> QueryResult<usize> {
    let over = now.plus_seconds(-RETIRED_SECONDS);
    diesel::delete(keys::table.filter(keys::retired_at.le(over))).execute(conn)
}

/// Seals all keys with another secret; gives how many there were to seal.
pub fn rewrap(conn: &mut DbConn, old: &Secret, new: &Secret) -> Result<usize, Problem> {
    let mut count = 0;
    for key in keys::table.load::<StoredKey>(conn)? {
        let place = key.id.uuid();
        if let Some(sealed) = new.reseal(old, PURPOSE, &key.sealed, place.as_bytes())? {
            diesel::update(keys::table.find(key.id))
                .set(keys::sealed.eq(sealed))
                .execute(conn)?;
            count += 1;
        }
    }
    Ok(count)
}
