//! A POST that is sent twice is done once. Told below HTTP, with a job that fails, dawdles or
//! carries a secret as the story needs it.

use actix_web::body::to_bytes;
use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use actix_web::{HttpMessage, Responder};
use diesel::prelude::*;
use newsline::auth::Staff;
use newsline::auth::guards::Proof;
use newsline::auth::secret::Secret;
use newsline::changes::{self, Action, Change, ItemKind};
use newsline::db::schema::idempotency_keys;
use newsline::db::{Db, Id};
use newsline::http::once::{Answer, Once};
use newsline::http::problem::{Code, Problem};
use serde_json::{Value, json};

use crate::support::{Person, TestApp};

/// A POST that makes something with a fresh id.
struct Post<'a> {
    db: &'a Db,
    secret: &'a Secret,
    caller: Option<&'a Person>,
    path: &'static str,
    fails: bool,
    is_secret: bool,
}

/// What its sender hears.
#[derive(Debug, PartialEq)]
struct Heard {
    status: u16,
    location: Option<String>,
    etag: Option<String>,
    replayed: bool,
    json: Value,
}

impl<'a> Post<'a> {
    fn of(app: &'a TestApp) -> Self {
        Self {
            db: &app.app.db,
            secret: &app.app.secret,
            caller: Some(&app.people.editor),
            path: "/v1/desk/topics",
            fails: false,
            is_secret: false,
        }
    }

    async fn send(&self, key: &str, body: &str) -> Result<Heard, Code> {
        let request = TestRequest::post()
            .uri(self.path)
            .insert_header(("idempotency-key", key));
        let request = request.to_http_request();
        if let Some(Person { user, sign_in }) = self.caller {
            request.extensions_mut().insert(Staff {
                id: user.id,
                role: user.role,
                proof: Proof::SignIn(*sign_in),
            });
        }
        let once = Once::key(&request)
            .map_err(|problem| problem.code())?
            .for_body(body.as_bytes());
        let (fails, is_secret) = (self.fails, self.is_secret);
        let written = once.write(self.db, self.secret, move |tx| {
            let id = Id::<()>::new();
            tx.record(Change::of(ItemKind::Topic, id, Action::Created));
            if fails {
                return Err(Problem::field("/name", "it fails"));
            }
            let answer = Answer::created(
                format!("/v1/desk/topics/{id}"),
                1,
                &json!({"id": id, "token": "hush"}),
            )?;
            Ok(if is_secret {
                answer.with_secret()
            } else {
                answer
            })
        });
        let response = written
            .await
            .map_err(|problem| problem.code())?
            .respond_to(&request);
        let header = |name: &str| {
            response
                .headers()
                .get(name)
                .map(|value| value.to_str().expect("text").to_owned())
        };
        Ok(Heard {
            status: response.status().as_u16(),
            location: header("location"),
            etag: header("etag"),
            replayed: header("idempotent-replayed").as_deref() == Some("true"),
            json: serde_json::from_slice(&to_bytes(response.into_body()).await.expect("a body"))
                .expect("JSON"),
        })
    }
}

/// How many things were made.
async fn made(app: &TestApp) -> usize {
    let read = app
        .app
        .db
        .read(|conn| Ok::<_, Problem>(changes::store::after(conn, 0, 1000)?));
    read.await.expect("the log").len()
}

#[actix_web::test]
async fn the_same_key_and_body_give_the_first_answer_again() {
    let app = TestApp::start().await;
    let post = Post::of(&app);

    let first = post.send("k", "{}").await.expect("an answer");
    let again = post.send("k", "{}").await.expect("an answer");

    assert_eq!(first.status, StatusCode::CREATED.as_u16());
    assert!(!first.replayed && again.replayed);
    assert_eq!(
        again,
        Heard {
            replayed: true,
            ..first
        }
    );
    assert_eq!(made(&app).await, 1);
}

#[actix_web::test]
async fn a_key_stands_for_one_request() {
    let app = TestApp::start().await;
    let post = Post::of(&app);
    post.send("k", "{}").await.expect("an answer");

    assert_eq!(post.send("k", "{\"a\": 1}").await, Err(Code::KeyReused));
    let elsewhere = Post {
        path: "/v1/desk/sections",
        ..Post::of(&app)
    };
    assert_eq!(elsewhere.send("k", "{}").await, Err(Code::KeyReused));
    assert_eq!(made(&app).await, 1);
}

#[actix_web::test]
async fn everybody_has_keys_of_their_own() {
    let app = TestApp::start().await;
    for caller in [Some(&app.people.editor), Some(&app.people.admin), None] {
        let heard = Post {
            caller,
            ..Post::of(&app)
        }
        .send("k", "{}")
        .await
        .expect("an answer");
        assert!(!heard.replayed);
    }
    assert_eq!(made(&app).await, 3);
}

#[actix_web::test]
async fn without_success_nothing_is_kept() {
    let app = TestApp::start().await;
    let failing = Post {
        fails: true,
        ..Post::of(&app)
    };
    assert_eq!(failing.send("k", "{}").await, Err(Code::InvalidField));
    let heard = Post::of(&app)
        .send("k", "{\"mended\": true}")
        .await
        .expect("an answer");
    assert!(!heard.replayed);
    assert_eq!(made(&app).await, 1);
}

#[actix_web::test]
async fn of_fifty_equal_requests_over_two_nodes_one_is_done() {
    let app = TestApp::start().await;
    let other = Db::open(&app.app.settings.db, app.clock.clone()).expect("the same database");
    let nodes = [
        Post::of(&app),
        Post {
            db: &other,
            ..Post::of(&app)
        },
    ];

    let sending = (0..50).map(|nth| nodes[nth % 2].send("k", "{}"));
    let answers = futures_util::future::join_all(sending).await;

    let heard: Vec<Heard> = answers
        .into_iter()
        .map(|answer| answer.expect("an answer"))
        .collect();
    assert_eq!(heard.iter().filter(|heard| !heard.replayed).count(), 1);
    assert!(
        heard
            .iter()
            .all(|one| (one.status, &one.json, &one.location)
                == (201, &heard[0].json, &heard[0].location))
    );
    assert_eq!(made(&app).await, 1);
}

#[actix_web::test]
async fn after_a_day_a_key_is_new_again() {
    let app = TestApp::start().await;
    let post = Post::of(&app);
    post.send("k", "{}").await.expect("an answer");
    app.clock.advance(24 * 3600 - 60);
    assert!(post.send("k", "{}").await.expect("an answer").replayed);
    app.clock.advance(120);
    assert!(!post.send("k", "{}").await.expect("an answer").replayed);
    assert_eq!(made(&app).await, 2);
}

#[actix_web::test]
async fn an_answer_with_a_secret_is_kept_sealed() {
    let app = TestApp::start().await;
    let post = Post {
        is_secret: true,
        ..Post::of(&app)
    };
    let first = post.send("k", "{}").await.expect("an answer");

    let kept: Vec<u8> = idempotency_keys::table
        .select(idempotency_keys::body)
        .first(&mut app.database.connect())
        .expect("the key's row");
    assert!(!kept.windows(4).any(|bytes| bytes == b"hush"));
    assert_eq!(
        post.send("k", "{}").await.expect("an answer").json,
        first.json
    );
}

#[actix_web::test]
async fn a_key_has_1_to_200_characters() {
    let app = TestApp::start().await;
    let post = Post::of(&app);
    for key in [String::new(), "k".repeat(201)] {
        assert_eq!(post.send(&key, "{}").await, Err(Code::InvalidHeader));
    }
    post.send(&"k".repeat(200), "{}").await.expect("an answer");
}
