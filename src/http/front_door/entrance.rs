//! What is checked before a body is read: who is calling, the headers, the query.

use actix_web::dev::ServiceRequest;
use actix_web::http::Method;
use actix_web::http::header;
use actix_web::{HttpMessage, HttpResponse};

use super::super::problem::{Code, Problem};
use super::super::query::Params;
use super::super::route_table::{Known, Route};
use crate::app::App;
use crate::auth::guards::authenticate;

const ALLOWED: &str =
    "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, X-Request-Id";

pub(super) async fn enter(
    app: &App,
    request: &ServiceRequest,
    route: &Route,
) -> Result<(), Problem> {
    if let Some(right) = route.right {
        let staff = authenticate(app, request.request(), right).await?;
        request.extensions_mut().insert(staff);
    }
    if let Some(limit) = route.limit {
        let standing = app.limits.count(limit, app, request.request())?;
        request.extensions_mut().insert(standing);
    }
    if route.offer.is_choice() {
        let form = route.offer.choose(request.headers());
        request.extensions_mut().insert(form);
    }
    if let Some(long) = route
        .headers
        .iter()
        .find(|known| has_too_long(request, known))
    {
        let detail = format!("The header {} is too long.", long.name);
        return Err(Problem::new(Code::InvalidHeader, detail));
    }
    check_query(request.query_string(), route)
}

fn has_too_long(request: &ServiceRequest, known: &Known) -> bool {
    let mut values = request.headers().get_all(known.name.as_str());
    values.any(|value| value.to_str().is_ok_and(|value| known.is_too_long(value)))
}

/// Checks the names in the query, and how long the values are.
fn check_query(query: &str, route: &Route) -> Result<(), Problem> {
    if query.is_empty() {
        return Ok(());
    }
    let params = Params::parse(query)?;
    for name in params.names() {
        let known = route.parameters.iter().find(|known| known.name == name);
        let known = known.ok_or_else(|| Problem::unknown_parameter(name))?;
        if params
            .text(name)
            .is_some_and(|value| known.is_too_long(value))
        {
            return Err(Problem::parameter(name, "it is too long"));
        }
    }
    Ok(())
}

/// The files of `/docs` are in no document.
pub(super) fn is_docs(path: &str) -> bool {
    path.strip_prefix("/docs")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

pub(super) fn names(methods: &[Method]) -> String {
    methods
        .iter()
        .map(Method::as_str)
        .collect::<Vec<_>>()
        .join(", ")
}

pub(super) fn options(methods: &[Method]) -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((header::ALLOW, names(methods)))
        .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, names(methods)))
        .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED))
        .insert_header((header::ACCESS_CONTROL_MAX_AGE, "3600"))
        .finish()
}
