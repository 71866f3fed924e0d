//! Sources, for the newsroom. What somebody may not know of is not there: a 404, in no list,
//! matched by nothing.

use std::collections::BTreeSet;

use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, put};
use utoipa::IntoParams;

use super::api::{DeskSource, Merge, SourcePatch};
use super::confided::Confided;
use super::matching;
use super::model::{Disclosure, Sight, Source, SourceError, SourceId, SourceKind};
use super::posted::NewSource;
use super::published::TextKey;
use super::{credits, projection, store};
use crate::app::App;
use crate::auth::Staff;
use crate::changes::{Action, Change, ItemKind};
use crate::db::{DbConn, Tx};
use crate::http::body::{MergePatch, Posted};
use crate::http::etag::{self, IfMatch, WithEtag, check_saved};
use crate::http::once::Answer;
use crate::http::openapi::IfMatchHeader;
use crate::http::page::{Listing, Page, Pager, Paging};
use crate::http::problem::{ApiResult, Problem};
use crate::http::query::{Params, Query, QueryPart, flag};
use crate::language::fold_name;

/// Which sources a list has.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DeskSourceFilters {
    /// Only people, or only organisations.
    #[param(inline)]
    kind: Option<SourceKind>,
    /// How a name or alias begins, whatever its case and the spelling of its marks.
    #[param(min_length = 1, max_length = 200, example = "rəşad")]
    name: Option<String>,
    /// Only those of this disclosure.
    #[param(inline)]
    disclosure: Option<Disclosure>,
    /// The deleted ones instead of the others.
    #[param(default = false, required = false)]
    deleted: bool,
}

impl QueryPart for DeskSourceFilters {
    fn read(params: &Params) -> Result<Self, Problem> {
        let name = params.text("name").map(fold_name);
        if name
            .as_ref()
            .is_some_and(|name| !(1..=800).contains(&name.len()))
        {
            let detail = "expected 1 to 200 characters";
            return Err(Problem::parameter("name", detail));
        }
        Ok(Self {
            kind: params.one("kind")?,
            name,
            disclosure: params.one("disclosure")?,
            deleted: flag(params, "deleted")?,
        })
    }
}

/// Sources
///
/// The latest change first. Contributors see those on record and their own, moderators those that
/// readers know.
#[utoipa::path(
    tag = "desk: sources",
    params(Paging, DeskSourceFilters),
    responses((status = 200, body = Page<DeskSource>)),
)]
#[get("/v1/desk/sources")]
pub async fn list_desk_sources(
    app: Data<App>,
    staff: Staff,
    request: HttpRequest,
    query: Query<(Paging, DeskSourceFilters)>,
) -> ApiResult<Listing<DeskSource>> {
    let Query((paging, filters)) = query;
    let pager = Pager::<store::ListKey>::new(&request, &app.cursors, paging)?;
    let selection = store::Selection {
        sight: Sight::of(&staff),
        deleted: filters.deleted,
        kind: filters.kind,
        disclosure: filters.disclosure,
        name: filters.name,
    };
    let (limit, counts) = (pager.rows(), pager.count);
    let at = pager.at.as_ref().map(|at| (at.back, at.key));
    let (rows, counted) = app
        .db
        .read_snapshot(move |conn| {
            let rows = store::list(conn, &selection, at, limit)?;
            let counted = counts.then(|| store::count(conn, &selection)).transpose()?;
            Ok::<_, Problem>((rows, counted))
        })
        .await?;
    let page = pager
        .page(rows, |row| (row.updated_at, row.id))
        .with_total(counted);
    let confided = Confided::among(&page.items);
    confided.note(&app.db, &staff, "list_desk_sources").await?;
    Ok(pager.listing(page.map(DeskSource::from)))
}

/// Make a source
///
/// Whether there is one of this name already is not asked here; a story that is posted with its
/// sources asks it.
#[utoipa::path(
    tag = "desk: sources",
    request_body = NewSource,
    responses((status = 201, body = DeskSource)),
)]
#[post("/v1/desk/sources")]
pub async fn create_source(
    app: Data<App>,
    staff: Staff,
    posted: Posted<NewSource>,
) -> ApiResult<Answer> {
    let Posted { value: new, once } = posted;
    once.write(&app.db, &app.secret, move |tx| {
        let source = matching::make(tx, &new, &staff)?;
        let location = format!("/v1/desk/sources/{}", source.id);
        Answer::created(location, source.version, &DeskSource::from(source))
    })
    .await
}

