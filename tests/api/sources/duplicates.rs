//! Sources that may be one, proposed to those who may merge them.

use super::*;

/// Reasons, scores and the English names of the pairs, in their order.
async fn proposed(client: &Client) -> Vec<(String, i64, Vec<String>)> {
    let list = client.get("/v1/desk/sources/duplicates").await.expect(200);
    let names = |pair: &Value| {
        let sources = pair["sources"].as_array().expect("two sources").iter();
        let name = |source: &Value| source["names"]["en"].as_str().expect("a name").to_owned();
        sources.map(name).collect::<Vec<_>>()
    };
    let pair = |pair: &Value| {
        let reason = pair["reason"].as_str().expect("a reason").to_owned();
        (
            reason,
            pair["score"].as_i64().expect("a score"),
            names(pair),
        )
    };
    items_of(&list.json).iter().map(pair).collect()
}

fn named(names: &[(&str, &str)]) -> Value {
    let names: serde_json::Map<String, Value> = names
        .iter()
        .map(|(lang, name)| ((*lang).to_owned(), json!(name)))
        .collect();
    json!({"kind": "person", "names": names})
}

#[actix_web::test]
async fn what_shares_an_address_or_sounds_alike_is_proposed_the_likest_first() {
    let app = TestApp::start().await;
    let editor = app.as_editor();
    let mut first = named(&[("en", "First"), ("az", "Rəşad Nəbiyev")]);
    first["aliases"] = json!(["Nabiyev Rashad", "The Bridge Minister"]);
    first["same_as"] = json!(["https://www.wikidata.org/wiki/Q1"]);
    made(&editor, first).await;
    made(&editor, named(&[("en", "Second"), ("ru", "Рашад Набиев")])).await;
    let mut third = named(&[("en", "Third")]);
    third["same_as"] = json!(["https://www.wikidata.org/wiki/Q1"]);
    made(&editor, third).await;
    let mut fourth = named(&[("en", "Fourth")]);
    fourth["aliases"] = json!(["the bridge minister"]);
    made(&editor, fourth).await;
    made(&editor, named(&[("en", "Fifth"), ("az", "Reshad Nabiyev")])).await;
    // Of another kind, and of another name that has the same consonants.
    made(
        &editor,
        json!({"kind": "organisation", "names": {"en": "Rashad Nabiyev"}}),
    )
    .await;
    made(&editor, named(&[("en", "Eighth"), ("az", "Rüşdü Nəbiyev")])).await;

    let pairs = proposed(&editor).await;
    let pair = |one: &str, other: &str| vec![one.to_owned(), other.to_owned()];
    let of = |names: Vec<String>| pairs.iter().find(|(.., pair)| *pair == names);
    let reason = |names: Vec<String>| of(names).map(|(reason, score, _)| (reason.as_str(), *score));
    assert_eq!(reason(pair("First", "Third")), Some(("same_as", 100)));
    assert_eq!(reason(pair("First", "Fourth")), Some(("same_name", 100)));
    assert!(
        matches!(
            reason(pair("First", "Second")),
            Some(("other_script", 90..=99))
        ),
        "{pairs:?}"
    );
    assert!(
        matches!(reason(pair("First", "Fifth")), Some(("near_name", 80..=99))),
        "{pairs:?}"
    );
    assert!(
        matches!(
            reason(pair("Second", "Fifth")),
            Some(("other_script", 70..=99))
        ),
        "{pairs:?}"
    );
    assert_eq!(pairs.len(), 5, "{pairs:?}");
    assert!(
        pairs.is_sorted_by(|(_, one, _), (_, two, _)| one >= two),
        "{pairs:?}"
    );

    for client in [app.as_contributor(), app.as_moderator()] {
        client
            .get("/v1/desk/sources/duplicates")
            .await
            .problem("forbidden", 403);
    }
}

