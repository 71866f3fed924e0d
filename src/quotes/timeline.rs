//! Lists of what was said, for readers: the statements that fit, each by the quote that stands for
//! it.
//!
//! A statement may be quoted in several languages and articles. Of its quotes that fit a filter, the
//! one that says most exactly when it was said stands for it; then the one that says it was said
//! first; then the one published first. So nothing is stored that a change could leave wrong, and a
//! page costs no more than the quotes it passes.

use diesel::expression::{Expression, ValidGrouping, is_aggregate};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{Bool, HasSqlType, Text};

use super::model::{Manner, Occasion, QuoteId, VerificationState};
use super::published::PublishedQuote;
use crate::articles::published::TermKind;
use crate::db::among::among;
use crate::db::dialect::{Way, row_compare};
use crate::db::schema::{published_quotes, published_terms};
use crate::db::types::{DbInstant, DbUuid};
use crate::db::{AnyId, DbConn, Instant, MultiBackend};
use crate::language::Lang;
use crate::sources::model::SourceId;
use crate::topics::TopicId;

/// By what a timeline is sorted, the latest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// When it was said; where nobody knows, when it was published.
    #[default]
    Said,
    Published,
}

/// Which quotes a reader wants to see.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub sources: Vec<SourceId>,
    pub outlets: Vec<SourceId>,
    pub occasions: Vec<Occasion>,
    pub manners: Vec<Manner>,
    pub verifications: Vec<VerificationState>,
    pub topics: Vec<TopicId>,
    /// So few texts are on the topics that their quotes are better sorted than looked for.
    pub topics_are_rare: bool,
    pub langs: Vec<Lang>,
    pub said_after: Option<Instant>,
    pub said_before: Option<Instant>,
    pub sort: Sort,
}

/// The place of a quote in a timeline.
pub type Key = (Instant, QuoteId);

impl Filter {
    pub fn key(&self, quote: &PublishedQuote) -> Key {
        let at = match self.sort {
            Sort::Said => quote.sorted_at,
            Sort::Published => quote.published_at,
        };
        (at, quote.id)
    }
}

/// A page of a timeline, latest first, or from the key backwards.
pub fn list(
    conn: &mut DbConn,
    filter: &Filter,
    at: Option<(bool, Key)>,
    limit: i64,
) -> QueryResult<Vec<PublishedQuote>> {
    use published_quotes::{id, published_at, sorted_at};
    let back = at.is_some_and(|(back, _)| back);
    let way = if back { Way::After } else { Way::Before };
    let mut query = published_quotes::table
        .filter(Standing(filter))
        .limit(limit)
        .into_boxed();
    query = match (at, filter.sort) {
        (None, _) => query,
        (Some((_, key)), Sort::Said) => query.filter(row_compare((sorted_at, id), way, key)),
        (Some((_, key)), Sort::Published) => {
            query.filter(row_compare((published_at, id), way, key))
        }
    };
    match (filter.sort, back) {
        (Sort::Said, false) => query.order((sorted_at.desc(), id.desc())),
        (Sort::Said, true) => query.order((sorted_at.asc(), id.asc())),
        (Sort::Published, false) => query.order((published_at.desc(), id.desc())),
        (Sort::Published, true) => query.order((published_at.asc(), id.asc())),
    }
    .load(conn)
}

/// As many texts make a topic one that is not rare.
const RARE: i64 = 2000;

/// Whether few texts are on these topics.
pub fn are_rare(conn: &mut DbConn, topics: &[TopicId]) -> QueryResult<bool> {
    let terms: Vec<AnyId> = topics.iter().map(|topic| topic.of()).collect();
    let beyond: Option<AnyId> = published_terms::table
        .filter(published_terms::kind.eq(TermKind::Topic))
        .filter(among(published_terms::term, terms))
        .offset(RARE - 1)
        .limit(1)
        .select(published_terms::article_id)
        .first(conn)
        .optional()?;
    Ok(beyond.is_none())
}

