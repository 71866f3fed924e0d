//! People of an outside identity provider: a small one, which each test starts.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use diesel::prelude::*;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use newsline::db::schema::users;
use serde_json::{Value, json};

use crate::support::{Answer, PASSWORD, Provider, ProviderKey, Says, TestApp, items_of, typed};

const ISSUER: &str = "https://login.example.az";
const AUDIENCE: &str = "newsline-api";

/// The app, trusting a provider.
async fn trusting(provider: &Provider) -> TestApp {
    let url: &'static str = provider.url.clone().leak();
    TestApp::with([
        ("NEWSLINE_OIDC_ISSUER", ISSUER),
        ("NEWSLINE_OIDC_AUDIENCE", AUDIENCE),
        ("NEWSLINE_OIDC_JWKS_URL", url),
        ("NEWSLINE_OIDC_ROLE_CLAIM", "realm_access.roles"),
        (
            "NEWSLINE_OIDC_ROLES",
            "news-desk=editor,writers=contributor,chiefs=admin",
        ),
    ])
    .await
}

fn claims(app: &TestApp, subject: &str, role: &str) -> Value {
    let now = app.clock.now().timestamp().as_second();
    json!({
        "iss": ISSUER, "aud": [AUDIENCE, "account"], "sub": subject, "iat": now, "exp": now + 300,
        "name": "Aysel Quliyeva", "email": "aysel@example.az", "email_verified": true,
        "realm_access": {"roles": ["offline_access", role]},
    })
}

async fn me(app: &TestApp, token: &str) -> Answer {
    app.anonymous().bearing(token).get("/v1/desk/me").await
}

#[actix_web::test]
async fn somebody_of_the_provider_works_at_the_desk() {
    for key in [
        ProviderKey::rsa("a"),
        ProviderKey::ec("b"),
        ProviderKey::ed("c"),
    ] {
        let provider = Provider::start(&[&key]);
        let app = trusting(&provider).await;
        let token = key.sign(&claims(&app, "u-1", "news-desk"));

        let first = me(&app, &token).await.expect(200);
        assert_eq!(
            (&first.json["kind"], &first.json["role"]),
            (&json!("outside"), &json!("editor"))
        );
        assert_eq!(first.json["name"], "Aysel Quliyeva");
        assert_eq!(first.json["email"], "aysel@example.az");
        let again = me(&app, &token).await.expect(200);
        assert_eq!(again.json, first.json, "it is one and the same");
        assert_eq!(provider.asked(), 1, "the keys are kept");

        let topic = json!({"slug": "rain", "names": {"en": "Rain"}});
        let client = app.anonymous().bearing(&token);
        client.post("/v1/desk/topics", topic).await.expect(201);
        let log = app.as_admin().get("/v1/desk/changes").await.expect(200);
        let last = items_of(&log.json).last().expect("a change");
        assert_eq!(last["actor"], first.json["id"]);
    }
}

#[actix_web::test]
async fn first_requests_at_once_make_one_account() {
    let key = ProviderKey::ed("k");
    let provider = Provider::start(&[&key]);
    let app = trusting(&provider).await;
    let token = key.sign(&claims(&app, "u-1", "news-desk"));
    let answers = futures_util::future::join_all((0..8).map(|_| me(&app, &token))).await;
    for answer in &answers {
        assert_eq!(
            (answer.status, &answer.json["id"]),
            (200, &answers[0].json["id"]),
            "{answer}"
        );
    }
    let users = app
        .as_admin()
        .get("/v1/desk/users?count=true")
        .await
        .expect(200);
    assert_eq!(users.json["total"], 5);
}

#[actix_web::test]
async fn the_role_is_the_one_of_each_token() {
    let key = ProviderKey::ed("k");
    let provider = Provider::start(&[&key]);
    let app = trusting(&provider).await;
    let log = |role: &str| {
        let token = key.sign(&claims(&app, "u-1", role));
        app.anonymous().bearing(&token).get("/v1/desk/changes")
    };
    log("news-desk").await.expect(200);
    log("writers").await.problem("forbidden", 403);
    log("chiefs").await.expect(200);
    log("readers").await.problem("forbidden", 403);
    // Our own words mean nothing where the settings translate.
    log("admin").await.problem("forbidden", 403);

    let users = app.as_admin().get("/v1/desk/users").await.expect(200);
    let outside = items_of(&users.json)
        .iter()
        .find(|user| user["kind"] == "outside");
    assert_eq!(
        outside.expect("them")["role"],
        "admin",
        "the last role that was good"
    );
}

