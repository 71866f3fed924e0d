//! The answers of the readers' door: what they say about language, age and what is inside, so
//! that caches can keep them.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, Responder};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::form::Form;
use super::problem::{Code, Problem};
use crate::db::Instant;
use crate::language::{Asked, Lang};

/// How long answers that say "elsewhere" or "not" may be kept.
pub const SHORT: &str = "public, max-age=15";

/// A readers' answer that may be kept.
#[derive(Debug)]
pub struct Reading {
    body: Vec<u8>,
    content_type: &'static str,
    language: Option<Lang>,
    varies: bool,
    last_modified: Option<Instant>,
    /// Seconds until the answer stops being true: a window that opens or closes.
    true_for: Option<i64>,
    keys: Vec<String>,
    links: Vec<String>,
    allow: Option<&'static str>,
}

impl Reading {
    /// An answer in JSON.
    pub fn json(body: &impl Serialize) -> Result<Self, Problem> {
        Self::in_form(Form::Json, body)
    }

    /// An answer in one of the forms that are JSON, too.
    pub fn in_form(form: Form, body: &impl Serialize) -> Result<Self, Problem> {
        let mut body = serde_json::to_string(body)
            .map_err(|_| Problem::new(Code::Internal, "The answer cannot be written."))?;
        if form == Form::SchemaOrg {
            // Pages carry it in a `script` element, which no word of it may end.
            body = body.replace('<', "\\u003c");
        }
        Ok(Self::new(form.content_type(), body.into_bytes()))
    }

    pub fn new(content_type: &'static str, body: Vec<u8>) -> Self {
        Self {
            body,
            content_type,
            language: None,
            varies: false,
            last_modified: None,
            true_for: None,
            keys: Vec::new(),
            links: Vec::new(),
            allow: None,
        }
    }

    /// Says which language was served, and varies on `Accept-Language` only where that decided.
    pub fn in_language(mut self, lang: Option<&Lang>, asked: &Asked) -> Self {
        self.language = lang.cloned();
        self.varies = asked.varies();
        self
    }

    /// Says the language where the path named it.
    pub fn in_language_of_path(mut self, lang: &Lang) -> Self {
        self.language = Some(lang.clone());
        self
    }

    pub fn modified(mut self, at: Option<Instant>) -> Self {
        self.last_modified = at;
        self
    }

    /// The answer holds until `until` at the longest.
    pub fn true_until(mut self, until: Option<Instant>, now: Instant) -> Self {
        let left = |until: Instant| until.microseconds().saturating_sub(now.microseconds());
        // Whole seconds, rounded down: half a second too long is too long.
        let seconds = until.map(|until| left(until).max(0) / 1_000_000);
        self.true_for = [self.true_for, seconds].into_iter().flatten().min();
        self
    }

    /// Surrogate keys: what is inside, for caches that can drop by name.
    pub fn about(mut self, keys: impl IntoIterator<Item = String>) -> Self {
        for key in keys {
            if !self.keys.contains(&key) {
                self.keys.push(key);
            }
        }
        self
    }

    pub fn linked(mut self, links: impl IntoIterator<Item = String>) -> Self {
        self.links.extend(links);
        self
    }

    /// Says which methods the address takes, for protocols that want it said with every answer.
    pub fn allowing(mut self, methods: &'static str) -> Self {
        self.allow = Some(methods);
        self
    }

    fn cache_control(&self) -> String {
        let within = |seconds: i64| self.true_for.map_or(seconds, |left| left.min(seconds));
        match self.true_for {
            // Nothing stale may be shown past the boundary either.
            Some(left) if left < 3600 => {
                format!("public, max-age={}, s-maxage={}", within(15), within(60))
            }
            _ => "public, max-age=15, s-maxage=60, stale-while-revalidate=60, stale-if-error=3600"
                .to_owned(),
        }
    }
}

/// The strong entity tag of what is told apart by these bytes.
pub fn entity_tag(bytes: &[u8]) -> HeaderValue {
    let tag = BASE64.encode(&Sha256::digest(bytes)[..15]);
    HeaderValue::from_str(&format!("\"{tag}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

impl Responder for Reading {
    type Body = actix_web::body::BoxBody;
    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        response
            .content_type(self.content_type)
            .insert_header((header::ETAG, entity_tag(&self.body)))
            .insert_header((header::CACHE_CONTROL, self.cache_control()))
            .append_header((header::VARY, "Accept-Encoding"));
        if request.extensions().contains::<Form>() {
            response.append_header((header::VARY, "Accept"));
        }
        if self.varies {
            response.append_header((header::VARY, "Accept-Language"));
        }
        if let Some(lang) = &self.language {
            response.insert_header((header::CONTENT_LANGUAGE, lang.as_str()));
        }
        if let Some(at) = self.last_modified {
            response.insert_header((header::LAST_MODIFIED, at.http_date()));
        }
        if let Some(methods) = self.allow {
            response.insert_header((header::ALLOW, methods));
        }
        if !self.keys.is_empty() {
            response.insert_header(("surrogate-key", self.keys.join(" ")));
        }
        for link in &self.links {
            response.append_header((header::LINK, link.as_str()));
        }
        response.body(self.body)
    }
}

/// 301 to another address of the readers' door, the query kept.
pub struct Moved(pub String);

impl Responder for Moved {
    type Body = actix_web::body::BoxBody;
    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let query = request.query_string();
        let location = if query.is_empty() {
            self.0
        } else {
            format!("{}?{query}", self.0)
        };
        HttpResponse::build(StatusCode::MOVED_PERMANENTLY)
            .insert_header((header::LOCATION, location))
            .finish()
    }
}

/// Readers get the thing itself, or hear where it is now.
pub enum Read {
    Here(Box<Reading>),
    Moved(Moved),
}

impl From<Reading> for Read {
    fn from(reading: Reading) -> Self {
        Self::Here(Box::new(reading))
    }
}

impl Responder for Read {
    type Body = actix_web::body::BoxBody;
    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        match self {
            Self::Here(reading) => reading.respond_to(request),
            Self::Moved(moved) => moved.respond_to(request),
        }
    }
}
