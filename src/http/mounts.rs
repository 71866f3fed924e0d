//! Where operations are mounted: into the app of a worker, or into the one that the OpenAPI document is
//! made of. Each worker would make the document anew, ten megabytes of it, and throw it away.

use actix_web::dev::HttpServiceFactory;
use actix_web::web;
use utoipa_actix_web::OpenApiFactory;
use utoipa_actix_web::service_config::ServiceConfig;

/// Takes operations in the order in which the router looks through them.
pub enum Mounts<'m, 's> {
    Worker(&'m mut web::ServiceConfig),
    Document(&'m mut ServiceConfig<'s>),
}

impl Mounts<'_, '_> {
    pub fn service<F>(&mut self, operation: F) -> &mut Self
    where
        F: HttpServiceFactory + OpenApiFactory + 'static,
    {
        match self {
            Self::Worker(config) => drop(config.service(operation)),
            Self::Document(config) => drop(config.service(operation)),
        }
        self
    }

    pub fn configure(&mut self, part: impl FnOnce(&mut Self)) -> &mut Self {
        part(self);
        self
    }
}
