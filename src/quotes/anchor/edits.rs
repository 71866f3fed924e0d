//! Properties over random edits of random texts.

use icu_casemap::CaseMapper;
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

use super::words::joins_words;
use super::{Anchor, AnchorState, Hint, Place, Reanchored, Wanted, find, reanchor};

const AZ: &[&str] = &[
    "körpü",
    "İşıq",
    "ılıq",
    "dedi",
    "və",
    "nazir",
    "«Bakı»",
    "açılacaq,",
    "şəhər",
    "IŞIQ",
    "gün",
    "bu",
    "o",
    "hazırıq.",
    "–",
    "“son",
    "şans”",
    "go\u{308}ru\u{308}s\u{327}",
    "iş",
    "il",
];
const RU: &[&str] = &[
    "мост",
    "и",
    "министр",
    "сказал,",
    "«Мост»",
    "город",
    "открыт.",
    "—",
    "день",
    "ёлка",
    "мои\u{306}",
    "в",
    "мае",
    "Да",
    "нет",
    "“слово”",
    "год",
    "он",
    "она",
    "их",
];
const EN: &[&str] = &[
    "bridge", "the", "said", "\"open\"", "Minister", "don't", "—", "yes", "Yes,", "no.", "we",
    "🌉", "👍🏽", "city", "and", "a", "résumé", "it's", "-", "IT",
];
const LANGUAGES: [(&str, &[&str]); 3] = [("az", AZ), ("ru", RU), ("en", EN)];

type Text = Vec<(String, String)>;

/// How many kinds of edits there are.
const KINDS: u8 = 20;
/// Those that change the form of the words, and nothing else.
const OF_FORM: [u8; 6] = [5, 6, 9, 11, 19, 10];

#[derive(Clone, Debug)]
struct Edit {
    kind: u8,
    paragraph: usize,
    at: usize,
    much: usize,
}

#[derive(Clone, Debug)]
struct Story {
    language: usize,
    paragraphs: Vec<Vec<usize>>,
    /// Paragraph, first word and number of words of each piece.
    pieces: Vec<(usize, usize, usize)>,
    edits: Vec<Edit>,
    hint: Option<(usize, u32, u32)>,
}

fn stories() -> impl Strategy<Value = Story> {
    let edit = (0u8..KINDS, 0usize..99, 0usize..999, 0usize..99);
    let edit = edit.prop_map(|(kind, paragraph, at, much)| Edit {
        kind,
        paragraph,
        at,
        much,
    });
    (
        0..LANGUAGES.len(),
        prop::collection::vec(prop::collection::vec(0usize..180, 1..24), 1..7),
        prop::collection::vec((0usize..99, 0usize..99, 1usize..12), 1..3),
        prop::collection::vec(edit, 1..7),
        prop::option::weighted(0.2, (0usize..9, 0u32..90, 0u32..90)),
    )
        .prop_map(|(language, paragraphs, pieces, edits, hint)| Story {
            language,
            paragraphs,
            pieces,
            edits,
            hint,
        })
}

