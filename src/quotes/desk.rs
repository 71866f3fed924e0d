//! Quotes at the newsroom's door. Each change is a save of the text that the quote stands in; a
//! quote's version is its text's.

use std::collections::BTreeMap;

use actix_web::web::{Data, Json as ActixJson, Path};
use actix_web::{HttpResponse, delete, get, patch, post, put};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::anchor::Wanted;
use super::api::{
    AttributionPatch, DeskQuote, QuoteInText, QuotePatch, VerificationInput, WantedAnchor,
};
use super::desk_statement::leave_statement;
use super::model::{Quote, QuoteEffect, QuoteId};
use super::published::PublishedQuote;
use super::veil::veil;
use super::{projection, published, store};
use crate::app::App;
use crate::articles::api::ArticlePath;
use crate::articles::input::{MOST_QUOTES, SlugWish};
use crate::articles::keys::quotes_of;
use crate::articles::model::Article;
use crate::articles::quoting::{Cast, added_quote};
use crate::articles::sight::{find_own, find_seen};
use crate::articles::writing::Draughting;
use crate::auth::Staff;
use crate::body::Body;
use crate::changes::{Action, Change, ItemKind};
use crate::db::{DbConn, Json, Tx};
use crate::http::body::{MergePatch, Posted, ValidJson};
use crate::http::etag::{IfMatch, WithEtag, check_saved};
use crate::http::once::Answer;
use crate::http::openapi::IfMatchHeader;
use crate::http::patch::Patch;
use crate::http::problem::{ApiResult, Problem};
use crate::language::Lang;
use crate::sources::confided::Confided;
use crate::texts::model::{Cause, Text};

/// Which quote.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct QuotePath {
    /// The quote's id.
    #[param(value_type = String, format = Uuid, example = "0192f1a2-7c3e-7b10-9a55-1f0c2d3e4a01")]
    pub id: QuoteId,
}

/// All quotes of an article.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeskQuotes {
    pub items: Vec<DeskQuote>,
}

fn text_of(texts: Vec<Text>, lang: &Lang) -> Result<Text, Problem> {
    texts
        .into_iter()
        .find(|text| text.lang == *lang)
        .ok_or_else(Problem::not_found)
}

/// A quote as the caller may see it, its text, and the confidential sources of which it tells.
pub(super) fn find_quote(
    conn: &mut DbConn,
    id: QuoteId,
    staff: &Staff,
) -> Result<(Quote, Text, Confided), Problem> {
    let article = store::article_of(conn, id)?.ok_or_else(Problem::not_found)?;
    let seen = find_seen(conn, article, staff)?;
    for text in &seen.texts {
        let (quotes, confided) = seen.quotes_of(conn, text, staff)?;
        if let Some(quote) = quotes.into_iter().find(|quote| quote.id == id) {
            let confided = confided.within(std::slice::from_ref(&quote));
            return Ok((quote, text.clone(), confided));
        }
    }
    Err(Problem::not_found())
}

/// A quote that the caller may change, with its article and text.
pub(super) fn find_own_quote(
    tx: &mut Tx,
    id: QuoteId,
    staff: &Staff,
) -> Result<(Quote, Article, Text), Problem> {
    let quote = store::find(tx, id)?.ok_or_else(Problem::not_found)?;
    let (article, texts) = find_own(tx, quote.article_id, staff)?;
    let text = text_of(texts, &quote.lang)?;
    Ok((quote, article, text))
}

/// List the quotes of an article
///
/// Those of the newest revisions of all its texts, by language, in their order.
#[utoipa::path(tag = "desk: quotes", params(ArticlePath), responses((status = 200, body = DeskQuotes)))]
#[get("/v1/desk/articles/{id}/quotes")]
pub async fn list_desk_quotes(
    app: Data<App>,
    staff: Staff,
    path: Path<ArticlePath>,
) -> ApiResult<ActixJson<DeskQuotes>> {
    let (id, reader) = (path.id, staff.clone());
    let (quotes, confided) = app
        .db
        .read_snapshot(move |conn| {
            let seen = find_seen(conn, id, &reader)?;
            let (mut quotes, mut confided) = (Vec::new(), Confided::default());
            for text in &seen.texts {
                let (of_text, told) = seen.quotes_of(conn, text, &reader)?;
                quotes.extend(of_text);
                confided = confided.and(told);
            }
            Ok::<_, Problem>((quotes, confided))
        })
        .await?;
    confided.note(&app.db, &staff, "list_desk_quotes").await?;
    Ok(ActixJson(DeskQuotes {
        items: quotes.into_iter().map(DeskQuote::from).collect(),
    }))
}

