//! The change log: numbered without gaps, in the order in which changes become visible.

use newsline::changes::{Action, Change, ItemKind};
use newsline::clock::Clock;
use newsline::config::Settings;
use newsline::db::{Db, Id};
use newsline::http::problem::Problem;
use serde_json::{Value, json};

use crate::support::TestApp;

/// The numbers in an answer.
fn numbers(changes: &Value) -> Vec<i64> {
    let items = changes["items"].as_array().expect("items");
    items
        .iter()
        .map(|item| item["seq"].as_i64().expect("a number"))
        .collect()
}

/// Commits `changes` changes in one transaction.
async fn commit(db: &Db, changes: usize) {
    let id = Id::<()>::new();
    db.write(move |tx| {
        for _ in 0..changes {
            tx.record(Change::of(ItemKind::Topic, id, Action::Changed));
        }
        Ok::<_, Problem>(())
    })
    .await
    .expect("a commit");
}

/// The database of the app through the pools of another process.
fn second_node(settings: &Settings) -> Db {
    Db::open(&settings.db, Clock::default()).expect("the same database")
}

#[actix_web::test]
async fn a_change_says_who_did_what_to_which_thing() {
    let app = TestApp::start().await;
    let patching = app
        .as_admin()
        .patch("/v1/desk/site", json!({"name": "Bakı xəbərləri"}));
    patching.if_match("\"1\"").await.expect(200);

    let changes = app.as_editor().get("/v1/desk/changes").await.expect(200);

    let change = changes.json["items"]
        .as_array()
        .and_then(|items| items.last())
        .expect("a change");
    assert_eq!(change["kind"], "site");
    assert_eq!(change["action"], "changed");
    assert_eq!(change["surrogate_keys"], json!(["site"]));
    assert_eq!(change["actor"], app.people.admin.user.id.to_string());
    assert_eq!(changes.json["last"], change["seq"]);
}

#[actix_web::test]
async fn a_refused_change_leaves_no_trace() {
    let app = TestApp::start().await;
    let before = app
        .as_editor()
        .get("/v1/desk/changes")
        .await
        .expect(200)
        .json;
    let patching = app
        .as_admin()
        .patch("/v1/desk/site", json!({"time_zone": "Nowhere/At_All"}));
    patching
        .if_match("\"1\"")
        .await
        .problem("invalid-field", 422)
        .at("/time_zone");
    assert_eq!(
        app.as_editor()
            .get("/v1/desk/changes")
            .await
            .expect(200)
            .json,
        before
    );
}

#[actix_web::test]
async fn the_log_is_read_on_from_any_number() {
    let app = TestApp::start().await;
    commit(&app.app.db, 5).await;
    let read = |query: &str| app.as_editor().get(&format!("/v1/desk/changes?{query}"));

    let first = read("after=0&limit=2").await.expect(200);
    assert_eq!(numbers(&first.json), [1, 2]);
    let rest = read("after=2&limit=1000").await.expect(200);
    assert_eq!(numbers(&rest.json), [3, 4, 5]);
    let nothing = read("after=5").await.expect(200);
    assert_eq!(
        (numbers(&nothing.json), &nothing.json["last"]),
        (vec![], &json!(5))
    );

    read("after=-1")
        .await
        .problem("invalid-parameter", 400)
        .at("after");
    read("limit=1001")
        .await
        .problem("invalid-parameter", 400)
        .at("limit");
}

/// Two processes write at once, with several changes in a transaction; a reader that goes on from
/// the last number it saw must see all of them, in order.
#[actix_web::test]
async fn a_reader_of_the_log_never_misses_a_change() {
    const WRITERS: usize = 6;
    const COMMITS: usize = 30;
    let app = TestApp::start().await;
    let nodes = [app.app.db.clone(), second_node(&app.app.settings)];

    let mut writers = Vec::new();
    for nth in 0..WRITERS {
        let node = nodes[nth % nodes.len()].clone();
        writers.push(actix_web::rt::spawn(async move {
            for commits in 0..COMMITS {
                commit(&node, 1 + (nth + commits) % 3).await;
            }
        }));
    }
    let expected: usize = (0..WRITERS)
        .flat_map(|nth| (0..COMMITS).map(move |at| 1 + (nth + at) % 3))
        .sum();
    let expected = i64::try_from(expected).expect("a number");

    let mut last = 0;
    loop {
        let all_written = writers.iter().all(tokio::task::JoinHandle::is_finished);
        let changes = app
            .as_editor()
            .get(&format!("/v1/desk/changes?after={last}"))
            .await
            .expect(200);
        let seen = numbers(&changes.json);
        if all_written && seen.is_empty() {
            break;
        }
        for number in seen {
            assert_eq!(number, last + 1, "the reader went on from {last}");
            last = number;
        }
    }
    assert_eq!(last, expected);
    for writer in writers {
        writer.await.expect("a writer");
    }
}
