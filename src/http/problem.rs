//! Every error as RFC 9457 `application/problem+json`. [`Code`] is the catalogue, which
//! `GET /problems/{code}` shows; [`Problem`] is one error with what is particular to it.

use std::borrow::Cow;
use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use diesel::result::Error as DieselError;
use serde::Serialize;
use utoipa::ToSchema;

use super::reading::Keeping;
use super::surrogates::{self, SURROGATE_KEY};
use crate::db::{Instant, JobError, Unavailable, dialect};

macro_rules! catalogue {
    ($($variant:ident $word:literal $status:ident $title:literal, $meaning:literal;)+) => {
        /// What went wrong, by what the client can do next.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Code { $(#[doc = $meaning] $variant),+ }

        impl Code {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word in `code` and at the end of `type`.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status),+ }
            }
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),+ }
            }
            /// What it means and what to do about it.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning),+ }
            }
        }
    };
}

catalogue! {
    BadRequest "bad-request" BAD_REQUEST "The request cannot be read",
        "The request breaks the rules of HTTP. Mend the part that `detail` names.";
    InvalidJson "invalid-json" BAD_REQUEST "The body is not JSON",
        "The body could not be read as JSON. `detail` says where it breaks.";
    InvalidParameter "invalid-parameter" BAD_REQUEST "A parameter has a value that it cannot have",
        "`errors` names the parameter and says what it takes.";
    UnknownParameter "unknown-parameter" BAD_REQUEST "A parameter is not known here",
        "Parameters are never ignored. `errors` names the one that this address does not have.";
    InvalidCursor "invalid-cursor" BAD_REQUEST "The cursor does not belong to this list",
        "A cursor holds for the list, the filters and the sort that it was given for. Start again without one.";
    InvalidHeader "invalid-header" BAD_REQUEST "A header has a value that it cannot have",
        "`detail` names the header and says what it takes.";
    NotSignedIn "not-signed-in" UNAUTHORIZED "Sign in first",
        "The access token is missing, has ended or is not valid. Get one from `/v1/auth/tokens` or `/v1/auth/refresh`.";
    BadCredentials "bad-credentials" UNAUTHORIZED "E-mail or password is not right",
        "Nobody with this e-mail and password may sign in.";
    BadToken "bad-token" UNAUTHORIZED "The token is not valid",
        "The refresh, manage or metrics token is not known, has ended or was used before.";
    Forbidden "forbidden" FORBIDDEN "Your role does not allow this",
        "You are signed in, but this is for others. `detail` says for whom.";
    NotFound "not-found" NOT_FOUND "There is nothing here",
        "The address names nothing, or nothing that you may know of.";
    MethodNotAllowed "method-not-allowed" METHOD_NOT_ALLOWED "This address does not take that method",
        "The header `Allow` lists the methods that it takes.";
    LanguageNotAvailable "language-not-available" NOT_ACCEPTABLE "Not to be had in that language",
        "`alternates` lists the languages that exist. Ask for one of them, or allow a fallback with `lang_fallback`.";
    RequestTimeout "request-timeout" REQUEST_TIMEOUT "The body took too long to arrive",
        "Send the request again on a better line.";
    Conflict "conflict" CONFLICT "That clashes with what is there",
        "`detail` says with what. Read the thing anew and decide.";
    AlreadyExists "already-exists" CONFLICT "That exists already",
        "Something else holds this name, address or id. `errors` names the field.";
    SlugTaken "slug-taken" CONFLICT "The slug belongs to another article",
        "Slugs are never given away, not even old ones. Choose another, or leave `slug` null for a free one.";
    InUse "in-use" CONFLICT "It is still in use",
        "What is published or in use cannot be deleted. `detail` says by what.";
    WrongState "wrong-state" CONFLICT "Its state does not allow this",
        "`detail` says in which state it is and what that state allows.";
    InProgress "in-progress" CONFLICT "The same request is still being worked on",
        "A request with the same `Idempotency-Key` has not ended yet. Repeat it after `Retry-After` seconds.";
    Gone "gone" GONE "It was withdrawn",
        "The text was retracted. `detail` is the note that the newsroom left.";
    Stale "stale" PRECONDITION_FAILED "It has changed since you read it",
        "Somebody else has saved in between. The header `ETag` has the present version: read, merge, send again.";
    TooLarge "too-large" PAYLOAD_TOO_LARGE "The body is too large",
        "A body may have 1 MiB.";
    UnsupportedMediaType "unsupported-media-type" UNSUPPORTED_MEDIA_TYPE "The body has a type that is not taken here",
        "Send `application/json`; for PATCH also `application/merge-patch+json`.";
    InvalidField "invalid-field" UNPROCESSABLE_ENTITY "A field has a value that it cannot have",
        "`errors` points at the field (RFC 6901) and says what it takes. Nothing was saved.";
    InvalidBody "invalid-body" UNPROCESSABLE_ENTITY "The text's body has something that it cannot have",
        "The body is Portable Text; `errors` points at each block, mark or field that is not allowed. Nothing was saved.";
    QuoteNotFound "quote-not-found" UNPROCESSABLE_ENTITY "The quoted words are not in the text",
        "Each quote is tied to words of the body. `errors` names the quote and the nearest words found.";
    QuoteAmbiguous "quote-ambiguous" UNPROCESSABLE_ENTITY "The quoted words stand in the text more than once",
        "Give `prefix` or `suffix` of the anchor's segment to say which ones are meant.";
    PublishGate "publish-gate" UNPROCESSABLE_ENTITY "The text cannot be published yet",
        "`errors` lists the quotes that have lost their words. Mend them, or confirm each by id in `confirm_quotes`.";
    SourceExposed "source-exposed" UNPROCESSABLE_ENTITY "The text names a confidential source",
        "A source that is not on record may not be named in headline, body or quotes.";
    KeyReused "key-reused" UNPROCESSABLE_ENTITY "The Idempotency-Key was used for another request",
        "A key stands for one request. Make a new key for a new request.";
    PreconditionRequired "precondition-required" PRECONDITION_REQUIRED "Say which version you change",
        "Send the `ETag` that you read as `If-Match`, so that nobody's work is overwritten unseen.";
    TooManyRequests "too-many-requests" TOO_MANY_REQUESTS "Too many requests",
        "Wait for `Retry-After` seconds.";
    HeadersTooLarge "headers-too-large" REQUEST_HEADER_FIELDS_TOO_LARGE "The headers are too large",
        "Send fewer or shorter headers.";
    Internal "internal" INTERNAL_SERVER_ERROR "Something broke on our side",
        "The fault is ours and is logged under `request_id`. Nothing was saved.";
    Unavailable "unavailable" SERVICE_UNAVAILABLE "Not to be had right now",
        "The database is busy or away. Repeat the request after `Retry-After` seconds, a POST under the same `Idempotency-Key`: where the connection broke at the last moment, it may have been saved.";
    StorageFull "storage-full" INSUFFICIENT_STORAGE "There is no room to save this",
        "The disk is full. Nothing was saved; reading goes on.";
}

