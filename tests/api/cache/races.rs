//! Readings and writes at the same time, and nodes that do not know of each other.

use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use newsline::db::DbConn;
use serde_json::json;

use super::{Ask, Newsroom};
use crate::support::{Answer, TestApp};

/// Waits, without sleeping, until something is so.
async fn until(so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !so() {
        assert!(begun.elapsed() < Duration::from_secs(10), "it never is");
        tokio::task::yield_now().await;
    }
}

/// Asked by somebody else, while the test goes on.
fn asked(newsroom: &Newsroom, ask: &Ask) -> tokio::task::JoinHandle<Answer> {
    let (client, path) = (newsroom.app.anonymous(), ask.path.clone());
    tokio::spawn(async move { client.get(&path).await })
}

impl Newsroom {
    fn statements(&self) -> u64 {
        self.app.app.db.statements()
    }

    /// How many statements a reading costs.
    async fn cost(&self, ask: &Ask) -> u64 {
        // A node that has not looked for a while reads the site anew, which would be counted.
        for node in [&self.app, &self.plain] {
            node.app.db.look_now().await;
        }
        let before = self.plain.app.db.statements();
        ask.to(&self.plain).await.expect(200);
        self.plain.app.db.statements() - before
    }

    async fn publish(&self, headline: &str) {
        publish(&self.app, &self.article, headline).await;
    }
}

async fn publish(app: &TestApp, article: &str, headline: &str) {
    let saved = app
        .patch_text(article, "en", json!({"headline": headline}))
        .await;
    saved.expect(200);
    app.publish_text(article, "en").await;
}

#[cfg(debug_assertions)]
#[actix_web::test]
async fn a_reading_that_a_write_overtook_is_not_kept_and_nobody_joins_it() {
    let newsroom = Newsroom::open().await;
    let ask = Ask::of(format!("/v1/articles/{}?lang=en", newsroom.article));
    let (cost, cache) = (newsroom.cost(&ask).await, &newsroom.app.app.cache);

    let ground = cache.landing.write().await;
    let before = newsroom.statements();
    let overtaken = asked(&newsroom, &ask);
    // It has read its rows, and waits to be put on the shelf.
    until(|| newsroom.statements() == before + cost).await;
    newsroom.publish("Newer").await;
    let before = newsroom.statements();
    let later = asked(&newsroom, &ask);
    until(|| newsroom.statements() == before + cost).await;
    drop(ground);

    let overtaken = overtaken.await.expect("an answer").expect(200);
    assert_eq!(overtaken.json["headline"], "Bridge");
    let later = later.await.expect("an answer").expect(200);
    assert_eq!(later.json["headline"], "Newer");
    assert_eq!(cache.metrics().stale.get(), 1);
    assert_eq!(ask.to(&newsroom.app).await.json["headline"], "Newer");
}

#[cfg(debug_assertions)]
#[actix_web::test]
async fn requests_for_the_same_missing_answer_cost_one_reading() {
    let newsroom = Newsroom::open().await;
    let ask = Ask::of("/v1/pages/articles/en/bridge");
    let cost = newsroom.cost(&ask).await;
    let before = newsroom.statements();
    let ground = newsroom.app.app.cache.landing.write().await;
    let readers: Vec<_> = (0..20).map(|_| asked(&newsroom, &ask)).collect();
    let joined = || newsroom.app.app.cache.metrics().joined.get();
    until(|| joined() == 19 && newsroom.statements() == before + cost).await;
    drop(ground);
    for reader in readers {
        reader.await.expect("an answer").expect(200);
    }
    assert_eq!(newsroom.statements() - before, cost);
}

#[cfg(debug_assertions)]
#[actix_web::test]
async fn a_reading_goes_on_when_the_one_who_began_it_hangs_up() {
    let newsroom = Newsroom::open().await;
    let ask = Ask::of("/v1/pages/articles/en/bridge");
    let cost = newsroom.cost(&ask).await;
    let before = newsroom.statements();
    let ground = newsroom.app.app.cache.landing.write().await;
    let mut impatient = TcpStream::connect(newsroom.app.address).expect("the server");
    let request = format!("GET {} HTTP/1.1\r\nHost: newsline\r\n\r\n", ask.path);
    impatient.write_all(request.as_bytes()).expect("sent");
    until(|| newsroom.statements() == before + cost).await;
    let patient = asked(&newsroom, &ask);
    drop(impatient);
    // The worker has seen the end of the connection once it answers somebody else.
    newsroom.app.anonymous().get("/healthz").await.expect(200);
    drop(ground);
    patient.await.expect("an answer").expect(200);
    assert_eq!(newsroom.statements() - before, cost);
}

#[actix_web::test]
async fn a_write_on_one_node_shows_on_another_within_a_second() {
    let newsroom = Newsroom::open().await;
    let other = newsroom.app.node([]).await;
    let ask = Ask::of(format!("/v1/articles/{}?lang=en", newsroom.article));
    assert_eq!(ask.to(&other).await.json["headline"], "Bridge");
    newsroom.publish("Newer").await;
    let written = Instant::now();
    while ask.to(&other).await.json["headline"] != "Newer" {
        assert!(written.elapsed() < Duration::from_secs(1));
    }
    assert!(other.app.cache.metrics().dropped.get() > 0);
}

fn run(conn: &mut DbConn, sql: &str) {
    let ran = match conn {
        DbConn::Sqlite(conn) => conn.batch_execute(sql),
        DbConn::Postgres(conn) => conn.batch_execute(sql),
    };
    ran.expect("a statement past the app");
}

#[actix_web::test]
async fn nothing_is_answered_from_memory_while_the_log_cannot_be_looked_at() {
    let newsroom = Newsroom::open().await;
    let ask = Ask::of("/v1/site");
    newsroom.warm(&[ask.clone(), ask.clone()]).await;
    let mut past = newsroom.app.database.connect();
    run(&mut past, "ALTER TABLE change_counter RENAME TO lost");
    let lost = Instant::now();
    loop {
        let before = newsroom.hits();
        ask.to(&newsroom.app).await.expect(200);
        if newsroom.hits() == before {
            break;
        }
        assert!(lost.elapsed() < Duration::from_secs(2));
    }
    run(&mut past, "ALTER TABLE lost RENAME TO change_counter");
    newsroom.app.app.db.look_now().await;
    newsroom.warm(std::slice::from_ref(&ask)).await;
    let before = newsroom.hits();
    ask.to(&newsroom.app).await.expect(200);
    assert_eq!(newsroom.hits() - before, 1);
}
