//! Making, changing, deleting and restoring what has a slug and names.

use actix_web::{HttpRequest, HttpResponse};

use super::{Named, order, rows_of_page};
use crate::app::App;
use crate::auth::Staff;
use crate::changes::{Action, Change};
use crate::db::{AnyId, DbConn, Tx};
use crate::http::etag::{IfMatch, WithEtag, check_saved};
use crate::http::once::Answer;
use crate::http::page::{Listing, Pager, Paging};
use crate::http::patch::Patch;
use crate::http::problem::{ApiResult, Code, Problem};
use crate::http::query::Deleted;
use crate::language::{Names, NamesPatch};
use crate::site;

/// The answer to a POST.
pub fn create<T: Named>(tx: &mut Tx, staff: &Staff, mut row: T) -> Result<Answer, Problem> {
    row.insert(tx)?;
    put_in_order(tx, &mut row)?;
    tx.record(change_of(&row, Action::Created, staff));
    let location = format!("/v1/desk/{}/{}", T::COLLECTION, row.id());
    let version = *row.log().version;
    Answer::created(location, version, &T::Json::from(row))
}

/// A page for the desk.
pub async fn list<T: Named>(
    app: &App,
    request: &HttpRequest,
    (paging, Deleted { deleted }): (Paging, Deleted),
) -> ApiResult<Listing<T::Json>> {
    let pager = Pager::new(request, &app.cursors, paging)?;
    let wanted = (pager.at.clone(), pager.rows(), pager.count);
    let read = move |conn: &mut DbConn| Ok::<_, Problem>(rows_of_page::<T>(conn, deleted, wanted)?);
    let (rows, total) = app.db.read_snapshot(read).await?;
    let page = pager.page(rows, T::key).with_total(total);
    Ok(pager.listing(page.map(T::Json::from)))
}

/// One for the desk, deleted or not.
pub async fn get<T: Named>(app: &App, id: AnyId) -> ApiResult<WithEtag<T::Json>> {
    let row = app
        .db
        .read(move |conn| Ok::<_, Problem>(T::find(conn, id.of())?))
        .await?;
    Ok(with_etag(row.ok_or_else(Problem::not_found)?))
}

/// Changes one; `edit` says how.
pub async fn change<T: Named>(
    app: &App,
    staff: Staff,
    id: AnyId,
    if_match: IfMatch,
    edit: impl Fn(&mut DbConn, &mut T) -> Result<(), Problem> + Send + 'static,
) -> ApiResult<WithEtag<T::Json>> {
    let row = app
        .db
        .write(move |tx| {
            let mut row = read::<T>(tx, id, &if_match)?;
            refuse_deleted(&mut row)?;
            edit(tx, &mut row)?;
            save(tx, row, Action::Changed, &staff)
        })
        .await?;
    Ok(with_etag(row))
}

/// Hides one, unless something needs it.
pub async fn delete<T: Named>(
    app: &App,
    staff: Staff,
    id: AnyId,
    if_match: IfMatch,
) -> ApiResult<HttpResponse> {
    app.db
        .write(move |tx| {
            let mut row = T::hold_unused(tx, id.of())?.ok_or_else(Problem::not_found)?;
            if_match.check(*row.log().version)?;
            refuse_deleted(&mut row)?;
            if let Some(need) = row.needed_by(tx)? {
                return Err(Problem::new(Code::InUse, need));
            }
            *row.log().deleted_at = Some(tx.now());
            save(tx, row, Action::Deleted, &staff)
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Brings back one that was deleted.
pub async fn restore<T: Named>(
    app: &App,
    staff: Staff,
    id: AnyId,
    if_match: IfMatch,
) -> ApiResult<WithEtag<T::Json>> {
    let row = app
        .db
        .write(move |tx| {
            let mut row = read::<T>(tx, id, &if_match)?;
            if row.log().deleted_at.take().is_none() {
                return Err(Problem::new(Code::WrongState, "It is not deleted."));
            }
            match row.lacks(tx)? {
                Some(lack) => Err(Problem::new(Code::WrongState, lack)),
                None => save(tx, row, Action::Restored, &staff),
            }
        })
        .await?;
    Ok(with_etag(row))
}

fn read<T: Named>(tx: &mut Tx, id: AnyId, if_match: &IfMatch) -> Result<T, Problem> {
    let mut row = T::find(tx, id.of())?.ok_or_else(Problem::not_found)?;
    if_match.check(*row.log().version)?;
    Ok(row)
}

fn refuse_deleted<T: Named>(row: &mut T) -> Result<(), Problem> {
    match row.log().deleted_at {
        None => Ok(()),
        Some(_) => Err(Problem::new(
            Code::WrongState,
            "It was deleted. Restore it first.",
        )),
    }
}

fn save<T: Named>(tx: &mut Tx, mut row: T, action: Action, staff: &Staff) -> Result<T, Problem> {
    let log = row.log();
    let read = *log.version;
    *log.version += 1;
    *log.updated_at = tx.now();
    check_saved(row.save(tx, read)?, read)?;
    put_in_order(tx, &mut row)?;
    tx.record(change_of(&row, action, staff));
    Ok(row)
}

/// Puts it where it stands among the names that readers get.
pub fn put_in_order<T: Named>(tx: &mut Tx, row: &mut T) -> Result<(), Problem> {
    let Some(of) = T::BY_NAME else { return Ok(()) };
    let id: AnyId = row.id().of();
    if row.log().deleted_at.is_some() {
        return Ok(order::remove(tx, &[id])?);
    }
    let (of, names) = (&[of], row.names());
    let entry = order::Entry { id, of, names };
    let site = site::find(tx)?;
    Ok(order::put(tx, &[entry], site.chain())?)
}

fn change_of<T: Named>(row: &T, action: Action, staff: &Staff) -> Change {
    Change::of(T::KIND, row.id(), action)
        .by(staff.id)
        .touching([T::COLLECTION.to_owned()])
}

fn with_etag<T: Named>(mut row: T) -> WithEtag<T::Json> {
    WithEtag {
        version: *row.log().version,
        item: row.into(),
    }
}

/// Merges names that a patch may have; 422 where none would be left.
pub fn patch_names(patch: Patch<NamesPatch>, names: &mut Names) -> Result<(), Problem> {
    match patch {
        Patch::Absent => Ok(()),
        Patch::Set(patch) => patch
            .apply(names)
            .map_err(|error| Problem::field("/names", error.to_string())),
    }
}
