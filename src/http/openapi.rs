//! The OpenAPI document: what utoipa reads off the handlers, and what holds for all of them.

use actix_web::http::Method;
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    ComponentsBuilder, ContactBuilder, ContentBuilder, InfoBuilder, LicenseBuilder, OpenApi,
    PathItem, Ref, RefOr, Required, Response, ResponseBuilder, ServerBuilder,
};
use utoipa::{IntoParams, PartialSchema};

use super::limits::limit_of;
use super::problem::{FieldError, ProblemJson};
use crate::auth::rights::right_of;

/// `If-Match`: the `ETag` that was read. Put it into the `params` of what changes an existing thing.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(
    dead_code,
    reason = "the header as the document shows it; `etag::IfMatch` reads it"
)]
pub struct IfMatchHeader {
    /// The `ETag` of the version that you change.
    #[param(rename = "If-Match", example = "\"3\"", max_length = 200)]
    if_match: String,
}

/// For a PUT that may create.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(
    dead_code,
    reason = "the headers as the document shows them; `etag::Precondition` reads them"
)]
pub struct PreconditionHeaders {
    /// The `ETag` of the version that you replace.
    #[param(
        rename = "If-Match",
        example = "\"3\"",
        max_length = 200,
        value_type = String,
        required = false
    )]
    if_match: Option<String>,
    /// `*` to create what is not there yet.
    #[param(
        rename = "If-None-Match",
        example = "*",
        max_length = 200,
        value_type = String,
        required = false
    )]
    if_none_match: Option<String>,
}

const DESCRIPTION: &str = "A headless CMS for newsrooms. Readers come in by `/v1/…` and need no account; the newsroom \
    comes in by `/v1/desk/…` with an access token from `/v1/auth/tokens`. Unknown parameters and fields are refused, \
    lists are paged by cursor, changes name the version that they change (`If-Match`), and every POST can be repeated \
    safely (`Idempotency-Key`). Every error is a problem (RFC 9457).";

const TAGS: &[(&str, &str)] = &[
    (
        "articles",
        "Articles, their quotes, related items and reviews, for readers.",
    ),
    ("pages", "Everything that one screen needs, in one request."),
    ("quotes", "Who said what."),
    (
        "sources",
        "Who is quoted, and the timeline of what they said.",
    ),
    ("reviews", "What readers say, and a guest's own review."),
    ("notices", "Short messages for a place and a time."),
    ("lists", "News Line and other lists."),
    ("site", "Sections, topics and settings of the site."),
    ("feeds", "Feeds and sitemaps."),
    ("auth", "Signing in and out."),
    ("desk: account", "One's own account."),
    ("desk: users", "Who works here."),
    (
        "desk: articles",
        "Articles and their texts: writing, publishing, history.",
    ),
    ("desk: quotes", "Quotes in texts."),
    ("desk: sources", "People and organisations that are quoted."),
    ("desk: reviews", "Moderating readers' reviews."),
    (
        "desk: privacy",
        "What is held of a reader: told and erased.",
    ),
    ("desk: notices", "Notices and their texts."),
    ("desk: site", "Sections, topics, lists and settings."),
    ("desk: changes", "What happened, by whom."),
    ("desk: reports", "What is published, in numbers."),
    ("system", "Health, metrics and documents."),
];

