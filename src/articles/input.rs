//! What a tool posts, read before the transaction: bodies are parsed, Markdown and HTML become
//! blocks, and every fault points at its field.

use super::api::{NewText, TextPatch};
use super::model::{MOST, Related};
use crate::http::patch::Patch;
use crate::http::problem::Problem;
use crate::language::Slug;
use crate::quotes::anchor::Wanted;
use crate::quotes::api::NewQuote;
pub use crate::texts::input::{Draft, draft};
use crate::texts::model::{Content, Image, Seo, TranslatedFrom};

/// How many quotes a text may have.
pub const MOST_QUOTES: usize = 200;

/// A text to be created or put in the place of another.
#[derive(Debug, Clone)]
pub struct TextInput {
    pub headline: String,
    pub slug: Option<Slug>,
    pub standfirst: Option<String>,
    pub body: Option<Draft>,
    pub image: Option<Image>,
    pub seo: Option<Seo>,
    pub translated_from: Option<TranslatedFrom>,
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
            translated_from,
            quotes,
        } = text;
        Ok(Self {
            headline: headline.into(),
            slug,
            standfirst: standfirst.map(String::from),
            body: draft(body, body_markdown, body_html)?,
            image,
            seo,
            translated_from,
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
    /// The original that the patch names.
    pub fn original(&self) -> Option<&TranslatedFrom> {
        match &self.patch.translated_from {
            Patch::Set(from) => from.as_ref(),
            Patch::Absent => None,
        }
    }

    /// Puts the changes into what the text says; the body and the slug come after.
    pub fn apply(self, content: &mut Content) -> SlugWish {
        let TextPatch {
            headline,
            slug,
            standfirst,
            image,
            seo,
            translated_from,
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
        translated_from.apply(&mut content.translated_from);
        match slug {
            Patch::Absent => SlugWish::Keep,
            Patch::Set(None) => SlugWish::FromHeadline,
            Patch::Set(Some(slug)) => SlugWish::Named(slug),
        }
    }
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
