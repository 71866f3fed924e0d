//! The table of choosing a language, through HTTP: for an item, a list, a notice, and the addresses in
//! which the path decides.

use serde_json::{Value, json};

use super::published_in;
use crate::support::{Answer, Client, TestApp, id_of};

/// what is asked about | asked | lang_fallback | status | served | match | vary on the language
///
/// The things are named by the languages in which they exist. `lang=…` is the parameter, `: …` the
/// header (`;;` between two lines of it), `-` neither. The site's chain is `az ru en`.
const TABLE: &str = "
    # an article: nothing asked
    article az ru en | -            | -     | 200 | az | default  | yes
    article ru en    | -            | -     | 200 | ru | default  | yes
    article en       | -            | none  | 200 | en | default  | yes
    article ru en    | -            | any   | 200 | ru | default  | yes

    # an article: by header
    article az ru en | : ru         | -     | 200 | ru | exact    | yes
    article az ru en | : RU         | -     | 200 | ru | exact    | yes
    article az ru en | : en, ru     | -     | 200 | en | exact    | yes
    article az ru en | : en;q=0.5, ru;q=0.8 | - | 200 | ru | exact | yes
    article az ru en | : ru;q=0.001 | -     | 200 | ru | exact    | yes
    article az ru en | : en-GB      | -     | 200 | en | range    | yes
    article az ru en | : az-AZ      | -     | 200 | az | range    | yes
    article az ru en | : az-Latn    | -     | 200 | az | range    | yes
    article az ru en | : az-Latn-AZ | -     | 200 | az | range    | yes
    article az ru en | : az-Cyrl    | -     | 200 | az | fallback | yes
    article ru en    | : az-Cyrl, en;q=0.3 | - | 200 | en | exact | yes
    article az ru en | : ru-RU, ru;q=0.9, en-US;q=0.8 | - | 200 | ru | range | yes
    article az ru en | : fr, de;q=0.9, en;q=0.1 | - | 200 | en | exact | yes
    article az ru en | : *          | -     | 200 | az | default  | yes
    article ru en    | : az, *;q=0.5 | -    | 200 | ru | default  | yes
    article az ru en | : az;q=0     | -     | 200 | ru | fallback | yes
    article az ru en | : az;q=0, *  | -     | 200 | ru | default  | yes
    article az ru en | : az;q=0, ru;q=0 | - | 200 | en | fallback | yes
    article az       | : az;q=0     | -     | 200 | az | fallback | yes
    article az ru en | : *;q=0      | -     | 200 | az | fallback | yes
    article en ru    | : az, *;q=0  | -     | 200 | ru | fallback | yes
    article ru en    | : az         | -     | 200 | ru | fallback | yes
    article ru en    | : az         | none  | 200 | ru | fallback | yes
    article ru en    | : fr         | none  | 200 | ru | fallback | yes
    article en       | : ru         | any   | 200 | en | fallback | yes
    article az ru en | : ru, ru, ru;q=0.1 | - | 200 | ru | exact  | yes
    article az ru en | : ru;q=0.1, ru | -   | 200 | ru | exact    | yes
    article az ru en | : en;;ru     | -     | 200 | en | exact    | yes
    article az ru en | : en;q=0.1;;ru | -   | 200 | ru | exact    | yes

    # an article: by what is no header
    article az ru en | : ???        | -     | 200 | az | default  | yes
    article az ru en | : ru;q=2     | -     | 200 | az | default  | yes
    article az ru en | : ru;q=      | -     | 200 | az | default  | yes
    article az ru en | : ,,;=       | none  | 200 | az | default  | yes
    article az ru en | : en_GB, ru  | -     | 200 | ru | exact    | yes
    article az ru en | : Əə, en     | -     | 200 | az | default  | yes

    # an article: by parameter
    article az ru en | lang=ru      | -     | 200 | ru | exact    | no
    article az ru en | lang=RU      | none  | 200 | ru | exact    | no
    article az ru en | lang=en-US   | none  | 200 | en | range    | no
    article az ru en | lang=az-Latn | none  | 200 | az | range    | no
    article az ru en | lang=az-AZ   | chain | 200 | az | range    | no
    article az ru en | lang=aze     | -     | 200 | az | exact    | no
    article az ru en | lang=fr,en,ru | -    | 200 | en | exact    | no
    article az ru    | lang=en,ru   | none  | 200 | ru | exact    | no
    article az ru en | lang=ru : en | -     | 200 | ru | exact    | no
    article az ru en | lang=ru : ru;q=0 | - | 200 | ru | exact    | no
    article ru en    | lang=az      | -     | 200 | ru | fallback | no
    article ru en    | lang=az      | chain | 200 | ru | fallback | no
    article ru en    | lang=az      | any   | 200 | ru | fallback | no
    article en       | lang=fr      | -     | 200 | en | fallback | no
    article az ru en | lang=az-Cyrl | -     | 200 | az | fallback | no
    article az ru en | lang=az-Cyrl | none  | 406 | -  | az en ru | no
    article ru en    | lang=az      | none  | 406 | -  | en ru    | no
    article ru en    | lang=az : ru | none  | 406 | -  | en ru    | no
    article en       | lang=fr,de   | none  | 406 | -  | en       | no
    article en       | lang=        | -     | 400 | -  | -        | no
    article en       | lang=e       | -     | 400 | -  | -        | no
    article en       | lang=en,     | -     | 400 | -  | -        | no
    article en       | lang=en_GB   | -     | 400 | -  | -        | no
    article en       | lang=en&lang=ru | -  | 400 | -  | -        | no
    article en       | lang=en      | maybe | 400 | -  | -        | no

    # a text that is retracted is none of those that exist
    article ru !en   | lang=en      | -     | 200 | ru | fallback | no
    article ru !en   | lang=en      | any   | 200 | ru | fallback | no
    article ru !en   | lang=en      | none  | 410 | en | -        | no
    article ru !en   | lang=az      | none  | 406 | -  | ru       | no
    article ru !en   | : en         | none  | 200 | ru | fallback | yes
    article !en !ru  | -            | -     | 410 | ru | -        | yes
    article !en !ru  | : en         | -     | 410 | en | -        | yes
    article !en !ru  | lang=az      | -     | 410 | ru | -        | no
    article !en !ru  | lang=az      | none  | 404 | -  | -        | no

    # a list has one language of the site for all its items
    list             | -            | -     | 200 | az | default  | yes
    list             | : ru         | -     | 200 | ru | exact    | yes
    list             | : en-GB, ru;q=0.5 | - | 200 | en | range   | yes
    list             | : fr         | -     | 200 | az | fallback | yes
    list             | : az;q=0     | none  | 200 | ru | fallback | yes
    list             | lang=ru      | -     | 200 | ru | exact    | no
    list             | lang=fr,en-US | -    | 200 | en | range    | no
    list             | lang=fr      | -     | 200 | -  | -        | no
    list             | lang=fr      | none  | 200 | -  | -        | no
    list             | lang=fr      | chain | 200 | az | fallback | no
    list             | lang=fr      | any   | 200 | az | fallback | no
    list             | lang=az-Cyrl | -     | 200 | -  | -        | no

    # a notice
    notice ru en     | -            | -     | 200 | ru | default  | yes
    notice ru en     | : en         | -     | 200 | en | exact    | yes
    notice ru en     | : az         | none  | 200 | ru | fallback | yes
    notice ru en     | lang=en-AU   | -     | 200 | en | range    | no
    notice ru en     | lang=az      | -     | 200 | ru | fallback | no
    notice ru en     | lang=az      | any   | 200 | ru | fallback | no
    notice ru en     | lang=az      | none  | 406 | -  | en ru    | no
    notice ru en     | lang=az,en   | none  | 200 | en | exact    | no
