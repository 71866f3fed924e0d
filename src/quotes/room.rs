//! How many quotes a statement may still have. Timelines pass all quotes of a statement to show the
//! one that stands for it, so there is a bound to them.

use std::collections::BTreeMap;

use super::model::{LinkError, MOST_OF_STATEMENT};
use super::store;
use crate::db::{AnyId, DbConn};
use crate::http::problem::Problem;

/// The quotes that statements have, while some are added.
#[derive(Debug, Default)]
pub struct Room(BTreeMap<AnyId, usize>);

impl Room {
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
