//! What sections, topics and lists have in common: a slug of their own, names per language, a
//! version, and a way back after deleting. Each says its statements and its JSON in [`Named`];
//! `desk` is what the newsroom does with them, `public` how readers get their names, `order` the order
//! of names in each language.

pub mod desk;
pub mod order;
pub mod public;

use diesel::QueryResult;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::changes::ItemKind;
use crate::db::{DbConn, Id, Instant};
use crate::http::page::Position;
use crate::language::{Names, Slug};

/// A row with a slug and names. The statements take rows that were deleted like all others,
/// except where they are told which to take.
pub trait Named: Clone + Send + Sized + 'static {
    const KIND: ItemKind;
    /// The last part of its addresses and the surrogate key of its lists: `sections`.
    const COLLECTION: &'static str;
    /// The order of names that its lists for readers follow, if they do.
    const BY_NAME: Option<order::NamesOf> = None;
    /// What its other lists are ordered by.
    type Key: Clone + Serialize + DeserializeOwned + Send + 'static;
    /// What the desk sees.
    type Json: From<Self> + Serialize;

    fn id(&self) -> Id<Self>;
    fn slug(&self) -> &Slug;
    fn names(&self) -> &Names;
    fn key(&self) -> Self::Key;
    fn log(&mut self) -> Log<'_>;

    fn find(conn: &mut DbConn, id: Id<Self>) -> QueryResult<Option<Self>>;
    /// The same, and nothing comes to use it before this transaction ends.
    fn hold_unused(conn: &mut DbConn, id: Id<Self>) -> QueryResult<Option<Self>>;
    /// Those that these slugs or ids name, for something that is about to use them: nobody deletes
    /// them before this transaction ends. Nothing for what there is not, or was deleted.
    fn hold_used(conn: &mut DbConn, references: &[String]) -> QueryResult<Vec<Option<Self>>>;
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
    /// What it needs and is no longer there, as a sentence; nothing where it can be restored.
    fn lacks(&self, _conn: &mut DbConn) -> QueryResult<Option<&'static str>> {
        Ok(None)
    }
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

        fn hold_unused(
            conn: &mut $crate::db::DbConn,
            id: $crate::db::Id<Self>,
        ) -> ::diesel::QueryResult<Option<Self>> {
            let query = $table::table.filter($table::id.eq(id));
            match conn {
                // The one writer holds everything.
                $crate::db::DbConn::Sqlite(conn) => query.get_result(conn).optional(),
                $crate::db::DbConn::Postgres(conn) => {
                    query.for_update().get_result(conn).optional()
                }
            }
        }

        fn hold_used(
            conn: &mut $crate::db::DbConn,
            references: &[String],
        ) -> ::diesel::QueryResult<Vec<Option<Self>>> {
            if references.is_empty() {
                return Ok(Vec::new());
            }
            let (ids, slugs) = $crate::named::ids_and_slugs::<Self>(references);
            let query = $table::table
                .filter($table::deleted_at.is_null())
                .filter(
                    $crate::db::among::among($table::id, ids)
                        .or($crate::db::among::among($table::slug, slugs)),
                )
                .order($table::id);
            let found = match conn {
                // The one writer holds everything.
                $crate::db::DbConn::Sqlite(conn) => query.load(conn)?,
                $crate::db::DbConn::Postgres(conn) => query.for_key_share().load(conn)?,
            };
            Ok($crate::named::in_order_of(references, found))
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

/// The rows of a page, and their number where it is asked for.
fn rows_of_page<T: Named>(
    conn: &mut DbConn,
    deleted: bool,
    (at, limit, count): (Option<Position<T::Key>>, i64, bool),
) -> QueryResult<(Vec<T>, Option<i64>)> {
    let rows = T::list(conn, deleted, at, limit)?;
    let total = count.then(|| T::count(conn, deleted)).transpose()?;
    Ok((rows, total))
}

/// References that are ids, and those that are slugs.
pub fn ids_and_slugs<T: Named>(references: &[String]) -> (Vec<Id<T>>, Vec<String>) {
    let ids = references
        .iter()
        .filter_map(|reference| reference.parse().ok());
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
