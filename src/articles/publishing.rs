//! Publishing a text, taking it down and retracting it: its state and the copy that readers get.

use serde_json::value::{RawValue, to_raw_value};

use super::api_states::Publication;
use super::cards;
use super::corrections::{Changes, correction};
use super::gate::{self, Candidate};
use super::keys;
use super::model::{Article, ArticleId};
use super::projection;
use super::published::{PublishedArticle, PublishedText, Raw};
use super::sitemap;
use super::store::{self, Correction};
use super::translations;
use crate::auth::Staff;
use crate::body::QuoteHint;
use crate::changes::{Action, Change, ItemKind};
use crate::db::{DbConn, Instant, Json, Tx};
use crate::http::problem::{Code, FieldError, Problem};
use crate::language::Lang;
use crate::quotes::anchor::AnchorState;
use crate::quotes::model::Quote;
use crate::quotes::projection::{self as quote_projection, Touched};
use crate::quotes::published::PublishedQuote;
use crate::quotes::store as quotes;
use crate::site::{self, Site};
use crate::sources::confidence::Standing;
use crate::sources::credits::{self, QuoteCredit};
use crate::sources::exposure::Words;
use crate::sources::model::{Source, SourceId};
use crate::sources::{projection as source_projection, store as sources};
use crate::texts::model::{Content, Revision, Text, TextState};
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
    publish_one(tx, article, text, request, staff)?;
    translations::tell_readers(tx, text)
}

/// The same for one among several: what readers are told of translations is written after the last.
pub fn publish_one(
    tx: &mut Tx,
    article: &Article,
    text: &mut Text,
    request: &Publication,
    staff: &Staff,
) -> Result<(), Problem> {
    let head = Content::from(find_revision(tx, text, text.head_revision)?);
    let quotes = quotes::of_text(tx, article.id, &text.lang)?;
    let sources = hold_sources(tx, text, &quotes)?;
    let changes = text
        .published_revision
        .filter(|published| *published != text.head_revision)
        .map(|published| find_revision(tx, text, published))
        .transpose()?
        .map(|before| Changes::between(&before, &head.body, &quotes));
    let told = store::corrections_of(tx, article.id, &text.lang)?;
    let candidate = Candidate {
        lang: &text.lang,
        content: &head,
        quotes: &quotes,
        sources: &sources,
        changes: changes.as_ref(),
        corrections: &told,
    };
    if let Some(refusal) = candidate.refusals(request)?.into_iter().next() {
        return Err(refusal);
    }
    let now = tx.now();
    let correction = changes.and_then(|made| correction(text, made, request, staff, now));
    text.publish(request.published_at, now)?;
    if let Some(correction) = &correction {
        store::insert_correction(tx, correction)?;
    }
    let detail = serde_json::json!({
        "revision": text.head_revision,
        "confirmed_quotes": gate::confirmed(&quotes, request),
    });
    let touched = project(tx, article, text, head, quotes, &Standing::of(&sources))?;
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
    unpublish_one(tx, article, text, staff)?;
    translations::tell_readers(tx, text)
}

/// The same for one among several.
pub fn unpublish_one(
    tx: &mut Tx,
    article: &Article,
    text: &mut Text,
    staff: &Staff,
) -> Result<(), Problem> {
    text.unpublish()?;
    let touched = withdraw(tx, article.id, &text.lang)?;
    tx.record(change(article.id, text, Action::Unpublished, staff).touching(touched));
    Ok(())
}

/// Takes a text away for good and leaves a note; of one that is retracted, changes the note.
pub fn retract(
    tx: &mut Tx,
    article: &Article,
    text: &mut Text,
    note: String,
    staff: &Staff,
) -> Result<(), Problem> {
    let now = tx.now();
    check_note(tx, text, &note)?;
    let is_retracted = text.state == TextState::Retracted;
    text.retract(note.clone())?;
    if is_retracted {
        projection::reword_retraction(tx, article.id, &text.lang, &note)?;
        tx.record(change(article.id, text, Action::Retracted, staff));
        return Ok(());
    }
    let touched = withdraw(tx, article.id, &text.lang)?;
    projection::put_retraction(tx, article.id, &text.lang, &note, now)?;
    translations::follow_retraction(tx, article.id, &text.lang)?;
    translations::tell_readers(tx, text)?;
    tx.record(change(article.id, text, Action::Retracted, staff).touching(touched));
    Ok(())
}

/// Puts another note in the place of that of a correction; 404 where there is none of this number.
/// Readers get it at once, and nothing else that is newer.
pub fn reword_correction(
    tx: &mut Tx,
    article: &Article,
    text: &mut Text,
    (to_revision, note): (i32, &str),
    staff: &Staff,
) -> Result<(), Problem> {
    check_note(tx, text, note)?;
    if !store::reword_correction(tx, article.id, &text.lang, to_revision, note)? {
        return Err(Problem::not_found());
    }
    text.version += 1;
    let told = store::corrections_of(tx, article.id, &text.lang)?;
    projection::put_corrections(tx, article.id, &text.lang, &corrections_for_readers(&told)?)?;
    let detail = serde_json::json!({"correction": to_revision});
    tx.record(change(article.id, text, Action::Changed, staff).saying(detail));
    Ok(())
}

