//! Numbers that look random and are always the same: SplitMix64 (Steele, Lea, Flood: Fast splittable
//! pseudorandom number generators, 2014), one stream for each thing that is made.

use uuid::Builder;

use crate::db::{Id, Instant};

/// A stream of numbers.
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// The stream of the `nth` thing of a kind.
    pub fn of(seed: u64, kind: u64, nth: u64) -> Self {
        let mut stream = Self(seed);
        for part in [kind, nth] {
            stream.0 = stream.next() ^ part;
        }
        stream
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 up to, but not including, `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    /// The same, with low numbers far more often than high ones: of a hundred the first comes ten
    /// times as often as the last.
    pub fn mostly_low(&mut self, end: usize) -> usize {
        let share = self.below(1 << 20) as f64 / f64::from(1 << 20);
        (share * share * end as f64) as usize
    }

    pub fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    pub fn pick<'a, T>(&mut self, among: &'a [T]) -> &'a T {
        &among[self.below(among.len())]
    }

    /// A UUID version 7 of that moment.
    pub fn id<T>(&mut self, at: Instant) -> Id<T> {
        let mut bytes = [0; 10];
        bytes[..8].copy_from_slice(&self.next().to_le_bytes());
        bytes[8..].copy_from_slice(&self.next().to_le_bytes()[..2]);
        let milliseconds = u64::try_from(at.microseconds() / 1000).unwrap_or_default();
        Id::from_uuid(Builder::from_unix_timestamp_millis(milliseconds, &bytes).into_uuid())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_stream_says_the_same_and_others_do_not() {
        let numbers =
            |mut chance: Chance| -> Vec<usize> { (0..8).map(|_| chance.below(1000)).collect() };
        let stream = numbers(Chance::of(1, 2, 3));
        assert_eq!(stream, numbers(Chance::of(1, 2, 3)));
        for other in [
            Chance::of(2, 2, 3),
            Chance::of(1, 3, 3),
            Chance::of(1, 2, 4),
        ] {
            assert_ne!(stream, numbers(other));
        }
    }

    #[test]
    fn ids_sort_by_their_moments() {
        let mut chance = Chance::of(1, 1, 1);
        let early: Id<()> = chance.id(Instant::EPOCH);
        let late: Id<()> = chance.id(Instant::EPOCH.plus_seconds(1));
        assert!(early < late);
        assert_eq!(early.uuid().get_version_num(), 7);
    }
}
