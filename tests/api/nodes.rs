//! Several nodes on one database: what one decides holds at once on the other, they may start
//! together, and share their connections with others by a pooler.

use std::process::Stdio;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use newsline::auth::Role;
use newsline::db::{DbConn, migrations};
use newsline::http::problem::Problem;
use serde_json::{Value, json};

use crate::support::{Answer, Database, PASSWORD, TestApp, is_on_postgres, program};

async fn sign_in(app: &TestApp, email: &str) -> (String, String) {
    let credentials = json!({"email": email, "password": PASSWORD});
    let answer = app
        .anonymous()
        .post("/v1/auth/tokens", credentials)
        .await
        .expect(200);
    let token = |name: &str| answer.json[name].as_str().expect("a token").to_owned();
    (token("access_token"), token("refresh_token"))
}

async fn me(app: &TestApp, token: &str) -> Answer {
    app.anonymous().bearing(token).get("/v1/desk/me").await
}

async fn refresh(app: &TestApp, token: &str) -> Answer {
    let body = json!({"refresh_token": token});
    app.anonymous().post("/v1/auth/refresh", body).await
}

#[actix_web::test]
async fn a_sign_in_of_one_node_is_good_on_the_other() {
    let one = TestApp::start().await;
    let other = one.node([]).await;
    let (access, token) = sign_in(&one, "editor@example.az").await;
    me(&other, &access).await.expect(200);
    refresh(&other, &token).await.expect(200);
    refresh(&one, &token).await.problem("bad-token", 401);
    me(&other, &access).await.problem("not-signed-in", 401);
}

#[actix_web::test]
async fn suspending_and_a_new_role_hold_on_the_other_node_at_once() {
    let one = TestApp::start().await;
    let other = one.node([]).await;
    let (access, token) = sign_in(&other, "editor@example.az").await;
    let place = format!("/v1/desk/users/{}", one.people.editor.user.id);
    let change = |patch: Value, tag: &str| one.as_admin().patch(&place, patch).if_match(tag);

    change(json!({"role": "contributor"}), "\"1\"")
        .await
        .expect(200);
    let log = other
        .anonymous()
        .bearing(&access)
        .get("/v1/desk/changes")
        .await;
    log.problem("forbidden", 403);

    change(json!({"state": "suspended"}), "\"2\"")
        .await
        .expect(200);
    me(&other, &access).await.problem("not-signed-in", 401);
    refresh(&other, &token).await.problem("bad-token", 401);
}

#[actix_web::test]
async fn logging_out_everywhere_ends_every_sign_in_and_nobody_elses() {
    let one = TestApp::start().await;
    let other = one.node([]).await;
    let (here, _) = sign_in(&one, "editor@example.az").await;
    let (there, token) = sign_in(&other, "editor@example.az").await;
    let (moderator, _) = sign_in(&one, "moderator@example.az").await;
    let out = |query: &str| {
        let path = format!("/v1/auth/logout{query}");
        one.anonymous()
            .bearing(&here)
            .request(reqwest::Method::POST, &path)
    };
    out("?everywhere=yes")
        .await
        .problem("invalid-parameter", 400);
    out("?everywhere=true").await.expect(204);

    for token in [&here, &there] {
        me(&one, token).await.problem("not-signed-in", 401);
        me(&other, token).await.problem("not-signed-in", 401);
    }
    refresh(&other, &token).await.problem("bad-token", 401);
    me(&other, &moderator).await.expect(200);
}

#[actix_web::test]
async fn a_new_password_ends_the_sign_ins_of_the_other_node() {
    let one = TestApp::start().await;
    let other = one.node([]).await;
    let (access, token) = sign_in(&other, "editor@example.az").await;
    let change = json!({"current": PASSWORD, "new": "a louder evening"});
    let changing = one.as_editor().put("/v1/desk/me/password", change);
    changing.if_match("\"1\"").await.expect(204);
    me(&other, &access).await.problem("not-signed-in", 401);
    refresh(&other, &token).await.problem("bad-token", 401);
}

#[actix_web::test]
async fn a_key_made_on_one_node_is_good_on_the_other() {
    let one = TestApp::start().await;
    let other = one.node([]).await;
    let new = json!({"name": "Wire bridge", "role": Role::Editor});
    let made = one
        .as_admin()
        .post("/v1/desk/api-keys", new)
        .await
        .expect(201);
    let token = made.json["token"].as_str().expect("a token");
    me(&other, token).await.expect(200);
}

#[actix_web::test]
async fn nodes_that_start_together_bring_the_database_up_to_date_together() {
    let database = Database::migrated();
    migrations::revert_all(&mut database.connect()).expect("the way down");
    let nodes: Vec<_> = (0..3)
        .map(|_| {
            let mut node = program(&database);
            node.arg("migrate")
                .stdout(Stdio::null())
                .stderr(Stdio::piped());
            node.spawn().expect("the program")
        })
        .collect();
    for node in nodes {
        let ended = node.wait_with_output().expect("its end");
        let said = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success(), "{said}");
    }
    assert_eq!(
        migrations::pending(&mut database.connect()).expect("them"),
        0
    );
    let app = TestApp::on(database, []).await;
    app.anonymous().get("/readyz").await.expect(200);
}

#[derive(QueryableByName)]
struct Session {
    #[diesel(sql_type = Text)]
    limit: String,
    #[diesel(sql_type = BigInt)]
    prepared: i64,
}

/// What a statement of the app's may take, and what was prepared on its connection.
fn session(conn: &mut DbConn) -> Result<(String, i64), Problem> {
    let DbConn::Postgres(conn) = conn else {
        panic!("a connection to PostgreSQL");
    };
    let asking = diesel::sql_query(
        "SELECT current_setting('statement_timeout') AS limit, \
         (SELECT count(*) FROM pg_prepared_statements) AS prepared",
    );
    let session: Session = asking.get_result(conn)?;
    Ok((session.limit, session.prepared))
}

#[actix_web::test]
async fn behind_a_pooler_nothing_stays_with_a_connection_and_limits_hold_all_the_same() {
    if !is_on_postgres() {
        return;
    }
    let settings = [
        ("NEWSLINE_PG_POOLED", "true"),
        ("DATABASE_STATEMENT_SECONDS", "7"),
        ("DATABASE_CONNECTIONS", "1"),
    ];
    let app = TestApp::with(settings).await;
    app.published_article(json!({})).await;
    app.anonymous().get("/v1/articles").await.expect(200);
    let db = &app.app.db;
    let as_it_is = ("7s".to_owned(), 0);
    assert_eq!(db.read(session).await.expect("an answer"), as_it_is);
    assert_eq!(
        db.read_snapshot(session).await.expect("an answer"),
        as_it_is
    );
    let written = db.write(|tx| session(tx)).await;
    assert_eq!(written.expect("an answer"), as_it_is);
    let (limit, _) = db.maintain(session).await.expect("an answer");
    assert_ne!(limit, "7s");
}
