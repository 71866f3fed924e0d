//! The body of a text as a tool posts it, read before the transaction: blocks are parsed,
//! Markdown and HTML become blocks, and every fault points at its field.

use serde_json::Value;

use crate::body::{self, Body, BodyError, QuoteHint};
use crate::http::problem::{Code, FieldError, Problem};

/// How many characters of Markdown or HTML are read: four times the words that a body may have.
const MOST_SOURCE: usize = 400_000;

/// A body as it came in.
#[derive(Debug, Clone)]
pub enum Draft {
    /// Blocks with keys of their own, and the quote marks that were in them.
    Blocks(Body, Vec<QuoteHint>),
    /// Made of Markdown or HTML: its paragraphs take over the keys of those that they repeat.
    Flat(Body),
}

/// Reads the one body that was sent.
pub fn draft(
    blocks: Option<Value>,
    markdown: Option<String>,
    html: Option<String>,
) -> Result<Option<Draft>, Problem> {
    match (blocks, markdown, html) {
        (None, None, None) => Ok(None),
        (Some(blocks), None, None) => {
            let mut body = body::parse(blocks).map_err(|errors| invalid_body(errors, "/body"))?;
            let hints = body.take_quote_marks();
            Ok(Some(Draft::Blocks(body, hints)))
        }
        (None, Some(markdown), None) => flat(&markdown, "/body_markdown", body::from_markdown),
        (None, None, Some(html)) => flat(&html, "/body_html", body::from_html),
        _ => Err(Problem::field(
            "/body",
            "expected at most one of body, body_markdown and body_html",
        )),
    }
}

fn flat(
    source: &str,
    pointer: &str,
    read: impl Fn(&str) -> Result<Body, Vec<BodyError>>,
) -> Result<Option<Draft>, Problem> {
    if source.chars().count() > MOST_SOURCE {
        return Err(Problem::field(
            pointer,
            format!("expected at most {MOST_SOURCE} characters"),
        ));
    }
    read(source)
        .map(|body| Some(Draft::Flat(body)))
        .map_err(|errors| {
            // The blocks are ours, not the client's: only the field can be pointed at.
            let told = errors
                .into_iter()
                .map(|error| FieldError::at(pointer, error.code, error.detail));
            Problem::new(
                Code::InvalidBody,
                "The body has something that it cannot have.",
            )
            .with_errors(told)
        })
}

fn invalid_body(errors: Vec<BodyError>, prefix: &str) -> Problem {
    let told = errors.into_iter().map(|error| {
        FieldError::at(
            format!("{prefix}{}", error.pointer),
            error.code,
            error.detail,
        )
    });
    Problem::new(
        Code::InvalidBody,
        "The body has something that it cannot have.",
    )
    .with_errors(told)
}
