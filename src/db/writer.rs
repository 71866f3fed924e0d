//! SQLite has one writer at a time, so Newsline gives it one thread. Writes that wait
//! together are committed together: each is a savepoint in a shared transaction, and each
//! is answered only after the shared COMMIT has reached the disk, and what it touches is written
//! down for the read cache.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant as Moment};

use diesel::connection::{AnsiTransactionManager, Connection, TransactionManager};
use diesel::result::Error as DieselError;
use tokio::sync::{mpsc, oneshot};

use super::connections::Connections;
use super::{DbConn, JobError, OpenError, Tx, Unavailable, dialect, run_job};
use crate::changes::touched::{Numbered, Touched};
use crate::clock::Clock;

/// A group is committed when it is full, or has been open for this long, so that nobody waits long
/// for somebody else's work.
const GROUP_TIME: Duration = Duration::from_millis(5);
/// Jobs that may wait; beyond that a write is answered 503 at once.
const QUEUE: usize = 1024;

/// Tells a caller what became of its job, once it is known whether the group was committed.
type Answer = Box<dyn FnOnce(Result<(), Unavailable>) + Send>;
/// Runs in its place in a group, or only hears why there is none.
type Job = Box<dyn FnOnce(Result<&mut DbConn, Unavailable>) -> Ran + Send>;

struct Ran {
    answer: Answer,
    changes: Vec<Numbered>,
    /// False where the job took the group's transaction with it.
    group_goes_on: bool,
}

type Savepoint = <DbConn as Connection>::TransactionManager;

#[derive(Clone)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Job>,
    clock: Clock,
}

