//! People of an outside identity provider (OpenID Connect): their tokens are checked by the
//! provider's public keys, a claim says their role at each request, and a row of `users` is made for
//! them when they are first seen.
//!
//! | file | holds |
//! |---|---|
//! | `settings` | which provider, and what its roles mean here |
//! | `jwks` | its keys, as it publishes them |
//! | `keys` | the same kept in memory, and fetched again when they must be |
//! | `tokens` | what a good token says |
//! | `people` | who is meant |

mod jwks;
mod keys;
mod people;
mod settings;
mod tokens;

pub use settings::ProviderSettings;

use super::guards::{Proof, Staff};
use crate::db::{Db, Instant};
use crate::http::problem::Problem;
use keys::Keys;

/// The provider as a running node knows it.
pub struct Provider {
    settings: ProviderSettings,
    keys: Keys,
}

impl Provider {
    pub fn new(settings: ProviderSettings) -> Result<Self, reqwest::Error> {
        let keys = Keys::new(settings.jwks_url.clone())?;
        Ok(Self { settings, keys })
    }

    /// Whether a token says that it is the provider's. Nothing in it is believed by this.
    pub fn is_meant(&self, token: &str) -> bool {
        tokens::issuer_said(token).is_some_and(|issuer| issuer == self.settings.issuer)
    }

    /// Who brings a token; `None` where it is not good or they are suspended.
    pub async fn admit(
        &self,
        db: &Db,
        token: &str,
        now: Instant,
    ) -> Result<Option<Staff>, Problem> {
        let Some(shape) = tokens::shape(token) else {
            return Ok(None);
        };
        let Some(key) = self.keys.find(&shape.kid, now).await? else {
            return Ok(None);
        };
        let Some(said) = tokens::verify(token, &shape, &key, &self.settings, now) else {
            return Ok(None);
        };
        let role = said.role(&self.settings)?;
        let user = people::recognise(db, self.settings.issuer.clone(), said, role).await?;
        Ok(user.is_active().then_some(Staff {
            id: user.id,
            role,
            proof: Proof::Outside,
        }))
    }
}
