//! Connections that are kept open, and the seats in which whoever wants one waits without taking
//! a thread.

use std::sync::Arc;
use std::time::{Duration, Instant as Moment};

use diesel::r2d2::{HandleError, Pool as R2d2Pool, PooledConnection};
use tokio::sync::Semaphore;

use super::connections::{self, Connections};
use super::{DbConn, Unavailable};

/// The connections to one server.
#[derive(Clone)]
pub(super) struct Pool {
    connections: R2d2Pool<Connections>,
    /// One for each connection.
    seats: Arc<Semaphore>,
    wait: Duration,
}

impl Pool {
    /// `wait` is for a seat, and then for its connection.
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
            seats: Arc::new(Semaphore::new(size as usize)),
            wait,
        }
    }

    /// Runs a job off the async threads, on a connection of its own.
    pub(super) async fn run<T, E>(
        &self,
        job: impl FnOnce(&mut DbConn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Unavailable> + Send + 'static,
    {
        let waiting = tokio::time::timeout(self.wait, self.seats.clone().acquire_owned()).await;
        let seat = waiting.map_err(|_| Unavailable::Busy)?;
        let seat = seat.map_err(|_| Unavailable::Gone)?;
        let connections = self.connections.clone();
        off_thread(move || {
            let answer = connection(&connections)
                .map_err(E::from)
                .and_then(|mut conn| job(&mut conn));
            drop(seat);
            answer
        })
        .await
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
