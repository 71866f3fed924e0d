//! What is held of a reader, for how long, and how it goes.

use diesel::prelude::*;
use newsline::chores::tidy_up;
use newsline::db::schema::idempotency_keys;
use newsline::db::{AnyId, Instant};
use newsline::http::problem::Problem;
use newsline::portable::{Contents, Purpose, carry_out};
use newsline::reviews::model::{Review, ReviewState};
use newsline::reviews::store;

use super::*;

const ERASURES: &str = "/v1/desk/privacy/erasures";
const EXPORTS: &str = "/v1/desk/privacy/exports";

fn by_leyla(fields: Value) -> Value {
    let mut review = review_with(json!({
        "author": {"name": "Leyla", "email": "Leyla@Example.org"}, "body": "Leyla says so."}));
    for (name, value) in fields.as_object().expect("fields") {
        review[name] = value.clone();
    }
    review
}

fn leyla() -> Value {
    json!({"email": "LEYLA@example.ORG"})
}

/// Every row of every table.
fn everything(app: &TestApp) -> String {
    let conn = &mut app.database.connect();
    let mut file = Vec::new();
    let contents = Contents::of(conn, Purpose::Backup).expect("the tables");
    carry_out(conn, &contents, &mut file, || ()).expect("the rows");
    String::from_utf8(file).expect("text").to_lowercase()
}

fn answers_kept(app: &TestApp) -> i64 {
    let conn = &mut app.database.connect();
    idempotency_keys::table
        .count()
        .get_result(conn)
        .expect("a number")
}

impl Scene {
    async fn changes(&self) -> Answer {
        let log = self.app.as_editor().get("/v1/desk/changes?limit=1000");
        log.await.expect(200)
    }
}

#[actix_web::test]
async fn the_desk_erases_a_reader_from_every_table_and_leaves_empty_places() {
    let scene = Scene::set().await;
    let shown = scene.approved(by_leyla(json!({}))).await;
    let reply = review_with(json!({"in_reply_to": shown.id, "body": "I agree."}));
    let reply = scene.approved(reply).await;
    let rejected = scene.leave(by_leyla(json!({"rating": 1}))).await;
    let note = json!({"state": "rejected", "reason": "other", "note": "Leyla again."});
    scene.decide(&rejected, note).await.expect(200);
    let withdrawn = scene.leave(by_leyla(json!({"title": "Leyla's"}))).await;
    scene.take_back(&withdrawn, "").await.expect(204);
    assert!(everything(&scene.app).contains("leyla"));

    let erased = scene.app.as_moderator().post(ERASURES, leyla());
    assert_eq!(erased.await.expect(200).json, json!({"erased": 3}));

    let left = everything(&scene.app);
    assert!(!left.contains("leyla"), "{left}");
    let page = scene.shown().await;
    assert_eq!(ids(&page), [&reply.id, &shown.id].map(String::clone));
    assert_eq!(
        (&page["items"][1]["erased"], &page["items"][1]["body"]),
        (&json!(true), &Value::Null)
    );
    assert_eq!(page["items"][0]["body"], "I agree.");
    for left in [&shown, &rejected, &withdrawn] {
        scene.own(left).await.problem("bad-token", 401);
    }
    let again = scene.app.as_editor().post(ERASURES, leyla());
    assert_eq!(again.await.expect(200).json, json!({"erased": 0}));

    let log = scene.changes().await;
    let erasures = log.json["items"].as_array().expect("items").iter();
    let erasures: Vec<&Value> = erasures
        .filter(|change| change["action"] == "erased")
        .collect();
    assert_eq!(erasures.len(), 3);
    let moderator = json!(scene.app.people.moderator.user.id);
    assert!(erasures.iter().all(|change| change["actor"] == moderator));
    let readers = erasures.iter().filter(|change| {
        let keys = change["surrogate_keys"].to_string();
        keys.contains(&format!("reviews:{}", scene.article))
    });
    assert_eq!(readers.count(), 1);
}

