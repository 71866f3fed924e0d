//! Reports on what is published: who is quoted, how often, and on how many legs a story stands.

use serde_json::{Value, json};

use crate::support::{Client, TestApp, id_of, items_of};

const REPORT: &str = "/v1/desk/reports/sourcing";
const APRIL: &str = "from=2026-04-01&to=2026-04-30";

/// Publishes each text of a story on a day, as an import does.
async fn published_on(app: &TestApp, story: Value, day: &str) {
    let article = app.posted_article(story).await;
    let id = id_of(&article);
    for lang in article["texts"].as_object().expect("texts").keys() {
        let at = json!({"published_at": format!("{day}T09:00:00Z")});
        app.put_state(id, lang, "publication", at).await.expect(200);
    }
}

fn quote(source: &str, text: &str) -> Value {
    json!({"source": source, "manner": "direct", "text": text})
}

fn text(headline: &str, quotes: &[Value]) -> Value {
    let body: Vec<&str> = quotes
        .iter()
        .filter_map(|quote| quote["text"].as_str())
        .collect();
    json!({"headline": headline, "body_markdown": body.join("\n\n"), "quotes": quotes})
}

/// Three stories of April, one of May. Gives the ids of the minister, the witness and the wire.
async fn newsroom(app: &TestApp) -> [String; 3] {
    let editor = app.as_editor();
    let section = json!({"slug": "city", "names": {"en": "City"}});
    editor.post("/v1/desk/sections", section).await.expect(201);
    let mut ids = Vec::new();
    for source in [
        json!({"kind": "person", "names": {"az": "=Nazir", "en": "A Minister"}}),
        json!({"kind": "person", "names": {"en": "Qzxv Witness"}, "disclosure": "protected"}),
        json!({"kind": "organisation", "names": {"en": "Harbour, Wire"}}),
    ] {
        let made = editor.post("/v1/desk/sources", source).await.expect(201);
        ids.push(id_of(&made.json).to_owned());
    }
    let [minister, witness, wire] = [ids[0].clone(), ids[1].clone(), ids[2].clone()];
    let relayed = |text: &str| {
        let mut quote = quote(&minister, text);
        quote["key"] = json!("opening");
        quote["attribution"] = json!({"outlet": wire, "occasion": "interview"});
        quote
    };
    let bridge = json!({"section": "city", "texts": {
        "en": text("The bridge", &[relayed("It opens.")]),
        "az": text("Körpü", &[relayed("Açılır.")]),
    }});
    published_on(app, bridge, "2026-04-01").await;
    let resident = json!({"unnamed": "a resident", "manner": "direct", "text": "I saw it."});
    let tunnel = [
        quote(&minister, "It is deep."),
        quote(&witness, "It leaks."),
        resident,
    ];
    published_on(
        app,
        json!({"texts": {"en": text("The tunnel", &tunnel)}}),
        "2026-04-30",
    )
    .await;
    published_on(
        app,
        json!({"texts": {"en": text("No quotes", &[])}}),
        "2026-04-15",
    )
    .await;
    let later = json!({"texts": {"en": text("Later", &[quote(&minister, "Later.")])}});
    published_on(app, later, "2026-05-01").await;
    [minister, witness, wire]
}

async fn report(client: &Client, query: &str) -> Value {
    let asking = client.get(&format!("{REPORT}?{query}"));
    asking.await.expect(200).json
}

#[actix_web::test]
async fn a_statement_and_an_article_count_once_in_however_many_languages() {
    let app = TestApp::start().await;
    let [minister, witness, wire] = newsroom(&app).await;
    let april = report(&app.as_editor(), APRIL).await;
    assert_eq!(
        (
            &april["articles"],
            &april["quoting_articles"],
            &april["quotes"]
        ),
        (&json!(3), &json!(2), &json!(4))
    );
    assert_eq!(april["single_source"], json!({"articles": 1, "share": 0.5}));
    assert_eq!(
        april["unnamed"],
        json!({"quotes": 2, "articles": 1, "share": 0.5})
    );
    let by = |id: &str, name: &str, kind: &str, disclosure: &str, quotes: i64, articles: i64| json!({"id": id, "name": name, "kind": kind, "disclosure": disclosure, "quotes": quotes, "articles": articles});
    assert_eq!(
        april["sources"],
        json!([
            by(&minister, "=Nazir", "person", "on_record", 2, 2),
            by(&witness, "Qzxv Witness", "person", "protected", 1, 1),
        ])
    );
    assert_eq!(
        april["outlets"],
        json!([by(
            &wire,
            "Harbour, Wire",
            "organisation",
            "on_record",
            1,
            1
        )])
    );
    assert_eq!(
        april["kinds"],
        json!([{"kind": "person", "quotes": 3, "articles": 2}, {"kind": null, "quotes": 1, "articles": 1}])
    );
    assert_eq!(
        april["occasions"],
        json!([{"occasion": null, "quotes": 3, "articles": 1}, {"occasion": "interview", "quotes": 1, "articles": 1}])
    );
    assert_eq!(
        (&april["more_sources"], &april["more_outlets"]),
        (&json!(0), &json!(0))
    );
}

