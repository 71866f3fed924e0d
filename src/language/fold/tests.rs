//! Case and folding as tables of words, and what holds for any text.

use proptest::prelude::*;

use super::*;

/// language | in capitals | in small letters: each is the other's, both ways.
const CASES: &str = "
    az | İSTİQLAL | istiqlal
    az | IŞIQ | ışıq
    az | QIZIL | qızıl
    az | BAKI | bakı
    az | İLHAM ƏLİYEV | ilham əliyev
    az | ILQAR | ılqar
    az | ƏZİZ SAKİN | əziz sakin
    az | ÇƏTİN SUALDA | çətin sualda
    az | SƏRHƏDDƏ GƏRGİNLİK | sərhəddə gərginlik
    az | XALQ CƏBHƏSİ | xalq cəbhəsi
    az | MÜĞƏNNİ | müğənni
    az | ŞUŞA | şuşa
    az | GÖYGÖL | göygöl
    az | NAXÇIVAN | naxçıvan
    az | İRAN | iran
    az | DÖVLƏT NEFT ŞİRKƏTİ | dövlət neft şirkəti
    tr | İSTANBUL | istanbul
    tr | DİYARBAKIR | diyarbakır
    tr | IĞDIR | ığdır
    ru | БАКУ | баку
    ru | ЁЛКА | ёлка
    ru | ОБЪЯВЛЕНИЕ | объявление
    ru | ЩУКА | щука
    ru | МИНИСТР ЭКОНОМИКИ | министр экономики
    en | INDIA | india
    en | MIDDLE EAST | middle east
    en | CAFÉ | café
    en | ISIL | isil
";

/// language | one | other: the same when folded for matching.
const SAME: &str = "
    az | İlham | İLHAM
    az | ILQAR | ılqar
    az | İ | i
    az | I\u{307} | i
    az | «Çətin sualda» | “ÇƏTİN SUALDA”
    az | Ə\u{a0}İ | ə i
    tr | DIŞ | dış
    ru | Ёж | ЁЖ
    ru | Е\u{308}ж | ёж
    ru | «мост» | „МОСТ“
    ru | И\u{306}од | йод
    en | it’s | it's
    en | ‘yes’ | \"Yes\"
    en | Baku – Tbilisi | baku - tbilisi
    en | a — b | A ‑ B
    en | 10 000 | 10\u{202f}000
    en | one  two\u{2003}\tthree | One Two Three
    en | cafe\u{301} | CAFÉ
    en | co\u{ad}operate | Cooperate
    en | zero\u{200b}width\u{feff} | zerowidth
    en | Straße | STRASSE
    en | ﬁne | FINE
    en | Å | Å
";

/// language | one | other: not the same.
const OTHER: &str = "
    az | I | i
    az | ı | i
    az | QIZIL | qizil
    az | ə | e
    az | ş | s
    tr | ISPARTA | isparta
    en | ı | i
    en | İ | i
    ru | ё | е
    ru | й | и
    en | café | cafe
    en | ab | a b
";

/// One | other: the same name, in a text of whatever language.
const NAMES: &str = "
    İlham | ILHAM
    ilham | ılham
    Əli Kərimli | ƏLİ KƏRİMLİ
    Əli Kərimli | Əlı  Kərımlı
    O’Brien | O'BRIEN
    I\u{307}sa | isa
    Алиев | АЛИЕВ
";

fn rows(table: &str) -> impl Iterator<Item = Vec<&str>> {
    let lines = table
        .lines()
        .map(|line| line.trim_matches(' '))
        .filter(|line| !line.is_empty());
    lines.map(|line| line.split(" | ").collect())
}

fn az() -> Lang {
    "az".parse().unwrap()
}

fn en() -> Lang {
    "en".parse().unwrap()
}

#[test]
fn case_is_of_the_language() {
    for row in rows(CASES) {
        let lang = row[0].parse().unwrap();
        assert_eq!(lower(row[1], &lang), row[2], "{row:?}");
        assert_eq!(upper(row[2], &lang), row[1], "{row:?}");
        assert_eq!(fold(row[1], &lang), fold(row[2], &lang), "{row:?}");
    }
    assert_eq!(lower("IRAN", &en()), "iran");
    assert_eq!(lower("IRAN", &az()), "ıran");
    assert_eq!(upper("iran", &en()), "IRAN");
}

#[test]
fn copies_of_the_same_words_are_the_same() {
    for row in rows(SAME) {
        let lang = row[0].parse().unwrap();
        assert_eq!(
            fold_for_match(row[1], &lang).text,
            fold_for_match(row[2], &lang).text,
            "{row:?}"
        );
    }
}

