//! The one clock of the process. Tests put it forward instead of sleeping.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::db::Instant;

/// Tells the time, cut to microseconds. Clones show the same time.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    ahead_seconds: Arc<AtomicI64>,
}

impl Clock {
    pub fn now(&self) -> Instant {
        let ahead = self.ahead_seconds.load(Ordering::Relaxed);
        Instant::from_timestamp(jiff::Timestamp::now())
            .unwrap_or(Instant::EPOCH)
            .plus_seconds(ahead)
    }

    /// Puts this clock, and all its clones, forward.
    pub fn advance(&self, seconds: i64) {
        self.ahead_seconds.fetch_add(seconds, Ordering::Relaxed);
    }
}
