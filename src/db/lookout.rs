//! Looks out for changes that others made: other nodes on the same database, or the command line
//! beside a running server. It has a thread and a connection of its own, so that it sees them
//! also while every connection of the pool is taken.
//!
//! The log's own number is asked for, not a notification: LISTEN needs a session of its own, which
//! poolers and distributed engines do not give, NOTIFY holds a lock over each commit, and neither
//! would make the number less needed. One statement by key, five times a second, is what it costs.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant as Moment};

use diesel::QueryResult;

use super::connections::Connections;
use super::{DbConn, OpenError, dialect};
use crate::changes::store;
use crate::changes::touched::Touched;

/// How long it waits between two looks.
const PAUSE: Duration = Duration::from_millis(200);
/// How many changes it reads at a time.
const STRETCH: i64 = 1000;
/// Beyond so many it does not read what was missed: all answers are void then.
const TOO_MANY: i64 = 10_000;

/// A request to look now; whoever asks hears when it is done.
type Wish = Sender<()>;

/// The thread ends when this is dropped.
pub(super) struct Lookout {
    wishes: Mutex<Sender<Wish>>,
}

impl Lookout {
    /// Takes the first look before it gives back.
    pub(super) fn start(
        connections: Connections,
        touched: Arc<Touched>,
    ) -> Result<Self, OpenError> {
        let mut conn = connections
            .connect()
            .map_err(|error| OpenError::Connection(error.to_string()))?;
        let now = Moment::now();
        let last =
            store::last(&mut conn).map_err(|error| OpenError::Connection(error.to_string()))?;
        touched.open_at(last);
        touched.heard_at(now);
        let (wishes, asked) = channel();
        std::thread::Builder::new()
            .name("newsline-lookout".into())
            .spawn(move || watch(&connections, Some(conn), &touched, &asked))?;
        Ok(Self {
            wishes: Mutex::new(wishes),
        })
    }

    /// Looks now, and waits until it has.
    pub(super) fn look(&self) {
        let (done, seen) = channel();
        let wishes = self.wishes.lock().unwrap_or_else(PoisonError::into_inner);
        if wishes.send(done).is_ok() {
            let _ = seen.recv();
        }
    }
}

fn watch(
    connections: &Connections,
    mut conn: Option<DbConn>,
    touched: &Touched,
    asked: &Receiver<Wish>,
) {
    let mut is_lost = false;
    loop {
        let wish = match asked.recv_timeout(PAUSE) {
            Ok(wish) => Some(wish),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => return,
        };
        let moment = Moment::now();
        match look(connections, conn.take(), touched) {
            Ok(connected) => {
                touched.heard_at(moment);
                conn = Some(connected);
                is_lost = false;
            }
            Err(error) if !is_lost => {
                let error = dialect::for_log(&error);
                tracing::warn!(
                    error,
                    "the change log cannot be looked at: nothing is answered from memory"
                );
                is_lost = true;
            }
            Err(_) => {}
        }
        if let Some(wish) = wish {
            let _ = wish.send(());
        }
    }
}

/// One look, on the connection that is there or on a new one; gives it back, or says why not.
fn look(
    connections: &Connections,
    conn: Option<DbConn>,
    touched: &Touched,
) -> Result<DbConn, String> {
    let mut conn = match conn {
        Some(conn) => conn,
        None => connections.connect().map_err(|error| error.to_string())?,
    };
    catch_up(&mut conn, touched).map_err(|error| error.to_string())?;
    Ok(conn)
}

/// Writes down what happened since the last look.
fn catch_up(conn: &mut DbConn, touched: &Touched) -> QueryResult<()> {
    // Asked first: own writes go on meanwhile, and the log shows no less than what is known.
    let known = touched.known();
    let last = store::last(conn)?;
    // A number that went back is that of a restored database.
    if last < known || last - known > TOO_MANY {
        touched.open_at(last);
    }
    while touched.known() < last {
        let known = touched.known();
        touched.note(&store::touched_after(conn, known, STRETCH)?);
        if touched.known() == known {
            // The log has a hole: what happened cannot be told.
            touched.open_at(last);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{DbSettings, ReplicaUrls};

    #[test]
    fn where_no_connection_is_to_be_had_the_cause_is_told() {
        let settings = DbSettings {
            url: "sqlite:///nowhere/newsline.db".parse().expect("a URL"),
            connections: 1,
            wait: Duration::from_secs(1),
            statement_timeout: Duration::from_secs(1),
            replicas: ReplicaUrls::default(),
            pooled: false,
            group: 1,
        };
        let connections = Connections::new(&settings, Arc::default());
        let looked = look(&connections, None, &Touched::default()).map(drop);
        let cause = looked.expect_err("there is no such folder");
        assert!(cause.contains("unable to open"), "{cause}");
    }
}
