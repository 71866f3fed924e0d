//! The doors: one string typed and pasted wherever something can be typed or pasted.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::{TestApp, id_of, items_of};

/// Where a string has been told.
pub struct Told {
    pub article: String,
    pub slugs: BTreeMap<&'static str, String>,
    pub quote: String,
    pub source: String,
    pub notice: String,
    review: String,
    section: String,
    topic: String,
    list: String,
    list_slug: String,
    user: String,
}

/// As one line: no control characters, and not too long.
fn line(string: &str, most: usize) -> String {
    let plain = string.chars().map(|c| if c.is_control() { ' ' } else { c });
    plain.take(most).collect()
}

fn prose(string: &str) -> String {
    let plain = string.chars();
    plain
        .map(|c| if c.is_control() && c != '\n' { ' ' } else { c })
        .collect()
}

fn paragraph(key: &str, words: &str, with: Value) -> Value {
    let mut block =
        json!({"_type": "block", "_key": key, "children": [{"_type": "span", "text": words}]});
    for (name, value) in with.as_object().expect("fields") {
        block[name] = value.clone();
    }
    block
}

/// Every kind of block, with the string wherever it has words.
fn blocks(string: &str) -> Value {
    let linked = json!({
        "markDefs": [{"_type": "link", "_key": "m", "href": "https://example.az/?a=\"><script>'"}],
        "children": [{"_type": "span", "text": string, "marks": ["m", "strong", "underline"]}],
    });
    json!([
        paragraph("a", "He said the fixed words and more words.", json!({})),
        paragraph("b", string, linked),
        paragraph("c", string, json!({"style": "h2"})),
        paragraph("d", string, json!({"style": "blockquote"})),
        paragraph("e", string, json!({"listItem": "bullet"})),
        paragraph("f", "", json!({"children": [{"_type": "span", "text": string, "marks": ["code"]}]})),
        paragraph("g", "", json!({"children": [{"_type": "span", "text": format!("{string}\n{string}"), "marks": ["code"]}]})),
        {"_type": "image", "url": "https://example.az/1.jpg?\"onerror=\"x", "alt": string, "caption": string, "credit": string},
        {"_type": "embed", "url": "https://example.az/v?'onload='x", "title": string},
        {"_type": "pullQuote", "text": string},
    ])
}

/// As Markdown and as HTML, between paragraphs of its own.
fn pasted(string: &str) -> [Value; 2] {
    [
        json!({"headline": line(string, 500), "body_markdown": format!("Before.\n\n{string}\n\nAfter.")}),
        json!({"headline": line(string, 500), "body_html": format!("<p>Before.</p>{string}<p>After.</p>")}),
    ]
}

fn quotes(string: &str) -> Value {
    let attribution = json!({"stated_name": line(string, 300), "stated_role": line(string, 300), "occasion": "interview",
        "outlet": "#wire", "programme": line(string, 300), "evidence_url": "https://example.az/?\"onclick=\"x"});
    json!([
        {"source": "#who", "manner": "indirect", "text": prose(string), "attribution": attribution,
            "original": {"lang": "az", "text": prose(string)}, "anchor": {"segments": [{"exact": "the fixed words"}]}},
        {"unnamed": line(string, 300), "manner": "indirect", "text": prose(string),
            "anchor": {"segments": [{"exact": "more words"}]}},
    ])
}

fn story(string: &str, nth: usize) -> Value {
    let [markdown, html] = pasted(string);
    let names = json!({"en": line(string, 200), "az": line(string, 200)});
    let external = json!({"lang": "en", "headline": line(string, 500), "programme": line(string, 200),
        "url": "https://example.az/?\"onclick=\"x"});
    json!({
        "kind": "opinion", "section": format!("section-{nth}"), "topics": [format!("topic-{nth}")],
        "external_id": line(&format!("{nth}{string}"), 200),
        "authors": [{"name": line(string, 200), "user": null, "url": "https://example.az/?\"onclick=\"x"}],
        "related": [{"rel": "promoted", "label": line(string, 100), "external": external}],
        "sources": {
            "who": {"kind": "person", "names": names, "aliases": [line(string, 200)], "description": {"en": prose(string)},
                "positions": [{"title": names, "organisation": null, "from": null, "to": null}],
                "same_as": ["https://example.az/?\"onclick=\"x"]},
            "wire": {"kind": "organisation", "names": names},
        },
        "texts": {
            "en": {"headline": line(string, 500), "standfirst": prose(string), "body": blocks(string), "quotes": quotes(string),
                "image": {"url": "https://example.az/2.jpg", "alt": line(string, 1000), "caption": prose(string),
                    "credit": line(string, 300), "width": null, "height": null},
                "seo": {"title": line(string, 300), "description": line(string, 1000)}},
            "az": markdown,
            "ru": html,
        },
    })
}

/// Gives the site addresses, and the string for a name.
pub async fn set_site(app: &TestApp, string: &str) {
    let site = json!({"name": line(string, 100), "article_url": "https://example.az/{lang}/{section}/{slug}",
        "notice_url": "https://example.az/{lang}/n/{id}", "home_url": "https://example.az/{lang}",
        "social": [{"network": line(string, 40), "url": "https://example.az/?\"onclick=\"x"}]});
    let etag = app.as_admin().get("/v1/desk/site").await.expect(200).etag();
    app.as_admin()
        .patch("/v1/desk/site", site)
        .if_match(&etag)
        .await
        .expect(200);
}

