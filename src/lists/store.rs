//! Statements on lists.

use diesel::prelude::*;
use uuid::Uuid;

use super::api::ListJson;
use super::model::{ArticleId, List, Rule, SourceId};
use super::published;
use crate::changes::ItemKind;
use crate::db::among::among;
use crate::db::schema::{articles, lists, sources};
use crate::db::{DbConn, Json};
use crate::http::page::Position;
use crate::language::Slug;
use crate::named::Named;
use crate::named_row;
use crate::sections::Section;
use crate::topics::Topic;

/// The list of this slug, deleted or not.
pub fn by_slug(conn: &mut DbConn, slug: &str) -> QueryResult<Option<List>> {
    lists::table
        .filter(lists::slug.eq(slug))
        .first(conn)
        .optional()
}

/// Whether a list selects by this section, topic or source.
pub fn follows(conn: &mut DbConn, term: Uuid) -> QueryResult<bool> {
    let rules: Vec<Json<Rule>> = lists::table
        .filter(lists::deleted_at.is_null())
        .select(lists::rule)
        .load(conn)?;
    Ok(rules.iter().any(|rule| rule.0.follows(term)))
}

/// Which of these articles there are.
pub fn known_articles(conn: &mut DbConn, ids: &[ArticleId]) -> QueryResult<Vec<ArticleId>> {
    articles::table
        .filter(among(articles::id, ids))
        .select(articles::id)
        .load(conn)
}

/// Whether there is such a source.
pub fn has_source(conn: &mut DbConn, id: SourceId) -> QueryResult<bool> {
    let found: Option<SourceId> = sources::table
        .filter(sources::id.eq(id).and(sources::deleted_at.is_null()))
        .select(sources::id)
        .first(conn)
        .optional()?;
    Ok(found.is_some())
}

impl Named for List {
    const KIND: ItemKind = ItemKind::List;
    const COLLECTION: &'static str = "lists";
    type Key = Slug;
    type Json = ListJson;
    named_row!(lists);

    fn key(&self) -> Slug {
        self.slug.clone()
    }

    fn list(
        conn: &mut DbConn,
        deleted: bool,
        at: Option<Position<Slug>>,
        limit: i64,
    ) -> QueryResult<Vec<Self>> {
        published::list(conn, deleted, &[], at, limit)
    }

    fn needed_by(&self, _: &mut DbConn) -> QueryResult<Option<&'static str>> {
        Ok(self.is_news_line().then_some("Pages show News Line."))
    }

    fn lacks(&self, conn: &mut DbConn) -> QueryResult<Option<&'static str>> {
        let is_there = match self.rule.0 {
            Rule::Latest | Rule::Kind { .. } => true,
            Rule::Section { section } => {
                let found = Section::hold_used(conn, &[section.to_string()])?;
                found.iter().all(Option::is_some)
            }
            Rule::Topic { topic } => {
                let found = Topic::hold_used(conn, &[topic.to_string()])?;
                found.iter().all(Option::is_some)
            }
            Rule::Source { source } => has_source(conn, source)?,
        };
        Ok((!is_there).then_some("What it is about was deleted since: restore that first."))
    }
}
