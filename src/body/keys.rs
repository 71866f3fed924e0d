//! Keys: made where a block, span or annotation has none, and carried from the old body to the
//! new one when a body without keys (Markdown, HTML) is posted again.
//!
//! Made keys are short and depend on the body alone: `b1`, `b2` … for blocks, `s1` … for the spans
//! and `m1` … for the annotations of each block.

use std::cmp::Reverse;
use std::collections::{HashMap, VecDeque};

use similar::{Algorithm, DiffOp, capture_diff_slices};
use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::model::{Annotation, Block, Body};

/// How alike two paragraphs must be to pass for the same one, in thousandths: more than half of
/// their words, so that a rewritten sentence keeps its key and an exchanged one does not.
const ALIKE: usize = 600;
/// How far apart, within a stretch of changed paragraphs, a near match is looked for.
const REACH: usize = 16;
/// So many changed paragraphs, old and new, are compared with each other wherever they stand. A
/// person moves and rewords a few at a time; more are another text.
const ANYWHERE: usize = 48;

/// Makes the keys that are missing. Keys that are there stay.
pub(super) fn fill(body: &mut Body) {
    let mut next = Counter::after("b", body.0.iter().map(Block::key));
    for block in &mut body.0 {
        next.fill(block.key_mut());
        if let Block::Text(text) = block {
            let mut next = Counter::after("s", text.children.iter().map(|span| &*span.key));
            text.children
                .iter_mut()
                .for_each(|span| next.fill(&mut span.key));
            let mut next = Counter::after("m", text.mark_defs.iter().map(Annotation::key));
            text.mark_defs
                .iter_mut()
                .for_each(|def| next.fill(def.key_mut()));
        }
    }
}

/// Hands out keys of one letter and a number, beyond all numbers that are in use.
pub(super) struct Counter {
    letter: &'static str,
    last: u64,
}

impl Counter {
    pub fn after<'k>(letter: &'static str, keys: impl Iterator<Item = &'k str>) -> Self {
        // Beyond 15 digits the number is somebody else's and cannot be reached by counting.
        let number = |key: &str| {
            key.strip_prefix(letter)
                .filter(|n| n.len() < 16)?
                .parse()
                .ok()
        };
        Self {
            letter,
            last: keys.filter_map(number).max().unwrap_or(0),
        }
    }

    pub fn take(&mut self) -> String {
        self.last += 1;
        format!("{}{}", self.letter, self.last)
    }

    fn fill(&mut self, key: &mut String) {
        if key.is_empty() {
            *key = self.take();
        }
    }
}

/// Gives the blocks of `new` the keys of the blocks of `old` that are the same or nearly so, and
/// all others keys that `old` never had. The keys in `new` before do not matter.
///
/// The same two bodies always give the same keys.
pub fn keep_keys(new: &mut Body, old: &Body) {
    let mut pairs = Pairs::new(&old.0, &new.0);
    pairs.in_place();
    pairs.moved();
    pairs.reworded();
    pairs.moved_and_reworded();
    let kept = pairs.old_of_new;
    let mut next = Counter::after("b", old.0.iter().map(Block::key));
    for (block, from) in new.0.iter_mut().zip(kept) {
        *block.key_mut() = match from {
            Some(n) => old.0[n].key().to_owned(),
            None => next.take(),
        };
    }
}

/// Which old block each new block goes on from.
struct Pairs {
    old: Vec<String>,
    new: Vec<String>,
    old_of_new: Vec<Option<usize>>,
    taken: Vec<bool>,
    /// For each block, how many unchanged blocks stand before it.
    stretch_of_old: Vec<usize>,
    stretch_of_new: Vec<usize>,
}

impl Pairs {
    fn new(old: &[Block], new: &[Block]) -> Self {
        Self {
            old: old.iter().map(gist).collect(),
            new: new.iter().map(gist).collect(),
            old_of_new: vec![None; new.len()],
            taken: vec![false; old.len()],
            stretch_of_old: vec![0; old.len()],
            stretch_of_new: vec![0; new.len()],
        }
    }

    fn join(&mut self, old: usize, new: usize) {
        self.old_of_new[new] = Some(old);
        self.taken[old] = true;
    }

    /// Blocks that did not change, in the same order.
    fn in_place(&mut self) {
        let mut stretch = 0;
        for op in capture_diff_slices(Algorithm::Myers, &self.old, &self.new) {
            if let DiffOp::Equal {
                old_index,
                new_index,
                len,
            } = op
            {
                (0..len).for_each(|n| self.join(old_index + n, new_index + n));
                stretch += 1;
            }
            self.stretch_of_old[op.old_range()].fill(stretch);
            self.stretch_of_new[op.new_range()].fill(stretch);
        }
    }

