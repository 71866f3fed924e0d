//! Words that are alike: what an editor may have made of a quote.

use std::hash::Hash;
use std::ops::Range;
use std::sync::atomic::Ordering::Relaxed;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::fold::Folded;
use super::words::{LaidOut, Word, hash, words};

/// How alike words must be for a person to be asked about them: twice the letters that the
/// quote and the place share, by the letters of both. At 0.6 two of five words may be other ones.
/// Sentences of one story that are not edits of each other are mostly below 0.1, and up to 0.55
/// where they name their subject in the same words; those must not be proposed as each other.
pub const NEAR_LEVEL: f64 = 0.6;

/// Two words, or two short runs of words, are forms of each other when they share so much of
/// their letters: enough for endings and slips of the pen, too much for chance.
const SAME_WORD_LEVEL: f64 = 0.6;

/// Letters of changed words are compared one by one up to this product of both lengths.
const LETTERS_MOST: usize = 128 * 128;

/// A passage of more words is not searched for nearby; the longest quotes in newspapers are a few
/// hundred words.
const WORDS_MOST: usize = 1_000;

/// How many words and marks are compared for all quotes of one save, which bounds what a save can
/// cost, to about a second. Fifty quotes of thirty words need about a tenth.
pub(super) const COMPARISONS_MOST: usize = 300_000;

/// A word that the text has more often says nothing about the place.
const COMMON: usize = 24;

/// How many stretches of the text are compared word by word, besides those around known places.
const STRETCHES: usize = 3;

/// A place in the folded text, and how alike it is to the words.
pub(super) struct Near {
    pub folded: Range<usize>,
    pub similarity: f64,
}

impl LaidOut {
    /// The place most like the folded words, if any is alike enough. `around` are places of the
    /// folded text to try besides those where words of the passage stand; an earlier one wins
    /// over equals.
    pub(super) fn near(&self, sought: &Folded, around: &[Range<usize>]) -> Option<Near> {
        let sought_words = words(&sought.text);
        if sought_words.is_empty() || sought_words.len() > WORDS_MOST {
            return None;
        }
        let sought = units(sought, 0..sought.text.len());
        let known = around
            .iter()
            .filter_map(|at| self.place_itself(&sought, at));
        let beside = around
            .iter()
            .map(|at| self.stretch_at(at.start, sought_words.len()));
        let voted = self.stretches(&sought_words, &sought);
        let searched = beside
            .chain(voted)
            .flat_map(|stretch| self.best_in(&sought, stretch));
        let mut places: Vec<Near> = known.chain(searched).collect();
        places.reverse();
        places
            .into_iter()
            .filter(|near| near.similarity >= NEAR_LEVEL)
            .max_by(|a, b| a.similarity.total_cmp(&b.similarity))
    }
}

/// A stretch of the text, in numbers of its words.
struct Stretch {
    /// Where the passage would stand if as many words replaced its words.
    likely: Range<usize>,
    /// With room for words that were put in.
    roomy: Range<usize>,
}

impl LaidOut {
    fn stretch_at(&self, at: usize, length: usize) -> Stretch {
        self.stretch(
            self.words.partition_point(|word| word.range().end <= at),
            length,
        )
    }

    fn stretch(&self, first: usize, length: usize) -> Stretch {
        let room = length / 2 + 4;
        let end = self.words.len().min(first + length);
        let roomy = first.saturating_sub(room)..self.words.len().min(end + room);
        Stretch {
            likely: first.min(end)..end,
            roomy,
        }
    }

    /// The stretches that hold most letters of words of the passage, if they hold a quarter.
    fn stretches(&self, passage: &[Word], sought: &Units) -> Vec<Stretch> {
        let length = passage.len();
        let window = length + length / 4 + 1;
        let hits = self.hits(sought);
        let mut sums: Vec<(usize, usize)> = Vec::with_capacity(hits.len());
        let (mut end, mut sum) = (0, 0);
        for (first, letters) in &hits {
            while let Some((number, letters)) = hits.get(end)
                && *number < first + window
            {
                (end, sum) = (end + 1, sum + letters);
            }
            sums.push((sum, *first));
            sum -= letters;
        }
        let letters: usize = passage.iter().map(|word| word.len as usize).sum();
        sums.retain(|(sum, _)| sum * 4 >= letters);
        sums.sort_by_key(|(sum, first)| (std::cmp::Reverse(*sum), *first));
        let mut chosen: Vec<usize> = Vec::new();
        for (_, first) in sums {
            let apart = |other: &usize| other.abs_diff(first) * 2 > length;
            if chosen.len() < STRETCHES && chosen.iter().all(apart) {
                chosen.push(first);
            }
        }
        chosen
            .into_iter()
            .map(|first| self.stretch(first, length))
            .collect()
    }

