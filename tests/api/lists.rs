//! Lists at the desk.

use serde_json::{Value, json};

use crate::support::{Answer, TestApp};

const NOBODY: &str = "0192f1a2-7c3e-7b10-9a55-1f0c2d3e4a01";

async fn news_line(app: &TestApp) -> Answer {
    let lists = app.as_editor().get("/v1/desk/lists").await.expect(200);
    let items = lists.json["items"].as_array().expect("items");
    let found = items.iter().find(|list| list["slug"] == "news-line");
    let id = found.expect("News Line")["id"].as_str().expect("an id");
    let place = format!("/v1/desk/lists/{id}");
    app.as_editor().get(&place).await.expect(200)
}

fn place(list: &Answer) -> String {
    format!(
        "/v1/desk/lists/{}",
        list.json["id"].as_str().expect("an id")
    )
}

#[actix_web::test]
async fn news_line_is_there_from_the_first_start_and_stays() {
    let app = TestApp::start().await;
    let list = news_line(&app).await;
    assert_eq!(list.json["rule"], json!({"kind": "latest"}));
    assert_eq!(
        list.json["names"],
        json!({"az": "Xəbər xətti", "en": "News Line", "ru": "Лента новостей"})
    );
    newsline::lists::ensure(&app.app.db)
        .await
        .expect("a second start");
    assert_eq!(news_line(&app).await.json, list.json);

    let editor = app.as_editor();
    editor
        .delete(&place(&list))
        .if_match("\"1\"")
        .await
        .problem("in-use", 409);
    editor
        .patch(&place(&list), json!({"slug": "latest"}))
        .if_match("\"1\"")
        .await
        .problem("in-use", 409);
    editor
        .patch(&place(&list), json!({"names": {"tr": "Haberler"}}))
        .if_match("\"1\"")
        .await
        .expect(200);
}

#[actix_web::test]
async fn a_rule_is_kept_by_id_so_that_a_new_slug_leaves_it() {
    let app = TestApp::start().await;
    let editor = app.as_editor();
    let section = json!({"slug": "politics", "names": {"en": "Politics"}});
    let section = editor.post("/v1/desk/sections", section).await.expect(201);
    let topic = json!({"slug": "caspian", "names": {"en": "Caspian"}});
    let topic = editor.post("/v1/desk/topics", topic).await.expect(201);
    let (section, topic) = (&section.json["id"], &topic.json["id"]);
    let rules = [
        (
            json!({"kind": "section", "section": "politics"}),
            json!({"kind": "section", "section": section}),
        ),
        (
            json!({"kind": "section", "section": section}),
            json!({"kind": "section", "section": section}),
        ),
        (
            json!({"kind": "topic", "topic": "caspian"}),
            json!({"kind": "topic", "topic": topic}),
        ),
        (
            json!({"kind": "kind", "article_kind": "opinion"}),
            json!({"kind": "kind", "article_kind": "opinion"}),
        ),
        (json!({"kind": "latest"}), json!({"kind": "latest"})),
    ];
    for (index, (said, kept)) in rules.into_iter().enumerate() {
        let list =
            json!({"slug": format!("list-{index}"), "names": {"en": "A list"}, "rule": said});
        let made = editor.post("/v1/desk/lists", list).await.expect(201);
        assert_eq!(made.json["rule"], kept);
        assert_eq!(made.json["pins"], json!([]));
        let changed = editor.patch(&place(&made), json!({"rule": kept}));
        let changed = changed.if_match(&made.etag()).await.expect(200);
        assert_eq!(changed.json["rule"], kept);
    }
}

#[actix_web::test]
async fn a_rule_that_leads_nowhere_is_refused() {
    let app = TestApp::start().await;
    let refused = [
        (
            json!({"kind": "section", "section": "nothing"}),
            "/rule/section",
        ),
        (json!({"kind": "topic", "topic": NOBODY}), "/rule/topic"),
        (json!({"kind": "source", "source": NOBODY}), "/rule/source"),
        (
            json!({"kind": "latest", "section": "sport"}),
            "/rule/section",
        ),
        (json!({"kind": "loudest"}), "/rule/kind"),
        (json!({"section": "sport"}), "/rule"),
        (json!(null), "/rule"),
    ];
    for (rule, pointer) in refused {
        let list = json!({"slug": "a-list", "names": {"en": "A list"}, "rule": rule});
        let answer = app.as_editor().post("/v1/desk/lists", list).await;
        answer.problem("invalid-field", 422).at(pointer);
    }
}

