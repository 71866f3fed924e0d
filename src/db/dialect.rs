//! What SQLite and PostgreSQL do differently, each with its reason. Nothing like it stands in a resource.

use diesel::backend::Backend;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::{Bool, Nullable, Text};
use diesel::{
    AppearsOnTable, Expression, PgConnection, QueryResult, RunQueryDsl, SelectableExpression,
};

use diesel::connection::SimpleConnection;

use super::{DbConn, Unavailable};

/// Which uniqueness an insert or update broke, as `table.column`: the same on both databases where
/// it is a unique column.
///
/// SQLite names the columns (`UNIQUE constraint failed: slugs.lang, slugs.slug`), of which this
/// gives the last; PostgreSQL the constraint (`sections_slug_key`).
pub fn violated(error: &DieselError) -> Option<String> {
    let DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, information) = error else {
        return None;
    };
    let Some(constraint) = information.constraint_name() else {
        let columns = information.message().rsplit(": ").next()?;
        return columns.rsplit(", ").next().map(str::to_owned);
    };
    let table = information.table_name().unwrap_or_default();
    let rest = constraint.strip_prefix(table)?.trim_start_matches('_');
    let column = rest.strip_suffix("_key").unwrap_or(rest);
    Some(format!("{table}.{column}"))
}

/// True where an insert met a row of the same key, which somebody else made a moment ago: the same
/// transaction finds it when it runs again. SQLite's one writer is never overtaken.
pub fn is_overtaken(error: &DieselError) -> bool {
    let DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, information) = error else {
        return false;
    };
    let constraint = information.constraint_name();
    constraint.is_some_and(|name| name.ends_with("_pkey"))
}

/// True for what goes away by itself when the transaction runs again. Deadlocks and lock time-outs
/// have no kind of their own in diesel, so their message decides.
pub fn is_transient(error: &DieselError) -> bool {
    match error {
        DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => true,
        DieselError::DatabaseError(_, information) => {
            information.message().contains("deadlock detected")
        }
        _ => false,
    }
}

/// True where a statement gave up waiting for another transaction's row (PostgreSQL's `lock_timeout`).
pub fn is_lock_timeout(error: &DieselError) -> bool {
    matches!(error, DieselError::DatabaseError(_, information) if information.message().contains("lock timeout"))
}

/// How SQLite, PostgreSQL and libpq say that the database cannot be reached, or went away meanwhile. (libpq's
/// are those of its `fe-misc.c`, `fe-exec.c` and `fe-secure-openssl.c`.)
const GONE: &[&str] = &[
    "disk I/O error",
    "terminating connection",
    "shutting down",
    "starting up",
    "recovery mode",
    "not yet accepting connections",
    "server closed",
    "could not receive data from server",
    "could not send data to server",
    "no connection to the server",
    "connection not open",
    "SSL connection has been closed",
    "SSL SYSCALL error",
];

/// What kind of outage an error of the database is; `None` for everything else.
pub fn unavailable(error: &DieselError) -> Option<Unavailable> {
    let information = match error {
        DieselError::DatabaseError(DatabaseErrorKind::ClosedConnection, _) => {
            return Some(Unavailable::Gone);
        }
        DieselError::BrokenTransactionManager
        | DieselError::AlreadyInTransaction
        | DieselError::NotInTransaction => {
            return Some(Unavailable::Gone);
        }
        DieselError::RollbackErrorOnCommit { commit_error, .. } => {
            return unavailable(commit_error);
        }
        DieselError::DatabaseError(_, information) => information,
        _ => return None,
    };
    let message = information.message();
    let says = |words: &[&str]| words.iter().any(|word| message.contains(word));
    if says(&["disk is full", "No space left"]) {
        Some(Unavailable::Full)
    } else if says(&[
        "database is locked",
        "statement timeout",
        "lock timeout",
        "too many clients",
    ]) {
        Some(Unavailable::Busy)
    } else if says(GONE) {
        Some(Unavailable::Gone)
    } else {
        None
    }
}

/// Lets a PostgreSQL speak English on a connection, because errors for which diesel has no kind are told
/// by their words. Only a superuser may, or whoever was granted it (PostgreSQL 15), so that
/// [`foreign_language`] is asked at start.
pub fn speak_english(conn: &mut PgConnection) -> QueryResult<()> {
    if !is_english(&language(conn)?) {
        // Where it may not, nothing is changed.
        let _ = conn.batch_execute("SET lc_messages = 'C'");
    }
    Ok(())
}

/// The language of the database's messages, where it is another than English.
pub fn foreign_language(conn: &mut DbConn) -> QueryResult<Option<String>> {
    match conn {
        DbConn::Sqlite(_) => Ok(None),
        DbConn::Postgres(conn) => Ok(Some(language(conn)?).filter(|locale| !is_english(locale))),
    }
}

fn language(conn: &mut PgConnection) -> QueryResult<String> {
    let setting = diesel::dsl::sql::<Nullable<Text>>("current_setting('lc_messages', true)");
    let locale: Option<String> = diesel::select(setting).get_result(conn)?;
    Ok(locale.unwrap_or_default())
}