    /// Where words of the passage stand: the number of each in the text and its letters, in
    /// order. Common words count only if there are no others.
    fn hits(&self, sought: &Units) -> Vec<(usize, usize)> {
        let mut distinct = sought.units.clone();
        distinct.sort_unstable();
        distinct.dedup();
        let hits_of = |rare_only: bool| {
            let mut hits: Vec<(usize, usize)> = Vec::new();
            for unit in &distinct {
                let numbers = self.with_hash(hash(unit));
                if !rare_only || numbers.len() <= COMMON {
                    hits.extend(numbers.take(COMMON).map(|number| (number, unit.len())));
                }
            }
            hits.sort_unstable();
            hits
        };
        let hits = hits_of(true);
        if hits.is_empty() {
            hits_of(false)
        } else {
            hits
        }
    }

    /// The part of a stretch that is most like the passage.
    fn best_in(&self, sought: &Units, stretch: Stretch) -> Option<Near> {
        let here = units(&self.folded, self.room_of(&stretch.roomy)?);
        let cost = sought.units.len() + here.units.len();
        let spend = |left: usize| left.checked_sub(cost);
        self.comparisons_left
            .fetch_update(Relaxed, Relaxed, spend)
            .ok()?;
        let likeness = |part: &Range<usize>| likeness(&sought.units, &here.units[part.clone()]);
        let Some((ours, theirs)) = core(sought, &here) else {
            let likely = here.within(&self.letters_of(&stretch.likely)?);
            return Some(Near {
                similarity: likeness(&likely),
                folded: here.range(&likely),
            });
        };
        let start = theirs.start - here.replacing(sought, 0..ours.start, (0..theirs.start).rev());
        let after = theirs.end..here.units.len();
        let end = theirs.end + here.replacing(sought, ours.end..sought.units.len(), after);
        let parts = [start..end, start..theirs.end, theirs.start..end, theirs];
        let whole = likeness(&parts[0]);
        let alike = parts.each_ref().map(|part| {
            if *part == parts[0] {
                whole
            } else {
                likeness(part)
            }
        });
        let best = (0..parts.len())
            .rev()
            .max_by(|a, b| alike[*a].total_cmp(&alike[*b]))?;
        // What stands in the stead of missing words belongs to the place.
        let shown = if alike[0] >= NEAR_LEVEL { 0 } else { best };
        Some(Near {
            similarity: alike[best],
            folded: here.range(&parts[shown]),
        })
    }

    /// What now stands between the borders of a known place, if anything does.
    fn place_itself(&self, sought: &Units, at: &Range<usize>) -> Option<Near> {
        let here = units(&self.folded, at.clone());
        let all = 0..here.units.len();
        (!all.is_empty()).then(|| Near {
            similarity: likeness(&sought.units, &here.units),
            folded: here.range(&all),
        })
    }

    /// The folded characters between the words beside some words.
    fn room_of(&self, numbers: &Range<usize>) -> Option<Range<usize>> {
        let letters = self.letters_of(numbers)?;
        let before = numbers
            .start
            .checked_sub(1)
            .map_or(0, |last| self.words[last].range().end);
        let after = self
            .words
            .get(numbers.end)
            .map_or(self.folded.text.len(), |word| word.range().start);
        Some(before.min(letters.start)..after)
    }

    /// The folded characters from the first to the last of some words.
    fn letters_of(&self, numbers: &Range<usize>) -> Option<Range<usize>> {
        let words = self.words.get(numbers.clone())?;
        Some(words.first()?.range().start..words.last()?.range().end)
    }
}

/// Words, punctuation marks and pictures, which is what is compared.
struct Units<'t> {
    units: Vec<&'t [char]>,
    at: Vec<usize>,
}

