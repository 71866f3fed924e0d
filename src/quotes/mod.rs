//! Quotes: who said what, in which role that day, on which occasion, through which outlet, and
//! where the words stand in the text. A quote lives in one text; creating, changing or deleting
//! one is a save of that text.

pub mod anchor;
pub mod api;
pub mod cards;
pub mod desk;
pub mod desk_statement;
pub mod filters;
pub mod linked;
pub mod model;
pub mod placing;
pub mod projection;
pub mod public;
pub mod public_quote;
pub mod published;
pub mod room;
pub mod said_at;
pub mod setting;
pub mod store;
pub mod timeline;
pub mod veil;

use crate::http::mounts::Mounts;

pub fn mount(mounts: &mut Mounts) {
    mounts
        .service(public::list_quotes)
        // What has a suffix stands before what takes all, the longest first.
        .service(public_quote::get_quote_annotation)
        .service(public_quote::get_quote_jsonld)
        .service(public_quote::get_quote)
        .service(public::list_source_quotes)
        .service(desk::list_desk_quotes)
        .service(desk::create_quote)
        .service(desk::get_desk_quote)
        .service(desk::patch_quote)
        .service(desk::place_quote)
        .service(desk::delete_quote)
        .service(desk::verify_quote)
        .service(desk_statement::link_quote);
}
