//! What readers come to know of sources: written whenever quotes are published or taken down, and
//! whenever a source is edited, taken off the record, put on it, or merged.

use std::collections::BTreeSet;

use diesel::QueryResult;

use super::confidence::Standing;
use super::model::{Source, SourceId};
use super::published::{self, Credited, PublishedSource, TextKey};
use super::store;
use super::sums::Scope;
use crate::db::DbConn;
use crate::named::order::{self, Entry};
use crate::site;

/// How these sources stand, held until the end of the transaction. Ask before published quotes are
/// written, and give the answer to `Credit::for_readers`: a source that is taken off the record
/// at the same time is then withheld either here or there.
pub fn standing(conn: &mut DbConn, ids: &[SourceId]) -> QueryResult<Standing> {
    Ok(Standing::of(&store::hold_many(conn, ids)?))
}

/// Writes the readers' rows of these sources anew: one that is on record and quoted in something
/// published has a row, and so have those that were merged into it; all others have none.
pub fn project(conn: &mut DbConn, ids: &[SourceId]) -> QueryResult<()> {
    let survivors: BTreeSet<SourceId> = store::find_many(conn, ids)?
        .iter()
        .map(|source| source.merged_into.unwrap_or(source.id))
        .collect();
    if survivors.is_empty() {
        return Ok(());
    }
    let survivors: Vec<SourceId> = survivors.into_iter().collect();
    let site = site::find(conn)?;
    let held = store::hold_many(conn, &survivors)?;
    let quoted = published::quoted_among(conn, &survivors)?;
    let merged = store::merged_into(conn, &survivors)?;
    let (shown, hidden): (Vec<Source>, Vec<Source>) = held.into_iter().partition(|source| {
        let on_record = source.disclosure.is_on_record() && source.deleted_at.is_none();
        on_record && quoted.contains(&source.id)
    });
    let hidden: Vec<SourceId> = hidden.iter().map(|source| source.id).collect();
    published::take_down(conn, &hidden)?;
    let named = shown.iter().map(|source| Entry {
        id: source.id.of(),
        of: published::orders_of(source.kind),
        names: &source.names.0,
    });
    order::put(conn, &named.collect::<Vec<_>>(), site.chain())?;
    for source in shown {
        show(conn, source, &merged)?;
    }
    Ok(())
}

/// Those that were merged into it get rows that say nothing but where it is.
fn show(conn: &mut DbConn, source: Source, merged: &[(SourceId, SourceId)]) -> QueryResult<()> {
    let row = PublishedSource::of(source);
    published::put(conn, &row)?;
    for (_, id) in merged.iter().filter(|(survivor, _)| *survivor == row.id) {
        let pointer = PublishedSource {
            id: *id,
            merged_into: Some(row.id),
            ..row.clone()
        };
        published::put(conn, &pointer)?;
    }
    Ok(())
}

impl PublishedSource {
    fn of(source: Source) -> Self {
        let Source {
            id,
            kind,
            names,
            aliases: _,
            description,
            same_as,
            positions,
            disclosure: _,
            merged_into: _,
            version: _,
            created_by: _,
            created_at: _,
            updated_at: _,
            deleted_at: _,
        } = source;
        Self {
            id,
            kind,
            names,
            description,
            same_as,
            positions,
            merged_into: None,
        }
    }
}

/// Takes a source that is no longer on record out of all that readers see, in the transaction that
/// changes its disclosure. Gives the texts whose copies of quotes must be written anew.
pub fn withhold(conn: &mut DbConn, id: SourceId) -> QueryResult<Vec<TextKey>> {
    let credited = published::credited(conn, id)?;
    rewrite(conn, id, credited, &Standing::hiding(id))
}

/// Names a source again that has come on record, in all quotes that were published as its own. Gives the texts whose copies of quotes must be written anew.
pub fn reveal(conn: &mut DbConn, id: SourceId) -> QueryResult<Vec<TextKey>> {
    let credited = store::credited(conn, id)?;
    let named: Vec<SourceId> = credited
        .iter()
        .flat_map(|(.., credit)| [credit.source_id, credit.outlet_id])
        .flatten()
        .collect();
    let standing = standing(conn, &named)?;
    rewrite(conn, id, credited, &standing)
}

fn rewrite(
    conn: &mut DbConn,
    id: SourceId,
    credited: Vec<Credited>,
    standing: &Standing,
) -> QueryResult<Vec<TextKey>> {
    let texts: BTreeSet<TextKey> = credited
        .iter()
        .map(|(_, article, lang, _)| (*article, lang.clone()))
        .collect();
    let scope = Scope::of_articles(conn, texts.iter().map(|(article, _)| *article))?;
    scope.keeping_sums(conn, |conn| {
        for (quote, _, lang, credit) in credited {
            published::credit(conn, quote, &credit.for_readers(&lang, standing))?;
        }
        Ok(())
    })?;
    published::index(conn, id)?;
    project(conn, &[id])?;
    Ok(texts.into_iter().collect())
}

/// Gives the survivor all that readers have of what was merged into it. Gives the texts whose
/// copies of quotes must be written anew.
pub fn merge(conn: &mut DbConn, merged: SourceId, survivor: SourceId) -> QueryResult<Vec<TextKey>> {
    let texts = published::texts_quoting(conn, merged)?;
    let scope = Scope::of_articles(conn, texts.iter().map(|(article, _)| *article))?;
    scope.keeping_sums(conn, |conn| {
        published::move_to_survivor(conn, merged, survivor)
    })?;
    published::index(conn, merged)?;
    published::index(conn, survivor)?;
    published::take_down(conn, &[merged])?;
    project(conn, &[survivor])?;
    Ok(texts)
}
