//! Statements on the desk's quotes.

use diesel::prelude::*;

use super::model::{Quote, QuoteId};
use crate::articles::model::ArticleId;
use crate::db::among::among;
use crate::db::schema::quotes;
use crate::db::{AnyId, DbConn};
use crate::language::Lang;
use crate::on_each_backend;
use crate::sources::model::SourceId;

/// A quote that is part of its text.
pub fn find(conn: &mut DbConn, id: QuoteId) -> QueryResult<Option<Quote>> {
    quotes::table
        .find(id)
        .filter(quotes::removed_at.is_null())
        .first(conn)
        .optional()
}

/// A quote, also one that is no longer part of its text.
pub fn find_any(conn: &mut DbConn, id: QuoteId) -> QueryResult<Option<Quote>> {
    quotes::table.find(id).first(conn).optional()
}

/// Several quotes, also those that are no longer part of their texts.
pub fn find_many_any(conn: &mut DbConn, ids: &[QuoteId]) -> QueryResult<Vec<Quote>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    quotes::table.filter(among(quotes::id, ids)).load(conn)
}

/// The article of a quote, be the quote part of its text or not.
pub fn article_of(conn: &mut DbConn, id: QuoteId) -> QueryResult<Option<ArticleId>> {
    quotes::table
        .find(id)
        .select(quotes::article_id)
        .first(conn)
        .optional()
}

/// The quotes of a text in their order.
pub fn of_text(conn: &mut DbConn, article: ArticleId, lang: &Lang) -> QueryResult<Vec<Quote>> {
    quotes::table
        .filter(
            quotes::article_id
                .eq(article)
                .and(quotes::lang.eq(lang))
                .and(quotes::removed_at.is_null()),
        )
        .order(quotes::position)
        .load(conn)
}

/// The quotes of a statement that are part of their texts, at most so many: those that were linked
/// to it, and the one whose id it bears.
pub fn of_statement(conn: &mut DbConn, statement: AnyId, limit: usize) -> QueryResult<Vec<Quote>> {
    let linked = quotes::statement.eq(statement).assume_not_null();
    let own = quotes::id
        .eq(statement.of::<Quote>())
        .and(quotes::statement.is_null());
    quotes::table
        .filter(quotes::removed_at.is_null().and(linked.or(own)))
        .order(quotes::id)
        .limit(limit as i64)
        .load(conn)
}

/// The statement and the source of each quote that belongs to one of these and is part of its text.
pub fn members_of(
    conn: &mut DbConn,
    statements: &[AnyId],
) -> QueryResult<Vec<(AnyId, Option<SourceId>)>> {
    if statements.is_empty() {
        return Ok(Vec::new());
    }
    let own: Vec<QuoteId> = statements.iter().map(|statement| statement.of()).collect();
    let linked = among(quotes::statement, statements);
    let named = among(quotes::id, own).and(quotes::statement.is_null());
    let rows: Vec<(QuoteId, Option<AnyId>, Option<SourceId>)> = quotes::table
        .filter(quotes::removed_at.is_null().and(linked.or(named)))
        .select((quotes::id, quotes::statement, quotes::source_id))
        .load(conn)?;
    let member = |(id, statement, source): (QuoteId, Option<AnyId>, _)| {
        (statement.unwrap_or(id.of()), source)
    };
    Ok(rows.into_iter().map(member).collect())
}

/// Writes the rows of a text's quotes anew, in two statements however many there are.
pub fn replace(conn: &mut DbConn, rows: &[Quote]) -> QueryResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let ids: Vec<QuoteId> = rows.iter().map(|quote| quote.id).collect();
    diesel::delete(quotes::table.filter(among(quotes::id, ids))).execute(conn)?;
    on_each_backend!(conn => diesel::insert_into(quotes::table).values(rows).execute(conn).map(drop))
}
