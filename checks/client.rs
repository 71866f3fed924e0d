//! A client of the newsroom's door: what was answered, and nothing of how it came.

use reqwest::Method;
use serde_json::{Value, json};

use crate::Failed;

#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
}

/// An answer of the server.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    /// Empty where there is none.
    pub etag: String,
    pub retry_after: Option<String>,
    pub json: Value,
}

impl Answer {
    /// The answer, if it has this status.
    pub fn expect(self, status: u16) -> Result<Self, Failed> {
        match self.status == status {
            true => Ok(self),
            false => Err(format!("expected {status}, got {}: {}", self.status, self.json).into()),
        }
    }

    pub fn text(&self, pointer: &str) -> String {
        let found = self.json.pointer(pointer).and_then(Value::as_str);
        found.unwrap_or_default().to_owned()
    }
}

impl Client {
    pub fn new(base: &str) -> Result<Self, Failed> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .timeout(std::time::Duration::from_secs(40))
            .build()?;
        Ok(Self {
            http,
            base: base.to_owned(),
            token: None,
        })
    }

    pub async fn signed_in(mut self, email: &str, password: &str) -> Result<Self, Failed> {
        let who = json!({"email": email, "password": password});
        let answer = self
            .send(Method::POST, "/v1/auth/tokens", Some(who), &[])
            .await?
            .expect(200)?;
        self.token = Some(answer.text("/access_token"));
        Ok(self)
    }

    /// The same person at another node.
    pub fn at(&self, base: &str) -> Self {
        Self {
            base: base.to_owned(),
            ..self.clone()
        }
    }

    /// What is no JSON.
    pub async fn get_text(&self, path: &str) -> Result<String, reqwest::Error> {
        let asking = self.http.get(format!("{}{path}", self.base));
        asking.send().await?.error_for_status()?.text().await
    }

    pub async fn get(&self, path: &str) -> Result<Answer, reqwest::Error> {
        self.send(Method::GET, path, None, &[]).await
    }

    /// A POST that can be repeated under its key.
    pub async fn post(
        &self,
        path: &str,
        json: &Value,
        key: &str,
    ) -> Result<Answer, reqwest::Error> {
        let headers = [("Idempotency-Key", key)];
        self.send(Method::POST, path, Some(json.clone()), &headers)
            .await
    }

    /// A change of the version that was read.
    pub async fn change(
        &self,
        method: Method,
        path: &str,
        json: Value,
        etag: &str,
    ) -> Result<Answer, reqwest::Error> {
        self.send(method, path, Some(json), &[("If-Match", etag)])
            .await
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        json: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Result<Answer, reqwest::Error> {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(json) = &json {
            request = request.json(json);
        }
        let response = request.send().await?;
        let header = |name: &str| {
            let value = response.headers().get(name);
            value
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned)
        };
        let (status, retry_after) = (response.status().as_u16(), header("retry-after"));
        let etag = header("etag").unwrap_or_default();
        let body = response.bytes().await?;
        Ok(Answer {
            status,
            etag,
            retry_after,
            json: serde_json::from_slice(&body).unwrap_or_default(),
        })
    }
}
