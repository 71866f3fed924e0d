//! Portable Text as a tool posts it: refused with pointers, or a body that can be written in every form.
#![no_main]

mod written;

use libfuzzer_sys::fuzz_target;
use newsline::body;

fuzz_target!(|data: &[u8]| {
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(data) else {
        return;
    };
    match body::parse(value) {
        Ok(body) => written::check(&body),
        Err(errors) => assert!(!errors.is_empty()),
    }
});
