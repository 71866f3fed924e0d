//! What a readers' list of articles can be narrowed to, and how it can be sorted.

use utoipa::IntoParams;

use super::listing::{Filter, Sort};
use super::model::{ArticleId, ArticleKind};
use super::published::TermKind;
use crate::db::{AnyId, DbConn, Id, Instant};
use crate::http::problem::Problem;
use crate::http::query::{Params, QueryPart};
use crate::language::Lang;
use crate::sources::model::SourceId;
use crate::sources::published as published_sources;
use crate::text_enum;
use crate::{sections, topics};

text_enum! {
    /// By what a list of articles is sorted.
    pub enum SortBy {
        Newest = "-published_at", Oldest = "published_at", LatestUpdated = "-updated_at",
    }
}

/// Which articles.
#[derive(Debug, Clone, Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ArticleFilters {
    /// Slugs or ids of sections, with commas between.
    #[param(value_type = Option<String>, max_length = 2000, example = "politics", required = false)]
    section: Vec<String>,
    /// Slugs or ids of topics, with commas between.
    #[param(value_type = Option<String>, max_length = 2000, required = false)]
    topic: Vec<String>,
    /// Ids of sources that are quoted, or outlets, with commas between.
    #[param(value_type = Option<String>, max_length = 2000, required = false)]
    source: Vec<SourceId>,
    /// Of `news`, `opinion`, `interview`, `explainer` and `video`, with commas between.
    #[param(value_type = Option<String>, max_length = 100, example = "news", required = false,
        pattern = "^(news|opinion|interview|explainer|video)(,(news|opinion|interview|explainer|video))*$")]
    kind: Vec<ArticleKind>,
    /// Published after this moment.
    #[param(value_type = Option<String>, format = DateTime, required = false)]
    published_after: Option<Instant>,
    /// Published before this moment.
    #[param(value_type = Option<String>, format = DateTime, required = false)]
    published_before: Option<Instant>,
    /// Published anew after this moment.
    #[param(value_type = Option<String>, format = DateTime, required = false)]
    updated_after: Option<Instant>,
    /// Only these articles: ids with commas between, at most 50.
    #[param(value_type = Option<String>, max_length = 2000, required = false)]
    ids: Vec<ArticleId>,
    /// How they are sorted; newest publication first by default.
    #[param(inline, required = false)]
    sort: Option<SortBy>,
}

impl QueryPart for ArticleFilters {
    fn read(params: &Params) -> Result<Self, Problem> {
        Ok(Self {
            section: params.many("section")?,
            topic: params.many("topic")?,
            source: params.many("source")?,
            kind: params.many("kind")?,
            published_after: params.one("published_after")?,
            published_before: params.one("published_before")?,
            updated_after: params.one("updated_after")?,
            ids: params.many("ids")?,
            sort: params.one("sort")?,
        })
    }
}

/// The ids that references mean. Where none means anything, one that nothing has: a filter that
/// matches nothing is not the same as no filter.
fn known_or_none(ids: Vec<AnyId>) -> Vec<AnyId> {
    match ids.is_empty() {
        true => vec![Id::from_uuid(uuid::Uuid::nil())],
        false => ids,
    }
}

impl ArticleFilters {
    /// Articles that quote a source, or quote through it.
    pub fn quoting(source: SourceId) -> Self {
        Self {
            source: vec![source],
            ..Self::default()
        }
    }

    /// The surrogate keys of what slugs and ids mean at this moment.
    pub fn keys(&self) -> Vec<String> {
        let names = [
            (!self.section.is_empty(), "sections"),
            (!self.topic.is_empty(), "topics"),
            (!self.source.is_empty(), "sources"),
        ];
        let named = names.into_iter().filter(|(is_named, _)| *is_named);
        named.map(|(_, key)| key.to_owned()).collect()
    }

    /// Looks up slugs; what is not known matches nothing.
    pub fn filter(self, conn: &mut DbConn, lang: Lang) -> Result<Filter, Problem> {
        let mut terms = Vec::new();
        if !self.section.is_empty() {
            let found = sections::by_slugs_or_ids(conn, &self.section)?;
            let ids = found
                .into_iter()
                .flatten()
                .map(|section| section.id.of())
                .collect();
            terms.push((TermKind::Section, known_or_none(ids)));
        }
        if !self.topic.is_empty() {
            let found = topics::by_slugs_or_ids(conn, &self.topic)?;
            let ids = found
                .into_iter()
                .flatten()
                .map(|topic| topic.id.of())
                .collect();
            terms.push((TermKind::Topic, known_or_none(ids)));
        }
        if !self.source.is_empty() {
            let sources = published_sources::survivors(conn, self.source)?;
            terms.push((
                TermKind::Source,
                sources.iter().map(|source| source.of()).collect(),
            ));
        }
        Ok(Filter {
            lang,
            terms,
            kinds: self.kind,
            ids: self.ids,
            published_after: self.published_after,
            published_before: self.published_before,
            updated_after: self.updated_after,
            sort: match self.sort {
                None | Some(SortBy::Newest) => Sort::Newest,
                Some(SortBy::Oldest) => Sort::Oldest,
                Some(SortBy::LatestUpdated) => Sort::LatestUpdated,
            },
            without: Vec::new(),
        })
    }
}
