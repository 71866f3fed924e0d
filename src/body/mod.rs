//! The body of a text as [Portable Text](https://www.portabletext.org): what its blocks are,
//! how they come in (blocks, Markdown, HTML) and how they go out (HTML, Markdown, plain text).
//! Everything here is a function of its arguments: no database, no HTTP.
//!
//! | file | holds |
//! |---|---|
//! | `model` | the blocks, and the limits a body keeps |
//! | `check`, `check_spans`, `fields`, `bounds` | blocks from a client's JSON, refused with pointers |
//! | `keys` | keys for blocks without one; keeping keys when a body is posted again |
//! | `urls` | which addresses may be named |
//! | `html_in`, `html_source`, `html_elements`, `markdown_in`, `drafting` | blocks from HTML and Markdown |
//! | `inline` | a block's spans as a tree of marks, for the writers |
//! | `html_out`, `markdown_out`, `markdown_escapes`, `text_out` | the writers |
//! | `quotes` | quote marks: taken out of a body, put into it |

mod bounds;
mod check;
mod check_spans;
mod drafting;
mod fields;
mod html_elements;
mod html_in;
mod html_out;
mod html_source;
mod inline;
mod keys;
mod markdown_escapes;
mod markdown_in;
mod markdown_out;
mod model;
mod quotes;
mod text_out;
mod urls;

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod properties;

pub use check::{BodyError, parse};
pub use html_in::from_html;
pub use keys::keep_keys;
pub use markdown_in::from_markdown;
pub use model::{
    Annotation, Block, Body, EmbedBlock, EmbedType, ImageBlock, ImageType, LinkAnnotation,
    LinkType, ListItem, MAX_ALT, MAX_BLOCKS, MAX_CHILDREN, MAX_KEY, MAX_LEVEL, MAX_MARK_DEFS,
    MAX_MARKS, MAX_PIXELS, MAX_TEXT, MAX_URL, PullQuoteBlock, PullQuoteType, QuoteAnnotation,
    QuoteType, Span, SpanType, Style, TextBlock, TextBlockType,
};
pub use quotes::QuoteHint;
pub use text_out::PlainBlock;
pub use urls::{is_https, is_link, is_web};
