//! The one door to the database. `Db::read`, `Db::read_snapshot` and `Db::write` each take
//! a closure, run it off the async threads in one hop, and know which database it is.
//! What answers readers has [`ReadersDb`], which may ask a replica.
//! Statements are written once, on [`DbConn`]; what the two databases do differently
//! stands in [`dialect`].

pub mod among;
mod connections;
pub mod dialect;
mod lookout;
pub mod migrations;
mod pool;
pub mod prepared;
mod readers;
pub mod schema;
mod transactions;
pub mod types;
mod writer;

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant as Moment};

use diesel::connection::Connection;
use diesel::r2d2::HandleError;
use diesel::result::Error as DieselError;

use crate::changes::touched::{Numbered, Touched};
use crate::changes::{self, Change};
use crate::clock::Clock;
use connections::Connections;
pub use connections::{DatabaseUrl, ReplicaUrls};
use lookout::Lookout;
use pool::{Pool, off_thread};
pub use readers::{ReadersDb, ReplicaReads};
use transactions::Terms;
pub use types::{AnyId, Id, Instant, Json};
use writer::Writer;

/// A connection to either database; queries are written on it once.
#[derive(diesel::MultiConnection)]
pub enum DbConn {
    Sqlite(diesel::SqliteConnection),
    Postgres(diesel::PgConnection),
}

/// Runs one statement on the concrete connection: for what both databases can do but diesel cannot say
/// for "either" (upserts, batch inserts), and for what readers ask most, which it knows there by its type.
/// For "either" it writes each statement out to see whether it is prepared.
#[macro_export]
macro_rules! on_each_backend {
    ($conn:ident => $body:expr) => {
        match $conn {
            $crate::db::DbConn::Sqlite($conn) => $body,
            $crate::db::DbConn::Postgres($conn) => $body,
        }
    };
}

/// Why the database could not take a job at all. Nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unavailable {
    /// Every connection is taken, or the queue of writes is full.
    #[error("the database is busy")]
    Busy,
    /// The disk has no room for the change.
    #[error("the disk is full")]
    Full,
    /// The database cannot be reached, or broke off the transaction.
    #[error("the database is not reachable")]
    Gone,
    /// The job panicked; its transaction was rolled back.
    #[error("the job panicked")]
    Panicked,
}

/// What a job may fail with: a rule's error, or one of the database.
pub trait JobError: From<DieselError> + From<Unavailable> + Send + 'static {
    /// True where the same job may succeed when it runs again (a serialization failure, a deadlock).
    fn is_transient(&self) -> bool;

    /// True where the database failed, not the job: it may succeed on another server.
    fn is_of_the_database(&self) -> bool;
}

/// How the pools are sized and how long they wait.
#[derive(Debug, Clone)]
pub struct DbSettings {
    pub url: DatabaseUrl,
    /// Hot standbys of a PostgreSQL, for readers' reads.
    pub replicas: ReplicaUrls,
    /// Whether a pooler gives each transaction of a PostgreSQL another connection.
    pub pooled: bool,
    /// Connections of each pool; on SQLite those of the readers.
    pub connections: u32,
    /// How long a request waits for a connection.
    pub wait: Duration,
    /// How long one statement may take on PostgreSQL.
    pub statement_timeout: Duration,
    /// How many writes SQLite commits together at most.
    pub group: usize,
}

/// The database: cheap to clone, one for the whole process.
#[derive(Clone)]
pub struct Db {
    pool: Pool,
    terms: Terms,
    wait: Duration,
    writer: Option<Writer>,
    clock: Clock,
    statements: Arc<AtomicU64>,
    touched: Arc<Touched>,
    lookout: Arc<OnceLock<Lookout>>,
    connections: Connections,
}

/// A transaction that writes: the connection, the moment it began, and the changes that it reports.
pub struct Tx<'a> {
    conn: &'a mut DbConn,
    now: Instant,
    changes: Vec<Change>,
}

impl Tx<'_> {
    /// The moment this transaction began, by Newsline's clock.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// Notes a change; its number is taken as the last statement before the commit.
    pub fn record(&mut self, change: Change) {
        self.changes.push(change);
    }
}

impl Deref for Tx<'_> {
    type Target = DbConn;
    fn deref(&self) -> &DbConn {
        self.conn
    }
}
impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut DbConn {
        self.conn
    }
}

impl Db {
    /// Opens the pools; makes the file of an embedded database where there is none.
    pub fn open(settings: &DbSettings, clock: Clock) -> Result<Self, OpenError> {
        let statements = Arc::new(AtomicU64::new(0));
        let connections = Connections::new(settings, statements.clone());
        let touched = Arc::new(Touched::default());
        let writer = match &settings.url {
            DatabaseUrl::Sqlite(_) => Some(Writer::start(
                &connections,
                settings.group,
                clock.clone(),
                touched.clone(),
            )?),
            DatabaseUrl::Postgres(_) => None,
        };
        let pool = Pool::open(
            connections.clone(),
            settings.connections,
            settings.wait,
            Box::new(ToLog),
        );
        Ok(Self {
            pool,
            terms: connections.terms(),
            wait: settings.wait,
            writer,
            clock,
            statements,
            touched,
            lookout: Arc::default(),
            connections,
        })
    }

