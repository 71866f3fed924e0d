//! `newsline migrate`.

use super::CommandError;
use crate::app::open_database;
use crate::clock::Clock;
use crate::config::Settings;
use crate::db::migrations;
use crate::http::problem::Problem;

/// Applies what is pending and says what it was.
pub async fn run(settings: Settings) -> Result<(), CommandError> {
    let db = open_database(&settings, Clock::default())?;
    let applied = db
        .maintain(|conn| Ok::<_, Problem>(migrations::run(conn)))
        .await?;
    let applied = applied.map_err(|error| CommandError::Refused(error.to_string()))?;
    match applied.is_empty() {
        true => println!("Nothing to do: the database is up to date."),
        false => applied.iter().for_each(|name| println!("applied {name}")),
    }
    Ok(())
}
