//! What readers come to know of sources.

use super::*;

#[actix_web::test]
async fn readers_know_a_source_while_it_is_on_record_and_quoted() {
    let app = TestApp::start().await;
    let (editor, reader) = (app.as_editor(), app.anonymous());
    let turan = made(
        &editor,
        json!({"kind": "organisation", "names": {"en": "Turan"}}),
    )
    .await;
    let minister = made(
        &editor,
        json!({
            "kind": "person",
            "names": {"en": "A Minister", "az": "Bir nazir"},
            "positions": [{"title": {"en": "Minister", "az": "Nazir"}, "organisation": id(&turan)}],
        }),
    )
    .await;
    reader
        .get(&public(&minister))
        .await
        .problem("not-found", 404);
    publish_quote(&app, id(&minister), Some(id(&turan))).await;

    let listed = reader
        .get("/v1/sources?lang=az&count=true")
        .await
        .expect(200);
    assert_eq!(listed.json["served"]["lang"], "az");
    assert_eq!(listed.json["items"][0]["name"], "Bir nazir");
    assert_eq!(listed.json["items"][1]["name"], "Turan");
    assert_eq!(listed.json["total"], 2);
    let page = reader.get("/v1/sources?lang=az&limit=1").await.expect(200);
    let next = page.json["page"]["next"].as_str().expect("a cursor");
    let page = reader
        .get(&format!("/v1/sources?lang=az&limit=1&cursor={next}"))
        .await
        .expect(200);
    assert_eq!(page.json["items"][0]["name"], "Turan");
    let organisations = reader
        .get("/v1/sources?kind=organisation&fields=name")
        .await
        .expect(200);
    assert_eq!(organisations.json["items"], json!([{"name": "Turan"}]));
    let none = reader.get("/v1/sources?lang=fr").await.expect(200);
    assert_eq!(
        (&none.json["items"], &none.json["served"]),
        (&json!([]), &Value::Null)
    );

    let one = reader
        .get(&public(&minister))
        .header("accept-language", "az")
        .await
        .expect(200);
    assert_eq!(one.header("content-language"), Some("az"));
    assert_eq!(one.json["name"], "Bir nazir");
    assert_eq!(one.json["positions"][0]["title"], "Nazir");
    assert_eq!(one.json["positions"][0]["organisation"]["name"], "Turan");
    assert_eq!(
        one.json["counts"],
        json!({"quotes": 1, "statements": 1, "as_outlet": 0, "articles": 1})
    );
    assert_eq!(one.json["said"]["first"], Value::Null);
    assert!(one.json["published"]["first"].is_string());
    reader
        .get(&format!("{}?lang=fr&lang_fallback=none", public(&minister)))
        .await
        .problem("language-not-available", 406);

    let rename = editor.patch(&desk(&minister), json!({"names": {"az": "Nazir"}}));
    rename.if_match(&minister.etag()).await.expect(200);
    let one = reader
        .get(&format!("{}?lang=az", public(&minister)))
        .await
        .expect(200);
    assert_eq!(one.json["name"], "Nazir");
    editor
        .delete(&desk(&minister))
        .if_match("*")
        .await
        .problem("in-use", 409);
}

#[actix_web::test]
async fn taking_a_source_off_the_record_withholds_it_at_once_and_putting_it_on_names_it_again() {
    let app = TestApp::start().await;
    let (editor, reader) = (app.as_editor(), app.anonymous());
    let turan = made(
        &editor,
        json!({"kind": "organisation", "names": {"en": "Turan"}}),
    )
    .await;
    let witness = made(&editor, person("A Witness")).await;
    let quote = publish_quote(&app, id(&witness), Some(id(&turan))).await;
    let named = credit(&app, quote).await;
    let set = |source: &Answer, disclosure: &str| {
        let patch = editor.patch(&desk(source), json!({"disclosure": disclosure}));
        patch.if_match("*")
    };

    set(&witness, "anonymous").await.expect(200);
    assert_eq!(
        credit(&app, quote).await,
        (None, Some("a source".to_owned()), None, None)
    );
    reader
        .get(&public(&witness))
        .await
        .problem("not-found", 404);
    let listed = reader.get("/v1/sources").await.expect(200);
    assert_eq!(names(&listed), ["Turan"]);
    assert_eq!(terms(&app, id(&witness)).await, 0);

    set(&turan, "protected").await.expect(200);
    set(&witness, "on_record").await.expect(200);
    let (source, unnamed, name, evidence) = credit(&app, quote).await;
    assert_eq!((source, unnamed, name), (named.0, None, named.2.clone()));
    assert_eq!(
        evidence, None,
        "it leads to the outlet, which is still withheld"
    );
    assert_eq!(published_rows(&app).await, 1);

    set(&turan, "on_record").await.expect(200);
    assert_eq!(credit(&app, quote).await, named);
    assert_eq!(
        (
            terms(&app, id(&witness)).await,
            terms(&app, id(&turan)).await
        ),
        (1, 1)
    );
    reader.get(&public(&turan)).await.expect(200);
}

