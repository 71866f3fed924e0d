//! What a tool posts, read before the transaction: bodies are parsed, Markdown and HTML become
//! blocks, and every fault points at its field.

use serde_json::Value;

use super::api::{NewText, TextPatch};
use super::model::{MOST, Related};
use crate::body::{self, Body, BodyError, QuoteHint};
use crate::http::patch::Patch;
use crate::http::problem::{Code, FieldError, Problem};
use crate::language::Slug;
use crate::quotes::anchor::Wanted;
use crate::quotes::api::NewQuote;
use crate::texts::model::{Content, Image, Seo};

/// How many quotes a text may have.
pub const MOST_QUOTES: usize = 200;
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

/// A text to be created or put in the place of another.
#[derive(Debug, Clone)]
pub struct TextInput {
    pub headline: String,
    pub slug: Option<Slug>,
    pub standfirst: Option<String>,
    pub body: Option<Draft>,
    pub image: Option<Image>,
    pub seo: Option<Seo>,
    /// Each with the pieces to look for; `None` where the field was absent.
    pub quotes: Option<Vec<(NewQuote, Vec<Wanted>)>>,
}

impl TryFrom<NewText> for TextInput {
    type Error = Problem;
    fn try_from(text: NewText) -> Result<Self, Problem> {
        let NewText {
            headline,
            slug,
            standfirst,
            body,
            body_markdown,
            body_html,
            image,
            seo,
            quotes,
        } = text;
        Ok(Self {
            headline: headline.into(),
            slug,
            standfirst: standfirst.map(String::from),
            body: draft(body, body_markdown, body_html)?,
            image,
            seo,
            quotes: quotes.map(checked_quotes).transpose()?,
        })
    }
}

fn checked_quotes(quotes: Vec<NewQuote>) -> Result<Vec<(NewQuote, Vec<Wanted>)>, Problem> {
    if quotes.len() > MOST_QUOTES {
        return Err(Problem::field(
            "/quotes",
            format!("expected at most {MOST_QUOTES} quotes"),
        ));
    }
    quotes
        .into_iter()
        .enumerate()
        .map(|(nth, quote)| match quote.wanted() {
            Ok(wanted) => Ok((quote, wanted)),
            Err(problem) => Err(problem.below(&format!("/quotes/{nth}"))),
        })
        .collect()
}

/// What a patch changes of a text; the body is read already.
#[derive(Debug, Clone)]
pub struct TextChange {
    patch: TextPatch,
    pub body: Option<Draft>,
}

impl TryFrom<TextPatch> for TextChange {
    type Error = Problem;
    fn try_from(mut patch: TextPatch) -> Result<Self, Problem> {
        let body = draft(
            std::mem::take(&mut patch.body).into_option(),
            std::mem::take(&mut patch.body_markdown).into_option(),
            std::mem::take(&mut patch.body_html).into_option(),
        )?;
        Ok(Self { patch, body })
    }
}

/// What becomes of the slug.
#[derive(Debug, Clone, PartialEq)]
pub enum SlugWish {
    Keep,
    /// Made of the headline, with a number where it is taken.
    FromHeadline,
    /// This one, or 409.
    Named(Slug),
}

impl TextChange {
    /// Puts the changes into what the text says; the body and the slug come after.
    pub fn apply(self, content: &mut Content) -> SlugWish {
        let TextPatch {
            headline,
            slug,
            standfirst,
            image,
            seo,
            body: _,
            body_markdown: _,
            body_html: _,
        } = self.patch;
        headline.map(String::from).apply(&mut content.headline);
        standfirst
            .map(|standfirst| standfirst.map(String::from))
            .apply(&mut content.standfirst);
        image.apply(&mut content.image);
        seo.apply(&mut content.seo);
        match slug {
            Patch::Absent => SlugWish::Keep,
            Patch::Set(None) => SlugWish::FromHeadline,
            Patch::Set(Some(slug)) => SlugWish::Named(slug),
        }
    }
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

/// Checks lists whose length the types do not bound.
pub fn check_related(related: &[Related]) -> Result<(), Problem> {
    at_most(related, "/related")?;
    for (nth, item) in related.iter().enumerate() {
        item.check()
            .map_err(|error| Problem::field(format!("/related/{nth}"), error.to_string()))?;
    }
    Ok(())
}

pub fn at_most<T>(items: &[T], pointer: &str) -> Result<(), Problem> {
    match items.len() > MOST {
        true => Err(Problem::field(pointer, format!("expected at most {MOST}"))),
        false => Ok(()),
    }
}