#[actix_web::test]
async fn an_answer_that_was_kept_goes_with_the_review() {
    let scene = Scene::set().await;
    let posting = |key: &str| {
        let posting = scene
            .app
            .anonymous()
            .post(&scene.path(), by_leyla(json!({})));
        posting.header("idempotency-key", key)
    };
    let first = posting("first").await.expect(202).json;
    posting("second").await.expect(202);
    let left = Left {
        id: first["id"].as_str().expect("an id").to_owned(),
        token: first["manage_token"].as_str().expect("a token").to_owned(),
    };
    let exporting = scene.app.as_moderator().post(EXPORTS, leyla());
    let exporting = exporting
        .header("idempotency-key", "third")
        .await
        .expect(200);
    assert_eq!(ids(&exporting.json).len(), 2);
    assert_eq!(answers_kept(&scene.app), 3);

    // Hers by its token: its own answer, and the export that told of it.
    scene.take_back(&left, "?erase=true").await.expect(204);
    assert_eq!(answers_kept(&scene.app), 1);
    assert!(
        posting("second")
            .await
            .expect(202)
            .header("idempotent-replayed")
            .is_some()
    );
    let anew = posting("first").await.expect(202);
    assert!(anew.header("idempotent-replayed").is_none(), "{anew}");

    let erased = scene.app.as_moderator().post(ERASURES, leyla());
    assert_eq!(erased.await.expect(200).json, json!({"erased": 2}));
    assert_eq!(answers_kept(&scene.app), 0);
}

#[actix_web::test]
async fn what_is_held_is_told_and_that_it_was_told_is_noted_without_the_address() {
    let scene = Scene::set().await;
    let first = scene.approved(by_leyla(json!({}))).await;
    let second = scene
        .leave(by_leyla(json!({"in_reply_to": first.id})))
        .await;
    let note = json!({"state": "spam", "reason": "duplicate", "note": "Twice."});
    scene.decide(&second, note).await.expect(200);
    scene.leave(review()).await;

    let told = scene
        .app
        .as_moderator()
        .post(EXPORTS, leyla())
        .await
        .expect(200);
    assert_eq!(ids(&told.json), [first.id.clone(), second.id.clone()]);
    assert_eq!(told.json["next"], Value::Null);
    assert_eq!(told.header("cache-control"), Some("private, no-store"));
    let author = json!({"name": "Leyla", "email": "leyla@example.org", "address": "127.0.0.1"});
    let held = &told.json["items"][1];
    assert_eq!(held["author"], author);
    for (field, value) in [
        ("article", json!(scene.article)),
        ("state", json!("spam")),
        ("rating", json!(4)),
        ("body", json!("Leyla says so.")),
        ("in_reply_to", json!(first.id)),
        ("reason", json!("duplicate")),
        ("note", json!("Twice.")),
    ] {
        assert_eq!(held[field], value, "{field}");
    }
    assert!(!told.text().contains("nlr_") && !told.text().contains("manage"));

    let log = scene.changes().await;
    let changes = log.json["items"].as_array().expect("items");
    let access = changes.last().expect("a change");
    assert_eq!(access["action"], "personal_data_read");
    assert_eq!(access["actor"], json!(scene.app.people.moderator.user.id));
    assert_eq!(access["detail"], json!({"reviews": 2}));
    assert!(!log.text().to_lowercase().contains("leyla"));
}

#[actix_web::test]
async fn an_address_is_needed_to_ask_for_somebodys_data() {
    let app = TestApp::start().await;
    for path in [ERASURES, EXPORTS] {
        for email in [json!(""), json!("%"), json!(null), json!("leyla")] {
            let asking = app.as_admin().post(path, json!({"email": email}));
            asking.await.problem("invalid-field", 422).at("/email");
        }
        let asking = app.as_admin().get(path).await;
        asking.problem("method-not-allowed", 405);
        app.as_contributor()
            .post(path, leyla())
            .await
            .problem("forbidden", 403);
    }
}

/// Reviews by Leyla, written past the API.
async fn many(scene: &Scene, number: usize) {
    let article = scene.article.parse().expect("an id");
    let writing = scene.app.app.db.write(move |tx| {
        for _ in 0..number {
            let review = Review {
                id: AnyId::new().uuid().to_string().parse().expect("an id"),
                article_id: article,
                lang: "en".parse().expect("a language"),
                state: ReviewState::Pending,
                author_name: Some("Leyla".to_owned()),
                author_email: Some("leyla@example.org".to_owned()),
                author_address: Some("203.0.113.1".to_owned()),
                rating: Some(5),
                title: None,
                body: None,
                in_reply_to: None,
                reason: None,
                note: None,
                decided_by: None,
                decided_at: None,
                manage_hash: None,
                version: 1,
                created_at: tx.now(),
                edited_at: None,
                erased_at: None::<Instant>,
            };
            store::insert(tx, &review)?;
        }
        Ok::<_, Problem>(())
    });
    writing.await.expect("reviews");
}