#[actix_web::test]
async fn the_provider_gives_nobody_an_account_that_is_here() {
    let key = ProviderKey::ed("k");
    let provider = Provider::start(&[&key]);
    let app = trusting(&provider).await;
    let mut theirs = claims(&app, "u-1", "writers");
    theirs["email"] = json!("editor@example.az");
    let one = me(&app, &key.sign(&theirs)).await.expect(200);
    assert_ne!(one.json["id"], app.people.editor.user.id.to_string());
    assert_eq!(one.json["email"], Value::Null);
    theirs["sub"] = json!("u-2");
    theirs["email"] = json!("leyla@example.az");
    theirs["email_verified"] = json!(false);
    let two = me(&app, &key.sign(&theirs)).await.expect(200);
    assert_eq!(
        two.json["email"],
        Value::Null,
        "an address that nobody has verified is nobody's"
    );
    theirs["sub"] = json!(app.people.admin.user.id);
    let three = me(&app, &key.sign(&theirs)).await.expect(200);
    assert_ne!(three.json["id"], theirs["sub"]);
}

#[actix_web::test]
async fn whoever_is_suspended_here_stays_out() {
    let key = ProviderKey::ed("k");
    let provider = Provider::start(&[&key]);
    let app = trusting(&provider).await;
    let token = key.sign(&claims(&app, "u-1", "chiefs"));
    let user = me(&app, &token).await.expect(200);
    let place = format!(
        "/v1/desk/users/{}",
        user.json["id"].as_str().expect("an id")
    );
    let patch = |patch: Value| app.as_admin().patch(&place, patch).if_match(&user.etag());
    patch(json!({"role": "editor"}))
        .await
        .problem("invalid-field", 422)
        .at("/role");
    let set = app.as_admin().put(
        &format!("{place}/password"),
        json!({"password": "a quiet evening"}),
    );
    set.if_match(&user.etag()).await.problem("wrong-state", 409);
    let out = app
        .anonymous()
        .bearing(&token)
        .request(reqwest::Method::POST, "/v1/auth/logout");
    out.await.problem("wrong-state", 409);

    patch(json!({"state": "suspended"})).await.expect(200);
    me(&app, &token).await.problem("not-signed-in", 401);
    let other_role = key.sign(&claims(&app, "u-1", "news-desk"));
    me(&app, &other_role).await.problem("not-signed-in", 401);
}

#[actix_web::test]
async fn an_outside_admin_does_not_count_as_the_last_one() {
    let key = ProviderKey::ed("k");
    let provider = Provider::start(&[&key]);
    let app = trusting(&provider).await;
    me(&app, &key.sign(&claims(&app, "u-1", "chiefs")))
        .await
        .expect(200);
    let place = format!("/v1/desk/users/{}", app.people.admin.user.id);
    let suspend = app.as_admin().patch(&place, json!({"state": "suspended"}));
    suspend.if_match("\"1\"").await.problem("wrong-state", 409);
}

