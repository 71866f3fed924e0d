//! Posting a quote: its exact words must stand in the text, in one place that can be told.

use std::ops::Range;

use super::fold::folded;
use super::words::{Borders, Found, LaidOut, Sought, Words};
use super::{Anchor, AnchorState, FindError, Wanted};

impl Words<'_> {
    /// Finds the place of a posted quote. Only its exact words count as found.
    pub fn find(&self, wanted: &[Wanted]) -> Result<Anchor, FindError> {
        if wanted.is_empty() {
            return Err(FindError::NotFound {
                segment: 0,
                nearest: None,
            });
        }
        let choices = wanted
            .iter()
            .enumerate()
            .map(|(number, wanted)| self.choices(number, wanted));
        let choices = choices.collect::<Result<Vec<_>, _>>()?;
        let places = in_order(&choices)?;
        let segments = self
            .joined(&places)
            .iter()
            .flat_map(|at| self.segments(at))
            .collect();
        Ok(Anchor {
            state: AnchorState::Anchored,
            segments,
        })
    }

    /// The places that the hints leave for one piece, at least one.
    fn choices(&self, number: usize, wanted: &Wanted) -> Result<Vec<Range<usize>>, FindError> {
        let laid = self.laid_out();
        let sought = Sought::new(&wanted.exact, self.lang);
        let found = laid.places_of(&sought, Borders::LineBreaks);
        let mut same: Vec<Found> = found.iter().filter(|found| found.same).cloned().collect();
        if same.is_empty() {
            let nearest = self.nearest_to(&sought, &found);
            return Err(FindError::NotFound {
                segment: number,
                nearest,
            });
        }
        self.narrow(&mut same, wanted);
        Ok(same.into_iter().map(|found| found.at).collect())
    }

    fn nearest_to(&self, sought: &Sought, in_other_form: &[Found]) -> Option<String> {
        match in_other_form.first() {
            Some(found) => Some(self.slice(&found.at)),
            None => {
                let laid = self.laid_out();
                let near = laid.near(&sought.folded, &[])?;
                Some(self.slice(&laid.unfolded(&near.folded)))
            }
        }
    }

    /// Each hint counts only where it leaves something.
    fn narrow(&self, places: &mut Vec<Found>, wanted: &Wanted) {
        let laid = self.laid_out();
        if let Some(prefix) = &wanted.prefix {
            let prefix = folded(prefix, self.lang).text;
            keep(places, |found| {
                laid.agreement_before(&prefix, found.folded.start).is_full()
            });
        }
        if let Some(suffix) = &wanted.suffix {
            let suffix = folded(suffix, self.lang).text;
            keep(places, |found| {
                laid.agreement_after(&suffix, found.folded.end).is_full()
            });
        }
        if let Some(block) = &wanted.block {
            let block_of = |found: &Found| self.places[laid.block_at(found.at.start)].block;
            keep(places, |found| block_of(found) == block);
        }
        if let Some(distance) = distance_from(laid, wanted)
            && let Some(least) = places.iter().map(&distance).min()
        {
            keep(places, |found| distance(found) == least);
        }
        keep(places, |found| laid.cuts_words(&found.at) == (false, false));
    }

    /// Pieces of one block with nothing but white space between them are one piece.
    fn joined(&self, places: &[Range<usize>]) -> Vec<Range<usize>> {
        let mut joined: Vec<Range<usize>> = Vec::new();
        for at in places {
            match joined.last_mut() {
                Some(last) if self.is_one_piece(last, at) => last.end = at.end,
                _ => joined.push(at.clone()),
            }
        }
        joined
    }
}

/// How far a place is from the wanted offset in its block, if one is wanted.
fn distance_from(laid: &LaidOut, wanted: &Wanted) -> Option<impl Fn(&Found) -> usize> {
    let offset = wanted.start.or(wanted.end)? as usize;
    let by_start = wanted.start.is_some();
    Some(move |found: &Found| {
        let at = if by_start {
            found.at.start
        } else {
            found.at.end
        };
        let block = laid.block(laid.block_at(found.at.start));
        (at - block.start).abs_diff(offset)
    })
}

fn keep(places: &mut Vec<Found>, fits: impl Fn(&Found) -> bool) {
    if places.len() > 1 && places.iter().any(&fits) {
        places.retain(fits);
    }
}

/// One place for each piece. Pieces with several follow the piece before them or, failing that,
/// stand last before the piece after them.
fn in_order(choices: &[Vec<Range<usize>>]) -> Result<Vec<Range<usize>>, FindError> {
    let sure = |choices: &[Range<usize>]| (choices.len() == 1).then(|| choices[0].clone());
    let mut places: Vec<_> = choices.iter().map(|choices| sure(choices)).collect();
    for number in 0..choices.len() {
        if places[number].is_none()
            && number > 0
            && let Some(before) = &places[number - 1]
        {
            places[number] = choices[number]
                .iter()
                .find(|at| at.start >= before.end)
                .cloned();
        }
    }
    for number in (0..choices.len()).rev() {
        if places[number].is_none()
            && let Some(Some(after)) = places.get(number + 1)
        {
            places[number] = choices[number]
                .iter()
                .rfind(|at| at.end <= after.start)
                .cloned();
        }
    }
    let chosen = |(segment, place): (usize, Option<Range<usize>>)| {
        place.ok_or(FindError::Ambiguous {
            segment,
            places: choices[segment].len(),
        })
    };
    places.into_iter().enumerate().map(chosen).collect()
}
