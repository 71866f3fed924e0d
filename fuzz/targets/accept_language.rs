//! `Accept-Language` and `lang`: any header gives an answer, and readers with one key get the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use newsline::language::{Asked, Fallback, Lang, choose};

fn langs(tags: &[&str]) -> Vec<Lang> {
    tags.iter().map(|tag| tag.parse().expect("a tag")).collect()
}

fuzz_target!(|data: (&str, &str, u8)| {
    let (header, lang, exist) = data;
    let site = langs(&["az", "ru", "en", "az-Cyrl", "zh-Hant", "pt-BR"]);
    let available: Vec<Lang> = site
        .iter()
        .enumerate()
        .filter(|(nth, _)| exist & (1 << nth) != 0)
        .map(|(_, lang)| lang.clone())
        .collect();
    let asked = Asked::new(None, Some(header));
    let served = choose(&asked, &available, &site, Fallback::None);
    // A header is a wish: it is never refused where anything exists.
    assert_eq!(served.is_some(), !available.is_empty());
    if let Some(served) = &served {
        assert!(available.contains(&served.lang));
        assert!(served.requested.iter().all(|lang| site.contains(lang)));
    }
    assert!(asked.key(&site).len() < 200, "headers make endless keys");
    if let Ok(list) = lang.parse() {
        let asked = Asked::new(Some(list), Some(header));
        let by_lang = choose(&asked, &available, &site, Fallback::Any);
        assert_eq!(by_lang.is_some(), !available.is_empty());
    }
});
