//! What sections, topics and lists have in common: a slug of their own, names per language, a
//! version, and a way back after deleting. Each says its statements and its JSON in [`Named`];
//! here stands what the desk does with them, and how readers get their names.

use actix_web::{HttpRequest, HttpResponse};
use diesel::QueryResult;
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::Staff;
use crate::changes::{Action, Change, ItemKind};
use crate::db::{AnyId, DbConn, Id, Instant, Tx};
use crate::http::etag::{IfMatch, WithEtag};
use crate::http::language::LanguageAsked;
use crate::http::once::Answer;
use crate::http::page::{Listing, Page, PageInfo, Pager, Paging, Position, TotalIs};
use crate::http::patch::Patch;
use crate::http::problem::{ApiResult, Code, Problem};
use crate::http::query::Deleted;
use crate::http::reading::Reading;
use crate::language::{Lang, Names, NamesPatch, Served, Slug, choose};
use crate::site::{self, Site};

/// A row with a slug and names. The statements take rows that were deleted like all others,
/// except where they are told which to take.
pub trait Named: Clone + Send + Sized + 'static {
    const KIND: ItemKind;
    /// The last part of its addresses and the surrogate key of its lists: `sections`.
    const COLLECTION: &'static str;
    /// What its lists are ordered by.
    type Key: Clone + Serialize + DeserializeOwned + Send + 'static;
    /// What the desk sees.
    type Json: From<Self> + Serialize;

    fn id(&self) -> Id<Self>;
    fn slug(&self) -> &Slug;
    fn names(&self) -> &Names;
    fn key(&self) -> Self::Key;
    fn log(&mut self) -> Log<'_>;

    fn find(conn: &mut DbConn, id: Id<Self>) -> QueryResult<Option<Self>>;
    /// A page in order, or from the key backwards: what is there, or what was deleted.
    fn list(
        conn: &mut DbConn,
        deleted: bool,
        at: Option<Position<Self::Key>>,
        limit: i64,
    ) -> QueryResult<Vec<Self>>;
    /// How many there are, or were deleted; counting stops beyond `COUNT_LIMIT`.
    fn count(conn: &mut DbConn, deleted: bool) -> QueryResult<i64>;
    fn insert(&self, conn: &mut DbConn) -> QueryResult<()>;
    /// Saves the row if it still has the version that was read; false where it has not.
    fn save(&self, conn: &mut DbConn, read: i64) -> QueryResult<bool>;
    /// What still needs it, as a sentence; nothing where it can be deleted.
    fn needed_by(&self, conn: &mut DbConn) -> QueryResult<Option<&'static str>>;
}

/// The part of [`Named`] that differs by nothing but the table.
#[macro_export]
macro_rules! named_row {
    ($table:ident) => {
        fn id(&self) -> $crate::db::Id<Self> {
            self.id
        }
        fn slug(&self) -> &$crate::language::Slug {
            &self.slug
        }
        fn names(&self) -> &$crate::language::Names {
            &self.names.0
        }
        fn log(&mut self) -> $crate::named::Log<'_> {
            $crate::named::Log {
                version: &mut self.version,
                updated_at: &mut self.updated_at,
                deleted_at: &mut self.deleted_at,
            }
        }

        fn find(
            conn: &mut $crate::db::DbConn,
            id: $crate::db::Id<Self>,
        ) -> ::diesel::QueryResult<Option<Self>> {
            $table::table.find(id).first(conn).optional()
        }

        fn count(conn: &mut $crate::db::DbConn, deleted: bool) -> ::diesel::QueryResult<i64> {
            let counted: Vec<$crate::db::Id<Self>> = $table::table
                .filter($table::deleted_at.is_not_null().eq(deleted))
                .select($table::id)
                .limit($crate::http::page::COUNT_LIMIT + 1)
                .load(conn)?;
            Ok(counted.len() as i64)
        }

        fn insert(&self, conn: &mut $crate::db::DbConn) -> ::diesel::QueryResult<()> {
            ::diesel::insert_into($table::table)
                .values(self)
                .execute(conn)
                .map(drop)
        }

        fn save(&self, conn: &mut $crate::db::DbConn, read: i64) -> ::diesel::QueryResult<bool> {
            let unchanged =
                $table::table.filter($table::id.eq(self.id).and($table::version.eq(read)));
            ::diesel::update(unchanged)
                .set(self)
                .execute(conn)
                .map(|rows| rows == 1)
        }
    };
}

/// The columns of a row that say when it was changed.
pub struct Log<'a> {
    pub version: &'a mut i64,
    pub updated_at: &'a mut Instant,
    pub deleted_at: &'a mut Option<Instant>,
}

/// The answer to a POST.
pub fn create<T: Named>(tx: &mut Tx, staff: &Staff, mut row: T) -> Result<Answer, Problem> {
    row.insert(tx)?;
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
    let page = page::<T>(app, &pager, deleted).await?;
    Ok(pager.listing(page.map(T::Json::from)))
}

