//! The gate before a publication: no quote that lost its words passes unseen, no confidential
//! source is named, and words that readers have read change only with a word about it.

use std::collections::BTreeSet;

use super::api_states::Publication;
use super::corrections::Changes;
use super::store::Correction;
use crate::http::problem::{Code, FieldError, Problem};
use crate::language::{Lang, Slug};
use crate::quotes::anchor::AnchorState;
use crate::quotes::model::{Quote, QuoteId};
use crate::sources::confidence::Standing;
use crate::sources::exposure::Words;
use crate::sources::model::{Source, SourceId};
use crate::texts::model::Content;

/// A text as it would be published.
pub struct Candidate<'a> {
    pub lang: &'a Lang,
    pub content: &'a Content,
    pub quotes: &'a [Quote],
    /// Those of its sources and outlets that whoever asks may know of.
    pub sources: &'a [Source],
    /// From the revision that readers had last, unless it is the same.
    pub changes: Option<&'a Changes>,
    /// What readers were told of changes before, and are told again.
    pub corrections: &'a [Correction],
}

impl Candidate<'_> {
    /// All that stands against publishing it, what is hardest to mend first.
    pub fn refusals(&self, request: &Publication) -> Result<Vec<Problem>, Problem> {
        let refusals = [
            unconfirmed(self.quotes, &request.confirm_quotes),
            self.exposed(request.correction_note.as_deref())?,
            self.untold(request),
            unknown(self.quotes, &request.confirm_quotes),
        ];
        Ok(refusals.into_iter().flatten().collect())
    }

    /// The confidential sources of the text that are named in it, or in a note of now or before.
    fn exposed(&self, note: Option<&str>) -> Result<Option<Problem>, Problem> {
        let mut confidential = self
            .sources
            .iter()
            .filter(|source| !source.disclosure.is_on_record())
            .peekable();
        if confidential.peek().is_none() {
            return Ok(None);
        }
        let standing = Standing::of(self.sources);
        let mut words = said_to_readers(self.content, self.quotes, &standing)?;
        words.push('\n');
        words.push_str(note.unwrap_or_default());
        let addresses = addresses_for_readers(self.content, self.quotes, &standing);
        let words = Words::new(&words, addresses, self.lang);
        let notes: Vec<(i32, Words)> = self
            .corrections
            .iter()
            .map(|told| (told.to_revision, Words::of_note(&told.note, self.lang)))
            .collect();
        let mut errors = Vec::new();
        for source in confidential {
            let found = |place: String, detail| FieldError::at(place, "source-exposed", detail);
            if words.name(&source.names.0, &source.aliases.0) {
                let place = format!("/sources/{}", source.id);
                errors.push(found(place, "The text has its name."));
            }
            let naming = notes
                .iter()
                .filter(|(_, note)| note.name(&source.names.0, &source.aliases.0));
            let detail = "The note of this correction has its name: put another in its place.";
            errors.extend(naming.map(|(n, _)| found(format!("/corrections/{n}"), detail)));
        }
        let problem = Problem::new(
            Code::SourceExposed,
            "The text names a source that is not on record.",
        );
        Ok((!errors.is_empty()).then(|| problem.with_errors(errors)))
    }

    /// Words that change without a note, or a note where nothing can have changed.
    fn untold(&self, request: &Publication) -> Option<Problem> {
        match (self.changes, &request.correction_note) {
            (Some(changes), None) if changes.of_direct_quote => Some(Problem::field(
                "/correction_note",
                "expected a note: words of a published direct quote change",
            )),
            (None, Some(_)) => Some(Problem::field(
                "/correction_note",
                "there is nothing to correct: readers have seen no other revision",
            )),
            _ => None,
        }
    }
}

/// The quotes that are published although their words were lost, because the editor says so.
pub fn confirmed(quotes: &[Quote], request: &Publication) -> Vec<QuoteId> {
    let lost = quotes.iter().filter(|quote| quote.needs_confirmation());
    lost.map(|quote| quote.id)
        .filter(|id| request.confirm_quotes.contains(id))
        .collect()
}

