//! When something was said, written as far as it is known.

use std::fmt;
use std::str::FromStr;

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use jiff::Span;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::db::Instant;
use crate::text_enum;

text_enum! {
    /// How exactly it is known when something was said.
    pub enum Precision {
        Instant = "instant", Day = "day", Month = "month", Year = "year", Unknown = "unknown",
    }
}

/// `2026-04-17T08:00:00Z`, `2026-04-17`, `2026-04` or `2026`, kept as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, AsExpression, FromSqlRow)]
#[serde(try_from = "String")]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct SaidAt(String);

crate::text_column!(SaidAt);

/// Not a moment, day, month or year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a moment, day, month or year: 2026-04-17T08:00:00Z, 2026-04-17, 2026-04 or 2026")]
pub struct SaidAtError;

impl SaidAt {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn precision(&self) -> Precision {
        match self.0.len() {
            4 => Precision::Year,
            7 => Precision::Month,
            10 => Precision::Day,
            _ => Precision::Instant,
        }
    }

    /// The moment from which it may have been said: the start of the day, month or year in the
    /// site's time zone.
    pub fn start(&self, zone: &TimeZone) -> Option<Instant> {
        match self.precision() {
            Precision::Instant | Precision::Unknown => self.0.parse().ok(),
            _ => midnight(self.first_day()?, zone),
        }
    }

    /// The moment before which it was said: the end of the day, month or year, or a moment itself.
    pub fn end(&self, zone: &TimeZone) -> Option<Instant> {
        let span = match self.precision() {
            Precision::Year => Span::new().years(1),
            Precision::Month => Span::new().months(1),
            Precision::Day => Span::new().days(1),
            Precision::Instant | Precision::Unknown => return self.start(zone),
        };
        midnight(self.first_day()?.checked_add(span).ok()?, zone)
    }

    fn first_day(&self) -> Option<Date> {
        match self.precision() {
            Precision::Year => format!("{}-01-01", self.0).parse().ok(),
            Precision::Month => format!("{}-01", self.0).parse().ok(),
            _ => self.0.parse().ok(),
        }
    }
}

fn midnight(day: Date, zone: &TimeZone) -> Option<Instant> {
    let moment = zone.to_timestamp(day.to_datetime(jiff::civil::Time::midnight()));
    Instant::from_timestamp(moment.ok()?)
}

impl FromStr for SaidAt {
    type Err = SaidAtError;
    fn from_str(text: &str) -> Result<Self, SaidAtError> {
        let said = Self(text.to_owned());
        match is_well_formed(text) && said.start(&TimeZone::UTC).is_some() {
            true => Ok(said),
            false => Err(SaidAtError),
        }
    }
}

/// The longest one, with a fraction of a second as no clock has it.
const MAX_LENGTH: usize = 40;

/// Whether it is written as [`PATTERN`] says. The parser by itself takes much more: the basic format, spaces,
/// minutes without a colon, names of time zones.
fn is_well_formed(text: &str) -> bool {
    let shaped_like = |part: &str, shape: &str| {
        let fits = |(byte, shape): (u8, u8)| match shape {
            b'0' => byte.is_ascii_digit(),
            other => byte == other,
        };
        part.len() == shape.len() && part.bytes().zip(shape.bytes()).all(fits)
    };
    let Some((day, moment)) = text.split_once('T') else {
        let shapes = ["0000", "0000-00", "0000-00-00"];
        return shapes.iter().any(|shape| shaped_like(text, shape));
    };
    let zone = moment.find(['Z', '+', '-']).unwrap_or(moment.len());
    let (time, zone) = moment.split_at(zone);
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    text.len() <= MAX_LENGTH
        && shaped_like(day, "0000-00-00")
        && shaped_like(time, "00:00:00")
        && !fraction.is_empty()
        && fraction.bytes().all(|byte| byte.is_ascii_digit())
        && (zone == "Z" || shaped_like(zone, "+00:00") || shaped_like(zone, "-00:00"))
}

impl TryFrom<String> for SaidAt {
    type Error = SaidAtError;
    fn try_from(text: String) -> Result<Self, SaidAtError> {
        text.parse()
    }
}

impl fmt::Display for SaidAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

const PATTERN: &str = "^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01])\
    (T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2}))?)?)?$";

impl PartialSchema for SaidAt {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(
                "When it was said, as far as it is known: a moment, a day, a month or a year.",
            ))
            .pattern(Some(PATTERN))
            .max_length(Some(MAX_LENGTH))
            .examples([serde_json::json!("2026-04-17")])
            .build()
            .into()
    }
}
impl ToSchema for SaidAt {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn it_is_taken_as_far_as_it_is_known() {
        for (text, precision, start) in [
            (
                "2026-04-17T08:00:00Z",
                Precision::Instant,
                "2026-04-17T08:00:00Z",
            ),
            ("2026-04-17", Precision::Day, "2026-04-16T20:00:00Z"),
            ("2026-04", Precision::Month, "2026-03-31T20:00:00Z"),
            ("2026", Precision::Year, "2025-12-31T20:00:00Z"),
        ] {
            let said: SaidAt = text.parse().unwrap();
            assert_eq!(said.precision(), precision);
            assert_eq!(
                said.start(&TimeZone::get("Asia/Baku").unwrap())
                    .unwrap()
                    .to_string(),
                start
            );
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "yesterday",
            "2026-13",
            "2026-02-30",
            "26",
            "2026-4-1",
            "2026-04-17T25:00:00Z",
            "-2026-1",
            "２０２６",
            "20260417T080000Z",
            "2026-04-17 08:00:00Z",
            "2026-04-17T08:00Z",
            "2026-04-17T08-04",
            "2026-04-17t08:00:00z",
            "2026-04-17T08:00:00.Z",
            "2026-04-17T08:00:00",
            "2026-04-17T08:00:00+04",
            "2026-04-17T08:00:00Z[Asia/Baku]",
            "2026-04-17T08:00:00+04:00[Asia/Baku]",
            "2026-04-17T08:00:00.0000000000000000000000Z",
        ] {
            assert!(text.parse::<SaidAt>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_moment_with_any_fraction_and_offset_is_taken(fraction in "(\\.[0-9]{1,9})?", zone in "Z|[+-]0[0-9]:[0-5][0-9]") {
            let text = format!("2026-04-17T08:00:00{fraction}{zone}");
            let taken = text.parse::<SaidAt>().unwrap();
            prop_assert_eq!(taken.as_str(), text);
        }
    }
}
