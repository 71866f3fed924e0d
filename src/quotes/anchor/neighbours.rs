//! What stands before and after the words: kept with a segment, and compared to tell places apart.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

use super::words::LaidOut;

/// How many code points of a block are kept before and after the words: enough to tell
/// repetitions apart, and what the W3C model calls a snippet.
const CONTEXT: usize = 32;

/// So many folded characters must agree before a neighbourhood that changed still counts as the
/// old one: fewer agree by chance, a full stop or the end of a common word.
const AGREEMENT_LEAST: usize = 4;

/// What it counts that the words stood at the edge of a block and do so again: less than any words.
const AGREEMENT_AT_EDGE: usize = 2;

/// The code points of a block before and after a range of it.
pub(super) fn context(block: &[char], range: &Range<usize>) -> (String, String) {
    let before = &block[range.start.saturating_sub(CONTEXT)..range.start];
    let after = &block[range.end..block.len().min(range.end + CONTEXT)];
    let cut_off = before.iter().take_while(|c| is_combining_mark(**c)).count();
    (before[cut_off..].iter().collect(), after.iter().collect())
}

/// How much of a remembered neighbourhood stands beside a place.
pub(super) struct Agreement {
    agreeing: usize,
    of: usize,
    at_edge: bool,
}

impl Agreement {
    fn new(remembered: &[char], beside: impl Iterator<Item = char>, at_edge: bool) -> Agreement {
        let agreeing = remembered
            .iter()
            .zip(beside)
            .take_while(|(a, b)| *a == b)
            .count();
        Agreement {
            agreeing,
            of: remembered.len(),
            at_edge,
        }
    }

    pub fn is_full(&self) -> bool {
        self.agreeing == self.of
    }

    pub fn weight(&self) -> usize {
        match self {
            Agreement { of: 0, at_edge, .. } => usize::from(*at_edge) * AGREEMENT_AT_EDGE,
            Agreement { agreeing, .. } if *agreeing >= AGREEMENT_LEAST || self.is_full() => {
                *agreeing
            }
            _ => 0,
        }
    }
}

impl LaidOut {
    /// Compares a folded prefix with what stands before a place of the folded text. White space
    /// next to the place does not count.
    pub(super) fn agreement_before(&self, prefix: &[char], start: usize) -> Agreement {
        let before = self.folded.text[..start].trim_space_end();
        let prefix: Vec<char> = prefix.trim_space_end().iter().rev().copied().collect();
        let at_edge = start == 0 || self.is_border_between(start - 1, start);
        Agreement::new(&prefix, before.iter().rev().copied(), at_edge)
    }

    /// The same for a suffix and what stands after a place.
    pub(super) fn agreement_after(&self, suffix: &[char], end: usize) -> Agreement {
        let after = self.folded.text[end..].trim_space_start();
        let at_edge = end == self.folded.text.len() || self.is_border_between(end - 1, end);
        Agreement::new(suffix.trim_space_start(), after.iter().copied(), at_edge)
    }

    /// Whether a border of blocks is among the code points of two folded characters.
    fn is_border_between(&self, first: usize, second: usize) -> bool {
        let (from, to) = (
            self.folded.from[first] as usize,
            self.folded.to[second] as usize,
        );
        self.block_at(from) != self.block_at(to)
    }
}

/// Folded text has at most one space in a row.
trait TrimSpace {
    fn trim_space_start(&self) -> &[char];
    fn trim_space_end(&self) -> &[char];
}

impl TrimSpace for [char] {
    fn trim_space_start(&self) -> &[char] {
        self.strip_prefix(&[' ']).unwrap_or(self)
    }

    fn trim_space_end(&self) -> &[char] {
        self.strip_suffix(&[' ']).unwrap_or(self)
    }
}
