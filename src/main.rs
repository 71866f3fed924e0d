//! The program `newsline`: see `newsline help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    newsline::cli::run()
}
