//! Access tokens that are not ours, or not what they say, open nothing (RFC 8725).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use newsline::auth::signing_keys;
use newsline::auth::tokens::SigningKey;
use newsline::http::problem::Problem;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::TestApp;

/// The app's own signing key, as only a thief of database and secret could have it.
async fn stolen_key(app: &TestApp) -> SigningKey {
    let now = app.clock.now();
    let read = app
        .app
        .db
        .read(move |conn| Ok::<_, Problem>(signing_keys::live(conn, now)?));
    let key = read.await.expect("the keys").remove(0);
    key.open(&app.app.secret).expect("a key")
}

fn encoding(key: &SigningKey) -> EncodingKey {
    // PKCS #8 (RFC 8410 §7) around the seed.
    let prefix = [
        0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20,
    ];
    EncodingKey::from_ed_der(&[&prefix[..], key.seed()].concat())
}

fn header(key: &SigningKey) -> Header {
    let mut header = Header::new(Algorithm::EdDSA);
    header.typ = Some("at+jwt".to_owned());
    header.kid = Some(key.public().kid().to_string());
    header
}

/// The claims of a good token of the editor's.
fn claims(app: &TestApp) -> Value {
    let token = app.token_of(&app.people.editor);
    let claims = token.split('.').nth(1).expect("claims");
    serde_json::from_slice(&BASE64.decode(claims).expect("base64url")).expect("JSON")
}

async fn status(app: &TestApp, token: &str) -> u16 {
    app.anonymous()
        .bearing(token)
        .get("/v1/desk/me")
        .await
        .status
}

#[actix_web::test]
async fn the_published_keys_verify_a_token() {
    let app = TestApp::start().await;
    let published = app
        .anonymous()
        .get("/.well-known/jwks.json")
        .await
        .expect(200);
    let keys: JwkSet = serde_json::from_value(published.json).expect("a JWK set");
    let token = app.token_of(&app.people.editor);
    let kid = jsonwebtoken::decode_header(&token)
        .expect("a header")
        .kid
        .expect("a kid");

    let key = DecodingKey::from_jwk(keys.find(&kid).expect("the key")).expect("a key");
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_issuer(&["http://127.0.0.1:8080"]);
    validation.set_audience(&["newsline"]);
    let token = decode::<Value>(&token, &key, &validation).expect("a good token");

    assert_eq!(token.claims["sub"], app.people.editor.user.id.to_string());
}

#[actix_web::test]
async fn the_published_keys_hold_no_private_part() {
    let app = TestApp::start().await;
    let published = app
        .anonymous()
        .get("/.well-known/jwks.json")
        .await
        .expect(200);
    for key in published.json["keys"].as_array().expect("keys") {
        assert!(key.get("d").is_none(), "{key}");
    }
}

#[actix_web::test]
async fn a_token_with_one_wrong_claim_is_refused() {
    let app = TestApp::start().await;
    let key = stolen_key(&app).await;
    let forge = |name: &str, value: Value| {
        let mut claims = claims(&app);
        claims[name] = value;
        encode(&header(&key), &claims, &encoding(&key)).expect("a token")
    };
    let now = app.clock.now().timestamp().as_second();

    assert_eq!(
        status(&app, &forge("role", json!("editor"))).await,
        200,
        "the forgery itself is good"
    );
    for (name, value) in [
        ("iss", json!("https://elsewhere.example")),
        ("aud", json!("another")),
        ("sub", json!(Uuid::now_v7())),
        ("sub", json!(app.people.admin.user.id)),
        ("sid", json!(Uuid::now_v7())),
        ("sid", json!(app.people.admin.sign_in)),
        ("exp", json!(now - 11)),
        ("nbf", json!(now + 60)),
        ("iat", json!(now + 60)),
        ("exp", Value::Null),
        ("sub", json!("editor")),
    ] {
        assert_eq!(
            status(&app, &forge(name, value.clone())).await,
            401,
            "{name}: {value}"
        );
    }
}

#[actix_web::test]
async fn a_role_in_a_token_gives_no_right() {
    let app = TestApp::start().await;
    let key = stolen_key(&app).await;
    let mut claims = claims(&app);
    claims["role"] = json!("admin");
    let token = encode(&header(&key), &claims, &encoding(&key)).expect("a token");

    let patch = app
        .anonymous()
        .bearing(&token)
        .patch("/v1/desk/site", json!({}));
    patch.if_match("\"1\"").await.problem("forbidden", 403);
}

#[actix_web::test]
async fn a_token_with_a_wrong_header_is_refused() {
    let app = TestApp::start().await;
    let key = stolen_key(&app).await;
    let forge = |change: fn(&mut Header)| {
        let mut header = header(&key);
        change(&mut header);
        encode(&header, &claims(&app), &encoding(&key)).expect("a token")
    };
    assert_eq!(
        status(&app, &forge(|_| {})).await,
        200,
        "the forgery itself is good"
    );
    for change in [
        (|header| header.typ = Some("JWT".to_owned())) as fn(&mut Header),
        |header| header.typ = None,
        |header| header.kid = None,
        |header| header.kid = Some("0192f1a2-7c3e-7b10-9a55-1f0c2d3e4a01".to_owned()),
        |header| header.kid = Some("' or '1'='1".to_owned()),
    ] {
        assert_eq!(status(&app, &forge(change)).await, 401);
    }
}

#[actix_web::test]
async fn no_algorithm_but_ours_is_taken() {
    let app = TestApp::start().await;
    let key = stolen_key(&app).await;
    let part = |json: Value| BASE64.encode(json.to_string());
    let kid = key.public().kid();
    for alg in ["none", "None", "NONE", "", "EdDSA"] {
        let header = part(json!({"typ": "at+jwt", "alg": alg, "kid": kid}));
        let token = format!("{header}.{}.", part(claims(&app)));
        assert_eq!(status(&app, &token).await, 401, "{alg} without a signature");
    }

    let mut shared = header(&key);
    shared.alg = Algorithm::HS256;
    let public = EncodingKey::from_secret(key.public().as_bytes());
    let token = encode(&shared, &claims(&app), &public).expect("a token");
    assert_eq!(
        status(&app, &token).await,
        401,
        "the public key as a shared one"
    );
}

#[actix_web::test]
async fn a_token_of_another_key_is_refused() {
    let app = TestApp::start().await;
    let ours = stolen_key(&app).await;
    let theirs = SigningKey::generate();
    for kid in [theirs.public().kid(), ours.public().kid()] {
        let mut header = header(&theirs);
        header.kid = Some(kid.to_string());
        let token = encode(&header, &claims(&app), &encoding(&theirs)).expect("a token");
        assert_eq!(status(&app, &token).await, 401);
    }
}

#[actix_web::test]
async fn what_is_no_token_is_no_sign_in() {
    let app = TestApp::start().await;
    let token = app.token_of(&app.people.editor);
    let long = "a".repeat(5000);
    for authorization in [
        "",
        "Bearer",
        "Bearer ",
        "Bearer a.b.c",
        "Basic YTpi",
        token.as_str(),
        &format!("Bearer {long}"),
    ] {
        let asking = app
            .anonymous()
            .get("/v1/desk/me")
            .header("authorization", authorization);
        let answer = asking.await.problem("not-signed-in", 401);
        assert_eq!(
            answer.header("www-authenticate"),
            Some("Bearer realm=\"newsline\"")
        );
    }
    let asking = app
        .anonymous()
        .get(&format!("/v1/desk/me?access_token={token}"));
    asking.await.problem("not-signed-in", 401);
}
