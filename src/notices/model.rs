//! The notice: its row, when and where it holds, and what makes it complete.

use std::fmt;
use std::str::FromStr;

use diesel::{AsChangeset, Insertable, Queryable};
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::auth::UserId;
use crate::db::schema::notices;
use crate::db::{Id, Instant, Json};
use crate::http::words::{Line, WebAddress};
use crate::language::Names;
use crate::text_enum;
use crate::texts::model::Text;

/// The id of a [`Notice`].
pub type NoticeId = Id<Notice>;

/// The most areas of one notice.
pub const MOST_AREAS: usize = 50;
/// The most placements of one notice.
pub const MOST_PLACEMENTS: usize = 20;

text_enum! {
    /// What kind of message it is. A promotion is paid for, or for ourselves, and always labelled.
    pub enum NoticeKind { Civic = "civic", Service = "service", Alert = "alert", Promotion = "promotion" }
}

text_enum! {
    /// What comes first: a reader sees urgent notices before all others.
    pub enum Priority { Low = "low", Normal = "normal", High = "high", Urgent = "urgent" }
}

text_enum! {
    /// How bad it is (the severities of the Common Alerting Protocol 1.2).
    pub enum Severity { Minor = "minor", Moderate = "moderate", Severe = "severe", Extreme = "extreme" }
}

impl Priority {
    /// The higher, the earlier.
    pub const fn rank(self) -> i32 {
        match self {
            Self::Low => 0,
            Self::Normal => 1,
            Self::High => 2,
            Self::Urgent => 3,
        }
    }
}

/// What is the same of a notice in all languages.
#[derive(Debug, Clone, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = notices, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Notice {
    pub id: NoticeId,
    pub kind: NoticeKind,
    /// Who speaks, where it is not the newsroom.
    pub issuer: Option<String>,
    pub priority: Priority,
    pub severity: Option<Severity>,
    /// What a promotion is marked with.
    pub label: Option<String>,
    pub starts: Instant,
    /// The first moment at which it holds no more.
    pub ends: Option<Instant>,
    /// Without any, it holds everywhere.
    pub areas: Json<Vec<Area>>,
    pub placements: Json<Vec<Placement>>,
    pub action: Option<Json<NoticeAction>>,
    pub version: i64,
    pub created_by: UserId,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub deleted_at: Option<Instant>,
}

/// From when to when a notice is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NoticeWindow, example = json!({"starts": "2026-11-01T00:00:00Z", "ends": null}))]
pub struct Window {
    pub starts: Instant,
    /// The first moment at which it is shown no more; null while that is open.
    #[schema(required = true)]
    pub ends: Option<Instant>,
}

/// A place for which a notice holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NoticeArea, example = json!({"code": "AZ-BA", "name": "Baku"}))]
pub struct Area {
    pub code: AreaCode,
    pub name: Line<200>,
}

/// What a reader can do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"url": "https://example.az/climate", "label": {"en": "What you can do"}}))]
pub struct NoticeAction {
    pub url: WebAddress,
    /// The words on the button, per language.
    pub label: Names,
}

/// A country or one of its subdivisions, as ISO 3166-2 writes it: `AZ`, `AZ-BA`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct AreaCode(String);

/// A word for the spot on a screen where the frontend shows a notice, such as `home`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Placement(String);

const AREA_PATTERN: &str = "^[A-Z]{2}(-[A-Z0-9]{1,3})?$";
const PLACEMENT_PATTERN: &str = "^[a-z0-9-]{1,40}$";

impl AreaCode {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The area itself and the country it lies in: a notice for either holds here.
    pub fn within(&self) -> impl Iterator<Item = &str> {
        let country = self.0.split_once('-').map(|(country, _)| country);
        std::iter::once(self.as_str()).chain(country)
    }
}

impl Placement {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AreaCode {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (country, subdivision) = match text.split_once('-') {
            Some((country, subdivision)) => (country, Some(subdivision)),
            None => (text, None),
        };
        let is_country = country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase());
        let is_subdivision = |part: &str| {
            let fits = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
            (1..=3).contains(&part.len()) && part.bytes().all(fits)
        };
        match is_country && subdivision.is_none_or(is_subdivision) {
            true => Ok(Self(text.to_owned())),
            false => Err("expected a code of ISO 3166-2, such as AZ or AZ-BA"),
        }
    }
}

impl FromStr for Placement {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        match (1..=40).contains(&text.len()) && text.bytes().all(fits) {
            true => Ok(Self(text.to_owned())),
            false => Err("expected 1 to 40 of a-z, 0-9 and -"),
        }
    }
}

