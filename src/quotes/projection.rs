//! Writes what readers see of quotes: those of a text whenever it is published or taken down, which
//! of them belong to one statement, whether they are verified, and the days on which they were said.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::model::{Quote, QuoteId};
use super::published::PublishedQuote;
use super::said_at::SaidAt;
use crate::articles::model::ArticleId;
use crate::db::among::among;
use crate::db::schema::published_quotes;
use crate::db::{AnyId, DbConn, Instant};
use crate::language::Lang;
use crate::on_each_backend;
use crate::sources::model::SourceId;
use crate::sources::sums::Scope;

/// Whose answers differ after a text's quotes were written.
#[derive(Debug, Default)]
pub struct Touched {
    /// Sources and outlets of what was there and of what is there now.
    pub sources: Vec<SourceId>,
    /// Quotes of other texts that were linked to a statement, or are left alone with it now.
    pub linked: Vec<(QuoteId, ArticleId)>,
}

/// The sources and outlets that readers see in a text. Whoever replaces its quotes holds them first.
pub fn sources_in(
    conn: &mut DbConn,
    article: ArticleId,
    lang: &Lang,
) -> QueryResult<BTreeSet<SourceId>> {
    let pairs: Vec<(Option<SourceId>, Option<SourceId>)> = published_quotes::table
        .filter(published_quotes::article_id.eq(article))
        .filter(published_quotes::lang.eq(lang))
        .select((published_quotes::source_id, published_quotes::outlet_id))
        .load(conn)?;
    let named = pairs
        .into_iter()
        .flat_map(|(source, outlet)| [source, outlet]);
    Ok(named.flatten().collect())
}

/// Puts these quotes in the place of those that readers saw in a text.
pub fn replace(
    conn: &mut DbConn,
    article: ArticleId,
    lang: &Lang,
    rows: &[PublishedQuote],
) -> QueryResult<Touched> {
    let mut sources = sources_in(conn, article, lang)?;
    sources.extend(rows.iter().flat_map(PublishedQuote::sources));
    let new = rows
        .iter()
        .flat_map(|row| [Some(row.id.of()), row.statement]);
    let scope = Scope::of_articles(conn, [article.of()])?.with_statements(new.flatten());
    let linked = scope.keeping_sums(conn, |conn| {
        let of_text = published_quotes::table
            .filter(published_quotes::article_id.eq(article))
            .filter(published_quotes::lang.eq(lang));
        diesel::delete(of_text).execute(conn)?;
        if !rows.is_empty() {
            on_each_backend!(conn => diesel::insert_into(published_quotes::table).values(rows).execute(conn))?;
        }
        link(conn, scope.statements())
    })?;
    let elsewhere =
        |(_, of, in_lang): &(QuoteId, ArticleId, Lang)| (of, in_lang) != (&article, lang);
    let linked = linked.into_iter().filter(elsewhere);
    Ok(Touched {
        sources: sources.into_iter().collect(),
        linked: linked.map(|(id, article, _)| (id, article)).collect(),
    })
}

/// A quote to which others are linked by its id shows the statement that they share, and no more
/// once they are gone. Gives the quotes that changed.
fn link(conn: &mut DbConn, statements: Vec<AnyId>) -> QueryResult<Vec<(QuoteId, ArticleId, Lang)>> {
    type Named = (QuoteId, ArticleId, Lang, Option<AnyId>);
    let named: Vec<Named> = published_quotes::table
        .filter(among(published_quotes::id, statements.as_slice()))
        .select((
            published_quotes::id,
            published_quotes::article_id,
            published_quotes::lang,
            published_quotes::statement,
        ))
        .load(conn)?;
    let shared: Vec<Option<AnyId>> = published_quotes::table
        .filter(among(published_quotes::statement, statements.as_slice()))
        .filter(published_quotes::statement.ne(published_quotes::id.nullable()))
        .select(published_quotes::statement)
        .distinct()
        .load(conn)?;
    let shared: BTreeSet<AnyId> = shared.into_iter().flatten().collect();
    let (mut joined, mut left) = (Vec::new(), Vec::new());
    for (id, article, lang, statement) in named {
        match (statement, shared.contains(&id.of())) {
            (None, true) => joined.push((id, article, lang)),
            (Some(own), false) if own == id.of() => left.push((id, article, lang)),
            _ => {}
        }
    }
    let with_ids = |quotes: &[(QuoteId, ArticleId, Lang)]| {
        let ids: Vec<QuoteId> = quotes.iter().map(|(id, ..)| *id).collect();
        published_quotes::table.filter(among(published_quotes::id, ids))
    };
    diesel::update(with_ids(&joined))
        .set(published_quotes::statement.eq(published_quotes::id.nullable()))
        .execute(conn)?;
    diesel::update(with_ids(&left))
        .set(published_quotes::statement.eq(None::<AnyId>))
        .execute(conn)?;
    joined.extend(left);
    Ok(joined)
}

/// Verification takes effect at once, without a revision.
pub fn set_verification(conn: &mut DbConn, quote: &Quote) -> QueryResult<()> {
    diesel::update(published_quotes::table.find(quote.id))
        .set((
            published_quotes::verification.eq(quote.verification),
            published_quotes::verified_by.eq(quote.verified_by),
            published_quotes::verified_at.eq(quote.verified_at),
        ))
        .execute(conn)
        .map(drop)
}

/// Rows that are read at a time where all of them are worked out anew.
const BATCH: i64 = 500;

/// Works out anew when each quote was said, by the calendar of another time zone.
pub fn redate(conn: &mut DbConn, zone: &jiff::tz::TimeZone) -> QueryResult<()> {
    type Dated = (QuoteId, Option<SaidAt>, Option<Instant>, Instant);
    let mut last: Option<QuoteId> = None;
    loop {
        let mut query = published_quotes::table
            .filter(published_quotes::said_at.is_not_null())
            .into_boxed();
        if let Some(last) = last {
            query = query.filter(published_quotes::id.gt(last));
        }
        let rows: Vec<Dated> = query
            .select((
                published_quotes::id,
                published_quotes::said_at,
                published_quotes::said_from,
                published_quotes::published_at,
            ))
            .order(published_quotes::id)
            .limit(BATCH)
            .load(conn)?;
        for (id, said_at, before, published_at) in &rows {
            let said_from = said_at.as_ref().and_then(|said| said.start(zone));
            if said_from == *before {
                continue;
            }
            diesel::update(published_quotes::table.find(id))
                .set((
                    published_quotes::said_from.eq(said_from),
                    published_quotes::sorted_at.eq(said_from.unwrap_or(*published_at)),
                ))
                .execute(conn)?;
        }
        match rows.last() {
            Some((id, ..)) => last = Some(*id),
            None => return Ok(()),
        }
    }
}
