//! Keys of tools: made by admins, shown once, acting in their own name.

use newsline::auth::Role;
use serde_json::{Value, json};

use crate::support::{Answer, Client, TestApp, id_of, items_of};

const KEYS: &str = "/v1/desk/api-keys";

async fn make(app: &TestApp, new: Value) -> Answer {
    app.as_admin().post(KEYS, new).await.expect(201)
}

/// The place of a key, and the tool that has it.
async fn tool(app: &TestApp, role: Role) -> (String, Client) {
    let made = make(app, json!({"name": "Wire bridge", "role": role})).await;
    let place = made.header("location").expect("a location").to_owned();
    (place, bearing(app, &made))
}

fn bearing(app: &TestApp, made: &Answer) -> Client {
    let token = made.json["token"].as_str().expect("a token");
    app.anonymous().bearing(token)
}

#[actix_web::test]
async fn a_key_opens_the_desk_and_is_shown_once() {
    let app = TestApp::start().await;
    let made = make(&app, json!({"name": "Wire bridge", "role": "editor"})).await;
    let token = made.json["token"].as_str().expect("a token").to_owned();
    assert!(token.starts_with("nlk_"), "{token}");
    assert_eq!(made.header("cache-control"), Some("private, no-store"));

    let me = bearing(&app, &made).get("/v1/desk/me").await.expect(200);
    assert_eq!(me.json["id"], made.json["id"]);
    assert_eq!(
        (&me.json["kind"], &me.json["name"], &me.json["email"]),
        (&json!("key"), &json!("Wire bridge"), &Value::Null)
    );

    let place = made.header("location").expect("a location");
    let secret = token.rsplit('_').next().expect("a secret");
    for shown in [
        app.as_admin().get(place).await,
        app.as_admin().get(KEYS).await,
    ] {
        let shown = shown.expect(200);
        assert!(
            !shown.text().contains(secret) && !shown.text().contains("hash"),
            "{shown}"
        );
    }
}

#[actix_web::test]
async fn a_repeated_post_makes_one_key_and_gives_its_token_again() {
    let app = TestApp::start().await;
    let post = || {
        let new = json!({"name": "Wire bridge", "role": "editor"});
        app.as_admin()
            .post(KEYS, new)
            .header("idempotency-key", "bridge")
    };
    let first = post().await.expect(201);
    let again = post().await.expect(201);
    assert_eq!(first.json, again.json);
    let keys = app.as_admin().get(KEYS).await.expect(200);
    assert_eq!(items_of(&keys.json).len(), 1);
}

#[actix_web::test]
async fn what_a_tool_does_is_noted_in_its_own_name() {
    let app = TestApp::start().await;
    let made = make(&app, json!({"name": "Wire bridge", "role": "editor"})).await;
    let topic = json!({"slug": "rain", "names": {"en": "Rain"}});
    bearing(&app, &made)
        .post("/v1/desk/topics", topic)
        .await
        .expect(201);

    let log = app.as_editor().get("/v1/desk/changes").await.expect(200);
    let last = items_of(&log.json).last().expect("a change").clone();
    assert_eq!(
        (&last["kind"], &last["actor"]),
        (&json!("topic"), &made.json["id"])
    );
    let noted = items_of(&log.json)
        .iter()
        .find(|change| change["kind"] == "key" && change["id"] == made.json["id"])
        .expect("the making of the key");
    assert_eq!(noted["detail"]["name"], "Wire bridge");
    assert_eq!(noted["actor"], app.people.admin.user.id.to_string());
}

#[actix_web::test]
async fn a_contributor_key_sees_its_own_drafts_and_nobody_elses() {
    let app = TestApp::start().await;
    let (_, bridge) = tool(&app, Role::Contributor).await;
    let (_, other) = tool(&app, Role::Contributor).await;
    let story = json!({"kind": "news", "texts": {"en": {"headline": "Rain", "body_markdown": "It rains."}}});
    let own = bridge.post("/v1/desk/articles", story).await.expect(201);
    let path = format!("/v1/desk/articles/{}", id_of(&own.json));
    bridge.get(&path).await.expect(200);
    other.get(&path).await.problem("not-found", 404);
    app.as_contributor()
        .get(&path)
        .await
        .problem("not-found", 404);
    app.as_editor().get(&path).await.expect(200);
}

