//! Connections that are kept open, and the threads that work on them. Whoever wants one waits in a
//! queue without taking a thread, and who has done one job goes on with the next: under load nobody
//! has to be woken.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant as Moment};

use diesel::r2d2::{
    HandleError, ManageConnection, Pool as R2d2Pool, PooledConnection, R2D2Connection,
};
use tokio::sync::oneshot;

use super::connections::{self, Connections};
use super::{DbConn, Unavailable};

/// The connections to one server.
#[derive(Clone)]
pub(super) struct Pool {
    connections: R2d2Pool<Opener>,
    crew: Arc<Crew>,
    wait: Duration,
}

impl Pool {
    /// `wait` is for a thread, and then for its connection.
    pub(super) fn open(
        connections: Connections,
        size: u32,
        wait: Duration,
        failures: Box<dyn HandleError<diesel::r2d2::Error>>,
    ) -> Self {
        let connections = R2d2Pool::builder()
            .max_size(size)
            .min_idle(Some(1))
            .connection_timeout(wait)
            // Only what has rested is asked: see `connection`.
            .test_on_check_out(false)
            .error_handler(failures)
            .build_unchecked(Opener(connections));
        Self {
            connections,
            crew: Arc::new(Crew::of(size as usize)),
            wait,
        }
    }

    /// Runs a job off the async threads, on a connection of its own. One whose caller goes away or
    /// gives up before its turn is never begun, and keeps no memory.
    pub(super) async fn run<T, E>(
        &self,
        job: impl FnOnce(&mut DbConn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Unavailable> + Send + 'static,
    {
        let (caller, mut answered) = oneshot::channel();
        let connections = self.connections.clone();
        let waiting = self.crew.do_in_turn(Box::new(move || {
            // Within, so that a connection on which somebody panicked is seen to be broken.
            let worked = catch_unwind(AssertUnwindSafe(|| {
                let mut open = connection(&connections)?;
                job(&mut open.conn)
            }));
            // A caller that has gone away does not want the answer.
            let _ = caller.send(worked.unwrap_or_else(|_| Err(Unavailable::Panicked.into())));
        }))?;
        let answer = match tokio::time::timeout(self.wait, &mut answered).await {
            Ok(answer) => answer,
            Err(_) if waiting.give_up() => return Err(Unavailable::Busy.into()),
            Err(_) => answered.await,
        };
        answer.map_err(|_| Unavailable::Gone)?
    }
}

type Job = Box<dyn FnOnce() + Send>;

/// A place in the queue: whoever is first takes the job out, the thread whose turn it is or the caller
/// who does not want it any more.
#[derive(Clone)]
struct Place(Arc<Mutex<Option<Job>>>);

impl Place {
    fn of(job: Job) -> Self {
        Self(Arc::new(Mutex::new(Some(job))))
    }

    fn job(&self) -> MutexGuard<'_, Option<Job>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Option<Job> {
        self.job().take()
    }

    fn is_given_up(&self) -> bool {
        self.job().is_none()
    }
}

/// What a caller has of a job that is in the queue; gives it up when it is dropped.
struct Waiting(Place);

impl Waiting {
    /// False where it has begun.
    fn give_up(&self) -> bool {
        self.0.take().is_some()
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.give_up();
    }
}

/// Jobs that may wait; beyond that one is answered 503 at once.
const QUEUE: usize = 4096;

/// Threads that do jobs in turn, one for each connection; they are started as they are needed, and
/// end with the crew.
struct Crew {
    size: usize,
    board: Arc<Board>,
}

#[derive(Default)]
struct Board {
    state: Mutex<State>,
    news: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Place>,
    threads: usize,
    idle: usize,
    is_over: bool,
}

impl Crew {
    fn of(size: usize) -> Self {
        Self {
            size,
            board: Arc::default(),
        }
    }

    fn do_in_turn(&self, job: Job) -> Result<Waiting, Unavailable> {
        let mut state = self.board.state();
        if state.jobs.len() >= QUEUE {
            state.jobs.retain(|place| !place.is_given_up());
        }
        if state.jobs.len() >= QUEUE {
            return Err(Unavailable::Busy);
        }
        if state.idle > state.jobs.len() {
            self.board.news.notify_one();
        } else if state.threads < self.size {
            let (board, nth) = (self.board.clone(), state.threads + 1);
            let thread = std::thread::Builder::new().name(format!("newsline-db-{nth}"));
            match thread.spawn(move || board.work()) {
                Ok(_) => state.threads = nth,
                // The others will come to it.
                Err(_) if state.threads > 0 => {}
                Err(_) => return Err(Unavailable::Busy),
            }
        }
        let place = Place::of(job);
        state.jobs.push_back(place.clone());
        Ok(Waiting(place))
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        self.board.state().is_over = true;
        self.board.news.notify_all();
    }
}

impl Board {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self) {
        while let Some(place) = self.next() {
            // A panic that is nobody's answer must not cost a thread, either.
            let _ = place.take().map(|job| catch_unwind(AssertUnwindSafe(job)));
        }
    }