#[actix_web::test]
async fn a_merged_source_gives_everything_to_its_survivor() {
    let app = TestApp::start().await;
    let (editor, reader) = (app.as_editor(), app.anonymous());
    let kept = made(&editor, person("Rashad Nabiyev")).await;
    let mut double =
        json!({"kind": "person", "names": {"en": "R. Nabiyev", "az": "Rəşad Nəbiyev"}});
    double["same_as"] = json!(["https://www.wikidata.org/wiki/Q1"]);
    let double = made(&editor, double).await;
    let third = made(&editor, person("Nabiyev")).await;
    let quote = publish_quote(&app, id(&double), None).await;
    let merge = |from: &Answer, into: &Answer| {
        editor.post(&format!("{}/merge", desk(from)), json!({"into": id(into)}))
    };

    merge(&third, &double).await.expect(200);
    let survivor = merge(&double, &kept).await.expect(200);
    assert_eq!(survivor.json["id"], kept.json["id"]);
    assert_eq!(
        survivor.json["names"],
        json!({"en": "Rashad Nabiyev", "az": "Rəşad Nəbiyev"})
    );
    assert_eq!(survivor.json["aliases"], json!(["R. Nabiyev", "Nabiyev"]));
    assert_eq!(
        survivor.json["same_as"],
        json!(["https://www.wikidata.org/wiki/Q1"])
    );
    assert_eq!(credit(&app, quote).await.0, Some(id(&kept)));
    assert_eq!(
        (terms(&app, id(&kept)).await, terms(&app, id(&double)).await),
        (1, 0)
    );

    for merged in [&double, &third] {
        let moved = reader
            .get(&format!("{}?lang=en", public(merged)))
            .await
            .expect(301);
        assert_eq!(
            moved.header("location"),
            Some(format!("{}?lang=en", public(&kept)).as_str())
        );
    }
    let of = |source: SourceId| format!("/v1/quotes?source={source}");
    let by_old = reader.get(&of(id(&double))).await.expect(200);
    let by_new = reader.get(&of(id(&kept))).await.expect(200);
    assert_eq!(by_old.json["items"], by_new.json["items"]);
    assert_eq!(by_old.json["page"]["size"], 1);
    assert_eq!(
        names(&reader.get("/v1/sources").await.expect(200)),
        ["Rashad Nabiyev"]
    );
    assert_eq!(
        names(&editor.get("/v1/desk/sources").await.expect(200)),
        ["Rashad Nabiyev"]
    );
    assert_eq!(
        editor.get(&desk(&double)).await.expect(200).json["merged_into"],
        kept.json["id"]
    );
    let edit = editor
        .patch(&desk(&double), json!({}))
        .if_match("*")
        .await
        .problem("conflict", 409);
    assert!(
        edit.json["detail"]
            .as_str()
            .expect("words")
            .contains(&id(&kept).to_string())
    );
    merge(&double, &kept).await.problem("conflict", 409);
    let by_name = matched(&app, newsline::auth::Role::Editor, person("NABIYEV")).await;
    assert_eq!(by_name, (id(&kept), MatchedBy::Name));

    let hide = editor.patch(&desk(&kept), json!({"disclosure": "protected"}));
    hide.if_match("*").await.expect(200);
    assert_eq!(published_rows(&app).await, 0);
    reader.get(&public(&double)).await.problem("not-found", 404);
    let contributor = app.as_contributor().get(&desk(&double)).await;
    contributor.problem("not-found", 404);
}

#[actix_web::test]
async fn no_merge_names_or_hides_anybody_by_the_way() {
    let app = TestApp::start().await;
    let editor = app.as_editor();
    let open = made(&editor, person("A Minister")).await;
    let mut secret = person("A Witness");
    secret["disclosure"] = json!("protected");
    let secret = made(&editor, secret).await;
    let firm = made(
        &editor,
        json!({"kind": "organisation", "names": {"en": "A Firm"}}),
    )
    .await;
    let merge = |from: &Answer, into: SourceId| {
        editor.post(&format!("{}/merge", desk(from)), json!({"into": into}))
    };
    merge(&secret, id(&open)).await.problem("conflict", 409);
    merge(&open, id(&secret)).await.problem("conflict", 409);
    merge(&firm, id(&open))
        .await
        .problem("invalid-field", 422)
        .at("/into");
    merge(&open, Id::new())
        .await
        .problem("invalid-field", 422)
        .at("/into");
    let contributor = app.as_contributor();
    let refused = contributor.post(
        &format!("{}/merge", desk(&open)),
        json!({"into": id(&firm)}),
    );
    refused.await.problem("forbidden", 403);
}

#[actix_web::test]
async fn the_first_language_of_the_site_gives_sources_their_order() {
    let app = TestApp::start().await;
    for names in [
        json!({"az": "Zərdab qəzeti", "en": "A Paper"}),
        json!({"az": "Axşam qəzeti", "en": "The Evening"}),
    ] {
        let source = json!({"kind": "organisation", "names": names});
        let source = made(&app.as_editor(), source).await;
        publish_quote(&app, id(&source), None).await;
    }
    let order = async || {
        let list = app.anonymous().get("/v1/sources?lang=en").await.expect(200);
        let name = |nth: usize| list.json["items"][nth]["name"].clone();
        [name(0), name(1)]
    };
    assert_eq!(order().await, ["The Evening", "A Paper"]);

    let patch = json!({"languages": ["en", "az", "ru"]});
    let patching = app.as_admin().patch("/v1/desk/site", patch);
    patching.if_match("\"1\"").await.expect(200);

    assert_eq!(order().await, ["A Paper", "The Evening"]);
}
