//! The sitemap and its parts, and that of the news.

use diesel::RunQueryDsl;
use newsline::articles::model::{ArticleId, ArticleKind, ReviewPolicy};
use newsline::articles::published::{PublishedArticle, PublishedText};
use newsline::articles::sitemap;
use newsline::db::schema::{published_articles, published_texts};
use newsline::db::{DbConn, Json};
use newsline::http::problem::Problem;
use newsline::language::{Lang, Slug};
use newsline::on_each_backend;
use serde_json::json;
use serde_json::value::RawValue;

use super::{between, get, keys, last_touched, with_addresses};
use crate::support::{TestApp, id_of};

fn locations(text: &str) -> Vec<&str> {
    between(text, "<loc>", "</loc>")
}

async fn story(app: &TestApp, slug: &str, langs: &[&str]) -> String {
    let text = |lang: &str| json!({"headline": format!("Rain & <sun> {lang}"), "slug": slug, "body_markdown": "Rain."});
    let texts: serde_json::Map<_, _> = langs
        .iter()
        .map(|lang| ((*lang).to_owned(), text(lang)))
        .collect();
    let article = app.published_article(json!({"texts": texts})).await;
    id_of(&article).to_owned()
}

#[actix_web::test]
async fn the_index_leads_to_parts_with_every_address_and_its_languages() {
    let app = TestApp::start().await;
    with_addresses(&app, json!({})).await;
    story(&app, "one", &["az", "en"]).await;
    story(&app, "two", &["ru"]).await;
    app.posted_article(json!({})).await;

    let index = get(&app, "/sitemap.xml").await;
    assert_eq!(
        index.header("content-type"),
        Some("application/xml; charset=utf-8")
    );
    assert!(index.header("last-modified").is_some());
    assert_eq!(
        locations(&index.text()),
        ["http://127.0.0.1:8080/sitemaps/1.xml"]
    );
    let part = get(&app, "/sitemaps/1.xml").await;
    let text = part.text();
    assert_eq!(
        locations(&text),
        [
            "https://example.az/az",
            "https://example.az/ru",
            "https://example.az/en",
            "https://example.az/az/one",
            "https://example.az/en/one",
            "https://example.az/ru/two"
        ]
    );
    let entries = between(&text, "<url>", "</url>");
    let link = |lang: &str, of: &str| {
        format!(
            "<xhtml:link rel=\"alternate\" hreflang=\"{lang}\" href=\"https://example.az/{of}/one\"/>"
        )
    };
    let links = format!(
        "{}{}{}",
        link("az", "az"),
        link("en", "en"),
        link("x-default", "az")
    );
    for entry in &entries[3..5] {
        assert!(
            entry.ends_with(&links) && entry.contains("Z</lastmod>"),
            "{entry}"
        );
    }
    assert!(!entries[5].contains("xhtml"), "{}", entries[5]);
    assert!(text.ends_with("</urlset>\n"));
    app.anonymous().head("/sitemaps/1.xml").await.expect(200);
    for path in [
        "/sitemaps/2.xml",
        "/sitemaps/0.xml",
        "/sitemaps/-1.xml",
        "/sitemaps/x.xml",
        "/sitemaps/99999999999.xml",
    ] {
        app.anonymous().get(path).await.problem("not-found", 404);
    }
}

#[actix_web::test]
async fn a_part_has_a_strong_tag_that_changes_with_whatever_is_in_it() {
    let app = TestApp::start().await;
    let city = json!({"slug": "city", "names": {"en": "City"}});
    let city = app
        .as_editor()
        .post("/v1/desk/sections", city)
        .await
        .expect(201);
    with_addresses(
        &app,
        json!({"article_url": "https://example.az/{lang}/{section}/{slug}"}),
    )
    .await;
    let id = story(&app, "one", &["en"]).await;
    let other = story(&app, "two", &["en"]).await;
    let mut seen = vec![];
    let mut text = String::new();
    for step in 0..7 {
        match step {
            0 => {}
            1 => {
                app.patch_article(&id, json!({"section": "city"}))
                    .await
                    .expect(200);
                assert!(last_touched(&app).await.contains(&"sitemap:1".to_owned()));
            }
            2 => {
                let path = format!("/v1/desk/sections/{}", id_of(&city.json));
                let renaming = app.as_editor().patch(&path, json!({"slug": "town"}));
                renaming.if_match(&city.etag()).await.expect(200);
                assert!(last_touched(&app).await.contains(&"sections".to_owned()));
            }
            3 => {
                app.patch_text(&id, "en", json!({"slug": "uno"}))
                    .await
                    .expect(200);
                app.publish_text(&id, "en").await;
                let touched = last_touched(&app).await;
                assert!(
                    touched.contains(&"sitemap:1".to_owned())
                        && touched.contains(&"sitemaps".to_owned())
                );
            }
            4 => app.unpublish_text(&other, "en").await,
            5 => app.publish_text(&other, "en").await,
            _ => with_addresses(&app, json!({})).await,
        }
        let part = get(&app, "/sitemaps/1.xml").await;
        for key in ["sitemap:1", "site", "sections"] {
            assert!(keys(&part).contains(&key), "{part}");
        }
        let etag = part.etag();
        assert!(
            etag.starts_with('"') && !seen.contains(&etag),
            "step {step}"
        );
        assert_ne!(part.text(), text, "step {step}");
        text = part.text();
        let again = app
            .anonymous()
            .get("/sitemaps/1.xml")
            .header("if-none-match", &etag)
            .await;
        assert!(again.expect(304).bytes.is_empty());
        let packed = app
            .anonymous()
            .decoding()
            .get("/sitemaps/1.xml")
            .await
            .expect(200);
        assert_eq!(packed.text(), text);
        assert_ne!(packed.etag(), etag);
        seen.push(etag);
    }
    assert!(
        text.contains("<loc>https://example.az/en/uno</loc>"),
        "{text}"
    );
}

