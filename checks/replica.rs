//! What readers are told while their reads go to a hot standby: it lags, it stops, it hangs, it comes back, and
//! two nodes answer beside each other all the while.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use reqwest::Method;
use serde_json::json;
use tokio::task::JoinHandle;

use crate::client::Client;
use crate::load::Story;
use crate::server::{Newsroom, Server, shell};
use crate::{Checked, Failed};

/// Within how long a change must show on the other node.
const ELSEWHERE: Duration = Duration::from_secs(1);
/// The longest that a reading may take: two seconds for a replica that hangs, and its own time.
const LONGEST: Duration = Duration::from_secs(5);
/// Within how long a replica that is well again must be used.
const BACK: Duration = Duration::from_secs(15);

/// A hot standby, and the commands for what is done to it.
#[derive(clap::Args)]
pub struct Standby {
    /// Its address, as a superuser
    #[arg(long)]
    url: String,
    #[arg(long)]
    stop: String,
    #[arg(long)]
    start: String,
    /// Leaves it hanging, with its connections open
    #[arg(long)]
    freeze: String,
    #[arg(long)]
    thaw: String,
}

pub async fn run(newsroom: &Newsroom, standby: &Standby) -> Checked {
    let url = ("DATABASE_REPLICA_URLS", standby.url.as_str());
    // The second keeps no answers: each of its readings is one of a database.
    let nodes = [
        newsroom.serve_with(&[url]).await?,
        newsroom
            .serve_with(&[url, ("NEWSLINE_CACHE_MIB", "0")])
            .await?,
    ];
    let desk = newsroom.admin(&nodes[0]).await?;
    let mut paper = Paper::open(&nodes, &desk).await?;
    let readers = paper.read_on(&nodes)?;

    until_used(&nodes[1]).await?;
    let before = Reads::of(&nodes[1]).await?;
    let scanned = rows_sent(standby)?;
    for _ in 0..10 {
        paper.bring_out().await?;
    }
    let (reads, sent) = (
        Reads::of(&nodes[1]).await?.since(before),
        rows_sent(standby)? - scanned,
    );
    if reads.answered == 0 || sent <= 0 {
        return Err(format!("the replica is not read from: {reads}, {sent} rows").into());
    }
    println!("10 changes by turns at two nodes: {reads}; the replica sent {sent} rows");

    pause(standby).await?;
    let before = Reads::of(&nodes[1]).await?;
    for _ in 0..5 {
        paper.bring_out().await?;
    }
    let reads = Reads::of(&nodes[1]).await?.since(before);
    if reads.behind == 0 {
        return Err(format!("nobody noticed that the replica is behind: {reads}").into());
    }
    println!("5 changes while the replica replays nothing: {reads}");
    run_on(standby, "SELECT pg_wal_replay_resume()")?;
    let took = until_used(&nodes[1]).await?;
    println!("it replays again: used after {} ms", took.as_millis());

    let before = Reads::of(&nodes[1]).await?;
    shell(&standby.stop).await?;
    for _ in 0..5 {
        paper.bring_out().await?;
    }
    let reads = Reads::of(&nodes[1]).await?.since(before);
    println!("5 changes while the replica is stopped: {reads}");
    shell(&standby.start).await?;
    let took = until_used(&nodes[1]).await?;
    println!("it is started again: used after {} ms", took.as_millis());

    let before = Reads::of(&nodes[1]).await?;
    shell(&standby.freeze).await?;
    for _ in 0..10 {
        paper.bring_out().await?;
    }
    let reads = Reads::of(&nodes[1]).await?.since(before);
    shell(&standby.thaw).await?;
    if reads.away == 0 {
        return Err(format!("nobody noticed that the replica hangs: {reads}").into());
    }
    println!("10 changes while the replica hangs: {reads}");
    let took = until_used(&nodes[1]).await?;
    println!("it goes on: used after {} ms", took.as_millis());
    paper.bring_out().await?;

    paper.close(readers).await
}

/// A published story of which new versions come out, and what was acknowledged of them when.
struct Paper {
    /// The same person at each node, signed in at the first.
    desks: Vec<Client>,
    id: String,
    version: u64,
    log: Log,
    done: Arc<AtomicBool>,
}

/// A version, the node that acknowledged it, and when.
type Log = Arc<Mutex<Vec<(u64, usize, Instant)>>>;

impl Paper {
    async fn open(nodes: &[Server], desk: &Client) -> Result<Self, Failed> {
        let story = Story::new("the paper", 0);
        let made = desk
            .post("/v1/desk/articles", &story.post, &story.key)
            .await?;
        let id = made.expect(201)?.text("/id");
        let mut paper = Self {
            desks: nodes.iter().map(|node| desk.at(&node.base)).collect(),
            id,
            version: 0,
            log: Log::default(),
            done: Arc::default(),
        };
        paper.bring_out().await?;
        Ok(paper)
    }

    /// Saves and publishes the next version, by turns at one node and the other.
    async fn bring_out(&mut self) -> Checked {
        self.version += 1;
        let node = self.version as usize % self.desks.len();
        let desk = &self.desks[node];
        let text = format!("/v1/desk/articles/{}/texts/en", self.id);
        let headline = json!({"headline": format!("Version {}", self.version)});
        let etag = desk.get(&text).await?.expect(200)?.etag;
        let saved = desk.change(Method::PATCH, &text, headline, &etag).await?;
        let etag = saved.expect(200)?.etag;
        let publication = format!("{text}/publication");
        let published = desk
            .change(Method::PUT, &publication, json!({}), &etag)
            .await?;
        published.expect(200)?;
        let acknowledged = (self.version, node, Instant::now());
        lock(&self.log).push(acknowledged);
        // Both nodes have it after a moment, while readers go on.
        tokio::time::sleep(Duration::from_millis(300)).await;
        Ok(())
    }

