//! Lists as JSON.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::{
    ArticleId, ArticleKind, List, ListId, MAX_HIDDEN, MAX_PINS, MAX_POSITION, Pin, PinError, Rule,
    SourceId,
};
use crate::db::Instant;
use crate::http::patch::{Patch, many, within};
use crate::http::problem::Problem;
use crate::language::{Names, NamesPatch, Slug};

/// A list, with what only the newsroom sees of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = DeskList)]
pub struct ListJson {
    pub id: ListId,
    pub slug: Slug,
    pub names: Names,
    pub rule: Rule,
    /// By position.
    pub pins: Vec<Pin>,
    /// Articles that are kept out.
    pub hidden: Vec<ArticleId>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    #[schema(required = true)]
    pub deleted_at: Option<Instant>,
}

impl From<List> for ListJson {
    fn from(list: List) -> Self {
        let List {
            id,
            slug,
            names,
            rule,
            pins,
            hidden,
            version,
            created_at,
            updated_at,
            deleted_at,
        } = list;
        Self {
            id,
            slug,
            names: names.0,
            rule: rule.0,
            pins: pins.0,
            hidden: hidden.0,
            version,
            created_at,
            updated_at,
            deleted_at,
        }
    }
}

/// A new list.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "slug": "politics", "names": {"az": "Siyasət", "en": "Politics"}, "rule": {"kind": "section", "section": "politics"},
}))]
pub struct NewList {
    pub slug: Slug,
    pub names: Names,
    pub rule: NewRule,
    #[serde(default)]
    #[schema(max_items = 20)]
    pub pins: Vec<NewPin>,
    /// Articles that are kept out.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub hidden: Vec<ArticleId>,
}

/// A change of a list.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"names": {"ru": "Лента новостей"}, "pins": []}))]
pub struct ListPatch {
    #[serde(default)]
    #[schema(value_type = Slug)]
    pub slug: Patch<Slug>,
    #[serde(default)]
    #[schema(value_type = NamesPatch)]
    pub names: Patch<NamesPatch>,
    /// Replaced whole, because rules of two kinds do not merge.
    #[serde(default)]
    #[schema(value_type = NewRule)]
    pub rule: Patch<NewRule>,
    #[serde(default, deserialize_with = "many::<0, 20, _, NewPin, _>")]
    #[schema(value_type = Vec<NewPin>, max_items = 20)]
    pub pins: Patch<Vec<NewPin>>,
    #[serde(default, deserialize_with = "many::<0, 500, _, ArticleId, _>")]
    #[schema(value_type = Vec<ArticleId>, max_items = 500)]
    pub hidden: Patch<Vec<ArticleId>>,
}

/// Which texts a list is made of. Sections and topics are named by slug or id.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum NewRule {
    /// All of them.
    Latest {},
    /// Those of a section.
    Section {
        /// Its slug or its id.
        section: Slug,
    },
    /// Those about a topic.
    Topic {
        /// Its slug or its id.
        topic: Slug,
    },
    /// Those that quote a source.
    Source { source: SourceId },
    /// Those of a kind.
    Kind { article_kind: ArticleKind },
}

/// An article that has a fixed place in a list.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"article": "0192f1a2-7c3e-7b10-9a55-1f0c2d3e4a01", "position": 1, "until": "2026-04-18T08:00:00Z"}))]
pub struct NewPin {
    article: ArticleId,
    /// The place in the list, counted from 1.
    #[serde(deserialize_with = "within::<1, 100, _, _>")]
    #[schema(minimum = 1, maximum = 100)]
    position: i32,
    /// When the pin ends; absent or null where it stays.
    until: Option<Instant>,
}

impl From<NewPin> for Pin {
    fn from(pin: NewPin) -> Self {
        let NewPin {
            article,
            position,
            until,
        } = pin;
        Self {
            article,
            position,
            until,
        }
    }
}

impl From<PinError> for Problem {
    fn from(error: PinError) -> Self {
        match error {
            PinError::TooMany => Self::field("/pins", format!("expected at most {MAX_PINS} pins")),
            PinError::NoSuchPlace(index) => Self::field(
                format!("/pins/{index}/position"),
                format!("expected a place from 1 to {MAX_POSITION}"),
            ),
            PinError::PlaceTaken(index) => Self::field(
                format!("/pins/{index}/position"),
                "another pin has this place",
            ),
            PinError::PinnedTwice(index) => Self::field(
                format!("/pins/{index}/article"),
                "another pin has this article",
            ),
        }
    }
}

/// Each article once; 422 where there are too many.
pub fn hidden(mut articles: Vec<ArticleId>) -> Result<Vec<ArticleId>, Problem> {
    if articles.len() > MAX_HIDDEN {
        let expected = format!("expected at most {MAX_HIDDEN} articles");
        return Err(Problem::field("/hidden", expected));
    }
    articles.sort();
    articles.dedup();
    Ok(articles)
}