#[actix_web::test]
async fn a_report_is_about_a_period_and_a_section() {
    let app = TestApp::start().await;
    newsroom(&app).await;
    let editor = app.as_editor();
    let quotes = async |query: &str| report(&editor, query).await["quotes"].clone();
    for (query, expected) in [
        ("from=2026-04&to=2026-05", 5),
        ("from=2026&to=2026", 5),
        ("from=2026-04-01&to=2026-04-29", 1),
        ("from=2026-04-02&to=2026-04-30", 3),
        ("from=2026-04-01T09:00:00Z&to=2026-04-30T09:00:00Z", 1),
        ("from=2026-04-01T09:00:01Z&to=2026-04-30T09:00:01Z", 3),
        ("section=city&from=2026-04&to=2026-04", 1),
        ("", 0),
    ] {
        assert_eq!(quotes(query).await, expected, "{query}");
    }
    let city = report(&editor, "section=city&from=2026-04&to=2026-04").await;
    assert_eq!(
        (&city["articles"], &city["from"], &city["to"]),
        (
            &json!(1),
            &json!("2026-04-01T00:00:00Z"),
            &json!("2026-05-01T00:00:00Z")
        )
    );
    for (query, parameter) in [
        ("from=2026-05&to=2026-04", "to"),
        ("from=2025-01&to=2026-04", "from"),
        ("from=yesterday", "from"),
        ("section=sport", "section"),
        ("limit=3", "limit"),
    ] {
        let refused = editor.get(&format!("{REPORT}?{query}")).await.expect(400);
        refused.at(parameter);
    }
    // Days are those of the site.
    let baku = app
        .as_admin()
        .patch("/v1/desk/site", json!({"time_zone": "Asia/Baku"}));
    baku.if_match("*").await.expect(200);
    let april = report(&editor, "from=2026-04&to=2026-04").await;
    assert_eq!(april["from"], "2026-03-31T20:00:00Z");
}

#[actix_web::test]
async fn a_time_that_is_none_is_refused_and_not_left_out() {
    let app = TestApp::start().await;
    let patching = app
        .as_admin()
        .patch("/v1/desk/site", json!({"time_zone": "Asia/Baku"}));
    patching.if_match("*").await.expect(200);
    for (query, parameter) in [
        (format!("{REPORT}?to=9999"), "to"),
        (format!("{REPORT}?from=0001"), "from"),
        ("/v1/quotes?said_after=0001".to_owned(), "said_after"),
        (
            "/v1/quotes?said_before=0001-01-01".to_owned(),
            "said_before",
        ),
    ] {
        let refused = app.as_editor().get(&query).await;
        refused.problem("invalid-parameter", 400).at(parameter);
    }
}

#[actix_web::test]
async fn what_is_no_longer_published_is_in_no_report() {
    let app = TestApp::start().await;
    newsroom(&app).await;
    let editor = app.as_editor();
    let articles = editor
        .get("/v1/desk/articles?section=city")
        .await
        .expect(200)
        .json;
    let bridge = id_of(&items_of(&articles)[0]).to_owned();
    app.unpublish_text(&bridge, "az").await;
    assert_eq!(report(&editor, APRIL).await["quotes"], 4);
    app.unpublish_text(&bridge, "en").await;
    let april = report(&editor, APRIL).await;
    assert_eq!(
        (&april["quotes"], &april["articles"]),
        (&json!(3), &json!(2))
    );
    assert_eq!(april["single_source"], json!({"articles": 0, "share": 0.0}));
    let none = report(&editor, "from=2026-01&to=2026-01").await;
    assert_eq!(
        (&none["unnamed"]["share"], &none["sources"]),
        (&Value::Null, &json!([]))
    );
}

