//! Parameters: known, once, well formed.

use crate::support::TestApp;

#[actix_web::test]
async fn an_unknown_parameter_is_named() {
    let app = TestApp::start().await;
    app.anonymous()
        .get("/v1/site?lang=az")
        .await
        .problem("unknown-parameter", 400)
        .at("lang");
    app.as_admin()
        .get("/v1/desk/changes?after=0&befor=9")
        .await
        .problem("unknown-parameter", 400)
        .at("befor");
    app.anonymous().get("/v1/site?").await.expect(200);
}

#[actix_web::test]
async fn a_parameter_counts_once_and_is_utf8() {
    let app = TestApp::start().await;
    let changes = |query: &str| app.as_admin().get(&format!("/v1/desk/changes?{query}"));
    changes("after=1&after=2")
        .await
        .problem("invalid-parameter", 400)
        .at("after");
    changes("after=%FF")
        .await
        .problem("invalid-parameter", 400)
        .at("after");
    changes("after=%00")
        .await
        .problem("invalid-parameter", 400)
        .at("after");
    changes("after=")
        .await
        .problem("invalid-parameter", 400)
        .at("after");
    changes("after=9223372036854775808")
        .await
        .problem("invalid-parameter", 400)
        .at("after");
    changes("after=9223372036854775807").await.expect(200);
}
