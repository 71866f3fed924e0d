//! How much there is of each source: a row of numbers that is kept whenever published quotes are
//! written, so that reading it costs the same for ten quotes and for a hundred thousand.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::upsert::excluded;

use super::model::SourceId;
use crate::db::among::among;
use crate::db::schema::{published_quotes, published_source_sums};
use crate::db::{AnyId, DbConn};
use crate::on_each_backend;

/// The numbers of one source.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    /// Quotes of it, each text's by itself.
    pub quotes: i64,
    /// What it said: one statement in several languages or articles counts once.
    pub statements: i64,
    /// Statements of others that came through it.
    pub as_outlet: i64,
    /// Articles that quote it, or quote through it.
    pub articles: i64,
}

/// The numbers of a source; all are nought for one that readers do not know.
pub fn find(conn: &mut DbConn, id: SourceId) -> QueryResult<Sums> {
    let row: Option<(i64, i64, i64, i64)> = published_source_sums::table
        .find(id)
        .select((
            published_source_sums::quotes,
            published_source_sums::statements,
            published_source_sums::as_outlet,
            published_source_sums::articles,
        ))
        .first(conn)
        .optional()?;
    Ok(row.map_or_else(Sums::default, |row| Sums {
        quotes: row.0,
        statements: row.1,
        as_outlet: row.2,
        articles: row.3,
    }))
}

/// The part of what is published that a change can touch: some articles, and some statements
/// wherever they are quoted. What a change does to the numbers is what it does to their part.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    articles: BTreeSet<AnyId>,
    statements: BTreeSet<AnyId>,
}

impl Scope {
    /// These articles, and what is said in them.
    pub fn of_articles(
        conn: &mut DbConn,
        articles: impl IntoIterator<Item = AnyId>,
    ) -> QueryResult<Self> {
        let articles: BTreeSet<AnyId> = articles.into_iter().collect();
        let mut statements = BTreeSet::new();
        for some in chunks(&articles) {
            let linked: Vec<Option<AnyId>> = published_quotes::table
                .filter(among(published_quotes::article_id, some))
                .filter(published_quotes::statement.is_not_null())
                .select(published_quotes::statement)
                .distinct()
                .load(conn)?;
            statements.extend(linked.into_iter().flatten());
        }
        Ok(Self {
            articles,
            statements,
        })
    }

    /// These statements besides.
    pub fn with_statements(mut self, statements: impl IntoIterator<Item = AnyId>) -> Self {
        self.statements.extend(statements);
        self
    }

    /// The statements of the scope.
    pub fn statements(&self) -> Vec<AnyId> {
        self.statements.iter().copied().collect()
    }

    /// Makes a change within the scope, and keeps the numbers of all sources that it touches.
    ///
    /// The sources are to be held by whoever changes them: what two do at once to one statement
    /// would else be counted twice.
    pub fn keeping_sums<T>(
        &self,
        conn: &mut DbConn,
        change: impl FnOnce(&mut DbConn) -> QueryResult<T>,
    ) -> QueryResult<T> {
        let before = self.count(conn)?;
        let done = change(conn)?;
        let after = self.count(conn)?;
        add(conn, &difference(&before, &after))?;
        Ok(done)
    }

    fn count(&self, conn: &mut DbConn) -> QueryResult<BTreeMap<SourceId, Sums>> {
        let mut quotes: BTreeMap<AnyId, Counted> = BTreeMap::new();
        for some in chunks(&self.articles) {
            let rows = published_quotes::table.filter(among(published_quotes::article_id, some));
            quotes.extend(by_id(rows.select(COUNTED).load(conn)?));
        }
        for some in chunks(&self.statements) {
            let rows =
                published_quotes::table.filter(among(published_quotes::statement, some.as_slice()));
            quotes.extend(by_id(rows.select(COUNTED).load(conn)?));
            let rows = published_quotes::table.filter(among(published_quotes::id, some));
            quotes.extend(by_id(rows.select(COUNTED).load(conn)?));
        }
        Ok(count(quotes.values()))
    }
}

/// How many ids go into one statement.
const CHUNK: usize = 1000;

fn chunks(ids: &BTreeSet<AnyId>) -> Vec<Vec<AnyId>> {
    let ids: Vec<AnyId> = ids.iter().copied().collect();
    ids.chunks(CHUNK).map(<[AnyId]>::to_vec).collect()
}

/// What counting needs of a quote.
#[derive(Debug, Clone, Queryable)]
pub struct Counted {
    pub id: AnyId,
    pub article_id: AnyId,
    pub source_id: Option<SourceId>,
    pub outlet_id: Option<SourceId>,
    pub statement: Option<AnyId>,
}

type CountedColumns = (
    published_quotes::id,
    published_quotes::article_id,
    published_quotes::source_id,
    published_quotes::outlet_id,
    published_quotes::statement,
);
const COUNTED: CountedColumns = (
    published_quotes::id,
    published_quotes::article_id,
    published_quotes::source_id,
    published_quotes::outlet_id,
    published_quotes::statement,
);

