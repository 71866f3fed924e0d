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
