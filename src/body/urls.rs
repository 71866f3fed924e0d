//! Which addresses a body may name: links that a click may safely follow, and pictures and embeds
//! that a secure page may load.

use url::Url;

use super::model::MAX_URL;

/// An absolute `http`, `https` or `mailto` address without white space or control characters.
pub fn is_link(address: &str) -> bool {
    has_scheme(address, &["http", "https", "mailto"])
}

/// An absolute `https` address without white space or control characters.
pub fn is_https(address: &str) -> bool {
    has_scheme(address, &["https"])
}

fn has_scheme(address: &str, schemes: &[&str]) -> bool {
    let sound =
        address.len() <= MAX_URL && !address.chars().any(|c| c.is_whitespace() || c.is_control());
    // A URL parser forgives leading garbage and `https:host`; other readers of the address do not.
    sound
        && Url::parse(address).is_ok_and(|url| {
            let scheme = url.scheme();
            let rest = address.get(scheme.len() + 1..).unwrap_or_default();
            schemes.contains(&scheme)
                && (scheme == "mailto" && !rest.is_empty() || rest.starts_with("//"))
        })
}

/// A link as it stands in HTML, where browsers forgive white space around and inside.
pub(super) fn link_from_markup(address: &str) -> Option<String> {
    let address = address.trim_ascii();
    if is_link(address) {
        return Some(address.to_owned());
    }
    let mended = Url::parse(address).ok()?.to_string();
    is_link(&mended).then_some(mended)
}

/// The address of a picture or frame as it stands in HTML, where `//host/…` takes the page's scheme.
pub(super) fn https_from_markup(address: &str) -> Option<String> {
    let address = address.trim_ascii();
    let whole = match address.strip_prefix("//") {
        Some(rest) => format!("https://{rest}"),
        None => address.to_owned(),
    };
    link_from_markup(&whole).filter(|address| is_https(address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_http_https_or_mailto() {
        assert!(is_link("https://example.az/a?b=c#d"));
        assert!(is_link("HTTP://example.az"));
        assert!(is_link("mailto:desk@example.az"));
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            "/relative",
            "//example.az",
            "https:example.az",
            "https://",
            "mailto:",
            "ftp://example.az",
            " https://example.az",
            "https://example.az/a b",
            "java\nscript:alert(1)",
            "",
        ] {
            assert!(!is_link(bad), "{bad:?}");
        }
    }

    #[test]
    fn markup_may_have_white_space_in_an_address() {
        assert_eq!(
            link_from_markup(" https://example.az/a b ").as_deref(),
            Some("https://example.az/a%20b")
        );
        assert_eq!(link_from_markup("java\nscript:alert(1)"), None);
    }
}
