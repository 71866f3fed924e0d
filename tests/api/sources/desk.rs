//! Sources as the desk keeps them.

use super::*;

#[actix_web::test]
async fn a_source_is_made_read_changed_deleted_and_restored() {
    let app = TestApp::start().await;
    let editor = app.as_editor();
    let ministry = made(
        &editor,
        json!({"kind": "organisation", "names": {"en": "Ministry of Transport"}}),
    )
    .await;
    let minister = made(
        &editor,
        json!({
            "kind": "person",
            "names": {"en": "Rashad Nabiyev", "az": "Rəşad Nəbiyev"},
            "aliases": ["R. Nəbiyev"],
            "description": {"en": "A minister.\nSince 2021.", "az": "Nazir."},
            "same_as": ["https://www.wikidata.org/wiki/Q1"],
            "positions": [{"title": {"en": "Minister"}, "organisation": id(&ministry), "from": "2021-01-26"}],
        }),
    )
    .await;
    assert_eq!(minister.header("location"), Some(desk(&minister).as_str()));
    assert_eq!(minister.json["disclosure"], "on_record");
    assert_eq!(
        minister.json["positions"][0],
        json!({"title": {"en": "Minister"}, "organisation": id(&ministry), "from": "2021-01-26", "to": null})
    );

    let patch = json!({"names": {"ru": "Рашад Набиев", "az": null}, "description": {"az": null}});
    let stale = editor.patch(&desk(&minister), patch.clone());
    stale.if_match("\"7\"").await.problem("stale", 412);
    let changed = editor.patch(&desk(&minister), patch);
    let changed = changed.if_match(&minister.etag()).await.expect(200);
    assert_eq!(
        changed.json["names"],
        json!({"en": "Rashad Nabiyev", "ru": "Рашад Набиев"})
    );
    assert_eq!(
        changed.json["description"],
        json!({"en": "A minister.\nSince 2021."})
    );

    let deleted = editor.delete(&desk(&minister));
    let deleted = deleted.if_match(&changed.etag()).await.expect(204);
    assert_eq!(
        names(&editor.get("/v1/desk/sources").await.expect(200)),
        ["Ministry of Transport"]
    );
    let hidden = editor
        .get("/v1/desk/sources?deleted=true")
        .await
        .expect(200);
    assert_eq!(names(&hidden), ["Rashad Nabiyev"]);
    let edit = editor.patch(&desk(&minister), json!({"aliases": []}));
    edit.if_match("*").await.problem("not-found", 404);

    let restoration = format!("{}/restoration", desk(&minister));
    let restored = editor.put(&restoration, json!({}));
    let restored = restored.if_match(&deleted.etag()).await.expect(200);
    assert_eq!(restored.json["deleted_at"], Value::Null);
    let again = editor.put(&restoration, json!({}));
    again.if_match("*").await.problem("wrong-state", 409);
}

#[actix_web::test]
async fn what_breaks_a_rule_is_refused_at_its_field() {
    let app = TestApp::start().await;
    let editor = app.as_editor();
    let other = made(&editor, person("A Person")).await;
    let position =
        |position: Value| json!({"kind": "person", "names": {"en": "A"}, "positions": [position]});
    for (source, place) in [
        (json!({"kind": "person", "names": {}}), "/names"),
        (json!({"kind": "robot", "names": {"en": "A"}}), "/kind"),
        (
            json!({"kind": "person", "names": {"en": "A"}, "merged_into": null}),
            "/merged_into",
        ),
        (
            json!({"kind": "person", "names": {"en": "A"}, "same_as": ["wikidata"]}),
            "/same_as/0",
        ),
        (
            json!({"kind": "person", "names": {"en": "A"}, "aliases": vec!["B"; 51]}),
            "/aliases",
        ),
        (
            json!({"kind": "person", "names": {"en": "A"}, "description": {"en": "a", "EN": "b"}}),
            "/description",
        ),
        (
            position(json!({"title": {"en": "T"}, "from": "2021-02-30"})),
            "/positions/0/from",
        ),
        (
            position(json!({"title": {"en": "T"}, "from": "2021-02-02", "to": "2020-02-02"})),
            "/positions/0/to",
        ),
        (
            position(json!({"title": {"en": "T"}, "organisation": id(&other)})),
            "/positions/0/organisation",
        ),
    ] {
        let refused = editor.post("/v1/desk/sources", source).await;
        refused.problem("invalid-field", 422).at(place);
    }
    let twice = json!({"description": {"en": "a", "EN": null}});
    let refused = editor.patch(&desk(&other), twice.clone()).if_match("*");
    let refused = refused.await.problem("invalid-field", 422);
    refused.at("/description");
    let one =
        json!({"kind": "person", "names": {"en": "A"}, "description": {"en": "a", "EN": "b"}});
    let story = json!({"kind": "news", "sources": {"one": one}});
    let refused = editor.post("/v1/desk/articles", story).await;
    let refused = refused.problem("invalid-field", 422);
    refused.at("/sources/one/description");
    let same = editor.post(
        &format!("{}/merge", desk(&other)),
        json!({"into": id(&other)}),
    );
    same.await.problem("invalid-field", 422).at("/into");
}

