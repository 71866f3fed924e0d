//! Strings with bounds. The bound is part of the type, so what is checked and what the OpenAPI
//! document says are one thing.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// One line of 1 to `MAX` code points, kept byte for byte. No control characters, not only spaces.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Line<const MAX: usize>(String);

/// Text of 1 to `MAX` code points that may have line breaks, kept byte for byte.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Prose<const MAX: usize>(String);

/// Why a string is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WordsError {
    #[error("expected at least one character that is not white space")]
    Empty,
    #[error("expected at most {max} characters, found {found}")]
    TooLong { max: usize, found: usize },
    #[error("expected no control characters")]
    Control,
}

fn check(text: &str, max: usize, breaks: bool) -> Result<(), WordsError> {
    let found = text.chars().count();
    if found > max {
        return Err(WordsError::TooLong { max, found });
    }
    if text.trim().is_empty() {
        return Err(WordsError::Empty);
    }
    let allowed = |c: char| breaks && matches!(c, '\n' | '\r' | '\t');
    if text.chars().any(|c| c.is_control() && !allowed(c)) {
        return Err(WordsError::Control);
    }
    Ok(())
}

fn schema(max: usize, description: &str) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(max))
        .pattern(Some("\\S"))
        .description(Some(description))
        .build()
        .into()
}

macro_rules! words {
    ($name:ident, $breaks:literal, $what:literal) => {
        impl<const MAX: usize> $name<MAX> {
            pub fn parse(text: impl Into<String>) -> Result<Self, WordsError> {
                let text = text.into();
                check(&text, MAX, $breaks)?;
                Ok(Self(text))
            }

            pub fn into_string(self) -> String {
                self.0
            }
        }
        impl<const MAX: usize> Deref for $name<MAX> {
            type Target = str;
            fn deref(&self) -> &str {
                &self.0
            }
        }
        impl<const MAX: usize> fmt::Display for $name<MAX> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl<const MAX: usize> From<$name<MAX>> for String {
            fn from(words: $name<MAX>) -> String {
                words.0
            }
        }
        impl<'de, const MAX: usize> Deserialize<'de> for $name<MAX> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::parse(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
            }
        }
        impl<const MAX: usize> PartialSchema for $name<MAX> {
            fn schema() -> RefOr<Schema> {
                schema(MAX, &format!($what, MAX))
            }
        }
        impl<const MAX: usize> ToSchema for $name<MAX> {
            fn name() -> Cow<'static, str> {
                format!(concat!(stringify!($name), "{}"), MAX).into()
            }
        }
    };
}
words!(Line, false, "One line of 1 to {} characters.");
words!(
    Prose,
    true,
    "Text of 1 to {} characters, line breaks allowed."
);

/// An absolute `https:` or `http:` address of at most 2,000 characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct WebAddress(String);

impl WebAddress {
    pub fn parse(text: impl Into<String>) -> Result<Self, &'static str> {
        let text = text.into();
        match crate::body::is_web(&text) {
            true => Ok(Self(text)),
            false => Err("expected an absolute http or https address of at most 2000 characters"),
        }
    }

    pub fn into_string(self) -> String {
        self.0
    }
}

impl Deref for WebAddress {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}
impl From<WebAddress> for String {
    fn from(address: WebAddress) -> String {
        address.0
    }
}
impl<'de> Deserialize<'de> for WebAddress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}
impl PartialSchema for WebAddress {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .max_length(Some(2000))
            .pattern(Some("^[Hh][Tt][Tt][Pp][Ss]?://[^\\s/?#]"))
            .description(Some(
                "An absolute web address, http or https; letters beyond ASCII are allowed.",
            ))
            .examples([serde_json::json!("https://example.az/en/a-headline")])
            .build()
            .into()
    }
}
impl ToSchema for WebAddress {}
