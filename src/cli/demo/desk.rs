//! A client of the app within its own process: requests pass the front door and the handlers as
//! those from outside do, only no socket.

use std::borrow::Cow;

use actix_web::body::to_bytes;
use actix_web::dev::Service;
use actix_web::http::Method;
use actix_web::http::header::{self, ETAG, IF_MATCH};
use actix_web::test::{TestRequest, init_service};
use actix_web::web::Data;
use serde_json::Value;

use super::super::CommandError;
use crate::app::{self, App};

/// What the app answered.
pub struct Answer {
    pub json: Value,
    /// Empty where there is none.
    pub etag: String,
}

/// Sends requests to the app as one of the newsroom.
pub struct Desk<S> {
    send: S,
    token: String,
}

/// What takes a request into the app; an answer that is not a success becomes an error.
pub trait WayIn: AsyncFn(TestRequest) -> Result<Answer, CommandError> {}
impl<S: AsyncFn(TestRequest) -> Result<Answer, CommandError>> WayIn for S {}

pub async fn way_in(app: Data<App>) -> impl WayIn {
    let service = init_service(app::service(app)).await;
    async move |request: TestRequest| {
        let request = request.to_request();
        let said = format!("{} {}", request.method(), request.path());
        let refused = |why: Cow<str>| CommandError::Refused(format!("{said}: {why}"));
        let answered = service.call(request).await;
        let response = answered.map_err(|error| refused(error.to_string().into()))?;
        let (status, etag) = (response.status(), response.headers().get(ETAG).cloned());
        let bytes = to_bytes(response.into_body())
            .await
            .map_err(|_| refused("the answer broke off".into()))?;
        if !status.is_success() {
            return Err(refused(String::from_utf8_lossy(&bytes)));
        }
        Ok(Answer {
            json: serde_json::from_slice(&bytes).unwrap_or_default(),
            etag: etag
                .and_then(|tag| tag.to_str().ok().map(str::to_owned))
                .unwrap_or_default(),
        })
    }
}

impl<S: WayIn> Desk<S> {
    pub fn new(send: S, token: &str) -> Self {
        Self {
            send,
            token: format!("Bearer {token}"),
        }
    }

    pub async fn get(&self, path: &str) -> Result<Answer, CommandError> {
        (self.send)(self.request(Method::GET, path)).await
    }

    /// Posts once, however often: the same `key` gets the first answer again, so that a demo that
    /// was stopped half-way goes on from there.
    pub async fn post(&self, path: &str, key: &str, json: &Value) -> Result<Answer, CommandError> {
        let request = self.request(Method::POST, path).set_json(json);
        (self.send)(request.insert_header(("Idempotency-Key", key))).await
    }

    /// Posts as a guest, whom nobody knows.
    pub async fn post_as_guest(
        &self,
        path: &str,
        key: &str,
        json: &Value,
    ) -> Result<Answer, CommandError> {
        let request = TestRequest::with_uri(path).method(Method::POST);
        (self.send)(
            request
                .insert_header(("Idempotency-Key", key))
                .set_json(json),
        )
        .await
    }

    pub async fn put(&self, path: &str, etag: &str, json: &Value) -> Result<Answer, CommandError> {
        let request = self.request(Method::PUT, path).set_json(json);
        (self.send)(request.insert_header((IF_MATCH, etag))).await
    }

    pub async fn patch(
        &self,
        path: &str,
        etag: &str,
        json: &Value,
    ) -> Result<Answer, CommandError> {
        let request = self.request(Method::PATCH, path).set_json(json);
        (self.send)(
            request
                .insert_header((IF_MATCH, etag))
                .insert_header((header::CONTENT_TYPE, "application/merge-patch+json")),
        )
        .await
    }

    fn request(&self, method: Method, path: &str) -> TestRequest {
        TestRequest::with_uri(path)
            .method(method)
            .insert_header((header::AUTHORIZATION, self.token.as_str()))
    }
}
