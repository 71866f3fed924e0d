//! How a connection is made: by the scheme of its URL, with the settings that every
//! connection needs before its first statement.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use diesel::connection::{CacheSize, Connection, InstrumentationEvent, SimpleConnection};
use diesel::r2d2::R2D2Connection;
use diesel::{ConnectionError, PgConnection, QueryResult, SqliteConnection};

use super::transactions::Terms;
use super::{DbConn, DbSettings, dialect};

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

/// The addresses of a PostgreSQL's hot standbys, with commas between.
#[derive(Clone, Default)]
pub struct ReplicaUrls(Vec<String>);

impl ReplicaUrls {
    pub(super) fn urls(&self) -> &[String] {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromStr for ReplicaUrls {
    type Err = &'static str;
    fn from_str(list: &str) -> Result<Self, Self::Err> {
        let urls = list.split(',').map(str::trim).filter(|url| !url.is_empty());
        let url = |url: &str| match url.parse() {
            Ok(DatabaseUrl::Postgres(url)) => Ok(url),
            _ => Err("expected postgres://USER@HOST/NAME, and commas between several"),
        };
        Ok(Self(urls.map(url).collect::<Result<_, _>>()?))
    }
}

impl std::fmt::Debug for ReplicaUrls {
    /// Without the addresses, which may hold passwords.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} replicas", self.0.len())
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
    pooled: bool,
    statements: Arc<AtomicU64>,
}

/// `busy_timeout` comes first, so that even switching to WAL waits for another process.
/// FULL, because an acknowledged write must survive a power cut.
const SQLITE_SETTINGS: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON; \
    PRAGMA synchronous = FULL; PRAGMA cache_size = -1024; PRAGMA temp_store = MEMORY;";

/// What libpq is told where the address says nothing of it.
const OF_ALL: &[(&str, &str)] = &[("fallback_application_name", "newsline")];

/// A replica that does not answer is noticed within seconds: the primary can be asked instead.
const OF_REPLICAS: &[(&str, &str)] = &[
    ("connect_timeout", "2"),
    ("tcp_user_timeout", "3000"),
    ("keepalives_idle", "2"),
    ("keepalives_interval", "1"),
    ("keepalives_count", "3"),
];

/// An address of a PostgreSQL, with the parameters that it does not have already.
fn with_parameters(url: &str, parameters: &[(&str, &str)]) -> String {
    let mut whole = url.to_owned();
    for (name, value) in parameters {
        if !url.contains(&format!("{name}=")) {
            whole.push(if whole.contains('?') { '&' } else { '?' });
            whole.push_str(&format!("{name}={value}"));
        }
    }
    whole
}

impl Connections {
    pub(super) fn new(settings: &DbSettings, statements: Arc<AtomicU64>) -> Self {
        Self {
            url: settings.url.clone(),
            statement_timeout_ms: settings.statement_timeout.as_millis(),
            pooled: settings.pooled && matches!(settings.url, DatabaseUrl::Postgres(_)),
            statements,
        }
    }

    /// The same to a replica.
    pub(super) fn to_replica(&self, url: &str) -> Self {
        Self {
            url: DatabaseUrl::Postgres(with_parameters(url, OF_REPLICAS)),
            ..self.clone()
        }
    }

    /// The same database, where statements take as long as they need.
    pub(super) fn unlimited(&self) -> Self {
        Self {
            statement_timeout_ms: 0,
            ..self.clone()
        }
    }

    /// What transactions have to say of themselves.
    pub(super) fn terms(&self) -> Terms {
        Terms {
            statement_timeout: self.pooled.then_some(self.statement_timeout_ms),
        }
    }

    /// The same database; what is asked there is no work of requests.
    pub(super) fn uncounted(&self) -> Self {
        Self {
            statements: Arc::default(),
            ..self.clone()
        }
    }

    pub(super) fn connect(&self) -> Result<DbConn, ConnectionError> {
        self.connect_counting(Arc::default())
    }

    /// The same; `prepared` counts the statements that the connection keeps prepared.
    pub(super) fn connect_counting(
        &self,
        prepared: Arc<AtomicUsize>,
    ) -> Result<DbConn, ConnectionError> {
        let mut conn = self.establish()?;
        let statements = self.statements.clone();
        conn.set_instrumentation(move |event: InstrumentationEvent<'_>| match event {
            InstrumentationEvent::StartQuery { .. } => {
                statements.fetch_add(1, Ordering::Relaxed);
            }
            InstrumentationEvent::CacheQuery { .. } => {
                prepared.fetch_add(1, Ordering::Relaxed);
            }
            _ => {}
        });
        Ok(conn)
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
                let mut conn = PgConnection::establish(&with_parameters(url, OF_ALL))?;
                if self.pooled {
                    // What is prepared stays with a connection that is somebody else's the next moment,
                    // and so does what is set. (Time zone and encoding, which diesel sets, go with us.)
                    conn.set_prepared_statement_cache_size(CacheSize::Disabled);
                } else {
                    let limit = format!("SET statement_timeout = {}", self.statement_timeout_ms);
                    conn.batch_execute(&limit)
                        .and_then(|()| dialect::speak_english(&mut conn))
                        .map_err(ConnectionError::CouldntSetupConfiguration)?;
                }
                Ok(DbConn::Postgres(conn))
            }
        }
    }
}

/// Whether the server still listens; asks it.
pub(super) fn answers(conn: &mut DbConn) -> QueryResult<()> {
    match conn {
        // The file cannot go away under an open connection.
        DbConn::Sqlite(_) => Ok(()),
        DbConn::Postgres(conn) => conn.ping(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_its_own_parameters() {
        let with =
            |url| with_parameters(url, &[("connect_timeout", "2"), ("keepalives_idle", "3")]);
        assert_eq!(
            with("postgres://host/name"),
            "postgres://host/name?connect_timeout=2&keepalives_idle=3"
        );
        assert_eq!(
            with("postgres://host/name?sslmode=require&connect_timeout=9"),
            "postgres://host/name?sslmode=require&connect_timeout=9&keepalives_idle=3"
        );
    }

    #[test]
    fn replicas_are_told_apart_by_commas_and_show_no_password() {
        let urls: ReplicaUrls = " postgres://a:secret@one/n,postgresql://two/n, "
            .parse()
            .expect("two");
        assert_eq!(
            urls.urls(),
            ["postgres://a:secret@one/n", "postgresql://two/n"]
        );
        assert_eq!(format!("{urls:?}"), "2 replicas");
        assert!("".parse::<ReplicaUrls>().expect("none").is_empty());
        for wrong in ["sqlite://a.db", "one", "postgres://one,two/n"] {
            assert!(wrong.parse::<ReplicaUrls>().is_err(), "{wrong}");
        }
    }
}
