//! A body laid out for searching, once per save and for all quotes of it.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::AtomicUsize;

use unicode_normalization::char::is_combining_mark;

use super::fold::{Folded, Folder, folded};
use super::near::COMPARISONS_MOST;
use super::{Hint, Place};
use crate::language::is_unseen;

/// The blocks of one body in one language. Nothing is folded before a quote needs it.
pub struct Words<'a> {
    pub(super) places: &'a [Place<'a>],
    pub(super) lang: &'a str,
    by_key: HashMap<&'a str, usize>,
    laid_out: OnceLock<LaidOut>,
}

impl<'a> Words<'a> {
    pub fn new(places: &'a [Place<'a>], lang: &'a str) -> Words<'a> {
        let by_key = places
            .iter()
            .enumerate()
            .rev()
            .map(|(at, place)| (place.block, at));
        Words {
            places,
            lang,
            by_key: by_key.collect(),
            laid_out: OnceLock::new(),
        }
    }

    pub(super) fn place(&self, block: &str) -> Option<&'a Place<'a>> {
        self.by_key.get(block).map(|&at| &self.places[at])
    }

    pub(super) fn laid_out(&self) -> &LaidOut {
        self.laid_out
            .get_or_init(|| LaidOut::new(self.places, self.lang))
    }

    /// Code points of a block as those of the whole text, cut at the end of the block.
    pub(super) fn range(&self, block: &str, start: u32, end: u32) -> Option<Range<usize>> {
        let block = self.laid_out().block(*self.by_key.get(block)?);
        let position = |at: u32| (block.start + at as usize).min(block.end);
        Some(position(start)..position(end))
    }

    pub(super) fn hinted(&self, hints: &[Hint]) -> Vec<Range<usize>> {
        hints
            .iter()
            .filter_map(|hint| self.range(hint.block, hint.start, hint.end))
            .collect()
    }
}

/// Words to search for, without white space around them.
pub(super) struct Sought {
    pub exact: Vec<char>,
    pub folded: Folded,
}

impl Sought {
    pub fn new(exact: &str, lang: &str) -> Sought {
        let exact = exact.trim_matches(is_blank);
        Sought {
            exact: exact.chars().collect(),
            folded: folded(exact, lang),
        }
    }
}

/// A place of the sought words in the whole text.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// In the folded text.
    pub folded: Range<usize>,
    /// Code points of the whole text.
    pub at: Range<usize>,
    /// Whether the words are the same without folding, the border of two blocks being as good
    /// as white space.
    pub same: bool,
}

/// What of the sought words may stand against the border of two blocks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Borders {
    AnyWhiteSpace,
    LineBreaks,
}

/// Stands for a border of two blocks in sought words. Counts as white space of any kind.
pub(super) const BORDER: char = '\u{2029}';

/// A run of letters and digits in folded text.
#[derive(Clone, Copy)]
pub(super) struct Word {
    pub at: u32,
    pub len: u32,
}

impl Word {
    pub fn range(self) -> Range<usize> {
        self.at as usize..(self.at + self.len) as usize
    }
}

/// The whole text: all blocks with one position between each two of them.
pub(super) struct LaidOut {
    pub text: Vec<char>,
    pub folded: Folded,
    /// The words of `folded`, in order.
    pub words: Vec<Word>,
    /// Where each block begins, and where one more would.
    starts: Vec<usize>,
    /// Hash of a word and its number in `words`, sorted.
    by_hash: Vec<(u32, u32)>,
    /// How many words and marks may still be compared in search of words that are alike.
    pub comparisons_left: AtomicUsize,
}

impl LaidOut {
    fn new(places: &[Place], lang: &str) -> LaidOut {
        let most = places.iter().map(|place| place.text.len() + 1).sum();
        let mut folder = Folder::with_capacity(lang, most);
        let mut text = Vec::with_capacity(most);
        let mut starts = vec![0];
        for place in places {
            folder.text(place.text);
            folder.border();
            text.extend(place.text.chars());
            text.push('\n');
            starts.push(text.len());
        }
        let folded = folder.folded();
        let words = words(&folded.text);
        let hash =
            |(number, word): (usize, &Word)| (hash(&folded.text[word.range()]), number as u32);
        let mut by_hash: Vec<_> = words.iter().enumerate().map(hash).collect();
        by_hash.sort_unstable();
        LaidOut {
            text,
            folded,
            words,
            starts,
            by_hash,
            comparisons_left: AtomicUsize::new(COMPARISONS_MOST),
        }
    }

    /// The code points of a block in the whole text.
    pub fn block(&self, number: usize) -> Range<usize> {
        self.starts[number]..self.starts[number + 1] - 1
    }