";

/// The table's things, made when they are first asked about.
struct Stock {
    app: TestApp,
    addresses: std::collections::BTreeMap<String, String>,
}

impl Stock {
    async fn address(&mut self, thing: &str) -> String {
        if let Some(known) = self.addresses.get(thing) {
            return known.clone();
        }
        let (kind, langs) = thing.split_once(' ').unwrap_or((thing, ""));
        let langs: Vec<&str> = langs.split_whitespace().collect();
        let made = match kind {
            "article" => format!("/v1/articles/{}", self.article(&langs).await),
            "notice" => format!("/v1/notices/{}", self.notice(&langs).await),
            _ => "/v1/articles".to_owned(),
        };
        self.addresses.insert(thing.to_owned(), made.clone());
        made
    }

    /// `!en` was published and is retracted.
    async fn article(&self, langs: &[&str]) -> String {
        let all: Vec<&str> = langs
            .iter()
            .map(|lang| lang.trim_start_matches('!'))
            .collect();
        let id = published_in(&self.app, &all).await;
        for lang in langs.iter().filter_map(|lang| lang.strip_prefix('!')) {
            let note = json!({"note": format!("Withdrawn {lang}.")});
            self.app
                .put_state(&id, lang, "retraction", note)
                .await
                .expect(200);
        }
        id
    }

