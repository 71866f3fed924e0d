//! How long what guests give of themselves is kept beside their words: network addresses and e-mail
//! addresses go after the days that the settings say, counted from when the review was left.

use diesel::prelude::*;
use serde_json::json;

use super::model::ReviewId;
use crate::changes::{Action, Change, ItemKind};
use crate::config::GuestSettings;
use crate::db::among::among;
use crate::db::schema::reviews;
use crate::db::{Db, DbConn, Instant, MultiBackend, Tx};
use crate::http::problem::Problem;

/// Rows of one transaction, so that nobody waits long for it.
const BATCH: usize = 500;

/// Forgets what is older than the settings allow.
pub async fn forget_old(db: &Db, guests: GuestSettings) -> Result<(), Problem> {
    while db.write(move |tx| forget_some(tx, guests)).await? {}
    Ok(())
}

/// One batch; true where there may be more.
fn forget_some(tx: &mut Tx, guests: GuestSettings) -> Result<bool, Problem> {
    let before = |days: i64, now: Instant| now.plus_seconds(-days * 24 * 3600);
    let now = tx.now();
    let addresses = forget_addresses(tx, before(guests.address_days, now))?;
    let emails = forget_emails(tx, before(guests.email_days, now))?;
    if addresses + emails > 0 {
        let change = Change::of_many(ItemKind::Review, Action::Forgotten);
        tx.record(change.saying(json!({"addresses": addresses, "emails": emails})));
    }
    Ok(addresses == BATCH || emails == BATCH)
}

/// Nobody is shown network addresses, so the reviews keep their versions.
fn forget_addresses(conn: &mut DbConn, before: Instant) -> QueryResult<usize> {
    let with_address = reviews::table.filter(reviews::author_address.is_not_null());
    let some = oldest(conn, with_address.into_boxed(), before)?;
    diesel::update(reviews::table.filter(among(reviews::id, some.as_slice())))
        .set(reviews::author_address.eq(None::<String>))
        .execute(conn)
}

/// Moderators are shown e-mail addresses, so the reviews have new versions without them.
fn forget_emails(conn: &mut DbConn, before: Instant) -> QueryResult<usize> {
    let with_email = reviews::table.filter(reviews::author_email.is_not_null());
    let some = oldest(conn, with_email.into_boxed(), before)?;
    diesel::update(reviews::table.filter(among(reviews::id, some.as_slice())))
        .set((
            reviews::author_email.eq(None::<String>),
            reviews::version.eq(reviews::version + 1),
        ))
        .execute(conn)
}

/// A batch of those that were left before a moment.
fn oldest(
    conn: &mut DbConn,
    among: reviews::BoxedQuery<'_, MultiBackend>,
    before: Instant,
) -> QueryResult<Vec<ReviewId>> {
    among
        .filter(reviews::created_at.lt(before))
        .order((reviews::created_at, reviews::id))
        .limit(BATCH as i64)
        .select(reviews::id)
        .load(conn)
}