/// Whether messages in this locale are in English. One without a name is the server's own, of which
/// nothing is known.
fn is_english(locale: &str) -> bool {
    let locale = locale.to_lowercase();
    let language = locale.split(['_', '.', '@', '-', ' ']).next();
    matches!(language, Some("" | "c" | "posix" | "en" | "english"))
}

/// A message of the database as the log may have it: databases put values, statements and paths into
/// quotation marks, so what stands between the first and the last of them is left out: a value may
/// have some of its own.
pub fn for_log(message: &str) -> String {
    const MARKS: [char; 3] = ['"', '\'', '`'];
    match (message.find(MARKS), message.rfind(MARKS)) {
        (Some(first), Some(last)) => format!("{}…{}", &message[..first], &message[last + 1..]),
        _ => message.to_owned(),
    }
}

/// Why a connection cannot be had, as the log may have it. What libpq says of a server that it tried is
/// about the operator's own names, certificates and passwords, and is needed in full; what it says of
/// an address that it cannot read may quote a part of a password.
pub fn connection_for_log(error: &impl std::fmt::Display) -> String {
    let message = error.to_string();
    let message: Vec<&str> = message.lines().map(str::trim).collect();
    let message = message.join(" ");
    match message.starts_with("connection to server") {
        true => message,
        false => for_log(&message),
    }
}

/// Whether a key set goes up or down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryId)]
pub enum Way {
    Before,
    After,
}

/// `(a, b) < (x, y)` as a row value, which both databases answer from one index.
#[derive(Debug, Clone, Copy)]
pub struct RowCompare<A, B, X, Y> {
    left: (A, B),
    right: (X, Y),
    way: Way,
}

/// Compares two columns with two values as one row. `Way::Before` is `<`, `Way::After` is `>`.
pub fn row_compare<A, B, X, Y>(
    left: (A, B),
    way: Way,
    right: (X, Y),
) -> RowCompare<A, B, X::Expression, Y::Expression>
where
    A: Expression,
    B: Expression,
    A::SqlType: diesel::sql_types::SqlType,
    B::SqlType: diesel::sql_types::SqlType,
    X: diesel::expression::AsExpression<A::SqlType>,
    Y: diesel::expression::AsExpression<B::SqlType>,
{
    RowCompare {
        left,
        right: (right.0.as_expression(), right.1.as_expression()),
        way,
    }
}

impl<A, B, X, Y> Expression for RowCompare<A, B, X, Y>
where
    A: Expression,
    B: Expression,
    X: Expression,
    Y: Expression,
{
    type SqlType = Bool;
}

/// The operator is not part of the type, so the statement is not cached under it.
impl<A, B, X, Y> QueryId for RowCompare<A, B, X, Y> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<A, B, X, Y, DB: Backend> QueryFragment<DB> for RowCompare<A, B, X, Y>
where
    A: QueryFragment<DB>,
    B: QueryFragment<DB>,
    X: QueryFragment<DB>,
    Y: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("(");
        self.left.0.walk_ast(out.reborrow())?;
        out.push_sql(", ");
        self.left.1.walk_ast(out.reborrow())?;
        out.push_sql(match self.way {
            Way::Before => ") < (",
            Way::After => ") > (",
        });
        self.right.0.walk_ast(out.reborrow())?;
        out.push_sql(", ");
        self.right.1.walk_ast(out.reborrow())?;
        out.push_sql(")");
        Ok(())
    }
}

impl<A, B, X, Y, QS> SelectableExpression<QS> for RowCompare<A, B, X, Y>
where
    Self: AppearsOnTable<QS>,
    A: SelectableExpression<QS>,
    B: SelectableExpression<QS>,
    X: SelectableExpression<QS>,
    Y: SelectableExpression<QS>,
{
}

impl<A, B, X, Y, QS> AppearsOnTable<QS> for RowCompare<A, B, X, Y>
where
    Self: Expression,
    A: AppearsOnTable<QS>,
    B: AppearsOnTable<QS>,
    X: AppearsOnTable<QS>,
    Y: AppearsOnTable<QS>,
{
}

impl<A, B, X, Y, G> diesel::expression::ValidGrouping<G> for RowCompare<A, B, X, Y> {
    type IsAggregate = diesel::expression::is_aggregate::No;
}

/// Prepares a connection for writing very many rows: SQLite keeps more pages of the indexes in
/// memory, which are read and written all over; PostgreSQL has its own cache.
pub fn prepare_for_bulk(conn: &mut DbConn) -> QueryResult<()> {
    match conn {
        DbConn::Sqlite(conn) => conn.batch_execute("PRAGMA cache_size = -262144"),
        DbConn::Postgres(_) => Ok(()),
    }
}

/// Tells the planner what is in the tables. SQLite plans without, and Newsline's statements are
/// written for that.
pub fn analyze(conn: &mut DbConn) -> QueryResult<()> {
    match conn {
        DbConn::Sqlite(_) => Ok(()),
        DbConn::Postgres(conn) => conn.batch_execute("ANALYZE"),
    }
}

