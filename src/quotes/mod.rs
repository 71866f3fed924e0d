//! Quotes: who said what, and where the words stand in the text.

pub mod anchor;
