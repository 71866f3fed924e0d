//! Paragraphs keep their keys, and quotes their places, when a body comes back as Markdown or HTML.

use serde_json::{Value, json};

use super::{BODY, Scene};
use crate::support::{TestApp, id_of};

/// What is done to the three paragraphs, what they are then (a number is an old one), and by which
/// of the old keys they go: none for a new one.
type Edit = (
    &'static str,
    &'static [&'static str],
    &'static [Option<usize>],
);

const EDITS: [Edit; 7] = [
    ("nothing", &["1", "2", "3"], &[Some(0), Some(1), Some(2)]),
    (
        "one put before",
        &["New words here.", "1", "2", "3"],
        &[None, Some(0), Some(1), Some(2)],
    ),
    ("moved", &["3", "1", "2"], &[Some(2), Some(0), Some(1)]),
    (
        "other typography",
        &[
            "1",
            "«It will open», she said, and again: «It will open!»",
            "A RESIDENT WAS VERY GLAD OF IT.",
        ],
        &[Some(0), Some(1), Some(2)],
    ),
    (
        "reworded",
        &["1", "2", "A neighbour was very glad of it."],
        &[Some(0), Some(1), Some(2)],
    ),
    (
        "moved and reworded",
        &["A neighbour was very glad of it.", "1", "2"],
        &[Some(2), Some(0), Some(1)],
    ),
    ("one taken out", &["1", "3"], &[Some(0), Some(2)]),
];

fn keys(body: &Value) -> Vec<String> {
    let blocks = body.as_array().expect("blocks").iter();
    let key = |block: &Value| block["_key"].as_str().expect("a key").to_owned();
    blocks.map(key).collect()
}

/// The quoted words in the body as readers get it.
fn marked(read: &Value, quote: &str) -> Vec<String> {
    let mut words = Vec::new();
    for block in read["body"].as_array().expect("blocks") {
        let defs = block["markDefs"].as_array().expect("definitions");
        let Some(def) = defs.iter().find(|def| def["quote"] == quote) else {
            continue;
        };
        let spans = block["children"].as_array().expect("spans").iter();
        let inside = spans.filter(|span| {
            let marks = span["marks"].as_array().expect("marks");
            marks.contains(&def["_key"])
        });
        words.push(
            inside
                .map(|span| span["text"].as_str().expect("text"))
                .collect(),
        );
    }
    words
}

#[actix_web::test]
async fn keys_and_quotes_survive_a_body_that_comes_again_as_markdown_or_html() {
    let app = TestApp::start().await;
    let old: Vec<&str> = BODY.split("\n\n").collect();
    for (edit, paragraphs, kept) in EDITS {
        for form in ["body_markdown", "body_html"] {
            let quote = json!({"unnamed": "she", "manner": "direct",
                "anchor": {"segments": [{"exact": "It will open", "suffix": "!"}]}});
            let text = json!({"headline": "The bridge", "body_markdown": BODY, "quotes": [quote]});
            let article = app.posted_article(json!({"texts": {"en": text}})).await;
            let id = id_of(&article);
            let before = keys(&app.desk_text(id, "en").await.json["body"]);
            let words = paragraphs.iter().map(|words| {
                let number: Option<usize> = words.parse().ok();
                number.map_or(*words, |number| old[number - 1])
            });
            let body = match form {
                "body_markdown" => words.collect::<Vec<_>>().join("\n\n"),
                _ => words.map(|words| format!("<p>{words}</p>")).collect(),
            };
            let patch = json!({form: body});
            let saved = app.patch_text(id, "en", patch).await;
            let saved = saved.expect(200).json;
            let now: Vec<Option<usize>> = keys(&saved["body"])
                .iter()
                .map(|key| before.iter().position(|known| known == key))
                .collect();
            assert_eq!(now, kept, "{edit}, {form}");

            let anchor = &saved["quotes"][0]["anchor"];
            if edit == "one taken out" {
                assert_eq!(anchor["state"], "needs_review", "{edit}: {anchor}");
                continue;
            }
            assert_eq!(anchor["state"], "anchored", "{edit}, {form}: {anchor}");
            assert_eq!(anchor["segments"][0]["block"], before[1], "{edit}, {form}");
            assert_eq!(anchor["segments"][0]["start"], 38, "{edit}, {form}");
        }
    }
}

