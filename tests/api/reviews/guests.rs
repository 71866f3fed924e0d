//! Leaving a review, and keeping it by its token.

use super::*;

#[actix_web::test]
async fn a_review_shows_when_it_is_approved_and_not_before() {
    let scene = Scene::set().await;
    let taken = scene.post(review()).await.expect(202);
    assert_eq!(taken.json["state"], "pending");
    assert_eq!(taken.json["article"], scene.article);
    assert_eq!(taken.json["author"], json!({"name": "A reader"}));
    assert_eq!(taken.header("cache-control"), Some("private, no-store"));
    assert_eq!(scene.ids_shown().await, [""; 0]);

    let left = Left {
        id: taken.json["id"].as_str().expect("an id").to_owned(),
        token: String::new(),
    };
    scene.approve(&left).await;

    let shown = scene.shown().await;
    let expected = json!({
        "id": left.id, "author": {"name": "A reader"}, "lang": "en", "rating": 4, "title": null,
        "body": review()["body"], "in_reply_to": null, "created_at": taken.json["created_at"],
        "edited_at": null, "erased": false,
    });
    assert_eq!(shown["items"], json!([expected]));
    assert_eq!(
        shown["summary"],
        json!({"count": 1, "rating_average": 4.0, "rating_count": 1})
    );
}

#[actix_web::test]
async fn what_is_no_longer_approved_no_longer_shows_nor_counts() {
    let scene = Scene::set().await;
    let first = scene.approved(review_with(json!({"rating": 5}))).await;
    let second = scene.approved(review_with(json!({"rating": null}))).await;
    let third = scene
        .approved(review_with(json!({"rating": 2, "body": null})))
        .await;
    assert_eq!(
        scene.ids_shown().await,
        [&third.id, &second.id, &first.id].map(String::clone)
    );
    let summary = json!({"count": 3, "rating_average": 3.5, "rating_count": 2});
    assert_eq!(scene.shown().await["summary"], summary);

    let spam = json!({"state": "spam", "reason": "advertising", "note": "Again."});
    let decided = scene.decide(&first, spam).await.expect(200).json;
    assert_eq!(
        (&decided["reason"], &decided["note"]),
        (&json!("advertising"), &json!("Again."))
    );
    let moderator = scene.app.people.moderator.user.id.to_string();
    assert_eq!(decided["decided_by"], moderator);
    assert_eq!(
        scene.ids_shown().await,
        [&third.id, &second.id].map(String::clone)
    );

    scene
        .decide(&third, json!({"state": "rejected"}))
        .await
        .expect(200);
    let summary = json!({"count": 1, "rating_average": null, "rating_count": 0});
    assert_eq!(scene.shown().await["summary"], summary);
    scene.approve(&first).await;
    scene.approve(&first).await;
    assert_eq!(
        scene.ids_shown().await,
        [&second.id, &first.id].map(String::clone)
    );
}

#[actix_web::test]
async fn post_moderated_reviews_show_at_once_with_no_decision() {
    let scene = Scene::with_policy("post_moderated").await;
    let left = scene.leave(review()).await;
    assert_eq!(scene.ids_shown().await, [left.id.as_str()]);
    let desk = format!("/v1/desk/reviews/{}", left.id);
    let desk = scene.app.as_moderator().get(&desk).await.expect(200).json;
    assert_eq!(
        (&desk["state"], &desk["decided_by"]),
        (&json!("approved"), &Value::Null)
    );

    let edited = scene
        .edit(&left, json!({"rating": 1}))
        .await
        .expect(200)
        .json;
    assert_eq!(edited["state"], "approved");
    let shown = scene.shown().await;
    assert_eq!(shown["items"][0]["rating"], 1);
    assert_eq!(shown["items"][0]["edited_at"], edited["edited_at"]);

    scene
        .decide(&left, json!({"state": "rejected"}))
        .await
        .expect(200);
    let edited = scene
        .edit(&left, json!({"rating": 5}))
        .await
        .expect(200)
        .json;
    assert_eq!(edited["state"], "pending");
    assert_eq!(scene.ids_shown().await, [""; 0]);
}

#[actix_web::test]
async fn a_closed_article_takes_no_reviews() {
    let scene = Scene::with_policy("closed").await;
    scene.post(review()).await.problem("wrong-state", 409);
    assert_eq!(scene.ids_shown().await, [""; 0]);
}