#[actix_web::test]
async fn a_list_is_paged_filtered_and_found_by_folded_names() {
    let app = TestApp::start().await;
    let editor = app.as_editor();
    for name in ["İlham Əliyev", "Ilham Aliyev", "Turan"] {
        made(&editor, person(name)).await;
    }
    let first = editor
        .get("/v1/desk/sources?limit=2&count=true")
        .await
        .expect(200);
    assert_eq!(names(&first), ["Turan", "Ilham Aliyev"]);
    assert_eq!(first.json["total"], 3);
    let cursor = first.json["page"]["next"].as_str().expect("a cursor");
    let second = editor.get(&format!(
        "/v1/desk/sources?limit=2&count=true&cursor={cursor}"
    ));
    let second = second.await.expect(200);
    assert_eq!(names(&second), ["İlham Əliyev"]);
    let cursor = second.json["page"]["prev"].as_str().expect("a cursor");
    let back = editor
        .get(&format!("/v1/desk/sources?limit=2&cursor={cursor}"))
        .await
        .expect(200);
    assert_eq!(names(&back), names(&first));

    let found = editor
        .get("/v1/desk/sources?name=ILHAM%20%C6%8F")
        .await
        .expect(200);
    assert_eq!(names(&found), ["İlham Əliyev"]);
    let people = editor
        .get("/v1/desk/sources?kind=organisation")
        .await
        .expect(200);
    assert!(names(&people).is_empty());
    editor
        .get("/v1/desk/sources?disclosure=secret")
        .await
        .problem("invalid-parameter", 400);
}

#[actix_web::test]
async fn who_is_not_on_record_is_known_to_editors_and_to_whoever_made_it() {
    let app = TestApp::start().await;
    let (editor, contributor) = (app.as_editor(), app.as_contributor());
    let mut secret = person("A Witness");
    secret["disclosure"] = json!("protected");
    let theirs = made(&editor, secret.clone()).await;
    let own = made(&contributor, secret).await;
    let open = made(&editor, person("A Minister")).await;

    contributor
        .get(&desk(&theirs))
        .await
        .problem("not-found", 404);
    let edit = contributor.patch(&desk(&theirs), json!({}));
    edit.if_match("*").await.problem("not-found", 404);
    contributor.get(&desk(&own)).await.expect(200);
    editor.get(&desk(&own)).await.expect(200);
    app.as_moderator()
        .get(&desk(&own))
        .await
        .problem("not-found", 404);
    let listed = contributor
        .get("/v1/desk/sources?count=true")
        .await
        .expect(200);
    assert_eq!(names(&listed), ["A Minister", "A Witness"]);
    assert_eq!(listed.json["total"], 2);
    let found = contributor
        .get("/v1/desk/sources?name=a%20wit")
        .await
        .expect(200);
    assert_eq!(found.json["items"][0]["id"], own.json["id"]);

    let edit = contributor.patch(&desk(&open), json!({"aliases": ["B"]}));
    edit.if_match("*").await.problem("forbidden", 403);
    let edit = contributor.patch(&desk(&own), json!({"aliases": ["Kölgə"]}));
    edit.if_match("*").await.expect(200);
    publish_quote(&app, id(&own), None).await;
    let edit = contributor.patch(&desk(&own), json!({"disclosure": "on_record"}));
    edit.if_match("*").await.problem("forbidden", 403);
}

#[actix_web::test]
async fn names_are_kept_by_language_and_script() {
    let app = TestApp::start().await;
    let editor = app.as_editor();
    let names = json!({"az": "Rəşad Nəbiyev", "az-Cyrl": "Рәшад Нәбијев", "az-Arab": "رشاد نبی‌یف",
        "zh-Hant": "拉沙德·納比耶夫", "en": "Rashad Nabiyev"});
    let source = json!({"kind": "person", "names": names, "aliases": ["Рашад Набиев"]});
    let source = made(&editor, source).await;
    assert_eq!(source.json["names"], names);
    for name in names.as_object().expect("names").values() {
        let named = json!({"kind": "person", "names": {"en": name}});
        assert_eq!(
            matched(&editor, named).await,
            (id(&source), "name".to_owned())
        );
    }
    for tag in ["az_Cyrl", "und", "xx-yyyyyyyyy", "en-x-desk", "az-cyrl-"] {
        let refused = json!({"kind": "person", "names": {tag: "A"}});
        let refused = editor.post("/v1/desk/sources", refused).await;
        refused.problem("invalid-field", 422);
    }
    let twice = r#"{"kind": "person", "names": {"az-Cyrl": "А", "AZ-cyrl": "Б"}}"#;
    let twice = editor
        .request("POST".parse().expect("a method"), "/v1/desk/sources")
        .header("content-type", "application/json")
        .body(twice);
    twice.await.problem("invalid-field", 422);
}
