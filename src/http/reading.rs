//! The answers of the readers' door: what they say about language, age and what is inside, so
//! that caches can keep them.

use std::borrow::Cow;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, Responder};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use indexmap::IndexSet;
use serde::Serialize;
use twox_hash::{XxHash3_128, xxhash3_128};

use super::coding::CodedWhole;
use super::form::Form;
use super::problem::{Code, Problem};
use super::surrogates::{self, SURROGATE_KEY};
use crate::db::Instant;
use crate::language::{Asked, Lang};

/// How long answers that say "elsewhere" or "not" may be kept, and no longer than they are true.
pub fn shortly_kept(true_for: Option<i64>) -> HeaderValue {
    let seconds = true_for.unwrap_or(15).min(15);
    HeaderValue::from_str(&format!("public, max-age={seconds}"))
        .unwrap_or(HeaderValue::from_static("no-cache"))
}

/// What the read cache must know of an answer. Without it, none is kept.
#[derive(Debug, Clone, Default)]
pub struct Keeping {
    /// The surrogate keys of all that the answer depends on.
    pub keys: IndexSet<String>,
    /// When a window opens or closes, and the answer stops being true.
    pub until: Option<Instant>,
}

impl Keeping {
    pub fn depend_on(&mut self, keys: impl IntoIterator<Item = String>) {
        self.keys.extend(keys);
    }

    pub fn end_by(&mut self, until: Option<Instant>) {
        self.until = [self.until, until].into_iter().flatten().min();
    }
}

/// A readers' answer that may be kept.
#[derive(Debug)]
pub struct Reading {
    body: Vec<u8>,
    content_type: &'static str,
    language: Option<Lang>,
    varies: bool,
    last_modified: Option<Instant>,
    /// When `keeping.until` was found out.
    now: Option<Instant>,
    keeping: Keeping,
    links: Vec<String>,
    allow: Option<&'static str>,
}

/// Whole seconds between two moments, rounded down: half a second too long is too long.
pub fn seconds_left(until: Instant, now: Instant) -> i64 {
    let left = until.microseconds().saturating_sub(now.microseconds());
    left.max(0) / 1_000_000
}

/// `Cache-Control` of an answer that stays true for so many seconds, or without an end in sight.
pub fn cache_control(true_for: Option<i64>) -> Cow<'static, str> {
    match true_for {
        // Nothing stale may be shown past the boundary either.
        Some(left) if left < 3600 => format!(
            "public, max-age={}, s-maxage={}",
            left.min(15),
            left.min(60)
        )
        .into(),
        _ => {
            "public, max-age=15, s-maxage=60, stale-while-revalidate=60, stale-if-error=3600".into()
        }
    }
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
        if matches!(form, Form::SchemaOrg | Form::Annotation) {
            // Pages carry JSON-LD in a `script` element, which no word of it may end.
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
            now: None,
            keeping: Keeping::default(),
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
        self.now = Some(now);
        self.keeping.end_by(until);
        self
    }

    /// Surrogate keys: what is inside, for caches that can drop by name.
    pub fn about(mut self, keys: impl IntoIterator<Item = String>) -> Self {
        self.keeping.depend_on(keys);
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

    /// Of all that a 304 does not repeat and a client would go on with: `fields` may leave out of a body
    /// what its headers say.
    fn entity_tag(&self) -> HeaderValue {
        let mut hasher = xxhash3_128::Hasher::new();
        hasher.write(&self.body);
        let lang = self.language.as_ref().map(Lang::as_str);
        for word in lang
            .into_iter()
            .chain(self.links.iter().map(String::as_str))
        {
            hasher.write(b"\n");
            hasher.write(word.as_bytes());
        }
        tag_of(hasher.finish_128())
    }

    fn cache_control(&self) -> Cow<'static, str> {
        let end = self.keeping.until.zip(self.now);
        cache_control(end.map(|(until, now)| seconds_left(until, now)))
    }
}

/// The strong entity tag of what is told apart by these bytes. Nobody gains by two answers that share
/// one, so that the hash need not be one of cryptography, which would cost as much as a statement.
pub fn entity_tag(bytes: &[u8]) -> HeaderValue {
    tag_of(XxHash3_128::oneshot(bytes))
}

fn tag_of(hash: u128) -> HeaderValue {
    let tag = BASE64.encode(&hash.to_be_bytes()[..15]);
    HeaderValue::from_str(&format!("\"{tag}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

impl Responder for Reading {
    type Body = actix_web::body::BoxBody;
    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        response
            .content_type(self.content_type)
            .insert_header((header::ETAG, self.entity_tag()))
            .insert_header((header::CACHE_CONTROL, self.cache_control().as_ref()))
            .append_header((header::VARY, "Accept-Encoding"));
        if request.extensions().contains::<CodedWhole>() {
            // Keeps the compression of streams away; it is taken off again.
            response.insert_header((header::CONTENT_ENCODING, "identity"));
        }
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
        if let Some(keys) = surrogates::header_of(&self.keeping.keys) {
            response.insert_header((SURROGATE_KEY, keys));
        }
        for link in &self.links {
            response.append_header((header::LINK, link.as_str()));
        }
        response.extensions_mut().insert(self.keeping);
        response.body(self.body)
    }
}

/// 301 to another address of the readers' door, the query kept.
#[derive(Debug, Clone)]
pub struct Moved {
    to: String,
    keeping: Keeping,
}

impl Moved {
    /// `keys` are the surrogate keys of what is there and what was here.
    pub fn to(address: String, keys: impl IntoIterator<Item = String>) -> Self {
        let mut keeping = Keeping::default();
        keeping.depend_on(keys);
        Self {
            to: address,
            keeping,
        }
    }

    pub fn keeping(&self) -> &Keeping {
        &self.keeping
    }

    /// The whole answer, with the query as it came.
    pub fn answer(&self, query: &str) -> HttpResponse {
        let location = match query {
            "" => self.to.clone(),
            query => format!("{}?{query}", self.to),
        };
        let mut response = HttpResponse::build(StatusCode::MOVED_PERMANENTLY);
        response.insert_header((header::LOCATION, location));
        if let Some(keys) = surrogates::header_of(&self.keeping.keys) {
            response.insert_header((SURROGATE_KEY, keys));
        }
        response.finish()
    }
}

impl Responder for Moved {
    type Body = actix_web::body::BoxBody;
    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let mut response = self.answer(request.query_string());
        response.extensions_mut().insert(self);
        response
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

impl From<Moved> for Read {
    fn from(moved: Moved) -> Self {
        Self::Moved(moved)
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
