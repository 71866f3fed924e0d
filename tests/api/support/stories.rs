//! Articles that are there before a test's story begins.

use serde_json::{Value, json};

use super::{Answer, TestApp};

impl TestApp {
    /// An article that the editor has posted: news with one text in English, or whatever the
    /// fields of `with` say instead. Gives the answer of the desk, with `id`.
    pub async fn posted_article(&self, with: Value) -> Value {
        let mut article = json!({
            "kind": "news",
            "texts": {"en": {
                "headline": "The bridge opens in May",
                "body_markdown": "The minister said the bridge will open.\n\nA resident was glad.",
            }},
        });
        let fields = with.as_object().expect("an object of fields");
        for (name, value) in fields {
            article[name] = value.clone();
        }
        let posting = self.as_editor().post("/v1/desk/articles", article);
        posting.await.expect(201).json
    }

    /// The same, with each of its texts published. Gives the article as the desk has it then.
    pub async fn published_article(&self, with: Value) -> Value {
        let article = self.posted_article(with).await;
        let id = article["id"].as_str().expect("an id");
        let texts = article["texts"].as_object().expect("texts");
        for lang in texts.keys() {
            self.publish_text(id, lang).await;
        }
        let reading = self.as_editor().get(&format!("/v1/desk/articles/{id}"));
        reading.await.expect(200).json
    }

    /// Publishes the newest revision of a text.
    pub async fn publish_text(&self, id: &str, lang: &str) {
        let text = format!("/v1/desk/articles/{id}/texts/{lang}");
        let etag = self.as_editor().get(&text).await.expect(200).etag();
        let publishing = self
            .as_editor()
            .put(&format!("{text}/publication"), json!({}));
        publishing.if_match(&etag).await.expect(200);
    }

    /// Takes a text down.
    pub async fn unpublish_text(&self, id: &str, lang: &str) {
        let text = format!("/v1/desk/articles/{id}/texts/{lang}");
        let etag = self.as_editor().get(&text).await.expect(200).etag();
        let taking_down = self.as_editor().delete(&format!("{text}/publication"));
        taking_down.if_match(&etag).await.expect(200);
    }
}

/// A text of an article, as stories change it.
impl TestApp {
    pub async fn desk_text(&self, id: &str, lang: &str) -> Answer {
        let path = format!("/v1/desk/articles/{id}/texts/{lang}");
        self.as_editor().get(&path).await.expect(200)
    }

    /// Saves a change of the newest version. Gives what came back, good or bad.
    pub async fn patch_text(&self, id: &str, lang: &str, patch: Value) -> Answer {
        let etag = self.desk_text(id, lang).await.etag();
        let path = format!("/v1/desk/articles/{id}/texts/{lang}");
        self.as_editor().patch(&path, patch).if_match(&etag).await
    }

    /// Puts `submission`, `publication` or `retraction`. Gives what came back, good or bad.
    pub async fn put_state(&self, id: &str, lang: &str, state: &str, json: Value) -> Answer {
        let etag = self.desk_text(id, lang).await.etag();
        let path = format!("/v1/desk/articles/{id}/texts/{lang}/{state}");
        self.as_editor().put(&path, json).if_match(&etag).await
    }

    /// Changes an article itself.
    pub async fn patch_article(&self, id: &str, patch: Value) -> Answer {
        let path = format!("/v1/desk/articles/{id}");
        let etag = self.as_editor().get(&path).await.expect(200).etag();
        self.as_editor().patch(&path, patch).if_match(&etag).await
    }

    /// An article as an anonymous reader gets it in English; `query` begins with `?`.
    pub async fn read_article(&self, id: &str, query: &str) -> Answer {
        let path = format!("/v1/articles/{id}{query}");
        self.anonymous().get(&path).await
    }
}

/// The id in an answer of the desk.
#[track_caller]
pub fn id_of(json: &Value) -> &str {
    json["id"]
        .as_str()
        .unwrap_or_else(|| panic!("no id in {json}"))
}

/// The items of a list.
#[track_caller]
pub fn items_of(json: &Value) -> &[Value] {
    json["items"]
        .as_array()
        .unwrap_or_else(|| panic!("no items in {json}"))
}
