//! Which form is given, and what is said of the others.

use reqwest::Method;
use serde_json::json;

use super::Scene;
use crate::support::{Answer, TestApp};

const JSON: &str = "application/json";
const LINKED: &str = "application/ld+json";
const ANNOTATION: &str = "application/ld+json; profile=\"http://www.w3.org/ns/anno.jsonld\"";
const NINJS: &str =
    "application/json; profile=\"http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#\"";

fn varies(answer: &Answer) -> Vec<String> {
    let vary = answer.header("vary").unwrap_or_default().split(", ");
    vary.map(str::to_lowercase).collect()
}

#[actix_web::test]
async fn accept_chooses_the_form_and_a_suffix_gives_the_same() {
    let scene = Scene::published().await;
    let (article, quote) = (
        format!("/v1/articles/{}", scene.id),
        format!("/v1/quotes/{}", scene.quotes[0]),
    );
    let slug = "/v1/articles/by-slug/en/the-script-bridge".to_owned();
    let reader = scene.app.anonymous();
    for (path, accept, content_type, suffix) in [
        (&article, "", JSON, ""),
        (&article, "text/html, */*;q=0.1", JSON, ""),
        (&article, "text/html", JSON, ""),
        (&article, LINKED, LINKED, ".jsonld"),
        (&article, NINJS, NINJS, ".ninjs"),
        (&slug, LINKED, LINKED, ".jsonld"),
        (&slug, NINJS, NINJS, ".ninjs"),
        (&slug, JSON, JSON, ""),
        (&quote, LINKED, LINKED, ".jsonld"),
        (&quote, ANNOTATION, ANNOTATION, ".anno.jsonld"),
        (
            &quote,
            "application/json;q=0.5, application/ld+json;q=0.6",
            LINKED,
            ".jsonld",
        ),
    ] {
        let asked = reader.get(path).header("accept", accept).await.expect(200);
        assert_eq!(
            asked.header("content-type"),
            Some(content_type),
            "{path} as {accept}"
        );
        assert!(varies(&asked).contains(&"accept".to_owned()), "{asked}");
        // The suffix decides whatever is accepted.
        let named = reader
            .get(&format!("{path}{suffix}"))
            .header("accept", "text/html")
            .await
            .expect(200);
        assert_eq!(
            (&named.bytes, named.header("content-type")),
            (&asked.bytes, Some(content_type))
        );
        assert_eq!(named.headers["etag"], asked.headers["etag"]);
        if !suffix.is_empty() {
            assert!(
                !varies(&named).contains(&"accept".to_owned()),
                "{path}{suffix}"
            );
        }
    }
}

#[actix_web::test]
async fn each_form_is_kept_by_itself() {
    let scene = Scene::published().await;
    let path = format!("/v1/articles/{}?lang=en", scene.id);
    let reader = scene.app.anonymous();
    let mut tags: Vec<String> = Vec::new();
    for accept in [JSON, LINKED, NINJS] {
        let read = reader.get(&path).header("accept", accept).await.expect(200);
        for header in ["last-modified", "surrogate-key", "cache-control"] {
            assert!(read.header(header).is_some(), "{header} of {accept}");
        }
        assert_eq!(read.header("content-language"), Some("en"));
        for key in [format!("article:{}", scene.id), "site".to_owned()] {
            let keys = read.header("surrogate-key").unwrap_or_default();
            assert!(keys.split(' ').any(|known| known == key), "{key} in {keys}");
        }
        let again = reader
            .get(&path)
            .header("accept", accept)
            .header("if-none-match", &read.etag());
        let again = again.await.expect(304);
        assert!(varies(&again).contains(&"accept".to_owned()), "{again}");
        let head = reader
            .head(&path)
            .header("accept", accept)
            .await
            .expect(200);
        assert_eq!(
            (head.header("content-type"), head.etag()),
            (Some(accept), read.etag())
        );
        for other in &tags {
            let asking = reader
                .get(&path)
                .header("accept", accept)
                .header("if-none-match", other);
            asking.await.expect(200);
        }
        tags.push(read.etag());
    }
}

#[actix_web::test]
async fn every_form_links_to_the_others() {
    let scene = Scene::published().await;
    let reader = scene.app.anonymous();
    for (path, others) in [
        (format!("/v1/articles/{}", scene.id), 2),
        ("/v1/articles/by-slug/en/the-script-bridge".to_owned(), 2),
        (format!("/v1/quotes/{}", scene.quotes[0]), 2),
    ] {
        for suffix in ["", ".jsonld"] {
            let read = reader
                .get(&format!("{path}{suffix}"))
                .header("accept-language", "az")
                .await
                .expect(200);
            let links = read
                .headers
                .get_all("link")
                .iter()
                .filter_map(|link| link.to_str().ok());
            let links: Vec<&str> = links.filter(|link| link.contains("; type=")).collect();
            assert_eq!(links.len(), others, "{path}{suffix}: {links:?}");
            for link in links {
                let (address, said) = link
                    .trim_start_matches('<')
                    .split_once(">; rel=\"alternate\"; type=")
                    .expect("an alternate");
                let there = reader
                    .get(address)
                    .header("accept-language", "ru")
                    .await
                    .expect(200);
                let content_type = there.header("content-type").expect("a type").to_owned();
                assert_eq!(
                    content_type.split(';').next(),
                    said.split('"').nth(1),
                    "{link}"
                );
                assert_eq!(
                    there.header("content-language"),
                    read.header("content-language"),
                    "{link}"
                );
            }
        }
    }
}

