//! The numbers, and who may see them.

use std::net::TcpListener;

use newsline::app::metrics_server;

use crate::support::TestApp;

const TOKEN: &str = "0123456789abcdefghij";

#[actix_web::test]
async fn the_numbers_name_operations_and_statuses() {
    let app = TestApp::start().await;
    app.anonymous().get("/v1/site").await.expect(200);
    let text = app.anonymous().get("/metrics").await.expect(200).text();
    let counted = "newsline_answers_total{operation=\"get_site\",status=\"200\"} 1";
    assert!(text.contains(counted), "{text}");
}

#[actix_web::test]
async fn with_a_token_set_nobody_sees_them_without_it() {
    let app = TestApp::with([("NEWSLINE_METRICS_TOKEN", TOKEN)]).await;
    let refused = app.anonymous().get("/metrics").await;
    let refused = refused.problem("bad-token", 401);
    assert!(refused.header("www-authenticate").is_some());
    let wrong = app.anonymous().bearing(&TOKEN[1..]);
    wrong.get("/metrics").await.problem("bad-token", 401);
    app.as_admin()
        .get("/metrics")
        .await
        .problem("bad-token", 401);
    app.anonymous()
        .bearing(TOKEN)
        .get("/metrics")
        .await
        .expect(200);
}

#[actix_web::test]
async fn with_a_place_of_their_own_they_are_nowhere_else() {
    let app = TestApp::with([
        ("NEWSLINE_METRICS_BIND", "127.0.0.1:0"),
        ("NEWSLINE_METRICS_TOKEN", TOKEN),
    ])
    .await;
    app.anonymous()
        .bearing(TOKEN)
        .get("/metrics")
        .await
        .problem("not-found", 404);

    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("its address");
    let server = metrics_server(app.app.clone(), listener).expect("a server");
    let handle = server.handle();
    let running = actix_web::rt::spawn(server);
    let http = reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client");
    let get = |path: &str| http.get(format!("http://{address}{path}"));
    let status = |answer: reqwest::Response| answer.status().as_u16();
    assert_eq!(
        status(get("/metrics").send().await.expect("an answer")),
        401
    );
    let shown = get("/metrics")
        .bearer_auth(TOKEN)
        .send()
        .await
        .expect("an answer");
    assert!(
        shown
            .text()
            .await
            .expect("text")
            .contains("newsline_statements")
    );
    assert_eq!(
        status(get("/v1/site").send().await.expect("an answer")),
        404
    );
    handle.stop(false).await;
    running.await.expect("no panic").expect("ended well");
}
