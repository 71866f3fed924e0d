//! When every connection is taken, nobody hangs and nobody gets a riddle.

use std::sync::mpsc;
use std::time::{Duration, Instant};

use newsline::http::problem::Problem;

use crate::support::TestApp;

#[actix_web::test]
async fn while_all_connections_are_taken_requests_are_told_to_come_back_in_time() {
    let settings = [
        ("DATABASE_CONNECTIONS", "1"),
        ("DATABASE_WAIT_SECONDS", "1"),
    ];
    let app = TestApp::with(settings).await;
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

    let begun = Instant::now();
    for path in ["/v1/articles", "/v1/desk/me", "/readyz"] {
        let answer = app.as_editor().get(path).await;
        let busy = answer.problem("unavailable", 503);
        assert!(busy.header("retry-after").is_some(), "{busy}");
    }
    assert!(begun.elapsed() < Duration::from_secs(10), "they hang");
    app.anonymous().get("/healthz").await.expect(200);

    drop(release);
    holder.await.expect("the job").expect("its answer");
    app.as_editor().get("/v1/desk/me").await.expect(200);
    app.anonymous().get("/v1/articles").await.expect(200);
}
