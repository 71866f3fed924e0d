//! Statements on lists for readers: a reference table, read through both doors.

use diesel::prelude::*;

use super::model::{List, Rule};
use crate::db::DbConn;
use crate::db::schema::lists;
use crate::language::Slug;
use crate::sources::published::{self, Known};

/// A list that is not deleted. One about a source that was merged is about its survivor; one about
/// a source that readers do not know is not there for them.
pub fn find(conn: &mut DbConn, slug: &Slug) -> QueryResult<Option<List>> {
    let found: Option<List> = lists::table
        .filter(lists::slug.eq(slug).and(lists::deleted_at.is_null()))
        .first(conn)
        .optional()?;
    let Some(mut list) = found else {
        return Ok(None);
    };
    if let Rule::Source { source } = &mut list.rule.0 {
        match published::find(conn, *source)? {
            None => return Ok(None),
            Some(Known::Here(_)) => {}
            Some(Known::Moved(survivor)) => *source = survivor,
        }
    }
    Ok(Some(list))
}