impl Story {
    fn lang(&self) -> &'static str {
        LANGUAGES[self.language].0
    }

    /// A common word of the language, or a rarer one with letters before it.
    fn word(&self, number: usize) -> String {
        let words = LANGUAGES[self.language].1;
        let letters = ["", "", "be", "ki", "ло", "şə", "ty", "Un", "на"][number / words.len() % 9];
        format!("{letters}{}", words[number % words.len()])
    }

    fn text(&self) -> Text {
        let paragraph = |(number, words): (usize, &Vec<usize>)| {
            let words: Vec<_> = words.iter().map(|word| self.word(*word)).collect();
            (format!("b{number}"), words.join(" "))
        };
        self.paragraphs.iter().enumerate().map(paragraph).collect()
    }

    /// The pieces as whole words. A piece may run into the next paragraph.
    fn wanted(&self, text: &Text) -> Vec<Wanted> {
        let piece = |(paragraph, first, count): &(usize, usize, usize)| {
            let number = paragraph % text.len();
            let (block, here) = &text[number];
            let words: Vec<&str> = here.split(' ').collect();
            let first = first % words.len();
            let last = (first + count).min(words.len());
            let mut exact = words[first..last].join(" ");
            if count % 4 == 3 && last == words.len() && number + 1 < text.len() {
                let next = text[number + 1]
                    .1
                    .split(' ')
                    .take(*count)
                    .collect::<Vec<_>>();
                exact = format!("{exact}\n{}", next.join(" "));
            }
            let start = words[..first]
                .iter()
                .map(|word| word.chars().count() as u32 + 1)
                .sum();
            let (block, start) = (Some(block.clone()), Some(start));
            Wanted {
                exact,
                block,
                start,
                ..Wanted::default()
            }
        };
        self.pieces.iter().map(piece).collect()
    }

    /// In upper or lower case, as the language has it.
    fn cased(&self, text: &str, much: usize) -> String {
        let lang = self.lang().parse().expect("a language");
        let mapper = CaseMapper::new();
        match much.is_multiple_of(2) {
            true => mapper.uppercase_to_string(text, &lang).into_owned(),
            false => mapper.lowercase_to_string(text, &lang).into_owned(),
        }
    }

    fn edit(&self, text: &mut Text, edit: &Edit, fresh: usize) {
        let number = edit.paragraph % text.len();
        let all: Vec<char> = text[number].1.chars().collect();
        let at = edit.at % (all.len() + 1);
        let to = (at + edit.much).min(all.len());
        let spaces = (0..all.len())
            .filter(|i| all[*i] == ' ')
            .collect::<Vec<_>>();
        let space = spaces.get(edit.at % spaces.len().max(1)).copied();
        let put = |from: usize, to: usize, with: &str| {
            all[..from]
                .iter()
                .chain(with.chars().collect::<Vec<_>>().iter())
                .chain(&all[to..])
                .collect()
        };
        let cased = self.cased(&text[number].1, edit.much);
        let here = &mut text[number].1;
        match edit.kind {
            0 => *here = format!("{} {here}", self.word(edit.at)),
            1 => *here = format!("{here} {}", self.word(edit.at)),
            2 => *here = put(at, at, &self.word(edit.much)),
            3 => *here = put(at, to, ""),
            4 => {
                *here = space.map_or(here.clone(), |i| {
                    put(i, i, &format!(" {}", self.word(edit.much)))
                });
            }
            5 => *here = here.replace(['«', '“', '"'], "„").replace(['»', '”'], "\""),
            6 => *here = here.replace(['–', '-'], "—").replace('\'', "’"),
            7 => *here = here.to_uppercase(),
            8 => *here = here.to_lowercase(),
            9 => *here = here.replace(' ', "\u{a0}"),
            10 => *here = space.map_or(here.clone(), |i| put(i, i + 1, " \n ")),
            11 => {
                *here = if edit.much.is_multiple_of(2) {
                    here.nfd().collect()
                } else {
                    here.nfc().collect()
                }
            }
            12 => {
                let moved = text.remove(number);
                text.insert(edit.at % (text.len() + 1), moved);
            }
            13 | 14 => {
                let at = space.filter(|_| edit.kind == 13).unwrap_or(at);
                let rest: String = all[at..].iter().collect();
                let rest = if edit.much.is_multiple_of(2) {
                    rest.trim().to_owned()
                } else {
                    rest
                };
                *here = all[..at].iter().collect();
                text.insert(number + 1, (format!("n{fresh}"), rest));
            }
            19 => *here = cased,
            15 if number + 1 < text.len() => {
                let next = text.remove(number + 1).1;
                text[number].1 = format!("{} {next}", text[number].1);
            }
            16 => text.insert(number, (format!("n{fresh}"), self.word(edit.at).repeat(2))),
            17 if edit.much.is_multiple_of(3) => text[number].0 = format!("n{fresh}"),
            17 if edit.much % 3 == 1 => {
                text.insert(number, (format!("n{fresh}"), text[number].1.clone()));
            }
            17 if text.len() > 1 => drop(text.remove(number)),
            // Cut in one paragraph, pasted into another.
            18 => {
                let cut: String = all[at..to].iter().collect();
                text[number].1 = put(at, to, "");
                let other = edit.at % text.len();
                text[other].1 = format!("{} {cut}", text[other].1);
            }
            _ => {}
        }
    }
}

fn places(text: &Text) -> Vec<Place<'_>> {
    text.iter()
        .map(|(block, text)| Place { block, text })
        .collect()
}

fn words_in<'s>(texts: impl Iterator<Item = &'s str>) -> Vec<&'s str> {
    texts.flat_map(str::split_whitespace).collect()
}

fn words_of(anchor: &Anchor) -> Vec<&str> {
    words_in(anchor.segments.iter().map(|segment| segment.exact.as_str()))
}

/// What stands in the text where a segment says.
fn slice(text: &Text, block: &str, start: u32, end: u32) -> Option<String> {
    let (_, text) = text.iter().find(|(key, _)| key == block)?;
    let length = text.chars().count();
    (start < end && end as usize <= length).then(|| {
        text.chars()
            .take(end as usize)
            .skip(start as usize)
            .collect()
    })
}

