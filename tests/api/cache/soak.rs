//! Random writes and reads on two nodes. `NEWSLINE_SOAK_STEPS=2000` makes it long;
//! `NEWSLINE_SOAK_SEED` repeats a run.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use serde_json::{Value, json};

use super::{Ask, Newsroom, assert_same, story};
use crate::support::{Client, TestApp, id_of};

fn setting(name: &str, usual: u64) -> u64 {
    let given = std::env::var(name).ok();
    given.map_or(usual, |value| value.parse().expect("a number"))
}

/// Marsaglia's xorshift: the same seed, the same run.
struct Dice(u64);

impl Dice {
    fn thrown() -> Self {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let seed = setting(
            "NEWSLINE_SOAK_SEED",
            now.map_or(7, |now| now.as_nanos() as u64),
        );
        eprintln!("NEWSLINE_SOAK_SEED={seed}");
        Self(seed | 1)
    }

    fn below(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// A patch by whatever version there is; refused ones are no matter.
async fn patch(client: &Client, path: &str, patch: Value) {
    let read = client.get(path).await;
    if read.status == 200 {
        client.patch(path, patch).if_match(&read.etag()).await;
    }
}

async fn put_or_take(client: &Client, dice: &mut Dice, text: &str) {
    let read = client.get(text).await;
    let publication = format!("{text}/publication");
    let request = match dice.below(3) {
        0 => client.delete(&publication),
        _ => client.put(&publication, json!({"correction_note": "Changed."})),
    };
    request.if_match(&read.etag()).await;
}

/// Something is written, or is refused.
async fn write(newsroom: &Newsroom, app: &TestApp, dice: &mut Dice, step: u64) {
    let editor = app.as_admin();
    let article = [&newsroom.article, &newsroom.other][dice.below(2)];
    let lang = *dice.pick(&["en", "az"]);
    let text = format!("/v1/desk/articles/{article}/texts/{lang}");
    match dice.below(11) {
        0 | 1 => put_or_take(&editor, dice, &text).await,
        2 => {
            let headline = json!({"headline": format!("Headline {step}")});
            patch(&editor, &text, headline).await;
            put_or_take(&editor, dice, &text).await;
        }
        3 => move_article(newsroom, &editor, dice).await,
        4 => disclose(newsroom, &editor, dice, step).await,
        5 => {
            let priority = json!({"priority": dice.pick(&["low", "high"])});
            let path = format!("/v1/desk/notices/{}", newsroom.notice);
            patch(&editor, &path, priority).await;
        }
        6 => {
            let text = format!("/v1/desk/notices/{}/texts/en", newsroom.notice);
            put_or_take(&editor, dice, &text).await;
        }
        7 => {
            let author = json!({"name": "A reader"});
            let review = json!({"author": author, "lang": lang, "rating": 1 + dice.below(5)});
            let path = format!("/v1/articles/{article}/reviews");
            app.anonymous().post(&path, review).await;
        }
        8 => {
            let (all, few) = (json!(["az", "ru", "en"]), json!(["en", "az"]));
            let languages = json!({"languages": dice.pick(&[all, few])});
            patch(&editor, "/v1/desk/site", languages).await;
        }
        9 => rename(&editor, step).await,
        _ => {
            let (source, outlet) = (&newsroom.source, &newsroom.outlet);
            let article = story(&format!("More {step}"), source, outlet, json!([]));
            let made = editor.post("/v1/desk/articles", article).await.json;
            let text = format!("/v1/desk/articles/{}/texts/en", id_of(&made));
            put_or_take(&editor, dice, &text).await;
        }
    }
}

async fn move_article(newsroom: &Newsroom, editor: &Client, dice: &mut Dice) {
    let related = json!([{"rel": "related", "internal": newsroom.other}]);
    let change = json!({
        "section": dice.pick(&[json!("city"), Value::Null]),
        "topics": dice.pick(&[json!(["rain"]), json!([])]),
        "related": dice.pick(&[related, json!([])]),
    });
    let path = format!("/v1/desk/articles/{}", newsroom.article);
    patch(editor, &path, change).await;
}

async fn disclose(newsroom: &Newsroom, editor: &Client, dice: &mut Dice, step: u64) {
    let source = [&newsroom.source, &newsroom.outlet][dice.below(2)];
    let disclosure = *dice.pick(&["on_record", "background"]);
    let change = json!({"disclosure": disclosure, "names": {"en": format!("Name {step}")}});
    patch(editor, &format!("/v1/desk/sources/{source}"), change).await;
}

async fn rename(editor: &Client, step: u64) {
    for kind in ["sections", "topics", "lists"] {
        let all = editor.get(&format!("/v1/desk/{kind}")).await;
        let path = format!(
            "/v1/desk/{kind}/{}",
            id_of(&all.expect(200).json["items"][0])
        );
        let name = json!({"names": {"en": format!("Name {step}")}});
        patch(editor, &path, name).await;
    }
}

#[actix_web::test]
async fn two_nodes_answer_from_memory_what_a_third_reads_from_the_database() {
    let newsroom = Newsroom::open().await;
    let other = newsroom.app.node([]).await;
    let nodes = [&newsroom.app, &other];
    let mut dice = Dice::thrown();
    let languages = ["", "ru, en;q=0.5", "az"];
    let asks: Vec<Ask> = newsroom.asks();
    for step in 0..setting("NEWSLINE_SOAK_STEPS", 40) {
        let (writes, reads) = match dice.below(2) {
            0 => (nodes[0], nodes[1]),
            _ => (nodes[1], nodes[0]),
        };
        write(&newsroom, writes, &mut dice, step).await;
        let chosen: Vec<Ask> = (0..8)
            .map(|_| {
                let language = *dice.pick(&languages);
                dice.pick(&asks).clone().saying("accept-language", language)
            })
            .collect();
        // At once where it was written, a moment later elsewhere.
        for ask in &chosen {
            let plain = newsroom.truth(ask).await;
            assert_same(
                &ask.to(writes).await,
                &plain,
                &format!("{ask:?}, step {step}, there"),
            );
        }
        reads.app.db.look_now().await;
        for ask in &chosen {
            let plain = newsroom.truth(ask).await;
            assert_same(
                &ask.to(reads).await,
                &plain,
                &format!("{ask:?}, step {step}, elsewhere"),
            );
        }
    }
    assert!(newsroom.hits() > 0);
}

/// Which version was acknowledged when, and by which node.
type Log = Arc<Mutex<Vec<(u64, usize, Instant)>>>;

/// The oldest version that a node may show at this moment.
fn oldest(log: &Log, node: usize) -> u64 {
    let now = Instant::now();
    let log = log.lock().expect("the log");
    let due = log
        .iter()
        .filter(|(_, wrote, at)| *wrote == node || now - *at > Duration::from_secs(1));
    due.map(|(version, ..)| *version).max().unwrap_or(0)
}

fn version(headline: &Value) -> u64 {
    let last = headline.as_str().and_then(|words| words.rsplit(' ').next());
    last.and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// Reads over and over what one node says, until it is told to stop; gives how often.
async fn read_on(
    client: Client,
    node: usize,
    (path, place): (String, &'static str),
    log: Log,
    done: Arc<AtomicBool>,
) -> u64 {
    let mut reads = 0;
    while !done.load(Ordering::Relaxed) {
        let oldest = oldest(&log, node);
        let answer = client.get(&path).await.expect(200);
        let shown = version(answer.json.pointer(place).expect("a headline"));
        assert!(
            shown >= oldest,
            "node {node} shows {shown} of {path}, and {oldest} is due"
        );
        reads += 1;
    }
    reads
}

#[actix_web::test]
async fn whoever_reads_while_others_write_never_sees_what_is_too_old() {
    let newsroom = Newsroom::open().await;
    let other = newsroom.app.node([]).await;
    let nodes = [&newsroom.app, &other];
    let (log, done) = (Log::default(), Arc::new(AtomicBool::new(false)));
    let id = &newsroom.article;
    let mut readers = Vec::new();
    for (node, app) in nodes.iter().enumerate() {
        for place in [
            (format!("/v1/articles/{id}?lang=en"), "/headline"),
            (
                format!("/v1/articles?ids={id}&lang=en"),
                "/items/0/headline",
            ),
            (
                "/v1/pages/articles/en/bridge".to_owned(),
                "/article/headline",
            ),
        ] {
            let reading = read_on(app.anonymous(), node, place, log.clone(), done.clone());
            readers.push(tokio::spawn(reading));
        }
    }
    for version in 1..=setting("NEWSLINE_SOAK_STEPS", 40) / 4 {
        let node = (version % 2) as usize;
        let headline = json!({"headline": format!("Version {version}"), "slug": "bridge"});
        nodes[node].patch_text(id, "en", headline).await.expect(200);
        nodes[node].publish_text(id, "en").await;
        log.lock()
            .expect("the log")
            .push((version, node, Instant::now()));
    }
    done.store(true, Ordering::Relaxed);
    for reader in readers {
        assert!(reader.await.expect("a reader that is content") > 0);
    }
}
