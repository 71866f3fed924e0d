//! When every connection is taken, nobody hangs and nobody gets a riddle.

use std::future::IntoFuture;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use newsline::db::DbConn;
use newsline::http::problem::Problem;
use serde_json::json;
use tokio::task::JoinHandle;

use crate::support::{PASSWORD, TestApp};

/// The keys of access tokens are read again when they are as old as this, in seconds.
const KEYS_ARE_OLD: i64 = 31;

/// An app with one connection, for which nobody waits long.
async fn with_one_connection() -> TestApp {
    let settings = [
        ("DATABASE_CONNECTIONS", "1"),
        ("DATABASE_WAIT_SECONDS", "1"),
    ];
    TestApp::with(settings).await
}

/// The only connection, taken until this is let go of.
struct Taken {
    release: mpsc::Sender<()>,
    holder: JoinHandle<Result<(), Problem>>,
}

impl Taken {
    async fn from(app: &TestApp) -> Self {
        let (taken, is_taken) = tokio::sync::oneshot::channel();
        let (release, released) = mpsc::channel::<()>();
        let db = app.app.db.clone();
        let holder = actix_web::rt::spawn(async move {
            db.read(move |_| {
                let _ = taken.send(());
                // Ends when the test lets go, be it by failing.
                let _ = released.recv();
                Ok::<_, Problem>(())
            })
            .await
        });
        is_taken.await.expect("the only connection");
        Self { release, holder }
    }

    async fn let_go(self) {
        drop(self.release);
        self.holder.await.expect("the job").expect("its answer");
    }
}

#[actix_web::test]
async fn while_all_connections_are_taken_requests_are_told_to_come_back_in_time() {
    let app = with_one_connection().await;
    let taken = Taken::from(&app).await;
    let begun = Instant::now();
    for path in ["/v1/articles", "/v1/desk/me", "/readyz"] {
        let answer = app.as_editor().get(path).await;
        let busy = answer.problem("unavailable", 503);
        assert!(busy.header("retry-after").is_some(), "{busy}");
    }
    assert!(begun.elapsed() < Duration::from_secs(10), "they hang");
    app.anonymous().get("/healthz").await.expect(200);

    taken.let_go().await;
    app.as_editor().get("/v1/desk/me").await.expect(200);
    app.anonymous().get("/v1/articles").await.expect(200);
}

#[actix_web::test]
async fn who_is_told_to_come_back_can_refresh_the_sign_in_then() {
    let app = with_one_connection().await;
    let credentials = json!({"email": "editor@example.az", "password": PASSWORD});
    let signed_in = app.anonymous().post("/v1/auth/tokens", credentials).await;
    let token = signed_in.expect(200).json["refresh_token"].clone();
    let refresh = || {
        let body = json!({"refresh_token": token});
        app.anonymous().post("/v1/auth/refresh", body)
    };
    app.clock.advance(KEYS_ARE_OLD);
    let taken = Taken::from(&app).await;
    refresh().await.problem("unavailable", 503);
    taken.let_go().await;
    refresh().await.expect(200);
}

#[actix_web::test]
async fn those_who_come_together_during_an_outage_wait_together() {
    let app = with_one_connection().await;
    let editor = app.as_editor();
    app.clock.advance(KEYS_ARE_OLD);
    let taken = Taken::from(&app).await;
    let begun = Instant::now();
    let waiting = (0..10).map(|_| editor.get("/v1/desk/me").into_future());
    for answer in futures_util::future::join_all(waiting).await {
        answer.problem("unavailable", 503);
    }
    // One after the other they would wait for ten seconds.
    assert!(begun.elapsed() < Duration::from_secs(5), "they queue");
    taken.let_go().await;
    app.as_editor().get("/v1/desk/me").await.expect(200);
}

#[actix_web::test]
async fn sorting_all_names_anew_may_take_its_time() {
    let app = TestApp::start().await;
    if let DbConn::Postgres(conn) = &mut app.database.connect() {
        // What takes long in a large newsroom says whether it would be cut off.
        conn.batch_execute(
            "create function hurried() returns trigger language plpgsql as $$ begin \
                 if current_setting('statement_timeout') <> '0' then raise exception 'hurried'; end if; \
                 return null; end $$; \
             create trigger hurried after delete on published_names for each statement \
                 execute function hurried()",
        )
        .expect("a trigger");
    }
    let patch = json!({"languages": ["en", "az"]});
    let changing = app.as_admin().patch("/v1/desk/site", patch);
    changing.if_match("\"1\"").await.expect(200);
}
