//! The last touches that answers have in common, from a handler or from memory.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::{Error, HttpResponse};

use super::super::etag;
use super::super::problem::{Code, Problem};
use crate::app::App;

/// Readers' answers that say "elsewhere" or "not" may be kept for a moment.
pub const SHORTLY_KEPT: [StatusCode; 4] = [
    StatusCode::MOVED_PERMANENTLY,
    StatusCode::NOT_FOUND,
    StatusCode::NOT_ACCEPTABLE,
    StatusCode::GONE,
];

/// What every answer says.
const ON_ALL: [(HeaderName, HeaderValue); 3] = [
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    ),
    (
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static(
            "ETag, Link, Location, Content-Language, Retry-After, RateLimit, RateLimit-Policy, \
             X-Request-Id, Idempotent-Replayed",
        ),
    ),
];

/// How long a browser asks for https only, where the public address is https. Without
/// `includeSubDomains`: what else stands below the name is not ours to decide.
const ONE_YEAR: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// At the readers' door.
pub const ANY_ORIGIN: HeaderValue = HeaderValue::from_static("*");

/// What a 304 does not repeat: what describes the answer that the client has (RFC 9110 §15.4.5).
pub const OF_THE_WHOLE: [HeaderName; 6] = [
    header::CONTENT_TYPE,
    header::CONTENT_LENGTH,
    header::CONTENT_ENCODING,
    header::CONTENT_LANGUAGE,
    header::LAST_MODIFIED,
    header::LINK,
];

pub fn on_all(app: &App, headers: &mut HeaderMap) {
    for (name, value) in ON_ALL {
        headers.insert(name, value);
    }
    if app.settings.is_https() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, ONE_YEAR);
    }
}

pub fn problem_of(error: &Error) -> Problem {
    match error.as_error::<Problem>() {
        Some(problem) => problem.copy(),
        None => of_status(error.as_response_error().status_code()),
    }
}

/// An error of the framework, which has no problem for a body.
pub fn is_bare_error(response: &HttpResponse) -> bool {
    let problem = HeaderValue::from_static("application/problem+json");
    response.status().as_u16() >= 400
        && response.headers().get(header::CONTENT_TYPE) != Some(&problem)
}

pub fn of_status(status: StatusCode) -> Problem {
    let code = Code::ALL
        .iter()
        .copied()
        .find(|code| code.status() == status);
    let code = code.unwrap_or(if status.is_server_error() {
        Code::Internal
    } else {
        Code::BadRequest
    });
    Problem::new(code, code.title())
}

/// One entity tag per representation and coding (RFC 9110 §8.8.3.3). Private ones are versions,
/// the same under every coding.
pub fn tag_coding(headers: &mut HeaderMap) {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
    };
    let (Some(coding), Some(tag)) = (text(header::CONTENT_ENCODING), text(header::ETAG)) else {
        return;
    };
    if let Ok(tag) = HeaderValue::from_str(&format!("{}-{coding}\"", tag.trim_end_matches('"'))) {
        headers.insert(header::ETAG, tag);
    }
}

pub fn unless_modified(asked: &HeaderMap, response: HttpResponse) -> HttpResponse {
    let tag = response
        .headers()
        .get(header::ETAG)
        .and_then(|tag| tag.to_str().ok());
    if !tag.is_some_and(|tag| etag::not_modified(asked, tag)) {
        return response;
    }
    let mut unchanged = HttpResponse::NotModified().finish();
    for (name, value) in response.headers() {
        if !OF_THE_WHOLE.contains(name) {
            unchanged.headers_mut().append(name.clone(), value.clone());
        }
    }
    unchanged
}

/// One `Vary` with each name once, however many layers had a say.
pub fn join_vary(headers: &mut HeaderMap) {
    let mut names: Vec<String> = Vec::new();
    for value in headers
        .get_all(header::VARY)
        .filter_map(|value| value.to_str().ok())
    {
        for name in value.split(',').map(str::trim) {
            if !names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                names.push(name.to_owned());
            }
        }
    }
    if let (false, Ok(value)) = (names.is_empty(), HeaderValue::from_str(&names.join(", "))) {
        headers.insert(header::VARY, value);
    }
}
