//! Writes that clash: one wins, the rest are told so, nothing is done twice. On PostgreSQL they
//! come in by two servers.

use std::collections::HashSet;
use std::future::Future;

use newsline::db::Id;
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Answer, Client};
use crate::load::Story;
use crate::server::Newsroom;
use crate::{Checked, Failed};

pub async fn run(newsroom: &Newsroom, rounds: u32) -> Checked {
    let mut servers = vec![newsroom.serve().await?];
    if !newsroom.is_embedded() {
        servers.push(newsroom.serve().await?);
    }
    let mut desks = Vec::new();
    for server in &servers {
        desks.push(newsroom.admin(server).await?);
    }
    let through = format!("through {} server(s)", servers.len());
    many_creates(&desks).await?;
    println!("8 clients × 40 creates at once {through}: 320 × 201");
    for _ in 0..rounds {
        one_etag(&desks).await?;
    }
    println!("{rounds} × 16 PATCHes with one ETag {through}: each time 1 × 200 and 15 × 412");
    for _ in 0..rounds {
        one_key(&desks).await?;
    }
    println!(
        "{rounds} × 50 equal POSTs with one key {through}: each time one article, equal answers"
    );
    for _ in 0..rounds {
        one_slug(&desks).await?;
    }
    println!(
        "{rounds} × 16 articles with one slug {through}: each time 1 × 201 and 15 × 409; without a slug 16 numbered ones"
    );
    Ok(())
}

/// Runs one request per number, spread over the servers, all at once.
async fn all_at_once<F>(
    desks: &[Client],
    count: usize,
    send: impl Fn(Client, usize) -> F,
) -> Result<Vec<Answer>, Failed>
where
    F: Future<Output = Result<Answer, reqwest::Error>> + Send + 'static,
{
    let sent: Vec<_> = (0..count)
        .map(|nth| tokio::spawn(send(desks[nth % desks.len()].clone(), nth)))
        .collect();
    let mut answers = Vec::new();
    for one in sent {
        answers.push(one.await??);
    }
    Ok(answers)
}

async fn post(desk: Client, article: Value, key: String) -> Result<Answer, reqwest::Error> {
    desk.post("/v1/desk/articles", &article, &key).await
}

async fn many_creates(desks: &[Client]) -> Checked {
    for wave in 0..5 {
        let answers = all_at_once(desks, 64, |desk, nth| {
            let story = Story::new("a crowd", wave * 64 + nth);
            post(desk, story.post, story.key)
        })
        .await?;
        for answer in answers {
            answer.expect(201)?;
        }
    }
    Ok(())
}

async fn one_etag(desks: &[Client]) -> Checked {
    let story = Story::new("an etag", 0);
    let made = post(desks[0].clone(), story.post, story.key)
        .await?
        .expect(201)?;
    let path = format!("/v1/desk/articles/{}/texts/en", made.text("/id"));
    let answers = all_at_once(desks, 16, |desk, nth| {
        let (path, change) = (
            path.clone(),
            json!({"headline": format!("Version of {nth}")}),
        );
        async move { desk.change(Method::PATCH, &path, change, "\"1\"").await }
    })
    .await?;
    count(&answers, &[(200, 1), (412, 15)])?;
    let won = answers.iter().find(|answer| answer.status == 200);
    let text = desks[0].get(&path).await?.expect(200)?;
    match won.map(|won| won.text("/headline")) == Some(text.text("/headline")) {
        true => Ok(()),
        false => Err("the PATCH that was acknowledged is not the one that is there".into()),
    }
}

async fn one_key(desks: &[Client]) -> Checked {
    let story = Story::new("a key", 0);
    let answers = all_at_once(desks, 50, |desk, _| {
        post(desk, story.post.clone(), story.key.clone())
    })
    .await?;
    let made: HashSet<String> = answers
        .iter()
        .filter(|answer| answer.status == 201)
        .map(|answer| answer.json.to_string())
        .collect();
    // Whoever waited for 5 s in vain may be told to come back.
    let asked_back = |answer: &Answer| answer.status == 409 && answer.retry_after.is_some();
    let others = answers
        .iter()
        .find(|answer| answer.status != 201 && !asked_back(answer));
    if let Some(other) = others {
        return Err(format!("of 50 equal POSTs one got {}: {}", other.status, other.json).into());
    }
    let path = format!(
        "/v1/desk/articles?external_id={}",
        story.key.replace(' ', "%20")
    );
    let there = desks[0].get(&path).await?.expect(200)?;
    let rows = there.json["items"].as_array().map_or(0, Vec::len);
    match (made.len(), rows) {
        (1, 1) => Ok(()),
        _ => Err(format!(
            "50 equal POSTs: {} different answers, {rows} articles",
            made.len()
        )
        .into()),
    }
}

async fn one_slug(desks: &[Client]) -> Checked {
    let slug = format!("race-{}", Id::<()>::new());
    let article = |slug: Value| json!({"kind": "news", "texts": {"en": {"headline": slug_or(&slug), "slug": slug, "body_markdown": "Words."}}});
    let named = article(json!(slug));
    let answers = all_at_once(desks, 16, |desk, nth| {
        post(desk, named.clone(), format!("{slug}-{nth}"))
    })
    .await?;
    count(&answers, &[(201, 1), (409, 15)])?;
    let free = article(Value::Null);
    let answers = all_at_once(desks, 16, |desk, nth| {
        post(desk, free.clone(), format!("{slug}-free-{nth}"))
    })
    .await?;
    count(&answers, &[(201, 16)])?;
    let mut slugs = HashSet::new();
    for answer in answers {
        let path = format!("/v1/desk/articles/{}/texts/en", answer.text("/id"));
        slugs.insert(desks[0].get(&path).await?.expect(200)?.text("/slug"));
    }
    match slugs.len() {
        16 => Ok(()),
        different => Err(format!("16 articles have {different} slugs").into()),
    }
}

fn slug_or(slug: &Value) -> &str {
    slug.as_str().unwrap_or("The same headline for all of them")
}

/// How often each status must come, and none other.
fn count(answers: &[Answer], expected: &[(u16, usize)]) -> Checked {
    let all: usize = expected.iter().map(|(_, times)| times).sum();
    let right = expected.iter().all(|(status, times)| {
        let found = answers.iter().filter(|answer| answer.status == *status);
        found.count() == *times
    });
    match right && all == answers.len() {
        true => Ok(()),
        false => {
            let got: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
            Err(format!("expected {expected:?}, got {got:?}").into())
        }
    }
}
