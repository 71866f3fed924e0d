//! Anchors: what is `anchored` is what stands in the text, through any edit.
#![no_main]

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use newsline::quotes::anchor::{AnchorState, Place, Segment, Wanted, Words};

#[derive(Arbitrary, Debug)]
struct Edit<'a> {
    before: Vec<&'a str>,
    after: Vec<&'a str>,
    /// Pieces of the quote: the block, the first code point, how many.
    pieces: Vec<(u8, u8, u8)>,
    lang: u8,
}

const KEYS: [&str; 8] = ["b1", "b2", "b3", "b4", "b5", "b6", "b7", "b8"];

fn places<'a>(blocks: &'a [&'a str]) -> Vec<Place<'a>> {
    KEYS.iter()
        .zip(blocks)
        .map(|(block, text)| Place { block, text })
        .collect()
}

fn stands(segment: &Segment, places: &[Place]) -> bool {
    places.iter().any(|place| {
        let (start, end) = (segment.start as usize, segment.end as usize);
        let words: String = place.text.chars().skip(start).take(end.saturating_sub(start)).collect();
        place.block == segment.block && words == segment.exact
    })
}

fuzz_target!(|edit: Edit| {
    let lang = ["az", "ru", "en"][usize::from(edit.lang) % 3];
    let (before, after) = (places(&edit.before), places(&edit.after));
    let wanted: Vec<Wanted> = edit.pieces.iter().take(3).filter_map(|(block, start, length)| {
        let place = before.get(usize::from(*block) % before.len().max(1))?;
        let exact: String = place.text.chars().skip((*start).into()).take((*length).into()).collect();
        (!exact.trim().is_empty()).then(|| Wanted {
            exact,
            block: Some(place.block.to_owned()),
            start: Some((*start).into()),
            ..Wanted::default()
        })
    }).collect();
    if wanted.is_empty() {
        return;
    }
    let Ok(found) = Words::new(&before, lang).find(&wanted) else { return };
    assert_eq!(found.state, AnchorState::Anchored);
    assert!(found.segments.iter().all(|segment| stands(segment, &before)), "{found:?}");
    let same = Words::new(&before, lang).reanchor(&found, &[]);
    assert_eq!(same.anchor, found, "an edit that changes nothing");
    let followed = Words::new(&after, lang).reanchor(&found, &[]).anchor;
    if followed.state == AnchorState::Anchored {
        assert!(followed.segments.iter().all(|segment| stands(segment, &after)), "{followed:?}");
    }
    // Punctuation alone says too little to be known again.
    let tells = |wanted: &Wanted| wanted.exact.chars().filter(|c| c.is_alphanumeric()).count() > 2;
    if !wanted.iter().all(tells) {
        return;
    }
    let back = Words::new(&before, lang).reanchor(&followed, &[]).anchor;
    assert_ne!(back.state, AnchorState::Orphaned, "words that came back are lost");
});