    async fn notice(&self, langs: &[&str]) -> String {
        let texts: serde_json::Map<_, _> = langs
            .iter()
            .map(|lang| {
                (
                    (*lang).to_owned(),
                    json!({"headline": format!("Dear {lang}")}),
                )
            })
            .collect();
        let window = json!({"starts": "2020-01-01T00:00:00Z", "ends": null});
        let notice = json!({"kind": "civic", "window": window, "texts": texts});
        let editor = self.app.as_editor();
        let made = editor
            .post("/v1/desk/notices", notice)
            .await
            .expect(201)
            .json;
        for lang in langs {
            let path = format!("/v1/desk/notices/{}/texts/{lang}/publication", id_of(&made));
            editor
                .put(&path, json!({}))
                .if_match("\"1\"")
                .await
                .expect(200);
        }
        id_of(&made).to_owned()
    }
}

async fn ask(reader: &Client, address: &str, asked: &str, fallback: &str) -> Answer {
    let (query, header) = match asked.split_once(": ") {
        Some((query, header)) => (query.trim(), Some(header)),
        None => (asked.trim_start_matches('-'), None),
    };
    let mode = match fallback {
        "-" => String::new(),
        mode => format!("lang_fallback={mode}"),
    };
    let query: Vec<&str> = [query, &mode]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    let mut asking = reader.get(&format!("{address}?{}", query.join("&")));
    for line in header.into_iter().flat_map(|header| header.split(";;")) {
        asking = asking.header("accept-language", line);
    }
    asking.await
}

fn tags(list: &Value) -> String {
    let tags = list.as_array().into_iter().flatten();
    let tags: Vec<&str> = tags.filter_map(|one| one["lang"].as_str()).collect();
    tags.join(" ")
}

#[actix_web::test]
async fn each_row_of_the_table_holds_for_items_lists_and_notices() {
    let mut stock = Stock {
        app: TestApp::start().await,
        addresses: Default::default(),
    };
    let reader = stock.app.anonymous();
    let rows = TABLE.lines().map(str::trim);
    let mut count = 0;
    for row in rows.filter(|row| !row.is_empty() && !row.starts_with('#')) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [thing, asked, fallback, status, lang, how, vary] = cells[..] else {
            panic!("a row has seven cells: {row}")
        };
        let address = stock.address(thing).await;
        let answer = ask(&reader, &address, asked, fallback).await;
        assert_eq!(answer.status.to_string(), status, "{row}: {answer}");
        let varies = answer
            .header("vary")
            .is_some_and(|vary| vary.contains("Accept-Language"));
        assert_eq!(varies, vary == "yes", "{row}: {answer}");
        let said = (lang != "-").then_some(lang);
        assert_eq!(answer.header("content-language"), said, "{row}: {answer}");
        let served = &answer.json["served"];
        match answer.status {
            200 => {
                assert_eq!(served["lang"].as_str(), said, "{row}: {answer}");
                let told = served["match"].as_str().unwrap_or("-");
                assert_eq!(told, how, "{row}: {answer}");
            }
            406 => {
                let answer = answer.problem("language-not-available", 406);
                assert_eq!(tags(&answer.json["alternates"]), how, "{row}");
                let kept = answer.header("cache-control");
                assert_eq!(kept, Some("public, max-age=15"), "{row}");
            }
            410 => {
                let answer = answer.problem("gone", 410);
                assert_eq!(answer.json["detail"], format!("Withdrawn {lang}."), "{row}");
            }
            _ => {}
        }
        count += 1;
    }
    assert!(count >= 80, "{count} rows");
}

