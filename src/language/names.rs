//! What a thing is called in each language: the names of sections, topics, lists and sources.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde::{Deserialize as DeserializeDerive, Serialize};
use utoipa::openapi::schema::SchemaType;
use utoipa::openapi::{Object, ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::tag::{self, Lang, LangError};

#[cfg(test)]
mod tests;

/// The most languages that one thing has names in.
pub const MAX_LANGS: usize = 20;

/// The longest name, in code points.
pub const MAX_LENGTH: usize = 200;

/// 1 to [`MAX_LANGS`] names by language, in the order of the tags: `{"az": "Siyasət", "en": "Politics"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Names(BTreeMap<Lang, Name>);

/// A merge patch (RFC 7396) of [`Names`]: a name replaces that of its language, null takes it away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamesPatch(BTreeMap<Lang, Option<Name>>);

/// One line of 1 to [`MAX_LENGTH`] code points, kept byte for byte.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, DeserializeDerive)]
#[serde(try_from = "String")]
struct Name(String);

/// Why names are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NamesError {
    #[error("expected a name in at least one language")]
    Nameless,
    #[error("expected names in at most {MAX_LANGS} languages")]
    TooMany,
    #[error("one language is named twice")]
    Twice,
    #[error("the language {0}")]
    Lang(#[from] LangError),
    #[error("expected at least one character that is not white space")]
    Empty,
    #[error("expected at most {MAX_LENGTH} characters")]
    TooLong,
    #[error("expected no control characters")]
    Control,
}

impl Names {
    /// Reads pairs of a tag and a name.
    pub fn parse<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, NamesError> {
        let mut names = BTreeMap::new();
        for (lang, name) in pairs {
            if names
                .insert(lang.parse()?, Name::parse(name.to_owned())?)
                .is_some()
            {
                return Err(NamesError::Twice);
            }
        }
        Self::checked(names)
    }

    fn checked(names: BTreeMap<Lang, Name>) -> Result<Self, NamesError> {
        match names.len() {
            0 => Err(NamesError::Nameless),
            1..=MAX_LANGS => Ok(Self(names)),
            _ => Err(NamesError::TooMany),
        }
    }

    pub fn get(&self, lang: &Lang) -> Option<&str> {
        self.0.get(lang).map(|name| name.0.as_str())
    }

    /// The name in the language wanted, else in the first of the chain that has one, else any.
    pub fn pick(&self, wanted: &Lang, chain: &[Lang]) -> &str {
        let in_order = std::iter::once(wanted).chain(chain);
        in_order
            .filter_map(|lang| self.get(lang))
            .chain(self.iter().map(|(_, name)| name))
            .next()
            .unwrap_or_default()
    }

    /// In the order of the tags.
    pub fn iter(&self) -> impl Iterator<Item = (&Lang, &str)> {
        self.0.iter().map(|(lang, name)| (lang, name.0.as_str()))
    }
}

impl NamesPatch {
    /// Changes the names, which must be 1 to [`MAX_LANGS`] afterwards.
    pub fn apply(self, names: &mut Names) -> Result<(), NamesError> {
        let mut merged = names.0.clone();
        for (lang, name) in self.0 {
            match name {
                Some(name) => merged.insert(lang, name),
                None => merged.remove(&lang),
            };
        }
        *names = Names::checked(merged)?;
        Ok(())
    }

    /// The names that it makes where there were none.
    pub fn into_names(self) -> Result<Names, NamesError> {
        let present = self.0.into_iter();
        Names::checked(
            present
                .filter_map(|(lang, name)| Some((lang, name?)))
                .collect(),
        )
    }
}

impl Name {
    fn parse(name: String) -> Result<Self, NamesError> {
        if name.chars().count() > MAX_LENGTH {
            return Err(NamesError::TooLong);
        }
        if name.trim().is_empty() {
            return Err(NamesError::Empty);
        }
        if name.chars().any(char::is_control) {
            return Err(NamesError::Control);
        }
        Ok(Self(name))
    }
}

impl TryFrom<String> for Name {
    type Error = NamesError;

    fn try_from(name: String) -> Result<Self, NamesError> {
        Self::parse(name)
    }
}

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::checked(by_language(deserializer)?).map_err(de::Error::custom)
    }
}

impl<'de> Deserialize<'de> for NamesPatch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        by_language(deserializer).map(Self)
    }
}

fn by_language<'de, D: Deserializer<'de>, V: Deserialize<'de>>(
    deserializer: D,
) -> Result<BTreeMap<Lang, V>, D::Error> {
    deserializer.deserialize_map(ByLanguage(PhantomData))
}

/// Reads a map whose keys differ: `en` and `EN` are one language, and a plain map would keep the last.
struct ByLanguage<V>(PhantomData<V>);

impl<'de, V: Deserialize<'de>> Visitor<'de> for ByLanguage<V> {
    type Value = BTreeMap<Lang, V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of names by language")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut values = BTreeMap::new();
        while let Some((lang, value)) = map.next_entry()? {
            if values.insert(lang, value).is_some() {
                return Err(de::Error::custom(NamesError::Twice));
            }
        }
        Ok(values)
    }
}

fn name_schema(schema_type: impl Into<SchemaType>) -> Object {
    ObjectBuilder::new()
        .schema_type(schema_type)
        .min_length(Some(1))
        .max_length(Some(MAX_LENGTH))
        .pattern(Some("\\S"))
        .build()
}

fn schema(name: Object, description: &str, example: serde_json::Value) -> ObjectBuilder {
    let tag = ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some(format!("^{}$", tag::PATTERN)))
        .max_length(Some(tag::MAX_LENGTH))
        .build();
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some(description))
        .property_names(Some(tag))
        .additional_properties(Some(Schema::Object(name)))
        .max_properties(Some(MAX_LANGS))
        .examples([example])
}

impl PartialSchema for Names {
    fn schema() -> RefOr<Schema> {
        let example = serde_json::json!({"az": "Siyasət", "en": "Politics"});
        schema(
            name_schema(Type::String),
            "Names by language (BCP 47).",
            example,
        )
        .min_properties(Some(1))
        .into()
    }
}

impl ToSchema for Names {}

impl PartialSchema for NamesPatch {
    fn schema() -> RefOr<Schema> {
        let example = serde_json::json!({"ru": "Политика"});
        let name = name_schema(SchemaType::from_iter([Type::String, Type::Null]));
        schema(
            name,
            "Changes of names by language; null takes a name away.",
            example,
        )
        .into()
    }
}

impl ToSchema for NamesPatch {}
