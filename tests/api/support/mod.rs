//! What tests are told with: a database each, the app, a client, and the people who use it.

mod app;
mod client;
pub mod contract;
mod database;
mod factory;
mod program;
mod provider;
mod stories;

pub use app::SECRET;
pub use app::TestApp;
pub use client::{Answer, Client, Request};
pub use database::{Database, is_on_postgres};
pub use factory::{PASSWORD, Person};
pub use program::{program, typed};
pub use provider::{Provider, ProviderKey, Says};
pub use stories::{id_of, items_of};
