//! Following a quote through a save of its text.

use std::cmp::Reverse;
use std::ops::Range;

use super::fold::folded;
use super::words::{BORDER, Borders, Found, Sought, Words, is_blank, joins_words};
use super::{Anchor, AnchorState, Hint, Reanchored, Segment};

impl Words<'_> {
    /// Follows a quote into this text. `hints` are the `quote` marks of the saved body that name
    /// this quote; where its words stand at one of them, that is the place.
    pub fn reanchor(&self, old: &Anchor, hints: &[Hint]) -> Reanchored {
        let was_sure = old.state <= AnchorState::ChangedForm;
        let hinted =
            |segment: &Segment| hints.is_empty() || hints.iter().any(|hint| hint.touches(segment));
        let stands = |segment: &Segment| hinted(segment) && self.is_in_place(segment);
        if was_sure && old.segments.iter().all(stands) {
            let anchor = Anchor {
                state: AnchorState::Anchored,
                ..old.clone()
            };
            return Reanchored {
                anchor,
                nearest: None,
            };
        }
        let mut search = self.search(hints, was_sure);
        passages(&old.segments).for_each(|passage| search.follow(passage));
        // Pieces that have come together can be found even where one by itself says too little.
        let mut whole = self.search(hints, was_sure);
        if old.segments.len() > 1 && search.state() > AnchorState::ChangedForm {
            whole.follow_run(&old.segments);
        }
        let best = if whole.pieces.is_empty() {
            search
        } else {
            whole
        };
        best.reanchored()
    }

    fn search(&self, hints: &[Hint], was_sure: bool) -> Search<'_, '_> {
        let hints = self.hinted(hints);
        Search {
            words: self,
            hints,
            was_sure,
            pieces: Vec::new(),
        }
    }

    /// Whether two pieces are in one block with white space, and nothing else, between them.
    pub(super) fn is_one_piece(&self, first: &Range<usize>, second: &Range<usize>) -> bool {
        let laid = self.laid_out();
        first.end < second.start
            && laid.block_at(first.start) == laid.block_at(second.start)
            && laid.text[first.end..second.start]
                .iter()
                .all(|c| is_blank(*c))
    }
}

/// Groups the segments that ran on from the end of one block to the beginning of the next.
fn passages(segments: &[Segment]) -> impl Iterator<Item = &[Segment]> {
    segments.chunk_by(|first, second| {
        first.suffix.chars().all(is_blank) && second.prefix.chars().all(is_blank)
    })
}

/// The search for one quote, piece by piece.
struct Search<'s, 'a> {
    words: &'s Words<'a>,
    /// Where marks say that the quote stands, in the whole text.
    hints: Vec<Range<usize>>,
    /// Whether the old place is that of the words, and not only of words like them.
    was_sure: bool,
    pieces: Vec<Piece>,
}

/// What was found of one passage.
struct Piece {
    state: AnchorState,
    at: Option<Range<usize>>,
    segments: Vec<Segment>,
}

/// What is known of a passage from its last save.
struct Known {
    sought: Sought,
    prefix: Vec<char>,
    suffix: Vec<char>,
    /// Whether the words began, and ended, within a longer word.
    cut: (bool, bool),
    /// Where they stood, if that block is still there.
    at: Option<Range<usize>>,
}

/// The better of two places is the greater. Distance is not part of it.
type Merit = (bool, bool, bool, usize, bool);

impl Search<'_, '_> {
    fn follow(&mut self, passage: &[Segment]) {
        if passage.len() > 1 && self.follow_run(passage) {
            return;
        }
        for segment in passage {
            let known = self.known(std::slice::from_ref(segment));
            let piece = self.look_for_words(&known, segment);
            let piece = piece.or_else(|| self.look_nearby(&known, segment));
            self.pieces.push(piece.unwrap_or_else(|| Piece {
                state: AnchorState::Orphaned,
                at: None,
                segments: vec![segment.clone()],
            }));
        }
    }

    /// Whether the words of several segments were surely found, one after another.
    fn follow_run(&mut self, segments: &[Segment]) -> bool {
        let found = self.look_for_words(&self.known(segments), &segments[0]);
        let sure = found.filter(|piece| piece.state <= AnchorState::ChangedForm);
        let is_found = sure.is_some();
        self.pieces.extend(sure);
        is_found
    }

    fn state(&self) -> AnchorState {
        let states = self.pieces.iter().map(|piece| piece.state);
        states.max().unwrap_or(AnchorState::Anchored)
    }

    fn known(&self, passage: &[Segment]) -> Known {
        let lang = self.words.lang;
        let exact: Vec<&str> = passage
            .iter()
            .map(|segment| segment.exact.as_str())
            .collect();
        let exact = exact.join(&BORDER.to_string());
        let (first, last) = (&passage[0], &passage[passage.len() - 1]);
        let joins = |c: Option<char>| c.is_some_and(joins_words);
        Known {
            sought: Sought::new(&exact, lang),
            prefix: folded(&first.prefix, lang).text,
            suffix: folded(&last.suffix, lang).text,
            cut: (
                joins(first.prefix.chars().next_back()) && joins(first.exact.chars().next()),
                joins(last.exact.chars().next_back()) && joins(last.suffix.chars().next()),
            ),
            at: self.words.range(&first.block, first.start, first.end),
        }
    }

