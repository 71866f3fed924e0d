//! Reviews: a reader's rating and/or comment on an article, moderated before it shows.

pub mod cards;
pub mod published;
