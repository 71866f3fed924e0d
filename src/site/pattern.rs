//! Patterns of public addresses, such as `https://example.az/{lang}/{slug}`: what they may hold,
//! and reading an address back into its parts. No database and no HTTP.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Deserializer};
use url::Url;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

use crate::http::words::WebAddress;
use crate::language::{Lang, Slug};

#[cfg(test)]
mod tests;

/// An address in several readings; more than these are not looked at.
const MOST_READINGS: usize = 100;

/// A part of an address that differs from item to item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    Lang,
    Slug,
    Id,
    Section,
}

impl Name {
    const ALL: [Self; 4] = [Self::Lang, Self::Slug, Self::Id, Self::Section];

    /// As it stands in a pattern.
    pub const fn in_braces(self) -> &'static str {
        match self {
            Self::Lang => "{lang}",
            Self::Slug => "{slug}",
            Self::Id => "{id}",
            Self::Section => "{section}",
        }
    }

    /// What stands for it while an address is taken apart: letters that no part of an address changes.
    const fn mark(self) -> &'static str {
        match self {
            Self::Lang => "q0zlang0zq",
            Self::Slug => "q0zslug0zq",
            Self::Id => "q0zid0zq",
            Self::Section => "q0zsection0zq",
        }
    }
}

/// Why a pattern is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    #[error("{0}")]
    Address(&'static str),
    #[error("`{{{0}}}` is none of `{{lang}}`, `{{slug}}`, `{{id}}` and `{{section}}`")]
    Unknown(String),
    #[error("a brace is not closed, or not opened")]
    Brace,
    #[error("two names need something between them")]
    Adjacent,
    #[error("a name cannot stand there")]
    Place,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Said(String),
    Named(Name),
}

/// A pattern that was read: its text, and what it says of each part of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressPattern {
    text: String,
    host: Vec<Piece>,
    port: Option<u16>,
    path: Vec<Vec<Piece>>,
    query: Vec<(String, Vec<Piece>)>,
    fragment: Option<Vec<Piece>>,
}

/// What an address says of the item that it leads to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Read {
    pub lang: Option<Lang>,
    pub slug: Option<Slug>,
    pub id: Option<Uuid>,
    section: Option<String>,
}

impl AddressPattern {
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let (marked, names) = marked(text)?;
        // With the marks it may be longer than the text, which is what is bounded.
        WebAddress::parse(text.replace(['{', '}'], "")).map_err(PatternError::Address)?;
        let url = Url::parse(&marked).map_err(|_| PatternError::Place)?;
        let mut labels = url.host_str().unwrap_or_default().split('.');
        // Punycode shuffles the letters of a label; what a name stands for would be among them.
        if labels.any(|label| label.starts_with("xn--") && next_mark(label).is_some()) {
            return Err(PatternError::Place);
        }
        let pattern = Self {
            text: text.to_owned(),
            host: pieces(url.host_str().unwrap_or_default()),
            port: url.port(),
            path: segments(&url).map(|segment| pieces(&segment)).collect(),
            query: url
                .query_pairs()
                .map(|(name, value)| (name.into_owned(), pieces(&value)))
                .collect(),
            fragment: url.fragment().map(|fragment| pieces(&decoded(fragment))),
        };
        // Not every part of an address is looked at: a name may stand where it is lost.
        match pattern.names().count() == names {
            true => Ok(pattern),
            false => Err(PatternError::Place),
        }
    }

    /// The names in it, in the order of the address.
    pub fn names(&self) -> impl Iterator<Item = Name> {
        let query = self.query.iter().map(|(_, value)| value);
        let parts = std::iter::once(&self.host).chain(&self.path).chain(query);
        let named = parts.chain(&self.fragment).flatten();
        named.filter_map(|piece| match piece {
            Piece::Named(name) => Some(*name),
            Piece::Said(_) => None,
        })
    }

    /// What an address of this form says, in every way in which it can be read, likely ones first;
    /// nothing for an address of another form. The scheme makes no difference, nor does a slash at
    /// the end, nor what the query and the fragment have besides.
    pub fn read(&self, url: &Url) -> Vec<Read> {
        let host = url.host_str().unwrap_or_default();
        let path: Vec<String> = segments(url).collect();
        if self.port != url.port() || self.path.len() != path.len() {
            return Vec::new();
        }
        let mut readings = readings_of(&self.host, host, vec![Read::default()]);
        for (pieces, segment) in self.path.iter().zip(&path) {
            readings = readings_of(pieces, segment, readings);
        }
        for (name, pieces) in &self.query {
            let given = url.query_pairs().find(|(given, _)| given == name);
            let Some((_, value)) = given else {
                return Vec::new();
            };
            readings = readings_of(pieces, &value, readings);
        }
        if let Some(pieces) = &self.fragment {
            let fragment = decoded(url.fragment().unwrap_or_default());
            readings = readings_of(pieces, &fragment, readings);
        }
        readings
    }
}

