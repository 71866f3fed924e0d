//! The spans of a block as a tree of marks that nest, which is what HTML and Markdown need: marks
//! that overlap are split.

use uuid::Uuid;

use super::model::{Annotation, TextBlock};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark<'b> {
    Quote(Uuid),
    Link(&'b str),
    Strong,
    Em,
    Underline,
    StrikeThrough,
    Code,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Inline<'b> {
    Text {
        start: usize,
        text: &'b str,
    },
    Marked {
        mark: Mark<'b>,
        start: usize,
        end: usize,
        inside: Vec<Inline<'b>>,
    },
}

/// A span with its marks in the order they nest, from the outside.
struct Run<'b> {
    start: usize,
    end: usize,
    text: &'b str,
    marks: Vec<Mark<'b>>,
}

/// The tree of a block. `start` and `end` are code points of the block's plain text.
pub(super) fn nest(block: &TextBlock, with_quotes: bool) -> Vec<Inline<'_>> {
    let mut end = 0;
    let mut runs = Vec::new();
    for span in block.children.iter().filter(|span| !span.text.is_empty()) {
        let start = end;
        end += span.text.chars().count();
        let marks = marks_in_order(block, &span.marks, with_quotes);
        runs.push(Run {
            start,
            end,
            text: &span.text,
            marks,
        });
    }
    group(&runs, 0)
}

/// Quotes are outermost, as they are longest; then the link, then the decorators.
fn marks_in_order<'b>(block: &'b TextBlock, names: &[String], with_quotes: bool) -> Vec<Mark<'b>> {
    let quotes = block.mark_defs.iter().filter_map(|def| match def {
        Annotation::Quote(quote) if with_quotes && names.contains(&quote.key) => {
            Some(Mark::Quote(quote.quote))
        }
        _ => None,
    });
    let link = block.mark_defs.iter().find_map(|def| match def {
        Annotation::Link(link) if names.contains(&link.key) => Some(Mark::Link(&link.href)),
        _ => None,
    });
    let decorators = DECORATORS
        .iter()
        .filter(|(name, _)| names.iter().any(|n| n == name));
    let mut marks: Vec<Mark> = quotes
        .chain(link)
        .chain(decorators.map(|(_, mark)| *mark))
        .collect();
    marks.dedup();
    marks
}

const DECORATORS: [(&str, Mark<'static>); 5] = [
    ("strong", Mark::Strong),
    ("em", Mark::Em),
    ("underline", Mark::Underline),
    ("strike-through", Mark::StrikeThrough),
    ("code", Mark::Code),
];

fn group<'b>(runs: &[Run<'b>], depth: usize) -> Vec<Inline<'b>> {
    let same = |a: &Run, b: &Run| a.marks.get(depth) == b.marks.get(depth);
    let mut tree = Vec::new();
    for chunk in runs.chunk_by(same) {
        match chunk[0].marks.get(depth) {
            None => tree.extend(chunk.iter().map(|run| Inline::Text {
                start: run.start,
                text: run.text,
            })),
            Some(&mark) => {
                let (start, end) = (chunk[0].start, chunk[chunk.len() - 1].end);
                tree.push(Inline::Marked {
                    mark,
                    start,
                    end,
                    inside: group(chunk, depth + 1),
                });
            }
        }
    }
    tree
}
