//! The queue, decisions, and what is read.

use super::*;

#[actix_web::test]
async fn moderators_see_the_queue_and_the_e_mail() {
    let scene = Scene::set().await;
    let first = scene.leave(review()).await;
    let second = scene.leave(review()).await;
    let third = scene.approved(review()).await;
    let list = |query: &str| {
        scene
            .app
            .as_moderator()
            .get(&format!("/v1/desk/reviews?{query}"))
    };

    let pending = list("state=pending&sort=created_at&count=true")
        .await
        .expect(200)
        .json;
    assert_eq!(ids(&pending), [&first.id, &second.id].map(String::clone));
    assert_eq!(pending["total"], 2);
    let author = json!({"name": "A reader", "email": "reader@example.org"});
    assert_eq!(pending["items"][0]["author"], author);

    let page = list("limit=2").await.expect(200).json;
    assert_eq!(ids(&page), [&third.id, &second.id].map(String::clone));
    let next = page["page"]["next"].as_str().expect("a cursor");
    let rest = list(&format!("limit=2&cursor={next}"))
        .await
        .expect(200)
        .json;
    assert_eq!(ids(&rest), [first.id.as_str()]);
    let prev = rest["page"]["prev"].as_str().expect("a cursor");
    let back = list(&format!("limit=2&cursor={prev}"))
        .await
        .expect(200)
        .json;
    assert_eq!(ids(&back), ids(&page));

    let of_article = list(&format!("article={}&lang=en,az", scene.article)).await;
    assert_eq!(ids(&of_article.expect(200).json).len(), 3);
    let none = list(&format!("article={}&lang=ru", scene.article)).await;
    assert_eq!(ids(&none.expect(200).json).len(), 0);
    list("state=open")
        .await
        .problem("invalid-parameter", 400)
        .at("state");

    let contributor = scene.app.as_contributor().get("/v1/desk/reviews");
    contributor.await.problem("forbidden", 403);
    scene
        .app
        .as_moderator()
        .get(&format!("/v1/desk/reviews/{}", scene.article))
        .await
        .problem("not-found", 404);
}

#[actix_web::test]
async fn a_decision_names_the_version_that_was_read() {
    let scene = Scene::set().await;
    let left = scene.leave(review()).await;
    let path = format!("/v1/desk/reviews/{}", left.id);
    let read = scene.app.as_moderator().get(&path).await.expect(200).etag();
    scene
        .edit(&left, json!({"body": "Buy now!"}))
        .await
        .expect(200);
    let decision = format!("{path}/decision");
    let deciding = || {
        scene
            .app
            .as_moderator()
            .put(&decision, json!({"state": "approved"}))
    };
    deciding().if_match(&read).await.problem("stale", 412);
    deciding().await.problem("precondition-required", 428);
    for state in ["pending", "withdrawn", "erased"] {
        let deciding = scene
            .app
            .as_moderator()
            .put(&decision, json!({"state": state}));
        deciding
            .if_match("*")
            .await
            .problem("invalid-field", 422)
            .at("/state");
    }
    assert_eq!(scene.ids_shown().await, [""; 0]);
}

