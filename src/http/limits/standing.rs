//! What a client is told of its limit, in the fields of
//! draft-ietf-httpapi-ratelimit-headers-10 (structured fields, RFC 9651).

use std::time::Duration;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

use crate::http::problem::{Code, Problem};

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// How a client stands with a limit after a request was counted.
#[derive(Debug, Clone)]
pub struct Standing(Option<Fields>);

#[derive(Debug, Clone)]
struct Fields {
    policy: String,
    left: String,
    /// Until more may be asked, at least 1.
    seconds: u32,
}

impl Standing {
    /// `remaining` of `many` in `seconds` are left, and in `wait` there is one more.
    pub(super) fn new(name: &str, many: u32, seconds: u32, remaining: u32, wait: Duration) -> Self {
        let wait = u32::try_from(wait.as_secs_f64().ceil() as u64).unwrap_or(u32::MAX);
        let wait = wait.max(1);
        Self(Some(Fields {
            policy: format!("\"{name}\";q={many};w={seconds}"),
            left: format!("\"{name}\";r={remaining};t={wait}"),
            seconds: wait,
        }))
    }

    pub(super) fn unlimited() -> Self {
        Self(None)
    }

    /// 429, with the time to wait.
    pub(super) fn refusal(&self) -> Problem {
        let problem = Problem::new(
            Code::TooManyRequests,
            "That was too often. Wait, then go on more slowly.",
        );
        match &self.0 {
            None => problem.retry_after(1),
            Some(fields) => problem
                .retry_after(fields.seconds)
                .with_header(RATE_LIMIT_POLICY, &fields.policy)
                .with_header(RATE_LIMIT, &fields.left),
        }
    }

    /// Puts the fields into an answer, unless it has those of a narrower limit.
    pub fn tell(&self, headers: &mut HeaderMap) {
        let Some(fields) = &self.0 else { return };
        if headers.contains_key(RATE_LIMIT) {
            return;
        }
        for (name, value) in [
            (RATE_LIMIT_POLICY, &fields.policy),
            (RATE_LIMIT, &fields.left),
        ] {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        }
    }
}
