//! Whether an answer is inert, by the eyes of programs that did not write it: a browser's HTML
//! parser, with scripts and without; its reading of addresses; a strict XML parser.

use std::collections::BTreeSet;
use std::io::Cursor;

use html5ever::serialize::{SerializeOpts, TraversalScope, serialize};
use html5ever::tendril::TendrilSink;
use html5ever::tree_builder::TreeBuilderOpts;
use html5ever::{ParseOpts, QualName, local_name, ns, parse_fragment};
use markup5ever_rcdom::{Handle, NodeData, RcDom, SerializableHandle};
use serde_json::Value;
use url::Url;

use crate::support::Answer;

/// What words, links and pictures are made of. None of it runs, loads a page or takes input.
const ELEMENTS: &[&str] = &[
    "a",
    "aside",
    "blockquote",
    "br",
    "code",
    "del",
    "em",
    "figcaption",
    "figure",
    "h2",
    "h3",
    "h4",
    "html",
    "img",
    "li",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "small",
    "strong",
    "u",
    "ul",
];
const ATTRIBUTES: &[&str] = &[
    "alt",
    "cite",
    "data-quote",
    "height",
    "href",
    "rel",
    "src",
    "start",
    "title",
    "width",
];
const LEADING: &[&str] = &["cite", "href", "src"];
const WEB: &[&str] = &["http", "https", "mailto"];
const RUNNING: &[&str] = &[
    "javascript",
    "vbscript",
    "livescript",
    "mocha",
    "data",
    "blob",
    "filesystem",
    "file",
    "view-source",
    "jar",
];

/// Judges a whole answer by its media type.
pub fn answer(answer: &Answer, path: &str) {
    let told = answer.to_string();
    let is = |name: &str| answer.header(name).unwrap_or_default();
    assert_eq!(is("x-content-type-options"), "nosniff", "{told}");
    for value in answer.headers.values() {
        let plain = value
            .as_bytes()
            .iter()
            .all(|byte| (b' '..=b'~').contains(byte));
        assert!(plain, "{told}");
    }
    let media = is("content-type").split(';').next().unwrap_or_default();
    match media {
        "application/ld+json" => {
            assert!(
                !answer.text().contains('<'),
                "it may end its script element: {told}"
            );
            json(&answer.json, path);
        }
        _ if media.ends_with("json") => json(&answer.json, path),
        _ if media.ends_with("xml") => xml(&answer.text(), path),
        "text/csv" => csv(&answer.text()),
        "text/plain" => {}
        "" => assert!(answer.bytes.is_empty(), "{told}"),
        other => panic!("nobody judges {other}: {told}"),
    }
}

/// Nothing in it runs, whoever reads it first and whoever writes it anew.
fn html(html: &str, path: &str) {
    for scripting in [true, false] {
        let once = parsed(html, scripting);
        let again = parsed(&written(&once), !scripting);
        for tree in [once, again] {
            if let Some(fault) = fault(&tree) {
                panic!("{fault} in {path}: {html}");
            }
        }
    }
}

fn parsed(html: &str, scripting: bool) -> Handle {
    let context = QualName::new(None, ns!(html), local_name!("div"));
    let tree_builder = TreeBuilderOpts {
        scripting_enabled: scripting,
        ..TreeBuilderOpts::default()
    };
    let opts = ParseOpts {
        tree_builder,
        ..ParseOpts::default()
    };
    let reading = parse_fragment(RcDom::default(), opts, context, Vec::new(), scripting);
    reading.one(html).document
}

fn written(tree: &Handle) -> String {
    let mut bytes = Cursor::new(Vec::new());
    let opts = SerializeOpts {
        traversal_scope: TraversalScope::ChildrenOnly(None),
        ..SerializeOpts::default()
    };
    serialize(&mut bytes, &SerializableHandle::from(tree.clone()), opts).expect("HTML");
    String::from_utf8(bytes.into_inner()).expect("UTF-8")
}

/// What a tree has that it must not have.
fn fault(node: &Handle) -> Option<String> {
    let own = match &node.data {
        NodeData::Document | NodeData::Text { .. } => None,
        NodeData::Element { name, attrs, .. } => {
            let known = name.ns == ns!(html) && ELEMENTS.contains(&&*name.local);
            let mut attrs = attrs.borrow().clone().into_iter();
            match known {
                true => attrs.find_map(|attr| fault_of_attribute(&attr.name.local, &attr.value)),
                false => Some(format!("<{}>", name.local)),
            }
        }
        _ => Some("more than elements and words".to_owned()),
    };
    let children = node.children.borrow();
    own.or_else(|| children.iter().find_map(fault))
}

fn fault_of_attribute(name: &str, value: &str) -> Option<String> {
    if !ATTRIBUTES.contains(&name) {
        return Some(format!("attribute {name}"));
    }
    let leads = LEADING.contains(&name) && !is_web(value);
    leads.then(|| format!("{name} that leads to {value:?}"))
}

