//! Lists: paged, filtered, sorted, counted, and with pins.

use diesel::connection::SimpleConnection;
use newsline::db::DbConn;
use serde_json::{Value, json};

use super::{ids, moment, shown, stock, walked};
use crate::support::{TestApp, items_of};

fn newest_first(ids: &[String]) -> Vec<&String> {
    ids.iter().rev().collect()
}

/// The articles of these numbers, the newest first.
fn those(ids: &[String], fits: impl Fn(usize) -> bool) -> Vec<String> {
    let fitting = ids.iter().enumerate().rev().filter(|(nth, _)| fits(*nth));
    fitting.map(|(_, id)| id.clone()).collect()
}

#[actix_web::test]
async fn a_list_is_walked_forth_and_back_without_gap_or_double() {
    let app = TestApp::start().await;
    let all = stock(&app, 45).await;
    let reader = app.anonymous();
    for path in ["/v1/articles?lang=en", "/v1/lists/news-line/items?lang=en"] {
        for limit in [7, 15, 20, 44, 45] {
            let walked = walked(&reader, &format!("{path}&limit={limit}")).await;
            assert_eq!(
                walked.iter().collect::<Vec<_>>(),
                newest_first(&all),
                "{path} {limit}"
            );
        }
    }
    let oldest = walked(&reader, "/v1/articles?lang=en&limit=11&sort=published_at").await;
    assert_eq!(oldest, all);
    let rain = walked(&reader, "/v1/articles?lang=en&limit=4&topic=rain").await;
    assert_eq!(rain, those(&all, |nth| nth % 3 == 0));

    let page = reader
        .get("/v1/articles?lang=en&limit=20&count=true")
        .await
        .expect(200);
    assert_eq!(
        (
            &page.json["total"],
            &page.json["total_is"],
            &page.json["page"]["size"]
        ),
        (&json!(45), &json!("exact"), &json!(20))
    );
    let link = page.header("link").expect("a link");
    assert!(
        link.contains("rel=\"next\"") && link.contains("count=true"),
        "{link}"
    );
    let again = reader
        .get("/v1/articles?lang=en&limit=20&count=true")
        .await
        .expect(200);
    assert_eq!(again.json, page.json);
}

/// Other texts with each of the sections and topics there are: as many as make them common. They are
/// nobody's, so that no list shows them.
fn make_terms_common(app: &TestApp) {
    let fill = |random: &str| {
        format!(
            "with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < 2000) \
             insert into published_terms (kind, term, lang, published_at, article_id) \
             select kind, term, lang, at, {random} from numbers, (select kind, term, lang, \
             min(published_at) as at from published_terms group by kind, term, lang) as terms"
        )
    };
    let filled = match app.database.connect() {
        DbConn::Sqlite(mut conn) => conn.batch_execute(&fill("randomblob(16)")),
        DbConn::Postgres(mut conn) => conn.batch_execute(&fill("gen_random_uuid()")),
    };
    filled.expect("rows");
}

#[actix_web::test]
async fn a_list_is_the_same_whether_few_texts_have_what_is_asked_for_or_very_many() {
    let app = TestApp::with([("NEWSLINE_CACHE_MIB", "0")]).await;
    let all = stock(&app, 40).await;
    let reader = app.anonymous();
    let news_in_the_city = |nth: usize| nth.is_multiple_of(2) && !nth.is_multiple_of(5);
    let rain_in_the_city = |nth: usize| nth.is_multiple_of(6);
    let rain_anywhere = |nth: usize| nth.is_multiple_of(3);
    let oldest = |mut ids: Vec<String>| {
        ids.reverse();
        ids
    };
    for are_common in [false, true] {
        if are_common {
            make_terms_common(&app);
        }
        for (filter, expected) in [
            ("section=city&topic=rain", those(&all, rain_in_the_city)),
            ("section=city&kind=news", those(&all, news_in_the_city)),
            (
                "section=city&topic=rain&kind=news",
                those(&all, |nth| rain_in_the_city(nth) && news_in_the_city(nth)),
            ),
            (
                "topic=rain&kind=news,opinion&updated_after=2000-01-01T00:00:00Z",
                those(&all, rain_anywhere),
            ),
            ("topic=rain&updated_after=2999-01-01T00:00:00Z", Vec::new()),
            ("section=city,sea&topic=rain", those(&all, rain_anywhere)),
            (
                "section=city,sea&kind=news",
                those(&all, |nth| nth % 5 != 0),
            ),
            (
                "section=city&topic=rain&sort=published_at",
                oldest(those(&all, rain_in_the_city)),
            ),
            (
                "section=city&topic=rain&sort=-updated_at",
                those(&all, rain_in_the_city),
            ),
        ] {
            let path = format!("/v1/articles?lang=en&count=true&limit=3&{filter}");
            assert_eq!(
                walked(&reader, &path).await,
                expected,
                "{path} {are_common}"
            );
            let total = reader.get(&path).await.expect(200).json["total"].clone();
            assert_eq!(total, json!(expected.len()), "{path} {are_common}");
        }
    }
}

