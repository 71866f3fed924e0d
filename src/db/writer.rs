//! SQLite has one writer at a time, so Newsline gives it one thread. Writes that wait
//! together are committed together: each is a savepoint in a shared transaction, and each
//! is answered only after the shared COMMIT has reached the disk.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant as Moment};

use diesel::connection::{AnsiTransactionManager, Connection, TransactionManager};
use diesel::r2d2::ManageConnection;
use diesel::result::Error as DieselError;
use tokio::sync::{mpsc, oneshot};

use super::connections::Connections;
use super::{DbConn, JobError, OpenError, Tx, Unavailable, dialect, run_job};
use crate::clock::Clock;

/// A group is committed when it has this many jobs …
const GROUP_JOBS: usize = 64;
/// … or has been open for this long, so that nobody waits long for somebody else's work.
const GROUP_TIME: Duration = Duration::from_millis(5);
/// Jobs that may wait; beyond that a write is answered 503 at once.
const QUEUE: usize = 1024;

type Answer = Box<dyn FnOnce(Result<(), Unavailable>) + Send>;
type Job = Box<dyn FnOnce(&mut DbConn) -> Answer + Send>;

#[derive(Clone)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Job>,
    clock: Clock,
}

impl Writer {
    pub(super) fn start(connections: &Connections, clock: Clock) -> Result<Self, OpenError> {
        let mut conn = connections
            .connect()
            .map_err(|error| OpenError::Connection(error.to_string()))?;
        let (jobs, mut queue) = mpsc::channel::<Job>(QUEUE);
        std::thread::Builder::new()
            .name("newsline-writer".into())
            .spawn(move || {
                while let Some(first) = queue.blocking_recv() {
                    commit_group(&mut conn, first, &mut queue);
                }
            })?;
        Ok(Self { jobs, clock })
    }

    pub(super) async fn write<T, E>(
        &self,
        job: impl Fn(&mut Tx) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: JobError,
    {
        let (answer, answered) = oneshot::channel();
        let clock = self.clock.clone();
        let job: Job = Box::new(move |conn| {
            let outcome = conn.transaction(|conn| {
                let now = clock.now();
                catch_unwind(AssertUnwindSafe(|| run_job(conn, now, &job)))
                    .unwrap_or_else(|_| Err(Unavailable::Panicked.into()))
            });
            Box::new(move |committed| {
                // A caller that has gone away does not want the answer.
                let _ = answer.send(match committed {
                    Ok(()) => outcome,
                    Err(unavailable) => Err(unavailable.into()),
                });
            })
        });
        self.jobs.try_send(job).map_err(|_| Unavailable::Busy)?;
        answered.await.map_err(|_| Unavailable::Gone)?
    }
}

fn commit_group(conn: &mut DbConn, first: Job, queue: &mut mpsc::Receiver<Job>) {
    let begun = Moment::now();
    let started = begin(conn);
    let mut answers: Vec<Answer> = Vec::new();
    let mut next = Some(first);
    while let Some(job) = next {
        answers.push(job(conn));
        let open = answers.len() < GROUP_JOBS && begun.elapsed() < GROUP_TIME;
        next = open.then(|| queue.try_recv().ok()).flatten();
    }
    let committed = started.and_then(|()| commit(conn)).map_err(|error| {
        tracing::error!(%error, "a group of writes was not committed");
        dialect::unavailable(&error).unwrap_or(Unavailable::Gone)
    });
    for answer in answers {
        answer(committed);
    }
}

/// IMMEDIATE takes the write lock before any job reads, so no job can lose it half way.
fn begin(conn: &mut DbConn) -> Result<(), DieselError> {
    match conn {
        DbConn::Sqlite(conn) => {
            AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE")
        }
        DbConn::Postgres(_) => Err(DieselError::NotInTransaction),
    }
}

fn commit(conn: &mut DbConn) -> Result<(), DieselError> {
    match conn {
        DbConn::Sqlite(conn) => {
            AnsiTransactionManager::commit_transaction(conn).inspect_err(|_| {
                // After a full disk the transaction may still be open, or SQLite may have rolled it back itself.
                let _ = AnsiTransactionManager::rollback_transaction(conn);
            })
        }
        DbConn::Postgres(_) => Err(DieselError::NotInTransaction),
    }
}