#[actix_web::test]
async fn headers_beyond_all_measure_are_named_and_long_ones_read() {
    let app = TestApp::start().await;
    let id = published_in(&app, &["ru", "en"]).await;
    let reader = app.anonymous();
    let address = format!("/v1/articles/{id}");
    let long = vec!["fr;q=0.9"; 100].join(", ");
    let answer = reader.get(&address).header("accept-language", &long).await;
    assert_eq!(answer.expect(200).json["served"]["match"], "fallback");
    let huge = vec!["ru"; 5_000].join(", ");
    let answer = reader.get(&address).header("accept-language", &huge).await;
    answer.problem("invalid-header", 400);
    // Only the first ranges are looked at, so that no header is costly.
    let late = format!("{}, en", vec!["fr"; 40].join(", "));
    let answer = reader.get(&address).header("accept-language", &late).await;
    assert_eq!(answer.expect(200).json["served"]["lang"], "ru");
}

#[actix_web::test]
async fn what_was_asked_for_is_told_in_languages_of_the_site_only() {
    let app = TestApp::start().await;
    let id = published_in(&app, &["ru", "en"]).await;
    let address = format!("/v1/articles/{id}");
    let header = "tr, fr-CA;q=0.9, RU-ru;q=0.8, zz-ZZ;q=0.7, aze;q=0.2";
    let answer = app
        .anonymous()
        .get(&address)
        .header("accept-language", header)
        .await;
    let answer = answer.expect(200);
    assert_eq!(answer.json["served"]["requested"], json!(["ru", "az"]));
    let others = "de, ru;q=0.8, az;q=0.2, sv;q=0.1";
    let other = app
        .anonymous()
        .get(&address)
        .header("accept-language", others)
        .await;
    assert_eq!(other.json["served"]["match"], "exact");
}

#[actix_web::test]
async fn each_item_links_to_its_other_languages() {
    let app = TestApp::start().await;
    let patterns = json!({"article_url": "https://example.az/{lang}/{slug}", "notice_url": "https://example.az/{lang}/n/{id}"});
    let changing = app.as_admin().patch("/v1/desk/site", patterns);
    changing.if_match("\"1\"").await.expect(200);
    let stock = Stock {
        app,
        addresses: Default::default(),
    };
    let article = stock.article(&["ru", "en"]).await;
    let notice = stock.notice(&["ru", "en"]).await;
    for (address, ru) in [
        (
            format!("/v1/articles/{article}"),
            "https://example.az/ru/rain-ru".to_owned(),
        ),
        (
            "/v1/articles/by-slug/en/rain-en".to_owned(),
            "https://example.az/ru/rain-ru".to_owned(),
        ),
        (
            "/v1/pages/articles/en/rain-en".to_owned(),
            "https://example.az/ru/rain-ru".to_owned(),
        ),
        (
            format!("/v1/notices/{notice}"),
            format!("https://example.az/ru/n/{notice}"),
        ),
    ] {
        let answer = stock.app.anonymous().get(&address).await.expect(200);
        let links: Vec<&str> = answer
            .headers
            .get_all("link")
            .iter()
            .filter_map(|link| link.to_str().ok())
            .filter(|link| link.contains("hreflang"))
            .collect();
        let wanted = format!("<{ru}>; rel=\"alternate\"; hreflang=\"ru\"");
        assert!(links.contains(&wanted.as_str()), "{address}: {links:?}");
        assert_eq!(links.len(), 2, "{address}: {links:?}");
    }
}