#[actix_web::test]
async fn overlapping_quotes_are_marked_each_over_its_own_words() {
    let scene = Scene::with(json!([
        {"unnamed": "one", "manner": "direct", "text": "the bridge will"},
        {"unnamed": "two", "manner": "direct", "text": "bridge will open"},
        {"unnamed": "three", "manner": "direct", "text": "bridge"},
    ]))
    .await;
    let crossing = scene
        .post(json!({"unnamed": "four", "manner": "direct", "text": "will open.\n\n“It will"}));
    let crossing = id_of(&crossing.await.expect(201).json).to_owned();
    scene.publish(json!({})).await.expect(200);
    let read = scene.read().await;
    let quotes = read["quotes"].as_array().expect("quotes");
    let words: Vec<Vec<String>> = quotes
        .iter()
        .map(|quote| marked(&read, id_of(quote)))
        .collect();
    assert_eq!(
        words,
        [
            vec!["the bridge will"],
            vec!["bridge will open"],
            vec!["bridge"],
            vec!["will open.", "“It will"]
        ]
    );
    assert_eq!(id_of(&quotes[3]), crossing);
    let html = scene
        .app
        .read_article(&scene.id, "?lang=en&body=html")
        .await;
    let html = html.expect(200).json["body"].clone();
    let html = html.as_str().expect("HTML");
    assert_eq!(html.matches("<q ").count(), html.matches("</q>").count());
    let text = scene
        .app
        .read_article(&scene.id, "?lang=en&body=text")
        .await;
    let mut bare = html.replace("</p><p>", "\n\n").replace("&quot;", "\"");
    while let Some((start, end)) = bare.find('<').zip(bare.find('>')) {
        bare.replace_range(start..=end, "");
    }
    assert_eq!(text.expect(200).json["body"], bare);
}

#[actix_web::test]
async fn html_cites_the_evidence_where_readers_may_have_it() {
    let app = TestApp::start().await;
    let quote = |source: &str, text: &str, evidence: Value| {
        json!({"source": source, "manner": "direct", "text": text,
        "unnamed": "an official", "attribution": {"evidence_url": evidence}})
    };
    let evidence = "https://example.az/interview?a=1&b=2";
    let article = app
        .published_article(json!({
            "sources": {"open": {"kind": "person", "names": {"en": "A Minister"}},
                "hidden": {"kind": "person", "names": {"en": "Qzx Sirrli"}, "disclosure": "protected"}},
            "texts": {"en": {"headline": "The bridge", "body_markdown": "First words. Second words.\n\n> Third words.",
                "quotes": [quote("#open", "First words", json!(evidence)),
                    quote("#hidden", "Second words", json!("https://example.az/qzx")),
                    quote("#open", "Third words.", json!(null))]}},
        }))
        .await;
    let read = app
        .read_article(id_of(&article), "?lang=en&body=html")
        .await
        .expect(200)
        .json;
    let ids: Vec<&str> = read["quotes"]
        .as_array()
        .expect("quotes")
        .iter()
        .map(id_of)
        .collect();
    let html = format!(
        "<p><q cite=\"https://example.az/interview?a=1&amp;b=2\" data-quote=\"{}\">First words</q>. \
         <q data-quote=\"{}\">Second words</q>.</p><blockquote data-quote=\"{}\"><p>Third words.</p></blockquote>",
        ids[0], ids[1], ids[2]
    );
    assert_eq!(read["body"], html);
    for (form, words) in [
        ("markdown", "First words. Second words.\n\n> Third words."),
        ("text", "First words. Second words.\n\nThird words."),
    ] {
        let query = format!("?lang=en&body={form}");
        let read = app.read_article(id_of(&article), &query).await;
        assert_eq!(read.expect(200).json["body"], words);
    }
}
