//! Publishing a text: the gate that no lost quote passes unseen, corrections that readers are
//! told of, and the copy that readers get.

use std::collections::BTreeSet;

use serde_json::value::{RawValue, to_raw_value};

use super::api_states::Publication;
use super::cards;
use super::model::{Article, ArticleId};
use super::projection;
use super::published::{PublishedArticle, PublishedText, Raw};
use super::store::{self, Correction};
use super::translations;
use crate::auth::Staff;
use crate::body::{Block, Body, QuoteHint};
use crate::changes::{Action, Change, ItemKind};
use crate::db::{DbConn, Instant, Json, Tx};
use crate::http::problem::{Code, FieldError, Problem};
use crate::language::{Lang, fold_name};
use crate::quotes::anchor::AnchorState;
use crate::quotes::model::{Manner, Quote, QuoteId};
use crate::quotes::projection::{self as quote_projection, Touched};
use crate::quotes::published::PublishedQuote;
use crate::quotes::store as quotes;
use crate::site::{self, Site};
use crate::sources::confidence::Standing;
use crate::sources::model::{Source, SourceId};
use crate::sources::{projection as source_projection, store as sources};
use crate::texts::model::{Revision, Text};
use crate::texts::store as texts;
use crate::topics::TopicId;

/// Publishes the newest revision of a text.
pub fn publish(
    tx: &mut Tx,
    article: &Article,
    text: &mut Text,
    request: &Publication,
    staff: &Staff,
) -> Result<(), Problem> {
    let head = find_head(tx, text)?;
    let quotes = quotes::of_text(tx, article.id, &text.lang)?;
    check_confirmed(&quotes, &request.confirm_quotes)?;
    let sources = hold_sources(tx, text, &quotes)?;
    check_exposed(&head, &quotes, &sources)?;
    let correction = correction(tx, text, &head, &quotes, request, staff)?;
    let now = tx.now();
    text.publish(request.published_at, now)?;
    if let Some(correction) = &correction {
        store::insert_correction(tx, correction)?;
    }
    let touched = project(tx, article, text, head, quotes, &Standing::of(&sources))?;
    translations::tell_readers(tx, text)?;
    let detail = serde_json::json!({"revision": text.head_revision, "confirmed_quotes": request.confirm_quotes});
    tx.record(
        change(article.id, text, Action::Published, staff)
            .touching(touched)
            .saying(detail),
    );
    Ok(())
}

/// Takes a text away from readers.
pub fn unpublish(
    tx: &mut Tx,
    article: &Article,
    text: &mut Text,
    staff: &Staff,
) -> Result<(), Problem> {
    text.unpublish()?;
    let touched = withdraw(tx, article.id, &text.lang)?;
    translations::tell_readers(tx, text)?;
    tx.record(change(article.id, text, Action::Unpublished, staff).touching(touched));
    Ok(())
}

/// Takes a text away for good and leaves a note.
pub fn retract(
    tx: &mut Tx,
    article: &Article,
    text: &mut Text,
    note: String,
    staff: &Staff,
) -> Result<(), Problem> {
    let now = tx.now();
    text.retract(note.clone())?;
    let touched = withdraw(tx, article.id, &text.lang)?;
    projection::put_retraction(tx, article.id, &text.lang, &note, now)?;
    translations::follow_retraction(tx, article.id, &text.lang)?;
    translations::tell_readers(tx, text)?;
    tx.record(change(article.id, text, Action::Retracted, staff).touching(touched));
    Ok(())
}

fn change(article: ArticleId, text: &Text, action: Action, staff: &Staff) -> Change {
    Change::of(ItemKind::Article, article, action)
        .by(staff.id)
        .in_language(&text.lang)
        .touching([
            format!("articles:{}", text.lang),
            "quotes".to_owned(),
            "sources".to_owned(),
        ])
}

fn withdraw(tx: &mut Tx, article: ArticleId, lang: &Lang) -> Result<Vec<String>, Problem> {
    let named = quote_projection::sources_in(tx, article, lang)?;
    sources::hold_many(tx, &named.into_iter().collect::<Vec<_>>())?;
    let touched = quote_projection::replace(tx, article, lang, &[])?;
    projection::remove_text(tx, article, lang)?;
    source_projection::project(tx, &touched.sources)?;
    Ok(keys_of(touched))
}