#[actix_web::test]
async fn a_token_that_is_not_good_in_every_way_is_refused() {
    let key = ProviderKey::rsa("k");
    let provider = Provider::start(&[&key]);
    let app = trusting(&provider).await;
    let now = app.clock.now().timestamp().as_second();
    let good = claims(&app, "u-1", "news-desk");
    me(&app, &key.sign(&good)).await.expect(200);
    for (name, value) in [
        ("iss", json!("https://elsewhere.example")),
        ("iss", json!([ISSUER])),
        ("aud", json!("another-api")),
        ("aud", json!([])),
        ("aud", Value::Null),
        ("sub", json!("")),
        ("sub", json!(7)),
        ("sub", json!("s".repeat(256))),
        ("exp", json!(now - 11)),
        ("exp", json!("never")),
        ("exp", Value::Null),
        ("nbf", json!(now + 60)),
        ("nbf", json!("now")),
        ("iat", json!(now + 60)),
    ] {
        let mut claims = good.clone();
        claims[name] = value;
        let answer = me(&app, &key.sign(&claims)).await;
        assert_eq!(answer.status, 401, "{claims} {answer}");
    }
    let forge = |change: fn(&mut Header)| {
        let mut header = key.header();
        change(&mut header);
        encode(&header, &good, &key.encoding).expect("a token")
    };
    assert_eq!(
        me(&app, &forge(|header| header.typ = Some("at+jwt".into())))
            .await
            .status,
        200
    );
    assert_eq!(
        me(&app, &forge(|header| header.typ = None)).await.status,
        200
    );
    for change in [
        (|header| header.typ = Some("logout+jwt".into())) as fn(&mut Header),
        |header| header.typ = Some("dpop+jwt".into()),
        |header| header.kid = None,
        |header| header.kid = Some("another".into()),
        |header| header.crit = Some(vec!["b64".into()]),
    ] {
        assert_eq!(me(&app, &forge(change)).await.status, 401);
    }
}

#[actix_web::test]
async fn a_public_key_is_no_shared_secret_and_none_no_algorithm() {
    let key = ProviderKey::rsa("k");
    let provider = Provider::start(&[&key]);
    let app = trusting(&provider).await;
    let good = claims(&app, "u-1", "news-desk");
    let modulus = key.jwk["n"].as_str().expect("n");
    for secret in [
        modulus.as_bytes().to_vec(),
        BASE64.decode(modulus).expect("bytes"),
    ] {
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some("k".to_owned());
        let token = encode(&header, &good, &EncodingKey::from_secret(&secret)).expect("a token");
        me(&app, &token).await.problem("not-signed-in", 401);
    }
    for alg in ["none", "None", "HS256", "RS256"] {
        let part = |json: Value| BASE64.encode(json.to_string());
        let header = part(json!({"alg": alg, "kid": "k", "typ": "JWT"}));
        let token = format!("{header}.{}.", part(good.clone()));
        me(&app, &token).await.problem("not-signed-in", 401);
    }
    let theirs = ProviderKey::rsa("k");
    me(&app, &theirs.sign(&good))
        .await
        .problem("not-signed-in", 401);
}

#[actix_web::test]
async fn a_key_checks_only_the_algorithm_that_it_names() {
    let mut key = ProviderKey::rsa("k");
    key.jwk["alg"] = json!("RS256");
    let provider = Provider::start(&[&key]);
    let app = trusting(&provider).await;
    let good = claims(&app, "u-1", "news-desk");
    me(&app, &key.sign(&good)).await.expect(200);
    key.algorithm = Algorithm::RS512;
    me(&app, &key.sign(&good))
        .await
        .problem("not-signed-in", 401);
}

#[actix_web::test]
async fn a_shared_key_that_the_provider_publishes_checks_nothing() {
    let provider = Provider::start(&[]);
    provider.say(Says::Keys(vec![
        json!({"kty": "oct", "kid": "k", "alg": "HS256", "k": "c2VjcmV0"}),
    ]));
    let app = trusting(&provider).await;
    let mut header = Header::new(Algorithm::HS256);
    header.kid = Some("k".to_owned());
    let good = claims(&app, "u-1", "chiefs");
    let token = encode(&header, &good, &EncodingKey::from_secret(b"secret")).expect("a token");
    me(&app, &token).await.problem("not-signed-in", 401);
}

#[actix_web::test]
async fn a_new_key_is_fetched_and_made_up_ones_are_not_asked_for_all_the_time() {
    let (old, new) = (ProviderKey::ed("old"), ProviderKey::ed("new"));
    let provider = Provider::start(&[&old]);
    let app = trusting(&provider).await;
    let good = claims(&app, "u-1", "news-desk");
    me(&app, &old.sign(&good)).await.expect(200);
    provider.publish(&[&new]);
    app.clock.advance(61);
    me(&app, &new.sign(&good)).await.expect(200);
    assert_eq!(provider.asked(), 2);
    me(&app, &old.sign(&good))
        .await
        .problem("not-signed-in", 401);

    for nth in 0..20 {
        let made_up = ProviderKey::ed(&format!("made-up-{nth}"));
        me(&app, &made_up.sign(&good))
            .await
            .problem("not-signed-in", 401);
    }
    assert_eq!(provider.asked(), 2);
}

