//! Readers' reads and replicas. The standby of these tests is a database of its own that says so, and
//! shows the number of the change log that a test has it show: one that lags, catches up, or breaks.
//! `scripts/check-replica` does the same with a real one.

use std::pin::pin;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use futures_util::future::{Either, select};
use newsline::db::DbConn;
use serde_json::json;

use crate::support::{TestApp, is_on_postgres};

/// Two databases, of which the second counts as the standby of the first.
struct Pair {
    app: TestApp,
    standby: TestApp,
}

async fn name_site(app: &TestApp, name: &str) {
    let site = app.as_admin().get("/v1/desk/site").await.expect(200);
    let naming = app.as_admin().patch("/v1/desk/site", json!({"name": name}));
    naming.if_match(&site.etag()).await.expect(200);
}

fn run(conn: &mut DbConn, sql: &str) {
    let DbConn::Postgres(conn) = conn else {
        panic!("a standby on PostgreSQL");
    };
    conn.batch_execute(sql).expect("a statement on the standby");
}

impl Pair {
    /// `None` on SQLite, which has no replicas. Without a cache each reading is one of a database.
    async fn open(cache_mib: &'static str) -> Option<Self> {
        Self::open_with([("NEWSLINE_CACHE_MIB", cache_mib)]).await
    }

    async fn open_with<const N: usize>(
        settings: [(&'static str, &'static str); N],
    ) -> Option<Self> {
        if !is_on_postgres() {
            return None;
        }
        let standby = TestApp::start().await;
        name_site(&standby, "standby").await;
        let url: &'static str = standby.database.url().to_owned().leak();
        let settings = settings.into_iter().chain([("DATABASE_REPLICA_URLS", url)]);
        let app = TestApp::with(settings).await;
        name_site(&app, "primary").await;
        Some(Self { app, standby })
    }

    fn run_on_standby(&self, sql: &str) {
        run(&mut self.standby.database.connect(), sql);
    }

    /// The standby shows this change, and no later one.
    fn replay_to(&self, seq: i64) {
        self.run_on_standby(&format!("UPDATE change_counter SET seq = {seq}"));
    }

    fn catch_up(&self) {
        self.replay_to(self.app.app.db.touched().highest());
    }

    /// Whose site a reader gets.
    async fn told(&self) -> String {
        let site = self.app.anonymous().get("/v1/site").await.expect(200);
        site.json["name"].as_str().unwrap_or_default().to_owned()
    }

    /// A replica that was behind or away is asked again after a while.
    async fn until_told(&self, name: &str) {
        let begun = Instant::now();
        while self.told().await != name {
            assert!(begun.elapsed() < Duration::from_secs(10), "never {name}");
        }
    }

    fn reads(&self) -> (u64, u64, u64) {
        let reads = &self.app.app.metrics.replicas;
        (reads.answered.get(), reads.behind.get(), reads.away.get())
    }
}

#[actix_web::test]
async fn readers_read_from_a_replica_and_the_newsroom_never_does() {
    let Some(pair) = Pair::open("0").await else {
        return;
    };
    pair.catch_up();
    pair.until_told("standby").await;
    let desk = pair.app.as_editor().get("/v1/desk/site").await.expect(200);
    assert_eq!(desk.json["name"], "primary");
    let lists = pair.app.anonymous().get("/v1/lists").await.expect(200);
    assert!(lists.json["items"].is_array());
    assert!(pair.reads().0 >= 2, "{:?}", pair.reads());
    let text = pair
        .app
        .anonymous()
        .get("/metrics")
        .await
        .expect(200)
        .text();
    assert!(text.contains("newsline_replica_reads_total{outcome=\"answered\"} "));
}

#[actix_web::test]
async fn what_was_acknowledged_is_never_read_from_a_replica_that_does_not_show_it() {
    let Some(pair) = Pair::open("0").await else {
        return;
    };
    pair.catch_up();
    pair.until_told("standby").await;
    for version in 0..5 {
        let name = format!("version {version}");
        name_site(&pair.app, &name).await;
        for _ in 0..3 {
            assert_eq!(pair.told().await, name);
        }
    }
    assert!(pair.reads().1 > 0, "{:?}", pair.reads());
    pair.catch_up();
    pair.until_told("standby").await;
}

