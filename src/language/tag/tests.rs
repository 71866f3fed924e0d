//! Tags taken, refused and made canonical.

use proptest::prelude::*;

use super::*;

#[test]
fn tags_become_canonical() {
    for (given, canonical) in [
        ("az", "az"),
        ("AZ", "az"),
        ("az-latn-az", "az-Latn-AZ"),
        ("RU-ru", "ru-RU"),
        ("en-gb-OXENDICT", "en-GB-oxendict"),
        ("iw", "he"),
        ("aze", "az"),
        ("rus", "ru"),
        ("sh", "sr-Latn"),
        ("en-UK", "en-GB"),
        ("es-419", "es-419"),
    ] {
        let lang: Lang = given.parse().unwrap();
        assert_eq!(lang.as_str(), canonical, "{given}");
    }
}

#[test]
fn what_is_no_tag_is_refused() {
    for given in [
        "",
        "-",
        "a",
        "*",
        "az_AZ",
        "az-",
        "-az",
        "az--AZ",
        "azeri",
        "az AZ",
        " az",
        "аз",
        "i-klingon",
        "x-house",
        "en-u-ca-buddhist",
        "az-Latn-Latn",
        "en-oxendict-oxendict",
        "az\0",
        "root",
    ] {
        assert_eq!(
            given.parse::<Lang>(),
            Err(LangError::Malformed),
            "{given:?}"
        );
    }
    assert_eq!("und".parse::<Lang>(), Err(LangError::Undetermined));
    assert_eq!("und-Latn".parse::<Lang>(), Err(LangError::Undetermined));
    let long = "en-Latn-GB-aaaaaaaa-bbbbbbbb-cccccccc";
    assert_eq!(long.parse::<Lang>(), Err(LangError::TooLong));
}

#[test]
fn direction_follows_the_script() {
    for (tag, dir) in [
        ("az", Dir::Ltr),
        ("az-Cyrl", Dir::Ltr),
        ("az-Arab", Dir::Rtl),
        ("az-IR", Dir::Rtl),
        ("ru", Dir::Ltr),
        ("fa", Dir::Rtl),
        ("ar", Dir::Rtl),
        ("he", Dir::Rtl),
        ("ar-Latn", Dir::Ltr),
        ("qqq", Dir::Ltr),
    ] {
        assert_eq!(tag.parse::<Lang>().unwrap().dir(), dir, "{tag}");
    }
}

#[test]
fn json_holds_the_canonical_tag() {
    let lang: Lang = serde_json::from_str("\"AZ-latn\"").unwrap();
    assert_eq!(serde_json::to_string(&lang).unwrap(), "\"az-Latn\"");
    assert!(serde_json::from_str::<Lang>("\"az_AZ\"").is_err());
    assert!(serde_json::from_str::<Lang>("null").is_err());
    assert_eq!(serde_json::to_string(&Dir::Rtl).unwrap(), "\"rtl\"");
    assert_eq!(Lang::name(), "Lang");
}

proptest! {
    #[test]
    fn any_text_parses_or_is_refused(text in "\\PC*") {
        let _ = text.parse::<Lang>();
    }

    #[test]
    fn canonical_tags_stay_as_they_are(text in PATTERN) {
        if let Ok(lang) = text.parse::<Lang>() {
            let again: Lang = lang.as_str().parse().unwrap();
            prop_assert_eq!(again, lang);
        }
    }
}
