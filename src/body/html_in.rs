//! Blocks from HTML, such as an editor pastes. `ammonia` sanitises it first; what is left is read
//! element by element. Nothing of the markup is kept but what a block can say: words stay, in
//! their order, and what a body has no block for (tables, definition lists, forms) becomes
//! paragraphs. A row of a table is a paragraph, its cells parted by ` | `.
//!
//! `<q>` and `data-quote` become plain words: quotes belong to one text, and pasted HTML may come
//! from another.

use std::rc::Rc;

use markup5ever_rcdom::{Handle, NodeData};

use super::check::BodyError;
use super::drafting::{Draft, Place, WhiteSpace};
use super::html_elements::{attribute, ends_blocks, mark, pixels, words};
use super::model::*;
use super::{bounds, html_source, keys, urls};

/// Elements within elements. Far beyond what people make, far below what a stack holds.
pub(super) const MAX_DEPTH: usize = 150;
/// The blocks of an HTML fragment or document.
///
/// Scripts, styles and everything that acts are dropped; `h1` becomes `h2`, `h5` and `h6` become
/// `h4`; images and frames that are not `https` become their alternative text. The pointer of an
/// error counts the blocks that would have been made.
pub fn from_html(source: &str) -> Result<Body, Vec<BodyError>> {
    read(source, WhiteSpace::Collapsed)
}

pub(super) fn read(source: &str, white_space: WhiteSpace) -> Result<Body, Vec<BodyError>> {
    if source.contains('\0') {
        return Err(vec![BodyError::new(
            "",
            "nul",
            "U+0000 is not allowed in text.",
        )]);
    }
    if let Some(error) = html_source::refused(source) {
        return Err(vec![error]);
    }
    let dom = html_source::parsed(source);
    let mut reader = Reader {
        draft: Draft::new(white_space),
        too_deep: false,
    };
    reader.children(&dom.document, &Place::default(), 0);
    if reader.too_deep {
        let detail = format!("Elements nest deeper than {MAX_DEPTH}.");
        return Err(vec![BodyError::new("", "too-deep", detail)]);
    }
    let mut body = reader.draft.finish();
    let errors = bounds::passed(&body);
    if !errors.is_empty() {
        return Err(errors);
    }
    keys::fill(&mut body);
    Ok(body)
}

struct Reader {
    draft: Draft,
    too_deep: bool,
}

impl Reader {
    fn children(&mut self, node: &Handle, place: &Place, depth: usize) {
        if depth > MAX_DEPTH {
            self.too_deep = true;
            return;
        }
        for child in node.children.borrow().iter() {
            match &child.data {
                NodeData::Text { contents } => self.draft.text(&contents.borrow(), place),
                NodeData::Element { name, .. } => {
                    self.element(child, &name.local, place, depth + 1);
                }
                _ => {}
            }
        }
    }

    fn element(&mut self, node: &Handle, name: &str, place: &Place, depth: usize) {
        if let Some(mark) = mark(node, name) {
            return self.children(node, &place.marked(mark), depth);
        }
        match name {
            "a" => self.link(node, place, depth),
            "br" => self.draft.line_break(place),
            "img" => self.image(node, place),
            "iframe" => self.embed(node, place),
            "figcaption" if place.in_figure => self.caption(node, place, depth),
            "figure" => self.block(
                node,
                &Place {
                    in_figure: true,
                    ..place.clone()
                },
                depth,
            ),
            "h1" | "h2" => self.text_block(
                node,
                &Place {
                    style: Style::H2,
                    ..place.clone()
                },
                depth,
            ),
            "h3" => self.text_block(
                node,
                &Place {
                    style: Style::H3,
                    ..place.clone()
                },
                depth,
            ),
            "h4" | "h5" | "h6" => self.text_block(
                node,
                &Place {
                    style: Style::H4,
                    ..place.clone()
                },
                depth,
            ),
            "p" => self.text_block(node, place, depth),
            "pre" => {
                let place = Place {
                    preformatted: true,
                    ..place.marked("code")
                };
                self.text_block(node, &place, depth);
            }
            "blockquote" => self.block(
                node,
                &Place {
                    style: Style::Blockquote,
                    ..place.clone()
                },
                depth,
            ),
            "ul" | "menu" => self.list(node, ListItem::Bullet, place, depth),
            "ol" => self.list(node, ListItem::Number, place, depth),
            "li" => self.item(node, place, depth),
            "tr" => self.row(node, place, depth),
            _ if ends_blocks(name) => self.block(node, place, depth),
            _ => self.children(node, place, depth),
        }
    }