#[actix_web::test]
async fn a_provider_that_is_away_keeps_nobody_out_whose_key_is_known() {
    let key = ProviderKey::ed("k");
    let provider = Provider::start(&[]);
    provider.say(Says::Raw("500 Broken".to_owned(), Vec::new()));
    let app = trusting(&provider).await;
    let signed = || key.sign(&claims(&app, "u-1", "news-desk"));
    let away = me(&app, &signed()).await.problem("unavailable", 503);
    assert!(away.header("retry-after").is_some());
    app.as_editor().get("/v1/desk/me").await.expect(200);

    provider.publish(&[&key]);
    me(&app, &signed()).await.problem("unavailable", 503);
    app.clock.advance(5);
    me(&app, &signed()).await.expect(200);
    provider.say(Says::Raw("500 Broken".to_owned(), Vec::new()));
    app.clock.advance(23 * 3600);
    me(&app, &signed()).await.expect(200);
    app.clock.advance(2 * 3600);
    me(&app, &signed()).await.problem("unavailable", 503);
}

#[actix_web::test]
async fn what_the_provider_answers_is_not_taken_on_trust() {
    let key = ProviderKey::ed("k");
    let keys = json!({"keys": [key.jwk]}).to_string().into_bytes();
    let elsewhere = Provider::start(&[&key]);
    let moved = format!("302 Found\r\nLocation: {}", elsewhere.url);
    let long = [keys.clone(), vec![b' '; 300 * 1024]].concat();
    for (head, body) in [
        (moved, Vec::new()),
        ("200 OK".to_owned(), long),
        ("200 OK".to_owned(), b"<html>".to_vec()),
        ("404 Not Found".to_owned(), keys),
    ] {
        let provider = Provider::start(&[]);
        provider.say(Says::Raw(head.clone(), body));
        let app = trusting(&provider).await;
        let token = key.sign(&claims(&app, "u-1", "news-desk"));
        me(&app, &token).await.problem("unavailable", 503);
    }
    assert_eq!(elsewhere.asked(), 0);
}

#[actix_web::test]
async fn without_a_provider_its_tokens_are_nothing() {
    let key = ProviderKey::ed("k");
    let app = TestApp::start().await;
    me(&app, &key.sign(&claims(&app, "u-1", "chiefs")))
        .await
        .problem("not-signed-in", 401);
}

#[actix_web::test]
async fn who_signs_in_elsewhere_gets_no_password_here() {
    let key = ProviderKey::ed("k");
    let provider = Provider::start(&[&key]);
    let app = trusting(&provider).await;
    let token = key.sign(&claims(&app, "u-1", "news-desk"));
    me(&app, &token).await.expect(200);

    let who = ["--email", "aysel@example.az"];
    for command in [
        &["user", "set-password"][..],
        &["user", "set-role", "--role", "admin"],
    ] {
        let words = [command, &who].concat();
        let refused = typed(&app.database, &words, &[("NEWSLINE_PASSWORD", PASSWORD)]);
        assert!(!refused.done, "{}", refused.printed);
        assert!(
            refused.said.contains("identity provider"),
            "{}",
            refused.said
        );
    }

    // One that was given in the past opens nothing.
    let hash = app.people.editor.user.password_hash.clone();
    let aysel = users::table.filter(users::email.eq("aysel@example.az"));
    diesel::update(aysel)
        .set(users::password_hash.eq(hash))
        .execute(&mut app.database.connect())
        .expect("a hash");
    let credentials = json!({"email": "aysel@example.az", "password": PASSWORD});
    let signing_in = app.anonymous().post("/v1/auth/tokens", credentials).await;
    signing_in.problem("bad-credentials", 401);

    let suspended = typed(
        &app.database,
        &[&["user", "disable"][..], &who].concat(),
        &[],
    );
    assert!(suspended.done, "{}", suspended.said);
    me(&app, &token).await.problem("not-signed-in", 401);
}
