//! Sections and topics: kept at the desk, named for readers.

use serde_json::{Value, json};

use crate::support::{Answer, Client, TestApp};

async fn make(client: &Client, path: &str, slug: &str) -> Answer {
    let names = json!({"az": format!("{slug} az"), "en": format!("{slug} en")});
    let new = json!({"slug": slug, "names": names});
    client.post(path, new).await.expect(201)
}

fn id(answer: &Answer) -> &str {
    answer.json["id"].as_str().expect("an id")
}

fn slugs(answer: &Answer) -> Vec<&str> {
    let items = answer.json["items"].as_array().expect("items");
    items
        .iter()
        .filter_map(|item| item["slug"].as_str())
        .collect()
}

#[actix_web::test]
async fn a_new_section_is_where_its_location_says() {
    let app = TestApp::start().await;
    let names = json!({"RU": "Политика", "az": "Siyasət"});
    let made = app
        .as_editor()
        .post(
            "/v1/desk/sections",
            json!({"slug": "politics", "names": names}),
        )
        .await
        .expect(201);
    assert_eq!(
        made.json["names"],
        json!({"az": "Siyasət", "ru": "Политика"})
    );
    assert_eq!(made.json["position"], 0);
    assert_eq!(made.json["deleted_at"], Value::Null);

    let place = made.header("location").expect("a location");
    let read = app.as_contributor().get(place).await.expect(200);
    assert_eq!(read.json, made.json);
    assert_eq!(read.etag(), made.etag());
}

#[actix_web::test]
async fn readers_get_sections_in_order_and_in_one_language() {
    let app = TestApp::start().await;
    for slug in ["politics", "economy", "sport"] {
        make(&app.as_editor(), "/v1/desk/sections", slug).await;
    }
    let first = json!({"slug": "city", "names": {"ru": "Город"}, "position": 0});
    app.as_editor()
        .post("/v1/desk/sections", first)
        .await
        .expect(201);

    let list = app
        .anonymous()
        .get("/v1/sections?lang=en")
        .await
        .expect(200);
    assert_eq!(slugs(&list), ["politics", "city", "economy", "sport"]);
    assert_eq!(list.json["items"][0]["name"], "politics en");
    assert_eq!(list.json["items"][1]["name"], "Город");
    assert_eq!(
        list.json["served"],
        json!({"lang": "en", "requested": ["en"], "match": "exact"})
    );
    assert_eq!(
        list.json["page"],
        json!({"next": null, "prev": null, "size": 4})
    );
    assert_eq!(list.header("content-language"), Some("en"));
    assert_eq!(list.header("surrogate-key"), Some("sections site"));
    assert!(list.json["items"][0].get("version").is_none());
}

#[actix_web::test]
async fn the_language_of_names_follows_the_header_then_the_site() {
    let app = TestApp::start().await;
    make(&app.as_editor(), "/v1/desk/topics", "caspian").await;
    let reader = app.anonymous();

    let asked = reader.get("/v1/topics").header("accept-language", "en-GB");
    let asked = asked.await.expect(200);
    assert_eq!(asked.json["items"][0]["name"], "caspian en");
    assert_eq!(asked.json["served"]["match"], "range");

    let unasked = reader.get("/v1/topics").await.expect(200);
    assert_eq!(unasked.json["items"][0]["name"], "caspian az");
    assert_eq!(unasked.json["served"]["match"], "default");
}

#[actix_web::test]
async fn a_list_in_a_language_that_the_site_has_not_is_empty() {
    let app = TestApp::start().await;
    for path in ["sections", "topics"] {
        make(&app.as_editor(), &format!("/v1/desk/{path}"), "sport").await;
        let list = app.anonymous().get(&format!("/v1/{path}?lang=de"));
        let list = list.await.expect(200);
        assert_eq!(list.json["items"], json!([]));
        assert_eq!(list.json["served"], Value::Null);

        let fallback = format!("/v1/{path}?lang=de&lang_fallback=chain");
        let list = app.anonymous().get(&fallback).await.expect(200);
        assert_eq!(list.json["served"]["match"], "fallback");
        assert_eq!(list.json["items"][0]["name"], "sport az");
    }
}

