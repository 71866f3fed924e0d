//! Saving a text of an article: its body, its quotes found again, its slug, its revision, in one
//! transaction.

use super::input::{Draft, SlugWish, TextInput};
use super::model::{Article, ArticleId};
use super::quoting::{Cast, new_quotes};
use super::{slugs, translations};
use crate::auth::Staff;
use crate::body::{Body, PlainBlock, QuoteHint, keep_keys};
use crate::changes::{Action, Change, ItemKind};
use crate::db::{DbConn, Json, Tx};
use crate::http::etag::check_saved;
use crate::http::problem::{Code, Problem};
use crate::language::Lang;
use crate::quotes::anchor::{Hint, Place, Words};
use crate::quotes::model::{Quote, QuoteEffect};
use crate::quotes::store as quotes;
use crate::site;
use crate::texts::model::{Cause, Content, Revision, Text, TextOf, TextState};
use crate::texts::states::StateError;
use crate::texts::store as texts;

/// A text as a save left it.
#[derive(Debug, Clone)]
pub struct Saved {
    pub text: Text,
    pub head: Revision,
    pub quotes: Vec<Quote>,
    pub effects: Vec<QuoteEffect>,
}

impl From<StateError> for Problem {
    fn from(error: StateError) -> Self {
        match error {
            StateError::Future => Self::field("/published_at", error.to_string()),
            _ => Self::new(Code::WrongState, error.to_string()),
        }
    }
}

/// Makes a text. A deleted one of the same language, `before`, comes back with what it says now.
pub fn create_text(
    tx: &mut Tx,
    article: &Article,
    lang: &Lang,
    before: Option<Text>,
    input: TextInput,
    cast: &Cast,
    staff: &Staff,
) -> Result<Saved, Problem> {
    let now = tx.now();
    if !site::find(tx)?.chain().contains(lang) {
        return Err(Problem::field("", "it is none of the site's languages"));
    }
    translations::check_original(tx, article.id, lang, input.translated_from.as_ref())?;
    let wish = input
        .slug
        .clone()
        .map_or(SlugWish::FromHeadline, SlugWish::Named);
    let present = before.as_ref().and_then(|text| text.slug.as_ref());
    let slug = slugs::claim(tx, article.id, lang, present, &wish, &input.headline)?;
    let mut gone = Vec::new();
    let text = match before {
        Some(mut text) => {
            // What it said before it was deleted stays in its history only.
            gone = quotes::of_text(tx, article.id, lang)?;
            let read = text.version;
            text.save(now)?;
            (text.deleted_at, text.headline, text.slug) =
                (None, input.headline.clone(), Some(slug.clone()));
            check_saved(texts::save(tx, &text, read)?, read)?;
            text
        }
        None => {
            let text = new_text(article.id, lang, &input.headline, slug.clone(), staff, now);
            texts::insert(tx, &text)?;
            text
        }
    };
    let body = match input.body {
        Some(Draft::Blocks(body, hints)) => {
            check_own(&body, &hints, &[])?;
            body
        }
        Some(Draft::Flat(body)) => body,
        None => Body::default(),
    };
    let content = Content {
        slug: Some(slug),
        headline: input.headline,
        standfirst: input.standfirst,
        body,
        image: input.image,
        seo: input.seo,
        translated_from: input.translated_from,
    };
    let posted = input.quotes.unwrap_or_default();
    let rows = new_quotes(tx, &text, &content.body, &posted, cast, staff)?;
    let head = revision(&text, content, &rows, Cause::Save, None, staff, now);
    let removed = gone.into_iter().map(|quote| Quote {
        removed_at: Some(now),
        ..quote
    });
    let all = rows.iter().cloned().chain(removed).collect();
    let saved = Saved {
        text,
        head,
        quotes: all,
        effects: Vec::new(),
    };
    let saved = finish(tx, saved, staff)?;
    Ok(Saved {
        quotes: rows,
        ..saved
    })
}

fn new_text(
    article: ArticleId,
    lang: &Lang,
    headline: &str,
    slug: crate::language::Slug,
    staff: &Staff,
    now: crate::db::Instant,
) -> Text {
    Text {
        item_id: article.of(),
        item_kind: TextOf::Article,
        lang: lang.clone(),
        version: 1,
        state: TextState::Draft,
        pending: None,
        head_revision: 1,
        published_revision: None,
        slug: Some(slug),
        headline: headline.to_owned(),
        note: None,
        first_published_at: None,
        published_at: None,
        updated_at: None,
        created_by: staff.id,
        created_at: now,
        saved_at: now,
        deleted_at: None,
    }
}

/// A save in the making: a text that is there, what it will say, and its quotes.
pub struct Draughting {
    pub text: Text,
    pub content: Content,
    pub quotes: Vec<Quote>,
    pub cause: Cause,
    pub restored_from: Option<i32>,
}

impl Draughting {
    /// Begins with what the text says now.
    pub fn of(conn: &mut DbConn, text: Text, cause: Cause) -> Result<Self, Problem> {
        let head = texts::find_revision(conn, text.item_id, &text.lang, text.head_revision)?;
        let head =
            head.ok_or_else(|| Problem::new(Code::Internal, "The text has lost its revision."))?;
        let quotes = quotes::of_text(conn, text.item_id.of(), &text.lang)?;
        Ok(Self {
            text,
            content: head.into(),
            quotes,
            cause,
            restored_from: None,
        })
    }