#[actix_web::test]
async fn only_what_is_published_is_reviewed() {
    let scene = Scene::set().await;
    let draft = scene.app.posted_article(json!({})).await;
    let draft = format!(
        "/v1/articles/{}/reviews",
        draft["id"].as_str().expect("an id")
    );
    let guest = scene.app.anonymous();
    guest.post(&draft, review()).await.problem("not-found", 404);
    guest.get(&draft).await.problem("not-found", 404);

    let left = scene.approved(review()).await;
    scene.app.unpublish_text(&scene.article, "en").await;
    guest.get(&scene.path()).await.problem("not-found", 404);
    scene.post(review()).await.problem("not-found", 404);
    scene.own(&left).await.expect(200);
    scene.app.publish_text(&scene.article, "en").await;
    assert_eq!(scene.ids_shown().await, [left.id]);
}

#[actix_web::test]
async fn a_review_that_says_nothing_or_too_much_is_refused() {
    let scene = Scene::set().await;
    let refused = [
        (
            json!({"rating": null, "body": null, "title": "Well"}),
            "/rating",
        ),
        (json!({"rating": 6}), "/rating"),
        (json!({"rating": 0}), "/rating"),
        (json!({"lang": "az"}), "/lang"),
        (json!({"author": {"name": " "}}), "/author/name"),
        (json!({"author": {"name": "A".repeat(101)}}), "/author/name"),
        (
            json!({"author": {"name": "A", "email": "nowhere"}}),
            "/author/email",
        ),
        (json!({"title": "A".repeat(201)}), "/title"),
        (json!({"body": "A".repeat(5001)}), "/body"),
        (json!({"body": "A\u{0}"}), "/body"),
        (json!({"state": "approved"}), "/state"),
        (json!({"in_reply_to": scene.article}), "/in_reply_to"),
    ];
    for (fields, pointer) in refused {
        let answer = scene.post(review_with(fields)).await;
        answer.problem("invalid-field", 422).at(pointer);
    }
    let queue = scene.app.as_moderator().get("/v1/desk/reviews").await;
    assert_eq!(queue.expect(200).json["items"], json!([]));
}

#[actix_web::test]
async fn replies_answer_what_readers_can_see() {
    let scene = Scene::set().await;
    let pending = scene.leave(review()).await;
    let reply_to = |left: &Left| review_with(json!({"in_reply_to": left.id}));
    let refused = scene.post(reply_to(&pending)).await;
    refused.problem("invalid-field", 422).at("/in_reply_to");

    scene.approve(&pending).await;
    let reply = scene.approved(reply_to(&pending)).await;
    let shown = scene.shown().await;
    assert_eq!(shown["items"][0]["id"], reply.id);
    assert_eq!(shown["items"][0]["in_reply_to"], pending.id);

    let elsewhere = scene.app.published_article(json!({})).await;
    let elsewhere = format!(
        "/v1/articles/{}/reviews",
        elsewhere["id"].as_str().expect("an id")
    );
    let posting = scene.app.anonymous().post(&elsewhere, reply_to(&pending));
    posting
        .await
        .problem("invalid-field", 422)
        .at("/in_reply_to");
}

#[actix_web::test]
async fn a_review_sent_twice_is_one_review_with_one_token() {
    let scene = Scene::set().await;
    let posting = || {
        let posting = scene.app.anonymous().post(&scene.path(), review());
        posting.header("idempotency-key", "a-slow-line")
    };
    let (first, second) = (posting().await.expect(202), posting().await.expect(202));
    assert_eq!(second.header("idempotent-replayed"), Some("true"));
    assert_eq!(first.json, second.json);
    assert!(
        first.json["manage_token"]
            .as_str()
            .is_some_and(|token| token.starts_with("nlr_"))
    );
    let queue = scene.app.as_moderator().get("/v1/desk/reviews").await;
    assert_eq!(ids(&queue.expect(200).json).len(), 1);
}

#[actix_web::test]
async fn ones_own_review_opens_to_its_own_token_only() {
    let scene = Scene::set().await;
    let (mine, yours) = (scene.leave(review()).await, scene.leave(review()).await);
    let read = scene.own(&mine).await.expect(200);
    assert_eq!(
        (&read.json["id"], &read.json["state"]),
        (&json!(mine.id), &json!("pending"))
    );
    assert!(!read.text().contains("reader@example.org"), "{read}");
    assert!(read.json["manage_token"].is_null());
    assert_eq!(read.header("cache-control"), Some("private, no-store"));
    let packed = scene
        .author(&mine)
        .get(&own(&mine.id))
        .header("accept-encoding", "gzip");
    assert_eq!(packed.await.expect(200).etag(), read.etag());

    let last = if mine.token.ends_with('A') { "E" } else { "A" };
    let forged = format!("{}{last}", &mine.token[..mine.token.len() - 1]);
    let of_nothing = mine
        .token
        .replace(&mine.id.replace('-', ""), &scene.article.replace('-', ""));
    let guest = scene.app.anonymous();
    for (client, id) in [
        (guest.clone(), &mine.id),
        (guest.bearing(&forged), &mine.id),
        (guest.bearing(&yours.token), &mine.id),
        (guest.bearing(&of_nothing), &scene.article),
        (guest.bearing("nlr_"), &mine.id),
        (scene.app.as_admin(), &mine.id),
    ] {
        client.get(&own(id)).await.problem("bad-token", 401);
        let editing = client.patch(&own(id), json!({"rating": 1})).if_match("*");
        editing.await.problem("bad-token", 401);
        let deleting = client.delete(&own(id)).if_match("*");
        deleting.await.problem("bad-token", 401);
    }
    assert_eq!(scene.own(&mine).await.expect(200).etag(), read.etag());
}

