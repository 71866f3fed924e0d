//! The blocks of a body, as [Portable Text](https://www.portabletext.org) draws them, and the
//! limits a body keeps. What a client sends is checked by `check`; what is deserialised straight
//! into these types is trusted (it was checked before it was stored).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::schema::{Array, ArrayBuilder, Object, ObjectBuilder, Type};
use uuid::Uuid;

/// Blocks of one body. The longest newspaper investigations have some hundreds of paragraphs.
pub const MAX_BLOCKS: usize = 2_000;
/// Spans of one block: a change of marks at every other word of a very long paragraph.
pub const MAX_CHILDREN: usize = 500;
/// Annotations of one block: no more than it has spans.
pub const MAX_MARK_DEFS: usize = 500;
/// Marks of one span: five decorators, a link, and quotes that overlap.
pub const MAX_MARKS: usize = 20;
/// Code points of one body, captions and titles counted: a short book.
pub const MAX_TEXT: usize = 100_000;
/// Characters of a key. Editors make keys of 12 to 36.
pub const MAX_KEY: usize = 64;
/// Bytes of an address, as browsers and proxies take them.
pub const MAX_URL: usize = 2_000;
/// Code points of an image's alt text, caption and credit, and of an embed's title, each.
pub const MAX_ALT: usize = 2_000;
/// Pixels of an image's side.
pub const MAX_PIXELS: u32 = 100_000;
/// Depth of a list. Markdown and HTML that nest deeper stay at this level.
pub const MAX_LEVEL: u8 = 6;

/// The body of a text: Portable Text blocks in reading order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(max_items = 2000)]
pub struct Body(pub Vec<Block>);

/// One block of a body. `_type` says which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(discriminator(property_name = "_type", mapping(
    ("block" = "#/components/schemas/TextBlock"),
    ("image" = "#/components/schemas/ImageBlock"),
    ("embed" = "#/components/schemas/EmbedBlock"),
    ("pullQuote" = "#/components/schemas/PullQuoteBlock")
)))]
pub enum Block {
    /// A paragraph, heading, block quotation or list item.
    Text(TextBlock),
    /// A picture.
    Image(ImageBlock),
    /// Something that stands elsewhere: a video, a post, a map.
    Embed(EmbedBlock),
    /// Words set apart to catch the eye.
    PullQuote(PullQuoteBlock),
}

impl Block {
    pub fn key(&self) -> &str {
        match self {
            Self::Text(block) => &block.key,
            Self::Image(block) => &block.key,
            Self::Embed(block) => &block.key,
            Self::PullQuote(block) => &block.key,
        }
    }

    pub(super) fn key_mut(&mut self) -> &mut String {
        match self {
            Self::Text(block) => &mut block.key,
            Self::Image(block) => &mut block.key,
            Self::Embed(block) => &mut block.key,
            Self::PullQuote(block) => &mut block.key,
        }
    }
}

/// A paragraph, heading, block quotation or list item.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TextBlock {
    /// Always `block`.
    #[serde(rename = "_type")]
    #[schema(schema_with = TextBlockType::schema)]
    pub kind: TextBlockType,
    /// Names the block within the body, and stays when its words are edited. Made when absent.
    #[serde(rename = "_key", default)]
    #[schema(
        min_length = 1,
        max_length = 64,
        pattern = "^[A-Za-z0-9._-]+$",
        example = "b1"
    )]
    pub key: String,
    /// What kind of text block it is.
    #[serde(default)]
    pub style: Style,
    /// The annotations that marks of the children name.
    #[serde(rename = "markDefs", default)]
    #[schema(max_items = 500)]
    pub mark_defs: Vec<Annotation>,
    /// The words.
    #[schema(max_items = 500)]
    pub children: Vec<Span>,
    /// The kind of list, if the block is an item of one.
    #[serde(rename = "listItem", default, skip_serializing_if = "Option::is_none")]
    pub list_item: Option<ListItem>,
    /// Depth in the list, from 1. Only with `listItem`; 1 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 6)]
    pub level: Option<u8>,
}

impl TextBlock {
    /// The words of all spans, joined. Offsets of quotes count its code points.
    pub fn plain(&self) -> String {
        self.children.iter().map(|span| &*span.text).collect()
    }
}

