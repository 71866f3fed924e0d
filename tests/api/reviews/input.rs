//! What is asked of a review before it is taken. The clock is put forward instead of waiting.

use std::future::IntoFuture;

use super::*;

impl Scene {
    async fn with(settings: impl IntoIterator<Item = (&'static str, &'static str)>) -> Self {
        Self::on(TestApp::with(settings).await, "pre_moderated").await
    }

    /// As a proxy passes it on, or a client forges it.
    async fn post_from(&self, forwarded: &str, review: Value) -> Answer {
        let posting = self.app.anonymous().post(&self.path(), review);
        posting.header("x-forwarded-for", forwarded).await
    }

    async fn elsewhere(&self, review: Value) -> Answer {
        let other = self.app.published_article(json!({})).await;
        let path = format!(
            "/v1/articles/{}/reviews",
            other["id"].as_str().expect("an id")
        );
        self.app.anonymous().post(&path, review).await
    }

    async fn at_the_desk(&self, id: &Value) -> Value {
        let path = format!("/v1/desk/reviews/{}", id.as_str().expect("an id"));
        self.app.as_moderator().get(&path).await.expect(200).json
    }
}

fn saying(words: &str) -> Value {
    review_with(json!({"body": words}))
}

#[actix_web::test]
async fn reviews_from_one_address_are_few_and_more_with_time() {
    let scene = Scene::with([("NEWSLINE_LIMIT_REVIEWS", "2/60")]).await;
    for (words, left) in [("One.", 1), ("Two.", 0)] {
        let taken = scene.post(saying(words)).await.expect(202);
        assert_eq!(
            taken.header("ratelimit-policy"),
            Some("\"reviews\";q=2;w=60")
        );
        let told = format!("\"reviews\";r={left};t=30");
        assert_eq!(taken.header("ratelimit"), Some(told.as_str()));
    }
    let refused = scene.post_from("203.0.113.1", saying("Three.")).await;
    let refused = refused.problem("too-many-requests", 429);
    let wait = refused.header("retry-after").expect("Retry-After");
    assert!(
        (1..=30).contains(&wait.parse().expect("seconds")),
        "{refused}"
    );
    scene
        .elsewhere(saying("Four."))
        .await
        .problem("too-many-requests", 429);
    scene.app.anonymous().get(&scene.path()).await.expect(200);
    scene.app.clock.advance(31);
    scene.post(saying("Five.")).await.expect(202);
}

#[actix_web::test]
async fn changing_ones_own_review_counts_too() {
    let scene = Scene::with([("NEWSLINE_LIMIT_REVIEWS", "2/60")]).await;
    let left = scene.leave(review()).await;
    scene.edit(&left, json!({"rating": 1})).await.expect(200);
    let again = scene.edit(&left, json!({"rating": 2})).await;
    again.problem("too-many-requests", 429);
    let back = scene.take_back(&left, "?erase=true").await;
    back.problem("too-many-requests", 429);
    scene.own(&left).await.expect(200);
}

#[actix_web::test]
async fn behind_a_trusted_proxy_each_reader_counts_alone_and_an_article_takes_so_many() {
    let scene = Scene::with([
        ("NEWSLINE_TRUSTED_PROXIES", "127.0.0.1"),
        ("NEWSLINE_LIMIT_REVIEWS", "1/60"),
        ("NEWSLINE_LIMIT_ARTICLE_REVIEWS", "3/60"),
    ])
    .await;
    scene
        .post_from("203.0.113.1", saying("One."))
        .await
        .expect(202);
    let again = scene.post_from("198.51.100.7, 203.0.113.1", saying("More."));
    let again = again.await.problem("too-many-requests", 429);
    assert_eq!(
        again.header("ratelimit-policy"),
        Some("\"reviews\";q=1;w=60")
    );

    let mut robots = review_with(json!({"website": "https://example.org"}));
    for nth in 1..=5 {
        robots["body"] = json!(format!("Offer {nth}."));
        let from = format!("192.0.2.{nth}");
        scene.post_from(&from, robots.clone()).await.expect(202);
    }
    scene
        .post_from("203.0.113.2", saying("One."))
        .await
        .expect(202);
    scene
        .post_from("203.0.113.3", saying("One."))
        .await
        .expect(202);
    let full = scene.post_from("203.0.113.4", saying("One.")).await;
    let full = full.problem("too-many-requests", 429);
    assert_eq!(
        full.header("ratelimit-policy"),
        Some("\"article-reviews\";q=3;w=60")
    );
    scene.elsewhere(saying("One.")).await.expect(202);
    scene.app.clock.advance(21);
    scene
        .post_from("203.0.113.5", saying("One."))
        .await
        .expect(202);
}