impl Writer {
    pub(super) fn start(
        connections: &Connections,
        group: usize,
        clock: Clock,
        touched: Arc<Touched>,
    ) -> Result<Self, OpenError> {
        let connections = connections.clone();
        let conn = connections
            .connect()
            .map_err(|error| OpenError::Connection(error.to_string()))?;
        let (jobs, mut queue) = mpsc::channel::<Job>(QUEUE);
        std::thread::Builder::new()
            .name("newsline-writer".into())
            .spawn(move || {
                let mut conn = Some(conn);
                while let Some(first) = queue.blocking_recv() {
                    conn = match conn.take().or_else(|| connect(&connections)) {
                        Some(conn) => commit_group(conn, first, &mut queue, group, &touched),
                        None => refuse(Unavailable::Gone, first, &mut queue),
                    };
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
        let job = pack(job, self.clock.clone(), answer);
        self.jobs.try_send(job).map_err(|_| Unavailable::Busy)?;
        answered.await.map_err(|_| Unavailable::Gone)?
    }
}

fn pack<T, E>(
    job: impl Fn(&mut Tx) -> Result<T, E> + Send + 'static,
    clock: Clock,
    caller: oneshot::Sender<Result<T, E>>,
) -> Job
where
    T: Send + 'static,
    E: JobError,
{
    Box::new(move |place| {
        let (ran, group_goes_on) = match place {
            Err(unavailable) => (Err(unavailable.into()), false),
            Ok(conn) => in_savepoint(conn, |conn| {
                let now = clock.now();
                catch_unwind(AssertUnwindSafe(|| run_job(conn, now, &job)))
                    .unwrap_or_else(|_| Err(Unavailable::Panicked.into()))
            }),
        };
        let (outcome, changes) = match ran {
            Ok((answer, changes)) => (Ok(answer), changes),
            Err(error) => (Err(error), Vec::new()),
        };
        let answer: Answer = Box::new(move |committed| {
            // A caller that has gone away does not want the answer.
            let _ = caller.send(match committed {
                // Its own error says best what ended the group.
                Err(unavailable) if group_goes_on => Err(unavailable.into()),
                _ => outcome,
            });
        });
        Ran {
            answer,
            changes,
            group_goes_on,
        }
    })
}

/// What the job answers, and whether the group's transaction is still there. Where a savepoint
/// cannot be ended, SQLite has rolled everything back by itself (a full disk, an I/O error), and
/// the next statement would be committed alone.
fn in_savepoint<T, E: JobError>(
    conn: &mut DbConn,
    job: impl FnOnce(&mut DbConn) -> Result<T, E>,
) -> (Result<T, E>, bool) {
    if let Err(error) = Savepoint::begin_transaction(conn) {
        return (Err(error.into()), false);
    }
    let outcome = job(conn);
    let ended = match &outcome {
        Ok(_) => Savepoint::commit_transaction(conn),
        Err(_) => Savepoint::rollback_transaction(conn),
    };
    match (ended, outcome) {
        (Ok(()), outcome) => (outcome, true),
        (Err(error), Ok(_)) => (Err(error.into()), false),
        (Err(_), broken) => (broken, false),
    }
}

fn connect(connections: &Connections) -> Option<DbConn> {
    connections
        .connect()
        .inspect_err(|error| {
            let error = dialect::for_log(&error.to_string());
            tracing::error!(error, "the writer has no connection");
        })
        .ok()
}

/// Gives the connection back for the next group, unless something failed on it: a new one has
/// no transaction left open, and none that it only believes to have.
fn commit_group(
    mut conn: DbConn,
    first: Job,
    queue: &mut mpsc::Receiver<Job>,
    group: usize,
    touched: &Touched,
) -> Option<DbConn> {
    let begun = Moment::now();
    if let Err(error) = begin(&mut conn) {
        return refuse(outage(&error), first, queue);
    }
    let mut answers: Vec<Answer> = Vec::new();
    let mut changes: Vec<Numbered> = Vec::new();
    let mut whole = true;
    let mut next = Some(first);
    while let Some(job) = next {
        let ran = job(Ok(&mut conn));
        answers.push(ran.answer);
        changes.extend(ran.changes);
        whole = ran.group_goes_on;
        let open = whole && answers.len() < group && begun.elapsed() < GROUP_TIME;
        next = open.then(|| queue.try_recv().ok()).flatten();
    }
    let committed = match whole {
        true => commit(&mut conn).map_err(|error| outage(&error)),
        false => Err(Unavailable::Gone),
    };
    if !whole {
        tracing::error!("a group of writes was rolled back by the database");
    }
    let sound = committed.is_ok().then_some(conn);
    if committed.is_ok() {
        touched.note(&changes);
    }
    for answer in answers {
        answer(committed);
    }
    sound
}

fn outage(error: &DieselError) -> Unavailable {
    let told = dialect::for_log(&error.to_string());
    tracing::error!(error = told, "a group of writes was not committed");
    dialect::unavailable(error).unwrap_or(Unavailable::Gone)
}

/// Answers all who wait, because each would only wait for the same in vain. There is no connection
/// to go on with.
fn refuse(why: Unavailable, first: Job, queue: &mut mpsc::Receiver<Job>) -> Option<DbConn> {
    let waiting = std::iter::from_fn(|| queue.try_recv().ok());
    for job in std::iter::once(first).chain(waiting.take(QUEUE)) {
        (job(Err(why)).answer)(Err(why));
    }
    None
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

#[cfg(test)]
mod tests {
    use diesel::connection::SimpleConnection;
    use diesel::prelude::*;
    use diesel::sql_types::BigInt;

    use super::*;
    use crate::db::{DatabaseUrl, DbSettings, Id, ReplicaUrls};
    use crate::http::problem::{Code, Problem};

    type Answered = oneshot::Receiver<Result<(), Problem>>;

    struct Scene {
        folder: std::path::PathBuf,
        connections: Connections,
        touched: Touched,
    }

    impl Scene {
        fn new() -> Self {
            let name = format!("newsline-writer-{}", Id::<()>::new());
            let folder = std::env::temp_dir().join(name);
            std::fs::create_dir_all(&folder).expect("a folder");
            let settings = DbSettings {
                url: DatabaseUrl::Sqlite(folder.join("newsline.db")),
                replicas: ReplicaUrls::default(),
                pooled: false,
                connections: 1,
                wait: Duration::from_secs(1),
                statement_timeout: Duration::from_secs(1),
                group: 64,
            };
            let connections = Connections::new(&settings, Arc::default());
            let scene = Self {
                folder,
                connections,
                touched: Touched::default(),
            };
            run(&mut scene.connect(), "CREATE TABLE story (id INTEGER)").expect("a table");
            scene
        }

        /// Does not wait for a lock.
        fn connect(&self) -> DbConn {
            let mut conn = self.connections.connect().expect("a connection");
            run(&mut conn, "PRAGMA busy_timeout = 0").expect("the setting");
            conn
        }

        fn stories(&self) -> i64 {
            diesel::select(diesel::dsl::sql::<BigInt>("(SELECT count(*) FROM story)"))
                .get_result(&mut self.connect())
                .expect("a number")
        }
    }

    impl Drop for Scene {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }

    fn run(conn: &mut DbConn, sql: &str) -> QueryResult<()> {
        match conn {
            DbConn::Sqlite(conn) => conn.batch_execute(sql),
            DbConn::Postgres(conn) => conn.batch_execute(sql),
        }
    }

    fn job(sql: &'static str, refused: bool) -> (Job, Answered) {
        let (caller, answered) = oneshot::channel();
        let work = move |tx: &mut Tx| match (run(tx, sql), refused) {
            (Ok(()), true) => Err(Problem::not_found()),
            (ran, _) => Ok(ran?),
        };
        (pack(work, Clock::default(), caller), answered)
    }

    fn code(mut answered: Answered) -> Option<Code> {
        let answer = answered.try_recv().expect("an answer");
        answer.err().map(|problem| problem.code())
    }

    const WRITE: &str = "INSERT INTO story VALUES (1)";

    #[test]
    fn while_somebody_else_holds_the_lock_no_job_runs_and_all_are_answered() {
        let scene = Scene::new();
        let (jobs, mut queue) = mpsc::channel(QUEUE);
        let (first, of_first) = job(WRITE, false);
        let (second, of_second) = job(WRITE, false);
        assert!(jobs.try_send(second).is_ok());
        let mut other = scene.connect();
        run(&mut other, "BEGIN IMMEDIATE").expect("the lock");

        assert!(commit_group(scene.connect(), first, &mut queue, 64, &scene.touched).is_none());

        assert_eq!(code(of_first), Some(Code::Unavailable));
        assert_eq!(code(of_second), Some(Code::Unavailable));
        run(&mut other, "ROLLBACK").expect("the lock is given back");
        assert_eq!(scene.stories(), 0);
        let (third, of_third) = job(WRITE, false);
        assert!(commit_group(scene.connect(), third, &mut queue, 64, &scene.touched).is_some());
        assert_eq!((code(of_third), scene.stories()), (None, 1));
    }

    #[test]
    fn a_group_that_the_database_rolls_back_ends_there_and_nothing_of_it_stays() {
        let scene = Scene::new();
        let (jobs, mut queue) = mpsc::channel(QUEUE);
        let (first, of_first) = job(WRITE, false);
        let (breaking, of_breaking) = job("ROLLBACK", true);
        let (third, mut of_third) = job(WRITE, false);
        assert!(jobs.try_send(breaking).is_ok() && jobs.try_send(third).is_ok());

        assert!(commit_group(scene.connect(), first, &mut queue, 64, &scene.touched).is_none());

        assert_eq!(code(of_first), Some(Code::Unavailable));
        assert_eq!(code(of_breaking), Some(Code::NotFound));
        assert!(of_third.try_recv().is_err());
        assert_eq!(scene.stories(), 0);
        let third = queue.try_recv().expect("the third job");
        assert!(commit_group(scene.connect(), third, &mut queue, 64, &scene.touched).is_some());
        assert_eq!(scene.stories(), 1);
    }

    #[test]
    fn a_job_that_is_refused_loses_only_itself() {
        let scene = Scene::new();
        let (jobs, mut queue) = mpsc::channel(QUEUE);
        let (first, of_first) = job(WRITE, true);
        let (second, of_second) = job(WRITE, false);
        assert!(jobs.try_send(second).is_ok());

        assert!(commit_group(scene.connect(), first, &mut queue, 64, &scene.touched).is_some());

        assert_eq!(code(of_first), Some(Code::NotFound));
        assert_eq!((code(of_second), scene.stories()), (None, 1));
    }

    #[test]
    fn a_group_takes_no_more_jobs_than_it_may() {
        let scene = Scene::new();
        let (jobs, mut queue) = mpsc::channel(QUEUE);
        let (first, of_first) = job(WRITE, false);
        let (second, mut of_second) = job(WRITE, false);
        assert!(jobs.try_send(second).is_ok());

        assert!(commit_group(scene.connect(), first, &mut queue, 1, &scene.touched).is_some());

        assert_eq!((code(of_first), scene.stories()), (None, 1));
        assert!(of_second.try_recv().is_err());
    }
}
