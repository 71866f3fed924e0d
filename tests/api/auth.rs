//! Signing in, staying signed in, and being thrown out.

use newsline::auth::model::UserState;
use newsline::auth::{Role, User, UserId, store};
use newsline::http::problem::Problem;
use serde_json::{Value, json};

use crate::support::{Answer, Client, PASSWORD, TestApp};

/// What `POST /v1/auth/tokens` answers to an e-mail and a password.
async fn sign_in(app: &TestApp, email: &str, password: &str) -> Answer {
    let credentials = json!({"email": email, "password": password});
    app.anonymous().post("/v1/auth/tokens", credentials).await
}

async fn refresh(app: &TestApp, token: &str) -> Answer {
    let body = json!({"refresh_token": token});
    app.anonymous().post("/v1/auth/refresh", body).await
}

/// The access and the refresh token of an answer.
fn tokens(answer: &Answer) -> (String, String) {
    let token = |name: &str| answer.json[name].as_str().expect("a token").to_owned();
    (token("access_token"), token("refresh_token"))
}

/// Signs the editor in.
async fn editor_tokens(app: &TestApp) -> (String, String) {
    tokens(
        &sign_in(app, "editor@example.az", PASSWORD)
            .await
            .expect(200),
    )
}

fn bearing(app: &TestApp, token: &str) -> Client {
    app.anonymous().bearing(token)
}

/// Changes an account past the API.
async fn change_account(app: &TestApp, id: UserId, change: impl Fn(&mut User) + Send + 'static) {
    let changed = app.app.db.write(move |tx| {
        let mut user = store::find_user(tx, id)?.ok_or_else(Problem::not_found)?;
        let read = user.version;
        change(&mut user);
        user.version += 1;
        Ok::<_, Problem>(store::save_user(tx, &user, read)?)
    });
    assert!(changed.await.expect("a saved account"));
}

#[actix_web::test]
async fn whoever_signs_in_is_known_at_the_desk() {
    let app = TestApp::start().await;

    let answer = sign_in(&app, "Editor@Example.az", PASSWORD)
        .await
        .expect(200);
    assert_eq!(answer.json["token_type"], "Bearer");
    assert_eq!(answer.json["expires_in"], 900);
    assert_eq!(answer.header("cache-control"), Some("private, no-store"));

    let (access, _) = tokens(&answer);
    let me = bearing(&app, &access).get("/v1/desk/me").await.expect(200);
    assert_eq!(me.json["email"], "editor@example.az");
    assert_eq!(me.json["role"], "editor");
    assert!(me.json.get("password_hash").is_none());
}

#[actix_web::test]
async fn a_wrong_password_an_unknown_account_and_a_suspended_one_are_answered_alike() {
    let app = TestApp::start().await;
    let suspended = app.hire(Role::Editor, "suspended").await;
    change_account(&app, suspended.user.id, |user| {
        user.state = UserState::Suspended;
    })
    .await;

    let attempts = [
        ("editor@example.az", "not the password"),
        ("nobody@example.az", PASSWORD),
        ("suspended@example.az", PASSWORD),
        ("not an address", PASSWORD),
    ];
    let mut answers = Vec::new();
    for (email, password) in attempts {
        let mut answer = sign_in(&app, email, password)
            .await
            .problem("bad-credentials", 401);
        assert!(answer.header("www-authenticate").is_some());
        answer.json["request_id"] = Value::Null;
        answers.push(answer.json);
    }
    assert!(
        answers.iter().all(|answer| *answer == answers[0]),
        "{answers:#?}"
    );
}

#[actix_web::test]
async fn an_account_without_a_password_cannot_be_signed_in_to() {
    let app = TestApp::start().await;
    let person = app.hire(Role::Editor, "outside").await;
    change_account(&app, person.user.id, |user| user.password_hash = None).await;
    sign_in(&app, "outside@example.az", PASSWORD)
        .await
        .problem("bad-credentials", 401);
}