/// One source
///
/// Also one that was deleted, or merged into another.
#[utoipa::path(
    tag = "desk: sources",
    params(("id" = SourceId, Path, description = "The id of a source.")),
    responses((status = 200, body = DeskSource)),
)]
#[get("/v1/desk/sources/{id}")]
pub async fn get_desk_source(
    app: Data<App>,
    staff: Staff,
    path: Path<SourceId>,
) -> ApiResult<WithEtag<DeskSource>> {
    let (id, reader) = (path.into_inner(), staff.clone());
    let source = app.db.read(move |conn| seen(conn, id, &reader)).await?;
    let confided = Confided::among([&source]);
    confided.note(&app.db, &staff, "get_desk_source").await?;
    Ok(answer(source))
}

/// Change a source
///
/// Readers see the change at once. Taking a source off the record withholds its name in everything
/// that is published, in the same moment; putting it on record names it again.
#[utoipa::path(
    tag = "desk: sources",
    params(("id" = SourceId, Path, description = "The id of a source."), IfMatchHeader),
    request_body(content = SourcePatch, content_type = "application/merge-patch+json"),
    responses((status = 200, body = DeskSource)),
)]
#[patch("/v1/desk/sources/{id}")]
pub async fn patch_source(
    app: Data<App>,
    staff: Staff,
    path: Path<SourceId>,
    if_match: IfMatch,
    patch: MergePatch<SourcePatch>,
) -> ApiResult<WithEtag<DeskSource>> {
    let (id, MergePatch(patch)) = (path.into_inner(), patch);
    let source = app
        .db
        .write(move |tx| {
            let mut source = changeable(tx, id, &staff, &if_match)?;
            let (read, was) = (source.version, source.disclosure);
            patch.clone().apply(&mut source)?;
            if patch.sets_positions() {
                let one = std::slice::from_ref(&source);
                matching::check_organisations(tx, one, &staff, |_| String::new())?;
            }
            source.touch(tx.now());
            save(tx, &source, read)?;
            let touched = show(tx, &source, was)?;
            let change = Change::of(ItemKind::Source, id, Action::Changed);
            tx.record(change.by(staff.id).touching(touched));
            Ok::<_, Problem>(source)
        })
        .await?;
    Ok(answer(source))
}

/// Delete a source
///
/// It is hidden, and can be restored. Refused while it is quoted.
#[utoipa::path(
    tag = "desk: sources",
    params(("id" = SourceId, Path, description = "The id of a source."), IfMatchHeader),
    responses((status = 204, description = "Deleted.")),
)]
#[delete("/v1/desk/sources/{id}")]
pub async fn delete_source(
    app: Data<App>,
    staff: Staff,
    path: Path<SourceId>,
    if_match: IfMatch,
) -> ApiResult<HttpResponse> {
    let id = path.into_inner();
    let version = app
        .db
        .write(move |tx| {
            store::hold_unquoted(tx, &[id])?;
            let mut source = changeable(tx, id, &staff, &if_match)?;
            let read = source.version;
            let quoted = store::is_quoted(tx, id)? || credits::is_credited(tx, id)?;
            source.delete(quoted, tx.now())?;
            save(tx, &source, read)?;
            tx.record(Change::of(ItemKind::Source, id, Action::Deleted).by(staff.id));
            Ok::<_, Problem>(source.version)
        })
        .await?;
    Ok(HttpResponse::NoContent()
        .insert_header((header::ETAG, etag::of_version(version)))
        .finish())
}

/// Restore a source
///
/// Brings back one that was deleted.
#[utoipa::path(
    tag = "desk: sources",
    params(("id" = SourceId, Path, description = "The id of a source."), IfMatchHeader),
    responses((status = 200, body = DeskSource)),
)]
#[put("/v1/desk/sources/{id}/restoration")]
pub async fn restore_source(
    app: Data<App>,
    staff: Staff,
    path: Path<SourceId>,
    if_match: IfMatch,
) -> ApiResult<WithEtag<DeskSource>> {
    let id = path.into_inner();
    let source = app
        .db
        .write(move |tx| {
            let mut source = seen(tx, id, &staff)?;
            source.check_unmerged()?;
            source.check_changer(&staff, false)?;
            if_match.check(source.version)?;
            let read = source.version;
            source.restore(tx.now())?;
            save(tx, &source, read)?;
            tx.record(Change::of(ItemKind::Source, id, Action::Restored).by(staff.id));
            Ok::<_, Problem>(source)
        })
        .await?;
    Ok(answer(source))
}

