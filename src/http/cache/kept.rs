//! An answer that can be given again: its bytes and headers are made once.

use std::time::Instant as Moment;

use actix_web::HttpResponse;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::RequestHead;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use bytes::Bytes;

use super::super::coding::Coding;
use super::super::etag;
use super::super::front_door::finish;
use super::super::metrics::Tally;
use super::super::problem::Problem;
use super::super::reading::{Keeping, Moved, cache_control, seconds_left, shortly_kept};
use super::super::request_id::X_REQUEST_ID;
use crate::app::App;
use crate::changes::touched::{Grounds, Touched};
use crate::clock::Clock;
use crate::db::Instant;

/// An answer, and on what it rests.
pub struct Kept {
    form: Form,
    until: Option<Instant>,
    /// None where it is only for those who are waiting for it.
    grounds: Option<Grounds>,
    tally: Tally,
}

enum Form {
    Ready(Ready),
    Moved(Moved),
    Problem(Problem),
}

/// 200, or 304 to whoever has it. The values that are its own and the body lie in one piece of
/// memory: what a processor has to fetch is what a cached answer costs.
struct Ready {
    /// All but those of every answer, and `Cache-Control` where it hangs on the moment; first those that
    /// a 304 has, too.
    headers: Box<[(HeaderName, HeaderValue)]>,
    on_unchanged: usize,
    /// Once more, to be compared without a look at the headers; nothing where it is too long.
    tag: Option<Tag>,
    body: Bytes,
}

/// An entity tag, filled up with zeros, of which no header has any.
type Tag = [u8; 32];

fn tag_of(etag: &HeaderValue) -> Option<Tag> {
    let mut tag = Tag::default();
    tag.get_mut(..etag.len())?.copy_from_slice(etag.as_bytes());
    Some(tag)
}

/// An answer as its handler gave it.
pub struct Fresh {
    form: Form,
    keeping: Keeping,
    tally: Tally,
}

impl Fresh {
    /// Takes an answer of a handler; gives it back where it is none that can be given again.
    pub async fn of(
        app: &App,
        operation: &str,
        coding: Coding,
        mut response: HttpResponse,
    ) -> Result<Self, HttpResponse> {
        let status = response.status();
        let fresh = |form, keeping: Keeping| Self {
            form,
            keeping,
            tally: app.metrics.tally(operation, status),
        };
        if let Some(error) = response.error() {
            let problem = finish::problem_of(error);
            let keeping = problem.keeping().clone();
            return Ok(fresh(Form::Problem(problem), keeping));
        }
        let moved = response.extensions_mut().remove::<Moved>();
        if let Some(moved) = moved {
            let keeping = moved.keeping().clone();
            return Ok(fresh(Form::Moved(moved), keeping));
        }
        let keeping = response.extensions_mut().remove::<Keeping>();
        let (Some(keeping), StatusCode::OK) = (keeping, status) else {
            return Err(response);
        };
        let hangs_on_time = keeping.until.is_some();
        match Ready::of(response, coding, hangs_on_time).await {
            Ok(ready) => Ok(fresh(Form::Ready(ready), keeping)),
            Err(streamed) => Err(streamed),
        }
    }

    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.keeping.keys.iter().map(String::as_str)
    }

    /// Only what says on what it depends, and is no error of the client's or of ours.
    pub fn may_be_kept(&self, clock: &Clock) -> bool {
        let lasts = match &self.form {
            Form::Problem(problem) => finish::SHORTLY_KEPT.contains(&problem.code().status()),
            Form::Ready(_) | Form::Moved(_) => true,
        };
        let is_over = |until: Instant| until <= clock.now();
        lasts && !self.keeping.keys.is_empty() && !self.keeping.until.is_some_and(is_over)
    }

    pub fn on(self, grounds: Grounds) -> Kept {
        Kept {
            grounds: Some(grounds),
            ..self.unkept()
        }
    }

    /// For those alone who are waiting for it.
    pub fn unkept(self) -> Kept {
        Kept {
            form: self.form,
            until: self.keeping.until,
            grounds: None,
            tally: self.tally,
        }
    }
}

impl Kept {
    /// Whether it is still what its handler would answer.
    pub fn holds(&self, touched: &Touched, clock: &Clock) -> bool {
        let grounds = self.grounds.as_ref();
        grounds.is_some_and(|grounds| grounds.hold(touched))
            && self.until.is_none_or(|until| clock.now() < until)
    }

    pub fn status(&self) -> StatusCode {
        match &self.form {
            Form::Ready(_) => StatusCode::OK,
            Form::Moved(_) => StatusCode::MOVED_PERMANENTLY,
            Form::Problem(problem) => problem.code().status(),
        }
    }

    /// About how much memory it takes.
    pub fn bytes(&self) -> u64 {
        // A key's name is shared by all answers that rest on it.
        const KEY: usize = 24;
        // A problem, or an address.
        const SMALL: usize = 512;
        let grounds = self.grounds.as_ref().map_or(0, Grounds::len) * KEY;
        let form = match &self.form {
            Form::Ready(ready) => ready.memory(),
            Form::Moved(_) | Form::Problem(_) => SMALL,
        };
        (size_of::<Self>() + grounds + form) as u64
    }

