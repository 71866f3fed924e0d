//! Quotes: who said what, in which role that day, on which occasion, through which outlet, and
//! where the words stand in the text. A quote lives in one text; creating, changing or deleting
//! one is a save of that text.

pub mod anchor;
pub mod api;
pub mod model;
pub mod published;
pub mod said_at;
pub mod store;
