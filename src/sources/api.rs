//! Sources in JSON, and their errors as problems.

use std::collections::BTreeMap;

use actix_web::http::header;
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::model::{
    self, Descriptions, Disclosure, Position, Source, SourceError, SourceId, SourceKind,
};
use super::published::{Named, PublishedSource, Tally};
use super::sums::Sums;
use crate::auth::UserId;
use crate::db::{Instant, Json};
use crate::http::page::{PageInfo, TotalIs};
use crate::http::patch::{Patch, many};
use crate::http::problem::{Code, Problem};
use crate::http::words::{Line, Prose, WebAddress};
use crate::language::{Lang, Names, NamesPatch, Served};

impl From<SourceError> for Problem {
    fn from(error: SourceError) -> Self {
        let detail = error.to_string();
        match error {
            SourceError::TooMany { field, .. } => Self::field(format!("/{field}"), detail),
            SourceError::Backwards { position } => {
                Self::field(format!("/positions/{position}/to"), detail)
            }
            SourceError::NoOrganisation { position } => {
                Self::field(format!("/positions/{position}/organisation"), detail)
            }
            SourceError::NoSurvivor | SourceError::OtherKind => Self::field("/into", detail),
            SourceError::Quoted => Self::new(Code::InUse, detail),
            SourceError::ForEditors | SourceError::NotOwn => Self::new(Code::Forbidden, detail),
            SourceError::Merged(survivor) => {
                let survivor = format!("/v1/desk/sources/{survivor}");
                Self::new(Code::Conflict, detail).with_header(header::LOCATION, &survivor)
            }
            SourceError::OtherDisclosure => Self::new(Code::Conflict, detail),
            SourceError::NotDeleted => Self::new(Code::WrongState, detail),
        }
    }
}

/// A source, as the newsroom sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeskSource {
    pub id: SourceId,
    pub kind: SourceKind,
    pub names: Names,
    /// Other names under which it is known.
    pub aliases: Vec<Line<200>>,
    /// What is to be said about it, per language.
    pub description: BTreeMap<Lang, Prose<4000>>,
    /// Addresses of the same on other sites.
    pub same_as: Vec<WebAddress>,
    pub positions: Vec<Position>,
    pub disclosure: Disclosure,
    /// The source into which it was merged.
    #[schema(required = true)]
    pub merged_into: Option<SourceId>,
    /// The version in its `ETag`.
    pub version: i64,
    pub created_by: UserId,
    pub created_at: Instant,
    pub updated_at: Instant,
    #[schema(required = true)]
    pub deleted_at: Option<Instant>,
}

impl From<Source> for DeskSource {
    fn from(source: Source) -> Self {
        let Source {
            id,
            kind,
            names,
            aliases,
            description,
            same_as,
            positions,
            disclosure,
            merged_into,
            version,
            created_by,
            created_at,
            updated_at,
            deleted_at,
        } = source;
        Self {
            id,
            kind,
            names: names.0,
            aliases: aliases.0,
            description: description.0,
            same_as: same_as.0,
            positions: positions.0,
            disclosure,
            merged_into,
            version,
            created_by,
            created_at,
            updated_at,
            deleted_at,
        }
    }
}

/// A change of a source.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"names": {"ru": "Рашад Набиев"}, "disclosure": "on_record"}))]
pub struct SourcePatch {
    #[serde(default)]
    #[schema(value_type = SourceKind)]
    kind: Patch<SourceKind>,
    #[serde(default)]
    #[schema(value_type = NamesPatch)]
    names: Patch<NamesPatch>,
    #[serde(default, deserialize_with = "many::<0, 50, _, Line<200>, _>")]
    #[schema(value_type = Vec<Line<200>>, max_items = 50)]
    aliases: Patch<Vec<Line<200>>>,
    /// Words replace those of their language, null takes them away.
    #[serde(default)]
    #[schema(value_type = DescriptionsPatch)]
    description: Patch<DescriptionsPatch>,
    #[serde(default, deserialize_with = "many::<0, 50, _, WebAddress, _>")]
    #[schema(value_type = Vec<WebAddress>, max_items = 50)]
    same_as: Patch<Vec<WebAddress>>,
    #[serde(default, deserialize_with = "many::<0, 50, _, Position, _>")]
    #[schema(value_type = Vec<Position>, max_items = 50)]
    positions: Patch<Vec<Position>>,
    /// Whoever is taken off the record leaves everything that readers see at once.
    #[serde(default)]
    #[schema(value_type = Disclosure)]
    disclosure: Patch<Disclosure>,
}