#[actix_web::test]
async fn sections_that_change_names_with_each_other_change_the_tag() {
    let app = TestApp::start().await;
    let pattern = "https://example.az/{lang}/{section}/{slug}";
    with_addresses(&app, json!({"article_url": pattern})).await;
    let mut places = Vec::new();
    for slug in ["city", "town"] {
        let section = json!({"slug": slug, "names": {"en": slug}});
        let section = app.as_editor().post("/v1/desk/sections", section).await;
        places.push(format!(
            "/v1/desk/sections/{}",
            id_of(&section.expect(201).json)
        ));
        let article = story(&app, &format!("in-{slug}"), &["en"]).await;
        let moving = app.patch_article(&article, json!({"section": slug}));
        moving.await.expect(200);
    }
    let before = get(&app, "/sitemaps/1.xml").await;
    for (place, slug) in [(0, "other"), (1, "city"), (0, "town")] {
        let renaming = app.as_editor().patch(&places[place], json!({"slug": slug}));
        renaming.if_match("*").await.expect(200);
    }
    let after = get(&app, "/sitemaps/1.xml").await;
    assert!(after.text().contains("/en/town/in-city"), "{after}");
    assert_ne!(after.etag(), before.etag());
}

#[actix_web::test]
async fn a_site_without_addresses_has_an_empty_sitemap() {
    let app = TestApp::start().await;
    story(&app, "one", &["en"]).await;
    assert_eq!(locations(&get(&app, "/sitemap.xml").await.text()).len(), 1);
    assert!(locations(&get(&app, "/sitemaps/1.xml").await.text()).is_empty());
    let news = get(&app, "/sitemap-news.xml").await.text();
    assert!(
        locations(&news).is_empty() && news.ends_with("</urlset>\n"),
        "{news}"
    );
}

#[actix_web::test]
async fn an_address_that_the_protocol_does_not_take_is_left_out() {
    let app = TestApp::start().await;
    let long = format!("https://xəbər.az/{}/{{lang}}/{{slug}}", "ə".repeat(330));
    with_addresses(&app, json!({"article_url": long})).await;
    story(&app, "fits", &["en"]).await;
    let slug = format!("long{}", "-ones".repeat(20));
    story(&app, &slug, &["en"]).await;
    let part = get(&app, "/sitemaps/1.xml").await.text();
    let articles: Vec<&str> = locations(&part)
        .into_iter()
        .filter(|one| !one.contains("example.az"))
        .collect();
    assert_eq!(articles.len(), 1, "{articles:?}");
    assert!(
        articles[0].starts_with("https://xn--") && articles[0].ends_with("%C9%99/en/fits"),
        "{articles:?}"
    );
}

/// Published texts past the API, two of each article; gives their addresses.
async fn archive(app: &TestApp, articles: usize) -> Vec<String> {
    let raw = Json(RawValue::from_string("[]".to_owned()).expect("JSON"));
    let now = app.clock.now();
    let langs: [Lang; 2] = ["az", "en"].map(|lang| lang.parse().expect("a tag"));
    let (mut rows, mut texts, mut addresses) = (Vec::new(), Vec::new(), Vec::new());
    for nth in 0..articles {
        let id = ArticleId::new();
        rows.push(PublishedArticle {
            id,
            kind: ArticleKind::News,
            section_id: None,
            topic_ids: Json(Vec::new()),
            authors: Json(Vec::new()),
            related: Json(Vec::new()),
            review_policy: ReviewPolicy::Closed,
            first_published_at: now,
        });
        for lang in &langs {
            addresses.push(format!("https://example.az/{lang}/archive-{nth}"));
            texts.push(PublishedText {
                article_id: id,
                lang: lang.clone(),
                kind: ArticleKind::News,
                slug: Slug::parse(&format!("archive-{nth}")).expect("a slug"),
                headline: "From the archive".to_owned(),
                standfirst: None,
                body: raw.clone(),
                image: None,
                seo: None,
                quote_count: 0,
                corrections: raw.clone(),
                translation: None,
                revision: 1,
                word_count: 0,
                reading_minutes: 0,
                first_published_at: now,
                published_at: now,
                updated_at: now,
            });
        }
    }
    let writing = app.app.db.write(move |tx| {
        let conn: &mut DbConn = tx;
        for rows in rows.chunks(1000) {
            on_each_backend!(conn => diesel::insert_into(published_articles::table).values(rows).execute(conn))?;
        }
        for texts in texts.chunks(1000) {
            on_each_backend!(conn => diesel::insert_into(published_texts::table).values(texts).execute(conn))?;
        }
        sitemap::divide(conn, now)?;
        Ok::<_, Problem>(())
    });
    writing.await.expect("an archive");
    addresses
}