#[actix_web::test]
async fn a_pair_goes_with_its_reason() {
    let app = TestApp::start().await;
    let editor = app.as_editor();
    let kept = made(&editor, person("Rashad Nabiyev")).await;
    let double = made(&editor, person("Rashad Nabiev")).await;
    assert_eq!(proposed(&editor).await.len(), 1);

    let rename = async |name: &str| {
        let patch = editor.patch(&desk(&double), json!({"names": {"en": name}}));
        patch.if_match("*").await.expect(200)
    };
    rename("Somebody Else").await;
    assert!(proposed(&editor).await.is_empty());
    rename("Reshad Nabiyev").await;
    assert_eq!(proposed(&editor).await.len(), 1);

    editor
        .delete(&desk(&double))
        .if_match("*")
        .await
        .expect(204);
    assert!(proposed(&editor).await.is_empty());
    let restoration = format!("{}/restoration", desk(&double));
    editor
        .put(&restoration, json!({}))
        .if_match("*")
        .await
        .expect(200);
    assert_eq!(proposed(&editor).await.len(), 1);

    let merging = editor.post(
        &format!("{}/merge", desk(&double)),
        json!({"into": id(&kept)}),
    );
    merging.await.expect(200);
    assert!(proposed(&editor).await.is_empty());
    // The survivor goes by both names now.
    made(&editor, person("Reshad Nabiyev")).await;
    assert_eq!(proposed(&editor).await[0].0, "same_name");
}

#[actix_web::test]
async fn the_sources_of_a_story_are_compared_with_those_that_are_known_and_with_each_other() {
    let app = TestApp::start().await;
    let editor = app.as_editor();
    made(&editor, person("Elchin Hasanov")).await;
    let story = json!({"kind": "news", "sources": {
        "a": {"kind": "person", "names": {"en": "Elcin Hasanov"}},
        "b": {"kind": "person", "names": {"en": "Elchin Gasanov"}},
    }});
    editor.post("/v1/desk/articles", story).await.expect(201);
    let pairs = proposed(&editor).await;
    assert_eq!(pairs.len(), 3, "{pairs:?}");
}

#[actix_web::test]
async fn pairs_are_paged_and_cost_the_same_however_many_they_are() {
    let app = TestApp::start().await;
    let editor = app.as_editor();
    for nth in 0..3 {
        for name in ["Rashad Nabiyev", "Rashad Nabiev"] {
            let mut source = person(&format!("{name} {nth}"));
            // Every second one is confidential, which the log hears of.
            source["disclosure"] = json!(if name.contains("yev") {
                "on_record"
            } else {
                "anonymous"
            });
            made(&editor, source).await;
        }
    }
    let path = "/v1/desk/sources/duplicates?count=true";
    let cost = async |limit: usize| {
        let before = app.app.db.statements();
        let list = editor
            .get(&format!("{path}&limit={limit}"))
            .await
            .expect(200);
        assert_eq!(items_of(&list.json).len(), limit, "{list}");
        app.app.db.statements() - before
    };
    assert_eq!(cost(1).await, cost(3).await);

    let all = editor.get(path).await.expect(200);
    assert_eq!(all.json["total"], 3);
    let first = editor.get(&format!("{path}&limit=2")).await.expect(200);
    let next = first.json["page"]["next"].as_str().expect("a cursor");
    let second = editor
        .get(&format!("{path}&limit=2&cursor={next}"))
        .await
        .expect(200);
    let previous = second.json["page"]["prev"].as_str().expect("a cursor");
    let back = editor
        .get(&format!("{path}&limit=2&cursor={previous}"))
        .await
        .expect(200);
    let walked: Vec<&Value> = items_of(&first.json)
        .iter()
        .chain(items_of(&second.json))
        .collect();
    assert_eq!(walked, items_of(&all.json).iter().collect::<Vec<_>>());
    assert_eq!(back.json["items"], first.json["items"]);

    let changes = editor
        .get("/v1/desk/changes?limit=1000")
        .await
        .expect(200)
        .json;
    let last = items_of(&changes).last().expect("a change").clone();
    assert_eq!(last["action"], "identity_read");
    assert_eq!(last["detail"]["operation"], "list_duplicate_sources");
    assert_eq!(last["detail"]["sources"].as_array().map(Vec::len), Some(2));
}
