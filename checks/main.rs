//! Checks that need whole servers to kill, starve and crowd. `scripts/check-kill9`, `check-faults`,
//! `check-contention` and `check-replica` run them; they exit with 1 and say what was wrong where a
//! promise breaks.

mod client;
mod contention;
mod faults;
mod kill9;
mod load;
mod replica;
mod server;
mod sound;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use replica::Standby;
use server::Newsroom;

/// What went wrong, in words.
type Failed = Box<dyn std::error::Error>;
type Checked = Result<(), Failed>;

#[derive(Parser)]
#[command(about = "Checks of what Newsline promises when servers are killed, starved and crowded")]
struct Args {
    #[command(subcommand)]
    check: Check,
    /// A database that may be filled with rubbish: sqlite://PATH or postgres://…
    #[arg(long, global = true, default_value = "")]
    database: String,
}

#[derive(Subcommand)]
enum Check {
    /// Kill the server in the midst of writes, and look for what it had acknowledged
    Kill9 {
        #[arg(long, default_value_t = 20)]
        rounds: u32,
        /// A command that ends the database without any warning, before each second round …
        #[arg(long, requires = "start")]
        crash: Option<String>,
        /// … and one that starts it again
        #[arg(long)]
        start: Option<String>,
    },
    /// Send what clashes, all at once
    Contention {
        #[arg(long, default_value_t = 10)]
        rounds: u32,
    },
    /// Take the disk away from under the database
    FullDisk {
        /// A folder on a small file system of its own, in which the database is
        #[arg(long)]
        disk: std::path::PathBuf,
    },
    /// Stop the database under load, and start it again
    Outage {
        #[arg(long)]
        stop: String,
        #[arg(long)]
        start: String,
    },
    /// Read from a hot standby that lags, stops, hangs and comes back
    Replica(Standby),
}

#[actix_web::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    match check(args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            eprintln!("FAILED: {failed}");
            ExitCode::FAILURE
        }
    }
}

async fn check(args: Args) -> Checked {
    let newsroom = Newsroom::open(&args.database)?;
    match args.check {
        Check::Kill9 {
            rounds,
            crash,
            start,
        } => kill9::run(&newsroom, rounds, crash.zip(start)).await,
        Check::Contention { rounds } => contention::run(&newsroom, rounds).await,
        Check::FullDisk { disk } => faults::full_disk(&newsroom, &disk).await,
        Check::Outage { stop, start } => faults::outage(&newsroom, &stop, &start).await,
        Check::Replica(standby) => replica::run(&newsroom, &standby).await,
    }
}