#[actix_web::test]
async fn a_part_that_is_full_is_split_and_nothing_is_lost() {
    let app = TestApp::start().await;
    with_addresses(&app, json!({"home_url": null})).await;
    let most = usize::try_from(sitemap::MOST_TEXTS).expect("a number");
    let mut expected = archive(&app, most / 2).await;
    assert_eq!(locations(&get(&app, "/sitemap.xml").await.text()).len(), 1);
    let whole = get(&app, "/sitemaps/1.xml").await;
    assert_eq!(locations(&whole.text()), expected);

    let one_more = story(&app, "last", &["ru"]).await;
    expected.push("https://example.az/ru/last".to_owned());
    let index = get(&app, "/sitemap.xml").await.text();
    let parts = locations(&index);
    assert_eq!(
        parts,
        [
            "http://127.0.0.1:8080/sitemaps/1.xml",
            "http://127.0.0.1:8080/sitemaps/2.xml"
        ]
    );
    let (first, second) = (locations_of(&app, 1).await, locations_of(&app, 2).await);
    assert_eq!((first.len(), second.len()), (most / 2, most / 2 + 1));
    assert_eq!([first, second].concat(), expected);

    // What comes and goes now leaves the other part as it is.
    let changed = get(&app, "/sitemaps/1.xml").await;
    assert_ne!(changed.etag(), whole.etag());
    app.unpublish_text(&one_more, "ru").await;
    let touched = last_touched(&app).await;
    assert!(touched.contains(&"sitemap:2".to_owned()), "{touched:?}");
    assert!(!touched.contains(&"sitemap:1".to_owned()), "{touched:?}");
    let again = app.anonymous().get("/sitemaps/1.xml");
    again
        .header("if-none-match", &changed.etag())
        .await
        .expect(304);
    assert_eq!(locations_of(&app, 2).await.len(), most / 2);
}

async fn locations_of(app: &TestApp, part: i32) -> Vec<String> {
    let part = get(app, &format!("/sitemaps/{part}.xml")).await.text();
    locations(&part).into_iter().map(str::to_owned).collect()
}

#[actix_web::test]
async fn news_are_news_for_two_days() {
    let app = TestApp::start().await;
    with_addresses(&app, json!({})).await;
    let old = app
        .posted_article(
            json!({"texts": {"en": {"headline": "Old", "slug": "old", "body_markdown": "Old."}}}),
        )
        .await;
    let long_ago = app.clock.now().plus_seconds(-3 * 24 * 3600);
    let publishing = app.put_state(
        id_of(&old),
        "en",
        "publication",
        json!({"published_at": long_ago}),
    );
    publishing.await.expect(200);
    story(&app, "first", &["az"]).await;
    app.clock.advance(24 * 3600);
    let second = story(&app, "second", &["en", "ru"]).await;

    let news = get(&app, "/sitemap-news.xml").await;
    let text = news.text();
    assert_eq!(
        locations(&text),
        [
            "https://example.az/ru/second",
            "https://example.az/en/second",
            "https://example.az/az/first"
        ]
    );
    assert!(
        text.contains("<news:name>Xəbər &amp; Co</news:name><news:language>en</news:language>"),
        "{text}"
    );
    assert!(
        text.contains("<news:title>Rain &amp; &lt;sun&gt; ru</news:title>"),
        "{text}"
    );
    for key in ["articles:az", "articles:ru", "articles:en", "site"] {
        assert!(keys(&news).contains(&key), "{news}");
    }

    // The oldest falls out in 20 seconds, and nobody may keep the answer for longer.
    app.clock.advance(24 * 3600 - 20);
    let kept = get(&app, "/sitemap-news.xml").await;
    let kept = kept
        .header("cache-control")
        .expect("Cache-Control")
        .to_owned();
    assert!(kept.starts_with("public, max-age=15, s-maxage=1"), "{kept}");
    app.clock.advance(21);
    assert_eq!(
        locations(&get(&app, "/sitemap-news.xml").await.text()).len(),
        2
    );

    // Taking it down and publishing it again makes no news of it.
    app.clock.advance(24 * 3600);
    app.unpublish_text(&second, "en").await;
    app.publish_text(&second, "en").await;
    let text = get(&app, "/sitemap-news.xml").await.text();
    assert!(locations(&text).is_empty(), "{text}");
    assert!(
        get(&app, "/sitemaps/1.xml")
            .await
            .text()
            .contains("/en/second<")
    );
}