#[actix_web::test]
async fn a_read_only_key_changes_nothing() {
    let app = TestApp::start().await;
    let made = make(
        &app,
        json!({"name": "Board", "role": "editor", "read_only": true}),
    )
    .await;
    let board = bearing(&app, &made);
    board.get("/v1/desk/topics").await.expect(200);
    board.head("/v1/desk/topics").await.expect(200);
    let topic = json!({"slug": "rain", "names": {"en": "Rain"}});
    board
        .post("/v1/desk/topics", topic)
        .await
        .problem("forbidden", 403);
    let topics = board.get("/v1/desk/topics").await.expect(200);
    assert_eq!(items_of(&topics.json).len(), 0);
}

#[actix_web::test]
async fn a_key_is_never_an_admin() {
    let app = TestApp::start().await;
    let new = json!({"name": "Root", "role": "admin"});
    let refused = app.as_admin().post(KEYS, new).await;
    refused.problem("invalid-field", 422).at("/role");

    let (place, bridge) = tool(&app, Role::Editor).await;
    let id = place.rsplit('/').next().expect("an id");
    let user = format!("/v1/desk/users/{id}");
    let raise = app.as_admin().patch(&user, json!({"role": "admin"}));
    raise.if_match("\"1\"").await.problem("not-found", 404);
    app.as_admin().get(&user).await.problem("not-found", 404);
    let users = app
        .as_admin()
        .get("/v1/desk/users?count=true")
        .await
        .expect(200);
    assert_eq!(users.json["total"], 4);
    bridge.get("/v1/desk/users").await.problem("forbidden", 403);
    bridge.get(KEYS).await.problem("forbidden", 403);
}

#[actix_web::test]
async fn a_key_ends_when_it_says_and_can_be_given_more_time() {
    let app = TestApp::start().await;
    let end = app.clock.now().plus_seconds(3600);
    let made = make(
        &app,
        json!({"name": "Intern", "role": "editor", "expires_at": end}),
    )
    .await;
    let (place, intern) = (
        made.header("location").expect("a place"),
        bearing(&app, &made),
    );
    app.clock.advance(3599 - 5);
    intern.get("/v1/desk/me").await.expect(200);
    app.clock.advance(6);
    intern
        .get("/v1/desk/me")
        .await
        .problem("not-signed-in", 401);

    let patch = |end: Value| app.as_admin().patch(place, json!({"expires_at": end}));
    patch(json!(end))
        .if_match("\"1\"")
        .await
        .problem("invalid-field", 422)
        .at("/expires_at");
    let kept = patch(Value::Null).if_match("\"1\"").await.expect(200);
    assert_eq!(kept.json["expires_at"], Value::Null);
    intern.get("/v1/desk/me").await.expect(200);
    patch(Value::Null)
        .if_match("\"1\"")
        .await
        .problem("stale", 412);
    patch(Value::Null)
        .await
        .problem("precondition-required", 428);
}

#[actix_web::test]
async fn a_key_that_names_no_end_ends_in_a_year() {
    let app = TestApp::start().await;
    let made = make(&app, json!({"name": "Bridge", "role": "editor"})).await;
    let client = bearing(&app, &made);
    app.clock.advance(364 * 24 * 3600);
    client.get("/v1/desk/me").await.expect(200);
    app.clock.advance(2 * 24 * 3600);
    client
        .get("/v1/desk/me")
        .await
        .problem("not-signed-in", 401);
}