    /// Readers at each node, until the paper closes.
    fn read_on(&self, nodes: &[Server]) -> Result<Vec<JoinHandle<Result<Told, String>>>, Failed> {
        let mut readers = Vec::new();
        for (node, server) in nodes.iter().enumerate() {
            for path in ["?lang=en", "?lang=en&include=quotes"] {
                let path = format!("/v1/articles/{}{path}", self.id);
                let (client, log) = (Client::new(&server.base)?, self.log.clone());
                readers.push(tokio::spawn(read(
                    client,
                    path,
                    node,
                    log,
                    self.done.clone(),
                )));
            }
        }
        Ok(readers)
    }

    async fn close(self, readers: Vec<JoinHandle<Result<Told, String>>>) -> Checked {
        self.done.store(true, Ordering::Relaxed);
        let (mut reads, mut slowest) = (0, Duration::ZERO);
        for reader in readers {
            let told = reader.await??;
            reads += told.reads;
            slowest = slowest.max(told.slowest);
        }
        if slowest > LONGEST {
            return Err(format!("a reading took {} ms", slowest.as_millis()).into());
        }
        println!(
            "{reads} readings beside it, all 200 and none older than it may be; the slowest took {} ms",
            slowest.as_millis()
        );
        Ok(())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What one reader was told.
struct Told {
    reads: u64,
    slowest: Duration,
}

/// Reads over and over; says what was wrong with the first answer that was.
async fn read(
    client: Client,
    path: String,
    node: usize,
    log: Log,
    done: Arc<AtomicBool>,
) -> Result<Told, String> {
    let mut told = Told {
        reads: 0,
        slowest: Duration::ZERO,
    };
    while !done.load(Ordering::Relaxed) {
        let due = due(&log, node);
        let begun = Instant::now();
        let answer = client.get(&path).await.map_err(|error| error.to_string())?;
        if answer.status != 200 {
            return Err(format!("node {node}: {} {}", answer.status, answer.json));
        }
        let headline = answer.text("/headline");
        let shown = headline
            .rsplit(' ')
            .next()
            .and_then(|last| last.parse().ok());
        if shown.unwrap_or(0) < due {
            return Err(format!("node {node} shows {headline:?}, and {due} is due"));
        }
        told.reads += 1;
        told.slowest = told.slowest.max(begun.elapsed());
    }
    Ok(told)
}

/// The oldest version that a node may show at this moment.
fn due(log: &Log, node: usize) -> u64 {
    let now = Instant::now();
    let log = lock(log);
    let due = log
        .iter()
        .filter(|(_, wrote, at)| *wrote == node || now - *at > ELSEWHERE);
    due.map(|(version, ..)| *version).max().unwrap_or(0)
}

/// The numbers of a node.
#[derive(Clone, Copy)]
struct Reads {
    answered: u64,
    behind: u64,
    away: u64,
}

impl Reads {
    async fn of(server: &Server) -> Result<Self, Failed> {
        let metrics = Client::new(&server.base)?.get_text("/metrics").await?;
        let count = |outcome: &str| {
            let name = format!("newsline_replica_reads_total{{outcome=\"{outcome}\"}} ");
            let line = metrics.lines().find_map(|line| line.strip_prefix(&name));
            line.and_then(|number| number.parse().ok()).unwrap_or(0)
        };
        Ok(Self {
            answered: count("answered"),
            behind: count("behind"),
            away: count("away"),
        })
    }

    fn since(self, before: Self) -> Self {
        Self {
            answered: self.answered - before.answered,
            behind: self.behind - before.behind,
            away: self.away - before.away,
        }
    }
}

impl fmt::Display for Reads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            answered,
            behind,
            away,
        } = self;
        write!(
            f,
            "{answered} readings by the replica, {behind} by the primary because it was behind, {away} because it was away"
        )
    }
}

/// How long it takes until a node reads from the replica again. Readers are at it all the while.
async fn until_used(node: &Server) -> Result<Duration, Failed> {
    let (begun, before) = (Instant::now(), Reads::of(node).await?);
    while Reads::of(node).await?.since(before).answered == 0 {
        if begun.elapsed() > BACK {
            return Err(format!("the replica was not used for {} s", BACK.as_secs()).into());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(begun.elapsed())
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

fn number(standby: &Standby, sql: &str) -> Result<i64, Failed> {
    let mut conn = PgConnection::establish(&standby.url)?;
    let row: Number = diesel::sql_query(sql).get_result(&mut conn)?;
    Ok(row.number)
}

fn run_on(standby: &Standby, sql: &str) -> Checked {
    let mut conn = PgConnection::establish(&standby.url)?;
    diesel::sql_query(sql).execute(&mut conn)?;
    Ok(())
}

/// What the standby itself counts.
fn rows_sent(standby: &Standby) -> Result<i64, Failed> {
    number(
        standby,
        "SELECT tup_fetched AS number FROM pg_stat_database WHERE datname = current_database()",
    )
}

/// Has the standby replay nothing more; it takes a moment to.
async fn pause(standby: &Standby) -> Checked {
    run_on(standby, "SELECT pg_wal_replay_pause()")?;
    let is_paused = "SELECT (pg_get_wal_replay_pause_state() = 'paused')::int::bigint AS number";
    let begun = Instant::now();
    while number(standby, is_paused)? == 0 {
        if begun.elapsed() > BACK {
            return Err("the replica does not pause".into());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}