impl Units<'_> {
    fn within(&self, range: &Range<usize>) -> Range<usize> {
        let number = |at: usize| self.at.partition_point(|unit| *unit < at);
        number(range.start)..number(range.end)
    }

    /// How many units beside the core stand for the units of the passage that are not in it:
    /// as many, but none beyond a punctuation mark if the passage has none there.
    fn replacing(
        &self,
        sought: &Units,
        missing: Range<usize>,
        beside: impl Iterator<Item = usize>,
    ) -> usize {
        let is_mark = |unit: &[char]| !unit[0].is_alphanumeric();
        let missing = &sought.units[missing];
        let marks = missing.iter().any(|unit| is_mark(unit));
        let beside = beside.take(missing.len());
        beside
            .take_while(|number| marks || !is_mark(self.units[*number]))
            .count()
    }

    fn range(&self, part: &Range<usize>) -> Range<usize> {
        let last = part.end - 1;
        self.at[part.start]..self.at[last] + self.units[last].len()
    }
}

fn units(folded: &Folded, range: Range<usize>) -> Units<'_> {
    let mut cuts = vec![range.start];
    let mut next = range.start;
    for word in words(&folded.text[range.clone()]) {
        let word = range.start + word.range().start..range.start + word.range().end;
        cuts.extend((next + 1..word.start).filter(|at| folded.is_edge(*at)));
        cuts.extend([word.start, word.end]);
        next = word.end;
    }
    cuts.extend((next + 1..range.end).filter(|at| folded.is_edge(*at)));
    cuts.push(range.end);
    let unit = |cut: &[usize]| folded.text.get(cut[0]..cut[1]);
    let is_unit = |at: &usize, unit: &[char]| !unit.is_empty() && folded.text[*at] != ' ';
    let all = cuts.windows(2).filter_map(|cut| Some((cut[0], unit(cut)?)));
    let (at, units) = all.filter(|(at, unit)| is_unit(at, unit)).unzip();
    Units { units, at }
}

/// The units of the passage and of the stretch between which most is shared and least put in.
fn core(sought: &Units, here: &Units) -> Option<(Range<usize>, Range<usize>)> {
    let mut best = None;
    let mut best_gain = 0;
    let (mut gain, mut since) = (0, (0, 0));
    for op in diff(&sought.units, &here.units) {
        let (old, new) = (op.old_range(), op.new_range());
        if let DiffOp::Equal { .. } = op {
            if gain <= 0 {
                (gain, since) = (0, (old.start, new.start));
            }
            gain += 2 * letters(&here.units[new.clone()]);
            if gain > best_gain {
                best_gain = gain;
                best = Some((since.0..old.end, since.1..new.end));
            }
        } else {
            gain -= letters(&here.units[new]);
        }
    }
    best
}

/// Twice the letters that two runs of units share, by the letters of both: from 0 to 1.
fn likeness(old: &[&[char]], new: &[&[char]]) -> f64 {
    let shared = |op: &DiffOp| match op {
        DiffOp::Equal { .. } => letters(&old[op.old_range()]),
        DiffOp::Replace { .. } => shared_letters(&old[op.old_range()], &new[op.new_range()]),
        _ => 0,
    };
    let shared: i64 = diff(old, new).iter().map(shared).sum();
    ratio(shared, letters(old) + letters(new))
}

/// The letters that changed words share, if they are forms of each other.
fn shared_letters(old: &[&[char]], new: &[&[char]]) -> i64 {
    let (old, new) = (old.concat(), new.concat());
    if old.len() * new.len() > LETTERS_MOST {
        return 0;
    }
    let equal = |op: &DiffOp| {
        if let DiffOp::Equal { len, .. } = op {
            *len as i64
        } else {
            0
        }
    };
    let shared = diff(&old, &new).iter().map(equal).sum();
    let both = (old.len() + new.len()) as i64;
    if ratio(shared, both) >= SAME_WORD_LEVEL {
        shared
    } else {
        0
    }
}

fn diff<T: Eq + Hash>(old: &[T], new: &[T]) -> Vec<DiffOp> {
    capture_diff_slices(Algorithm::Myers, old, new)
}

fn letters(units: &[&[char]]) -> i64 {
    units.iter().map(|unit| unit.len() as i64).sum()
}

fn ratio(shared: i64, both: i64) -> f64 {
    if both == 0 {
        0.0
    } else {
        2.0 * shared as f64 / both as f64
    }
}