#[actix_web::test]
async fn topics_page_by_name_there_and_back() {
    let app = TestApp::start().await;
    for slug in ["transport", "caspian", "chess"] {
        make(&app.as_editor(), "/v1/desk/topics", slug).await;
    }
    let reader = app.anonymous();
    let first = reader.get("/v1/topics?limit=2&count=true&lang=en");
    let first = first.await.expect(200);
    assert_eq!(slugs(&first), ["caspian", "chess"]);
    assert_eq!(first.json["total"], 3);
    assert!(
        first
            .header("link")
            .is_some_and(|link| link.contains("rel=\"next\""))
    );

    let next = first.json["page"]["next"].as_str().expect("a next page");
    let path = format!("/v1/topics?limit=2&lang=en&cursor={next}");
    let second = reader.get(&path).await.expect(200);
    assert_eq!(slugs(&second), ["transport"]);
    assert_eq!(second.json["page"]["next"], Value::Null);

    let back = second.json["page"]["prev"].as_str().expect("a page before");
    let path = format!("/v1/topics?limit=2&lang=en&cursor={back}");
    assert_eq!(
        reader.get(&path).await.expect(200).json["items"],
        first.json["items"]
    );
    let elsewhere = format!("/v1/desk/topics?cursor={next}");
    app.as_editor()
        .get(&elsewhere)
        .await
        .problem("invalid-cursor", 400);
}

#[actix_web::test]
async fn topics_sort_by_their_names_in_the_language_served() {
    let app = TestApp::start().await;
    let editor = app.as_editor();
    let mut last = None;
    for (slug, az, ru) in [
        ("a-weather", "Hava", "Погода"),
        ("b-people", "Xalq", "Ёлка"),
        ("c-rights", "Əmək", "Железо"),
    ] {
        let topic = json!({"slug": slug, "names": {"az": az, "ru": ru}});
        last = Some(editor.post("/v1/desk/topics", topic).await.expect(201));
    }
    let order = async |lang: &str| {
        let list = app.anonymous().get(&format!("/v1/topics?lang={lang}"));
        slugs(&list.await.expect(200)).join(" ")
    };
    assert_eq!(order("az").await, "c-rights a-weather b-people");
    assert_eq!(order("ru").await, "b-people c-rights a-weather");
    let last = last.expect("a topic");
    let path = format!("/v1/desk/topics/{}", id(&last));
    let renamed = editor
        .patch(&path, json!({"names": {"ru": "Ясно"}}))
        .if_match(&last.etag());
    let etag = renamed.await.expect(200).etag();
    assert_eq!(order("ru").await, "b-people a-weather c-rights");
    editor.delete(&path).if_match(&etag).await.expect(204);
    assert_eq!(order("ru").await, "b-people a-weather");
    assert_eq!(order("az").await, "a-weather b-people");
}

