//! A body as Markdown: CommonMark with strikethrough, and HTML tags where Markdown has no syntax
//! (underlining) or its syntax would not be seen (emphasis inside a word). Quote marks are left
//! out.

use super::inline::{Inline, Mark, nest};
use super::markdown_escapes::{Breaks, Escaper, address, one_line, title};
use super::model::*;

impl Body {
    /// The body as Markdown that `from_markdown` reads back with the same words, styles, lists and
    /// marks. Blocks without words are left out; an embed is a link, a pull quote a block
    /// quotation, the caption and credit of a picture its title.
    pub fn to_markdown(&self) -> String {
        let mut page = Page {
            markdown: String::new(),
            lists: Vec::new(),
            after_item: false,
        };
        self.0.iter().for_each(|block| page.block(block));
        page.markdown
    }
}

struct Page {
    markdown: String,
    /// The lists that are open, outermost first.
    lists: Vec<List>,
    after_item: bool,
}

struct List {
    kind: ListItem,
    /// Items so far.
    count: usize,
    /// Columns of the latest marker, by which what belongs to the item is indented.
    width: usize,
}

impl Page {
    fn block(&mut self, block: &Block) {
        match block {
            Block::Text(text) if text.plain().trim().is_empty() => {}
            Block::Text(text) => match text.list_item {
                Some(kind) => self.item(text, kind),
                None => self.paragraph(&text_block(text)),
            },
            Block::Image(image) => self.paragraph(&picture(image)),
            Block::Embed(embed) => {
                let words = one_line(embed.title.as_deref().unwrap_or(&embed.url));
                self.paragraph(&format!("[{words}]({})", address(&embed.url)));
            }
            Block::PullQuote(pull) => self.paragraph(&quoted(&plain(&pull.text, Breaks::Lines))),
        }
    }

    fn paragraph(&mut self, markdown: &str) {
        self.lists.clear();
        self.part("\n\n");
        self.markdown.push_str(markdown);
        self.after_item = false;
    }

    fn item(&mut self, block: &TextBlock, kind: ListItem) {
        self.part(if self.after_item { "\n" } else { "\n\n" });
        let marker = self.marker(kind, block.level.unwrap_or(1).max(1).into());
        self.markdown.push_str(&marker);
        self.markdown.push_str(&match style_prefix(block.style) {
            Some(prefix) => format!("{prefix}{}", words(block, Breaks::Tags)),
            None => format!("> {}", words(block, Breaks::Tags)),
        });
        self.after_item = true;
    }

    fn part(&mut self, parting: &str) {
        if !self.markdown.is_empty() {
            self.markdown.push_str(parting);
        }
    }

    /// The indent and marker of the next item. A level that has no item above it gets the markers
    /// of empty items, as in `- - words`.
    fn marker(&mut self, kind: ListItem, level: usize) -> String {
        self.lists.truncate(level);
        if self.lists.len() == level && self.lists.last().is_some_and(|list| list.kind != kind) {
            self.lists.pop();
        }
        let same = self.lists.len() == level;
        let outer = self.lists.len() - usize::from(same);
        let mut marker = " ".repeat(self.lists[..outer].iter().map(|list| list.width).sum());
        if let Some(list) = self.lists.last_mut().filter(|_| same) {
            list.count += 1;
            marker.push_str(&list.mark());
        }
        while self.lists.len() < level {
            let mut list = List {
                kind,
                count: 1,
                width: 0,
            };
            marker.push_str(&list.mark());
            self.lists.push(list);
        }
        marker
    }
}

impl List {
    fn mark(&mut self) -> String {
        let mark = match self.kind {
            ListItem::Bullet => "- ".to_owned(),
            ListItem::Number => format!("{}. ", self.count),
        };
        self.width = mark.len();
        mark
    }
}

fn text_block(block: &TextBlock) -> String {
    match style_prefix(block.style) {
        Some("") => fenced(block).unwrap_or_else(|| words(block, Breaks::Lines)),
        Some(prefix) => format!("{prefix}{}", words(block, Breaks::Tags)),
        None => quoted(&words(block, Breaks::Lines)),
    }
}

/// What stands before the words; none for a block quotation, which has it before each line.
fn style_prefix(style: Style) -> Option<&'static str> {
    match style {
        Style::Normal => Some(""),
        Style::H2 => Some("## "),
        Style::H3 => Some("### "),
        Style::H4 => Some("#### "),
        Style::Blockquote => None,
    }
}

fn quoted(markdown: &str) -> String {
    format!("> {}", markdown.replace('\n', "\n> "))
}

fn plain(text: &str, breaks: Breaks) -> String {
    let words: Vec<char> = text.chars().collect();
    let mut out = String::new();
    Escaper {
        words: &words,
        breaks,
        heading: false,
    }
    .write(0, words.len(), &mut out);
    out
}

fn picture(image: &ImageBlock) -> String {
    let (alt, url) = (one_line(&image.alt), address(&image.url));
    let under = match (&image.caption, &image.credit) {
        (Some(caption), Some(credit)) => format!("{caption} ({credit})"),
        (caption, credit) => caption
            .as_ref()
            .or(credit.as_ref())
            .cloned()
            .unwrap_or_default(),
    };
    match &*under {
        "" => format!("![{alt}]({url})"),
        under => format!("![{alt}]({url} \"{}\")", title(under)),
    }
}

/// Several lines that are code throughout, as a fenced code block.
fn fenced(block: &TextBlock) -> Option<String> {
    let text = block.plain();
    let code = |span: &Span| span.marks == ["code"] || span.text.is_empty();
    if !block.children.iter().all(code) || !text.contains('\n') || text.ends_with('\n') {
        return None;
    }
    let fence = "`".repeat(longest_backticks(&text).max(2) + 1);
    Some(format!("{fence}\n{text}\n{fence}"))
}

