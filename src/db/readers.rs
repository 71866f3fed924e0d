//! Where readers' reads go: to a replica that shows all that this process knows of, or else to the
//! primary.
//!
//! A replica shows the number of the change log in the snapshot of its rows. Where that is no less
//! than the highest one that this process has acknowledged or heard of, its answer is as good as one
//! of the primary's, and rests on the same grounds in the read cache. So what somebody was told to be
//! published or withdrawn is so for all who ask here, however far the replica lags behind.
//!
//! No request waits long for a replica: one that is away is left alone for a while, one that is behind
//! for as long as it has been.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant as Moment};

use diesel::r2d2::HandleError;
use prometheus::IntCounter;

use super::connections::Connections;
use super::pool::Pool;
use super::{Db, DbConn, DbSettings, JobError, Unavailable, dialect, transactions};
use crate::changes::store;

/// How long a request waits for its turn at a replica, and again for a connection.
const WAIT: Duration = Duration::from_millis(500);
/// How long it waits for the answer.
const ANSWER: Duration = Duration::from_secs(2);
/// How long a replica that was away is left alone.
const AWAY: Duration = Duration::from_secs(2);
/// For how long one that is behind is left alone, at the most.
const BEHIND: Duration = Duration::from_secs(1);

/// What became of readers' reads, where there are replicas.
#[derive(Clone)]
pub struct ReplicaReads {
    /// Answered by a replica.
    pub answered: IntCounter,
    /// Went to the primary, because the replica did not show all that was known.
    pub behind: IntCounter,
    /// Went to the primary, because the replica could not be used.
    pub away: IntCounter,
}

/// The database as readers' handlers have it: it can be read, and nothing else.
pub struct ReadersDb {
    primary: Db,
    replicas: Box<[Replica]>,
    next: AtomicUsize,
    reads: ReplicaReads,
}

impl ReadersDb {
    pub fn open(primary: Db, settings: &DbSettings, reads: ReplicaReads) -> Self {
        let replicas = settings.replicas.urls().iter().enumerate();
        let replica = |(nth, url): (usize, &String)| {
            let connections = primary.connections.to_replica(url);
            Replica::open(nth + 1, connections, settings.connections)
        };
        Self {
            replicas: replicas.map(replica).collect(),
            primary,
            next: AtomicUsize::new(0),
            reads,
        }
    }