    fn next(&self) -> Option<Place> {
        let mut state = self.state();
        loop {
            if let Some(place) = state.jobs.pop_front() {
                return Some(place);
            }
            if state.is_over {
                return None;
            }
            state.idle += 1;
            state = self
                .news
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
            state.idle -= 1;
        }
    }
}

/// What was in use so short a time ago is not asked whether it still listens, which would cost as
/// much as a statement. If it does not, one request hears of it, and the connection is thrown away.
const FRESH: Duration = Duration::from_secs(1);

/// How many statements a connection prepares before another takes its place. Newsline has some hundred,
/// but lists with many filters come in very many forms, and diesel by itself keeps all that it ever met.
const MOST_PREPARED: usize = 600;

/// A connection of the pool.
struct Open {
    conn: DbConn,
    /// Statements prepared since it was opened.
    prepared: Arc<AtomicUsize>,
    last_used: Option<Moment>,
}

impl Open {
    fn is_well(&mut self) -> bool {
        let is_fresh = self.last_used.is_some_and(|at| at.elapsed() < FRESH);
        is_fresh || connections::answers(&mut self.conn).is_ok()
    }

    /// Has what it prepared thrown away with it: a server of PostgreSQL keeps a statement until the
    /// connection ends, whatever diesel has forgotten.
    fn has_prepared_enough(&self) -> bool {
        self.prepared.load(Ordering::Relaxed) > MOST_PREPARED
    }
}

/// Opens the connections of the pool.
struct Opener(Connections);

impl ManageConnection for Opener {
    type Connection = Open;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Open, Self::Error> {
        let prepared = Arc::new(AtomicUsize::new(0));
        let conn = self.0.connect_counting(prepared.clone());
        Ok(Open {
            conn: conn.map_err(diesel::r2d2::Error::ConnectionError)?,
            prepared,
            last_used: None,
        })
    }

    fn is_valid(&self, open: &mut Open) -> Result<(), Self::Error> {
        connections::answers(&mut open.conn).map_err(diesel::r2d2::Error::QueryError)
    }

    fn has_broken(&self, open: &mut Open) -> bool {
        std::thread::panicking()
            || open.has_prepared_enough()
            || R2D2Connection::is_broken(&mut open.conn)
    }
}

/// A connection that answers.
fn connection(connections: &R2d2Pool<Opener>) -> Result<PooledConnection<Opener>, Unavailable> {
    for _ in 0..=connections.max_size() {
        // There are as many threads as connections: one is free, if one can be had.
        let mut open = connections.get().map_err(|_| Unavailable::Gone)?;
        if open.is_well() {
            open.last_used = Some(Moment::now());
            return Ok(open);
        }
    }
    Err(Unavailable::Gone)
}