/// One field or parameter that is wrong.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FieldError {
    /// The field in the body, as a JSON pointer (RFC 6901).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/texts/en/headline")]
    pub pointer: Option<String>,
    /// The parameter of the query or path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// What is wrong, as a word for programs.
    pub code: String,
    /// What is wrong, for people.
    pub detail: String,
}

impl FieldError {
    pub fn at(
        pointer: impl Into<String>,
        code: impl Into<String>,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            pointer: Some(pointer.into()),
            parameter: None,
            code: code.into(),
            detail: detail.into(),
        }
    }
}

/// An error as RFC 9457 says.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemJson<'a> {
    /// The address of what this kind of problem means.
    #[schema(example = "/problems/not-found", value_type = String)]
    r#type: Cow<'a, str>,
    title: &'a str,
    status: u16,
    detail: &'a str,
    /// The path of the request.
    instance: &'a str,
    /// The last part of `type`, for programs.
    code: &'a str,
    request_id: &'a str,
    errors: &'a [FieldError],
    /// Only on `language-not-available`: the languages that exist.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Object>>)]
    alternates: Option<&'a serde_json::Value>,
}

/// An error on its way to the client.
pub struct Problem(Box<Parts>);

#[derive(Clone)]
struct Parts {
    code: Code,
    detail: Cow<'static, str>,
    errors: Vec<FieldError>,
    headers: Vec<(HeaderName, HeaderValue)>,
    alternates: Option<serde_json::Value>,
    keeping: Keeping,
    transient: bool,
}

