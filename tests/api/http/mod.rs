//! HTTP as its specifications say, where the framework by itself would answer otherwise.

mod addresses;
mod bodies;
mod bounds;
mod coding;
mod headers;
mod methods;
mod panics;
mod patches;
mod queries;
mod request_ids;
mod sharing;
mod times;
mod versions;

use serde_json::Value;

use crate::support::{Answer, Client, Request};

/// The names in a header that is a list, sorted.
fn list(answer: &Answer, header: &str) -> Vec<String> {
    let mut names: Vec<String> = answer
        .header(header)
        .unwrap_or_default()
        .split(',')
        .map(|name| name.trim().to_lowercase())
        .collect();
    names.sort();
    names
}

fn patch_site(client: &Client, patch: Value) -> Request {
    client.patch("/v1/desk/site", patch).if_match("\"1\"")
}
