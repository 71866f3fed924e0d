//! A body as HTML: only elements and attributes written here, all words escaped.

use uuid::Uuid;

use super::inline::{Inline, Mark, nest};
use super::model::*;

/// Where the words of a quote can be read at their source, for `cite`.
type Cite<'c> = &'c dyn Fn(Uuid) -> Option<String>;

impl Body {
    /// The body as safe HTML.
    ///
    /// Quote marks are `<q data-quote="id">`, with `cite` where the closure gives an address; where
    /// quotes overlap, elements are split. A block quotation that is one quote throughout is a
    /// `<blockquote data-quote="id">`. The words bring their own quotation marks, so a style sheet
    /// says `q { quotes: none }`.
    pub fn to_html(&self, cite: impl Fn(Uuid) -> Option<String>) -> String {
        let mut page = Page {
            html: String::new(),
            lists: Vec::new(),
            cite: &cite,
        };
        self.0.iter().for_each(|block| page.block(block));
        page.close_lists(0);
        page.html
    }
}

struct Page<'c> {
    html: String,
    /// The lists that are open, outermost first; the last item of each is open too.
    lists: Vec<ListItem>,
    cite: Cite<'c>,
}

impl Page<'_> {
    fn block(&mut self, block: &Block) {
        match block {
            Block::Text(TextBlock {
                list_item: Some(kind),
                level,
                ..
            }) => {
                self.begin_item(*kind, level.unwrap_or(1).max(1).into());
            }
            _ => self.close_lists(0),
        }
        match block {
            Block::Text(text) => self.text_block(text),
            Block::Image(image) => self.image(image),
            Block::Embed(embed) => self.embed(embed),
            Block::PullQuote(pull) => self.pull_quote(pull),
        }
    }

    fn begin_item(&mut self, kind: ListItem, level: usize) {
        self.close_lists(level);
        if self.lists.len() == level && self.lists.last() != Some(&kind) {
            self.close_lists(level - 1);
        }
        if self.lists.len() == level {
            self.html.push_str("</li><li>");
        }
        while self.lists.len() < level {
            self.lists.push(kind);
            self.html.push_str(match kind {
                ListItem::Bullet => "<ul><li>",
                ListItem::Number => "<ol><li>",
            });
        }
    }

    fn close_lists(&mut self, level: usize) {
        while self.lists.len() > level {
            self.html.push_str(match self.lists.pop() {
                Some(ListItem::Number) => "</li></ol>",
                _ => "</li></ul>",
            });
        }
    }

    fn text_block(&mut self, block: &TextBlock) {
        let tag = match block.style {
            Style::Normal if block.list_item.is_some() => return self.inlines(&nest(block, true)),
            Style::Normal => "p",
            Style::H2 => "h2",
            Style::H3 => "h3",
            Style::H4 => "h4",
            Style::Blockquote => return self.block_quotation(block),
        };
        self.html.push_str(&format!("<{tag}>"));
        self.inlines(&nest(block, true));
        self.html.push_str(&format!("</{tag}>"));
    }

    fn block_quotation(&mut self, block: &TextBlock) {
        let quote = sole_quote(block);
        self.html.push_str("<blockquote");
        self.quote_attributes(quote);
        self.html.push_str("><p>");
        self.inlines(&nest(block, quote.is_none()));
        self.html.push_str("</p></blockquote>");
    }

    fn inlines(&mut self, tree: &[Inline]) {
        for inline in tree {
            match inline {
                Inline::Text { text, .. } => self.words(text),
                Inline::Marked { mark, inside, .. } => self.marked(*mark, inside),
            }
        }
    }

    fn marked(&mut self, mark: Mark, inside: &[Inline]) {
        let tag = match mark {
            Mark::Quote(_) => "q",
            Mark::Link(_) => "a",
            Mark::Strong => "strong",
            Mark::Em => "em",
            Mark::Underline => "u",
            Mark::StrikeThrough => "s",
            Mark::Code => "code",
        };
        self.html.push_str(&format!("<{tag}"));
        match mark {
            Mark::Quote(quote) => self.quote_attributes(Some(quote)),
            Mark::Link(href) => self.link_attributes(href),
            _ => {}
        }
        self.html.push('>');
        self.inlines(inside);
        self.html.push_str(&format!("</{tag}>"));
    }

    fn quote_attributes(&mut self, quote: Option<Uuid>) {
        let Some(quote) = quote else { return };
        if let Some(address) = (self.cite)(quote) {
            self.attribute("cite", &address);
        }
        self.attribute("data-quote", &quote.to_string());
    }

    fn link_attributes(&mut self, href: &str) {
        self.attribute("href", href);
        self.attribute("rel", "noopener noreferrer");
    }

    fn image(&mut self, image: &ImageBlock) {
        self.html.push_str("<figure><img");
        self.attribute("src", &image.url);
        self.attribute("alt", &image.alt);
        for (name, side) in [("width", image.width), ("height", image.height)] {
            if let Some(side) = side {
                self.attribute(name, &side.to_string());
            }
        }
        self.html.push('>');
        self.caption(image);
        self.html.push_str("</figure>");
    }

    fn caption(&mut self, image: &ImageBlock) {
        if image.caption.is_none() && image.credit.is_none() {
            return;
        }
        self.html.push_str("<figcaption>");
        self.words(image.caption.as_deref().unwrap_or_default());
        if let Some(credit) = &image.credit {
            self.html.push_str(if image.caption.is_some() {
                " <small>"
            } else {
                "<small>"
            });
            self.words(credit);
            self.html.push_str("</small>");
        }
        self.html.push_str("</figcaption>");
    }

    fn embed(&mut self, embed: &EmbedBlock) {
        self.html.push_str("<p><a");
        self.link_attributes(&embed.url);
        self.html.push('>');
        self.words(embed.title.as_deref().unwrap_or(&embed.url));
        self.html.push_str("</a></p>");
    }

    fn pull_quote(&mut self, pull: &PullQuoteBlock) {
        self.html.push_str("<aside><blockquote");
        self.quote_attributes(pull.quote);
        self.html.push_str("><p>");
        self.words(&pull.text);
        self.html.push_str("</p></blockquote></aside>");
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.html.push_str(&format!(" {name}=\""));
        self.escaped(value, "\n");
        self.html.push('"');
    }

    fn words(&mut self, text: &str) {
        self.escaped(text, "<br>");
    }

    fn escaped(&mut self, text: &str, line_break: &str) {
        for c in text.chars() {
            match c {
                '&' => self.html.push_str("&amp;"),
                '<' => self.html.push_str("&lt;"),
                '>' => self.html.push_str("&gt;"),
                '"' => self.html.push_str("&quot;"),
                '\r' => self.html.push_str("&#13;"),
                '\n' => self.html.push_str(line_break),
                c => self.html.push(c),
            }
        }
    }
}