/// Completes what was read off the handlers.
pub fn complete(mut document: OpenApi, public_url: &str) -> OpenApi {
    document.info = InfoBuilder::new()
        .title("Newsline")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(DESCRIPTION))
        .license(Some(
            LicenseBuilder::new()
                .name("Apache-2.0")
                .url(Some("https://www.apache.org/licenses/LICENSE-2.0"))
                .build(),
        ))
        .contact(Some(
            ContactBuilder::new()
                .name(Some("Newsline"))
                .url(Some(format!("{public_url}/docs/")))
                .build(),
        ))
        .build();
    document.servers = Some(vec![ServerBuilder::new().url(public_url).build()]);
    for (path, item) in &mut document.paths.paths {
        complete_path(path, item);
    }
    let used: Vec<String> = document
        .paths
        .paths
        .values_mut()
        .flat_map(|item| {
            operations_mut(item)
                .into_iter()
                .flat_map(|(_, operation)| operation.tags.clone())
                .flatten()
        })
        .collect();
    let tags = TAGS
        .iter()
        .filter(|(name, _)| used.iter().any(|tag| tag == name));
    document.tags = Some(
        tags.map(|(name, what)| {
            TagBuilder::new()
                .name(*name)
                .description(Some(*what))
                .build()
        })
        .collect(),
    );
    let components = document
        .components
        .take()
        .unwrap_or_else(|| ComponentsBuilder::new().build());
    document.components = Some(
        ComponentsBuilder::from(components)
            .schema("FieldError", FieldError::schema())
            .schema("Problem", ProblemJson::schema())
            .security_scheme(
                "token",
                bearer_scheme(
                    HttpBuilder::new().bearer_format("JWT"),
                    "An access token from `/v1/auth/tokens`, good for 15 minutes.",
                ),
            )
            .security_scheme(
                "api_key",
                bearer_scheme(
                    HttpBuilder::new(),
                    "The API key of a tool, `nlk_…`, from `/v1/desk/api-keys`. With a read-only key, GET only.",
                ),
            )
            .security_scheme(
                "manage_token",
                bearer_scheme(
                    HttpBuilder::new(),
                    "The `manage_token` that a guest was given for a review, good for that review only.",
                ),
            )
            .build(),
    );
    super::parts::allow_parts(&mut document);
    document
}

fn bearer_scheme(scheme: HttpBuilder, description: &str) -> SecurityScheme {
    let scheme = scheme.scheme(HttpAuthScheme::Bearer);
    SecurityScheme::Http(scheme.description(Some(description)).build())
}

fn operations_mut(item: &mut PathItem) -> Vec<(Method, &mut Operation)> {
    [
        (Method::GET, &mut item.get),
        (Method::PUT, &mut item.put),
        (Method::POST, &mut item.post),
        (Method::PATCH, &mut item.patch),
        (Method::DELETE, &mut item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| operation.as_mut().map(|operation| (method, operation)))
    .collect()
}

fn complete_path(path: &str, item: &mut PathItem) {
    for (method, operation) in operations_mut(item) {
        let right = operation.operation_id.as_deref().and_then(right_of);
        if let Some(right) = right {
            let roles: Vec<&str> = right.roles().iter().map(|role| role.as_str()).collect();
            let said = operation.description.take().unwrap_or_default();
            operation.description = Some(
                format!("{said}\n\nRoles: {}.", roles.join(", "))
                    .trim()
                    .to_owned(),
            );
            let keys = right.is_for_keys().then_some("api_key");
            let schemes = std::iter::once("token").chain(keys);
            let needed =
                schemes.map(|name| SecurityRequirement::new::<_, [&str; 0], &str>(name, []));
            operation.security = Some(needed.collect());
        }
        if operation.description.is_none() {
            operation.description = operation.summary.clone();
        }
        if method == Method::POST && !path.starts_with("/v1/auth") {
            operation
                .parameters
                .get_or_insert_default()
                .push(RefOr::T(idempotency_key()));
        }
        // Said also where it is nothing: this operation needs no account, it was not forgotten.
        operation.security.get_or_insert_default();
        let mut statuses = vec![400, 500, 503];
        statuses.extend(right.map(|_| [401, 403]).into_iter().flatten());
        statuses.extend((path.contains('{')).then_some(404));
        statuses.extend(
            operation
                .request_body
                .as_ref()
                .map(|_| [408, 413, 415, 422])
                .into_iter()
                .flatten(),
        );
        if method != Method::GET {
            statuses.extend([409, 507]);
        }
        let limit = operation.operation_id.as_deref().and_then(limit_of);
        statuses.extend(limit.map(|_| 429));
        if has_header(operation, "If-Match") {
            statuses.extend([412, 422, 428]);
        }
        let by_manage_token = right.is_none()
            && operation
                .security
                .as_ref()
                .is_some_and(|needed| !needed.is_empty());
        if by_manage_token || path.starts_with("/v1/auth/") {
            statuses.push(401);
        }
        if method == Method::GET && path.starts_with("/v1/") && !path.starts_with("/v1/desk") {
            statuses.extend([406, 410]);
        }
        for status in statuses {
            let responses = &mut operation.responses.responses;
            responses
                .entry(status.to_string())
                .or_insert_with(|| RefOr::T(problem_response(status)));
        }
        if method == Method::GET {
            let unchanged = ResponseBuilder::new()
                .description("You have it already (`If-None-Match`).")
                .build();
            operation
                .responses
                .responses
                .entry("304".to_owned())
                .or_insert(RefOr::T(unchanged));
        }
        describe_responses(operation);
        document_headers(operation);
        if limit.is_some() {
            document_limit(operation);
        }
    }
}

fn has_header(operation: &Operation, name: &str) -> bool {
    operation
        .parameters
        .iter()
        .flatten()
        .any(|parameter| matches!(parameter, RefOr::T(parameter) if parameter.name == name))
}

fn idempotency_key() -> Parameter {
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some("Makes the request safe to repeat: the same key and body give the first answer again, for 24 hours."))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(200))))
        .example(Some(serde_json::json!("0b7d3c52-8f3e-4c6a-9a55-2f6f5a3b1c77")))
        .build()
}

