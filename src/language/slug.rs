//! Slugs: the part of a text's address that is made of its headline.

use std::fmt;
use std::str::FromStr;

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::fold::{is_unseen, lower};
use super::tag::Lang;

#[cfg(test)]
mod tests;

/// The longest slug, in characters.
pub const MAX_LENGTH: usize = 120;

/// The longest slug that is made of a headline, in characters.
const MAX_FROM_HEADLINE: usize = 80;

/// What a headline without a single letter or digit is called.
const UNTITLED: &str = "text";

/// Words of small Latin letters and digits with single hyphens between, 1–120 characters.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    AsExpression,
    FromSqlRow,
)]
#[serde(try_from = "String")]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct Slug(String);

crate::text_column!(Slug);

/// The text is no slug.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not 1 to {MAX_LENGTH} small Latin letters and digits with single hyphens between")]
pub struct SlugError;

impl Slug {
    pub fn parse(text: &str) -> Result<Self, SlugError> {
        let letters = |word: &str| {
            word.bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        };
        let well_formed = text
            .split('-')
            .all(|word| !word.is_empty() && letters(word));
        if !well_formed || text.len() > MAX_LENGTH {
            return Err(SlugError);
        }
        Ok(Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The `n`th text of this name: `headline`, `headline-2`, `headline-3`. A long slug is cut
    /// so that the number fits.
    pub fn numbered(&self, n: u32) -> Self {
        if n < 2 {
            return self.clone();
        }
        let number = n.to_string();
        let stem: String = self.0.chars().take(MAX_LENGTH - number.len() - 1).collect();
        Self(format!("{}-{number}", stem.trim_end_matches('-')))
    }
}

/// The slug of a headline: at most 80 characters, cut between words; `text` when the headline
/// has nothing that can be spelt in Latin letters and digits.
pub fn slug_from_headline(headline: &str, lang: &Lang) -> Slug {
    slug_of(headline, lang).unwrap_or_else(|| Slug(UNTITLED.to_owned()))
}

/// The slug that spells some words, if any of them can be spelt.
pub fn slug_of(words: &str, lang: &Lang) -> Option<Slug> {
    let spelt = spell(words, lang);
    let mut slug = String::new();
    for word in spelt.split_ascii_whitespace() {
        if slug.is_empty() {
            slug.extend(word.chars().take(MAX_FROM_HEADLINE));
        } else if slug.len() + 1 + word.len() <= MAX_FROM_HEADLINE {
            slug.push('-');
            slug.push_str(word);
        } else {
            break;
        }
    }
    (!slug.is_empty()).then_some(Slug(slug))
}

/// The headline in small Latin letters and digits, with spaces for all that is neither.
fn spell(headline: &str, lang: &Lang) -> String {
    let mut spelt = String::new();
    for c in lower(headline, lang).nfc() {
        if let Some(letters) = cyrillic(c).or(latin(c)) {
            spelt.push_str(letters);
        } else if !stands_within_a_word(c) {
            spelt.extend(base(c));
        }
    }
    spelt
}

/// Apostrophes and what cannot be seen, which divide no words.
fn stands_within_a_word(c: char) -> bool {
    matches!(c, '\'' | '’' | 'ʼ' | '‘' | 'ʻ' | '`') || is_unseen(c)
}

/// The letters and digits left of a character without its marks (NFKD): ş is s, ² is 2.
fn base(c: char) -> impl Iterator<Item = char> {
    let parts = std::iter::once(c)
        .nfkd()
        .filter(|part| !is_combining_mark(*part));
    parts.map(|part| {
        if part.is_ascii_alphanumeric() {
            part.to_ascii_lowercase()
        } else {
            ' '
        }
    })
}

/// Latin letters that are no letter with a mark.
fn latin(c: char) -> Option<&'static str> {
    Some(match c {
        'ə' | 'ǝ' => "e",
        'ı' => "i",
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ł' => "l",
        'ħ' => "h",
        'ŋ' => "n",
        'ĸ' => "k",
        'ŧ' => "t",
        _ => return None,
    })
}

/// The values of BGN/PCGN 1947 for Russian, without its rules for neighbours (е is always e, ё
/// always yo) and without the signs; then the letters that other languages of the script add.
fn cyrillic(c: char) -> Option<&'static str> {
    Some(match c {
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' | 'ґ' | 'ғ' | 'ҝ' => "g",
        'д' => "d",
        'е' | 'э' | 'ә' => "e",
        'ё' => "yo",
        'ж' => "zh",
        'з' => "z",
        'и' | 'і' => "i",
        'й' | 'ы' | 'ј' => "y",
        'к' | 'қ' => "k",
        'л' => "l",
        'м' => "m",
        'н' | 'ң' => "n",
        'о' | 'ө' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'у' | 'ү' | 'ұ' => "u",
        'ф' => "f",
        'х' => "kh",
        'һ' => "h",
        'ц' => "ts",
        'ч' => "ch",
        'ҹ' => "c",
        'ш' => "sh",
        'щ' => "shch",
        'ъ' | 'ь' => "",
        'ю' => "yu",
        'я' => "ya",
        'є' => "ye",
        'ї' => "yi",
        _ => return None,
    })
}

impl FromStr for Slug {
    type Err = SlugError;

    fn from_str(text: &str) -> Result<Self, SlugError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Slug {
    type Error = SlugError;

    fn try_from(text: String) -> Result<Self, SlugError> {
        Self::parse(&text)
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for Slug {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl PartialSchema for Slug {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(
                "Words of small Latin letters and digits with single hyphens between.",
            ))
            .pattern(Some("^[a-z0-9]+(-[a-z0-9]+)*$"))
            .min_length(Some(1))
            .max_length(Some(MAX_LENGTH))
            .examples(["korpu-iyunda-acilacaq"])
            .into()
    }
}

impl ToSchema for Slug {}
