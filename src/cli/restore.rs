//! `newsline restore` and `newsline import`: a file into a new database. A file of an older version
//! is brought up to date on the way.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};

use diesel::prelude::*;

use super::CommandError;
use super::backup::progress;
use crate::app::ready_database;
use crate::auth::model::UserKind;
use crate::auth::secret::Secret;
use crate::auth::signing_keys;
use crate::clock::Clock;
use crate::config::Settings;
use crate::db::schema::{articles, users};
use crate::db::{Db, DbConn, Id, dialect, migrations};
use crate::portable::{
    Contents, Incoming, PortableError, Purpose, SEALED_TABLES, carry_in, carry_out, empty_copy,
    from_sqlite_file, is_sqlite_file,
};
use crate::private;

pub async fn restore(
    settings: Settings,
    file: PathBuf,
    new_keys: bool,
) -> Result<(), CommandError> {
    let db = ready_database(&settings, Clock::default()).await?;
    let secret = settings.secret()?;
    let unwanted = if new_keys { SEALED_TABLES } else { &[] };
    let rows = put(db, &file, Purpose::Backup, unwanted, move |conn| {
        check_secret(conn, &secret)
    })
    .await?;
    println!("{rows} rows were restored from {}.", file.display());
    if new_keys {
        println!("Everybody has to sign in anew.");
    }
    Ok(())
}

pub async fn import(settings: Settings, file: PathBuf, dry_run: bool) -> Result<(), CommandError> {
    let db = ready_database(&settings, Clock::default()).await?;
    let last = move |_: &mut DbConn| match dry_run {
        true => Err(PortableError::TakenBack),
        false => Ok(()),
    };
    match put(db.clone(), &file, Purpose::Export, &[], last).await {
        Ok(rows) => println!("{rows} rows were imported from {}.", file.display()),
        Err(CommandError::Portable(PortableError::TakenBack)) => {
            println!("{} can be imported. Nothing was changed.", file.display());
            return Ok(());
        }
        Err(other) => return Err(other),
    }
    let without = db
        .read(|conn| Ok::<_, PortableError>(without_password(conn)?))
        .await?;
    println!("{without} accounts have no password. Give each one:");
    println!("    newsline user set-password --email WHO");
    Ok(())
}

/// Puts the rows into the database in one transaction, of which `last` is the last step.
async fn put(
    db: Db,
    file: &Path,
    purpose: Purpose,
    unwanted: &'static [&'static str],
    last: impl FnOnce(&mut DbConn) -> Result<(), PortableError> + Send + 'static,
) -> Result<u64, CommandError> {
    let file = file.to_owned();
    let rows = db.maintain(move |conn| {
        refuse_what_is_filled(conn)?;
        let scratch = Scratch::new()?;
        let lines = up_to_date(&file, purpose, &scratch)?;
        let mut lines = Incoming::begin(BufReader::new(File::open(lines)?))?;
        let total = lines.head.total();
        let bar = progress(total);
        conn.transaction(|conn| {
            dialect::take_your_time(conn)?;
            carry_in(conn, &mut lines, unwanted, || bar.inc(1))?;
            last(conn)
        })?;
        bar.finish_and_clear();
        Ok::<_, PortableError>(total)
    });
    Ok(rows.await?)
}

fn refuse_what_is_filled(conn: &mut DbConn) -> Result<(), PortableError> {
    let people: i64 = users::table.count().get_result(conn)?;
    let stories: i64 = articles::table.count().get_result(conn)?;
    match people + stories {
        0 => Ok(()),
        _ => Err(PortableError::Refused(format!(
            "the database has {people} accounts and {stories} articles already: name a new one in DATABASE_URL"
        ))),
    }
}

/// A folder for what is brought up to date, gone afterwards.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> std::io::Result<Self> {
        let folder = std::env::temp_dir().join(format!("newsline-{}", Id::<()>::new()));
        private::folders().create(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The rows of a file as this version has them: the file itself, or one that was made of it.
fn up_to_date(file: &Path, purpose: Purpose, scratch: &Scratch) -> Result<PathBuf, PortableError> {
    let copy = scratch.0.join("copy.db");
    let mut old = if is_sqlite_file(file)? {
        std::fs::copy(file, &copy)?;
        from_sqlite_file(&copy)?
    } else {
        let mut lines = Incoming::begin(BufReader::new(File::open(file)?))?;
        if lines.head.newsline != purpose {
            return Err(PortableError::Refused(match purpose {
                Purpose::Backup => "this is an export: `newsline import` takes it".to_owned(),
                Purpose::Export => "this is a backup: `newsline restore` takes it".to_owned(),
            }));
        }
        if lines.head.schema == migrations::newest()? {
            return Ok(file.to_owned());
        }
        let mut old = empty_copy(&copy, &lines.head.schema)?;
        old.transaction(|conn| carry_in(conn, &mut lines, &[], || ()))?;
        migrations::run(&mut old)?;
        old
    };
    let lines = scratch.0.join("rows.ndjson");
    let contents = Contents::of(&mut old, purpose)?;
    carry_out(
        &mut old,
        &contents,
        BufWriter::new(File::create(&lines)?),
        || (),
    )?;
    Ok(lines)
}

/// What cannot be opened with the server's secret is found now, and not at the next start.
fn check_secret(conn: &mut DbConn, secret: &Secret) -> Result<(), PortableError> {
    let keys = signing_keys::live(conn, Clock::default().now())?;
    match keys.iter().all(|key| key.open(secret).is_ok()) {
        true => Ok(()),
        false => Err(PortableError::Refused(
            "NEWSLINE_SECRET is not the one that the backup was made under. Set that one; if it is lost, \
             --new-keys leaves away what it sealed, and everybody signs in anew"
                .to_owned(),
        )),
    }
}

/// Of those who sign in here; others never had one.
fn without_password(conn: &mut DbConn) -> QueryResult<i64> {
    users::table
        .filter(users::kind.eq(UserKind::Person))
        .filter(users::password_hash.is_null())
        .count()
        .get_result(conn)
}
