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

#[actix_web::test]
async fn a_query_of_very_many_parameters_is_refused_before_they_are_compared() {
    let app = TestApp::start().await;
    let pairs = |count: usize| (0..count).map(|nth| format!("n{nth}")).collect::<Vec<_>>();
    for (count, code) in [
        (40, "unknown-parameter"),
        (41, "bad-request"),
        (5000, "bad-request"),
    ] {
        let query = pairs(count).join("&");
        app.anonymous()
            .get(&format!("/v1/site?{query}"))
            .await
            .problem(code, 400);
    }
}