/// Tells the string in a published story, a notice, a review, a list, and all that they belong to.
pub async fn tell(app: &TestApp, string: &str, nth: usize) -> Told {
    let names = json!({"en": line(string, 200), "az": line(string, 200)});
    let named = |kind: &'static str, with: Value| {
        let mut thing =
            json!({"slug": format!("{}-{nth}", kind.trim_end_matches('s')), "names": names});
        if let Some(rule) = with.get("rule") {
            thing["rule"] = rule.clone();
        }
        async move {
            let making = app.as_editor().post(&format!("/v1/desk/{kind}"), thing);
            id_of(&making.await.expect(201).json).to_owned()
        }
    };
    let section = named("sections", json!({})).await;
    let topic = named("topics", json!({})).await;
    let list = named("lists", json!({"rule": {"kind": "latest"}})).await;
    let article = app.published_article(story(string, nth)).await;
    let article = id_of(&article).to_owned();
    correct(app, &article, string).await;
    let slugs = slugs(app, &article).await;
    let quotes = app
        .read_article(&article, "/quotes?lang=en")
        .await
        .expect(200)
        .json;
    let quote = &items_of(&quotes)[0];
    Told {
        quote: id_of(quote).to_owned(),
        source: id_of(&quote["source"]).to_owned(),
        notice: notice(app, string).await,
        review: review(app, &article, string).await,
        section,
        topic,
        list,
        list_slug: format!("list-{nth}"),
        user: app.people.admin.user.id.to_string(),
        article,
        slugs,
    }
}

/// Publishes a correction that says the string.
async fn correct(app: &TestApp, article: &str, string: &str) {
    let change = json!({"seo": null});
    app.patch_text(article, "en", change).await.expect(200);
    let note = json!({"correction_note": prose(string)});
    app.put_state(article, "en", "publication", note)
        .await
        .expect(200);
}

async fn slugs(app: &TestApp, article: &str) -> BTreeMap<&'static str, String> {
    let read = app.read_article(article, "").await.expect(200).json;
    let alternates = read["alternates"].as_array().expect("languages");
    let slug = |lang: &'static str| {
        let text = alternates
            .iter()
            .find(|text| text["lang"] == lang)
            .expect("a text");
        (lang, text["slug"].as_str().expect("a slug").to_owned())
    };
    ["en", "az", "ru"].into_iter().map(slug).collect()
}

async fn notice(app: &TestApp, string: &str) -> String {
    let [markdown, html] = pasted(string);
    let notice = json!({
        "kind": "promotion", "issuer": line(string, 200), "label": line(string, 100),
        "window": {"starts": "2020-01-01T00:00:00Z", "ends": null},
        "areas": [{"code": "AZ", "name": line(string, 200)}],
        "action": {"url": "https://example.az/?\"onclick=\"x", "label": {"en": line(string, 200)}},
        "texts": {"en": {"headline": line(string, 500), "body": blocks(string)}, "az": markdown, "ru": html},
    });
    let made = app
        .as_editor()
        .post("/v1/desk/notices", notice)
        .await
        .expect(201)
        .json;
    let id = id_of(&made).to_owned();
    for lang in ["en", "az", "ru"] {
        let text = format!("/v1/desk/notices/{id}/texts/{lang}");
        let etag = app.as_editor().get(&text).await.expect(200).etag();
        let publishing = app
            .as_editor()
            .put(&format!("{text}/publication"), json!({}));
        publishing.if_match(&etag).await.expect(200);
    }
    id
}

/// A review that a moderator has approved.
async fn review(app: &TestApp, article: &str, string: &str) -> String {
    let mut review = json!({"author": {"name": line(string, 100)}, "lang": "en", "rating": 5,
        "title": line(string, 200), "body": prose(string)});
    let reviews = format!("/v1/articles/{article}/reviews");
    let mut left = app.anonymous().post(&reviews, review.clone()).await;
    if left.status == 422 {
        // Names and titles take no links: such a string stands in the body alone.
        review["author"]["name"] = json!("A reader");
        review["title"] = json!(null);
        left = app.anonymous().post(&reviews, review).await;
    }
    let id = id_of(&left.expect(202).json).to_owned();
    let path = format!("/v1/desk/reviews/{id}");
    let etag = app.as_moderator().get(&path).await.expect(200).etag();
    let decision = json!({"state": "approved", "reason": null, "note": prose(string)});
    let deciding = app
        .as_moderator()
        .put(&format!("{path}/decision"), decision);
    deciding.if_match(&etag).await.expect(200);
    id
}

/// Retracts the text in English with the string for a note.
pub async fn retract(app: &TestApp, told: &Told, string: &str) {
    let note = json!({"note": prose(string)});
    app.put_state(&told.article, "en", "retraction", note)
        .await
        .expect(200);
}

impl Told {
    /// An address of the document, filled with what was told.
    pub fn path(&self, template: &str) -> String {
        let kind = template
            .trim_start_matches("/v1/")
            .trim_start_matches("desk/");
        let kind = kind.split('/').next().unwrap_or_default();
        let (id, slug) = match kind {
            "quotes" => (&self.quote, ""),
            "sources" => (&self.source, ""),
            "notices" => (&self.notice, ""),
            "reviews" => (&self.review, ""),
            "sections" => (&self.section, ""),
            "topics" => (&self.topic, ""),
            "lists" => (&self.list, self.list_slug.as_str()),
            "users" | "api-keys" => (&self.user, ""),
            _ => (&self.article, self.slugs["en"].as_str()),
        };
        let filled = template.replace("{id}", id).replace("{slug}", slug);
        let filled = filled
            .replace("{lang}", "en")
            .replace("{list}", &self.list_slug);
        filled
            .replace("{n}", "1")
            .replace("{number}", "1")
            .replace("{code}", "stale")
    }
}
