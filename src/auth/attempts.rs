//! Guesses at one account's password, and how many are heard.
//!
//! Two limits count them, both by the address that was typed, whether or not there is such an
//! account: one for each place they come from, and one for all places from which nobody has signed
//! in to the account before. Neither locks anything: a bucket fills up again by itself, and
//! strangers who keep it empty shut out other strangers, not the people at their own desks, and
//! nobody who is signed in already.

use quick_cache::sync::Cache;
use std::hash::{BuildHasher, RandomState};

use crate::clock::Clock;
use crate::http::address::ClientAddress;
use crate::http::limits::{Limiter, Quota};
use crate::http::problem::Problem;

/// Places that are remembered, of all accounts together.
const PLACES: usize = 50_000;

/// Counts guesses.
pub struct Attempts {
    of_place: Limiter,
    of_strangers: Limiter,
    known_places: Cache<u64, ()>,
    hasher: RandomState,
}

impl Attempts {
    pub fn new(of_place: Quota, of_strangers: Quota, clock: &Clock) -> Self {
        Self {
            of_place: Limiter::new("account", of_place, clock),
            of_strangers: Limiter::new("account", of_strangers, clock),
            known_places: Cache::new(PLACES),
            hasher: RandomState::new(),
        }
    }

    /// Counts an attempt before it is looked at, so that many at once are counted, too.
    pub fn begin(&self, account: &str, from: ClientAddress) -> Result<(), Problem> {
        self.of_place.take((account, from))?;
        if self.known_places.get(&self.place(account, from)).is_none() {
            self.of_strangers.take(account)?;
        }
        Ok(())
    }

    /// The password was right: what was counted from this place is forgotten.
    pub fn succeeded(&self, account: &str, from: ClientAddress) {
        self.of_place.forgive((account, from));
        self.known_places.insert(self.place(account, from), ());
    }

    fn place(&self, account: &str, from: ClientAddress) -> u64 {
        self.hasher.hash_one((account, from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANA: &str = "ana@example.az";

    fn attempts(clock: &Clock) -> Attempts {
        Attempts::new(Quota::new(3, 60), Quota::new(5, 60), clock)
    }

    fn from(place: u8) -> ClientAddress {
        std::net::IpAddr::from([203, 0, 113, place]).into()
    }

    /// How many wrong guesses are heard.
    fn heard(attempts: &Attempts, account: &str, place: u8) -> usize {
        let guesses = 0..100;
        let heard = guesses.take_while(|_| attempts.begin(account, from(place)).is_ok());
        heard.count()
    }

    #[test]
    fn whoever_knows_the_password_is_never_slowed_down() {
        let attempts = attempts(&Clock::default());
        attempts.begin(ANA, from(1)).expect("the first");
        attempts.succeeded(ANA, from(1));
        for _ in 0..50 {
            attempts.begin(ANA, from(1)).expect("another");
            attempts.succeeded(ANA, from(1));
        }
    }

    #[test]
    fn guesses_from_many_places_are_few_together() {
        let attempts = attempts(&Clock::default());
        let heard = (1..50).map(|place| heard(&attempts, ANA, place));
        assert_eq!(heard.sum::<usize>(), 5);
    }

    #[test]
    fn strangers_do_not_lock_anybody_out_of_their_own_place() {
        let clock = Clock::default();
        let attempts = attempts(&clock);
        attempts.begin(ANA, from(1)).expect("at her desk");
        attempts.succeeded(ANA, from(1));
        (2..50).for_each(|place| {
            heard(&attempts, ANA, place);
        });
        assert!(attempts.begin(ANA, from(60)).is_err());
        assert!(attempts.begin(ANA, from(1)).is_ok());
        // And from another place she waits, but not for good.
        clock.advance(13);
        assert!(attempts.begin(ANA, from(60)).is_ok());
    }

    #[test]
    fn one_account_is_not_another() {
        let attempts = attempts(&Clock::default());
        assert_eq!(heard(&attempts, ANA, 1), 3);
        assert_eq!(heard(&attempts, "nobody@example.az", 1), 3);
    }
}
