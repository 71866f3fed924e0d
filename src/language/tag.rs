//! A language tag: parsed once at the edge, canonical ever after.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::Arc;

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use icu_locale::subtags::Script;
use icu_locale::{
    Direction, LanguageIdentifier, Locale, LocaleCanonicalizer, LocaleDirectionality,
    LocaleExpander,
};
use serde::{Deserialize, Serialize, Serializer};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

#[cfg(test)]
mod tests;

/// The longest tag that is taken, in characters (RFC 5646 §4.4.1).
pub const MAX_LENGTH: usize = 35;

/// Language, script, region and variants of RFC 5646, in any case of letters.
pub(super) const PATTERN: &str = "[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?(-([A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*";

/// A language tag of BCP 47 in canonical form (UTS #35), such as `az`, `az-Cyrl` or `en-GB`.
///
/// It has a language, and perhaps a script, a region and variants. Extensions and private
/// use say nothing about the words of a text and are refused, and so is `und`.
#[derive(Clone, Deserialize, AsExpression, FromSqlRow)]
#[serde(try_from = "String")]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct Lang(Arc<Tag>);

crate::text_column!(Lang);

struct Tag {
    text: Box<str>,
    id: LanguageIdentifier,
    script: Option<Script>,
    dir: Dir,
}

/// The direction in which a text is written, as HTML's `dir`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Dir {
    /// From left to right.
    Ltr,
    /// From right to left.
    Rtl,
}

/// Why a language tag, or a list of them, was refused. Each reads after the name of the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LangError {
    #[error("is not a language tag of BCP 47, such as `az`, `az-Cyrl` or `en-GB`")]
    Malformed,
    #[error("is longer than {MAX_LENGTH} characters")]
    TooLong,
    #[error("names no language")]
    Undetermined,
    #[error("names more than {max} languages", max = super::asked::MAX_LANGS)]
    TooMany,
}

impl Lang {
    /// The canonical tag.
    pub fn as_str(&self) -> &str {
        &self.0.text
    }

    /// The direction of the script in which this language is likely written.
    pub fn dir(&self) -> Dir {
        self.0.dir
    }

    pub(super) fn id(&self) -> &LanguageIdentifier {
        &self.0.id
    }

    /// The script named by the tag, or else the likely one of its language and region.
    pub(super) fn script(&self) -> Option<Script> {
        self.0.script
    }

    /// The tag with all its likely subtags: `zh-TW` is `zh-Hant-TW`.
    pub(super) fn maximized(&self) -> LanguageIdentifier {
        let mut id = self.0.id.clone();
        LocaleExpander::new_extended().maximize(&mut id);
        id
    }
}

impl FromStr for Lang {
    type Err = LangError;

    fn from_str(text: &str) -> Result<Self, LangError> {
        if let Some(known) = known(text) {
            return Ok(known);
        }
        if text.len() > MAX_LENGTH {
            return Err(LangError::TooLong);
        }
        if !text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            return Err(LangError::Malformed);
        }
        let id = LanguageIdentifier::try_from_str(text).map_err(|_| LangError::Malformed)?;
        let mut locale = Locale::from(id);
        LocaleCanonicalizer::new_extended().canonicalize(&mut locale);
        let lang = Self::from_canonical(locale.id)?;
        remember(&lang);
        Ok(lang)
    }
}

/// How many tags each thread knows by heart: the languages of a newsroom are few, and are read in
/// every row.
const KNOWN: usize = 64;

thread_local! {
    static BY_HEART: RefCell<Vec<Lang>> = const { RefCell::new(Vec::new()) };
}

/// The tag, if it is one that was read before in its canonical form.
fn known(text: &str) -> Option<Lang> {
    BY_HEART.with_borrow(|known| known.iter().find(|lang| lang.as_str() == text).cloned())
}

fn remember(lang: &Lang) {
    BY_HEART.with_borrow_mut(|known| {
        if known.contains(lang) {
            return;
        }
        if known.len() == KNOWN {
            known.remove(0);
        }
        known.push(lang.clone());
    });
}

impl Lang {
    fn from_canonical(id: LanguageIdentifier) -> Result<Self, LangError> {
        let text = id.to_string();
        if id.language.is_unknown() {
            return Err(LangError::Undetermined);
        }
        if text.len() > MAX_LENGTH {
            return Err(LangError::TooLong);
        }
        let script = LocaleExpander::new_extended().get_likely_script(&id);
        let dir = match LocaleDirectionality::new_extended().get(&id) {
            Some(Direction::RightToLeft) => Dir::Rtl,
            _ => Dir::Ltr,
        };
        Ok(Self(Arc::new(Tag {
            text: text.into(),
            id,
            script,
            dir,
        })))
    }
}

impl TryFrom<String> for Lang {
    type Error = LangError;

    fn try_from(text: String) -> Result<Self, LangError> {
        text.parse()
    }
}

impl Serialize for Lang {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lang({self})")
    }
}

impl AsRef<str> for Lang {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq for Lang {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Lang {}

impl PartialOrd for Lang {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Lang {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl Hash for Lang {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl PartialSchema for Lang {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(
                "A language tag of BCP 47: language, script, region and variants. \
                 Answers hold it in canonical form.",
            ))
            .pattern(Some(format!("^{PATTERN}$")))
            .min_length(Some(2))
            .max_length(Some(MAX_LENGTH))
            .examples(["az"])
            .into()
    }
}

impl ToSchema for Lang {}