fn longest_backticks(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

fn words(block: &TextBlock, breaks: Breaks) -> String {
    let words: Vec<char> = block.plain().chars().collect();
    let heading = style_prefix(block.style).is_some_and(|prefix| !prefix.is_empty());
    let escaper = Escaper {
        words: &words,
        breaks,
        heading,
    };
    let mut line = Line {
        escaper,
        markdown: String::new(),
    };
    line.inlines(&nest(block, false));
    line.markdown
}

struct Line<'w> {
    escaper: Escaper<'w>,
    markdown: String,
}

impl Line<'_> {
    fn inlines(&mut self, tree: &[Inline]) {
        for inline in tree {
            match inline {
                Inline::Text { start, text } => {
                    self.escaper
                        .write(*start, start + text.chars().count(), &mut self.markdown);
                }
                Inline::Marked {
                    mark,
                    start,
                    end,
                    inside,
                } => self.marked(*mark, *start, *end, inside),
            }
        }
    }

    fn marked(&mut self, mark: Mark, start: usize, end: usize, inside: &[Inline]) {
        let flanked = self.is_flanked(start, end);
        match mark {
            Mark::Quote(_) => self.inlines(inside),
            Mark::Link(href) => self.around("[", inside, &format!("]({})", address(href))),
            Mark::Strong if flanked => self.around("**", inside, "**"),
            Mark::Em if flanked => self.around("_", inside, "_"),
            Mark::StrikeThrough if flanked => self.around("~~", inside, "~~"),
            Mark::Strong => self.around("<strong>", inside, "</strong>"),
            Mark::Em => self.around("<em>", inside, "</em>"),
            Mark::StrikeThrough => self.around("<s>", inside, "</s>"),
            Mark::Underline => self.around("<u>", inside, "</u>"),
            Mark::Code => match self.code(start, end) {
                Some(code) => self.markdown.push_str(&code),
                None => self.around("<code>", inside, "</code>"),
            },
        }
    }

    fn around(&mut self, open: &str, inside: &[Inline], close: &str) {
        self.markdown.push_str(open);
        self.inlines(inside);
        self.markdown.push_str(close);
    }

    /// A code span, if the words survive in one: it takes no line breaks and trims spaces.
    fn code(&self, start: usize, end: usize) -> Option<String> {
        let text: String = self.escaper.words[start..end].iter().collect();
        if text.contains(|c: char| c.is_ascii_control()) || text.trim() != text {
            return None;
        }
        let fence = "`".repeat(longest_backticks(&text) + 1);
        let pad = if text.starts_with('`') || text.ends_with('`') {
            " "
        } else {
            ""
        };
        Some(format!("{fence}{pad}{text}{pad}{fence}"))
    }

    /// Whether delimiters around these words are seen as such by CommonMark's rules of flanking;
    /// stricter than those, so that no case needs the rest of the line.
    fn is_flanked(&self, start: usize, end: usize) -> bool {
        let words = self.escaper.words;
        let outside = |c: Option<&char>| {
            c.is_none_or(|c| matches!(c, ' ' | '\n' | '\t') || is_punctuation(*c))
        };
        let inside = |c: char| !c.is_whitespace() && !c.is_control();
        let before = start.checked_sub(1).and_then(|n| words.get(n));
        start < end
            && outside(before)
            && outside(words.get(end))
            && inside(words[start])
            && inside(words[end - 1])
    }
}

/// Marks that both Unicode and every reader of Markdown call punctuation.
fn is_punctuation(c: char) -> bool {
    c.is_ascii_punctuation() || "“”„«»‘’‚—–…".contains(c)
}

#[cfg(test)]
mod tests {
    use super::super::from_markdown;

    /// Markdown that comes out as it went in.
    #[test]
    fn plain_markdown_stays_plain() {
        for source in [
            "A **bold** and _fine_ ~~old~~ `x` [link](https://example.az).",
            "«**Слово**» – **_both_**, it's 3.5 - 2!",
            "one\\\ntwo",
            "## Heading\n\n> quoted\n\nparagraph",
            "- a\n  1. b\n  2. c\n     - d\n- e\n\nf",
            "```\nlet a;\n  let b;\n```",
            "![The bridge](https://example.az/a.jpg \"At dawn\")",
        ] {
            assert_eq!(from_markdown(source).unwrap().to_markdown(), source);
        }
    }

    #[test]
    fn what_markdown_cannot_say_is_said_with_tags() {
        for source in [
            "a<strong>b</strong>c",
            "<u>a</u>",
            "## a<br>b",
            "<em>a </em>b",
        ] {
            assert_eq!(from_markdown(source).unwrap().to_markdown(), source);
        }
    }

    #[test]
    fn words_that_look_like_syntax_are_escaped() {
        let body = from_markdown("\\# a\n\n1\\. b\n\n\\- c\\*d\\*\n\n&#32;e").unwrap();
        assert_eq!(body.to_text(), "# a\n\n1. b\n\n- c*d*\n\n e");
        assert_eq!(
            body.to_markdown(),
            "\\# a\n\n1\\. b\n\n\\- c\\*d\\*\n\n&#32;e"
        );
    }

    #[test]
    fn words_do_not_join_with_markup_to_mean_something_else() {
        for source in [
            "a\\\n\\===",
            "a\\\n\\---",
            "a\\![b](https://example.az)",
            "\\``x`\\`",
            "## C\\#",
            "a<br>",
        ] {
            let body = from_markdown(source).unwrap();
            assert_eq!(body.to_markdown(), source);
            assert_eq!(body.0.len(), 1);
        }
    }
}