impl Problem {
    pub fn new(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Parts {
            code,
            detail: detail.into(),
            errors: Vec::new(),
            headers: Vec::new(),
            alternates: None,
            keeping: Keeping::default(),
            transient: false,
        }))
    }

    pub fn code(&self) -> Code {
        self.0.code
    }

    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    pub fn errors(&self) -> &[FieldError] {
        &self.0.errors
    }

    pub fn not_found() -> Self {
        Self::new(Code::NotFound, "There is nothing at this address.")
    }

    /// 412 with the present version.
    pub fn stale(version: i64) -> Self {
        Self::new(Code::Stale, format!("The present version is {version}."))
            .with_header(header::ETAG, &super::etag::of_version(version))
    }

    /// 422 at one field of the body.
    pub fn field(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(
            Code::InvalidField,
            "One field has a value that it cannot have.",
        )
        .with_errors([FieldError::at(pointer, "invalid", detail)])
    }

    /// 400 at one parameter.
    pub fn parameter(name: &str, detail: impl Into<String>) -> Self {
        Self::new(
            Code::InvalidParameter,
            format!("The parameter {name} has a value that it cannot have."),
        )
        .with_errors([parameter_error(name, "invalid", detail.into())])
    }

    pub fn unknown_parameter(name: &str) -> Self {
        Self::new(
            Code::UnknownParameter,
            "One parameter is not known at this address.",
        )
        .with_errors([parameter_error(
            name,
            "unknown",
            format!("There is no parameter `{name}` here."),
        )])
    }

    pub fn with_errors(mut self, errors: impl IntoIterator<Item = FieldError>) -> Self {
        self.0.errors.extend(errors);
        self
    }

    pub fn with_alternates(mut self, alternates: serde_json::Value) -> Self {
        self.0.alternates = Some(alternates);
        self
    }

    /// Adds a header; a value that HTTP cannot carry is left out.
    pub fn with_header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.0.headers.push((name, value));
        }
        self
    }

    /// Names what a reader's answer depends on, also where it is "nothing": then it may be kept
    /// until that changes.
    pub fn about(mut self, keys: impl IntoIterator<Item = String>) -> Self {
        self.0.keeping.depend_on(keys);
        self
    }

    /// The answer holds until `until` at the longest.
    pub fn true_until(mut self, until: Option<Instant>) -> Self {
        self.0.keeping.end_by(until);
        self
    }

    pub fn keeping(&self) -> &Keeping {
        &self.0.keeping
    }

    /// Puts a prefix before every pointer, for a rule that knows only its part of the body.
    pub fn below(mut self, prefix: &str) -> Self {
        for pointer in self
            .0
            .errors
            .iter_mut()
            .filter_map(|error| error.pointer.as_mut())
        {
            pointer.insert_str(0, prefix);
        }
        self
    }

    /// Points at a part of the body, where it points at nothing yet.
    pub fn pointing_at(self, pointer: &str) -> Self {
        if !self.0.errors.is_empty() {
            return self;
        }
        let error = FieldError::at(pointer, self.code().word(), self.0.detail.clone());
        self.with_errors([error])
    }

    /// Tells what is wrong with another part, too.
    pub fn and(self, other: Self) -> Self {
        self.with_errors(other.0.errors)
    }

    /// The same problem once more: the framework lends an error, it does not give it away.
    pub(super) fn copy(&self) -> Self {
        Self(self.0.clone())
    }

    /// The whole answer, with what only the request knows.
    pub fn respond(&self, instance: &str, request_id: &str) -> HttpResponse {
        let Parts {
            code,
            detail,
            errors,
            headers,
            alternates,
            keeping,
            transient: _,
        } = &*self.0;
        let mut response = HttpResponse::build(code.status());
        for (name, value) in headers {
            response.insert_header((name.clone(), value.clone()));
        }
        if let Some(keys) = surrogates::header_of(&keeping.keys) {
            response.insert_header((SURROGATE_KEY, keys));
        }
        if code.status() == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer realm=\"newsline\""));
        }
        response
            .content_type("application/problem+json")
            .json(ProblemJson {
                r#type: format!("/problems/{}", code.word()).into(),
                title: code.title(),
                status: code.status().as_u16(),
                detail,
                instance,
                code: code.word(),
                request_id,
                errors,
                alternates: alternates.as_ref(),
            })
    }
}

