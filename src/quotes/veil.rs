//! What the desk shows of quotes whose source is not on record: everything to editors and to
//! whoever made the source, to others no more than readers get.

use std::collections::BTreeSet;

use super::model::Quote;
use crate::auth::Staff;
use crate::auth::rights::Right;
use crate::db::DbConn;
use crate::http::problem::Problem;
use crate::sources::confidence::{Credit, Standing};
use crate::sources::model::SourceId;
use crate::sources::store as sources;

/// Takes out of the quotes what the caller may not know.
pub fn veil(conn: &mut DbConn, quotes: &mut [Quote], staff: &Staff) -> Result<(), Problem> {
    if staff.may(Right::Edit) {
        return Ok(());
    }
    let ids: BTreeSet<SourceId> = quotes
        .iter()
        .flat_map(|quote| [quote.source_id, quote.outlet_id])
        .flatten()
        .collect();
    let mut known = sources::find_many(conn, &ids.into_iter().collect::<Vec<_>>())?;
    known.retain(|source| source.created_by != staff.id);
    let standing = Standing::of(&known);
    for quote in quotes {
        let credit = Credit {
            source_id: quote.source_id,
            unnamed: quote.unnamed.take(),
            stated_name: quote.stated_name.take(),
            outlet_id: quote.outlet_id,
            programme: quote.programme.take(),
            evidence_url: quote.evidence_url.take(),
        };
        let credit = credit.for_readers(&quote.lang, &standing);
        (quote.source_id, quote.unnamed, quote.stated_name) =
            (credit.source_id, credit.unnamed, credit.stated_name);
        (quote.outlet_id, quote.programme, quote.evidence_url) =
            (credit.outlet_id, credit.programme, credit.evidence_url);
    }
    Ok(())
}