impl SourcePatch {
    /// True where the organisations of positions are to be looked up anew.
    pub fn sets_positions(&self) -> bool {
        self.positions.is_set()
    }

    pub fn apply(self, source: &mut Source) -> Result<(), Problem> {
        let Self {
            kind,
            names,
            aliases,
            description,
            same_as,
            positions,
            disclosure,
        } = self;
        if let Patch::Set(names) = names {
            names
                .apply(&mut source.names.0)
                .map_err(|error| Problem::field("/names", error.to_string()))?;
        }
        if let Patch::Set(description) = description {
            description.apply(&mut source.description.0)?;
        }
        if let Patch::Set(positions) = &positions {
            model::check_positions(positions)?;
        }
        kind.apply(&mut source.kind);
        aliases.map(Json).apply(&mut source.aliases);
        same_as.map(Json).apply(&mut source.same_as);
        positions.map(Json).apply(&mut source.positions);
        disclosure.apply(&mut source.disclosure);
        Ok(())
    }
}

/// A merge patch (RFC 7396) of descriptions by language.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub struct DescriptionsPatch(
    #[serde(deserialize_with = "crate::http::json::distinct_map")]
    BTreeMap<Lang, Option<Prose<4000>>>,
);

impl DescriptionsPatch {
    fn apply(self, descriptions: &mut Descriptions) -> Result<(), SourceError> {
        for (lang, words) in self.0 {
            match words {
                Some(words) => descriptions.insert(lang, words),
                None => descriptions.remove(&lang),
            };
        }
        model::check_length("description", descriptions.len())
    }
}

/// By hand, because the derive knows no map whose values may be null.
impl PartialSchema for DescriptionsPatch {
    fn schema() -> RefOr<Schema> {
        let words = ObjectBuilder::new()
            .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
            .min_length(Some(1))
            .max_length(Some(4000))
            .pattern(Some("\\S"))
            .build();
        ObjectBuilder::new()
            .property_names(Some(Lang::schema()))
            .additional_properties(Some(Schema::Object(words)))
            .max_properties(Some(model::MANY))
            .examples([serde_json::json!({"en": "Minister of Transport.", "ru": null})])
            .into()
    }
}

impl ToSchema for DescriptionsPatch {}

/// Into which source another is merged.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SourceMerge, example = json!({"into": "0192f1a2-7c3e-7b10-9a55-1f0c2d3e4a01"}))]
pub struct Merge {
    /// The survivor: of the same kind and the same disclosure.
    pub into: SourceId,
}

/// A source in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SourceItem {
    pub id: SourceId,
    pub kind: SourceKind,
    /// In the language served, or the nearest that there is.
    pub name: String,
    pub names: Names,
    pub same_as: Vec<WebAddress>,
}

impl SourceItem {
    pub fn of(source: PublishedSource, lang: &Lang, chain: &[Lang]) -> Self {
        let PublishedSource {
            id,
            kind,
            names,
            description: _,
            same_as,
            positions: _,
            merged_into: _,
        } = source;
        Self {
            id,
            kind,
            name: names.0.pick(lang, chain).to_owned(),
            names: names.0,
            same_as: same_as.0,
        }
    }
}

/// A page of sources.
#[derive(Debug, Serialize, ToSchema)]
pub struct SourceList {
    pub items: Vec<SourceItem>,
    pub page: PageInfo,
    /// Null where none of the languages asked for is served: then there are no items.
    #[schema(required = true)]
    pub served: Option<Served>,
    /// Only with `count=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
    /// Only with `count=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_is: Option<TotalIs>,
}