/// Post a quote
///
/// Finds its words in the text and saves the text with it.
#[utoipa::path(tag = "desk: quotes", params(ArticlePath), request_body = QuoteInText, responses((status = 201, body = DeskQuote)))]
#[post("/v1/desk/articles/{id}/quotes")]
pub async fn create_quote(
    app: Data<App>,
    staff: Staff,
    path: Path<ArticlePath>,
    posted: Posted<QuoteInText>,
) -> ApiResult<Answer> {
    let (id, QuoteInText { lang, quote }) = (path.id, posted.value);
    let wanted = quote.wanted().map_err(|problem| problem.below("/quote"))?;
    posted
        .once
        .write(&app.db, &app.secret, move |tx| {
            let (_, texts) = find_own(tx, id, &staff)?;
            let text = texts.into_iter().find(|text| text.lang == lang);
            let text = text.ok_or_else(|| {
                Problem::field("/lang", "the article has no text in this language")
            })?;
            let mut draughting = Draughting::of(tx, text, Cause::Quote)?;
            if draughting.quotes.len() >= MOST_QUOTES {
                return Err(Problem::field(
                    "/quote",
                    format!("a text has at most {MOST_QUOTES} quotes"),
                ));
            }
            let body = draughting.content.body.clone();
            let row = added_quote(tx, &draughting.text, &body, (&quote, &wanted), &staff);
            let mut row = row.map_err(|problem| problem.below("/quote"))?;
            row.position = draughting.quotes.last().map_or(0, |last| last.position + 1);
            let new = row.id;
            let effect = QuoteEffect {
                quote: new,
                before: None,
                after: row.anchor_state,
                nearest: None,
            };
            draughting.quotes.push(row);
            let saved = draughting.save(tx, &SlugWish::Keep, vec![effect], &staff)?;
            let mut made: Vec<Quote> = saved.quotes;
            made.retain(|quote| quote.id == new);
            veil(tx, &mut made, &staff)?.record(tx, &staff, "create_quote");
            let json = made.pop().map(DeskQuote::from);
            Answer::created(format!("/v1/desk/quotes/{new}"), saved.text.version, &json)
        })
        .await
}

/// Read a quote
#[utoipa::path(tag = "desk: quotes", params(QuotePath), responses((status = 200, body = DeskQuote)))]
#[get("/v1/desk/quotes/{id}")]
pub async fn get_desk_quote(
    app: Data<App>,
    staff: Staff,
    path: Path<QuotePath>,
) -> ApiResult<WithEtag<DeskQuote>> {
    let (id, reader) = (path.id, staff.clone());
    let (quote, text, confided) = app
        .db
        .read_snapshot(move |conn| find_quote(conn, id, &reader))
        .await?;
    confided.note(&app.db, &staff, "get_desk_quote").await?;
    Ok(WithEtag {
        version: text.version,
        item: quote.into(),
    })
}

/// Change a quote
///
/// Saves its text. A new `text` or `anchor` is looked for in the body, as when it was posted. With
/// another `source` it leaves its statement, because a statement is of one source.
#[utoipa::path(
    tag = "desk: quotes",
    params(QuotePath, IfMatchHeader),
    request_body(content = QuotePatch, content_type = "application/merge-patch+json"),
    responses((status = 200, body = DeskQuote)),
)]
#[patch("/v1/desk/quotes/{id}")]
pub async fn patch_quote(
    app: Data<App>,
    staff: Staff,
    path: Path<QuotePath>,
    if_match: IfMatch,
    patch: MergePatch<QuotePatch>,
) -> ApiResult<WithEtag<DeskQuote>> {
    let (patch, operation) = (patch.0, "patch_quote");
    let step = move |tx: &mut Tx, quote: &mut Quote, body: &Body, staff: &Staff| {
        apply(tx, quote, body, patch.clone(), staff)
    };
    change_quote(&app, staff, path.id, if_match, operation, step).await
}

