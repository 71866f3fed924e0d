//! Single claims about posting and following quotes.

use super::*;

fn text<'a>(paragraphs: &[&'a str]) -> Vec<Place<'a>> {
    const KEYS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
    KEYS.iter()
        .zip(paragraphs)
        .map(|(block, text)| Place { block, text })
        .collect()
}

fn words(exact: &str) -> Wanted {
    Wanted {
        exact: exact.to_owned(),
        ..Wanted::default()
    }
}

fn stretches(anchor: &Anchor) -> Vec<(&str, u32, u32, &str)> {
    let stretch = |segment: &'_ Segment| (segment.start, segment.end);
    let of = |segment| {
        let (start, end) = stretch(segment);
        (segment.block.as_str(), start, end, segment.exact.as_str())
    };
    anchor.segments.iter().map(of).collect()
}

#[test]
fn a_quote_is_found_by_its_words_alone() {
    let places = text(&["Alpha.", "He said the bridge will open."]);
    let anchor = find(&[words(" the bridge will open ")], &places, "en").unwrap();
    assert_eq!(stretches(&anchor), [("b", 8, 28, "the bridge will open")]);
    assert_eq!(anchor.segments[0].prefix, "He said ");
    assert_eq!(anchor.segments[0].suffix, ".");
}

#[test]
fn offsets_count_code_points() {
    let places = text(&["🌉🌉 e\u{301} мост откроют"]);
    let anchor = find(&[words("мост")], &places, "ru").unwrap();
    assert_eq!(stretches(&anchor), [("a", 6, 10, "мост")]);
}

#[test]
fn context_is_thirty_two_code_points_of_the_block() {
    let long = format!("{}here{}", "я".repeat(40), "🌉".repeat(40));
    let places = text(&[&long]);
    let anchor = find(&[words("here")], &places, "en").unwrap();
    assert_eq!(anchor.segments[0].prefix, "я".repeat(32));
    assert_eq!(anchor.segments[0].suffix, "🌉".repeat(32));
}

#[test]
fn words_in_another_form_are_not_found_but_shown() {
    let places = text(&["He said: The Bridge will open."]);
    let error = find(&[words("the bridge will open")], &places, "en").unwrap_err();
    let nearest = Some("The Bridge will open".to_owned());
    assert_eq!(
        error,
        FindError::NotFound {
            segment: 0,
            nearest
        }
    );
}

#[test]
fn words_that_are_alike_are_not_found_but_shown() {
    let places = text(&["It rained.", "He said the bridge will open in June."]);
    let error = find(
        &[words("It"), words("the bridge will open in May")],
        &places,
        "en",
    );
    let nearest = Some("the bridge will open in June".to_owned());
    assert_eq!(
        error.unwrap_err(),
        FindError::NotFound {
            segment: 1,
            nearest
        }
    );
}

#[test]
fn words_twice_are_refused_until_something_tells_them_apart() {
    let places = text(&["Yes, said the mayor. Yes, said the minister.", "Yes."]);
    let error = find(&[words("Yes")], &places, "en").unwrap_err();
    assert_eq!(
        error,
        FindError::Ambiguous {
            segment: 0,
            places: 3
        }
    );

    let start = |wanted: Wanted| {
        find(&[wanted], &places, "en")
            .map(|anchor| (anchor.segments[0].block.clone(), anchor.segments[0].start))
    };
    let by_prefix = Wanted {
        prefix: Some("the Mayor.".into()),
        ..words("Yes")
    };
    assert_eq!(start(by_prefix), Ok(("a".into(), 21)));
    let by_suffix = Wanted {
        suffix: Some(", said the mayor".into()),
        ..words("Yes")
    };
    assert_eq!(start(by_suffix), Ok(("a".into(), 0)));
    let by_block = Wanted {
        block: Some("b".into()),
        ..words("Yes")
    };
    assert_eq!(start(by_block), Ok(("b".into(), 0)));
    let by_start = Wanted {
        block: Some("a".into()),
        start: Some(19),
        ..words("Yes")
    };
    assert_eq!(start(by_start), Ok(("a".into(), 21)));
    let by_end = Wanted {
        block: Some("a".into()),
        end: Some(4),
        ..words("Yes")
    };
    assert_eq!(start(by_end), Ok(("a".into(), 0)));
    let by_nothing = Wanted {
        prefix: Some("No".into()),
        ..words("Yes")
    };
    assert_eq!(
        start(by_nothing),
        Err(FindError::Ambiguous {
            segment: 0,
            places: 3
        })
    );
}

