//! Reviews: a reader's rating and/or comment on an article, moderated before it shows.
//!
//! | state | how it comes about | readers see |
//! |---|---|---|
//! | `pending` | left or edited, where moderators decide first | nothing |
//! | `approved` | decided, or left where reviews show at once | the review |
//! | `rejected`, `spam` | decided | nothing |
//! | `withdrawn` | taken back by its author | nothing |
//! | `erased` | wiped by its author | an empty place, if it was shown |
//!
//! `guest` is the guest's door: leaving a review, and one's own by the token that was given for
//! it. `desk` is for moderators, `public` for readers, who get the copy that `published` keeps.

pub mod api;
pub mod cards;
pub mod desk;
pub mod guest;
pub mod model;
pub mod public;
pub mod published;
pub mod store;

use utoipa_actix_web::service_config::ServiceConfig;

pub fn mount(config: &mut ServiceConfig) {
    config
        .service(public::list_reviews)
        .service(guest::create_review)
        .service(guest::get_own_review)
        .service(guest::patch_own_review)
        .service(guest::delete_own_review)
        .service(desk::list_desk_reviews)
        .service(desk::get_desk_review)
        .service(desk::decide_review);
}
