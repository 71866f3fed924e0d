//! Sources as tools post them: one by itself, or one of a story.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use utoipa::openapi::schema::OneOfBuilder;
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::model::{Descriptions, Disclosure, Position, SourceId, SourceKind};
use crate::http::json::distinct_map;
use crate::http::patch::Patch;
use crate::http::words::{Line, Prose, WebAddress};
use crate::language::{Lang, Names};

/// A source as it is posted.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "kind": "person",
    "names": {"az": "Rəşad Nəbiyev", "en": "Rashad Nabiyev"},
    "aliases": ["R. Nəbiyev"],
    "description": {"en": "Minister of Digital Development and Transport."},
    "same_as": ["https://www.wikidata.org/wiki/Q86730"],
    "positions": [{"title": {"en": "Minister"}, "organisation": null, "from": "2021-01-26", "to": null}],
    "disclosure": "on_record"
}))]
pub struct NewSource {
    pub kind: SourceKind,
    pub names: Names,
    /// Other names under which it is known, in any language.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub aliases: Vec<Line<200>>,
    /// What is to be said about it, per language.
    #[serde(default, deserialize_with = "distinct_map")]
    #[schema(value_type = std::collections::BTreeMap<Lang, Prose<4000>>)]
    pub description: Descriptions,
    /// Addresses of the same on other sites, such as that of its Wikidata item.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub same_as: Vec<WebAddress>,
    #[serde(default)]
    #[schema(max_items = 50)]
    pub positions: Vec<Position>,
    /// `on_record` where it is left out.
    #[serde(default = "on_record")]
    pub disclosure: Disclosure,
}

const fn on_record() -> Disclosure {
    Disclosure::OnRecord
}

/// A source of a story: one that the tool knows by its id, or whatever is to be matched or made.
#[derive(Debug, Clone)]
pub enum PostedSource {
    Known(SourceId),
    Described(Box<NewSource>),
}

/// A source that is there already.
#[derive(ToSchema)]
#[schema(example = json!({"id": "0192f1a2-7c3e-7b10-9a55-1f0c2d3e4a01"}))]
#[serde(deny_unknown_fields)]
struct KnownSource {
    #[expect(dead_code, reason = "it only stands in the document")]
    id: SourceId,
}

/// What [`PostedSource`] is read from: a plain struct, so that a fault is told at its field.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AnySource {
    #[serde(default)]
    id: Patch<SourceId>,
    #[serde(default)]
    kind: Patch<SourceKind>,
    #[serde(default)]
    names: Patch<Names>,
    #[serde(default)]
    aliases: Patch<Vec<Line<200>>>,
    #[serde(default, deserialize_with = "described")]
    description: Patch<Descriptions>,
    #[serde(default)]
    same_as: Patch<Vec<WebAddress>>,
    #[serde(default)]
    positions: Patch<Vec<Position>>,
    #[serde(default)]
    disclosure: Patch<Disclosure>,
}

fn described<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Patch<Descriptions>, D::Error> {
    distinct_map(deserializer).map(Patch::Set)
}

impl<'de> Deserialize<'de> for PostedSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let AnySource {
            id,
            kind,
            names,
            aliases,
            description,
            same_as,
            positions,
            disclosure,
        } = AnySource::deserialize(deserializer)?;
        if let Patch::Set(id) = id {
            let alone = !kind.is_set()
                && !names.is_set()
                && !aliases.is_set()
                && !description.is_set()
                && !same_as.is_set()
                && !positions.is_set()
                && !disclosure.is_set();
            return match alone {
                true => Ok(Self::Known(id)),
                false => Err(D::Error::custom("expected nothing besides the `id`")),
            };
        }
        let missing = D::Error::missing_field;
        Ok(Self::Described(Box::new(NewSource {
            kind: kind.into_option().ok_or_else(|| missing("kind"))?,
            names: names.into_option().ok_or_else(|| missing("names"))?,
            aliases: aliases.into_option().unwrap_or_default(),
            description: description.into_option().unwrap_or_default(),
            same_as: same_as.into_option().unwrap_or_default(),
            positions: positions.into_option().unwrap_or_default(),
            disclosure: disclosure.into_option().unwrap_or(on_record()),
        })))
    }
}

/// By hand, because it is read by hand.
impl PartialSchema for PostedSource {
    fn schema() -> RefOr<Schema> {
        OneOfBuilder::new()
            .item(Ref::from_schema_name(NewSource::name()))
            .item(Ref::from_schema_name(KnownSource::name()))
            .description(Some(
                "A source that is matched with one that is known, or made; or the id of one.",
            ))
            .into()
    }
}

impl ToSchema for PostedSource {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        NewSource::schemas(schemas);
        KnownSource::schemas(schemas);
        schemas.push((NewSource::name().into(), NewSource::schema()));
        schemas.push((KnownSource::name().into(), KnownSource::schema()));
    }
}
