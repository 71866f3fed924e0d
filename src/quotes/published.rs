//! The quotes that readers see: the row, and the statements that read one or those of a text.
//! `timeline` reads lists of them, `projection` writes them.

use diesel::prelude::*;

use super::anchor::{AnchorState, Segment};
use super::model::{Manner, Occasion, Original, Quote, QuoteId, VerificationState};
use super::said_at::{Precision, SaidAt};
use crate::articles::model::ArticleId;
use crate::auth::UserId;
use crate::db::among::among;
use crate::db::schema::published_quotes;
use crate::db::{AnyId, DbConn, Instant, Json};
use crate::language::Lang;
use crate::on_each_backend;
use crate::sources::confidence::{Credit, Standing};
use crate::sources::model::SourceId;

/// A quote as readers see it. Where its source is not on record, nothing here tells who it was.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = published_quotes, treat_none_as_default_value = false)]
pub struct PublishedQuote {
    pub id: QuoteId,
    pub article_id: ArticleId,
    pub lang: Lang,
    pub position: i32,
    pub source_id: Option<SourceId>,
    pub unnamed: Option<String>,
    pub manner: Manner,
    pub text: String,
    pub original: Option<Json<Original>>,
    pub stated_name: Option<String>,
    pub stated_role: Option<String>,
    pub occasion: Option<Occasion>,
    pub outlet_id: Option<SourceId>,
    pub programme: Option<String>,
    pub said_at: Option<SaidAt>,
    pub evidence_url: Option<String>,
    pub statement: Option<AnyId>,
    pub anchor_state: AnchorState,
    pub segments: Json<Vec<Segment>>,
    pub verification: VerificationState,
    pub verified_by: Option<UserId>,
    pub verified_at: Option<Instant>,
    /// The start of `said_at` in the site's time zone.
    pub said_from: Option<Instant>,
    /// `said_from`, or the publication where it is not known: what timelines are sorted by.
    pub sorted_at: Instant,
    pub published_at: Instant,
    /// How inexactly it is known when it was said: 0 for an instant to 4 for not at all.
    pub vagueness: i32,
}

impl PublishedQuote {
    /// What readers get of a quote, as its sources stand.
    pub fn new(
        quote: Quote,
        published_at: Instant,
        zone: &jiff::tz::TimeZone,
        standing: &Standing,
    ) -> Self {
        let credit = Credit {
            source_id: quote.source_id,
            unnamed: quote.unnamed,
            stated_name: quote.stated_name,
            outlet_id: quote.outlet_id,
            programme: quote.programme,
            evidence_url: quote.evidence_url,
        };
        let credit = credit.for_readers(&quote.lang, standing);
        let said_from = quote.said_at.as_ref().and_then(|said| said.start(zone));
        let precision = match (&quote.said_at, said_from) {
            (Some(said), Some(_)) => said.precision(),
            _ => Precision::Unknown,
        };
        Self {
            id: quote.id,
            article_id: quote.article_id,
            lang: quote.lang,
            position: quote.position,
            source_id: credit.source_id,
            unnamed: credit.unnamed,
            manner: quote.manner,
            text: quote.text,
            original: quote.original,
            stated_name: credit.stated_name,
            stated_role: quote.stated_role,
            occasion: quote.occasion,
            outlet_id: credit.outlet_id,
            programme: credit.programme,
            said_at: quote.said_at,
            evidence_url: credit.evidence_url,
            statement: quote.statement,
            anchor_state: quote.anchor_state,
            // Where words once stood is no place for a reader.
            segments: match quote.anchor_state {
                AnchorState::Orphaned => Json(Vec::new()),
                _ => quote.segments,
            },
            verification: quote.verification,
            verified_by: quote.verified_by,
            verified_at: quote.verified_at,
            said_from,
            sorted_at: said_from.unwrap_or(published_at),
            published_at,
            vagueness: precision as i32,
        }
    }

    /// The sources that it names: who said it, and through which outlet.
    pub fn sources(&self) -> impl Iterator<Item = SourceId> {
        [self.source_id, self.outlet_id].into_iter().flatten()
    }
}

pub fn find(conn: &mut DbConn, id: QuoteId) -> QueryResult<Option<PublishedQuote>> {
    published_quotes::table.find(id).first(conn).optional()
}

/// The quotes of several texts, in their order.
pub fn of_articles(
    conn: &mut DbConn,
    articles: &[ArticleId],
    lang: &Lang,
) -> QueryResult<Vec<PublishedQuote>> {
    let query = published_quotes::table
        .filter(among(published_quotes::article_id, articles).and(published_quotes::lang.eq(lang)))
        .order((published_quotes::article_id, published_quotes::position));
    on_each_backend!(conn => query.load(conn))
}

/// Another quote of a statement.
#[derive(Debug, Clone, Queryable)]
pub struct Sibling {
    pub id: QuoteId,
    pub article_id: ArticleId,
    pub lang: Lang,
    pub source_id: Option<SourceId>,
    pub statement: Option<AnyId>,
}

impl Sibling {
    /// Whether it is another quote of the same statement. What is not credited to the same source
    /// stands apart, so that nothing ties a name to words that were published without it.
    pub fn is_of(&self, quote: &PublishedQuote) -> bool {
        self.statement == quote.statement
            && self.statement.is_some()
            && self.source_id == quote.source_id
            && self.id != quote.id
    }
}

/// All quotes of these statements, those first that say best when it was said.
pub fn of_statements(conn: &mut DbConn, statements: &[AnyId]) -> QueryResult<Vec<Sibling>> {
    published_quotes::table
        .filter(among(
            published_quotes::statement.assume_not_null(),
            statements,
        ))
        .order((
            published_quotes::vagueness,
            published_quotes::sorted_at,
            published_quotes::published_at,
            published_quotes::id,
        ))
        .select((
            published_quotes::id,
            published_quotes::article_id,
            published_quotes::lang,
            published_quotes::source_id,
            published_quotes::statement,
        ))
        .load(conn)
}