    /// Begins to look out for changes, on a connection of its own; after the migrations.
    pub async fn look_out(&self) -> Result<(), OpenError> {
        let (connections, touched) = (self.connections.uncounted(), self.touched.clone());
        let started =
            tokio::task::spawn_blocking(move || Lookout::start(connections, touched)).await;
        let lookout =
            started.map_err(|_| OpenError::Connection("the look-out panicked".to_owned()))??;
        // Whoever was first looks out for all.
        let _ = self.lookout.set(lookout);
        Ok(())
    }

    /// Looks for others' changes now, instead of at the next beat. For tests, which do not sleep.
    pub async fn look_now(&self) {
        let lookout = self.lookout.clone();
        let looked = tokio::task::spawn_blocking(move || lookout.get().map(Lookout::look));
        let _ = looked.await;
    }

    /// What was touched when; it follows the change log.
    pub fn touched(&self) -> &Touched {
        &self.touched
    }

    /// Runs one statement.
    pub async fn read<T, E>(
        &self,
        job: impl FnOnce(&mut DbConn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: JobError,
    {
        let terms = self.terms;
        let read = move |conn: &mut DbConn| {
            let has_begun = terms.begin_if_needed(conn)?;
            let answer = job(conn);
            if has_begun {
                transactions::end(conn)?;
            }
            answer
        };
        self.pool.run(read).await
    }

    /// Runs several statements that see one state of the database.
    pub async fn read_snapshot<T, E>(
        &self,
        job: impl FnOnce(&mut DbConn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: JobError,
    {
        let terms = self.terms;
        let read = move |conn: &mut DbConn| {
            terms.begin_snapshot(conn)?;
            let answer = job(conn);
            transactions::end(conn)?;
            answer
        };
        self.pool.run(read).await
    }

    /// Does what is no request's work, such as migrations: on a connection of its own, in no
    /// transaction, and for as long as it takes.
    pub async fn maintain<T, E>(
        &self,
        job: impl FnOnce(&mut DbConn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: JobError,
    {
        let (connections, wait) = (self.connections.unlimited(), self.wait);
        off_thread(move || job(&mut connect_within(&connections, wait)?)).await
    }

    /// Runs a job in one transaction: the change, its revision, its published copy and its row
    /// in the change log are committed together or not at all. The job may run more than once,
    /// so it does nothing outside the transaction.
    pub async fn write<T, E>(
        &self,
        job: impl Fn(&mut Tx) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: JobError,
    {
        match &self.writer {
            Some(writer) => writer.write(job).await,
            None => {
                let (clock, touched) = (self.clock.clone(), self.touched.clone());
                let terms = self.terms;
                let write = move |conn: &mut DbConn| {
                    let mut attempt = || {
                        conn.transaction(|conn| {
                            terms.tell(conn)?;
                            run_job(conn, clock.now(), &job)
                        })
                    };
                    let (answer, numbered) = with_retries(&mut attempt)?;
                    touched.note(&numbered);
                    Ok(answer)
                };
                self.pool.run(write).await
            }
        }
    }

    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Statements sent by all connections since the start.
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }
}

/// What the pool has to say of connections that it cannot have.
#[derive(Debug)]
struct ToLog;

impl<E: std::fmt::Display> HandleError<E> for ToLog {
    fn handle_error(&self, error: E) {
        let error = dialect::connection_for_log(&error);
        tracing::error!(error, "a connection to the database cannot be had");
    }
}

/// Why a database could not be opened at start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("cannot open the database: {0}")]
    Connection(String),
    #[error("cannot start the writer thread: {0}")]
    Thread(#[from] std::io::Error),
}

/// A new connection; a server that is being started gets a little time.
fn connect_within(connections: &Connections, wait: Duration) -> Result<DbConn, Unavailable> {
    let begun = Moment::now();
    loop {
        match connections.connect() {
            Ok(conn) => return Ok(conn),
            Err(error) if begun.elapsed() >= wait => {
                ToLog.handle_error(error);
                return Err(Unavailable::Gone);
            }
            Err(_) => std::thread::sleep(Duration::from_millis(200)),
        }
    }
}

/// Runs the job and, last before the commit, numbers and writes the changes it noted.
fn run_job<T, E: JobError>(
    conn: &mut DbConn,
    now: Instant,
    job: &impl Fn(&mut Tx) -> Result<T, E>,
) -> Result<(T, Vec<Numbered>), E> {
    let mut tx = Tx {
        conn,
        now,
        changes: Vec::new(),
    };
    let answer = job(&mut tx)?;
    let Tx { conn, changes, .. } = tx;
    let numbered = changes::store::append(conn, now, &changes)?;
    Ok((answer, numbered))
}

const TRIES: u32 = 6;

fn with_retries<T, E: JobError>(attempt: &mut impl FnMut() -> Result<T, E>) -> Result<T, E> {
    for nth in 1..TRIES {
        match attempt() {
            Err(error) if error.is_transient() => {
                std::thread::sleep(Duration::from_millis(2 << nth));
            }
            other => return other,
        }
    }
    attempt()
}
