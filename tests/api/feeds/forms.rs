//! The three forms of a feed.

use atom_syndication::Feed;
use rss::Channel;
use serde_json::{Value, json};

use super::{get, keys, with_addresses};
use crate::support::{TestApp, id_of};

/// A story that is hard to write down in XML, published in English and Azerbaijani.
async fn hard_story(app: &TestApp) -> String {
    let editor = app.as_editor();
    let section = json!({"slug": "city", "names": {"en": "City & <Sea>", "az": "Şəhər"}});
    editor.post("/v1/desk/sections", section).await.expect(201);
    let topic = json!({"slug": "rain", "names": {"en": "Rain"}});
    editor.post("/v1/desk/topics", topic).await.expect(201);
    let source = json!({"kind": "person", "names": {"en": "Murad"}});
    let source = editor.post("/v1/desk/sources", source).await.expect(201);
    let story = json!({
        "kind": "news", "section": "city", "topics": ["rain"],
        "authors": [{"name": "A \"Reporter\" & Co", "url": "https://example.az/ə"}],
        "texts": {
            "en": {
                "headline": "Fish & chips <b>\u{ffff}]]> \u{1f41f}",
                "standfirst": "Less < more & \"so\"",
                "slug": "fish",
                "image": {"url": "https://example.az/fish.jpg", "alt": "A \"fish\""},
                "body_markdown": "He said the fish ]]> & chips are \\<fine\\>.",
                "quotes": [{"source": source.json["id"], "manner": "indirect",
                    "anchor": {"segments": [{"exact": "chips are"}]},
                    "attribution": {"evidence_url": "https://example.az/said"}}],
            },
            "az": {"headline": "Balıq", "body_markdown": "Balıq yaxşıdır."},
        },
    });
    let story = app.published_article(story).await;
    id_of(&story).to_owned()
}

#[actix_web::test]
async fn rss_has_all_that_readers_need() {
    let app = TestApp::start().await;
    with_addresses(&app, json!({})).await;
    let id = hard_story(&app).await;
    let answer = get(&app, "/feeds/news-line.en.rss").await;
    assert_eq!(
        answer.header("content-type"),
        Some("application/rss+xml; charset=utf-8")
    );
    assert_eq!(answer.header("content-language"), Some("en"));
    assert_eq!(answer.header("vary"), Some("Accept-Encoding"));
    assert!(answer.header("last-modified").is_some());
    for key in [
        format!("article:{id}"),
        "articles:en".to_owned(),
        "site".to_owned(),
    ] {
        assert!(keys(&answer).contains(&key.as_str()), "{key}");
    }

    let feed = Channel::read_from(&answer.bytes[..]).expect("RSS");
    assert_eq!(feed.title(), "News Line – Xəbər & Co");
    assert_eq!(
        (feed.link(), feed.language()),
        ("https://example.az/en", Some("en"))
    );
    let own = &feed.atom_ext().expect("atom:link").links()[0];
    assert_eq!(
        (own.rel(), own.href()),
        ("self", "http://127.0.0.1:8080/feeds/news-line.en.rss")
    );
    let item = &feed.items()[0];
    assert_eq!(item.title(), Some("Fish & chips <b>]]> \u{1f41f}"));
    assert_eq!(item.link(), Some("https://example.az/en/fish"));
    assert_eq!(
        item.description(),
        Some("Less &lt; more &amp; &quot;so&quot;")
    );
    let guid = item.guid().expect("a guid");
    assert!(
        !guid.is_permalink() && guid.value().starts_with("urn:uuid:"),
        "{guid:?}"
    );
    let categories: Vec<&str> = item.categories().iter().map(rss::Category::name).collect();
    assert_eq!(categories, ["City & <Sea>", "Rain"]);
    let creators = item.dublin_core_ext().expect("dc").creators();
    assert_eq!(creators, ["A \"Reporter\" & Co"]);
    let html = item.content().expect("content:encoded");
    assert!(
        html.starts_with(
            "<figure><img src=\"https://example.az/fish.jpg\" alt=\"A &quot;fish&quot;\">"
        ),
        "{html}"
    );
    assert!(
        html.contains("]]&gt; &amp; <q cite=\"https://example.az/said\" data-quote="),
        "{html}"
    );
    assert!(
        html.contains(">chips are</q> &lt;fine&gt;.") && !html.contains("=\"/"),
        "{html}"
    );
}

#[actix_web::test]
async fn atom_says_the_same() {
    let app = TestApp::start().await;
    with_addresses(&app, json!({})).await;
    hard_story(&app).await;
    let answer = get(&app, "/feeds/news-line.en.atom").await;
    assert_eq!(
        answer.header("content-type"),
        Some("application/atom+xml; charset=utf-8")
    );
    let feed = Feed::read_from(&answer.bytes[..]).expect("Atom");
    assert_eq!(
        (feed.lang(), feed.authors()[0].name()),
        (Some("en"), "Xəbər & Co")
    );
    let links: Vec<(&str, &str)> = feed
        .links()
        .iter()
        .map(|link| (link.rel(), link.href()))
        .collect();
    assert_eq!(
        links,
        [
            ("self", "http://127.0.0.1:8080/feeds/news-line.en.atom"),
            ("alternate", "https://example.az/en")
        ]
    );
    let entry = &feed.entries()[0];
    assert_eq!(entry.title().as_str(), "Fish & chips <b>]]> \u{1f41f}");
    assert_eq!(
        entry.summary().map(atom_syndication::Text::as_str),
        Some("Less < more & \"so\"")
    );
    assert_eq!(entry.links()[0].href(), "https://example.az/en/fish");
    let author = &entry.authors()[0];
    assert_eq!(
        (author.name(), author.uri()),
        ("A \"Reporter\" & Co", Some("https://example.az/%C9%99"))
    );
    let content = entry.content().expect("content");
    assert_eq!(content.content_type(), Some("html"));

    let rss =
        Channel::read_from(&get(&app, "/feeds/news-line.en.rss").await.bytes[..]).expect("RSS");
    assert_eq!(
        Some(entry.id()),
        rss.items()[0].guid().map(rss::Guid::value)
    );
    assert_eq!(content.value(), rss.items()[0].content());
    assert!(entry.published().is_some_and(|at| *at <= *entry.updated()));
    assert_eq!(
        feed.updated().timestamp_micros() % 1_000_000,
        entry.updated().timestamp_micros() % 1_000_000
    );
}

