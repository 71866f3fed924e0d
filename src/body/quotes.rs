//! Quote marks in a body. Where a quote stands is kept beside the body, as offsets; readers get it
//! as marks, and a body that comes back with such marks gives them up as hints.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::keys::Counter;
use super::model::*;

/// Where a quote's words stand: a range of code points in the plain text of one text block.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct QuoteHint {
    pub quote: Uuid,
    /// The block's `_key`.
    pub block: String,
    /// The first code point.
    pub start: usize,
    /// The first code point after the words.
    pub end: usize,
}

impl Body {
    /// The quotes that pull quotes name, with the index of the block.
    pub fn pull_quotes(&self) -> impl Iterator<Item = (usize, Uuid)> {
        self.0
            .iter()
            .enumerate()
            .filter_map(|(nth, block)| match block {
                Block::PullQuote(pull) => Some((nth, pull.quote?)),
                _ => None,
            })
    }

    /// Leaves the words of pull quotes whose quote is gone, and no longer says whose they are.
    pub fn keep_pull_quotes_of(&mut self, is_there: impl Fn(Uuid) -> bool) {
        for block in &mut self.0 {
            if let Block::PullQuote(pull) = block {
                pull.quote = pull.quote.filter(|quote| is_there(*quote));
            }
        }
    }

    /// Takes the quote marks out of the text blocks and tells where they stood. Spans that then
    /// differ by nothing are joined. The `quote` of a pull quote stays.
    pub fn take_quote_marks(&mut self) -> Vec<QuoteHint> {
        let mut hints = Vec::new();
        for block in &mut self.0 {
            if let Block::Text(block) = block {
                let marks = quote_defs(block);
                hints.extend(
                    marks
                        .iter()
                        .flat_map(|(key, quote)| stretches(block, key, *quote)),
                );
                block
                    .mark_defs
                    .retain(|def| matches!(def, Annotation::Link(_)));
                for span in &mut block.children {
                    span.marks
                        .retain(|mark| !marks.iter().any(|(key, _)| key == mark));
                }
                join_equal_spans(block);
            }
        }
        hints
    }

    /// The body with each quote as an annotation over its words. Ranges that are empty or lie
    /// outside their block are left out; ranges of one quote that meet are one.
    ///
    /// Quotes are named `q1`, `q2` … in reading order, the same in all their blocks; a span that
    /// is split keeps its key for its first part.
    pub fn with_quote_marks(&self, marks: &[QuoteHint]) -> Body {
        let mut body = self.clone();
        let mut places = placed(&body, marks);
        let taken = body
            .0
            .iter()
            .filter_map(as_text)
            .flat_map(|block| &block.mark_defs);
        let mut names = Names {
            next: Counter::after("q", taken.map(Annotation::key)),
            known: BTreeMap::new(),
        };
        for block in &mut body.0 {
            if let Block::Text(block) = block
                && let Some(ranges) = places.remove(&block.key)
            {
                mark_block(block, &ranges, &mut names);
            }
        }
        body
    }
}

/// The quotes that already have a key, so that a quote in two blocks has the same in both.
struct Names {
    next: Counter,
    known: BTreeMap<Uuid, String>,
}

impl Names {
    fn of(&mut self, quote: Uuid) -> String {
        self.known
            .entry(quote)
            .or_insert_with(|| self.next.take())
            .clone()
    }
}

#[derive(Clone, Copy)]
struct Range {
    start: usize,
    end: usize,
    quote: Uuid,
}

/// The sound ranges of each block, those of one quote that meet made one, in reading order.
fn placed(body: &Body, marks: &[QuoteHint]) -> BTreeMap<String, Vec<Range>> {
    let length = |block: &TextBlock| (block.key.clone(), block.plain().chars().count());
    let lengths: BTreeMap<String, usize> = body.0.iter().filter_map(as_text).map(length).collect();
    let sound = |mark: &&QuoteHint| {
        mark.start < mark.end
            && lengths
                .get(&mark.block)
                .is_some_and(|length| mark.end <= *length)
    };
    let marks: BTreeSet<&QuoteHint> = marks.iter().filter(sound).collect();
    let mut places: BTreeMap<String, Vec<Range>> = BTreeMap::new();
    // Sorted by quote, then block, then start: ranges that meet follow each other.
    for mark in marks {
        let ranges = places.entry(mark.block.clone()).or_default();
        match ranges
            .last_mut()
            .filter(|last| last.quote == mark.quote && mark.start <= last.end)
        {
            Some(last) => last.end = last.end.max(mark.end),
            None => ranges.push(Range {
                start: mark.start,
                end: mark.end,
                quote: mark.quote,
            }),
        }
    }
    for ranges in places.values_mut() {
        ranges.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end), range.quote));
    }
    places
}

fn mark_block(block: &mut TextBlock, ranges: &[Range], names: &mut Names) {
    split_spans(
        block,
        &ranges
            .iter()
            .flat_map(|range| [range.start, range.end])
            .collect(),
    );
    for range in ranges {
        let key = names.of(range.quote);
        if !block.mark_defs.iter().any(|def| def.key() == key) {
            let def = QuoteAnnotation {
                key: key.clone(),
                quote: range.quote,
                ..QuoteAnnotation::default()
            };
            block.mark_defs.push(Annotation::Quote(def));
        }
        let mut at = 0;
        for span in &mut block.children {
            if range.start <= at && at < range.end && !span.text.is_empty() {
                span.marks.push(key.clone());
            }
            at += span.text.chars().count();
        }
    }
}

