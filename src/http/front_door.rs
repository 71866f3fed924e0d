//! What every request passes: it gets an id, finds its operation, shows who is calling, and
//! leaves with the headers that all answers carry. Every error leaves as problem+json.

use std::panic::AssertUnwindSafe;
use std::time::Instant as Moment;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage, HttpResponse};
use futures_util::FutureExt;
use uuid::Uuid;

use super::etag;
use super::limits::Standing;
use super::problem::{Code, Problem};
use super::query::Params;
use super::reading::SHORT;
use super::route_table::{Found, Known, Route};
use crate::app::App;
use crate::auth::guards::authenticate;

/// The id under which a request is found in the logs.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const EXPOSED: &str = "ETag, Link, Location, Content-Language, Retry-After, RateLimit, RateLimit-Policy, \
    X-Request-Id, Idempotent-Replayed";
const ALLOWED: &str =
    "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, X-Request-Id";

/// How long a browser asks for https only, where the public address is https. Without
/// `includeSubDomains`: what else stands below the name is not ours to decide.
const ONE_YEAR: &str = "max-age=31536000";

/// Readers' answers that say "elsewhere" or "not" may be kept for a moment.
const SHORTLY_KEPT: [StatusCode; 4] = [
    StatusCode::MOVED_PERMANENTLY,
    StatusCode::NOT_FOUND,
    StatusCode::NOT_ACCEPTABLE,
    StatusCode::GONE,
];

/// What the front door keeps of a request while it is being answered.
struct Visit {
    app: Data<App>,
    request_id: String,
    path: String,
    method: Method,
    origin: Option<HeaderValue>,
    begun: Moment,
}

/// The middleware around the whole app.
pub async fn front_door(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(app) = request.app_data::<Data<App>>().cloned() else {
        return Err(Problem::new(Code::Internal, "The app is not set up.").into());
    };
    let visit = Visit {
        app,
        request_id: request_id(request.headers()),
        path: request.path().to_owned(),
        method: request.method().clone(),
        origin: request.headers().get(header::ORIGIN).cloned(),
        begun: Moment::now(),
    };
    request
        .extensions_mut()
        .insert(RequestId(visit.request_id.clone()));
    if request.method() == Method::HEAD {
        // The connection remembers that it was HEAD and sends no body.
        request.head_mut().method = Method::GET;
    }
    let app = visit.app.clone();
    let entrance = match app.routes.find(request.method(), request.path()) {
        Found::Route(route) => enter(&visit, &request, route)
            .await
            .map(|()| Some(route.operation.as_str())),
        Found::OtherMethods(_) if is_docs(request.path()) => Ok(Some("docs")),
        Found::OtherMethods(methods) if visit.method == Method::OPTIONS => {
            return Ok(visit.leave(request.into_response(options(&methods)), "options"));
        }
        Found::OtherMethods(methods) => Err(Problem::new(
            Code::MethodNotAllowed,
            format!("{} is not taken here.", visit.method),
        )
        .with_header(header::ALLOW, &names(&methods))),
        Found::Nothing => Err(Problem::not_found()),
    };
    let operation = match entrance {
        Ok(operation) => operation.unwrap_or("none"),
        Err(problem) => {
            let response = request.error_response(problem);
            return Ok(visit.leave(response.map_into_boxed_body(), "refused"));
        }
    };
    match AssertUnwindSafe(next.call(request)).catch_unwind().await {
        Ok(Ok(response)) => Ok(visit.leave(response.map_into_boxed_body(), operation)),
        Ok(Err(error)) => Err(visit.break_off(visit.problem_of(&error), operation)),
        Err(_) => {
            tracing::error!(
                request_id = visit.request_id,
                operation,
                "a handler panicked"
            );
            let problem = Problem::new(Code::Internal, "The work was broken off.");
            Err(visit.break_off(problem, operation))
        }
    }
}

/// Checks what needs no body: who is calling, the headers and the query.
async fn enter(visit: &Visit, request: &ServiceRequest, route: &Route) -> Result<(), Problem> {
    if let Some(right) = route.right {
        let staff = authenticate(&visit.app, request.request(), right).await?;
        request.extensions_mut().insert(staff);
    }
    if let Some(limit) = route.limit {
        let standing = visit
            .app
            .limits
            .count(limit, &visit.app, request.request())?;
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
fn is_docs(path: &str) -> bool {
    path.strip_prefix("/docs")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The client's id if it is sane (1 to 128 letters, digits and `._-`), else a new one.
fn request_id(headers: &HeaderMap) -> String {
    let sane = |id: &str| {
        (1..=128).contains(&id.len())
            && id
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
    };
    let sent = headers
        .get(X_REQUEST_ID)
        .and_then(|id| id.to_str().ok())
        .filter(|id| sane(id));
    sent.map_or_else(|| Uuid::now_v7().to_string(), str::to_owned)
}

fn names(methods: &[Method]) -> String {
    methods
        .iter()
        .map(Method::as_str)
        .collect::<Vec<_>>()
        .join(", ")
}

fn options(methods: &[Method]) -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((header::ALLOW, names(methods)))
        .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, names(methods)))
        .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED))
        .insert_header((header::ACCESS_CONTROL_MAX_AGE, "3600"))
        .finish()
}

