//! Newsline as its clients meet it: each test starts the whole app on a database of its own and
//! speaks HTTP to it.
//!
//! Runs on SQLite; with `TEST_DATABASE_URL=postgres://…` (a superuser) on PostgreSQL, and there with
//! `TEST_DATABASE_POOLER=HOST:PORT` through a pooler in transaction mode.

mod support;

mod api_keys;
mod articles;
mod auth;
mod backup;
mod bench;
mod cache;
mod changes;
mod config;
mod deleting;
mod feeds;
mod house;
mod http;
mod idempotency;
mod inert;
mod keys;
mod leaks;
mod limits;
mod lists;
mod logs;
mod metrics;
mod migrations;
mod nodes;
mod notices;
mod openapi;
mod outages;
mod outside;
mod permissions;
mod quotes;
mod reading;
mod real_page;
mod replicas;
mod reports;
mod reviews;
mod sections;
mod sources;
mod standards;
mod texts;
mod tokens;
mod translations;
mod upgrade;
mod users;