    /// Blocks that stand elsewhere now, word for word.
    fn moved(&mut self) {
        let mut places: HashMap<String, VecDeque<usize>> = HashMap::new();
        for (n, gist) in self.old.iter().enumerate().filter(|(n, _)| !self.taken[*n]) {
            places.entry(gist.clone()).or_default().push_back(n);
        }
        for new in self.unpaired_new() {
            if let Some(old) = places.get_mut(&self.new[new]).and_then(VecDeque::pop_front) {
                self.join(old, new);
            }
        }
    }

    /// Blocks between the same unchanged blocks that share most of their words; the likest first.
    fn reworded(&mut self) {
        let (old, new) = (self.unpaired_old(), self.unpaired_new());
        self.join_likest(self.alike(&old, &new, |new| self.near(new)));
    }

    /// The same, wherever they stand.
    fn moved_and_reworded(&mut self) {
        let (mut old, mut new) = (self.unpaired_old(), self.unpaired_new());
        old.truncate(ANYWHERE);
        new.truncate(ANYWHERE);
        self.join_likest(self.alike(&old, &new, |_| old.clone()));
    }

    /// Pairs of blocks that are alike, and how much.
    fn alike(
        &self,
        old: &[usize],
        new: &[usize],
        places: impl Fn(usize) -> Vec<usize>,
    ) -> Vec<(usize, usize, usize)> {
        let bags: HashMap<usize, Bag> = old.iter().map(|n| (*n, Bag::of(&self.old[*n]))).collect();
        let mut pairs = Vec::new();
        for new in new {
            let bag = Bag::of(&self.new[*new]);
            let known = places(*new)
                .into_iter()
                .filter_map(|n| Some((n, bags.get(&n)?)));
            let alike = known.map(|(old, other)| (bag.alike(other), *new, old));
            pairs.extend(alike.filter(|(alike, ..)| *alike >= ALIKE));
        }
        pairs
    }

    fn join_likest(&mut self, mut pairs: Vec<(usize, usize, usize)>) {
        pairs.sort_unstable_by_key(|(alike, new, old)| (Reverse(*alike), *new, *old));
        for (_, new, old) in pairs {
            if self.old_of_new[new].is_none() && !self.taken[old] {
                self.join(old, new);
            }
        }
    }

    fn unpaired_new(&self) -> Vec<usize> {
        (0..self.new.len())
            .filter(|n| self.old_of_new[*n].is_none())
            .collect()
    }

    fn unpaired_old(&self) -> Vec<usize> {
        (0..self.old.len()).filter(|n| !self.taken[*n]).collect()
    }

    /// Old blocks without a new one, in the same stretch as the new block and at about its place.
    fn near(&self, new: usize) -> Vec<usize> {
        let stretch = self.stretch_of_new[new];
        let first_new = self.stretch_of_new.partition_point(|s| *s < stretch);
        let first_old = self.stretch_of_old.partition_point(|s| *s < stretch);
        let middle = first_old + (new - first_new);
        let reach = middle.saturating_sub(REACH)..(middle + REACH).min(self.old.len());
        reach
            .filter(|old| !self.taken[*old] && self.stretch_of_old[*old] == stretch)
            .collect()
    }
}

/// What makes a block that block, whatever its style, marks and details.
fn gist(block: &Block) -> String {
    match block {
        Block::Text(text) => format!("text {}", text.plain()),
        Block::Image(image) => format!("image {}", image.url),
        Block::Embed(embed) => format!("embed {}", embed.url),
        Block::PullQuote(pull) => format!("pull {}", pull.text),
    }
}

/// The words of a block, as sorted hashes: what counts is how many two blocks share. Their order
/// would cost the square of their number to compare.
struct Bag<'t> {
    kind: &'t str,
    words: Vec<u64>,
}

impl<'t> Bag<'t> {
    fn of(gist: &'t str) -> Self {
        let (kind, text) = gist.split_once(' ').unwrap_or((gist, ""));
        let mut words = match is_nfc_quick(text.chars()) {
            IsNormalized::Yes => hashes(text.chars()),
            _ => hashes(text.nfc()),
        };
        words.sort_unstable();
        Self { kind, words }
    }

    /// Sørensen–Dice over the words, in thousandths; 0 for blocks of different kinds.
    fn alike(&self, other: &Self) -> usize {
        let size = self.words.len() + other.words.len();
        let most = self.words.len().min(other.words.len());
        if self.kind != other.kind || size == 0 || 2000 * most / size < ALIKE {
            return 0;
        }
        2000 * shared(&self.words, &other.words) / size
    }
}

