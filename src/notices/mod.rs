//! Notices: short messages for a place and a time, in several languages: an appeal, a warning, a
//! service, a promotion. What is the same in all languages (kind, window, areas, placements) has no
//! draft; each text has its own state. Readers see a notice while its window is open and in the
//! languages in which it is published.
//!
//! | file | holds |
//! |---|---|
//! | `model` | the row, windows, areas, placements, the rules |
//! | `writing` | saving a text |
//! | `publishing` | what readers get of it, and when |
//! | `store`, `published` | statements on the desk's table, and on what readers see |
//! | `api`, `cards` | JSON of the newsroom, JSON of readers |
//! | `desk`, `desk_texts` | `/v1/desk/notices` and the texts below |
//! | `sight` | who sees what of a notice at the desk |
//! | `linked` | a notice in the words of schema.org |
//! | `public` | `/v1/notices` |

pub mod api;
pub mod cards;
pub mod desk;
pub mod desk_texts;
pub mod linked;
pub mod model;
pub mod public;
pub mod published;
pub mod publishing;
pub mod sight;
pub mod store;
pub mod writing;

pub use cards::cards;
pub use model::{Notice, NoticeId};

use crate::http::mounts::Mounts;

pub fn mount(mounts: &mut Mounts) {
    mounts
        .service(public::list_notices)
        // What has a suffix stands before what takes all.
        .service(public::get_notice_jsonld)
        .service(public::get_notice)
        .service(desk::list_desk_notices)
        .service(desk::create_notice)
        .service(desk::get_desk_notice)
        .service(desk::patch_notice)
        .service(desk::delete_notice)
        .service(desk::restore_notice)
        .service(desk_texts::get_notice_text)
        .service(desk_texts::put_notice_text)
        .service(desk_texts::patch_notice_text)
        .service(desk_texts::delete_notice_text)
        .service(desk_texts::publish_notice_text)
        .service(desk_texts::unpublish_notice_text);
}
