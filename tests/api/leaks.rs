//! Nothing unpublished is visible through any readers' route: every one of them is walked with
//! secrets in the database, and every answer searched for them.

use serde_json::{Value, json};

use crate::support::{TestApp, contract, id_of};

/// A word that stands in everything that nobody may see, and nowhere else.
const SECRET: &str = "qzxv";

/// What is hidden: ids that no answer may say, and names that addresses may be tried with.
#[derive(Default)]
struct Hidden {
    ids: Vec<String>,
    slugs: Vec<String>,
}

impl Hidden {
    fn id(&mut self, json: &Value) -> String {
        let id = id_of(json).to_owned();
        self.ids.push(id.clone());
        id
    }
}

fn secret_text(name: &str, source: &str) -> Value {
    json!({
        "headline": format!("{SECRET} {name}"), "standfirst": format!("{SECRET} stands first"),
        "body_markdown": format!("She said {SECRET} words of {name}."),
        "quotes": [{"source": source, "manner": "direct", "anchor": {"segments": [{"exact": format!("{SECRET} words")}]},
            "attribution": {"stated_role": format!("{SECRET} officer"), "outlet": source}}],
    })
}

fn secret_article(name: &str, source: &str) -> Value {
    json!({"kind": "news", "external_id": format!("{SECRET}:{name}"), "section": "city", "topics": ["rain"],
        "texts": {"en": secret_text(name, source)}})
}

async fn hide_articles(app: &TestApp, hidden: &mut Hidden, source: &str) -> Vec<String> {
    let mut ids = Vec::new();
    for name in ["draft", "waiting", "down", "deleted"] {
        let made = app.posted_article(secret_article(name, source)).await;
        ids.push(hidden.id(&made));
        hidden.slugs.push(format!("{SECRET}-{name}"));
        let quotes = format!("/v1/desk/articles/{}/quotes", id_of(&made));
        let quotes = app.as_editor().get(&quotes).await.expect(200).json;
        hidden.id(&quotes["items"][0]);
    }
    app.put_state(&ids[1], "en", "submission", json!({}))
        .await
        .expect(200);
    app.publish_text(&ids[2], "en").await;
    app.unpublish_text(&ids[2], "en").await;
    ids
}

/// A published article with everything hidden that can hang on one.
async fn hide_around(app: &TestApp, hidden: &mut Hidden, drafts: &[String], source: &str) -> Value {
    let related: Vec<Value> = drafts
        .iter()
        .map(|id| json!({"rel": "related", "internal": id}))
        .collect();
    let open = app
        .published_article(json!({"section": "city", "topics": ["rain"], "related": related}))
        .await;
    let id = id_of(&open);
    let pending = json!({"headline": format!("{SECRET} pending"), "body_markdown": format!("{SECRET} pending words.")});
    app.patch_text(id, "en", pending).await.expect(200);
    let az = format!("/v1/desk/articles/{id}/texts/az");
    let text = secret_text("az", source);
    app.as_editor()
        .put(&az, text)
        .header("if-none-match", "*")
        .await
        .expect(201);
    hidden.slugs.push(format!("{SECRET}-az"));
    let review = json!({"author": {"name": format!("{SECRET} guest")}, "lang": "en", "body": format!("{SECRET} review")});
    let review = app
        .anonymous()
        .post(&format!("/v1/articles/{id}/reviews"), review)
        .await
        .expect(202)
        .json;
    hidden.id(&review);
    open
}

async fn delete(app: &TestApp, id: &str) {
    let path = format!("/v1/desk/articles/{id}");
    let tag = app.as_editor().get(&path).await.expect(200).etag();
    let deleting = app.as_editor().delete(&path);
    deleting.if_match(&tag).await.expect(204);
}

async fn pin(app: &TestApp, drafts: &[String]) {
    let lists = app.as_editor().get("/v1/desk/lists").await.expect(200).json;
    let path = format!("/v1/desk/lists/{}", id_of(&lists["items"][0]));
    let pins: Vec<Value> = drafts
        .iter()
        .zip(1..)
        .map(|(id, position)| json!({"article": id, "position": position, "until": null}))
        .collect();
    let tag = app.as_editor().get(&path).await.expect(200).etag();
    let pinning = app.as_editor().patch(&path, json!({"pins": pins}));
    pinning.if_match(&tag).await.expect(200);
}

async fn hide_notices(app: &TestApp, hidden: &mut Hidden) {
    for starts in ["2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z"] {
        let texts = json!({"en": {"headline": format!("{SECRET} notice"), "body_markdown": format!("{SECRET} notice")}});
        let notice =
            json!({"kind": "civic", "window": {"starts": starts, "ends": null}, "texts": texts});
        let made = app
            .as_editor()
            .post("/v1/desk/notices", notice)
            .await
            .expect(201)
            .json;
        let id = hidden.id(&made);
        if starts.starts_with('2') && starts > "2026" {
            let text = format!("/v1/desk/notices/{id}/texts/en");
            let tag = app.as_editor().get(&text).await.expect(200).etag();
            let publishing = app
                .as_editor()
                .put(&format!("{text}/publication"), json!({}));
            publishing.if_match(&tag).await.expect(200);
        }
    }
}

