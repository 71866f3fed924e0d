//! Markdown as a tool posts it: refused, or a body that can be written in every form.
#![no_main]

mod written;

use libfuzzer_sys::fuzz_target;
use newsline::body;

fuzz_target!(|source: &str| {
    if let Ok(body) = body::from_markdown(source) {
        written::check(&body);
    }
});
