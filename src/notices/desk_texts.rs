//! Texts of notices at the newsroom's door: writing them, publishing them, taking them down.

use actix_web::web::{Data, Path};
use actix_web::{Either, HttpResponse, delete, get, patch, put};

use super::api::{
    DeskNoticeText, NewNoticeText, NoticePublication, NoticeTextPatch, NoticeTextPath,
};
use super::desk::hold;
use super::model::Notice;
use super::publishing;
use super::sight::find_seen;
use super::writing::{self, Words};
use crate::app::App;
use crate::auth::Staff;
use crate::changes::Action;
use crate::db::Tx;
use crate::http::body::{MergePatch, ValidJson};
use crate::http::etag::{IfMatch, Precondition, WithEtag, check_saved};
use crate::http::once::Answer;
use crate::http::openapi::{IfMatchHeader, PreconditionHeaders};
use crate::http::problem::{ApiResult, Problem};
use crate::texts::model::{Revision, Text};
use crate::texts::store as texts;

fn pick(texts: Vec<Text>, path: &NoticeTextPath) -> Result<Text, Problem> {
    texts
        .into_iter()
        .find(|text| text.lang == path.lang)
        .ok_or_else(Problem::not_found)
}

fn answer((text, head): (Text, Revision)) -> WithEtag<DeskNoticeText> {
    WithEtag {
        version: text.version,
        item: DeskNoticeText::new(text, head),
    }
}

/// Read a text of a notice
///
/// Its newest revision, whatever its state; for contributors and moderators the published one.
#[utoipa::path(
    tag = "desk: notices",
    params(NoticeTextPath),
    responses((status = 200, body = DeskNoticeText)),
)]
#[get("/v1/desk/notices/{id}/texts/{lang}")]
pub async fn get_notice_text(
    app: Data<App>,
    staff: Staff,
    path: Path<NoticeTextPath>,
) -> ApiResult<WithEtag<DeskNoticeText>> {
    let path = path.into_inner();
    let found = app
        .db
        .read_snapshot(move |conn| {
            let (_, texts) = find_seen(conn, path.id, &staff)?;
            let text = pick(texts, &path)?;
            let head = writing::head(conn, &text)?;
            Ok::<_, Problem>((text, head))
        })
        .await?;
    Ok(answer(found))
}

/// Write a text of a notice
///
/// Creates it with `If-None-Match: *`, or puts it in the place of the version named by `If-Match`.
#[utoipa::path(
    tag = "desk: notices",
    params(NoticeTextPath, PreconditionHeaders),
    request_body = NewNoticeText,
    responses((status = 200, body = DeskNoticeText), (status = 201, body = DeskNoticeText)),
)]
#[put("/v1/desk/notices/{id}/texts/{lang}")]
pub async fn put_notice_text(
    app: Data<App>,
    editor: Staff,
    path: Path<NoticeTextPath>,
    precondition: Precondition,
    text: ValidJson<NewNoticeText>,
) -> ApiResult<Either<WithEtag<DeskNoticeText>, Answer>> {
    let path = path.into_inner();
    let address = format!("/v1/desk/notices/{}/texts/{}", path.id, path.lang);
    let words = Words::try_from(text.0)?;
    let (saved, made) = app
        .db
        .write(move |tx| {
            let (notice, texts) = hold(tx, path.id)?;
            let present = texts.into_iter().find(|text| text.lang == path.lang);
            precondition.check(present.as_ref().map(|text| text.version))?;
            let (made, words) = (present.is_none(), words.clone());
            let saved = match present {
                None => writing::create_text(tx, notice.id, &path.lang, words, &editor)?,
                Some(text) => writing::save_text(tx, text, words, &editor)?,
            };
            Ok::<_, Problem>((saved, made))
        })
        .await?;
    let WithEtag { version, item } = answer(saved);
    Ok(match made {
        true => Either::Right(Answer::created(address, version, &item)?),
        false => Either::Left(WithEtag { version, item }),
    })
}

