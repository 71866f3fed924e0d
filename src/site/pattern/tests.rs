//! Patterns: what is refused, and that what is built is read back.

use proptest::prelude::*;

use super::*;
use crate::site::{AddressParts, fill};

fn read(pattern: &str, address: &str) -> Vec<(Option<String>, Option<String>, Option<String>)> {
    let pattern = AddressPattern::parse(pattern).expect("a pattern");
    let readings = pattern.read(&Url::parse(address).expect("an address"));
    let told = |read: Read| {
        (
            read.lang.map(|lang| lang.to_string()),
            read.slug.map(|slug| slug.to_string()),
            read.id.map(|id| id.to_string()),
        )
    };
    readings.into_iter().map(told).collect()
}

/// The one reading of an address as `lang slug id`, with `-` for what it does not say.
fn one(pattern: &str, address: &str) -> String {
    let said = |part: &Option<String>| part.clone().unwrap_or_else(|| "-".to_owned());
    match &read(pattern, address)[..] {
        [] => "nothing".to_owned(),
        [(lang, slug, id)] => format!("{} {} {}", said(lang), said(slug), said(id)),
        many => format!("{} readings", many.len()),
    }
}

/// Pattern, address, and what it says: language, slug and id.
const READ: &str = "
https://example.az/{lang}/{slug} https://example.az/az/yagis az yagis -
https://example.az/{lang}/{slug} http://example.az/az/yagis az yagis -
https://example.az/{lang}/{slug} https://EXAMPLE.az:443/az/yagis/ az yagis -
https://example.az/{lang}/{slug} https://example.az/%61z/ya%67is?utm=1&x#y az yagis -
https://example.az/{lang}/{slug} https://example.az/AZ/yagis az yagis -
https://example.az/{lang}/{slug} https://example.az/az/x/../yagis az yagis -
https://example.az/{lang}/{slug} https://example.az/az/Yagis nothing
https://example.az/{lang}/{slug} https://example.az/az/ya%2Fgis nothing
https://example.az/{lang}/{slug} https://example.az/az//yagis nothing
https://example.az/{lang}/{slug} https://example.az/az nothing
https://example.az/{lang}/{slug} https://example.az/az/yagis/amp nothing
https://example.az/{lang}/{slug} https://example.az:8443/az/yagis nothing
https://example.az/{lang}/{slug} https://www.example.az/az/yagis nothing
https://example.az/{lang}/{slug} https://example.az.evil.test/az/yagis nothing
https://{lang}.example.az/{slug}.html https://RU.example.az/dozhd.html ru dozhd -
https://{lang}.example.az/{slug}.html https://ru.example.az/dozhd nothing
https://xəbər.az/{slug} https://xn--xbr-dtbb.az/yagis - yagis -
https://xəbər.az/{slug} https://XƏBƏR.az/yagis - yagis -
https://example.az/xəbər/{slug} https://example.az/x%C9%99b%C9%99r/yagis - yagis -
https://example.az/{section}/{slug}-{id} https://example.az/-/a-b-0192f1a2-7c3e-7b10-9a55-1f0c2d3e4a01 - a-b 0192f1a2-7c3e-7b10-9a55-1f0c2d3e4a01
https://example.az/?p={slug}&l={lang} https://example.az?l=en&x=1&p=rain en rain -
https://example.az/?p={slug}&l={lang} https://example.az?p=rain nothing
https://example.az/#!/{lang}/{slug} https://example.az/#!/en/rain en rain -
https://example.az/#!/{lang}/{slug} https://example.az/ nothing
https://{lang}.example.az/{lang}/{slug} https://az.example.az/az/yagis az yagis -
https://{lang}.example.az/{lang}/{slug} https://az.example.az/ru/yagis nothing
https://example.az/{lang} https://example.az/az/ az - -
https://example.az https://example.az/?a=b - - -
";

