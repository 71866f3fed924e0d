//! What the program writes into its log shows nothing of what people send: the whole program runs
//! with `NEWSLINE_LOG=debug`, hears secrets in every place there is, and its log is searched.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Database, SECRET, program, typed};

/// A word that stands in everything that is sent.
const WORD: &str = "qzxv";

struct Running {
    child: Child,
    lines: Receiver<String>,
    address: String,
}

impl Running {
    fn start(database: &Database) -> Self {
        let mut command = program(database);
        command
            .arg("serve")
            .env("NEWSLINE_BIND", "127.0.0.1:0")
            .env("NEWSLINE_LOG", "debug")
            .env("NEWSLINE_MIGRATE", "true")
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program");
        let (sender, lines) = channel();
        let log = BufReader::new(child.stderr.take().expect("its log"));
        std::thread::spawn(move || {
            log.lines()
                .map_while(Result::ok)
                .try_for_each(|line| sender.send(line))
        });
        let mut running = Self {
            child,
            lines,
            address: String::new(),
        };
        let serving = running.wait_for("serving");
        let address = serving.split("address=").nth(1).expect("an address");
        running.address = format!("http://{}", address.split(' ').next().unwrap_or_default());
        running
    }

    fn wait_for(&self, word: &str) -> String {
        loop {
            let line = self.lines.recv_timeout(Duration::from_secs(60));
            let line = line.expect("a line of the log");
            if line.contains(word) {
                return line;
            }
        }
    }

    /// Stops it, and gives what is left of the log.
    fn stop(mut self) -> Vec<String> {
        self.child.kill().expect("an end");
        self.child.wait().expect("an end");
        self.lines.iter().collect()
    }
}

struct Teller {
    http: reqwest::Client,
    address: String,
}

impl Teller {
    async fn send(&self, method: &str, path: &str, token: &str, body: &str) -> (u16, Value) {
        let url = format!("{}{path}", self.address);
        let request = self
            .http
            .request(method.parse().expect("a method"), url)
            .header("content-type", "application/json")
            .header("cookie", WORD)
            .header("user-agent", WORD)
            .header("idempotency-key", format!("{WORD}-{method}-{path}"))
            .header("if-match", "\"1\"")
            .bearer_auth(token)
            .body(body.to_owned());
        let answer = request.send().await.expect("an answer");
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or_default())
    }
}

/// Sends secrets to every kind of place, and gives the tokens that came back.
async fn tell(teller: &Teller) -> Vec<String> {
    let credentials = |password: &str| {
        json!({"email": format!("{WORD}@example.az"), "password": password}).to_string()
    };
    let right = credentials(&format!("{WORD} is right"));
    let (status, signed_in) = teller.send("POST", "/v1/auth/tokens", "", &right).await;
    assert_eq!(status, 200, "{signed_in}");
    let token = |name: &str| signed_in[name].as_str().expect("a token").to_owned();
    let (access, refresh) = (token("access_token"), token("refresh_token"));
    let article = json!({"kind": "news", "texts": {"en": {"headline": WORD, "body_html":
        format!("<p onclick={WORD}>{WORD}<svg><{WORD}></table></b> <a href='javascript:{WORD}'>x</a>")}}});
    let key = json!({"name": WORD, "role": "editor"}).to_string();
    let (status, made) = teller
        .send("POST", "/v1/desk/api-keys", &access, &key)
        .await;
    assert_eq!(status, 201, "{made}");
    let api_key = made["token"].as_str().expect("a token").to_owned();
    let tellings = [
        (
            "POST",
            "/v1/auth/tokens",
            "",
            credentials(&format!("{WORD} is wrong")),
        ),
        ("POST", "/v1/auth/tokens", "", format!("{{\"{WORD}")),
        (
            "POST",
            "/v1/auth/tokens",
            "",
            json!({WORD: WORD}).to_string(),
        ),
        (
            "POST",
            "/v1/auth/refresh",
            "",
            json!({"refresh_token": refresh}).to_string(),
        ),
        (
            "POST",
            "/v1/desk/articles",
            access.as_str(),
            article.to_string(),
        ),
        (
            "POST",
            "/v1/desk/articles",
            access.as_str(),
            article.to_string(),
        ),
        (
            "POST",
            "/v1/desk/sources",
            api_key.as_str(),
            json!({"kind": WORD}).to_string(),
        ),
        (
            "PUT",
            "/v1/desk/me/password",
            access.as_str(),
            json!({"current": WORD, "new": WORD}).to_string(),
        ),
        ("GET", "/v1/desk/me", api_key.as_str(), String::new()),
        ("GET", "/v1/desk/me", "qzxv.qzxv.qzxv", String::new()),
        ("GET", "/v1/articles?qzxv=qzxv", "", String::new()),
        ("GET", "/qzxv/%ff/qzxv", "", String::new()),
        (
            "GET",
            "/v1/articles?cursor=qzxv&lang=qzxv",
            "",
            String::new(),
        ),
    ];
    for (method, path, token, body) in tellings {
        let (status, answer) = teller.send(method, path, token, &body).await;
        assert!(status < 500, "{method} {path}: {answer}");
    }
    vec![access, refresh, api_key]
}