    /// The answer to one request.
    pub fn give(
        &self,
        app: &App,
        request: &RequestHead,
        id: HeaderValue,
        begun: Moment,
    ) -> HttpResponse {
        let left = self
            .until
            .map(|until| seconds_left(until, app.db.clock().now()));
        let mut response = match &self.form {
            Form::Ready(ready) => ready.give(app, request.headers(), left),
            Form::Moved(moved) => without_body(
                app,
                moved.answer(request.uri.query().unwrap_or_default()),
                left,
            ),
            Form::Problem(problem) => {
                let id = id.to_str().unwrap_or_default();
                without_body(app, problem.respond(request.uri.path(), id), left)
            }
        };
        response.headers_mut().append(X_REQUEST_ID, id);
        let unchanged = response.status() == StatusCode::NOT_MODIFIED;
        self.tally.answered(unchanged, begun.elapsed());
        response
    }
}

/// Values that most answers have: they need no memory of their own, and no counting of who uses it.
static USUAL: [HeaderValue; 6] = [
    HeaderValue::from_static("application/json"),
    HeaderValue::from_static(
        "public, max-age=15, s-maxage=60, stale-while-revalidate=60, stale-if-error=3600",
    ),
    HeaderValue::from_static("Accept-Encoding"),
    HeaderValue::from_static("Accept-Encoding, Accept"),
    HeaderValue::from_static("Accept-Encoding, Accept-Language"),
    HeaderValue::from_static("Accept-Encoding, Accept, Accept-Language"),
];

/// What answers say that hold no thing: "elsewhere", "not", "not now".
fn without_body(app: &App, mut response: HttpResponse, left: Option<i64>) -> HttpResponse {
    let is_short = finish::SHORTLY_KEPT.contains(&response.status());
    let headers = response.headers_mut();
    if is_short {
        headers.insert(header::CACHE_CONTROL, shortly_kept(left));
    }
    on_all(app, headers);
    response
}

fn on_all(app: &App, headers: &mut HeaderMap) {
    finish::on_all(app, headers);
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, finish::ANY_ORIGIN);
}

impl Ready {
    async fn of(
        response: HttpResponse,
        coding: Coding,
        hangs_on_time: bool,
    ) -> Result<Self, HttpResponse> {
        let (mut head, body) = response.into_parts();
        let body = match body.try_into_bytes() {
            Ok(body) => body,
            Err(streamed) => return Err(head.set_body(streamed)),
        };
        let encoded = coding.encode(&body).await;
        let headers = head.headers_mut();
        headers.remove(header::CONTENT_ENCODING);
        if let (Some(_), Some(name)) = (&encoded, coding.name()) {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
            finish::tag_coding(headers);
        }
        if hangs_on_time {
            headers.remove(header::CACHE_CONTROL);
        }
        finish::join_vary(headers);
        Ok(Self::packed(headers, &encoded.unwrap_or(body)))
    }

    fn packed(headers: &HeaderMap, body: &[u8]) -> Self {
        let lengths = headers.iter().map(|(_, value)| value.len());
        let mut bytes = Vec::with_capacity(lengths.sum::<usize>() + body.len());
        let values = headers.iter().map(|(_, value)| value.as_bytes());
        values.for_each(|value| bytes.extend_from_slice(value));
        bytes.extend_from_slice(body);
        let mut rest = Bytes::from(bytes);
        let place = |(name, value): (&HeaderName, &HeaderValue)| {
            let own = rest.split_to(value.len());
            let usual = USUAL.iter().find(|usual| *usual == value);
            // What was a value is one in another place.
            let value = usual.cloned().or(HeaderValue::from_maybe_shared(own).ok());
            (name.clone(), value.unwrap_or(HeaderValue::from_static("")))
        };
        let placed = headers.iter().map(place);
        let on_unchanged = |(name, _): &(HeaderName, _)| !finish::OF_THE_WHOLE.contains(name);
        let (mut first, others): (Vec<_>, Vec<_>) = placed.partition(on_unchanged);
        let on_unchanged = first.len();
        first.extend(others);
        Self {
            tag: headers.get(header::ETAG).and_then(tag_of),
            headers: first.into_boxed_slice(),
            on_unchanged,
            body: rest,
        }
    }

    fn memory(&self) -> usize {
        let headers = self.headers.iter();
        let values: usize = headers.map(|(_, value)| value.len()).sum();
        self.body.len() + values + size_of_val(&*self.headers)
    }

    fn give(&self, app: &App, asked: &HeaderMap, left: Option<i64>) -> HttpResponse {
        let (mut response, own) = match self.is_known(asked) {
            true => (
                HttpResponse::new(StatusCode::NOT_MODIFIED),
                &self.headers[..self.on_unchanged],
            ),
            false => (
                HttpResponse::with_body(StatusCode::OK, BoxBody::new(self.body.clone())),
                &*self.headers,
            ),
        };
        let headers = response.headers_mut();
        on_all(app, headers);
        for (name, value) in own {
            headers.append(name.clone(), value.clone());
        }
        if let Some(left) = left
            && let Ok(value) = HeaderValue::from_str(&cache_control(Some(left)))
        {
            headers.insert(header::CACHE_CONTROL, value);
        }
        response
    }

    /// Whether the client has it already.
    fn is_known(&self, asked: &HeaderMap) -> bool {
        let Some(tag) = asked.get(header::IF_NONE_MATCH) else {
            return false;
        };
        if self.tag.is_some() && tag_of(tag) == self.tag {
            return true;
        }
        let etag = self.headers.iter().find(|(name, _)| name == header::ETAG);
        let etag = etag.and_then(|(_, etag)| etag.to_str().ok());
        etag.is_some_and(|etag| etag::not_modified(asked, etag))
    }
}