/// Readers get a note in the place of the text, or beside it, so it names nobody whom the text does
/// not name.
fn check_note(tx: &mut Tx, text: &Text, note: &str) -> Result<(), Problem> {
    let quotes = quotes::of_text(tx, text.item_id.of(), &text.lang)?;
    let sources = hold_sources(tx, text, &quotes)?;
    let words = Words::of_note(note, &text.lang);
    let exposes = sources.iter().any(|source| {
        !source.disclosure.is_on_record() && words.name(&source.names.0, &source.aliases.0)
    });
    match exposes {
        true => Err(Problem::new(
            Code::SourceExposed,
            "The note names a source that is not on record.",
        )
        .with_errors([FieldError::at(
            "/note",
            "source-exposed",
            "It has its name.",
        )])),
        false => Ok(()),
    }
}

fn change(article: ArticleId, text: &Text, action: Action, staff: &Staff) -> Change {
    Change::of(ItemKind::Article, article, action)
        .by(staff.id)
        .in_language(&text.lang)
        .touching([
            keys::COLLECTION.to_owned(),
            keys::key_of_language(&text.lang),
            "quotes".to_owned(),
            "sources".to_owned(),
        ])
}

fn withdraw(tx: &mut Tx, article: ArticleId, lang: &Lang) -> Result<Vec<String>, Problem> {
    let named = quote_projection::sources_in(tx, article, lang)?;
    sources::hold_many(tx, &named.into_iter().collect::<Vec<_>>())?;
    let touched = quote_projection::replace(tx, article, lang, &[])?;
    credits::replace(tx, article, lang, &[])?;
    let fewer = projection::remove_text(tx, article, lang)?;
    source_projection::project(tx, &touched.sources)?;
    let now = tx.now();
    let maps = sitemap::note(tx, article, -fewer, now)?;
    Ok([keys_of(touched), maps].concat())
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

fn find_revision(conn: &mut DbConn, text: &Text, number: i32) -> Result<Revision, Problem> {
    let found = texts::find_revision(conn, text.item_id, &text.lang, number)?;
    found.ok_or_else(|| Problem::new(Code::Internal, "The text has lost its revision."))
}

/// The sources and outlets of these quotes, and of those that they replace, held as they stand until
/// the end of the transaction.
fn hold_sources(conn: &mut DbConn, text: &Text, quotes: &[Quote]) -> Result<Vec<Source>, Problem> {
    let mut ids = quote_projection::sources_in(conn, text.item_id.of(), &text.lang)?;
    ids.extend(gate::sources_of(quotes));
    Ok(sources::hold_many(
        conn,
        &ids.into_iter().collect::<Vec<_>>(),
    )?)
}

/// Writes what readers see of a text; gives the surrogate keys of its sources and its sitemaps.
fn project(
    tx: &mut Tx,
    article: &Article,
    text: &Text,
    head: Content,
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
    let credited: Vec<QuoteCredit> = quotes
        .iter()
        .map(|quote| QuoteCredit::new(quote, since, standing))
        .collect();
    credits::replace(tx, article.id, &text.lang, &credited)?;
    let shown = shown_quotes(quotes, since, &site, standing);
    let corrections = store::corrections_of(tx, article.id, &text.lang)?;
    let more = projection::put_text(
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
    let now = tx.now();
    let maps = sitemap::note(tx, article.id, more, now)?;
    Ok([keys_of(touched), maps].concat())
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

/// What readers get of a text, with its quotes marked in its body.
pub fn copy(
    article: &Article,
    text: &Text,
    head: Content,
    quotes: &[PublishedQuote],
    corrections: &[Correction],
    (first_published_at, published_at, updated_at): (Instant, Instant, Instant),
) -> Result<PublishedText, Problem> {
    let marks: Vec<QuoteHint> = quotes.iter().flat_map(marks_of).collect();
    let body = head.body;
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
        image: head.image.map(|image| raw(&image)).transpose()?,
        seo: head.seo.map(|seo| raw(&seo)).transpose()?,
        quote_count: i32::try_from(quotes.len()).unwrap_or(i32::MAX),
        corrections: corrections_for_readers(corrections)?,
        // `translations::tell_readers` writes it, with those that were made of this text.
        translation: None,
        revision: text.head_revision,
        first_published_at,
        published_at,
        updated_at,
    })
}

fn corrections_for_readers(corrections: &[Correction]) -> Result<Raw, Problem> {
    let told: Vec<_> = corrections.iter().map(cards::Correction::from).collect();
    raw(&told)
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
