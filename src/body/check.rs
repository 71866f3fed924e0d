//! Blocks from a client's JSON. What a body may not hold is refused, each with an RFC 6901 pointer
//! relative to the body; what may be left out is filled in.

use std::collections::HashSet;

use serde_json::Value;

use super::check_spans::{annotation, span};
use super::fields::{Fields, wrong_type};
use super::model::*;
use super::{bounds, keys, urls};

/// Errors told at once. A client mends the first ones first.
const MAX_ERRORS: usize = 50;

/// One thing that is wrong with a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodyError {
    /// RFC 6901, relative to the body, such as `/0/children/1/text`; empty for the whole body.
    pub pointer: String,
    /// Stable, for programs: `missing`, `wrong-type`, `unknown-type`, `unknown-field`,
    /// `unknown-style`, `unknown-list`, `unknown-mark`, `unknown-annotation`, `duplicate-key`,
    /// `duplicate-mark`, `bad-key`, `bad-url`, `bad-id`, `bad-number`, `nul`, `too-many`,
    /// `too-long` or `too-deep`.
    pub code: &'static str,
    /// For people.
    pub detail: String,
}

impl BodyError {
    pub(super) fn new(pointer: &str, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            pointer: pointer.to_owned(),
            code,
            detail: detail.into(),
        }
    }
}

/// The blocks of a JSON array, or everything (the first fifty) that is wrong with them.
///
/// Missing `_key`s are made; `style`, `marks`, `markDefs` and the level of a list item default.
pub fn parse(value: Value) -> Result<Body, Vec<BodyError>> {
    let Value::Array(items) = value else {
        return Err(vec![wrong_type("", "an array of blocks")]);
    };
    let mut errors = Vec::new();
    let keys = given_keys(&items);
    let blocks = items.into_iter().enumerate();
    let blocks = blocks
        .filter_map(|(n, item)| block(item, n, &mut errors))
        .collect();
    let mut body = Body(blocks);
    refuse_twins(&keys, "", &mut errors);
    if errors.is_empty() {
        errors = bounds::passed(&body);
    }
    if errors.is_empty() {
        keys::fill(&mut body);
        return Ok(body);
    }
    errors.truncate(MAX_ERRORS);
    Err(errors)
}

fn block(item: Value, n: usize, errors: &mut Vec<BodyError>) -> Option<Block> {
    let mut fields = Fields::open(item, format!("/{n}"), errors)?;
    let block = match fields.text("_type").as_deref() {
        Some("block") => Block::Text(text_block(&mut fields)),
        Some("image") => Block::Image(image(&mut fields)),
        Some("embed") => Block::Embed(embed(&mut fields)),
        Some("pullQuote") => Block::PullQuote(pull_quote(&mut fields)),
        Some(other) => {
            let detail =
                format!("`{other}` is no block type; there are block, image, embed and pullQuote.");
            fields.refuse("_type", "unknown-type", detail);
            fields.abandon();
            return None;
        }
        None => {
            fields.abandon();
            return None;
        }
    };
    fields.close();
    Some(block)
}

fn text_block(fields: &mut Fields) -> TextBlock {
    let key = fields.key();
    let style = style(fields);
    let (list_item, level) = list_place(fields);
    let defs = fields.optional_list("markDefs");
    let at = fields.pointer_to("markDefs");
    refuse_twins(&given_keys(&defs), &at, fields.errors());
    let defs = defs.into_iter().enumerate();
    let mark_defs: Vec<Annotation> = defs
        .filter_map(|(n, def)| annotation(def, format!("{at}/{n}"), fields.errors()))
        .collect();
    let spans = fields.list("children");
    let at = fields.pointer_to("children");
    refuse_twins(&given_keys(&spans), &at, fields.errors());
    let spans = spans.into_iter().enumerate();
    let children: Vec<Span> = spans
        .filter_map(|(n, item)| span(item, format!("{at}/{n}"), &mark_defs, fields.errors()))
        .collect();
    TextBlock {
        key,
        style,
        mark_defs,
        children,
        list_item,
        level,
        ..TextBlock::default()
    }
}

fn style(fields: &mut Fields) -> Style {
    match fields.optional_text("style").as_deref() {
        None | Some("normal") => Style::Normal,
        Some("h2") => Style::H2,
        Some("h3") => Style::H3,
        Some("h4") => Style::H4,
        Some("blockquote") => Style::Blockquote,
        Some(other) => {
            let detail =
                format!("`{other}` is no style; there are normal, h2, h3, h4 and blockquote.");
            fields.refuse("style", "unknown-style", detail);
            Style::Normal
        }
    }
}

