//! Texts: an article or a notice in one language. Each has its own state, its revisions, and a
//! pointer to the revision that readers see. What articles and notices have in common stands here.
//!
//! ```text
//! draft → in_review → published ⇄ unpublished        published or unpublished → retracted
//! ```

pub mod input;
pub mod model;
pub mod states;
pub mod store;