/// The surrogate keys of the sources and of the quotes in other texts that publishing touches.
fn keys_of(touched: Touched) -> Vec<String> {
    let sources = touched.sources.into_iter();
    let sources = sources.map(|source| format!("source:{source}"));
    let linked = touched.linked.into_iter();
    let linked = linked
        .flat_map(|(quote, article)| [format!("quote:{quote}"), format!("article:{article}")]);
    sources.chain(linked).collect()
}

fn find_head(conn: &mut DbConn, text: &Text) -> Result<Revision, Problem> {
    let head = texts::find_revision(conn, text.item_id, &text.lang, text.head_revision)?;
    head.ok_or_else(|| Problem::new(Code::Internal, "The text has lost its revision."))
}

/// Refuses quotes whose words were lost, unless they are confirmed by id.
fn check_confirmed(quotes: &[Quote], confirmed: &[QuoteId]) -> Result<(), Problem> {
    let lost: Vec<FieldError> = quotes
        .iter()
        .filter(|quote| quote.needs_confirmation() && !confirmed.contains(&quote.id))
        .map(|quote| {
            let (code, detail) = match quote.anchor_state {
                AnchorState::Orphaned => (
                    "quote-orphaned",
                    "The quoted words are no longer in the text.",
                ),
                _ => (
                    "quote-needs-review",
                    "The text has words that are only like the quoted ones.",
                ),
            };
            FieldError::at(format!("/quotes/{}", quote.id), code, detail)
        })
        .collect();
    match lost.len() {
        0 => Ok(()),
        1 => {
            Err(Problem::new(Code::PublishGate, "One quote has lost its words.").with_errors(lost))
        }
        many => Err(Problem::new(
            Code::PublishGate,
            format!("{many} quotes have lost their words."),
        )
        .with_errors(lost)),
    }
}

/// The sources and outlets of these quotes, and of those that they replace, held as they stand until
/// the end of the transaction.
fn hold_sources(conn: &mut DbConn, text: &Text, quotes: &[Quote]) -> Result<Vec<Source>, Problem> {
    let mut ids: BTreeSet<SourceId> =
        quote_projection::sources_in(conn, text.item_id.of(), &text.lang)?;
    let named = quotes
        .iter()
        .flat_map(|quote| [quote.source_id, quote.outlet_id]);
    ids.extend(named.flatten());
    Ok(sources::hold_many(
        conn,
        &ids.into_iter().collect::<Vec<_>>(),
    )?)
}

/// Every word of a text that readers get, wherever it stands: in its fields, in the body as it
/// reads and in all that the blocks carry, in its slug, and in its quotes as readers see them.
fn said_to_readers(
    head: &Revision,
    quotes: &[Quote],
    standing: &Standing,
) -> Result<String, Problem> {
    let unreadable = |_| Problem::new(Code::Internal, "The text cannot be read.");
    let mut words = format!("{}\n{}\n", head.headline, head.body.0.to_text());
    if let Some(slug) = &head.slug {
        words.push_str(&slug.as_str().replace('-', " "));
    }
    let standfirst = head.standfirst.as_ref();
    let said = quotes.iter().flat_map(|quote| {
        let is_hidden = quote.source_id.is_some_and(|id| standing.is_hidden(id));
        let name = quote.stated_name.as_ref().filter(|_| !is_hidden);
        [
            Some(&quote.text),
            quote.unnamed.as_ref(),
            name,
            quote.stated_role.as_ref(),
            quote.programme.as_ref(),
        ]
    });
    for part in std::iter::once(standfirst).chain(said).flatten() {
        words.push('\n');
        words.push_str(part);
    }
    for quote in quotes.iter().filter_map(|quote| quote.original.as_ref()) {
        words.push('\n');
        words.push_str(&quote.0.text);
    }
    let carried = serde_json::to_value((&head.body, &head.image, &head.seo)).map_err(unreadable)?;
    strings_in(&carried, &mut words);
    Ok(words)
}

fn strings_in(value: &serde_json::Value, words: &mut String) {
    match value {
        serde_json::Value::String(text) => {
            words.push('\n');
            words.push_str(text);
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| strings_in(item, words)),
        serde_json::Value::Object(fields) => {
            fields.values().for_each(|item| strings_in(item, words));
        }
        _ => {}
    }
}