/// A run of words that carry the same marks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// Always `span`.
    #[serde(rename = "_type")]
    #[schema(schema_with = SpanType::schema)]
    pub kind: SpanType,
    /// Names the span within its block. Made when absent.
    #[serde(rename = "_key", default)]
    #[schema(
        min_length = 1,
        max_length = 64,
        pattern = "^[A-Za-z0-9._-]+$",
        example = "s1"
    )]
    pub key: String,
    /// The words, kept as they are. A line break within the block is `\n`.
    #[schema(max_length = 100000)]
    pub text: String,
    /// `strong`, `em`, `underline`, `strike-through`, `code`, or the `_key` of an annotation in
    /// the block's `markDefs`.
    #[serde(default)]
    #[schema(schema_with = marks_schema)]
    pub marks: Vec<String>,
}

/// What a mark means that needs more than a name. `_type` says which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(discriminator(property_name = "_type", mapping(
    ("link" = "#/components/schemas/LinkAnnotation"),
    ("quote" = "#/components/schemas/QuoteAnnotation")
)))]
pub enum Annotation {
    /// A link.
    Link(LinkAnnotation),
    /// The words of a quote.
    Quote(QuoteAnnotation),
}

impl Annotation {
    pub fn key(&self) -> &str {
        match self {
            Self::Link(link) => &link.key,
            Self::Quote(quote) => &quote.key,
        }
    }

    pub(super) fn key_mut(&mut self) -> &mut String {
        match self {
            Self::Link(link) => &mut link.key,
            Self::Quote(quote) => &mut quote.key,
        }
    }
}

/// A link to a page or an e-mail address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkAnnotation {
    /// Names the annotation within its block. Made when absent.
    #[serde(rename = "_key", default)]
    #[schema(
        min_length = 1,
        max_length = 64,
        pattern = "^[A-Za-z0-9._-]+$",
        example = "m1"
    )]
    pub key: String,
    /// Always `link`.
    #[serde(rename = "_type")]
    #[schema(schema_with = LinkType::schema)]
    pub kind: LinkType,
    /// An absolute `http`, `https` or `mailto` address.
    #[schema(
        max_length = 2000,
        pattern = "^([Hh][Tt][Tt][Pp][Ss]?://[^\\s/?#]|[Mm][Aa][Ii][Ll][Tt][Oo]:\\S)",
        example = "https://example.az/"
    )]
    pub href: String,
}

/// The words of a quote of this text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuoteAnnotation {
    /// Names the annotation within its block. Made when absent.
    #[serde(rename = "_key", default)]
    #[schema(
        min_length = 1,
        max_length = 64,
        pattern = "^[A-Za-z0-9._-]+$",
        example = "q1"
    )]
    pub key: String,
    /// Always `quote`.
    #[serde(rename = "_type")]
    #[schema(schema_with = QuoteType::schema)]
    pub kind: QuoteType,
    /// The quote's id.
    #[schema(value_type = String, format = "uuid")]
    pub quote: Uuid,
}

/// A picture.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImageBlock {
    /// Always `image`.
    #[serde(rename = "_type")]
    #[schema(schema_with = ImageType::schema)]
    pub kind: ImageType,
    /// Names the block within the body. Made when absent.
    #[serde(rename = "_key", default)]
    #[schema(
        min_length = 1,
        max_length = 64,
        pattern = "^[A-Za-z0-9._-]+$",
        example = "b2"
    )]
    pub key: String,
    /// An `https` address.
    #[schema(
        max_length = 2000,
        pattern = "^[Hh][Tt][Tt][Pp][Ss]://[^\\s/?#]",
        example = "https://example.az/bridge.jpg"
    )]
    pub url: String,
    /// What the picture shows, for those who do not see it; empty for an ornament.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub alt: String,
    /// The words under the picture.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub caption: Option<String>,
    /// Who made the picture.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub credit: Option<String>,
    /// Pixels.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 100000)]
    pub width: Option<u32>,
    /// Pixels.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 100000)]
    pub height: Option<u32>,
}

/// Something that stands elsewhere: a video, a post, a map.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmbedBlock {
    /// Always `embed`.
    #[serde(rename = "_type")]
    #[schema(schema_with = EmbedType::schema)]
    pub kind: EmbedType,
    /// Names the block within the body. Made when absent.
    #[serde(rename = "_key", default)]
    #[schema(
        min_length = 1,
        max_length = 64,
        pattern = "^[A-Za-z0-9._-]+$",
        example = "b3"
    )]
    pub key: String,
    /// An `https` address.
    #[schema(
        max_length = 2000,
        pattern = "^[Hh][Tt][Tt][Pp][Ss]://[^\\s/?#]",
        example = "https://video.example.az/42"
    )]
    pub url: String,
    /// What it is called.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub title: Option<String>,
}

