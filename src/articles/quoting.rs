//! A posted quote: its source and outlet, known or made, and the place of its words.

use std::collections::{BTreeMap, BTreeSet};

use super::model::ArticleId;
use super::writing::places;
use crate::auth::Staff;
use crate::body::Body;
use crate::db::{AnyId, Id, Instant, Json, Tx};
use crate::http::problem::{Code, Problem};
use crate::language::Lang;
use crate::quotes::anchor::{Anchor, Wanted, Words};
use crate::quotes::api::{NewQuote, not_found};
use crate::quotes::model::{Quote, VerificationState, statement_of};
use crate::quotes::room::Room;
use crate::sources::matching::{Found, SourceMatch, find_by_ids};
use crate::sources::model::{Sight, SourceId};
use crate::texts::model::Text;

/// Those to whom the quotes of a post are credited, looked up once for all of them.
#[derive(Debug, Clone, Default)]
pub struct Cast {
    /// The sources that the post names, by the name that its quotes use.
    named: BTreeMap<String, SourceId>,
    /// By the ids that quotes say, and by those of `named`.
    known: BTreeMap<SourceId, SourceId>,
}

impl Cast {
    /// Looks up those that are named and those that `references` say by their ids. Nobody merges
    /// any of them before the transaction ends.
    pub fn of<'a>(
        tx: &mut Tx,
        named: &BTreeMap<String, Found>,
        references: impl Iterator<Item = &'a str>,
        staff: &Staff,
    ) -> Result<Self, Problem> {
        let named: BTreeMap<String, SourceId> = named
            .iter()
            .map(|(name, found)| (name.clone(), found.source.id))
            .collect();
        // What is no id is told where it stands, when the quote is read.
        let ids: BTreeSet<SourceId> = references
            .filter_map(|reference| reference.parse().ok())
            .chain(named.values().copied())
            .collect();
        let known = find_by_ids(tx, ids.into_iter().collect(), Sight::of(staff))?;
        let known = known.into_iter().map(|(id, source)| (id, source.id));
        Ok(Self {
            named,
            known: known.collect(),
        })
    }

    /// The source that an id or `#name` means.
    pub fn find(&self, reference: Option<&str>) -> Result<Option<SourceId>, Problem> {
        let Some(reference) = reference else {
            return Ok(None);
        };
        let unknown = || {
            Problem::field(
                "",
                "expected the id of a source, or #name of one in `sources`",
            )
        };
        let id = match reference.strip_prefix('#') {
            Some(name) => *self
                .named
                .get(name)
                .ok_or_else(|| Problem::field("", "there is no such name in `sources`"))?,
            None => reference.parse().map_err(|_| unknown())?,
        };
        self.known.get(&id).copied().map(Some).ok_or_else(unknown)
    }
}

/// What the quotes of a post say of their sources and outlets.
pub fn references(quotes: &[(NewQuote, Vec<Wanted>)]) -> impl Iterator<Item = &str> {
    quotes.iter().flat_map(|(quote, _)| references_of(quote))
}

/// What a posted quote says of its source and its outlet.
fn references_of(quote: &NewQuote) -> impl Iterator<Item = &str> {
    [quote.source.as_deref(), quote.attribution.outlet.as_deref()]
        .into_iter()
        .flatten()
}

/// Lets quotes of long ago name what their sources have become: the survivors of merges. 409 where
/// one was deleted since.
pub fn follow_sources(tx: &mut Tx, quotes: &mut [Quote]) -> Result<(), Problem> {
    let named = quotes.iter().filter(|quote| quote.removed_at.is_none());
    let named: BTreeSet<SourceId> = named
        .flat_map(|quote| [quote.source_id, quote.outlet_id])
        .flatten()
        .collect();
    let known = find_by_ids(tx, named.iter().copied().collect(), Sight::All)?;
    if known.len() < named.len() {
        return Err(Problem::new(
            Code::WrongState,
            "It quotes a source that was deleted since: restore the source first.",
        ));
    }
    let present = |id: SourceId| known.get(&id).map_or(id, |source| source.id);
    for quote in quotes {
        quote.source_id = quote.source_id.map(present);
        quote.outlet_id = quote.outlet_id.map(present);
    }
    Ok(())
}

