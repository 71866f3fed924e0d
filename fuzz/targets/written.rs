//! What holds for every body, wherever it came from.

use newsline::body::{self, Block, Body};
use serde_json::json;

/// Writes a body in every form and reads it again.
pub fn check(body: &Body) {
    let again = body::parse(json!(body)).expect("a body that was taken is taken again");
    assert_eq!(&again, body);
    let html = body.to_html(|_| None);
    check_inert(&html);
    let _ = (body.to_markdown(), body.to_text(), body.word_count());
    let mut keys: Vec<&str> = body.0.iter().map(Block::key).collect();
    let all = keys.len();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), all, "two blocks have one key");
    if !body.0.iter().all(|block| matches!(block, Block::Text(_))) {
        // Embeds and pictures come back as what readers without them see.
        return;
    }
    let from_html = body::from_html(&html).expect("our own HTML is read");
    let letters = |body: &Body| body.to_text().split_whitespace().collect::<String>();
    assert_eq!(letters(&from_html), letters(body), "{html}");
}

/// Nothing in the HTML can run: the elements and attributes are ours alone.
fn check_inert(html: &str) {
    let lower = html.to_ascii_lowercase();
    for tag in ["<script", "<iframe", "<object", "<svg", "<style", "<form", "<base", "<meta"] {
        assert!(!lower.contains(tag), "{html}");
    }
    for part in html.split('<').skip(1) {
        let tag = part.split('>').next().unwrap_or_default().to_ascii_lowercase();
        // Values stand in double quotes, and hold none: outside of them no handler may begin.
        let outside: String = tag.split('"').step_by(2).collect();
        assert!(!outside.contains(" on"), "{html}");
        for value in tag.split('"').skip(1).step_by(2) {
            let scheme: String = value.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
            for bad in ["javascript:", "data:", "vbscript:"] {
                let address = tag.starts_with("a ") || tag.starts_with("img ");
                assert!(!(address && scheme.starts_with(bad)), "{html}");
            }
        }
    }
}
