//! What a reader's request costs besides the database: rendering a body, choosing the language, the
//! form and the coding, finding the key of a kept answer, signing and reading a cursor.

use actix_web::HttpRequest;
use actix_web::http::header;
use actix_web::test::TestRequest;
use divan::{Bencher, black_box};
use newsline::body::{Body, from_markdown};
use newsline::db::{AnyId, Id, Instant};
use newsline::http::cache::asking;
use newsline::http::coding::Coding;
use newsline::http::form::Offer;
use newsline::http::page::{CursorKey, Page, Pager, Paging};
use newsline::http::query::Params;
use newsline::language::{Asked, Fallback, Lang, choose};

fn main() {
    divan::main();
}

/// As a browser asks.
fn request() -> HttpRequest {
    TestRequest::get()
        .uri("/v1/articles?section=city&topic=transport,roads&include=topics,quotes&limit=20")
        .insert_header((
            header::ACCEPT,
            "application/ld+json;q=0.5, application/json",
        ))
        .insert_header((
            header::ACCEPT_LANGUAGE,
            "ru-RU, ru;q=0.9, en;q=0.8, *;q=0.1",
        ))
        .insert_header((header::ACCEPT_ENCODING, "gzip, deflate, br, zstd"))
        .to_http_request()
}

/// An article of forty paragraphs, about 6 kB.
fn body() -> Body {
    let paragraph = "On Friday the **minister** said that the [bridge](https://example.az/bridge) \
        will open in May, and that work on it began *two* years ago.";
    let paragraphs = vec![paragraph; 40];
    from_markdown(&paragraphs.join("\n\n")).expect("a body")
}

#[divan::bench]
fn body_as_html(bencher: Bencher) {
    let body = body();
    bencher.bench_local(|| black_box(&body).to_html(|_| None));
}

#[divan::bench]
fn body_as_markdown(bencher: Bencher) {
    let body = body();
    bencher.bench_local(|| black_box(&body).to_markdown());
}

#[divan::bench]
fn body_as_text(bencher: Bencher) {
    let body = body();
    bencher.bench_local(|| black_box(&body).to_text());
}

fn languages() -> Vec<Lang> {
    let tags = ["az", "ru", "en"];
    tags.iter().map(|tag| tag.parse().expect("a tag")).collect()
}

#[divan::bench]
fn language_chosen(bencher: Bencher) {
    let (site, header) = (languages(), "ru-RU, ru;q=0.9, en;q=0.8, *;q=0.1");
    bencher.bench_local(|| {
        let asked = Asked::new(None, Some(black_box(header)));
        choose(&asked, &site, &site, Fallback::Chain)
    });
}

#[divan::bench]
fn tag_read_from_a_row(bencher: Bencher) {
    bencher.bench_local(|| black_box("az").parse::<Lang>());
}

#[divan::bench]
fn form_chosen(bencher: Bencher) {
    let (request, offer) = (
        request(),
        Offer::of(["application/json", "application/ld+json"]),
    );
    bencher.bench_local(|| offer.choose(black_box(request.headers())));
}

#[divan::bench]
fn coding_chosen(bencher: Bencher) {
    let request = request();
    bencher.bench_local(|| Coding::preferred(black_box(request.headers())));
}

/// The way of a request that was asked before in the same bytes.
#[divan::bench]
fn bytes_of_a_request(bencher: Bencher) {
    let (request, mut bytes) = (request(), Vec::new());
    bencher.bench_local(|| asking::write_bytes(black_box(request.head()), &mut bytes));
}

/// The long way begins with this.
#[divan::bench]
fn query_in_order(bencher: Bencher) {
    let request = request();
    bencher.bench_local(|| {
        let params = Params::parse(black_box(request.query_string()));
        params.map(|params| params.canonical()).ok()
    });
}

type Key = (Instant, AnyId);

fn paging(cursor: Option<String>) -> Paging {
    Paging {
        limit: 20,
        cursor,
        count: false,
    }
}

fn first_page(request: &HttpRequest, key: &CursorKey) -> Page<Key> {
    let pager = Pager::<Key>::new(request, key, paging(None)).expect("a page");
    pager.page(vec![(Instant::EPOCH, Id::new()); 21], |row| *row)
}

#[divan::bench]
fn cursor_signed(bencher: Bencher) {
    let (request, key) = (request(), CursorKey::new([7; 32]));
    bencher.bench_local(|| first_page(black_box(&request), &key));
}

#[divan::bench]
fn cursor_read(bencher: Bencher) {
    let (request, key) = (request(), CursorKey::new([7; 32]));
    let next = first_page(&request, &key).page.next;
    bencher.bench_local(|| Pager::<Key>::new(&request, &key, paging(black_box(next.clone()))));
}