#[actix_web::test]
async fn a_revoked_key_is_gone_at_once_and_for_good() {
    let app = TestApp::start().await;
    let node = app.node([]).await;
    let (place, bridge) = tool(&app, Role::Editor).await;
    let made = node.as_admin().get(&place).await.expect(200);
    bridge.get("/v1/desk/me").await.expect(200);

    let revoke = node.as_admin().delete(&place);
    revoke.if_match(&made.etag()).await.expect(204);

    bridge
        .get("/v1/desk/me")
        .await
        .problem("not-signed-in", 401);
    app.as_admin().get(&place).await.problem("not-found", 404);
    let keys = app.as_admin().get(KEYS).await.expect(200);
    assert_eq!(items_of(&keys.json).len(), 0);
}

#[actix_web::test]
async fn what_is_not_quite_a_key_opens_nothing() {
    let app = TestApp::start().await;
    let one = make(&app, json!({"name": "One", "role": "editor"})).await;
    let other = make(&app, json!({"name": "Other", "role": "editor"})).await;
    let token = |made: &Answer| made.json["token"].as_str().expect("a token").to_owned();
    let (one, other) = (token(&one), token(&other));
    let half = one.len() - 43;
    for forged in [
        format!("{}{}", &one[..half], &other[half..]),
        one.replacen("nlk_", "nlt_", 1),
        one.replacen("nlk_", "nlr_", 1),
        one[..one.len() - 1].to_owned(),
        format!("{one}A"),
        one.to_uppercase(),
        "nlk_".to_owned(),
        "nlk_1_2".to_owned(),
    ] {
        let asking = app.anonymous().bearing(&forged).get("/v1/desk/me");
        asking.await.problem("not-signed-in", 401);
    }
}

/// The last use of a key, once it is noted: that happens beside the request.
async fn last_use(app: &TestApp, place: &str, before: &Value) -> Value {
    for _ in 0..500 {
        let key = app.as_admin().get(place).await.expect(200);
        if key.json["last_used_at"] != *before {
            return key.json["last_used_at"].clone();
        }
    }
    panic!("the use was not noted");
}

#[actix_web::test]
async fn the_last_use_is_noted_once_a_minute() {
    let app = TestApp::start().await;
    let (place, bridge) = tool(&app, Role::Editor).await;
    let unused = app.as_admin().get(&place).await.expect(200);
    assert_eq!(unused.json["last_used_at"], Value::Null);

    bridge.get("/v1/desk/me").await.expect(200);
    let first = last_use(&app, &place, &Value::Null).await;
    app.clock.advance(30);
    bridge.get("/v1/desk/me").await.expect(200);
    app.clock.advance(31);
    bridge.get("/v1/desk/me").await.expect(200);
    let second = last_use(&app, &place, &first).await;

    let seconds = |at: &Value| {
        let at: jiff::Timestamp = at
            .as_str()
            .expect("an instant")
            .parse()
            .expect("an instant");
        at.as_second()
    };
    // Had the use after 30 seconds been noted, the one after 61 would not have been.
    assert!(seconds(&second) - seconds(&first) >= 60, "{first} {second}");
    let key = app.as_admin().get(&place).await.expect(200);
    assert_eq!(key.etag(), "\"1\"", "a use is no change");
}

#[actix_web::test]
async fn keys_page_from_the_oldest() {
    let app = TestApp::start().await;
    for name in ["a", "b", "c"] {
        make(&app, json!({"name": name, "role": "editor"})).await;
    }
    let first = app
        .as_admin()
        .get(&format!("{KEYS}?limit=2&count=true"))
        .await
        .expect(200);
    let names = |page: &Answer| {
        let items = items_of(&page.json).iter();
        items
            .map(|key| key["name"].as_str().expect("a name").to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (names(&first), &first.json["total"]),
        (vec!["a".to_owned(), "b".to_owned()], &json!(3))
    );
    let next = first.json["page"]["next"].as_str().expect("a next page");
    let second = app
        .as_admin()
        .get(&format!("{KEYS}?limit=2&cursor={next}"))
        .await
        .expect(200);
    assert_eq!(names(&second), ["c"]);
    let prev = second.json["page"]["prev"].as_str().expect("a page before");
    let back = app
        .as_admin()
        .get(&format!("{KEYS}?limit=2&cursor={prev}"))
        .await
        .expect(200);
    assert_eq!(names(&back), ["a", "b"]);
}
