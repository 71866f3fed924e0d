//! What people type and paste never runs in anybody's browser: strings that are known to, through
//! every door, and every output judged by programs that did not write it.

mod doors;
mod judge;
mod links;
mod strings;

use std::collections::BTreeSet;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use crate::support::TestApp;
use crate::support::contract::{Operation, document, operations};
use doors::Told;

/// Reads everything that one story with its notice and review can be read as.
async fn read_all(app: &TestApp, told: &Told) {
    let (id, notice, quote) = (&told.article, &told.notice, &told.quote);
    let mut paths = vec![
        format!("/v1/pages/articles/en/{}?body=html", told.slugs["en"]),
        format!("/v1/notices/{notice}.jsonld?lang=en"),
        format!("/v1/quotes/{quote}.jsonld"),
        format!("/v1/quotes/{quote}.anno.jsonld"),
        "/feeds/news-line.en.rss".to_owned(),
        "/feeds/news-line.az.atom".to_owned(),
        "/feeds/news-line.ru.json".to_owned(),
    ];
    for lang in ["en", "az", "ru"] {
        paths.extend([
            format!(
                "/v1/articles/{id}?lang={lang}&body=html&include=quotes,sources,related,reviews"
            ),
            format!("/v1/articles/{id}?lang={lang}&body=markdown"),
            format!("/v1/articles/{id}.jsonld?lang={lang}"),
            format!("/v1/articles/{id}.ninjs?lang={lang}"),
            format!("/v1/notices/{notice}?lang={lang}"),
        ]);
    }
    for path in paths {
        let answer = app.anonymous().get(&path).await.expect(200);
        judge::answer(&answer, &path);
    }
}

/// Asks every GET of the document for what was told. Gives the media types of what came.
async fn walk(app: &TestApp, told: &Told) -> BTreeSet<String> {
    let mut media = BTreeSet::new();
    for operation in operations() {
        if operation.method != "GET" {
            continue;
        }
        let path = told.path(&operation.path) + &query_of(&operation);
        let client = match path.starts_with("/v1/desk") {
            true => app.as_admin(),
            false => app.anonymous(),
        };
        let answer = client.get(&path).await;
        judge::answer(&answer, &path);
        if answer.status == 200 {
            media.extend(answer.header("content-type").map(str::to_owned));
        }
    }
    media
}

/// What makes an answer say as much as it can.
fn query_of(operation: &Operation) -> String {
    let given = [
        ("lang", "en"),
        ("limit", "100"),
        ("body", "html"),
        ("from", "1"),
        ("to", "2"),
    ];
    let takes = |name: &str| {
        operation.parameters().any(|parameter| {
            let is_needed = parameter["required"] == true;
            // Only differences cannot do without a beginning and an end.
            let useful = is_needed || !matches!(name, "from" | "to");
            parameter["in"] == "query" && parameter["name"] == name && useful
        })
    };
    let taken = given.into_iter().filter(|(name, _)| takes(name));
    let pairs: Vec<String> = taken
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    match pairs.is_empty() {
        true => String::new(),
        false => format!("?{}", pairs.join("&")),
    }
}

/// The media types of all that can be read.
fn all_media() -> BTreeSet<String> {
    let document = document();
    let gets = document["paths"]
        .as_object()
        .expect("paths")
        .values()
        .map(|item| &item["get"]);
    let contents = gets.filter_map(|get| get["responses"]["200"]["content"].as_object());
    contents
        .flat_map(|content| content.keys().cloned())
        .collect()
}

/// Tells each of the strings, and reads whatever can be read after it.
async fn tell(strings: &[&str]) {
    let app = TestApp::with([
        ("NEWSLINE_LIMIT_REVIEWS", "off"),
        ("NEWSLINE_REVIEW_LINKS", "100"),
    ])
    .await;
    let mut last = None;
    for (nth, string) in strings.iter().enumerate() {
        doors::set_site(&app, string).await;
        let told = doors::tell(&app, string, nth).await;
        read_all(&app, &told).await;
        last = Some((told, string));
    }
    let (told, string) = last.expect("a story");
    let seen = walk(&app, &told).await;
    let missing: Vec<String> = all_media()
        .into_iter()
        .filter(|media| !seen.iter().any(|seen| seen.starts_with(media.as_str())))
        .collect();
    assert!(missing.is_empty(), "nothing was read as {missing:?}");
    doors::retract(&app, &told, string).await;
    let path = format!("/v1/articles/by-slug/en/{}", told.slugs["en"]);
    let gone = app.anonymous().get(&path).await.problem("gone", 410);
    judge::answer(&gone, &path);
}

macro_rules! told {
    ($($name:ident $strings:ident),+ $(,)?) => {
        $(#[actix_web::test]
        async fn $name() {
            tell(strings::$strings).await;
        })+

        const TOLD: &[&[&str]] = &[$(strings::$strings),+];
    };
}
told!(
    elements_that_run_are_words ELEMENTS,
    attributes_that_run_are_words HANDLERS,
    what_breaks_out_breaks_out_of_nothing BREAKING_OUT,
    what_parsers_move_about_stays_words MUTATIONS,
    markdown_that_becomes_markup_is_words MARKDOWN,
    characters_that_are_not_what_they_seem_are_words CHARACTERS,
    what_templates_would_run_is_words TEMPLATES,
);

#[actix_web::test]
async fn what_is_asked_is_told_back_as_words_alone() {
    let app = TestApp::start().await;
    for string in TOLD.iter().copied().flatten() {
        let coded = utf8_percent_encode(string, NON_ALPHANUMERIC).to_string();
        for path in [
            format!("/{coded}"),
            format!("/v1/articles/{coded}"),
            format!("/v1/articles?{coded}=1"),
            format!("/v1/articles?lang={coded}"),
            format!("/v1/articles?cursor={coded}"),
            format!("/v1/articles?fields={coded}"),
            format!("/v1/articles/by-slug/en/{coded}"),
            format!("/v1/lists/{coded}/items"),
            format!("/v1/resolve?url={coded}"),
            format!("/feeds/{coded}.en.rss"),
            format!("/problems/{coded}"),
            format!("/docs/{coded}"),
        ] {
            let answer = app.anonymous().get(&path).await;
            assert!(answer.status < 500, "{answer}");
            judge::answer(&answer, "");
        }
        for body in [
            json!({*string: 1}),
            json!({"name": {*string: 1}}),
            json!({"time_zone": string}),
        ] {
            let patching = app
                .as_admin()
                .patch("/v1/desk/site", body)
                .if_match("\"1\"");
            let answer = patching.await;
            assert_eq!(answer.status, 422, "{answer}");
            judge::answer(&answer, "");
        }
    }
}
