//! Clients that write stories for as long as somebody answers, and remember what they were told.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use newsline::db::Id;
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Answer, Client};
use crate::{Checked, Failed};

/// A story that was sent, and what came back.
#[derive(Debug, Clone)]
pub struct Story {
    pub key: String,
    pub post: Value,
    /// Its id, if it was acknowledged.
    pub id: Option<String>,
    /// Whether its publication was acknowledged.
    pub published: bool,
}

impl Story {
    pub fn new(who: &str, nth: usize) -> Self {
        let key = format!("{who}-{nth}-{}", Id::<()>::new());
        let words = format!("these are the words of story {nth} by {who}");
        let body = format!("Somebody said that {words}.\n\nMore about it stands here.");
        let post = json!({"kind": "news", "external_id": key, "texts": {"en": {
            "headline": format!("Story {nth} by {who}"),
            "body_markdown": body,
            "quotes": [{"unnamed": "somebody", "manner": "indirect",
                "anchor": {"segments": [{"exact": words}]}}],
        }}});
        Self {
            key,
            post,
            id: None,
            published: false,
        }
    }

    fn headline(&self) -> &str {
        self.post["texts"]["en"]["headline"]
            .as_str()
            .unwrap_or_default()
    }

    /// Is there with its words, its quote and, where that was acknowledged, for readers.
    pub async fn check(&self, desk: &Client) -> Checked {
        let Some(id) = &self.id else { return Ok(()) };
        let lost = |what: &str| -> Failed { format!("{} ({id}): {what}", self.key).into() };
        let text = desk
            .get(&format!("/v1/desk/articles/{id}/texts/en"))
            .await?;
        if text.status != 200 || text.text("/headline") != self.headline() {
            return Err(lost("acknowledged, and not there as it was sent"));
        }
        let quotes = desk.get(&format!("/v1/desk/articles/{id}/quotes")).await?;
        if quotes.text("/items/0/anchor/state") != "anchored" {
            return Err(lost("its quote is not anchored"));
        }
        if !self.published {
            return Ok(());
        }
        let read = desk.get(&format!("/v1/articles/{id}?lang=en")).await?;
        match read.status == 200 && read.text("/headline") == self.headline() {
            true => Ok(()),
            false => Err(lost(
                "its publication was acknowledged, and readers do not see it",
            )),
        }
    }
}

/// An answer that is neither a success nor what a client may expect of an outage.
pub fn is_surprise(answer: &Answer) -> bool {
    match answer.status {
        200..300 | 507 => false,
        503 => answer.retry_after.is_none(),
        _ => true,
    }
}

/// What one client was told.
#[derive(Default)]
pub struct Told {
    pub stories: Vec<Story>,
    /// Answers that nobody should get.
    pub surprises: Vec<String>,
    /// How many were told that the database is away.
    pub outages: usize,
    /// It got no answer any more, and stopped.
    pub broke_off: bool,
}

impl Told {
    /// Takes note of an answer; true where it is a success.
    fn hear(&mut self, answer: &Answer) -> bool {
        if is_surprise(answer) {
            let surprise = format!("{}: {}", answer.status, answer.json);
            self.surprises.push(surprise);
        }
        let is_success = (200..300).contains(&answer.status);
        self.outages += usize::from(!is_success);
        is_success
    }
}

/// Posts stories and publishes every second one, until it is told to stop or the server is gone.
pub async fn write(desk: Client, who: String, stop: Arc<AtomicBool>) -> Told {
    let mut told = Told::default();
    for nth in 0.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let mut story = Story::new(&who, nth);
        let posted = desk
            .post("/v1/desk/articles", &story.post, &story.key)
            .await;
        let Ok(answer) = posted else {
            told.stories.push(story);
            told.broke_off = true;
            break;
        };
        if !told.hear(&answer) {
            told.stories.push(story);
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            continue;
        }
        story.id = Some(answer.text("/id"));
        if nth % 2 == 0 {
            match publish(&desk, &story).await {
                Ok(answer) => story.published = told.hear(&answer),
                Err(_) => told.broke_off = true,
            }
        }
        told.stories.push(story);
        if told.broke_off {
            break;
        }
    }
    told
}

async fn publish(desk: &Client, story: &Story) -> Result<Answer, reqwest::Error> {
    let id = story.id.as_deref().unwrap_or_default();
    let path = format!("/v1/desk/articles/{id}/texts/en/publication");
    desk.change(Method::PUT, &path, json!({}), "\"1\"").await
}
