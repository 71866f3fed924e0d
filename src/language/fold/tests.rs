//! Case and folding as tables of words, and what holds for any text.

use proptest::prelude::*;

use super::*;

/// language | in capitals | in small letters.
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

/// One | other: the same name, in a text of whatever language.
const SAME: &str = "
    İlham | İLHAM
    İlham | ILHAM
    ilham | ılham
    ILQAR | ılqar
    I\u{307}sa | isa
    Əli Kərimli | ƏLİ KƏRİMLİ
    Əli Kərimli | Əlı  Kərımlı
    «Çətin sualda» | “ÇƏTİN SUALDA”
    Ə\u{a0}İ | ə i
    Алиев | АЛИЕВ
    Е\u{308}ж | ЁЖ
    «мост» | „МОСТ“
    И\u{306}од | йод
    O’Brien | O'BRIEN
    Oʻzbekiston | O‘zbekiston
    ‘yes’ | \"Yes\"
    Baku – Tbilisi | baku - tbilisi
    a — b | A ‑ B
    10 000 | 10\u{202f}000
    one  two\u{2003}\tthree | One Two Three
    cafe\u{301} | CAFÉ
    co\u{ad}operate | Cooperate
    zero\u{200b}width\u{feff} | zerowidth
    Straße | STRASSE
    ﬁne | FINE
    Å | Å
";

/// One | other: not the same.
const OTHER: &str = "
    Ə | E
    ş | s
    ё | е
    й | и
    café | cafe
    ab | a b
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
    }
    assert_eq!(lower("IRAN", &en()), "iran");
    assert_eq!(lower("IRAN", &az()), "ıran");
}

#[test]
fn a_name_is_the_same_in_every_spelling() {
    for row in rows(SAME) {
        assert_eq!(fold_name(row[0]), fold_name(row[1]), "{row:?}");
    }
}

#[test]
fn other_letters_stay_other() {
    for row in rows(OTHER) {
        assert_ne!(fold_name(row[0]), fold_name(row[1]), "{row:?}");
    }
}

/// Any text, and texts of the letters, marks and spaces that give trouble.
fn texts() -> impl Strategy<Value = String> {
    let troublesome = "[aIiİıßﬁΣς\u{301}\u{307}\u{308}\u{323}\u{345}\u{344}ᾳᾼ \u{a0}\n\u{ad}\u{200b}«’—가\u{1161}\u{11a8}\u{f73}\u{1ff}ǰ]{0,12}";
    prop_oneof![any::<String>(), troublesome.prop_map(String::from)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn folding_twice_is_folding_once(text in texts()) {
        let once = fold_name(&text);
        prop_assert_eq!(fold_name(&once), once);
    }

    #[test]
    fn what_nobody_sees_changes_no_name(text in texts(), at in any::<prop::sample::Index>(),
        mark in "[\u{ad}\u{61c}\u{200b}-\u{200f}\u{202a}-\u{202e}\u{2060}-\u{2064}\u{2066}-\u{2069}\u{fe0f}\u{feff}]") {
        let mut marked: Vec<char> = text.chars().collect();
        let at = at.index(marked.len() + 1);
        marked.splice(at..at, mark.chars());
        let marked: String = marked.into_iter().collect();
        prop_assert_eq!(fold_name(&marked), fold_name(&text));
    }

    #[test]
    fn case_of_any_text_can_be_changed(text in texts(), lang in "az|ru|en|tr|lt|el") {
        let _ = lower(&text, &lang.parse().unwrap());
    }
}
