//! Connections that are kept open, and the threads that work on them. Whoever wants one waits in a
//! queue without taking a thread, and who has done one job goes on with the next: under load nobody
//! has to be woken.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant as Moment};

use diesel::r2d2::{HandleError, Pool as R2d2Pool, PooledConnection};
use tokio::sync::oneshot;

use super::connections::{self, Connections};
use super::{DbConn, Unavailable};

/// The connections to one server.
#[derive(Clone)]
pub(super) struct Pool {
    connections: R2d2Pool<Connections>,
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
            .build_unchecked(connections);
        Self {
            connections,
            crew: Arc::new(Crew::of(size as usize)),
            wait,
        }
    }

    /// Runs a job off the async threads, on a connection of its own. One whose caller goes away or
    /// gives up before its turn is never begun.
    pub(super) async fn run<T, E>(
        &self,
        job: impl FnOnce(&mut DbConn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Unavailable> + Send + 'static,
    {
        let (caller, mut answered) = oneshot::channel();
        let turn = Arc::new(AtomicBool::new(true));
        let (connections, taken) = (self.connections.clone(), turn.clone());
        self.crew.do_in_turn(Box::new(move || {
            if caller.is_closed() || !taken.swap(false, Ordering::AcqRel) {
                return;
            }
            // Within, so that a connection on which somebody panicked is seen to be broken.
            let worked = catch_unwind(AssertUnwindSafe(|| {
                let mut conn = connection(&connections)?;
                job(&mut conn)
            }));
            // A caller that has gone away does not want the answer.
            let _ = caller.send(worked.unwrap_or_else(|_| Err(Unavailable::Panicked.into())));
        }))?;
        let answer = match tokio::time::timeout(self.wait, &mut answered).await {
            Ok(answer) => answer,
            Err(_) if turn.swap(false, Ordering::AcqRel) => return Err(Unavailable::Busy.into()),
            Err(_) => answered.await,
        };
        answer.map_err(|_| Unavailable::Gone)?
    }
}

type Job = Box<dyn FnOnce() + Send>;

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
    jobs: VecDeque<Job>,
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

    fn do_in_turn(&self, job: Job) -> Result<(), Unavailable> {
        let mut state = self.board.state();
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
        state.jobs.push_back(job);
        Ok(())
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
        while let Some(job) = self.next() {
            job();
        }
    }

    fn next(&self) -> Option<Job> {
        let mut state = self.state();
        loop {
            if let Some(job) = state.jobs.pop_front() {
                return Some(job);
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

struct LastUsed(Moment);

/// A connection that answers.
fn connection(
    connections: &R2d2Pool<Connections>,
) -> Result<PooledConnection<Connections>, Unavailable> {
    for _ in 0..=connections.max_size() {
        // Who has a seat would have a connection, if one could be had.
        let mut conn = connections.get().map_err(|_| Unavailable::Gone)?;
        let last = PooledConnection::extensions(&conn).get();
        let is_fresh = last.is_some_and(|LastUsed(at)| at.elapsed() < FRESH);
        if is_fresh || connections::answers(&mut conn).is_ok() {
            PooledConnection::extensions_mut(&mut conn).insert(LastUsed(Moment::now()));
            return Ok(conn);
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

    use diesel::r2d2::LoggingErrorHandler;

    use super::*;
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
        let scene = Scene::of(1, Duration::from_millis(200));
        scene.run(|| ()).await.expect("a thread and its connection");
        let (go_on, held) = mpsc::channel::<()>();
        let (begun, is_begun) = mpsc::channel::<&str>();
        let told = begun.clone();
        let first = scene.run(move || {
            told.send("first").expect("a listener");
            held.recv_timeout(LONG).expect("a word");
        });
        let second = async {
            let told = begun.clone();
            let second = scene.run(move || told.send("second").expect("a listener"));
            let refused = second.await.expect_err("no thread is free");
            assert_eq!(refused.code(), Code::Unavailable);
            go_on.send(()).expect("the first");
        };
        let (first, ()) = futures_util::future::join(first, second).await;
        first.expect("one that has begun goes on, however long others wait");

        scene.run(|| ()).await.expect("the third");
        drop(begun);
        assert_eq!(is_begun.iter().collect::<Vec<_>>(), ["first"]);
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
    async fn a_job_that_panics_takes_nobody_with_it() {
        let scene = Scene::of(1, LONG);
        let broken = scene.run(|| panic!("as a test wants it")).await;
        let problem: Problem = broken.expect_err("it panicked");
        assert_eq!(problem.code(), Code::Internal);
        assert_eq!(scene.run(|| 7).await.expect("the next"), 7);
    }
}