/// Change a text of a notice
///
/// A save makes a revision. Of a published text readers see nothing until it is published again.
#[utoipa::path(
    tag = "desk: notices",
    params(NoticeTextPath, IfMatchHeader),
    request_body(content = NoticeTextPatch, content_type = "application/merge-patch+json"),
    responses((status = 200, body = DeskNoticeText)),
)]
#[patch("/v1/desk/notices/{id}/texts/{lang}")]
pub async fn patch_notice_text(
    app: Data<App>,
    editor: Staff,
    path: Path<NoticeTextPath>,
    if_match: IfMatch,
    patch: MergePatch<NoticeTextPatch>,
) -> ApiResult<WithEtag<DeskNoticeText>> {
    let path = path.into_inner();
    let words = Words::try_from(patch.0)?;
    let saved = app
        .db
        .write(move |tx| {
            let (_, texts) = hold(tx, path.id)?;
            let text = pick(texts, &path)?;
            if_match.check(text.version)?;
            writing::save_text(tx, text, words.clone(), &editor)
        })
        .await?;
    Ok(answer(saved))
}

/// Runs a change of state and gives the text as it is then.
async fn change_state(
    app: &App,
    editor: Staff,
    path: NoticeTextPath,
    if_match: IfMatch,
    step: impl Fn(&mut Tx, &Notice, &mut Text, &Staff) -> Result<(), Problem> + Send + 'static,
) -> ApiResult<WithEtag<DeskNoticeText>> {
    let changed = app
        .db
        .write(move |tx| {
            let (notice, texts) = hold(tx, path.id)?;
            let mut text = pick(texts, &path)?;
            if_match.check(text.version)?;
            let read = text.version;
            step(tx, &notice, &mut text, &editor)?;
            check_saved(texts::save(tx, &text, read)?, read)?;
            let head = writing::head(tx, &text)?;
            Ok::<_, Problem>((text, head))
        })
        .await?;
    Ok(answer(changed))
}

/// Delete a text of a notice
///
/// Hides it; refused while it is published. Writing the same language again brings its history back.
#[utoipa::path(
    tag = "desk: notices",
    params(NoticeTextPath, IfMatchHeader),
    responses((status = 204, description = "Deleted.")),
)]
#[delete("/v1/desk/notices/{id}/texts/{lang}")]
pub async fn delete_notice_text(
    app: Data<App>,
    editor: Staff,
    path: Path<NoticeTextPath>,
    if_match: IfMatch,
) -> ApiResult<HttpResponse> {
    let path = path.into_inner();
    change_state(&app, editor, path, if_match, |tx, _, text, editor| {
        text.delete(tx.now())?;
        writing::note(tx, text, Action::TextDeleted, editor);
        Ok(())
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Publish a text of a notice
///
/// Readers see its newest revision from now on, while the notice's window is open.
#[utoipa::path(
    tag = "desk: notices",
    params(NoticeTextPath, IfMatchHeader),
    request_body = NoticePublication,
    responses((status = 200, body = DeskNoticeText)),
)]
#[put("/v1/desk/notices/{id}/texts/{lang}/publication")]
pub async fn publish_notice_text(
    app: Data<App>,
    editor: Staff,
    path: Path<NoticeTextPath>,
    if_match: IfMatch,
    request: ValidJson<NoticePublication>,
) -> ApiResult<WithEtag<DeskNoticeText>> {
    let (path, since) = (path.into_inner(), request.0.published_at);
    change_state(
        &app,
        editor,
        path,
        if_match,
        move |tx, notice, text, editor| publishing::publish(tx, notice, text, since, editor),
    )
    .await
}

/// Take a text of a notice down
///
/// Readers see it no more; the notice goes with its last text. It can be published again.
#[utoipa::path(
    tag = "desk: notices",
    params(NoticeTextPath, IfMatchHeader),
    responses((status = 200, body = DeskNoticeText)),
)]
#[delete("/v1/desk/notices/{id}/texts/{lang}/publication")]
pub async fn unpublish_notice_text(
    app: Data<App>,
    editor: Staff,
    path: Path<NoticeTextPath>,
    if_match: IfMatch,
) -> ApiResult<WithEtag<DeskNoticeText>> {
    change_state(
        &app,
        editor,
        path.into_inner(),
        if_match,
        publishing::unpublish,
    )
    .await
}