/// An address as a browser reads it: it forgives what stands around and inside.
fn as_in_a_browser(address: &str) -> Result<Url, url::ParseError> {
    let trimmed = address.trim_matches(|c| c <= ' ');
    let whole: String = trimmed
        .chars()
        .filter(|c| !matches!(c, '\t' | '\n' | '\r'))
        .collect();
    Url::parse(&whole)
}

/// An absolute address of the web, or one that leads nowhere at all.
fn is_web(address: &str) -> bool {
    match as_in_a_browser(address) {
        Ok(url) => WEB.contains(&url.scheme()),
        Err(error) => error != url::ParseError::RelativeUrlWithoutBase,
    }
}

/// No string is an address that runs, and what is HTML is inert.
fn json(value: &Value, path: &str) {
    match value {
        Value::String(text) => {
            let runs = as_in_a_browser(text).is_ok_and(|url| RUNNING.contains(&url.scheme()));
            assert!(!runs, "{text:?} in {path}");
        }
        Value::Array(items) => items.iter().for_each(|item| json(item, path)),
        Value::Object(fields) => {
            let is_html = fields.get("contentType") == Some(&"text/html".into());
            // Reviews have bodies, too, which are plain text.
            let is_body = |name: &str| name == "body" && fields.contains_key("headline");
            for (name, value) in fields {
                let asked = |form: &str| is_body(name) && path.contains(&format!("body={form}"));
                match value {
                    Value::String(text)
                        if asked("html")
                            || name == "content_html"
                            || is_html && name == "value" =>
                    {
                        html(text, path);
                    }
                    Value::String(text) if asked("markdown") => markdown(text, path),
                    value => json(value, path),
                }
            }
        }
        _ => {}
    }
}

/// Shown by a reader of Markdown that lets HTML through and makes links of bare addresses.
fn markdown(text: &str, path: &str) {
    let mut options = comrak::Options::default();
    options.render.r#unsafe = true;
    options.extension.autolink = true;
    options.extension.strikethrough = true;
    options.extension.table = true;
    html(&comrak::markdown_to_html(text, &options), path);
}

/// Well formed, with no document type, no instructions, nothing of XHTML but `link`, and HTML inside
/// that is inert.
fn xml(document: &str, path: &str) {
    let tree = roxmltree::Document::parse(document)
        .unwrap_or_else(|error| panic!("{error} in {document}"));
    for node in tree.descendants() {
        assert!(!node.is_pi() && !node.is_comment(), "{document}");
        let tag = node.tag_name();
        let foreign = matches!(
            tag.namespace(),
            Some("http://www.w3.org/1999/xhtml" | "http://www.w3.org/2000/svg")
        );
        assert!(!foreign || tag.name() == "link", "{document}");
        for attribute in node.attributes() {
            assert!(!attribute.name().starts_with("on"), "{document}");
            let leads = matches!(attribute.name(), "href" | "src" | "url" | "uri");
            assert!(!leads || is_web(attribute.value()), "{document}");
        }
        let words: String = node.children().filter_map(|child| child.text()).collect();
        match tag.name() {
            // Readers of feeds take these for HTML; a channel's description is plain text.
            "encoded" | "content" => html(&words, path),
            "description"
                if node
                    .parent_element()
                    .is_some_and(|of| of.has_tag_name("item")) =>
            {
                html(&words, path);
            }
            "link" | "loc" | "uri" | "url" if !words.trim().is_empty() => {
                assert!(is_web(&words), "{words:?} in {document}");
            }
            _ => {}
        }
    }
}

/// No cell is a formula.
fn csv(table: &str) {
    let mut reader = csv::Reader::from_reader(table.trim_start_matches('\u{feff}').as_bytes());
    for record in reader.records() {
        for cell in &record.expect("a row") {
            assert!(!cell.starts_with(['=', '+', '@']), "{cell:?} in {table}");
        }
    }
}

/// The judge itself sees what it is there for.
#[test]
fn the_judge_knows_what_runs() {
    let refused = |bad: &str| std::panic::catch_unwind(|| html(bad, "")).is_err();
    let missed: BTreeSet<&str> = [
        "<p>a<script>b</script>",
        "<p onclick=x>a</p>",
        "<a href=javascript:x>a</a>",
        "<a href=' java\nscript:x'>a</a>",
        "<a href=\"&#106;avascript:x\">a</a>",
        "<a href=/x>a</a>",
        "<img src=data:x>",
        "<p>a<!-- b -->",
        "<svg></svg>",
    ]
    .into_iter()
    .filter(|bad| !refused(bad))
    .collect();
    assert!(missed.is_empty(), "{missed:?}");
    html(
        "<p>a <a href=\"https://example.az\">b</a> &lt;script&gt;</p>",
        "",
    );
}
