//! Publishing a text of a notice, and the copy that readers get.

use serde_json::value::to_raw_value;

use super::model::Notice;
use super::published::{self, PublishedNotice, PublishedNoticeText};
use super::writing;
use crate::auth::Staff;
use crate::changes::{Action, Change, ItemKind};
use crate::db::{Instant, Json, Tx};
use crate::http::problem::{Code, Problem};
use crate::texts::model::{Revision, Text};

/// The surrogate key of every answer that has notices in it.
pub const COLLECTION: &str = "notices";

/// Publishes the newest revision of a text; readers see it while the notice's window is open.
pub fn publish(
    tx: &mut Tx,
    notice: &Notice,
    text: &mut Text,
    since: Option<Instant>,
    staff: &Staff,
) -> Result<(), Problem> {
    let head = writing::head(tx, text)?;
    text.publish(since, tx.now())?;
    published::put(tx, &PublishedNotice::from(notice))?;
    published::put_text(tx, &copy(text, head)?)?;
    let detail = serde_json::json!({"revision": text.head_revision});
    tx.record(change(notice, text, Action::Published, staff).saying(detail));
    Ok(())
}

/// Takes a text away from readers.
pub fn unpublish(
    tx: &mut Tx,
    notice: &Notice,
    text: &mut Text,
    staff: &Staff,
) -> Result<(), Problem> {
    text.unpublish()?;
    published::remove_text(tx, notice.id, &text.lang)?;
    tx.record(change(notice, text, Action::Unpublished, staff));
    Ok(())
}

fn change(notice: &Notice, text: &Text, action: Action, staff: &Staff) -> Change {
    Change::of(ItemKind::Notice, notice.id, action)
        .by(staff.id)
        .in_language(&text.lang)
        .touching([COLLECTION.to_owned()])
}

fn copy(text: &Text, head: Revision) -> Result<PublishedNoticeText, Problem> {
    let broken = || Problem::new(Code::Internal, "The copy for readers cannot be written.");
    let (Some(published_at), Some(updated_at)) = (text.published_at, text.updated_at) else {
        return Err(broken());
    };
    Ok(PublishedNoticeText {
        notice_id: text.item_id.of(),
        lang: text.lang.clone(),
        headline: head.headline,
        body: Json(to_raw_value(&head.body.0).map_err(|_| broken())?),
        published_at,
        updated_at,
    })
}
