//! The schema's versions, embedded in the binary: twin folders with the same stamps and names.

use std::time::Duration;

use diesel::migration::{Migration, MigrationSource};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::DbConn;
use crate::on_each_backend;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// A migration failed; the words are the database's.
#[derive(Debug, thiserror::Error)]
#[error("migration failed: {0}")]
pub struct MigrationError(String);

fn failed(error: impl std::fmt::Display) -> MigrationError {
    MigrationError(error.to_string())
}

fn embedded(conn: &DbConn) -> EmbeddedMigrations {
    match conn {
        DbConn::Sqlite(_) => SQLITE,
        DbConn::Postgres(_) => POSTGRES,
    }
}

/// How often a migration may fail while no other goes through.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_millis(100);

/// Applies what is pending; gives the names of what was applied.
///
/// Two nodes may start at once. A migration is one transaction with its row in the list of those
/// applied, so of two that run the same one, the second fails when the first commits, and finds it
/// applied when it looks again. That needs no lock, which not every engine has.
pub fn run(conn: &mut DbConn) -> Result<Vec<String>, MigrationError> {
    let (mut applied, mut left, mut failures) = (Vec::new(), None, 0);
    loop {
        match run_next(conn) {
            Ok(Some(name)) => applied.push(name),
            Ok(None) => return Ok(applied),
            Err(error) => {
                std::thread::sleep(PAUSE);
                let now = pending(conn).ok();
                failures = if now == left { failures + 1 } else { 1 };
                left = now;
                if failures == TRIES {
                    return Err(error);
                }
            }
        }
    }
}

/// Applies the first that is pending; gives its name.
fn run_next(conn: &mut DbConn) -> Result<Option<String>, MigrationError> {
    let source = embedded(conn);
    on_each_backend!(conn => {
        let pending = conn.pending_migrations(source).map_err(failed)?;
        let Some(next) = pending.first() else {
            return Ok(None);
        };
        conn.run_migration(next).map_err(failed)?;
        Ok(Some(next.name().to_string()))
    })
}

/// Applies what is pending up to the migration of this name.
pub fn run_until(conn: &mut DbConn, last: &str) -> Result<(), MigrationError> {
    let source = embedded(conn);
    on_each_backend!(conn => {
        for migration in conn.pending_migrations(source).map_err(failed)? {
            conn.run_migration(&migration).map_err(failed)?;
            if migration.name().to_string() == last {
                return Ok(());
            }
        }
        Err(failed(format!("this version knows no schema {last}")))
    })
}

/// The name of the newest migration that this version knows, which is its schema's.
pub fn newest() -> Result<String, MigrationError> {
    let [names, _] = names()?;
    names.last().cloned().ok_or_else(|| failed("there is none"))
}

/// Takes back every migration, newest first.
pub fn revert_all(conn: &mut DbConn) -> Result<(), MigrationError> {
    let source = embedded(conn);
    on_each_backend!(conn => conn.revert_all_migrations(source).map(drop).map_err(failed))
}

/// How many migrations are not applied yet.
pub fn pending(conn: &mut DbConn) -> Result<usize, MigrationError> {
    let source = embedded(conn);
    on_each_backend!(conn => conn.pending_migrations(source).map(|list| list.len()).map_err(failed))
}

/// The names of the embedded migrations, for comparing the twins: SQLite's, then PostgreSQL's.
pub fn names() -> Result<[Vec<String>; 2], MigrationError> {
    let sqlite: Vec<Box<dyn Migration<diesel::sqlite::Sqlite>>> =
        SQLITE.migrations().map_err(failed)?;
    let postgres: Vec<Box<dyn Migration<diesel::pg::Pg>>> =
        POSTGRES.migrations().map_err(failed)?;
    Ok([
        sqlite
            .iter()
            .map(|migration| migration.name().to_string())
            .collect(),
        postgres
            .iter()
            .map(|migration| migration.name().to_string())
            .collect(),
    ])
}
