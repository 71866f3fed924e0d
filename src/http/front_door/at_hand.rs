//! What the read cache has at hand is answered before the framework takes the request apart, whose
//! own record of it costs up to a tenth of such an answer.

use std::time::Instant as Moment;

use actix_http::Request;
use actix_service::{IntoServiceFactory, Service, ServiceFactory, apply_fn_factory};
use actix_web::Error;
use actix_web::body::BoxBody;
use actix_web::dev::{AppConfig, Response, ServiceResponse};
use actix_web::web::Data;
use futures_util::future::{Either, TryFutureExt, ready};

use crate::app::App;

/// Puts what is at hand before an app of the framework, which answers all else.
pub fn before<S>(
    app: Data<App>,
    rest: impl IntoServiceFactory<S, Request>,
) -> impl ServiceFactory<
    Request,
    Config = AppConfig,
    Response = Response<BoxBody>,
    Error = Error,
    InitError = (),
>
where
    S: ServiceFactory<
            Request,
            Config = AppConfig,
            Response = ServiceResponse<BoxBody>,
            Error = Error,
            InitError = (),
        >,
{
    apply_fn_factory(rest, move |request: Request, rest: &S::Service| {
        let begun = Moment::now();
        match app.cache.at_hand(&app, request.head(), begun) {
            Some(response) => Either::Left(ready(Ok(response.into()))),
            None => Either::Right(rest.call(request).map_ok(Response::from)),
        }
    })
}
