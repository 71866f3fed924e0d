//! Statements on lists for readers: a reference table, read through both doors.

use diesel::prelude::*;

use super::model::{List, Rule};
use crate::db::DbConn;
use crate::db::schema::lists;
use crate::language::Slug;
use crate::sources::published;

/// A list that is not deleted. One about a source that readers do not know is not there for them.
pub fn find(conn: &mut DbConn, slug: &Slug) -> QueryResult<Option<List>> {
    let found: Option<List> = lists::table
        .filter(lists::slug.eq(slug).and(lists::deleted_at.is_null()))
        .first(conn)
        .optional()?;
    match found.as_ref().map(|list| list.rule.0) {
        Some(Rule::Source { source }) if published::find(conn, source)?.is_none() => Ok(None),
        _ => Ok(found),
    }
}
