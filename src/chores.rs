//! What is thrown away in time: what nobody may ask for any more, and what is not to be kept.

use crate::app::App;
use crate::auth::{signing_keys, store};
use crate::http::once;
use crate::http::problem::Problem;
use crate::reviews;

/// Does all of it once. Several nodes may do it at the same time.
pub async fn tidy_up(app: &App) -> Result<(), Problem> {
    let guests = app.settings.guests;
    app.db
        .write(move |tx| {
            let now = tx.now();
            once::forget_old(tx, now)?;
            signing_keys::forget_old(tx, now)?;
            store::forget_old_sign_ins(tx, now)?;
            reviews::store::forget_old_prints(tx, now.plus_seconds(-guests.repeat_hours * 3600))?;
            Ok::<_, Problem>(())
        })
        .await?;
    reviews::keeping::forget_old(&app.db, guests).await
}
