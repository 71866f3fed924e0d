//! Finding the source that a story means: by its id, by an address that stands for it, or by
//! its name. What nobody has posted before is made.

use std::collections::{BTreeMap, BTreeSet};

use diesel::QueryResult;
use serde::Serialize;
use utoipa::ToSchema;

use super::model::{self, Position, Sight, Source, SourceError, SourceId, SourceKind};
use super::posted::{NewSource, PostedSource};
use super::store;
use crate::auth::Staff;
use crate::changes::{Action, Change, ItemKind};
use crate::db::{DbConn, Instant, Json, Tx};
use crate::http::body::escape;
use crate::http::problem::Problem;
use crate::text_enum;

text_enum! {
    /// How the source of a quote was found.
    pub enum MatchedBy {
        /// The post named it by its id.
        Id = "id",
        /// An address in `same_as` is the same.
        SameAs = "same_as",
        /// A name is the same but for case and spelling of marks, and so is the kind.
        Name = "name",
        /// There was none: it was made.
        Made = "made",
    }
}

impl MatchedBy {
    /// Whether the answer tells more than what was posted: that a name is somebody's.
    pub fn tells_more(self) -> bool {
        matches!(self, Self::SameAs | Self::Name)
    }
}

/// A source for a quote, and how it was found.
#[derive(Debug, Clone)]
pub struct Found {
    pub source: Source,
    pub how: MatchedBy,
}

/// What the answer to a post says of each of its sources.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SourceMatch {
    pub id: SourceId,
    pub matched_by: MatchedBy,
}

impl From<&Found> for SourceMatch {
    fn from(found: &Found) -> Self {
        Self {
            id: found.source.id,
            matched_by: found.how,
        }
    }
}

impl NewSource {
    fn check(&self) -> Result<(), SourceError> {
        model::check_lists(
            &self.aliases,
            &self.description,
            &self.same_as,
            &self.positions,
        )
    }

    fn made(&self, staff: &Staff, now: Instant) -> Source {
        let new = self.clone();
        Source {
            id: SourceId::new(),
            kind: new.kind,
            names: Json(new.names),
            aliases: Json(new.aliases),
            description: Json(new.description),
            same_as: Json(new.same_as),
            positions: Json(new.positions),
            disclosure: new.disclosure,
            merged_into: None,
            version: 1,
            created_by: staff.id,
            created_at: now,
            updated_at: now,
            deleted_at: None,
        }
    }

    /// The addresses and folded names by which it may be known already.
    fn words(&self) -> impl Iterator<Item = String> {
        let addresses = self.same_as.iter().map(|address| address.to_string());
        addresses.chain(model::folded(&self.names, &[]))
    }

    /// The one of these that is meant. A source that was posted as confidential never becomes one
    /// that is less so; of several, the one whose disclosure is nearest, then the oldest.
    fn among(&self, candidates: &[Candidate]) -> Option<Found> {
        let nearest = |fits: &dyn Fn(&Candidate) -> bool, how| {
            let no_less = candidates
                .iter()
                .filter(|candidate| candidate.source.disclosure >= self.disclosure);
            let nearest = no_less
                .filter(|candidate| fits(candidate))
                .min_by_key(|candidate| (candidate.source.disclosure, candidate.source.id))?;
            let source = nearest.source.clone();
            Some(Found { source, how })
        };
        let by_address = |candidate: &Candidate| {
            let addresses = self.same_as.iter().map(|address| address.to_string());
            candidate.is_known_by(addresses)
        };
        let by_name = |candidate: &Candidate| {
            candidate.source.kind == self.kind
                && candidate.is_known_by(model::folded(&self.names, &[]))
        };
        nearest(&by_address, MatchedBy::SameAs).or_else(|| nearest(&by_name, MatchedBy::Name))
    }
}

/// A source that may be the one that is meant.
struct Candidate {
    source: Source,
    known_by: BTreeSet<String>,
}

impl From<Source> for Candidate {
    fn from(source: Source) -> Self {
        Self {
            known_by: source.known_by(),
            source,
        }
    }
}

impl Candidate {
    fn is_known_by(&self, mut words: impl Iterator<Item = String>) -> bool {
        words.any(|word| self.known_by.contains(&word))
    }
}

/// Makes a source as it was posted, whether or not there is one like it. 422 for what breaks a rule.
pub fn make(tx: &mut Tx, new: &NewSource, staff: &Staff) -> Result<Source, Problem> {
    new.check()?;
    store::take_turn(tx)?;
    let source = new.made(staff, tx.now());
    keep(tx, std::slice::from_ref(&source), staff, |_| String::new())?;
    Ok(source)
}

/// Finds the sources of a story by the names that the story gives them, and makes those that there
/// are not, in a fixed number of statements. What the caller may not know of is never found.
pub fn find_or_make(
    tx: &mut Tx,
    posted: &BTreeMap<String, PostedSource>,
    staff: &Staff,
) -> Result<BTreeMap<String, Found>, Problem> {
    let mut found = find_posted_ids(tx, posted, staff)?;
    let described: Vec<(&String, &NewSource)> = posted
        .iter()
        .filter_map(|(name, posted)| match posted {
            PostedSource::Described(new) => Some((name, &**new)),
            PostedSource::Known(_) => None,
        })
        .collect();
    for (name, new) in &described {
        new.check()
            .map_err(|error| Problem::from(error).below(&place(name)))?;
    }
    let missing = find_among(tx, &described, staff, &mut found)?;
    if missing.is_empty() {
        return Ok(found);
    }
    // Somebody may have made them between the first look and our turn.
    store::take_turn(tx)?;
    let missing = find_among(tx, &missing, staff, &mut found)?;
    make_missing(tx, &missing, staff, &mut found)?;
    Ok(found)
}

