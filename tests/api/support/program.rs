//! The program as it is typed on a command line.

use std::process::Command;

use super::app::SECRET;
use super::database::Database;

/// What became of a command.
pub struct Typed {
    pub done: bool,
    /// Standard output.
    pub printed: String,
    /// Standard error.
    pub said: String,
}

/// The program on a test's database, with nothing else in its environment than the test's secret.
pub fn program(database: &Database) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_newsline"));
    command
        .current_dir(database.folder())
        .env_clear()
        .envs(database.settings())
        .env("NEWSLINE_DATA_DIR", database.folder())
        .env("NEWSLINE_SECRET", SECRET);
    command
}

/// Runs `newsline WORDS…`.
pub fn typed(database: &Database, words: &[&str], environment: &[(&str, &str)]) -> Typed {
    let mut command = program(database);
    let output = command
        .args(words)
        .envs(environment.iter().copied())
        .output()
        .expect("the program");
    Typed {
        done: output.status.success(),
        printed: String::from_utf8_lossy(&output.stdout).into_owned(),
        said: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
