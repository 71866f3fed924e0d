//! How often one may ask, and what one is told of it. The clock is put forward instead of waiting.

use serde_json::{Value, json};

use crate::support::{Answer, PASSWORD, TestApp};

async fn sign_in(app: &TestApp, email: &str, password: &str) -> Answer {
    sign_in_from(app, "", email, password).await
}

/// With `X-Forwarded-For`, as a proxy sends it or a client forges it.
async fn sign_in_from(app: &TestApp, forwarded: &str, email: &str, password: &str) -> Answer {
    let credentials = json!({"email": email, "password": password});
    let post = app.anonymous().post("/v1/auth/tokens", credentials);
    match forwarded {
        "" => post.await,
        forwarded => post.header("x-forwarded-for", forwarded).await,
    }
}

const EDITOR: &str = "editor@example.az";

#[actix_web::test]
async fn sign_ins_from_one_address_are_few_and_more_with_time() {
    let app = TestApp::with([("NEWSLINE_LIMIT_SIGN_IN", "3/60")]).await;
    for left in [2, 1, 0] {
        let answer = sign_in(&app, EDITOR, PASSWORD).await.expect(200);
        assert_eq!(
            answer.header("ratelimit-policy"),
            Some("\"sign-in\";q=3;w=60")
        );
        let told = format!("\"sign-in\";r={left};t=20");
        assert_eq!(answer.header("ratelimit"), Some(told.as_str()));
    }
    let refused = sign_in(&app, EDITOR, PASSWORD)
        .await
        .problem("too-many-requests", 429);
    assert_eq!(
        refused.header("ratelimit-policy"),
        Some("\"sign-in\";q=3;w=60")
    );
    let wait: i64 = refused
        .header("retry-after")
        .expect("Retry-After")
        .parse()
        .expect("seconds");
    assert!((1..=20).contains(&wait), "{refused}");
    assert_eq!(
        refused.header("ratelimit"),
        Some(format!("\"sign-in\";r=0;t={wait}").as_str())
    );
    let refresh = json!({"refresh_token": "nlt_1_2"});
    let refreshing = app.anonymous().post("/v1/auth/refresh", refresh).await;
    refreshing.problem("too-many-requests", 429);

    app.clock.advance(wait);
    sign_in(&app, EDITOR, PASSWORD).await.expect(200);
}

#[actix_web::test]
async fn guesses_are_few_and_unknown_accounts_are_answered_alike() {
    let app = TestApp::with([("NEWSLINE_LIMIT_ACCOUNT", "3/900")]).await;
    let mut answers = Vec::new();
    for email in [EDITOR, "nobody@example.az", "not an address"] {
        let mut heard = Vec::new();
        for _ in 0..4 {
            let mut answer = sign_in(&app, email, "not the password").await;
            answer.json["request_id"] = Value::Null;
            let told = answer.header("ratelimit-policy").map(str::to_owned);
            heard.push((answer.status, answer.json, told));
        }
        assert_eq!(heard[3].0, 429);
        answers.push(heard);
    }
    assert!(
        answers.iter().all(|heard| *heard == answers[0]),
        "{answers:#?}"
    );

    // The right password does not help either, or guessing could go on; but it does with time.
    sign_in(&app, EDITOR, PASSWORD)
        .await
        .problem("too-many-requests", 429);
    sign_in(&app, "moderator@example.az", PASSWORD)
        .await
        .expect(200);
    app.clock.advance(301);
    sign_in(&app, EDITOR, PASSWORD).await.expect(200);
    sign_in(&app, EDITOR, "not the password")
        .await
        .problem("bad-credentials", 401);
}

#[actix_web::test]
async fn many_guesses_at_once_are_counted_each() {
    let app = TestApp::with([("NEWSLINE_LIMIT_ACCOUNT", "3/900")]).await;
    let guesses = (0..12).map(|_| sign_in(&app, EDITOR, "not the password"));
    let answers = futures_util::future::join_all(guesses).await;
    let heard = answers.iter().filter(|answer| answer.status == 401).count();
    assert_eq!(heard, 3);
}

