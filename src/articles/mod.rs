//! Articles: what is the same in all languages (kind, section, topics, authors, related items,
//! review policy) and a text per language. Only texts have drafts; a change of the article itself
//! reaches readers in the same transaction.
//!
//! | file | holds |
//! |---|---|
//! | `model` | the article's row and who may see and write it |
//! | `input` | what a tool posts, read and checked before the transaction |
//! | `quoting` | a posted quote: its source, its outlet, the place of its words |
//! | `writing` | saving a text: its body, its quotes, its slug, its revision |
//! | `gate`, `corrections` | what stands against publishing a text, and what readers are told of changes |
//! | `publishing` | publishing, taking down, retracting: states, and what readers get |
//! | `together` | several texts published, or taken down, at once |
//! | `sight` | who sees and writes which article at the desk |
//! | `slugs` | addresses that are never given away |
//! | `translations` | which text was translated from which, and whether the original has moved on |
//! | `diff` | what changed between two revisions |
//! | `store`, `published`, `projection` | statements on the desk's tables, on what readers see, and what writes that |
//! | `api`, `api_states`, `cards` | JSON of the newsroom, JSON of readers |
//! | `assembly`, `attributed` | readers' answers, put together from rows and what is read by key; their quotes |
//! | `keys` | the surrogate keys of answers |
//! | `filters`, `listing` | what a readers' list can be narrowed to; which texts are in it, in which order |
//! | `sitemap` | the parts of the sitemap: which texts are in which, and when a part changed |
//! | `desk`, `desk_texts`, `desk_check`, `desk_history` | the newsroom's handlers |
//! | `linked`, `ninjs` | an article in the words of schema.org and of the IPTC |
//! | `public`, `public_article` | the readers' handlers |

pub mod api;
pub mod api_states;
pub mod assembly;
pub mod attributed;
pub mod cards;
pub mod corrections;
pub mod desk;
pub mod desk_check;
pub mod desk_history;
pub mod desk_list;
pub mod desk_texts;
pub mod diff;
pub mod filters;
pub mod gate;
pub mod input;
pub mod keys;
pub mod linked;
pub mod listing;
pub mod model;
pub mod ninjs;
pub mod projection;
pub mod public;
pub mod public_article;
pub mod published;
pub mod publishing;
pub mod quoting;
pub mod references;
pub mod sight;
pub mod sitemap;
pub mod slugs;
pub mod store;
pub mod together;
pub mod translations;
pub mod writing;

use crate::http::mounts::Mounts;

pub fn mount(mounts: &mut Mounts) {
    mounts
        .service(public::list_articles)
        // What has a suffix stands before what takes all.
        .service(public_article::get_article_by_slug_jsonld)
        .service(public_article::get_article_by_slug_ninjs)
        .service(public_article::get_article_by_slug)
        .service(public_article::get_article_jsonld)
        .service(public_article::get_article_ninjs)
        .service(public_article::get_article)
        .service(public::list_article_quotes)
        .service(public::list_related)
        .service(public::list_source_articles)
        .service(desk::list_desk_articles)
        .service(desk::create_article)
        .service(desk::get_desk_article)
        .service(desk::patch_article)
        .service(desk::delete_article)
        .service(desk::restore_article)
        .service(together::publish_article)
        .service(together::unpublish_article)
        .service(desk_texts::get_text)
        .service(desk_texts::put_text)
        .service(desk_texts::patch_text)
        .service(desk_texts::delete_text)
        .service(desk_check::check_text)
        .service(desk_texts::submit_text)
        .service(desk_texts::take_back_text)
        .service(desk_texts::publish_text)
        .service(desk_texts::unpublish_text)
        .service(desk_texts::reword_correction)
        .service(desk_texts::retract_text)
        .service(desk_history::list_revisions)
        .service(desk_history::get_revision)
        .service(desk_history::restore_revision)
        .service(desk_history::diff_revisions)
        .service(translations::desk::list_translations)
        .service(translations::desk::get_drift);
}