fn parameter_error(name: &str, code: &str, detail: String) -> FieldError {
    FieldError {
        pointer: None,
        parameter: Some(name.to_owned()),
        code: code.to_owned(),
        detail,
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code.word(), self.0.detail)
    }
}
impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.0.code.status()
    }
    /// Reached only where no request is at hand; the front door fills in the rest.
    fn error_response(&self) -> HttpResponse {
        self.respond("", "")
    }
}

impl From<Unavailable> for Problem {
    fn from(unavailable: Unavailable) -> Self {
        match unavailable {
            Unavailable::Full => Self::new(Code::StorageFull, "The disk of the database is full."),
            Unavailable::Panicked => Self::new(Code::Internal, "The work was broken off."),
            Unavailable::Busy => {
                Self::new(Code::Unavailable, "The database is busy.").retry_after(1)
            }
            Unavailable::Gone => {
                Self::new(Code::Unavailable, "The database is away.").retry_after(2)
            }
        }
    }
}

impl Problem {
    /// Others were faster in the database: the transaction is worth another try.
    pub(crate) fn overtaken(mut self) -> Self {
        self.0.transient = true;
        self
    }

    pub fn retry_after(self, seconds: u32) -> Self {
        self.with_header(header::RETRY_AFTER, &seconds.to_string())
    }
}

impl From<DieselError> for Problem {
    fn from(error: DieselError) -> Self {
        if let Some(unavailable) = dialect::unavailable(&error) {
            let error = dialect::for_log(&error.to_string());
            tracing::warn!(error, "the database is unavailable");
            return unavailable.into();
        }
        if dialect::is_transient(&error) {
            return Self::from(Unavailable::Busy).overtaken();
        }
        if dialect::is_overtaken(&error) {
            let detail = "Somebody else has made it at this very moment.";
            return Self::new(Code::AlreadyExists, detail).overtaken();
        }
        match (&error, dialect::violated(&error)) {
            (DieselError::NotFound, _) => Self::not_found(),
            (_, Some(column)) => {
                let field = column.rsplit('.').next().unwrap_or_default();
                Self::new(
                    Code::AlreadyExists,
                    format!("Another one has this {field} already."),
                )
                .with_errors([FieldError::at(
                    format!("/{field}"),
                    "taken",
                    "It is taken.",
                )])
            }
            _ => {
                let error = dialect::for_log(&error.to_string());
                tracing::error!(error, "a statement failed");
                Self::new(Code::Internal, "The database refused the work.")
            }
        }
    }
}

impl JobError for Problem {
    fn is_transient(&self) -> bool {
        self.0.transient
    }

    fn is_of_the_database(&self) -> bool {
        self.code().status().is_server_error()
    }
}

/// What handlers return.
pub type ApiResult<T> = Result<T, Problem>;
