//! The history of a text: its revisions, one of them, what changed between two, and bringing an
//! old one back.

use actix_web::web::{Data, Json as ActixJson, Path};
use actix_web::{HttpRequest, get, put};
use utoipa::IntoParams;

use super::api::{DeskText, RevisionEntry, RevisionPath, TextPath, WholeRevision};
use super::desk_texts::{answer, pick};
use super::diff::Diff;
use super::input::SlugWish;
use super::quoting::follow_sources;
use super::sight::{find_own, find_seen};
use super::writing::{Draughting, reanchor};
use crate::app::App;
use crate::auth::Staff;
use crate::db::{AnyId, DbConn, Instant, Tx};
use crate::http::etag::{IfMatch, WithEtag};
use crate::http::openapi::IfMatchHeader;
use crate::http::page::{Listing, Page, Pager, Paging};
use crate::http::problem::{ApiResult, Code, Problem};
use crate::http::query::{Params, Query, QueryPart};
use crate::quotes::model::{Quote, QuoteEffect, QuoteId};
use crate::quotes::room::Room;
use crate::quotes::store as quotes;
use crate::quotes::veil::veil;
use crate::sources::confided::Confided;
use crate::texts::model::{Cause, Content, Revision};
use crate::texts::store as texts;

impl From<RevisionPath> for TextPath {
    fn from(path: RevisionPath) -> Self {
        Self {
            id: path.id,
            lang: path.lang,
        }
    }
}

impl From<texts::Saved> for RevisionEntry {
    fn from(saved: texts::Saved) -> Self {
        let texts::Saved {
            number,
            headline,
            cause,
            restored_from,
            saved_by,
            saved_at,
        } = saved;
        Self {
            number,
            headline,
            cause,
            restored_from,
            saved_by,
            saved_at,
        }
    }
}

/// List revisions
///
/// Newest first; each save made one.
#[utoipa::path(tag = "desk: articles", params(TextPath, Paging), responses((status = 200, body = Page<RevisionEntry>)))]
#[get("/v1/desk/articles/{id}/texts/{lang}/revisions")]
pub async fn list_revisions(
    app: Data<App>,
    staff: Staff,
    request: HttpRequest,
    path: Path<TextPath>,
    query: Query<Paging>,
) -> ApiResult<Listing<RevisionEntry>> {
    let path = path.into_inner();
    let pager = Pager::<i32>::new(&request, &app.cursors, query.0)?;
    let (at, rows, count) = (pager.start(), pager.rows(), pager.count);
    let (revisions, total) = app
        .db
        .read_snapshot(move |conn| {
            let seen = find_seen(conn, path.id, &staff)?;
            seen.check_whole()?;
            let text = pick(seen.texts, &path)?;
            let revisions = texts::list_revisions(conn, text.item_id, &text.lang, at, rows)?;
            // They are numbered from 1, and none is ever thrown away.
            Ok::<_, Problem>((revisions, count.then_some(i64::from(text.head_revision))))
        })
        .await?;
    let page = pager
        .page(revisions, |revision| revision.number)
        .with_total(total);
    Ok(pager.listing(page.map(RevisionEntry::from)))
}

fn find_revision(
    conn: &mut DbConn,
    path: &RevisionPath,
    staff: &Staff,
) -> Result<(Revision, Confided), Problem> {
    let seen = find_seen(conn, path.id, staff)?;
    seen.check_whole()?;
    let text = pick(seen.texts, &path.clone().into())?;
    let revision = texts::find_revision(conn, text.item_id, &text.lang, path.n)?;
    let mut revision = revision.ok_or_else(Problem::not_found)?;
    let confided = veil(conn, &mut revision.quotes.0, staff)?;
    Ok((revision, confided))
}

/// Read a revision
///
/// An immutable copy of the text with its quotes, as it was saved.
#[utoipa::path(tag = "desk: articles", params(RevisionPath), responses((status = 200, body = WholeRevision)))]
#[get("/v1/desk/articles/{id}/texts/{lang}/revisions/{n}")]
pub async fn get_revision(
    app: Data<App>,
    staff: Staff,
    path: Path<RevisionPath>,
) -> ApiResult<ActixJson<WholeRevision>> {
    let (path, reader) = (path.into_inner(), staff.clone());
    let (revision, confided) = app
        .db
        .read_snapshot(move |conn| find_revision(conn, &path, &reader))
        .await?;
    confided.note(&app.db, &staff, "get_revision").await?;
    Ok(ActixJson(revision.into()))
}

/// Restore a revision
///
/// Saves what an old revision said as the newest one, with the quotes that it had. Nothing is lost:
/// what the text says now stays in its history.
#[utoipa::path(tag = "desk: articles", params(RevisionPath, IfMatchHeader), responses((status = 200, body = DeskText)))]
#[put("/v1/desk/articles/{id}/texts/{lang}/revisions/{n}/restoration")]
pub async fn restore_revision(
    app: Data<App>,
    staff: Staff,
    path: Path<RevisionPath>,
    if_match: IfMatch,
) -> ApiResult<WithEtag<DeskText>> {
    let path = path.into_inner();
    let json = app
        .db
        .write(move |tx| {
            let (_, of_article) = find_own(tx, path.id, &staff)?;
            let text = pick(of_article, &path.clone().into())?;
            if_match.check(text.version)?;
            let old = texts::find_revision(tx, text.item_id, &text.lang, path.n)?
                .ok_or_else(Problem::not_found)?;
            let now = tx.now();
            let mut draughting = Draughting::of(tx, text, Cause::Restoration)?;
            draughting.restored_from = Some(old.number);
            let then: Vec<QuoteId> = old.quotes.0.iter().map(|quote| quote.id).collect();
            let known = quotes::find_many_any(tx, &then)?;
            let effects = bring_back(&mut draughting, old, &known, now);
            follow_sources(tx, &mut draughting.quotes)?;
            join_statements(tx, &mut draughting.quotes, &known, &staff)?;
            let saved = draughting.save(tx, &SlugWish::Keep, effects, &staff)?;
            answer(tx, saved, &staff, "restore_revision")
        })
        .await?;
    Ok(WithEtag {
        version: json.states.version,
        item: json,
    })
}

