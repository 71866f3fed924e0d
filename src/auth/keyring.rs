//! The keys that sign and check access tokens. They live in the database, sealed with
//! `NEWSLINE_SECRET`, so that all nodes share them.

use std::sync::{Arc, RwLock};

use uuid::Uuid;

use super::model::{SignInId, User};
use super::secret::{Secret, SecretError};
use super::store::{self, StoredKey};
use super::tokens::{Claims, JwkSet, KeyError, PublicKey, SigningKey, Verifier};
use crate::db::{Db, Id, Instant};
use crate::http::problem::Problem;

const PURPOSE: &str = "access_token";
/// How long an access token is good.
pub const ACCESS_SECONDS: i64 = 15 * 60;
/// Whom our access tokens are for.
const AUDIENCE: &str = "newsline";

/// The keys cannot be had; the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum KeyRingError {
    #[error("NEWSLINE_SECRET is not the one that sealed the signing keys: {0}")]
    Secret(#[from] SecretError),
    #[error("a signing key is damaged: {0}")]
    Key(#[from] KeyError),
    #[error("the signing keys cannot be read: {0}")]
    Database(Problem),
}

/// Signs with the newest key, checks with all.
#[derive(Clone)]
pub struct KeyRing(Arc<Ring>);

struct Ring {
    issuer: String,
    signing: SigningKey,
    keys: RwLock<Keys>,
}

struct Keys {
    verifier: Arc<Verifier>,
    public: Vec<PublicKey>,
    read_at: Instant,
}

impl KeyRing {
    /// Reads the keys, or makes the first one. Two nodes that start at once may each make one;
    /// both are good.
    pub async fn load(db: &Db, secret: &Secret, issuer: &str) -> Result<Self, KeyRingError> {
        let now = db.clock().now();
        let mut stored = read(db).await?;
        if stored.is_empty() {
            let key = SigningKey::generate();
            let row = StoredKey {
                id: Id::from_uuid(key.public().kid()),
                purpose: PURPOSE.to_owned(),
                public: key.public().as_bytes().to_vec(),
                sealed: secret.seal(PURPOSE, key.seed(), key.public().kid().as_bytes()),
                created_at: now,
                retired_at: None,
            };
            stored.push(row.clone());
            db.write(move |tx| Ok::<_, Problem>(store::insert_key(tx, &row)?))
                .await
                .map_err(KeyRingError::Database)?;
        }
        let newest = &stored[0];
        let seed = secret.open(PURPOSE, &newest.sealed, newest.id.uuid().as_bytes())?;
        let signing = SigningKey::from_seed(newest.id.uuid(), &seed)?;
        let keys = RwLock::new(keys(issuer, &stored, now)?);
        Ok(Self(Arc::new(Ring {
            issuer: issuer.to_owned(),
            signing,
            keys,
        })))
    }

    /// An access token for a sign-in.
    pub fn issue(&self, user: &User, sign_in: SignInId, now: Instant) -> String {
        let seconds = now.timestamp().as_second();
        self.0.signing.issue(&Claims {
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

    /// The claims of a good token. A token that is not good may be signed by a key that another
    /// node has just made, so the keys are read again, at most once in ten seconds.
    pub async fn verify(
        &self,
        db: &Db,
        token: &str,
        now: Instant,
    ) -> Result<Option<Claims>, Problem> {
        let seconds = now.timestamp().as_second();
        let verifier = self.read().verifier.clone();
        if let Ok(claims) = verifier.verify(token, seconds) {
            return Ok(Some(claims));
        }
        if self.read().read_at.plus_seconds(10) > now {
            return Ok(None);
        }
        let stored = read(db).await.map_err(|error| match error {
            KeyRingError::Database(problem) => problem,
            other => unreachable!("reading keys only fails in the database: {other}"),
        })?;
        if let Ok(fresh) = keys(&self.0.issuer, &stored, now) {
            *self
                .0
                .keys
                .write()
                .unwrap_or_else(std::sync::PoisonError::into_inner) = fresh;
        }
        Ok(self.read().verifier.clone().verify(token, seconds).ok())
    }

    /// The public keys (RFC 7517).
    pub fn jwks(&self) -> JwkSet {
        self.read().public.iter().collect()
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Keys> {
        self.0
            .keys
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

async fn read(db: &Db) -> Result<Vec<StoredKey>, KeyRingError> {
    db.read(|conn| Ok::<_, Problem>(store::keys_for(conn, PURPOSE)?))
        .await
        .map_err(KeyRingError::Database)
}

fn keys(issuer: &str, stored: &[StoredKey], read_at: Instant) -> Result<Keys, KeyError> {
    let public: Vec<PublicKey> = stored
        .iter()
        .map(|key| PublicKey::from_bytes(key.id.uuid(), &key.public))
        .collect::<Result<_, _>>()?;
    let verifier = Arc::new(Verifier::new(issuer, AUDIENCE, &public));
    Ok(Keys {
        verifier,
        public,
        read_at,
    })
}