/// Give a quote another place
///
/// Finds the words in the text, as when the quote was posted, and saves the text. Words of the quote
/// that were those of its old place become those of the new one.
#[utoipa::path(
    tag = "desk: quotes",
    params(QuotePath, IfMatchHeader),
    request_body = WantedAnchor,
    responses((status = 200, body = DeskQuote)),
)]
#[put("/v1/desk/quotes/{id}/anchor")]
pub async fn place_quote(
    app: Data<App>,
    staff: Staff,
    path: Path<QuotePath>,
    if_match: IfMatch,
    anchor: ValidJson<WantedAnchor>,
) -> ApiResult<WithEtag<DeskQuote>> {
    let pieces = anchor.0.segments;
    let step = move |_: &mut Tx, quote: &mut Quote, body: &Body, _: &Staff| {
        quote.move_to(body, &pieces)?;
        quote.check_words().map_err(|_| {
            Problem::field(
                "/segments",
                "these are not the words of the direct quote: change its `text` with them",
            )
        })
    };
    change_quote(&app, staff, path.id, if_match, "place_quote", step).await
}

/// Changes a quote by a save of its text; `operation` is the one that answers with it.
async fn change_quote(
    app: &App,
    staff: Staff,
    id: QuoteId,
    if_match: IfMatch,
    operation: &'static str,
    step: impl Fn(&mut Tx, &mut Quote, &Body, &Staff) -> Result<(), Problem> + Send + 'static,
) -> ApiResult<WithEtag<DeskQuote>> {
    let (quote, version) = app
        .db
        .write(move |tx| {
            let (_, _, text) = find_own_quote(tx, id, &staff)?;
            if_match.check(text.version)?;
            let mut draughting = Draughting::of(tx, text, Cause::Quote)?;
            let Draughting {
                content, quotes, ..
            } = &mut draughting;
            let row = quotes
                .iter_mut()
                .find(|quote| quote.id == id)
                .ok_or_else(Problem::not_found)?;
            let before = row.anchor_state;
            step(tx, row, &content.body, &staff)?;
            let effect = QuoteEffect {
                quote: id,
                before: Some(before),
                after: row.anchor_state,
                nearest: None,
            };
            let mut changed = row.clone();
            let confided = veil(tx, std::slice::from_mut(&mut changed), &staff)?;
            confided.record(tx, &staff, operation);
            let saved = draughting.save(tx, &SlugWish::Keep, vec![effect], &staff)?;
            Ok::<_, Problem>((changed, saved.text.version))
        })
        .await?;
    Ok(WithEtag {
        version,
        item: quote.into(),
    })
}

fn apply(
    tx: &mut Tx,
    row: &mut Quote,
    body: &Body,
    patch: QuotePatch,
    staff: &Staff,
) -> Result<(), Problem> {
    let QuotePatch {
        source,
        unnamed,
        manner,
        text,
        original,
        anchor,
        attribution,
    } = patch;
    let outlet = attribution.outlet.clone();
    let named = [&source, &outlet].map(|named| named.as_ref().into_option());
    let references = named.into_iter().flatten().flatten().map(|line| &**line);
    let cast = Cast::of(tx, &BTreeMap::new(), references, staff)?;
    if let Patch::Set(reference) = source {
        let found = cast.find(reference.as_deref());
        let found = found.map_err(|problem| problem.below("/source"))?;
        if found != row.source_id {
            leave_statement(tx, row)?;
        }
        row.source_id = found;
    }
    unnamed
        .map(|unnamed| unnamed.map(String::from))
        .apply(&mut row.unnamed);
    if row.source_id.is_none() && row.unnamed.is_none() {
        return Err(Problem::field("/source", "expected a source, or `unnamed`"));
    }
    manner.apply(&mut row.manner);
    original
        .map(|original| original.map(Json))
        .apply(&mut row.original);
    let wanted = match (anchor.into_option(), text.as_ref().into_option()) {
        (Some(anchor), _) => Some(anchor.segments),
        (None, Some(text)) => Some(vec![Wanted {
            exact: text.to_string(),
            ..Wanted::default()
        }]),
        (None, None) => None,
    };
    if let Some(pieces) = wanted {
        row.move_to(body, &pieces)
            .map_err(|problem| problem.below("/anchor"))?;
    }
    text.map(String::from).apply(&mut row.text);
    row.check_words()?;
    let AttributionPatch {
        stated_name,
        stated_role,
        occasion,
        outlet,
        programme,
        said_at,
        evidence_url,
    } = attribution;
    if let Patch::Set(reference) = outlet {
        let found = cast.find(reference.as_deref());
        row.outlet_id = found.map_err(|problem| problem.below("/attribution/outlet"))?;
    }
    stated_name
        .map(|name| name.map(String::from))
        .apply(&mut row.stated_name);
    stated_role
        .map(|role| role.map(String::from))
        .apply(&mut row.stated_role);
    occasion.apply(&mut row.occasion);
    programme
        .map(|programme| programme.map(String::from))
        .apply(&mut row.programme);
    said_at.apply(&mut row.said_at);
    evidence_url
        .map(|url| url.map(String::from))
        .apply(&mut row.evidence_url);
    Ok(())
}

