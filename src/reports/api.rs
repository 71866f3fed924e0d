//! The sourcing report in JSON.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::sourcing::{MOST, Report, Tally, ranked, share};
use crate::db::Instant;
use crate::language::Lang;
use crate::quotes::model::Occasion;
use crate::sections::SectionId;
use crate::sources::model::{Disclosure, Source, SourceId, SourceKind};

/// Who is quoted, how often, and how many stories rest on one source.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SourcingReport {
    /// Texts count that were published from here on.
    pub from: Instant,
    /// Texts count that were published before.
    pub to: Instant,
    #[schema(required = true)]
    pub section: Option<SectionId>,
    /// Articles of the period, quoting or not.
    pub articles: i64,
    /// Articles that quote somebody.
    pub quoting_articles: i64,
    /// Statements; one in several languages or articles counts once.
    pub quotes: i64,
    /// Articles that quote one source only, and their share of those that quote.
    pub single_source: SingleSource,
    /// Statements whose source readers are not told, and their share.
    pub unnamed: Unnamed,
    /// By source, the most quoted first, at most 1,000 of them. Confidential ones are among them.
    pub sources: Vec<SourceTally>,
    /// How many sources were quoted besides those listed.
    pub more_sources: usize,
    /// By outlet, the same way.
    pub outlets: Vec<SourceTally>,
    pub more_outlets: usize,
    /// By kind of source; null for quotes without one.
    pub kinds: Vec<KindTally>,
    /// By occasion; null where it is not known.
    pub occasions: Vec<OccasionTally>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SingleSource {
    pub articles: i64,
    /// From 0 to 1; null where nothing was quoted.
    #[schema(required = true, minimum = 0, maximum = 1)]
    pub share: Option<f64>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Unnamed {
    pub quotes: i64,
    pub articles: i64,
    /// From 0 to 1; null where nothing was quoted.
    #[schema(required = true, minimum = 0, maximum = 1)]
    pub share: Option<f64>,
}

/// How much of a source or outlet was quoted.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SourceTally {
    pub id: SourceId,
    /// In the site's first language, or the nearest that there is.
    pub name: String,
    pub kind: SourceKind,
    pub disclosure: Disclosure,
    pub quotes: i64,
    pub articles: i64,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct KindTally {
    #[schema(required = true)]
    pub kind: Option<SourceKind>,
    pub quotes: i64,
    pub articles: i64,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OccasionTally {
    #[schema(required = true)]
    pub occasion: Option<Occasion>,
    pub quotes: i64,
    pub articles: i64,
}

impl SourcingReport {
    /// Names are given in the first language of `chain` that a source has one in.
    pub fn new(report: &Report, chain: &[Lang]) -> Self {
        let Report {
            period,
            counted,
            sources,
        } = report;
        let (by_source, by_outlet) = (ranked(&counted.by_source), ranked(&counted.by_outlet));
        let list = |ranked: &[(SourceId, Tally)]| listed(ranked, sources, chain);
        let single = counted.single_source();
        Self {
            from: period.from,
            to: period.to,
            section: period.section,
            articles: counted.articles,
            quoting_articles: counted.quoted.articles,
            quotes: counted.quoted.quotes,
            single_source: SingleSource {
                articles: single,
                share: share(single, counted.quoted.articles),
            },
            unnamed: Unnamed {
                quotes: counted.unnamed.quotes,
                articles: counted.unnamed.articles,
                share: share(counted.unnamed.quotes, counted.quoted.quotes),
            },
            sources: list(&by_source),
            more_sources: by_source.len().saturating_sub(MOST),
            outlets: list(&by_outlet),
            more_outlets: by_outlet.len().saturating_sub(MOST),
            kinds: by_quotes(&counted.by_kind)
                .map(|(kind, Tally { quotes, articles })| KindTally {
                    kind,
                    quotes,
                    articles,
                })
                .collect(),
            occasions: by_quotes(&counted.by_occasion)
                .map(|(occasion, Tally { quotes, articles })| OccasionTally {
                    occasion,
                    quotes,
                    articles,
                })
                .collect(),
        }
    }
}

fn listed(
    ranked: &[(SourceId, Tally)],
    sources: &BTreeMap<SourceId, Source>,
    chain: &[Lang],
) -> Vec<SourceTally> {
    let first = chain.first();
    let most = ranked.iter().take(MOST);
    most.filter_map(|(id, Tally { quotes, articles })| {
        let source = sources.get(id)?;
        let name = first.map_or("", |first| source.names.0.pick(first, chain));
        Some(SourceTally {
            id: *id,
            name: name.to_owned(),
            kind: source.kind,
            disclosure: source.disclosure,
            quotes: *quotes,
            articles: *articles,
        })
    })
    .collect()
}

/// The most quoted first.
fn by_quotes<K: Copy + Ord>(
    tallies: &[(Option<K>, Tally)],
) -> impl Iterator<Item = (Option<K>, Tally)> {
    let mut tallies = tallies.to_vec();
    tallies.sort_by_key(|(by, tally)| (std::cmp::Reverse(tally.quotes), *by));
    tallies.into_iter()
}