#[actix_web::test]
async fn a_refresh_token_gives_new_tokens_of_the_same_sign_in() {
    let app = TestApp::start().await;
    let (access, first) = editor_tokens(&app).await;

    let (new_access, second) = tokens(&refresh(&app, &first).await.expect(200));

    assert_ne!(first, second);
    assert_ne!(access, new_access);
    bearing(&app, &new_access)
        .get("/v1/desk/me")
        .await
        .expect(200);
    bearing(&app, &access).get("/v1/desk/me").await.expect(200);
    refresh(&app, &second).await.expect(200);
}

#[actix_web::test]
async fn a_spent_refresh_token_ends_the_whole_family() {
    let app = TestApp::start().await;
    let (_, stolen) = editor_tokens(&app).await;
    let (access, second) = tokens(&refresh(&app, &stolen).await.expect(200));

    refresh(&app, &stolen).await.problem("bad-token", 401);

    refresh(&app, &second).await.problem("bad-token", 401);
    bearing(&app, &access)
        .get("/v1/desk/me")
        .await
        .problem("not-signed-in", 401);
}

#[actix_web::test]
async fn a_family_that_ends_leaves_other_sign_ins_alone() {
    let app = TestApp::start().await;
    let (other, _) = editor_tokens(&app).await;
    let (_, stolen) = editor_tokens(&app).await;
    refresh(&app, &stolen).await.expect(200);
    refresh(&app, &stolen).await.problem("bad-token", 401);
    bearing(&app, &other).get("/v1/desk/me").await.expect(200);
}

#[actix_web::test]
async fn of_two_refreshes_at_once_only_one_succeeds() {
    let app = TestApp::start().await;
    let (_, token) = editor_tokens(&app).await;
    let (one, other) =
        futures_util::future::join(refresh(&app, &token), refresh(&app, &token)).await;
    let mut statuses = [one.status, other.status];
    statuses.sort();
    assert_eq!(statuses, [200, 401]);
}

#[actix_web::test]
async fn a_refresh_token_that_was_never_given_out_ends_nothing() {
    let app = TestApp::start().await;
    let (access, token) = editor_tokens(&app).await;
    let end = if token.ends_with('A') { "E" } else { "A" };
    let forged = format!("{}{end}", &token[..token.len() - 1]);

    for token in [forged.as_str(), "", "nlt_", "nlt_1_2", &access] {
        let answer = refresh(&app, token).await;
        assert!(matches!(answer.status, 401 | 422), "{answer}");
    }
    bearing(&app, &access).get("/v1/desk/me").await.expect(200);
    refresh(&app, &token).await.expect(200);
}

#[actix_web::test]
async fn logging_out_holds_at_once() {
    let app = TestApp::start().await;
    let (access, token) = editor_tokens(&app).await;
    let (other, _) = editor_tokens(&app).await;

    bearing(&app, &access)
        .request(reqwest::Method::POST, "/v1/auth/logout")
        .await
        .expect(204);

    bearing(&app, &access)
        .get("/v1/desk/me")
        .await
        .problem("not-signed-in", 401);
    refresh(&app, &token).await.problem("bad-token", 401);
    bearing(&app, &other).get("/v1/desk/me").await.expect(200);
}

#[actix_web::test]
async fn suspending_holds_at_once() {
    let app = TestApp::start().await;
    let (access, token) = editor_tokens(&app).await;

    change_account(&app, app.people.editor.user.id, |user| {
        user.state = UserState::Suspended;
    })
    .await;

    bearing(&app, &access)
        .get("/v1/desk/me")
        .await
        .problem("not-signed-in", 401);
    refresh(&app, &token).await.problem("bad-token", 401);
}

