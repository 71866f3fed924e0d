//! The command line: one file a command.

mod backup;
pub mod bench;
mod demo;
mod keys;
mod migrate;
mod openapi;
mod restore;
mod serve;
mod user;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::app::StartError;
use crate::config::{ConfigError, Environment, Settings};
use crate::logging::LogSettings;
use crate::portable::PortableError;

/// A headless CMS for newsrooms.
#[derive(Parser)]
#[command(name = "newsline", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API until SIGTERM or SIGINT
    Serve,
    /// Fill an embedded database with a small newsroom, then serve it
    Demo,
    /// Apply pending migrations
    Migrate,
    /// Make and keep the accounts of the newsroom
    User {
        #[command(subcommand)]
        command: user::Command,
    },
    /// The keys that sign access tokens, and the secret that seals them
    Keys {
        #[command(subcommand)]
        command: keys::Command,
    },
    /// Make what measurements need
    Bench {
        #[command(subcommand)]
        command: bench::Command,
    },
    /// Copy everything into a file, while servers go on: what to go on with after a loss
    Backup {
        /// A file that does not exist yet. It holds e-mails and hashes of passwords: keep it safe
        file: PathBuf,
    },
    /// Put a backup into a new database
    Restore {
        file: PathBuf,
        /// The old NEWSLINE_SECRET is lost: leave away what it sealed. Everybody signs in anew
        #[arg(long)]
        new_keys: bool,
    },
    /// Write all content into a file (NDJSON), without passwords and sign-ins
    Export {
        /// A file that does not exist yet
        file: PathBuf,
        /// Only say what would be written
        #[arg(long)]
        dry_run: bool,
    },
    /// Put an export into a new database
    Import {
        file: PathBuf,
        /// Try it, and take it back
        #[arg(long)]
        dry_run: bool,
    },
    /// Print the OpenAPI document
    Openapi,
}

/// Why a command failed, in words for whoever typed it.
#[derive(Debug, thiserror::Error)]
enum CommandError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    Portable(#[from] PortableError),
    #[error("{0}")]
    Refused(String),
}

impl From<crate::http::problem::Problem> for CommandError {
    fn from(problem: crate::http::problem::Problem) -> Self {
        Self::Refused(problem.to_string())
    }
}

/// Runs what the command line says.
pub fn run() -> ExitCode {
    match begin(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("newsline: {error}");
            ExitCode::FAILURE
        }
    }
}

fn begin(command: Command) -> Result<(), CommandError> {
    let environment = Environment::of_process()?;
    LogSettings::read(&environment)?.begin();
    actix_web::rt::System::new().block_on(run_command(command, &environment))
}

async fn run_command(command: Command, environment: &Environment) -> Result<(), CommandError> {
    match command {
        Command::Bench { command } => bench::run(command, Settings::read(environment)?).await,
        Command::Openapi => openapi::print(),
        Command::Serve => serve::run(Settings::read(environment)?).await,
        Command::Demo => demo::run(Settings::read(environment)?, environment).await,
        Command::Backup { file } => backup::backup(Settings::read(environment)?, file).await,
        Command::Export { file, dry_run } => {
            backup::export(Settings::read(environment)?, file, dry_run).await
        }
        Command::Restore { file, new_keys } => {
            restore::restore(Settings::read(environment)?, file, new_keys).await
        }
        Command::Import { file, dry_run } => {
            restore::import(Settings::read(environment)?, file, dry_run).await
        }
        Command::Migrate => migrate::run(Settings::read(environment)?).await,
        Command::Keys { command } => {
            keys::run(command, Settings::read(environment)?, environment).await
        }
        Command::User { command } => {
            user::run(command, Settings::read(environment)?, environment).await
        }
    }
}
