//! What a reader asked for: the tags of `lang=`, taken strictly, or the ranges of
//! `Accept-Language`, of which what is no range is passed over.

use std::cmp::Reverse;
use std::str::FromStr;

use serde::Deserialize;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::choose::Wishes;
use super::tag::{self, Lang, LangError};

#[cfg(test)]
mod tests;

/// The most languages that `lang=` may name.
pub const MAX_LANGS: usize = 8;

/// The most ranges of a header that are looked at; browsers send fewer than ten.
const MAX_RANGES: usize = 32;

/// The value of `lang=`: one tag, or several with commas between, the most wanted first.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct LangList(Vec<Lang>);

/// What a reader asked for. When `lang=` was given, the header says nothing more.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// The tags of `lang=`, or of the path, the most wanted first.
    pub lang: Vec<Lang>,
    /// The ranges of `Accept-Language`, the heaviest first; empty when `lang` is not.
    pub header: Vec<Weighted>,
}

/// One range of `Accept-Language` (RFC 9110 §12.5.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weighted {
    pub range: LangRange,
    /// The quality value in thousandths, 0–1000; 0 is "not acceptable".
    pub q: u16,
}

/// A basic language range (RFC 4647 §2.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LangRange {
    /// `*`
    Any,
    Tag(Lang),
}

impl Asked {
    /// `accept_language` is the value of the header; of a header in several lines, the values
    /// with commas between.
    pub fn new(lang: Option<LangList>, accept_language: Option<&str>) -> Self {
        match lang {
            Some(LangList(lang)) => Self {
                lang,
                header: Vec::new(),
            },
            None => Self {
                lang: Vec::new(),
                header: accept_language.map_or_else(Vec::new, ranges),
            },
        }
    }

    /// Asked by the path, which names one language.
    pub fn of(lang: Lang) -> Self {
        Self {
            lang: vec![lang],
            header: Vec::new(),
        }
    }

    /// Whether the answer hangs on `Accept-Language`, and so must say `Vary` on it.
    pub fn varies(&self) -> bool {
        self.lang.is_empty()
    }

    /// A short key for caches: two readers with one key get one answer, whatever exists.
    ///
    /// Of a header only the site's own languages remain, in order; `~` marks one that a range
    /// found, `!` one that is not acceptable. Thousands of headers make a handful of keys.
    pub fn key(&self, site: &[Lang]) -> String {
        if !self.lang.is_empty() {
            let tags: Vec<&str> = self.lang.iter().map(Lang::as_str).collect();
            return format!("={}", tags.join(","));
        }
        if self.header.is_empty() {
            return String::new();
        }
        Wishes::of(self, site, &[]).key()
    }
}

impl LangList {
    /// The tags, the most wanted first, each once.
    pub fn tags(&self) -> &[Lang] {
        &self.0
    }
}

impl FromStr for LangList {
    type Err = LangError;

    fn from_str(text: &str) -> Result<Self, LangError> {
        let mut langs = Vec::new();
        for (at, tag) in text.split(',').enumerate() {
            if at == MAX_LANGS {
                return Err(LangError::TooMany);
            }
            let lang: Lang = tag.parse()?;
            if !langs.contains(&lang) {
                langs.push(lang);
            }
        }
        Ok(Self(langs))
    }
}

impl TryFrom<String> for LangList {
    type Error = LangError;

    fn try_from(text: String) -> Result<Self, LangError> {
        text.parse()
    }
}

impl PartialSchema for LangList {
    fn schema() -> RefOr<Schema> {
        let tag = tag::PATTERN;
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(
                "One language tag of BCP 47, or several with commas between, the most wanted first.",
            ))
            .pattern(Some(format!("^{tag}(,{tag}){{0,{}}}$", MAX_LANGS - 1)))
            .min_length(Some(2))
            .max_length(Some(MAX_LANGS * (tag::MAX_LENGTH + 1) - 1))
            .examples(["az", "ru,az"])
            .into()
    }
}

impl ToSchema for LangList {}

fn ranges(header: &str) -> Vec<Weighted> {
    let mut ranges: Vec<Weighted> = header
        .split(',')
        .filter_map(weighted)
        .take(MAX_RANGES)
        .collect();
    ranges.sort_by_key(|weighted| Reverse(weighted.q));
    ranges
}

fn weighted(item: &str) -> Option<Weighted> {
    let (range, parameters) = item.split_once(';').unwrap_or((item, ""));
    let q = quality(parameters)?;
    let range = range_of(range.trim())?;
    Some(Weighted { range, q })
}

/// The weight among the parameters of a range; nothing when it cannot be read.
fn quality(parameters: &str) -> Option<u16> {
    for parameter in parameters.split(';').filter(|p| !p.trim().is_empty()) {
        let (name, value) = parameter.split_once('=')?;
        if name.trim().eq_ignore_ascii_case("q") {
            return thousandths(value.trim());
        }
    }
    Some(1000)
}

/// A weight in thousandths: `0`, `0.5`, `0.25`, `1`, `1.000` (RFC 9110 §12.4.2).
pub fn thousandths(value: &str) -> Option<u16> {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let digits = fraction.len() <= 3 && fraction.bytes().all(|b| b.is_ascii_digit());
    if !digits || !matches!(whole, "0" | "1") {
        return None;
    }
    let q: u16 = format!("{whole}{fraction:0<3}").parse().ok()?;
    (q <= 1000).then_some(q)
}

/// Reads a range as far as it can be read: wildcards inside it are left out (RFC 4647 §3.2),
/// and so is everything from an extension or a subtag on that no tag can have, which look-up
/// would cut off anyway.
fn range_of(text: &str) -> Option<LangRange> {
    if text == "*" || text.starts_with("*-") {
        return Some(LangRange::Any);
    }
    let mut subtags: Vec<&str> = text
        .split('-')
        .filter(|s| *s != "*")
        .take_while(|s| s.len() > 1)
        .take(8)
        .collect();
    while !subtags.is_empty() {
        if let Ok(lang) = subtags.join("-").parse() {
            return Some(LangRange::Tag(lang));
        }
        subtags.pop();
    }
    None
}
