//! What a publication changes of words that readers have read, and what they are told about it.

use std::collections::BTreeSet;

use super::api_states::Publication;
use super::cards;
use super::store::Correction;
use super::writing::places;
use crate::auth::Staff;
use crate::body::{Block, Body, PlainBlock};
use crate::db::{Instant, Json};
use crate::quotes::anchor::{AnchorState, Words, same_words};
use crate::quotes::model::{Manner, Quote, QuoteId};
use crate::texts::model::{Revision, Text};

/// What becomes of a published revision.
#[derive(Debug, Default, PartialEq)]
pub struct Changes {
    /// The quotes whose words are not what they were, or that stood in words that are gone.
    pub quotes: Vec<QuoteId>,
    /// Whether one of these was given as the source's own words.
    pub of_direct_quote: bool,
    /// The keys of the blocks that are other ones, or new, or gone.
    pub blocks: Vec<String>,
}

impl Changes {
    /// From what readers have to what they would get.
    pub fn between(before: &Revision, body: &Body, quotes: &[Quote]) -> Self {
        let (old, new) = (before.body.0.plain(), body.plain());
        let touched = |quote: &&Quote| !still_says(quote, &old, quotes, &new);
        let touched: Vec<&Quote> = before.quotes.0.iter().filter(touched).collect();
        Self {
            quotes: touched.iter().map(|quote| quote.id).collect(),
            of_direct_quote: touched.iter().any(|quote| quote.manner == Manner::Direct),
            blocks: changed_blocks(&before.body.0, body),
        }
    }
}

/// Whether a quote still says what it said to readers. One that is taken out does, if its words
/// stay in the text.
fn still_says(was: &Quote, old: &[PlainBlock], quotes: &[Quote], new: &[PlainBlock]) -> bool {
    let lang = was.lang.as_str();
    let now = match quotes.iter().find(|quote| quote.id == was.id) {
        Some(now) => now.clone(),
        None => {
            let places = places(new);
            let found = Words::new(&places, lang)
                .reanchor(&was.anchor(), &[])
                .anchor;
            Quote {
                anchor_state: found.state,
                segments: Json(found.segments),
                ..was.clone()
            }
        }
    };
    let stands_as_before = match (standing(was, old), standing(&now, new)) {
        (None, _) => true,
        (Some(before), Some(after)) => same_words(&before, &after, lang),
        (Some(_), None) => false,
    };
    stands_as_before && same_words(&was.text, &now.text, lang)
}

/// What a reader finds in the body where the quote is; nothing if its words were lost.
fn standing(quote: &Quote, body: &[PlainBlock]) -> Option<String> {
    let words: Vec<String> = match quote.anchor_state {
        AnchorState::Orphaned => return None,
        AnchorState::Anchored | AnchorState::ChangedForm => {
            let own = quote.segments.0.iter().map(|segment| segment.exact.clone());
            own.collect()
        }
        AnchorState::NeedsReview => {
            let there = quote.segments.0.iter().filter_map(|segment| {
                let block = body.iter().find(|block| block.key == segment.block)?;
                let length = segment.end.saturating_sub(segment.start) as usize;
                let from = block.text.chars().skip(segment.start as usize);
                Some(from.take(length).collect())
            });
            there.collect()
        }
    };
    Some(words.join(" "))
}

fn changed_blocks(before: &Body, after: &Body) -> Vec<String> {
    let old: BTreeSet<(&str, String)> = before.0.iter().map(keyed).collect();
    let new: BTreeSet<(&str, String)> = after.0.iter().map(keyed).collect();
    let keys: BTreeSet<&str> = old
        .symmetric_difference(&new)
        .map(|(key, _)| *key)
        .collect();
    keys.into_iter().map(str::to_owned).collect()
}

fn keyed(block: &Block) -> (&str, String) {
    (
        block.key(),
        serde_json::to_string(block).unwrap_or_default(),
    )
}

/// What readers are told of the changes, if the editor says a word about them.
pub fn correction(
    text: &Text,
    changes: Changes,
    request: &Publication,
    staff: &Staff,
    now: Instant,
) -> Option<Correction> {
    Some(Correction {
        item_id: text.item_id,
        lang: text.lang.clone(),
        to_revision: text.head_revision,
        from_revision: text.published_revision?,
        note: request.correction_note.as_ref()?.to_string(),
        quotes: Json(changes.quotes),
        blocks: Json(changes.blocks),
        made_by: staff.id,
        made_at: now,
    })
}

impl From<&Correction> for cards::Correction {
    fn from(correction: &Correction) -> Self {
        let Correction {
            item_id: _,
            lang: _,
            to_revision,
            from_revision,
            note,
            quotes: Json(quotes),
            blocks: Json(blocks),
            made_by: _,
            made_at,
        } = correction.clone();
        Self {
            from_revision,
            to_revision,
            note,
            quotes,
            blocks,
            at: made_at,
        }
    }
}
