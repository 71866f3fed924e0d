//! Signing keys rotate while the nodes run, and are sealed with a secret that can be changed.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::join_all;
use serde_json::json;

use crate::support::{Answer, PASSWORD, SECRET, TestApp, typed};

/// Another secret, just as good.
const NEXT: &str = "qX7dLs2VbN9kTz4RwJf8YgHc1MpEo6Ua0StIyDvKZ3e=";
/// And one that sealed nothing.
const OTHER: &str = "W5nRj8xKtB2mQv7HzLd3CsYf9GpTe1Uo4AiMkXwJ6bg=";

async fn kids(app: &TestApp) -> Vec<String> {
    let set = app
        .anonymous()
        .get("/.well-known/jwks.json")
        .await
        .expect(200);
    let keys = set.json["keys"].as_array().expect("keys").iter();
    keys.map(|key| key["kid"].as_str().expect("a kid").to_owned())
        .collect()
}

async fn tokens(app: &TestApp) -> (String, String) {
    let credentials = json!({"email": "editor@example.az", "password": PASSWORD});
    pair(
        &app.anonymous()
            .post("/v1/auth/tokens", credentials)
            .await
            .expect(200),
    )
}

fn pair(answer: &Answer) -> (String, String) {
    let token = |name: &str| answer.json[name].as_str().expect("a token").to_owned();
    (token("access_token"), token("refresh_token"))
}

fn kid_of(token: &str) -> String {
    jsonwebtoken::decode_header(token)
        .expect("a header")
        .kid
        .expect("a kid")
}

async fn status(app: &TestApp, token: &str) -> u16 {
    app.anonymous()
        .bearing(token)
        .get("/v1/desk/me")
        .await
        .status
}

#[actix_web::test]
async fn a_new_key_signs_and_the_old_one_checks_until_its_tokens_have_ended() {
    let app = TestApp::start().await;
    let (old_token, refresh) = tokens(&app).await;
    let old = kid_of(&old_token);
    let rotated = typed(&app.database, &["keys", "rotate"], &[]);
    assert!(rotated.done, "{}", rotated.said);

    app.clock.advance(31);
    let both = kids(&app).await;
    assert_eq!(both.len(), 2, "{both:?}");
    assert_eq!(both[1], old);
    assert_eq!(status(&app, &old_token).await, 200);
    let body = json!({"refresh_token": refresh});
    let (new_token, _) = pair(
        &app.anonymous()
            .post("/v1/auth/refresh", body)
            .await
            .expect(200),
    );
    assert_eq!(kid_of(&new_token), both[0]);
    assert_eq!(status(&app, &new_token).await, 200);

    app.clock.advance(15 * 60);
    assert_eq!(
        kids(&app).await.len(),
        2,
        "the last token it signed may still be good"
    );
    app.clock.advance(60);
    assert_eq!(kids(&app).await, both[..1]);
}

#[actix_web::test]
async fn a_token_of_a_key_that_another_node_made_is_good_at_once() {
    let app = TestApp::start().await;
    status(&app, &app.token_of(&app.people.editor)).await;
    assert!(typed(&app.database, &["keys", "rotate"], &[]).done);
    let node = app.node([]).await;
    let (token, _) = tokens(&node).await;
    assert_ne!(kid_of(&token), kid_of(&app.token_of(&app.people.editor)));
    // One of them reads the keys again; the others wait for that.
    let at_once = join_all((0..8).map(|_| status(&app, &token))).await;
    assert_eq!(at_once, [200; 8]);
}

#[actix_web::test]
async fn made_up_kids_do_not_make_the_database_work() {
    let app = TestApp::start().await;
    let good = app.token_of(&app.people.editor);
    let (_, rest) = good.split_once('.').expect("a header");
    let forge = || {
        let header = json!({"typ": "at+jwt", "alg": "EdDSA", "kid": uuid::Uuid::now_v7()});
        format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header.to_string()))
    };
    assert_eq!(status(&app, &forge()).await, 401);
    let before = app.app.db.statements();
    for _ in 0..20 {
        assert_eq!(status(&app, &forge()).await, 401);
    }
    assert_eq!(app.app.db.statements(), before);
}

