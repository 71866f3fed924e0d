//! Statements that stay prepared although diesel would prepare them anew each time.
//!
//! Of an UPDATE diesel cannot know that it always sets the same columns, and of an INSERT of several rows
//! that there are not many numbers of them. Where it is so, preparing it again would cost more than
//! running it. This is for a connection to one database, and for statements that return rows: of others,
//! and for "either", diesel looks into the statement itself.

use diesel::QueryResult;
use diesel::RunQueryDsl;
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};

/// A statement that is written the same way each time.
pub struct Prepared<Q>(Q);

/// Keeps a statement prepared that is written the same way each time, and returns rows.
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use diesel::connection::{InstrumentationEvent, SimpleConnection};
    use diesel::prelude::*;

    use super::*;
    use crate::db::DbConn;

    diesel::table! {
        words (id) { id -> Integer, word -> Text }
    }

    /// A connection, and how many statements it keeps prepared.
    fn connection() -> (SqliteConnection, Arc<AtomicUsize>) {
        let mut conn = SqliteConnection::establish(":memory:").expect("a database");
        conn.batch_execute("CREATE TABLE words (id INTEGER, word TEXT)")
            .expect("a table");
        let kept = Arc::new(AtomicUsize::new(0));
        let counter = kept.clone();
        conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if matches!(event, InstrumentationEvent::CacheQuery { .. }) {
                counter.fetch_add(1, Ordering::Relaxed);
            }
        });
        (conn, kept)
    }

    #[test]
    fn a_save_is_prepared_once() {
        let (mut conn, kept) = connection();
        conn.batch_execute("INSERT INTO words VALUES (1, 'none')")
            .expect("a row");
        for word in ["one", "two", "three"] {
            let save = diesel::update(words::table.filter(words::id.eq(1)))
                .set(words::word.eq(word))
                .returning(words::word);
            let saved: Vec<String> = prepared(save).load(&mut conn).expect("a save");
            assert_eq!(saved, [word]);
        }
        assert_eq!(kept.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn few_rows_are_inserted_by_statements_that_stay_prepared() {
        let (conn, kept) = connection();
        let conn = &mut DbConn::Sqlite(conn);
        let mut insert = |many: i32| {
            let rows: Vec<_> = (0..many)
                .map(|nth| (words::id.eq(nth), words::word.eq("word")))
                .collect();
            insert_few!(&mut *conn, words::table, rows.as_slice()).expect("rows")
        };
        for round in 0..2 {
            assert_eq!(
                [insert(0), insert(1), insert(2), insert(3)],
                [0, 1, 2, 3],
                "{round}"
            );
        }
        assert_eq!(kept.load(Ordering::Relaxed), 3);
        assert_eq!(insert(9), 9);
        assert_eq!(kept.load(Ordering::Relaxed), 3);
    }
}
