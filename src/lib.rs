//! Newsline: a headless CMS for newsrooms. This page is the map of the house.
//!
//! Requests come in through [`http::front_door`], find their handler in [`app`], and end in a
//! resource. `public` handlers are for readers and touch the `published_*` tables only; `desk`
//! handlers are for staff. [`db`] is the one door to the database.

pub mod api_keys;
pub mod app;
pub mod articles;
pub mod auth;
pub mod body;
pub mod changes;
pub mod chores;
pub mod cli;
pub mod clock;
pub mod config;
pub mod db;
pub mod feeds;
pub mod http;
pub mod language;
pub mod lists;
pub mod logging;
pub mod memory;
pub mod named;
pub mod notices;
pub mod pages;
pub mod portable;
pub mod private;
pub mod quotes;
pub mod reports;
pub mod reviews;
pub mod sections;
pub mod site;
pub mod sorting;
pub mod sources;
pub mod standards;
pub mod system;
pub mod texts;
pub mod topics;
pub mod users;
