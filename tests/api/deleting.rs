//! What is needed is not deleted, also not in the same moment; and what comes back finds what it
//! needs.

use diesel::RunQueryDsl;
use diesel::connection::SimpleConnection;
use diesel::sql_types::BigInt;
use newsline::db::DbConn;
use serde_json::{Value, json};

use crate::support::{Answer, TestApp, id_of};

async fn made(app: &TestApp, collection: &str, json: Value) -> Answer {
    let posting = app
        .as_editor()
        .post(&format!("/v1/desk/{collection}"), json);
    posting.await.expect(201)
}

/// Deletes a thing by its address. Gives what came back, good or bad.
async fn delete(app: &TestApp, place: &str) -> Answer {
    app.as_editor().delete(place).if_match("*").await
}

async fn restore(app: &TestApp, place: &str) -> Answer {
    let restoring = app
        .as_editor()
        .put(&format!("{place}/restoration"), json!({}));
    restoring.if_match("*").await
}

fn place(made: &Answer) -> String {
    made.header("location").expect("a location").to_owned()
}

#[actix_web::test]
async fn an_article_comes_back_only_with_its_section_and_topics() {
    let app = TestApp::start().await;
    let named = |slug: &str| json!({"slug": slug, "names": {"en": slug}});
    let section = place(&made(&app, "sections", named("city")).await);
    let topic = place(&made(&app, "topics", named("rain")).await);
    let article = json!({"section": "city", "topics": ["rain"]});
    let article = app.posted_article(article).await;
    let article = format!("/v1/desk/articles/{}", id_of(&article));
    for gone in [&article, &section, &topic] {
        delete(&app, gone).await.expect(204);
    }
    for thing in [&section, &topic] {
        let refused = restore(&app, &article).await;
        refused.problem("wrong-state", 409);
        restore(&app, thing).await.expect(200);
    }
    restore(&app, &article).await.expect(200);
    delete(&app, &section).await.problem("in-use", 409);
}

#[actix_web::test]
async fn a_list_comes_back_only_with_what_it_is_about() {
    let app = TestApp::start().await;
    let named = |slug: &str| json!({"slug": slug, "names": {"en": slug}});
    let section = made(&app, "sections", named("city")).await;
    let topic = made(&app, "topics", named("rain")).await;
    let source = json!({"kind": "person", "names": {"en": "A Minister"}});
    let source = made(&app, "sources", source).await;
    for (thing, rule) in [
        (&section, json!({"kind": "section", "section": "city"})),
        (&topic, json!({"kind": "topic", "topic": "rain"})),
        (
            &source,
            json!({"kind": "source", "source": source.json["id"]}),
        ),
    ] {
        let list = json!({"slug": rule["kind"], "names": {"en": "About it"}, "rule": rule});
        let list = place(&made(&app, "lists", list).await);
        let thing = place(thing);
        delete(&app, &list).await.expect(204);
        delete(&app, &thing).await.expect(204);
        restore(&app, &list).await.problem("wrong-state", 409);
        restore(&app, &thing).await.expect(200);
        restore(&app, &list).await.expect(200);
    }
}

#[derive(diesel::QueryableByName)]
struct Waiting {
    #[diesel(sql_type = BigInt)]
    many: i64,
}

/// Runs a deletion while another transaction, which is open, comes to use what is deleted; `usage` is
/// its statement. SQLite has one writer, so there it cannot be.
async fn delete_while(app: &TestApp, place: &str, usage: &str) -> Option<Answer> {
    let DbConn::Postgres(mut other) = app.database.connect() else {
        return None;
    };
    let mut past = app.database.connect();
    other.batch_execute("BEGIN").expect("a transaction");
    other.batch_execute(usage).expect("a use");
    let (client, place) = (app.as_editor(), place.to_owned());
    let deleting = tokio::spawn(async move { client.delete(&place).if_match("*").await });
    let waits = |past: &mut DbConn| {
        let waiting = "SELECT count(*) AS many FROM pg_stat_activity \
            WHERE datname = current_database() AND wait_event_type = 'Lock'";
        let waiting: Waiting = diesel::sql_query(waiting)
            .get_result(past)
            .expect("a count");
        waiting.many > 0
    };
    while !deleting.is_finished() && !waits(&mut past) {
        tokio::task::yield_now().await;
    }
    other.batch_execute("COMMIT").expect("the end");
    Some(deleting.await.expect("an answer"))
}

#[actix_web::test]
async fn what_comes_to_be_used_at_the_same_moment_is_not_deleted() {
    let app = TestApp::start().await;
    let named = |slug: &str| json!({"slug": slug, "names": {"en": slug}});
    let section = made(&app, "sections", named("city")).await;
    let topic = made(&app, "topics", named("rain")).await;
    let source = json!({"kind": "person", "names": {"en": "A Minister"}});
    let source = made(&app, "sources", source).await;
    let text = json!({"headline": "Rain", "body_markdown": "It rains.",
        "quotes": [{"unnamed": "a resident", "manner": "direct", "text": "It rains."}]});
    let article = app.posted_article(json!({"texts": {"en": text}})).await;
    let article = id_of(&article);
    for (thing, usage) in [
        (
            &section,
            format!(
                "UPDATE articles SET section_id = '{}' WHERE id = '{article}'",
                id_of(&section.json)
            ),
        ),
        (
            &topic,
            format!(
                "INSERT INTO article_topics (article_id, topic_id, position) VALUES ('{article}', '{}', 0)",
                id_of(&topic.json)
            ),
        ),
        (
            &source,
            format!(
                "UPDATE quotes SET source_id = '{}' WHERE article_id = '{article}'",
                id_of(&source.json)
            ),
        ),
    ] {
        if let Some(answer) = delete_while(&app, &place(thing), &usage).await {
            answer.problem("in-use", 409);
        }
    }
}
