//! Which sources may be one and the same: found when a source is written, kept as pairs, and
//! proposed to whoever may merge them.
//!
//! Two sources are compared where they have an address in common, or names of one kind that sound
//! alike ([`crate::language::sound`]). So a write looks at a few neighbours, and asking for the
//! pairs costs a page, however many sources there are.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::model::{Source, SourceId};
use crate::db::among::among;
use crate::db::dialect::{Way, row_compare};
use crate::db::schema::{source_likenesses, source_names, source_spellings, sources};
use crate::db::{DbConn, Id};
use crate::http::page::COUNT_LIMIT;
use crate::language::{Sound, likeness};
use crate::on_each_backend;
use crate::text_enum;

text_enum! {
    /// Why two sources may be one.
    pub enum LikeReason {
        /// An address in `same_as` is the same.
        SameAs = "same_as",
        /// A name or alias is the same but for case and spelling of marks.
        SameName = "same_name",
        /// A name or alias is spelt almost like one of the other.
        NearName = "near_name",
        /// A name or alias in one script sounds like one of the other in another.
        OtherScript = "other_script",
    }
}

pub type LikenessId = Id<Likeness>;

/// Two sources that may be one.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = source_likenesses, treat_none_as_default_value = false)]
pub struct Likeness {
    pub id: LikenessId,
    /// The older of the two.
    pub source_id: SourceId,
    pub other_id: SourceId,
    /// In percent; 100 where they share a name or an address.
    pub score: i32,
    pub reason: LikeReason,
}

#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = source_spellings, treat_none_as_default_value = false)]
struct Spelling {
    source_id: SourceId,
    key: String,
    folded: String,
    spelt: String,
}

/// How many names of a source are compared: those in `names` first, then its aliases.
const MOST_NAMES: usize = 40;
/// How many names that sound alike are looked at for each source that is written, the newest of
/// them. Of a name as common as that the pairs would tell nobody anything.
const MOST_NEIGHBOURS: i64 = 200;
/// How many pairs of one source are kept, the likest of them.
const MOST_PAIRS: usize = 20;
/// How many rows go into one statement; SQLite takes 32,766 values.
const ROWS: usize = 4_000;

/// Finds anew whom these sources may be: after their names, addresses, kind or state have changed.
pub fn find_anew(conn: &mut DbConn, written: &[Source]) -> QueryResult<()> {
    let ids: Vec<SourceId> = written.iter().map(|source| source.id).collect();
    let old = source_spellings::table.filter(among(source_spellings::source_id, ids.as_slice()));
    diesel::delete(old).execute(conn)?;
    let old = source_likenesses::table.filter(
        among(source_likenesses::source_id, ids.as_slice())
            .or(among(source_likenesses::other_id, ids.as_slice())),
    );
    diesel::delete(old).execute(conn)?;
    find(conn, written)
}

/// Finds whom new sources may be, in a fixed number of statements.
pub fn find(conn: &mut DbConn, written: &[Source]) -> QueryResult<()> {
    let present: Vec<&Source> = written
        .iter()
        .filter(|source| source.merged_into.is_none() && source.deleted_at.is_none())
        .collect();
    let spellings: Vec<Spelling> = present
        .iter()
        .flat_map(|source| spellings_of(source))
        .collect();
    let others = neighbours(conn, &spellings, present.len())?;
    let mut pairs = Pairs::default();
    let mut by_key: BTreeMap<&str, Vec<&Spelling>> = BTreeMap::new();
    for other in others.iter().chain(&spellings) {
        by_key.entry(&other.key).or_default().push(other);
    }
    for own in &spellings {
        let others = by_key.get(own.key.as_str()).into_iter().flatten();
        for other in others.take(MOST_NEIGHBOURS as usize) {
            if let Some((score, reason)) = own.like(other) {
                pairs.propose(own.source_id, other.source_id, score, reason);
            }
        }
    }
    for (one, other) in sharing_addresses(conn, &present)? {
        pairs.propose(one, other, 100, LikeReason::SameAs);
    }
    for rows in spellings.chunks(ROWS) {
        on_each_backend!(conn => diesel::insert_into(source_spellings::table).values(rows).execute(conn))?;
    }
    for rows in pairs.rows().chunks(ROWS) {
        on_each_backend!(conn => diesel::insert_into(source_likenesses::table).values(rows).execute(conn))?;
    }
    Ok(())
}

fn spellings_of(source: &Source) -> Vec<Spelling> {
    let names = source.names.0.iter().map(|(_, name)| name);
    let names = names.chain(source.aliases.0.iter().map(|alias| &**alias));
    let mut known = BTreeSet::new();
    names
        .take(MOST_NAMES)
        .filter_map(|name| {
            let folded = crate::language::fold_name(name);
            // What has no sound is compared by its letters.
            let Sound { key, spelt } = Sound::of(name).unwrap_or_else(|| Sound {
                key: folded.clone(),
                spelt: folded.clone(),
            });
            let is_new = !folded.is_empty() && known.insert(folded.clone());
            is_new.then(|| Spelling {
                source_id: source.id,
                key: format!("{}:{key}", source.kind),
                folded,
                spelt,
            })
        })
        .collect()
}