    /// The best place where the words stand, as they were or in another form.
    fn look_for_words(&self, known: &Known, old: &Segment) -> Option<Piece> {
        let laid = self.words.laid_out();
        let found = laid.places_of(&known.sought, Borders::AnyWhiteSpace);
        let whole = |found: &&Found| {
            let cut = laid.cuts_words(&found.at);
            cut.0 <= known.cut.0 && cut.1 <= known.cut.1
        };
        let places: Vec<&Found> = found.iter().filter(whole).collect();
        let Some(best) = self.best(known, &places) else {
            let best = self.best(known, &found.iter().collect::<Vec<_>>())?;
            return Some(self.doubtful(best.at.clone(), old));
        };
        let merit = self.merit(known, best);
        let equal = places
            .iter()
            .filter(|found| self.merit(known, found) == merit)
            .count();
        if equal > 1 && !(self.was_sure && known.at.is_some()) {
            return Some(self.doubtful(best.at.clone(), old));
        }
        Some(self.sure(best, &known.sought))
    }

    fn best<'f>(&self, known: &Known, places: &[&'f Found]) -> Option<&'f Found> {
        let distance = |found: &Found| {
            known
                .at
                .as_ref()
                .map_or(0, |at| at.start.abs_diff(found.at.start))
        };
        let merit = |found: &&&Found| (self.merit(known, found), Reverse(distance(found)));
        // Of equals the last would win; in the order of the text the first should.
        places.iter().rev().max_by_key(merit).copied()
    }

    fn merit(&self, known: &Known, found: &Found) -> Merit {
        let laid = self.words.laid_out();
        let meets = |other: &Range<usize>| other.start < found.at.end && found.at.start < other.end;
        let mut taken = self.pieces.iter().filter_map(|piece| piece.at.as_ref());
        let hinted = self.hints.iter().any(meets);
        let free = !taken.clone().any(meets);
        let in_order = taken.all(|earlier| earlier.end <= found.at.start);
        let before = laid
            .agreement_before(&known.prefix, found.folded.start)
            .weight();
        let after = laid
            .agreement_after(&known.suffix, found.folded.end)
            .weight();
        (hinted, free, found.same, before + after, in_order)
    }

    fn sure(&self, found: &Found, sought: &Sought) -> Piece {
        let at = Some(found.at.clone());
        if found.same {
            let segments = self.words.segments(&found.at);
            return Piece {
                state: AnchorState::Anchored,
                at,
                segments,
            };
        }
        let segments = self.words.segments_in_own_words(found, sought);
        Piece {
            state: AnchorState::ChangedForm,
            at,
            segments,
        }
    }

    /// Words that are alike, nearest to the old place or to a mark if several are.
    fn look_nearby(&self, known: &Known, old: &Segment) -> Option<Piece> {
        let laid = self.words.laid_out();
        let around = self.hints.iter().chain(&known.at);
        let around: Vec<Range<usize>> = around.map(|at| laid.folded_range(at)).collect();
        let near = laid.near(&known.sought.folded, &around)?;
        Some(self.doubtful(laid.unfolded(&near.folded), old))
    }

    /// Keeps the old words and their neighbours, and says where a person should look.
    fn doubtful(&self, at: Range<usize>, old: &Segment) -> Piece {
        let parts = self.words.parts(&at);
        let most = parts.into_iter().rev().max_by_key(ExactSizeIterator::len);
        let here = self
            .words
            .segment(most.unwrap_or(at.clone()), old.exact.clone());
        let (prefix, suffix) = (old.prefix.clone(), old.suffix.clone());
        Piece {
            state: AnchorState::NeedsReview,
            at: Some(at),
            segments: vec![Segment {
                prefix,
                suffix,
                ..here
            }],
        }
    }

    fn reanchored(self) -> Reanchored {
        let first_changed = self
            .pieces
            .iter()
            .find(|piece| piece.state != AnchorState::Anchored);
        let place = first_changed.and_then(|piece| piece.at.as_ref());
        let nearest = place.map(|at| self.words.slice(at));
        let state = self.state();
        let segments = self
            .joined_pieces()
            .into_iter()
            .flat_map(|piece| piece.segments)
            .collect();
        Reanchored {
            anchor: Anchor { state, segments },
            nearest,
        }
    }

    /// Anchored pieces that have come to stand side by side are one.
    fn joined_pieces(self) -> Vec<Piece> {
        let mut joined: Vec<Piece> = Vec::new();
        for piece in self.pieces {
            let both = joined
                .last()
                .filter(|last| last.state.max(piece.state) == AnchorState::Anchored);
            let ends = both.and_then(|last| last.at.clone()).zip(piece.at.clone());
            match (joined.last_mut(), ends) {
                (Some(last), Some((first, second))) if self.words.is_one_piece(&first, &second) => {
                    let at = first.start..second.end;
                    last.segments = self.words.segments(&at);
                    last.at = Some(at);
                }
                _ => joined.push(piece),
            }
        }
        joined
    }
}
