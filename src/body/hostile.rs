//! What holds for whatever is sent: blocks that are none, and markup that wants to run.

use std::collections::BTreeSet;

use html5ever::tendril::TendrilSink;
use html5ever::{ParseOpts, QualName, local_name, ns, parse_fragment};
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::properties::{body, words};
use super::*;

const NAMES: &[&str] = &[
    "_type",
    "_key",
    "style",
    "children",
    "markDefs",
    "listItem",
    "level",
    "text",
    "marks",
    "href",
    "url",
    "alt",
    "caption",
    "credit",
    "width",
    "height",
    "title",
    "quote",
    "constructor",
];
const SAID: &[&str] = &[
    "block",
    "span",
    "link",
    "quote",
    "image",
    "embed",
    "pullQuote",
    "normal",
    "h2",
    "bullet",
    "strong",
    "m1",
    "b1",
    "",
    "https://example.az/a",
    "javascript:alert(1)",
    "0192f1a2-7c3e-7b10-9a55-1f0c2d3e4a01",
    "<script>",
];

/// JSON of the words that Portable Text is made of, in no order.
fn garbage() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        proptest::sample::select(SAID).prop_map(Value::from),
        words().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 30, 5, |inner| {
        let fields = vec((proptest::sample::select(NAMES), inner.clone()), 0..6);
        prop_oneof![
            vec(inner, 0..5).prop_map(Value::from),
            fields.prop_map(|fields| fields
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect()),
        ]
    })
}

/// Puts something else into the place that the steps lead to.
fn replace(value: &mut Value, steps: &[usize], with: Value) {
    let Some((step, rest)) = steps.split_first() else {
        *value = with;
        return;
    };
    let inner = match value {
        Value::Array(items) if !items.is_empty() => {
            let at = step % items.len();
            &mut items[at]
        }
        Value::Object(fields) if !fields.is_empty() => {
            let at = step % fields.len();
            match fields.values_mut().nth(at) {
                Some(field) => field,
                None => return,
            }
        }
        value => {
            *value = with;
            return;
        }
    };
    replace(inner, rest, with);
}

/// Pieces of markup that have run scripts somewhere.
fn attack() -> impl Strategy<Value = String> {
    let piece = proptest::sample::select(
        &[
            "<script>",
            "</script>",
            "<svg>",
            "</svg>",
            "<math>",
            "<mtext>",
            "<mglyph>",
            "<style>",
            "</style>",
            "<noscript>",
            "</noscript>",
            "<template>",
            "<textarea>",
            "<title>",
            "<plaintext>",
            "<table>",
            "<td>",
            "<select>",
            "<option>",
            "<!--",
            "-->",
            "--!>",
            "<![CDATA[",
            "]]>",
            "<?x ",
            "<a href=\"",
            "javascript:alert(1)",
            "\">",
            "'>",
            "<img src=x onerror=x ",
            "<iframe src=",
            "<q cite=",
            "[a](",
            ")",
            "<",
            ">",
            "&lt;",
            "&#60;",
            "&colon;",
            "`",
            "```\n",
            "\n\n",
            " onclick=x ",
            "\"",
            "'",
        ][..],
    );
    let pieces = prop_oneof![3 => piece.prop_map(str::to_owned), 1 => words()];
    vec(pieces, 1..12).prop_map(|pieces| pieces.concat())
}

/// The names of the elements and attributes of HTML, as a browser finds them.
fn names_in(html: &str) -> BTreeSet<String> {
    fn collect(node: &Handle, names: &mut BTreeSet<String>) {
        match &node.data {
            NodeData::Element { name, attrs, .. } => {
                names.insert(name.local.to_string());
                names.extend(
                    attrs
                        .borrow()
                        .iter()
                        .map(|attr| format!("@{}", attr.name.local)),
                );
            }
            NodeData::Comment { .. } => {
                names.insert("<!--".to_owned());
            }
            _ => {}
        }
        for child in node.children.borrow().iter() {
            collect(child, names);
        }
    }
    let context = QualName::new(None, ns!(html), local_name!("div"));
    let reading = parse_fragment(
        RcDom::default(),
        ParseOpts::default(),
        context,
        Vec::new(),
        true,
    );
    let mut names = BTreeSet::new();
    collect(&reading.one(html).document, &mut names);
    names
}

/// All that `to_html` writes.
const WRITTEN: &[&str] = &[
    "html",
    "p",
    "h2",
    "h3",
    "h4",
    "blockquote",
    "ul",
    "ol",
    "li",
    "q",
    "a",
    "strong",
    "em",
    "u",
    "s",
    "code",
    "figure",
    "img",
    "figcaption",
    "small",
    "aside",
    "br",
    "@href",
    "@rel",
    "@src",
    "@alt",
    "@width",
    "@height",
    "@cite",
    "@data-quote",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn no_json_makes_the_reader_of_blocks_panic(body in body(), steps in vec(any::<usize>(), 0..7), with in garbage()) {
        let mut value = json!(body);
        replace(&mut value, &steps, with);
        match parse(value) {
            Ok(body) => {
                prop_assert_eq!(&parse(json!(body)).unwrap(), &body);
                let _ = (body.to_html(|_| None), body.to_markdown(), body.to_text());
            }
            Err(errors) => prop_assert!(!errors.is_empty()),
        }
    }

    #[test]
    fn nothing_acts_that_is_written_as_html(source in attack()) {
        let block = json!({"_type": "block", "children": [{"_type": "span", "text": &source}]});
        let image = json!({"_type": "image", "url": "https://example.az/a", "alt": &source, "caption": &source});
        let bodies = [parse(json!([block, image])), from_html(&source), from_markdown(&source)];
        for body in bodies.into_iter().flatten() {
            let html = body.to_html(|_| None);
            let strange: Vec<String> = names_in(&html).into_iter().filter(|name| !WRITTEN.contains(&&**name)).collect();
            prop_assert!(strange.is_empty(), "{:?} in {}", strange, html);
        }
    }
}
