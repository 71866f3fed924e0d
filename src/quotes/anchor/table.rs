//! Reads the tables of `docs/anchors.md` and does what they say.

use std::collections::HashSet;

use super::{Anchor, AnchorState, Place, Wanted, find, reanchor};

const PAGE: &str = include_str!("../../../docs/anchors.md");
const HEADING: &str = "## Edits and what becomes of the quote";

/// A text as the tables write it, with what its brackets stand around.
#[derive(Debug, Default)]
struct Told {
    /// Keys are given later.
    paragraphs: Vec<(String, String)>,
    /// Paragraph, start and end in code points: a list for each pair of brackets.
    brackets: Vec<Vec<(usize, u32, u32)>>,
    /// The words in each pair of brackets.
    words: Vec<String>,
}

fn told(cell: &str) -> Told {
    let mut told = Told::default();
    let mut open = None;
    for (number, paragraph) in cell.split('¶').enumerate() {
        let (mut text, mut length) = (String::new(), 0);
        if open.is_some() {
            open = Some(0);
            told.words.last_mut().unwrap().push('\n');
        }
        let mut rest = paragraph.trim_matches(' ').chars();
        while let Some(mut c) = rest.next() {
            match c {
                '[' => {
                    open = Some(length);
                    told.brackets.push(Vec::new());
                    told.words.push(String::new());
                    continue;
                }
                ']' => {
                    let stretch = (number, open.take().unwrap(), length);
                    told.brackets.last_mut().unwrap().push(stretch);
                    continue;
                }
                '{' => {
                    let escape: String = rest.by_ref().take_while(|c| *c != '}').collect();
                    let code = escape.strip_prefix("U+").unwrap();
                    c = char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap();
                }
                _ => {}
            }
            text.push(c);
            length += 1;
            if open.is_some() {
                told.words.last_mut().unwrap().push(c);
            }
        }
        if let Some(start) = open {
            told.brackets
                .last_mut()
                .unwrap()
                .push((number, start, length));
        }
        told.paragraphs.push((String::new(), text));
    }
    told
}

impl Told {
    fn places(&self) -> Vec<Place<'_>> {
        self.paragraphs
            .iter()
            .map(|(block, text)| Place { block, text })
            .collect()
    }

    fn wanted(&self) -> Vec<Wanted> {
        let wanted = |(words, stretches): (&String, &Vec<(usize, u32, u32)>)| Wanted {
            exact: words.clone(),
            block: Some(self.paragraphs[stretches[0].0].0.clone()),
            start: Some(stretches[0].1),
            ..Wanted::default()
        };
        self.words.iter().zip(&self.brackets).map(wanted).collect()
    }

    fn stretches(&self) -> Vec<(&str, u32, u32)> {
        let named = |(number, start, end): &(usize, u32, u32)| {
            (self.paragraphs[*number].0.as_str(), *start, *end)
        };
        self.brackets.iter().flatten().map(named).collect()
    }

    /// Keys stay with equal paragraphs, then with those at the same place.
    fn take_keys(&mut self, before: &[(String, String)], save: usize) {
        let mut free: Vec<Option<&(String, String)>> = before.iter().map(Some).collect();
        for (block, text) in &mut self.paragraphs {
            let equal = free
                .iter_mut()
                .find(|old| old.is_some_and(|old| old.1 == *text));
            if let Some(old) = equal.and_then(Option::take) {
                *block = old.0.clone();
            }
        }
        for (number, (block, _)) in self.paragraphs.iter_mut().enumerate() {
            if block.is_empty() {
                let old = free.get_mut(number).and_then(Option::take);
                *block = old.map_or(format!("s{save}p{number}"), |old| old.0.clone());
            }
        }
    }
}

fn stretches(anchor: &Anchor) -> Vec<(&str, u32, u32)> {
    let stretch = |segment: &'_ super::Segment| (segment.start, segment.end);
    let named = |segment| {
        let (start, end) = stretch(segment);
        (segment.block.as_str(), start, end)
    };
    anchor.segments.iter().map(named).collect()
}

/// Every row below the heading; one that cannot be read is a fault, not a row less.
fn rows() -> Vec<[&'static str; 5]> {
    let (_, tables) = PAGE.split_once(HEADING).expect("the heading of the tables");
    let lines = tables.lines().filter(|line| line.contains('|'));
    let rows = lines.map(|line| {
        let inner = line
            .strip_prefix('|')
            .and_then(|line| line.strip_suffix('|'));
        let cells: Vec<_> = inner
            .unwrap_or_default()
            .split('|')
            .map(str::trim)
            .collect();
        <[&str; 5]>::try_from(cells).unwrap_or_else(|_| panic!("not five cells: {line}"))
    });
    rows.filter(|row| row[0] != "language" && !row[0].starts_with("--"))
        .collect()
}

#[test]
fn the_page_tells_at_least_forty_edits_each_once() {
    let (rows, mut seen) = (rows(), HashSet::new());
    assert!(rows.len() >= 40, "{} rows", rows.len());
    for row in rows {
        assert!(seen.insert(row), "twice: {row:?}");
    }
}

#[test]
fn every_edit_of_the_page_ends_as_the_page_says() {
    let wrong: Vec<String> = rows()
        .into_iter()
        .filter_map(|row| check(row).err())
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn check([lang, before, quote, after, outcome]: [&str; 5]) -> Result<(), String> {
    let row = format!("{lang}: {before} → {after}");
    let mut text = told(before);
    text.take_keys(&[], 0);
    let spelled: Vec<String> = quote.split(" / ").map(words_of).collect();
    if spelled != text.words {
        return Err(format!(
            "{row}\n  the brackets hold {:?}, not {spelled:?}",
            text.words
        ));
    }
    let found = find(&text.wanted(), &text.places(), lang);
    let mut anchor = found.map_err(|error| format!("{row}\n  {error}"))?;
    let saves: Vec<&str> = after.split('⇒').collect();
    let states: Result<Vec<AnchorState>, _> = outcome
        .split('⇒')
        .map(|state| state.trim().parse())
        .collect();
    let states = states.map_err(|_| format!("{row}\n  no such outcome: {outcome}"))?;
    if saves.len() != states.len() {
        return Err(format!("{row}\n  {} saves, but: {outcome}", saves.len()));
    }
    for (number, (save, state)) in saves.into_iter().zip(states).enumerate() {
        let mut now = told(save);
        now.take_keys(&text.paragraphs, number + 1);
        let result = reanchor(&anchor, &[], &now.places(), lang);
        anchor = result.anchor;
        let (seen, told) = (stretches(&anchor), now.stretches());
        // A piece that is orphaned stays where it was, which is not in the text any more.
        let stands = match state {
            AnchorState::Orphaned => told.iter().all(|stretch| seen.contains(stretch)),
            _ => seen == told,
        };
        if anchor.state != state || !stands {
            return Err(format!(
                "{row}\n  {anchor:?}\n  nearest {:?}",
                result.nearest
            ));
        }
        text = now;
    }
    Ok(())
}

/// The words of the quote column, which has no brackets.
fn words_of(cell: &str) -> String {
    told(&format!("[{cell}]")).words.remove(0)
}
