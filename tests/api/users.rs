//! Accounts, kept by admins.

use newsline::auth::Role;
use serde_json::{Value, json};

use crate::support::{Answer, PASSWORD, Person, TestApp, typed};

async fn sign_in(app: &TestApp, email: &str, password: &str) -> Answer {
    let credentials = json!({"email": email, "password": password});
    app.anonymous().post("/v1/auth/tokens", credentials).await
}

fn place(person: &Person) -> String {
    format!("/v1/desk/users/{}", person.user.id)
}

#[actix_web::test]
async fn a_new_account_signs_in_with_the_password_it_was_given() {
    let app = TestApp::start().await;
    let new = json!({
        "email": "Aysel@Example.az", "name": "Aysel Quliyeva", "role": "editor", "password": "a louder evening",
    });
    let made = app.as_admin().post("/v1/desk/users", new).await.expect(201);
    assert_eq!(made.json["email"], "aysel@example.az");
    assert_eq!(made.json["state"], "active");
    assert!(!made.text().contains("argon2") && !made.text().contains("evening"));

    let found = made.header("location").expect("a location");
    assert_eq!(app.as_admin().get(found).await.expect(200).json, made.json);
    sign_in(&app, "aysel@example.az", "a louder evening")
        .await
        .expect(200);
}

#[actix_web::test]
async fn an_account_without_a_password_waits_for_one() {
    let app = TestApp::start().await;
    let new =
        json!({"email": "aysel@example.az", "name": "Aysel", "role": "editor", "password": null});
    let made = app.as_admin().post("/v1/desk/users", new).await.expect(201);
    let found = made.header("location").expect("a location");
    sign_in(&app, "aysel@example.az", PASSWORD)
        .await
        .problem("bad-credentials", 401);

    let password = format!("{found}/password");
    let set = |password: &str| {
        let path = format!("{found}/password");
        let put = app.as_admin().put(&path, json!({"password": password}));
        put.if_match("\"1\"")
    };
    app.as_admin()
        .put(&password, json!({"password": PASSWORD}))
        .await
        .problem("precondition-required", 428);
    set("short")
        .await
        .problem("invalid-field", 422)
        .at("/password");
    assert_eq!(set(PASSWORD).await.expect(200).etag(), "\"2\"");
    set("another evening").await.problem("stale", 412);
    sign_in(&app, "aysel@example.az", PASSWORD)
        .await
        .expect(200);
}

#[actix_web::test]
async fn what_cannot_be_an_account_is_refused_at_its_field() {
    let app = TestApp::start().await;
    let refused = [
        ("email", json!("nobody"), "/email"),
        ("name", json!(" "), "/name"),
        ("role", json!("owner"), "/role"),
        ("password", json!("short"), "/password"),
        ("password", json!("aysel@example.az"), "/password"),
        ("state", json!("active"), "/state"),
    ];
    for (field, value, pointer) in refused {
        let mut new = json!({"email": "aysel@example.az", "name": "Aysel", "role": "editor"});
        new[field] = value;
        let answer = app.as_admin().post("/v1/desk/users", new).await;
        answer.problem("invalid-field", 422).at(pointer);
    }
    let taken = json!({"email": "EDITOR@example.az", "name": "Another", "role": "editor"});
    app.as_admin()
        .post("/v1/desk/users", taken)
        .await
        .problem("already-exists", 409)
        .at("/email");
    app.as_admin()
        .patch(
            &place(&app.people.moderator),
            json!({"email": "editor@example.az"}),
        )
        .if_match("\"1\"")
        .await
        .problem("already-exists", 409)
        .at("/email");
}

#[actix_web::test]
async fn a_suspended_account_is_signed_out_and_stays_out() {
    let app = TestApp::start().await;
    let editor = app.as_editor();
    editor.get("/v1/desk/me").await.expect(200);

    let suspended = app
        .as_admin()
        .patch(&place(&app.people.editor), json!({"state": "suspended"}))
        .if_match("\"1\"")
        .await
        .expect(200);
    editor
        .get("/v1/desk/me")
        .await
        .problem("not-signed-in", 401);
    sign_in(&app, "editor@example.az", PASSWORD)
        .await
        .problem("bad-credentials", 401);

    app.as_admin()
        .patch(&place(&app.people.editor), json!({"state": "active"}))
        .if_match(&suspended.etag())
        .await
        .expect(200);
    // The old sign-in has ended for good.
    editor
        .get("/v1/desk/me")
        .await
        .problem("not-signed-in", 401);
    sign_in(&app, "editor@example.az", PASSWORD)
        .await
        .expect(200);
}