/// A person or organisation that is quoted.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Source)]
pub struct SourceJson {
    pub id: SourceId,
    pub kind: SourceKind,
    /// In the language served, or the nearest that there is.
    pub name: String,
    pub names: Names,
    /// What is to be said about it, per language.
    pub description: BTreeMap<Lang, Prose<4000>>,
    pub positions: Vec<PositionJson>,
    /// Addresses of the same on other sites.
    pub same_as: Vec<WebAddress>,
    pub counts: Counts,
    /// From when to when it said what is quoted, as far as it is known.
    pub said: Span,
    /// When articles that quote it, or quote through it, were published.
    pub published: Span,
    pub served: Served,
}

/// How much there is of a source.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
#[schema(as = SourceCounts)]
pub struct Counts {
    /// Its quotes, those of each text by themselves.
    pub quotes: i64,
    /// What it said: a statement that is quoted in several languages or articles counts once.
    pub statements: i64,
    /// Statements of others that came through it.
    pub as_outlet: i64,
    /// Articles that quote it, or quote through it.
    pub articles: i64,
}

impl From<Sums> for Counts {
    fn from(sums: Sums) -> Self {
        let Sums {
            quotes,
            statements,
            as_outlet,
            articles,
        } = sums;
        Self {
            quotes,
            statements,
            as_outlet,
            articles,
        }
    }
}

/// The first and the last moment.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct Span {
    #[schema(required = true)]
    pub first: Option<Instant>,
    #[schema(required = true)]
    pub last: Option<Instant>,
}

/// A post or office that somebody holds or held.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = SourcePosition)]
pub struct PositionJson {
    /// In the language served, or the nearest that there is.
    pub title: String,
    pub titles: Names,
    /// Null also where readers have nothing of it.
    #[schema(required = true)]
    pub organisation: Option<OrganisationJson>,
    #[schema(required = true)]
    pub from: Option<model::Day>,
    #[schema(required = true)]
    pub to: Option<model::Day>,
}

/// An organisation in which a position is held.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = PositionOrganisation)]
pub struct OrganisationJson {
    pub id: SourceId,
    pub name: String,
}

/// What a reader's answer is made of.
pub struct Portrait {
    pub source: PublishedSource,
    pub tally: Tally,
    /// Those of the organisations of its positions that readers know, as they are called and
    /// found now.
    pub organisations: BTreeMap<SourceId, (SourceId, Named)>,
}

impl Portrait {
    /// True where a position is held in what readers do not know.
    pub fn lacks_organisations(&self) -> bool {
        let mut held = self.source.positions.0.iter();
        held.any(|held| {
            held.organisation
                .is_some_and(|id| !self.organisations.contains_key(&id))
        })
    }

    pub fn in_language(self, served: Served, chain: &[Lang]) -> SourceJson {
        let lang = &served.lang;
        let Tally {
            sums,
            first_said_from,
            last_said_from,
            first_published_at,
            last_published_at,
        } = self.tally;
        let PublishedSource {
            id,
            kind,
            names,
            description,
            same_as,
            positions,
            merged_into: _,
        } = self.source;
        let position = |held: Position| PositionJson::of(held, &self.organisations, lang, chain);
        SourceJson {
            id,
            kind,
            name: names.0.pick(lang, chain).to_owned(),
            names: names.0,
            description: description.0,
            positions: positions.0.into_iter().map(position).collect(),
            same_as: same_as.0,
            counts: sums.into(),
            said: Span {
                first: first_said_from,
                last: last_said_from,
            },
            published: Span {
                first: first_published_at,
                last: last_published_at,
            },
            served,
        }
    }
}

impl PositionJson {
    fn of(
        held: Position,
        organisations: &BTreeMap<SourceId, (SourceId, Named)>,
        lang: &Lang,
        chain: &[Lang],
    ) -> Self {
        let Position {
            title,
            organisation,
            from,
            to,
        } = held;
        let organisation = organisation.and_then(|id| {
            let (id, named) = organisations.get(&id)?;
            let name = named.names.pick(lang, chain).to_owned();
            Some(OrganisationJson { id: *id, name })
        });
        Self {
            title: title.pick(lang, chain).to_owned(),
            titles: title,
            organisation,
            from,
            to,
        }
    }
}