#[actix_web::test]
async fn readers_page_through_reviews_in_the_languages_they_read() {
    let app = TestApp::with([("NEWSLINE_REVIEW_REPEAT_HOURS", "0")]).await;
    let text = |headline: &str| json!({"headline": headline, "body_markdown": "A paragraph."});
    let texts = json!({"en": text("The bridge opens"), "az": text("Körpü açılır")});
    let policy = json!({"review_policy": "post_moderated", "texts": texts});
    let article = app.published_article(policy).await;
    let article = article["id"].as_str().expect("an id").to_owned();
    let scene = Scene { app, article };
    let mut left = Vec::new();
    for lang in ["en", "az", "en", "az", "en"] {
        left.push(scene.leave(review_with(json!({"lang": lang}))).await.id);
    }
    left.reverse();

    let list = |query: &str| {
        scene
            .app
            .anonymous()
            .get(&format!("{}?{query}", scene.path()))
    };
    let page = list("limit=2&count=true").await.expect(200);
    assert_eq!(ids(&page.json), left[..2]);
    assert_eq!(page.json["total"], 5);
    assert!(
        page.header("link")
            .is_some_and(|link| link.contains("rel=\"next\""))
    );
    let keys = format!("article:{0} reviews:{0}", scene.article);
    assert_eq!(page.header("surrogate-key"), Some(keys.as_str()));
    let next = page.json["page"]["next"].as_str().expect("a cursor");
    let second = list(&format!("limit=2&count=true&cursor={next}"))
        .await
        .expect(200)
        .json;
    assert_eq!(ids(&second), left[2..4]);
    let prev = second["page"]["prev"].as_str().expect("a cursor");
    let first = list(&format!("limit=2&count=true&cursor={prev}"))
        .await
        .expect(200)
        .json;
    assert_eq!(ids(&first), left[..2]);

    let in_azerbaijani = list("lang=az").await.expect(200).json;
    assert_eq!(ids(&in_azerbaijani), [left[1].clone(), left[3].clone()]);
    assert_eq!(in_azerbaijani["summary"]["count"], 5);
    assert_eq!(ids(&list("lang=az,en").await.expect(200).json).len(), 5);
    let chosen = list("fields=id,rating&limit=1").await.expect(200).json;
    assert_eq!(chosen["items"], json!([{"id": left[0], "rating": 4}]));
    let again = scene
        .app
        .anonymous()
        .get(&format!("{}?limit=2&count=true", scene.path()));
    again
        .header("if-none-match", &page.etag())
        .await
        .expect(304);
}

#[actix_web::test]
async fn the_change_log_tells_what_became_of_a_review_but_not_of_whom() {
    let scene = Scene::set().await;
    let left = scene.approved(review()).await;
    scene.edit(&left, json!({"rating": 2})).await.expect(200);
    scene.take_back(&left, "").await.expect(204);
    scene.take_back(&left, "?erase=true").await.expect(204);

    let log = scene
        .app
        .as_editor()
        .get("/v1/desk/changes?limit=1000")
        .await
        .expect(200);
    let changes = log.json["items"].as_array().expect("items").iter();
    let changes: Vec<&Value> = changes
        .filter(|change| change["kind"] == "review")
        .collect();
    let actions: Vec<&Value> = changes.iter().map(|change| &change["action"]).collect();
    assert_eq!(
        actions,
        ["received", "decided", "edited", "withdrawn", "erased"]
    );
    let touches = |change: &Value| {
        change["surrogate_keys"]
            .to_string()
            .contains(&format!("article:{}", scene.article))
    };
    let touching: Vec<bool> = changes.iter().map(|change| touches(change)).collect();
    assert_eq!(touching, [false, true, true, false, false]);
    for word in ["A reader", "example.org", "Clear"] {
        assert!(!log.text().contains(word));
    }
}

/// Two moderators and their clicks: the sums hold.
#[actix_web::test]
async fn reviews_approved_at_once_all_count() {
    let scene = Scene::set().await;
    let mut left = Vec::new();
    for rating in 1..=5 {
        left.push(scene.leave(review_with(json!({"rating": rating}))).await);
    }
    let deciding = left.iter().flat_map(|left| {
        let path = format!("/v1/desk/reviews/{}/decision", left.id);
        let twice = [scene.app.as_moderator(), scene.app.as_editor()];
        twice.map(|client| {
            let deciding = client
                .put(&path, json!({"state": "approved"}))
                .if_match("\"1\"");
            actix_web::rt::spawn(async move { deciding.await.status })
        })
    });
    let deciding: Vec<_> = deciding.collect();
    let mut decided = 0;
    for one in deciding {
        decided += usize::from(one.await.expect("an answer") == 200);
    }
    assert_eq!(decided, 5);
    let summary = json!({"count": 5, "rating_average": 3.0, "rating_count": 5});
    assert_eq!(scene.shown().await["summary"], summary);
}
