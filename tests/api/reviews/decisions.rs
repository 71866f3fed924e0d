//! One decision on many reviews.

use super::*;

const PATH: &str = "/v1/desk/reviews/decisions";

/// The reviews as they were read, by their versions.
fn read(reviews: &[(&Left, i64)]) -> Vec<Value> {
    let items = reviews.iter();
    items
        .map(|(left, version)| json!({"id": left.id, "version": version}))
        .collect()
}

#[actix_web::test]
async fn many_are_decided_in_one_go_and_what_stands_in_the_way_is_told() {
    let scene = Scene::set().await;
    let (first, second) = (scene.leave(review()).await, scene.approved(review()).await);
    let (edited, withdrawn) = (scene.leave(review()).await, scene.leave(review()).await);
    scene
        .edit(&edited, json!({"body": "Buy now!"}))
        .await
        .expect(200);
    scene.take_back(&withdrawn, "").await.expect(204);
    let unknown = Left {
        id: scene.article.clone(),
        token: String::new(),
    };

    let reviews = [
        (&first, 1),
        (&edited, 1),
        (&unknown, 1),
        (&withdrawn, 2),
        (&second, 2),
    ];
    let decision =
        json!({"items": read(&reviews), "state": "approved", "reason": null, "note": "All fine."});
    let answer = scene
        .app
        .as_moderator()
        .post(PATH, decision)
        .await
        .expect(200);

    let item = |left: &Left, outcome: &str, state: Value, version: Value| json!({"id": left.id, "outcome": outcome, "state": state, "version": version});
    let expected = [
        item(&first, "decided", json!("approved"), json!(2)),
        item(&edited, "stale", json!("pending"), json!(2)),
        item(&unknown, "not_found", Value::Null, Value::Null),
        item(&withdrawn, "wrong_state", json!("withdrawn"), json!(2)),
        item(&second, "decided", json!("approved"), json!(3)),
    ];
    assert_eq!(answer.json["items"], json!(expected));
    assert_eq!(
        scene.ids_shown().await,
        [&second.id, &first.id].map(String::clone)
    );
    let path = format!("/v1/desk/reviews/{}", first.id);
    let desk = scene.app.as_moderator().get(&path).await.expect(200).json;
    assert_eq!(desk["note"], "All fine.");
    assert_eq!(
        desk["decided_by"],
        json!(scene.app.people.moderator.user.id)
    );
    assert!(desk["decided_at"].is_string());
    assert_eq!(desk["body"], review()["body"]);
    scene.own(&first).await.expect(200);
}

#[actix_web::test]
async fn each_has_its_row_in_the_change_log_and_the_sums_of_each_article_hold() {
    let scene = Scene::set().await;
    let app = &scene.app;
    let other = app.published_article(json!({})).await;
    let other = other["id"].as_str().expect("an id").to_owned();
    let mut left = Vec::new();
    for article in [&scene.article, &other, &other] {
        let path = format!("/v1/articles/{article}/reviews");
        let taken = app.anonymous().post(&path, review()).await.expect(202).json;
        left.push(json!({"id": taken["id"], "version": 1}));
    }
    let last = |log: &Value| log["last"].as_i64().expect("a number");
    let log = app.as_editor().get("/v1/desk/changes?limit=1000");
    let before = last(&log.await.expect(200).json);
    let decide = |items: &Value, state: &str| {
        let decision = json!({"items": items, "state": state, "reason": "other"});
        app.as_moderator().post(PATH, decision)
    };
    decide(&json!(left), "approved").await.expect(200);

    let log = app
        .as_editor()
        .get(&format!("/v1/desk/changes?after={before}"));
    let log = log.await.expect(200).json;
    let changes = log["items"].as_array().expect("items");
    assert_eq!(changes.len(), 3);
    for (change, (left, article)) in
        changes
            .iter()
            .zip(left.iter().zip([&scene.article, &other, &other]))
    {
        assert_eq!(
            (&change["id"], &change["action"]),
            (&left["id"], &json!("decided"))
        );
        assert_eq!(change["actor"], json!(app.people.moderator.user.id));
        assert_eq!(
            change["detail"],
            json!({"state": "approved", "reason": "other"})
        );
        let keys = change["surrogate_keys"].to_string();
        assert!(keys.contains(&format!("reviews:{article}")), "{keys}");
    }
    let count = async |article: &str| {
        let path = format!("/v1/articles/{article}/reviews");
        let shown = app.anonymous().get(&path).await.expect(200).json;
        shown["summary"]["count"].as_i64()
    };
    assert_eq!(
        (count(&scene.article).await, count(&other).await),
        (Some(1), Some(2))
    );
    for item in &mut left {
        item["version"] = json!(2);
    }
    decide(&json!(left[1..]), "spam").await.expect(200);
    assert_eq!(
        (count(&scene.article).await, count(&other).await),
        (Some(1), Some(0))
    );
}

