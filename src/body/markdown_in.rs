//! Blocks from Markdown: CommonMark with GitHub's strikethrough and tables. It is read by way of
//! HTML, so that raw HTML inside it is treated exactly as pasted HTML is: sanitised, then read.

use comrak::{Options, markdown_to_html};

use super::check::BodyError;
use super::drafting::WhiteSpace;
use super::html_in;
use super::model::Body;

/// The blocks of a Markdown source.
///
/// Words come through as they are: no smart punctuation, spaces kept, a line end within a
/// paragraph a space, a hard break `\n`. `#` becomes `h2`, five and six `#` become `h4`; the title
/// of an image is its caption.
pub fn from_markdown(source: &str) -> Result<Body, Vec<BodyError>> {
    // The parser would put U+FFFD in its place.
    if source.contains('\0') {
        return Err(vec![BodyError::new(
            "",
            "nul",
            "U+0000 is not allowed in text.",
        )]);
    }
    let mut options = Options::default();
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.render.r#unsafe = true;
    html_in::read(&markdown_to_html(source, &options), WhiteSpace::Kept)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn words(source: &str) -> Vec<String> {
        from_markdown(source)
            .unwrap()
            .plain()
            .into_iter()
            .map(|block| block.text)
            .collect()
    }

    fn first(source: &str) -> Value {
        serde_json::to_value(&from_markdown(source).unwrap().0[0]).unwrap()
    }

    #[test]
    fn words_come_through_byte_for_byte() {
        let words_in = "Əziz \"sakin\"...  it's -- 5 < 6 & co, #1 e\u{301} \u{a0}x";
        assert_eq!(words(words_in), [words_in]);
        assert_eq!(words("one\ntwo  \nthree\\\nfour"), ["one two\nthree\nfour"]);
    }

    #[test]
    fn blocks_and_marks_are_read() {
        let block = first("# The *bridge* ~~opens~~ [here](https://example.az)");
        let span = |key: &str, text: &str, marks: Value| json!({"_type": "span", "_key": key, "text": text, "marks": marks});
        assert_eq!(
            block,
            json!({
                "_type": "block", "_key": "b1", "style": "h2",
                "markDefs": [{"_key": "m1", "_type": "link", "href": "https://example.az"}],
                "children": [
                    span("s1", "The ", json!([])),
                    span("s2", "bridge", json!(["em"])),
                    span("s3", " ", json!([])),
                    span("s4", "opens", json!(["strike-through"])),
                    span("s5", " ", json!([])),
                    span("s6", "here", json!(["m1"])),
                ],
            })
        );
    }

    #[test]
    fn tables_and_code_keep_their_words() {
        assert_eq!(
            words("| a | b |\n|---|---|\n| *c* | d |"),
            ["a | b", "c | d"]
        );
        assert_eq!(
            words("```rust\nlet a;\n\nlet b;\n```\n\n    c\n     d"),
            ["let a;\n\nlet b;", "c\n d"]
        );
        assert_eq!(first("`a`")["children"][0]["marks"], json!(["code"]));
    }

    #[test]
    fn raw_html_is_read_as_pasted_html() {
        assert_eq!(
            words("a <u>b</u><script>c</script>\n\n<div onclick=x>\n  <p>d</p>\n</div>"),
            ["a b", "d"]
        );
        assert_eq!(
            first("<u>b</u>")["children"][0]["marks"],
            json!(["underline"])
        );
    }

    #[test]
    fn a_dangerous_link_is_words_and_an_insecure_picture_its_alt_text() {
        assert_eq!(first("[a](javascript:b)")["markDefs"], json!([]));
        assert_eq!(
            words("see ![the bridge](http://example.az/a.jpg)"),
            ["see the bridge"]
        );
        let image = first("![The bridge](https://example.az/a.jpg \"At dawn\")");
        assert_eq!(
            (&image["alt"], &image["caption"]),
            (&json!("The bridge"), &json!("At dawn"))
        );
    }

    #[test]
    fn deep_nesting_is_refused() {
        let errors = from_markdown(&"> ".repeat(1_000)).map(|_| ());
        assert!(errors.is_ok() || errors.unwrap_err()[0].code == "too-deep");
        let deep = from_markdown(&format!("{}a", "> ".repeat(1_000)));
        assert_eq!(deep.unwrap_err()[0].code, "too-deep");
    }
}
