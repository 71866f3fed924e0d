//! The order of names in each language of the site, as its dictionary has it: of topics, and of the
//! sources that readers know. There is a row for each name and language, so that a list goes by an
//! index from page to page. `crate::sorting` writes all of them anew.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use diesel::prelude::*;

use crate::db::among::among;
use crate::db::dialect::{Way, row_compare};
use crate::db::schema::published_names;
use crate::db::{AnyId, DbConn};
use crate::http::page::{COUNT_LIMIT, Position};
use crate::http::problem::{Code, Problem};
use crate::language::{Collation, Lang, Names};
use crate::{on_each_backend, text_enum};

text_enum! {
    /// Which names stand in one order.
    pub enum NamesOf {
        Sources = "sources", People = "people", Organisations = "organisations", Topics = "topics",
    }
}

/// A thing with names, and the orders in which it stands.
pub struct Entry<'a> {
    pub id: AnyId,
    pub of: &'a [NamesOf],
    pub names: &'a Names,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = published_names, treat_none_as_default_value = false)]
struct Row {
    collection: NamesOf,
    lang: Lang,
    sort_key: Vec<u8>,
    id: AnyId,
}

/// How many rows go into one statement.
const ROWS: usize = 1000;

/// How much of a name is sorted, in bytes of its key: enough for some hundred letters, and little
/// enough for a cursor and for an index of PostgreSQL. What is the same so far goes by id.
const SORTED: usize = 192;

/// Puts things in order in the languages of the site's chain, in the place of where they stood. In a
/// language in which a thing has no name, it stands by the one that is shown instead.
pub fn put(conn: &mut DbConn, entries: &[Entry], chain: &[Lang]) -> QueryResult<()> {
    let ids: Vec<AnyId> = entries.iter().map(|entry| entry.id).collect();
    remove(conn, &ids)?;
    let mut rows = Vec::new();
    for lang in chain {
        let collation = Collation::of(lang);
        for Entry { id, of, names } in entries {
            let mut sort_key = collation.sort_key(names.pick(lang, chain));
            sort_key.truncate(SORTED);
            rows.extend(of.iter().map(|collection| Row {
                collection: *collection,
                lang: lang.clone(),
                sort_key: sort_key.clone(),
                id: *id,
            }));
        }
    }
    for rows in rows.chunks(ROWS) {
        on_each_backend!(conn => diesel::insert_into(published_names::table).values(rows).execute(conn))?;
    }
    Ok(())
}

/// Takes things out of every order.
pub fn remove(conn: &mut DbConn, ids: &[AnyId]) -> QueryResult<()> {
    if ids.is_empty() {
        return Ok(());
    }
    diesel::delete(published_names::table.filter(among(published_names::id, ids)))
        .execute(conn)
        .map(drop)
}

/// Empties all orders.
pub fn clear(conn: &mut DbConn) -> QueryResult<()> {
    diesel::delete(published_names::table)
        .execute(conn)
        .map(drop)
}

/// The place of a name: the language, the key by which it is sorted in base 64, which is short in a
/// cursor, and whose name it is.
pub type NameKey = (Lang, String, AnyId);

/// A page of an order, or from the key backwards.
pub fn page(
    conn: &mut DbConn,
    of: NamesOf,
    lang: &Lang,
    at: Option<Position<NameKey>>,
    limit: i64,
) -> QueryResult<Vec<NameKey>> {
    let place = (published_names::sort_key, published_names::id);
    let query = published_names::table
        .filter(published_names::collection.eq(of))
        .filter(published_names::lang.eq(lang))
        .select((published_names::sort_key, published_names::id))
        .limit(limit)
        .into_boxed();
    let at = at.map(|at| {
        (
            at.back,
            BASE64.decode(at.key.1).unwrap_or_default(),
            at.key.2,
        )
    });
    let rows: Vec<(Vec<u8>, AnyId)> = match at {
        None => query.order(place),
        Some((false, sort_key, id)) => query
            .filter(row_compare(place, Way::After, (sort_key, id)))
            .order(place),
        Some((true, sort_key, id)) => query
            .filter(row_compare(place, Way::Before, (sort_key, id)))
            .order((published_names::sort_key.desc(), published_names::id.desc())),
    }
    .load(conn)?;
    let key = |(sort_key, id): (Vec<u8>, AnyId)| (lang.clone(), BASE64.encode(sort_key), id);
    Ok(rows.into_iter().map(key).collect())
}

/// Refuses a cursor of another language: it stands at another place of another order.
pub fn check_language(at: Option<&Position<NameKey>>, lang: &Lang) -> Result<(), Problem> {
    match at {
        Some(at) if at.key.0 != *lang => Err(Problem::new(
            Code::InvalidCursor,
            "This cursor belongs to the list in another language.",
        )),
        _ => Ok(()),
    }
}

/// How many there are, up to one more than is counted.
pub fn count(conn: &mut DbConn, of: NamesOf, lang: &Lang) -> QueryResult<i64> {
    let ids: Vec<AnyId> = published_names::table
        .filter(published_names::collection.eq(of))
        .filter(published_names::lang.eq(lang))
        .select(published_names::id)
        .limit(COUNT_LIMIT + 1)
        .load(conn)?;
    Ok(ids.len() as i64)
}
