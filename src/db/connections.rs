//! How a connection is made: by the scheme of its URL, with the settings that every
//! connection needs before its first statement.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use diesel::connection::{Connection, InstrumentationEvent, SimpleConnection};
use diesel::r2d2::{ManageConnection, R2D2Connection};
use diesel::{ConnectionError, PgConnection, SqliteConnection};

use super::{DbConn, DbSettings};

/// Where the data is: `sqlite://PATH` or `postgres://…`.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    Sqlite(PathBuf),
    Postgres(String),
}

impl FromStr for DatabaseUrl {
    type Err = &'static str;
    fn from_str(url: &str) -> Result<Self, Self::Err> {
        match url.split_once("://") {
            Some(("sqlite", path)) if !path.is_empty() => Ok(Self::Sqlite(path.into())),
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres(url.to_owned())),
            _ => Err("expected sqlite://PATH or postgres://USER@HOST/NAME"),
        }
    }
}

impl std::fmt::Debug for DatabaseUrl {
    /// Without the address of a PostgreSQL, which may hold a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
            Self::Postgres(_) => f.write_str("postgres://…"),
        }
    }
}

/// Makes and checks connections for the pool and the writer.
#[derive(Clone)]
pub(super) struct Connections {
    url: DatabaseUrl,
    statement_timeout_ms: u128,
    statements: Arc<AtomicU64>,
}

/// `busy_timeout` comes first, so that even switching to WAL waits for another process.
/// FULL, because an acknowledged write must survive a power cut.
const SQLITE_SETTINGS: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON; \
    PRAGMA synchronous = FULL; PRAGMA cache_size = -4096; PRAGMA temp_store = MEMORY;";

impl Connections {
    pub(super) fn new(settings: &DbSettings, statements: Arc<AtomicU64>) -> Self {
        Self {
            url: settings.url.clone(),
            statement_timeout_ms: settings.statement_timeout.as_millis(),
            statements,
        }
    }

    /// The same database; what is asked there is no work of requests.
    pub(super) fn uncounted(&self) -> Self {
        Self {
            statements: Arc::default(),
            ..self.clone()
        }
    }

    fn establish(&self) -> Result<DbConn, ConnectionError> {
        match &self.url {
            DatabaseUrl::Sqlite(path) => {
                let mut conn = SqliteConnection::establish(&path.to_string_lossy())?;
                conn.batch_execute(SQLITE_SETTINGS)
                    .map_err(ConnectionError::CouldntSetupConfiguration)?;
                Ok(DbConn::Sqlite(conn))
            }
            DatabaseUrl::Postgres(url) => {
                let mut conn = PgConnection::establish(url)?;
                conn.batch_execute(&format!(
                    "SET application_name = 'newsline'; SET TIME ZONE 'UTC'; SET statement_timeout = {}",
                    self.statement_timeout_ms
                ))
                .map_err(ConnectionError::CouldntSetupConfiguration)?;
                Ok(DbConn::Postgres(conn))
            }
        }
    }
}

impl ManageConnection for Connections {
    type Connection = DbConn;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<DbConn, Self::Error> {
        let mut conn = self
            .establish()
            .map_err(diesel::r2d2::Error::ConnectionError)?;
        let statements = self.statements.clone();
        conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if matches!(event, InstrumentationEvent::StartQuery { .. }) {
                statements.fetch_add(1, Ordering::Relaxed);
            }
        });
        Ok(conn)
    }

    fn is_valid(&self, conn: &mut DbConn) -> Result<(), Self::Error> {
        match conn {
            // The file cannot go away under an open connection.
            DbConn::Sqlite(_) => Ok(()),
            DbConn::Postgres(conn) => conn.ping().map_err(diesel::r2d2::Error::QueryError),
        }
    }

    fn has_broken(&self, conn: &mut DbConn) -> bool {
        std::thread::panicking() || R2D2Connection::is_broken(conn)
    }
}
