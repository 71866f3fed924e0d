//! What is said in generated stories: drawn once, and told as a quote in each language.

use super::chance::Chance;
use super::newsroom::Newsroom;
use super::words::{FRAMES, PLACES, ROLES, UNNAMED, WORDS, fill};
use crate::articles::model::Article;
use crate::db::{Instant, Json};
use crate::http::problem::Problem;
use crate::language::Lang;
use crate::quotes::anchor::{AnchorState, Segment};
use crate::quotes::model::{Manner, Occasion, Quote, VerificationState, statement_of};
use crate::sources::model::Source;

/// Something said, in any language.
#[derive(Clone)]
pub struct Saying {
    /// Of the newsroom's people; nobody has no name.
    person: Option<usize>,
    outlet: Option<usize>,
    words: usize,
    place: usize,
    number: usize,
    frame: usize,
    role: usize,
    said_at: Option<String>,
    occasion: Option<Occasion>,
}

/// Where it is told.
pub struct Place<'a> {
    pub article: &'a Article,
    pub lang: usize,
    pub position: i32,
    /// The key of its paragraph.
    pub block: String,
    /// Whether the article tells it in its other languages, too.
    pub is_shared: bool,
}

impl Saying {
    /// Said by this person, or by any of the others; one in twenty has no name.
    pub fn drawn(
        newsroom: &Newsroom,
        person: Option<usize>,
        published: Instant,
        chance: &mut Chance,
    ) -> Self {
        let others = newsroom.people.len() - 1;
        let other = (!chance.one_in(20)).then(|| 1 + chance.mostly_low(others));
        let outlets = newsroom.outlets.len();
        Self {
            person: person.or(other),
            outlet: chance.one_in(4).then(|| chance.mostly_low(outlets)),
            words: chance.below(WORDS.len()),
            place: chance.below(PLACES.len()),
            number: 2 + chance.below(998),
            frame: chance.below(FRAMES.len()),
            role: chance.below(ROLES.len()),
            said_at: said_at(published, chance),
            occasion: (!chance.one_in(5)).then(|| *chance.pick(Occasion::ALL)),
        }
    }

    /// The quote, and the paragraph in which it stands.
    pub fn told(
        &self,
        newsroom: &Newsroom,
        langs: &[Lang],
        place: Place,
        chance: &mut Chance,
    ) -> Result<(Quote, String), Problem> {
        let Place {
            article,
            lang,
            position,
            block,
            is_shared,
        } = place;
        let person = self.person.map(|person| &newsroom.people[person]);
        let name = |source: &Source| source.names.0.pick(&langs[lang], langs).to_owned();
        let unnamed = UNNAMED[lang].to_owned();
        let who = person.map_or_else(|| unnamed.clone(), name);
        let (before, after) = FRAMES[self.frame][lang];
        let (before, after) = (fill(before, 0, "", &who), fill(after, 0, "", &who));
        let named = PLACES[self.place][lang];
        let exact = fill(WORDS[self.words][lang], self.number, named, "");
        let paragraph = format!("{before}{exact}{after}");
        let said_at = self.said_at.as_deref().map(str::parse).transpose();
        let verification = match chance.below(50) {
            0 => VerificationState::Disputed,
            1..=9 => VerificationState::Verified,
            _ => VerificationState::Unverified,
        };
        let checked = verification != VerificationState::Unverified;
        let quote = Quote {
            id: chance.id(article.created_at),
            article_id: article.id,
            lang: langs[lang].clone(),
            position,
            source_id: person.map(|source| source.id),
            unnamed: person.is_none().then_some(unnamed),
            manner: match before.ends_with(' ') {
                true => Manner::Indirect,
                false => Manner::Direct,
            },
            text: exact.clone(),
            original: None,
            stated_name: person.map(name),
            stated_role: person.map(|_| ROLES[self.role][lang].to_owned()),
            occasion: self.occasion,
            outlet_id: self.outlet.map(|outlet| newsroom.outlets[outlet].id),
            programme: None,
            said_at: said_at.map_err(|_| Problem::field("/said_at", "no date"))?,
            evidence_url: None,
            statement: is_shared.then(|| statement_of(article.id, &format!("q{position}"))),
            anchor_state: AnchorState::Anchored,
            segments: Json(vec![segment(block, &before, exact, &after)]),
            verification,
            verified_by: checked.then_some(article.created_by),
            verified_at: checked.then_some(article.created_at),
            created_at: article.created_at,
            removed_at: None,
        };
        Ok((quote, paragraph))
    }
}

/// As in newsrooms: most often the day is known.
fn said_at(published: Instant, chance: &mut Chance) -> Option<String> {
    let earlier = chance.below(3 * 24 * 3600) as i64;
    let moment = published.plus_seconds(-earlier).to_string();
    let length = match chance.below(20) {
        0..=2 => return None,
        3 => 4,
        4..=5 => 7,
        6..=15 => 10,
        _ => moment.len(),
    };
    Some(moment[..length].to_owned())
}

/// How many characters beside its words a quote remembers.
const BESIDE: usize = 32;

fn segment(block: String, before: &str, exact: String, after: &str) -> Segment {
    let start = before.chars().count();
    let offset = |chars: usize| u32::try_from(chars).unwrap_or(u32::MAX);
    Segment {
        block,
        start: offset(start),
        end: offset(start + exact.chars().count()),
        exact,
        prefix: before.chars().skip(start.saturating_sub(BESIDE)).collect(),
        suffix: after.chars().take(BESIDE).collect(),
    }
}