#[test]
fn a_wrong_hint_does_not_matter_where_the_words_stand_once() {
    let places = text(&["He said yes."]);
    let wanted = Wanted {
        block: Some("z".into()),
        start: Some(u32::MAX),
        ..words("yes")
    };
    assert!(find(&[wanted], &places, "en").is_ok());
}

#[test]
fn a_whole_word_comes_before_a_part_of_one() {
    let places = text(&["Yesterday he said: Yes."]);
    let anchor = find(&[words("Yes")], &places, "en").unwrap();
    assert_eq!(anchor.segments[0].start, 19);
    assert!(find(&[words("terday")], &places, "en").is_ok());
}

#[test]
fn pieces_with_several_places_follow_the_piece_before_or_precede_the_one_after() {
    let places = text(&["in May it rains. “We open,” he said, “in May.” Not in May?"]);
    let anchor = find(&[words("We open"), words("in May")], &places, "en").unwrap();
    assert_eq!(anchor.segments[1].start, 38);
    let anchor = find(&[words("in May"), words("We open")], &places, "en").unwrap();
    assert_eq!(anchor.segments[0].start, 0);
}

#[test]
fn only_line_breaks_cross_blocks_at_posting() {
    let places = text(&["He said: One.", "", "Two. Three."]);
    let anchor = find(&[words("One.\r\n\r\nTwo.")], &places, "en").unwrap();
    assert_eq!(
        stretches(&anchor),
        [("a", 9, 13, "One."), ("c", 0, 4, "Two.")]
    );
    assert!(find(&[words("One. Two.")], &places, "en").is_err());
}

#[test]
fn a_quote_never_cuts_a_character() {
    let places = text(&["cafe\u{301} 👨\u{200d}👩\u{200d}👧 ß"]);
    for cut in ["cafe", "👨", "👧", "s"] {
        assert!(find(&[words(cut)], &places, "fr").is_err(), "{cut}");
    }
}

#[test]
fn nothing_at_all_is_not_found() {
    let nothing = FindError::NotFound {
        segment: 0,
        nearest: None,
    };
    for exact in ["", " \u{a0}\n", "\u{200f}"] {
        assert_eq!(
            find(&[words(exact)], &text(&["a b"]), "en"),
            Err(nothing.clone())
        );
        assert_eq!(find(&[words(exact)], &[], "en"), Err(nothing.clone()));
    }
    assert_eq!(find(&[], &text(&["a b"]), "en"), Err(nothing.clone()));
    assert_eq!(find(&[words("a")], &[], "en"), Err(nothing));
}

#[test]
fn a_mark_in_the_saved_body_decides_first() {
    let anchor = find(&[words("we agree")], &text(&["He said we agree."]), "en").unwrap();
    let places = text(&["He said we agree.", "Later: we agree."]);
    let hint = Hint {
        block: "b",
        start: 7,
        end: 15,
    };
    let now = reanchor(&anchor, &[hint], &places, "en").anchor;
    assert_eq!(stretches(&now), [("b", 7, 15, "we agree")]);
    let wrong = Hint {
        block: "b",
        start: 0,
        end: 3,
    };
    let now = reanchor(&anchor, &[wrong], &places, "en").anchor;
    assert_eq!(stretches(&now), [("a", 8, 16, "we agree")]);
}

#[test]
fn pieces_are_not_drawn_to_a_headline_that_says_them_in_one() {
    let wanted = [words("We will open"), words("in May")];
    let anchor = find(
        &wanted,
        &text(&["“We will open,” he said, “in May.”"]),
        "en",
    )
    .unwrap();
    let places = text(&[
        "Well, “We will open,” he said, “in May.”",
        "We will open in May",
    ]);
    let now = reanchor(&anchor, &[], &places, "en").anchor;
    assert_eq!(
        stretches(&now),
        [("a", 7, 19, "We will open"), ("a", 32, 38, "in May")]
    );
}