#[actix_web::test]
async fn pins_have_a_place_each_and_an_article_that_there_is() {
    let app = TestApp::start().await;
    let list = news_line(&app).await;
    let articles: Vec<String> = (0..3).map(|_| article(&app)).collect();
    let patch = |body: Value| {
        let patch = app.as_editor().patch(&place(&list), body);
        patch.if_match("\"1\"")
    };
    let pin = |article: &str, position: i32| json!({"article": article, "position": position});

    let refused = [
        (vec![pin(&articles[0], 0)], "/pins/0/position"),
        (vec![pin(&articles[0], 101)], "/pins/0/position"),
        (
            vec![pin(&articles[0], 1), pin(&articles[1], 1)],
            "/pins/1/position",
        ),
        (
            vec![pin(&articles[0], 1), pin(&articles[0], 2)],
            "/pins/1/article",
        ),
        (
            vec![pin(&articles[0], 1), pin(NOBODY, 2)],
            "/pins/1/article",
        ),
        ((1..=21).map(|at| pin(NOBODY, at)).collect(), "/pins"),
    ];
    for (pins, pointer) in refused {
        let answer = patch(json!({"pins": pins})).await;
        answer.problem("invalid-field", 422).at(pointer);
    }
    patch(json!({"hidden": [articles[0], NOBODY]}))
        .await
        .problem("invalid-field", 422)
        .at("/hidden/1");

    let until = "2026-04-18T08:00:00Z";
    let first = json!({"article": articles[1], "position": 1, "until": until});
    let changed = patch(json!({
        "pins": [pin(&articles[0], 5), first],
        "hidden": [articles[2], articles[2]],
    }));
    let changed = changed.await.expect(200);
    let fifth = json!({"article": articles[0], "position": 5, "until": null});
    assert_eq!(changed.json["pins"], json!([first, fifth]));
    assert_eq!(changed.json["hidden"], json!([articles[2]]));
}

/// The pages of News Line with so many items, forth and then back: the ids of each.
async fn pages(app: &TestApp, limit: usize, end: &str) -> Vec<Vec<String>> {
    let (mut pages, mut cursor) = (Vec::new(), String::new());
    let mut way = "next";
    loop {
        let path = format!("/v1/lists/news-line/items?lang=en&limit={limit}{cursor}");
        let page = app.anonymous().get(&path).await.expect(200).json;
        let items = page["items"].as_array().expect("items");
        let ids = items.iter().map(|item| item["id"].as_str().expect("an id"));
        pages.push(ids.map(str::to_owned).collect());
        assert!(pages.len() < 40, "they never end: {pages:?}");
        if page["page"]["next"].is_null() && way == "next" {
            way = end;
        }
        match page["page"][way].as_str() {
            Some(other) => cursor = format!("&cursor={other}"),
            None => return pages,
        }
    }
}

#[actix_web::test]
async fn forth_and_back_the_pages_are_the_same_wherever_pins_stand() {
    let app = TestApp::start().await;
    let mut articles = Vec::new();
    for _ in 0..5 {
        let article = app.published_article(json!({})).await;
        articles.push(article["id"].as_str().expect("an id").to_owned());
    }
    let newest: Vec<String> = articles.iter().rev().cloned().collect();
    assert_eq!(
        pages(&app, 100, "next").await,
        std::slice::from_ref(&newest)
    );
    for places in [
        vec![3],
        vec![1],
        vec![2, 3, 4],
        vec![1, 3, 5],
        vec![4, 5],
        vec![2, 40, 100],
        vec![7, 8, 9, 10, 11],
    ] {
        let list = news_line(&app).await;
        let pins = places.iter().zip(&articles);
        let pins: Vec<Value> = pins
            .map(|(place, article)| json!({"article": article, "position": place}))
            .collect();
        let patching = app.as_editor().patch(&place(&list), json!({"pins": pins}));
        patching.if_match(&list.etag()).await.expect(200);
        let mut expected: Vec<String> = newest.clone();
        expected.retain(|article| !articles[..places.len()].contains(article));
        for (place, article) in places.iter().zip(&articles) {
            expected.insert(expected.len().min(place - 1), article.clone());
        }
        for limit in 1..=5 {
            let forth: Vec<Vec<String>> = expected.chunks(limit).map(<[_]>::to_vec).collect();
            let back = forth.iter().rev().skip(1).cloned();
            let both: Vec<Vec<String>> = forth.iter().cloned().chain(back).collect();
            assert_eq!(
                pages(&app, limit, "prev").await,
                both,
                "{places:?} by {limit}"
            );
        }
    }
}

