//! Blocks in the making: the writer that the HTML reader drives. It joins equal spans, puts white
//! space right, and leaves out blocks without words.

use std::cell::Cell;
use std::rc::Rc;

use super::model::*;

/// What white space means in the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WhiteSpace {
    /// As in HTML: runs are one space, none at the ends of a block.
    Collapsed,
    /// As in Markdown once its blocks are found: spaces are words, line ends are spaces.
    Kept,
}

/// Where in the source a word stands: what its block is, and which marks it carries.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    pub style: Style,
    pub list: Option<(ListItem, u8)>,
    /// The list item the word stands in, with the block that was made for it.
    pub item: Option<Rc<Cell<Option<usize>>>>,
    pub marks: Vec<&'static str>,
    pub link: Option<Rc<str>>,
    pub preformatted: bool,
    pub in_figure: bool,
}

impl Place {
    pub fn marked(&self, mark: &'static str) -> Self {
        let mut place = self.clone();
        if !place.marks.contains(&mark) {
            place.marks.push(mark);
            place
                .marks
                .sort_by_key(|mark| DECORATORS.iter().position(|known| known == mark));
        }
        place
    }
}

pub(super) struct Draft {
    white_space: WhiteSpace,
    blocks: Vec<Block>,
    open: Option<TextBlock>,
    /// The last character is a space that only parts words: it goes at the end of a block.
    loose_space: bool,
    /// The last character is a line break of the markup, not yet followed by words.
    broken: bool,
}

impl Draft {
    pub fn new(white_space: WhiteSpace) -> Self {
        Self {
            white_space,
            blocks: Vec::new(),
            open: None,
            loose_space: false,
            broken: false,
        }
    }

    pub fn finish(mut self) -> Body {
        self.close();
        Body(self.blocks)
    }

    /// Begins a text block, even if its first words are spaces.
    pub fn open(&mut self, place: &Place) {
        self.close();
        if let Some(mut block) = self.block_of_item(place) {
            push(&mut block, "\n", place);
            self.broken = true;
            self.open = Some(block);
            return;
        }
        let (list_item, level) = place.list.unzip();
        self.open = Some(TextBlock {
            style: place.style,
            list_item,
            level,
            ..TextBlock::default()
        });
    }

    /// A further paragraph of a list item goes on in the item's block, so that a numbered list
    /// keeps its numbers.
    fn block_of_item(&mut self, place: &Place) -> Option<TextBlock> {
        let made = place.item.as_ref()?.get()?;
        let goes_on = |block: &mut Block| matches!(block, Block::Text(text) if text.style == Style::Normal && place.style == Style::Normal);
        if made + 1 != self.blocks.len() {
            return None;
        }
        match self.blocks.pop_if(goes_on) {
            Some(Block::Text(block)) => Some(block),
            _ => None,
        }
    }

    /// Ends the open block, and notes it for the list item it belongs to.
    pub fn close_item(&mut self, place: &Place) {
        let before = self.blocks.len();
        self.close();
        if let Some(item) = &place.item
            && self.blocks.len() > before
        {
            item.set(Some(before));
        }
    }

    pub fn close(&mut self) {
        let Some(mut block) = self.open.take() else {
            return;
        };
        if self.loose_space || self.broken && self.white_space == WhiteSpace::Collapsed {
            drop_last(&mut block);
        }
        (self.loose_space, self.broken) = (false, false);
        if block
            .children
            .iter()
            .any(|span| !span.text.trim().is_empty())
        {
            self.blocks.push(Block::Text(block));
        }
    }

    pub fn block(&mut self, block: Block) {
        self.close();
        self.blocks.push(block);
    }

    /// The picture that was just put, if a caption may still be given to it.
    pub fn last_image(&mut self) -> Option<&mut ImageBlock> {
        match (&self.open, self.blocks.last_mut()) {
            (None, Some(Block::Image(image))) => Some(image),
            _ => None,
        }
    }

    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    pub fn text(&mut self, text: &str, place: &Place) {
        let words = if self.open.is_some() {
            text
        } else {
            text.trim_ascii_start()
        };
        if words.is_empty() {
            return;
        }
        if self.open.is_none() {
            self.open(place);
        }
        if place.preformatted {
            self.put(words, place);
            return;
        }
        let white_space = self.white_space;
        let parts = |c: char| match white_space {
            WhiteSpace::Collapsed => c.is_ascii_whitespace(),
            WhiteSpace::Kept => c == '\n',
        };
        let mut pieces = words.split(parts);
        self.put(pieces.next().unwrap_or_default(), place);
        for piece in pieces {
            self.space(place);
            self.put(piece, place);
        }
    }

    /// A line break inside the block; between blocks it says nothing.
    pub fn line_break(&mut self, place: &Place) {
        let Some(block) = &mut self.open else { return };
        if self.loose_space {
            drop_last(block);
        }
        self.put("\n", place);
        self.broken = true;
    }

    /// What stands between two cells of a table's row.
    pub fn part_cells(&mut self, place: &Place) {
        self.space(place);
        self.put("| ", place);
        self.loose_space = true;
    }

    /// Drops the line end that closes preformatted text.
    pub fn trim_line_end(&mut self) {
        if let Some(block) = &mut self.open
            && block
                .children
                .last()
                .is_some_and(|span| span.text.ends_with('\n'))
        {
            drop_last(block);
        }
    }

    fn put(&mut self, words: &str, place: &Place) {
        if let Some(block) = self.open.as_mut().filter(|_| !words.is_empty()) {
            push(block, words, place);
            (self.loose_space, self.broken) = (false, false);
        }
    }

    /// One space, unless there is one or none is wanted here.
    fn space(&mut self, place: &Place) {
        let fresh = self
            .open
            .as_ref()
            .is_none_or(|block| block.children.is_empty());
        if !(fresh || self.loose_space || self.broken) {
            self.put(" ", place);
            self.loose_space = true;
        }
    }
}

fn push(block: &mut TextBlock, words: &str, place: &Place) {
    let mut marks: Vec<String> = place.marks.iter().map(|mark| (*mark).to_owned()).collect();
    marks.extend(place.link.as_ref().map(|href| link_key(block, href)));
    match block.children.last_mut().filter(|span| span.marks == marks) {
        Some(span) => span.text.push_str(words),
        None => block.children.push(Span {
            text: words.to_owned(),
            marks,
            ..Span::default()
        }),
    }
}

/// The annotation of the block for this address, made at its first use.
fn link_key(block: &mut TextBlock, href: &str) -> String {
    let same = |def: &&Annotation| matches!(def, Annotation::Link(link) if link.href == href);
    if let Some(def) = block.mark_defs.iter().find(same) {
        return def.key().to_owned();
    }
    let key = format!("m{}", block.mark_defs.len() + 1);
    let link = LinkAnnotation {
        key: key.clone(),
        href: href.to_owned(),
        ..LinkAnnotation::default()
    };
    block.mark_defs.push(Annotation::Link(link));
    key
}

fn drop_last(block: &mut TextBlock) {
    if let Some(span) = block.children.last_mut() {
        span.text.pop();
    }
    block.children.pop_if(|span| span.text.is_empty());
}
