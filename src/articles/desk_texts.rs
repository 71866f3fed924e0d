//! Texts of articles at the newsroom's door: writing them, and moving them from state to state.

use std::collections::BTreeMap;

use actix_web::web::{Data, Path};
use actix_web::{Either, HttpResponse, delete, get, patch, put};

use super::api::{DeskText, NewText, RevisionPath, TextPatch, TextPath};
use super::api_states::{CorrectionNote, Publication, Retraction, Submission};
use super::input::{SlugWish, TextChange, TextInput};
use super::model::Article;
use super::quoting::{Cast, references};
use super::sight::{find_own, find_seen, head};
use super::writing::{self, Draughting, Saved};
use super::{published, publishing, translations};
use crate::app::App;
use crate::auth::Staff;
use crate::changes::{Action, Change, ItemKind};
use crate::db::Tx;
use crate::http::body::{MergePatch, ValidJson};
use crate::http::etag::{IfMatch, Precondition, WithEtag, check_saved};
use crate::http::once::Answer;
use crate::http::openapi::{IfMatchHeader, PreconditionHeaders};
use crate::http::problem::{ApiResult, Problem};
use crate::quotes::store as quotes;
use crate::quotes::veil::veil;
use crate::texts::model::{Cause, Text};
use crate::texts::store as texts;

/// One text among those of an article; 404 where it is not there.
pub fn pick(texts: Vec<Text>, path: &TextPath) -> Result<Text, Problem> {
    texts
        .into_iter()
        .find(|text| text.lang == path.lang)
        .ok_or_else(Problem::not_found)
}

/// A text with what its newest revision says, for whoever may write it; `operation` is the one that
/// answers with it.
fn whole(
    tx: &mut Tx,
    text: Text,
    staff: &Staff,
    operation: &'static str,
) -> Result<DeskText, Problem> {
    let head = head(tx, &text)?;
    let mut quotes = quotes::of_text(tx, text.item_id.of(), &text.lang)?;
    veil(tx, &mut quotes, staff)?.record(tx, staff, operation);
    let stale = translations::is_stale(tx, &text, &head)?;
    let mut json = DeskText::new(text.item_id.of(), text, head, quotes);
    json.translation_stale = stale;
    Ok(json)
}

/// What a save answers, without what the caller may not know of its sources.
pub fn answer(
    tx: &mut Tx,
    saved: Saved,
    staff: &Staff,
    operation: &'static str,
) -> Result<DeskText, Problem> {
    let Saved {
        text,
        head,
        mut quotes,
        effects,
    } = saved;
    veil(tx, &mut quotes, staff)?.record(tx, staff, operation);
    let stale = translations::is_stale(tx, &text, &head)?;
    let mut json = DeskText::new(text.item_id.of(), text, head, quotes);
    (json.quote_effects, json.translation_stale) = (effects, stale);
    Ok(json)
}

fn with_etag(json: DeskText) -> WithEtag<DeskText> {
    WithEtag {
        version: json.states.version,
        item: json,
    }
}

/// Read a text
///
/// Its newest revision with its quotes, whatever its state.
#[utoipa::path(tag = "desk: articles", params(TextPath), responses((status = 200, body = DeskText)))]
#[get("/v1/desk/articles/{id}/texts/{lang}")]
pub async fn get_text(
    app: Data<App>,
    staff: Staff,
    path: Path<TextPath>,
) -> ApiResult<WithEtag<DeskText>> {
    let (path, reader) = (path.into_inner(), staff.clone());
    let (json, confided) = app
        .db
        .read_snapshot(move |conn| {
            let mut seen = find_seen(conn, path.id, &reader)?;
            let text = pick(std::mem::take(&mut seen.texts), &path)?;
            let (quotes, confided) = seen.quotes_of(conn, &text, &reader)?;
            let head = head(conn, &text)?;
            let stale = match seen.whole {
                true => translations::is_stale(conn, &text, &head)?,
                false => published::is_stale(conn, path.id, &text.lang)?,
            };
            let mut json = DeskText::new(path.id, text, head, quotes);
            json.translation_stale = stale;
            Ok::<_, Problem>((json, confided))
        })
        .await?;
    confided.note(&app.db, &staff, "get_text").await?;
    Ok(with_etag(json))
}

