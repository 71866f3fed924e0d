//! What the sourcing report counts, and the rules by which.
//!
//! - It is about the texts that readers see and that were published in the period: the start of the
//!   present publication (`published_at`) decides, so a text that was taken down is in no report.
//! - A statement that is quoted in several languages or articles counts once; so does an article,
//!   in however many languages it is.
//! - A confidential source counts like every other. Unnamed is what readers get without a name:
//!   quotes of confidential sources, and of "a resident".
//! - A story has a single source where in each of its languages everything quoted is from one
//!   source, or from one unnamed description.

use std::collections::BTreeMap;

use crate::articles::model::ArticleId;
use crate::db::Instant;
use crate::quotes::model::Occasion;
use crate::sections::SectionId;
use crate::sources::model::{Source, SourceId, SourceKind};

/// The longest period of a report, in days: it bounds what the database has to count.
pub const LONGEST: i64 = 366;
/// The period of a report that says nothing of it, in days.
pub const USUAL: i64 = 30;
/// How many sources and how many outlets are listed, the most quoted of them.
pub const MOST: usize = 1_000;

/// From when until when, and in which section.
#[derive(Debug, Clone, Copy)]
pub struct Period {
    pub from: Instant,
    /// No longer in it.
    pub to: Instant,
    pub section: Option<SectionId>,
}

impl Period {
    pub fn is_too_long(&self) -> bool {
        self.from.plus_seconds(LONGEST * 24 * 3600) < self.to
    }
}

/// How often something was quoted, and in how many articles.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub quotes: i64,
    pub articles: i64,
}

/// What was counted, by whatever it was counted by.
pub type Tallies<K> = Vec<(Option<K>, Tally)>;

/// How many different sources one text of an article quotes.
pub type Voices = (ArticleId, i64);

/// All that the database counts.
#[derive(Debug, Clone)]
pub struct Counted {
    /// All articles of the period, quoting or not.
    pub articles: i64,
    /// Everything that is quoted.
    pub quoted: Tally,
    pub unnamed: Tally,
    pub by_source: Tallies<SourceId>,
    pub by_outlet: Tallies<SourceId>,
    pub by_kind: Tallies<SourceKind>,
    pub by_occasion: Tallies<Occasion>,
    pub voices: Vec<Voices>,
}

impl Counted {
    /// How many articles quote one source only.
    pub fn single_source(&self) -> i64 {
        let mut most: BTreeMap<ArticleId, i64> = BTreeMap::new();
        for (article, voices) in &self.voices {
            let known = most.entry(*article).or_default();
            *known = (*known).max(*voices);
        }
        most.values().filter(|voices| **voices == 1).count() as i64
    }
}

/// The most quoted first; what is counted without a name is left out.
pub fn ranked(tallies: &Tallies<SourceId>) -> Vec<(SourceId, Tally)> {
    let mut ranked: Vec<(SourceId, Tally)> = tallies
        .iter()
        .filter_map(|(id, tally)| Some(((*id)?, *tally)))
        .collect();
    ranked.sort_by_key(|(id, tally)| (std::cmp::Reverse((tally.quotes, tally.articles)), *id));
    ranked
}

/// The part of the whole, rounded to four digits; there is none of nothing.
pub fn share(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| (part as f64 / whole as f64 * 10_000.0).round() / 10_000.0)
}

/// What was counted, with the sources that it lists.
#[derive(Debug, Clone)]
pub struct Report {
    pub period: Period,
    pub counted: Counted,
    pub sources: BTreeMap<SourceId, Source>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Id;

    fn counted(voices: Vec<Voices>) -> Counted {
        Counted {
            articles: 0,
            quoted: Tally::default(),
            unnamed: Tally::default(),
            by_source: Vec::new(),
            by_outlet: Vec::new(),
            by_kind: Vec::new(),
            by_occasion: Vec::new(),
            voices,
        }
    }

    #[test]
    fn one_more_voice_in_one_language_is_enough() {
        let (one, two) = (Id::new(), Id::new());
        assert_eq!(
            counted(vec![(one, 1), (one, 1), (two, 1), (two, 2)]).single_source(),
            1
        );
        assert_eq!(counted(Vec::new()).single_source(), 0);
    }

    #[test]
    fn there_is_no_share_of_nothing() {
        assert_eq!(
            (share(1, 3), share(0, 5), share(0, 0)),
            (Some(0.3333), Some(0.0), None)
        );
    }
}
