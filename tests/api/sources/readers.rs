//! What readers come to know of sources.

use newsline::db::schema::{collations, published_names};

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
    let by_name = matched(&editor, person("NABIYEV")).await;
    assert_eq!(by_name, (id(&kept), "name".to_owned()));

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

/// Everything of a list in a language, page by page and back again.
async fn walked(app: &TestApp, query: &str) -> Vec<String> {
    let reader = app.anonymous();
    let path = format!("/v1/sources?{query}");
    let of = |page: &Value| -> Vec<String> {
        let items = page["items"].as_array().expect("items").iter();
        items
            .map(|item| item["name"].as_str().expect("a name").to_owned())
            .collect()
    };
    let mut pages = vec![reader.get(&path).await.expect(200).json];
    while let Some(next) = pages.last().expect("a page")["page"]["next"].as_str() {
        let next = format!("{path}&cursor={next}");
        pages.push(reader.get(&next).await.expect(200).json);
    }
    let back = pages.last().expect("a page")["page"]["prev"].as_str();
    if let Some(back) = back {
        let before = reader
            .get(&format!("{path}&cursor={back}"))
            .await
            .expect(200);
        assert_eq!(of(&before.json), of(&pages[pages.len() - 2]));
    }
    pages.iter().flat_map(of).collect()
}

#[actix_web::test]
async fn names_sort_as_in_a_dictionary_of_the_language_served() {
    let app = TestApp::start().await;
    for (az, ru) in [
        ("Xədicə", "Хадиджа"),
        ("Çingiz", "Чингиз"),
        ("İlham", "Ильхам"),
        ("Cavid", "Джавид"),
        ("Ilqar", "Ёлкин"),
        ("Həsən", "Гасан"),
        ("Əli", "Али"),
        ("Elçin", "Ельчин"),
    ] {
        let names = json!({"az": az, "ru": ru});
        let source = json!({"kind": "person", "names": names});
        let source = made(&app.as_editor(), source).await;
        publish_quote(&app, id(&source), None).await;
    }
    let paper = json!({"kind": "organisation", "names": {"az": "Fikir", "ru": "Мнение"}});
    let paper = made(&app.as_editor(), paper).await;
    publish_quote(&app, id(&paper), None).await;

    let az = [
        "Cavid", "Çingiz", "Elçin", "Əli", "Fikir", "Həsən", "Xədicə", "Ilqar", "İlham",
    ];
    let ru = [
        "Али",
        "Гасан",
        "Джавид",
        "Ёлкин",
        "Ельчин",
        "Ильхам",
        "Мнение",
        "Хадиджа",
        "Чингиз",
    ];
    assert_eq!(walked(&app, "lang=az&limit=2").await, az);
    assert_eq!(walked(&app, "lang=ru&limit=4").await, ru);
    let people = walked(&app, "lang=ru&limit=3&kind=person").await;
    assert!(!people.contains(&"Мнение".to_owned()) && people.len() == 8);
    assert_eq!(walked(&app, "lang=ru&kind=organisation").await, ["Мнение"]);

    let rename = app
        .as_editor()
        .patch(&desk(&paper), json!({"names": {"ru": "Ёж"}}));
    rename.if_match(&paper.etag()).await.expect(200);
    assert_eq!(walked(&app, "lang=ru").await[3..5], ["Ёж", "Ёлкин"]);
    assert_eq!(walked(&app, "lang=az").await, az);

    // A cursor holds for the order in which it was given.
    let reader = app.anonymous();
    let page = |lang: &str, rest: &str| {
        let asking = reader.get(&format!("/v1/sources?limit=2{rest}"));
        asking.header("accept-language", lang)
    };
    let first = page("az", "").await.expect(200).json;
    let next = first["page"]["next"].as_str().expect("a cursor");
    let next = format!("&cursor={next}");
    page("az", &next).await.expect(200);
    page("ru", &next).await.problem("invalid-cursor", 400);
}

#[actix_web::test]
async fn other_languages_of_the_site_bring_other_orders() {
    let app = TestApp::start().await;
    for names in [
        json!({"az": "Zərdab qəzeti", "en": "A Paper"}),
        json!({"az": "Axşam qəzeti", "en": "The Evening", "tr": "Bir Gazete"}),
    ] {
        let source = json!({"kind": "organisation", "names": names});
        let source = made(&app.as_editor(), source).await;
        publish_quote(&app, id(&source), None).await;
    }
    assert_eq!(walked(&app, "lang=en").await, ["A Paper", "The Evening"]);
    assert_eq!(
        walked(&app, "lang=az").await,
        ["Axşam qəzeti", "Zərdab qəzeti"]
    );
    assert!(walked(&app, "lang=tr").await.is_empty());
    let languages = async |languages: Value| {
        let etag = app.as_admin().get("/v1/desk/site").await.expect(200).etag();
        let patching = app
            .as_admin()
            .patch("/v1/desk/site", json!({"languages": languages}));
        patching.if_match(&etag).await.expect(200);
    };
    // What has no name in Turkish stands by the name that is shown instead.
    languages(json!(["en", "tr"])).await;
    assert_eq!(walked(&app, "lang=tr").await, ["A Paper", "Bir Gazete"]);
    languages(json!(["az", "tr"])).await;
    assert_eq!(
        walked(&app, "lang=tr").await,
        ["Bir Gazete", "Zərdab qəzeti"]
    );
}

#[actix_web::test]
async fn the_longest_names_can_be_paged() {
    let app = TestApp::start().await;
    for nth in 0..3 {
        // Each of these letters is sorted as eighteen.
        let name = format!("{}{nth}", "ﷺ".repeat(199));
        let source = made(&app.as_editor(), person(&name)).await;
        publish_quote(&app, id(&source), None).await;
    }
    assert_eq!(walked(&app, "lang=en&limit=1").await.len(), 3);
}

#[actix_web::test]
async fn names_are_sorted_anew_at_the_start_after_other_collation_data() {
    let app = TestApp::start().await;
    let source = made(&app.as_editor(), person("A Minister")).await;
    publish_quote(&app, id(&source), None).await;
    let db = &app.app.db;
    let cleared = db.write(|tx| {
        diesel::delete(published_names::table).execute(&mut **tx)?;
        diesel::update(collations::table)
            .set(collations::data.eq("CLDR 1"))
            .execute(&mut **tx)?;
        Ok::<_, Problem>(())
    });
    cleared.await.expect("the old data");
    assert!(walked(&app, "lang=en").await.is_empty());
    newsline::sorting::ensure(db).await.expect("the new data");
    assert_eq!(walked(&app, "lang=en").await, ["A Minister"]);
}
