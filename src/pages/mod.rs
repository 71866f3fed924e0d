//! Pages: everything that one screen needs, in one request with one `ETag`.

mod public;

use utoipa_actix_web::service_config::ServiceConfig;

pub fn mount(config: &mut ServiceConfig) {
    config.service(public::get_article_page);
}
