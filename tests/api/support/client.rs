//! A client that reads like the story it tells:
//!
//! ```ignore
//! let site = app.as_admin().get("/v1/desk/site").await.expect(200);
//! app.as_admin().patch("/v1/desk/site", json!({})).if_match("\"9\"").await.problem("stale", 412);
//! ```

use std::future::{Future, IntoFuture};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::pin::Pin;

use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

/// Somebody who sends requests, signed in or not.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    address: SocketAddr,
    token: Option<String>,
}

impl Client {
    /// Shows answers as they came: not decompressed, no redirect followed.
    pub(super) fn http() -> reqwest::Client {
        let builder = reqwest::Client::builder()
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_proxy();
        builder
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client")
    }

    pub(super) fn new(http: reqwest::Client, address: SocketAddr) -> Self {
        Self {
            http,
            address,
            token: None,
        }
    }

    /// The same client with `Authorization: Bearer …`.
    pub fn bearing(&self, token: &str) -> Self {
        Self {
            token: Some(token.to_owned()),
            ..self.clone()
        }
    }

    /// The same client, but it undoes the coding of answers.
    pub fn decoding(&self) -> Self {
        let http = reqwest::Client::builder()
            .no_proxy()
            .build()
            .expect("a client");
        Self {
            http,
            ..self.clone()
        }
    }

    pub fn get(&self, path: &str) -> Request {
        self.request(Method::GET, path)
    }

    pub fn head(&self, path: &str) -> Request {
        self.request(Method::HEAD, path)
    }

    pub fn post(&self, path: &str, json: Value) -> Request {
        self.request(Method::POST, path).json(&json)
    }

    pub fn put(&self, path: &str, json: Value) -> Request {
        self.request(Method::PUT, path).json(&json)
    }

    pub fn patch(&self, path: &str, json: Value) -> Request {
        self.request(Method::PATCH, path).json(&json)
    }

    pub fn delete(&self, path: &str) -> Request {
        self.request(Method::DELETE, path)
    }

    /// Any method; bodies by [`Request::body`] or [`Request::json`].
    pub fn request(&self, method: Method, path: &str) -> Request {
        let url = format!("http://{}{path}", self.address);
        let mut sending = self.http.request(method.clone(), url);
        if let Some(token) = &self.token {
            sending = sending.bearer_auth(token);
        }
        Request {
            sending,
            said: format!("{method} {path}"),
            path: path.to_owned(),
        }
    }

    /// Sends bytes as they are, for what no proper client would send, and reads what comes back
    /// until the server closes; so it asks it to.
    pub async fn raw(&self, request_line: &str, headers: &[&str], body: &[u8]) -> Answer {
        let address = self.address;
        let headers: String = headers
            .iter()
            .map(|header| format!("{header}\r\n"))
            .collect();
        let head =
            format!("{request_line}\r\nHost: {address}\r\nConnection: close\r\n{headers}\r\n");
        let message = [head.as_bytes(), body].concat();
        let answered = tokio::task::spawn_blocking(move || {
            let mut stream = TcpStream::connect(address).expect("the server");
            stream.write_all(&message).expect("sent");
            let mut bytes = Vec::new();
            // A server that refuses early may reset the connection after its answer.
            let _ = stream.read_to_end(&mut bytes);
            bytes
        });
        let path = request_line.split(' ').nth(1).unwrap_or_default();
        Answer::read(request_line, path, &answered.await.expect("an answer"))
    }
}

/// A request that is sent by awaiting it.
#[must_use]
pub struct Request {
    sending: reqwest::RequestBuilder,
    said: String,
    path: String,
}

impl Request {
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.sending = self.sending.header(name, value);
        self
    }

    pub fn if_match(self, etag: &str) -> Self {
        self.header("if-match", etag)
    }

    pub fn json(mut self, json: &Value) -> Self {
        self.sending = self.sending.json(json);
        self
    }

    /// A body as it is; its type comes by [`Self::header`].
    pub fn body(mut self, body: impl Into<reqwest::Body>) -> Self {
        self.sending = self.sending.body(body);
        self
    }

    async fn send(self) -> Answer {
        let Self {
            sending,
            said,
            path,
        } = self;
        let response = sending
            .send()
            .await
            .unwrap_or_else(|error| panic!("{said}: {error:?}"));
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response
            .bytes()
            .await
            .unwrap_or_else(|error| panic!("{said}: {error:?}"));
        Answer::new(said, path, status, headers, bytes.to_vec())
    }
}

impl IntoFuture for Request {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer> + Send>>;
    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
    /// The body as JSON; null where it is not.
    pub json: Value,
    said: String,
    path: String,
}

impl Answer {
    fn new(said: String, path: String, status: u16, headers: HeaderMap, bytes: Vec<u8>) -> Self {
        let json = serde_json::from_slice(&bytes).unwrap_or_default();
        Self {
            status,
            headers,
            bytes,
            json,
            said,
            path,
        }
    }

    fn read(said: &str, path: &str, bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
        let end = end.unwrap_or_else(|| {
            panic!(
                "{said}: no HTTP answer but {:?}",
                String::from_utf8_lossy(bytes)
            )
        });
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let mut lines = head.split("\r\n");
        let status = lines
            .next()
            .and_then(|line| line.split(' ').nth(1)?.parse().ok());
        let headers = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| {
                let name = HeaderName::try_from(name).expect("a header's name");
                (
                    name,
                    HeaderValue::try_from(value).expect("a header's value"),
                )
            });
        Self::new(
            said.to_owned(),
            path.to_owned(),
            status.expect("a status"),
            headers.collect(),
            bytes[end + 4..].to_vec(),
        )
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The `ETag`, which the answer must have.
    #[track_caller]
    pub fn etag(&self) -> String {
        self.header("etag")
            .unwrap_or_else(|| panic!("no ETag in {self}"))
            .to_owned()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// Asserts the status; a mismatch shows the body.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self}");
        self
    }

    /// Asserts a problem with everything that every problem has.
    #[track_caller]
    pub fn problem(self, code: &str, status: u16) -> Self {
        assert_eq!(
            (self.status, &self.json["code"]),
            (status, &Value::from(code)),
            "{self}"
        );
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json"),
            "{self}"
        );
        assert_eq!(self.json["type"], format!("/problems/{code}"), "{self}");
        assert_eq!(self.json["status"], status, "{self}");
        assert_eq!(
            self.json["request_id"].as_str(),
            self.header("x-request-id"),
            "{self}"
        );
        assert_eq!(
            self.json["instance"].as_str(),
            self.path.split('?').next(),
            "{self}"
        );
        for field in ["title", "detail"] {
            assert!(
                self.json[field]
                    .as_str()
                    .is_some_and(|text| !text.is_empty()),
                "no {field} in {self}"
            );
        }
        self
    }

    /// Asserts that a problem points at a field (`/headline`) or names a parameter (`limit`).
    #[track_caller]
    pub fn at(self, place: &str) -> Self {
        let name = if place.starts_with('/') {
            "pointer"
        } else {
            "parameter"
        };
        let errors = self.json["errors"].as_array().into_iter().flatten();
        assert!(
            errors.into_iter().any(|error| error[name] == place),
            "nothing at {place} in {self}"
        );
        self
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            status,
            headers,
            said,
            ..
        } = self;
        write!(f, "{said} → {status} {headers:?}\n{}", self.text())
    }
}