#[actix_web::test]
async fn the_table_opens_in_a_spreadsheet_and_runs_nothing() {
    let app = TestApp::start().await;
    let [minister, witness, wire] = newsroom(&app).await;
    let asking = app.as_editor().get(&format!("{REPORT}.csv?{APRIL}"));
    let answer = asking.await.expect(200);
    assert_eq!(
        answer.header("content-type"),
        Some("text/csv; charset=utf-8")
    );
    assert_eq!(
        answer.header("content-disposition"),
        Some("attachment; filename=\"sourcing-2026-04-01-2026-05-01.csv\"")
    );
    let text = answer.text();
    let text = text.strip_prefix('\u{feff}').expect("a byte order mark");
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    let columns = [
        "table",
        "id",
        "name",
        "kind",
        "disclosure",
        "quotes",
        "articles",
        "share",
    ];
    assert_eq!(
        rows.headers().expect("a header"),
        &csv::StringRecord::from(columns.to_vec())
    );
    let rows: Vec<Vec<String>> = rows
        .records()
        .map(|row| row.expect("a row").iter().map(str::to_owned).collect())
        .collect();
    let expected = [
        [
            "period",
            "",
            "2026-04-01T00:00:00Z/2026-05-01T00:00:00Z",
            "",
            "",
            "",
            "3",
            "",
        ],
        ["quoted", "", "", "", "", "4", "2", ""],
        ["single_source", "", "", "", "", "", "1", "0.5"],
        ["unnamed", "", "", "", "", "2", "1", "0.5"],
        [
            "source",
            &minister,
            "'=Nazir",
            "person",
            "on_record",
            "2",
            "2",
            "",
        ],
        [
            "source",
            &witness,
            "Qzxv Witness",
            "person",
            "protected",
            "1",
            "1",
            "",
        ],
        [
            "outlet",
            &wire,
            "Harbour, Wire",
            "organisation",
            "on_record",
            "1",
            "1",
            "",
        ],
        ["kind", "", "", "person", "", "3", "2", ""],
        ["kind", "", "", "", "", "1", "1", ""],
        ["occasion", "", "", "", "", "3", "1", ""],
        ["occasion", "", "interview", "", "", "1", "1", ""],
    ];
    assert_eq!(rows, expected.map(|row| row.map(str::to_owned).to_vec()));
}

#[actix_web::test]
async fn whose_identity_a_report_told_is_noted() {
    let app = TestApp::start().await;
    let [_, witness, _] = newsroom(&app).await;
    let editor = app.as_editor();
    let last = async || {
        let changes = editor
            .get("/v1/desk/changes?limit=1000")
            .await
            .expect(200)
            .json;
        items_of(&changes).last().expect("a change").clone()
    };
    for (path, operation) in [
        ("", "get_sourcing_report"),
        (".csv", "get_sourcing_report_csv"),
    ] {
        editor
            .get(&format!("{REPORT}{path}?{APRIL}"))
            .await
            .expect(200);
        let noted = last().await;
        assert_eq!(
            noted["detail"],
            json!({"operation": operation, "sources": [witness]})
        );
        assert_eq!(
            (&noted["action"], &noted["surrogate_keys"]),
            (&json!("identity_read"), &json!([]))
        );
    }
    let before = last().await;
    editor
        .get(&format!("{REPORT}?from=2026-05&to=2026-05"))
        .await
        .expect(200);
    assert_eq!(last().await["seq"], before["seq"]);
}

#[actix_web::test]
async fn a_report_costs_the_same_however_much_it_counts() {
    let app = TestApp::start().await;
    newsroom(&app).await;
    let editor = app.as_editor();
    let cost = async |query: &str| {
        let before = app.app.db.statements();
        report(&editor, query).await;
        app.app.db.statements() - before
    };
    let one = cost("from=2026-05&to=2026-05").await;
    assert_eq!(cost("from=2026-04-01&to=2026-04-29").await, one);
    assert!(one < 20, "{one}");
}
