//! The article's own row: what is the same in all its languages.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::UserId;
use crate::auth::guards::Staff;
use crate::auth::rights::Right;
use crate::db::schema::articles;
use crate::db::{Id, Instant, Json};
use crate::http::words::{Line, WebAddress};
use crate::language::Lang;
use crate::sections::SectionId;
use crate::text_enum;

pub type ArticleId = Id<Article>;

text_enum! {
    /// What kind of article it is.
    pub enum ArticleKind {
        News = "news", Opinion = "opinion", Interview = "interview", Explainer = "explainer", Video = "video",
    }
}

text_enum! {
    /// How readers' reviews come in: decided before they show, shown at once, or not at all.
    pub enum ReviewPolicy {
        PreModerated = "pre_moderated", PostModerated = "post_moderated", Closed = "closed",
    }
}

text_enum! {
    /// How a related item belongs to the article.
    pub enum Rel { Related = "related", Promoted = "promoted" }
}

/// Somebody who wrote the article.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "A Reporter", "user": null, "url": null}))]
pub struct Author {
    pub name: Line<200>,
    /// The account, where the author has one.
    #[serde(default)]
    pub user: Option<UserId>,
    #[serde(default)]
    pub url: Option<WebAddress>,
}

/// Something to read besides: an article of ours, or a page elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RelatedInput, example = json!({"rel": "related", "label": null, "internal": null,
    "external": {"lang": "az", "headline": "Sərhəddə gərginlik", "programme": "Çətin sualda", "url": null}}))]
pub struct Related {
    pub rel: Rel,
    /// What a promotion is marked with, such as "advertisement"; a promotion has one.
    #[serde(default)]
    pub label: Option<Line<100>>,
    /// An article of ours; readers see it while it is published.
    #[serde(default)]
    pub internal: Option<ArticleId>,
    #[serde(default)]
    pub external: Option<External>,
}

/// A page elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"lang": "az", "headline": "Sərhəddə gərginlik", "programme": "Çətin sualda", "url": null}))]
pub struct External {
    /// The language of that page.
    pub lang: Lang,
    pub headline: Line<500>,
    /// The programme or series that it belongs to.
    #[serde(default)]
    pub programme: Option<Line<200>>,
    #[serde(default)]
    pub url: Option<WebAddress>,
}

/// How many authors, topics and related items an article may have.
pub const MOST: usize = 50;

/// A related item that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RelatedError {
    #[error("expected either `internal` or `external`")]
    NotOne,
    #[error("a promotion needs a label")]
    NoLabel,
}

impl Related {
    pub fn check(&self) -> Result<(), RelatedError> {
        match (&self.internal, &self.external) {
            (Some(_), None) | (None, Some(_)) => {}
            _ => return Err(RelatedError::NotOne),
        }
        match (self.rel, &self.label) {
            (Rel::Promoted, None) => Err(RelatedError::NoLabel),
            _ => Ok(()),
        }
    }
}

/// What is the same in all languages of an article.
#[derive(Debug, Clone, diesel::Queryable, diesel::Insertable, diesel::AsChangeset)]
#[diesel(table_name = articles, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Article {
    pub id: ArticleId,
    pub kind: ArticleKind,
    pub section_id: Option<SectionId>,
    pub authors: Json<Vec<Author>>,
    pub related: Json<Vec<Related>>,
    pub review_policy: ReviewPolicy,
    /// The name that a wire bridge knows it by; unique.
    pub external_id: Option<String>,
    pub version: i64,
    pub created_by: UserId,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub deleted_at: Option<Instant>,
}

impl Article {
    /// Counts a change.
    pub fn touch(&mut self, now: Instant) {
        self.version += 1;
        self.updated_at = now;
    }

    /// Whether somebody sees its drafts and its history: editors all, others their own.
    pub fn is_open_to(&self, staff: &Staff) -> bool {
        staff.may(Right::Edit) || self.created_by == staff.id
    }

    /// Contributors write their own articles until one of the texts was published.
    pub fn may_be_written_by(&self, staff: &Staff, was_published: bool) -> bool {
        let own_draft = self.created_by == staff.id && !was_published;
        staff.may(Right::Edit) || (staff.may(Right::Write) && own_draft)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promotion_always_has_its_label() {
        let mut item: Related = serde_json::from_str(
            r#"{"rel": "promoted", "external": {"lang": "en", "headline": "A conference"}}"#,
        )
        .unwrap();
        assert_eq!(item.check(), Err(RelatedError::NoLabel));
        item.label = Some(Line::parse("advertisement").unwrap());
        assert_eq!(item.check(), Ok(()));
        item.internal = Some(Id::new());
        assert_eq!(item.check(), Err(RelatedError::NotOne));
    }
}
