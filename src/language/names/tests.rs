//! Names taken, refused, picked and merged.

use serde_json::{from_value, json, to_string};

use super::*;

fn lang(tag: &str) -> Lang {
    tag.parse().expect("a tag")
}

fn names(value: serde_json::Value) -> Names {
    from_value(value).expect("names")
}

#[test]
fn a_name_is_picked_by_wish_then_chain_then_any() {
    let names = names(json!({"en": "Politics", "az": "Siyasət", "tr": "Siyaset"}));
    let chain = [lang("ru"), lang("en")];
    assert_eq!(names.pick(&lang("az"), &chain), "Siyasət");
    assert_eq!(names.pick(&lang("de"), &chain), "Politics");
    assert_eq!(names.pick(&lang("de"), &[]), "Siyasət");
}

#[test]
fn tags_come_out_canonical_and_in_order() {
    let names = names(json!({"RU": "Политика", "AZ-latn": "Siyasət"}));
    assert_eq!(
        to_string(&names).expect("JSON"),
        r#"{"az-Latn":"Siyasət","ru":"Политика"}"#
    );
}

#[test]
fn a_language_is_named_once() {
    let error = from_value::<Names>(json!({"en": "Politics", "EN": "Policy"}));
    assert_eq!(
        error.expect_err("twice").to_string(),
        NamesError::Twice.to_string()
    );
    assert_eq!(
        Names::parse([("en", "Politics"), ("EN", "Policy")]),
        Err(NamesError::Twice)
    );
}

#[test]
fn there_is_at_least_one_name_and_each_is_one_line() {
    assert_eq!(Names::parse([]), Err(NamesError::Nameless));
    assert_eq!(Names::parse([("en", " ")]), Err(NamesError::Empty));
    assert_eq!(Names::parse([("en", "a\nb")]), Err(NamesError::Control));
    let longest = "ə".repeat(MAX_LENGTH);
    assert!(Names::parse([("az", longest.as_str())]).is_ok());
    assert_eq!(
        Names::parse([("az", format!("{longest}a").as_str())]),
        Err(NamesError::TooLong)
    );
    assert!(from_value::<Names>(json!({"english language": "Politics"})).is_err());
}

#[test]
fn a_patch_merges_and_cannot_take_the_last_name() {
    let mut names = names(json!({"en": "Politics", "az": "Siyasət"}));
    let patch: NamesPatch =
        from_value(json!({"en": null, "ru": "Политика", "de": null})).expect("a patch");
    patch.apply(&mut names).expect("names are left");
    assert_eq!(
        to_string(&names).expect("JSON"),
        r#"{"az":"Siyasət","ru":"Политика"}"#
    );
    let patch: NamesPatch = from_value(json!({"az": null, "ru": null})).expect("a patch");
    assert_eq!(patch.apply(&mut names), Err(NamesError::Nameless));
    assert_eq!(names.iter().count(), 2);
}