impl Visit {
    fn is_newsroom(&self) -> bool {
        self.path.starts_with("/v1/desk") || self.path.starts_with("/v1/auth")
    }

    /// What is for one person only, and carries versions for entity tags: the newsroom's answers,
    /// and a guest's own review.
    fn is_private(&self) -> bool {
        self.is_newsroom() || self.path.starts_with("/v1/reviews/")
    }

    /// The last touches: problems written out, 304, headers, the log line and the metrics.
    fn leave(
        &self,
        response: ServiceResponse<BoxBody>,
        operation: &str,
    ) -> ServiceResponse<BoxBody> {
        let (request, mut response) = response.into_parts();
        if let Some(error) = response.error() {
            response = self.problem_of(error).respond(&self.path, &self.request_id);
        } else if is_bare_error(&response) {
            response = of_status(response.status()).respond(&self.path, &self.request_id);
        }
        tag_coding(&mut response, self.is_private());
        if response.status() == StatusCode::OK && matches!(self.method, Method::GET | Method::HEAD)
        {
            response = unless_modified(request.headers(), response);
        }
        if SHORTLY_KEPT.contains(&response.status()) {
            response
                .headers_mut()
                .insert(header::CACHE_CONTROL, HeaderValue::from_static(SHORT));
        }
        self.headers(response.headers_mut());
        if let Some(standing) = request.extensions().get::<Standing>() {
            standing.tell(response.headers_mut());
        }
        self.note(response.status(), operation);
        ServiceResponse::new(request, response)
    }

    /// For the ways out that leave no request to answer: the problem with all that it needs.
    fn break_off(&self, problem: Problem, operation: &str) -> Error {
        let mut response = problem.respond(&self.path, &self.request_id);
        self.headers(response.headers_mut());
        self.note(response.status(), operation);
        actix_web::error::InternalError::from_response(problem, response).into()
    }

    fn problem_of(&self, error: &Error) -> Problem {
        match error.as_error::<Problem>() {
            Some(problem) => problem.copy(),
            None => of_status(error.as_response_error().status_code()),
        }
    }

    fn headers(&self, headers: &mut HeaderMap) {
        let mut set = |name: HeaderName, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        set(X_REQUEST_ID, &self.request_id);
        set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
        set(header::REFERRER_POLICY, "no-referrer");
        set(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        if self.app.settings.is_https() {
            set(header::STRICT_TRANSPORT_SECURITY, ONE_YEAR);
        }
        if is_docs(&self.path) {
            set(header::CONTENT_SECURITY_POLICY, &self.app.docs_policy);
        }
        if self.is_private() {
            set(header::CACHE_CONTROL, "private, no-store");
        }
        if !self.is_newsroom() {
            set(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        } else {
            headers.append(header::VARY, HeaderValue::from_static("Origin"));
            if let Some(origin) = self
                .origin
                .as_ref()
                .filter(|origin| self.app.settings.allows_origin(origin))
            {
                headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            }
        }
        join_vary(headers);
    }

    fn note(&self, status: StatusCode, operation: &str) {
        let elapsed = self.begun.elapsed();
        self.app.metrics.answered(operation, status, elapsed);
        tracing::info!(
            request_id = self.request_id,
            method = self.method.as_str(),
            operation,
            status = status.as_u16(),
            microseconds = elapsed.as_micros() as u64,
            "answered"
        );
    }
}

/// An error of the framework, which has no problem for a body.
fn is_bare_error(response: &HttpResponse) -> bool {
    let problem = HeaderValue::from_static("application/problem+json");
    response.status().as_u16() >= 400
        && response.headers().get(header::CONTENT_TYPE) != Some(&problem)
}

fn of_status(status: StatusCode) -> Problem {
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

/// One entity tag per representation and coding (RFC 9110 §8.8.3.3); private ones are versions,
/// the same under every coding.
fn tag_coding(response: &mut HttpResponse, is_private: bool) {
    let coding = response
        .headers()
        .get(header::CONTENT_ENCODING)
        .and_then(|coding| coding.to_str().ok());
    let tag = response
        .headers()
        .get(header::ETAG)
        .and_then(|tag| tag.to_str().ok());
    let (Some(coding), Some(tag), false) = (coding, tag, is_private) else {
        return;
    };
    if let Ok(tag) = HeaderValue::from_str(&format!("{}-{coding}\"", tag.trim_end_matches('"'))) {
        response.headers_mut().insert(header::ETAG, tag);
    }
}

fn unless_modified(asked: &HeaderMap, response: HttpResponse) -> HttpResponse {
    let tag = response
        .headers()
        .get(header::ETAG)
        .and_then(|tag| tag.to_str().ok());
    if !tag.is_some_and(|tag| etag::not_modified(asked, tag)) {
        return response;
    }
    let mut unchanged = HttpResponse::NotModified().finish();
    for (name, value) in response.headers() {
        if ![
            header::CONTENT_TYPE,
            header::CONTENT_LENGTH,
            header::CONTENT_ENCODING,
        ]
        .contains(name)
        {
            unchanged.headers_mut().append(name.clone(), value.clone());
        }
    }
    unchanged
}

/// One `Vary` with each name once, however many layers had a say.
fn join_vary(headers: &mut HeaderMap) {
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