/// Every readers' GET of the document, with each hidden thing in its place.
fn addresses(hidden: &Hidden, open: &str) -> Vec<String> {
    let mut paths = Vec::new();
    let gets = contract::operations()
        .into_iter()
        .filter(|operation| operation.method == "GET");
    for operation in gets.filter(|operation| !operation.path.starts_with("/v1/desk")) {
        paths.push(operation.filled_path());
        let names = operation.names_in_path();
        let tried = |name: &str, value: &str| operation.path.replace(&format!("{{{name}}}"), value);
        if names.contains(&"id") {
            paths.extend(
                hidden
                    .ids
                    .iter()
                    .map(String::as_str)
                    .chain([open])
                    .map(|id| tried("id", id)),
            );
        }
        if names.contains(&"list") {
            let feed = tried("list", "news-line");
            paths.extend(["az", "en"].map(|lang| feed.replace("{lang}", lang)));
        }
        if names.contains(&"slug") {
            for lang in ["az", "en"] {
                let slugs = hidden
                    .slugs
                    .iter()
                    .map(String::as_str)
                    .chain(["news-line", "the-bridge-opens-in-may"]);
                paths.extend(slugs.map(|slug| tried("slug", slug).replace("{lang}", lang)));
            }
        }
    }
    paths
}

/// The ways to ask for more, each put to every address; those it does not know are refused.
fn questions(hidden: &Hidden) -> Vec<String> {
    let ids = hidden.ids.join(",");
    let fixed = [
        "",
        "?lang=az",
        "?lang=az&lang_fallback=any",
        "?lang=en&count=true&limit=100",
        "?count=true&limit=100",
        "?include=quotes,sources,related,reviews",
        "?include=quotes,topics&lang=en",
        "?body=text",
        "?active_at=2999-06-01T00:00:00Z",
        "?section=city&lang=en",
        "?topic=rain&lang=en",
        "?sort=published_at&lang=en",
        "?area=AZ-BA",
    ];
    let named = ["ids", "source", "outlet"].map(|name| format!("?{name}={ids}"));
    fixed.map(str::to_owned).into_iter().chain(named).collect()
}

#[actix_web::test]
async fn no_readers_route_shows_what_is_not_published() {
    let app = TestApp::start().await;
    let editor = app.as_editor();
    for (kind, slug) in [("sections", "city"), ("topics", "rain")] {
        let term = json!({"slug": slug, "names": {"en": slug}});
        editor
            .post(&format!("/v1/desk/{kind}"), term)
            .await
            .expect(201);
    }
    let mut hidden = Hidden::default();
    let source = json!({"kind": "person", "names": {"en": format!("{SECRET} Person")}});
    let source = editor
        .post("/v1/desk/sources", source)
        .await
        .expect(201)
        .json;
    let source = hidden.id(&source);
    let drafts = hide_articles(&app, &mut hidden, &source).await;
    let open = hide_around(&app, &mut hidden, &drafts, &source).await;
    pin(&app, &drafts).await;
    delete(&app, &drafts[3]).await;
    hide_notices(&app, &mut hidden).await;

    let mut shown = 0;
    for path in addresses(&hidden, id_of(&open)) {
        for question in questions(&hidden) {
            let address = format!("{path}{question}");
            let answer = app.anonymous().get(&address).await;
            let said = answer
                .text()
                .to_lowercase()
                .replace(&path.to_lowercase(), "");
            assert!(!said.contains(SECRET), "{answer}");
            for id in hidden
                .ids
                .iter()
                .filter(|id| !address.contains(id.as_str()))
            {
                assert!(!said.contains(id.as_str()), "{id} in {answer}");
            }
            let headers = format!("{:?}", answer.headers);
            assert!(!headers.contains(SECRET), "{answer}");
            shown += usize::from(answer.status == 200);
        }
    }
    assert!(shown > 50, "only {shown} answers had something to search");
    app.read_article(id_of(&open), "").await.expect(200);
    for id in &hidden.ids {
        for kind in ["articles", "sources", "quotes", "notices"] {
            let path = format!("/v1/{kind}/{id}");
            app.anonymous().get(&path).await.problem("not-found", 404);
        }
        let list = app
            .anonymous()
            .get(&format!("/v1/articles?lang=en&ids={id}&count=true"))
            .await;
        assert_eq!(list.expect(200).json["total"], 0);
    }
}