/// Merge a source into another
///
/// All its quotes become those of the survivor, which also gains its names, aliases, addresses and
/// positions. From then on readers who ask for it are sent to the survivor, and changing it
/// answers 409. Both must be of one kind and one disclosure. The answer is the survivor.
#[utoipa::path(
    tag = "desk: sources",
    params(("id" = SourceId, Path, description = "The id of a source.")),
    request_body = Merge,
    responses((status = 200, body = DeskSource)),
)]
#[post("/v1/desk/sources/{id}/merge")]
pub async fn merge_source(
    app: Data<App>,
    staff: Staff,
    path: Path<SourceId>,
    posted: Posted<Merge>,
) -> ApiResult<Answer> {
    let (id, Posted { value, once }) = (path.into_inner(), posted);
    once.write(&app.db, &app.secret, move |tx| {
        let survivor = merge(tx, id, value.into, &staff)?;
        Answer::changed(survivor.version, &DeskSource::from(survivor))
    })
    .await
}

fn merge(tx: &mut Tx, id: SourceId, into: SourceId, staff: &Staff) -> Result<Source, Problem> {
    store::hold_unquoted(tx, &[id, into])?;
    let mut merged = live(tx, id, staff)?;
    let survivor = store::find_seen(tx, into, Sight::of(staff))?;
    let mut survivor = survivor.ok_or(SourceError::NoSurvivor)?;
    let (merged_read, survivor_read) = (merged.version, survivor.version);
    merged.merge_into(&mut survivor, tx.now())?;
    save(tx, &merged, merged_read)?;
    save(tx, &survivor, survivor_read)?;
    let moved: Vec<SourceId> = store::merged_into(tx, &[id])?
        .into_iter()
        .map(|(_, moved)| moved)
        .collect();
    store::move_to_survivor(tx, id, into)?;
    let texts = projection::merge(tx, id, into)?;
    let change = Change::of(ItemKind::Source, id, Action::Merged).by(staff.id);
    tx.record(
        change
            .saying(serde_json::json!({"into": into}))
            .touching(moved.iter().chain([&into]).map(|id| format!("source:{id}")))
            .touching(all_about(&texts)),
    );
    Ok(survivor)
}

/// Brings what readers see into line with the source, and says which of their answers it touches.
fn show(tx: &mut Tx, source: &Source, was: Disclosure) -> Result<Vec<String>, Problem> {
    let mut keys = Vec::new();
    if source.disclosure != was {
        store::disclose_merged(tx, source.id, source.disclosure)?;
        let merged = store::merged_into(tx, &[source.id])?;
        keys.extend(merged.iter().map(|(_, id)| format!("source:{id}")));
    }
    let texts = match (was.is_on_record(), source.disclosure.is_on_record()) {
        (false, false) => return Ok(Vec::new()),
        (true, true) => {
            projection::project(tx, &[source.id])?;
            Vec::new()
        }
        (true, false) | (false, true) => projection::recredit(tx, source.id)?,
    };
    keys.extend(all_about(&texts));
    Ok(keys)
}

/// The surrogate keys of what readers have of a source's quotes in these texts: the articles, the
/// lists that are filtered by sources, and all lists of quotes and sources.
fn all_about(texts: &[TextKey]) -> BTreeSet<String> {
    let own = texts
        .iter()
        .flat_map(|(article, lang)| [format!("article:{article}"), format!("articles:{lang}")]);
    own.chain(["sources".to_owned(), "quotes".to_owned()])
        .collect()
}

fn seen(conn: &mut DbConn, id: SourceId, staff: &Staff) -> Result<Source, Problem> {
    store::find_seen(conn, id, Sight::of(staff))?.ok_or_else(Problem::not_found)
}

/// A source that can be changed; a deleted one is not there.
fn live(conn: &mut DbConn, id: SourceId, staff: &Staff) -> Result<Source, Problem> {
    let source = seen(conn, id, staff)?;
    source.check_unmerged()?;
    match source.deleted_at {
        Some(_) => Err(Problem::not_found()),
        None => Ok(source),
    }
}

fn changeable(
    tx: &mut Tx,
    id: SourceId,
    staff: &Staff,
    if_match: &IfMatch,
) -> Result<Source, Problem> {
    let source = live(tx, id, staff)?;
    source.check_changer(staff, credits::is_credited(tx, id)?)?;
    if_match.check(source.version)?;
    Ok(source)
}

fn save(tx: &mut Tx, source: &Source, read: i64) -> Result<(), Problem> {
    check_saved(store::save(tx, source, read)?, read)
}

fn answer(source: Source) -> WithEtag<DeskSource> {
    WithEtag {
        version: source.version,
        item: source.into(),
    }
}
