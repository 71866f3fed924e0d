//! `newsline backup` and `newsline export`: everything, or all content, into a file.

use std::fs::{File, OpenOptions};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};

use super::CommandError;
use crate::app::open_database;
use crate::clock::Clock;
use crate::config::Settings;
use crate::db::{Db, dialect, migrations};
use crate::http::problem::Problem;
use crate::portable::{Contents, PortableError, Purpose, carry_out};
use crate::private;

/// Of an embedded database, a copy of the file; of PostgreSQL, all rows as lines of JSON.
pub async fn backup(settings: Settings, file: PathBuf) -> Result<(), CommandError> {
    let db = up_to_date(&settings).await?;
    let unfinished = Unfinished::begin(&file)?;
    let path = unfinished.path.clone();
    let copied = db
        .maintain(move |conn| {
            Ok::<_, PortableError>(dialect::copy_into(conn, &path.to_string_lossy())?)
        })
        .await?;
    if !copied {
        write(&db, Purpose::Backup, &unfinished.path).await?;
    }
    unfinished.finish()?;
    println!("Everything is in {}.", file.display());
    println!(
        "Keep NEWSLINE_SECRET with it, but not in the same place: without the secret, restore it with --new-keys."
    );
    Ok(())
}

/// All content as lines of JSON, the same from either database.
pub async fn export(settings: Settings, file: PathBuf, dry_run: bool) -> Result<(), CommandError> {
    let db = up_to_date(&settings).await?;
    if dry_run {
        let contents = db
            .read_snapshot(|conn| Contents::of(conn, Purpose::Export))
            .await?;
        for (table, rows) in &contents.head.rows {
            println!("{rows:>10} {table}");
        }
        println!(
            "{:>10} rows would be written to {}",
            contents.head.total(),
            file.display()
        );
        return Ok(());
    }
    let unfinished = Unfinished::begin(&file)?;
    let rows = write(&db, Purpose::Export, &unfinished.path).await?;
    unfinished.finish()?;
    println!(
        "{rows} rows are in {}. Passwords and sign-ins are not.",
        file.display()
    );
    Ok(())
}

async fn up_to_date(settings: &Settings) -> Result<Db, CommandError> {
    let db = open_database(settings, Clock::default())?;
    let pending = db
        .read(|conn| Ok::<_, Problem>(migrations::pending(conn)))
        .await?;
    match pending.map_err(PortableError::from)? {
        0 => Ok(db),
        pending => Err(CommandError::Refused(format!(
            "{pending} migrations are pending: run `newsline migrate` first"
        ))),
    }
}

async fn write(db: &Db, purpose: Purpose, path: &Path) -> Result<u64, CommandError> {
    let file = OpenOptions::new().write(true).truncate(true).open(path)?;
    let rows = db.read_snapshot(move |conn| {
        dialect::take_your_time(conn)?;
        let contents = Contents::of(conn, purpose)?;
        let total = contents.head.total();
        let bar = progress(total);
        carry_out(conn, &contents, BufWriter::new(file), || bar.inc(1))?;
        bar.finish_and_clear();
        Ok::<_, PortableError>(total)
    });
    Ok(rows.await?)
}

/// Shows how far the rows are; nothing where nobody watches.
pub fn progress(rows: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos} of {len} rows, {eta} left");
    ProgressBar::new(rows).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// A file that gets its name only when it is whole, and that nobody else may read.
struct Unfinished {
    path: PathBuf,
    file: PathBuf,
}

impl Unfinished {
    fn begin(file: &Path) -> Result<Self, CommandError> {
        if file.exists() {
            let problem = format!("{} exists already", file.display());
            return Err(CommandError::Refused(problem));
        }
        let mut path = file.as_os_str().to_owned();
        path.push(".unfinished");
        private::files().create(true).truncate(true).open(&path)?;
        Ok(Self {
            path: path.into(),
            file: file.to_owned(),
        })
    }

    fn finish(self) -> Result<(), CommandError> {
        File::open(&self.path)?.sync_all()?;
        std::fs::rename(&self.path, &self.file)?;
        Ok(private::sync_folder(&self.file)?)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // It is gone already where it got its name.
        let _ = std::fs::remove_file(&self.path);
    }
}
