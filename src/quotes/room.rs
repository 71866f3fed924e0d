//! How many quotes a statement may still have. Timelines pass all quotes of a statement to show the
//! one that stands for it, so there is a bound to them.

use std::collections::BTreeMap;

use diesel::QueryResult;

use super::model::{LinkError, MOST_OF_STATEMENT};
use super::store;
use crate::db::{AnyId, DbConn};
use crate::http::problem::Problem;

/// The quotes that statements have, while some are added.
#[derive(Debug, Default)]
pub struct Room(BTreeMap<AnyId, usize>);

impl Room {
    /// Looks these statements up at once, before their places are taken one by one.
    pub fn in_all(conn: &mut DbConn, statements: &[AnyId]) -> QueryResult<Self> {
        let mut sizes: BTreeMap<AnyId, usize> = statements.iter().map(|one| (*one, 0)).collect();
        for statement in store::statements_among(conn, statements)? {
            *sizes.entry(statement).or_default() += 1;
        }
        Ok(Self(sizes))
    }

    /// Takes the place of one quote more, if the quote belongs to a statement.
    pub fn take(&mut self, conn: &mut DbConn, statement: Option<AnyId>) -> Result<(), Problem> {
        let Some(statement) = statement else {
            return Ok(());
        };
        let taken = match self.0.get(&statement) {
            Some(taken) => *taken,
            None => store::of_statement(conn, statement, MOST_OF_STATEMENT)?.len(),
        };
        if taken >= MOST_OF_STATEMENT {
            return Err(Problem::field("", LinkError::Full.to_string()));
        }
        self.0.insert(statement, taken + 1);
        Ok(())
    }
}
