//! The limits that hold for a whole body or a whole block, wherever it came from.

use super::check::BodyError;
use super::model::{Block, Body, MAX_ALT, MAX_BLOCKS, MAX_CHILDREN, MAX_MARK_DEFS, MAX_TEXT};

/// Every limit that the body passes; empty when it may be stored.
pub(super) fn passed(body: &Body) -> Vec<BodyError> {
    let mut errors = Vec::new();
    if body.0.len() > MAX_BLOCKS {
        errors.push(too_many("", "blocks", body.0.len(), MAX_BLOCKS));
    }
    let length: usize = body.0.iter().flat_map(words).map(length).sum();
    if length > MAX_TEXT {
        errors.push(too_long("", length, MAX_TEXT));
    }
    for (n, block) in body.0.iter().enumerate() {
        check_block(block, n, &mut errors);
    }
    errors
}

fn check_block(block: &Block, n: usize, errors: &mut Vec<BodyError>) {
    match block {
        Block::Text(text) => {
            let (children, defs) = (text.children.len(), text.mark_defs.len());
            if children > MAX_CHILDREN {
                errors.push(too_many(
                    &format!("/{n}/children"),
                    "spans",
                    children,
                    MAX_CHILDREN,
                ));
            }
            if defs > MAX_MARK_DEFS {
                errors.push(too_many(
                    &format!("/{n}/markDefs"),
                    "annotations",
                    defs,
                    MAX_MARK_DEFS,
                ));
            }
        }
        Block::Image(image) => {
            check_short(Some(&image.alt), format!("/{n}/alt"), errors);
            check_short(image.caption.as_deref(), format!("/{n}/caption"), errors);
            check_short(image.credit.as_deref(), format!("/{n}/credit"), errors);
        }
        Block::Embed(embed) => check_short(embed.title.as_deref(), format!("/{n}/title"), errors),
        Block::PullQuote(_) => {}
    }
}

fn check_short(text: Option<&str>, pointer: String, errors: &mut Vec<BodyError>) {
    let length = text.map_or(0, length);
    if length > MAX_ALT {
        errors.push(too_long(&pointer, length, MAX_ALT));
    }
}

/// Every string of a block that a reader may read.
fn words(block: &Block) -> Vec<&str> {
    match block {
        Block::Text(text) => text.children.iter().map(|span| &*span.text).collect(),
        Block::Image(image) => [
            Some(&image.alt),
            image.caption.as_ref(),
            image.credit.as_ref(),
        ]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect(),
        Block::Embed(embed) => embed.title.as_deref().into_iter().collect(),
        Block::PullQuote(pull) => vec![&pull.text],
    }
}

fn length(text: &str) -> usize {
    text.chars().count()
}

fn too_many(pointer: &str, what: &str, count: usize, most: usize) -> BodyError {
    let detail = format!("There are {count} {what}; at most {most} are allowed.");
    BodyError::new(pointer, "too-many", detail)
}

fn too_long(pointer: &str, length: usize, most: usize) -> BodyError {
    let detail = format!("The text has {length} characters; at most {most} are allowed.");
    BodyError::new(pointer, "too-long", detail)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::parse;
    use super::*;

    fn paragraph(text: &str) -> serde_json::Value {
        json!({"_type": "block", "children": [{"_type": "span", "text": text}]})
    }

    fn codes(value: serde_json::Value) -> Vec<(String, &'static str)> {
        parse(value)
            .unwrap_err()
            .into_iter()
            .map(|e| (e.pointer, e.code))
            .collect()
    }

    #[test]
    fn a_body_has_at_most_two_thousand_blocks() {
        assert!(parse(json!(vec![paragraph("x"); MAX_BLOCKS])).is_ok());
        assert_eq!(
            codes(json!(vec![paragraph("x"); MAX_BLOCKS + 1])),
            [(String::new(), "too-many")]
        );
    }

    #[test]
    fn a_body_has_at_most_a_hundred_thousand_code_points() {
        assert!(parse(json!([paragraph(&"ə".repeat(MAX_TEXT))])).is_ok());
        let long = json!([paragraph(&"ə".repeat(MAX_TEXT)), paragraph("x")]);
        assert_eq!(codes(long), [(String::new(), "too-long")]);
    }

    #[test]
    fn a_block_has_at_most_five_hundred_spans() {
        let spans = vec![json!({"_type": "span", "text": "x"}); MAX_CHILDREN + 1];
        let body = json!([{"_type": "block", "children": spans}]);
        assert_eq!(codes(body), [("/0/children".to_owned(), "too-many")]);
    }
}
