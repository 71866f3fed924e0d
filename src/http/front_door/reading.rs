//! How a reader's request is answered: from memory, with others who ask for the same, or by its
//! handler. What the handler says is made into an answer that can be kept either way, so that an
//! answer from memory cannot differ from one that is not.

use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{RequestHead, Service, ServiceRequest, ServiceResponse};
use actix_web::http::header::HeaderValue;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse};
use futures_util::FutureExt;

use super::super::cache::asking::{Asking, bytes_of};
use super::super::cache::kept::{Fresh, Kept};
use super::super::cache::{Boarding, Pilot};
use super::super::coding::CodedWhole;
use super::super::problem::Problem;
use super::super::route_table::Route;
use super::visit::{Visit, panicked};
use super::{Answer, finish};
use crate::app::App;

pub(super) async fn read<S, B>(
    visit: &Visit,
    next: Rc<S>,
    request: ServiceRequest,
    route: &Route,
) -> Answer
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    let cache = &visit.app.cache;
    let asking = match Asking::of(&visit.app, &request, route).await {
        Ok(asking) => asking,
        Err(problem) => {
            let response = request.error_response(problem).map_into_boxed_body();
            return Ok(visit.leave(response, "refused"));
        }
    };
    cache.remember(bytes_of(request.head()), &asking);
    if let Some(kept) = cache.find(&visit.app, &asking, visit.begun) {
        let response = visit.give(request.head(), &kept);
        return Ok(request.into_response(response));
    }
    let pilot = match cache.board(visit.app.db.touched(), &asking) {
        None => None,
        Some(Boarding::Pilot(pilot)) => Some(pilot),
        Some(Boarding::Passenger(passenger)) => {
            cache.metrics().joined.inc();
            if let Some(kept) = passenger.landed().await {
                let response = visit.give(request.head(), &kept);
                return Ok(request.into_response(response));
            }
            None
        }
    };
    cache.metrics().misses.inc();
    request.extensions_mut().insert(CodedWhole);
    let flight = Flight {
        app: visit.app.clone(),
        operation: route.operation.clone(),
        request_id: visit.request_id.clone(),
        asking,
        pilot,
    };
    // Goes on when the client hangs up: others may be waiting for it.
    match actix_web::rt::spawn(flight.fly(next, request)).await {
        Ok(Ok((request, Read::Kept(kept)))) => {
            visit.log(kept.status(), &route.operation);
            let response = visit.give(request.head(), &kept);
            Ok(ServiceResponse::new(request, response))
        }
        Ok(Ok((request, Read::Other(response)))) => {
            Ok(visit.leave(ServiceResponse::new(request, *response), &route.operation))
        }
        Ok(Err(problem)) => Err(visit.break_off(problem, &route.operation)),
        Err(_) => {
            let problem = panicked(&visit.request_id, &route.operation);
            Err(visit.break_off(problem, &route.operation))
        }
    }
}

/// What a handler answered.
enum Read {
    Kept(Arc<Kept>),
    /// Nothing that can be given again.
    Other(Box<HttpResponse>),
}

/// One reading, for whoever began it and all who joined.
struct Flight {
    app: Data<App>,
    operation: String,
    request_id: String,
    asking: Asking,
    pilot: Option<Pilot>,
}

impl Flight {
    async fn fly<S, B>(
        self,
        next: Rc<S>,
        request: ServiceRequest,
    ) -> Result<(HttpRequest, Read), Problem>
    where
        S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
        B: MessageBody + 'static,
    {
        let Self {
            app,
            operation,
            request_id,
            asking,
            pilot,
        } = self;
        let basis = pilot.as_ref().map(|pilot| pilot.basis);
        let response = match AssertUnwindSafe(next.call(request)).catch_unwind().await {
            Ok(Ok(response)) => response.map_into_boxed_body(),
            Ok(Err(error)) => return Err(finish::problem_of(&error)),
            Err(_) => return Err(panicked(&request_id, &operation)),
        };
        let (request, response) = response.into_parts();
        let read = match Fresh::of(&app, &operation, asking.coding, response).await {
            Ok(fresh) => {
                let kept = app.cache.land(&app, basis, &asking, fresh).await;
                if let Some(pilot) = pilot {
                    pilot.land(&kept);
                }
                Read::Kept(kept)
            }
            Err(response) => Read::Other(Box::new(response)),
        };
        Ok((request, read))
    }
}

impl Visit {
    fn give(&self, request: &RequestHead, kept: &Kept) -> HttpResponse {
        let id = HeaderValue::from_str(&self.request_id);
        let id = id.unwrap_or(HeaderValue::from_static("-"));
        kept.give(&self.app, request, id, self.begun)
    }
}
