//! What clients are told while the disk is full or the database is away, and how soon all is well
//! again without anybody's help.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;

use crate::client::Client;
use crate::load::{self, Story};
use crate::server::{Newsroom, shell};
use crate::{Checked, Failed, sound};

/// Within how many seconds all must be well again.
const BACK: Duration = Duration::from_secs(5);

/// Within what time a read is answered while the database is away: it waits for a connection, and
/// then for the database, 5 seconds each.
const IN_TIME: Duration = Duration::from_secs(12);

/// Fills the disk under the database, and takes the filling away again.
pub async fn full_disk(newsroom: &Newsroom, disk: &Path) -> Checked {
    let server = newsroom.serve().await?;
    let desk = newsroom.admin(&server).await?;
    let mut before = Story::new("full disk", 0);
    let made = desk
        .post("/v1/desk/articles", &before.post, &before.key)
        .await?
        .expect(201)?;
    before.id = Some(made.text("/id"));
    let path = format!(
        "/v1/desk/articles/{}/texts/en/publication",
        made.text("/id")
    );
    desk.change(Method::PUT, &path, json!({}), "\"1\"")
        .await?
        .expect(200)?;
    before.published = true;

    let ballast = disk.join("ballast");
    fill(&ballast)?;
    let refused = write_until_refused(&desk).await?;
    before.check(&desk).await?;
    println!("the disk is full: a write is told {refused}, readers go on");

    std::fs::remove_file(&ballast)?;
    let took = until_well(&desk, "room again").await?;
    before.check(&desk).await?;
    drop(server);
    sound::check_database(newsroom)?;
    println!(
        "there is room again: the next write is acknowledged after {} ms, the database is whole",
        took.as_millis()
    );
    Ok(())
}

fn fill(ballast: &Path) -> Checked {
    let mut file = std::fs::File::create(ballast)?;
    for size in [1 << 20, 1 << 12, 1] {
        let piece = vec![b'.'; size];
        while file.write_all(&piece).is_ok() {}
    }
    Ok(())
}

/// Some writes may still find room in files that are there already.
async fn write_until_refused(desk: &Client) -> Result<u16, Failed> {
    for nth in 0..2000 {
        let story = Story::new("a full disk", nth);
        let answer = desk
            .post("/v1/desk/articles", &story.post, &story.key)
            .await?;
        if load::is_surprise(&answer) {
            return Err(
                format!("a full disk is told as {}: {}", answer.status, answer.json).into(),
            );
        }
        if answer.status != 201 {
            return Ok(answer.status);
        }
    }
    Err("2000 stories went onto a full disk".into())
}

/// How long it takes until a write is acknowledged.
async fn until_well(desk: &Client, after: &str) -> Result<Duration, Failed> {
    let begun = Instant::now();
    for nth in 0.. {
        let story = Story::new(after, nth);
        let answer = desk
            .post("/v1/desk/articles", &story.post, &story.key)
            .await?;
        if answer.status == 201 {
            break;
        }
        if begun.elapsed() > BACK {
            return Err(format!(
                "after {} s still {}: {}",
                BACK.as_secs(),
                answer.status,
                answer.json
            )
            .into());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(begun.elapsed())
}

/// Stops the database under load, and starts it again.
pub async fn outage(newsroom: &Newsroom, stop: &str, start: &str) -> Checked {
    let server = newsroom.serve().await?;
    let desk = newsroom.admin(&server).await?;
    let done = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..8)
        .map(|nth| {
            tokio::spawn(load::write(
                desk.clone(),
                format!("writer {nth}"),
                done.clone(),
            ))
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(500)).await;

    shell(stop).await?;
    let slowest = slowest_read(&desk, Duration::from_secs(3)).await?;
    shell(start).await?;
    let took = until_well(&desk, "back again").await?;

    tokio::time::sleep(Duration::from_millis(500)).await;
    done.store(true, Ordering::Relaxed);
    let (mut acknowledged, mut outages) = (0, 0);
    for writer in writers {
        let told = writer.await?;
        if let Some(surprise) = told.surprises.first() {
            return Err(format!("during the outage a client was told {surprise}").into());
        }
        if told.broke_off {
            return Err("during the outage a client got no answer".into());
        }
        outages += told.outages;
        for story in told.stories {
            acknowledged += usize::from(story.id.is_some());
            story.check(&desk).await?;
        }
    }
    if outages == 0 {
        return Err("nobody noticed the outage".into());
    }
    sound::check_database(newsroom)?;
    println!(
        "the database was stopped under load and started again: {outages} writes were told 503 with Retry-After, \
         the slowest read took {} ms, the first write was acknowledged {} ms after the start; {acknowledged} \
         stories acknowledged, 0 lost",
        slowest.as_millis(),
        took.as_millis()
    );
    Ok(())
}

/// Reads while the database is away; only 200 from what is at hand and 503 are answers, and they
/// come in time.
async fn slowest_read(desk: &Client, during: Duration) -> Result<Duration, Failed> {
    let (begun, mut slowest) = (Instant::now(), Duration::ZERO);
    while begun.elapsed() < during {
        let asked = Instant::now();
        let answer = desk.get("/v1/desk/me").await?;
        if load::is_surprise(&answer) {
            return Err(format!("a reader was told {}: {}", answer.status, answer.json).into());
        }
        slowest = slowest.max(asked.elapsed());
    }
    match slowest < IN_TIME {
        true => Ok(slowest),
        false => Err(format!("a read took {} ms", slowest.as_millis()).into()),
    }
}