#[actix_web::test]
async fn what_shapes_json_is_refused_for_other_forms() {
    let scene = Scene::published().await;
    let reader = scene.app.anonymous();
    let article = format!("/v1/articles/{}", scene.id);
    for (query, name) in [
        ("fields=id", "fields"),
        ("include=quotes", "include"),
        ("body=text", "body"),
    ] {
        for path in [
            article.as_str(),
            "/v1/articles/by-slug/en/the-script-bridge",
        ] {
            let asking = reader.get(&format!("{path}?{query}"));
            asking
                .header("accept", LINKED)
                .await
                .problem("invalid-parameter", 400)
                .at(name);
            reader.get(&format!("{path}?{query}")).await.expect(200);
            for suffix in [".jsonld", ".ninjs"] {
                let asking = reader.get(&format!("{path}{suffix}?{query}"));
                asking.await.problem("unknown-parameter", 400).at(name);
            }
        }
    }
    let quote = format!("/v1/quotes/{}", scene.quotes[0]);
    let asking = reader
        .get(&format!("{quote}?fields=id"))
        .header("accept", ANNOTATION);
    asking.await.problem("invalid-parameter", 400).at("fields");
    let by_slug = "/v1/articles/by-slug/en/the-script-bridge.jsonld?lang=az";
    reader
        .get(by_slug)
        .await
        .problem("unknown-parameter", 400)
        .at("lang");
}

#[actix_web::test]
async fn an_old_address_leads_to_the_same_form() {
    let scene = Scene::published().await;
    scene
        .app
        .patch_text(&scene.id, "en", json!({"slug": "the-span"}))
        .await
        .expect(200);
    scene.app.publish_text(&scene.id, "en").await;
    for suffix in ["", ".jsonld", ".ninjs"] {
        let old = format!("/v1/articles/by-slug/en/the-script-bridge{suffix}");
        let moved = scene
            .app
            .anonymous()
            .get(&old)
            .header("accept", LINKED)
            .await
            .expect(301);
        let there = format!("/v1/articles/by-slug/en/the-span{suffix}");
        assert_eq!(moved.header("location"), Some(there.as_str()));
        scene.get(&there).await;
    }
}

#[actix_web::test]
async fn a_suffix_is_an_address_like_any_other() {
    let app = TestApp::start().await;
    let nobody = "0192f1a2-7c3e-7b10-9a55-1f0c2d3e4a01";
    for kind in ["articles", "quotes", "notices"] {
        for id in [nobody, "nothing", "0192f1a2", "%00", "1.2", "x.anno"] {
            let path = format!("/v1/{kind}/{id}.jsonld");
            app.anonymous()
                .raw(&format!("GET {path} HTTP/1.1"), &[], b"")
                .await
                .problem("not-found", 404);
        }
        for path in [
            format!("/v1/{kind}/.jsonld"),
            format!("/v1/{kind}/{nobody}.xml"),
            format!("/v1/{kind}/{nobody}.jsonld/"),
        ] {
            app.anonymous().get(&path).await.problem("not-found", 404);
        }
        let path = format!("/v1/{kind}/{nobody}.jsonld");
        let refused = app
            .anonymous()
            .request(Method::PUT, &path)
            .await
            .problem("method-not-allowed", 405);
        assert_eq!(refused.header("allow"), Some("GET, HEAD, OPTIONS"));
        let options = app
            .anonymous()
            .request(Method::OPTIONS, &path)
            .await
            .expect(204);
        assert_eq!(options.header("allow"), Some("GET, HEAD, OPTIONS"));
    }
}

#[actix_web::test]
async fn a_renamed_section_and_site_are_told_anew() {
    let scene = Scene::published().await;
    let path = format!("/v1/quotes/{}.jsonld", scene.quotes[0]);
    let before = scene.get(&path).await;
    let keys = before.header("surrogate-key").expect("keys").to_owned();
    let sections = scene
        .app
        .as_editor()
        .get("/v1/desk/sections")
        .await
        .expect(200)
        .json;
    let section = sections["items"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let needed = [
        format!("section:{section}"),
        format!("article:{}", scene.id),
        "site".to_owned(),
        format!("quote:{}", scene.quotes[0]),
    ];
    for key in needed {
        assert!(keys.split(' ').any(|known| known == key), "{key} in {keys}");
    }
    let desk = format!("/v1/desk/sections/{section}");
    let etag = scene.app.as_editor().get(&desk).await.expect(200).etag();
    scene
        .app
        .as_editor()
        .patch(&desk, json!({"slug": "town"}))
        .if_match(&etag)
        .await
        .expect(200);
    let after = scene.get(&path).await;
    assert_eq!(
        after.json["isPartOf"]["url"],
        "https://example.az/en/town/the-script-bridge"
    );
    assert_ne!(after.etag(), before.etag());
}