/// What became of the sources of a post.
pub fn matches_of(named: &BTreeMap<String, Found>) -> BTreeMap<String, SourceMatch> {
    named
        .iter()
        .map(|(name, found)| (name.clone(), found.into()))
        .collect()
}

/// Finds the words of a posted quote in the body; what is wrong is pointed at from `/segments`.
pub fn find_words(body: &Body, lang: &Lang, wanted: &[Wanted]) -> Result<Anchor, Problem> {
    let plain = body.plain();
    Words::new(&places(&plain), lang.as_str())
        .find(wanted)
        .map_err(|error| not_found(&error))
}

/// The quotes that a text is posted with, in their order.
pub fn new_quotes(
    tx: &mut Tx,
    text: &Text,
    body: &Body,
    posted: &[(NewQuote, Vec<Wanted>)],
    cast: &Cast,
    staff: &Staff,
) -> Result<Vec<Quote>, Problem> {
    let (plain, now) = (body.plain(), tx.now());
    let places = places(&plain);
    let words = Words::new(&places, text.lang.as_str());
    let mut rows = Vec::new();
    for (nth, (quote, wanted)) in posted.iter().enumerate() {
        let row = new_quote(text, &words, quote, wanted, cast, now);
        let mut row = row.map_err(|problem| problem.below(&format!("/quotes/{nth}")))?;
        row.position = nth as i32;
        rows.push(row);
    }
    let statements: Vec<AnyId> = rows.iter().filter_map(|row| row.statement).collect();
    let mut room = Room::in_all(tx, &statements, staff)?;
    for (nth, row) in rows.iter().enumerate() {
        room.join(row)
            .map_err(|error| Problem::field(format!("/quotes/{nth}/key"), error.to_string()))?;
    }
    Ok(rows)
}

/// A quote that is posted to a text that is there.
pub fn added_quote(
    tx: &mut Tx,
    text: &Text,
    body: &Body,
    (quote, wanted): (&NewQuote, &[Wanted]),
    staff: &Staff,
) -> Result<Quote, Problem> {
    let cast = Cast::of(tx, &BTreeMap::new(), references_of(quote), staff)?;
    let plain = body.plain();
    let places = places(&plain);
    let words = Words::new(&places, text.lang.as_str());
    let row = new_quote(text, &words, quote, wanted, &cast, tx.now())?;
    let statement: Vec<AnyId> = row.statement.into_iter().collect();
    let joined = Room::in_all(tx, &statement, staff)?.join(&row);
    joined.map_err(|error| Problem::field("/key", error.to_string()))?;
    Ok(row)
}

/// A posted quote with its source, outlet and place among the words of the text; the errors point
/// into it.
fn new_quote(
    text: &Text,
    words: &Words,
    quote: &NewQuote,
    wanted: &[Wanted],
    cast: &Cast,
    now: Instant,
) -> Result<Quote, Problem> {
    let quote = quote.clone();
    let article: ArticleId = text.item_id.of();
    let source_id = cast
        .find(quote.source.as_deref())
        .map_err(|problem| problem.below("/source"))?;
    if source_id.is_none() && quote.unnamed.is_none() {
        return Err(Problem::field("/source", "expected a source, or `unnamed`"));
    }
    let said = quote.attribution.clone();
    let outlet_id = cast
        .find(said.outlet.as_deref())
        .map_err(|problem| problem.below("/attribution/outlet"))?;
    let anchor = words
        .find(wanted)
        .map_err(|error| not_found(&error).below("/anchor"))?;
    let text_of_quote = quote.words(wanted);
    let quote = Quote {
        id: Id::new(),
        article_id: article,
        lang: text.lang.clone(),
        position: 0,
        source_id,
        unnamed: quote.unnamed.as_ref().map(ToString::to_string),
        manner: quote.manner,
        text: text_of_quote,
        original: quote.original.map(Json),
        stated_name: said.stated_name.map(String::from),
        stated_role: said.stated_role.map(String::from),
        occasion: said.occasion,
        outlet_id,
        programme: said.programme.map(String::from),
        said_at: said.said_at,
        evidence_url: said.evidence_url.map(String::from),
        statement: quote.key.map(|key| statement_of(article, &key)),
        anchor_state: anchor.state,
        segments: Json(anchor.segments),
        verification: VerificationState::Unverified,
        verified_by: None,
        verified_at: None,
        created_at: now,
        removed_at: None,
    };
    quote.check_words()?;
    Ok(quote)
}