#[actix_web::test]
async fn a_hundred_cost_as_many_statements_as_one() {
    let app = TestApp::with([
        ("NEWSLINE_REVIEW_REPEAT_HOURS", "0"),
        ("NEWSLINE_LIMIT_REVIEWS", "off"),
    ])
    .await;
    let scene = Scene::on(app, "pre_moderated").await;
    let mut left = Vec::new();
    for _ in 0..101 {
        let taken = scene.post(review()).await.expect(202).json;
        left.push(json!({"id": taken["id"], "version": 1}));
    }
    let cost = async |items: &[Value]| {
        let before = scene.app.app.db.statements();
        let decision = json!({"items": items, "state": "approved"});
        let answer = scene
            .app
            .as_moderator()
            .post(PATH, decision)
            .await
            .expect(200);
        let outcomes = answer.json["items"].as_array().expect("items").iter();
        assert_eq!(
            outcomes.filter(|item| item["outcome"] == "decided").count(),
            items.len()
        );
        scene.app.app.db.statements() - before
    };
    let (one, hundred) = (cost(&left[..1]).await, cost(&left[1..]).await);
    assert_eq!(one, hundred);
    let shown = scene.app.anonymous().get(&scene.path()).await.expect(200);
    assert_eq!(shown.json["summary"]["count"], 101);
}

#[actix_web::test]
async fn of_two_moderators_at_once_one_decides_each() {
    let scene = Scene::set().await;
    let mut left = Vec::new();
    for _ in 0..5 {
        left.push(scene.leave(review()).await);
    }
    let reviews: Vec<(&Left, i64)> = left.iter().map(|left| (left, 1)).collect();
    let mut items = read(&reviews);
    let decide = |client: Client, state: &str, items: &[Value]| {
        let deciding = client.post(PATH, json!({"items": items, "state": state}));
        async move { deciding.await.expect(200).json }
    };
    let approving = decide(scene.app.as_moderator(), "approved", &items);
    items.reverse();
    let rejecting = decide(scene.app.as_editor(), "rejected", &items);
    let (approved, rejected) = futures_util::future::join(approving, rejecting).await;
    let decided = [approved, rejected].map(|answer| {
        let items = answer["items"].as_array().expect("items").clone();
        items
            .into_iter()
            .filter(|item| item["outcome"] == "decided")
            .count()
    });
    assert_eq!(decided.iter().sum::<usize>(), 5, "{decided:?}");
    assert_eq!(scene.shown().await["summary"]["count"], decided[0]);
}

#[actix_web::test]
async fn a_decision_that_is_sent_twice_is_made_once() {
    let scene = Scene::set().await;
    let left = scene.leave(review()).await;
    let decision = json!({"items": read(&[(&left, 1)]), "state": "approved"});
    let posting = || {
        let posting = scene.app.as_moderator().post(PATH, decision.clone());
        posting.header("idempotency-key", "a-slow-line")
    };
    let (first, again) = (posting().await.expect(200), posting().await.expect(200));
    assert_eq!(first.json, again.json);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(first.json["items"][0]["outcome"], "decided");
}

#[actix_web::test]
async fn a_list_that_is_empty_too_long_or_says_one_twice_is_refused() {
    let scene = Scene::set().await;
    let left = scene.leave(review()).await;
    let one = &read(&[(&left, 1)])[0];
    let many: Vec<Value> = (0..101)
        .map(|_| json!({"id": newsline::db::AnyId::new(), "version": 1}))
        .collect();
    for (decision, pointer) in [
        (json!({"items": [], "state": "spam"}), "/items"),
        (json!({"items": many, "state": "spam"}), "/items"),
        (json!({"items": [one, one], "state": "spam"}), "/items/1/id"),
        (json!({"items": [one], "state": "pending"}), "/state"),
        (
            json!({"items": [one], "state": "spam", "reason": "dull"}),
            "/reason",
        ),
        (
            json!({"items": [{"id": left.id}], "state": "spam"}),
            "/items/0",
        ),
        (
            json!({"items": [{"id": left.id, "version": 0}], "state": "spam"}),
            "/items/0/version",
        ),
        (json!({"items": [one], "state": "spam", "ids": []}), "/ids"),
    ] {
        let refused = scene.app.as_moderator().post(PATH, decision).await;
        refused.problem("invalid-field", 422).at(pointer);
    }
    assert_eq!(scene.own(&left).await.expect(200).json["state"], "pending");
}
