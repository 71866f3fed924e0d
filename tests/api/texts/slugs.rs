//! Addresses of texts: made, named, moved and never given away.

use serde_json::json;

use super::Scene;
use crate::support::id_of;

#[actix_web::test]
async fn slugs_come_of_the_headline_in_its_language() {
    let scene = Scene::with(json!({"headline": "The bridge opens in May"})).await;
    let texts = json!({
        "az": {"headline": "Şəhərdə körpü açılır"}, "ru": {"headline": "Мост откроют в мае"},
        "en": {"headline": "The bridge opens in May"},
    });
    let second = scene.app.posted_article(json!({"texts": texts})).await;
    assert_eq!(second["texts"]["az"]["slug"], "seherde-korpu-acilir");
    let russian = second["texts"]["ru"]["slug"].as_str().expect("a slug");
    assert!(
        russian.starts_with("most-otkro") && russian.is_ascii(),
        "{russian}"
    );
    assert_eq!(second["texts"]["en"]["slug"], "the-bridge-opens-in-may-2");
    let third = scene.app.posted_article(json!({})).await;
    assert_eq!(third["texts"]["en"]["slug"], "the-bridge-opens-in-may-3");

    let taken = scene
        .app
        .patch_text(
            id_of(&third),
            "en",
            json!({"slug": "the-bridge-opens-in-may"}),
        )
        .await;
    taken.problem("slug-taken", 409).at("/slug");
    let text = json!({"headline": "Another", "slug": "the-bridge-opens-in-may"});
    let posting = json!({"kind": "news", "texts": {"en": text}});
    let posting = scene.app.as_editor().post("/v1/desk/articles", posting);
    posting
        .await
        .problem("slug-taken", 409)
        .at("/texts/en/slug");
    let other_language = scene.app.patch_text(
        id_of(&second),
        "az",
        json!({"slug": "the-bridge-opens-in-may"}),
    );
    other_language.await.expect(200);
}

#[actix_web::test]
async fn an_old_slug_leads_to_the_new_one_and_is_never_given_away() {
    let scene = Scene::set().await;
    scene.publish().await;
    scene
        .patch(json!({"headline": "The bridge opens in June"}))
        .await
        .expect(200);
    assert_eq!(scene.text().await.json["slug"], "the-bridge-opens-in-may");
    scene
        .patch(json!({"slug": "bridge-in-june"}))
        .await
        .expect(200);
    let reader = scene.app.anonymous();
    reader
        .get("/v1/articles/by-slug/en/the-bridge-opens-in-may")
        .await
        .expect(200);
    reader
        .get("/v1/articles/by-slug/en/bridge-in-june")
        .await
        .problem("not-found", 404);
    scene.publish().await;

    for door in ["articles/by-slug", "pages/articles"] {
        reader
            .get(&format!("/v1/{door}/en/bridge-in-june"))
            .await
            .expect(200);
        let moved = reader
            .get(&format!(
                "/v1/{door}/en/the-bridge-opens-in-may?body=text&fields=id"
            ))
            .await;
        let moved = moved.expect(301);
        let place = format!("/v1/{door}/en/bridge-in-june?body=text&fields=id");
        assert_eq!(moved.header("location"), Some(place.as_str()));
        assert_eq!(moved.header("cache-control"), Some("public, max-age=15"));
    }
    let other = scene.app.posted_article(json!({})).await;
    assert_eq!(other["texts"]["en"]["slug"], "the-bridge-opens-in-may-2");
    let wish = json!({"slug": "the-bridge-opens-in-may"});
    scene
        .app
        .patch_text(id_of(&other), "en", wish.clone())
        .await
        .problem("slug-taken", 409);
    scene.patch(wish).await.expect(200);
}

#[actix_web::test]
async fn a_draft_gives_back_the_slug_that_it_no_longer_uses() {
    let scene = Scene::set().await;
    scene.patch(json!({"slug": "bridge"})).await.expect(200);
    let other = scene.app.posted_article(json!({})).await;
    assert_eq!(other["texts"]["en"]["slug"], "the-bridge-opens-in-may");
    let again = scene.patch(json!({"slug": null})).await.expect(200).json;
    assert_eq!(again["slug"], "the-bridge-opens-in-may-2");
}

#[actix_web::test]
async fn a_name_that_many_have_is_numbered_on() {
    let scene = Scene::with(json!({"headline": "Weather"})).await;
    // One that only begins like it takes no number.
    let text = json!({"headline": "Weather 2 be expected", "slug": "weather-2-be-expected"});
    scene
        .app
        .posted_article(json!({"texts": {"en": text}}))
        .await;
    for nth in 2..=22 {
        let texts = json!({"en": {"headline": "Weather!"}});
        let posted = scene.app.posted_article(json!({"texts": texts})).await;
        assert_eq!(posted["texts"]["en"]["slug"], format!("weather-{nth}"));
    }
}
