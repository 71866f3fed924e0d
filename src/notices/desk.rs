//! Notices at the newsroom's door: what is the same in all languages.

use std::collections::BTreeMap;

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, put};
use utoipa::IntoParams;

use super::api::{DeskNotice, NewNotice, NoticePatch, NoticePath};
use super::model::{Notice, NoticeError, NoticeId, NoticeKind};
use super::published::{self, PublishedNotice};
use super::publishing::COLLECTION;
use super::sight::{find_seen, seen_by};
use super::store;
use super::writing::{self, Words};
use crate::app::App;
use crate::auth::Staff;
use crate::auth::rights::Right;
use crate::changes::{Action, Change, ItemKind};
use crate::db::{Id, Json, Tx};
use crate::http::body::{MergePatch, Posted};
use crate::http::etag::{IfMatch, WithEtag, check_saved};
use crate::http::once::Answer;
use crate::http::openapi::IfMatchHeader;
use crate::http::page::{Listing, Page, Pager, Paging};
use crate::http::problem::{ApiResult, Problem};
use crate::http::query::{Params, Query, QueryPart, flag};
use crate::language::Lang;
use crate::texts::model::{Text, TextState};
use crate::texts::store as texts;

/// A notice with its texts, held for a change; 409 where it is deleted.
pub fn hold(tx: &mut Tx, id: NoticeId) -> Result<(Notice, Vec<Text>), Problem> {
    let notice = store::hold(tx, id)?.ok_or_else(Problem::not_found)?;
    match notice.deleted_at {
        Some(_) => Err(NoticeError::Deleted.into()),
        None => Ok((notice, texts::of_items(tx, &[id.of()])?)),
    }
}

/// Which notices a list has.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DeskNoticeFilters {
    /// Only those with a text in this state.
    #[param(inline, required = false)]
    state: Option<TextState>,
    /// Only those of this kind.
    #[param(inline, required = false)]
    kind: Option<NoticeKind>,
    /// The deleted ones instead of the others.
    #[param(default = false, required = false)]
    deleted: bool,
}

impl QueryPart for DeskNoticeFilters {
    fn read(params: &Params) -> Result<Self, Problem> {
        Ok(Self {
            state: params.one("state")?,
            kind: params.one("kind")?,
            deleted: flag(params, "deleted")?,
        })
    }
}

/// List notices
///
/// Latest change first, whatever their windows. Contributors and moderators see those that have a
/// published text, and of these what is published.
#[utoipa::path(
    tag = "desk: notices",
    params(Paging, DeskNoticeFilters),
    responses((status = 200, body = Page<DeskNotice>)),
)]
#[get("/v1/desk/notices")]
pub async fn list_desk_notices(
    app: Data<App>,
    staff: Staff,
    request: HttpRequest,
    query: Query<(Paging, DeskNoticeFilters)>,
) -> ApiResult<Listing<DeskNotice>> {
    let Query((paging, filters)) = query;
    let pager = Pager::<store::Key>::new(&request, &app.cursors, paging)?;
    let filter = store::Filter {
        state: filters.state,
        kind: filters.kind,
        deleted: filters.deleted,
        only_published: !staff.may(Right::Edit),
    };
    let (limit, counts) = (pager.rows(), pager.count);
    let at = pager.at.as_ref().map(|at| (at.back, at.key));
    let (rows, mut texts, counted) = app
        .db
        .read_snapshot(move |conn| {
            let rows = store::list(conn, &filter, at, limit)?;
            let ids: Vec<NoticeId> = rows.iter().map(|row| row.id).collect();
            let texts = seen_by(conn, &ids, &staff)?;
            let counted = counts.then(|| store::count(conn, &filter)).transpose()?;
            Ok::<_, Problem>((rows, texts, counted))
        })
        .await?;
    let page = pager
        .page(rows, |row| (row.updated_at, row.id))
        .with_total(counted)
        .map(|row| {
            let own = texts.extract_if(.., |text| text.item_id == row.id.of());
            let own = own.collect();
            DeskNotice::new(row, own)
        });
    Ok(pager.listing(page))
}

/// Make a notice
///
/// May carry its texts in several languages. Nothing of it is seen by readers before a text is
/// published.
#[utoipa::path(
    tag = "desk: notices",
    request_body = NewNotice,
    responses((status = 201, body = DeskNotice)),
)]
#[post("/v1/desk/notices")]
pub async fn create_notice(
    app: Data<App>,
    editor: Staff,
    posted: Posted<NewNotice>,
) -> ApiResult<Answer> {
    let Posted { mut value, once } = posted;
    let texts = read_texts(&mut value)?;
    once.write(&app.db, &app.secret, move |tx| {
        create(tx, value.clone(), texts.clone(), &editor)
    })
    .await
}

const MOST_TEXTS: usize = 20;

fn read_texts(new: &mut NewNotice) -> Result<BTreeMap<Lang, Words>, Problem> {
    let texts = std::mem::take(&mut new.texts);
    if texts.len() > MOST_TEXTS {
        let detail = format!("expected at most {MOST_TEXTS} texts");
        return Err(Problem::field("/texts", detail));
    }
    texts
        .into_iter()
        .map(|(lang, text)| match Words::try_from(text) {
            Ok(words) => Ok((lang, words)),
            Err(problem) => Err(problem.below(&format!("/texts/{lang}"))),
        })
        .collect()
}

