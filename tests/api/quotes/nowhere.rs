//! A walk over every readers' route of the OpenAPI document, with somebody confidential in the
//! database: nothing of who it is stands anywhere, in no language, form, filter or header. New
//! routes, parameters and forms are walked by themselves, because the document names them.

use serde_json::{Value, json};

use crate::support::contract::{self, Operation};
use crate::support::{Answer, TestApp, id_of, items_of};

/// Words of the names, addresses and descriptions of the hidden, as they would be told.
const WORDS: [&str; 12] = [
    "gizlinov",
    "гизлинов",
    "ҝизлинов",
    "گیزلینوف",
    "sirdaş",
    "q99887766",
    "lent-5566778",
    "zirzəmi",
    "anbardar",
    "sirrlər evi",
    "pıçıltı",
    "q55443322",
];

/// An article in three languages that quotes a person through an outlet.
struct Scene {
    app: TestApp,
    article: String,
    person: String,
    outlet: String,
    quotes: Vec<String>,
}

async fn posted(app: &TestApp, path: &str, json: Value) -> String {
    let posting = app.as_editor().post(path, json);
    id_of(&posting.await.expect(201).json).to_owned()
}

fn text(lang: &str, said: &str, person: &str, outlet: &str) -> Value {
    json!({"headline": format!("Words from within {lang}"), "body_markdown": format!("{said}\n\nMore follows."),
        "quotes": [{"source": person, "unnamed": format!("somebody {lang}"), "manner": "direct", "text": said, "key": "one",
            "original": {"lang": "az", "text": "Bilirdik."},
            "attribution": {"stated_name": "G. Gizlinov", "stated_role": "an official", "occasion": "interview",
                "outlet": outlet, "programme": "Pıçıltı", "said_at": "2026-04-17", "evidence_url": "https://example.az/lent-5566778"}}]})
}

impl Scene {
    async fn published(disclosure: &str) -> Self {
        let app = TestApp::start().await;
        let site = json!({"article_url": "https://example.az/{lang}/{slug}", "home_url": "https://example.az/{lang}"});
        let site = app.as_admin().patch("/v1/desk/site", site);
        site.if_match("*").await.expect(200);
        for kind in ["sections", "topics"] {
            let term = json!({"slug": "city", "names": {"en": "City"}});
            posted(&app, &format!("/v1/desk/{kind}"), term).await;
        }
        let outlet = json!({"kind": "organisation", "names": {"az": "Sirrlər evi", "en": "Sirrlər evi"},
            "same_as": ["https://www.wikidata.org/wiki/Q55443322"], "disclosure": disclosure});
        let outlet = posted(&app, "/v1/desk/sources", outlet).await;
        let person = json!({"kind": "person", "disclosure": disclosure, "aliases": ["Sirdaş"],
            "names": {"az": "Gizlin Gizlinov", "ru": "Гизлин Гизлинов", "az-Cyrl": "Ҝизлин Ҝизлинов", "az-Arab": "گیزلین گیزلینوف"},
            "description": {"az": "Zirzəmidə işləyir."}, "same_as": ["https://www.wikidata.org/wiki/Q99887766"],
            "positions": [{"title": {"az": "Anbardar"}, "organisation": outlet}]});
        let person = posted(&app, "/v1/desk/sources", person).await;
        // Somebody on record who works for the outlet: the way to it through another's position.
        let clerk = json!({"kind": "person", "names": {"en": "A Clerk"}, "positions": [{"title": {"en": "Clerk"}, "organisation": outlet}]});
        let clerk = posted(&app, "/v1/desk/sources", clerk).await;
        let mut en = text("en", "We knew it.", &person, &outlet);
        let open = json!({"source": clerk, "manner": "direct", "text": "More follows."});
        en["quotes"].as_array_mut().expect("quotes").push(open);
        let texts = json!({"en": en, "az": text("az", "Biz bilirdik.", &person, &outlet), "ru": text("ru", "Мы знали.", &person, &outlet)});
        let article = app
            .published_article(json!({"section": "city", "topics": ["city"], "texts": texts}))
            .await;
        let article = id_of(&article).to_owned();
        let other = json!({"related": [{"rel": "related", "internal": article}], "section": "city", "topics": ["city"]});
        app.published_article(other).await;
        let quotes = app
            .as_editor()
            .get(&format!("/v1/desk/articles/{article}/quotes"));
        let quotes = quotes.await.expect(200).json;
        let quotes = items_of(&quotes)
            .iter()
            .map(|quote| id_of(quote).to_owned())
            .collect();
        Self {
            app,
            article,
            person,
            outlet,
            quotes,
        }
    }

    async fn disclose(&self, disclosure: &str) {
        for id in [&self.person, &self.outlet] {
            let path = format!("/v1/desk/sources/{id}");
            let patching = self
                .app
                .as_editor()
                .patch(&path, json!({"disclosure": disclosure}));
            patching.if_match("*").await.expect(200);
        }
    }

    /// Walks every readers' route; gives the addresses whose answers tell something.
    async fn walk(&self) -> Vec<String> {
        let readers = contract::operations().into_iter().filter(|operation| {
            operation.method == "GET" && !operation.path.starts_with("/v1/desk")
        });
        let (mut told, mut walked) = (Vec::new(), 0);
        for operation in readers {
            let forms = forms_of(&operation);
            for path in self.paths(&operation) {
                for query in self.queries(&operation) {
                    let address = format!("{path}{query}");
                    for form in &forms {
                        let asking = self.app.anonymous().get(&address);
                        let answer = asking.header("accept", form).await;
                        assert!(answer.status < 500, "{answer}");
                        walked += usize::from(answer.status == 200);
                        if self.tells(&address, &answer) {
                            told.push(address.clone());
                        }
                    }
                }
            }
        }
        assert!(
            walked > 300,
            "only {walked} answers had something to search"
        );
        told
    }

