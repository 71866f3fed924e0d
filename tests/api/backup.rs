//! A newsroom goes into a file and comes out of it, on the same database or the other one, with
//! nothing lost.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use diesel::prelude::*;
use newsline::auth::model::UserKind;
use newsline::auth::{Role, User, store};
use newsline::db::schema::identities;
use newsline::portable::{Contents, Purpose};
use serde_json::{Value, json};

use crate::support::{Database, PASSWORD, SECRET, TestApp, id_of, items_of};

const OTHER_SECRET: &str = "b9sKd3HfPo7GuAe5iXt2ZqNwCkJx4vQm8TzL1nWc6RY=";

fn newsline(url: &str, secret: &str, folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_newsline"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("DATABASE_URL", url)
        .env("NEWSLINE_DATA_DIR", folder)
        .env("NEWSLINE_SECRET", secret)
        .env("NEWSLINE_PASSWORD", PASSWORD)
        .env("NEWSLINE_LOG", "off")
        .output()
        .expect("the program")
}

/// What a command says; it must end well.
pub fn said(url: &str, folder: &Path, arguments: &[&str]) -> String {
    let output = newsline(url, SECRET, folder, arguments);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}{error}");
    said
}

/// Why a command is refused.
fn refused(url: &str, folder: &Path, arguments: &[&str]) -> String {
    let output = newsline(url, SECRET, folder, arguments);
    assert!(!output.status.success(), "{arguments:?} ended well");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// An embedded database, whatever the others are.
fn embedded(folder: &Path) -> String {
    format!("sqlite://{}", folder.join("carried.db").display())
}

fn text_of(path: &PathBuf) -> String {
    std::fs::read_to_string(path).expect("a file")
}

/// A newsroom with something in every table; gives the article's id.
async fn filled(app: &TestApp) -> String {
    let admin = app.as_admin();
    let names = json!({"slug": "city", "names": {"en": "City", "az": "Şəhər"}});
    admin.post("/v1/desk/sections", names).await.expect(201);
    let names = json!({"slug": "rain", "names": {"en": "Rain", "az": "Yağış"}});
    admin.post("/v1/desk/topics", names).await.expect(201);
    let story = json!({"section": "city", "topics": ["rain"],
    "sources": {"who": {"kind": "person", "names": {"en": "Aysel Guliyeva", "az": "Aysel Quliyeva"}},
        "paper": {"kind": "organisation", "names": {"en": "The Paper"}}},
    "texts": {
        "en": {"headline": "The dam holds \u{1F30A}", "body_markdown": "She said the dam holds.\n\nIt \"rains\" \\ on.",
            "quotes": [{"key": "dam", "source": "#who", "manner": "indirect",
                "anchor": {"segments": [{"exact": "the dam holds"}]},
                "attribution": {"stated_role": "engineer", "outlet": "#paper", "said_at": "2026-04-17"}}]},
        "az": {"headline": "Bənd möhkəmdir", "body_markdown": "O dedi ki, bənd möhkəmdir.",
            "quotes": [{"key": "dam", "source": "#who", "manner": "indirect",
                "anchor": {"segments": [{"exact": "bənd möhkəmdir"}]}}]},
    }});
    let article = app.published_article(story).await;
    let id = id_of(&article).to_owned();
    let changed = app
        .patch_text(&id, "en", json!({"headline": "The dam still holds"}))
        .await;
    changed.expect(200);

    let reviews = format!("/v1/articles/{id}/reviews");
    let review = json!({"author": {"name": "A reader", "email": "reader@example.org"}, "lang": "en", "rating": 4, "body": "Fair."});
    let first = app
        .anonymous()
        .post(&reviews, review)
        .await
        .expect(202)
        .json;
    decide(app, id_of(&first)).await;
    let reply = json!({"author": {"name": "Another"}, "lang": "en", "body": "Yes.", "in_reply_to": id_of(&first)});
    let reply = app.anonymous().post(&reviews, reply).await.expect(202).json;
    decide(app, id_of(&reply)).await;

    let twin = json!({"kind": "person", "names": {"en": "A. Guliyeva"}});
    let editor = app.as_editor();
    let twin = editor.post("/v1/desk/sources", twin).await.expect(201);
    let found = editor.get("/v1/sources?lang=en").await.expect(200);
    let survivor = items_of(&found.json)
        .iter()
        .find(|source| source["name"] == "Aysel Guliyeva");
    let survivor = survivor.map(id_of).expect("the source");
    let merge = format!("/v1/desk/sources/{}/merge", id_of(&twin.json));
    editor
        .post(&merge, json!({"into": survivor}))
        .if_match(twin.header("etag").expect("a version"))
        .await
        .expect(200);
    beside_the_story(app, &id).await;
    let rows = Contents::of(&mut app.database.connect(), Purpose::Backup)
        .expect("the tables")
        .head
        .rows;
    let empty: Vec<&String> = rows
        .iter()
        .filter(|(_, rows)| **rows == 0)
        .map(|(table, _)| table)
        .collect();
    assert!(empty.is_empty(), "a journey proves nothing of {empty:?}");
    id
}

/// What a newsroom has besides: a notice, a correction, a retraction, a translation, an erased review,
/// sources that are alike, and those who come in by other ways than a password.
async fn beside_the_story(app: &TestApp, story: &str) {
    let (admin, editor) = (app.as_admin(), app.as_editor());
    let notice = json!({"kind": "civic", "window": {"starts": "2020-11-01T00:00:00Z", "ends": null},
        "areas": [{"code": "AZ-BA", "name": "Baku"}], "placements": ["article"],
        "texts": {"en": {"headline": "Dear resident!", "body_markdown": "Do your part."}}});
    let notice = editor.post("/v1/desk/notices", notice).await.expect(201);
    let text = format!("/v1/desk/notices/{}/texts/en", id_of(&notice.json));
    let etag = editor.get(&text).await.expect(200).etag();
    editor
        .put(&format!("{text}/publication"), json!({}))
        .if_match(&etag)
        .await
        .expect(200);

    let quote = json!({"unnamed": "a resident", "manner": "direct", "text": "very glad"});
    let corrected = json!({"texts": {"en": {"headline": "Glad", "body_markdown": "A resident was very glad.",
        "quotes": [quote]}}});
    let corrected = app.published_article(corrected).await;
    let corrected = id_of(&corrected);
    let text = app
        .patch_text(
            corrected,
            "en",
            json!({"body_markdown": "A resident was very sad."}),
        )
        .await
        .expect(200);
    let how = json!({"confirm_quotes": [text.json["quotes"][0]["id"]], "correction_note": "The resident was sad."});
    app.put_state(corrected, "en", "publication", how)
        .await
        .expect(200);
    let retracted = app.published_article(json!({})).await;
    let note = json!({"note": "It was not so."});
    app.put_state(id_of(&retracted), "en", "retraction", note)
        .await
        .expect(200);
    let translated = json!({"translated_from": {"lang": "en", "revision": 1, "by": "human"}});
    app.patch_text(story, "az", translated).await.expect(200);

    let review = json!({"author": {"name": "Somebody"}, "lang": "en", "rating": 1, "body": "No."});
    let reviews = format!("/v1/articles/{story}/reviews");
    let left = app
        .anonymous()
        .post(&reviews, review)
        .await
        .expect(202)
        .json;
    let own = format!("/v1/reviews/{}/own", id_of(&left));
    let guest = app
        .anonymous()
        .bearing(left["manage_token"].as_str().expect("a token"));
    let etag = guest.get(&own).await.expect(200).etag();
    guest
        .delete(&format!("{own}?erase=true"))
        .if_match(&etag)
        .await
        .expect(204);

    for name in ["Rashad Nabiyev", "Reshad Nabiyev"] {
        let alike = json!({"kind": "person", "names": {"en": name}, "same_as": ["https://www.wikidata.org/wiki/Q1"]});
        editor.post("/v1/desk/sources", alike).await.expect(201);
    }

    let bridge = json!({"name": "Wire bridge", "role": "editor"});
    admin
        .post("/v1/desk/api-keys", bridge)
        .header("idempotency-key", "a-key-for-the-bridge")
        .await
        .expect(201);
    let credentials = json!({"email": "editor@example.az", "password": PASSWORD});
    app.anonymous()
        .post("/v1/auth/tokens", credentials)
        .await
        .expect(200);
    somebody_of_a_provider(app);
}

/// Somebody who signs in elsewhere.
fn somebody_of_a_provider(app: &TestApp) {
    let name = "Aysel".to_owned();
    let now = app.clock.now();
    let user = User::without_password(UserKind::Outside, name, Role::Editor, now);
    let conn = &mut app.database.connect();
    store::insert_user(conn, &user).expect("an account");
    let who = (
        identities::issuer.eq("https://login.example.az"),
        identities::subject.eq("u-1"),
        identities::user_id.eq(user.id),
    );
    diesel::insert_into(identities::table)
        .values(who)
        .execute(conn)
        .expect("an identity");
}

async fn decide(app: &TestApp, review: &str) {
    let path = format!("/v1/desk/reviews/{review}");
    let moderator = app.as_moderator();
    let waiting = moderator.get(&path).await.expect(200);
    let decision = json!({"state": "approved", "reason": null, "note": null});
    let version = waiting.header("etag").expect("a version").to_owned();
    moderator
        .put(&format!("{path}/decision"), decision)
        .if_match(&version)
        .await
        .expect(200);
}

/// What readers get.
async fn shown(app: &TestApp, article: &str) -> Vec<Value> {
    let mut answers = Vec::new();
    for path in [
        "/v1/site",
        "/v1/sections?lang=en",
        "/v1/topics?lang=en",
        "/v1/lists?lang=en",
        "/v1/lists/news-line/items?lang=en",
        "/v1/articles?lang=az",
        "/v1/sources?lang=en",
        "/v1/quotes",
        "/v1/notices?lang=en",
        &format!("/v1/articles/{article}?lang=en&include=quotes,sources,related,reviews"),
        &format!("/v1/articles/{article}/reviews"),
    ] {
        answers.push(app.anonymous().get(path).await.expect(200).json);
    }
    answers
}

#[actix_web::test]
async fn an_export_is_equal_after_a_journey_through_the_other_database() {
    let app = TestApp::start().await;
    let article = filled(&app).await;
    let before = shown(&app, &article).await;
    let folder = app.database.folder();
    let [first, second, third] = ["first", "second", "third"].map(|name| folder.join(name));
    let written = said(app.database.url(), folder, &["export", "first"]);
    assert!(written.contains("rows are in first"), "{written}");

    let there = embedded(folder);
    let told = said(&there, folder, &["import", "first"]);
    assert!(told.contains("4 accounts have no password"), "{told}");
    said(&there, folder, &["export", "second"]);
    assert_eq!(text_of(&first), text_of(&second));

    let back = Database::migrated();
    said(back.url(), folder, &["import", "second"]);
    said(back.url(), folder, &["export", "third"]);
    assert_eq!(text_of(&first), text_of(&third));
    for secret in [
        "$argon2",
        "password_hash",
        "sign_ins",
        "refresh_tokens",
        "\"keys\"",
    ] {
        assert!(!text_of(&first).contains(secret), "{secret} is exported");
    }

    said(
        back.url(),
        folder,
        &["user", "set-password", "--email", "admin@example.az"],
    );
    let again = app.moved_to(back).await;
    assert_eq!(shown(&again, &article).await, before);
    let signed_in = |email: &str| json!({"email": email, "password": PASSWORD});
    let tokens = "/v1/auth/tokens";
    again
        .anonymous()
        .post(tokens, signed_in("admin@example.az"))
        .await
        .expect(200);
    again
        .anonymous()
        .post(tokens, signed_in("editor@example.az"))
        .await
        .problem("bad-credentials", 401);
}

#[actix_web::test]
async fn a_backup_brings_everything_back_and_everybody_stays_signed_in() {
    let app = TestApp::start().await;
    let article = filled(&app).await;
    let before = shown(&app, &article).await;
    let folder = app.database.folder();
    said(app.database.url(), folder, &["backup", "backup"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(folder.join("backup"))
            .expect("the file")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "others may read the backup");
    }

    let back = Database::migrated();
    said(back.url(), folder, &["restore", "backup"]);
    let again = app.moved_to(back).await;
    assert_eq!(shown(&again, &article).await, before);
    // The token was issued before, by a key that is in the backup.
    again.as_editor().get("/v1/desk/me").await.expect(200);
    let changes = "/v1/desk/changes?limit=1000";
    let log = app.as_admin().get(changes).await.expect(200).json;
    assert_eq!(again.as_admin().get(changes).await.expect(200).json, log);
    again
        .patch_text(&article, "en", json!({"headline": "The dam holds on"}))
        .await
        .expect(200);
}

#[actix_web::test]
async fn without_the_old_secret_a_backup_needs_new_keys() {
    let app = TestApp::start().await;
    let folder = app.database.folder();
    said(app.database.url(), folder, &["backup", "backup"]);
    let there = embedded(folder);

    let output = newsline(&there, OTHER_SECRET, folder, &["restore", "backup"]);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        !output.status.success() && error.contains("--new-keys"),
        "{error}"
    );

    let output = newsline(
        &there,
        OTHER_SECRET,
        folder,
        &["restore", "backup", "--new-keys"],
    );
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let people = newsline(&there, OTHER_SECRET, folder, &["user", "list"]);
    assert!(String::from_utf8_lossy(&people.stdout).contains("editor@example.az"));
}

