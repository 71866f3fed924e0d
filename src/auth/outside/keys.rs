//! The provider's keys, kept in memory and fetched again when they are old or a token names one
//! that is not known, which anybody can make it do; so not more often than once a minute.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::redirect::Policy;
use url::Url;

use super::jwks::{self, OutsideKey};
use crate::db::Instant;
use crate::http::problem::{Code, Problem};

/// Keys older than this are fetched again …
const OLD_SECONDS: i64 = 3600;
/// … and where that fails go on for so long, so that a provider that is away keeps nobody out.
const LAST_SECONDS: i64 = 24 * 3600;
/// The least time from one request to the next …
const PAUSE_SECONDS: i64 = 60;
/// … and the same where there are no keys at all.
const FIRST_PAUSE_SECONDS: i64 = 5;
/// How long one request may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// More bytes than any provider's keys have.
const MOST_BYTES: usize = 256 * 1024;

pub struct Keys {
    url: Url,
    http: reqwest::Client,
    known: Mutex<Known>,
    // Held while they are fetched: whoever needs them then waits for the same answer.
    fetching: tokio::sync::Mutex<()>,
}

#[derive(Clone)]
struct Known {
    keys: Arc<HashMap<String, OutsideKey>>,
    /// `None` before the first that came.
    fetched_at: Option<Instant>,
    asked_at: Instant,
}

impl Known {
    fn is_younger(&self, seconds: i64, now: Instant) -> bool {
        self.fetched_at
            .is_some_and(|at| now < at.plus_seconds(seconds))
    }

    fn may_ask(&self, now: Instant) -> bool {
        let pause = match self.fetched_at {
            Some(_) => PAUSE_SECONDS,
            None => FIRST_PAUSE_SECONDS,
        };
        self.asked_at.plus_seconds(pause) <= now
    }
}

impl Keys {
    pub fn new(url: Url) -> Result<Self, reqwest::Error> {
        // A connection belongs to the worker thread that made it, so none is kept for another.
        let builder = reqwest::Client::builder()
            .timeout(PATIENCE)
            .redirect(Policy::none())
            .pool_max_idle_per_host(0)
            .user_agent(concat!("newsline/", env!("CARGO_PKG_VERSION")));
        let http = match is_this_machine(&url) {
            true => builder.no_proxy(),
            false => builder,
        };
        let known = Known {
            keys: Arc::default(),
            fetched_at: None,
            asked_at: Instant::EPOCH,
        };
        Ok(Self {
            url,
            http: http.build()?,
            known: Mutex::new(known),
            fetching: tokio::sync::Mutex::default(),
        })
    }

    /// The key of a `kid`; 503 where there are no keys to look in.
    pub async fn find(&self, kid: &str, now: Instant) -> Result<Option<OutsideKey>, Problem> {
        let known = self.known();
        if known.is_younger(OLD_SECONDS, now)
            && let Some(key) = known.keys.get(kid)
        {
            return Ok(Some(key.clone()));
        }
        let known = self.known_anew(kid, now).await;
        match known.is_younger(LAST_SECONDS, now) {
            true => Ok(known.keys.get(kid).cloned()),
            false => {
                let detail = "The identity provider's keys cannot be had.";
                Err(Problem::new(Code::Unavailable, detail).retry_after(5))
            }
        }
    }

    async fn known_anew(&self, kid: &str, now: Instant) -> Known {
        let _fetching = self.fetching.lock().await;
        let mut known = self.known();
        let is_there = known.is_younger(OLD_SECONDS, now) && known.keys.contains_key(kid);
        if is_there || !known.may_ask(now) {
            return known;
        }
        known.asked_at = now;
        match self.fetch().await {
            Ok(keys) => {
                known.keys = Arc::new(keys);
                known.fetched_at = Some(now);
            }
            Err(error) => tracing::warn!(error, "the identity provider's keys cannot be had"),
        }
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = known.clone();
        known
    }

    async fn fetch(&self) -> Result<HashMap<String, OutsideKey>, String> {
        let said = |error: reqwest::Error| error.without_url().to_string();
        let request = self.http.get(self.url.clone());
        let mut response = request.send().await.map_err(said)?;
        if response.status() != 200 {
            return Err(format!("it answers {}", response.status().as_u16()));
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(said)? {
            if bytes.len() + chunk.len() > MOST_BYTES {
                return Err("its answer is too large".to_owned());
            }
            bytes.extend_from_slice(&chunk);
        }
        jwks::read(&bytes).ok_or_else(|| "its answer is no JWK set".to_owned())
    }

    fn known(&self) -> Known {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.clone()
    }
}

/// A proxy for the world outside has no way to this machine.
fn is_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_matches(['[', ']']);
    host == "localhost"
        || bare
            .parse()
            .is_ok_and(|address: IpAddr| address.is_loopback())
}
