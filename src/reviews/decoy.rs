//! A field that people do not see and robots fill in.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

const MOST: usize = 200;

/// Whether there was something in it; what it was is not kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Decoy(bool);

impl Decoy {
    pub fn is_filled(self) -> bool {
        self.0
    }
}

impl<'de> Deserialize<'de> for Decoy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.chars().count() <= MOST {
            true => Ok(Self(!text.trim().is_empty())),
            false => Err(serde::de::Error::custom(format!(
                "expected at most {MOST} characters"
            ))),
        }
    }
}

impl PartialSchema for Decoy {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .max_length(Some(MOST))
            .description(Some("Nothing: people do not see this field."))
            .examples([serde_json::json!("")])
            .build()
            .into()
    }
}

impl ToSchema for Decoy {
    fn name() -> Cow<'static, str> {
        "Decoy".into()
    }
}
