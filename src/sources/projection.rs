//! What readers come to know of sources: written whenever quotes are published or taken down, and
//! whenever a source is edited, taken off the record, put on it, or merged.

use std::collections::BTreeSet;

use diesel::QueryResult;

use super::confidence::{Credit, Standing};
use super::credits::{self, QuoteCredit};
use super::model::{Source, SourceId};
use super::published::{self, PublishedSource, TextKey};
use super::store;
use super::sums::Scope;
use crate::db::DbConn;
use crate::named::order::{self, Entry};
use crate::quotes::model::QuoteId;
use crate::quotes::published::PublishedQuote;
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
    let quoted = store::quoted_among(conn, &survivors)?;
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
    let rows: Vec<PublishedSource> = shown
        .into_iter()
        .flat_map(|source| rows_of(source, &merged))
        .collect();
    published::put(conn, &rows)
}

/// Its own row; and for those that were merged into it, rows that say nothing but where it is.
fn rows_of(source: Source, merged: &[(SourceId, SourceId)]) -> Vec<PublishedSource> {
    let row = PublishedSource::of(source);
    let pointers = merged.iter().filter(|(survivor, _)| *survivor == row.id);
    let pointers = pointers.map(|(survivor, id)| PublishedSource {
        id: *id,
        merged_into: Some(*survivor),
        ..row.clone()
    });
    let pointers: Vec<PublishedSource> = pointers.collect();
    std::iter::once(row).chain(pointers).collect()
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

/// How many quotes are credited anew at a time.
const QUOTES: usize = 500;

/// Credits everything published that a source said, or that was said through it, as its disclosure
/// is now: named, or withheld. Gives the texts whose quotes it touches.
pub fn recredit(conn: &mut DbConn, id: SourceId) -> QueryResult<Vec<TextKey>> {
    let credits = credits::of_source(conn, id)?;
    let articles = credits.iter().map(|credit| credit.article_id.of());
    Scope::of_articles(conn, articles)?.keeping_sums(conn, |conn| {
        let mut chunks = credits.chunks(QUOTES);
        chunks.try_for_each(|credits| write_anew(conn, credits))
    })?;
    published::index(conn, id)?;
    project(conn, &[id])?;
    let texts: BTreeSet<TextKey> = credits
        .into_iter()
        .map(|credit| (credit.article_id.of(), credit.lang))
        .collect();
    Ok(texts.into_iter().collect())
}

fn write_anew(conn: &mut DbConn, credits: &[QuoteCredit]) -> QueryResult<()> {
    let named: BTreeSet<SourceId> = credits.iter().flat_map(QuoteCredit::sources).collect();
    let standing = standing(conn, &named.into_iter().collect::<Vec<_>>())?;
    let ids: Vec<QuoteId> = credits.iter().map(|credit| credit.quote_id).collect();
    let mut quotes = published::hold_quotes(conn, &ids)?;
    for quote in &mut quotes {
        // Both are in the order of their ids.
        let of_quote = credits.binary_search_by_key(&quote.id, |credit| credit.quote_id);
        if let Some(credit) = of_quote.ok().and_then(|at| credits.get(at)) {
            quote.give_credit(credit.credit().for_readers(&credit.lang, &standing));
        }
    }
    published::put_quotes(conn, &quotes)
}

impl PublishedQuote {
    fn give_credit(&mut self, credit: Credit) {
        let Credit {
            source_id,
            unnamed,
            stated_name,
            outlet_id,
            programme,
            evidence_url,
        } = credit;
        (self.source_id, self.unnamed, self.stated_name) = (source_id, unnamed, stated_name);
        (self.outlet_id, self.programme, self.evidence_url) = (outlet_id, programme, evidence_url);
    }
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
