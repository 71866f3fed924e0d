//! What a timeline can be narrowed to, and how it can be sorted.

use utoipa::IntoParams;

use super::model::{Manner, Occasion, VerificationState};
use super::said_at::SaidAt;
use super::timeline::{self, Filter, Sort};
use crate::db::{DbConn, Id, Instant};
use crate::http::problem::Problem;
use crate::http::query::{Params, QueryPart};
use crate::language::LangList;
use crate::site::Site;
use crate::sources::model::SourceId;
use crate::sources::published as published_sources;
use crate::text_enum;
use crate::topics;

text_enum! {
    /// By what a timeline is sorted, the latest first.
    pub enum SortBy { Said = "-said_at", Published = "-published_at" }
}

/// Which quotes of a source.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TimelineFilters {
    /// Ids of outlets, with commas between.
    #[param(value_type = Option<String>, max_length = 2000, required = false)]
    outlet: Vec<SourceId>,
    /// Occasions, with commas between: `interview,speech`.
    #[param(value_type = Option<String>, max_length = 200, example = "interview", required = false)]
    occasion: Vec<Occasion>,
    /// Of `direct`, `indirect` and `mixed`, with commas between.
    #[param(value_type = Option<String>, max_length = 30, example = "direct", required = false,
        pattern = "^(direct|indirect|mixed)(,(direct|indirect|mixed)){0,2}$")]
    manner: Vec<Manner>,
    /// Of `unverified`, `verified`, `disputed` and `withdrawn`, with commas between.
    #[param(value_type = Option<String>, max_length = 60, example = "verified", required = false,
        pattern = "^(unverified|verified|disputed|withdrawn)(,(unverified|verified|disputed|withdrawn)){0,3}$")]
    verification: Vec<VerificationState>,
    /// Slugs or ids of the topics of the article, with commas between.
    #[param(value_type = Option<String>, max_length = 2000, required = false)]
    topic: Vec<String>,
    /// Languages of the text, with commas between. Without it, quotes of all languages.
    #[param(value_type = Option<String>, max_length = 287, example = "en", required = false,
        pattern = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*(,[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*){0,7}$")]
    lang: Option<LangList>,
    /// Said after this moment, or the start of this day, month or year.
    #[param(value_type = Option<String>, max_length = 40, example = "2026-01", required = false)]
    said_after: Option<SaidAt>,
    /// Said before this moment, or the start of this day, month or year.
    #[param(value_type = Option<String>, max_length = 40, required = false)]
    said_before: Option<SaidAt>,
    /// How they are sorted; by default the latest said first, those of which nobody knows when they
    /// were said by their publication.
    #[param(inline, required = false)]
    sort: Option<SortBy>,
}

impl QueryPart for TimelineFilters {
    fn read(params: &Params) -> Result<Self, Problem> {
        Ok(Self {
            outlet: params.many("outlet")?,
            occasion: params.many("occasion")?,
            manner: params.many("manner")?,
            verification: params.many("verification")?,
            topic: params.many("topic")?,
            lang: params.one("lang")?,
            said_after: params.one("said_after")?,
            said_before: params.one("said_before")?,
            sort: params.one("sort")?,
        })
    }
}

/// A day whose start, or end, in the site's time zone lies beyond all moments that there are.
pub fn out_of_range(parameter: &str) -> Problem {
    Problem::parameter(parameter, "expected a moment of the years 1 to 9999")
}

/// Whose quotes.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OfSource {
    /// Ids of sources, with commas between.
    #[param(value_type = Option<String>, max_length = 2000, required = false)]
    pub source: Vec<SourceId>,
}

impl QueryPart for OfSource {
    fn read(params: &Params) -> Result<Self, Problem> {
        Ok(Self {
            source: params.many("source")?,
        })
    }
}

impl TimelineFilters {
    /// The surrogate keys of what the filters name, which decides what fits them.
    pub fn keys(&self) -> Vec<String> {
        let outlets = self.outlet.iter().map(|outlet| format!("source:{outlet}"));
        // Which articles are on a topic changes without any change of a quote.
        let topics = ["topics", "quotes"].into_iter().map(str::to_owned);
        outlets
            .chain(topics.filter(|_| !self.topic.is_empty()))
            .collect()
    }

    /// Looks up slugs; what is not known matches nothing.
    pub fn filter(
        self,
        conn: &mut DbConn,
        site: &Site,
        sources: Vec<SourceId>,
    ) -> Result<Filter, Problem> {
        let zone = site.zone();
        let start = |name: &str, said: Option<SaidAt>| -> Result<Option<Instant>, Problem> {
            let start = |said: SaidAt| said.start(&zone).ok_or_else(|| out_of_range(name));
            said.map(start).transpose()
        };
        let mut topics = Vec::new();
        if !self.topic.is_empty() {
            let found = topics::by_slugs_or_ids(conn, &self.topic)?;
            topics = found.into_iter().flatten().map(|topic| topic.id).collect();
            if topics.is_empty() {
                // What is not known matches nothing.
                topics.push(Id::from_uuid(uuid::Uuid::nil()));
            }
        }
        let outlets = published_sources::survivors(conn, self.outlet)?;
        let led = topics.is_empty() || !sources.is_empty() || !outlets.is_empty();
        Ok(Filter {
            topics_are_rare: !led && timeline::are_rare(conn, &topics)?,
            sources,
            outlets,
            occasions: self.occasion,
            manners: self.manner,
            verifications: self.verification,
            topics,
            langs: self
                .lang
                .map(|list| list.tags().to_vec())
                .unwrap_or_default(),
            said_after: start("said_after", self.said_after)?,
            said_before: start("said_before", self.said_before)?,
            sort: match self.sort {
                None | Some(SortBy::Said) => Sort::Said,
                Some(SortBy::Published) => Sort::Published,
            },
        })
    }
}
