//! What holds for every body: words survive each way in and out, quote marks go in and come out
//! at the same words, and nothing that a client sends makes any of it panic.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::*;

/// Words as people and their tools write them, dense with what Markdown and HTML could take amiss.
pub(super) fn words() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        4 => "[a-zA-ZəıçşğöüйжЯ0-9]{1,4}",
        3 => Just(" ".to_owned()),
        3 => "[ \\-+*_#>|~`\\[\\]()!<&:.\"'=\\\\/{}^$@;?%,–“”«»…\u{a0}]{1,3}",
        1 => Just("\n".to_owned()),
        1 => prop_oneof![
            Just("1. "), Just("---"), Just("&amp;"), Just("<b>"), Just("  "), Just("\t"), Just("**a**"),
            Just("[x](y)"), Just("https://example.az"), Just("🙂"), Just("e\u{301}"), Just("\n\n"), Just("\n==="), Just("\n---"), Just("\n- "),
        ].prop_map(str::to_owned),
    ];
    vec(pieces, 1..8).prop_map(|pieces| pieces.concat())
}

fn span() -> impl Strategy<Value = (String, Vec<usize>, bool)> {
    (
        words(),
        proptest::sample::subsequence((0..5).collect::<Vec<_>>(), 0..3),
        prop::bool::weighted(0.2),
    )
}

fn text_block() -> impl Strategy<Value = Block> {
    let style = prop_oneof![
        4 => Just(Style::Normal), 1 => Just(Style::H2), 1 => Just(Style::H3), 1 => Just(Style::H4),
        1 => Just(Style::Blockquote),
    ];
    let list = option::weighted(
        0.4,
        (
            prop_oneof![Just(ListItem::Bullet), Just(ListItem::Number)],
            1u8..=4,
        ),
    );
    (style, list, vec(span(), 1..5)).prop_map(|(style, list, spans)| {
        let (list_item, level) = list.unzip();
        let link = LinkAnnotation {
            key: "m1".into(),
            href: "https://example.az/a?b=(c)".into(),
            ..Default::default()
        };
        let children = spans.into_iter().map(|(text, marks, linked)| {
            let decorators = marks.into_iter().map(|n| model::DECORATORS[n].to_owned());
            let marks = decorators.chain(linked.then(|| "m1".to_owned())).collect();
            Span {
                text,
                marks,
                ..Span::default()
            }
        });
        Block::Text(TextBlock {
            style,
            list_item,
            level,
            mark_defs: vec![Annotation::Link(link)],
            children: children.collect(),
            ..TextBlock::default()
        })
    })
}

pub(super) fn body() -> impl Strategy<Value = Body> {
    vec(text_block(), 0..6).prop_map(|blocks| {
        let mut body = Body(blocks);
        keys::fill(&mut body);
        body
    })
}

/// A character with its marks, links by their address.
type Letter = (char, Vec<String>);
type ToldBlock = (Style, Option<(ListItem, u8)>, Vec<Letter>);

/// A block as Markdown can tell it: its style, its place in a list, and its letters.
fn told(body: &Body) -> Vec<ToldBlock> {
    let blocks = body.0.iter().filter_map(|block| match block {
        Block::Text(block) if !block.plain().trim().is_empty() => Some(block),
        _ => None,
    });
    blocks
        .map(|block| {
            (
                block.style,
                block.list_item.zip(block.level),
                letters(block),
            )
        })
        .collect()
}

fn letters(block: &TextBlock) -> Vec<Letter> {
    let named = |mark: &String| match block.mark_defs.iter().find(|def| def.key() == mark) {
        Some(Annotation::Link(link)) => link.href.clone(),
        _ => mark.clone(),
    };
    let of_span = |span: &Span| {
        let mut marks: Vec<String> = span.marks.iter().map(named).collect();
        marks.sort();
        span.text
            .chars()
            .map(|c| (c, marks.clone()))
            .collect::<Vec<_>>()
    };
    block.children.iter().flat_map(of_span).collect()
}

fn hints(most: usize) -> impl Strategy<Value = Vec<QuoteHint>> {
    let hint =
        (0u128..3, 1usize..5, 0usize..20, 0usize..20).prop_map(|(quote, block, start, length)| {
            QuoteHint {
                quote: Uuid::from_u128(quote),
                block: format!("b{block}"),
                start,
                end: start + length,
            }
        });
    vec(hint, 0..most)
}

/// The code points of the body that each quote covers.
fn covered(body: &Body, hints: &[QuoteHint]) -> std::collections::BTreeSet<(Uuid, String, usize)> {
    let lengths: std::collections::HashMap<_, _> = body
        .plain()
        .into_iter()
        .map(|block| (block.key, block.text.chars().count()))
        .collect();
    let sound = hints.iter().filter(|hint| {
        lengths
            .get(&hint.block)
            .is_some_and(|length| hint.end <= *length)
    });
    sound
        .flat_map(|hint| (hint.start..hint.end).map(|at| (hint.quote, hint.block.clone(), at)))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn markdown_says_words_styles_lists_and_marks(body in body()) {
        let markdown = body.to_markdown();
        let back = from_markdown(&markdown).unwrap();
        prop_assert_eq!(told(&back), told(&body), "{}", markdown);
    }

    #[test]
    fn what_is_written_as_json_is_read_as_the_same_body(body in body()) {
        prop_assert_eq!(parse(json!(body)).unwrap(), body);
    }

    #[test]
    fn html_keeps_every_word(body in body()) {
        let back = from_html(&body.to_html(|_| None)).unwrap();
        let bare = |body: &Body| body.to_text().split_whitespace().collect::<String>();
        prop_assert_eq!(bare(&back), bare(&body));
    }

    #[test]
    fn quote_marks_come_out_where_they_went_in(body in body(), hints in hints(8)) {
        let marked = body.with_quote_marks(&hints);
        prop_assert_eq!(&marked.with_quote_marks(&[]), &marked);
        prop_assert_eq!(marked.plain(), body.plain());
        prop_assert_eq!(&parse(json!(marked)).unwrap(), &marked);
        let mut unmarked = marked.clone();
        let taken = unmarked.take_quote_marks();
        prop_assert_eq!(covered(&body, &taken), covered(&body, &hints));
        let mut joined = body.clone();
        joined.take_quote_marks();
        prop_assert_eq!(&unmarked, &joined);
        prop_assert_eq!(unmarked.with_quote_marks(&taken).to_html(|_| None), marked.to_html(|_| None));
    }

    #[test]
    fn a_body_posted_again_as_markdown_keeps_its_keys(body in body()) {
        let mut again = from_markdown(&body.to_markdown()).unwrap();
        keep_keys(&mut again, &body);
        let seen: std::collections::HashSet<_> = again.0.iter().map(Block::key).collect();
        prop_assert_eq!(seen.len(), again.0.len());
        for block in &again.0 {
            let Block::Text(block) = block else { continue };
            let was = body.plain().into_iter().find(|old| old.key == block.key);
            prop_assert_eq!(was.map(|old| old.text), Some(block.plain()));
        }
    }

    #[test]
    fn no_source_makes_a_reader_panic(source in ".{0,60}", pieces in vec(words(), 0..12)) {
        let soup = pieces.join("<p><b></div><li><table><tr><td><pre>\n");
        for source in [source, soup] {
            for body in [from_html(&source), from_markdown(&source)].into_iter().flatten() {
                prop_assert_eq!(&parse(json!(body)).unwrap(), &body);
                let _ = (body.to_html(|_| None), body.to_markdown(), body.to_text());
            }
        }
    }
}
