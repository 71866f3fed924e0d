//! Who dawdles is cut off, and who crowds in waits, while others are served.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::support::TestApp;

/// Longer than any of the times under test; whoever is not cut off until then never is.
const PATIENCE: Duration = Duration::from_secs(15);

/// Sends the beginning of a request, and gives what comes back until the connection is closed.
fn begin(app: &TestApp, request: &'static str) -> tokio::task::JoinHandle<String> {
    let address = app.address;
    tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).expect("the server");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time");
        stream.write_all(request.as_bytes()).expect("sent");
        let mut said = Vec::new();
        match stream.read_to_end(&mut said) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                panic!("it is still listened to")
            }
            _ => String::from_utf8_lossy(&said).into_owned(),
        }
    })
}

#[actix_web::test]
async fn headers_that_never_end_are_cut_off() {
    let app = TestApp::with([("NEWSLINE_HEADER_SECONDS", "1")]).await;
    let dawdler = begin(
        &app,
        "GET /v1/site HTTP/1.1\r\nHost: example.az\r\nX-Slow: ",
    );
    app.anonymous().get("/v1/site").await.expect(200);
    let said = dawdler.await.expect("an end");
    assert!(said.starts_with("HTTP/1.1 408"), "{said}");
}

#[actix_web::test]
async fn a_body_that_never_ends_is_cut_off() {
    let app = TestApp::with([("NEWSLINE_BODY_SECONDS", "1")]).await;
    let request = "POST /v1/auth/tokens HTTP/1.1\r\nHost: example.az\r\n\
        Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
    let dawdler = begin(&app, request);
    app.anonymous().get("/v1/site").await.expect(200);
    let said = dawdler.await.expect("an end");
    assert!(said.starts_with("HTTP/1.1 408"), "{said}");
    assert!(said.contains("request-timeout"), "{said}");
}

#[actix_web::test]
async fn beyond_so_many_connections_clients_wait_for_room() {
    let app = TestApp::with([("NEWSLINE_CONNECTIONS", "2")]).await;
    let crowd: Vec<TcpStream> = (0..3)
        .map(|_| TcpStream::connect(app.address).expect("the server"))
        .collect();
    let waiting = tokio::spawn({
        let asking = app.anonymous().get("/v1/site");
        async move { asking.await }
    });
    let mut waiting = Box::pin(waiting);
    let early = tokio::time::timeout(Duration::from_millis(500), &mut waiting).await;
    assert!(early.is_err(), "there was room for a fourth");
    drop(crowd);
    waiting.await.expect("an answer").expect(200);
}