#[test]
fn what_nothing_tells_apart_needs_review_save_after_save() {
    let anchor = find(&[words("we agree")], &text(&["so we agree then"]), "en").unwrap();
    let places = [
        Place {
            block: "x",
            text: "now we agree on it",
        },
        Place {
            block: "y",
            text: "but we agree to it",
        },
    ];
    let once = reanchor(&anchor, &[], &places, "en");
    assert_eq!(once.anchor.state, AnchorState::NeedsReview);
    assert_eq!(once.nearest.as_deref(), Some("we agree"));
    assert_eq!(reanchor(&once.anchor, &[], &places, "en"), once);
}

#[test]
fn another_form_keeps_the_quotes_own_words_and_names_the_place() {
    let anchor = find(
        &[words("one two. three four")],
        &text(&["one two. three four"]),
        "en",
    );
    let now = reanchor(
        &anchor.unwrap(),
        &[],
        &text(&["ONE TWO.", "THREE  FOUR"]),
        "en",
    );
    assert_eq!(now.anchor.state, AnchorState::ChangedForm);
    assert_eq!(now.nearest.as_deref(), Some("ONE TWO.\nTHREE  FOUR"));
    assert_eq!(
        stretches(&now.anchor),
        [("a", 0, 8, "one two."), ("b", 0, 11, "three four")]
    );
}

#[test]
fn an_orphan_stays_as_it_was() {
    let anchor = find(&[words("we agree")], &text(&["so we agree then"]), "en").unwrap();
    let now = reanchor(&anchor, &[], &text(&["Nothing of it."]), "en");
    assert_eq!(now.anchor.state, AnchorState::Orphaned);
    assert_eq!(now.anchor.segments, anchor.segments);
    assert_eq!(now.nearest, None);
    assert_eq!(
        reanchor(&anchor, &[], &[], "en").anchor.state,
        AnchorState::Orphaned
    );
}

#[test]
fn offsets_out_of_range_do_no_harm() {
    let mut anchor = find(&[words("we agree")], &text(&["so we agree then"]), "en").unwrap();
    (anchor.segments[0].start, anchor.segments[0].end) = (u32::MAX, 3);
    let hint = Hint {
        block: "a",
        start: u32::MAX,
        end: 0,
    };
    let now = reanchor(&anchor, &[hint], &text(&["so we agree then"]), "en").anchor;
    assert_eq!(stretches(&now), [("a", 3, 11, "we agree")]);
}

#[test]
fn sentences_that_are_not_edits_of_each_other_are_not_alike() {
    let sentences = [
        "The minister said the new bridge over the river will open to traffic in May.",
        "The minister told reporters that the budget for schools will be cut next year.",
        "We will not raise the price of bread this year, the prime minister said on Monday.",
        "Nazir bildirdi ki, çay üzərindəki yeni körpü may ayında istifadəyə veriləcək.",
        "Nazir jurnalistlərə dedi ki, gələn il məktəblərin büdcəsi azaldılacaq.",
        "Министр сообщил, что новый мост через реку откроют для движения в мае.",
        "Министр сказал журналистам, что в следующем году бюджет школ сократят.",
    ];
    for one in sentences {
        let anchor = find(&[words(one)], &text(&[one]), "az").unwrap();
        for other in sentences.into_iter().filter(|other| *other != one) {
            let now = reanchor(&anchor, &[], &text(&[other]), "az").anchor;
            assert_eq!(now.state, AnchorState::Orphaned, "{one} / {other}");
        }
    }
}

#[test]
fn states_go_by_one_name_each() {
    for state in AnchorState::ALL {
        assert_eq!(state.as_str().parse(), Ok(*state));
        assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
    }
    assert_eq!("Anchored".parse::<AnchorState>().ok(), None);
}

#[test]
fn an_unknown_field_of_what_is_wanted_is_refused() {
    let wanted = serde_json::from_str::<Wanted>(r#"{"exact": "a"}"#).unwrap();
    assert_eq!(wanted, words("a"));
    assert!(serde_json::from_str::<Wanted>(r#"{"exact": "a", "pre": "b"}"#).is_err());
}