#[actix_web::test]
async fn strangers_do_not_lock_anybody_out() {
    let app = TestApp::with([
        ("NEWSLINE_TRUSTED_PROXIES", "127.0.0.0/8"),
        ("NEWSLINE_LIMIT_STRANGERS", "5/3600"),
    ])
    .await;
    sign_in_from(&app, "198.51.100.1", EDITOR, PASSWORD)
        .await
        .expect(200);
    let mut heard = 0;
    for nth in 0..8 {
        let from = format!("203.0.113.{nth}");
        let answer = sign_in_from(&app, &from, EDITOR, "not the password").await;
        heard += usize::from(answer.status == 401);
    }
    // One of the five was the editor's own first.
    assert_eq!(heard, 4);
    sign_in_from(&app, "203.0.113.99", EDITOR, PASSWORD)
        .await
        .problem("too-many-requests", 429);
    sign_in_from(&app, "198.51.100.1", EDITOR, PASSWORD)
        .await
        .expect(200);
}

#[actix_web::test]
async fn a_forged_address_is_not_believed() {
    let app = TestApp::with([("NEWSLINE_LIMIT_SIGN_IN", "2/60")]).await;
    for nth in 0..2 {
        let forged = format!("203.0.113.{nth}");
        sign_in_from(&app, &forged, EDITOR, PASSWORD)
            .await
            .expect(200);
    }
    let forged = sign_in_from(&app, "203.0.113.9", EDITOR, PASSWORD).await;
    forged.problem("too-many-requests", 429);
}

#[actix_web::test]
async fn behind_a_trusted_proxy_each_client_counts_alone() {
    let app = TestApp::with([
        ("NEWSLINE_LIMIT_SIGN_IN", "1/60"),
        ("NEWSLINE_TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8"),
    ])
    .await;
    let from = |forwarded: &'static str| sign_in_from(&app, forwarded, EDITOR, PASSWORD);
    from("203.0.113.1").await.expect(200);
    from("203.0.113.2, 10.1.1.1").await.expect(200);
    // What the client itself wrote stands to the left of what the proxy saw.
    from("198.51.100.7, 203.0.113.1")
        .await
        .problem("too-many-requests", 429);
    from("2001:db8:0:1::1").await.expect(200);
    from("2001:db8:0:1:2:3:4:5")
        .await
        .problem("too-many-requests", 429);
    from("2001:db8:0:2::1").await.expect(200);
}

#[actix_web::test]
async fn at_the_desk_each_caller_is_counted_and_told() {
    let app = TestApp::with([("NEWSLINE_LIMIT_DESK", "2/60")]).await;
    let editor = app.as_editor();
    let first = editor.get("/v1/desk/me").await.expect(200);
    assert_eq!(first.header("ratelimit-policy"), Some("\"desk\";q=2;w=60"));
    assert_eq!(first.header("ratelimit"), Some("\"desk\";r=1;t=30"));
    let problem = editor.get("/v1/desk/nothing-here/at-all").await;
    problem.problem("not-found", 404);
    let second = editor.get("/v1/desk/sources/nothing").await;
    assert_eq!(
        second.header("ratelimit"),
        Some("\"desk\";r=0;t=30"),
        "{second}"
    );
    let refused = editor
        .get("/v1/desk/me")
        .await
        .problem("too-many-requests", 429);
    assert!(refused.header("retry-after").is_some());
    assert_eq!(refused.header("cache-control"), Some("private, no-store"));
    app.as_moderator().get("/v1/desk/me").await.expect(200);
    app.clock.advance(31);
    editor.get("/v1/desk/me").await.expect(200);
}

#[actix_web::test]
async fn readers_are_not_counted() {
    let app = TestApp::with([
        ("NEWSLINE_LIMIT_DESK", "1/60"),
        ("NEWSLINE_LIMIT_SIGN_IN", "1/60"),
    ])
    .await;
    for _ in 0..5 {
        let answer = app.anonymous().get("/v1/site").await.expect(200);
        assert!(answer.header("ratelimit").is_none());
    }
}

#[actix_web::test]
async fn a_stolen_token_does_not_help_to_guess_the_password() {
    let app = TestApp::with([("NEWSLINE_LIMIT_ACCOUNT", "3/900")]).await;
    let guess = || {
        let change = json!({"current": "not the password", "new": "a louder evening"});
        app.as_editor()
            .put("/v1/desk/me/password", change)
            .if_match("\"1\"")
    };
    for _ in 0..3 {
        guess().await.problem("invalid-field", 422).at("/current");
    }
    guess().await.problem("too-many-requests", 429);
}

#[actix_web::test]
async fn a_limit_can_be_turned_off() {
    let app = TestApp::with([("NEWSLINE_LIMIT_DESK", "off")]).await;
    let answer = app.as_editor().get("/v1/desk/me").await.expect(200);
    assert!(answer.header("ratelimit").is_none());
}
