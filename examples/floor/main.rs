//! What the machine can do: bare actix-web servers that do what Newsline does and nothing else, for
//! measuring Newsline against them. They are built with the same flags, workers and allocator.
//!
//! - `floor memory ADDRESS NEWSLINE FILE` reads every address of FILE (one a line) from the Newsline
//!   at NEWSLINE, keeps the bytes and the entity tags, and answers them at ADDRESS: 200, or 304 to
//!   whoever has it.
//! - `floor diesel ADDRESS DATABASE_URL` answers articles by slug and lists from a database, with the
//!   statements that Newsline sends, in the same kind of transaction, in the same words.

mod database;
mod memory;
mod words;

use std::error::Error;

/// As many threads as Newsline has by default.
fn workers() -> std::io::Result<usize> {
    Ok(std::thread::available_parallelism()?.get())
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["memory", bind, newsline, file] => memory::serve(bind, newsline, file).await,
        ["diesel", bind, url] => database::serve(bind, url).await,
        _ => Err(
            "expected: floor memory ADDRESS NEWSLINE FILE, or floor diesel ADDRESS DATABASE_URL"
                .into(),
        ),
    }
}
