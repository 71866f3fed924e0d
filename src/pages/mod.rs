//! Pages: everything that one screen needs, in one request with one `ETag`; and which item a public
//! address leads to.

mod public;
mod resolve;

use utoipa_actix_web::service_config::ServiceConfig;

pub fn mount(config: &mut ServiceConfig) {
    config
        .service(public::get_article_page)
        .service(resolve::resolve_address);
}