/// Hashes (FNV-1a) of the words, whatever their case and the marks around them. Two words with one
/// hash would make two paragraphs a little more alike, which does no harm.
fn hashes(text: impl Iterator<Item = char>) -> Vec<u64> {
    const NONE: u64 = 0xcbf2_9ce4_8422_2325;
    let mut words = Vec::new();
    let mut word = NONE;
    for c in text.flat_map(char::to_lowercase) {
        let c = match c {
            // The i of every language is one: a body does not say in which it is. İ has its dot as
            // a character of its own in lower case.
            '\u{307}' => continue,
            'ı' => 'i',
            _ => c,
        };
        if c.is_alphanumeric() || (c >= '\u{300}' && is_combining_mark(c)) {
            word = (word ^ u64::from(u32::from(c))).wrapping_mul(0x0100_0000_01b3);
        } else if word != NONE {
            words.push(std::mem::replace(&mut word, NONE));
        }
    }
    if word != NONE {
        words.push(word);
    }
    words
}

/// How many entries two sorted lists share, each counted as often as both have it.
fn shared(one: &[u64], other: &[u64]) -> usize {
    let (mut i, mut j, mut shared) = (0, 0, 0);
    while let (Some(a), Some(b)) = (one.get(i), other.get(j)) {
        shared += usize::from(a == b);
        i += usize::from(a <= b);
        j += usize::from(b <= a);
    }
    shared
}

#[cfg(test)]
mod tests {
    use super::super::from_markdown;
    use super::*;

    fn body(keys_and_words: &[(&str, &str)]) -> Body {
        let source: Vec<_> = keys_and_words.iter().map(|(_, words)| *words).collect();
        let mut body = from_markdown(&source.join("\n\n")).unwrap();
        for (block, (key, _)) in body.0.iter_mut().zip(keys_and_words) {
            *block.key_mut() = (*key).to_owned();
        }
        body
    }

    fn keys(old: &Body, new: &str) -> Vec<String> {
        let mut new = from_markdown(new).unwrap();
        keep_keys(&mut new, old);
        new.0.iter().map(|block| block.key().to_owned()).collect()
    }

    #[test]
    fn paragraphs_that_stay_keep_their_keys() {
        let old = body(&[("x", "One."), ("y", "Two."), ("b7", "Three.")]);
        assert_eq!(keys(&old, "One.\n\nTwo.\n\nThree."), ["x", "y", "b7"]);
        assert_eq!(keys(&old, "Zero.\n\nOne.\n\nThree."), ["b8", "x", "b7"]);
    }

    #[test]
    fn a_moved_paragraph_keeps_its_key() {
        let old = body(&[("b1", "One."), ("b2", "Two."), ("b3", "Three.")]);
        assert_eq!(keys(&old, "Three.\n\nOne.\n\nTwo."), ["b3", "b1", "b2"]);
    }

    #[test]
    fn a_reworded_paragraph_keeps_its_key_and_a_new_one_gets_a_new_key() {
        let old = body(&[("b1", "Lead."), ("b2", "The bridge will open in May.")]);
        assert_eq!(
            keys(&old, "Lead.\n\nThe bridge will open in June."),
            ["b1", "b2"]
        );
        assert_eq!(
            keys(&old, "Lead.\n\nNobody spoke of anything else."),
            ["b1", "b3"]
        );
    }

    #[test]
    fn of_two_alike_the_liker_keeps_the_key() {
        let old = body(&[("b1", "a b c d e f")]);
        assert_eq!(keys(&old, "a b c d x y\n\na b c d e x"), ["b2", "b1"]);
    }

    #[test]
    fn a_paragraph_that_is_moved_and_reworded_keeps_its_key() {
        let old = body(&[
            ("b1", "The bridge will open in May."),
            ("b2", "Lead."),
            ("b3", "End."),
        ]);
        assert_eq!(
            keys(&old, "Lead.\n\nEnd.\n\nThe bridge will open in June."),
            ["b2", "b3", "b1"]
        );
    }

    #[test]
    fn typography_and_case_are_no_other_words() {
        let old = body(&[
            ("x", "Nazir dedi: «İşıq gəlir»."),
            ("y", "Он сказал: «Мой край»."),
            ("z", "Lead."),
        ]);
        let new = "NAZİR DEDİ: “İŞIQ GƏLİR”!\n\nОн сказал – “мои\u{306} краи\u{306}”.\n\nLead.";
        assert_eq!(keys(&old, new), ["x", "y", "z"]);
    }

    #[test]
    fn a_paragraph_made_a_heading_keeps_its_key() {
        let old = body(&[("b1", "The bridge"), ("b2", "It opens.")]);
        assert_eq!(keys(&old, "## The bridge\n\nIt opens."), ["b1", "b2"]);
    }
}
