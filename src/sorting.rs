//! Brings the order of all names up to date: where the site's languages change, and where the program
//! came with other collation data than the names were sorted by.

use diesel::prelude::*;

use crate::db::schema::collations;
use crate::db::{Db, DbConn, dialect};
use crate::http::problem::{Code, Problem};
use crate::language::{Lang, collate};
use crate::named::order;
use crate::{on_each_backend, site, sources, topics};

/// Sorts all names at start, where that is due.
pub async fn ensure(db: &Db) -> Result<(), Problem> {
    let is_due = |conn: &mut DbConn| {
        let wanted = wanted(site::find(conn)?.chain());
        let known: Vec<(Lang, String)> = collations::table.order(collations::lang).load(conn)?;
        Ok::<_, Problem>(known != wanted)
    };
    if db.read_snapshot(is_due).await? {
        let sorted = db
            .write(|tx| {
                let site = site::find(tx)?;
                let sorted: i64 = collations::table.count().get_result(&mut **tx)?;
                if sorted > 0 {
                    // Other nodes may keep lists in the order that was.
                    tx.record(site::changed());
                }
                Ok::<_, Problem>(rewrite(tx, site.chain())?)
            })
            .await;
        return match sorted {
            // Two nodes may start at once; either one's order will do.
            Err(problem) if problem.code() == Code::AlreadyExists => Ok(()),
            sorted => sorted,
        };
    }
    Ok(())
}

/// By which data the names of each language are to be sorted, in the order of the tags.
fn wanted(chain: &[Lang]) -> Vec<(Lang, String)> {
    let mut langs = chain.to_vec();
    langs.sort();
    langs
        .into_iter()
        .map(|lang| (lang, collate::DATA.to_owned()))
        .collect()
}

/// Sorts all names anew in the languages of the chain.
pub fn rewrite(conn: &mut DbConn, chain: &[Lang]) -> QueryResult<()> {
    dialect::take_your_time(conn)?;
    order::clear(conn)?;
    sources::published::put_in_order(conn, chain)?;
    topics::put_in_order(conn, chain)?;
    diesel::delete(collations::table).execute(conn)?;
    let rows: Vec<_> = wanted(chain)
        .into_iter()
        .map(|(lang, data)| (collations::lang.eq(lang), collations::data.eq(data)))
        .collect();
    on_each_backend!(conn => diesel::insert_into(collations::table)
        .values(&rows)
        .execute(conn)
        .map(drop))
}
