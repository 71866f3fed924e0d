//! The order, and carrying it out: rows are made on a thread of their own while others are written.

use std::collections::BTreeMap;
use std::sync::{Arc, mpsc};

use diesel::prelude::*;

use super::newsroom::Newsroom;
use super::rows::Rows;
use super::story::Stories;
use crate::articles::input::MOST_QUOTES;
use crate::articles::sitemap;
use crate::changes::{Action, Change, ItemKind};
use crate::db::schema::articles;
use crate::db::{Db, DbConn, Instant, Tx, dialect};
use crate::http::problem::{Code, Problem};
use crate::site;
use crate::sources::model::SourceId;
use crate::sources::projection as source_projection;
use crate::sources::sums::{self, Sums};

/// What is to be made.
#[derive(Debug, Clone, clap::Args)]
pub struct Order {
    /// Texts
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=20_000_000))]
    pub texts: u64,
    /// Quotes; as many as texts unless it is said
    #[arg(long)]
    pub quotes: Option<u64>,
    /// Articles; each has up to three texts, in as many languages
    #[arg(long)]
    pub articles: Option<u64>,
    /// The same seed makes the same rows, with their ids and times
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Bytes of a body's words; 6000, or 600 where there are more than 50,000 texts
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=60_000))]
    pub body_bytes: Option<u64>,
    /// Add to a database that has articles already
    #[arg(long)]
    pub add: bool,
}

/// Languages of an article.
pub const MOST_TEXTS: u64 = 3;

impl Order {
    /// So many texts with as many quotes.
    pub fn of(texts: u64, quotes: u64, seed: u64) -> Self {
        Self {
            texts,
            quotes: Some(quotes),
            articles: None,
            seed,
            body_bytes: None,
            add: false,
        }
    }

    pub fn quotes(&self) -> u64 {
        self.quotes.unwrap_or(self.texts)
    }

    pub fn articles(&self) -> u64 {
        self.articles.unwrap_or(self.texts.div_ceil(MOST_TEXTS))
    }

    pub fn body_bytes(&self) -> usize {
        let usual = if self.texts > 50_000 { 600 } else { 6000 };
        self.body_bytes.unwrap_or(usual) as usize
    }

    /// Whether the numbers go together.
    pub fn check(&self) -> Result<(), String> {
        if !(self.texts.div_ceil(MOST_TEXTS)..=self.texts).contains(&self.articles()) {
            return Err(format!("--articles: each has 1 to {MOST_TEXTS} texts"));
        }
        if self.quotes() > self.texts * MOST_QUOTES as u64 {
            return Err(format!("--quotes: a text has at most {MOST_QUOTES}"));
        }
        Ok(())
    }
}

/// What was made.
#[derive(Debug, Clone)]
pub struct Made {
    pub articles: u64,
    pub texts: u64,
    pub quotes: u64,
    pub sources: u64,
    /// The source that said most.
    pub most_quoted: Option<(SourceId, Sums)>,
}

/// Texts that are written in one transaction.
const TEXTS: usize = 2000;

/// Sources that readers come to know at a time.
const SOURCES: usize = 200;

/// Carries out an order; `progress` hears how many texts are written.
pub async fn generate(db: &Db, order: &Order, progress: impl Fn(u64)) -> Result<Made, Problem> {
    let add = order.add;
    let site = db
        .read_snapshot(move |conn| {
            check_empty(conn, add)?;
            Ok::<_, Problem>(site::find(conn)?)
        })
        .await?;
    let of_newsroom = order.clone();
    let newsroom = db
        .write(move |tx| Newsroom::set_up(tx, &of_newsroom))
        .await?;
    let newsroom = Arc::new(newsroom);
    let stories = Stories::new(order.clone(), newsroom.clone(), site.zone())?;
    let mut sums: BTreeMap<SourceId, Sums> = BTreeMap::new();
    let mut made = Made {
        articles: order.articles(),
        texts: 0,
        quotes: order.quotes(),
        sources: 0,
        most_quoted: None,
    };
    let batches = Arc::new(std::sync::Mutex::new(spawn(stories)));
    loop {
        let from = batches.clone();
        let next = tokio::task::spawn_blocking(move || from.lock().ok()?.recv().ok());
        let Some(rows) = next.await.ok().flatten() else {
            break;
        };
        let rows = rows?;
        for (source, of_rows) in &rows.sums {
            let sum = sums.entry(*source).or_default();
            *sum = *sum + *of_rows;
        }
        made.texts += rows.len() as u64;
        let rows = Arc::new(rows);
        db.write(move |tx| Ok::<_, Problem>(rows.insert(tx)?))
            .await?;
        progress(made.texts);
    }
    if made.texts != order.texts {
        return Err(Problem::new(Code::Internal, "Not all texts were made."));
    }
    made.sources = sums.len() as u64;
    made.most_quoted = sums
        .iter()
        .max_by_key(|(_, sums)| sums.statements)
        .map(|(id, sums)| (*id, *sums));
    db.write(move |tx| {
        let quoted: Vec<SourceId> = sums.keys().copied().collect();
        for some in quoted.chunks(SOURCES) {
            source_projection::project(tx, some)?;
        }
        sums::add(tx, &sums)?;
        let now = tx.now();
        let maps = sitemap::divide(tx, now)?;
        tell_caches(tx, &newsroom, maps);
        Ok::<_, Problem>(dialect::analyze(tx)?)
    })
    .await?;
    Ok(made)
}

fn check_empty(conn: &mut DbConn, add: bool) -> Result<(), Problem> {
    let some = diesel::select(diesel::dsl::exists(articles::table.select(articles::id)));
    match some.get_result::<bool>(conn)? && !add {
        true => Err(Problem::new(
            Code::Conflict,
            "The database has articles already. With --add, generated ones are put beside them.",
        )),
        false => Ok(()),
    }
}

/// Makes rows ahead of what is being written, but not all of them at once.
fn spawn(stories: Stories) -> mpsc::Receiver<Result<Rows, Problem>> {
    let (sender, receiver) = mpsc::sync_channel(1);
    std::thread::spawn(move || {
        let mut rows = Rows::default();
        for story in stories {
            match story {
                Ok(story) => rows.push(story),
                Err(problem) => return drop(sender.send(Err(problem))),
            }
            if rows.len() >= TEXTS && sender.send(Ok(std::mem::take(&mut rows))).is_err() {
                return;
            }
        }
        let _ = sender.send(Ok(rows));
    });
    receiver
}

/// One row of the log for all: caches drop every list.
fn tell_caches(tx: &mut Tx, newsroom: &Newsroom, maps: Vec<String>) {
    let lists = super::words::LANGS.map(|lang| format!("articles:{lang}"));
    let others = ["quotes", "sources", "sections", "topics"].map(str::to_owned);
    let change = Change::of(ItemKind::User, newsroom.user, Action::Published);
    let change = change.by(newsroom.user).touching(lists).touching(others);
    tx.record(change.touching(maps));
}

/// The first of the years in which generated stories appear.
pub fn beginning() -> Instant {
    // 2016-01-01T00:00:00Z
    Instant::EPOCH.plus_seconds(1_451_606_400)
}

/// How long those years last: until 2026-01-01T00:00:00Z.
pub const SECONDS: i64 = 3653 * 24 * 3600;
