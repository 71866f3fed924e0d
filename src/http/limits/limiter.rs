//! Counting by key with the generic cell rate algorithm: a bucket that holds the quota and fills
//! evenly. Its state is a time per key, kept for a bounded number of keys.

use std::convert::Infallible;
use std::hash::{BuildHasher, Hash, RandomState};
use std::num::NonZeroU32;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::Clock as _;
use governor::middleware::StateInformationMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed, StateStore};
use governor::{RateLimiter, clock};
use quick_cache::sync::Cache;

use super::Standing;
use crate::clock::Clock;
use crate::http::problem::Problem;

/// So many in so many seconds, or no limit: `60/60`, `off`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota(Option<(NonZeroU32, NonZeroU32)>);

impl Quota {
    /// `None` for no limit, or where a number is zero.
    pub fn new(many: u32, seconds: u32) -> Self {
        Self(NonZeroU32::new(many).zip(NonZeroU32::new(seconds)))
    }
}

impl FromStr for Quota {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str =
            "expected REQUESTS/SECONDS such as 60/60, each from 1 to 1000000, or off";
        if text == "off" {
            return Ok(Self(None));
        }
        let number = |text: &str| text.parse().ok().filter(|number| *number <= 1_000_000);
        let (many, seconds) = text.split_once('/').ok_or(EXPECTED)?;
        let (many, seconds) = number(many).zip(number(seconds)).ok_or(EXPECTED)?;
        match Self::new(many, seconds) {
            Self(None) => Err(EXPECTED),
            quota => Ok(quota),
        }
    }
}

/// The app's clock as governor reads it.
struct LimitClock(Clock);

impl clock::Clock for LimitClock {
    type Instant = Nanos;
    fn now(&self) -> Nanos {
        let microseconds = self.0.now().microseconds();
        Nanos::new(u64::try_from(microseconds).unwrap_or(0) * 1_000)
    }
}

/// Keys whose state is kept, per limit. One takes less than 100 bytes. Beyond it the ones that were
/// seen least are forgotten: a flood of strangers costs their own memory, not that of regulars.
const KEYS: usize = 50_000;

#[derive(Clone)]
struct Cells(Arc<Cache<u64, Arc<InMemoryState>>>);

impl StateStore for Cells {
    type Key = u64;
    fn measure_and_replace<T, F, E>(&self, key: &u64, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let made = self
            .0
            .get_or_insert_with(key, || Ok::<_, Infallible>(Arc::default()));
        let Ok(cell) = made;
        cell.measure_and_replace(&NotKeyed::NonKey, decide)
    }
}

/// One limit.
pub struct Limiter {
    name: &'static str,
    counting: Option<Counting>,
}

struct Counting {
    many: NonZeroU32,
    seconds: NonZeroU32,
    // Keyed at random at each start: nobody outside can find two keys with one hash. Keys
    // themselves (addresses, e-mails) are not kept.
    hasher: RandomState,
    cells: Cells,
    limiter: RateLimiter<u64, Cells, LimitClock, StateInformationMiddleware>,
}

impl Limiter {
    /// A limit under the name that clients are told.
    pub fn new(name: &'static str, quota: Quota, clock: &Clock) -> Self {
        let counting = quota.0.and_then(|(many, seconds)| {
            let cells = Cells(Arc::new(Cache::new(KEYS)));
            let whole = Duration::from_secs(u64::from(seconds.get()));
            let quota = governor::Quota::with_period(whole / many.get())?.allow_burst(many);
            Some(Counting {
                many,
                seconds,
                hasher: RandomState::new(),
                limiter: RateLimiter::new(quota, cells.clone(), LimitClock(clock.clone())),
                cells,
            })
        });
        Self { name, counting }
    }

    /// Counts one for a key, or refuses with 429.
    pub fn take(&self, key: impl Hash) -> Result<Standing, Problem> {
        let Some(counting) = &self.counting else {
            return Ok(Standing::unlimited());
        };
        let key = counting.hasher.hash_one(key);
        let taken = counting.limiter.check_key(&key);
        let (remaining, wait) = match &taken {
            Ok(snapshot) => {
                let interval = snapshot.quota().replenish_interval();
                (snapshot.remaining_burst_capacity(), interval)
            }
            Err(until) => (0, until.wait_time_from(counting.limiter.clock().now())),
        };
        let standing = Standing::new(
            self.name,
            counting.many.get(),
            counting.seconds.get(),
            remaining,
            wait,
        );
        match taken {
            Ok(_) => Ok(standing),
            Err(_) => Err(standing.refusal()),
        }
    }

    /// Forgets what was counted for a key.
    pub fn forgive(&self, key: impl Hash) {
        if let Some(counting) = &self.counting {
            counting.cells.0.remove(&counting.hasher.hash_one(key));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(clock: &Clock) -> Limiter {
        Limiter::new("test", Quota::new(3, 60), clock)
    }

    #[test]
    fn a_quota_can_be_spent_at_once_and_fills_evenly() {
        let clock = Clock::default();
        let limiter = limiter(&clock);
        let spent = |key| (0..10).take_while(|_| limiter.take(key).is_ok()).count();
        assert_eq!(spent("a"), 3);
        assert_eq!(spent("b"), 3, "each key has its own");
        clock.advance(19);
        assert_eq!(spent("a"), 0);
        clock.advance(2);
        assert_eq!(spent("a"), 1);
        clock.advance(3600);
        assert_eq!(spent("a"), 3, "no more than the quota is saved up");
    }

    #[test]
    fn what_is_forgiven_is_not_counted() {
        let limiter = limiter(&Clock::default());
        for _ in 0..9 {
            assert!(limiter.take("a").is_ok());
            limiter.forgive("a");
        }
    }

    #[test]
    fn without_a_quota_nobody_is_counted() {
        let limiter = Limiter::new("test", "off".parse().expect("off"), &Clock::default());
        assert!((0..10_000).all(|_| limiter.take("a").is_ok()));
    }

    #[test]
    fn memory_is_bounded_and_regulars_are_remembered() {
        let clock = Clock::default();
        let limiter = limiter(&clock);
        while limiter.take("regular").is_ok() {}
        for stranger in 0..4 * KEYS {
            let _ = limiter.take(stranger);
            if stranger % 100 == 0 {
                assert!(limiter.take("regular").is_err(), "after {stranger}");
            }
        }
        let counting = limiter.counting.as_ref().expect("a quota");
        assert!(counting.cells.0.len() <= KEYS);
    }

    #[test]
    fn quotas_are_read_as_they_are_written() {
        assert_eq!("60/3600".parse(), Ok(Quota::new(60, 3600)));
        for text in [
            "",
            "60",
            "0/60",
            "60/0",
            "60/-1",
            "60/60s",
            "1000001/1",
            "OFF",
        ] {
            assert!(text.parse::<Quota>().is_err(), "{text}");
        }
    }
}