/// How often the words stand in the text as whole words, whatever the white space, and whether
/// they do so once and in one paragraph with their own white space.
fn standing(text: &Text, exact: &str) -> (usize, bool) {
    let sought = exact.split_whitespace().collect::<Vec<_>>().join(" ");
    let all = words_in(text.iter().map(|(_, text)| text.as_str())).join(" ");
    // A row of dashes is one dash.
    let kind = |c: char| {
        if "-–—".contains(c) {
            Some(1)
        } else {
            joins_words(c).then_some(0)
        }
    };
    let joins = |a: Option<char>, b: Option<char>| {
        let kinds = (a.and_then(kind), b.and_then(kind));
        kinds.0.is_some() && kinds.0 == kinds.1
    };
    let is_whole = |text: &str, from: usize, to: usize| {
        let (before, after) = (text[..from].chars().next_back(), text[to..].chars().next());
        let modifies =
            after.is_some_and(|c| c == '\u{1f3fd}' || ('\u{300}'..'\u{370}').contains(&c));
        !modifies
            && !joins(before, text[from..to].chars().next())
            && !joins(after, text[from..to].chars().next_back())
    };
    let count = |text: &str, sought: &str| {
        let starts = text
            .char_indices()
            .filter(|(at, _)| text[*at..].starts_with(sought));
        starts
            .filter(|(at, _)| is_whole(text, *at, at + sought.len()))
            .count()
    };
    let paragraphs: usize = text.iter().map(|(_, text)| count(text, exact)).sum();
    (count(&all, &sought), paragraphs == 1)
}

fn follow(story: &Story) -> Result<(), TestCaseError> {
    let mut text = story.text();
    let wanted = story.wanted(&text);
    let mut anchor = match find(&wanted, &places(&text), story.lang()) {
        Ok(anchor) => anchor,
        Err(error) => return Err(TestCaseError::fail(error.to_string())),
    };
    let posted = anchor.clone();
    for (fresh, edit) in story.edits.iter().enumerate() {
        story.edit(&mut text, edit, fresh);
        let hint = story
            .hint
            .map(|(block, start, end)| (format!("b{block}"), start, end));
        let hints: Vec<Hint> = hint
            .iter()
            .map(|(block, start, end)| Hint {
                block,
                start: *start,
                end: *end,
            })
            .collect();
        let now = reanchor(&anchor, &hints, &places(&text), story.lang());
        check(story, &text, &posted, &now.anchor)?;
        let again = reanchor(&now.anchor, &hints, &places(&text), story.lang());
        // A place that only resembles the words, or has several pieces, may be known better the
        // second time.
        let whole = now.anchor.segments.len() == 1;
        let sure = now.anchor.state == AnchorState::Anchored && story.hint.is_none();
        if sure || (whole && now.anchor.state <= AnchorState::ChangedForm) {
            prop_assert_eq!(&again.anchor, &now.anchor, "saved again: {:?}", text);
        } else if whole && !crosses_blocks(&now) {
            prop_assert_eq!(
                again.anchor.state,
                now.anchor.state,
                "saved again: {:?}",
                text
            );
        }
        anchor = now.anchor;
    }
    Ok(())
}

fn crosses_blocks(now: &Reanchored) -> bool {
    now.nearest
        .as_ref()
        .is_some_and(|nearest| nearest.contains('\n'))
}

fn check(story: &Story, text: &Text, posted: &Anchor, now: &Anchor) -> Result<(), TestCaseError> {
    prop_assert_eq!(
        words_of(posted),
        words_of(now),
        "the words drifted: {:?}",
        text
    );
    if now.state == AnchorState::Anchored {
        for segment in &now.segments {
            let slice = slice(text, &segment.block, segment.start, segment.end);
            prop_assert_eq!(
                slice.as_deref(),
                Some(&*segment.exact),
                "not the slice: {:?}",
                text
            );
        }
    }
    let untouched = story.wanted(&story.text()).into_iter();
    let standing: Vec<(usize, bool)> = untouched
        .map(|wanted| standing(text, &wanted.exact))
        .collect();
    let lost = standing.iter().all(|(times, _)| *times > 0) && now.state == AnchorState::Orphaned;
    prop_assert!(!lost, "untouched, but orphaned: {:?} {:?}", text, now);
    if let [(1, true)] = standing[..]
        && story.hint.is_none()
    {
        let sure = now.state == AnchorState::Anchored;
        prop_assert!(sure, "untouched, but not anchored: {:?} {:?}", text, now);
    }
    Ok(())
}

fn cases() -> u32 {
    let cases = std::env::var("NEWSLINE_ANCHOR_CASES").ok();
    cases.and_then(|cases| cases.parse().ok()).unwrap_or(2_000)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_anchored_segment_is_its_slice_and_untouched_words_are_never_orphaned(story in stories()) {
        follow(&story)?;
    }

    #[test]
    fn typography_alone_never_makes_anybody_look(mut story in stories()) {
        story.hint = None;
        for edit in &mut story.edits {
            edit.kind = OF_FORM[usize::from(edit.kind) % OF_FORM.len()];
        }
        let mut text = story.text();
        let first = find(&story.wanted(&text), &places(&text), story.lang());
        let mut anchor = first.map_err(|error| TestCaseError::fail(error.to_string()))?;
        for (fresh, edit) in story.edits.iter().enumerate() {
            story.edit(&mut text, edit, fresh);
            anchor = reanchor(&anchor, &[], &places(&text), story.lang()).anchor;
            let sure = anchor.state <= AnchorState::ChangedForm;
            prop_assert!(sure, "{:?} {:?}", text, anchor);
        }
    }
}
