//! A posted quote: its source and outlet, known or made, and the place of its words.

use std::collections::BTreeMap;

use super::model::ArticleId;
use super::writing::places;
use crate::auth::Staff;
use crate::body::Body;
use crate::db::{Id, Json, Tx};
use crate::http::problem::Problem;
use crate::language::Lang;
use crate::quotes::anchor::{Anchor, Wanted, Words};
use crate::quotes::api::{NewQuote, not_found};
use crate::quotes::model::{Quote, VerificationState, statement_of};
use crate::sources::matching::{Found, NewSource, SourceMatch, find_by_id, find_or_make};
use crate::sources::model::SourceId;
use crate::texts::model::Text;

/// The sources that a post names, by the name that its quotes use.
pub type NamedSources = BTreeMap<String, Found>;

/// Finds or makes the sources of a post.
pub fn name_sources(
    tx: &mut Tx,
    sources: &BTreeMap<String, NewSource>,
    staff: &Staff,
) -> Result<NamedSources, Problem> {
    let mut named = NamedSources::new();
    for (name, source) in sources {
        let pointer = format!("/sources/{name}");
        let found = find_or_make(tx, source, staff).map_err(|problem| problem.below(&pointer))?;
        named.insert(name.clone(), found);
    }
    Ok(named)
}

/// What became of the sources of a post.
pub fn matches_of(named: &NamedSources) -> BTreeMap<String, SourceMatch> {
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

/// A posted quote with its source, outlet and place; the errors point into it.
pub fn new_quote(
    tx: &mut Tx,
    text: &Text,
    body: &Body,
    quote: &NewQuote,
    wanted: &[Wanted],
    named: &NamedSources,
    staff: &Staff,
) -> Result<Quote, Problem> {
    let quote = quote.clone();
    let article: ArticleId = text.item_id.of();
    let source_id = resolve(tx, quote.source.as_deref(), named, staff)
        .map_err(|problem| problem.below("/source"))?;
    if source_id.is_none() && quote.unnamed.is_none() {
        return Err(Problem::field("/source", "expected a source, or `unnamed`"));
    }
    let said = quote.attribution.clone();
    let outlet_id = resolve(tx, said.outlet.as_deref(), named, staff)
        .map_err(|problem| problem.below("/attribution/outlet"))?;
    let anchor =
        find_words(body, &text.lang, wanted).map_err(|problem| problem.below("/anchor"))?;
    let words = quote.words(wanted);
    let quote = Quote {
        id: Id::new(),
        article_id: article,
        lang: text.lang.clone(),
        position: 0,
        source_id,
        unnamed: quote.unnamed.as_ref().map(ToString::to_string),
        manner: quote.manner,
        text: words,
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
        created_at: tx.now(),
        removed_at: None,
    };
    quote.check_words()?;
    Ok(quote)
}

/// The source that an id or `#name` means.
pub fn resolve(
    tx: &mut Tx,
    reference: Option<&str>,
    named: &NamedSources,
    staff: &Staff,
) -> Result<Option<SourceId>, Problem> {
    let Some(reference) = reference else {
        return Ok(None);
    };
    if let Some(name) = reference.strip_prefix('#') {
        let found = named
            .get(name)
            .ok_or_else(|| Problem::field("", "there is no such name in `sources`"))?;
        return Ok(Some(found.source.id));
    }
    let unknown = || {
        Problem::field(
            "",
            "expected the id of a source, or #name of one in `sources`",
        )
    };
    let id: SourceId = reference.parse().map_err(|_| unknown())?;
    let found = find_by_id(tx, id, staff)?.ok_or_else(unknown)?;
    Ok(Some(found.source.id))
}
