//! Pages of lists by key: `limit`, `cursor`, `count`, and the `page` of an answer.
//!
//! A cursor is the key of the row at the page's edge, signed together with the path and the
//! selection, so that it holds for one list only and cannot be made up.

use std::collections::BTreeMap;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, Responder};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use utoipa::{IntoParams, ToSchema};

use super::path::matched;
use super::problem::{Code, Problem};
use super::query::{Params, QueryPart, flag};

#[cfg(test)]
mod tests;

/// Signs cursors; derived from `NEWSLINE_SECRET`, so that every node takes every node's cursors.
#[derive(Clone)]
pub struct CursorKey([u8; 32]);

impl CursorKey {
    pub fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    fn sign(&self, selection: &str, payload: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0)
            .unwrap_or_else(|_| unreachable!("HMAC takes any key"));
        mac.update(selection.as_bytes());
        mac.update(&[0]);
        mac.update(payload);
        mac
    }
}

/// How a list is paged.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// How many items the page may have.
    #[param(
        minimum = 1,
        maximum = 100,
        default = 20,
        example = 20,
        required = false
    )]
    pub limit: i64,
    /// `page.next` or `page.prev` of an earlier answer.
    #[param(max_length = 600)]
    pub cursor: Option<String>,
    /// Adds `total` and `total_is`; counting stops at 10,000.
    #[param(default = false, required = false)]
    pub count: bool,
}

impl QueryPart for Paging {
    fn read(params: &Params) -> Result<Self, Problem> {
        let limit = params.one("limit")?.unwrap_or(20);
        if !(1..=100).contains(&limit) {
            return Err(Problem::parameter(
                "limit",
                "expected a number from 1 to 100",
            ));
        }
        Ok(Self {
            limit,
            cursor: params.text("cursor").map(str::to_owned),
            count: flag(params, "count")?,
        })
    }
}

/// Where a page begins: after the key (going on) or before it (going back).
#[derive(Debug, Clone)]
pub struct Position<K> {
    pub back: bool,
    pub key: K,
}

/// Paging with its cursor read and checked; knows how to make the next ones.
#[derive(Clone)]
pub struct Pager<K> {
    key: CursorKey,
    selection: String,
    path: String,
    query: String,
    pub limit: i64,
    pub count: bool,
    pub at: Option<Position<K>>,
}

#[derive(Serialize, Deserialize)]
struct Cursor<K>(u8, K);

/// The signature's first 16 bytes are enough: a forged cursor shows nothing that a reader may not see.
const SIGNATURE: usize = 16;

impl<K: Serialize + DeserializeOwned> Pager<K> {
    /// 400 `invalid-cursor` for one that is broken or belongs to another list.
    pub fn new(request: &HttpRequest, key: &CursorKey, paging: Paging) -> Result<Self, Problem> {
        let params = Params::parse(request.query_string())?;
        let selection = format!("{}?{}", matched(request), params.selection());
        let at = match &paging.cursor {
            Some(cursor) => Some(read_cursor(key, &selection, cursor)?),
            None => None,
        };
        Ok(Self {
            key: key.clone(),
            selection,
            path: matched(request).to_owned(),
            query: request.query_string().to_owned(),
            limit: paging.limit,
            count: paging.count,
            at,
        })
    }

    /// Where the page begins, and whether it goes back from there.
    pub fn start(&self) -> Option<(bool, K)>
    where
        K: Clone,
    {
        self.at.clone().map(|at| (at.back, at.key))
    }

    /// How many rows to load: one more than the page has, to know whether there are others.
    pub fn rows(&self) -> i64 {
        self.limit + 1
    }

    /// True where rows are to be loaded against the list's order, from the key backwards.
    pub fn is_back(&self) -> bool {
        self.at.as_ref().is_some_and(|at| at.back)
    }

    /// Makes the page from the rows loaded, at most [`Self::rows`] of them.
    pub fn page<T>(&self, mut rows: Vec<T>, key_of: impl Fn(&T) -> K) -> Page<T> {
        let more = rows.len() as i64 > self.limit;
        rows.truncate(self.limit as usize);
        if self.is_back() {
            rows.reverse();
        }
        let (has_next, has_prev) = match &self.at {
            None => (more, false),
            Some(at) if at.back => (true, more),
            Some(_) => (more, true),
        };
        let next = rows
            .last()
            .filter(|_| has_next)
            .map(|row| self.cursor(0, key_of(row)));
        let prev = rows
            .first()
            .filter(|_| has_prev)
            .map(|row| self.cursor(1, key_of(row)));
        Page {
            page: PageInfo {
                size: rows.len(),
                next,
                prev,
            },
            items: rows,
            total: None,
            total_is: None,
        }
    }