#[actix_web::test]
async fn a_file_that_is_not_whole_changes_nothing() {
    let app = TestApp::start().await;
    app.published_article(json!({})).await;
    let folder = app.database.folder();
    said(app.database.url(), folder, &["export", "whole"]);
    let whole = text_of(&folder.join("whole"));
    let lines: Vec<&str> = whole.lines().collect();
    let without = |nth: usize| {
        let mut left = lines.clone();
        left.remove(nth);
        left.join("\n")
    };
    let there = embedded(folder);
    let last = lines.len() - 1;
    for (broken, says) in [
        (without(0), "neither a backup nor an export"),
        (without(1), "not as many rows"),
        (without(last), "breaks off"),
        (
            whole.replace("\"headline\":", "\"headlime\":"),
            "no column headlime",
        ),
        (format!("{whole}{}\n", lines[1]), "follows the end"),
        (whole[..whole.len() / 2].to_owned(), "line "),
        (String::new(), "neither a backup nor an export"),
    ] {
        std::fs::write(folder.join("broken"), broken).expect("a file");
        let error = refused(&there, folder, &["import", "broken"]);
        assert!(error.contains(says), "expected {says}: {error}");
    }
    let tried = said(&there, folder, &["import", "whole", "--dry-run"]);
    assert!(tried.contains("Nothing was changed"), "{tried}");
    assert!(
        said(&there, folder, &["user", "list"]).trim().is_empty(),
        "something was changed"
    );
    said(&there, folder, &["import", "whole"]);
}

#[actix_web::test]
async fn what_is_there_is_never_overwritten() {
    let app = TestApp::start().await;
    let folder = app.database.folder();
    said(app.database.url(), folder, &["backup", "file"]);
    assert!(refused(app.database.url(), folder, &["backup", "file"]).contains("exists already"));
    assert!(refused(app.database.url(), folder, &["export", "file"]).contains("exists already"));
    assert!(refused(app.database.url(), folder, &["restore", "file"]).contains("accounts and"));
    said(app.database.url(), folder, &["export", "content"]);
    assert!(
        refused(&embedded(folder), folder, &["restore", "content"]).contains("newsline import")
    );
    assert!(refused(&embedded(folder), folder, &["import", "missing"]).contains("No such file"));
}