    /// Puts in a new body and finds the quotes in it again.
    pub fn set_body(&mut self, draft: Draft) -> Result<Vec<QuoteEffect>, Problem> {
        let hints = match draft {
            Draft::Blocks(body, hints) => {
                self.content.body = body;
                hints
            }
            Draft::Flat(mut body) => {
                keep_keys(&mut body, &self.content.body);
                self.content.body = body;
                Vec::new()
            }
        };
        check_own(&self.content.body, &hints, &self.quotes)?;
        Ok(reanchor(
            &mut self.quotes,
            &self.content.body,
            &self.text.lang,
            &hints,
        ))
    }

    /// Saves it all: the slug, the row if it has still the version that was read, the revision,
    /// the quotes.
    pub fn save(
        mut self,
        tx: &mut Tx,
        wish: &SlugWish,
        effects: Vec<QuoteEffect>,
        staff: &Staff,
    ) -> Result<Saved, Problem> {
        let (now, read) = (tx.now(), self.text.version);
        let article: ArticleId = self.text.item_id.of();
        let slug = slugs::claim(
            tx,
            article,
            &self.text.lang,
            self.text.slug.as_ref(),
            wish,
            &self.content.headline,
        )?;
        self.text.save(now)?;
        self.content.slug = Some(slug.clone());
        self.text.slug = Some(slug);
        self.text.headline.clone_from(&self.content.headline);
        check_saved(texts::save(tx, &self.text, read)?, read)?;
        let kept: Vec<Quote> = self
            .quotes
            .iter()
            .filter(|quote| quote.removed_at.is_none())
            .cloned()
            .collect();
        let is_there = |id| kept.iter().any(|quote| quote.id.uuid() == id);
        self.content.body.keep_pull_quotes_of(is_there);
        let head = revision(
            &self.text,
            self.content,
            &kept,
            self.cause,
            self.restored_from,
            staff,
            now,
        );
        let saved = finish(
            tx,
            Saved {
                text: self.text,
                head,
                quotes: self.quotes,
                effects,
            },
            staff,
        )?;
        Ok(Saved {
            quotes: kept,
            ..saved
        })
    }
}

/// Follows the quotes of a text into a new body; tells what became of each that was touched.
pub fn reanchor(
    quotes: &mut [Quote],
    body: &Body,
    lang: &Lang,
    hints: &[QuoteHint],
) -> Vec<QuoteEffect> {
    let plain = body.plain();
    let places = places(&plain);
    let words = Words::new(&places, lang.as_str());
    let mut effects = Vec::new();
    for quote in quotes {
        let own: Vec<Hint> = hints
            .iter()
            .filter(|hint| hint.quote == quote.id.uuid())
            .map(hint_of)
            .collect();
        let before = quote.anchor();
        let after = words.reanchor(&before, &own);
        if after.anchor.state != before.state || quote.needs_confirmation() {
            effects.push(QuoteEffect {
                quote: quote.id,
                before: Some(before.state),
                after: after.anchor.state,
                nearest: after.nearest,
            });
        }
        quote.anchor_state = after.anchor.state;
        quote.segments = Json(after.anchor.segments);
    }
    effects
}

fn hint_of(hint: &QuoteHint) -> Hint<'_> {
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Hint {
        block: &hint.block,
        start: offset(hint.start),
        end: offset(hint.end),
    }
}

pub(super) fn places(plain: &[PlainBlock]) -> Vec<Place<'_>> {
    plain
        .iter()
        .map(|block| Place {
            block: &block.key,
            text: &block.text,
        })
        .collect()
}

/// Refuses marks and pull quotes that name a quote which is not one of the text.
fn check_own(body: &Body, hints: &[QuoteHint], quotes: &[Quote]) -> Result<(), Problem> {
    let is_own = |id: uuid::Uuid| quotes.iter().any(|quote| quote.id.uuid() == id);
    if hints.iter().any(|hint| !is_own(hint.quote)) {
        return Err(Problem::field(
            "/body",
            "a quote mark names a quote that is not one of this text",
        ));
    }
    let foreign = body.pull_quotes().find(|(_, id)| !is_own(*id));
    match foreign {
        Some((nth, _)) => Err(Problem::field(
            format!("/body/{nth}/quote"),
            "it is not a quote of this text",
        )),
        None => Ok(()),
    }
}

fn revision(
    text: &Text,
    content: Content,
    quotes: &[Quote],
    cause: Cause,
    restored_from: Option<i32>,
    staff: &Staff,
    now: crate::db::Instant,
) -> Revision {
    let Content {
        slug,
        headline,
        standfirst,
        body,
        image,
        seo,
        translated_from,
    } = content;
    Revision {
        item_id: text.item_id,
        lang: text.lang.clone(),
        number: text.head_revision,
        slug,
        headline,
        standfirst,
        body: Json(body),
        image: image.map(Json),
        seo: seo.map(Json),
        quotes: Json(quotes.to_vec()),
        cause,
        restored_from,
        saved_by: staff.id,
        saved_at: now,
        translated_from: translated_from.map(Json),
    }
}

fn finish(tx: &mut Tx, saved: Saved, staff: &Staff) -> Result<Saved, Problem> {
    texts::insert_revision(tx, &saved.head)?;
    quotes::replace(tx, &saved.quotes)?;
    translations::follow_save(tx, &saved.text, &saved.head)?;
    let article: ArticleId = saved.text.item_id.of();
    // Readers see nothing of a save, so no key of theirs is touched.
    let mut change = Change::of(ItemKind::Article, article, Action::TextSaved)
        .by(staff.id)
        .in_language(&saved.text.lang);
    change.keys.clear();
    tx.record(change);
    Ok(saved)
}
