//! What the read cache has at hand is answered before the framework takes the request apart: its
//! address, its extensions and its way through the router would cost more than such an answer.

use std::time::Instant as Moment;

use actix_http::Request;
use actix_service::{IntoServiceFactory, Service, ServiceFactory};
use actix_web::Error;
use actix_web::body::BoxBody;
use actix_web::dev::{AppConfig, Response, ServiceResponse, forward_ready};
use actix_web::web::Data;
use futures_util::future::{Either, LocalBoxFuture, MapOk, Ready, TryFutureExt, ready};

use crate::app::App;

/// What stands before the framework's app, for a server.
pub struct AtHand<S> {
    app: Data<App>,
    rest: S,
}

impl<S> AtHand<S>
where
    S: ServiceFactory<
            Request,
            Config = AppConfig,
            Response = ServiceResponse<BoxBody>,
            Error = Error,
            InitError = (),
        >,
{
    /// All that is not at hand is answered by `rest`.
    pub fn before(app: Data<App>, rest: impl IntoServiceFactory<S, Request>) -> Self {
        let rest = rest.into_factory();
        Self { app, rest }
    }
}

impl<S> ServiceFactory<Request> for AtHand<S>
where
    S: ServiceFactory<
            Request,
            Config = AppConfig,
            Response = ServiceResponse<BoxBody>,
            Error = Error,
            InitError = (),
        >,
    S::Future: 'static,
{
    type Response = Response<BoxBody>;
    type Error = Error;
    type Config = AppConfig;
    type Service = AtHandService<S::Service>;
    type InitError = ();
    type Future = LocalBoxFuture<'static, Result<Self::Service, ()>>;

    fn new_service(&self, config: AppConfig) -> Self::Future {
        let app = self.app.clone();
        let rest = self.rest.new_service(config);
        Box::pin(rest.map_ok(|rest| AtHandService { app, rest }))
    }
}

/// It, in one worker.
pub struct AtHandService<S> {
    app: Data<App>,
    rest: S,
}

type Whole = fn(ServiceResponse<BoxBody>) -> Response<BoxBody>;

impl<S> Service<Request> for AtHandService<S>
where
    S: Service<Request, Response = ServiceResponse<BoxBody>, Error = Error>,
{
    type Response = Response<BoxBody>;
    type Error = Error;
    type Future = Either<Ready<Result<Response<BoxBody>, Error>>, MapOk<S::Future, Whole>>;

    forward_ready!(rest);

    fn call(&self, request: Request) -> Self::Future {
        let begun = Moment::now();
        match self.app.cache.at_hand(&self.app, request.head(), begun) {
            Some(response) => Either::Left(ready(Ok(response.into()))),
            None => Either::Right(self.rest.call(request).map_ok(Response::from as Whole)),
        }
    }
}