/// Refuses a text that names one of its own confidential sources.
fn check_exposed(head: &Revision, quotes: &[Quote], sources: &[Source]) -> Result<(), Problem> {
    let mut confidential = sources
        .iter()
        .filter(|source| !source.disclosure.is_on_record())
        .peekable();
    if confidential.peek().is_none() {
        return Ok(());
    }
    let words = said_to_readers(head, quotes, &Standing::of(sources))?;
    let words = fold_name(&words);
    let exposed = confidential.filter(|source| {
        crate::sources::model::folded(&source.names.0, &source.aliases.0)
            .any(|name| !words.places_of(&fold_name(&name)).is_empty())
    });
    let errors: Vec<FieldError> = exposed
        .map(|source| {
            FieldError::at(
                format!("/sources/{}", source.id),
                "source-exposed",
                "The text has its name.",
            )
        })
        .collect();
    match errors.is_empty() {
        true => Ok(()),
        false => Err(Problem::new(
            Code::SourceExposed,
            "The text names a source that is not on record.",
        )
        .with_errors(errors)),
    }
}

/// What readers are told, where words that they have read are changed. A direct quote is never
/// changed without a word about it.
fn correction(
    tx: &mut Tx,
    text: &Text,
    head: &Revision,
    quotes: &[Quote],
    request: &Publication,
    staff: &Staff,
) -> Result<Option<Correction>, Problem> {
    let Some(from) = text
        .published_revision
        .filter(|from| *from != text.head_revision)
    else {
        return Ok(None);
    };
    let before = texts::find_revision(tx, text.item_id, &text.lang, from)?;
    let before =
        before.ok_or_else(|| Problem::new(Code::Internal, "The text has lost its revision."))?;
    let touched = changed_quotes(&before.quotes.0, quotes);
    let Some(note) = &request.correction_note else {
        return match touched.is_empty() {
            true => Ok(None),
            false => Err(Problem::field(
                "/correction_note",
                "expected a note: words of a published direct quote change",
            )),
        };
    };
    Ok(Some(Correction {
        item_id: text.item_id,
        lang: text.lang.clone(),
        to_revision: text.head_revision,
        from_revision: from,
        note: note.to_string(),
        quotes: Json(touched),
        blocks: Json(changed_blocks(&before.body.0, &head.body.0)),
        made_by: staff.id,
        made_at: tx.now(),
    }))
}

/// The direct quotes whose words are not what they were, or that are gone.
fn changed_quotes(before: &[Quote], after: &[Quote]) -> Vec<QuoteId> {
    let words = |quote: &Quote| -> Vec<String> {
        let pieces = quote.segments.0.iter().map(|segment| segment.exact.clone());
        std::iter::once(quote.text.clone()).chain(pieces).collect()
    };
    let same = |old: &Quote| {
        after
            .iter()
            .any(|new| new.id == old.id && words(new) == words(old))
    };
    before
        .iter()
        .filter(|old| old.manner != Manner::Indirect && !same(old))
        .map(|old| old.id)
        .collect()
}

fn changed_blocks(before: &Body, after: &Body) -> Vec<String> {
    let old: BTreeSet<(&str, String)> = before.0.iter().map(keyed).collect();
    let new: BTreeSet<(&str, String)> = after.0.iter().map(keyed).collect();
    let keys: BTreeSet<&str> = old
        .symmetric_difference(&new)
        .map(|(key, _)| *key)
        .collect();
    keys.into_iter().map(str::to_owned).collect()
}

fn keyed(block: &Block) -> (&str, String) {
    (
        block.key(),
        serde_json::to_string(block).unwrap_or_default(),
    )
}

