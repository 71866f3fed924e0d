//! Answers end by themselves when a window opens or closes.

use serde_json::{Value, json};

use super::{Ask, Newsroom, made, publish_notice};
use crate::support::{Answer, TestApp, id_of, items_of};

fn shows(list: &Answer, id: &str) -> bool {
    items_of(&list.json).iter().any(|item| id_of(item) == id)
}

fn max_age(answer: &Answer) -> i64 {
    let control = answer.header("cache-control").expect("Cache-Control");
    let seconds = control.split("max-age=").nth(1).expect("max-age");
    let seconds = seconds.split(',').next().expect("a number");
    seconds.parse().expect("a number")
}

async fn notice_from_to(app: &TestApp, starts: i64, ends: i64) -> String {
    let moment = |seconds| app.clock.now().plus_seconds(seconds).to_string();
    let notice = json!({
        "kind": "alert", "window": {"starts": moment(starts), "ends": moment(ends)},
        "texts": {"en": {"headline": "Storm", "body_markdown": "Stay in."}},
    });
    let id = made(app, "notices", notice).await;
    publish_notice(app, &id).await;
    id
}

#[actix_web::test]
async fn a_notice_opens_and_closes_in_lists_that_are_in_memory() {
    let newsroom = Newsroom::open().await;
    let app = &newsroom.app;
    let id = notice_from_to(app, 100, 200).await;
    let list = Ask::of("/v1/notices?active_at=now");
    let page = Ask::of("/v1/pages/articles/en/bridge");
    let own = Ask::of(format!("/v1/notices/{id}"));
    let asks = [list.clone(), page.clone(), own.clone()];

    app.clock.advance(90);
    newsroom.warm(&asks).await;
    let before = newsroom.hits();
    assert!(!shows(&list.to(app).await, &id));
    assert!(max_age(&list.to(app).await) <= 10);
    own.to(app).await.problem("not-found", 404);
    assert_eq!(newsroom.hits() - before, 3);

    app.clock.advance(11);
    assert!(shows(&list.to(app).await, &id));
    own.to(app).await.expect(200);
    let on_page = |page: &Answer| page.json["notices"].as_array().map(Vec::len);
    assert_eq!(on_page(&page.to(app).await), Some(2));
    newsroom.assert_right(&asks, "the opening").await;

    app.clock.advance(90);
    newsroom.warm(&asks).await;
    assert!(max_age(&own.to(app).await) <= 10);
    app.clock.advance(10);
    assert!(!shows(&list.to(app).await, &id));
    own.to(app).await.problem("not-found", 404);
    assert_eq!(on_page(&page.to(app).await), Some(1));
    newsroom.assert_right(&asks, "the closing").await;
}

/// With the clock of the wall: nobody puts it forward.
#[actix_web::test]
async fn a_notice_that_opens_in_two_seconds_is_listed_within_a_second_of_its_opening() {
    let newsroom = Newsroom::open().await;
    let app = &newsroom.app;
    let id = notice_from_to(app, 2, 3600).await;
    let opens = std::time::Instant::now() + std::time::Duration::from_secs(2);
    let list = Ask::of("/v1/notices");
    let mut seen_before = 0;
    while !shows(&list.to(app).await, &id) {
        seen_before += 1;
        let late = std::time::Instant::now().saturating_duration_since(opens);
        assert!(late.as_millis() < 1000, "it is {late:?} late");
    }
    assert!(seen_before > 1);
    assert!(newsroom.hits() > 1);
}

#[actix_web::test]
async fn a_pin_ends_in_lists_that_are_in_memory() {
    let newsroom = Newsroom::open().await;
    let app = &newsroom.app;
    let lists = app.as_editor().get("/v1/desk/lists").await.expect(200).json;
    let place = format!("/v1/desk/lists/{}", id_of(&items_of(&lists)[0]));
    let until = app.clock.now().plus_seconds(60).to_string();
    let pins: Value = json!([{"article": newsroom.other, "position": 1, "until": until}]);
    let etag = app.as_editor().get(&place).await.expect(200).etag();
    let pinning = app.as_editor().patch(&place, json!({"pins": pins}));
    pinning.if_match(&etag).await.expect(200);
    let list = Ask::of("/v1/lists/news-line/items?lang=en");
    let first = |list: &Answer| id_of(&items_of(&list.json)[0]).to_owned();
    newsroom.warm(std::slice::from_ref(&list)).await;
    assert_eq!(first(&list.to(app).await), newsroom.other);
    app.clock.advance(61);
    assert_eq!(first(&list.to(app).await), newsroom.article);
    newsroom.assert_right(&[list], "the end of the pin").await;
}