/// Splits the spans at these code points of the block.
fn split_spans(block: &mut TextBlock, cuts: &BTreeSet<usize>) {
    let mut next = Counter::after("s", block.children.iter().map(|span| &*span.key));
    let mut at = 0;
    let mut pieces = Vec::new();
    for span in std::mem::take(&mut block.children) {
        let end = at + span.text.chars().count();
        let mut rest = span;
        for cut in cuts.range(at + 1..end.max(at + 1)) {
            let tail = rest.text.split_off(byte_at(&rest.text, cut - at));
            let tail = Span {
                key: next.take(),
                text: tail,
                ..rest.clone()
            };
            pieces.push(std::mem::replace(&mut rest, tail));
            at = *cut;
        }
        pieces.push(rest);
        at = end;
    }
    block.children = pieces;
}

fn byte_at(text: &str, code_point: usize) -> usize {
    text.char_indices()
        .nth(code_point)
        .map_or(text.len(), |(byte, _)| byte)
}

fn as_text(block: &Block) -> Option<&TextBlock> {
    match block {
        Block::Text(text) => Some(text),
        _ => None,
    }
}

fn quote_defs(block: &TextBlock) -> Vec<(String, Uuid)> {
    let quote = |def: &Annotation| match def {
        Annotation::Quote(quote) => Some((quote.key.clone(), quote.quote)),
        Annotation::Link(_) => None,
    };
    block.mark_defs.iter().filter_map(quote).collect()
}

/// The unbroken stretches of a block that carry a mark.
fn stretches(block: &TextBlock, key: &str, quote: Uuid) -> Vec<QuoteHint> {
    let mut found: Vec<QuoteHint> = Vec::new();
    let mut at = 0;
    for span in &block.children {
        let (start, end) = (at, at + span.text.chars().count());
        at = end;
        if start == end || !span.marks.iter().any(|mark| mark == key) {
            continue;
        }
        match found.last_mut().filter(|last| last.end == start) {
            Some(last) => last.end = end,
            None => found.push(QuoteHint {
                quote,
                block: block.key.clone(),
                start,
                end,
            }),
        }
    }
    found
}

fn join_equal_spans(block: &mut TextBlock) {
    block.children.dedup_by(|span, before| {
        let equal = span.marks == before.marks;
        if equal {
            before.text.push_str(&span.text);
        }
        equal
    });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::from_markdown;
    use super::*;

    const MINISTER: Uuid = Uuid::from_u128(0x0192_f1a2_7c3e_7b10_9a55_0000_000a_0001);

    fn hint(quote: Uuid, block: &str, start: usize, end: usize) -> QuoteHint {
        QuoteHint {
            quote,
            block: block.to_owned(),
            start,
            end,
        }
    }

    #[test]
    fn a_quote_becomes_an_annotation_over_its_words() {
        let body =
            from_markdown("First paragraph, in which the minister said the bridge will open.")
                .unwrap();
        let marked = body.with_quote_marks(&[hint(MINISTER, "b1", 44, 64)]);
        assert_eq!(
            serde_json::to_value(&marked).unwrap(),
            json!([{
                "_type": "block", "_key": "b1", "style": "normal",
                "markDefs": [{"_key": "q1", "_type": "quote", "quote": MINISTER}],
                "children": [
                    {"_type": "span", "_key": "s1", "text": "First paragraph, in which the minister said ", "marks": []},
                    {"_type": "span", "_key": "s2", "text": "the bridge will open", "marks": ["q1"]},
                    {"_type": "span", "_key": "s3", "text": ".", "marks": []},
                ],
            }])
        );
        let mut back = marked;
        assert_eq!(back.take_quote_marks(), [hint(MINISTER, "b1", 44, 64)]);
        assert_eq!(back, body);
    }

    #[test]
    fn offsets_count_code_points_across_marks() {
        let body = from_markdown("🙂ə **ş**e\u{301}").unwrap();
        let mut marked = body.with_quote_marks(&[hint(MINISTER, "b1", 1, 5)]);
        let Block::Text(block) = &marked.0[0] else {
            panic!("no text block")
        };
        let texts: Vec<_> = block
            .children
            .iter()
            .map(|span| (&*span.text, span.marks.len()))
            .collect();
        assert_eq!(
            texts,
            [("🙂", 0), ("ə ", 1), ("ş", 2), ("e", 1), ("\u{301}", 0)]
        );
        assert_eq!(marked.take_quote_marks(), [hint(MINISTER, "b1", 1, 5)]);
        assert_eq!(marked, body);
    }

    #[test]
    fn a_quote_has_one_key_in_all_its_blocks() {
        let body = from_markdown("abc\n\ndef").unwrap();
        let other = Uuid::from_u128(1);
        let hints = [
            hint(MINISTER, "b2", 0, 1),
            hint(MINISTER, "b1", 2, 3),
            hint(other, "b1", 0, 1),
        ];
        let marked = body.with_quote_marks(&hints);
        let keys = |n: usize| as_text(&marked.0[n]).map(quote_defs).unwrap_or_default();
        assert_eq!(
            keys(0),
            [("q1".to_owned(), other), ("q2".to_owned(), MINISTER)]
        );
        assert_eq!(keys(1), [("q2".to_owned(), MINISTER)]);
    }

    #[test]
    fn ranges_outside_their_block_are_left_out() {
        let body = from_markdown("abc").unwrap();
        let hints = [(0, 4), (2, 2), (3, 1)].map(|(start, end)| hint(MINISTER, "b1", start, end));
        assert_eq!(body.with_quote_marks(&hints), body);
        assert_eq!(body.with_quote_marks(&[hint(MINISTER, "b9", 0, 1)]), body);
    }
}
