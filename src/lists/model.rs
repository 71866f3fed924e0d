//! A list, the rule that fills it, and its pins.

use std::collections::BTreeSet;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

pub use crate::articles::model::{ArticleId, ArticleKind};
use crate::db::schema::lists;
use crate::db::{Id, Instant, Json};
use crate::language::{Names, Slug};
use crate::sections::SectionId;
pub use crate::sources::model::SourceId;
use crate::topics::TopicId;

/// The id of a [`List`].
pub type ListId = Id<List>;
/// The list that every site has.
pub const NEWS_LINE: &str = "news-line";

/// Most pins of a list.
pub const MAX_PINS: usize = 20;
/// The last place in a list that an article can be pinned to.
pub const MAX_POSITION: i32 = 100;
/// Most articles that are kept out of a list.
pub const MAX_HIDDEN: usize = 500;

/// An ordered selection of texts.
#[derive(Debug, Clone, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = lists, treat_none_as_null = true)]
pub struct List {
    pub id: ListId,
    pub slug: Slug,
    pub names: Json<Names>,
    pub rule: Json<Rule>,
    /// By position, each position once.
    pub pins: Json<Vec<Pin>>,
    pub hidden: Json<Vec<ArticleId>>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub deleted_at: Option<Instant>,
}

/// Which texts a list is made of, the newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = ListRule)]
pub enum Rule {
    /// All of them.
    Latest,
    /// Those of a section.
    Section { section: SectionId },
    /// Those about a topic.
    Topic { topic: TopicId },
    /// Those that quote a source.
    Source { source: SourceId },
    /// Those of a kind.
    Kind { article_kind: ArticleKind },
}

/// An article that has a fixed place in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Pin {
    pub article: ArticleId,
    /// The place in the list, counted from 1.
    #[schema(minimum = 1, maximum = 100)]
    pub position: i32,
    /// When the pin ends; null where it stays.
    #[schema(required = true)]
    pub until: Option<Instant>,
}

/// Why pins are refused; the number is the index of the pin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinError {
    TooMany,
    NoSuchPlace(usize),
    PlaceTaken(usize),
    PinnedTwice(usize),
}

impl List {
    pub fn new(slug: Slug, names: Names, rule: Rule, now: Instant) -> Self {
        Self {
            id: Id::new(),
            slug,
            names: Json(names),
            rule: Json(rule),
            pins: Json(Vec::new()),
            hidden: Json(Vec::new()),
            version: 1,
            created_at: now,
            updated_at: now,
            deleted_at: None,
        }
    }

    /// The list that every site has, as it is at first.
    pub fn news_line(now: Instant) -> Option<Self> {
        let names = [
            ("az", "Xəbər xətti"),
            ("ru", "Лента новостей"),
            ("en", "News Line"),
        ];
        let (slug, names) = (Slug::parse(NEWS_LINE).ok()?, Names::parse(names).ok()?);
        Some(Self::new(slug, names, Rule::Latest, now))
    }

    /// The surrogate keys of what is made of it, besides those of its items: whatever changes it or
    /// takes it away touches one of them.
    pub fn keys(&self) -> Vec<String> {
        let source = match self.rule.0 {
            // The list is there while readers know the source.
            Rule::Source { source } => Some(format!("source:{source}")),
            _ => None,
        };
        std::iter::once(format!("list:{}", self.id))
            .chain(source)
            .collect()
    }

    pub fn is_news_line(&self) -> bool {
        self.slug.as_str() == NEWS_LINE
    }
}

impl Rule {
    /// Whether it selects by this section, topic or source.
    pub fn follows(&self, term: Uuid) -> bool {
        match self {
            Self::Latest | Self::Kind { .. } => false,
            Self::Section { section } => section.uuid() == term,
            Self::Topic { topic } => topic.uuid() == term,
            Self::Source { source } => source.uuid() == term,
        }
    }
}

/// The surrogate keys of what says that a list is not there: it may be made or restored, or readers
/// may come to know the source that it is about.
pub fn keys_of_missing() -> [String; 2] {
    ["lists", "sources"].map(str::to_owned)
}

/// Puts pins in order of their places; each place and each article is there once.
pub fn in_order(mut pins: Vec<Pin>) -> Result<Vec<Pin>, PinError> {
    if pins.len() > MAX_PINS {
        return Err(PinError::TooMany);
    }
    let (mut places, mut articles) = (BTreeSet::new(), BTreeSet::new());
    for (index, pin) in pins.iter().enumerate() {
        if !(1..=MAX_POSITION).contains(&pin.position) {
            return Err(PinError::NoSuchPlace(index));
        }
        if !places.insert(pin.position) {
            return Err(PinError::PlaceTaken(index));
        }
        if !articles.insert(pin.article) {
            return Err(PinError::PinnedTwice(index));
        }
    }
    pins.sort_by_key(|pin| pin.position);
    Ok(pins)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pin(position: i32) -> Pin {
        Pin {
            article: Id::new(),
            position,
            until: None,
        }
    }

    #[test]
    fn pins_stand_in_order_of_their_places() {
        let places = |pins: Vec<Pin>| pins.iter().map(|pin| pin.position).collect::<Vec<_>>();
        let pins = in_order(vec![pin(100), pin(1), pin(7)]).expect("three pins");
        assert_eq!(places(pins), [1, 7, 100]);
    }

    #[test]
    fn a_place_and_an_article_are_there_once() {
        assert_eq!(
            in_order(vec![pin(1), pin(2), pin(1)]),
            Err(PinError::PlaceTaken(2))
        );
        let first = pin(1);
        let again = Pin {
            position: 2,
            ..first.clone()
        };
        assert_eq!(in_order(vec![first, again]), Err(PinError::PinnedTwice(1)));
    }

    #[test]
    fn there_are_places_1_to_100_and_20_pins() {
        assert_eq!(in_order(vec![pin(0)]), Err(PinError::NoSuchPlace(0)));
        assert_eq!(in_order(vec![pin(101)]), Err(PinError::NoSuchPlace(0)));
        let pins = |count: i32| (1..=count).map(pin).collect();
        assert!(in_order(pins(20)).is_ok());
        assert_eq!(in_order(pins(21)), Err(PinError::TooMany));
    }

    #[test]
    fn news_line_has_its_names() {
        let list = List::news_line(Instant::EPOCH).expect("slug and names are well formed");
        assert!(list.is_news_line());
        assert_eq!(list.names.0.iter().count(), 3);
    }

    #[test]
    fn a_rule_is_stored_by_its_kind() {
        let section = SectionId::new();
        let rule = Rule::Section { section };
        let stored = serde_json::json!({"kind": "section", "section": section});
        assert_eq!(serde_json::to_value(rule).expect("JSON"), stored);
        assert_eq!(
            serde_json::from_value::<Rule>(stored).expect("a rule"),
            rule
        );
        assert!(rule.follows(section.uuid()));
        assert!(!Rule::Latest.follows(section.uuid()));
    }
}