#[actix_web::test]
async fn keys_thrown_away_at_once_leave_their_tokens_worthless() {
    let app = TestApp::start().await;
    let (old_token, refresh) = tokens(&app).await;
    // From here on it is known to be good.
    assert_eq!(status(&app, &old_token).await, 200);
    assert!(typed(&app.database, &["keys", "rotate", "--at-once"], &[]).done);
    app.clock.advance(31);
    assert_eq!(status(&app, &old_token).await, 401);
    let body = json!({"refresh_token": refresh});
    let (token, _) = pair(
        &app.anonymous()
            .post("/v1/auth/refresh", body)
            .await
            .expect(200),
    );
    assert_eq!(status(&app, &token).await, 200);
}

#[actix_web::test]
async fn the_list_says_what_each_key_does() {
    let app = TestApp::start().await;
    assert!(typed(&app.database, &["keys", "rotate"], &[]).done);
    let listed = typed(&app.database, &["keys", "list"], &[]);
    let lines: Vec<&str> = listed.printed.lines().collect();
    assert_eq!(lines.len(), 2, "{}", listed.printed);
    assert!(
        lines[0].ends_with(" signs") && lines[1].contains(" checks until "),
        "{lines:?}"
    );
}

#[actix_web::test]
async fn a_wrong_secret_is_told_and_rotates_nothing() {
    let app = TestApp::start().await;
    for words in [&["keys", "rotate"][..], &["serve"]] {
        let refused = typed(
            &app.database,
            words,
            &[("NEWSLINE_SECRET", OTHER), ("NEWSLINE_BIND", "127.0.0.1:0")],
        );
        assert!(!refused.done, "{words:?}");
        assert!(refused.said.contains("NEWSLINE_SECRET"), "{}", refused.said);
        assert!(!refused.said.contains(OTHER));
    }
    assert_eq!(kids(&app).await.len(), 1);
}

#[actix_web::test]
async fn what_is_sealed_can_be_sealed_with_another_secret() {
    let app = TestApp::start().await;
    let make = |app: &TestApp| {
        let new = json!({"name": "Wire bridge", "role": "editor"});
        app.as_admin()
            .post("/v1/desk/api-keys", new)
            .header("idempotency-key", "bridge")
    };
    let first = make(&app).await.expect(201);
    let old_kids = kids(&app).await;

    let without = typed(
        &app.database,
        &["keys", "rewrap"],
        &[("NEWSLINE_SECRET", NEXT)],
    );
    assert!(
        !without.done && without.said.contains("NEWSLINE_SECRET_PREVIOUS"),
        "{}",
        without.said
    );
    let wrong = [
        ("NEWSLINE_SECRET", NEXT),
        ("NEWSLINE_SECRET_PREVIOUS", OTHER),
    ];
    let refused = typed(&app.database, &["keys", "rewrap"], &wrong);
    assert!(
        !refused.done && refused.said.contains("Nothing was changed"),
        "{}",
        refused.said
    );
    let right = [
        ("NEWSLINE_SECRET", NEXT),
        ("NEWSLINE_SECRET_PREVIOUS", SECRET),
    ];
    let done = typed(&app.database, &["keys", "rewrap"], &right);
    assert!(
        done.printed.contains("1 signing keys, 1 answers"),
        "{}{}",
        done.printed,
        done.said
    );
    let again = typed(&app.database, &["keys", "rewrap"], &right);
    assert!(
        again.printed.contains("0 signing keys, 0 answers"),
        "{}",
        again.printed
    );

    let node = app.node([("NEWSLINE_SECRET", NEXT)]).await;
    assert_eq!(kids(&node).await, old_kids);
    assert_eq!(status(&node, &app.token_of(&app.people.editor)).await, 200);
    let replayed = make(&node).await.expect(201);
    assert_eq!(replayed.json, first.json);
    let old = typed(&app.database, &["keys", "rotate"], &[]);
    assert!(
        !old.done && old.said.contains("NEWSLINE_SECRET"),
        "{}",
        old.said
    );
}
