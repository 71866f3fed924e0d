//! What other software reads: feeds and sitemaps, and from a public address back to the item.

mod forms;
mod resolving;
mod selection;
mod sitemaps;

use serde_json::{Value, json};

use crate::support::{Answer, TestApp};

/// Gives the site the addresses of a frontend, or others where `with` says so.
async fn with_addresses(app: &TestApp, with: Value) {
    let mut patch = json!({
        "name": "Xəbər & Co",
        "article_url": "https://example.az/{lang}/{slug}",
        "notice_url": "https://example.az/{lang}/notices/{id}",
        "home_url": "https://example.az/{lang}",
    });
    for (name, value) in with.as_object().expect("an object") {
        patch[name] = value.clone();
    }
    let etag = app.as_admin().get("/v1/desk/site").await.expect(200).etag();
    let patching = app.as_admin().patch("/v1/desk/site", patch);
    patching.if_match(&etag).await.expect(200);
}

async fn get(app: &TestApp, path: &str) -> Answer {
    app.anonymous().get(path).await.expect(200)
}

fn keys(answer: &Answer) -> Vec<&str> {
    let keys = answer.header("surrogate-key").unwrap_or_default();
    keys.split(' ').collect()
}

/// What stands between two marks, each time.
fn between<'a>(text: &'a str, begin: &str, end: &str) -> Vec<&'a str> {
    let pieces = text.split(begin).skip(1);
    pieces.filter_map(|piece| piece.split(end).next()).collect()
}

/// The surrogate keys of the newest change.
async fn last_touched(app: &TestApp) -> Vec<String> {
    let changes = app.as_admin().get("/v1/desk/changes?limit=100").await;
    let changes = changes.expect(200).json;
    let last = changes["items"].as_array().and_then(|items| items.last());
    let keys = last.and_then(|change| change["surrogate_keys"].as_array());
    let keys = keys.expect("keys").iter().filter_map(Value::as_str);
    keys.map(str::to_owned).collect()
}