fn place(name: &str) -> String {
    format!("/sources/{}", escape(name))
}

fn find_posted_ids(
    tx: &mut Tx,
    posted: &BTreeMap<String, PostedSource>,
    staff: &Staff,
) -> Result<BTreeMap<String, Found>, Problem> {
    let ids: BTreeMap<&String, SourceId> = posted
        .iter()
        .filter_map(|(name, posted)| match posted {
            PostedSource::Known(id) => Some((name, *id)),
            PostedSource::Described(_) => None,
        })
        .collect();
    let known = find_by_ids(tx, ids.values().copied().collect(), Sight::of(staff))?;
    let found = ids.into_iter().map(|(name, id)| {
        let source = known.get(&id).cloned().ok_or_else(|| {
            Problem::field(format!("{}/id", place(name)), "there is no such source")
        })?;
        let how = MatchedBy::Id;
        Ok((name.clone(), Found { source, how }))
    });
    found.collect()
}

/// Finds what is there already; gives what is not.
fn find_among<'a>(
    tx: &mut Tx,
    described: &[(&'a String, &'a NewSource)],
    staff: &Staff,
    found: &mut BTreeMap<String, Found>,
) -> Result<Vec<(&'a String, &'a NewSource)>, Problem> {
    let words: BTreeSet<String> = described.iter().flat_map(|(_, new)| new.words()).collect();
    let words: Vec<String> = words.into_iter().collect();
    let known = store::known_by(tx, &words, Sight::of(staff))?;
    let candidates: Vec<Candidate> = known.into_iter().map(Candidate::from).collect();
    let mut missing = Vec::new();
    for (name, new) in described {
        match new.among(&candidates) {
            Some(one) => drop(found.insert((*name).clone(), one)),
            None => missing.push((*name, *new)),
        }
    }
    Ok(missing)
}

/// Makes what is missing; what the story names twice is made once.
fn make_missing(
    tx: &mut Tx,
    missing: &[(&String, &NewSource)],
    staff: &Staff,
    found: &mut BTreeMap<String, Found>,
) -> Result<(), Problem> {
    let now = tx.now();
    let mut made: Vec<Candidate> = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    for (name, new) in missing {
        let one = new.among(&made).unwrap_or_else(|| {
            let source = new.made(staff, now);
            made.push(source.clone().into());
            names.push(name);
            let how = MatchedBy::Made;
            Found { source, how }
        });
        found.insert((*name).clone(), one);
    }
    let made: Vec<Source> = made.into_iter().map(|made| made.source).collect();
    let place_of = |nth: usize| names.get(nth).copied().map(place).unwrap_or_default();
    keep(tx, &made, staff, place_of)
}

/// Writes new sources; `place_of` gives the place of each in the body.
fn keep(
    tx: &mut Tx,
    made: &[Source],
    staff: &Staff,
    place_of: impl Fn(usize) -> String,
) -> Result<(), Problem> {
    check_organisations(tx, made, staff, place_of)?;
    store::insert(tx, made)?;
    for source in made {
        tx.record(Change::of(ItemKind::Source, source.id, Action::Created).by(staff.id));
    }
    Ok(())
}

/// The sources of these ids, or those into which they were merged, by the ids asked for; nobody
/// merges them before the transaction ends. Those that are not there, or not in sight, are
/// left out.
pub fn find_by_ids(
    conn: &mut DbConn,
    ids: Vec<SourceId>,
    sight: Sight,
) -> QueryResult<BTreeMap<SourceId, Source>> {
    let mut held = store::hold_quoted(conn, &ids)?;
    held.retain(|source| sight.covers(source));
    let survivors: Vec<SourceId> = held
        .iter()
        .filter_map(|source| source.merged_into)
        .collect();
    let mut there = store::hold_quoted(conn, &survivors)?;
    there.retain(|source| sight.covers(source));
    there.extend(held.iter().cloned());
    let one = |id: SourceId| {
        let is_there = |source: &&Source| source.id == id && source.deleted_at.is_none();
        there.iter().find(is_there).cloned()
    };
    let found = held
        .iter()
        .filter_map(|source| Some((source.id, one(source.merged_into.unwrap_or(source.id))?)));
    Ok(found.collect())
}

/// 422 where a position names what is no organisation, or none that the caller may know of;
/// `place_of` gives the place of each source in the body.
pub fn check_organisations(
    conn: &mut DbConn,
    held_by: &[Source],
    staff: &Staff,
    place_of: impl Fn(usize) -> String,
) -> Result<(), Problem> {
    let ids: BTreeSet<SourceId> = held_by
        .iter()
        .flat_map(|source| &source.positions.0)
        .filter_map(|held| held.organisation)
        .collect();
    let mut known = store::find_many_seen(conn, ids.into_iter().collect(), Sight::of(staff))?;
    known.retain(|known| known.kind == SourceKind::Organisation && known.deleted_at.is_none());
    for (nth, source) in held_by.iter().enumerate() {
        let fits = |id: SourceId| id != source.id && known.iter().any(|known| known.id == id);
        let unfit = |held: &Position| held.organisation.is_some_and(|id| !fits(id));
        if let Some(position) = source.positions.0.iter().position(unfit) {
            let problem = Problem::from(SourceError::NoOrganisation { position });
            return Err(problem.below(&place_of(nth)));
        }
    }
    Ok(())
}
