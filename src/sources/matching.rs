//! Finding the source that a story means: by its id, by an address that stands for it, or by
//! its name. What nobody has posted before is made.

use std::collections::BTreeSet;

use diesel::QueryResult;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::{
    self, Descriptions, Disclosure, Position, Sight, Source, SourceError, SourceId, SourceKind,
};
use super::store;
use crate::auth::Staff;
use crate::changes::{Action, Change, ItemKind};
use crate::db::{DbConn, Json, Tx};
use crate::http::problem::Problem;
use crate::http::words::{Line, Prose, WebAddress};
use crate::language::{Lang, Names};
use crate::text_enum;

/// A source as it is posted.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "kind": "person",
    "names": {"az": "Rəşad Nəbiyev", "en": "Rashad Nabiyev"},
    "aliases": ["R. Nəbiyev"],
    "description": {"en": "Minister of Digital Development and Transport."},
    "same_as": ["https://www.wikidata.org/wiki/Q86730"],
    "positions": [{"title": {"en": "Minister"}, "organisation": null, "from": "2021-01-26", "to": null}],
    "disclosure": "on_record"
}))]
pub struct NewSource {
    pub kind: SourceKind,
    pub names: Names,
    /// Other names under which it is known, in any language.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub aliases: Vec<Line<200>>,
    /// What is to be said about it, per language.
    #[serde(default)]
    #[schema(value_type = std::collections::BTreeMap<Lang, Prose<4000>>)]
    pub description: Descriptions,
    /// Addresses of the same on other sites, such as that of its Wikidata item.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub same_as: Vec<WebAddress>,
    #[serde(default)]
    #[schema(max_items = 50)]
    pub positions: Vec<Position>,
    /// `on_record` where it is left out.
    #[serde(default = "on_record")]
    pub disclosure: Disclosure,
}

const fn on_record() -> Disclosure {
    Disclosure::OnRecord
}

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
}

/// Makes a source as it was posted, whether or not there is one like it. 422 for what breaks a rule.
pub fn make(tx: &mut Tx, new: &NewSource, staff: &Staff) -> Result<Source, Problem> {
    new.check()?;
    let now = tx.now();
    let new = new.clone();
    let source = Source {
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
    };
    check_organisations(tx, &source, staff)?;
    store::insert(tx, &source)?;
    tx.record(Change::of(ItemKind::Source, source.id, Action::Created).by(staff.id));
    Ok(source)
}

/// The one that is meant, or else a new one. What the caller may not know of is never found, and
/// a source that was posted as confidential never becomes one that is less so. The errors point
/// into the new source: put its place in the body before them with `Problem::below`.
pub fn find_or_make(tx: &mut Tx, new: &NewSource, staff: &Staff) -> Result<Found, Problem> {
    let sight = Sight::of(staff);
    let addresses: Vec<String> = new
        .same_as
        .iter()
        .map(|address| address.to_string())
        .collect();
    let no_less = |source: &Source| source.disclosure >= new.disclosure;
    if let Some(source) = first_match(tx, addresses, sight, no_less)? {
        let how = MatchedBy::SameAs;
        return Ok(Found { source, how });
    }
    let names = model::folded(&new.names, &[]).collect();
    let of_kind = |source: &Source| source.kind == new.kind && no_less(source);
    if let Some(source) = first_match(tx, names, sight, of_kind)? {
        let how = MatchedBy::Name;
        return Ok(Found { source, how });
    }
    Ok(Found {
        source: make(tx, new, staff)?,
        how: MatchedBy::Made,
    })
}

/// Of several, the one whose disclosure is nearest, then the oldest.
fn first_match(
    conn: &mut DbConn,
    words: Vec<String>,
    sight: Sight,
    fits: impl Fn(&Source) -> bool,
) -> QueryResult<Option<Source>> {
    if words.is_empty() {
        return Ok(None);
    }
    let known = store::known_by(conn, &words, sight)?;
    Ok(known
        .into_iter()
        .filter(fits)
        .min_by_key(|source| (source.disclosure, source.id)))
}

/// The source of this id, or the one into which it was merged. `None` where there is none, or
/// none that the caller may know of.
pub fn find_by_id(conn: &mut DbConn, id: SourceId, staff: &Staff) -> QueryResult<Option<Found>> {
    let sight = Sight::of(staff);
    let Some(mut source) = store::find_seen(conn, id, sight)? else {
        return Ok(None);
    };
    if let Some(survivor) = source.merged_into {
        match store::find_seen(conn, survivor, sight)? {
            Some(survivor) => source = survivor,
            None => return Ok(None),
        }
    }
    Ok(source.deleted_at.is_none().then_some(Found {
        source,
        how: MatchedBy::Id,
    }))
}

/// 422 where a position names what is no organisation, or none that the caller may know of.
pub fn check_organisations(
    conn: &mut DbConn,
    source: &Source,
    staff: &Staff,
) -> Result<(), Problem> {
    let positions = &source.positions.0;
    let ids: BTreeSet<SourceId> = positions
        .iter()
        .filter_map(|held| held.organisation)
        .collect();
    let ids: Vec<SourceId> = ids.into_iter().collect();
    let mut known = store::find_many_seen(conn, ids, Sight::of(staff))?;
    known.retain(|known| {
        known.kind == SourceKind::Organisation
            && known.deleted_at.is_none()
            && known.id != source.id
    });
    let fits = |id: SourceId| known.iter().any(|known| known.id == id);
    let unfit = positions
        .iter()
        .position(|held| held.organisation.is_some_and(|id| !fits(id)));
    match unfit {
        Some(position) => Err(SourceError::NoOrganisation { position }.into()),
        None => Ok(()),
    }
}
