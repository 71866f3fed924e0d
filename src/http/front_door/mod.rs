//! What every request passes that is not answered from memory (`at_hand`): it gets an id, finds its
//! operation, shows who is calling, and leaves with the headers that all answers carry. Every error
//! leaves as problem+json.
//!
//! A reader's request goes through `reading`; all others go to their handlers.

pub mod at_hand;
mod entrance;
pub mod finish;
mod reading;
mod visit;

use std::future::{Ready, ready};
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Instant as Moment;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};
use actix_web::http::Method;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;

use super::coding::Coding;
use super::path::matched;
use super::problem::{Code, Problem};
use super::request_id::RequestId;
use super::route_table::Found;
use crate::app::App;
use visit::Visit;

/// The middleware around the whole app.
pub struct FrontDoor(pub Data<App>);

/// It, in one worker.
pub struct Door<S> {
    app: Data<App>,
    next: Rc<S>,
}

impl<S, B> Transform<S, ServiceRequest> for FrontDoor
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type InitError = ();
    type Transform = Door<S>;
    type Future = Ready<Result<Door<S>, ()>>;

    fn new_transform(&self, next: S) -> Self::Future {
        ready(Ok(Door {
            app: self.0.clone(),
            next: Rc::new(next),
        }))
    }
}

type Answer = Result<ServiceResponse<BoxBody>, Error>;

impl<S, B> Service<ServiceRequest> for Door<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Future = LocalBoxFuture<'static, Answer>;

    fn poll_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.next.poll_ready(context)
    }

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let begun = Moment::now();
        Box::pin(pass(self.app.clone(), self.next.clone(), request, begun))
    }
}

/// From the door to the handler, and back.
async fn pass<S, B>(
    app: Data<App>,
    next: Rc<S>,
    mut request: ServiceRequest,
    begun: Moment,
) -> Answer
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    let visit = Visit::new(app, &request, begun);
    request
        .extensions_mut()
        .insert(RequestId(visit.request_id.clone()));
    if request.method() == Method::HEAD {
        // The connection remembers that it was HEAD and sends no body.
        request.head_mut().method = Method::GET;
    }
    Coding::settle(request.headers_mut());
    let app = visit.app.clone();
    let entrance = match app
        .routes
        .find(request.method(), matched(request.request()))
    {
        Found::Route(route) => entrance::enter(&app, &request, route)
            .await
            .map(|()| Some(route)),
        Found::OtherMethods(_) if entrance::is_docs(matched(request.request())) => Ok(None),
        Found::OtherMethods(methods) if visit.method == Method::OPTIONS => {
            let options = entrance::options(&methods);
            return Ok(visit.leave(request.into_response(options), "options"));
        }
        Found::OtherMethods(methods) => Err(Problem::new(
            Code::MethodNotAllowed,
            format!("{} is not taken here.", visit.method),
        )
        .with_header(header::ALLOW, &entrance::names(&methods))),
        Found::Nothing => Err(Problem::not_found()),
    };
    let operation = match entrance {
        Ok(Some(route)) if route.is_for_readers => {
            return reading::read(&visit, next, request, route).await;
        }
        Ok(Some(route)) => route.operation.as_str(),
        Ok(None) => "docs",
        Err(problem) => {
            let response = request.error_response(problem);
            return Ok(visit.leave(response.map_into_boxed_body(), "refused"));
        }
    };
    match AssertUnwindSafe(next.call(request)).catch_unwind().await {
        Ok(Ok(response)) => Ok(visit.leave(response.map_into_boxed_body(), operation)),
        Ok(Err(error)) => Err(visit.break_off(finish::problem_of(&error), operation)),
        Err(_) => Err(visit.break_off(visit::panicked(&visit.request_id, operation), operation)),
    }
}