    /// An element that parts its words from those around it.
    fn block(&mut self, node: &Handle, place: &Place, depth: usize) {
        self.draft.close_item(place);
        self.children(node, place, depth);
        self.draft.close_item(place);
    }

    /// An element that is one block of text, whose white space counts from its beginning.
    fn text_block(&mut self, node: &Handle, place: &Place, depth: usize) {
        self.draft.close_item(place);
        self.draft.open(place);
        self.children(node, place, depth);
        if place.preformatted {
            self.draft.trim_line_end();
        }
        self.draft.close_item(place);
    }

    fn list(&mut self, node: &Handle, kind: ListItem, place: &Place, depth: usize) {
        let level = place.list.map_or(1, |(_, level)| MAX_LEVEL.min(level + 1));
        self.draft.close_item(place);
        self.children(
            node,
            &Place {
                list: Some((kind, level)),
                item: None,
                ..place.clone()
            },
            depth,
        );
        self.draft.close();
    }

    fn item(&mut self, node: &Handle, place: &Place, depth: usize) {
        let list = place.list.or(Some((ListItem::Bullet, 1)));
        self.draft.close();
        self.text_block(
            node,
            &Place {
                list,
                item: Some(Rc::default()),
                ..place.clone()
            },
            depth,
        );
    }

    fn row(&mut self, node: &Handle, place: &Place, depth: usize) {
        self.draft.close_item(place);
        let children = node.children.borrow();
        let cells = children
            .iter()
            .filter(|child| matches!(child.data, NodeData::Element { .. }));
        for (n, cell) in cells.enumerate() {
            if n > 0 && self.draft.is_open() {
                self.draft.part_cells(place);
            }
            self.children(cell, place, depth + 1);
        }
        self.draft.close_item(place);
    }

    fn link(&mut self, node: &Handle, place: &Place, depth: usize) {
        let link = attribute(node, "href").and_then(|href| urls::link_from_markup(&href));
        let link = link.map(Rc::from).or_else(|| place.link.clone());
        self.children(
            node,
            &Place {
                link,
                ..place.clone()
            },
            depth,
        );
    }

    fn image(&mut self, node: &Handle, place: &Place) {
        let alt = attribute(node, "alt").unwrap_or_default();
        let Some(url) = attribute(node, "src").and_then(|src| urls::https_from_markup(&src)) else {
            return self.draft.text(&alt, place);
        };
        self.draft.close_item(place);
        self.draft.block(Block::Image(ImageBlock {
            url,
            alt,
            caption: attribute(node, "title").filter(|title| !title.is_empty()),
            width: pixels(node, "width"),
            height: pixels(node, "height"),
            ..ImageBlock::default()
        }));
    }

    fn embed(&mut self, node: &Handle, place: &Place) {
        let title = attribute(node, "title").filter(|title| !title.is_empty());
        match attribute(node, "src").and_then(|src| urls::https_from_markup(&src)) {
            Some(url) => {
                self.draft.close_item(place);
                self.draft.block(Block::Embed(EmbedBlock {
                    url,
                    title,
                    ..EmbedBlock::default()
                }));
            }
            None => self.draft.text(&title.unwrap_or_default(), place),
        }
    }