    fn tells(&self, address: &str, answer: &Answer) -> bool {
        let headers = answer.headers.iter().map(|(name, value)| {
            format!("{name}: {}\n", String::from_utf8_lossy(value.as_bytes()))
        });
        let said = format!("{}\n{}", headers.collect::<String>(), answer.text());
        // Addresses in answers may be percent-encoded.
        let plain = url::form_urlencoded::parse(said.replace(['&', '='], " ").as_bytes())
            .map(|(name, value)| format!("{name}{value}"))
            .collect::<String>();
        let said = format!("{said}\n{plain}").to_lowercase();
        let asked = address.to_lowercase();
        let words = WORDS.iter().copied().filter(|word| !asked.contains(word));
        let ids = [&self.person, &self.outlet].into_iter().map(String::as_str);
        let mut needles = words.chain(ids.filter(|id| !asked.contains(id)));
        needles.any(|needle| said.contains(needle))
    }

    /// The paths of an operation with everything that there is in the place of its names.
    fn paths(&self, operation: &Operation) -> Vec<String> {
        let mut paths = vec![operation.path.clone()];
        for name in operation.names_in_path() {
            let mut values: Vec<String> = match name {
                "id" => {
                    let ids = [&self.article, &self.person, &self.outlet].into_iter();
                    ids.chain(&self.quotes).cloned().collect()
                }
                "lang" => ["en", "az", "ru"].map(str::to_owned).to_vec(),
                "slug" | "list" => [
                    "words-from-within-en",
                    "words-from-within-az",
                    "news-line",
                    "city",
                ]
                .map(str::to_owned)
                .to_vec(),
                _ => Vec::new(),
            };
            values.push(example_of(operation, name));
            let place = format!("{{{name}}}");
            paths = paths
                .iter()
                .flat_map(|path| {
                    values
                        .iter()
                        .map(|value| path.replace(&place, value))
                        .collect::<Vec<_>>()
                })
                .collect();
        }
        paths.dedup();
        paths
    }

    /// The questions that an operation takes, each parameter by itself, and two together.
    fn queries(&self, operation: &Operation) -> Vec<String> {
        let mut queries = vec![String::new()];
        let asked = operation
            .parameters()
            .filter(|parameter| parameter["in"] == "query");
        for parameter in asked {
            let name = parameter["name"].as_str().expect("a name");
            let values: Vec<String> = match name {
                "source" | "outlet" | "ids" => vec![
                    self.person.clone(),
                    format!("{},{}", self.person, self.outlet),
                ],
                "lang" => ["az", "ru", "en", "az-Cyrl", "de&lang_fallback=any"]
                    .map(str::to_owned)
                    .to_vec(),
                "include" => [
                    "quotes,sources,related,reviews",
                    "quotes,topics",
                    "quotes",
                    "sources",
                ]
                .map(str::to_owned)
                .to_vec(),
                "fields" => ["quotes,sources,items", "name,names"]
                    .map(str::to_owned)
                    .to_vec(),
                "section" | "topic" => vec!["city".to_owned()],
                "url" => ["en/words-from-within-en", "az/gizlin-gizlinov"]
                    .map(|path| format!("https://example.az/{path}"))
                    .to_vec(),
                "count" => vec!["true&limit=100".to_owned()],
                _ => values_of(parameter),
            };
            queries.extend(values.iter().map(|value| format!("?{name}={value}")));
        }
        queries
    }
}

/// The media types in which an operation answers.
fn forms_of(operation: &Operation) -> Vec<String> {
    let types = operation.json["responses"]["200"]["content"].as_object();
    let mut types: Vec<String> = types
        .into_iter()
        .flat_map(|types| types.keys().cloned())
        .collect();
    types.push("*/*".to_owned());
    types
}

fn values_of(parameter: &Value) -> Vec<String> {
    let schema = &parameter["schema"];
    let listed = schema["enum"].as_array().into_iter().flatten();
    let examples = schema["examples"].as_array().into_iter().flatten();
    let values = listed
        .chain(examples)
        .chain([&parameter["example"], &schema["example"]]);
    values
        .filter_map(|value| {
            value
                .as_str()
                .map(str::to_owned)
                .or_else(|| value.as_i64().map(|n| n.to_string()))
        })
        .collect()
}

fn example_of(operation: &Operation, name: &str) -> String {
    let parameter = operation
        .parameters()
        .find(|parameter| parameter["in"] == "path" && parameter["name"] == name);
    let example = parameter
        .map(values_of)
        .and_then(|values| values.into_iter().next());
    example.unwrap_or_else(|| "nothing".to_owned())
}

#[actix_web::test]
async fn its_name_is_on_no_readers_route() {
    let scene = Scene::published("protected").await;
    assert_eq!(scene.walk().await, Vec::<String>::new());
}

#[actix_web::test]
async fn whoever_is_taken_off_the_record_leaves_every_readers_route() {
    let scene = Scene::published("on_record").await;
    // The walk finds what there is to find.
    let told = scene.walk().await;
    for path in ["/v1/sources", "/v1/articles/", "/v1/pages/", "/v1/quotes"] {
        assert!(
            told.iter().any(|address| address.starts_with(path)),
            "nothing at {path} of {told:?}"
        );
    }
    scene.disclose("background").await;
    assert_eq!(scene.walk().await, Vec::<String>::new());

    scene.disclose("on_record").await;
    assert_eq!(scene.walk().await, told, "all that was told is told again");
}
