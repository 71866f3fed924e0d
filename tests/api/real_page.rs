//! A whole page of a real kind: it goes in by the newsroom's door in one post and comes out of the
//! readers' door with nothing lost and nothing invented.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::TestApp;

const LANGUAGES: [&str; 3] = ["az", "en", "ru"];

/// What the page says, as data.
fn story() -> Value {
    serde_json::from_str(include_str!("stories/page.json")).expect("JSON")
}

fn word(value: &Value) -> &str {
    value
        .as_str()
        .unwrap_or_else(|| panic!("no word but {value}"))
}

fn many(value: &Value) -> &[Value] {
    value
        .as_array()
        .unwrap_or_else(|| panic!("no array but {value}"))
}

/// Paragraphs as Markdown, HTML and Portable Text: English, Azerbaijani and Russian.
fn body(lang: &str, paragraphs: &[Value]) -> (&'static str, Value) {
    let words = paragraphs.iter().map(word);
    match lang {
        "en" => {
            let escaped = words.map(markdown).collect::<Vec<_>>();
            ("body_markdown", escaped.join("\n\n").into())
        }
        "az" => {
            let tagged = words.map(|words| format!("<p>{}</p>", words.replace('<', "&lt;")));
            ("body_html", tagged.collect::<String>().into())
        }
        _ => {
            let blocks = words.enumerate().map(|(nth, words)| {
                json!({"_type": "block", "_key": format!("p{nth}"), "style": "normal", "markDefs": [],
                    "children": [{"_type": "span", "_key": "s", "text": words, "marks": []}]})
            });
            ("body", blocks.collect())
        }
    }
}

