//! What is held of a reader: told or erased by the desk, for whoever asks for it under their e-mail address.
//! The address is sent in a body, where no log sees it, and stands in no row of the change log.

use actix_web::post;
use actix_web::web::Data;

use super::api_privacy::{ErasedReader, HeldReader, HeldReview, ReaderErasure, ReaderExport};
use super::erasing::{erase, subject_of_email};
use super::model::ReviewId;
use super::store;
use crate::app::App;
use crate::auth::Staff;
use crate::auth::model::Email;
use crate::changes::{Action, Change, ItemKind};
use crate::db::Tx;
use crate::http::body::Posted;
use crate::http::once::Answer;
use crate::http::problem::{ApiResult, Problem};

/// Reviews that are erased by the same statements.
const ERASED_AT_ONCE: usize = 500;
/// Reviews in one answer.
const TOLD_AT_ONCE: usize = 200;

/// Erase what is held of a reader
///
/// All reviews that came with this e-mail address lose name, e-mail, address and words; where readers
/// saw one, an empty place stays in its thread. Make sure that it is the reader who asks: anybody
/// can write anybody's address below a review.
#[utoipa::path(
    tag = "desk: privacy",
    request_body = ReaderErasure,
    responses((status = 200, body = ErasedReader)),
)]
#[post("/v1/desk/privacy/erasures")]
pub async fn erase_reader_data(
    app: Data<App>,
    moderator: Staff,
    asked: Posted<ReaderErasure>,
) -> ApiResult<Answer> {
    let email = asked.value.email;
    asked
        .once
        .write(&app.db, &app.secret, move |tx| {
            let mut erased = 0;
            while let Some(some) = erase_some(tx, &email, &moderator)? {
                erased += some;
            }
            Answer::done(&ErasedReader { erased })
        })
        .await
}

/// How many of some were erased; `None` where none is left.
fn erase_some(tx: &mut Tx, email: &Email, by: &Staff) -> Result<Option<usize>, Problem> {
    let found = store::of_email(tx, email, None, ERASED_AT_ONCE)?;
    if found.is_empty() {
        return Ok(None);
    }
    let ids: Vec<ReviewId> = found.iter().map(|review| review.id).collect();
    // Whoever writes another address below their review at this moment keeps it.
    let held = store::hold(tx, &ids)?.into_values();
    let theirs = held.filter(|review| review.author_email.as_deref() == Some(email.as_str()));
    let theirs: Vec<_> = theirs.collect();
    let erased = theirs.len();
    erase(tx, theirs, Some(by.id))?;
    Ok(Some(erased))
}

/// Read what is held of a reader
///
/// All reviews that came with this e-mail address, with everything that is kept of them. That
/// somebody asked, and how many there were, is noted in the change log; the address is not.
#[utoipa::path(
    tag = "desk: privacy",
    request_body = ReaderExport,
    responses((status = 200, body = HeldReader)),
)]
#[post("/v1/desk/privacy/exports")]
pub async fn export_reader_data(
    app: Data<App>,
    moderator: Staff,
    asked: Posted<ReaderExport>,
) -> ApiResult<Answer> {
    let ReaderExport { email, after } = asked.value;
    asked
        .once
        .write(&app.db, &app.secret, move |tx| {
            let mut found = store::of_email(tx, &email, after, TOLD_AT_ONCE + 1)?;
            let more = found.len() > TOLD_AT_ONCE;
            found.truncate(TOLD_AT_ONCE);
            let next = found.last().filter(|_| more).map(|review| review.id);
            // Ids would tell, even after an erasure, which reviews are by one person.
            let told = serde_json::json!({"reviews": found.len()});
            let change = Change::of_many(ItemKind::Review, Action::PersonalDataRead);
            tx.record(change.by(moderator.id).saying(told));
            let items = found.into_iter().map(HeldReview::from).collect();
            let answer = Answer::done(&HeldReader { items, next })?;
            Ok(answer.with_secret().of_subject(subject_of_email(&email)))
        })
        .await
}