#[actix_web::test]
async fn a_new_article_moves_nobody_who_is_paging() {
    let app = TestApp::start().await;
    let all = stock(&app, 6).await;
    let path = "/v1/articles?lang=en&limit=2";
    let first = app.anonymous().get(path).await.expect(200).json;
    app.published_article(json!({})).await;
    let next = first["page"]["next"].as_str().expect("a cursor");
    let second = shown(&app.anonymous(), &format!("{path}&cursor={next}")).await;
    assert_eq!(second, [all[3].clone(), all[2].clone()]);
}

#[actix_web::test]
async fn a_cursor_belongs_to_its_list() {
    let app = TestApp::start().await;
    stock(&app, 4).await;
    let reader = app.anonymous();
    let first = reader
        .get("/v1/articles?lang=en&limit=1")
        .await
        .expect(200)
        .json;
    let cursor = first["page"]["next"].as_str().expect("a cursor");
    let broken = format!("{}x", &cursor[..cursor.len() - 2]);
    for path in [
        format!("/v1/articles?lang=en&limit=1&sort=published_at&cursor={cursor}"),
        format!("/v1/articles?lang=en&limit=1&section=city&cursor={cursor}"),
        format!("/v1/lists/news-line/items?lang=en&limit=1&cursor={cursor}"),
        format!("/v1/quotes?cursor={cursor}"),
        format!("/v1/articles?lang=en&limit=1&cursor={broken}"),
        "/v1/articles?lang=en&limit=1&cursor=1".to_owned(),
    ] {
        reader.get(&path).await.problem("invalid-cursor", 400);
    }
    reader
        .get(&format!("/v1/articles?lang=en&limit=2&cursor={cursor}"))
        .await
        .expect(200);
    for limit in ["0", "101", "-1", "many", ""] {
        let path = format!("/v1/articles?limit={limit}");
        reader
            .get(&path)
            .await
            .problem("invalid-parameter", 400)
            .at("limit");
    }
}

#[actix_web::test]
async fn filters_are_joined_by_and_their_values_by_or() {
    let app = TestApp::start().await;
    let all = stock(&app, 12).await;
    let reader = app.anonymous();
    let (second, third) = (moment(3), moment(8));
    let asked: [(String, Vec<String>); 10] = [
        ("section=city".into(), those(&all, |nth| nth % 2 == 0)),
        ("section=city,sea".into(), those(&all, |_| true)),
        ("section=nowhere".into(), Vec::new()),
        (
            "topic=rain&section=sea".into(),
            those(&all, |nth| nth % 3 == 0 && nth % 2 == 1),
        ),
        ("kind=opinion".into(), those(&all, |nth| nth % 5 == 0)),
        (
            "kind=opinion,news&topic=rain".into(),
            those(&all, |nth| nth % 3 == 0),
        ),
        (
            format!("published_after={second}"),
            those(&all, |nth| nth / 3 > 1),
        ),
        (
            format!("published_after={second}&published_before={}", moment(11)),
            those(&all, |nth| nth / 3 == 2),
        ),
        (
            format!("ids={},{}", all[2], all[7]),
            those(&all, |nth| nth == 2 || nth == 7),
        ),
        (
            format!("ids={},{}&published_before={third}", all[2], all[7]),
            those(&all, |nth| nth == 2),
        ),
    ];
    for (filter, expected) in asked {
        let list = shown(&reader, &format!("/v1/articles?lang=en&limit=100&{filter}")).await;
        assert_eq!(list, expected, "{filter}");
        let count = format!("/v1/articles?lang=en&limit=1&count=true&{filter}");
        assert_eq!(
            reader.get(&count).await.expect(200).json["total"],
            expected.len(),
            "{filter}"
        );
    }
    for (filter, name) in [
        ("kind=poem", "kind"),
        ("sort=headline", "sort"),
        ("ids=7", "ids"),
        ("published_after=soon", "published_after"),
        ("source=me", "source"),
    ] {
        let path = format!("/v1/articles?{filter}");
        reader
            .get(&path)
            .await
            .problem("invalid-parameter", 400)
            .at(name);
    }
    app.patch_text(&all[4], "en", json!({"standfirst": "Updated."}))
        .await
        .expect(200);
    app.publish_text(&all[4], "en").await;
    let updated = shown(&reader, "/v1/articles?lang=en&sort=-updated_at&limit=1").await;
    assert_eq!(updated, [all[4].clone()]);
    let after = shown(
        &reader,
        "/v1/articles?lang=en&updated_after=2025-01-01T00:00:00Z",
    )
    .await;
    assert_eq!(after, [all[4].clone()]);
}