/// Words set apart to catch the eye.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PullQuoteBlock {
    /// Always `pullQuote`.
    #[serde(rename = "_type")]
    #[schema(schema_with = PullQuoteType::schema)]
    pub kind: PullQuoteType,
    /// Names the block within the body. Made when absent.
    #[serde(rename = "_key", default)]
    #[schema(
        min_length = 1,
        max_length = 64,
        pattern = "^[A-Za-z0-9._-]+$",
        example = "b4"
    )]
    pub key: String,
    /// The words.
    #[schema(max_length = 100000)]
    pub text: String,
    /// The id of the quote they are from.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = "uuid")]
    pub quote: Option<Uuid>,
}

/// What kind of text block it is: a paragraph, a heading or a block quotation. The headline is
/// not in the body, so headings begin with `h2`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Style {
    #[default]
    Normal,
    H2,
    H3,
    H4,
    Blockquote,
}

/// The kind of list an item stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ListItem {
    Bullet,
    Number,
}

/// Declares the one value that `_type` has in a struct. Each struct names its own type, and not
/// the enum around it, so that its schema is closed in itself.
macro_rules! constant_type {
    ($($name:ident = $value:literal),* $(,)?) => {$(
        #[doc = concat!("The constant `", $value, "`.")]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub enum $name {
            #[default]
            #[serde(rename = $value)]
            Only,
        }

        impl $name {
            fn schema() -> Object {
                let schema = ObjectBuilder::new().schema_type(Type::String);
                let schema = schema.enum_values(Some([$value]));
                schema.description(Some(concat!("Always `", $value, "`."))).build()
            }
        }
    )*};
}

constant_type! {
    TextBlockType = "block",
    ImageType = "image",
    EmbedType = "embed",
    PullQuoteType = "pullQuote",
    SpanType = "span",
    LinkType = "link",
    QuoteType = "quote",
}

/// The decorators: marks that need no annotation, in the order writers nest them.
pub(super) const DECORATORS: [&str; 5] = ["strong", "em", "underline", "strike-through", "code"];

/// The schema of a span's marks, whose items are bounded too.
fn marks_schema() -> Array {
    let mark = ObjectBuilder::new().schema_type(Type::String);
    let mark = mark
        .min_length(Some(1))
        .max_length(Some(MAX_KEY))
        .pattern(Some("^[A-Za-z0-9._-]+$"));
    let marks = ArrayBuilder::new().items(mark).max_items(Some(MAX_MARKS));
    let description = "`strong`, `em`, `underline`, `strike-through`, `code`, or the `_key` of an annotation in the block's `markDefs`.";
    marks.description(Some(description)).build()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use utoipa::PartialSchema;

    use super::*;

    fn schema<T: PartialSchema>() -> Value {
        serde_json::to_value(T::schema()).unwrap()
    }

    #[test]
    fn the_schema_states_the_limits() {
        let (block, span) = (schema::<TextBlock>(), schema::<Span>());
        let (image, level) = (schema::<ImageBlock>(), &block["properties"]["level"]);
        let limit =
            |schema: &Value, field: &str, name: &str| schema["properties"][field][name].clone();
        assert_eq!(schema::<Body>()["maxItems"], json!(MAX_BLOCKS));
        assert_eq!(limit(&block, "children", "maxItems"), json!(MAX_CHILDREN));
        assert_eq!(limit(&block, "markDefs", "maxItems"), json!(MAX_MARK_DEFS));
        assert_eq!(limit(&block, "_key", "maxLength"), json!(MAX_KEY));
        assert_eq!(level["maximum"], json!(MAX_LEVEL));
        assert_eq!(limit(&span, "marks", "maxItems"), json!(MAX_MARKS));
        assert_eq!(limit(&span, "text", "maxLength"), json!(MAX_TEXT));
        assert_eq!(limit(&image, "url", "maxLength"), json!(MAX_URL));
        assert_eq!(limit(&image, "alt", "maxLength"), json!(MAX_ALT));
        assert_eq!(limit(&image, "width", "maximum"), json!(MAX_PIXELS));
    }

    #[test]
    fn a_schema_names_its_type_and_takes_no_other_field() {
        let span = schema::<Span>();
        assert_eq!(span["properties"]["_type"]["enum"], json!(["span"]));
        assert_eq!(span["additionalProperties"], json!(false));
    }
}
