//! What joins a statement: quotes of one source, and so many at most. Timelines pass all quotes of a
//! statement to show the one that stands for it, so there is a bound to them.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{LinkError, MOST_OF_STATEMENT, Quote};
use super::store;
use crate::auth::Staff;
use crate::db::{AnyId, DbConn};
use crate::http::problem::Problem;
use crate::sources::model::{Sight, SourceId};
use crate::sources::store as sources;

/// The sources of the quotes that statements have, while some are added. What the caller may not
/// know of counts as nobody, as they see it: no refusal tells them more.
#[derive(Debug)]
pub struct Room(BTreeMap<AnyId, Vec<Option<SourceId>>>);

impl Room {
    /// Looks these statements up at once, before quotes join them one by one.
    pub fn in_all(conn: &mut DbConn, statements: &[AnyId], staff: &Staff) -> Result<Self, Problem> {
        let members = store::members_of(conn, statements)?;
        let named: BTreeSet<SourceId> = members.iter().filter_map(|(_, source)| *source).collect();
        let named: Vec<SourceId> = named.into_iter().collect();
        let known: BTreeSet<SourceId> = match Sight::of(staff) {
            Sight::All => named.into_iter().collect(),
            sight => sources::find_many_seen(conn, named, sight)?
                .into_iter()
                .map(|source| source.id)
                .collect(),
        };
        let mut room: BTreeMap<AnyId, Vec<_>> = BTreeMap::new();
        for (statement, source) in members {
            let source = source.filter(|id| known.contains(id));
            room.entry(statement).or_default().push(source);
        }
        Ok(Self(room))
    }

    /// Makes a quote one of its statement, if it belongs to one.
    pub fn join(&mut self, quote: &Quote) -> Result<(), LinkError> {
        let Some(statement) = quote.statement else {
            return Ok(());
        };
        let members = self.0.entry(statement).or_default();
        if members.iter().any(|source| *source != quote.source_id) {
            return Err(LinkError::OtherSource);
        }
        self.take_place(statement, quote.source_id)
    }

    /// The same for one that was of the statement before, whose source is not asked about.
    pub fn take_place(
        &mut self,
        statement: AnyId,
        source: Option<SourceId>,
    ) -> Result<(), LinkError> {
        let members = self.0.entry(statement).or_default();
        if members.len() >= MOST_OF_STATEMENT {
            return Err(LinkError::Full);
        }
        members.push(source);
        Ok(())
    }

    /// Gives back the place of a quote that is taken out of its text.
    pub fn leave(&mut self, quote: &Quote) {
        if let Some(members) = self.0.get_mut(&quote.statement()) {
            members.pop();
        }
    }
}
