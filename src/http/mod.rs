//! What every route has in common: problems, bodies, parameters, pages, versions, languages,
//! the read cache, and the front door. Nothing here knows a resource.

pub mod address;
pub mod body;
pub mod cache;
pub mod choosing;
pub mod coding;
pub mod etag;
pub mod form;
pub mod front_door;
pub mod json;
pub mod language;
pub mod limits;
pub mod metrics;
pub mod mounts;
pub mod once;
pub mod openapi;
pub mod page;
mod parts;
pub mod patch;
pub mod path;
pub mod problem;
pub mod query;
pub mod reading;
pub mod request_id;
pub mod route_table;
pub mod streaming;
pub mod surrogates;
pub mod words;
