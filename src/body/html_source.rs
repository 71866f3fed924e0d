//! HTML as it was sent: refused where reading it would take too long, else sanitised and parsed.

use html5ever::tendril::TendrilSink;
use html5ever::{ParseOpts, QualName, local_name, ns, parse_fragment};
use markup5ever_rcdom::RcDom;

use super::check::BodyError;

/// Tags of one source, those that end an element counted too. The parser looks through all
/// elements that are open, so its work may grow with the square of their number.
const MAX_TAGS: usize = 12_000;
/// Character references of one source, whose cost grows in the same way.
const MAX_REFERENCES: usize = 20_000;

/// Why the source is not read, if it is not.
pub(super) fn refused(source: &str) -> Option<BodyError> {
    if source.contains('\0') {
        return Some(BodyError::new("", "nul", "U+0000 is not allowed in text."));
    }
    let begins_tag =
        |pair: &&[u8]| pair[0] == b'<' && (pair[1].is_ascii_alphabetic() || pair[1] == b'/');
    let tags = source.as_bytes().windows(2).filter(begins_tag).count();
    let references = source.bytes().filter(|byte| *byte == b'&').count();
    let detail = match (tags > MAX_TAGS, references > MAX_REFERENCES) {
        (true, _) => format!("There are {tags} tags; at most {MAX_TAGS} are allowed."),
        (_, true) => {
            format!("There are {references} signs `&`; at most {MAX_REFERENCES} are allowed.")
        }
        _ => return None,
    };
    Some(BodyError::new("", "too-many", detail))
}

/// The tree of what is left after sanitising.
pub(super) fn parsed(source: &str) -> RcDom {
    parse(&sanitised(source))
}

/// Elements besides ammonia's own that tell where blocks end, and the frames that become embeds.
const MORE_TAGS: [&str; 12] = [
    "address", "fieldset", "font", "form", "iframe", "legend", "main", "menu", "option", "search",
    "section", "tfoot",
];

fn sanitised(source: &str) -> String {
    ammonia::Builder::default()
        .add_tags(MORE_TAGS)
        .add_tag_attributes("iframe", ["src"])
        .add_tag_attributes("b", ["style"])
        .add_clean_content_tags(["title", "template", "noembed", "noframes"])
        .url_schemes(["http", "https", "mailto"].into())
        .link_rel(None)
        .clean(source)
        .to_string()
}

fn parse(source: &str) -> RcDom {
    let context = QualName::new(None, ns!(html), local_name!("div"));
    parse_fragment(
        RcDom::default(),
        ParseOpts::default(),
        context,
        Vec::new(),
        false,
    )
    .one(source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_that_would_take_long_are_refused() {
        let code = |source: String| refused(&source).map(|error| error.code);
        assert_eq!(code("<b>".repeat(MAX_TAGS + 1)), Some("too-many"));
        assert_eq!(code("</p>".repeat(MAX_TAGS + 1)), Some("too-many"));
        assert_eq!(code("&amp;".repeat(MAX_REFERENCES + 1)), Some("too-many"));
        assert_eq!(code("a\0b".to_owned()), Some("nul"));
        assert_eq!(code("<p>5 < 6 &amp; 7</p>".to_owned()), None);
    }
}