#[actix_web::test]
async fn the_desk_pages_sections_in_their_order() {
    let app = TestApp::start().await;
    for slug in ["politics", "economy", "sport"] {
        make(&app.as_editor(), "/v1/desk/sections", slug).await;
    }
    let editor = app.as_editor();
    let mut seen = Vec::new();
    let mut path = "/v1/desk/sections?limit=1".to_owned();
    loop {
        let page = editor.get(&path).await.expect(200);
        seen.extend(slugs(&page).into_iter().map(str::to_owned));
        match page.json["page"]["next"].as_str() {
            Some(next) => path = format!("/v1/desk/sections?limit=1&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, ["politics", "economy", "sport"]);
}

#[actix_web::test]
async fn a_slug_is_given_once() {
    let app = TestApp::start().await;
    for path in ["/v1/desk/sections", "/v1/desk/topics"] {
        make(&app.as_editor(), path, "sport").await;
        let again = json!({"slug": "sport", "names": {"en": "Sport"}});
        app.as_editor()
            .post(path, again)
            .await
            .problem("already-exists", 409)
            .at("/slug");

        let other = make(&app.as_editor(), path, "chess").await;
        let place = other.header("location").expect("a location");
        app.as_editor()
            .patch(place, json!({"slug": "sport"}))
            .if_match(&other.etag())
            .await
            .problem("already-exists", 409)
            .at("/slug");
    }
}

#[actix_web::test]
async fn names_are_merged_and_one_stays() {
    let app = TestApp::start().await;
    let made = make(&app.as_editor(), "/v1/desk/sections", "sport").await;
    let place = made.header("location").expect("a location");
    let patch = |body: Value| app.as_editor().patch(place, body).if_match("\"1\"");

    patch(json!({"names": {"az": null, "en": null}}))
        .await
        .problem("invalid-field", 422)
        .at("/names");
    patch(json!({"names": {"en": ""}}))
        .await
        .problem("invalid-field", 422)
        .at("/names/en");
    patch(json!({"position": -1}))
        .await
        .problem("invalid-field", 422)
        .at("/position");
    let changed = patch(json!({"names": {"en": null, "ru": "Спорт"}}))
        .await
        .expect(200);
    assert_eq!(
        changed.json["names"],
        json!({"az": "sport az", "ru": "Спорт"})
    );
    assert_eq!(changed.etag(), "\"2\"");
    patch(json!({"position": 3})).await.problem("stale", 412);
}

#[actix_web::test]
async fn what_is_deleted_is_hidden_and_comes_back() {
    let app = TestApp::start().await;
    for path in ["sections", "topics"] {
        let desk = format!("/v1/desk/{path}");
        let made = make(&app.as_editor(), &desk, "sport").await;
        let place = format!("{desk}/{}", id(&made));
        let editor = app.as_editor();
        editor
            .delete(&place)
            .await
            .problem("precondition-required", 428);
        editor.delete(&place).if_match("\"1\"").await.expect(204);

        let seen = async |path: &str| {
            let list = editor.get(path).await.expect(200);
            slugs(&list).len()
        };
        assert_eq!(seen(&format!("/v1/{path}")).await, 0);
        assert_eq!(seen(&desk).await, 0);
        assert_eq!(seen(&format!("{desk}?deleted=true")).await, 1);

        let hidden = editor.get(&place).await.expect(200);
        assert!(hidden.json["deleted_at"].is_string());
        let etag = hidden.etag();
        editor
            .patch(&place, json!({}))
            .if_match(&etag)
            .await
            .problem("wrong-state", 409);
        editor
            .delete(&place)
            .if_match(&etag)
            .await
            .problem("wrong-state", 409);

        let restoring = editor.request(reqwest::Method::PUT, &format!("{place}/restoration"));
        let restored = restoring.if_match(&etag).await.expect(200);
        assert_eq!(restored.json["deleted_at"], Value::Null);
        assert_eq!(seen(&format!("/v1/{path}")).await, 1);
        let again = editor.request(reqwest::Method::PUT, &format!("{place}/restoration"));
        let again = again.if_match(&restored.etag()).await;
        again.problem("wrong-state", 409);
    }
}

#[actix_web::test]
async fn what_an_article_or_a_list_needs_is_not_deleted() {
    let app = TestApp::start().await;
    let section = make(&app.as_editor(), "/v1/desk/sections", "sport").await;
    let topic = make(&app.as_editor(), "/v1/desk/topics", "chess").await;
    let place = |thing: &Answer| thing.header("location").expect("a location").to_owned();
    let rule = json!({"kind": "section", "section": "sport"});
    let list = json!({"slug": "sport", "names": {"en": "Sport"}, "rule": rule});
    let list = app.as_editor().post("/v1/desk/lists", list).await;
    let list = list.expect(201);
    let article = article_in(&app, id(&section), id(&topic)).await;

    for thing in [&section, &topic] {
        app.as_editor()
            .delete(&place(thing))
            .if_match("\"1\"")
            .await
            .problem("in-use", 409);
    }
    delete_article(&app, article).await;
    app.as_editor()
        .delete(&place(&topic))
        .if_match("\"1\"")
        .await
        .expect(204);
    app.as_editor()
        .delete(&place(&section))
        .if_match("\"1\"")
        .await
        .problem("in-use", 409);
    app.as_editor()
        .delete(&place(&list))
        .if_match("\"1\"")
        .await
        .expect(204);
    app.as_editor()
        .delete(&place(&section))
        .if_match("\"1\"")
        .await
        .expect(204);
}

#[actix_web::test]
async fn each_change_is_logged_with_what_it_touches() {
    let app = TestApp::start().await;
    let made = make(&app.as_editor(), "/v1/desk/topics", "chess").await;
    let log = app.as_editor().get("/v1/desk/changes").await.expect(200);
    let last = log.json["items"].as_array().and_then(|items| items.last());
    let last = last.expect("a change");
    assert_eq!(
        (&last["kind"], &last["action"]),
        (&json!("topic"), &json!("created"))
    );
    assert_eq!(
        last["surrogate_keys"],
        json!([format!("topic:{}", id(&made)), "topics", "any-topic"])
    );
    assert_eq!(last["actor"], json!(app.people.editor.user.id));
}

#[actix_web::test]
async fn a_slug_or_an_id_names_a_section_and_topics_keep_the_order_asked_for() {
    let app = TestApp::start().await;
    let section = make(&app.as_editor(), "/v1/desk/sections", "sport").await;
    let chess = make(&app.as_editor(), "/v1/desk/topics", "chess").await;
    make(&app.as_editor(), "/v1/desk/topics", "caspian").await;
    let conn = &mut app.database.connect();

    for reference in ["sport", id(&section)] {
        let found = newsline::sections::by_slug_or_id(conn, reference).expect("a query");
        assert_eq!(found.expect("the section").slug.as_str(), "sport");
    }
    let gone = newsline::sections::by_slug_or_id(conn, "nothing").expect("a query");
    assert!(gone.is_none());

    let references = ["nothing", "caspian", id(&chess), "caspian"].map(str::to_owned);
    let found = newsline::topics::by_slugs_or_ids(conn, &references).expect("a query");
    let slugs: Vec<Option<&str>> = found
        .iter()
        .map(|topic| topic.as_ref().map(|topic| topic.slug.as_str()))
        .collect();
    assert_eq!(
        slugs,
        [None, Some("caspian"), Some("chess"), Some("caspian")]
    );
}

/// An article's row, past the API.
async fn article_in(app: &TestApp, section: &str, topic: &str) -> newsline::db::AnyId {
    use diesel::prelude::*;
    use newsline::db::schema::{article_topics, articles};
    use newsline::db::{AnyId, Json};

    let conn = &mut app.database.connect();
    let now = app.clock.now();
    let article = AnyId::new();
    let parse = |id: &str| id.parse::<AnyId>().expect("an id");
    diesel::insert_into(articles::table)
        .values((
            articles::id.eq(article),
            articles::kind.eq("news"),
            articles::section_id.eq(parse(section)),
            articles::authors.eq(Json(json!([]))),
            articles::related.eq(Json(json!([]))),
            articles::review_policy.eq("closed"),
            articles::version.eq(1_i64),
            articles::created_by.eq(app.people.editor.user.id),
            articles::created_at.eq(now),
            articles::updated_at.eq(now),
        ))
        .execute(conn)
        .expect("an article");
    diesel::insert_into(article_topics::table)
        .values((
            article_topics::article_id.eq(article),
            article_topics::topic_id.eq(parse(topic)),
            article_topics::position.eq(0),
        ))
        .execute(conn)
        .expect("its topic");
    article
}

async fn delete_article(app: &TestApp, article: newsline::db::AnyId) {
    use diesel::prelude::*;
    use newsline::db::schema::articles;

    diesel::update(articles::table.find(article))
        .set(articles::deleted_at.eq(Some(app.clock.now())))
        .execute(&mut app.database.connect())
        .expect("a deleted article");
}