fn list_place(fields: &mut Fields) -> (Option<ListItem>, Option<u8>) {
    let level = fields.optional_number("level", 1, MAX_LEVEL.into());
    let level = level.and_then(|level| u8::try_from(level).ok());
    let item = match fields.optional_text("listItem").as_deref() {
        None => {
            if level.is_some() {
                fields.refuse("level", "unknown-field", "A level needs a `listItem`.");
            }
            return (None, None);
        }
        Some("bullet") => Some(ListItem::Bullet),
        Some("number") => Some(ListItem::Number),
        Some(other) => {
            let detail = format!("`{other}` is no kind of list; there are bullet and number.");
            fields.refuse("listItem", "unknown-list", detail);
            None
        }
    };
    (item, level.or(Some(1)))
}

fn image(fields: &mut Fields) -> ImageBlock {
    ImageBlock {
        kind: ImageType::Only,
        key: fields.key(),
        url: https(fields),
        alt: fields.optional_text("alt").unwrap_or_default(),
        caption: fields.optional_text("caption"),
        credit: fields.optional_text("credit"),
        width: fields.optional_number("width", 1, MAX_PIXELS),
        height: fields.optional_number("height", 1, MAX_PIXELS),
    }
}

fn embed(fields: &mut Fields) -> EmbedBlock {
    EmbedBlock {
        kind: EmbedType::Only,
        key: fields.key(),
        url: https(fields),
        title: fields.optional_text("title"),
    }
}

fn pull_quote(fields: &mut Fields) -> PullQuoteBlock {
    PullQuoteBlock {
        kind: PullQuoteType::Only,
        key: fields.key(),
        text: fields.text("text").unwrap_or_default(),
        quote: fields.optional_id("quote"),
    }
}

fn https(fields: &mut Fields) -> String {
    let Some(url) = fields.text("url") else {
        return String::new();
    };
    if !urls::is_https(&url) {
        fields.refuse("url", "bad-url", "This must be an absolute https address.");
    }
    url
}

/// The keys of the items, read before the items are, so that one broken item shifts no pointer.
fn given_keys(items: &[Value]) -> Vec<Option<String>> {
    let key = |item: &Value| item.get("_key").and_then(Value::as_str).map(str::to_owned);
    items.iter().map(key).collect()
}

