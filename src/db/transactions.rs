//! How transactions begin and end. Where connections are shared with others between transactions
//! (`NEWSLINE_PG_POOLED`), each has to say for itself what a session would say once.

use diesel::QueryResult;
use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};

use super::DbConn;

/// What each transaction says of itself; nothing where its session has said it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms {
    /// How many milliseconds a statement may take.
    pub(super) statement_timeout: Option<u128>,
}

const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

impl Terms {
    /// Begins a transaction whose statements see one state of the database, and write nothing.
    pub(super) fn begin_snapshot(self, conn: &mut DbConn) -> QueryResult<()> {
        self.begin(conn, SNAPSHOT)
    }

    /// Begins a transaction for one statement, if it needs one to be told the terms.
    pub(super) fn begin_if_needed(self, conn: &mut DbConn) -> QueryResult<bool> {
        match self.statement_timeout {
            None => Ok(false),
            Some(_) => self.begin(conn, "BEGIN").map(|()| true),
        }
    }

    fn begin(self, conn: &mut DbConn, on_postgres: &str) -> QueryResult<()> {
        match conn {
            DbConn::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN"),
            DbConn::Postgres(conn) => match self.told() {
                None => AnsiTransactionManager::begin_transaction_sql(conn, on_postgres),
                Some(terms) => AnsiTransactionManager::begin_transaction_sql(
                    conn,
                    &format!("{on_postgres}; {terms}"),
                ),
            },
        }
    }

    /// Tells them in a transaction that has begun.
    pub(super) fn tell(self, conn: &mut DbConn) -> QueryResult<()> {
        match (conn, self.told()) {
            (DbConn::Postgres(conn), Some(terms)) => conn.batch_execute(&terms),
            _ => Ok(()),
        }
    }

    fn told(self) -> Option<String> {
        let timeout = self.statement_timeout?;
        Some(format!("SET LOCAL statement_timeout = {timeout}"))
    }
}

/// Ends a transaction that wrote nothing.
pub(super) fn end(conn: &mut DbConn) -> QueryResult<()> {
    match conn {
        DbConn::Sqlite(conn) => AnsiTransactionManager::rollback_transaction(conn),
        DbConn::Postgres(conn) => AnsiTransactionManager::rollback_transaction(conn),
    }
}