#[actix_web::test]
async fn very_many_are_told_in_parts_and_erased_at_once_by_few_statements() {
    let scene = Scene::set().await;
    many(&scene, 1203).await;
    let (mut told, mut parts, mut after) = (Vec::new(), 0, Value::Null);
    loop {
        let asked = json!({"email": "leyla@example.org", "after": after});
        let part = scene
            .app
            .as_moderator()
            .post(EXPORTS, asked)
            .await
            .expect(200)
            .json;
        told.extend(ids(&part));
        parts += 1;
        after = part["next"].clone();
        if after.is_null() {
            break;
        }
    }
    assert_eq!(parts, 7);
    assert_eq!(told.len(), 1203);
    assert!(told.is_sorted_by(|one, next| one < next));

    let before = scene.app.app.db.statements();
    let erased = scene.app.as_moderator().post(ERASURES, leyla());
    assert_eq!(erased.await.expect(200).json, json!({"erased": 1203}));
    let spent = scene.app.app.db.statements() - before;
    assert!(spent < 50, "{spent} statements");
    assert!(!everything(&scene.app).contains("leyla"));
}

#[actix_web::test]
async fn addresses_go_after_their_days() {
    let app = TestApp::with([
        ("NEWSLINE_KEEP_ADDRESSES_DAYS", "2"),
        ("NEWSLINE_KEEP_EMAILS_DAYS", "4"),
    ])
    .await;
    let scene = Scene::on(app, "pre_moderated").await;
    let app = &scene.app;
    many(&scene, 600).await;
    let left = scene.leave(by_leyla(json!({}))).await;
    let desk = format!("/v1/desk/reviews/{}", left.id);
    let held = async || {
        let read = app.as_moderator().get(&desk).await.expect(200);
        let has_address =
            everything(app).contains("127.0.0.1") || everything(app).contains("203.0.113.1");
        (
            has_address,
            read.json["author"]["email"].is_string(),
            read.json["version"].clone(),
        )
    };
    let after_days = async |days: i64| {
        app.clock.advance(days * 24 * 3600);
        tidy_up(&app.app).await.expect("the chores");
    };
    after_days(1).await;
    assert_eq!(held().await, (true, true, json!(1)));
    app.clock.advance(60);
    after_days(1).await;
    assert_eq!(held().await, (false, true, json!(1)));
    assert!(everything(app).contains("leyla@example.org"));
    after_days(2).await;
    assert_eq!(held().await, (false, false, json!(2)));
    assert!(!everything(app).contains("leyla@example.org"));

    let own = scene.own(&left).await.expect(200).json;
    assert_eq!(
        (&own["author"]["name"], &own["body"]),
        (&json!("Leyla"), &json!("Leyla says so."))
    );
    let log = scene.changes().await;
    let forgotten = log.json["items"].as_array().expect("items").iter();
    let forgotten: Vec<&Value> = forgotten
        .filter(|change| change["action"] == "forgotten")
        .map(|change| &change["detail"])
        .collect();
    let batches = [(500, 0), (101, 0), (0, 500), (0, 101)]
        .map(|(addresses, emails)| json!({"addresses": addresses, "emails": emails}));
    assert_eq!(forgotten, batches.iter().collect::<Vec<_>>());
}

#[actix_web::test]
async fn what_is_not_to_be_kept_is_never_written() {
    let app = TestApp::with([
        ("NEWSLINE_KEEP_ADDRESSES_DAYS", "0"),
        ("NEWSLINE_KEEP_EMAILS_DAYS", "0"),
    ])
    .await;
    let scene = Scene::on(app, "pre_moderated").await;
    let posting = scene
        .app
        .anonymous()
        .post(&scene.path(), by_leyla(json!({"rating": 1})));
    let posting = posting.header("idempotency-key", "a-slow-line");
    posting.await.expect(202);
    assert_eq!(answers_kept(&scene.app), 1);
    let left = scene.leave(by_leyla(json!({"body": "More."}))).await;
    let email = json!({"author": {"email": "leyla@example.org"}});
    scene.edit(&left, email).await.expect(200);
    let written = everything(&scene.app);
    assert!(
        !written.contains("127.0.0.1") && !written.contains("leyla@"),
        "{written}"
    );
    assert_eq!(
        scene.own(&left).await.expect(200).json["author"]["name"],
        "Leyla"
    );
}
