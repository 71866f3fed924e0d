//! What the machine can do: a bare actix-web server that answers from memory, for measuring
//! Newsline against it.
//!
//! `floor ADDRESS NEWSLINE FILE` reads every address of FILE (one a line) from the Newsline at
//! NEWSLINE, keeps the bytes and the entity tags, and answers them at ADDRESS: 200, or 304 to
//! whoever has it. It is built with the same flags, workers and allocator as Newsline.

use std::collections::HashMap;
use std::error::Error;

use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use reqwest::header::HeaderValue as Value;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Body, media type and entity tag of each address.
type Answers = HashMap<String, (Bytes, HeaderValue, HeaderValue)>;

async fn answer(request: HttpRequest, answers: Data<Answers>) -> HttpResponse {
    let address = request.uri().path_and_query();
    let found = address.and_then(|address| answers.get(address.as_str()));
    let Some((body, media_type, etag)) = found else {
        return HttpResponse::NotFound().finish();
    };
    if request.headers().get(header::IF_NONE_MATCH) == Some(etag) {
        return HttpResponse::NotModified()
            .insert_header((header::ETAG, etag.clone()))
            .finish();
    }
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, media_type.clone()))
        .insert_header((header::ETAG, etag.clone()))
        .body(body.clone())
}

async fn read(newsline: &str, addresses: &str) -> Result<Answers, Box<dyn Error>> {
    let client = reqwest::Client::builder()
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_proxy()
        .build()?;
    let mut answers = Answers::new();
    for address in addresses.lines().filter(|line| !line.is_empty()) {
        let read = client.get(format!("{newsline}{address}")).send().await?;
        let read = read.error_for_status()?;
        let headed = |name: &str| {
            let value = read.headers().get(name).map(Value::as_bytes);
            HeaderValue::from_bytes(value.unwrap_or_default())
        };
        let (media_type, etag) = (headed("content-type")?, headed("etag")?);
        answers.insert(address.to_owned(), (read.bytes().await?, media_type, etag));
    }
    Ok(answers)
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [bind, newsline, file] = arguments.as_slice() else {
        return Err("expected: floor ADDRESS NEWSLINE FILE".into());
    };
    let answers = Data::new(read(newsline, &std::fs::read_to_string(file)?).await?);
    println!("{} answers at {bind}", answers.len());
    let app = move || {
        App::new()
            .app_data(answers.clone())
            .default_service(web::to(answer))
    };
    let workers = std::thread::available_parallelism()?.get();
    HttpServer::new(app)
        .workers(workers)
        .bind(bind.as_str())?
        .run()
        .await?;
    Ok(())
}