/// The quote that all words of the block belong to, if there is one and no other touches them.
fn sole_quote(block: &TextBlock) -> Option<Uuid> {
    let quotes_of = |span: &Span| -> Vec<Uuid> {
        let quote = |def: &Annotation| match def {
            Annotation::Quote(quote) if span.marks.contains(&quote.key) => Some(quote.quote),
            _ => None,
        };
        block.mark_defs.iter().filter_map(quote).collect()
    };
    let mut spans = block
        .children
        .iter()
        .filter(|span| !span.text.is_empty())
        .map(quotes_of);
    let first = spans.next().filter(|quotes| quotes.len() == 1)?;
    spans.all(|quotes| quotes == first).then_some(first[0])
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::{QuoteHint, parse};
    use super::*;

    const A: Uuid = Uuid::from_u128(10);
    const B: Uuid = Uuid::from_u128(11);

    fn body(blocks: Value) -> Body {
        parse(blocks).unwrap()
    }

    fn paragraph(text: &str, extra: Value) -> Value {
        let mut block = json!({"_type": "block", "children": [{"_type": "span", "text": text}]});
        block
            .as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        block
    }

    fn hint(quote: Uuid, start: usize, end: usize) -> QuoteHint {
        QuoteHint {
            quote,
            block: "b1".to_owned(),
            start,
            end,
        }
    }

    fn html(body: &Body) -> String {
        body.to_html(|_| None)
    }

    #[test]
    fn words_and_attributes_are_escaped() {
        let block = json!({"_type": "block", "markDefs": [{"_type": "link", "_key": "m", "href": "https://e.az/?a=\"&b"}],
            "children": [{"_type": "span", "text": "<b> & \"x\"\ny", "marks": ["m", "strong"]}]});
        assert_eq!(
            html(&body(json!([block]))),
            "<p><a href=\"https://e.az/?a=&quot;&amp;b\" rel=\"noopener noreferrer\">\
             <strong>&lt;b&gt; &amp; &quot;x&quot;<br>y</strong></a></p>"
        );
    }

    #[test]
    fn list_items_nest_by_level() {
        let item = |text: &str, kind: &str, level: u8| {
            paragraph(text, json!({"listItem": kind, "level": level}))
        };
        let items = body(json!([
            item("a", "bullet", 1),
            item("b", "number", 2),
            item("c", "number", 2),
            item("d", "bullet", 1),
            item("e", "number", 1),
            paragraph("f", json!({})),
        ]));
        assert_eq!(
            html(&items),
            "<ul><li>a<ol><li>b</li><li>c</li></ol></li><li>d</li></ul><ol><li>e</li></ol><p>f</p>"
        );
    }

    #[test]
    fn overlapping_quotes_are_split_and_never_crossed() {
        let marked = body(json!([paragraph("abcdef", json!({}))]))
            .with_quote_marks(&[hint(A, 0, 4), hint(B, 2, 6)]);
        let (a, b) = (
            format!("<q data-quote=\"{A}\">"),
            format!("<q data-quote=\"{B}\">"),
        );
        assert_eq!(html(&marked), format!("<p>{a}ab{b}cd</q></q>{b}ef</q></p>"));
    }

    #[test]
    fn a_block_quotation_that_is_one_quote_carries_it() {
        let block = body(json!([paragraph("ab", json!({"style": "blockquote"}))]));
        let cite = |quote: Uuid| (quote == A).then(|| "https://e.az/q".to_owned());
        let whole = block.with_quote_marks(&[hint(A, 0, 2)]).to_html(cite);
        assert_eq!(
            whole,
            format!(
                "<blockquote cite=\"https://e.az/q\" data-quote=\"{A}\"><p>ab</p></blockquote>"
            )
        );
        let part = block.with_quote_marks(&[hint(A, 0, 1)]).to_html(|_| None);
        assert_eq!(
            part,
            format!("<blockquote><p><q data-quote=\"{A}\">a</q>b</p></blockquote>")
        );
    }

    #[test]
    fn pictures_embeds_and_pull_quotes_are_written() {
        let blocks = body(json!([
            {"_type": "image", "url": "https://e.az/1.jpg", "alt": "A", "caption": "C", "credit": "D", "width": 2},
            {"_type": "embed", "url": "https://v.az/1"},
            {"_type": "pullQuote", "text": "P", "quote": A},
        ]));
        assert_eq!(
            html(&blocks),
            format!(
                "<figure><img src=\"https://e.az/1.jpg\" alt=\"A\" width=\"2\"><figcaption>C <small>D</small></figcaption></figure>\
             <p><a href=\"https://v.az/1\" rel=\"noopener noreferrer\">https://v.az/1</a></p>\
             <aside><blockquote data-quote=\"{A}\"><p>P</p></blockquote></aside>"
            )
        );
        assert_eq!(blocks.to_text(), "C\nD\n\nhttps://v.az/1\n\nP");
        assert_eq!(
            blocks.to_markdown(),
            "![A](https://e.az/1.jpg \"C (D)\")\n\n[https://v.az/1](https://v.az/1)\n\n> P"
        );
    }
}
