//! `X-Request-Id`, sent and made.

use crate::support::TestApp;

#[actix_web::test]
async fn a_sane_request_id_comes_back() {
    let app = TestApp::start().await;
    for id in ["a", "trace-1.B_2", &"x".repeat(128)] {
        let answer = app
            .anonymous()
            .get("/nothing")
            .header("x-request-id", id)
            .await
            .problem("not-found", 404);
        assert_eq!(answer.header("x-request-id"), Some(id));
    }
}

#[actix_web::test]
async fn any_other_is_replaced() {
    let app = TestApp::start().await;
    let long = "x".repeat(129);
    for id in ["", "a b", "<script>", "a;b", "ə", long.as_str()] {
        let answer = app
            .anonymous()
            .get("/v1/site")
            .header("x-request-id", id)
            .await
            .expect(200);
        let made = answer.header("x-request-id").expect("an id");
        assert!(uuid::Uuid::try_parse(made).is_ok(), "{made} for {id}");
    }
}
