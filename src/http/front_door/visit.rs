//! One request between the door and its answer.

use std::time::Instant as Moment;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::web::Data;
use actix_web::{Error, HttpMessage};

use super::super::limits::Standing;
use super::super::path::matched;
use super::super::problem::{Code, Problem};
use super::super::reading::shortly_kept;
use super::super::request_id::{self, X_REQUEST_ID};
use super::entrance::is_docs;
use super::finish;
use crate::app::App;

/// An answer that takes longer is worth a warning.
const SLOW_SECONDS: u64 = 1;

/// What the front door keeps of a request while it is being answered.
pub(super) struct Visit {
    pub(super) app: Data<App>,
    pub(super) request_id: String,
    /// As it was sent.
    pub(super) path: String,
    pub(super) method: Method,
    pub(super) begun: Moment,
    /// What is behind the newsroom's door.
    is_newsroom: bool,
    /// What is for one person only, and carries versions for entity tags: the newsroom's answers,
    /// and a guest's own review.
    is_private: bool,
    is_docs: bool,
    origin: Option<HeaderValue>,
}

/// What became of a request whose handler panicked.
pub(super) fn panicked(request_id: &str, operation: &str) -> Problem {
    tracing::error!(request_id, operation, "a handler panicked");
    Problem::new(Code::Internal, "The work was broken off.")
}

impl Visit {
    pub(super) fn new(app: Data<App>, request: &ServiceRequest, begun: Moment) -> Self {
        let path = matched(request.request());
        let is_newsroom = path.starts_with("/v1/desk") || path.starts_with("/v1/auth");
        Self {
            app,
            request_id: request_id::text_of(request.headers()),
            path: request.path().to_owned(),
            method: request.method().clone(),
            begun,
            is_newsroom,
            is_private: is_newsroom || path.starts_with("/v1/reviews/"),
            is_docs: is_docs(path),
            origin: request.headers().get(header::ORIGIN).cloned(),
        }
    }

    /// The last touches: problems written out, 304, headers, the log line and the metrics.
    pub(super) fn leave(
        &self,
        response: ServiceResponse<BoxBody>,
        operation: &str,
    ) -> ServiceResponse<BoxBody> {
        let (request, mut response) = response.into_parts();
        if let Some(error) = response.error() {
            response = finish::problem_of(error).respond(&self.path, &self.request_id);
        } else if finish::is_bare_error(&response) {
            response = finish::of_status(response.status()).respond(&self.path, &self.request_id);
        }
        if !self.is_private {
            finish::tag_coding(response.headers_mut());
        }
        if response.status() == StatusCode::OK && matches!(self.method, Method::GET | Method::HEAD)
        {
            response = finish::unless_modified(request.headers(), response);
        }
        if finish::SHORTLY_KEPT.contains(&response.status()) {
            response
                .headers_mut()
                .insert(header::CACHE_CONTROL, shortly_kept(None));
        }
        self.headers(response.headers_mut());
        if let Some(standing) = request.extensions().get::<Standing>() {
            standing.tell(response.headers_mut());
        }
        self.note(response.status(), operation);
        ServiceResponse::new(request, response)
    }

    /// For the ways out that leave no request to answer: the problem with all that it needs.
    pub(super) fn break_off(&self, problem: Problem, operation: &str) -> Error {
        let mut response = problem.respond(&self.path, &self.request_id);
        self.headers(response.headers_mut());
        self.note(response.status(), operation);
        actix_web::error::InternalError::from_response(problem, response).into()
    }

    fn headers(&self, headers: &mut HeaderMap) {
        if let Ok(id) = HeaderValue::from_str(&self.request_id) {
            headers.insert(X_REQUEST_ID, id);
        }
        finish::on_all(&self.app, headers);
        if self.is_docs
            && let Ok(policy) = HeaderValue::from_str(&self.app.docs_policy)
        {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        if self.is_private {
            let private = HeaderValue::from_static("private, no-store");
            headers.insert(header::CACHE_CONTROL, private);
        }
        if !self.is_newsroom {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, finish::ANY_ORIGIN);
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
        finish::join_vary(headers);
    }

    fn note(&self, status: StatusCode, operation: &str) {
        let elapsed = self.begun.elapsed();
        self.app.metrics.answered(operation, status, elapsed);
        self.log(status, operation);
    }

    pub(super) fn log(&self, status: StatusCode, operation: &str) {
        let elapsed = self.begun.elapsed();
        let (method, microseconds) = (self.method.as_str(), elapsed.as_micros() as u64);
        let (request_id, status) = (self.request_id.as_str(), status.as_u16());
        match elapsed.as_secs() {
            0..SLOW_SECONDS => tracing::info!(
                request_id,
                method,
                operation,
                status,
                microseconds,
                "answered"
            ),
            _ => tracing::warn!(
                request_id,
                method,
                operation,
                status,
                microseconds,
                "answered slowly"
            ),
        }
    }
}