#[actix_web::test]
async fn who_fills_in_what_nobody_sees_is_answered_as_if_it_were_taken() {
    let scene = Scene::with_policy("post_moderated").await;
    let bait = review_with(json!({"website": "https://offers.example"}));
    let taken = scene.post(bait).await.expect(202).json;
    let usual = scene.post(review()).await.expect(202).json;
    let fields = |json: &Value| {
        json.as_object()
            .expect("an object")
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(fields(&taken), fields(&usual));
    assert_eq!(taken["state"], "approved");
    assert_eq!(
        scene.ids_shown().await,
        [usual["id"].as_str().expect("an id")]
    );

    let desk = scene.at_the_desk(&taken["id"]).await;
    assert_eq!(
        (&desk["state"], &desk["reason"]),
        (&json!("spam"), &json!("robot"))
    );
    assert!(desk["decided_by"].is_null(), "{desk}");
    let robots = scene
        .app
        .as_moderator()
        .get("/v1/desk/reviews?reason=robot");
    assert_eq!(
        ids(&robots.await.expect(200).json),
        [taken["id"].as_str().expect("an id")]
    );

    // Whoever was taken for one by mistake can say so by editing.
    let left = Left {
        id: taken["id"].as_str().expect("an id").to_owned(),
        token: taken["manage_token"].as_str().expect("a token").to_owned(),
    };
    let edited = scene.edit(&left, json!({"rating": 5})).await.expect(200);
    assert_eq!(edited.json["state"], "pending");
}

#[actix_web::test]
async fn an_empty_decoy_is_none() {
    let scene = Scene::set().await;
    for website in [json!(null), json!(""), json!("  ")] {
        let taken = scene.post(review_with(json!({"website": website}))).await;
        let desk = scene.at_the_desk(&taken.expect(202).json["id"]).await;
        assert_eq!(desk["state"], "pending");
    }
    for website in [json!("w".repeat(201)), json!(1)] {
        let refused = scene.post(review_with(json!({"website": website}))).await;
        refused.problem("invalid-field", 422).at("/website");
    }
}

#[actix_web::test]
async fn a_review_has_few_links_and_none_where_it_is_signed() {
    let scene = Scene::set().await;
    let three = "See https://a.example, www.b.example and t.me/c";
    for (fields, pointer) in [
        (json!({"body": three}), "/body"),
        (json!({"title": "www.a.example"}), "/title"),
        (
            json!({"author": {"name": "https://a.example"}}),
            "/author/name",
        ),
    ] {
        let refused = scene.post(review_with(fields)).await;
        refused.problem("invalid-field", 422).at(pointer);
    }
    let two = "See https://a.example/b?c=d and\nwww.b.example.";
    let left = scene.leave(saying(two)).await;
    assert_eq!(scene.own(&left).await.expect(200).json["body"], two);
    let edited = scene.edit(&left, json!({"body": three})).await;
    edited.problem("invalid-field", 422).at("/body");
    let edited = scene
        .edit(&left, json!({"author": {"name": "t.me/c"}}))
        .await;
    edited.problem("invalid-field", 422).at("/author/name");

    let strict = Scene::with([("NEWSLINE_REVIEW_LINKS", "0")]).await;
    let refused = strict.post(saying("https://a.example")).await;
    refused.problem("invalid-field", 422).at("/body");
    strict.post(saying("Fair.And clear.")).await.expect(202);
}

#[actix_web::test]
async fn the_same_words_are_one_review_for_a_day() {
    let scene = Scene::with([("NEWSLINE_TRUSTED_PROXIES", "127.0.0.1")]).await;
    let from = |place: &'static str, words: &str| scene.post_from(place, saying(words));
    let first = from("203.0.113.1", "Clear and fair.")
        .await
        .expect(202)
        .json;
    for again in ["Clear and fair.", "  CLEAR and\nfair!"] {
        let refused = from("203.0.113.1", again).await.problem("conflict", 409);
        assert!(!refused.text().contains("nlr_"), "{refused}");
    }
    from("203.0.113.1", "Clear, but not fair.")
        .await
        .expect(202);
    from("203.0.113.2", "Clear and fair.").await.expect(202);
    let desk = scene.app.as_moderator().get("/v1/desk/reviews");
    assert_eq!(ids(&desk.await.expect(200).json).len(), 3);

    // Whoever takes theirs back may leave it anew.
    let left = Left {
        id: first["id"].as_str().expect("an id").to_owned(),
        token: first["manage_token"].as_str().expect("a token").to_owned(),
    };
    scene.take_back(&left, "").await.expect(204);
    from("203.0.113.1", "Clear and fair.").await.expect(202);
    from("203.0.113.1", "Clear and fair.")
        .await
        .problem("conflict", 409);
    scene.app.clock.advance(24 * 3600 + 1);
    from("203.0.113.1", "Clear and fair.").await.expect(202);
}

#[actix_web::test]
async fn of_the_same_words_sent_at_once_one_is_taken() {
    let scene = Scene::with([]).await;
    let other = scene.app.node([]).await;
    let nodes = [scene.app.anonymous(), other.anonymous()];
    let sending = (0..10).map(|nth| nodes[nth % 2].post(&scene.path(), review()).into_future());
    let answers = futures_util::future::join_all(sending).await;
    let taken = answers.iter().filter(|answer| answer.status == 202).count();
    assert_eq!(taken, 1);
    assert!(
        answers
            .iter()
            .all(|answer| [202, 409].contains(&answer.status))
    );
}

#[actix_web::test]
async fn people_of_one_household_both_have_stars_to_give() {
    let scene = Scene::with([]).await;
    let stars = |name: &str, rating: i32| {
        let fields = json!({"author": {"name": name}, "rating": rating, "body": null});
        scene.post(review_with(fields))
    };
    stars("Leyla", 5).await.expect(202);
    stars("Murad", 5).await.expect(202);
    stars("Leyla", 1).await.problem("conflict", 409);
}
