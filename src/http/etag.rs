//! Versions at the newsroom's door: `ETag`, `If-Match`, `If-None-Match` (RFC 9110 §8.8.3, §13.1).

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap, HeaderName};
use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder};
use serde::Serialize;

use super::problem::{Code, Problem};

/// The entity tag of a version, such as `"7"`.
pub fn of_version(version: i64) -> String {
    format!("\"{version}\"")
}

/// Which version the client says it changes.
#[derive(Debug, Clone, PartialEq)]
pub enum IfMatch {
    Any,
    Tags(Vec<String>),
}

impl IfMatch {
    /// 412 unless the present version is one that the client named.
    pub fn check(&self, version: i64) -> Result<(), Problem> {
        let tag = of_version(version);
        match self {
            Self::Tags(tags) if !tags.contains(&tag) => Err(Problem::stale(version)),
            _ => Ok(()),
        }
    }
}

/// Where a save did not find the version that was read, somebody else saved in between: the transaction
/// runs again, and the check of `If-Match` says which version there is now.
pub fn check_saved(saved: bool, read: i64) -> Result<(), Problem> {
    match saved {
        true => Ok(()),
        false => Err(Problem::stale(read + 1).overtaken()),
    }
}

/// The entity tags of a header, strong ones as they are, `*` by itself.
fn tags(headers: &HeaderMap, name: HeaderName) -> Result<Option<IfMatch>, Problem> {
    let invalid = || {
        Problem::new(
            Code::InvalidHeader,
            format!("{name} takes * or entity tags in quotation marks."),
        )
    };
    let mut tags = Vec::new();
    for value in headers.get_all(&name) {
        for tag in value
            .to_str()
            .map_err(|_| invalid())?
            .split(',')
            .map(str::trim)
        {
            if tag == "*" {
                return Ok(Some(IfMatch::Any));
            }
            let opaque = tag.strip_prefix("W/").unwrap_or(tag);
            if opaque.len() < 2 || !opaque.starts_with('"') || !opaque.ends_with('"') {
                return Err(invalid());
            }
            tags.push(tag.to_owned());
        }
    }
    Ok((!tags.is_empty()).then_some(IfMatch::Tags(tags)))
}

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(match tags(request.headers(), header::IF_MATCH) {
            Ok(Some(if_match)) => Ok(if_match),
            Ok(None) => Err(missing()),
            Err(problem) => Err(problem),
        })
    }
}

fn missing() -> Problem {
    Problem::new(
        Code::PreconditionRequired,
        "The header If-Match is missing.",
    )
}

/// For a PUT that may create: `If-Match` for what is there, `If-None-Match: *` for what is not.
#[derive(Debug, Clone, PartialEq)]
pub enum Precondition {
    Exists(IfMatch),
    IsNew,
}

impl Precondition {
    /// Checks it against the present version, `None` where there is nothing yet.
    pub fn check(&self, version: Option<i64>) -> Result<(), Problem> {
        match (self, version) {
            (Self::Exists(if_match), Some(version)) => if_match.check(version),
            (Self::Exists(_), None) => Err(Problem::new(
                Code::Stale,
                "There is nothing yet: create it with If-None-Match: *.",
            )),
            (Self::IsNew, Some(version)) => Err(Problem::stale(version)),
            (Self::IsNew, None) => Ok(()),
        }
    }
}

impl FromRequest for Precondition {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let headers = request.headers();
        ready(
            match (
                tags(headers, header::IF_MATCH),
                tags(headers, header::IF_NONE_MATCH),
            ) {
                (Err(problem), _) | (_, Err(problem)) => Err(problem),
                (Ok(Some(if_match)), Ok(None)) => Ok(Self::Exists(if_match)),
                (Ok(None), Ok(Some(IfMatch::Any))) => Ok(Self::IsNew),
                (Ok(None), Ok(None)) => Err(Problem::new(
                    Code::PreconditionRequired,
                    "Send If-Match to change what is there, or If-None-Match: * to create it.",
                )),
                _ => Err(Problem::new(
                    Code::InvalidHeader,
                    "Send either If-Match or If-None-Match: *.",
                )),
            },
        )
    }
}

/// True where `If-None-Match` names the tag; weak comparison, as RFC 9110 §13.1.2 says.
pub fn not_modified(headers: &HeaderMap, etag: &str) -> bool {
    let opaque = |tag: &str| tag.strip_prefix("W/").unwrap_or(tag).to_owned();
    match tags(headers, header::IF_NONE_MATCH) {
        Ok(Some(IfMatch::Any)) => true,
        Ok(Some(IfMatch::Tags(tags))) => tags.iter().any(|tag| opaque(tag) == opaque(etag)),
        _ => false,
    }
}

/// 200 with a desk's item and the `ETag` of its version.
pub struct WithEtag<T> {
    pub version: i64,
    pub item: T,
}

impl<T: Serialize> Responder for WithEtag<T> {
    type Body = actix_web::body::BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok()
            .insert_header((header::ETAG, of_version(self.version)))
            .json(self.item)
    }
}
