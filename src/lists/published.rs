//! Statements on lists for readers: a reference table, read through both doors.

use diesel::dsl::not;
use diesel::prelude::*;

use super::model::{List, ListId, Rule, SourceId};
use crate::db::among::among;
use crate::db::schema::lists;
use crate::db::{DbConn, Json};
use crate::http::page::{COUNT_LIMIT, Position};
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

/// A page in the order of slugs, or from the key backwards, without some of them.
pub fn list(
    conn: &mut DbConn,
    deleted: bool,
    without: &[ListId],
    at: Option<Position<Slug>>,
    limit: i64,
) -> QueryResult<Vec<List>> {
    let mut query = lists::table
        .filter(lists::deleted_at.is_not_null().eq(deleted))
        .filter(not(among(lists::id, without)))
        .limit(limit)
        .into_boxed();
    query = match at {
        Some(Position { back: true, key }) => {
            query.filter(lists::slug.lt(key)).order(lists::slug.desc())
        }
        Some(Position { back: false, key }) => query.filter(lists::slug.gt(key)).order(lists::slug),
        None => query.order(lists::slug),
    };
    query.load(conn)
}

/// How many there are without some of them; counting stops beyond [`COUNT_LIMIT`].
pub fn count(conn: &mut DbConn, without: &[ListId]) -> QueryResult<i64> {
    let counted: Vec<ListId> = lists::table
        .filter(lists::deleted_at.is_null())
        .filter(not(among(lists::id, without)))
        .select(lists::id)
        .limit(COUNT_LIMIT + 1)
        .load(conn)?;
    Ok(counted.len() as i64)
}

/// The lists that are about a source.
pub struct AboutSources {
    /// Those whose source readers do not know, so that the list is not there for them.
    pub hidden: Vec<ListId>,
    pub any: bool,
}

/// Which lists are about a source. A newsroom has few lists, so all of them are looked at.
pub fn about_sources(conn: &mut DbConn) -> QueryResult<AboutSources> {
    let rules: Vec<(ListId, Json<Rule>)> = lists::table
        .filter(lists::deleted_at.is_null())
        .select((lists::id, lists::rule))
        .load(conn)?;
    let about: Vec<(ListId, SourceId)> = rules
        .into_iter()
        .filter_map(|(list, Json(rule))| match rule {
            Rule::Source { source } => Some((list, source)),
            _ => None,
        })
        .collect();
    let sources: Vec<SourceId> = about.iter().map(|(_, source)| *source).collect();
    let known = published::find_many_merged(conn, &sources)?;
    let any = !about.is_empty();
    let hidden = about
        .into_iter()
        .filter(|(_, source)| !known.contains_key(source));
    Ok(AboutSources {
        hidden: hidden.map(|(list, _)| list).collect(),
        any,
    })
}