#[actix_web::test]
async fn a_new_role_needs_no_new_sign_in() {
    let app = TestApp::start().await;
    let contributor = app.as_contributor();
    contributor
        .get("/v1/desk/changes")
        .await
        .problem("forbidden", 403);
    app.as_admin()
        .patch(
            &place(&app.people.contributor),
            json!({"role": "editor", "name": "Promoted"}),
        )
        .if_match("\"1\"")
        .await
        .expect(200);
    contributor.get("/v1/desk/changes").await.expect(200);
    let me = contributor.get("/v1/desk/me").await.expect(200);
    assert_eq!(me.json["name"], "Promoted");
}

#[actix_web::test]
async fn a_password_set_by_an_admin_ends_every_sign_in() {
    let app = TestApp::start().await;
    let editor = app.as_editor();
    let path = format!("{}/password", place(&app.people.editor));
    app.as_admin()
        .put(&path, json!({"password": "a louder evening"}))
        .if_match("\"1\"")
        .await
        .expect(200);
    editor
        .get("/v1/desk/me")
        .await
        .problem("not-signed-in", 401);
    sign_in(&app, "editor@example.az", "a louder evening")
        .await
        .expect(200);
}

#[actix_web::test]
async fn one_active_admin_stays() {
    let app = TestApp::start().await;
    let admin = place(&app.people.admin);
    let refused = [json!({"state": "suspended"}), json!({"role": "editor"})];
    for patch in refused {
        app.as_admin()
            .patch(&admin, patch)
            .if_match("\"1\"")
            .await
            .problem("wrong-state", 409);
    }
    let second = app.hire(Role::Admin, "second").await;
    let at_once = |person: &Person, other: &Person| {
        let patch = json!({"state": "suspended"});
        app.as_person(person)
            .patch(&place(other), patch)
            .if_match("\"1\"")
    };
    let (one, other) = futures_util::future::join(
        at_once(&app.people.admin, &second).into_future(),
        at_once(&second, &app.people.admin).into_future(),
    )
    .await;
    let mut statuses = [one.status, other.status];
    statuses.sort();
    assert_eq!(statuses[0], 200, "{one}{other}");
    // The other is told that one must stay, or has been signed out by then.
    assert!(matches!(statuses[1], 401 | 409), "{one}{other}");
}

#[actix_web::test]
async fn accounts_page_from_the_oldest() {
    let app = TestApp::start().await;
    let admin = app.as_admin();
    let first = admin.get("/v1/desk/users?limit=3&count=true");
    let first = first.await.expect(200);
    assert_eq!(first.json["total"], 4);
    assert_eq!(first.json["items"][0]["email"], "admin@example.az");
    assert!(first.json["items"][0].get("password_hash").is_none());

    let next = first.json["page"]["next"].as_str().expect("a next page");
    let second = admin.get(&format!("/v1/desk/users?limit=3&cursor={next}"));
    let second = second.await.expect(200);
    assert_eq!(second.json["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(second.json["page"]["next"], Value::Null);
    let unknown = format!("/v1/desk/users/{}", newsline::auth::UserId::new());
    admin.get(&unknown).await.problem("not-found", 404);
}

#[actix_web::test]
async fn the_command_line_keeps_the_last_admin_too() {
    let app = TestApp::start().await;
    let admin = app.people.admin.user.email.as_deref().expect("an address");
    let demote = ["user", "set-role", "--email", admin, "--role", "editor"];
    for command in [&["user", "disable", "--email", admin][..], &demote] {
        let refused = typed(&app.database, command, &[]);
        assert!(
            !refused.done && refused.said.contains("last active admin"),
            "{}",
            refused.said
        );
    }
    app.as_admin().get("/v1/desk/users").await.expect(200);

    app.hire(Role::Admin, "Second").await;
    let demoted = typed(&app.database, &demote, &[]);
    assert!(demoted.done, "{}", demoted.said);
    app.as_admin()
        .get("/v1/desk/users")
        .await
        .problem("not-signed-in", 401);
}
