//! The source: its row, what it is called, what may be done with it and by whom.

use std::collections::{BTreeMap, BTreeSet};

use diesel::{AsChangeset, Insertable, Queryable};
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::auth::rights::Right;
use crate::auth::{Staff, UserId};
use crate::db::schema::sources;
use crate::db::{Id, Instant, Json};
use crate::http::words::{Line, Prose, WebAddress};
use crate::language::{Lang, Names, fold_name};
use crate::text_enum;

/// The id of a [`Source`].
pub type SourceId = Id<Source>;
/// What is to be said about a source, per language.
pub type Descriptions = BTreeMap<Lang, Prose<4000>>;

text_enum! {
    /// Whether somebody or something speaks.
    pub enum SourceKind { Person = "person", Organisation = "organisation" }
}

text_enum! {
    /// What readers may know of a source, from everything to nothing.
    pub enum Disclosure {
        /// It is named.
        OnRecord = "on_record",
        /// Its words may be used, not its name.
        Background = "background",
        /// It asked not to be named.
        Anonymous = "anonymous",
        /// It would be in danger if it were named.
        Protected = "protected",
    }
}

/// A person or organisation that is quoted.
#[derive(Debug, Clone, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = sources, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Source {
    pub id: SourceId,
    pub kind: SourceKind,
    pub names: Json<Names>,
    /// Other names under which it is known, in any language.
    pub aliases: Json<Vec<Line<200>>>,
    pub description: Json<Descriptions>,
    /// Addresses of the same on other sites, such as that of its Wikidata item.
    pub same_as: Json<Vec<WebAddress>>,
    /// What is known now; what it was called in a story stands in the quote.
    pub positions: Json<Vec<Position>>,
    pub disclosure: Disclosure,
    /// The survivor of a merge. It is never merged itself: merging it moves this on.
    pub merged_into: Option<SourceId>,
    pub version: i64,
    pub created_by: UserId,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub deleted_at: Option<Instant>,
}

/// A post or office that somebody holds or held.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"title": {"en": "Minister of Transport", "az": "Nəqliyyat naziri"}, "organisation": null,
    "from": "2024-02-16", "to": null}))]
pub struct Position {
    pub title: Names,
    /// A source of kind `organisation`.
    #[serde(default)]
    pub organisation: Option<SourceId>,
    /// The first day, as far as it is known.
    #[serde(default)]
    pub from: Option<Day>,
    /// The last day; null while it lasts, or where it is not known.
    #[serde(default)]
    pub to: Option<Day>,
}

/// A day of the calendar (RFC 3339 `full-date`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, format = Date, example = "2024-02-16")]
pub struct Day(Date);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        // The parser by itself also takes times and years before Christ.
        let plain = text.len() == 10 && text.starts_with(|c: char| c.is_ascii_digit());
        let day = plain.then(|| text.parse().ok()).flatten();
        day.map(Self)
            .ok_or_else(|| serde::de::Error::custom("expected a day such as 2026-04-17"))
    }
}

/// Why something cannot be done with a source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    #[error("expected at most {max} of them")]
    TooMany { field: &'static str, max: usize },
    #[error("the first day comes after the last")]
    Backwards { position: usize },
    #[error("expected another source of kind organisation")]
    NoOrganisation { position: usize },
    #[error("It was merged into {0}.")]
    Merged(SourceId),
    #[error("It is quoted: remove its quotes first, or merge it into another source.")]
    Quoted,
    #[error("It is quoted in something published, so an editor changes it.")]
    ForEditors,
    #[error("A source is changed by whoever made it, or by an editor.")]
    NotOwn,
    #[error("It is not deleted.")]
    NotDeleted,
    #[error("expected another source that is neither deleted nor merged")]
    NoSurvivor,
    #[error("expected a source of the same kind")]
    OtherKind,
    #[error("The two have different disclosures: decide on one first.")]
    OtherDisclosure,
}

/// Whose sources somebody may know of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// All of them.
    All,
    /// Those on record, and those that this user made.
    OnRecordAndOwn(UserId),
    /// Those that readers know.
    Published,
}

impl Sight {
    pub fn of(staff: &Staff) -> Self {
        if staff.may(Right::Edit) {
            Self::All
        } else if staff.may(Right::Write) {
            Self::OnRecordAndOwn(staff.id)
        } else {
            Self::Published
        }
    }
}

impl Sight {
    /// Whether whoever writes may name this one. Those who see only what is published write nothing.
    pub fn covers(self, source: &Source) -> bool {
        match self {
            Self::All => true,
            Self::OnRecordAndOwn(user) => {
                source.disclosure.is_on_record() || source.created_by == user
            }
            Self::Published => false,
        }
    }
}

impl Disclosure {
    pub fn is_on_record(self) -> bool {
        self == Self::OnRecord
    }
}

impl Source {
    /// Everything that names it, in the form in which names are compared, and its addresses as
    /// they are. Each once.
    pub fn known_by(&self) -> BTreeSet<String> {
        let addresses = self.same_as.0.iter().map(|address| address.to_string());
        folded(&self.names.0, &self.aliases.0)
            .chain(addresses)
            .collect()
    }

