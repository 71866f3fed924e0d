//! Which addresses may be named: links that a click may safely follow, and pictures and embeds
//! that a secure page may load. Letters beyond ASCII are welcome, as in an IRI (RFC 3987).

use url::Url;

use super::model::MAX_URL;

/// An absolute `http`, `https` or `mailto` address.
pub fn is_link(address: &str) -> bool {
    has_scheme(address, &["http", "https", "mailto"])
}

/// An absolute `http` or `https` address.
pub fn is_web(address: &str) -> bool {
    has_scheme(address, &["http", "https"])
}

/// An absolute `https` address.
pub fn is_https(address: &str) -> bool {
    has_scheme(address, &["https"])
}

fn has_scheme(address: &str, schemes: &[&str]) -> bool {
    // A URL parser forgives leading garbage and `https:host`; other readers of the address do not.
    address.len() <= MAX_URL
        && !address.contains(is_unclear)
        && Url::parse(address).is_ok_and(|url| {
            let scheme = url.scheme();
            let rest = address.get(scheme.len() + 1..).unwrap_or_default();
            let host = rest.strip_prefix("//").unwrap_or_default();
            schemes.contains(&scheme)
                && match scheme {
                    "mailto" => !rest.is_empty(),
                    _ => !host.is_empty() && !host.starts_with(['/', '?', '#']),
                }
        })
}

/// What makes one address look like another, or be read as another by the next program: white
/// space, control characters, backslashes, and marks of direction, which RFC 3987 (§4.1) forbids.
fn is_unclear(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\\' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
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
            "https:///example.az",
            "https://example.az\\@example.org",
            "https://example.az/\u{202e}gpj.exe",
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
        assert_eq!(
            link_from_markup("https:\\\\example.az\\a").as_deref(),
            Some("https://example.az/a")
        );
        assert_eq!(link_from_markup("java\nscript:alert(1)"), None);
    }
}
