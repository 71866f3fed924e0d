//! What changed between two revisions of a text: fields, blocks by their keys, quotes.

use serde::Serialize;
use similar::{ChangeTag, TextDiff};
use utoipa::ToSchema;

use crate::body::{Block, Body};
use crate::db::Json;
use crate::quotes::model::{Quote, QuoteId};
use crate::text_enum;
use crate::texts::model::Revision;

text_enum! {
    /// What became of a block or quote.
    pub enum Fate { Added = "added", Removed = "removed", Changed = "changed", Moved = "moved" }
}

/// A stretch of words.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Stretch {
    /// `equal`, `insert` or `delete`.
    #[schema(example = "insert")]
    pub op: &'static str,
    pub text: String,
}

/// A field that is not what it was.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FieldChange {
    #[schema(example = "headline")]
    pub field: &'static str,
    #[schema(required = true)]
    pub from: Option<String>,
    #[schema(required = true)]
    pub to: Option<String>,
}

/// A block that is not what it was.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BlockChange {
    /// The block's key.
    pub block: String,
    pub change: Fate,
    /// Its words, where they changed.
    pub words: Vec<Stretch>,
}

/// A quote that is not what it was.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct QuoteChange {
    pub quote: QuoteId,
    pub change: Fate,
}

/// What changed between two revisions.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Diff {
    pub from: i32,
    pub to: i32,
    pub fields: Vec<FieldChange>,
    /// In the order of the newer body, removed ones after.
    pub blocks: Vec<BlockChange>,
    pub quotes: Vec<QuoteChange>,
}

impl Diff {
    pub fn between(from: &Revision, to: &Revision) -> Self {
        Self {
            from: from.number,
            to: to.number,
            fields: fields(from, to),
            blocks: blocks(&from.body.0, &to.body.0),
            quotes: quotes(&from.quotes.0, &to.quotes.0),
        }
    }
}

fn fields(from: &Revision, to: &Revision) -> Vec<FieldChange> {
    let image = |revision: &Revision| {
        revision
            .image
            .as_ref()
            .and_then(|Json(image)| serde_json::to_string(image).ok())
    };
    let seo = |revision: &Revision| {
        revision
            .seo
            .as_ref()
            .and_then(|Json(seo)| serde_json::to_string(seo).ok())
    };
    let translated_from = |revision: &Revision| {
        revision
            .translated_from
            .as_ref()
            .and_then(|Json(original)| serde_json::to_string(original).ok())
    };
    [
        (
            "headline",
            Some(from.headline.clone()),
            Some(to.headline.clone()),
        ),
        (
            "slug",
            from.slug.as_ref().map(ToString::to_string),
            to.slug.as_ref().map(ToString::to_string),
        ),
        ("standfirst", from.standfirst.clone(), to.standfirst.clone()),
        ("image", image(from), image(to)),
        ("seo", seo(from), seo(to)),
        (
            "translated_from",
            translated_from(from),
            translated_from(to),
        ),
    ]
    .into_iter()
    .filter(|(_, from, to)| from != to)
    .map(|(field, from, to)| FieldChange { field, from, to })
    .collect()
}

fn blocks(from: &Body, to: &Body) -> Vec<BlockChange> {
    let old = |key: &str| from.0.iter().find(|block| block.key() == key);
    let kept = |body: &Body, other: &Body| -> Vec<String> {
        let in_other = |block: &&Block| other.0.iter().any(|known| known.key() == block.key());
        body.0
            .iter()
            .filter(in_other)
            .map(|block| block.key().to_owned())
            .collect()
    };
    let moved = moved_keys(&kept(from, to), &kept(to, from));
    let mut changes = Vec::new();
    for block in &to.0 {
        let key = block.key();
        let (change, words) = match old(key) {
            None => (Fate::Added, stretches("", &words_of(block))),
            Some(before) if before != block => (
                Fate::Changed,
                stretches(&words_of(before), &words_of(block)),
            ),
            Some(_) if moved.iter().any(|moved| moved == key) => (Fate::Moved, Vec::new()),
            Some(_) => continue,
        };
        changes.push(BlockChange {
            block: key.to_owned(),
            change,
            words,
        });
    }
    let gone = from
        .0
        .iter()
        .filter(|block| !to.0.iter().any(|new| new.key() == block.key()));
    changes.extend(gone.map(|block| BlockChange {
        block: block.key().to_owned(),
        change: Fate::Removed,
        words: stretches(&words_of(block), ""),
    }));
    changes
}

/// The keys that are out of their old order, as few as can be.
fn moved_keys(from: &[String], to: &[String]) -> Vec<String> {
    let diff = similar::capture_diff_slices(similar::Algorithm::Myers, from, to);
    diff.iter()
        .flat_map(|op| op.iter_changes(from, to))
        .filter(|change| change.tag() == ChangeTag::Insert)
        .map(|change| change.value())
        .collect()
}

fn words_of(block: &Block) -> String {
    match block {
        Block::Text(text) => text.plain(),
        Block::Image(image) => image.caption.clone().unwrap_or_else(|| image.alt.clone()),
        Block::Embed(embed) => embed.title.clone().unwrap_or_else(|| embed.url.clone()),
        Block::PullQuote(quote) => quote.text.clone(),
    }
}

fn stretches(from: &str, to: &str) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    for change in TextDiff::from_words(from, to).iter_all_changes() {
        let op = match change.tag() {
            ChangeTag::Equal => "equal",
            ChangeTag::Insert => "insert",
            ChangeTag::Delete => "delete",
        };
        match stretches.last_mut().filter(|last| last.op == op) {
            Some(last) => last.text.push_str(change.value()),
            None => stretches.push(Stretch {
                op,
                text: change.value().to_owned(),
            }),
        }
    }
    stretches
}

fn quotes(from: &[Quote], to: &[Quote]) -> Vec<QuoteChange> {
    let mut changes = Vec::new();
    for quote in to {
        match from.iter().find(|old| old.id == quote.id) {
            None => changes.push(QuoteChange {
                quote: quote.id,
                change: Fate::Added,
            }),
            Some(old) if old != quote => changes.push(QuoteChange {
                quote: quote.id,
                change: Fate::Changed,
            }),
            Some(_) => {}
        }
    }
    let gone = from
        .iter()
        .filter(|old| !to.iter().any(|quote| quote.id == old.id));
    changes.extend(gone.map(|old| QuoteChange {
        quote: old.id,
        change: Fate::Removed,
    }));
    changes
}
