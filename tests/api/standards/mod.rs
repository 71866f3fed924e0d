//! Published things in the words of others: schema.org, the W3C's annotations, ninjs.

use serde_json::{Value, json};

use crate::support::{Answer, TestApp, id_of};

mod articles;
mod forms;
mod notices;
mod quotes;

/// What clients reach the API by in these tests.
const API: &str = "http://127.0.0.1:8080";

async fn give_addresses(app: &TestApp) {
    let site = json!({"name": "Xəbər", "time_zone": "Asia/Baku",
        "article_url": "https://example.az/{lang}/{section}/{slug}", "notice_url": "https://example.az/{lang}/n/{id}",
        "home_url": "https://example.az/{lang}", "social": [{"network": "x", "url": "https://x.example/xeber"}]});
    let etag = app.as_admin().get("/v1/desk/site").await.expect(200).etag();
    let patching = app.as_admin().patch("/v1/desk/site", site);
    patching.if_match(&etag).await.expect(200);
}

/// A story with everything that can be told: two languages, a named and an unnamed source, an
/// outlet, a picture.
fn whole_story() -> Value {
    let attribution = json!({"stated_name": "the minister", "stated_role": "Minister of Bridges", "occasion": "interview",
        "outlet": "#wire", "programme": "Morning", "said_at": "2026-04", "evidence_url": "https://wire.example/7"});
    json!({
        "kind": "opinion", "section": "city", "topics": ["rain"],
        "authors": [{"name": "A Reporter", "user": null, "url": "https://example.az/a-reporter"}],
        "sources": {
            "minister": {"kind": "person", "names": {"en": "Murad Korpulu", "az": "Murad Körpülü"},
                "same_as": ["https://www.wikidata.org/entity/Q1"]},
            "wire": {"kind": "organisation", "names": {"en": "Harbour Wire"}},
        },
        "texts": {
            "en": {
                "headline": "The </script> bridge", "standfirst": "It opens.",
                "body_markdown": "He said “the bridge will open” 🌉 in May.\n\nA resident was very glad.",
                "image": {"url": "https://example.az/körpü.jpg", "alt": "A bridge", "caption": "At dawn", "credit": "P. Hoto",
                    "width": 1600, "height": 900},
                "seo": {"title": "Bridge", "description": "All about it"},
                "quotes": [
                    {"key": "opens", "source": "#minister", "manner": "direct", "text": "the bridge will open",
                        "original": {"lang": "az", "text": "körpü açılacaq"}, "attribution": attribution},
                    {"unnamed": "a resident", "manner": "indirect", "text": "very glad"},
                ],
            },
            "az": {"headline": "Körpü", "body_markdown": "Körpü açılacaq."},
        },
    })
}

/// The story, published, with the ids of the article and of its quotes in English.
struct Scene {
    app: TestApp,
    id: String,
    quotes: Vec<String>,
}

impl Scene {
    async fn published() -> Self {
        let app = TestApp::start().await;
        give_addresses(&app).await;
        Self::on(app).await
    }

    /// On a site that has no addresses.
    async fn on(app: TestApp) -> Self {
        for (kind, slug) in [("sections", "city"), ("topics", "rain")] {
            let term = json!({"slug": slug, "names": {"en": slug.to_uppercase()}});
            let making = app.as_editor().post(&format!("/v1/desk/{kind}"), term);
            making.await.expect(201);
        }
        let article = app.published_article(whole_story()).await;
        let id = id_of(&article).to_owned();
        let quotes = app
            .read_article(&id, "/quotes?lang=en")
            .await
            .expect(200)
            .json;
        let quotes = quotes["items"].as_array().expect("quotes").iter();
        let quotes = quotes.map(|quote| id_of(quote).to_owned()).collect();
        Self { app, id, quotes }
    }

    async fn get(&self, path: &str) -> Answer {
        self.app.anonymous().get(path).await.expect(200)
    }
}

/// No field of it is null: what is not known is left away.
fn is_without_null(json: &Value) -> bool {
    match json {
        Value::Null => false,
        Value::Array(items) => items.iter().all(is_without_null),
        Value::Object(fields) => fields.values().all(is_without_null),
        _ => true,
    }
}