    /// The words under the picture that was just read; a paragraph if there is none.
    fn caption(&mut self, node: &Handle, place: &Place, depth: usize) {
        let words = words(node, 0);
        match self
            .draft
            .last_image()
            .filter(|image| image.caption.is_none())
        {
            Some(image) => image.caption = Some(words).filter(|words| !words.is_empty()),
            None => self.block(node, place, depth),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Style, list and words of each text block; what other blocks are.
    fn told(html: &str) -> Vec<String> {
        let told = |block: &Block| match block {
            Block::Text(text) => {
                let list = text
                    .list_item
                    .map(|item| format!(" {item:?}{}", text.level.unwrap_or(0)));
                format!(
                    "{:?}{}: {}",
                    text.style,
                    list.unwrap_or_default(),
                    text.plain()
                )
            }
            Block::Image(image) => format!("{} [{}] {:?}", image.url, image.alt, image.caption),
            Block::Embed(embed) => format!("{} {:?}", embed.url, embed.title),
            Block::PullQuote(pull) => pull.text.clone(),
        };
        from_html(html).unwrap().0.iter().map(told).collect()
    }

    fn spans(html: &str) -> Vec<(String, Vec<String>)> {
        match from_html(html).unwrap().0.remove(0) {
            Block::Text(block) => block
                .children
                .into_iter()
                .map(|span| (span.text, span.marks))
                .collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn elements_become_blocks_and_white_space_parts_words() {
        assert_eq!(
            told("<h1>A</h1>\n<p> b\n  <i>c</i> d </p><h6>E</h6>tail"),
            ["H2: A", "Normal: b c d", "H4: E", "Normal: tail",]
        );
        assert_eq!(
            told("<div>a<section>b</section>c</div>"),
            ["Normal: a", "Normal: b", "Normal: c"]
        );
        assert_eq!(
            told("<p>a <br> b<br></p><p>&nbsp;</p><p><br></p>"),
            ["Normal: a\nb"]
        );
        assert_eq!(told("<pre>a  b\n c\n</pre>"), ["Normal: a  b\n c"]);
    }

    #[test]
    fn lists_nest_and_an_item_is_one_block() {
        let html = "<ol><li><p>a</p><p>b</p><ul><li>c</li></ul></li><li>d</li></ol><blockquote><p>e</p>f</blockquote>";
        assert_eq!(
            told(html),
            [
                "Normal Number1: a\nb",
                "Normal Bullet2: c",
                "Normal Number1: d",
                "Blockquote: e",
                "Blockquote: f",
            ]
        );
    }

    #[test]
    fn a_table_keeps_its_words() {
        let html = "<table><caption>T</caption><tr><th>a</th> <th>b</th></tr><tr><td>c</td><td></td><td>d</td></tr></table>";
        assert_eq!(
            told(html),
            ["Normal: T", "Normal: a | b", "Normal: c | | d"]
        );
    }

    #[test]
    fn what_acts_is_dropped_and_its_words_stay() {
        let html = "<p onclick=x()>a<script>b()</script><a href='javascript:c()'>d</a><style>e</style>\
                    <svg><script>f</script></svg><img src=x onerror=g()></p>";
        assert_eq!(spans(html), [("ad".to_owned(), vec![])]);
        assert_eq!(
            spans("<a href='data:text/html,x'>a</a>"),
            [("a".to_owned(), vec![])]
        );
    }

    #[test]
    fn marks_and_links_are_kept() {
        let html = "<b style='font-weight:normal'><i>a</i><strong><del>b</del></strong> \
                    <a href=' https://example.az/x y '>c</a></b>";
        let own = |marks: &[&str]| {
            marks
                .iter()
                .map(|mark| (*mark).to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            spans(html),
            [
                ("a".to_owned(), own(&["em"])),
                ("b".to_owned(), own(&["strong", "strike-through"])),
                (" ".to_owned(), own(&[])),
                ("c".to_owned(), own(&["m1"])),
            ]
        );
    }

    #[test]
    fn secure_pictures_and_frames_are_blocks_and_others_their_words() {
        let html = "<p>a <img src=https://e.az/1.jpg alt=B width=10> c</p><figure><img src='//e.az/2.jpg'>\
                    <figcaption>D <b>e</b></figcaption></figure><p><img src=http://e.az/3.jpg alt=F></p>\
                    <iframe src=https://v.az/1 title=G></iframe>";
        assert_eq!(
            told(html),
            [
                "Normal: a",
                "https://e.az/1.jpg [B] None",
                "Normal: c",
                "https://e.az/2.jpg [] Some(\"D e\")",
                "Normal: F",
                "https://v.az/1 Some(\"G\")",
            ]
        );
    }

    #[test]
    fn deep_and_long_sources_are_refused_and_not_chewed_on() {
        let code = |html: &str| from_html(html).unwrap_err()[0].code;
        assert_eq!(code(&"<div>".repeat(MAX_DEPTH + 1)), "too-deep");
        assert_eq!(code(&"<div>".repeat(2_500)), "too-deep");
        assert_eq!(code("a\0b"), "nul");
        assert_eq!(code(&"<p>a</p>".repeat(MAX_BLOCKS + 1)), "too-many");
    }
}
