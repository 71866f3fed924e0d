//! What the elements of HTML mean for a body, and what is read off one of them.

use markup5ever_rcdom::{Handle, NodeData};

use super::html_in::MAX_DEPTH;
use super::model::MAX_PIXELS;

pub(super) fn mark(node: &Handle, name: &str) -> Option<&'static str> {
    match name {
        "b" if is_weightless(node) => None,
        "strong" | "b" => Some("strong"),
        "em" | "i" => Some("em"),
        "u" | "ins" => Some("underline"),
        "s" | "strike" | "del" => Some("strike-through"),
        "code" | "kbd" | "samp" | "tt" => Some("code"),
        _ => None,
    }
}

/// Google Docs wraps everything it copies in `<b style="font-weight:normal">`.
fn is_weightless(node: &Handle) -> bool {
    attribute(node, "style")
        .is_some_and(|style| style.replace(' ', "").contains("font-weight:normal"))
}

pub(super) fn ends_blocks(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "footer"
            | "form"
            | "header"
            | "hgroup"
            | "hr"
            | "legend"
            | "main"
            | "nav"
            | "option"
            | "search"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
    )
}

pub(super) fn attribute(node: &Handle, name: &str) -> Option<String> {
    let NodeData::Element { attrs, .. } = &node.data else {
        return None;
    };
    let attrs = attrs.borrow();
    attrs
        .iter()
        .find(|attr| &*attr.name.local == name)
        .map(|attr| attr.value.to_string())
}

pub(super) fn pixels(node: &Handle, name: &str) -> Option<u32> {
    let value = attribute(node, name)?;
    value
        .trim()
        .trim_end_matches("px")
        .parse()
        .ok()
        .filter(|n| (1..=MAX_PIXELS).contains(n))
}

/// The words of an element as one line.
pub(super) fn words(node: &Handle, depth: usize) -> String {
    let mut text = String::new();
    for child in node.children.borrow().iter().filter(|_| depth < MAX_DEPTH) {
        match &child.data {
            NodeData::Text { contents } => text.push_str(&contents.borrow()),
            NodeData::Element { name, .. } if &*name.local == "br" => text.push(' '),
            _ => text.push_str(&words(child, depth + 1)),
        }
    }
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}