/// The text with marks in the places of the names, and how many they are.
fn marked(text: &str) -> Result<(String, usize), PatternError> {
    let (mut marked, mut names) = (String::new(), 0);
    let mut rest = text;
    while let Some((said, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').ok_or(PatternError::Brace)?;
        let known = Name::ALL
            .into_iter()
            .find(|known| known.in_braces() == format!("{{{name}}}"));
        let known = known.ok_or_else(|| PatternError::Unknown(name.to_owned()))?;
        if said.contains('}') {
            return Err(PatternError::Brace);
        }
        if said.is_empty() && !marked.is_empty() {
            return Err(PatternError::Adjacent);
        }
        marked.push_str(said);
        marked.push_str(known.mark());
        names += 1;
        rest = after;
    }
    match rest.contains('}') {
        true => Err(PatternError::Brace),
        false => Ok((marked + rest, names)),
    }
}

fn decoded(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8_lossy()
}

/// The segments of a path; the empty one behind a slash at the end is none.
fn segments(url: &Url) -> impl Iterator<Item = String> {
    let path = url.path().strip_prefix('/').unwrap_or(url.path());
    let path = path.strip_suffix('/').unwrap_or(path);
    let segments = path.split('/').filter(|_| !path.is_empty());
    segments.map(|segment| decoded(segment).into_owned())
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((at, name)) = next_mark(rest) {
        if at > 0 {
            pieces.push(Piece::Said(rest[..at].to_owned()));
        }
        pieces.push(Piece::Named(name));
        rest = &rest[at + name.mark().len()..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Said(rest.to_owned()));
    }
    pieces
}

fn next_mark(text: &str) -> Option<(usize, Name)> {
    let places = Name::ALL.map(|name| text.find(name.mark()).map(|at| (at, name)));
    places.into_iter().flatten().min_by_key(|(at, _)| *at)
}

fn readings_of(pieces: &[Piece], text: &str, before: Vec<Read>) -> Vec<Read> {
    let mut readings = Vec::new();
    for read in before {
        read_on(pieces, text, read, &mut readings);
    }
    readings
}

fn read_on(pieces: &[Piece], text: &str, read: Read, found: &mut Vec<Read>) {
    if found.len() == MOST_READINGS {
        return;
    }
    match pieces.split_first() {
        None if text.is_empty() => found.push(read),
        None => {}
        Some((Piece::Said(said), rest)) => {
            if let Some(after) = text.strip_prefix(said.as_str()) {
                read_on(rest, after, read, found);
            }
        }
        Some((Piece::Named(name), rest)) => {
            for end in ends(text, rest) {
                if let Some(read) = read.with(*name, &text[..end]) {
                    read_on(rest, &text[end..], read, found);
                }
            }
        }
    }
}

/// Where a name can end: before what is said next, the last such place first.
fn ends(text: &str, rest: &[Piece]) -> Vec<usize> {
    match rest.first() {
        Some(Piece::Said(said)) => text
            .rmatch_indices(said.as_str())
            .map(|(at, _)| at)
            .collect(),
        _ => vec![text.len()],
    }
}

impl Read {
    /// The same with one part more, if the text can be that part and agrees with what was read before.
    fn with(&self, name: Name, text: &str) -> Option<Self> {
        let mut read = self.clone();
        match name {
            Name::Lang => agree(&mut read.lang, text.parse().ok()?),
            Name::Slug => agree(&mut read.slug, Slug::parse(text).ok()?),
            Name::Id => agree(&mut read.id, hyphenated(text)?),
            Name::Section => {
                let is_section = text == NO_SECTION || Slug::parse(text).is_ok();
                agree(&mut read.section, is_section.then(|| text.to_owned())?)
            }
        }
        .then_some(read)
    }
}

/// What stands for the section of an article that has none.
pub const NO_SECTION: &str = "-";

fn hyphenated(text: &str) -> Option<Uuid> {
    (text.len() == 36).then(|| Uuid::try_parse(text).ok())?
}

/// Keeps the value; false where another one was read before.
fn agree<T: PartialEq>(known: &mut Option<T>, value: T) -> bool {
    match known {
        Some(known) => *known == value,
        None => {
            *known = Some(value);
            true
        }
    }
}

impl<'de> Deserialize<'de> for AddressPattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

impl From<AddressPattern> for String {
    fn from(pattern: AddressPattern) -> Self {
        pattern.text
    }
}

impl PartialSchema for AddressPattern {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .max_length(Some(2000))
            .pattern(Some("^https?://[^\\s/?#]+"))
            .description(Some(
                "The pattern of a public address, http or https, with names in braces: `{lang}`, `{slug}`, `{id}`, `{section}`.",
            ))
            .examples([serde_json::json!("https://example.az/{lang}/{slug}")])
            .build()
            .into()
    }
}

impl ToSchema for AddressPattern {}