/// How many statements there are, at most `limit`.
pub fn count(conn: &mut DbConn, filter: &Filter, limit: i64) -> QueryResult<i64> {
    let some: Vec<QuoteId> = published_quotes::table
        .filter(Standing(filter))
        .limit(limit)
        .select(published_quotes::id)
        .load(conn)?;
    Ok(some.len() as i64)
}

/// True of a quote that fits the filter and stands for its statement among those that do.
///
/// Written by hand, so that what fitting means is said once, of a quote and of its rivals.
struct Standing<'a>(&'a Filter);

impl Expression for Standing<'_> {
    type SqlType = Bool;
}
impl<G> ValidGrouping<G> for Standing<'_> {
    type IsAggregate = is_aggregate::No;
}
impl AppearsOnTable<published_quotes::table> for Standing<'_> {}
impl QueryId for Standing<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

type Walk<'a, 'b> = AstPass<'a, 'b, MultiBackend>;

impl QueryFragment<MultiBackend> for Standing<'_> {
    fn walk_ast<'b>(&'b self, mut out: Walk<'_, 'b>) -> QueryResult<()> {
        let Self(filter) = self;
        filter.write(&mut out, "published_quotes", filter.lead())?;
        out.push_sql(
            " AND (published_quotes.statement IS NULL OR NOT EXISTS (SELECT 1 FROM published_quotes AS rival \
             WHERE rival.statement = published_quotes.statement \
             AND NOT (rival.source_id IS DISTINCT FROM published_quotes.source_id) AND ",
        );
        // Rivals are found by their statement and nothing else.
        filter.write(&mut out, "rival", None)?;
        out.push_sql(
            " AND (rival.vagueness, rival.sorted_at, rival.published_at, rival.id) < \
             (published_quotes.vagueness, published_quotes.sorted_at, published_quotes.published_at, published_quotes.id)))",
        );
        Ok(())
    }
}

/// The column by whose index a timeline is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lead {
    Source,
    Outlet,
    Topic,
    Verification,
    Occasion,
    Lang,
    Manner,
}

impl Filter {
    /// The first that is likely to leave the fewest quotes. Only this one may choose an index: the
    /// others are checked on the way. Sources and outlets are so many that a few of them are worth
    /// sorting, and so are the quotes on a rare topic; of the rest, several values are no better than none.
    fn lead(&self) -> Option<Lead> {
        let one = |values: usize| values == 1;
        if !self.sources.is_empty() {
            Some(Lead::Source)
        } else if !self.outlets.is_empty() {
            Some(Lead::Outlet)
        } else if self.topics_are_rare {
            Some(Lead::Topic)
        } else if one(self.verifications.len()) {
            Some(Lead::Verification)
        } else if one(self.occasions.len()) {
            Some(Lead::Occasion)
        } else if one(self.langs.len()) {
            Some(Lead::Lang)
        } else if one(self.manners.len()) {
            Some(Lead::Manner)
        } else {
            None
        }
    }

    /// Writes what the filter asks of the quotes of `table`.
    fn write<'b>(
        &'b self,
        out: &mut Walk<'_, 'b>,
        table: &str,
        lead: Option<Lead>,
    ) -> QueryResult<()> {
        let leads = |column| lead == Some(column);
        let mut fits = Fits {
            out,
            table,
            any: false,
        };
        fits.one_of::<DbUuid, _>("source_id", &self.sources, leads(Lead::Source))?;
        fits.one_of::<DbUuid, _>("outlet_id", &self.outlets, leads(Lead::Outlet))?;
        let verification = leads(Lead::Verification);
        fits.one_of::<Text, _>("verification", &self.verifications, verification)?;
        fits.one_of::<Text, _>("occasion", &self.occasions, leads(Lead::Occasion))?;
        fits.one_of::<Text, _>("lang", &self.langs, leads(Lead::Lang))?;
        fits.one_of::<Text, _>("manner", &self.manners, leads(Lead::Manner))?;
        fits.said(" > ", self.said_after.as_ref())?;
        fits.said(" < ", self.said_before.as_ref())?;
        fits.on_topic(&self.topics, leads(Lead::Topic))?;
        if !fits.any {
            fits.out.push_sql("TRUE");
        }
        Ok(())
    }
}