#[test]
fn other_letters_stay_other() {
    for row in rows(OTHER) {
        let lang = row[0].parse().unwrap();
        assert_ne!(
            fold_for_match(row[1], &lang).text,
            fold_for_match(row[2], &lang).text,
            "{row:?}"
        );
    }
}

#[test]
fn names_are_found_whatever_the_language_of_the_text() {
    for row in rows(NAMES) {
        assert_eq!(fold_name(row[0]).text, fold_name(row[1]).text, "{row:?}");
    }
}

#[test]
fn words_are_found_where_they_stand() {
    let text = "O dedi:\u{a0}«Körpü  İYUNDA\u{ad} açılacaq» — dünən.";
    let body = fold_for_match(text, &az());
    let found = |words: &str| {
        let places = body.places_of(&fold_for_match(words, &az()));
        let slice = |place: &Range<usize>| {
            text.chars()
                .skip(place.start)
                .take(place.len())
                .collect::<String>()
        };
        places.iter().map(slice).collect::<Vec<_>>()
    };
    assert_eq!(
        found("körpü iyunda açılacaq"),
        ["Körpü  İYUNDA\u{ad} açılacaq"]
    );
    assert_eq!(found("\"körpü"), ["«Körpü"]);
    assert_eq!(found("iyunda"), ["İYUNDA"]);
    assert_eq!(found("- dünən."), ["— dünən."]);
    assert_eq!(found("O"), ["O"]);
    assert!(found("sabah").is_empty());
    assert!(found("").is_empty());
    assert_eq!(found("d").len(), 4);
}

#[test]
fn a_letter_and_its_marks_are_found_whole() {
    let body = fold_for_match("Straße, cafe\u{301}!", &en());
    let place = |words: &str| {
        let places = body.places_of(&fold_for_match(words, &en()));
        places
            .iter()
            .map(|place| format!("{place:?}"))
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(place("strasse"), "0..6");
    assert_eq!(place("stras"), "0..5");
    assert_eq!(place("se"), "4..6");
    assert_eq!(place("café"), "8..13");
    assert_eq!(place("!"), "13..14");
    assert_eq!(body.map.last(), Some(&14));
}

#[test]
fn ranges_beyond_the_text_are_nothing() {
    let body = fold_for_match("abc", &en());
    assert_eq!(body.original(0..3), Some(0..3));
    assert_eq!(body.original(1..1), None);
    assert_eq!(body.original(2..4), None);
    assert_eq!(body.original(5..9), None);
    assert_eq!(fold_for_match("", &en()).map, [0]);
}

/// Any text, and texts of the letters, marks and spaces that give trouble.
fn texts() -> impl Strategy<Value = String> {
    let troublesome = "[aIiİıßﬁΣς\u{301}\u{307}\u{308}\u{323}\u{345}\u{344}ᾳᾼ \u{a0}\n\u{ad}\u{200b}«’—가\u{1161}\u{11a8}\u{f73}\u{1ff}ǰ]{0,12}";
    prop_oneof![any::<String>(), troublesome.prop_map(String::from)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn the_map_never_decreases_and_stays_in_range(text in texts(), lang in "az|ru|en|tr") {
        for folded in [fold_for_match(&text, &lang.parse().unwrap()), fold_name(&text)] {
            let points = folded.text.chars().count();
            let length = text.chars().count();
            prop_assert_eq!(folded.map.len(), points + 1);
            prop_assert_eq!(folded.ends.len(), points);
            prop_assert!(folded.map.is_sorted());
            prop_assert!(folded.ends.is_sorted());
            prop_assert_eq!(folded.map.last(), Some(&length));
            prop_assert!(folded.map.iter().zip(&folded.ends).all(|(start, end)| start < end));
            prop_assert!(folded.ends.last().is_none_or(|end| *end <= length));
        }
    }

    #[test]
    fn folding_twice_is_folding_once(text in texts(), lang in "az|ru|en|tr") {
        let lang = lang.parse().unwrap();
        let once = fold_for_match(&text, &lang).text;
        prop_assert_eq!(fold_for_match(&once, &lang).text, once);
        let once = fold_name(&text).text;
        prop_assert_eq!(fold_name(&once).text, once);
    }

    #[test]
    fn every_text_is_found_in_itself(text in texts(), lang in "az|ru|en|tr") {
        let folded = fold_for_match(&text, &lang.parse().unwrap());
        let places = folded.places_of(&folded);
        prop_assert_eq!(places.len(), usize::from(!folded.text.is_empty()));
    }

    #[test]
    fn case_of_any_text_can_be_changed(text in texts(), lang in "az|ru|en|tr|lt|el") {
        let lang = lang.parse().unwrap();
        let _ = (lower(&text, &lang), upper(&text, &lang), fold(&text, &lang));
    }
}
