//! Which source a story means: found by its id, an address or a name, or made.

use super::*;

#[actix_web::test]
async fn a_story_finds_the_source_it_means_but_never_one_that_its_author_may_not_know_of() {
    let app = TestApp::start().await;
    let (editor, contributor) = (app.as_editor(), app.as_contributor());
    let mut known =
        json!({"kind": "person", "names": {"az": "Rəşad Nəbiyev"}, "aliases": ["R. Nəbiyev"]});
    known["same_as"] = json!(["https://www.wikidata.org/wiki/Q1"]);
    let known = id(&made(&editor, known).await);
    let mut secret = person("A Witness");
    secret["disclosure"] = json!("protected");
    secret["same_as"] = json!(["https://www.wikidata.org/wiki/Q2"]);
    let secret = id(&made(&editor, secret).await);

    let by_name = json!({"kind": "person", "names": {"en": "r. nəbiyev"}});
    assert_eq!(
        matched(&contributor, by_name).await,
        (known, "name".to_owned())
    );
    let mut by_address = person("Someone Else");
    by_address["same_as"] = json!(["https://www.wikidata.org/wiki/Q1"]);
    assert_eq!(
        matched(&contributor, by_address).await,
        (known, "same_as".to_owned())
    );
    let by_id = json!({"id": known});
    assert_eq!(matched(&contributor, by_id).await, (known, "id".to_owned()));
    let other_kind = json!({"kind": "organisation", "names": {"az": "Rəşad Nəbiyev"}});
    assert_eq!(matched(&editor, other_kind).await.1, "made");

    assert_eq!(
        matched(&editor, person("A Witness")).await,
        (secret, "name".to_owned())
    );
    let (made, how) = matched(&contributor, person("A Witness")).await;
    assert_eq!((made == secret, how.as_str()), (false, "made"));
    let mut by_address = person("Another Witness");
    by_address["same_as"] = json!(["https://www.wikidata.org/wiki/Q2"]);
    assert_eq!(matched(&contributor, by_address).await.1, "made");
    let by_id = json!({"kind": "news", "sources": {"one": {"id": secret}}});
    let hidden = contributor.post("/v1/desk/articles", by_id).await;
    let by_id = json!({"kind": "news", "sources": {"one": {"id": SourceId::new()}}});
    let unknown = contributor.post("/v1/desk/articles", by_id).await;
    let told = |answer: Answer| {
        let answer = answer.problem("invalid-field", 422).at("/sources/one/id");
        answer.json["errors"].clone()
    };
    assert_eq!(told(hidden), told(unknown));

    let mut confidential = json!({"kind": "person", "names": {"az": "Rəşad Nəbiyev"}});
    confidential["disclosure"] = json!("anonymous");
    assert_eq!(matched(&editor, confidential).await.1, "made");
}

#[actix_web::test]
async fn what_a_story_names_twice_is_made_once() {
    let app = TestApp::start().await;
    let story = json!({"kind": "news", "sources": {
        "a": {"kind": "person", "names": {"az": "Elçin Həsənov"}},
        "b": {"kind": "person", "names": {"en": "ELÇİN HƏSƏNOV"}},
        "c": {"kind": "organisation", "names": {"en": "Elçin Həsənov"}},
        "d": {"kind": "person", "names": {"en": "Elchin Hasanov"}, "same_as": ["https://www.wikidata.org/wiki/Q3"]},
        "e": {"kind": "person", "names": {"ru": "Эльчин Гасанов"}, "same_as": ["https://www.wikidata.org/wiki/Q3"]},
    }});
    let editor = app.as_editor();
    let posted = editor.post("/v1/desk/articles", story).await.expect(201);
    let of = |name: &str| posted.json["sources"][name].clone();
    assert_eq!(
        (of("a")["id"].clone(), of("b")["matched_by"].clone()),
        (of("b")["id"].clone(), json!("name"))
    );
    assert_ne!(of("a")["id"], of("c")["id"]);
    assert_eq!(
        (of("d")["id"].clone(), of("e")["matched_by"].clone()),
        (of("e")["id"].clone(), json!("same_as"))
    );
    let all = editor.get("/v1/desk/sources?count=true").await.expect(200);
    assert_eq!(all.json["total"], 3);
}

#[actix_web::test]
async fn stories_that_name_somebody_new_at_once_make_one_of_them() {
    let app = TestApp::start().await;
    let editor = app.as_editor();
    let story = json!({"kind": "news", "sources": {"one": {"kind": "person", "names": {"en": "Somebody New"}}}});
    let posts = (0..8).map(|_| async {
        editor
            .post("/v1/desk/articles", story.clone())
            .await
            .expect(201)
    });
    let posted = futures_util::future::join_all(posts).await;
    let made = posted
        .iter()
        .filter(|posted| posted.json["sources"]["one"]["matched_by"] == "made");
    assert_eq!(made.count(), 1);
    let all = editor.get("/v1/desk/sources?count=true").await.expect(200);
    assert_eq!(all.json["total"], 1);
}

