//! Reviews: left by guests, decided by moderators, read by everybody once they are approved.

mod decisions;
mod guests;
mod input;
mod moderation;
mod privacy;

use serde_json::{Value, json};

use crate::support::{Answer, Client, TestApp};

/// An article and what happens around it.
struct Scene {
    app: TestApp,
    article: String,
}

/// What a guest has in hand after leaving a review.
struct Left {
    id: String,
    token: String,
}

impl Scene {
    /// Where the same words may be left again and again.
    async fn with_policy(policy: &str) -> Self {
        let app = TestApp::with([("NEWSLINE_REVIEW_REPEAT_HOURS", "0")]).await;
        Self::on(app, policy).await
    }

    async fn on(app: TestApp, policy: &str) -> Self {
        let article = app
            .published_article(json!({"review_policy": policy}))
            .await;
        let article = article["id"].as_str().expect("an id").to_owned();
        Self { app, article }
    }

    async fn set() -> Self {
        Self::with_policy("pre_moderated").await
    }

    fn path(&self) -> String {
        format!("/v1/articles/{}/reviews", self.article)
    }

    async fn post(&self, review: Value) -> Answer {
        self.app.anonymous().post(&self.path(), review).await
    }

    async fn leave(&self, review: Value) -> Left {
        let taken = self.post(review).await.expect(202).json;
        let word = |field: &str| taken[field].as_str().expect("a word").to_owned();
        Left {
            id: word("id"),
            token: word("manage_token"),
        }
    }

    async fn decide(&self, review: &Left, decision: Value) -> Answer {
        let path = format!("/v1/desk/reviews/{}", review.id);
        let moderator = self.app.as_moderator();
        let etag = moderator.get(&path).await.expect(200).etag();
        let deciding = moderator.put(&format!("{path}/decision"), decision);
        deciding.if_match(&etag).await
    }

    async fn approve(&self, review: &Left) {
        let decision = json!({"state": "approved", "reason": null, "note": null});
        self.decide(review, decision).await.expect(200);
    }

    async fn approved(&self, review: Value) -> Left {
        let review = self.leave(review).await;
        self.approve(&review).await;
        review
    }

    /// Its author, with the token that was given for it.
    fn author(&self, review: &Left) -> Client {
        self.app.anonymous().bearing(&review.token)
    }

    async fn own(&self, review: &Left) -> Answer {
        self.author(review).get(&own(&review.id)).await
    }

    async fn edit(&self, review: &Left, patch: Value) -> Answer {
        let etag = self.own(review).await.expect(200).etag();
        let editing = self.author(review).patch(&own(&review.id), patch);
        editing.if_match(&etag).await
    }

    async fn take_back(&self, review: &Left, query: &str) -> Answer {
        let etag = self.own(review).await.expect(200).etag();
        let path = format!("{}{query}", own(&review.id));
        self.author(review).delete(&path).if_match(&etag).await
    }

    /// What readers get; on the way, that the sums are those of what is approved.
    async fn shown(&self) -> Value {
        let list = format!("{}?limit=100", self.path());
        let shown = self.app.anonymous().get(&list).await.expect(200).json;
        let approved = format!(
            "/v1/desk/reviews?state=approved&article={}&limit=100",
            self.article
        );
        let approved = self
            .app
            .as_moderator()
            .get(&approved)
            .await
            .expect(200)
            .json;
        let approved = approved["items"].as_array().expect("items");
        let ratings: Vec<i64> = approved
            .iter()
            .filter_map(|review| review["rating"].as_i64())
            .collect();
        let sum: i64 = ratings.iter().sum();
        let average = (!ratings.is_empty())
            .then(|| (sum as f64 / ratings.len() as f64 * 100.0).round() / 100.0);
        let summary = json!({"count": approved.len(), "rating_average": average, "rating_count": ratings.len()});
        assert_eq!(shown["summary"], summary);
        shown
    }

    async fn ids_shown(&self) -> Vec<String> {
        ids(&self.shown().await)
    }
}

fn own(id: &str) -> String {
    format!("/v1/reviews/{id}/own")
}

fn ids(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().expect("items").iter();
    items
        .map(|item| item["id"].as_str().expect("an id").to_owned())
        .collect()
}

/// Clear and fair.
fn review() -> Value {
    json!({"author": {"name": "A reader", "email": "reader@example.org"}, "lang": "en", "rating": 4, "title": null,
        "body": "Clear and <b>fair</b>.\n\n — “no more”, no less ", "in_reply_to": null})
}

/// The usual review with other fields.
fn review_with(fields: Value) -> Value {
    let mut review = review();
    for (name, value) in fields.as_object().expect("fields") {
        review[name] = value.clone();
    }
    review
}
