//! `ETag`, `If-Match`, `If-None-Match`: no lost edit, nothing sent twice.

use std::future::IntoFuture;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use newsline::db::DbConn;
use serde_json::json;

use super::patch_site;
use crate::support::TestApp;

#[actix_web::test]
async fn a_change_without_a_version_is_refused_with_428() {
    let app = TestApp::start().await;
    let answer = app
        .as_admin()
        .patch("/v1/desk/site", json!({"name": "Xəbər"}))
        .await;
    answer.problem("precondition-required", 428);
}

#[actix_web::test]
async fn a_stale_edit_is_refused_with_412_and_the_present_version() {
    let app = TestApp::start().await;
    let first = patch_site(&app.as_admin(), json!({"name": "Birinci"}))
        .await
        .expect(200);
    assert_eq!(first.etag(), "\"2\"");

    let second = patch_site(&app.as_admin(), json!({"name": "İkinci"}))
        .await
        .problem("stale", 412);

    assert_eq!(second.etag(), "\"2\"");
    let site = app.as_admin().get("/v1/desk/site").await.expect(200);
    assert_eq!(
        (site.json["name"].as_str(), site.etag().as_str()),
        (Some("Birinci"), "\"2\"")
    );
}

#[actix_web::test]
async fn of_many_edits_of_one_version_one_wins() {
    let app = TestApp::start().await;
    let admin = app.as_admin();
    let edits =
        (0..16).map(|nth| patch_site(&admin, json!({"name": format!("Ad {nth}")})).into_future());
    let answers = futures_util::future::join_all(edits).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort();
    assert_eq!(statuses, [vec![200], vec![412; 15]].concat());
}

#[actix_web::test]
async fn if_match_takes_lists_and_a_star_but_no_weak_tag_and_no_nonsense() {
    let app = TestApp::start().await;
    let patch = |tag: &str| {
        app.as_admin()
            .patch("/v1/desk/site", json!({"name": "Xəbər"}))
            .if_match(tag)
    };
    patch("W/\"1\"").await.problem("stale", 412);
    patch("1").await.problem("invalid-header", 400);
    patch("\"").await.problem("invalid-header", 400);
    patch("\"9\", \"1\"").await.expect(200);
    patch("*").await.expect(200);
}

#[actix_web::test]
async fn what_the_client_has_already_is_not_sent_again() {
    let app = TestApp::start().await;
    for (client, path) in [
        (app.anonymous(), "/v1/site"),
        (app.anonymous(), "/openapi.json"),
        (app.anonymous(), "/problems/stale"),
        (app.as_admin(), "/v1/desk/site"),
    ] {
        let first = client.get(path).await.expect(200);
        for tag in [
            first.etag(),
            format!("\"other\", W/{}", first.etag()),
            "*".to_owned(),
        ] {
            let again = client
                .get(path)
                .header("if-none-match", &tag)
                .await
                .expect(304);
            assert!(again.bytes.is_empty());
            for name in ["etag", "cache-control", "vary"] {
                assert_eq!(again.header(name), first.header(name), "{name} of {path}");
            }
        }
        client
            .get(path)
            .header("if-none-match", "\"other\"")
            .await
            .expect(200);
    }
}

#[actix_web::test]
async fn a_change_of_the_site_changes_what_readers_hold() {
    let app = TestApp::start().await;
    let before = app.anonymous().get("/v1/site").await.expect(200);
    patch_site(&app.as_admin(), json!({"name": "Xəbər"}))
        .await
        .expect(200);
    let after = app
        .anonymous()
        .get("/v1/site")
        .header("if-none-match", &before.etag())
        .await
        .expect(200);
    assert_ne!(before.etag(), after.etag());
}

/// Makes the site another version in a transaction of its own, which it gives back open.
fn overtaking(conn: &mut DbConn) {
    let (begin, change) = match conn {
        DbConn::Sqlite(_) => ("begin immediate", "update site set version = version + 5"),
        DbConn::Postgres(_) => ("begin", "update site set version = version + 5"),
    };
    conn.batch_execute(begin).expect("a transaction");
    conn.batch_execute(change).expect("another version");
}

/// Whether somebody waits for a row on PostgreSQL. Those who wait on SQLite have read nothing yet.
fn somebody_waits(conn: &mut DbConn) -> bool {
    let DbConn::Postgres(conn) = conn else {
        return true;
    };
    let waiting = diesel::dsl::sql::<Bool>(
        "exists (select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')",
    );
    diesel::select(waiting).get_result(conn).expect("an answer")
}

#[actix_web::test]
async fn who_was_overtaken_hears_the_version_that_is_there_now() {
    let app = TestApp::start().await;
    let (other, watch) = (&mut app.database.connect(), &mut app.database.connect());
    overtaking(other);
    let late = app
        .as_admin()
        .patch("/v1/desk/site", json!({"name": "Late"}));
    let late = tokio::spawn(late.if_match("\"1\"").into_future());
    let begun = Instant::now();
    while !somebody_waits(watch) {
        assert!(begun.elapsed() < Duration::from_secs(10), "nobody waits");
        tokio::task::yield_now().await;
    }
    other.batch_execute("commit").expect("the end of it");
    let stale = late.await.expect("an answer").problem("stale", 412);
    assert_eq!(stale.header("etag"), Some("\"6\""));
}