fn markdown(words: &str) -> String {
    let mut escaped = String::new();
    for letter in words.chars() {
        if "*_[]<&\\".contains(letter) {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

fn quotes(story: &Value, lang: &str) -> Vec<Value> {
    let quote = |quote: &Value| {
        let outlet = quote["outlet"].as_str().map(|outlet| format!("#{outlet}"));
        let source = word(&quote["source"]);
        json!({
            "key": source, "source": format!("#{source}"), "manner": quote["manner"],
            "anchor": {"segments": [{"exact": quote["exact"][lang]}]},
            "attribution": {"stated_role": quote["role"][lang], "occasion": quote["occasion"], "outlet": outlet},
        })
    };
    many(&story["quotes"]).iter().map(quote).collect()
}

/// The one post that carries it all.
fn post(story: &Value) -> Value {
    let text = |lang: &str| {
        let (field, body) = body(lang, many(&story["paragraphs"][lang]));
        json!({"headline": story["headlines"][lang], field: body, "quotes": quotes(story, lang)})
    };
    let texts: BTreeMap<_, _> = LANGUAGES.iter().map(|lang| (*lang, text(lang))).collect();
    json!({"kind": "news", "sources": story["sources"], "related": story["related"], "texts": texts})
}

/// The page's site with its notice and story, all of it published.
struct Published {
    app: TestApp,
    story: Value,
    article: Value,
}

impl Published {
    async fn whole() -> Self {
        let (app, story) = (TestApp::start().await, story());
        let etag = app.as_admin().get("/v1/desk/site").await.expect(200).etag();
        let social = json!({"social": story["social"]});
        let patching = app.as_admin().patch("/v1/desk/site", social);
        patching.if_match(&etag).await.expect(200);
        publish_notice(&app, &story["notice"]).await;
        let posting = app.as_editor().post("/v1/desk/articles", post(&story));
        let article = posting.await.expect(201).json;
        for lang in LANGUAGES {
            app.publish_text(word(&article["id"]), lang).await;
        }
        Self {
            app,
            story,
            article,
        }
    }

    async fn page(&self, lang: &str) -> Value {
        let slug = word(&self.article["texts"][lang]["slug"]);
        let path = format!("/v1/pages/articles/{lang}/{slug}?area=AZ-BA");
        self.app.anonymous().get(&path).await.expect(200).json
    }
}

async fn publish_notice(app: &TestApp, notice: &Value) {
    let posting = app.as_editor().post("/v1/desk/notices", notice.clone());
    let id = word(&posting.await.expect(201).json["id"]).to_owned();
    for lang in LANGUAGES {
        let text = format!("/v1/desk/notices/{id}/texts/{lang}");
        let etag = app.as_editor().get(&text).await.expect(200).etag();
        let publication = format!("{text}/publication");
        let publishing = app.as_editor().put(&publication, json!({}));
        publishing.if_match(&etag).await.expect(200);
    }
}

fn words_of(block: &Value) -> String {
    many(&block["children"])
        .iter()
        .map(|span| word(&span["text"]))
        .collect()
}

/// The words that a quote's marks cover in the body.
fn marked(body: &Value, quote: &Value) -> String {
    let mut words = String::new();
    for block in many(body) {
        let defs = many(&block["markDefs"]).iter();
        let keys: Vec<&Value> = defs
            .filter(|def| def["_type"] == "quote" && def["quote"] == *quote)
            .map(|def| &def["_key"])
            .collect();
        for span in many(&block["children"]) {
            if many(&span["marks"]).iter().any(|mark| keys.contains(&mark)) {
                words.push_str(word(&span["text"]));
            }
        }
    }
    words
}

#[actix_web::test]
async fn the_text_comes_out_byte_for_byte_in_each_language() {
    let page = Published::whole().await;
    for lang in LANGUAGES {
        let read = page.page(lang).await;
        let article = &read["article"];
        assert_eq!(article["headline"], page.story["headlines"][lang]);
        assert_eq!(
            (&article["lang"], &article["dir"], &article["kind"]),
            (&json!(lang), &json!("ltr"), &json!("news"))
        );
        let paragraphs: Vec<String> = many(&article["body"]).iter().map(words_of).collect();
        assert_eq!(json!(paragraphs), page.story["paragraphs"][lang], "{lang}");
        for block in many(&article["body"]) {
            assert_eq!(
                (&block["_type"], &block["style"]),
                (&json!("block"), &json!("normal"))
            );
        }
        let alternates: Vec<Value> = LANGUAGES
            .iter()
            .map(|lang| {
                json!({"lang": lang, "slug": page.article["texts"][lang]["slug"],
                "headline": page.story["headlines"][lang], "url": null})
            })
            .collect();
        assert_eq!(article["alternates"], json!(alternates));
    }
}

#[actix_web::test]
async fn the_people_say_what_they_said_in_their_roles_and_through_their_outlets() {
    let page = Published::whole().await;
    let names = &page.story["names_on_page"];
    for lang in LANGUAGES {
        let read = page.page(lang).await;
        let body = &read["article"]["body"];
        assert_eq!(many(&read["quotes"]).len(), 4);
        for (told, quote) in many(&page.story["quotes"])
            .iter()
            .zip(many(&read["quotes"]))
        {
            assert_eq!(quote["text"], told["exact"][lang]);
            assert_eq!(quote["manner"], told["manner"]);
            let source = &page.article["sources"][word(&told["source"])]["id"];
            let name = &names[word(&told["source"])][lang];
            assert_eq!(
                quote["source"],
                json!({"id": source, "kind": "person", "name": name})
            );
            let outlet = told["outlet"].as_str().map(
                |outlet| json!({"id": page.article["sources"][outlet]["id"], "name": names[outlet][lang]}),
            );
            let attribution = json!({
                "stated_name": null, "stated_role": told["role"][lang], "occasion": told["occasion"], "outlet": outlet,
                "programme": null, "said_at": null, "precision": "unknown", "evidence_url": null,
            });
            assert_eq!(quote["attribution"], attribution);
            stands_in_its_place(body, told, quote, lang);
        }
    }
}

fn stands_in_its_place(body: &Value, told: &Value, quote: &Value, lang: &str) {
    let exact = word(&told["exact"][lang]);
    assert_eq!(marked(body, &quote["id"]), exact);
    assert_eq!(quote["anchor"]["state"], "anchored");
    let segment = &quote["anchor"]["segments"][0];
    let block = &body[told["block"].as_u64().expect("a number") as usize];
    assert_eq!(
        (&segment["block"], &segment["exact"]),
        (&block["_key"], &json!(exact))
    );
    let at = |field: &str| segment[field].as_u64().expect("an offset") as usize;
    let (start, end) = (at("start"), at("end"));
    let slice: String = words_of(block)
        .chars()
        .skip(start)
        .take(end - start)
        .collect();
    assert_eq!(slice, exact);
}

#[actix_web::test]
async fn one_statement_is_one_statement_in_all_its_languages() {
    let page = Published::whole().await;
    let mut statements: BTreeMap<String, usize> = BTreeMap::new();
    for lang in LANGUAGES {
        for quote in many(&page.page(lang).await["quotes"]) {
            *statements
                .entry(word(&quote["statement"]).to_owned())
                .or_default() += 1;
        }
    }
    assert_eq!(statements.into_values().collect::<Vec<_>>(), [3, 3, 3, 3]);
}

#[actix_web::test]
async fn what_stands_beside_the_text_comes_out_too() {
    let page = Published::whole().await;
    for lang in LANGUAGES {
        let read = page.page(lang).await;
        assert_eq!(read["related"], page.story["related"]);
        assert_eq!(read["social"], page.story["social"]);
        let [notice] = many(&read["notices"]) else {
            panic!("not one notice in {}", read["notices"]);
        };
        let told = &page.story["notice"]["texts"][lang];
        assert_eq!(
            (&notice["lang"], &notice["headline"]),
            (&json!(lang), &told["headline"])
        );
        assert_eq!(words_of(&notice["body"][0]), word(&told["body_markdown"]));
        for field in [
            "kind",
            "issuer",
            "priority",
            "severity",
            "label",
            "window",
            "areas",
            "placements",
            "action",
        ] {
            assert_eq!(notice[field], page.story["notice"][field], "{field}");
        }
        let heads = &read["news_line"];
        assert_eq!(heads["list"]["slug"], "news-line");
        assert_eq!(heads["items"][0]["id"], page.article["id"]);
        assert_eq!(
            read["reviews"],
            json!({"summary": {"count": 0, "rating_average": null, "rating_count": 0}, "items": []})
        );
    }
}

#[actix_web::test]
async fn where_the_page_is_silent_the_answer_is_null() {
    let page = Published::whole().await;
    let read = page.page("en").await;
    for field in [
        "standfirst",
        "section",
        "image",
        "seo",
        "translation",
        "url",
    ] {
        let article = read["article"].as_object().expect("an article");
        assert_eq!(article.get(field), Some(&Value::Null), "{field}");
    }
    for field in ["topics", "authors", "corrections"] {
        assert_eq!(read["article"][field], json!([]), "{field}");
    }
    for quote in many(&read["quotes"]) {
        let quote = quote.as_object().expect("a quote");
        assert_eq!(quote.get("unnamed"), Some(&Value::Null));
        assert_eq!(quote.get("original"), Some(&Value::Null));
        assert_eq!(
            quote["verification"],
            json!({"state": "unverified", "by": null, "at": null})
        );
    }
}

#[actix_web::test]
async fn a_notice_for_elsewhere_stays_away_and_one_request_has_one_etag() {
    let page = Published::whole().await;
    let slug = word(&page.article["texts"]["en"]["slug"]);
    let path = format!("/v1/pages/articles/en/{slug}");
    let elsewhere = page.app.anonymous().get(&format!("{path}?area=AZ-GA"));
    assert_eq!(elsewhere.await.expect(200).json["notices"], json!([]));

    let here = format!("{path}?area=AZ-BA");
    let read = page.app.anonymous().get(&here).await.expect(200);
    assert_eq!(read.header("content-language"), Some("en"));
    let again = page.app.anonymous().get(&here);
    let again = again
        .header("if-none-match", &read.etag())
        .await
        .expect(304);
    assert_eq!(again.bytes, b"");
}

#[actix_web::test]
async fn a_notice_without_a_placement_stands_on_the_page_too() {
    let page = Published::whole().await;
    let mut notice = page.story["notice"].clone();
    notice["placements"] = json!([]);
    publish_notice(&page.app, &notice).await;
    notice["placements"] = json!(["elsewhere"]);
    publish_notice(&page.app, &notice).await;
    assert_eq!(many(&page.page("en").await["notices"]).len(), 2);
}

/// Every id in an answer that a surrogate key can name: the key's kind and the id.
fn named_in(json: &Value, kind: &'static str, found: &mut Vec<String>) {
    match json {
        Value::Array(items) => items.iter().for_each(|item| named_in(item, kind, found)),
        Value::Object(fields) => {
            if let Some(id) = fields.get("id").and_then(Value::as_str) {
                found.push(format!("{kind}:{id}"));
            }
            for (name, value) in fields {
                let kind = match name.as_str() {
                    "source" | "sources" | "outlet" => "source",
                    "section" => "section",
                    "topics" => "topic",
                    "notices" => "notice",
                    "article" | "internal" | "items" => "article",
                    _ => "",
                };
                named_in(value, kind, found);
            }
        }
        _ => {}
    }
}

#[actix_web::test]
async fn all_that_an_answer_names_has_its_surrogate_key() {
    let page = Published::whole().await;
    let editor = page.app.as_editor();
    let named = |slug: &str| json!({"slug": slug, "names": {"en": "A name"}});
    let section = editor.post("/v1/desk/sections", named("port"));
    let topic = editor.post("/v1/desk/topics", named("ferries"));
    section.await.expect(201);
    topic.await.expect(201);
    let filed = page
        .app
        .published_article(json!({"section": "port", "topics": ["ferries"]}))
        .await;
    let related =
        json!([{"rel": "related", "label": null, "internal": filed["id"], "external": null}]);
    let filing = json!({"section": "port", "topics": ["ferries"], "related": related});
    let id = word(&page.article["id"]);
    page.app.patch_article(id, filing).await.expect(200);
    let lists = editor.get("/v1/desk/lists").await.expect(200).json;
    let news_line = format!("list:{}", word(&lists["items"][0]["id"]));

    let slug = word(&page.article["texts"]["en"]["slug"]);
    for path in [
        format!("/v1/pages/articles/en/{slug}?area=AZ-BA"),
        format!("/v1/articles/{id}?lang=en&include=quotes,sources,related"),
        "/v1/articles?lang=en&include=quotes,topics".to_owned(),
        "/v1/lists/news-line/items?lang=en&include=quotes,topics".to_owned(),
        "/v1/quotes?lang=en".to_owned(),
    ] {
        let answer = page.app.anonymous().get(&path).await.expect(200);
        let keys = answer.header("surrogate-key").expect("surrogate keys");
        let keys: Vec<&str> = keys.split(' ').collect();
        let mut found = Vec::new();
        named_in(&answer.json, "", &mut found);
        found.retain(|key| !key.starts_with(':'));
        if path.starts_with("/v1/quotes") {
            found.retain(|key| key.starts_with("source:"));
        }
        assert!(found.iter().any(|key| key.starts_with("source:")), "{path}");
        if path.contains("news-line") || path.contains("pages") {
            found.push(news_line.clone());
        }
        for key in found {
            assert!(keys.contains(&key.as_str()), "{path}: no {key} in {keys:?}");
        }
    }
}
