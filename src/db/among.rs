//! `column IN (values)` in a form whose prepared statement is kept.
//!
//! Diesel's `eq_any` makes on SQLite a statement of its own for each number of values, and so keeps
//! none of them: each is prepared anew, which costs more than to run it. Here the list is filled up
//! with its last value to a power of two, so that there are few statements, however many values there are.
//! PostgreSQL takes them as one array.

use diesel::expression::{Expression, ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{Array, Bool, HasSqlType, SingleValue};
use diesel::sqlite::Sqlite;
use diesel::{AppearsOnTable, QueryResult, SelectableExpression};

use super::MultiBackend;

/// Longer lists are so rare that their statements are not worth keeping.
const LONGEST_KEPT: usize = 256;

/// True where the column has one of the values; without values false for every row. Of a column that is
/// NULL it is NULL otherwise, which no condition lets pass, with `NOT` before it or without.
#[derive(Debug, Clone)]
pub struct Among<C, T> {
    column: C,
    values: Vec<T>,
}

/// `column IN (values)`; false where there are none.
pub fn among<C, T>(column: C, values: impl Into<Vec<T>>) -> Among<C, T>
where
    C: Expression,
    C::SqlType: SingleValue,
{
    Among {
        column,
        values: values.into(),
    }
}

impl<C: Expression, T> Expression for Among<C, T> {
    type SqlType = Bool;
}
impl<C, T, G> ValidGrouping<G> for Among<C, T> {
    type IsAggregate = is_aggregate::No;
}
impl<C: AppearsOnTable<QS>, T, QS> AppearsOnTable<QS> for Among<C, T> {}
impl<C: SelectableExpression<QS>, T, QS> SelectableExpression<QS> for Among<C, T> {}

/// How long the list is decides what is written, and is not part of the type.
impl<C, T> QueryId for Among<C, T> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C, T> QueryFragment<Pg> for Among<C, T>
where
    C: Expression + QueryFragment<Pg>,
    C::SqlType: SingleValue,
    Vec<T>: ToSql<Array<C::SqlType>, Pg>,
    Pg: HasSqlType<Array<C::SqlType>>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        out.push_sql(" = ANY(");
        out.push_bind_param::<Array<C::SqlType>, Vec<T>>(&self.values)?;
        out.push_sql(")");
        Ok(())
    }
}

impl<C, T> QueryFragment<Sqlite> for Among<C, T>
where
    C: Expression + QueryFragment<Sqlite>,
    C::SqlType: SingleValue,
    T: ToSql<C::SqlType, Sqlite>,
    Sqlite: HasSqlType<C::SqlType>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        let (Some(last), length) = (self.values.last(), self.values.len()) else {
            out.push_sql("1=0");
            return Ok(());
        };
        let places = match length > LONGEST_KEPT {
            true => {
                out.unsafe_to_cache_prepared();
                length
            }
            false => length.next_power_of_two(),
        };
        self.column.walk_ast(out.reborrow())?;
        out.push_sql(" IN (");
        let filled = self.values.iter().chain(std::iter::repeat(last));
        for (nth, value) in filled.take(places).enumerate() {
            out.push_sql(if nth == 0 { "" } else { ", " });
            out.push_bind_param::<C::SqlType, T>(value)?;
        }
        out.push_sql(")");
        Ok(())
    }
}

impl<C, T> QueryFragment<MultiBackend> for Among<C, T>
where
    Self: QueryFragment<Sqlite> + QueryFragment<Pg>,
{
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        MultiBackend::walk_variant_ast(self, out)
    }
}

#[cfg(test)]
mod tests {
    use diesel::connection::SimpleConnection;
    use diesel::debug_query;
    use diesel::dsl::not;
    use diesel::prelude::*;

    use super::*;
    use crate::db::Id;
    use crate::db::schema::topics;

    fn ids(number: usize) -> Vec<Id<()>> {
        (0..number).map(|_| Id::new()).collect()
    }

    fn binds_on_sqlite(number: usize) -> usize {
        let query = topics::table
            .filter(among(topics::id, ids(number)))
            .select(topics::id);
        debug_query::<Sqlite, _>(&query)
            .to_string()
            .matches('?')
            .count()
    }

    #[test]
    fn lists_of_all_lengths_make_few_statements() {
        let lengths: Vec<usize> = [1, 2, 3, 4, 5, 20, 32, 33, 200, 300]
            .into_iter()
            .map(binds_on_sqlite)
            .collect();
        assert_eq!(lengths, [1, 2, 4, 4, 8, 32, 32, 64, 256, 300]);
    }

    #[test]
    fn nothing_is_among_none() {
        assert_eq!(binds_on_sqlite(0), 0);
    }

    diesel::table! {
        notes (id) { id -> Integer, word -> Nullable<Text> }
    }

    /// Of the words a, b and NULL, those that a condition lets pass.
    macro_rules! passing {
        ($condition:expr) => {{
            let mut conn = SqliteConnection::establish(":memory:").expect("a database");
            let rows = "CREATE TABLE notes (id INTEGER, word TEXT); \
                        INSERT INTO notes VALUES (1, 'a'), (2, 'b'), (3, NULL)";
            conn.batch_execute(rows).expect("rows");
            let found = notes::table.filter($condition).order(notes::id);
            let found: Vec<i32> = found.select(notes::id).load(&mut conn).expect("ids");
            found
        }};
    }

    #[test]
    fn it_is_what_in_is() {
        let words = |words: &[&'static str]| among(notes::word, words.to_vec());
        assert_eq!(passing!(words(&["b", "x", "a"])), [1, 2]);
        assert_eq!(passing!(not(words(&["a"]))), [2]);
        assert_eq!(passing!(words(&[]).or(notes::id.eq(3))), [3]);
        assert_eq!(passing!(not(words(&[]))), [1, 2, 3]);
        let many: Vec<String> = (0..300).map(|nth| nth.to_string()).collect();
        let many = || among(notes::word, many.clone());
        assert_eq!(passing!(many().or(words(&["b"]))), [2]);
    }
}