#[actix_web::test]
async fn a_new_role_holds_at_once() {
    let app = TestApp::start().await;
    let (access, _) = editor_tokens(&app).await;
    bearing(&app, &access)
        .get("/v1/desk/changes")
        .await
        .expect(200);

    change_account(&app, app.people.editor.user.id, |user| {
        user.role = Role::Contributor;
    })
    .await;

    bearing(&app, &access)
        .get("/v1/desk/changes")
        .await
        .problem("forbidden", 403);
}

#[actix_web::test]
async fn an_access_token_ends_after_fifteen_minutes_and_is_refreshed() {
    let app = TestApp::start().await;
    let (access, token) = editor_tokens(&app).await;

    app.clock.advance(14 * 60);
    bearing(&app, &access).get("/v1/desk/me").await.expect(200);
    app.clock.advance(60 + 10);
    bearing(&app, &access)
        .get("/v1/desk/me")
        .await
        .problem("not-signed-in", 401);

    let (access, _) = tokens(&refresh(&app, &token).await.expect(200));
    bearing(&app, &access).get("/v1/desk/me").await.expect(200);
}

#[actix_web::test]
async fn a_sign_in_ends_after_thirty_days_however_often_it_is_refreshed() {
    let app = TestApp::start().await;
    let (_, mut token) = editor_tokens(&app).await;
    for _ in 0..2 {
        app.clock.advance(14 * 24 * 3600);
        (_, token) = tokens(&refresh(&app, &token).await.expect(200));
    }
    app.clock.advance(2 * 24 * 3600 + 1);
    refresh(&app, &token).await.problem("bad-token", 401);
}

#[actix_web::test]
async fn a_new_password_ends_every_sign_in() {
    let app = TestApp::start().await;
    let (access, token) = editor_tokens(&app).await;
    let (other, _) = editor_tokens(&app).await;
    let me = bearing(&app, &access).get("/v1/desk/me").await.expect(200);

    let change = json!({"current": PASSWORD, "new": "a louder evening"});
    let changing = bearing(&app, &access).put("/v1/desk/me/password", change);
    changing.if_match(&me.etag()).await.expect(204);

    bearing(&app, &access)
        .get("/v1/desk/me")
        .await
        .problem("not-signed-in", 401);
    bearing(&app, &other)
        .get("/v1/desk/me")
        .await
        .problem("not-signed-in", 401);
    refresh(&app, &token).await.problem("bad-token", 401);
    sign_in(&app, "editor@example.az", PASSWORD)
        .await
        .problem("bad-credentials", 401);
    sign_in(&app, "editor@example.az", "a louder evening")
        .await
        .expect(200);
}

#[actix_web::test]
async fn a_password_is_changed_only_by_whoever_knows_it_and_within_the_rules() {
    let app = TestApp::start().await;
    let change = |current: &str, new: &str| {
        let body = json!({"current": current, "new": new});
        app.as_editor()
            .put("/v1/desk/me/password", body)
            .if_match("\"1\"")
    };
    change("not the password", "a louder evening")
        .await
        .problem("invalid-field", 422)
        .at("/current");
    change(PASSWORD, "short")
        .await
        .problem("invalid-field", 422)
        .at("/new");
    change(PASSWORD, "editor@example.az")
        .await
        .problem("invalid-field", 422)
        .at("/new");
    sign_in(&app, "editor@example.az", PASSWORD)
        .await
        .expect(200);
}

#[actix_web::test]
async fn no_answer_shows_a_password_again() {
    let app = TestApp::start().await;
    let said = "correct horse battery staple";
    let answers = [
        sign_in(&app, "editor@example.az", said).await,
        app.as_editor()
            .put(
                "/v1/desk/me/password",
                json!({"current": said, "new": said}),
            )
            .if_match("\"1\"")
            .await,
        app.anonymous()
            .post("/v1/auth/tokens", json!({"email": 1, "password": said}))
            .await,
    ];
    for answer in answers {
        assert!(
            answer.status >= 400 && !answer.text().contains(said),
            "{answer}"
        );
    }
}
