//! Statements of the reports. Each walks the quotes that were published in the period, by index.

use diesel::dsl::{case_when, count};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable};

use super::sourcing::{Counted, Period, Tallies, Tally, Voices};
use crate::articles::model::ArticleId;
use crate::db::DbConn;
use crate::db::among::among;
use crate::db::schema::{
    published_articles, published_quotes, published_texts, quote_credits, sources,
};
use crate::language::Lang;
use crate::sources::model::Disclosure;

diesel::define_sql_function! {
    /// The statement to which a quote belongs, or else the quote itself.
    #[sql_name = "coalesce"]
    fn statement_or_quote(
        statement: diesel::sql_types::Nullable<crate::db::types::DbUuid>,
        quote: crate::db::types::DbUuid,
    ) -> crate::db::types::DbUuid;
}

/// The quotes of a period, with their credits and articles.
macro_rules! quoted_in {
    ($period:expr) => {
        quote_credits::table
            .inner_join(
                published_quotes::table.on(published_quotes::id.eq(quote_credits::quote_id)),
            )
            .inner_join(
                published_articles::table.on(published_articles::id.eq(quote_credits::article_id)),
            )
            .filter(quote_credits::published_at.ge($period.from))
            .filter(quote_credits::published_at.lt($period.to))
            .filter(in_section!($period))
    };
}

/// One expression with a switch: without a section every article fits.
macro_rules! in_section {
    ($period:expr) => {
        published_articles::section_id
            .eq($period.section)
            .or($period.section.is_none().into_sql::<Nullable<Bool>>())
    };
}

/// Statements and articles.
macro_rules! tally {
    () => {
        (
            count(statement_or_quote(
                published_quotes::statement,
                published_quotes::id,
            ))
            .aggregate_distinct(),
            count(quote_credits::article_id).aggregate_distinct(),
        )
    };
}

impl From<(i64, i64)> for Tally {
    fn from((quotes, articles): (i64, i64)) -> Self {
        Self { quotes, articles }
    }
}

fn tallies<K>(rows: Vec<(Option<K>, (i64, i64))>) -> Tallies<K> {
    rows.into_iter()
        .map(|(by, tally)| (by, tally.into()))
        .collect()
}

/// Counts all of it in eight statements; `langs` are the languages of the site.
pub fn count_sourcing(conn: &mut DbConn, period: &Period, langs: &[Lang]) -> QueryResult<Counted> {
    let with_source = || {
        quoted_in!(period)
            .left_join(sources::table.on(sources::id.nullable().eq(quote_credits::source_id)))
    };
    let disclosure = sources::disclosure.nullable();
    let quoted: (i64, i64) = quoted_in!(period).select(tally!()).first(conn)?;
    let unnamed: (i64, i64) = with_source()
        .filter(disclosure.is_null().or(disclosure.ne(Disclosure::OnRecord)))
        .select(tally!())
        .first(conn)?;
    let by_source = quoted_in!(period)
        .group_by(quote_credits::source_id)
        .select((quote_credits::source_id, tally!()))
        .load(conn)?;
    let by_outlet = quoted_in!(period)
        .group_by(quote_credits::outlet_id)
        .select((quote_credits::outlet_id, tally!()))
        .load(conn)?;
    let by_kind = with_source()
        .group_by(sources::kind)
        .select((sources::kind.nullable(), tally!()))
        .load(conn)?;
    let by_occasion = quoted_in!(period)
        .group_by(published_quotes::occasion)
        .select((published_quotes::occasion, tally!()))
        .load(conn)?;
    Ok(Counted {
        articles: count_articles(conn, period, langs)?,
        quoted: quoted.into(),
        unnamed: unnamed.into(),
        by_source: tallies(by_source),
        by_outlet: tallies(by_outlet),
        by_kind: tallies(by_kind),
        by_occasion: tallies(by_occasion),
        voices: count_voices(conn, period)?,
    })
}

fn count_articles(conn: &mut DbConn, period: &Period, langs: &[Lang]) -> QueryResult<i64> {
    published_texts::table
        .inner_join(
            published_articles::table.on(published_articles::id.eq(published_texts::article_id)),
        )
        // The index begins with the language.
        .filter(among(published_texts::lang, langs))
        .filter(published_texts::published_at.ge(period.from))
        .filter(published_texts::published_at.lt(period.to))
        .filter(in_section!(period))
        .select(count(published_texts::article_id).aggregate_distinct())
        .first(conn)
}

/// How many different sources each text quotes; whoever has no source counts by the description.
fn count_voices(conn: &mut DbConn, period: &Period) -> QueryResult<Vec<Voices>> {
    let unnamed = case_when(quote_credits::source_id.is_null(), quote_credits::unnamed);
    let rows: Vec<(ArticleId, i64, i64)> = quoted_in!(period)
        .group_by((quote_credits::article_id, quote_credits::lang))
        .select((
            quote_credits::article_id,
            count(quote_credits::source_id).aggregate_distinct(),
            count(unnamed).aggregate_distinct(),
        ))
        .load(conn)?;
    let voices = rows.into_iter();
    Ok(voices
        .map(|(article, named, unnamed)| (article, named + unnamed))
        .collect())
}
