//! Bodies of requests: read within bounds of size and time, checked as JSON, and told field by field.

use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::json::{Distinct, Strict};
use super::once::Once;
use super::problem::{Code, FieldError, Problem};
use crate::app::App;

/// 1 MiB.
pub const BODY_LIMIT: usize = 1024 * 1024;
/// How deep JSON may nest; well below what its parser refuses by itself.
const DEPTH_LIMIT: usize = 64;

/// The JSON body of a PUT or POST.
pub struct ValidJson<T>(pub T);

/// The JSON merge patch (RFC 7396) of a PATCH.
pub struct MergePatch<T>(pub T);

/// The JSON body of a POST that is safe to repeat with `Idempotency-Key`.
pub struct Posted<T> {
    pub value: T,
    pub once: Once,
}

const JSON: &[&str] = &["application/json"];
const PATCHES: &[&str] = &["application/json", "application/merge-patch+json"];

impl<T: DeserializeOwned + 'static> FromRequest for ValidJson<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;
    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bytes = read(request, payload, JSON);
        Box::pin(async move { parse(&bytes.await?).map(Self) })
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for MergePatch<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;
    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bytes = read(request, payload, PATCHES);
        Box::pin(async move { parse(&bytes.await?).map(Self) })
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Posted<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;
    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let key = Once::key(request);
        let bytes = read(request, payload, JSON);
        Box::pin(async move {
            let key = key?;
            let bytes = bytes.await?;
            Ok(Self {
                value: parse(&bytes)?,
                once: key.for_body(&bytes),
            })
        })
    }
}

/// The bytes of the body, at most [`BODY_LIMIT`], within the time of the settings.
fn read(
    request: &HttpRequest,
    payload: &mut Payload,
    types: &'static [&'static str],
) -> LocalBoxFuture<'static, Result<Bytes, Problem>> {
    let media_type = media_type(request, types);
    let announced = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse().ok());
    let app = request.app_data::<Data<App>>();
    let time = app.map_or(Duration::MAX, |app| app.settings.body_time);
    let mut payload = payload.take();
    Box::pin(async move {
        media_type?;
        if announced.is_some_and(|length: usize| length > BODY_LIMIT) {
            return Err(too_large());
        }
        let collected = tokio::time::timeout(time, async {
            let mut bytes = BytesMut::new();
            while let Some(chunk) = payload.next().await {
                let chunk =
                    chunk.map_err(|_| Problem::new(Code::BadRequest, "The body broke off."))?;
                if bytes.len() + chunk.len() > BODY_LIMIT {
                    return Err(too_large());
                }
                bytes.extend_from_slice(&chunk);
            }
            Ok(bytes.freeze())
        });
        collected.await.unwrap_or_else(|_| {
            Err(
                Problem::new(Code::RequestTimeout, "The body did not arrive in time.")
                    .with_header(header::CONNECTION, "close"),
            )
        })
    })
}

fn too_large() -> Problem {
    Problem::new(
        Code::TooLarge,
        format!("The body may have {BODY_LIMIT} bytes."),
    )
}

fn media_type(request: &HttpRequest, types: &[&str]) -> Result<(), Problem> {
    let sent = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = sent.split(';').next().unwrap_or_default().trim();
    if types
        .iter()
        .any(|known| known.eq_ignore_ascii_case(essence))
    {
        return Ok(());
    }
    let accepted = types.join(", ");
    let problem = Problem::new(
        Code::UnsupportedMediaType,
        format!("The body must be {accepted}."),
    );
    Err(problem.with_header(header::ACCEPT, &accepted))
}

/// Reads JSON; a fault of syntax is a 400, of a field a 422 that points at it.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let Distinct(value) = serde_json::from_slice(bytes)
        .map_err(|error| Problem::new(Code::InvalidJson, error.to_string()))?;
    check_tree(&value, &mut String::new(), 0)?;
    serde_path_to_error::deserialize(Strict(value)).map_err(|error| {
        let detail = error.inner().to_string();
        let mut pointer = pointer(error.path());
        if let Some(field) = detail
            .strip_prefix("unknown field `")
            .and_then(|rest| rest.split('`').next())
        {
            let end = format!("/{}", escape(field));
            if !pointer.ends_with(&end) {
                pointer.push_str(&end);
            }
        }
        Problem::field(pointer, detail)
    })
}

/// A pointer (RFC 6901) from the path of a deserializer.
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(format!("/{index}")),
            Segment::Map { key } => Some(format!("/{}", escape(key))),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect()
}

/// A name as a part of a pointer.
pub fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// Refuses what neither database nor reader can hold: U+0000 anywhere, and bottomless nesting.
fn check_tree(value: &Value, pointer: &mut String, depth: usize) -> Result<(), Problem> {
    if depth > DEPTH_LIMIT {
        return Err(Problem::field(
            pointer.as_str(),
            format!("nested deeper than {DEPTH_LIMIT} levels"),
        ));
    }
    let nul =
        |pointer: &str| {
            Problem::new(Code::InvalidField, "U+0000 cannot be stored.")
                .with_errors([FieldError::at(pointer, "nul", "expected no U+0000")])
        };
    let mut below = |key: &str, value: &Value| {
        let length = pointer.len();
        pointer.push('/');
        pointer.push_str(&escape(key));
        check_tree(value, pointer, depth + 1)?;
        pointer.truncate(length);
        Ok(())
    };
    match value {
        Value::String(text) if text.contains('\0') => Err(nul(pointer)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .try_for_each(|(index, item)| below(&index.to_string(), item)),
        Value::Object(fields) => {
            fields
                .iter()
                .try_for_each(|(key, item)| match key.contains('\0') {
                    true => Err(Problem::new(Code::InvalidField, "U+0000 cannot be stored.")),
                    false => below(key, item),
                })
        }
        _ => Ok(()),
    }
}
