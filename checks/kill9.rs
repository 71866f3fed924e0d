//! An acknowledged write is on disk: the server is killed in the midst of writes, and everything
//! that it had acknowledged must be there when it is back.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use crate::client::Client;
use crate::load::{self, Story};
use crate::server::{Newsroom, shell};
use crate::{Checked, Failed, sound};

const WRITERS: usize = 8;

/// `crash` has two commands: one that ends the database without warning, one that starts it.
pub async fn run(newsroom: &Newsroom, rounds: u32, crash: Option<(String, String)>) -> Checked {
    let mut stories: Vec<Story> = Vec::new();
    for round in 1..=rounds {
        let crash = crash.as_ref().filter(|_| round % 2 == 0);
        let mut told = write_until_killed(newsroom, round, crash).await?;
        let server = newsroom.serve().await?;
        let desk = newsroom.admin(&server).await?;
        for story in &told {
            story.check(&desk).await?;
        }
        let unknown = repeat_unanswered(&desk, &mut told).await?;
        let acknowledged = told.iter().filter(|story| story.id.is_some()).count();
        println!(
            "round {round} of {rounds}: {acknowledged} stories acknowledged, all there{}; {unknown} without an answer, \
             each there once after it was sent again",
            if crash.is_some() {
                " (the database was killed, too)"
            } else {
                ""
            },
        );
        stories.extend(told);
    }
    let server = newsroom.serve().await?;
    let desk = newsroom.admin(&server).await?;
    for story in &stories {
        story.check(&desk).await?;
    }
    sound::check_log(&desk, &stories).await?;
    drop(server);
    sound::check_database(newsroom)?;
    let published = stories.iter().filter(|story| story.published).count();
    println!(
        "after {rounds} rounds: {} stories, {published} of them published, 0 lost; the change log has no gap; \
         the database is whole",
        stories.len()
    );
    Ok(())
}

/// Eight clients write; at a moment that nobody can foresee the server is gone.
async fn write_until_killed(
    newsroom: &Newsroom,
    round: u32,
    crash: Option<&(String, String)>,
) -> Result<Vec<Story>, Failed> {
    let mut server = newsroom.serve().await?;
    let desk = newsroom.admin(&server).await?;
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..WRITERS)
        .map(|nth| {
            let who = format!("writer {nth} of round {round}");
            tokio::spawn(load::write(desk.clone(), who, stop.clone()))
        })
        .collect();
    let moment = Duration::from_millis(200 + u64::from(random()?) % 1300);
    tokio::time::sleep(moment).await;
    if let Some((end, _)) = crash {
        shell(end).await?;
    }
    server.kill()?;
    if let Some((_, start)) = crash {
        shell(start).await?;
    }
    let mut stories = Vec::new();
    for writer in writers {
        let told = writer.await?;
        if let Some(surprise) = told.surprises.first() {
            return Err(format!("before the end a client was told {surprise}").into());
        }
        stories.extend(told.stories);
    }
    Ok(stories)
}

/// Sends again what had no answer, under the same key: each must then be there once.
async fn repeat_unanswered(desk: &Client, told: &mut [Story]) -> Result<usize, Failed> {
    let mut unknown = 0;
    for story in told.iter_mut().filter(|story| story.id.is_none()) {
        let answer = desk
            .post("/v1/desk/articles", &story.post, &story.key)
            .await?
            .expect(201)?;
        story.id = Some(answer.text("/id"));
        story.check(desk).await?;
        unknown += 1;
    }
    Ok(unknown)
}

fn random() -> Result<u32, Failed> {
    Ok(getrandom::u32()?)
}
