//! Headers and parameters as they come, and the keys made of them.

use proptest::prelude::*;

use super::*;

fn heard(header: &str) -> String {
    let asked = Asked::new(None, Some(header));
    let ranges = asked.header.iter().map(|weighted| match &weighted.range {
        LangRange::Any => format!("* {}", weighted.q),
        LangRange::Tag(lang) => format!("{lang} {}", weighted.q),
    });
    ranges.collect::<Vec<_>>().join(", ")
}

#[test]
fn a_header_is_sorted_by_weight() {
    for (header, ranges) in [
        ("az", "az 1000"),
        ("en;q=0.5, az", "az 1000, en 500"),
        ("en;q=0.8,ru;q=0.8,az;q=0.85", "az 850, en 800, ru 800"),
        ("AZ-az ; Q=0.5", "az-AZ 500"),
        ("ru;q=1.000, en;q=0.001, *;q=0", "ru 1000, en 1, * 0"),
        ("en;level=1;q=0.3", "en 300"),
        ("de-*-DE, *-CH", "de-DE 1000, * 1000"),
        ("en-u-ca-buddhist", "en 1000"),
        ("zh-yue-HK", "zh 1000"),
    ] {
        assert_eq!(heard(header), ranges, "{header}");
    }
}

#[test]
fn what_is_no_range_is_passed_over() {
    for header in [
        "",
        ",,;",
        "x-house",
        "i-klingon",
        "12",
        "az;q=2",
        "az;q=1.001",
        "az;q=-1",
        "az;q=0.1234",
        "az;q",
        "az;q=",
        "аз",
    ] {
        assert_eq!(heard(header), "", "{header}");
    }
    assert_eq!(heard("???, az;q=0.5, en;q=x"), "az 500");
    assert_eq!(heard("az_AZ, az-!!"), "az 1000");
}

#[test]
fn the_parameter_is_taken_strictly() {
    let tags = |text: &str| text.parse::<LangList>().map(|list| list.tags().to_vec());
    assert_eq!(
        tags("RU,az,ru").unwrap(),
        ["ru".parse().unwrap(), "az".parse().unwrap()]
    );
    for text in ["", ",", "az,", "az, ru", "*", "az;q=1", "az|ru"] {
        assert_eq!(tags(text), Err(LangError::Malformed), "{text:?}");
    }
    assert_eq!(tags("aa,ab,af,ak,am,an,ar,as,av"), Err(LangError::TooMany));
}

#[test]
fn the_parameter_silences_the_header() {
    let asked = Asked::new("az".parse().ok(), Some("ru"));
    assert_eq!(asked, Asked::of("az".parse().unwrap()));
    assert!(!asked.varies());
    assert!(Asked::new(None, None).varies());
}

#[test]
fn keys_are_short_and_few() {
    let site = ["az", "ru", "en"].map(|tag| tag.parse().unwrap());
    for (header, key) in [
        ("", ""),
        ("???", ""),
        ("az", ":az"),
        ("az-AZ,az;q=0.9,en-US;q=0.8,en;q=0.7,tr;q=0.6", ":az~,en~"),
        ("az-AZ,az;q=0.9,en-GB;q=0.8,de;q=0.3", ":az~,en~"),
        ("fr", ":"),
        ("fr-FR, de", ":"),
        ("fr, *;q=0.1", ":*"),
        ("ru, az;q=0", ":ru,!az"),
        ("az-Cyrl", ":"),
    ] {
        assert_eq!(Asked::new(None, Some(header)).key(&site), key, "{header}");
    }
    let asked = Asked::new("ru-RU,az".parse().ok(), None);
    assert_eq!(asked.key(&site), "=ru-RU,az");
}

proptest! {
    #[test]
    fn any_header_is_heard(header in "\\PC*|[a-zA-Z*;=q0-9., -]{0,200}") {
        let asked = Asked::new(None, Some(&header));
        prop_assert!(asked.header.len() <= MAX_RANGES);
        prop_assert!(asked.header.iter().all(|weighted| weighted.q <= 1000));
    }

    #[test]
    fn any_parameter_is_taken_or_refused(text in "\\PC*|[a-zA-Z,-]{0,200}") {
        let _ = text.parse::<LangList>();
    }
}