#[actix_web::test]
async fn the_log_shows_nothing_of_what_people_send() {
    let database = Database::migrated();
    let email = format!("{WORD}@example.az");
    let words = [
        "user", "create", "--email", &email, "--name", WORD, "--role", "admin",
    ];
    let password = format!("{WORD} is right");
    let made = typed(&database, &words, &[("NEWSLINE_PASSWORD", &password)]);
    assert!(made.done, "{}", made.said);
    let running = Running::start(&database);
    let http = reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client");
    let teller = Teller {
        http,
        address: running.address.clone(),
    };

    let tokens = tell(&teller).await;
    // The log is written in order: what comes before the last line is all.
    teller.send("GET", "/v1/site", "", "").await;
    let mut log = running.stop();
    log.retain(|line| !line.is_empty());

    assert!(log.len() >= 15, "{log:#?}");
    let parts = tokens.iter().map(|token| &token[token.len() - 20..]);
    let hidden: Vec<&str> = parts
        .chain([WORD, SECRET, "SELECT", "select ", "insert into", "/v1/"])
        .collect();
    for line in &log {
        for word in &hidden {
            assert!(!line.contains(word), "{word} in {line}");
        }
    }
}

#[test]
fn what_is_broken_as_http_is_no_error_of_ours() {
    let database = Database::migrated();
    let running = Running::start(&database);
    let host = running.address.trim_start_matches("http://");
    let send = |request: &str| {
        let mut stream = TcpStream::connect(host).expect("the server");
        stream.write_all(request.as_bytes()).expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer.split(' ').nth(1).map(str::to_owned)
    };
    for broken in [
        "GET\r\n\r\n",
        "GET / HTTP/1.1\r\n: none\r\n\r\n",
        "\u{1}\r\n\r\n",
    ] {
        assert_eq!(send(broken).as_deref(), Some("400"), "{broken:?}");
    }
    let sound = "GET /v1/site HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n";
    assert_eq!(send(sound).as_deref(), Some("200"));
    let log = running.stop();
    assert!(log.iter().any(|line| line.contains("answered")), "{log:#?}");
    let is_alarm = |line: &&String| line.contains("ERROR") || line.contains("WARN");
    assert_eq!(log.iter().find(is_alarm), None);
}

#[actix_web::test]
async fn a_broken_database_is_told_without_its_statements() {
    use diesel::connection::SimpleConnection;
    use newsline::db::DbConn;
    let database = Database::migrated();
    let running = Running::start(&database);
    let drop = "drop table published_review_sums; drop table published_terms;";
    match &mut database.connect() {
        DbConn::Sqlite(conn) => conn.batch_execute(drop),
        DbConn::Postgres(conn) => conn.batch_execute(drop),
    }
    .expect("tables are gone");
    let http = reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client");
    let teller = Teller {
        http,
        address: running.address.clone(),
    };
    let (status, answer) = teller.send("GET", "/v1/articles?topic=qzxv", "", "").await;
    assert!(status >= 500, "{status} {answer}");
    let log = running.stop().join("\n");
    let said = format!("{answer}\n{log}");
    for word in ["SELECT", "select", "newsline.db", WORD] {
        assert!(!said.contains(word), "{word} in {said}");
    }
    assert!(log.contains("a statement failed"), "{log}");
}