#[actix_web::test]
async fn a_source_of_a_story_is_an_id_or_a_description() {
    let app = TestApp::start().await;
    let known = made(&app.as_editor(), person("A Minister")).await;
    let deleted = made(&app.as_editor(), person("Gone")).await;
    let deleting = app.as_editor().delete(&desk(&deleted));
    deleting.if_match("*").await.expect(204);
    for (source, place) in [
        (json!({"id": id(&known), "kind": "person"}), "/sources/a~1b"),
        (json!({"id": "minister"}), "/sources/a~1b/id"),
        (json!({"id": null}), "/sources/a~1b/id"),
        (json!({"id": id(&deleted)}), "/sources/a~1b/id"),
        (json!({"kind": "person"}), "/sources/a~1b"),
        (
            json!({"kind": "person", "names": {"en": "A"}, "aliases": null}),
            "/sources/a~1b/aliases",
        ),
        (
            json!({"kind": "person", "names": {"en": "A"}, "email": "a@b.c"}),
            "/sources/a~1b/email",
        ),
        (
            json!({"kind": "person", "names": {"en": "A"}, "aliases": vec!["B"; 51]}),
            "/sources/a~1b/aliases",
        ),
        (
            json!({"kind": "person", "names": {"en": "A"}, "positions": [{"title": {"en": "T"}, "organisation": id(&known)}]}),
            "/sources/a~1b/positions/0/organisation",
        ),
    ] {
        let story = json!({"kind": "news", "sources": {"a/b": source}});
        let refused = app.as_editor().post("/v1/desk/articles", story).await;
        refused.problem("invalid-field", 422).at(place);
    }
}

/// A story with so many quotes, each of somebody else through another outlet.
fn story(size: usize, names: &str) -> Value {
    let numbers = || 0..size;
    let mut sources = serde_json::Map::new();
    for nth in numbers() {
        sources.insert(
            format!("p{nth}"),
            json!({"kind": "person", "names": {"en": format!("{names} person {nth}")}}),
        );
        sources.insert(
            format!("o{nth}"),
            json!({"kind": "organisation", "names": {"en": format!("{names} outlet {nth}")}}),
        );
    }
    let quote = |nth: usize| {
        json!({"source": format!("#p{nth}"), "manner": "direct", "text": format!("Word {nth}."),
        "key": format!("k{nth}"), "attribution": {"outlet": format!("#o{nth}")}})
    };
    let body: Vec<String> = numbers().map(|nth| format!("Word {nth}.")).collect();
    let text = json!({"headline": format!("{names} of {size}"), "body_markdown": body.join("\n\n"),
        "quotes": numbers().map(quote).collect::<Vec<_>>()});
    json!({"kind": "news", "sources": sources, "texts": {"en": text}})
}

#[actix_web::test]
async fn posting_and_publishing_cost_the_same_with_one_quote_and_with_twenty() {
    let app = TestApp::start().await;
    let editor = app.as_editor();
    let mut costs = Vec::new();
    for size in [1, 20] {
        let mut cost = Vec::new();
        // The first time all sources are made, the second time all are known.
        for _ in 0..2 {
            let before = app.app.db.statements();
            let posted = editor.post("/v1/desk/articles", story(size, &format!("Story {size}")));
            let id = id_of(&posted.await.expect(201).json).to_owned();
            cost.push(app.app.db.statements() - before);

            let etag = app.desk_text(&id, "en").await.etag();
            let publication = format!("/v1/desk/articles/{id}/texts/en/publication");
            let before = app.app.db.statements();
            let publishing = editor.put(&publication, json!({})).if_match(&etag);
            let published = publishing.await.expect(200);
            cost.push(app.app.db.statements() - before);
            assert_eq!(
                items_of(&json!({"items": published.json["quotes"]})).len(),
                size
            );

            let before = app.app.db.statements();
            let taking_down = editor.delete(&publication).if_match(&published.etag());
            taking_down.await.expect(200);
            cost.push(app.app.db.statements() - before);
        }
        costs.push(cost);
    }
    assert_eq!(
        costs[0], costs[1],
        "post, publish, take down; sources made, then known"
    );
    assert!(
        costs[0].iter().all(|cost| *cost > 0 && *cost < 100),
        "{costs:?}"
    );
}
