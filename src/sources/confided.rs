//! Who came to know of a confidential source. Each answer of the desk that tells who one is is
//! noted in the change log before it is given: who asked, by which operation, of whom they heard.
//!
//! Making, changing and merging such a source have rows of their own there, which say as much.

use std::collections::BTreeSet;

use serde_json::json;

use super::model::{Source, SourceId};
use crate::auth::Staff;
use crate::changes::{Action, Change, ItemKind};
use crate::db::{Db, Tx};
use crate::http::problem::Problem;
use crate::quotes::model::Quote;

/// The confidential sources whose identity an answer tells.
#[derive(Debug, Clone, Default)]
#[must_use = "what an answer tells of confidential sources is noted in the change log"]
pub struct Confided(BTreeSet<SourceId>);

impl Confided {
    /// Those of the sources that are not on record.
    pub fn among<'a>(told: impl IntoIterator<Item = &'a Source>) -> Self {
        let confidential = told
            .into_iter()
            .filter(|source| !source.disclosure.is_on_record());
        Self(confidential.map(|source| source.id).collect())
    }

    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Those of them that these quotes name: an answer that gives no other tells of no other.
    pub fn within(mut self, quotes: &[Quote]) -> Self {
        self.0.retain(|id| {
            let names = |quote: &Quote| [quote.source_id, quote.outlet_id].contains(&Some(*id));
            quotes.iter().any(names)
        });
        self
    }

    /// Notes it in the transaction that makes the answer.
    pub fn record(self, tx: &mut Tx, staff: &Staff, operation: &'static str) {
        if let Some(change) = self.change(staff, operation) {
            tx.record(change);
        }
    }

    /// Notes it in a transaction of its own, for answers that change nothing. Where it cannot be
    /// noted, there is no answer.
    pub async fn note(
        self,
        db: &Db,
        staff: &Staff,
        operation: &'static str,
    ) -> Result<(), Problem> {
        let Some(change) = self.change(staff, operation) else {
            return Ok(());
        };
        db.write(move |tx| {
            tx.record(change.clone());
            Ok(())
        })
        .await
    }

    /// One row for an answer, however many it tells of. Readers see nothing of it, so it touches no
    /// key of theirs.
    fn change(&self, staff: &Staff, operation: &'static str) -> Option<Change> {
        let first = self.0.first()?;
        Some(Change {
            action: Action::IdentityRead,
            item_kind: ItemKind::Source,
            item_id: (self.0.len() == 1).then(|| first.uuid()),
            lang: None,
            actor: Some(staff.id),
            keys: Vec::new(),
            detail: Some(json!({"operation": operation, "sources": self.0})),
        })
    }
}