    /// The number of the block at a position; the border after a block belongs to it.
    pub fn block_at(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at) - 1
    }

    /// The code points that a stretch of the folded text stands for.
    pub fn unfolded(&self, range: &Range<usize>) -> Range<usize> {
        self.folded.from[range.start] as usize..self.folded.to[range.end - 1] as usize
    }

    /// The folded characters that stand for any of some code points.
    pub fn folded_range(&self, at: &Range<usize>) -> Range<usize> {
        let start = self
            .folded
            .to
            .partition_point(|to| *to as usize <= at.start);
        start
            ..self
                .folded
                .from
                .partition_point(|from| (*from as usize) < at.end)
                .max(start)
    }

    /// The numbers of the words with a hash.
    pub fn with_hash(&self, hash: u32) -> impl ExactSizeIterator<Item = usize> + '_ {
        let from = self.by_hash.partition_point(|entry| entry.0 < hash);
        let count = self.by_hash[from..].partition_point(|entry| entry.0 == hash);
        self.by_hash[from..from + count]
            .iter()
            .map(|entry| entry.1 as usize)
    }

    /// Every place of the words, the same or in another form, in the order of the text.
    pub fn places_of(&self, sought: &Sought, borders: Borders) -> Vec<Found> {
        let found = |start: usize| {
            let folded = start..start + sought.folded.text.len();
            let at = self.unfolded(&folded);
            let same = self.is_same(&sought.exact, &at, borders);
            Found { folded, at, same }
        };
        self.matches(&sought.folded.text)
            .into_iter()
            .map(found)
            .collect()
    }

    fn matches(&self, sought: &[char]) -> Vec<usize> {
        let fits = |start: &usize| {
            self.folded.text[*start..].starts_with(sought)
                && self.folded.is_edge(*start)
                && self.folded.is_edge(start + sought.len())
        };
        if sought.is_empty() || sought.len() > self.folded.text.len() {
            return Vec::new();
        }
        match self.rarest_word(sought) {
            Some((word, rarest)) => {
                let start = |number: usize| (self.words[number].at as usize).checked_sub(word);
                self.with_hash(rarest)
                    .filter_map(start)
                    .filter(fits)
                    .collect()
            }
            None => (0..=self.folded.text.len() - sought.len())
                .filter(fits)
                .collect(),
        }
    }

    /// Offset and hash of the sought word that the text has least often. The first and the last
    /// word may be parts of longer ones in the text, so only those between are asked.
    fn rarest_word(&self, sought: &[char]) -> Option<(usize, u32)> {
        let inner = |word: &Word| word.at > 0 && word.range().end < sought.len();
        words(sought)
            .into_iter()
            .filter(inner)
            .map(|word| (word.at as usize, hash(&sought[word.range()])))
            .min_by_key(|(_, hash)| self.with_hash(*hash).len())
    }

    /// Whether a stretch of the text is the sought words, without folding.
    fn is_same(&self, sought: &[char], at: &Range<usize>, borders: Borders) -> bool {
        let (mut i, mut j) = (0, at.start);
        while i < sought.len() && j < at.end {
            let (space_i, space_j) = (spaces(&sought[i..]), spaces(&self.text[j..at.end]));
            let (ours, theirs) = (&sought[i..i + space_i], &self.text[j..j + space_j]);
            let agree = if space_i == 0 || space_j == 0 {
                sought[i] == self.text[j]
            } else if self.block_at(j) != self.block_at(j + space_j) {
                borders == Borders::AnyWhiteSpace || ours.iter().any(|c| is_line_break(*c))
            } else {
                ours == theirs || ours.contains(&BORDER)
            };
            if !agree {
                return false;
            }
            (i, j) = (i + space_i.max(1), j + space_j.max(1));
        }
        i == sought.len() && j == at.end
    }

    /// Whether a border of the place stands within a word: before it, after it.
    pub fn cuts_words(&self, at: &Range<usize>) -> (bool, bool) {
        let within = |i: usize| i > 0 && joins_words(self.text[i - 1]) && joins_words(self.text[i]);
        (within(at.start), at.end < self.text.len() && within(at.end))
    }
}

/// The words of a folded text. Scripts without spaces give a word for each character.
pub(super) fn words(text: &[char]) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut open = false;
    for (at, c) in text.iter().enumerate() {
        let joins = joins_words(*c);
        match words.last_mut() {
            Some(word) if open && joins => word.len += 1,
            _ if joins || c.is_alphanumeric() => words.push(Word {
                at: at as u32,
                len: 1,
            }),
            _ => {}
        }
        open = joins;
    }
    words
}

/// Whether two such characters side by side belong to one word.
pub(super) fn joins_words(c: char) -> bool {
    match c {
        // Most of what is asked, spared the tables.
        '\0'..='\u{7f}' => c.is_ascii_alphanumeric(),
        '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2c1}' | '\u{400}'..='\u{481}' => true,
        // Scripts without spaces: Thai, Lao, Burmese, Khmer, Chinese, Japanese.
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' => false,
        '\u{2e80}'..='\u{a4cf}' | '\u{f900}'..='\u{faff}' | '\u{20000}'.. => false,
        _ => c.is_alphanumeric() || (c >= '\u{300}' && is_combining_mark(c)),
    }
}

/// White space, or what shows nothing.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() || is_unseen(c)
}

fn is_line_break(c: char) -> bool {
    matches!(c, '\n'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// How many characters of white space the text begins with.
fn spaces(text: &[char]) -> usize {
    text.iter().take_while(|c| c.is_whitespace()).count()
}

/// FNV-1a: quick on short words; every use compares the words themselves afterwards.
pub(super) fn hash(word: &[char]) -> u32 {
    word.iter().fold(0x811c_9dc5, |hash, c| {
        (hash ^ *c as u32).wrapping_mul(0x0100_0193)
    })
}