/// The names of other sources that sound like one of these.
fn neighbours(
    conn: &mut DbConn,
    spellings: &[Spelling],
    written: usize,
) -> QueryResult<Vec<Spelling>> {
    let keys: BTreeSet<&str> = spellings.iter().map(|own| own.key.as_str()).collect();
    let keys: Vec<&str> = keys.into_iter().collect();
    let most = MOST_NEIGHBOURS * i64::try_from(written).unwrap_or(1);
    on_each_backend!(conn => source_spellings::table
        .filter(among(source_spellings::key, keys))
        .order((source_spellings::source_id.desc(), source_spellings::folded))
        .limit(most)
        .load(conn))
}

/// The pairs of a written source and any that has an address of it.
fn sharing_addresses(
    conn: &mut DbConn,
    written: &[&Source],
) -> QueryResult<Vec<(SourceId, SourceId)>> {
    let mut owners: BTreeMap<String, Vec<SourceId>> = BTreeMap::new();
    for source in written {
        for address in &source.same_as.0 {
            let owners = owners.entry(address.to_string()).or_default();
            owners.push(source.id);
        }
    }
    if owners.is_empty() {
        return Ok(Vec::new());
    }
    let addresses: Vec<&String> = owners.keys().collect();
    let most = MOST_NEIGHBOURS * i64::try_from(written.len()).unwrap_or(1);
    let known: Vec<(String, SourceId)> = on_each_backend!(conn => source_names::table
        .inner_join(sources::table.on(sources::id.eq(source_names::source_id)))
        .filter(among(source_names::folded, addresses))
        .filter(sources::deleted_at.is_null())
        .select((source_names::folded, source_names::source_id))
        .order(source_names::source_id.desc())
        .limit(most)
        .load(conn))?;
    let pairs = known.iter().flat_map(|(address, other)| {
        let owners = owners.get(address).into_iter().flatten();
        owners.map(|owner| (*owner, *other))
    });
    Ok(pairs.collect())
}

impl Spelling {
    fn like(&self, other: &Self) -> Option<(u32, LikeReason)> {
        if self.source_id == other.source_id {
            return None;
        }
        if self.folded == other.folded {
            return Some((100, LikeReason::SameName));
        }
        // Only what is the same is 100.
        let score = likeness(&self.spelt, &other.spelt)?.min(99);
        let is_cyrillic = |folded: &str| folded.contains(|c| matches!(c, '\u{400}'..='\u{52f}'));
        let reason = match is_cyrillic(&self.folded) == is_cyrillic(&other.folded) {
            true => LikeReason::NearName,
            false => LikeReason::OtherScript,
        };
        Some((score, reason))
    }
}

/// The likest that was found of each pair.
#[derive(Default)]
struct Pairs(BTreeMap<(SourceId, SourceId), (u32, LikeReason)>);

impl Pairs {
    fn propose(&mut self, one: SourceId, other: SourceId, score: u32, reason: LikeReason) {
        if one == other {
            return;
        }
        let better = |(known, known_reason): &(u32, LikeReason)| {
            (score, std::cmp::Reverse(reason)) > (*known, std::cmp::Reverse(*known_reason))
        };
        let pair = (one.min(other), one.max(other));
        if self.0.get(&pair).is_none_or(better) {
            self.0.insert(pair, (score, reason));
        }
    }

    /// The likest first, and of each source no more than are kept.
    fn rows(self) -> Vec<Likeness> {
        let mut pairs: Vec<_> = self.0.into_iter().collect();
        pairs.sort_by_key(|(pair, (score, _))| (std::cmp::Reverse(*score), *pair));
        let mut kept: BTreeMap<SourceId, usize> = BTreeMap::new();
        let mut rows = Vec::new();
        for ((source_id, other_id), (score, reason)) in pairs {
            let room = |id| kept.get(&id).copied().unwrap_or(0) < MOST_PAIRS;
            if room(source_id) && room(other_id) {
                *kept.entry(source_id).or_default() += 1;
                *kept.entry(other_id).or_default() += 1;
                rows.push(Likeness {
                    id: Id::new(),
                    source_id,
                    other_id,
                    score: i32::try_from(score).unwrap_or(100),
                    reason,
                });
            }
        }
        rows
    }
}

/// The key of the list of pairs, the likest first.
pub type PairKey = (i32, LikenessId);

/// A page of the pairs; against the order where `at` says so.
pub fn list(
    conn: &mut DbConn,
    at: Option<(bool, PairKey)>,
    limit: i64,
) -> QueryResult<Vec<Likeness>> {
    let order = (source_likenesses::score, source_likenesses::id);
    let query = source_likenesses::table.limit(limit).into_boxed();
    match at {
        None => query.order((
            source_likenesses::score.desc(),
            source_likenesses::id.desc(),
        )),
        Some((false, key)) => query.filter(row_compare(order, Way::Before, key)).order((
            source_likenesses::score.desc(),
            source_likenesses::id.desc(),
        )),
        Some((true, key)) => query
            .filter(row_compare(order, Way::After, key))
            .order((source_likenesses::score.asc(), source_likenesses::id.asc())),
    }
    .load(conn)
}

/// How many pairs there are, up to one more than is counted.
pub fn count(conn: &mut DbConn) -> QueryResult<i64> {
    let ids: Vec<LikenessId> = source_likenesses::table
        .select(source_likenesses::id)
        .limit(COUNT_LIMIT + 1)
        .load(conn)?;
    Ok(ids.len() as i64)
}