/// Delete a quote
///
/// Saves its text without it; earlier revisions still have it.
#[utoipa::path(tag = "desk: quotes", params(QuotePath, IfMatchHeader), responses((status = 204, description = "Deleted.")))]
#[delete("/v1/desk/quotes/{id}")]
pub async fn delete_quote(
    app: Data<App>,
    staff: Staff,
    path: Path<QuotePath>,
    if_match: IfMatch,
) -> ApiResult<HttpResponse> {
    let id = path.id;
    app.db
        .write(move |tx| {
            let (_, _, text) = find_own_quote(tx, id, &staff)?;
            if_match.check(text.version)?;
            let now = tx.now();
            let mut draughting = Draughting::of(tx, text, Cause::Quote)?;
            let row = draughting
                .quotes
                .iter_mut()
                .find(|quote| quote.id == id)
                .ok_or_else(Problem::not_found)?;
            row.removed_at = Some(now);
            draughting.save(tx, &SlugWish::Keep, Vec::new(), &staff)
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Say whether a quote is verified
///
/// Stands outside revisions and reaches readers at once.
#[utoipa::path(
    tag = "desk: quotes",
    params(QuotePath, IfMatchHeader),
    request_body = VerificationInput,
    responses((status = 200, body = DeskQuote)),
)]
#[put("/v1/desk/quotes/{id}/verification")]
pub async fn verify_quote(
    app: Data<App>,
    editor: Staff,
    path: Path<QuotePath>,
    if_match: IfMatch,
    verification: ValidJson<VerificationInput>,
) -> ApiResult<WithEtag<DeskQuote>> {
    let (id, state) = (path.id, verification.0.state);
    let (quote, version) = app
        .db
        .write(move |tx| {
            // What readers see is verified or withdrawn, even where the desk has removed it since.
            let mut quote = store::find_any(tx, id)?.ok_or_else(Problem::not_found)?;
            if quote.removed_at.is_some() && published::find(tx, id)?.is_none() {
                return Err(Problem::not_found());
            }
            let (article, texts) = find_own(tx, quote.article_id, &editor)?;
            let mut text = text_of(texts, &quote.lang)?;
            if_match.check(text.version)?;
            let (read, now) = (text.version, tx.now());
            quote.verify(state, editor.id, now);
            text.version += 1;
            check_saved(crate::texts::store::save(tx, &text, read)?, read)?;
            store::replace(tx, std::slice::from_ref(&quote))?;
            projection::set_verification(tx, &quote)?;
            let shown = published::find(tx, id)?;
            let sources = shown
                .iter()
                .flat_map(PublishedQuote::sources)
                .map(quotes_of);
            let change =
                Change::of(ItemKind::Article, article.id, Action::QuoteVerified).by(editor.id);
            let change = change
                .in_language(&quote.lang)
                .touching([format!("quote:{id}"), "quotes".to_owned()])
                .touching(sources);
            tx.record(change.saying(serde_json::json!({"quote": id, "state": state})));
            let confided = veil(tx, std::slice::from_mut(&mut quote), &editor)?;
            confided.record(tx, &editor, "verify_quote");
            Ok::<_, Problem>((quote, text.version))
        })
        .await?;
    Ok(WithEtag {
        version,
        item: quote.into(),
    })
}
