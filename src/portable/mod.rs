//! Everything in a database, told in a way that both databases understand: what `newsline backup`,
//! `restore`, `export` and `import` carry.
//!
//! | file | holds |
//! |---|---|
//! | `catalog` | which tables and columns there are, as the database itself says |
//! | `rows` | rows as JSON, out of a database and into one |
//! | `file` | the file: a head, a row a line, and an end that shows that it is whole |
//! | `carrying` | from a database to a file and back |
//!
//! A row says the same from either database: ids and bytes as hexadecimal digits, moments as
//! microseconds since 1970, JSON as the text that was stored. So what goes from SQLite to PostgreSQL
//! and back is equal to the byte.

mod carrying;
mod catalog;
mod file;
mod rows;

pub use carrying::{Contents, carry_in, carry_out, empty_copy, from_sqlite_file, is_sqlite_file};
pub use file::{Head, Incoming, Outgoing};

use crate::db::migrations::MigrationError;
use crate::db::{JobError, Unavailable};

/// Why something could not be carried.
#[derive(Debug, thiserror::Error)]
pub enum PortableError {
    #[error("the database: {0}")]
    Database(#[from] diesel::result::Error),
    #[error("{0}")]
    Unavailable(#[from] Unavailable),
    #[error("the database: {0}")]
    Connection(#[from] diesel::ConnectionError),
    #[error("{0}")]
    Migration(#[from] MigrationError),
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error("line {line}: {problem}")]
    Line { line: u64, problem: String },
    #[error("{0}")]
    Refused(String),
    /// Nothing was wrong: it was only to be tried.
    #[error("it was taken back")]
    TakenBack,
}

impl JobError for PortableError {
    /// What takes minutes is not tried twice without being asked.
    fn is_transient(&self) -> bool {
        false
    }

    fn is_of_the_database(&self) -> bool {
        matches!(self, Self::Database(_) | Self::Unavailable(_))
    }
}

/// What is in a file, and for whom it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// All of it: what a newsroom goes on with after a loss.
    Backup,
    /// The content, without what signs people in.
    Export,
}

/// Tables that sign people and tools in, or are good for a day only: no part of an export.
const SIGN_IN_TABLES: &[&str] = &[
    "sign_ins",
    "refresh_tokens",
    "keys",
    "idempotency_keys",
    "review_prints",
    "api_keys",
];

/// Columns that no export has.
const SECRET_COLUMNS: &[(&str, &str)] = &[("users", "password_hash")];

/// Tables whose rows were sealed with the secret of the server, or speak of tokens that were signed
/// by keys that were: left out where that secret is lost.
pub const SEALED_TABLES: &[&str] = &["sign_ins", "refresh_tokens", "keys", "idempotency_keys"];

impl Purpose {
    fn has_table(self, table: &str) -> bool {
        self == Self::Backup || !SIGN_IN_TABLES.contains(&table)
    }

    fn has_column(self, table: &str, column: &str) -> bool {
        self == Self::Backup || !SECRET_COLUMNS.contains(&(table, column))
    }
}