/// Writes what readers see of a text; gives the surrogate keys of its sources.
fn project(
    tx: &mut Tx,
    article: &Article,
    text: &Text,
    head: Revision,
    quotes: Vec<Quote>,
    standing: &Standing,
) -> Result<Vec<String>, Problem> {
    let site = site::find(tx)?;
    let topics: Vec<TopicId> = store::topics_of(tx, &[article.id])?
        .into_iter()
        .map(|(_, topic)| topic)
        .collect();
    let (Some(first), Some(since), Some(updated)) =
        (text.first_published_at, text.published_at, text.updated_at)
    else {
        return Err(Problem::new(Code::Internal, "The text has no publication."));
    };
    let first_of_all = texts::of_items(tx, &[article.id.of()])?
        .iter()
        .filter_map(|text| text.first_published_at)
        .min();
    let row = PublishedArticle::new(article, topics, first_of_all.unwrap_or(first).min(first));
    projection::put_article(tx, &row)?;
    let shown = shown_quotes(quotes, since, &site, standing);
    let corrections = store::corrections_of(tx, article.id, &text.lang)?;
    projection::put_text(
        tx,
        &copy(
            article,
            text,
            head,
            &shown,
            &corrections,
            (first, since, updated),
        )?,
    )?;
    let sources: Vec<SourceId> = shown.iter().flat_map(PublishedQuote::sources).collect();
    projection::put_terms(tx, &row, &text.lang, since, sources)?;
    let touched = quote_projection::replace(tx, article.id, &text.lang, &shown)?;
    source_projection::project(tx, &touched.sources)?;
    Ok(keys_of(touched))
}

fn shown_quotes(
    quotes: Vec<Quote>,
    since: Instant,
    site: &Site,
    standing: &Standing,
) -> Vec<PublishedQuote> {
    let zone = site.zone();
    quotes
        .into_iter()
        .map(|quote| PublishedQuote::new(quote, since, &zone, standing))
        .collect()
}

fn copy(
    article: &Article,
    text: &Text,
    head: Revision,
    quotes: &[PublishedQuote],
    corrections: &[Correction],
    (first_published_at, published_at, updated_at): (Instant, Instant, Instant),
) -> Result<PublishedText, Problem> {
    let marks: Vec<QuoteHint> = quotes.iter().flat_map(marks_of).collect();
    let body = head.body.0;
    let slug = head.slug.or_else(|| text.slug.clone());
    Ok(PublishedText {
        article_id: article.id,
        lang: text.lang.clone(),
        kind: article.kind,
        slug: slug.ok_or_else(|| Problem::new(Code::Internal, "The text has no slug."))?,
        headline: head.headline,
        standfirst: head.standfirst,
        word_count: i32::try_from(body.word_count()).unwrap_or(i32::MAX),
        reading_minutes: i32::try_from(body.reading_minutes()).unwrap_or(i32::MAX),
        body: raw(&body.with_quote_marks(&marks))?,
        image: head.image.map(|Json(image)| raw(&image)).transpose()?,
        seo: head.seo.map(|Json(seo)| raw(&seo)).transpose()?,
        quote_count: i32::try_from(quotes.len()).unwrap_or(i32::MAX),
        corrections: raw(&corrections
            .iter()
            .map(cards::Correction::from)
            .collect::<Vec<_>>())?,
        // `translations::tell_readers` writes it, with those that were made of this text.
        translation: None,
        revision: text.head_revision,
        first_published_at,
        published_at,
        updated_at,
    })
}

/// Where the words of a quote are marked: where they stand, if only in another form.
fn marks_of(quote: &PublishedQuote) -> Vec<QuoteHint> {
    if !matches!(
        quote.anchor_state,
        AnchorState::Anchored | AnchorState::ChangedForm
    ) {
        return Vec::new();
    }
    let mark = |segment: &crate::quotes::anchor::Segment| QuoteHint {
        quote: quote.id.uuid(),
        block: segment.block.clone(),
        start: segment.start as usize,
        end: segment.end as usize,
    };
    quote.segments.0.iter().map(mark).collect()
}

pub(super) fn raw(value: &impl serde::Serialize) -> Result<Raw, Problem> {
    let written: Result<Box<RawValue>, _> = to_raw_value(value);
    written
        .map(Json)
        .map_err(|_| Problem::new(Code::Internal, "The copy for readers cannot be written."))
}

impl From<&Correction> for cards::Correction {
    fn from(correction: &Correction) -> Self {
        let Correction {
            item_id: _,
            lang: _,
            to_revision,
            from_revision,
            note,
            quotes: Json(quotes),
            blocks: Json(blocks),
            made_by: _,
            made_at,
        } = correction.clone();
        Self {
            from_revision,
            to_revision,
            note,
            quotes,
            blocks,
            at: made_at,
        }
    }
}
