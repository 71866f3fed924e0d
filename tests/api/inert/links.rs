//! Addresses that run, or that one program reads as another than the next: refused where they are
//! typed into a field, words where they are pasted.

use serde_json::{Value, json};

use super::judge;
use super::strings::ADDRESSES;
use crate::support::{Answer, Client, TestApp, id_of};

const GOOD: &str = "https://example.az/körpü?a=b#c";

fn article() -> Value {
    json!({
        "kind": "news",
        "authors": [{"name": "A Reporter", "user": null, "url": GOOD}],
        "related": [{"rel": "related", "external": {"lang": "en", "headline": "A page", "programme": null, "url": GOOD}}],
        "sources": {"who": {"kind": "person", "names": {"en": "Murad"}, "same_as": [GOOD]}},
        "texts": {"en": {
            "headline": "The bridge",
            "image": {"url": GOOD, "alt": null, "caption": null, "credit": null, "width": null, "height": null},
            "body": [
                {"_type": "block", "markDefs": [{"_type": "link", "_key": "m", "href": GOOD}],
                    "children": [{"_type": "span", "text": "The bridge opens.", "marks": ["m"]}]},
                {"_type": "image", "url": GOOD, "alt": "A bridge"},
                {"_type": "embed", "url": GOOD},
            ],
            "quotes": [{"source": "#who", "manner": "direct", "text": "opens", "attribution": {"evidence_url": GOOD}}],
        }},
    })
}

fn notice() -> Value {
    json!({
        "kind": "civic", "window": {"starts": "2026-11-01T00:00:00Z", "ends": null},
        "action": {"url": GOOD, "label": {"en": "Act"}},
        "texts": {"en": {"headline": "Dear resident!", "body": [
            {"_type": "block", "markDefs": [{"_type": "link", "_key": "m", "href": GOOD}],
                "children": [{"_type": "span", "text": "Act.", "marks": ["m"]}]},
        ]}},
    })
}

async fn patch_site(client: &Client, patch: Value) -> Answer {
    let etag = client.get("/v1/desk/site").await.expect(200).etag();
    client.patch("/v1/desk/site", patch).if_match(&etag).await
}

/// Puts each address into each of the fields of a post that is good without it.
async fn refuses(client: &Client, door: &str, good: Value, fields: &[&str]) {
    client.post(door, good.clone()).await.expect(201);
    for field in fields {
        for address in ADDRESSES {
            let mut bad = good.clone();
            *bad.pointer_mut(field).expect("a field") = json!(address);
            let answer = client.post(door, bad).await;
            assert_eq!(answer.status, 422, "{field} {address:?}: {answer}");
            answer.at(field);
        }
    }
}

#[actix_web::test]
async fn an_address_that_is_typed_is_of_the_web_or_refused_by_name() {
    let app = TestApp::start().await;
    let article_fields = [
        "/authors/0/url",
        "/related/0/external/url",
        "/sources/who/same_as/0",
        "/texts/en/image/url",
        "/texts/en/body/0/markDefs/0/href",
        "/texts/en/body/1/url",
        "/texts/en/body/2/url",
        "/texts/en/quotes/0/attribution/evidence_url",
    ];
    let editor = app.as_editor();
    refuses(&editor, "/v1/desk/articles", article(), &article_fields).await;
    let notice_fields = ["/action/url", "/texts/en/body/0/markDefs/0/href"];
    refuses(&editor, "/v1/desk/notices", notice(), &notice_fields).await;
    let source = json!({"kind": "person", "names": {"en": "Murad"}, "same_as": [GOOD]});
    refuses(&editor, "/v1/desk/sources", source, &["/same_as/0"]).await;
}

#[actix_web::test]
async fn the_addresses_of_the_site_are_of_the_web() {
    let app = TestApp::start().await;
    let admin = app.as_admin();
    // With a name after it, `https://` is the beginning of a good pattern.
    for address in ADDRESSES.iter().filter(|address| **address != "https://") {
        let social = json!({"social": [{"network": "x", "url": address}]});
        patch_site(&admin, social)
            .await
            .problem("invalid-field", 422)
            .at("/social/0/url");
        for (field, rest) in [
            ("article_url", "{slug}"),
            ("notice_url", "{id}"),
            ("home_url", "{lang}"),
        ] {
            let pattern = json!({field: format!("{address}{rest}")});
            let refused = patch_site(&admin, pattern).await;
            assert_eq!(refused.status, 422, "{address:?} {refused}");
            refused.at(&format!("/{field}"));
        }
    }
}

#[actix_web::test]
async fn an_address_that_is_pasted_is_of_the_web_or_only_words() {
    let app = TestApp::start().await;
    let escaped = |address: &str| address.replace('"', "&quot;");
    let html: String = ADDRESSES
        .iter()
        .map(|address| escaped(address))
        .map(|address| {
            format!(
                "<p><a href=\"{address}\">words</a> <img src=\"{address}\" alt=\"words\"></p>\
                 <p><iframe src=\"{address}\" title=\"words\"></iframe> <q cite=\"{address}\">words</q></p>"
            )
        })
        .collect();
    let markdown: String = ADDRESSES
        .iter()
        .enumerate()
        .map(|(nth, address)| {
            format!(
                "[words]({address}) ![words]({address})\n\n[words](<{address}>)\n\n[words][{nth}]\n\n\
                 [{nth}]: {address}\n\nsee <{address}>\n\n"
            )
        })
        .collect();
    let texts = json!({
        "en": {"headline": "HTML", "body_html": html},
        "az": {"headline": "Markdown", "body_markdown": markdown},
    });
    let article = app.published_article(json!({"texts": texts})).await;
    for lang in ["en", "az"] {
        for body in ["html", "markdown", "blocks"] {
            let query = format!("?lang={lang}&body={body}");
            let read = app.read_article(id_of(&article), &query).await.expect(200);
            judge::answer(&read, &query);
            let words = read.text().matches("words").count();
            assert!(
                words >= 3 * ADDRESSES.len(),
                "only {words} of the words in {read}"
            );
        }
    }
}