#[actix_web::test]
async fn what_another_node_wrote_is_not_read_from_a_replica_that_does_not_show_it() {
    let Some(pair) = Pair::open("0").await else {
        return;
    };
    let other = pair.app.node([]).await;
    pair.catch_up();
    pair.until_told("standby").await;
    name_site(&other, "elsewhere").await;
    pair.app.app.db.look_now().await;
    assert_eq!(pair.told().await, "elsewhere");
}

#[actix_web::test]
async fn what_was_read_from_a_replica_is_kept_until_it_is_touched() {
    let Some(pair) = Pair::open("64").await else {
        return;
    };
    pair.catch_up();
    pair.until_told("standby").await;
    let (answered, ..) = pair.reads();
    assert_eq!(pair.told().await, "standby");
    assert_eq!(pair.reads().0, answered, "it was not kept");
    name_site(&pair.app, "newer").await;
    assert_eq!(pair.told().await, "newer");
    pair.catch_up();
    assert_eq!(pair.told().await, "newer");
}

#[actix_web::test]
async fn a_replica_that_cannot_answer_costs_nobody_an_error() {
    let Some(pair) = Pair::open("0").await else {
        return;
    };
    pair.catch_up();
    pair.until_told("standby").await;
    // As where it has not replayed a migration.
    pair.run_on_standby("ALTER TABLE site RENAME TO elsewhere");
    assert_eq!(pair.told().await, "primary");
    pair.run_on_standby("ALTER TABLE elsewhere RENAME TO site");
    pair.until_told("standby").await;
    pair.run_on_standby("ALTER TABLE change_counter RENAME TO elsewhere");
    assert_eq!(pair.told().await, "primary");
    assert!(pair.reads().2 >= 2, "{:?}", pair.reads());
}

#[actix_web::test]
async fn a_replica_that_is_away_keeps_nobody_waiting() {
    if !is_on_postgres() {
        return;
    }
    // Nobody listens at the first port there is.
    let settings = [
        ("DATABASE_REPLICA_URLS", "postgres://newsline@127.0.0.1:1/n"),
        ("NEWSLINE_CACHE_MIB", "0"),
    ];
    let app = TestApp::with(settings).await;
    let begun = Instant::now();
    for _ in 0..20 {
        app.anonymous().get("/v1/site").await.expect(200);
    }
    assert!(begun.elapsed() < Duration::from_secs(4), "they wait");
    assert!(app.app.metrics.replicas.away.get() > 0);
}

#[actix_web::test]
async fn a_replica_whose_connections_are_all_taken_is_not_taken_for_away() {
    let Some(pair) =
        Pair::open_with([("NEWSLINE_CACHE_MIB", "0"), ("DATABASE_CONNECTIONS", "1")]).await
    else {
        return;
    };
    pair.catch_up();
    pair.until_told("standby").await;
    let mut other = pair.standby.database.connect();
    run(&mut other, "BEGIN; LOCK TABLE change_counter");
    let (first, second) = (pin!(pair.told()), pin!(pair.told()));
    // Whichever came second does not get the one connection.
    let (Either::Left((told, waiting)) | Either::Right((told, waiting))) =
        select(first, second).await;
    assert_eq!(told, "primary");
    run(&mut other, "ROLLBACK");
    assert_eq!(waiting.await, "standby");
    assert_eq!(pair.told().await, "standby");
}

#[actix_web::test]
async fn of_two_replicas_one_that_is_away_leaves_the_other() {
    if !is_on_postgres() {
        return;
    }
    let standby = TestApp::start().await;
    name_site(&standby, "standby").await;
    let urls = format!(
        "postgres://newsline@127.0.0.1:1/n, {}",
        standby.database.url()
    );
    let settings = [
        ("DATABASE_REPLICA_URLS", &*urls.leak()),
        ("NEWSLINE_CACHE_MIB", "0"),
    ];
    let app = TestApp::with(settings).await;
    let pair = Pair { app, standby };
    pair.catch_up();
    pair.until_told("standby").await;
    assert_eq!(pair.told().await, "standby");
}
