//! Text as XML takes it, addresses as URIs, and names that last.

use sha2::{Digest, Sha256};
use url::Url;
use uuid::{Builder, Uuid};

use crate::language::Lang;

/// Text without what XML 1.0 (§2.2) has no way to write, not even escaped.
pub fn writable(text: &str) -> String {
    let allowed = |c: &char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    text.chars().filter(allowed).collect()
}

/// Text as the content of an element or of an attribute in quotation marks, in XML and in HTML.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in writable(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// An address as a URI (RFC 3986): letters beyond ASCII are coded, also those of the host.
pub fn uri(address: &str) -> String {
    Url::parse(address).map_or_else(|_| address.to_owned(), String::from)
}

/// The name of a thing in a language, the same for good, whatever its address becomes: a UUID made
/// of its id and the language (RFC 9562, version 8 with SHA-256 as in appendix B.2).
pub fn urn(id: Uuid, lang: &Lang) -> String {
    let digest = Sha256::new()
        .chain_update(id.as_bytes())
        .chain_update(lang.as_str())
        .finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Builder::from_custom_bytes(bytes)
        .into_uuid()
        .urn()
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_write_is_left_out_and_the_rest_is_escaped() {
        let text = "a\u{0}\u{8}\u{b}\u{1b}\u{fffe}\u{ffff}b\tc\nd\u{85}\u{fffd}😀";
        assert_eq!(writable(text), "ab\tc\nd\u{85}\u{fffd}😀");
        assert_eq!(
            escaped("<Ə & \"b\" 'c'>"),
            "&lt;Ə &amp; &quot;b&quot; &#39;c&#39;&gt;"
        );
    }

    #[test]
    fn an_address_becomes_a_uri() {
        assert_eq!(
            uri("https://xəbər.az/məqalə"),
            "https://xn--xbr-dtbb.az/m%C9%99qal%C9%99"
        );
        assert_eq!(
            uri("https://example.az/a?b=c#d"),
            "https://example.az/a?b=c#d"
        );
    }

    #[test]
    fn a_name_lasts_and_no_two_languages_share_one() {
        let (id, az, ru) = (
            Uuid::from_u128(7),
            "az".parse().unwrap(),
            "ru".parse().unwrap(),
        );
        assert_eq!(urn(id, &az), urn(id, &az));
        assert_ne!(urn(id, &az), urn(id, &ru));
        assert_ne!(urn(id, &az), urn(Uuid::from_u128(8), &az));
        let uuid: Uuid = urn(id, &az).parse().unwrap();
        assert_eq!((uuid.get_version_num(), urn(id, &az).len()), (8, 45));
    }
}
