//! Two sources that are one, and what follows from it everywhere.

use super::*;

async fn merge(client: &Client, from: &Answer, into: &Answer) -> Answer {
    let path = format!("{}/merge", desk(from));
    let merging = client.post(&path, json!({"into": id(into)}));
    merging.await.expect(200)
}

fn organisation(name: &str) -> Value {
    json!({"kind": "organisation", "names": {"en": name}})
}

#[actix_web::test]
async fn whoever_writes_to_what_was_merged_hears_of_the_survivor() {
    let app = TestApp::start().await;
    let editor = app.as_editor();
    let kept = made(&editor, person("Rashad Nabiyev")).await;
    let double = made(&editor, person("R. Nabiyev")).await;
    let first = made(&editor, person("Nabiyev")).await;
    merge(&editor, &first, &double).await;
    merge(&editor, &double, &kept).await;
    for merged in [&double, &first] {
        let path = desk(merged);
        let writes = [
            editor.patch(&path, json!({"aliases": []})).if_match("*"),
            editor.delete(&path).if_match("*"),
            editor
                .put(&format!("{path}/restoration"), json!({}))
                .if_match("*"),
            editor.post(&format!("{path}/merge"), json!({"into": id(&kept)})),
        ];
        for write in writes {
            let refused = write.await.problem("conflict", 409);
            assert_eq!(refused.header("location"), Some(desk(&kept).as_str()));
        }
    }
    let into_merged = editor.post(
        &format!("{}/merge", desk(&kept)),
        json!({"into": id(&double)}),
    );
    into_merged.await.problem("invalid-field", 422).at("/into");

    // A tool that still knows the old id quotes the survivor.
    publish_quote(&app, id(&first), None).await;
    let one = app.anonymous().get(&public(&kept)).await.expect(200);
    assert_eq!(one.json["counts"]["articles"], 1);
    assert_eq!(
        matched(&editor, json!({"id": id(&double)})).await.0,
        id(&kept)
    );
    let deleting = editor.delete(&desk(&kept)).if_match("*");
    deleting.await.problem("in-use", 409);
}

#[actix_web::test]
async fn a_revision_of_before_the_merge_comes_back_with_the_survivor() {
    let app = TestApp::start().await;
    let editor = app.as_editor();
    let kept = made(&editor, person("Rashad Nabiyev")).await;
    let double = made(&editor, person("R. Nabiyev")).await;
    let text = json!({"headline": "A bridge opens", "body_markdown": "It will open.",
        "quotes": [{"source": id(&double), "manner": "direct", "text": "It will open."}]});
    let article = app.posted_article(json!({"texts": {"en": text}})).await;
    let (article, texts) = (
        id_of(&article),
        format!("/v1/desk/articles/{}/texts/en", id_of(&article)),
    );
    let quotes = editor
        .get(&format!("/v1/desk/articles/{article}/quotes"))
        .await
        .expect(200);
    let quote = format!("/v1/desk/quotes/{}", id_of(&items_of(&quotes.json)[0]));
    editor.delete(&quote).if_match("\"1\"").await.expect(204);
    merge(&editor, &double, &kept).await;

    let restoration = format!("{texts}/revisions/1/restoration");
    let restored = editor
        .put(&restoration, json!({}))
        .if_match("\"2\"")
        .await
        .expect(200);
    assert_eq!(restored.json["quotes"][0]["source"], json!(id(&kept)));
    let deleting = editor.delete(&desk(&kept)).if_match("*");
    deleting.await.problem("in-use", 409);

    editor.delete(&quote).if_match("\"3\"").await.expect(204);
    editor.delete(&desk(&kept)).if_match("*").await.expect(204);
    for number in [1, 3] {
        let gone = format!("{texts}/revisions/{number}/restoration");
        let restoring = editor.put(&gone, json!({})).if_match("\"4\"");
        restoring.await.problem("wrong-state", 409);
    }
}

#[actix_web::test]
async fn positions_are_held_in_what_an_organisation_has_become() {
    let app = TestApp::start().await;
    let editor = app.as_editor();
    let old = made(&editor, organisation("Ministry of Communications")).await;
    let new = made(&editor, organisation("Ministry of Digital Development")).await;
    let mut minister = person("A Minister");
    minister["positions"] = json!([{"title": {"en": "Minister"}, "organisation": id(&old)}]);
    let minister = made(&editor, minister).await;
    publish_quote(&app, id(&minister), None).await;
    let read = async || app.anonymous().get(&public(&minister)).await.expect(200);
    let unknown = read().await;
    assert_eq!(unknown.json["positions"][0]["organisation"], Value::Null);
    let keys = |answer: &Answer| answer.header("surrogate-key").expect("keys").to_owned();
    assert!(
        keys(&unknown).split(' ').any(|key| key == "sources"),
        "{unknown}"
    );
    assert!(!keys(&unknown).contains(&id(&old).to_string()), "{unknown}");

    publish_quote(&app, id(&new), None).await;
    merge(&editor, &old, &new).await;
    let one = read().await;
    assert_eq!(
        one.json["positions"][0]["organisation"],
        json!({"id": id(&new), "name": "Ministry of Digital Development"})
    );
    assert!(
        keys(&one).contains(&format!("source:{}", id(&new))),
        "{one}"
    );
}

#[actix_web::test]
async fn a_survivor_with_very_many_names_can_still_be_changed() {
    let app = TestApp::start().await;
    let editor = app.as_editor();
    let named = |name: &str| {
        let aliases: Vec<String> = (0..50).map(|nth| format!("{name} {nth}")).collect();
        json!({"kind": "person", "names": {"en": name}, "aliases": aliases})
    };
    let kept = made(&editor, named("Rashad")).await;
    let double = made(&editor, named("Nabiyev")).await;
    let survivor = merge(&editor, &double, &kept).await;
    assert_eq!(survivor.json["aliases"].as_array().map(Vec::len), Some(101));
    let change = editor.patch(&desk(&kept), json!({"names": {"az": "Rəşad"}}));
    change.if_match(&survivor.etag()).await.expect(200);
    let wrong = editor.patch(&desk(&kept), json!({"aliases": vec!["B"; 51]}));
    wrong
        .if_match("*")
        .await
        .problem("invalid-field", 422)
        .at("/aliases");
}

#[actix_web::test]
async fn a_merge_names_all_that_readers_have_of_either() {
    let app = TestApp::start().await;
    let editor = app.as_editor();
    let [kept, double, first] = [
        made(&editor, person("Rashad Nabiyev")).await,
        made(&editor, person("R. Nabiyev")).await,
        made(&editor, person("Nabiyev")).await,
    ];
    let quote = publish_quote(&app, id(&first), None).await;
    merge(&editor, &first, &double).await;
    merge(&editor, &double, &kept).await;
    let changes = editor
        .get("/v1/desk/changes?limit=1000")
        .await
        .expect(200)
        .json;
    let last = items_of(&changes).last().expect("a change").clone();
    let touched = last["surrogate_keys"].as_array().expect("keys");
    let article = app
        .anonymous()
        .get(&format!("/v1/quotes/{quote}"))
        .await
        .expect(200)
        .json;
    let article = format!("article:{}", id_of(&article["article"]));
    let merged = [&first, &double, &kept].map(|source| format!("source:{}", id(source)));
    for key in merged.into_iter().chain([
        article,
        "articles:en".to_owned(),
        "sources".to_owned(),
        "quotes".to_owned(),
    ]) {
        assert!(touched.contains(&json!(key)), "{key} is not in {last}");
    }
}