#[actix_web::test]
async fn an_edited_review_waits_for_a_new_decision() {
    let scene = Scene::set().await;
    let left = scene.approved(review()).await;
    let editing = scene
        .author(&left)
        .patch(&own(&left.id), json!({"rating": 1}));
    editing.await.problem("precondition-required", 428);
    let editing = scene
        .author(&left)
        .patch(&own(&left.id), json!({"rating": 1}));
    editing.if_match("\"1\"").await.problem("stale", 412);
    let empty = scene
        .edit(&left, json!({"rating": null, "body": null}))
        .await;
    empty.problem("invalid-field", 422).at("/rating");
    assert_eq!(scene.ids_shown().await, [left.id.as_str()]);

    let patch = json!({"author": {"name": "A careful reader"}, "title": "Again", "rating": null});
    let edited = scene.edit(&left, patch).await.expect(200).json;
    assert_eq!(edited["state"], "pending");
    assert_eq!(edited["author"]["name"], "A careful reader");
    assert_eq!(edited["body"], review()["body"]);
    assert!(edited["edited_at"].is_string());
    assert_eq!(scene.ids_shown().await, [""; 0]);

    scene.approve(&left).await;
    let shown = scene.shown().await;
    assert_eq!(
        (&shown["items"][0]["title"], &shown["items"][0]["rating"]),
        (&json!("Again"), &Value::Null)
    );
}

#[actix_web::test]
async fn a_withdrawn_review_is_off_the_page_for_good() {
    let scene = Scene::set().await;
    let left = scene.approved(review()).await;
    let deleting = scene.author(&left).delete(&own(&left.id));
    deleting.await.problem("precondition-required", 428);
    scene.take_back(&left, "").await.expect(204);
    assert_eq!(scene.ids_shown().await, [""; 0]);
    assert_eq!(
        scene.own(&left).await.expect(200).json["state"],
        "withdrawn"
    );
    scene
        .edit(&left, json!({"rating": 1}))
        .await
        .problem("wrong-state", 409);
    let decided = scene.decide(&left, json!({"state": "approved"})).await;
    decided.problem("wrong-state", 409);
    scene.take_back(&left, "?erase=true").await.expect(204);
}

#[actix_web::test]
async fn an_erased_review_leaves_an_empty_place_in_its_thread() {
    let scene = Scene::set().await;
    let left = scene.approved(review()).await;
    let reply = scene
        .approved(review_with(json!({"in_reply_to": left.id})))
        .await;
    scene.take_back(&left, "?erase=true").await.expect(204);

    let shown = scene.shown().await;
    assert_eq!(shown["summary"]["count"], 1);
    assert_eq!(ids(&shown), [&reply.id, &left.id].map(String::clone));
    let place = &shown["items"][1];
    for (field, value) in [
        ("author", json!({"name": null})),
        ("rating", Value::Null),
        ("title", Value::Null),
        ("body", Value::Null),
        ("erased", json!(true)),
    ] {
        assert_eq!(place[field], value, "{field}");
    }

    let desk = format!("/v1/desk/reviews/{}", left.id);
    let desk = scene.app.as_moderator().get(&desk).await.expect(200);
    assert_eq!(desk.json["state"], "erased");
    for word in ["A reader", "reader@example.org", "Clear"] {
        assert!(!desk.text().contains(word), "{desk}");
    }
    scene.own(&left).await.problem("bad-token", 401);
    let decided = scene.decide(&left, json!({"state": "approved"})).await;
    decided.problem("wrong-state", 409);
    let answering = scene
        .post(review_with(json!({"in_reply_to": left.id})))
        .await;
    answering.problem("invalid-field", 422).at("/in_reply_to");

    let never_shown = scene.leave(review()).await;
    scene
        .take_back(&never_shown, "?erase=true")
        .await
        .expect(204);
    assert_eq!(scene.ids_shown().await.len(), 2);
}
