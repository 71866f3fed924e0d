//! Pages: everything that one screen needs, in one request with one `ETag`; and which item a public
//! address leads to.

mod public;
mod resolve;

use crate::http::mounts::Mounts;

pub fn mount(mounts: &mut Mounts) {
    mounts
        .service(public::get_article_page)
        .service(resolve::resolve_address);
}
