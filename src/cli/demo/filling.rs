//! Filling the demo's database in the order in which a newsroom would: the site, its sections,
//! topics and lists, a notice, the archive, then the story of the day and what readers say to it.

use serde_json::{Value, json};

use super::super::CommandError;
use super::content::{Content, DatedStory, DecidedReview};
use super::desk::{Desk, WayIn};

/// The name by which the demo knows its main story again.
const MAIN_STORY: &str = "newsline-demo:main-story";

impl<S: WayIn> Desk<S> {
    /// The main story as the desk lists it; `None` where the database was never filled.
    pub async fn main_story(&self) -> Result<Option<Value>, CommandError> {
        for deleted in [false, true] {
            let path = format!("/v1/desk/articles?external_id={MAIN_STORY}&deleted={deleted}");
            let mut found = self.get(&path).await?;
            if let Some(article) = found.json.pointer_mut("/items/0") {
                return Ok(Some(article.take()));
            }
        }
        Ok(None)
    }

    /// Posts everything; the main story comes last but for its reviews, because it is what tells
    /// that the rest is there.
    pub async fn fill(&self, content: Content) -> Result<(), CommandError> {
        self.set_up_site(&content.site).await?;
        self.post_each("sections", &content.sections).await?;
        self.post_each("topics", &content.topics).await?;
        self.set_up_lists(&content.lists).await?;
        self.post_notice(&content.notice).await?;
        self.post_archive(content.stories).await?;
        let mut story = content.main_story;
        story["external_id"] = MAIN_STORY.into();
        let article = self.post_story("main-story", &story, &json!({})).await?;
        self.post_reviews(&article, content.reviews).await
    }

    async fn set_up_site(&self, site: &Value) -> Result<(), CommandError> {
        let path = "/v1/desk/site";
        let known = self.get(path).await?;
        self.patch(path, &known.etag, site).await?;
        Ok(())
    }

    async fn post_each(&self, collection: &str, things: &[Value]) -> Result<(), CommandError> {
        let path = format!("/v1/desk/{collection}");
        for thing in things {
            let slug = thing["slug"].as_str().unwrap_or_default();
            self.post(&path, &format!("{collection}-{slug}"), thing)
                .await?;
        }
        Ok(())
    }

    /// News Line is there from the first start and is only given its names.
    async fn set_up_lists(&self, lists: &[Value]) -> Result<(), CommandError> {
        let known = self.get("/v1/desk/lists?limit=100").await?;
        for list in lists {
            let mut same = known.json["items"].as_array().into_iter().flatten();
            match same.find(|known| known["slug"] == list["slug"]) {
                Some(known) => {
                    let path = format!("/v1/desk/lists/{}", id_of(known));
                    let etag = self.get(&path).await?.etag;
                    let names = json!({"names": list["names"]});
                    self.patch(&path, &etag, &names).await?;
                }
                None => self.post_each("lists", std::slice::from_ref(list)).await?,
            }
        }
        Ok(())
    }

    async fn post_notice(&self, notice: &Value) -> Result<(), CommandError> {
        let made = self.post("/v1/desk/notices", "notice", notice).await?;
        let path = format!("/v1/desk/notices/{}", id_of(&made.json));
        self.publish_texts(&path, notice, &json!({})).await
    }

    async fn post_archive(&self, stories: Vec<DatedStory>) -> Result<(), CommandError> {
        let mut ids: Vec<String> = Vec::new();
        for (index, dated) in stories.into_iter().enumerate() {
            let DatedStory {
                published_at,
                mut story,
            } = dated;
            name_related(&mut story, &ids);
            let publication = json!({"published_at": published_at.to_string()});
            let key = format!("story-{index}");
            ids.push(self.post_story(&key, &story, &publication).await?);
        }
        Ok(())
    }

    /// Posts a story with all its texts, publishes them and gives its id.
    async fn post_story(
        &self,
        key: &str,
        story: &Value,
        publication: &Value,
    ) -> Result<String, CommandError> {
        let made = self.post("/v1/desk/articles", key, story).await?;
        let id = id_of(&made.json).to_owned();
        let path = format!("/v1/desk/articles/{id}");
        self.publish_texts(&path, story, publication).await?;
        Ok(id)
    }

    /// Publishes each text that is still a draft.
    async fn publish_texts(
        &self,
        path: &str,
        item: &Value,
        publication: &Value,
    ) -> Result<(), CommandError> {
        for lang in item["texts"]
            .as_object()
            .into_iter()
            .flat_map(|it| it.keys())
        {
            let path = format!("{path}/texts/{lang}");
            let text = self.get(&path).await?;
            if text.json["state"] == "draft" {
                let path = format!("{path}/publication");
                self.put(&path, &text.etag, publication).await?;
            }
        }
        Ok(())
    }

    async fn post_reviews(
        &self,
        article: &str,
        reviews: Vec<DecidedReview>,
    ) -> Result<(), CommandError> {
        let path = format!("/v1/articles/{article}/reviews");
        let mut ids: Vec<String> = Vec::new();
        for (index, decided) in reviews.into_iter().enumerate() {
            let mut review = Value::Object(decided.review);
            let answered = decided.in_reply_to_index.and_then(|index| ids.get(index));
            review["in_reply_to"] = answered.cloned().into();
            let key = format!("review-{article}-{index}");
            let left = self.post_as_guest(&path, &key, &review).await?;
            let id = id_of(&left.json).to_owned();
            let decision = json!({"state": decided.decision, "reason": decided.reason});
            self.decide(&id, &decision).await?;
            ids.push(id);
        }
        Ok(())
    }

    /// Decides on a review that waits, unless it is to go on waiting.
    async fn decide(&self, review: &str, decision: &Value) -> Result<(), CommandError> {
        let path = format!("/v1/desk/reviews/{review}");
        let waiting = self.get(&path).await?;
        if waiting.json["state"] == "pending" && decision["state"] != "pending" {
            let path = format!("{path}/decision");
            self.put(&path, &waiting.etag, decision).await?;
        }
        Ok(())
    }
}

fn id_of(thing: &Value) -> &str {
    thing["id"].as_str().unwrap_or_default()
}

/// Puts the ids of stories that were posted in the place of `@n`.
fn name_related(story: &mut Value, ids: &[String]) {
    for item in story["related"].as_array_mut().into_iter().flatten() {
        let place = item["internal"]
            .as_str()
            .and_then(|it| it.strip_prefix('@'));
        let place: Option<usize> = place.and_then(|place| place.parse().ok());
        if let Some(id) = place.and_then(|place| ids.get(place)) {
            item["internal"] = id.as_str().into();
        }
    }
}