#[test]
fn an_address_is_read_back_however_it_is_written() {
    for row in READ.lines().filter(|row| !row.is_empty()) {
        let (pattern, rest) = row.split_once(' ').expect("a pattern");
        let (address, said) = rest.split_once(' ').expect("an address");
        assert_eq!(one(pattern, address), said, "{pattern} {address}");
    }
}

#[test]
fn what_can_be_read_in_several_ways_is() {
    let slugs = read(
        "https://example.az/{section}-{slug}",
        "https://example.az/city-life-a-b",
    );
    let slugs: Vec<_> = slugs.into_iter().filter_map(|(_, slug, _)| slug).collect();
    assert_eq!(slugs, ["b", "a-b", "life-a-b"]);
}

#[test]
fn a_pattern_that_leads_nowhere_is_refused() {
    for (pattern, why) in [
        (
            "https://example.az/{article}",
            PatternError::Unknown("article".to_owned()),
        ),
        (
            "https://example.az/{}",
            PatternError::Unknown(String::new()),
        ),
        ("https://example.az/{slug", PatternError::Brace),
        ("https://example.az/slug}", PatternError::Brace),
        ("https://example.az/}{slug}", PatternError::Brace),
        ("https://example.az/{lang}{slug}", PatternError::Adjacent),
        ("https://{lang}xəbər.az/{slug}", PatternError::Place),
        ("https://example.az/?{lang}=1", PatternError::Place),
        ("https://{slug}@example.az/", PatternError::Place),
    ] {
        assert_eq!(AddressPattern::parse(pattern), Err(why), "{pattern}");
    }
    for pattern in [
        "/{lang}/{slug}",
        "ftp://example.az/{slug}",
        "https://exa mple.az/{slug}",
        "",
    ] {
        let refused = AddressPattern::parse(pattern);
        assert!(
            matches!(refused, Err(PatternError::Address(_))),
            "{pattern}"
        );
    }
}

fn slug() -> impl Strategy<Value = String> {
    "[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,4}"
}

proptest! {
    #[test]
    fn building_then_reading_gives_the_item_back(
        form in prop::sample::select(vec![
            "https://example.az/{lang}/{slug}",
            "https://{lang}.example.az/{section}/{slug}/",
            "https://example.az/{section}/{slug}-{id}.html",
            "https://example.az/{lang}-{section}-{slug}",
            "https://example.az/news?l={lang}&s={slug}&id={id}#{section}",
            "https://xəbər.az/məqalə/{lang}/{slug}_{id}",
            "https://example.az:8443/#/{lang}/{slug}",
        ]),
        lang in prop::sample::select(vec!["az", "ru", "en-GB", "az-Cyrl"]),
        slug in slug(),
        section in prop::option::of(slug()),
        id in any::<u128>(),
        tail in prop::sample::select(vec!["", "&utm_source=x"]),
    ) {
        let (lang, slug): (Lang, _) = (lang.parse().expect("a tag"), Slug::parse(&slug).expect("a slug"));
        let id = Uuid::from_u128(id);
        let address = fill(form, &AddressParts { lang: &lang, slug: Some(&slug), id, section: section.as_deref() });
        let address = match form.contains('?') {
            true => address.replace('#', &format!("{tail}#")),
            false => address,
        };
        let pattern = AddressPattern::parse(form).expect("a pattern");
        let readings = pattern.read(&Url::parse(&address).expect("an address"));
        let is_it = |read: &Read| {
            read.slug.as_ref() == Some(&slug)
                && read.lang.as_ref() == form.contains("{lang}").then_some(&lang)
                && read.id == form.contains("{id}").then_some(id)
        };
        prop_assert!(readings.iter().any(is_it), "{address}: {readings:?}");
    }

    #[test]
    fn no_address_is_too_odd_to_be_read(path in "\\PC{0,200}") {
        let pattern = AddressPattern::parse("https://example.az/{section}-{slug}-{lang}/{id}").expect("a pattern");
        if let Ok(url) = Url::parse("https://example.az/").expect("an address").join(&path) {
            pattern.read(&url);
        }
    }
}