/// Inserts very many rows into a table: PostgreSQL takes them by COPY, SQLite in statements of some
/// hundred rows, each row of which costs a bind for each column.
#[macro_export]
macro_rules! insert_in_bulk {
    ($conn:expr, $table:path, $rows:expr) => {
        match &mut **$conn {
            $crate::db::DbConn::Sqlite(conn) => {
                for rows in $rows.chunks($crate::db::dialect::ROWS_OF_SQLITE) {
                    diesel::insert_into($table).values(rows).execute(conn)?;
                }
            }
            $crate::db::DbConn::Postgres(conn) => {
                if !$rows.is_empty() {
                    let copy = diesel::copy_from($table).from_insertable($rows.as_slice());
                    diesel::ExecuteCopyFromDsl::execute(copy, conn)?;
                }
            }
        }
    };
}

/// Rows in one statement of SQLite's.
pub const ROWS_OF_SQLITE: usize = 200;

/// For the rest of the transaction, lets statements take as long as they need: a backup reads whole
/// tables. SQLite has no such limit.
pub fn take_your_time(conn: &mut DbConn) -> QueryResult<()> {
    match conn {
        DbConn::Sqlite(_) => Ok(()),
        DbConn::Postgres(conn) => conn.batch_execute("SET LOCAL statement_timeout = 0"),
    }
}

/// Copies an embedded database into a new file while it is in use
/// ([`VACUUM INTO`](https://www.sqlite.org/lang_vacuum.html#vacuuminto)); false where it is not embedded.
pub fn copy_into(conn: &mut DbConn, file: &str) -> QueryResult<bool> {
    match conn {
        DbConn::Sqlite(conn) => {
            let copy = diesel::sql_query("VACUUM INTO ?").bind::<Text, _>(file);
            copy.execute(conn).map(|_| true)
        }
        DbConn::Postgres(_) => Ok(false),
    }
}

/// For the rest of the transaction, gives up on another transaction's row after so many seconds
/// (`None`: wait as long as a statement may). SQLite has one writer, so nobody waits inside it.
pub fn wait_for_locks(conn: &mut DbConn, seconds: Option<u32>) -> QueryResult<()> {
    match conn {
        DbConn::Sqlite(_) => Ok(()),
        DbConn::Postgres(conn) => conn.batch_execute(&format!(
            "SET LOCAL lock_timeout = '{}s'",
            seconds.unwrap_or(0)
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locales_whose_messages_are_in_english_are_known() {
        for locale in [
            "",
            "C",
            "POSIX",
            "C.UTF-8",
            "en_US.UTF-8",
            "en",
            "English_United States.1252",
        ] {
            assert!(is_english(locale), "{locale}");
        }
        for locale in [
            "ru_RU.UTF-8",
            "az_AZ",
            "cs_CZ.UTF-8",
            "de",
            "enm",
            "Russian_Russia.1251",
        ] {
            assert!(!is_english(locale), "{locale}");
        }
    }

    #[test]
    fn however_a_connection_ends_it_is_an_outage() {
        let told = |words: &str| {
            let information = Box::new(words.to_owned());
            unavailable(&DieselError::DatabaseError(
                DatabaseErrorKind::Unknown,
                information,
            ))
        };
        for words in [
            "server closed the connection unexpectedly\n\tThis probably means the server terminated abnormally",
            "could not receive data from server: Connection reset by peer\n",
            "could not send data to server: Broken pipe\n",
            "no connection to the server\n",
            "connection not open\n",
            "SSL SYSCALL error: EOF detected\n",
            "FATAL:  the database system is in recovery mode",
            "FATAL:  the database system is not yet accepting connections",
            "terminating connection because of crash of another server process",
        ] {
            assert_eq!(told(words), Some(Unavailable::Gone), "{words}");
        }
        assert_eq!(told("syntax error at or near \"FROM\""), None);
    }

    #[test]
    fn the_log_has_no_word_that_a_database_quotes() {
        for (message, told) in [
            (
                "invalid input syntax for type uuid: \"a reader's words\"",
                "invalid input syntax for type uuid: …",
            ),
            (
                "connection to server on socket \"/var/run/postgresql/.s.PGSQL.5432\" failed",
                "connection to server on socket … failed",
            ),
            ("near 'select': syntax error", "near …: syntax error"),
            ("database is locked", "database is locked"),
        ] {
            assert_eq!(for_log(message), told);
        }
    }

    #[test]
    fn the_log_says_why_a_connection_cannot_be_had_and_no_part_of_a_password() {
        let mismatch = "connection to server at \"db\", port 5432 failed: server certificate for \"a\" \
            does not match host name \"db\"\n";
        assert_eq!(connection_for_log(&mismatch), mismatch.trim());
        assert_eq!(
            connection_for_log(&"invalid percent-encoded token: \"hunter2%\""),
            "invalid percent-encoded token: …"
        );
    }
}
