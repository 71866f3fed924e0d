//! Whether a database is whole: by its own means, and by the change log.

use std::collections::HashSet;

use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::client::Client;
use crate::load::Story;
use crate::server::Newsroom;
use crate::{Checked, Failed};

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    said: String,
}

/// Asks SQLite about its file; reads every row of every table on PostgreSQL, which checks the
/// pages on the way.
pub fn check_database(newsroom: &Newsroom) -> Checked {
    match newsroom.url.strip_prefix("sqlite://") {
        Some(path) => check_file(&mut SqliteConnection::establish(path)?),
        None => check_tables(&mut PgConnection::establish(&newsroom.url)?),
    }
}

fn check_file(conn: &mut SqliteConnection) -> Checked {
    let said: Vec<Row> =
        diesel::sql_query("SELECT integrity_check AS said FROM pragma_integrity_check")
            .load(conn)?;
    let said: Vec<String> = said.into_iter().map(|row| row.said).collect();
    let dangling: Vec<Row> =
        diesel::sql_query("SELECT \"table\" AS said FROM pragma_foreign_key_check").load(conn)?;
    match said == ["ok"] && dangling.is_empty() {
        true => Ok(()),
        false => Err(format!(
            "integrity_check: {said:?}, {} rows point nowhere",
            dangling.len()
        )
        .into()),
    }
}

fn check_tables(conn: &mut PgConnection) -> Checked {
    let tables: Vec<Row> = diesel::sql_query(
        "SELECT table_name::text AS said FROM information_schema.tables \
         WHERE table_schema = 'public' AND table_type = 'BASE TABLE'",
    )
    .load(conn)?;
    for Row { said: table } in tables {
        // The length of the row as text needs each of its columns.
        let read = format!("SELECT coalesce(sum(length(t::text)), 0)::text AS said FROM {table} t");
        let _: Vec<Row> = diesel::sql_query(read).load(conn)?;
    }
    Ok(())
}

/// Every acknowledged story has its rows in the log, and no number is missing there.
pub async fn check_log(desk: &Client, stories: &[Story]) -> Checked {
    let (mut created, mut published) = (HashSet::new(), HashSet::new());
    let mut last = 0;
    loop {
        let page = desk
            .get(&format!("/v1/desk/changes?after={last}&limit=1000"))
            .await?
            .expect(200)?;
        let items = page.json["items"].as_array().cloned().unwrap_or_default();
        if items.is_empty() {
            break;
        }
        for change in items {
            let seq = change["seq"].as_i64().unwrap_or_default();
            if seq != last + 1 {
                return Err(format!("the change log goes from {last} to {seq}").into());
            }
            last = seq;
            let id = change["id"].as_str().unwrap_or_default().to_owned();
            match change["action"].as_str() {
                Some("created") => created.insert(id),
                Some("published") => published.insert(id),
                _ => false,
            };
        }
    }
    let missing = |story: &Story| -> Option<Failed> {
        let id = story.id.as_ref()?;
        let logged = created.contains(id) && (!story.published || published.contains(id));
        (!logged).then(|| format!("{id} has no row in the change log").into())
    };
    stories.iter().find_map(missing).map_or(Ok(()), Err)
}
