pub mod auth;
pub mod changes;
pub mod clock;
pub mod db;
pub mod language;
