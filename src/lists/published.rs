//! Statements on lists for readers: a reference table, read through both doors.

use diesel::prelude::*;

use super::model::List;
use crate::db::DbConn;
use crate::db::schema::lists;
use crate::language::Slug;

/// A list that is not deleted.
pub fn find(conn: &mut DbConn, slug: &Slug) -> QueryResult<Option<List>> {
    lists::table
        .filter(lists::slug.eq(slug).and(lists::deleted_at.is_null()))
        .first(conn)
        .optional()
}