    /// The same from rows with their keys beside them, and how many there are in all, where they were counted.
    pub fn page_of<T>(&self, rows: Vec<(K, T)>, counted: Option<i64>) -> Page<T>
    where
        K: Clone,
    {
        self.page(rows, |(key, _)| key.clone())
            .with_total(counted)
            .map(|(_, item)| item)
    }

    /// A page whose edges the caller knows.
    pub fn framed<T>(&self, items: Vec<T>, next: Option<K>, prev: Option<K>) -> Page<T> {
        let next = next.map(|key| self.cursor(0, key));
        let prev = prev.map(|key| self.cursor(1, key));
        Page {
            page: PageInfo {
                next,
                prev,
                size: items.len(),
            },
            items,
            total: None,
            total_is: None,
        }
    }

    fn cursor(&self, back: u8, key: K) -> String {
        let mut bytes = serde_json::to_vec(&Cursor(back, key)).unwrap_or_default();
        let signature = self
            .key
            .sign(&self.selection, &bytes)
            .finalize()
            .into_bytes();
        bytes.extend_from_slice(&signature[..SIGNATURE]);
        BASE64.encode(bytes)
    }

    /// The `Link` header (RFC 8288) of a page: relative addresses of its neighbours.
    pub fn links(&self, page: &PageInfo) -> Vec<String> {
        let link = |cursor: &Option<String>, rel: &str| {
            let cursor = cursor.as_ref()?;
            // In one order, however the client wrote them: equal requests get equal answers.
            let pairs: BTreeMap<_, _> = url::form_urlencoded::parse(self.query.as_bytes())
                .filter(|(name, _)| name != "cursor")
                .collect();
            let query = url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs(pairs)
                .append_pair("cursor", cursor)
                .finish();
            Some(format!("<{}?{query}>; rel=\"{rel}\"", self.path))
        };
        [link(&page.next, "next"), link(&page.prev, "prev")]
            .into_iter()
            .flatten()
            .collect()
    }
}

/// 200 with a page at the newsroom's door and its `Link` header.
pub struct Listing<T> {
    page: Page<T>,
    links: Vec<String>,
}

impl<K: Serialize + DeserializeOwned> Pager<K> {
    pub fn listing<T>(&self, page: Page<T>) -> Listing<T> {
        Listing {
            links: self.links(&page.page),
            page,
        }
    }
}

impl<T: Serialize> Responder for Listing<T> {
    type Body = actix_web::body::BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        for link in self.links {
            response.append_header((header::LINK, link));
        }
        response.json(self.page)
    }
}

fn read_cursor<K: DeserializeOwned>(
    key: &CursorKey,
    selection: &str,
    cursor: &str,
) -> Result<Position<K>, Problem> {
    let invalid = || {
        Problem::new(
            Code::InvalidCursor,
            "This cursor does not belong to this list.",
        )
    };
    let bytes = BASE64.decode(cursor).map_err(|_| invalid())?;
    let (payload, signature) = bytes
        .split_at_checked(bytes.len().saturating_sub(SIGNATURE))
        .ok_or_else(invalid)?;
    key.sign(selection, payload)
        .verify_truncated_left(signature)
        .map_err(|_| invalid())?;
    let Cursor(back, key) = serde_json::from_slice(payload).map_err(|_| invalid())?;
    Ok(Position {
        back: back == 1,
        key,
    })
}

/// Where the neighbours of a page are.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PageInfo {
    /// Give it as `cursor` for the next page; null on the last.
    #[schema(required = true)]
    pub next: Option<String>,
    /// Give it as `cursor` for the page before; null on the first.
    #[schema(required = true)]
    pub prev: Option<String>,
    /// How many items this page has.
    pub size: usize,
}

/// Whether a total is the whole truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TotalIs {
    Exact,
    AtLeast,
}

/// Counting stops here.
pub const COUNT_LIMIT: i64 = 10_000;

/// A page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub page: PageInfo,
    /// Only with `count=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
    /// Only with `count=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_is: Option<TotalIs>,
}

impl<T> Page<T> {
    /// Puts in the total, where it was counted; `counted` may go one beyond [`COUNT_LIMIT`].
    pub fn with_total(mut self, counted: Option<i64>) -> Self {
        self.total = counted.map(|total| total.min(COUNT_LIMIT));
        self.total_is = counted.map(|total| {
            if total > COUNT_LIMIT {
                TotalIs::AtLeast
            } else {
                TotalIs::Exact
            }
        });
        self
    }

    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(change).collect(),
            page: self.page,
            total: self.total,
            total_is: self.total_is,
        }
    }
}
