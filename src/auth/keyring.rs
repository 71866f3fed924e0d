//! The keys that sign and check access tokens. They live in the database, sealed with
//! `NEWSLINE_SECRET`, so that all nodes share them, and rotate while the nodes run.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use uuid::Uuid;

use super::model::{SignInId, User};
use super::secret::{Secret, SecretError};
use super::signing_keys::{self, StoredKey};
use super::tokens::{Claims, JwkSet, KeyError, LEEWAY_SECONDS, PublicKey, SigningKey, Verifier};
use crate::db::{Db, Instant, Unavailable};
use crate::http::problem::Problem;

/// How long an access token is good.
pub const ACCESS_SECONDS: i64 = 15 * 60;
/// Whom our access tokens are for.
const AUDIENCE: &str = "newsline";
/// After so long the keys are read again: a node signs with a retired key no longer than this.
const FRESH_SECONDS: i64 = 30;
/// A token of an unknown key makes the keys be read again, but not more often than this.
const UNKNOWN_SECONDS: i64 = 5;
/// How long a retired key still checks: until the last token ended that a node signed with it.
pub const RETIRED_SECONDS: i64 = ACCESS_SECONDS + FRESH_SECONDS + LEEWAY_SECONDS;

/// The keys cannot be had; the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum KeyRingError {
    #[error("NEWSLINE_SECRET is not the one that sealed the signing keys: {0}")]
    Secret(#[from] SecretError),
    #[error("a signing key is damaged: {0}")]
    Key(#[from] KeyError),
    #[error("the signing keys cannot be read: {0}")]
    Database(#[from] Problem),
}

/// Signs with the newest key, checks with all that are not over.
#[derive(Clone)]
pub struct KeyRing(Arc<Ring>);

struct Ring {
    issuer: String,
    secret: Secret,
    keys: RwLock<Keys>,
    // Held while the keys are read again, so that many who wait for that are one statement.
    reading: tokio::sync::Mutex<()>,
    /// How often they could not be read.
    failures: AtomicU64,
    /// When the keys were read last because of an unknown one.
    asked_at: Mutex<Instant>,
}

#[derive(Clone)]
struct Keys {
    signing: Arc<SigningKey>,
    verifier: Arc<Verifier>,
    public: Arc<Vec<PublicKey>>,
    read_at: Instant,
}

impl KeyRing {
    /// Reads the keys, or makes the first one. Two nodes that start at once may each make one;
    /// both are good.
    pub async fn load(db: &Db, secret: &Secret, issuer: &str) -> Result<Self, KeyRingError> {
        let now = db.clock().now();
        let mut stored = read(db, now).await?;
        if stored.is_empty() {
            let key = StoredKey::generate(secret, now);
            stored.push(key.clone());
            db.write(move |tx| Ok::<_, Problem>(signing_keys::insert(tx, &key)?))
                .await?;
        }
        let keys = Keys::new(issuer, secret, &stored, None, now)?;
        Ok(Self(Arc::new(Ring {
            issuer: issuer.to_owned(),
            secret: secret.clone(),
            keys: RwLock::new(keys),
            reading: tokio::sync::Mutex::default(),
            failures: AtomicU64::new(0),
            asked_at: Mutex::new(Instant::EPOCH),
        })))
    }

    /// An access token for a sign-in. Call [`KeyRing::refresh`] before.
    pub fn issue(&self, user: &User, sign_in: SignInId, now: Instant) -> String {
        let seconds = now.timestamp().as_second();
        self.present().signing.issue(&Claims {
            iss: self.0.issuer.clone(),
            aud: AUDIENCE.to_owned(),
            sub: user.id.uuid(),
            sid: sign_in.uuid(),
            role: user.role.as_str().to_owned(),
            iat: seconds,
            nbf: seconds,
            exp: seconds + ACCESS_SECONDS,
            jti: Uuid::now_v7(),
        })
    }

    /// The claims of a good token. One whose key is not known may be signed with a key that was
    /// made a moment ago, so the keys are read again.
    pub async fn verify(
        &self,
        db: &Db,
        token: &str,
        now: Instant,
    ) -> Result<Option<Claims>, Problem> {
        self.refresh(db, now).await?;
        let seconds = now.timestamp().as_second();
        let verifier = self.present().verifier;
        let verified = verifier.verify(token, seconds);
        if verified.is_ok() || verifier.knows_key_of(token) {
            return Ok(verified.ok());
        }
        match self.may_ask(now) {
            true => self.read_again(db, now, 0).await?,
            // Somebody may be reading them for the same key.
            false => drop(self.0.reading.lock().await),
        }
        Ok(self.present().verifier.verify(token, seconds).ok())
    }

    /// Whether the keys may be read for the sake of an unknown one: anybody can make one up.
    fn may_ask(&self, now: Instant) -> bool {
        let mut asked_at = self
            .0
            .asked_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let may = asked_at.plus_seconds(UNKNOWN_SECONDS) <= now;
        if may {
            *asked_at = now;
        }
        may
    }

    /// The public keys (RFC 7517). Call [`KeyRing::refresh`] before.
    pub fn jwks(&self) -> JwkSet {
        self.present().public.iter().collect()
    }

    /// Reads the keys again where that was too long ago.
    pub async fn refresh(&self, db: &Db, now: Instant) -> Result<(), Problem> {
        self.read_again(db, now, FRESH_SECONDS).await
    }

    async fn read_again(&self, db: &Db, now: Instant, seconds: i64) -> Result<(), Problem> {
        let is_fresh = |keys: &Keys| now < keys.read_at.plus_seconds(seconds);
        if is_fresh(&self.present()) {
            return Ok(());
        }
        let failures = || self.0.failures.load(Ordering::Relaxed);
        let before = failures();
        let _reading = self.0.reading.lock().await;
        let old = self.present();
        if is_fresh(&old) {
            return Ok(());
        }
        if failures() != before {
            // Each who waited would wait for the database once more, one after the other.
            return Err(Unavailable::Busy.into());
        }
        let stored = match read(db, now).await {
            Ok(stored) => stored,
            Err(problem) => {
                self.0.failures.fetch_add(1, Ordering::Relaxed);
                return Err(problem);
            }
        };
        let fresh = Keys::new(&self.0.issuer, &self.0.secret, &stored, Some(&old), now);
        let keys = fresh.unwrap_or_else(|error| {
            // What is in memory goes on: this node was started with a secret that was good.
            tracing::error!(%error, "the signing keys in the database cannot be used");
            Keys {
                read_at: now,
                ..old
            }
        });
        *self.0.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
        Ok(())
    }

    fn present(&self) -> Keys {
        let keys = self.0.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.clone()
    }
}

async fn read(db: &Db, now: Instant) -> Result<Vec<StoredKey>, Problem> {
    db.read(move |conn| Ok::<_, Problem>(signing_keys::live(conn, now)?))
        .await
}

impl Keys {
    /// Opens the newest key, unless it is the one in hand.
    fn new(
        issuer: &str,
        secret: &Secret,
        stored: &[StoredKey],
        old: Option<&Self>,
        read_at: Instant,
    ) -> Result<Self, KeyRingError> {
        let newest = stored.first().ok_or(KeyError)?;
        let in_hand = old.filter(|old| old.signing.public().kid() == newest.id.uuid());
        let signing = match in_hand {
            Some(old) => old.signing.clone(),
            None => Arc::new(newest.open(secret)?),
        };
        let public: Vec<PublicKey> = stored
            .iter()
            .map(|key| PublicKey::from_bytes(key.id.uuid(), &key.public))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            signing,
            verifier: Arc::new(Verifier::new(issuer, AUDIENCE, &public)),
            public: Arc::new(public),
            read_at,
        })
    }
}
