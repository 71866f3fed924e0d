//! When a notice is shown, and how long answers about it may be kept.

use serde_json::json;

use super::{HOUR, appeal, ids, in_seconds, published, shown};
use crate::support::TestApp;

#[actix_web::test]
async fn a_notice_is_seen_while_its_window_is_open() {
    let app = TestApp::start().await;
    let mut notice = appeal(&app);
    notice["window"] =
        json!({"starts": in_seconds(&app, HOUR), "ends": in_seconds(&app, 2 * HOUR)});
    let id = published(&app, &notice).await;
    let address = format!("/v1/notices/{id}");

    assert!(shown(&app, "").await.is_empty());
    app.anonymous()
        .get(&address)
        .await
        .problem("not-found", 404);
    let to_come = in_seconds(&app, HOUR + 60);
    app.anonymous()
        .get(&format!("/v1/notices?active_at={to_come}"))
        .await
        .problem("invalid-parameter", 400)
        .at("active_at");

    app.clock.advance(HOUR + 120);
    assert_eq!(
        shown(&app, "?active_at=now").await,
        std::slice::from_ref(&id)
    );
    app.anonymous().get(&address).await.expect(200);

    app.clock.advance(HOUR);
    assert!(shown(&app, "").await.is_empty());
    app.anonymous()
        .get(&address)
        .await
        .problem("not-found", 404);
    assert_eq!(shown(&app, &format!("?active_at={to_come}")).await, [id]);
}

#[actix_web::test]
async fn no_answer_is_kept_beyond_the_next_window() {
    let app = TestApp::start().await;
    let id = published(&app, &appeal(&app)).await;
    let kept = async |path: &str| {
        let answer = app.anonymous().get(path).await.expect(200);
        answer.header("cache-control").expect("a rule").to_owned()
    };
    let seconds = |rule: &str| -> i64 {
        let shared = rule.split("s-maxage=").nth(1).expect("s-maxage");
        let digits: String = shared.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().expect("a number")
    };
    assert!(kept("/v1/notices").await.contains("stale-if-error=3600"));

    let mut coming = appeal(&app);
    coming["window"] = json!({"starts": in_seconds(&app, 40), "ends": in_seconds(&app, 70)});
    published(&app, &coming).await;
    let until_start = kept("/v1/notices").await;
    assert!(seconds(&until_start) < 40, "{until_start}");
    assert!(!until_start.contains("stale"), "{until_start}");
    assert!(
        kept(&format!("/v1/notices/{id}"))
            .await
            .contains("stale-if-error=3600")
    );

    app.clock.advance(45);
    let until_end = kept("/v1/notices").await;
    assert!(seconds(&until_end) < 25, "{until_end}");
}

#[actix_web::test]
async fn a_window_that_opens_in_two_seconds_is_in_the_list_when_it_opens() {
    let app = TestApp::start().await;
    let open = published(&app, &appeal(&app)).await;
    let mut coming = appeal(&app);
    let window = json!({"starts": in_seconds(&app, 2), "ends": in_seconds(&app, 3600)});
    coming["window"] = window;
    let coming = published(&app, &coming).await;
    for path in [
        "/v1/notices",
        "/v1/notices?active_at=now",
        "/v1/notices?active_at=now&limit=5",
    ] {
        let list = app.anonymous().get(path).await.expect(200);
        assert_eq!(ids(&list), std::slice::from_ref(&open), "{path}");
        let kept = list.header("cache-control").expect("a rule");
        let told = [
            "public, max-age=0, s-maxage=0",
            "public, max-age=1, s-maxage=1",
        ];
        assert!(told.contains(&kept), "{kept}");
    }
    app.clock.advance(2);
    for path in [
        "/v1/notices",
        "/v1/notices?active_at=now",
        "/v1/notices?active_at=now&limit=5",
    ] {
        let list = app.anonymous().get(path).await.expect(200);
        assert_eq!(ids(&list), [coming.clone(), open.clone()], "{path}");
    }
    let address = format!("/v1/notices/{coming}");
    app.anonymous().get(&address).await.expect(200);
    app.clock.advance(3600);
    assert_eq!(shown(&app, "?active_at=now").await, [open]);
    app.anonymous()
        .get(&address)
        .await
        .problem("not-found", 404);
}
