//! Reviews: a reader's rating and/or comment on an article, moderated before it shows.
//!
//! | state | how it comes about | readers see |
//! |---|---|---|
//! | `pending` | left or edited, where moderators decide first | nothing |
//! | `approved` | decided, or left where reviews show at once | the review |
//! | `rejected`, `spam` | decided; `spam` also where the decoy was filled in | nothing |
//! | `withdrawn` | taken back by its author | nothing |
//! | `erased` | wiped by its author, or by the desk for them | an empty place, if it was shown |
//!
//! `guest` is the guest's door: leaving a review; `guest_own` one's own by the token that was given
//! for it. `desk` is for moderators, `desk_privacy` for what is held of a reader, `public` for readers,
//! who get the copy that `published` keeps.

pub mod api;
pub mod api_decisions;
pub mod api_privacy;
pub mod cards;
pub mod decoy;
pub mod desk;
pub mod desk_privacy;
pub mod erasing;
pub mod guest;
pub mod guest_own;
pub mod keeping;
pub mod links;
pub mod model;
pub mod public;
pub mod published;
pub mod repeats;
pub mod store;

use crate::http::mounts::Mounts;

pub fn mount(mounts: &mut Mounts) {
    mounts
        .service(public::list_reviews)
        .service(guest::create_review)
        .service(guest_own::get_own_review)
        .service(guest_own::patch_own_review)
        .service(guest_own::delete_own_review)
        .service(desk::list_desk_reviews)
        .service(desk::get_desk_review)
        .service(desk::decide_review)
        .service(desk::decide_reviews)
        .service(desk_privacy::erase_reader_data)
        .service(desk_privacy::export_reader_data);
}
