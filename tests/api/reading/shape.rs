//! What an answer keeps and what it carries besides.

use serde_json::{Value, json};

use super::published_in;
use crate::support::{TestApp, id_of};

async fn quoted(app: &TestApp) -> String {
    let article = app
        .published_article(json!({
            "sources": {"minister": {"kind": "person", "names": {"en": "A Minister"}}},
            "related": [{"rel": "related", "external": {"lang": "az", "headline": "Körpü"}}],
            "texts": {"en": {"headline": "The bridge", "body_markdown": "It will open.",
                "quotes": [{"source": "#minister", "manner": "direct", "text": "It will open."}]}},
        }))
        .await;
    id_of(&article).to_owned()
}

fn names(json: &Value) -> Vec<&str> {
    json.as_object()
        .expect("fields")
        .keys()
        .map(String::as_str)
        .collect()
}

#[actix_web::test]
async fn fields_keep_what_is_named_and_nothing_else() {
    let app = TestApp::start().await;
    let id = quoted(&app).await;
    let read = app
        .read_article(&id, "?fields=headline,slug")
        .await
        .expect(200);
    assert_eq!(
        read.json,
        json!({"headline": "The bridge", "slug": "the-bridge"})
    );
    let read = app
        .read_article(&id, "?include=quotes&fields=quotes.text,quotes.source.name")
        .await
        .expect(200);
    assert_eq!(
        read.json,
        json!({"quotes": [{"text": "It will open.", "source": {"name": "A Minister"}}]})
    );
    let read = app
        .read_article(&id, "?fields=reviews.count,section.name")
        .await
        .expect(200);
    assert_eq!(read.json, json!({"reviews": {"count": 0}, "section": null}));
    let list = app
        .anonymous()
        .get("/v1/articles?lang=en&fields=id")
        .await
        .expect(200)
        .json;
    assert_eq!(list["items"], json!([{"id": id}]));
    assert_eq!(
        (&list["served"]["lang"], &list["page"]["size"]),
        (&json!("en"), &json!(1))
    );
    for query in [
        "?fields=title",
        "?fields=headline.en",
        "?fields=quotes.words&include=quotes",
        "?fields=",
    ] {
        app.read_article(&id, query)
            .await
            .problem("invalid-parameter", 400)
            .at("fields");
    }
}

#[actix_web::test]
async fn an_answer_carries_only_what_was_asked_for() {
    let app = TestApp::start().await;
    let id = quoted(&app).await;
    let plain = app.read_article(&id, "").await.expect(200).json;
    assert_eq!(names(&plain["quotes"][0]), ["id", "source"]);
    for field in ["sources", "related"] {
        assert_eq!(plain.get(field), None, "{field}");
    }
    assert_eq!(plain["reviews"].get("items"), None);
    let full = app
        .read_article(&id, "?include=quotes,sources,related,reviews")
        .await
        .expect(200)
        .json;
    assert_eq!(full["quotes"][0]["text"], "It will open.");
    assert_eq!(full["sources"][0]["name"], "A Minister");
    assert_eq!(full["related"][0]["external"]["lang"], "az");
    assert_eq!(full["reviews"]["items"], json!([]));
    app.read_article(&id, "?include=authors")
        .await
        .problem("invalid-parameter", 400)
        .at("include");
    app.read_article(&id, "?inclde=quotes")
        .await
        .problem("unknown-parameter", 400)
        .at("inclde");

    let list = app
        .anonymous()
        .get("/v1/articles?lang=en&include=quotes,topics")
        .await
        .expect(200)
        .json;
    assert_eq!(list["items"][0]["quotes"][0]["text"], "It will open.");
    assert_eq!(
        (
            &list["items"][0]["topics"],
            &list["items"][0]["quote_count"]
        ),
        (&json!([]), &json!(1))
    );
    let list = app
        .anonymous()
        .get("/v1/articles?lang=en")
        .await
        .expect(200)
        .json;
    assert_eq!(
        (
            list["items"][0].get("quotes"),
            list["items"][0].get("topics")
        ),
        (None, None)
    );
}

#[actix_web::test]
async fn the_parts_of_an_article_have_addresses_of_their_own() {
    let app = TestApp::start().await;
    let id = quoted(&app).await;
    let reader = app.anonymous();
    let full = app
        .read_article(&id, "?include=quotes,related")
        .await
        .expect(200)
        .json;
    for part in ["quotes", "related"] {
        let list = reader
            .get(&format!("/v1/articles/{id}/{part}"))
            .await
            .expect(200)
            .json;
        assert_eq!(
            (&list["items"], &list["served"]),
            (&full[part], &full["served"])
        );
    }
    let plain = published_in(&app, &["ru"]).await;
    for part in ["quotes", "related"] {
        let list = reader
            .get(&format!("/v1/articles/{plain}/{part}"))
            .await
            .expect(200)
            .json;
        assert_eq!(list["items"], json!([]));
    }
}
