//! What the demo newsroom has to say: the JSON files beside this one, in the shapes that clients
//! post, with the moment at which each story came out.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::Deserialize;
use serde_json::{Map, Value};

/// Everything there is to post.
pub struct Content {
    pub site: Value,
    pub sections: Vec<Value>,
    pub topics: Vec<Value>,
    pub lists: Vec<Value>,
    pub notice: Value,
    pub main_story: Value,
    /// Oldest first.
    pub stories: Vec<DatedStory>,
    /// Of the main story; one that answers another comes after it.
    pub reviews: Vec<DecidedReview>,
}

/// A story from the archive.
#[derive(Deserialize)]
pub struct DatedStory {
    pub published_at: Timestamp,
    /// Its internal related items are named `@n`: the story at place `n`.
    pub story: Value,
}

/// What a guest posts, and what the moderator says to it.
#[derive(Deserialize)]
pub struct DecidedReview {
    /// `pending` where nobody has looked at it yet.
    pub decision: String,
    pub reason: Option<String>,
    /// The place of the review that it answers.
    pub in_reply_to_index: Option<usize>,
    #[serde(flatten)]
    pub review: Map<String, Value>,
}

impl Content {
    /// Reads the files; the newest story came out before `now`.
    pub fn read(now: Timestamp) -> serde_json::Result<Self> {
        let mut stories: Vec<DatedStory> = serde_json::from_str(include_str!("stories.json"))?;
        let newest = stories.iter().map(|it| it.published_at).max();
        let days = newest.map_or(0, |newest| days_to_before(now, newest));
        for story in stories.iter_mut().filter(|_| days > 0) {
            story.move_back(days);
        }
        Ok(Self {
            site: serde_json::from_str(include_str!("site.json"))?,
            sections: serde_json::from_str(include_str!("sections.json"))?,
            topics: serde_json::from_str(include_str!("topics.json"))?,
            lists: serde_json::from_str(include_str!("lists.json"))?,
            notice: serde_json::from_str(include_str!("notice.json"))?,
            main_story: serde_json::from_str(include_str!("main-story.json"))?,
            stories,
            reviews: serde_json::from_str(include_str!("reviews.json"))?,
        })
    }
}

/// How many whole days `moment` must go back to lie before `now`.
fn days_to_before(now: Timestamp, moment: Timestamp) -> i64 {
    let ahead = moment.duration_since(now);
    match ahead.is_negative() {
        true => 0,
        false => ahead.as_hours() / 24 + 1,
    }
}

impl DatedStory {
    /// Nobody is quoted after the story came out, so the days of its quotes go back with it.
    fn move_back(&mut self, days: i64) {
        self.published_at -= SignedDuration::from_hours(24 * days);
        let texts = self.story.get_mut("texts").and_then(Value::as_object_mut);
        let quotes = texts
            .into_iter()
            .flat_map(|texts| texts.values_mut())
            .filter_map(|text| text.get_mut("quotes")?.as_array_mut())
            .flatten();
        for said_at in quotes.filter_map(|quote| quote.pointer_mut("/attribution/said_at")) {
            if let Some(earlier) = said_at.as_str().and_then(|said_at| earlier(said_at, days)) {
                *said_at = earlier.into();
            }
        }
    }
}

/// A day (`2026-11-04`) or month (`2026-11`) so many days earlier; `None` for anything else.
fn earlier(said_at: &str, days: i64) -> Option<String> {
    let is_month = said_at.len() == "2026-11".len();
    let day: Date = match is_month {
        true => format!("{said_at}-01").parse().ok()?,
        false => said_at.parse().ok()?,
    };
    let day = day.checked_sub(days.days()).ok()?;
    Some(
        day.strftime(if is_month { "%Y-%m" } else { "%Y-%m-%d" })
            .to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stories_on(now: &str) -> Vec<DatedStory> {
        Content::read(now.parse().unwrap()).unwrap().stories
    }

    #[test]
    fn stories_keep_their_dates_once_all_of_them_are_past() {
        let written: Vec<Value> = serde_json::from_str(include_str!("stories.json")).unwrap();
        for (kept, written) in stories_on("2027-01-01T00:00:00Z").iter().zip(&written) {
            assert_eq!(kept.published_at.to_string(), written["published_at"]);
            assert_eq!(kept.story, written["story"]);
        }
    }

    #[test]
    fn a_clock_that_is_behind_moves_all_of_them_by_the_same_whole_days() {
        let now: Timestamp = "2026-10-15T12:00:00Z".parse().unwrap();
        let moved = stories_on("2026-10-15T12:00:00Z");
        let by: Vec<_> = moved
            .iter()
            .zip(stories_on("2027-01-01T00:00:00Z"))
            .map(|(moved, kept)| kept.published_at.duration_since(moved.published_at))
            .collect();
        assert!(
            by.iter()
                .all(|it| *it == by[0] && it.as_secs() % 86_400 == 0)
        );
        let newest = moved.iter().map(|it| it.published_at).max().unwrap();
        assert!(newest < now && now.duration_since(newest).as_hours() <= 24);
    }

    #[test]
    fn the_days_of_quotes_go_back_as_exactly_as_they_are_known() {
        assert_eq!(earlier("2026-11-04", 5).as_deref(), Some("2026-10-30"));
        assert_eq!(earlier("2026-11", 5).as_deref(), Some("2026-10"));
        assert_eq!(earlier("2026", 5), None);
    }
}
