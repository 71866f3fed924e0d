//! Surrogate keys as caches in front see them: by these they drop what is inside an answer. The read
//! cache of our own goes by every key, however many there are.

use actix_web::http::header::{HeaderName, HeaderValue};
use indexmap::IndexSet;
use uuid::Uuid;

/// The name of the header.
pub const SURROGATE_KEY: HeaderName = HeaderName::from_static("surrogate-key");

/// In bytes. Some proxies take no more than 4 KiB of headers in all, nginx among them, and answer 502.
const LONGEST: usize = 3072;

/// The header of an answer that depends on these; none where it depends on nothing. Where they are
/// too many, each thing is named by its kind alone.
pub fn header_of(keys: &IndexSet<String>) -> Option<HeaderValue> {
    let length: usize = keys.iter().map(|key| key.len() + 1).sum();
    let named = match length <= LONGEST {
        true => keys.clone(),
        false => keys
            .iter()
            .map(|key| kind_of(key).unwrap_or(key.clone()))
            .collect(),
    };
    let named: Vec<&str> = named.iter().map(String::as_str).collect();
    match named.is_empty() {
        true => None,
        false => HeaderValue::from_str(&named.join(" ")).ok(),
    }
}

/// The keys by which a change drops answers: those that it touches, and the kinds of those.
pub fn with_kinds(keys: Vec<String>) -> Vec<String> {
    let mut all: IndexSet<String> = keys.into_iter().collect();
    let kinds: Vec<String> = all.iter().filter_map(|key| kind_of(key)).collect();
    all.extend(kinds);
    all.into_iter().collect()
}

/// The kind of the one thing that a key names: `any-article` for `article:0192…`. Other keys are few.
fn kind_of(key: &str) -> Option<String> {
    let (kind, rest) = key.split_once(':')?;
    let id = rest.split(':').next()?;
    Uuid::try_parse(id).ok()?;
    Some(format!("any-{kind}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0192f1a2-7c3e-7b10-9a55-1f0c2d3e4a01";

    #[test]
    fn only_what_is_one_thing_has_a_kind() {
        for (key, kind) in [
            (format!("article:{ID}"), Some("any-article")),
            (format!("source:{ID}:quotes"), Some("any-source")),
            ("articles:az".to_owned(), None),
            ("site".to_owned(), None),
        ] {
            assert_eq!(kind_of(&key).as_deref(), kind, "{key}");
        }
    }

    #[test]
    fn a_change_drops_what_it_touches_by_its_own_name_and_by_its_kind() {
        let keys = vec![format!("article:{ID}"), "articles:az".to_owned()];
        let own = keys.clone();
        assert_eq!(
            with_kinds(keys),
            [&own[..], &["any-article".to_owned()]].concat()
        );
    }

    #[test]
    fn the_header_is_exact_while_it_is_short() {
        let keys: IndexSet<String> = [format!("article:{ID}"), "site".to_owned()].into();
        let header = header_of(&keys).expect("a header");
        assert_eq!(header, format!("article:{ID} site").as_str());
        assert_eq!(header_of(&IndexSet::new()), None);
    }
}
