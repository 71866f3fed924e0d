//! Who is quoted: at the desk, by name, merged, and withheld from readers.

use diesel::prelude::*;
use newsline::db::schema::{
    articles, published_articles, published_quotes, published_sources, published_terms,
    published_texts, quotes,
};
use newsline::db::{AnyId, DbConn, Id, Json};
use newsline::http::problem::Problem;
use newsline::sources::matching::{self, MatchedBy, NewSource};
use newsline::sources::{SourceId, projection};
use serde_json::{Value, json};

use crate::support::{Answer, Client, TestApp};

fn person(name: &str) -> Value {
    json!({"kind": "person", "names": {"en": name}})
}

async fn made(client: &Client, source: Value) -> Answer {
    client.post("/v1/desk/sources", source).await.expect(201)
}

fn id(answer: &Answer) -> SourceId {
    answer.json["id"]
        .as_str()
        .expect("an id")
        .parse()
        .expect("a UUID")
}

fn desk(answer: &Answer) -> String {
    format!("/v1/desk/sources/{}", id(answer))
}

fn public(answer: &Answer) -> String {
    format!("/v1/sources/{}", id(answer))
}

fn names(answer: &Answer) -> Vec<&str> {
    let items = answer.json["items"].as_array().expect("items");
    items
        .iter()
        .map(|item| item["names"]["en"].as_str().expect("a name"))
        .collect()
}

/// Writes an article with one quote, at the desk and for readers, past the API.
async fn publish_quote(app: &TestApp, source: SourceId, outlet: Option<SourceId>) -> AnyId {
    let author = app.people.editor.user.id;
    let quote = AnyId::new();
    app.app
        .db
        .write(move |tx| {
            let now = tx.now();
            insert_article(tx, author, now)?;
            let article: AnyId = articles::table
                .select(articles::id)
                .order(articles::id.desc())
                .first(&mut **tx)?;
            insert_quote(tx, quote, article, source, outlet, now)?;
            let both: Vec<SourceId> = [Some(source), outlet].into_iter().flatten().collect();
            Ok::<_, Problem>(projection::project(tx, &both)?)
        })
        .await
        .expect("a published quote");
    quote
}

fn insert_article(
    conn: &mut DbConn,
    author: newsline::auth::UserId,
    now: newsline::db::Instant,
) -> QueryResult<()> {
    let none = || Json(json!([]));
    let id = AnyId::new();
    diesel::insert_into(articles::table)
        .values((
            articles::id.eq(id),
            articles::kind.eq("news"),
            articles::authors.eq(none()),
            articles::related.eq(none()),
            articles::review_policy.eq("closed"),
            articles::version.eq(1_i64),
            articles::created_by.eq(author),
            articles::created_at.eq(now),
            articles::updated_at.eq(now),
        ))
        .execute(conn)?;
    diesel::insert_into(published_articles::table)
        .values((
            published_articles::id.eq(id),
            published_articles::kind.eq("news"),
            published_articles::topic_ids.eq(none()),
            published_articles::authors.eq(none()),
            published_articles::related.eq(none()),
            published_articles::review_policy.eq("closed"),
            published_articles::first_published_at.eq(now),
        ))
        .execute(conn)?;
    diesel::insert_into(published_texts::table)
        .values((
            (
                published_texts::article_id.eq(id),
                published_texts::lang.eq("en"),
                published_texts::kind.eq("news"),
                published_texts::slug.eq(id.to_string()),
                published_texts::headline.eq("A bridge opens"),
                published_texts::body.eq(none()),
                published_texts::quotes.eq(none()),
                published_texts::quote_count.eq(1),
                published_texts::corrections.eq(none()),
            ),
            published_texts::revision.eq(1),
            published_texts::word_count.eq(3),
            published_texts::reading_minutes.eq(1),
            published_texts::first_published_at.eq(now),
            published_texts::published_at.eq(now),
            published_texts::updated_at.eq(now),
        ))
        .execute(conn)
        .map(drop)
}

