//! Who sees what of a notice at the desk. Editors see everything; others what readers see or will see:
//! the published texts as they were published.

use super::model::{Notice, NoticeId};
use super::{published, store};
use crate::auth::Staff;
use crate::auth::rights::Right;
use crate::db::DbConn;
use crate::http::problem::Problem;
use crate::texts::model::Text;
use crate::texts::store as texts;

/// A notice with its texts, if the caller may know of it; 404 where not.
pub fn find_seen(
    conn: &mut DbConn,
    id: NoticeId,
    staff: &Staff,
) -> Result<(Notice, Vec<Text>), Problem> {
    let notice = store::find(conn, id)?.ok_or_else(Problem::not_found)?;
    let texts = seen_by(conn, &[id], staff)?;
    match staff.may(Right::Edit) || !texts.is_empty() {
        true => Ok((notice, texts)),
        false => Err(Problem::not_found()),
    }
}

/// The texts of some notices, as the caller may see them.
pub fn seen_by(conn: &mut DbConn, ids: &[NoticeId], staff: &Staff) -> Result<Vec<Text>, Problem> {
    let items: Vec<_> = ids.iter().map(|id| id.of()).collect();
    let texts = texts::of_items(conn, &items)?;
    if staff.may(Right::Edit) {
        return Ok(texts);
    }
    let headlines = published::headlines(conn, ids)?;
    let known = |text: Text| {
        let (_, _, headline) = headlines
            .iter()
            .find(|(id, lang, _)| text.item_id.of() == *id && text.lang == *lang)?;
        text.as_published(headline)
    };
    Ok(texts.into_iter().filter_map(known).collect())
}