async fn page<T: Named>(app: &App, pager: &Pager<T::Key>, deleted: bool) -> ApiResult<Page<T>> {
    let (at, rows, count) = (pager.at.clone(), pager.rows(), pager.count);
    let (rows, total) = app
        .db
        .read_snapshot(move |conn| {
            let rows = T::list(conn, deleted, at, rows)?;
            let total = count.then(|| T::count(conn, deleted)).transpose()?;
            Ok::<_, Problem>((rows, total))
        })
        .await?;
    Ok(pager.page(rows, T::key).with_total(total))
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
            let mut row = read::<T>(tx, id, &if_match)?;
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

/// Brings one back; what was never deleted stays as it is.
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
            match row.log().deleted_at.take() {
                None => Ok(row),
                Some(_) => save(tx, row, Action::Restored, &staff),
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
    if !row.save(tx, read)? {
        return Err(Problem::stale(read + 1));
    }
    tx.record(change_of(&row, action, staff));
    Ok(row)
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

/// References that are ids, and those that are slugs.
pub fn ids_and_slugs<T: Named>(references: &[String]) -> (Vec<Id<T>>, Vec<String>) {
    let ids = references.iter().filter_map(|reference| reference.parse().ok());
    (ids.collect(), references.to_vec())
}

/// What each reference names among the rows that were found.
pub fn in_order_of<T: Named>(references: &[String], found: Vec<T>) -> Vec<Option<T>> {
    let named = |reference: &String| {
        let is_it = |row: &&T| match reference.parse::<Id<T>>() {
            Ok(id) => row.id() == id,
            Err(_) => row.slug().as_str() == reference,
        };
        found.iter().find(is_it).cloned()
    };
    references.iter().map(named).collect()
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

/// A section or a topic.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Named)]
pub struct NamedJson {
    pub id: AnyId,
    pub slug: Slug,
    /// The name in the language served, or in the first of the site's languages that it has one in.
    #[schema(example = "Politics")]
    pub name: String,
    pub names: Names,
}

impl NamedJson {
    pub fn new<T: Named>(row: &T, lang: &Lang, chain: &[Lang]) -> Self {
        Self {
            id: row.id().of(),
            slug: row.slug().clone(),
            name: row.names().pick(lang, chain).to_owned(),
            names: row.names().clone(),
        }
    }
}

/// Sections or topics, named in one language.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NamedList {
    /// In which of the site's languages `name` is; null where none was asked for that the site has.
    #[schema(required = true)]
    pub served: Option<Served>,
    pub items: Vec<NamedJson>,
    pub page: PageInfo,
    /// Only with `count=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
    /// Only with `count=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_is: Option<TotalIs>,
}

/// All of them for readers, in order.
pub async fn read_all<T: Named>(app: &App, asked: LanguageAsked) -> ApiResult<Reading> {
    let (site, rows) = app
        .db
        .read_snapshot(|conn| {
            Ok::<_, Problem>((site::find(conn)?, T::list(conn, false, None, i64::MAX)?))
        })
        .await?;
    reading(&site, &asked, whole(rows), |_| Vec::new())
}

/// A page of them for readers.
pub async fn read_page<T: Named>(
    app: &App,
    asked: LanguageAsked,
    pager: Pager<T::Key>,
) -> ApiResult<Reading> {
    let site = app
        .db
        .read(|conn| Ok::<_, Problem>(site::find(conn)?))
        .await?;
    let page = page::<T>(app, &pager, false).await?;
    reading(&site, &asked, page, |page| pager.links(page))
}

/// Rows that all fit one page.
fn whole<T>(items: Vec<T>) -> Page<T> {
    let page = PageInfo {
        next: None,
        prev: None,
        size: items.len(),
    };
    Page {
        items,
        page,
        total: None,
        total_is: None,
    }
}

fn reading<T: Named>(
    site: &Site,
    asked: &LanguageAsked,
    page: Page<T>,
    links: impl Fn(&PageInfo) -> Vec<String>,
) -> ApiResult<Reading> {
    let chain = site.chain();
    let served = choose(&asked.asked, chain, chain, asked.for_list());
    let named = match &served {
        Some(served) => page.map(|row| NamedJson::new(&row, &served.lang, chain)),
        None => {
            let counted = page.total.map(|_| 0);
            whole(Vec::new()).with_total(counted)
        }
    };
    let lang = served.as_ref().map(|served| served.lang.clone());
    let Page {
        items,
        page,
        total,
        total_is,
    } = named;
    let links = links(&page);
    let list = NamedList {
        served,
        items,
        page,
        total,
        total_is,
    };
    Ok(Reading::json(&list)?
        .in_language(lang.as_ref(), &asked.asked)
        .about([T::COLLECTION.to_owned(), "site".to_owned()])
        .linked(links))
}