/// Write a text
///
/// Creates it with `If-None-Match: *`, or puts it in the place of the version named by `If-Match`.
/// `quotes` is taken only where it is created; later the quotes are kept and looked for in the new body.
#[utoipa::path(
    tag = "desk: articles",
    params(TextPath, PreconditionHeaders),
    request_body = NewText,
    responses((status = 200, body = DeskText), (status = 201, body = DeskText)),
)]
#[put("/v1/desk/articles/{id}/texts/{lang}")]
pub async fn put_text(
    app: Data<App>,
    staff: Staff,
    path: Path<TextPath>,
    precondition: Precondition,
    text: ValidJson<NewText>,
) -> ApiResult<Either<WithEtag<DeskText>, Answer>> {
    let path = path.into_inner();
    let address = format!("/v1/desk/articles/{}/texts/{}", path.id, path.lang);
    let input = TextInput::try_from(text.0)?;
    let (json, made) = app
        .db
        .write(move |tx| {
            let (article, texts) = find_own(tx, path.id, &staff)?;
            let present = texts.into_iter().find(|text| text.lang == path.lang);
            precondition.check(present.as_ref().map(|text| text.version))?;
            let made = present.is_none();
            let saved = match present {
                None => {
                    let quotes = references(input.quotes.as_deref().unwrap_or_default());
                    let cast = Cast::of(tx, &BTreeMap::new(), quotes, &staff)?;
                    let input = input.clone();
                    let before = texts::find_any(tx, article.id.of(), &path.lang)?;
                    writing::create_text(tx, &article, &path.lang, before, input, &cast, &staff)?
                }
                Some(text) => replace(tx, text, input.clone(), &staff)?,
            };
            Ok::<_, Problem>((answer(tx, saved, &staff, "put_text")?, made))
        })
        .await?;
    Ok(match made {
        true => Either::Right(Answer::created(address, json.states.version, &json)?),
        false => Either::Left(with_etag(json)),
    })
}

fn replace(tx: &mut Tx, text: Text, input: TextInput, staff: &Staff) -> Result<Saved, Problem> {
    if input.quotes.is_some() {
        return Err(Problem::field(
            "/quotes",
            "quotes are taken only where a text is created; they are kept",
        ));
    }
    let TextInput {
        headline,
        slug,
        standfirst,
        body,
        image,
        seo,
        translated_from,
        quotes: _,
    } = input;
    let of_article = text.item_id.of();
    translations::check_original(tx, of_article, &text.lang, translated_from.as_ref())?;
    let mut draughting = Draughting::of(tx, text, Cause::Save)?;
    let content = &mut draughting.content;
    (
        content.headline,
        content.standfirst,
        content.image,
        content.seo,
        content.translated_from,
    ) = (headline, standfirst, image, seo, translated_from);
    let body = body.unwrap_or_else(|| super::input::Draft::Flat(crate::body::Body::default()));
    let effects = draughting.set_body(body)?;
    draughting.save(
        tx,
        &slug.map_or(SlugWish::Keep, SlugWish::Named),
        effects,
        staff,
    )
}

/// Change a text
///
/// A save makes a revision. The answer tells what it did to the quotes (`quote_effects`). Of a
/// published text readers see nothing until it is published again.
#[utoipa::path(
    tag = "desk: articles",
    params(TextPath, IfMatchHeader),
    request_body(content = TextPatch, content_type = "application/merge-patch+json"),
    responses((status = 200, body = DeskText)),
)]
#[patch("/v1/desk/articles/{id}/texts/{lang}")]
pub async fn patch_text(
    app: Data<App>,
    staff: Staff,
    path: Path<TextPath>,
    if_match: IfMatch,
    patch: MergePatch<TextPatch>,
) -> ApiResult<WithEtag<DeskText>> {
    let path = path.into_inner();
    let change = TextChange::try_from(patch.0)?;
    let json = app
        .db
        .write(move |tx| {
            let (_, texts) = find_own(tx, path.id, &staff)?;
            let text = pick(texts, &path)?;
            if_match.check(text.version)?;
            translations::check_original(tx, path.id, &text.lang, change.original())?;
            let mut draughting = Draughting::of(tx, text, Cause::Save)?;
            let change = change.clone();
            let body = change.body.clone();
            let wish = change.apply(&mut draughting.content);
            let effects = body
                .map(|body| draughting.set_body(body))
                .transpose()?
                .unwrap_or_default();
            let saved = draughting.save(tx, &wish, effects, &staff)?;
            answer(tx, saved, &staff, "patch_text")
        })
        .await?;
    Ok(with_etag(json))
}

