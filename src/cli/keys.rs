//! `newsline keys …`: the keys that sign access tokens, and the secret that seals them.

use super::CommandError;
use crate::app::ready_database;
use crate::auth::keyring::RETIRED_SECONDS;
use crate::auth::secret::Secret;
use crate::auth::signing_keys::{self, Old, StoredKey};
use crate::clock::Clock;
use crate::config::{Environment, Settings};
use crate::db::Db;
use crate::http::once;
use crate::http::problem::Problem;

#[derive(clap::Subcommand)]
pub enum Command {
    /// List the signing keys
    List,
    /// Make a new signing key; running nodes take it up within half a minute
    Rotate {
        /// Throw the old keys away: whoever is signed in has to refresh at once
        #[arg(long)]
        at_once: bool,
    },
    /// Seal what is sealed with NEWSLINE_SECRET_PREVIOUS anew, with NEWSLINE_SECRET. Stop the nodes before
    Rewrap,
}

pub async fn run(
    command: Command,
    settings: Settings,
    environment: &Environment,
) -> Result<(), CommandError> {
    let db = ready_database(&settings, Clock::default()).await?;
    match command {
        Command::List => list(&db).await,
        Command::Rotate { at_once } => rotate(&db, &settings.secret()?, at_once).await,
        Command::Rewrap => rewrap(&db, previous(environment)?, settings.secret()?).await,
    }
}

async fn list(db: &Db) -> Result<(), CommandError> {
    let now = db.clock().now();
    let keys = db
        .read(move |conn| Ok::<_, Problem>(signing_keys::live(conn, now)?))
        .await?;
    for (nth, key) in keys.iter().enumerate() {
        let state = match key.ends_at() {
            None if nth == 0 => "signs".to_owned(),
            None => "checks".to_owned(),
            Some(end) => format!("checks until {end}"),
        };
        println!("{} made {} {state}", key.id, key.created_at);
    }
    Ok(())
}

async fn rotate(db: &Db, secret: &Secret, at_once: bool) -> Result<(), CommandError> {
    let now = db.clock().now();
    let present = db
        .read(move |conn| Ok::<_, Problem>(signing_keys::live(conn, now)?))
        .await?;
    if let Some(newest) = present.first() {
        // A key that was sealed with another secret would stop every node at its next start.
        let opened = newest.open(secret);
        opened.map_err(|error| CommandError::Refused(error.to_string()))?;
    }
    let key = StoredKey::generate(secret, now);
    let id = key.id;
    let old = if at_once { Old::Forget } else { Old::Retire };
    db.write(move |tx| Ok::<_, Problem>(signing_keys::rotate(tx, &key, old)?))
        .await?;
    println!("{id} signs from now on");
    match at_once {
        true => println!("tokens of the old keys are refused within half a minute"),
        false => println!(
            "the old keys check until {}",
            now.plus_seconds(RETIRED_SECONDS)
        ),
    }
    Ok(())
}

fn previous(environment: &Environment) -> Result<Secret, CommandError> {
    let name = "NEWSLINE_SECRET_PREVIOUS";
    let text = environment.get(name).unwrap_or_default();
    if text.is_empty() {
        return Err(CommandError::Refused(format!(
            "{name}: must be set to the secret that was in use until now"
        )));
    }
    Secret::parse(text).map_err(|error| CommandError::Refused(format!("{name}: {error}")))
}

/// All of it or, with a wrong secret, nothing.
async fn rewrap(db: &Db, old: Secret, new: Secret) -> Result<(), CommandError> {
    let (keys, answers) = db
        .write(move |tx| {
            let keys = signing_keys::rewrap(tx, &old, &new)?;
            Ok::<_, Problem>((keys, once::rewrap(tx, &old, &new)?))
        })
        .await?;
    println!(
        "sealed with the new secret: {keys} signing keys, {answers} answers to repeated posts"
    );
    Ok(())
}
