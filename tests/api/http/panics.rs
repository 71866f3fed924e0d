//! A handler that panics takes nobody with it.

use actix_web::test::{TestRequest, init_service, try_call_service};
use actix_web::web;
use newsline::http::front_door::FrontDoor;

use crate::support::TestApp;

async fn panics() -> &'static str {
    panic!("on purpose")
}

async fn lives() -> &'static str {
    "here"
}

#[actix_web::test]
async fn a_panic_is_a_problem_with_a_request_id_and_others_live() {
    let app = TestApp::start().await;
    // Below /docs the front door lets pass what the document does not name.
    let service = init_service(
        actix_web::App::new()
            .app_data(app.app.clone())
            .route("/docs/panics", web::get().to(panics))
            .route("/docs/lives", web::get().to(lives))
            .wrap(FrontDoor(app.app.clone())),
    );
    let service = service.await;
    let ask = |path: &str| TestRequest::get().uri(path).to_request();
    let error = match try_call_service(&service, ask("/docs/panics")).await {
        Ok(answer) => panic!("answered {}", answer.status()),
        Err(error) => error.error_response(),
    };
    assert_eq!(error.status(), 500);
    let media_type = error.headers().get("content-type").expect("a type");
    assert_eq!(media_type, "application/problem+json");
    assert!(error.headers().contains_key("x-request-id"));
    let body = actix_web::body::to_bytes(error.into_body())
        .await
        .expect("a body");
    let problem: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
    assert_eq!(
        (&problem["code"], &problem["instance"]),
        (&"internal".into(), &"/docs/panics".into())
    );

    let answer = try_call_service(&service, ask("/docs/lives"))
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 200);
}
