//! Merge patches: refused with a pointer, or a patch of fields that are within their bounds.
#![no_main]

use actix_web::FromRequest;
use actix_web::test::TestRequest;
use libfuzzer_sys::fuzz_target;
use newsline::http::body::MergePatch;
use newsline::{articles, lists, quotes, reviews, site, sources};

fn read<T: serde::de::DeserializeOwned + 'static>(data: &[u8]) {
    let (request, mut payload) = TestRequest::patch()
        .insert_header(("content-type", "application/merge-patch+json"))
        .set_payload(data.to_vec())
        .to_http_parts();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime");
    let patch = runtime.block_on(MergePatch::<T>::from_request(&request, &mut payload));
    if let Err(problem) = patch {
        assert!(problem.code().status().is_client_error());
    }
}

fuzz_target!(|data: (u8, &[u8])| {
    let (which, data) = data;
    match which % 6 {
        0 => read::<articles::api::ArticlePatch>(data),
        1 => read::<articles::api::TextPatch>(data),
        2 => read::<quotes::api::QuotePatch>(data),
        3 => read::<sources::api::SourcePatch>(data),
        4 => read::<lists::api::ListPatch>(data),
        _ => {
            read::<site::SitePatch>(data);
            read::<reviews::api::ReviewPatch>(data);
        }
    }
});