/// Runs a change of state and gives the text as it is then.
fn move_text(
    tx: &mut Tx,
    path: &TextPath,
    if_match: &IfMatch,
    staff: &Staff,
    step: impl Fn(&mut Tx, &Article, &mut Text, &Staff) -> Result<(), Problem>,
) -> Result<Text, Problem> {
    let (article, texts) = find_own(tx, path.id, staff)?;
    let mut text = pick(texts, path)?;
    if_match.check(text.version)?;
    let read = text.version;
    step(tx, &article, &mut text, staff)?;
    check_saved(texts::save(tx, &text, read)?, read)?;
    Ok(text)
}

/// The same for an operation that answers the text.
async fn change_state(
    app: &App,
    staff: Staff,
    path: TextPath,
    if_match: IfMatch,
    operation: &'static str,
    step: impl Fn(&mut Tx, &Article, &mut Text, &Staff) -> Result<(), Problem> + Send + 'static,
) -> ApiResult<WithEtag<DeskText>> {
    let json = app
        .db
        .write(move |tx| {
            let text = move_text(tx, &path, &if_match, &staff, &step)?;
            whole(tx, text, &staff, operation)
        })
        .await?;
    Ok(with_etag(json))
}

/// Notes a change that readers do not see.
fn note(tx: &mut Tx, article: &Article, text: &Text, action: Action, staff: &Staff) {
    let mut change = Change::of(ItemKind::Article, article.id, action)
        .by(staff.id)
        .in_language(&text.lang);
    change.keys.clear();
    tx.record(change);
}

/// Delete a text
///
/// Hides it; refused while it is published. Writing the same language again brings its history back.
#[utoipa::path(
    tag = "desk: articles",
    params(TextPath, IfMatchHeader),
    responses((status = 204, description = "Deleted.")),
)]
#[delete("/v1/desk/articles/{id}/texts/{lang}")]
pub async fn delete_text(
    app: Data<App>,
    staff: Staff,
    path: Path<TextPath>,
    if_match: IfMatch,
) -> ApiResult<HttpResponse> {
    let path = path.into_inner();
    app.db
        .write(move |tx| {
            move_text(tx, &path, &if_match, &staff, |tx, article, text, staff| {
                text.delete(tx.now())?;
                translations::forget(tx, article.id, &text.lang)?;
                note(tx, article, text, Action::TextDeleted, staff);
                Ok(())
            })
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Submit a text
///
/// Sends the newest revision to review.
#[utoipa::path(
    tag = "desk: articles",
    params(TextPath, IfMatchHeader),
    request_body = Submission,
    responses((status = 200, body = DeskText)),
)]
#[put("/v1/desk/articles/{id}/texts/{lang}/submission")]
pub async fn submit_text(
    app: Data<App>,
    staff: Staff,
    path: Path<TextPath>,
    if_match: IfMatch,
    submission: ValidJson<Submission>,
) -> ApiResult<WithEtag<DeskText>> {
    let note_left = submission.0.note.map(String::from);
    change_state(
        &app,
        staff,
        path.into_inner(),
        if_match,
        "submit_text",
        move |tx, article, text, staff| {
            text.submit(note_left.clone())?;
            note(tx, article, text, Action::Submitted, staff);
            Ok(())
        },
    )
    .await
}

/// Take a submission back
#[utoipa::path(tag = "desk: articles", params(TextPath, IfMatchHeader), responses((status = 200, body = DeskText)))]
#[delete("/v1/desk/articles/{id}/texts/{lang}/submission")]
pub async fn take_back_text(
    app: Data<App>,
    staff: Staff,
    path: Path<TextPath>,
    if_match: IfMatch,
) -> ApiResult<WithEtag<DeskText>> {
    change_state(
        &app,
        staff,
        path.into_inner(),
        if_match,
        "take_back_text",
        |tx, article, text, staff| {
            text.take_back()?;
            note(tx, article, text, Action::TakenBack, staff);
            Ok(())
        },
    )
    .await
}

/// Publish a text
///
/// Readers see the newest revision from now on. Refused while a quote has lost its words, unless
/// it is confirmed by id; a change of the words of a published direct quote needs a `correction_note`,
/// which readers see.
#[utoipa::path(
    tag = "desk: articles",
    params(TextPath, IfMatchHeader),
    request_body = Publication,
    responses((status = 200, body = DeskText)),
)]
#[put("/v1/desk/articles/{id}/texts/{lang}/publication")]
pub async fn publish_text(
    app: Data<App>,
    editor: Staff,
    path: Path<TextPath>,
    if_match: IfMatch,
    request: ValidJson<Publication>,
) -> ApiResult<WithEtag<DeskText>> {
    let request = request.0;
    change_state(
        &app,
        editor,
        path.into_inner(),
        if_match,
        "publish_text",
        move |tx, article, text, editor| publishing::publish(tx, article, text, &request, editor),
    )
    .await
}