/// Refuses the second of two equal keys.
fn refuse_twins(keys: &[Option<String>], at: &str, errors: &mut Vec<BodyError>) {
    let mut seen = HashSet::new();
    for (n, key) in keys.iter().enumerate() {
        if let Some(key) = key
            && !seen.insert(key)
        {
            let detail = format!("The key `{key}` is used twice.");
            errors.push(BodyError::new(
                &format!("{at}/{n}/_key"),
                "duplicate-key",
                detail,
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What is refused about a body of one paragraph that has these fields besides its words.
    fn refused(extra: Value) -> Vec<(String, &'static str)> {
        let mut block = json!({"_type": "block", "children": [{"_type": "span", "text": "a"}]});
        let fields = block.as_object_mut().unwrap();
        fields.extend(extra.as_object().unwrap().clone());
        errors(json!([block]))
    }

    fn errors(body: Value) -> Vec<(String, &'static str)> {
        parse(body)
            .unwrap_err()
            .into_iter()
            .map(|e| (e.pointer, e.code))
            .collect()
    }

    fn one(pointer: &str, code: &'static str) -> Vec<(String, &'static str)> {
        vec![(pointer.to_owned(), code)]
    }

    #[test]
    fn what_is_left_out_is_filled_in() {
        let body = parse(json!([{"_type": "block", "children": [{"_type": "span", "text": "a"}]}]));
        let full = json!([{
            "_type": "block", "_key": "b1", "style": "normal", "markDefs": [],
            "children": [{"_type": "span", "_key": "s1", "text": "a", "marks": []}],
        }]);
        assert_eq!(serde_json::to_value(body.unwrap()).unwrap(), full);
    }

    #[test]
    fn every_kind_of_block_comes_out_as_it_went_in() {
        let body = json!([
            {"_type": "block", "_key": "a", "style": "h2", "markDefs": [
                {"_key": "m1", "_type": "link", "href": "https://example.az/"},
                {"_key": "q1", "_type": "quote", "quote": "0192f1a2-7c3e-7b10-9a55-0000000a0001"},
            ], "children": [{"_type": "span", "_key": "x", "text": "a", "marks": ["m1", "em", "q1"]}],
               "listItem": "number", "level": 2},
            {"_type": "image", "_key": "b", "url": "https://example.az/a.jpg", "alt": "A bridge",
             "caption": null, "credit": "B", "width": 3, "height": null},
            {"_type": "embed", "_key": "c", "url": "https://example.az/v", "title": null},
            {"_type": "pullQuote", "_key": "d", "text": "t", "quote": null},
        ]);
        let parsed = parse(body.clone()).unwrap();
        assert_eq!(serde_json::to_value(&parsed).unwrap(), body);
        assert_eq!(serde_json::from_value::<Body>(body).unwrap(), parsed);
    }

    #[test]
    fn what_a_block_may_not_hold_is_refused_with_a_pointer() {
        assert_eq!(errors(json!({})), one("", "wrong-type"));
        assert_eq!(errors(json!([1])), one("/0", "wrong-type"));
        assert_eq!(
            errors(json!([{"_type": "code"}])),
            one("/0/_type", "unknown-type")
        );
        assert_eq!(errors(json!([{"text": "a"}])), one("/0/_type", "missing"));
        assert_eq!(
            errors(json!([{"_type": "block"}])),
            one("/0/children", "missing")
        );
        assert_eq!(
            refused(json!({"style": "h1"})),
            one("/0/style", "unknown-style")
        );
        assert_eq!(
            refused(json!({"a/b~": 1})),
            one("/0/a~1b~0", "unknown-field")
        );
        assert_eq!(
            refused(json!({"level": 1})),
            one("/0/level", "unknown-field")
        );
        assert_eq!(
            refused(json!({"listItem": "square"})),
            one("/0/listItem", "unknown-list")
        );
        assert_eq!(
            refused(json!({"listItem": "bullet", "level": 7})),
            one("/0/level", "bad-number")
        );
        assert_eq!(refused(json!({"_key": ""})), one("/0/_key", "bad-key"));
        assert_eq!(refused(json!({"_key": "a b"})), one("/0/_key", "bad-key"));
    }

    #[test]
    fn what_a_span_may_not_hold_is_refused_with_a_pointer() {
        let span = |fields: Value| refused(json!({"children": [fields]}));
        let at = |field: &str| format!("/0/children/0/{field}");
        assert_eq!(span(json!({"_type": "span"})), one(&at("text"), "missing"));
        assert_eq!(
            span(json!({"_type": "emoji"})),
            one(&at("_type"), "unknown-type")
        );
        assert_eq!(
            span(json!({"_type": "span", "text": "a\u{0}"})),
            one(&at("text"), "nul")
        );
        let marked = |marks: Value| span(json!({"_type": "span", "text": "a", "marks": marks}));
        assert_eq!(
            marked(json!(["strong", "blink"])),
            one(&at("marks/1"), "unknown-mark")
        );
        assert_eq!(marked(json!([""])), one(&at("marks/0"), "unknown-mark"));
        assert_eq!(
            marked(json!(["em", "em"])),
            one(&at("marks/1"), "duplicate-mark")
        );
    }

    #[test]
    fn annotations_are_links_and_quotes() {
        let def = |fields: Value| refused(json!({"markDefs": [fields]}));
        let at = |field: &str| format!("/0/markDefs/0/{field}");
        let script = json!({"_type": "link", "_key": "m", "href": "javascript:alert(1)"});
        assert_eq!(def(script), one(&at("href"), "bad-url"));
        assert_eq!(
            def(json!({"_type": "comment"})),
            one(&at("_type"), "unknown-annotation")
        );
        assert_eq!(
            def(json!({"_type": "quote", "quote": "x"})),
            one(&at("quote"), "bad-id")
        );
        let strong = json!({"_type": "link", "_key": "strong", "href": "https://example.az"});
        assert_eq!(def(strong), one(&at("_key"), "bad-key"));
    }

    #[test]
    fn pictures_and_embeds_are_https() {
        let body = json!([
            {"_type": "image", "url": "http://example.az/a.jpg"},
            {"_type": "embed", "url": "data:text/html,x"},
        ]);
        let wanted = [
            ("/0/url".to_owned(), "bad-url"),
            ("/1/url".to_owned(), "bad-url"),
        ];
        assert_eq!(errors(body), wanted);
    }

    #[test]
    fn keys_are_unique_where_they_name_something() {
        let block = |key| json!({"_type": "block", "_key": key, "children": []});
        assert_eq!(
            errors(json!([block("a"), block("a")])),
            one("/1/_key", "duplicate-key")
        );
        let span = json!({"_type": "span", "_key": "s", "text": "a"});
        let twins = refused(json!({"children": [span, span]}));
        assert_eq!(twins, one("/0/children/1/_key", "duplicate-key"));
    }
}