async fn change_news_line(app: &TestApp, patch: Value) {
    let lists = app.as_editor().get("/v1/desk/lists").await.expect(200).json;
    let found = items_of(&lists)
        .iter()
        .find(|list| list["slug"] == "news-line");
    let path = format!(
        "/v1/desk/lists/{}",
        found.expect("News Line")["id"].as_str().expect("an id")
    );
    let etag = app.as_editor().get(&path).await.expect(200).etag();
    app.as_editor()
        .patch(&path, patch)
        .if_match(&etag)
        .await
        .expect(200);
}

#[actix_web::test]
async fn pins_stand_in_their_places_on_every_page() {
    let app = TestApp::start().await;
    let all = stock(&app, 25).await;
    let pin = |nth: usize, position: usize| json!({"article": all[nth], "position": position, "until": null});
    let pins = json!([pin(0, 1), pin(1, 3), pin(24, 12), pin(2, 22)]);
    change_news_line(&app, json!({"pins": pins, "hidden": [all[20], all[3]]})).await;

    let mut expected = those(&all, |nth| ![0, 1, 2, 24, 20, 3].contains(&nth));
    for (nth, position) in [(0, 1), (1, 3), (24, 12), (2, 22)] {
        expected.insert(position - 1, all[nth].clone());
    }
    for limit in [4, 5, 10, 11, 12, 22, 23, 100] {
        let path = format!("/v1/lists/news-line/items?lang=en&limit={limit}");
        assert_eq!(walked(&app.anonymous(), &path).await, expected, "{limit}");
    }
    let first = app
        .anonymous()
        .get("/v1/lists/news-line/items?lang=en&limit=4")
        .await
        .expect(200)
        .json;
    let pinned: Vec<&Value> = items_of(&first)
        .iter()
        .map(|item| &item["pinned"])
        .collect();
    assert_eq!(
        pinned,
        [&json!(true), &json!(false), &json!(true), &json!(false)]
    );
    assert_eq!(
        first["list"],
        json!({"slug": "news-line", "name": "News Line", "rule": {"kind": "latest"}})
    );

    app.unpublish_text(&all[0], "en").await;
    let without = shown(
        &app.anonymous(),
        "/v1/lists/news-line/items?lang=en&limit=100",
    )
    .await;
    assert!(
        !without.contains(&all[0]) && without[2] == all[1],
        "{without:?}"
    );
}

#[actix_web::test]
async fn a_pin_ends_in_time_and_no_cache_outlives_it() {
    let app = TestApp::start().await;
    let all = stock(&app, 3).await;
    let path = "/v1/lists/news-line/items?lang=en";
    let until = app.clock.now().plus_seconds(40).to_string();
    change_news_line(
        &app,
        json!({"pins": [{"article": all[0], "position": 1, "until": until}]}),
    )
    .await;
    let list = app.anonymous().get(path).await.expect(200);
    assert_eq!(ids(&list.json)[0], all[0]);
    let kept = list.header("cache-control").expect("how long");
    let shared: i64 = kept
        .rsplit('=')
        .next()
        .expect("seconds")
        .parse()
        .expect("a number");
    assert!(
        (20..=40).contains(&shared) && !kept.contains("stale"),
        "{kept}"
    );

    app.clock.advance(41);
    let list = app.anonymous().get(path).await.expect(200);
    assert_eq!(ids(&list.json)[0], all[2]);
    assert!(
        list.header("cache-control")
            .expect("how long")
            .contains("s-maxage=60, stale-while-revalidate")
    );
}
