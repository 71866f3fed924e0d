//! Languages: their tags, which one a reader gets, and what case, folding, slugs and
//! sorting mean in each. Pure: no database, no HTTP.
//!
//! - [`tag`]: a language tag, canonical from the edge on
//! - [`asked`]: what a reader asked for, by `lang=` or `Accept-Language`
//! - [`choose`]: which of the languages that exist is served, and why
//! - [`fold`]: case by language, and the form in which names are compared
//! - [`names`]: what a thing is called in each language
//! - [`slug`]: the part of an address that is made of a headline
//! - [`sound`]: how a name sounds, whatever its script and spelling
//! - [`collate`]: the order of names

pub mod asked;
pub mod choose;
pub mod collate;
pub mod fold;
pub mod names;
pub mod slug;
pub mod sound;
pub mod tag;

pub use asked::{Asked, LangList, LangRange, Weighted, thousandths};
pub use choose::{Fallback, Match, Served, choose};
pub use collate::Collation;
pub use fold::{fold_name, is_unseen, levelled, lower};
pub use names::{Names, NamesError, NamesPatch};
pub use slug::{Slug, SlugError, slug_from_headline, slug_of};
pub use sound::{Sound, likeness};
pub use tag::{Dir, Lang, LangError};