/// Conditions on one table, with AND between them.
struct Fits<'w, 'a, 'b, 't> {
    out: &'w mut Walk<'a, 'b>,
    table: &'t str,
    any: bool,
}

impl<'b> Fits<'_, '_, 'b, '_> {
    fn column(&mut self, before: &str, column: &str) {
        if std::mem::replace(&mut self.any, true) {
            self.out.push_sql(" AND ");
        }
        for part in [before, self.table, ".", column] {
            self.out.push_sql(part);
        }
    }

    fn bind<S, T: ToSql<S, MultiBackend>>(&mut self, value: &'b T) -> QueryResult<()>
    where
        MultiBackend: HasSqlType<S>,
    {
        self.out.push_bind_param::<S, T>(value)
    }

    fn each<S, T: ToSql<S, MultiBackend>>(&mut self, values: &'b [T]) -> QueryResult<()>
    where
        MultiBackend: HasSqlType<S>,
    {
        if values.len() > 1 {
            // Each number of values is a statement of its own: too many to keep.
            self.out.unsafe_to_cache_prepared();
        }
        for (nth, value) in values.iter().enumerate() {
            self.out.push_sql(if nth == 0 { "" } else { ", " });
            self.bind::<S, T>(value)?;
        }
        Ok(())
    }

    /// One of these values, or any where there are none.
    ///
    /// SQLite knows nothing of how often a value occurs. `NOT (a <> b)` is to it no reason to choose
    /// an index; PostgreSQL reads it as `a = b` and chooses by its statistics.
    fn one_of<S, T: ToSql<S, MultiBackend>>(
        &mut self,
        column: &str,
        values: &'b [T],
        leads: bool,
    ) -> QueryResult<()>
    where
        MultiBackend: HasSqlType<S>,
    {
        let (before, compared, after) = match (values.len(), leads) {
            (0, _) => return Ok(()),
            (1, true) => ("", " = ", ""),
            (_, true) => ("", " IN (", ")"),
            (1, false) => ("NOT (", " <> ", ")"),
            (_, false) => ("NOT (", " NOT IN (", "))"),
        };
        self.column(before, column);
        self.out.push_sql(compared);
        self.each::<S, T>(values)?;
        self.out.push_sql(after);
        Ok(())
    }

    /// Where it is known when it was said, that is also by what the quote is sorted: so the index of
    /// the order gives the span, too.
    fn said(&mut self, compared: &str, moment: Option<&'b Instant>) -> QueryResult<()> {
        let Some(moment) = moment else {
            return Ok(());
        };
        self.column("", "said_from IS NOT NULL");
        self.column("", "sorted_at");
        self.out.push_sql(compared);
        self.bind::<DbInstant, _>(moment)
    }

    fn on_topic(&mut self, topics: &'b [TopicId], leads: bool) -> QueryResult<()> {
        if topics.is_empty() {
            return Ok(());
        }
        if leads {
            self.column("", "article_id");
            self.out.push_sql(
                " IN (SELECT article_id FROM published_terms WHERE kind = 'topic' AND term IN (",
            );
            self.each::<DbUuid, _>(topics)?;
            self.out.push_sql("))");
        }
        self.column(
            "EXISTS (SELECT 1 FROM published_terms WHERE published_terms.article_id = ",
            "article_id",
        );
        self.out.push_sql(" AND published_terms.lang = ");
        self.out.push_sql(self.table);
        self.out
            .push_sql(".lang AND published_terms.kind = 'topic' AND published_terms.term IN (");
        self.each::<DbUuid, _>(topics)?;
        self.out.push_sql("))");
        Ok(())
    }
}