pub(super) async fn off_thread<T, E>(
    job: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, E>
where
    T: Send + 'static,
    E: From<Unavailable> + Send + 'static,
{
    match tokio::task::spawn_blocking(job).await {
        Ok(answer) => answer,
        Err(_) => Err(Unavailable::Panicked.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use diesel::RunQueryDsl;
    use diesel::r2d2::LoggingErrorHandler;
    use diesel::sql_types::BigInt;
    use futures_util::FutureExt;

    use super::*;
    use crate::db::prepared::prepared;
    use crate::db::{DatabaseUrl, DbSettings, Id, ReplicaUrls};
    use crate::http::problem::{Code, Problem};

    struct Scene {
        folder: std::path::PathBuf,
        pool: Pool,
    }

    impl Scene {
        fn of(size: u32, wait: Duration) -> Self {
            let name = format!("newsline-pool-{}", Id::<()>::new());
            let folder = std::env::temp_dir().join(name);
            std::fs::create_dir_all(&folder).expect("a folder");
            let settings = DbSettings {
                url: DatabaseUrl::Sqlite(folder.join("newsline.db")),
                replicas: ReplicaUrls::default(),
                pooled: false,
                connections: size,
                wait,
                statement_timeout: Duration::from_secs(1),
                group: 1,
            };
            let connections = Connections::new(&settings, Arc::default());
            let pool = Pool::open(connections, size, wait, Box::new(LoggingErrorHandler));
            Self { folder, pool }
        }

        async fn run<T: Send + 'static>(
            &self,
            job: impl FnOnce() -> T + Send + 'static,
        ) -> Result<T, Problem> {
            self.pool.run(move |_| Ok(job())).await
        }
    }

    impl Drop for Scene {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }

    const LONG: Duration = Duration::from_secs(20);

    #[actix_web::test]
    async fn whoever_gives_up_before_their_turn_is_never_begun() {
        let scene = Scene::of(1, Duration::from_millis(500));
        let (go_on, held) = mpsc::channel::<()>();
        let (at_work, is_at_work) = tokio::sync::oneshot::channel();
        let first = scene.run(move || {
            at_work.send(()).expect("the second");
            held.recv_timeout(LONG).expect("a word");
        });
        let (begun, is_begun) = mpsc::channel::<()>();
        let second = async {
            is_at_work.await.expect("the first");
            let told = begun.clone();
            let second = scene.run(move || told.send(()).expect("a listener"));
            let refused = second.await.expect_err("no thread is free");
            assert_eq!(refused.code(), Code::Unavailable);
            // Somebody who goes away takes back what they brought.
            let (told, brought) = (begun.clone(), Arc::new(()));
            let kept = Arc::downgrade(&brought);
            let mut third = Box::pin(scene.run(move || {
                told.send(()).expect("a listener");
                drop(brought);
            }));
            assert!(third.as_mut().now_or_never().is_none());
            drop(third);
            assert_eq!(kept.strong_count(), 0);
            go_on.send(()).expect("the first");
        };
        let (first, ()) = futures_util::future::join(first, second).await;
        first.expect("one that has begun goes on, however long others wait");

        scene.run(|| ()).await.expect("the next");
        drop(begun);
        assert_eq!(is_begun.iter().count(), 0);
    }

    #[actix_web::test]
    async fn as_many_jobs_are_done_at_once_as_there_are_connections() {
        let scene = Scene::of(2, LONG);
        let (to_one, for_one) = mpsc::channel::<()>();
        let (to_other, for_other) = mpsc::channel::<()>();
        let one = scene.run(move || {
            to_other.send(()).expect("the other");
            for_one.recv_timeout(LONG).expect("the other is at work");
        });
        let other = scene.run(move || {
            to_one.send(()).expect("the one");
            for_other.recv_timeout(LONG).expect("the one is at work");
        });
        let (one, other) = futures_util::future::join(one, other).await;
        assert!(one.is_ok() && other.is_ok());
    }

    #[actix_web::test]
    async fn beyond_a_long_queue_jobs_are_refused_at_once() {
        let scene = Scene::of(1, LONG);
        let (go_on, held) = mpsc::channel::<()>();
        let (at_work, is_at_work) = tokio::sync::oneshot::channel();
        let first = scene.run(move || {
            at_work.send(()).expect("a listener");
            held.recv_timeout(LONG).expect("a word");
        });
        let others = async {
            is_at_work.await.expect("the first");
            let mut waiting: Vec<_> = (0..QUEUE).map(|_| Box::pin(scene.run(|| ()))).collect();
            for job in &mut waiting {
                assert!(job.as_mut().now_or_never().is_none());
            }
            let refused = scene.run(|| ()).await.expect_err("the queue is full");
            assert_eq!(refused.code(), Code::Unavailable);
            go_on.send(()).expect("the first");
            for job in waiting {
                job.await.expect("its turn");
            }
        };
        let (first, ()) = futures_util::future::join(first, others).await;
        first.expect("the first");
    }

    #[actix_web::test]
    async fn a_connection_keeps_so_many_statements_prepared_and_no_more() {
        let scene = Scene::of(1, LONG);
        let count = |from: usize| {
            scene.pool.run(move |conn| {
                for nth in from..from + MOST_PREPARED / 2 + 1 {
                    let number = diesel::select(
                        diesel::dsl::sql::<BigInt>(&format!("{nth} + "))
                            .bind::<BigInt, _>(1)
                            .sql(""),
                    );
                    let number: i64 = match conn {
                        DbConn::Sqlite(conn) => prepared(number).get_result(conn)?,
                        DbConn::Postgres(conn) => prepared(number).get_result(conn)?,
                    };
                    assert_eq!(number, nth as i64 + 1);
                }
                Ok::<_, Problem>(())
            })
        };
        let kept = || {
            let open = connection(&scene.pool.connections).expect("the connection");
            open.prepared.load(Ordering::Relaxed)
        };
        count(0).await.expect("the first half");
        count(0).await.expect("the same");
        assert_eq!(kept(), MOST_PREPARED / 2 + 1);
        count(1_000).await.expect("the other half");
        assert_eq!(kept(), 0);
        count(0).await.expect("the first half again");
        assert_eq!(kept(), MOST_PREPARED / 2 + 1);
    }

    #[actix_web::test]
    async fn a_job_that_panics_takes_nobody_with_it() {
        let scene = Scene::of(1, LONG);
        let broken = scene.run(|| panic!("as a test wants it")).await;
        let problem: Problem = broken.expect_err("it panicked");
        assert_eq!(problem.code(), Code::Internal);
        assert_eq!(scene.run(|| 7).await.expect("the next"), 7);
    }
}
