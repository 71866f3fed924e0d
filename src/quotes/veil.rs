//! What the desk shows of quotes whose source is not on record: everything to editors and to
//! whoever made the source, to others no more than readers get.

use std::collections::BTreeSet;

use super::model::Quote;
use crate::auth::Staff;
use crate::auth::rights::Right;
use crate::db::DbConn;
use crate::http::problem::Problem;
use crate::sources::confided::Confided;
use crate::sources::confidence::Standing;
use crate::sources::model::{Source, SourceId};
use crate::sources::store as sources;

/// Takes out of the quotes what the caller may not know; gives the confidential sources of which
/// they still tell.
pub fn veil(conn: &mut DbConn, quotes: &mut [Quote], staff: &Staff) -> Result<Confided, Problem> {
    let ids: BTreeSet<SourceId> = quotes
        .iter()
        .flat_map(|quote| [quote.source_id, quote.outlet_id])
        .flatten()
        .collect();
    if ids.is_empty() {
        return Ok(Confided::default());
    }
    let named = sources::find_many(conn, &ids.into_iter().collect::<Vec<_>>())?;
    let is_open = |source: &Source| staff.may(Right::Edit) || source.created_by == staff.id;
    let (open, closed): (Vec<Source>, Vec<Source>) = named.into_iter().partition(is_open);
    let standing = Standing::of(&closed);
    for quote in quotes {
        let credit = quote.credit().for_readers(&quote.lang, &standing);
        (quote.source_id, quote.unnamed, quote.stated_name) =
            (credit.source_id, credit.unnamed, credit.stated_name);
        (quote.outlet_id, quote.programme, quote.evidence_url) =
            (credit.outlet_id, credit.programme, credit.evidence_url);
    }
    Ok(Confided::among(&open))
}
