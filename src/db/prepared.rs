//! Statements that stay prepared although diesel would prepare them anew each time.
//!
//! Of an UPDATE diesel cannot know that it always sets the same columns, and of an INSERT of several rows
//! that there are not many numbers of them. Where it is so, preparing it again would cost more than
//! running it. This is for a connection to one database: for "either" diesel looks into the statement itself.

use diesel::QueryResult;
use diesel::RunQueryDsl;
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};

/// A statement that is written the same way each time.
pub struct Prepared<Q>(Q);

/// Keeps a statement prepared that is written the same way each time.
pub fn prepared<Q>(query: Q) -> Prepared<Q> {
    Prepared(query)
}

impl<Q: Query> Query for Prepared<Q> {
    type SqlType = Q::SqlType;
}

impl<Q> QueryId for Prepared<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: QueryFragment<DB>, DB: Backend> QueryFragment<DB> for Prepared<Q> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, _: &DB) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<Q, C> RunQueryDsl<C> for Prepared<Q> {}

/// Inserts rows, of which there are mostly none, one, two or three: as many as an array has make one
/// statement.
#[macro_export]
macro_rules! insert_few {
    ($conn:expr, $table:path, $rows:expr) => {{
        let (conn, rows) = ($conn, $rows);
        let (one, two, three) = (rows.first_chunk::<1>(), rows.first_chunk::<2>(), rows.first_chunk::<3>());
        $crate::on_each_backend!(conn => match (rows.len(), one, two, three) {
            (0, ..) => Ok(0),
            (1, Some(rows), ..) => diesel::insert_into($table).values(rows).execute(conn),
            (2, _, Some(rows), _) => diesel::insert_into($table).values(rows).execute(conn),
            (3, .., Some(rows)) => diesel::insert_into($table).values(rows).execute(conn),
            _ => diesel::insert_into($table).values(rows).execute(conn),
        })
    }};
}
