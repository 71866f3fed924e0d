//! Sources: people and organisations that are quoted; an outlet is a source too.
//!
//! A source is kept per language ([`model`]) and found again by its names and addresses when a
//! story is posted ([`matching`]). Readers know it only while it is on record and quoted in
//! something published ([`projection`]); what they are told of the others says [`confidence`].
//!
//! Routes: `/v1/desk/sources` … ([`desk`]), `/v1/sources`, `/v1/sources/{id}` ([`public`]).

pub mod api;
pub mod confided;
pub mod confidence;
pub mod credits;
pub mod desk;
pub mod desk_duplicates;
pub mod exposure;
pub mod likeness;
pub mod matching;
pub mod model;
pub mod posted;
pub mod projection;
pub mod public;
pub mod published;
pub mod store;
pub mod sums;

pub use model::{Disclosure, Source, SourceId, SourceKind};

use crate::http::mounts::Mounts;

pub fn mount(mounts: &mut Mounts) {
    mounts
        .service(public::list_sources)
        .service(public::get_source)
        .service(desk::list_desk_sources)
        .service(desk::create_source)
        // Before the source of that id.
        .service(desk_duplicates::list_duplicate_sources)
        .service(desk::get_desk_source)
        .service(desk::patch_source)
        .service(desk::delete_source)
        .service(desk::restore_source)
        .service(desk::merge_source);
}