fn insert_quote(
    conn: &mut DbConn,
    id: AnyId,
    article: AnyId,
    source: SourceId,
    outlet: Option<SourceId>,
    now: newsline::db::Instant,
) -> QueryResult<()> {
    diesel::insert_into(quotes::table)
        .values((
            (
                quotes::id.eq(id),
                quotes::article_id.eq(article),
                quotes::lang.eq("en"),
                quotes::position.eq(0),
                quotes::source_id.eq(source),
                quotes::manner.eq("direct"),
                quotes::text.eq("It will open."),
                quotes::stated_name.eq("the minister"),
                quotes::outlet_id.eq(outlet),
            ),
            quotes::evidence_url.eq("https://example.az/evidence"),
            quotes::anchor_state.eq("anchored"),
            quotes::segments.eq(Json(json!([]))),
            quotes::verification.eq("unverified"),
            quotes::created_at.eq(now),
        ))
        .execute(conn)?;
    diesel::insert_into(published_quotes::table)
        .values((
            (
                published_quotes::id.eq(id),
                published_quotes::article_id.eq(article),
                published_quotes::lang.eq("en"),
                published_quotes::position.eq(0),
                published_quotes::source_id.eq(source),
                published_quotes::manner.eq("direct"),
                published_quotes::text.eq("It will open."),
                published_quotes::stated_name.eq("the minister"),
                published_quotes::outlet_id.eq(outlet),
            ),
            published_quotes::evidence_url.eq("https://example.az/evidence"),
            published_quotes::anchor_state.eq("anchored"),
            published_quotes::segments.eq(Json(json!([]))),
            published_quotes::verification.eq("unverified"),
            published_quotes::sorted_at.eq(now),
            published_quotes::published_at.eq(now),
        ))
        .execute(conn)
        .map(drop)
}

type Credit = (
    Option<SourceId>,
    Option<String>,
    Option<String>,
    Option<String>,
);

/// What readers have of a quote: source, description, name and evidence.
async fn credit(app: &TestApp, quote: AnyId) -> Credit {
    app.app
        .db
        .read(move |conn| {
            let row = published_quotes::table.find(quote).select((
                published_quotes::source_id,
                published_quotes::unnamed,
                published_quotes::stated_name,
                published_quotes::evidence_url,
            ));
            Ok::<_, Problem>(row.first(conn)?)
        })
        .await
        .expect("a published quote")
}

async fn terms(app: &TestApp, source: SourceId) -> i64 {
    app.app
        .db
        .read(move |conn| {
            let terms = published_terms::table.filter(published_terms::term.eq(source));
            Ok::<_, Problem>(terms.count().get_result(conn)?)
        })
        .await
        .expect("a number")
}

async fn published_rows(app: &TestApp) -> i64 {
    app.app
        .db
        .read(|conn| Ok::<_, Problem>(published_sources::table.count().get_result(conn)?))
        .await
        .expect("a number")
}

async fn matched(app: &TestApp, by: newsline::auth::Role, source: Value) -> (SourceId, MatchedBy) {
    let person = app.people.with_role(by);
    let staff = newsline::auth::Staff {
        id: person.user.id,
        role: by,
        sign_in: person.sign_in,
    };
    let new: NewSource = serde_json::from_value(source).expect("a source");
    let found = app
        .app
        .db
        .write(move |tx| matching::find_or_make(tx, &new, &staff))
        .await
        .expect("a source");
    (found.source.id, found.how)
}

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
    let edit = contributor.patch(&desk(&own), json!({"aliases": ["B"]}));
    edit.if_match("*").await.expect(200);
    publish_quote(&app, id(&own), None).await;
    let edit = contributor.patch(&desk(&own), json!({"disclosure": "on_record"}));
    edit.if_match("*").await.problem("forbidden", 403);
}

#[actix_web::test]
async fn a_story_finds_the_source_it_means_but_never_one_that_its_author_may_not_know_of() {
    use newsline::auth::Role::{Contributor, Editor};
    let app = TestApp::start().await;
    let editor = app.as_editor();
    let mut known =
        json!({"kind": "person", "names": {"az": "Rəşad Nəbiyev"}, "aliases": ["R. Nəbiyev"]});
    known["same_as"] = json!(["https://www.wikidata.org/wiki/Q1"]);
    let known = id(&made(&editor, known).await);
    let mut secret = person("A Witness");
    secret["disclosure"] = json!("protected");
    let secret_id = id(&made(&editor, secret.clone()).await);

    let by_name = json!({"kind": "person", "names": {"en": "r. nəbiyev"}});
    assert_eq!(
        matched(&app, Contributor, by_name).await,
        (known, MatchedBy::Name)
    );
    let mut by_address = person("Someone Else");
    by_address["same_as"] = json!(["https://www.wikidata.org/wiki/Q1"]);
    assert_eq!(
        matched(&app, Contributor, by_address).await,
        (known, MatchedBy::SameAs)
    );
    let other_kind = json!({"kind": "organisation", "names": {"az": "Rəşad Nəbiyev"}});
    assert_eq!(matched(&app, Editor, other_kind).await.1, MatchedBy::Made);

    assert_eq!(
        matched(&app, Editor, person("A Witness")).await,
        (secret_id, MatchedBy::Name)
    );
    let (made, how) = matched(&app, Contributor, person("A Witness")).await;
    assert_eq!((made == secret_id, how), (false, MatchedBy::Made));
    let mut confidential = json!({"kind": "person", "names": {"az": "Rəşad Nəbiyev"}});
    confidential["disclosure"] = json!("anonymous");
    assert_eq!(matched(&app, Editor, confidential).await.1, MatchedBy::Made);
}

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
        json!({"quotes": 1, "as_outlet": 0, "articles": 1})
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