fn create(
    tx: &mut Tx,
    new: NewNotice,
    words: BTreeMap<Lang, Words>,
    editor: &Staff,
) -> Result<Answer, Problem> {
    let now = tx.now();
    let notice = Notice {
        id: Id::new(),
        kind: new.kind,
        issuer: new.issuer.map(String::from),
        priority: new.priority,
        severity: new.severity,
        label: new.label.map(String::from),
        starts: new.window.starts,
        ends: new.window.ends,
        areas: Json(new.areas),
        placements: Json(new.placements),
        action: new.action.map(Json),
        version: 1,
        created_by: editor.id,
        created_at: now,
        updated_at: now,
        deleted_at: None,
    };
    notice.check()?;
    store::insert(tx, &notice)?;
    record(tx, notice.id, Action::Created, editor, false);
    let mut texts = Vec::new();
    for (lang, words) in words {
        let made = writing::create_text(tx, notice.id, &lang, words, editor);
        let made = made.map_err(|problem| problem.below(&format!("/texts/{lang}")))?;
        texts.push(made.0);
    }
    let location = format!("/v1/desk/notices/{}", notice.id);
    Answer::created(location, notice.version, &DeskNotice::new(notice, texts))
}

/// Read a notice
///
/// What is the same in all languages, and the states of its texts. What a text says is at
/// `…/texts/{lang}`.
#[utoipa::path(tag = "desk: notices", params(NoticePath), responses((status = 200, body = DeskNotice)))]
#[get("/v1/desk/notices/{id}")]
pub async fn get_desk_notice(
    app: Data<App>,
    staff: Staff,
    path: Path<NoticePath>,
) -> ApiResult<WithEtag<DeskNotice>> {
    let id = path.id;
    let found = app
        .db
        .read_snapshot(move |conn| find_seen(conn, id, &staff))
        .await?;
    Ok(answer(found))
}

/// Change a notice
///
/// What is the same in all languages has no draft: once a text is published, readers see a change
/// at once.
#[utoipa::path(
    tag = "desk: notices",
    params(NoticePath, IfMatchHeader),
    request_body(content = NoticePatch, content_type = "application/merge-patch+json"),
    responses((status = 200, body = DeskNotice)),
)]
#[patch("/v1/desk/notices/{id}")]
pub async fn patch_notice(
    app: Data<App>,
    editor: Staff,
    path: Path<NoticePath>,
    if_match: IfMatch,
    patch: MergePatch<NoticePatch>,
) -> ApiResult<WithEtag<DeskNotice>> {
    let (id, patch) = (path.id, patch.0);
    let changed = app
        .db
        .write(move |tx| {
            let (mut notice, texts) = hold(tx, id)?;
            if_match.check(notice.version)?;
            let read = notice.version;
            patch.clone().apply(&mut notice)?;
            notice.touch(tx.now());
            save(tx, &notice, read)?;
            let shown = published::refresh(tx, &PublishedNotice::from(&notice))?;
            record(tx, id, Action::Changed, &editor, shown);
            Ok::<_, Problem>((notice, texts))
        })
        .await?;
    Ok(answer(changed))
}

/// Delete a notice
///
/// Hides it; refused while a text of it is published. It can be restored.
#[utoipa::path(
    tag = "desk: notices",
    params(NoticePath, IfMatchHeader),
    responses((status = 204, description = "Deleted.")),
)]
#[delete("/v1/desk/notices/{id}")]
pub async fn delete_notice(
    app: Data<App>,
    editor: Staff,
    path: Path<NoticePath>,
    if_match: IfMatch,
) -> ApiResult<HttpResponse> {
    let id = path.id;
    app.db
        .write(move |tx| {
            let (mut notice, texts) = hold(tx, id)?;
            if_match.check(notice.version)?;
            let read = notice.version;
            notice.delete(&texts, tx.now())?;
            save(tx, &notice, read)?;
            record(tx, id, Action::Deleted, &editor, false);
            Ok::<_, Problem>(())
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Restore a notice
///
/// Brings back one that was deleted, with all its texts.
#[utoipa::path(
    tag = "desk: notices",
    params(NoticePath, IfMatchHeader),
    responses((status = 200, body = DeskNotice)),
)]
#[put("/v1/desk/notices/{id}/restoration")]
pub async fn restore_notice(
    app: Data<App>,
    editor: Staff,
    path: Path<NoticePath>,
    if_match: IfMatch,
) -> ApiResult<WithEtag<DeskNotice>> {
    let id = path.id;
    let restored = app
        .db
        .write(move |tx| {
            let mut notice = store::hold(tx, id)?.ok_or_else(Problem::not_found)?;
            if_match.check(notice.version)?;
            let read = notice.version;
            notice.restore(tx.now())?;
            save(tx, &notice, read)?;
            record(tx, id, Action::Restored, &editor, false);
            let texts = texts::of_items(tx, &[id.of()])?;
            Ok::<_, Problem>((notice, texts))
        })
        .await?;
    Ok(answer(restored))
}

/// Notes a change; only what readers see touches answers of theirs.
fn record(tx: &mut Tx, id: NoticeId, action: Action, editor: &Staff, shown: bool) {
    let mut change = Change::of(ItemKind::Notice, id, action)
        .by(editor.id)
        .touching([COLLECTION.to_owned()]);
    if !shown {
        change.keys.clear();
    }
    tx.record(change);
}

fn save(tx: &mut Tx, notice: &Notice, read: i64) -> Result<(), Problem> {
    check_saved(store::save(tx, notice, read)?, read)
}

fn answer((notice, texts): (Notice, Vec<Text>)) -> WithEtag<DeskNotice> {
    WithEtag {
        version: notice.version,
        item: DeskNotice::new(notice, texts),
    }
}
