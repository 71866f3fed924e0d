//! The words of others in which published things are told: schema.org, the W3C Web Annotation Data
//! Model, ninjs. Here is what those words are; what of a thing goes into which of them is said
//! beside the thing, in `articles/linked`, `articles/ninjs`, `quotes/linked` and `notices/linked`.
//!
//! What is not known is left away, as these vocabularies want it, and never `null`.

/// Declares words that a field always has, each with its schema.
macro_rules! constants {
    ($($name:ident = $word:literal),+ $(,)?) => {$(
        #[doc = concat!("Always `", $word, "`.")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name;

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str($word)
            }
        }
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .description(Some(concat!("Always `", $word, "`.")))
                    .enum_values(Some([$word]))
                    .into()
            }
        }
        impl utoipa::ToSchema for $name {}
    )+};
}

pub mod annotation;
pub mod ninjs;
mod publisher;
pub mod schema_org;

pub use publisher::Publisher;