fn reason(status: u16) -> &'static str {
    actix_web::http::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or("Problem")
}

/// A response needs a description, if only the name of its status.
fn describe_responses(operation: &mut Operation) {
    for (status, response) in &mut operation.responses.responses {
        if let (RefOr::T(response), Ok(status)) = (response, status.parse())
            && response.description.is_empty()
        {
            response.description = reason(status).to_owned();
        }
    }
}

fn problem_response(status: u16) -> Response {
    ResponseBuilder::new()
        .description(reason(status))
        .content(
            "application/problem+json",
            ContentBuilder::new()
                .schema(Some(RefOr::Ref(Ref::from_schema_name("Problem"))))
                .build(),
        )
        .build()
}

/// How a client stands with the limit that counts the operation.
fn document_limit(operation: &mut Operation) {
    const FIELDS: [(&str, &str); 3] = [
        (
            "RateLimit-Policy",
            "The limit: its name, `q` requests in `w` seconds.",
        ),
        (
            "RateLimit",
            "`r` requests are left, and in `t` seconds there are more.",
        ),
        ("Retry-After", "Seconds to wait."),
    ];
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else {
            continue;
        };
        let told = match status.as_str() {
            "429" => 3,
            status if status.starts_with('2') => 2,
            _ => 0,
        };
        for (name, description) in &FIELDS[..told] {
            response
                .headers
                .insert((*name).to_owned(), text_header(description));
        }
    }
}

fn text_header(description: &str) -> RefOr<Header> {
    HeaderBuilder::new()
        .schema(Some(ObjectBuilder::new().schema_type(Type::String).build()))
        .description(Some(description))
        .build()
        .into()
}

/// `ETag` on what is read or changed, `Location` on what is made or has moved.
fn document_headers(operation: &mut Operation) {
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else {
            continue;
        };
        if matches!(status.as_str(), "201" | "301") {
            response.headers.insert(
                "Location".to_owned(),
                text_header("The address of the thing."),
            );
        }
        if matches!(status.as_str(), "200" | "201") {
            response.headers.insert(
                "ETag".to_owned(),
                text_header("The version of the thing, or of this representation."),
            );
        }
    }
}
