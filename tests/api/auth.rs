//! Signing in, staying signed in, and being thrown out.

use serde_json::json;

use crate::support::{PASSWORD, TestApp};

#[actix_web::test]
async fn whoever_signs_in_is_known_at_the_desk() {
    let app = TestApp::start().await;
    let credentials = json!({"email": "Editor@Example.az", "password": PASSWORD});
    let tokens = app
        .anonymous()
        .post("/v1/auth/tokens", credentials)
        .await
        .expect(200);

    let token = tokens.json["access_token"].as_str().expect("a token");
    let me = app
        .anonymous()
        .bearing(token)
        .get("/v1/desk/me")
        .await
        .expect(200);

    assert_eq!(me.json["email"], "editor@example.az");
    assert_eq!(me.json["role"], "editor");
}