    /// 409 for whatever was merged: its survivor is changed instead.
    pub fn check_unmerged(&self) -> Result<(), SourceError> {
        self.merged_into
            .map_or(Ok(()), |survivor| Err(SourceError::Merged(survivor)))
    }

    /// Whether somebody may change it: editors each one, others their own until it is published.
    pub fn check_changer(&self, staff: &Staff, published: bool) -> Result<(), SourceError> {
        match staff.may(Right::Edit) {
            true => Ok(()),
            false if self.created_by != staff.id => Err(SourceError::NotOwn),
            false if published => Err(SourceError::ForEditors),
            false => Ok(()),
        }
    }

    /// Counts a change.
    pub fn touch(&mut self, now: Instant) {
        self.version += 1;
        self.updated_at = now;
    }

    /// Hides it from the desk.
    pub fn delete(&mut self, quoted: bool, now: Instant) -> Result<(), SourceError> {
        if quoted {
            return Err(SourceError::Quoted);
        }
        self.deleted_at = Some(now);
        self.touch(now);
        Ok(())
    }

    pub fn restore(&mut self, now: Instant) -> Result<(), SourceError> {
        if self.deleted_at.take().is_none() {
            return Err(SourceError::NotDeleted);
        }
        self.touch(now);
        Ok(())
    }

    /// Gives everything it has to `survivor` and becomes a pointer to it. Both must be of one
    /// kind and one disclosure, so that no merge names or hides anybody by the way.
    pub fn merge_into(&mut self, survivor: &mut Self, now: Instant) -> Result<(), SourceError> {
        if survivor.id == self.id || survivor.merged_into.is_some() || survivor.deleted_at.is_some()
        {
            return Err(SourceError::NoSurvivor);
        }
        if survivor.kind != self.kind {
            return Err(SourceError::OtherKind);
        }
        if survivor.disclosure != self.disclosure {
            return Err(SourceError::OtherDisclosure);
        }
        survivor.absorb(self);
        survivor.touch(now);
        self.merged_into = Some(survivor.id);
        self.touch(now);
        Ok(())
    }

    /// Takes over what it lacks: names and descriptions of other languages, all other names as
    /// aliases, addresses and positions.
    fn absorb(&mut self, merged: &Self) {
        let lacking = merged.names.0.iter();
        let lacking = lacking.filter(|(lang, _)| self.names.0.get(lang).is_none());
        let all = self.names.0.iter().chain(lacking);
        // Where both together have too many languages, the names of the merged become aliases.
        if let Ok(names) = Names::parse(all.map(|(lang, name)| (lang.as_str(), name))) {
            self.names = Json(names);
        }
        let mut known: BTreeSet<String> = folded(&self.names.0, &self.aliases.0).collect();
        let names = merged
            .names
            .0
            .iter()
            .filter_map(|(_, name)| Line::parse(name).ok());
        for name in names.chain(merged.aliases.0.iter().cloned()) {
            if known.insert(fold_name(&name)) {
                self.aliases.0.push(name);
            }
        }
        for (lang, words) in &merged.description.0 {
            let description = &mut self.description.0;
            description.entry(lang.clone()).or_insert(words.clone());
        }
        union(&mut self.same_as.0, &merged.same_as.0);
        union(&mut self.positions.0, &merged.positions.0);
    }
}

/// Names and aliases in the form in which they are compared; a name of invisible characters
/// only has none.
pub fn folded<'a>(names: &'a Names, aliases: &'a [Line<200>]) -> impl Iterator<Item = String> {
    let names = names.iter().map(|(_, name)| name);
    names
        .chain(aliases.iter().map(|alias| &**alias))
        .map(fold_name)
        .filter(|folded| !folded.is_empty())
}

fn union<T: PartialEq + Clone>(into: &mut Vec<T>, from: &[T]) {
    for one in from {
        if !into.contains(one) {
            into.push(one.clone());
        }
    }
}

/// Checks what types cannot: how many there are, and that positions run forwards.
pub fn check_lists(
    aliases: &[Line<200>],
    descriptions: &Descriptions,
    same_as: &[WebAddress],
    positions: &[Position],
) -> Result<(), SourceError> {
    check_length("aliases", aliases.len())?;
    check_length("description", descriptions.len())?;
    check_length("same_as", same_as.len())?;
    check_length("positions", positions.len())?;
    check_positions(positions)
}

pub fn check_length(field: &'static str, length: usize) -> Result<(), SourceError> {
    match length > MANY {
        true => Err(SourceError::TooMany { field, max: MANY }),
        false => Ok(()),
    }
}

pub fn check_positions(positions: &[Position]) -> Result<(), SourceError> {
    let backwards = |position: &Position| matches!((position.from, position.to), (Some(from), Some(to)) if from > to);
    match positions.iter().position(backwards) {
        Some(position) => Err(SourceError::Backwards { position }),
        None => Ok(()),
    }
}

/// How many aliases, addresses, positions or languages of a description may be posted. A source that
/// others were merged into may come to have more; what a patch does not touch stays as it is.
pub const MANY: usize = 50;
