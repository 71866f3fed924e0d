//! The read cache: an answer from memory is the answer, whatever was written meanwhile, and by
//! whom. A second node that keeps nothing says what is right.

mod equal;
mod races;
mod soak;
mod windows;
mod writes;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::{Answer, TestApp, contract, id_of};

/// A newsroom with something of everything, read through a cache, and a node beside it without.
struct Newsroom {
    app: TestApp,
    plain: TestApp,
    article: String,
    other: String,
    source: String,
    outlet: String,
    quote: String,
    notice: String,
}

/// One request of a reader.
#[derive(Debug, Clone)]
struct Ask {
    path: String,
    headers: Vec<(&'static str, String)>,
}

impl Ask {
    fn of(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            headers: Vec::new(),
        }
    }

    fn saying(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    async fn to(&self, app: &TestApp) -> Answer {
        let mut request = app.anonymous().get(&self.path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        request.await
    }
}

const QUOTED: &str = "we will build it";

fn story(headline: &str, source: &str, outlet: &str, related: Value) -> Value {
    let text = |headline: String| {
        json!({
            "headline": headline,
            "body_markdown": format!("He said that {QUOTED} in two years. {}", "It rained all day. ".repeat(30)),
            "quotes": [{"key": "promise", "source": source, "manner": "direct", "text": QUOTED,
                "attribution": {"stated_role": "engineer", "occasion": "interview", "outlet": outlet}}],
        })
    };
    json!({
        "kind": "news", "section": "city", "topics": ["rain"], "related": related,
        "review_policy": "post_moderated",
        "texts": {"en": text(headline.to_owned()), "az": text(format!("{headline} az"))},
    })
}

impl Newsroom {
    async fn open() -> Self {
        let app = TestApp::with([
            ("NEWSLINE_LIMIT_REVIEWS", "off"),
            ("NEWSLINE_REVIEW_REPEAT_HOURS", "0"),
        ])
        .await;
        let plain = app.node([("NEWSLINE_CACHE_MIB", "0")]).await;
        for (kind, slug) in [("sections", "city"), ("topics", "rain")] {
            let new = json!({"slug": slug, "names": {"en": slug}});
            let making = app.as_editor().post(&format!("/v1/desk/{kind}"), new);
            making.await.expect(201);
        }
        let site = app.as_admin().get("/v1/desk/site").await.expect(200);
        let pattern = json!({"article_url": "https://example.az/{lang}/{slug}"});
        let patching = app.as_admin().patch("/v1/desk/site", pattern);
        patching.if_match(&site.etag()).await.expect(200);
        let source = made(
            &app,
            "sources",
            json!({"kind": "person", "names": {"en": "Ada", "az": "Adə"}}),
        )
        .await;
        let outlet = made(
            &app,
            "sources",
            json!({"kind": "organisation", "names": {"en": "Turan"}}),
        )
        .await;
        let other = app
            .published_article(story("Other", &source, &outlet, json!([])))
            .await;
        let other = id_of(&other).to_owned();
        let related = json!([{"rel": "related", "internal": other}]);
        let article = app
            .published_article(story("Bridge", &source, &outlet, related))
            .await;
        let article = id_of(&article).to_owned();
        let quotes = format!("/v1/articles/{article}/quotes?lang=en");
        let quotes = app.anonymous().get(&quotes).await.expect(200).json;
        let quote = id_of(&quotes["items"][0]).to_owned();
        let notice = json!({
            "kind": "civic", "window": {"starts": "2020-11-01T00:00:00Z", "ends": null},
            "texts": {"en": {"headline": "Dear resident!", "body_markdown": "You too."}},
        });
        let notice = made(&app, "notices", notice).await;
        publish_notice(&app, &notice).await;
        // What all readings have in common is read once: here, so that they can be counted.
        for node in [&app, &plain] {
            node.app.db.look_now().await;
            node.app.site().await.expect("the site");
        }
        Self {
            app,
            plain,
            article,
            other,
            source,
            outlet,
            quote,
            notice,
        }
    }

    /// The path of an operation with names of what there is.
    fn filled(&self, path: &str) -> String {
        let under = |start: &str| path.starts_with(start);
        let (id, slug) = match () {
            () if under("/v1/sources") => (&self.source, "bridge"),
            () if under("/v1/quotes") => (&self.quote, "bridge"),
            () if under("/v1/notices") => (&self.notice, "bridge"),
            () if under("/v1/lists") => (&self.article, "news-line"),
            () => (&self.article, "bridge"),
        };
        let names = BTreeMap::from([
            ("{id}", id.as_str()),
            ("{slug}", slug),
            ("{lang}", "en"),
            ("{list}", "news-line"),
            ("{number}", "1"),
        ]);
        names.iter().fold(path.to_owned(), |path, (name, value)| {
            path.replace(name, value)
        })
    }

    /// Every address of the readers' door, with some of the ways to ask there.
    fn addresses(&self) -> Vec<String> {
        let reads = contract::operations().into_iter().filter(is_for_readers);
        let mut paths = Vec::new();
        for operation in reads {
            let path = self.filled(&operation.path);
            let takes = |name: &str| operation.parameters().any(|known| known["name"] == name);
            let mut queries = vec![String::new()];
            queries.extend(takes("lang").then(|| "?lang=az".to_owned()));
            queries.extend(takes("limit").then(|| "?limit=1&count=true".to_owned()));
            queries.extend(takes("section").then(|| "?section=city".to_owned()));
            queries.extend(takes("source").then(|| format!("?source={}", self.source)));
            queries.extend(takes("topic").then(|| "?topic=rain".to_owned()));
            if operation.id == "get_article" || operation.id == "get_article_by_slug" {
                queries.push("?include=quotes,sources,related,reviews".to_owned());
            }
            if operation.id == "resolve_address" {
                queries = vec!["?url=https://example.az/en/bridge".to_owned()];
            }
            paths.extend(queries.iter().map(|query| format!("{path}{query}")));
        }
        paths.push(format!("/v1/articles/{}", self.other));
        paths.push("/v1/articles/by-slug/en/nothing".to_owned());
        paths.push("/v1/articles/by-slug/en/tunnel".to_owned());
        paths.push("/v1/pages/articles/en/tunnel".to_owned());
        paths.push("/v1/articles?lang=ru".to_owned());
        paths.push("/v1/articles?section=town&lang=en".to_owned());
        paths.push("/v1/lists/rainy/items?lang=en".to_owned());
        paths.push(format!("/v1/sources/{}", self.outlet));
        paths.push(format!("/v1/sources/{}/quotes", self.outlet));
        paths.push(format!("/v1/articles?source={}&lang=en", self.outlet));
        paths
    }

    fn asks(&self) -> Vec<Ask> {
        self.addresses().into_iter().map(Ask::of).collect()
    }

    fn hits(&self) -> u64 {
        self.app.app.cache.metrics().hits.get()
    }

    /// Reads everything, so that it is in memory: what is asked for in the same words for the third time
    /// is found the shortest way.
    async fn warm(&self, asks: &[Ask]) {
        for ask in asks {
            for _ in 0..3 {
                ask.to(&self.app).await;
            }
        }
    }

    /// What the database says now.
    async fn truth(&self, ask: &Ask) -> Answer {
        self.plain.app.db.look_now().await;
        ask.to(&self.plain).await
    }

    /// Asserts that all these are answered as a node without a cache answers them.
    async fn assert_right(&self, asks: &[Ask], after: &str) {
        for ask in asks {
            let (kept, plain) = (ask.to(&self.app).await, self.truth(ask).await);
            assert_same(&kept, &plain, &format!("{ask:?} after {after}"));
        }
    }
}

/// Needs no token, and is no part of signing in or of watching the process.
fn is_for_readers(operation: &contract::Operation) -> bool {
    let open = operation.json["security"]
        .as_array()
        .is_none_or(Vec::is_empty);
    let tags = operation.json["tags"].as_array().into_iter().flatten();
    let other = tags.into_iter().any(|tag| tag == "auth" || tag == "system");
    operation.method == reqwest::Method::GET && open && !other
}

async fn made(app: &TestApp, kind: &str, new: Value) -> String {
    let making = app.as_editor().post(&format!("/v1/desk/{kind}"), new);
    id_of(&making.await.expect(201).json).to_owned()
}

async fn publish_notice(app: &TestApp, id: &str) {
    let text = format!("/v1/desk/notices/{id}/texts/en");
    let etag = app.as_editor().get(&text).await.expect(200).etag();
    let publishing = app
        .as_editor()
        .put(&format!("{text}/publication"), json!({}));
    publishing.if_match(&etag).await.expect(200);
}

/// The headers of an answer but those of the moment, and its body but the request's id.
fn told(answer: &Answer) -> (u16, BTreeMap<String, Vec<String>>, Value) {
    let mut headers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in &answer.headers {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        headers.entry(name.to_string()).or_default().push(value);
    }
    assert_eq!(
        headers.remove("x-request-id").map(|ids| ids.len()),
        Some(1),
        "{answer}"
    );
    headers.remove("date");
    let mut body = match &answer.json {
        Value::Null => json!(answer.bytes),
        json => json.clone(),
    };
    if let Some(problem) = body.as_object_mut() {
        problem.remove("request_id");
    }
    (answer.status, headers, body)
}

fn assert_same(kept: &Answer, plain: &Answer, place: &str) {
    assert_eq!(told(kept), told(plain), "{place}");
}
