//! Statements on the quotes that readers see: written by publishing, read by readers.

use diesel::prelude::*;

use super::anchor::{AnchorState, Segment};
use super::model::{Manner, Occasion, Original, Quote, QuoteId, VerificationState};
use super::said_at::SaidAt;
use crate::articles::model::ArticleId;
use crate::auth::UserId;
use crate::db::dialect::{Way, row_compare};
use crate::db::schema::{published_quotes, published_terms};
use crate::db::{AnyId, DbConn, Instant, Json, MultiBackend};
use crate::language::Lang;
use crate::on_each_backend;
use crate::sources::confidence::{Credit, Standing};
use crate::sources::model::SourceId;
use crate::topics::TopicId;

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
        }
    }

    /// The sources that it names: who said it, and through which outlet.
    pub fn sources(&self) -> impl Iterator<Item = SourceId> {
        [self.source_id, self.outlet_id].into_iter().flatten()
    }
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

/// Puts these quotes in the place of those that readers saw in a text; gives the sources of both.
pub fn replace(
    conn: &mut DbConn,
    article: ArticleId,
    lang: &Lang,
    rows: &[PublishedQuote],
) -> QueryResult<Vec<SourceId>> {
    let of_text = || {
        published_quotes::article_id
            .eq(article)
            .and(published_quotes::lang.eq(lang))
    };
    let before: Vec<(Option<SourceId>, Option<SourceId>)> = published_quotes::table
        .filter(of_text())
        .select((published_quotes::source_id, published_quotes::outlet_id))
        .load(conn)?;
    diesel::delete(published_quotes::table.filter(of_text())).execute(conn)?;
    if !rows.is_empty() {
        on_each_backend!(conn => diesel::insert_into(published_quotes::table).values(rows).execute(conn))?;
    }
    let gone = before
        .into_iter()
        .flat_map(|(source, outlet)| [source, outlet])
        .flatten();
    let mut sources: Vec<SourceId> = gone
        .chain(rows.iter().flat_map(PublishedQuote::sources))
        .collect();
    sources.sort();
    sources.dedup();
    Ok(sources)
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

pub fn find(conn: &mut DbConn, id: QuoteId) -> QueryResult<Option<PublishedQuote>> {
    published_quotes::table.find(id).first(conn).optional()
}

/// The quotes of several texts, in their order.
pub fn of_articles(
    conn: &mut DbConn,
    articles: &[ArticleId],
    lang: &Lang,
) -> QueryResult<Vec<PublishedQuote>> {
    published_quotes::table
        .filter(
            published_quotes::article_id
                .eq_any(articles)
                .and(published_quotes::lang.eq(lang)),
        )
        .order((published_quotes::article_id, published_quotes::position))
        .load(conn)
}

/// Which quotes a reader wants to see.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub sources: Vec<SourceId>,
    pub outlets: Vec<SourceId>,
    pub occasions: Vec<Occasion>,
    pub topics: Vec<TopicId>,
    pub langs: Vec<Lang>,
    pub said_after: Option<Instant>,
    pub said_before: Option<Instant>,
}

/// The place of a quote in a timeline.
pub type Key = (Instant, QuoteId);

type Query<'a> = published_quotes::BoxedQuery<'a, MultiBackend>;

/// A page of a timeline, latest first, or from the key backwards.
pub fn list(
    conn: &mut DbConn,
    filter: &Filter,
    at: Option<(bool, Key)>,
    limit: i64,
) -> QueryResult<Vec<PublishedQuote>> {
    let query = filtered(filter).limit(limit);
    let columns = (published_quotes::sorted_at, published_quotes::id);
    match at {
        None => query.order((
            published_quotes::sorted_at.desc(),
            published_quotes::id.desc(),
        )),
        Some((false, key)) => query.filter(row_compare(columns, Way::Before, key)).order((
            published_quotes::sorted_at.desc(),
            published_quotes::id.desc(),
        )),
        Some((true, key)) => query.filter(row_compare(columns, Way::After, key)).order((
            published_quotes::sorted_at.asc(),
            published_quotes::id.asc(),
        )),
    }
    .load(conn)
}

/// How many there are, at most `limit`.
pub fn count(conn: &mut DbConn, filter: &Filter, limit: i64) -> QueryResult<i64> {
    let some: Vec<QuoteId> = filtered(filter)
        .limit(limit)
        .select(published_quotes::id)
        .load(conn)?;
    Ok(some.len() as i64)
}

fn filtered(filter: &Filter) -> Query<'_> {
    let mut query = published_quotes::table.into_boxed();
    // One value is an equality, which lets the index of the column give the order, too.
    query = match filter.sources.as_slice() {
        [] => query,
        [one] => query.filter(published_quotes::source_id.eq(*one)),
        many => query.filter(published_quotes::source_id.eq_any(many.iter().copied().map(Some))),
    };
    query = match filter.outlets.as_slice() {
        [] => query,
        [one] => query.filter(published_quotes::outlet_id.eq(*one)),
        many => query.filter(published_quotes::outlet_id.eq_any(many.iter().copied().map(Some))),
    };
    query = match filter.langs.as_slice() {
        [] => query,
        [one] => query.filter(published_quotes::lang.eq(one)),
        many => query.filter(published_quotes::lang.eq_any(many)),
    };
    if !filter.occasions.is_empty() {
        query = query
            .filter(published_quotes::occasion.eq_any(filter.occasions.iter().copied().map(Some)));
    }
    if !filter.topics.is_empty() {
        let on_topic = published_terms::table.filter(
            published_terms::kind
                .eq("topic")
                .and(
                    published_terms::term
                        .eq_any(filter.topics.iter().map(|topic| topic.of::<()>())),
                )
                .and(published_terms::article_id.eq(published_quotes::article_id))
                .and(published_terms::lang.eq(published_quotes::lang)),
        );
        query = query.filter(diesel::dsl::exists(on_topic));
    }
    if let Some(after) = filter.said_after {
        query = query.filter(published_quotes::said_from.gt(after));
    }
    if let Some(before) = filter.said_before {
        query = query.filter(published_quotes::said_from.lt(before));
    }
    query
}
