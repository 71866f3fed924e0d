//! The spans of a text block and the annotations their marks name, from a client's JSON.

use serde_json::Value;

use super::check::BodyError;
use super::fields::{Fields, wrong_type};
use super::model::*;
use super::urls;

pub(super) fn annotation(
    item: Value,
    pointer: String,
    errors: &mut Vec<BodyError>,
) -> Option<Annotation> {
    let mut fields = Fields::open(item, pointer, errors)?;
    let kind = fields.text("_type");
    let key = fields.key();
    if DECORATORS.contains(&&*key) {
        fields.refuse(
            "_key",
            "bad-key",
            format!("`{key}` already means a decorator."),
        );
    }
    let annotation = match kind.as_deref() {
        Some("link") => link(&mut fields, key),
        Some("quote") => quote(&mut fields, key),
        Some(other) => {
            let detail = format!("`{other}` is no annotation; there are link and quote.");
            fields.refuse("_type", "unknown-annotation", detail);
            fields.abandon();
            return None;
        }
        None => {
            fields.abandon();
            return None;
        }
    };
    fields.close();
    Some(annotation)
}

fn link(fields: &mut Fields, key: String) -> Annotation {
    let href = fields.text("href").unwrap_or_default();
    if !href.is_empty() && !urls::is_link(&href) {
        fields.refuse(
            "href",
            "bad-url",
            "A link is an absolute http, https or mailto address.",
        );
    } else if href.is_empty() {
        fields.refuse("href", "bad-url", "A link needs an address.");
    }
    Annotation::Link(LinkAnnotation {
        key,
        href,
        ..LinkAnnotation::default()
    })
}

fn quote(fields: &mut Fields, key: String) -> Annotation {
    let quote = fields.id("quote").unwrap_or_default();
    Annotation::Quote(QuoteAnnotation {
        key,
        quote,
        ..QuoteAnnotation::default()
    })
}

pub(super) fn span(
    item: Value,
    pointer: String,
    defs: &[Annotation],
    errors: &mut Vec<BodyError>,
) -> Option<Span> {
    let mut fields = Fields::open(item, pointer, errors)?;
    match fields.text("_type").as_deref() {
        Some("span") => {}
        other => {
            if let Some(other) = other {
                fields.refuse("_type", "unknown-type", format!("`{other}` is no span."));
            }
            fields.abandon();
            return None;
        }
    }
    let key = fields.key();
    let text = fields.text("text").unwrap_or_default();
    let marks = marks(&mut fields, defs);
    fields.close();
    Some(Span {
        key,
        text,
        marks,
        ..Span::default()
    })
}

fn marks(fields: &mut Fields, defs: &[Annotation]) -> Vec<String> {
    let items = fields.optional_list("marks");
    let at = fields.pointer_to("marks");
    if items.len() > MAX_MARKS {
        fields.refuse(
            "marks",
            "too-many",
            format!("A span has at most {MAX_MARKS} marks."),
        );
        return Vec::new();
    }
    let mut marks: Vec<String> = Vec::new();
    let mut linked = false;
    for (n, item) in items.into_iter().enumerate() {
        let pointer = format!("{at}/{n}");
        let Value::String(mark) = item else {
            fields.errors().push(wrong_type(&pointer, "a string"));
            continue;
        };
        let def = defs
            .iter()
            .find(|def| !mark.is_empty() && def.key() == mark);
        let link = matches!(def, Some(Annotation::Link(_)));
        let wrong = if def.is_none() && !DECORATORS.contains(&&*mark) {
            Some((
                "unknown-mark",
                format!("`{mark}` is no decorator and names no annotation."),
            ))
        } else if marks.contains(&mark) {
            Some(("duplicate-mark", format!("`{mark}` is there twice.")))
        } else if link && linked {
            Some(("duplicate-mark", "A span has at most one link.".to_owned()))
        } else {
            None
        };
        linked |= link;
        match wrong {
            Some((code, detail)) => fields.errors().push(BodyError::new(&pointer, code, detail)),
            None => marks.push(mark),
        }
    }
    marks
}
