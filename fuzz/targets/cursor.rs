//! Cursors: whatever comes that is not a cursor of this very list is refused, never read.
#![no_main]

use actix_web::test::TestRequest;
use libfuzzer_sys::fuzz_target;
use newsline::http::page::{CursorKey, Pager, Paging};
use newsline::http::problem::Code;

type Key = (i64, u64);

fn pager(list: &str, cursor: Option<String>) -> Result<Pager<Key>, newsline::http::problem::Problem> {
    let request = TestRequest::with_uri(list).to_http_request();
    let paging = Paging { limit: 20, cursor, count: false };
    Pager::new(&request, &CursorKey::new([7; 32]), paging)
}

fuzz_target!(|data: (&str, i64, u64, u8)| {
    let (garbage, instant, id, at) = data;
    match pager("/v1/articles", Some(garbage.to_owned())) {
        Ok(_) => panic!("a forged cursor was taken: {garbage}"),
        Err(problem) => assert_eq!(problem.code(), Code::InvalidCursor),
    }
    let Ok(first) = pager("/v1/articles", None) else { return };
    let key = (instant, id);
    let Some(cursor) = first.framed(vec![()], Some(key), None).page.next else { return };
    let read = pager("/v1/articles", Some(cursor.clone()));
    assert_eq!(read.ok().and_then(|pager| pager.at).map(|at| at.key), Some(key));
    assert!(pager("/v1/quotes", Some(cursor.clone())).is_err());
    let mut broken = cursor.into_bytes();
    let place = usize::from(at) % broken.len();
    broken[place] = if broken[place] == b'A' { b'B' } else { b'A' };
    let broken = String::from_utf8(broken).expect("ASCII");
    // The last letter of base64 may have bits that say nothing.
    assert!(place + 1 == broken.len() || pager("/v1/articles", Some(broken)).is_err());
});