    /// Runs one statement.
    pub async fn read<T, E>(
        &self,
        job: impl FnOnce(&mut DbConn) -> Result<T, E> + Clone + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: JobError,
    {
        match self.ask_replica(&job).await {
            Some(answer) => answer,
            None => self.primary.read(job).await,
        }
    }

    /// Runs several statements that see one state of the database.
    pub async fn read_snapshot<T, E>(
        &self,
        job: impl FnOnce(&mut DbConn) -> Result<T, E> + Clone + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: JobError,
    {
        match self.ask_replica(&job).await {
            Some(answer) => answer,
            None => self.primary.read_snapshot(job).await,
        }
    }

    /// A replica's answer; nothing where the primary has to be asked.
    async fn ask_replica<T, E>(
        &self,
        job: &(impl FnOnce(&mut DbConn) -> Result<T, E> + Clone + Send + 'static),
    ) -> Option<Result<T, E>>
    where
        T: Send + 'static,
        E: JobError,
    {
        let touched = self.primary.touched();
        let replica = self.whoever_is_there()?;
        if !touched.is_present(Moment::now()) {
            return None;
        }
        match replica.ask(touched.highest(), job.clone()).await {
            Ok(Shown::All(answer)) => {
                replica.found_well();
                if matches!(&answer, Err(error) if error.is_of_the_database()) {
                    // It went away on the way, or replayed what the statement was reading.
                    self.reads.away.inc();
                    return None;
                }
                self.reads.answered.inc();
                Some(answer)
            }
            Ok(Shown::Less) => {
                replica.found_behind();
                self.reads.behind.inc();
                None
            }
            Err(Unavailable::Panicked) => Some(Err(Unavailable::Panicked.into())),
            Err(unavailable) => {
                // One that is busy is well.
                if unavailable != Unavailable::Busy {
                    replica.found_away(unavailable);
                }
                self.reads.away.inc();
                None
            }
        }
    }

    /// The next replica in turn that is not left alone.
    fn whoever_is_there(&self) -> Option<&Replica> {
        let first = self.next.fetch_add(1, Ordering::Relaxed);
        let turns = (0..self.replicas.len()).map(|turn| first.wrapping_add(turn));
        turns
            .filter_map(|turn| self.replicas.get(turn % self.replicas.len()))
            .find(|replica| replica.may_be_asked())
    }
}

/// What a replica showed.
enum Shown<T, E> {
    All(Result<T, E>),
    /// Less than is known.
    Less,
}

struct Replica {
    /// Its place in the setting, from 1: what the log calls it.
    nth: usize,
    pool: Pool,
    terms: transactions::Terms,
    opened: Moment,
    /// Microseconds since `opened`, before which nobody asks it.
    rests_until: AtomicU64,
    /// Microseconds since `opened`; 0 where it is not behind.
    behind_since: AtomicU64,
    is_lost: AtomicBool,
    last_failure: LastFailure,
}

impl Replica {
    fn open(nth: usize, connections: Connections, size: u32) -> Self {
        let last_failure = LastFailure::default();
        Self {
            nth,
            terms: connections.terms(),
            pool: Pool::open(connections, size, WAIT, Box::new(last_failure.clone())),
            opened: Moment::now(),
            rests_until: AtomicU64::new(0),
            behind_since: AtomicU64::new(0),
            is_lost: AtomicBool::new(false),
            last_failure,
        }
    }

    /// Reads in one snapshot the number of the log and, where that is enough, what is asked for.
    async fn ask<T, E>(
        &self,
        needed: i64,
        job: impl FnOnce(&mut DbConn) -> Result<T, E> + Send + 'static,
    ) -> Result<Shown<T, E>, Unavailable>
    where
        T: Send + 'static,
        E: JobError,
    {
        let (terms, failure) = (self.terms, self.last_failure.clone());
        let asked = self.pool.run(move |conn| {
            let begun = terms.begin_snapshot(conn);
            let shown = begun.and_then(|()| store::last(conn)).map_err(|error| {
                failure.note(&error);
                Unavailable::Gone
            })?;
            let shown = match shown >= needed {
                true => Shown::All(job(conn)),
                false => Shown::Less,
            };
            // A transaction that cannot be ended is one of a connection that the pool will not keep.
            let _ = transactions::end(conn);
            Ok(shown)
        });
        match tokio::time::timeout(ANSWER, asked).await {
            Ok(shown) => shown,
            Err(late) => {
                self.last_failure.note(&late);
                Err(Unavailable::Gone)
            }
        }
    }

    fn now(&self) -> u64 {
        micros(self.opened.elapsed())
    }

    fn may_be_asked(&self) -> bool {
        let (until, now) = (self.rests_until.load(Ordering::Relaxed), self.now());
        if until > now || !self.is_lost.load(Ordering::Relaxed) {
            return until <= now;
        }
        // Whether one that was lost is back, a single request finds out.
        let next = now.saturating_add(micros(AWAY));
        let turn = &self.rests_until;
        turn.compare_exchange(until, next, Ordering::Relaxed, Ordering::Relaxed)
            .is_ok()
    }

    fn rest(&self, duration: Duration) {
        let until = self.now().saturating_add(micros(duration));
        self.rests_until.store(until, Ordering::Relaxed);
    }

    fn found_well(&self) {
        self.behind_since.store(0, Ordering::Relaxed);
        if self.is_lost.swap(false, Ordering::Relaxed) {
            self.rests_until.store(0, Ordering::Relaxed);
            tracing::info!(replica = self.nth, "readers' reads go to the replica again");
        }
    }

    /// A moment after a write it is behind by as much; one that has long been so is rarely asked.
    fn found_behind(&self) {
        let now = self.now().max(1);
        let since =
            self.behind_since
                .compare_exchange(0, now, Ordering::Relaxed, Ordering::Relaxed);
        let since = since.unwrap_or_else(|since| since);
        let behind = Duration::from_micros(now.saturating_sub(since));
        self.rest(behind.min(BEHIND));
    }

    fn found_away(&self, unavailable: Unavailable) {
        self.rest(AWAY);
        if !self.is_lost.swap(true, Ordering::Relaxed) {
            let error = self.last_failure.told();
            let error = error.unwrap_or_else(|| unavailable.to_string());
            tracing::warn!(
                replica = self.nth,
                error,
                "a replica cannot be used: readers' reads go to the primary"
            );
        }
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// Why a replica could not be used last; told once, and not at each try.
#[derive(Debug, Clone, Default)]
struct LastFailure(Arc<Mutex<Option<String>>>);

impl LastFailure {
    fn note(&self, error: &impl std::fmt::Display) {
        let error = dialect::connection_for_log(error);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }

    fn told(&self) -> Option<String> {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.take()
    }
}

impl HandleError<diesel::r2d2::Error> for LastFailure {
    fn handle_error(&self, error: diesel::r2d2::Error) {
        self.note(&error);
    }
}