/// The sources and outlets of some quotes.
pub fn sources_of(quotes: &[Quote]) -> BTreeSet<SourceId> {
    let named = quotes
        .iter()
        .flat_map(|quote| [quote.source_id, quote.outlet_id]);
    named.flatten().collect()
}

/// Quotes whose words were lost and that are not confirmed by id.
fn unconfirmed(quotes: &[Quote], confirmed: &[QuoteId]) -> Option<Problem> {
    let lost: Vec<FieldError> = quotes
        .iter()
        .filter(|quote| quote.needs_confirmation() && !confirmed.contains(&quote.id))
        .map(|quote| {
            let (code, detail) = match quote.anchor_state {
                AnchorState::Orphaned => (
                    "quote-orphaned",
                    "The quoted words are no longer in the text.",
                ),
                _ => (
                    "quote-needs-review",
                    "The text has words that are only like the quoted ones.",
                ),
            };
            FieldError::at(format!("/quotes/{}", quote.id), code, detail)
        })
        .collect();
    let said = match lost.len() {
        0 => return None,
        1 => "One quote has lost its words.".to_owned(),
        many => format!("{many} quotes have lost their words."),
    };
    Some(Problem::new(Code::PublishGate, said).with_errors(lost))
}

/// A confirmation of what is no quote of the text would be one of nothing.
fn unknown(quotes: &[Quote], confirmed: &[QuoteId]) -> Option<Problem> {
    let nth = confirmed
        .iter()
        .position(|id| !quotes.iter().any(|quote| quote.id == *id))?;
    Some(Problem::field(
        format!("/confirm_quotes/{nth}"),
        "it is not a quote of this text",
    ))
}

/// Every word of a text that readers get, wherever it stands: in its fields, in the body as it
/// reads and in all that the blocks carry, and in its quotes as readers see them.
fn said_to_readers(
    content: &Content,
    quotes: &[Quote],
    standing: &Standing,
) -> Result<String, Problem> {
    let unreadable = |_| Problem::new(Code::Internal, "The text cannot be read.");
    let mut words = format!("{}\n{}\n", content.headline, content.body.to_text());
    let standfirst = content.standfirst.as_ref();
    let said = quotes.iter().flat_map(|quote| {
        let is_hidden = quote.source_id.is_some_and(|id| standing.is_hidden(id));
        let name = quote.stated_name.as_ref().filter(|_| !is_hidden);
        [
            Some(&quote.text),
            quote.unnamed.as_ref(),
            name,
            quote.stated_role.as_ref(),
            quote.programme.as_ref(),
        ]
    });
    for part in std::iter::once(standfirst).chain(said).flatten() {
        words.push('\n');
        words.push_str(part);
    }
    for quote in quotes.iter().filter_map(|quote| quote.original.as_ref()) {
        words.push('\n');
        words.push_str(&quote.0.text);
    }
    let carried =
        serde_json::to_value((&content.body, &content.image, &content.seo)).map_err(unreadable)?;
    strings_in(&carried, &mut words);
    Ok(words)
}

/// The slug of the text, and the evidence of quotes whose sources are named.
fn addresses_for_readers<'a>(
    content: &'a Content,
    quotes: &'a [Quote],
    standing: &'a Standing,
) -> impl Iterator<Item = &'a str> {
    let shown = quotes.iter().filter(|quote| {
        let mut named = [quote.source_id, quote.outlet_id].into_iter().flatten();
        !named.any(|id| standing.is_hidden(id))
    });
    let evidence = shown.filter_map(|quote| quote.evidence_url.as_deref());
    content.slug.iter().map(Slug::as_str).chain(evidence)
}

fn strings_in(value: &serde_json::Value, words: &mut String) {
    match value {
        serde_json::Value::String(text) => {
            words.push('\n');
            words.push_str(text);
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| strings_in(item, words)),
        serde_json::Value::Object(fields) => {
            fields.values().for_each(|item| strings_in(item, words));
        }
        _ => {}
    }
}