#[actix_web::test]
async fn json_feed_has_what_version_1_1_requires_and_no_nulls() {
    let app = TestApp::start().await;
    with_addresses(&app, json!({})).await;
    let id = hard_story(&app).await;
    let answer = get(&app, "/feeds/news-line.en.json").await;
    assert_eq!(answer.header("content-type"), Some("application/feed+json"));
    let feed = &answer.json;
    assert_eq!(feed["version"], "https://jsonfeed.org/version/1.1");
    assert_eq!(
        feed["feed_url"],
        "http://127.0.0.1:8080/feeds/news-line.en.json"
    );
    assert_eq!(
        feed["authors"],
        json!([{"name": "Xəbər & Co", "url": "https://example.az/en"}])
    );
    let item = &feed["items"][0];
    assert_eq!(item["image"], "https://example.az/fish.jpg");
    assert_eq!(item["tags"], json!(["City & <Sea>", "Rain"]));
    assert_eq!(item["_newsline"], json!({"article": id}));
    let atom =
        Feed::read_from(&get(&app, "/feeds/news-line.en.atom").await.bytes[..]).expect("Atom");
    assert_eq!(item["id"], atom.entries()[0].id());
    assert!(!answer.text().contains("null"), "{}", answer.text());

    let other = get(&app, "/feeds/news-line.az.json").await.json;
    assert_eq!(other["items"][0]["title"], "Balıq");
    assert_ne!(other["items"][0]["id"], item["id"]);
    for missing in ["summary", "image"] {
        assert_eq!(other["items"][0][missing], Value::Null);
    }
}

#[actix_web::test]
async fn an_entry_keeps_its_name_whatever_becomes_of_its_address() {
    let app = TestApp::start().await;
    let article = app.published_article(json!({})).await;
    let path = "/feeds/news-line.en.json";
    let before = get(&app, path).await.json["items"][0].clone();
    assert_eq!(
        before["url"],
        "http://127.0.0.1:8080/v1/articles/by-slug/en/the-bridge-opens-in-may"
    );
    with_addresses(&app, json!({})).await;
    let patched = app
        .patch_text(id_of(&article), "en", json!({"slug": "bridge"}))
        .await;
    patched.expect(200);
    app.publish_text(id_of(&article), "en").await;
    let after = get(&app, path).await.json["items"][0].clone();
    assert_eq!(after["url"], "https://example.az/en/bridge");
    assert_eq!(after["id"], before["id"]);
    assert_eq!(after["date_published"], before["date_published"]);
}

#[actix_web::test]
async fn a_feed_is_unchanged_until_something_in_it_changes() {
    let app = TestApp::start().await;
    with_addresses(&app, json!({})).await;
    let id = hard_story(&app).await;
    for ending in ["rss", "atom", "json"] {
        let path = format!("/feeds/news-line.en.{ending}");
        let etag = get(&app, &path).await.etag();
        let again = || app.anonymous().get(&path).header("if-none-match", &etag);
        again().await.expect(304);
        let packed = app
            .anonymous()
            .get(&path)
            .header("accept-encoding", "gzip")
            .await;
        assert_ne!(packed.expect(200).etag(), etag);
        app.anonymous().head(&path).await.expect(200);
        let renaming = app
            .patch_article(&id, json!({"authors": [{"name": ending}]}))
            .await;
        renaming.expect(200);
        again().await.expect(200);
    }
}

#[actix_web::test]
async fn there_is_a_feed_of_each_list_in_each_language_of_the_site_and_no_other() {
    let app = TestApp::start().await;
    let empty = get(&app, "/feeds/news-line.ru.rss").await;
    let empty = Channel::read_from(&empty.bytes[..]).expect("RSS");
    assert!(empty.items().is_empty() && empty.last_build_date().is_some());
    for path in [
        "/feeds/nothing.az.rss",
        "/feeds/news-line.de.rss",
        "/feeds/news-line.az-Cyrl.atom",
        "/feeds/news-line.az.xml",
        "/feeds/news-line.rss",
        "/feeds/News-line.az.json",
        "/feeds/news-line.az.json.rss",
        "/feeds/news-line.a%00z.json",
    ] {
        app.anonymous().get(path).await.problem("not-found", 404);
    }
    let odd = app.anonymous().get("/feeds/news-line.az.rss?lang=en").await;
    odd.problem("unknown-parameter", 400).at("lang");
    let odd = app.anonymous().delete("/feeds/news-line.az.atom").await;
    odd.problem("method-not-allowed", 405);
}
