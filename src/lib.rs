//! Newsline: a headless CMS for newsrooms. This page is the map of the house.

pub mod app;
pub mod auth;
pub mod changes;
pub mod cli;
pub mod clock;
pub mod config;
pub mod db;
pub mod http;
pub mod language;