fn by_id(rows: Vec<Counted>) -> impl Iterator<Item = (AnyId, Counted)> {
    rows.into_iter().map(|row| (row.id, row))
}

/// What these quotes add up to.
pub fn count<'a>(quotes: impl IntoIterator<Item = &'a Counted>) -> BTreeMap<SourceId, Sums> {
    let mut sums: BTreeMap<SourceId, Sums> = BTreeMap::new();
    let (mut said, mut relayed, mut read) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for quote in quotes {
        let statement = quote.statement.unwrap_or(quote.id);
        if let Some(source) = quote.source_id {
            let sums = sums.entry(source).or_default();
            sums.quotes += 1;
            sums.statements += i64::from(said.insert((source, statement)));
            sums.articles += i64::from(read.insert((source, quote.article_id)));
        }
        if let Some(outlet) = quote.outlet_id {
            let sums = sums.entry(outlet).or_default();
            let new = relayed.insert((outlet, statement, quote.source_id));
            sums.as_outlet += i64::from(new);
            sums.articles += i64::from(read.insert((outlet, quote.article_id)));
        }
    }
    sums
}

fn difference(
    before: &BTreeMap<SourceId, Sums>,
    after: &BTreeMap<SourceId, Sums>,
) -> BTreeMap<SourceId, Sums> {
    let of = |sums: &BTreeMap<SourceId, Sums>, id| sums.get(id).copied().unwrap_or_default();
    let ids: BTreeSet<&SourceId> = before.keys().chain(after.keys()).collect();
    ids.into_iter()
        .map(|id| (*id, of(after, id) - of(before, id)))
        .filter(|(_, change)| *change != Sums::default())
        .collect()
}

impl std::ops::Add for Sums {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            quotes: self.quotes + other.quotes,
            statements: self.statements + other.statements,
            as_outlet: self.as_outlet + other.as_outlet,
            articles: self.articles + other.articles,
        }
    }
}

impl std::ops::Sub for Sums {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self {
            quotes: self.quotes - other.quotes,
            statements: self.statements - other.statements,
            as_outlet: self.as_outlet - other.as_outlet,
            articles: self.articles - other.articles,
        }
    }
}

/// Adds to the numbers of sources; one of which nothing is left loses its row.
pub fn add(conn: &mut DbConn, changes: &BTreeMap<SourceId, Sums>) -> QueryResult<()> {
    use published_source_sums::{articles, as_outlet, quotes, source_id, statements, table};
    let rows: Vec<_> = changes
        .iter()
        .map(|(id, change)| {
            (
                source_id.eq(*id),
                quotes.eq(change.quotes),
                statements.eq(change.statements),
                as_outlet.eq(change.as_outlet),
                articles.eq(change.articles),
            )
        })
        .collect();
    for some in rows.chunks(CHUNK) {
        on_each_backend!(conn => diesel::insert_into(table)
            .values(some)
            .on_conflict(source_id)
            .do_update()
            .set((
                quotes.eq(quotes + excluded(quotes)),
                statements.eq(statements + excluded(statements)),
                as_outlet.eq(as_outlet + excluded(as_outlet)),
                articles.eq(articles + excluded(articles)),
            ))
            .execute(conn))?;
    }
    let ids: Vec<SourceId> = changes.keys().copied().collect();
    for some in ids.chunks(CHUNK) {
        let empty = table
            .filter(among(source_id, some))
            .filter(quotes.eq(0).and(as_outlet.eq(0)));
        diesel::delete(empty).execute(conn)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Id;

    fn quote(
        article: AnyId,
        source: SourceId,
        outlet: Option<SourceId>,
        statement: Option<AnyId>,
    ) -> Counted {
        Counted {
            id: Id::new(),
            article_id: article,
            source_id: Some(source),
            outlet_id: outlet,
            statement,
        }
    }

    #[test]
    fn a_statement_counts_once_and_so_does_an_article() {
        let (minister, radio) = (SourceId::new(), SourceId::new());
        let (here, there, bridge) = (AnyId::new(), AnyId::new(), AnyId::new());
        let quotes = [
            quote(here, minister, Some(radio), Some(bridge)),
            quote(here, minister, Some(radio), Some(bridge)),
            quote(there, minister, None, Some(bridge)),
            quote(there, minister, None, None),
        ];
        let sums = count(&quotes);
        let said = Sums {
            quotes: 4,
            statements: 2,
            as_outlet: 0,
            articles: 2,
        };
        let relayed = Sums {
            quotes: 0,
            statements: 0,
            as_outlet: 1,
            articles: 1,
        };
        assert_eq!((sums[&minister], sums[&radio]), (said, relayed));
    }

    #[test]
    fn a_quote_is_counted_with_the_statement_that_bears_its_id() {
        let minister = SourceId::new();
        let first = quote(AnyId::new(), minister, None, None);
        let second = quote(AnyId::new(), minister, None, Some(first.id));
        assert_eq!(count([&first, &second])[&minister].statements, 1);
    }
}
