//! Statements on quote_credits: to whom published quotes are credited, also where readers are not
//! told. Publishing writes them; a change of disclosure and reports read them.

use diesel::prelude::*;

use super::confidence::{Credit, Standing};
use super::model::SourceId;
use crate::articles::model::ArticleId;
use crate::db::schema::quote_credits;
use crate::db::{DbConn, Instant};
use crate::language::Lang;
use crate::on_each_backend;
use crate::quotes::model::{Quote, QuoteId};

/// A published quote and to whom it is credited in the revision that readers see.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = quote_credits, treat_none_as_default_value = false)]
pub struct QuoteCredit {
    pub quote_id: QuoteId,
    pub article_id: ArticleId,
    pub lang: Lang,
    pub source_id: Option<SourceId>,
    pub unnamed: Option<String>,
    pub stated_name: Option<String>,
    pub outlet_id: Option<SourceId>,
    pub programme: Option<String>,
    pub evidence_url: Option<String>,
    pub published_at: Instant,
}

impl QuoteCredit {
    /// Of a quote that is published now; what was merged is credited as its survivor.
    pub fn new(quote: &Quote, published_at: Instant, standing: &Standing) -> Self {
        let Credit {
            source_id,
            unnamed,
            stated_name,
            outlet_id,
            programme,
            evidence_url,
        } = quote.credit();
        Self {
            quote_id: quote.id,
            article_id: quote.article_id,
            lang: quote.lang.clone(),
            source_id: source_id.map(|id| standing.survivor(id)),
            unnamed,
            stated_name,
            outlet_id: outlet_id.map(|id| standing.survivor(id)),
            programme,
            evidence_url,
            published_at,
        }
    }

    pub fn sources(&self) -> impl Iterator<Item = SourceId> {
        [self.source_id, self.outlet_id].into_iter().flatten()
    }

    pub fn credit(&self) -> Credit {
        Credit {
            source_id: self.source_id,
            unnamed: self.unnamed.clone(),
            stated_name: self.stated_name.clone(),
            outlet_id: self.outlet_id,
            programme: self.programme.clone(),
            evidence_url: self.evidence_url.clone(),
        }
    }
}

/// Puts these in the place of those of a text.
pub fn replace(
    conn: &mut DbConn,
    article: ArticleId,
    lang: &Lang,
    credits: &[QuoteCredit],
) -> QueryResult<()> {
    let of_text = quote_credits::article_id
        .eq(article)
        .and(quote_credits::lang.eq(lang));
    diesel::delete(quote_credits::table.filter(of_text)).execute(conn)?;
    if credits.is_empty() {
        return Ok(());
    }
    on_each_backend!(conn => diesel::insert_into(quote_credits::table).values(credits).execute(conn).map(drop))
}

/// What is credited to a source or outlet, by quote.
pub fn of_source(conn: &mut DbConn, id: SourceId) -> QueryResult<Vec<QuoteCredit>> {
    quote_credits::table
        .filter(names(id))
        .order(quote_credits::quote_id)
        .load(conn)
}

/// True while readers see a quote of it, be it by name or not.
pub fn is_credited(conn: &mut DbConn, id: SourceId) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(quote_credits::table.filter(names(id)))).get_result(conn)
}

/// Moves what is credited to what was merged to its survivor.
pub fn move_to_survivor(
    conn: &mut DbConn,
    merged: SourceId,
    survivor: SourceId,
) -> QueryResult<()> {
    diesel::update(quote_credits::table.filter(quote_credits::source_id.eq(merged)))
        .set(quote_credits::source_id.eq(survivor))
        .execute(conn)?;
    diesel::update(quote_credits::table.filter(quote_credits::outlet_id.eq(merged)))
        .set(quote_credits::outlet_id.eq(survivor))
        .execute(conn)
        .map(drop)
}

/// As source or as outlet.
#[diesel::dsl::auto_type(no_type_alias)]
fn names(id: SourceId) -> _ {
    let source: Option<SourceId> = Some(id);
    quote_credits::source_id
        .eq(source)
        .or(quote_credits::outlet_id.eq(source))
}
