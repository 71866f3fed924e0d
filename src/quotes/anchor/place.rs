//! From a place in the whole text to segments in blocks.

use std::ops::Range;

use super::neighbours::context;
use super::words::{BORDER, Found, Sought, Words, is_blank};
use super::{Hint, Segment};

impl Words<'_> {
    /// The segments of words that stand in the text as they are: `exact` is the slice.
    pub(super) fn segments(&self, at: &Range<usize>) -> Vec<Segment> {
        let segment = |part: Range<usize>| {
            let exact = self.slice(&part);
            self.segment(part, exact)
        };
        self.parts(at).into_iter().map(segment).collect()
    }

    /// The segments of words that stand in the text in another form: `exact` is the quote's own.
    pub(super) fn segments_in_own_words(&self, found: &Found, sought: &Sought) -> Vec<Segment> {
        let parts = self.parts(&found.at);
        let whole = parts.len() == 1;
        let own = |part: &Range<usize>| {
            if whole {
                0..sought.exact.len()
            } else {
                self.own_words(part, found, sought)
            }
        };
        parts
            .into_iter()
            .map(|part| {
                let exact = sought.exact[own(&part)]
                    .iter()
                    .map(|c| if *c == BORDER { ' ' } else { *c });
                let exact = exact.collect();
                self.segment(part, exact)
            })
            .collect()
    }

    /// The sought code points that a part of their place stands for.
    fn own_words(&self, part: &Range<usize>, found: &Found, sought: &Sought) -> Range<usize> {
        let folded = self.laid_out().folded_range(part);
        let first = folded.start - found.folded.start;
        let last = folded.end - 1 - found.folded.start;
        sought.folded.from[first] as usize..sought.folded.to[last] as usize
    }

    /// Cuts a place at the borders of blocks, without white space beside them.
    pub(super) fn parts(&self, at: &Range<usize>) -> Vec<Range<usize>> {
        let laid = self.laid_out();
        let part = |number: usize| {
            let block = laid.block(number);
            let part = at.start.max(block.start)..at.end.min(block.end);
            let text = laid.text.get(part.clone())?;
            let before = text.iter().take_while(|c| is_blank(**c)).count();
            let after = text.iter().rev().take_while(|c| is_blank(**c)).count();
            (before < text.len()).then(|| part.start + before..part.end - after)
        };
        let (first, last) = (laid.block_at(at.start), laid.block_at(at.end - 1));
        (first..=last).filter_map(part).collect()
    }

    pub(super) fn segment(&self, part: Range<usize>, exact: String) -> Segment {
        let laid = self.laid_out();
        let number = laid.block_at(part.start);
        let block = laid.block(number);
        let range = part.start - block.start..part.end - block.start;
        let (prefix, suffix) = context(&laid.text[block], &range);
        Segment {
            block: self.places[number].block.to_owned(),
            start: range.start as u32,
            end: range.end as u32,
            exact,
            prefix,
            suffix,
        }
    }

    /// What stands at a place; paragraphs are separated by line breaks.
    pub(super) fn slice(&self, at: &Range<usize>) -> String {
        self.laid_out().text[at.clone()].iter().collect()
    }

    /// Whether the words stand where they stood, between the same neighbours. Then nothing else
    /// in the text can be a better place for them.
    pub(super) fn is_in_place(&self, segment: &Segment) -> bool {
        let Some(place) = self.place(&segment.block) else {
            return false;
        };
        let text: Vec<char> = place.text.chars().collect();
        let range = segment.start as usize..segment.end as usize;
        let Some(slice) = text.get(range.clone()) else {
            return false;
        };
        !slice.is_empty()
            && segment.exact.chars().eq(slice.iter().copied())
            && context(&text, &range) == (segment.prefix.clone(), segment.suffix.clone())
    }
}

impl Hint<'_> {
    pub(super) fn touches(&self, segment: &Segment) -> bool {
        self.block == segment.block && self.start < segment.end && segment.start < self.end
    }
}
