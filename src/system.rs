//! Health, metrics, the OpenAPI document, and what problems mean.

use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{Data, Json, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use bytes::Bytes;
use serde::Serialize;
use tokio::sync::OnceCell;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::auth::guards::bearer;
use crate::db::migrations;
use crate::http::coding::Coding;
use crate::http::mounts::Mounts;
use crate::http::problem::{ApiResult, Code, Problem, ProblemJson};
use crate::http::reading::{Reading, cache_control, entity_tag};

pub fn mount(mounts: &mut Mounts) {
    mounts
        .service(get_health)
        .service(get_readiness)
        .service(get_metrics)
        .service(get_document)
        .service(get_problem);
}

/// Whether something works.
#[derive(Serialize, ToSchema)]
pub struct Health {
    #[schema(example = "ok")]
    status: &'static str,
}

/// Is the process alive
#[utoipa::path(tag = "system", responses((status = 200, body = Health)))]
#[get("/healthz")]
pub async fn get_health() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// Can it serve
///
/// Asks the database, and whether its migrations are all applied.
#[utoipa::path(tag = "system", responses((status = 200, body = Health)))]
#[get("/readyz")]
pub async fn get_readiness(app: Data<App>) -> ApiResult<Json<Health>> {
    let pending = app
        .db
        .read(|conn| Ok::<_, Problem>(migrations::pending(conn)))
        .await?;
    match pending {
        Ok(0) => Ok(Json(Health { status: "ok" })),
        _ => Err(Problem::new(Code::Unavailable, "The database is not ready.").retry_after(5)),
    }
}

/// Numbers to watch
///
/// In the text format of Prometheus. The operator may ask for a token (`NEWSLINE_METRICS_TOKEN`) or
/// show them at another address only (`NEWSLINE_METRICS_BIND`), and then there is nothing here.
#[utoipa::path(
    tag = "system",
    responses(
        (status = 200, body = String, content_type = "text/plain", example = "newsline_statements 42"),
        (status = 401, description = "Unauthorized", content_type = "application/problem+json", body = ProblemJson),
        (status = 404, description = "Not Found", content_type = "application/problem+json", body = ProblemJson),
    ),
)]
#[get("/metrics")]
pub async fn get_metrics(app: Data<App>, request: HttpRequest) -> ApiResult<HttpResponse> {
    match app.settings.metrics.bind {
        Some(_) => Err(Problem::not_found()),
        None => show_metrics(app, request).await,
    }
}

/// The numbers, for whoever has the token, where one is asked for.
pub async fn show_metrics(app: Data<App>, request: HttpRequest) -> ApiResult<HttpResponse> {
    if !app.settings.metrics.opens_with(bearer(request.headers())) {
        let detail = "This needs the token of NEWSLINE_METRICS_TOKEN: Authorization: Bearer …";
        return Err(Problem::new(Code::BadToken, detail));
    }
    let text = app.metrics.text(app.db.statements(), app.cache.bytes());
    Ok(HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4")
        .body(text))
}

/// This document
#[utoipa::path(tag = "system", responses((status = 200, body = Object, content_type = "application/json")))]
#[get("/openapi.json")]
pub async fn get_document(app: Data<App>, request: HttpRequest) -> HttpResponse {
    let (document, coding) = (&app.document, Coding::preferred(request.headers()));
    let mut response = HttpResponse::Ok();
    response
        .content_type("application/json")
        .insert_header((header::ETAG, document.etag.clone()))
        .insert_header((header::CACHE_CONTROL, cache_control(None).as_ref()))
        .append_header((header::VARY, "Accept-Encoding"));
    match (document.in_coding(coding).await, coding.name()) {
        (Some(encoded), Some(name)) => {
            response.insert_header((header::CONTENT_ENCODING, name));
            response.body(encoded.clone())
        }
        _ => response.body(document.plain.clone()),
    }
}

/// The OpenAPI document as it is sent. It is large, for everybody, and the same until the process
/// ends: it is tagged once, and compressed once in each coding that somebody asks for.
pub struct SentDocument {
    plain: Bytes,
    etag: HeaderValue,
    br: OnceCell<Option<Bytes>>,
    zstd: OnceCell<Option<Bytes>>,
    gzip: OnceCell<Option<Bytes>>,
}

impl SentDocument {
    pub fn new(json: String) -> Self {
        Self {
            etag: entity_tag(json.as_bytes()),
            plain: json.into(),
            br: OnceCell::new(),
            zstd: OnceCell::new(),
            gzip: OnceCell::new(),
        }
    }

    /// Nothing where it goes as it is.
    async fn in_coding(&self, coding: Coding) -> Option<&Bytes> {
        let encoded = match coding {
            Coding::Br => &self.br,
            Coding::Zstd => &self.zstd,
            Coding::Gzip => &self.gzip,
            Coding::Identity => return None,
        };
        let encoded = encoded.get_or_init(|| coding.encode(&self.plain));
        encoded.await.as_ref()
    }
}

/// What a problem means.
#[derive(Serialize, ToSchema)]
pub struct Meaning {
    #[schema(example = "stale")]
    code: &'static str,
    #[schema(example = 412)]
    status: u16,
    title: &'static str,
    meaning: &'static str,
}

/// Which problem.
#[derive(serde::Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ProblemPath {
    /// The `code` of a problem.
    #[param(example = "stale", max_length = 60)]
    code: String,
}

/// What a problem means
#[utoipa::path(tag = "system", params(ProblemPath), responses((status = 200, body = Meaning)))]
#[get("/problems/{code}")]
pub async fn get_problem(path: Path<ProblemPath>) -> ApiResult<Reading> {
    let code = Code::ALL
        .iter()
        .find(|code| code.word() == path.code)
        .ok_or_else(Problem::not_found)?;
    Reading::json(&Meaning {
        code: code.word(),
        status: code.status().as_u16(),
        title: code.title(),
        meaning: code.meaning(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn the_document_is_compressed_once_in_each_coding() {
        let document = SentDocument::new("a document ".repeat(1000));
        for coding in [Coding::Br, Coding::Zstd, Coding::Gzip] {
            let first = document.in_coding(coding).await.expect("bytes").as_ptr();
            let second = document.in_coding(coding).await.expect("bytes").as_ptr();
            assert_eq!(first, second, "{coding:?}");
        }
        assert_eq!(document.in_coding(Coding::Identity).await, None);
    }
}