#[actix_web::test]
async fn pages_go_back_to_articles_from_before_1970() {
    let app = TestApp::start().await;
    let mut articles = Vec::new();
    for year in [1960, 1965, 2001] {
        let article = app.posted_article(json!({})).await;
        let id = article["id"].as_str().expect("an id").to_owned();
        let since = json!({"published_at": format!("{year}-05-01T00:00:00Z")});
        let publishing = app.put_state(&id, "en", "publication", since);
        publishing.await.expect(200);
        articles.push(id);
    }
    let list = news_line(&app).await;
    let pins = json!([{"article": articles[0], "position": 9}]);
    let patching = app.as_editor().patch(&place(&list), json!({"pins": pins}));
    patching.if_match(&list.etag()).await.expect(200);
    let page = |nth: usize| vec![articles[nth].clone()];
    assert_eq!(
        pages(&app, 1, "prev").await,
        [page(2), page(1), page(0), page(1), page(2)]
    );
}

#[actix_web::test]
async fn the_total_counts_pins_that_the_rule_does_not_select() {
    let app = TestApp::start().await;
    let opinion = app.published_article(json!({"kind": "opinion"})).await;
    let news = app.published_article(json!({})).await;
    let rule = json!({"kind": "kind", "article_kind": "opinion"});
    let list = json!({"slug": "views", "names": {"en": "Views"}, "rule": rule});
    let list = app.as_editor().post("/v1/desk/lists", list).await;
    let list = list.expect(201);
    let pins = [(&news, 1), (&opinion, 2)];
    let pins = pins.map(|(article, at)| json!({"article": article["id"], "position": at}));
    let patching = app.as_editor().patch(&place(&list), json!({"pins": pins}));
    patching.if_match(&list.etag()).await.expect(200);
    let reading = app
        .anonymous()
        .get("/v1/lists/views/items?lang=en&count=true");
    let read = reading.await.expect(200).json;
    assert_eq!(
        (&read["total"], &read["page"]["size"]),
        (&json!(2), &json!(2))
    );
}

/// An article's row, past the API.
fn article(app: &TestApp) -> String {
    use diesel::prelude::*;
    use newsline::db::schema::articles;
    use newsline::db::{AnyId, Json};

    let (article, now) = (AnyId::new(), app.clock.now());
    diesel::insert_into(articles::table)
        .values((
            articles::id.eq(article),
            articles::kind.eq("news"),
            articles::authors.eq(Json(json!([]))),
            articles::related.eq(Json(json!([]))),
            articles::review_policy.eq("closed"),
            articles::version.eq(1_i64),
            articles::created_by.eq(app.people.editor.user.id),
            articles::created_at.eq(now),
            articles::updated_at.eq(now),
        ))
        .execute(&mut app.database.connect())
        .expect("an article");
    article.to_string()
}

#[actix_web::test]
async fn a_list_about_a_source_that_readers_do_not_know_is_not_there_for_them() {
    let app = TestApp::start().await;
    let source = json!({"kind": "person", "names": {"en": "Somebody"}, "disclosure": "protected"});
    let source = app
        .as_editor()
        .post("/v1/desk/sources", source)
        .await
        .expect(201);
    let list = json!({"slug": "on-somebody", "names": {"en": "On somebody"},
        "rule": {"kind": "source", "source": source.json["id"]}});
    app.as_editor()
        .post("/v1/desk/lists", list)
        .await
        .expect(201);
    let items = app
        .anonymous()
        .get("/v1/lists/on-somebody/items?lang=en")
        .await;
    items.problem("not-found", 404);
    let listed = async || {
        let lists = app.anonymous().get("/v1/lists?lang=en&count=true").await;
        let lists = lists.expect(200);
        let keys = lists.header("surrogate-key").expect("keys");
        assert!(keys.split(' ').any(|key| key == "sources"), "{keys}");
        assert_eq!(lists.json["total"], lists.json["page"]["size"]);
        lists.text().contains("On somebody")
    };
    assert!(!listed().await);

    let quote = json!({"source": source.json["id"], "unnamed": "one", "manner": "direct", "text": "We knew it."});
    let text = json!({"headline": "Within", "body_markdown": "We knew it.", "quotes": [quote]});
    app.published_article(json!({"texts": {"en": text}})).await;
    assert!(!listed().await);
    let path = source.header("location").expect("a location");
    for (disclosure, known) in [("on_record", true), ("anonymous", false)] {
        let patch = json!({"disclosure": disclosure});
        let patching = app.as_editor().patch(path, patch).if_match("*");
        patching.await.expect(200);
        assert_eq!(listed().await, known, "{disclosure}");
    }
}