/// Puts the words and quotes of an old revision in the place of those of now. The address stays,
/// and so does what was found out about quotes in the meantime: `known` are their rows.
fn bring_back(
    draughting: &mut Draughting,
    old: Revision,
    known: &[Quote],
    now: Instant,
) -> Vec<QuoteEffect> {
    let then = old.quotes.0.clone();
    let address = draughting.content.slug.clone();
    draughting.content = Content {
        slug: address,
        ..Content::from(old)
    };
    let present = std::mem::take(&mut draughting.quotes);
    let mut effects: Vec<QuoteEffect> = Vec::new();
    for mut quote in then {
        if let Some(known) = known.iter().find(|known| known.id == quote.id) {
            (quote.verification, quote.verified_by, quote.verified_at) =
                (known.verification, known.verified_by, known.verified_at);
        }
        if !present.iter().any(|present| present.id == quote.id) {
            effects.push(QuoteEffect {
                quote: quote.id,
                before: None,
                after: quote.anchor_state,
                nearest: None,
            });
        }
        quote.removed_at = None;
        draughting.quotes.push(quote);
    }
    effects.extend(reanchor(
        &mut draughting.quotes,
        &draughting.content.body,
        &draughting.text.lang,
        &[],
    ));
    let gone = present
        .into_iter()
        .filter(|known| !draughting.quotes.iter().any(|quote| quote.id == known.id));
    let gone: Vec<Quote> = gone
        .map(|quote| Quote {
            removed_at: Some(now),
            ..quote
        })
        .collect();
    draughting.quotes.extend(gone);
    effects
}

/// Each quote is of the statement that it was linked to since, unless it is of another source again;
/// 409 where one that comes back finds its statement full.
fn join_statements(
    tx: &mut Tx,
    quotes: &mut [Quote],
    known: &[Quote],
    staff: &Staff,
) -> Result<(), Problem> {
    let mut back = Vec::new();
    for quote in quotes.iter_mut().filter(|quote| quote.removed_at.is_none()) {
        let Some(known) = known.iter().find(|known| known.id == quote.id) else {
            continue;
        };
        match known.source_id == quote.source_id {
            true => quote.statement = known.statement,
            false => quote.unlink(true),
        }
        if known.removed_at.is_some() {
            back.push((quote.statement(), quote.source_id));
        }
    }
    let statements: Vec<AnyId> = back.iter().map(|(statement, _)| *statement).collect();
    let mut room = Room::in_all(tx, &statements, staff)?;
    let gone = quotes.iter().filter(|quote| quote.removed_at.is_some());
    gone.for_each(|quote| room.leave(quote));
    for (statement, source) in back {
        room.take_place(statement, source).map_err(|full| {
            let detail = format!("A quote that would come back has no place: {full}.");
            Problem::new(Code::WrongState, detail)
        })?;
    }
    Ok(())
}

/// Which two revisions to compare.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Between {
    /// The older revision's number.
    #[param(minimum = 1, maximum = 2_147_483_647, example = 1)]
    from: i32,
    /// The newer revision's number.
    #[param(minimum = 1, maximum = 2_147_483_647, example = 2)]
    to: i32,
}

impl QueryPart for Between {
    fn read(params: &Params) -> Result<Self, Problem> {
        let needed = |name: &str| {
            let number = params.one(name)?.filter(|number: &i32| *number >= 1);
            number.ok_or_else(|| Problem::parameter(name, "expected the number of a revision"))
        };
        Ok(Self {
            from: needed("from")?,
            to: needed("to")?,
        })
    }
}

/// Compare two revisions
///
/// Fields, blocks by their keys with their words, and quotes.
#[utoipa::path(tag = "desk: articles", params(TextPath, Between), responses((status = 200, body = Diff)))]
#[get("/v1/desk/articles/{id}/texts/{lang}/diff")]
pub async fn diff_revisions(
    app: Data<App>,
    staff: Staff,
    path: Path<TextPath>,
    between: Query<Between>,
) -> ApiResult<ActixJson<Diff>> {
    let (TextPath { id, lang }, Between { from, to }) = (path.into_inner(), between.0);
    let (from, to) = app
        .db
        .read_snapshot(move |conn| {
            let at = |n| RevisionPath {
                id,
                lang: lang.clone(),
                n,
            };
            // What changed in a quote is told, but not who said it.
            let (from, _not_told) = find_revision(conn, &at(from), &staff)?;
            let (to, _not_told) = find_revision(conn, &at(to), &staff)?;
            Ok::<_, Problem>((from, to))
        })
        .await?;
    Ok(ActixJson(Diff::between(&from, &to)))
}
