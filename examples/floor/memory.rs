//! Answers from memory.

use std::collections::HashMap;
use std::error::Error;

use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use reqwest::header::HeaderValue as Value;

/// An answer as it was read.
struct Known {
    body: Bytes,
    media_type: HeaderValue,
    coding: Option<HeaderValue>,
    etag: HeaderValue,
}

type Answers = HashMap<String, Known>;

async fn answer(request: HttpRequest, answers: Data<Answers>) -> HttpResponse {
    let address = request.uri().path_and_query();
    let found = address.and_then(|address| answers.get(address.as_str()));
    let Some(known) = found else {
        return HttpResponse::NotFound().finish();
    };
    if request.headers().get(header::IF_NONE_MATCH) == Some(&known.etag) {
        return HttpResponse::NotModified()
            .insert_header((header::ETAG, known.etag.clone()))
            .finish();
    }
    let mut response = HttpResponse::Ok();
    if let Some(coding) = &known.coding {
        response.insert_header((header::CONTENT_ENCODING, coding.clone()));
    }
    response
        .insert_header((header::CONTENT_TYPE, known.media_type.clone()))
        .insert_header((header::ETAG, known.etag.clone()))
        .body(known.body.clone())
}

/// Reads the answers in the coding that the environment names in `CODING`, or in none.
async fn read(newsline: &str, addresses: &str) -> Result<Answers, Box<dyn Error>> {
    let client = reqwest::Client::builder()
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_proxy()
        .build()?;
    let coding = std::env::var("CODING").unwrap_or_default();
    let mut answers = Answers::new();
    for address in addresses.lines().filter(|line| !line.is_empty()) {
        let read = client
            .get(format!("{newsline}{address}"))
            .header("accept-encoding", &coding)
            .send()
            .await?;
        let read = read.error_for_status()?;
        let headed = |name: &str| {
            let value = read.headers().get(name).map(Value::as_bytes);
            value.map(HeaderValue::from_bytes).transpose()
        };
        let empty = HeaderValue::from_static("");
        let known = Known {
            media_type: headed("content-type")?.unwrap_or(empty.clone()),
            coding: headed("content-encoding")?,
            etag: headed("etag")?.unwrap_or(empty),
            body: read.bytes().await?,
        };
        answers.insert(address.to_owned(), known);
    }
    Ok(answers)
}

pub async fn serve(bind: &str, newsline: &str, file: &str) -> Result<(), Box<dyn Error>> {
    let answers = Data::new(read(newsline, &std::fs::read_to_string(file)?).await?);
    println!("{} answers at {bind}", answers.len());
    let app = move || {
        App::new()
            .app_data(answers.clone())
            .default_service(web::to(answer))
    };
    HttpServer::new(app)
        .workers(crate::workers()?)
        .bind(bind)?
        .run()
        .await?;
    Ok(())
}