macro_rules! code {
    ($name:ident, $pattern:expr, $max:literal, $example:literal, $what:literal) => {
        impl TryFrom<String> for $name {
            type Error = &'static str;
            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .pattern(Some($pattern))
                    .max_length(Some($max))
                    .description(Some($what))
                    .examples([$example])
                    .into()
            }
        }
        impl ToSchema for $name {}
    };
}
code!(
    AreaCode,
    AREA_PATTERN,
    6,
    "AZ-BA",
    "A country or one of its subdivisions, as ISO 3166-2 writes it."
);
code!(
    Placement,
    PLACEMENT_PATTERN,
    40,
    "home",
    "A word for the spot on a screen."
);

/// Why a notice cannot be as it would be, or cannot be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoticeError {
    #[error("a promotion needs a label")]
    Unlabelled,
    #[error("the end must come after the start")]
    Backwards,
    #[error("expected at most {MOST_AREAS} areas")]
    TooManyAreas,
    #[error("this area is named twice")]
    AreaTwice { index: usize },
    #[error("expected at most {MOST_PLACEMENTS} placements")]
    TooManyPlacements,
    #[error("this placement is named twice")]
    PlacementTwice { index: usize },
    #[error("A text of it is published: take it down first.")]
    Published,
    #[error("The notice is deleted: restore it first.")]
    Deleted,
    #[error("It is not deleted.")]
    NotDeleted,
}

impl Notice {
    pub fn window(&self) -> Window {
        Window {
            starts: self.starts,
            ends: self.ends,
        }
    }

    /// What holds of every notice that is saved.
    pub fn check(&self) -> Result<(), NoticeError> {
        if self.kind == NoticeKind::Promotion && self.label.is_none() {
            return Err(NoticeError::Unlabelled);
        }
        if self.ends.is_some_and(|ends| ends <= self.starts) {
            return Err(NoticeError::Backwards);
        }
        let (areas, placements) = (&self.areas.0, &self.placements.0);
        if areas.len() > MOST_AREAS {
            return Err(NoticeError::TooManyAreas);
        }
        if placements.len() > MOST_PLACEMENTS {
            return Err(NoticeError::TooManyPlacements);
        }
        let codes: Vec<&AreaCode> = areas.iter().map(|area| &area.code).collect();
        if let Some(index) = second_of_its_kind(&codes) {
            return Err(NoticeError::AreaTwice { index });
        }
        match second_of_its_kind(placements) {
            Some(index) => Err(NoticeError::PlacementTwice { index }),
            None => Ok(()),
        }
    }

    /// Counts a version.
    pub fn touch(&mut self, now: Instant) {
        self.version += 1;
        self.updated_at = now;
    }

    pub fn delete(&mut self, texts: &[Text], now: Instant) -> Result<(), NoticeError> {
        if texts.iter().any(Text::is_published) {
            return Err(NoticeError::Published);
        }
        self.deleted_at = Some(now);
        self.touch(now);
        Ok(())
    }

    pub fn restore(&mut self, now: Instant) -> Result<(), NoticeError> {
        if self.deleted_at.take().is_none() {
            return Err(NoticeError::NotDeleted);
        }
        self.touch(now);
        Ok(())
    }
}

fn second_of_its_kind<T: PartialEq>(items: &[T]) -> Option<usize> {
    let is_second = |(index, item): (usize, &T)| items[..index].contains(item).then_some(index);
    items.iter().enumerate().find_map(is_second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_area_lies_in_its_country() {
        let area: AreaCode = "AZ-BA".parse().unwrap();
        assert_eq!(area.within().collect::<Vec<_>>(), ["AZ-BA", "AZ"]);
        let country: AreaCode = "AZ".parse().unwrap();
        assert_eq!(country.within().collect::<Vec<_>>(), ["AZ"]);
    }

    #[test]
    fn codes_are_written_as_the_standard_writes_them() {
        for good in ["AZ", "GB-ENG", "FR-75", "AZ-B"] {
            assert!(good.parse::<AreaCode>().is_ok(), "{good}");
        }
        for bad in ["", "az", "AZE", "AZ-", "AZ-BAKU", "AZ-ba", "AZ-BA-1", "Ə-1"] {
            assert!(bad.parse::<AreaCode>().is_err(), "{bad}");
        }
        assert!("home-2".parse::<Placement>().is_ok());
        for bad in ["", "Home", "a b", &"x".repeat(41)] {
            assert!(bad.parse::<Placement>().is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_urgent_comes_first() {
        assert!(
            Priority::ALL
                .windows(2)
                .all(|two| two[0].rank() < two[1].rank())
        );
    }
}