/// Take a text down
///
/// Readers get a 404 at once. It can be published again.
#[utoipa::path(tag = "desk: articles", params(TextPath, IfMatchHeader), responses((status = 200, body = DeskText)))]
#[delete("/v1/desk/articles/{id}/texts/{lang}/publication")]
pub async fn unpublish_text(
    app: Data<App>,
    editor: Staff,
    path: Path<TextPath>,
    if_match: IfMatch,
) -> ApiResult<WithEtag<DeskText>> {
    change_state(
        &app,
        editor,
        path.into_inner(),
        if_match,
        "unpublish_text",
        publishing::unpublish,
    )
    .await
}

/// Reword a correction
///
/// Puts another note in the place of that of a correction, which is known by the revision that it led
/// to (`to_revision`). Readers get it at once. Needed where a source that the old note names is no
/// longer on record.
#[utoipa::path(
    tag = "desk: articles",
    params(RevisionPath, IfMatchHeader),
    request_body = CorrectionNote,
    responses((status = 200, body = DeskText)),
)]
#[put("/v1/desk/articles/{id}/texts/{lang}/corrections/{n}")]
pub async fn reword_correction(
    app: Data<App>,
    editor: Staff,
    path: Path<RevisionPath>,
    if_match: IfMatch,
    correction: ValidJson<CorrectionNote>,
) -> ApiResult<WithEtag<DeskText>> {
    let path = path.into_inner();
    let (n, note_told) = (path.n, String::from(correction.0.note));
    change_state(
        &app,
        editor,
        path.into(),
        if_match,
        "reword_correction",
        move |tx, article, text, editor| {
            publishing::reword_correction(tx, article, text, (n, &note_told), editor)
        },
    )
    .await
}

/// Retract a text
///
/// Withdraws it for good: readers get a 410 with the note. Put once more, it changes the note.
#[utoipa::path(
    tag = "desk: articles",
    params(TextPath, IfMatchHeader),
    request_body = Retraction,
    responses((status = 200, body = DeskText)),
)]
#[put("/v1/desk/articles/{id}/texts/{lang}/retraction")]
pub async fn retract_text(
    app: Data<App>,
    editor: Staff,
    path: Path<TextPath>,
    if_match: IfMatch,
    retraction: ValidJson<Retraction>,
) -> ApiResult<WithEtag<DeskText>> {
    let note_left = String::from(retraction.0.note);
    change_state(
        &app,
        editor,
        path.into_inner(),
        if_match,
        "retract_text",
        move |tx, article, text, editor| {
            publishing::retract(tx, article, text, note_left.clone(), editor)
        },
    )
    .await
}
