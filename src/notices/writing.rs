//! Saving a text of a notice: its headline, its body, its revision, in one transaction.

use super::api::{NewNoticeText, NoticeTextPatch};
use super::model::NoticeId;
use crate::auth::Staff;
use crate::body::{Body, keep_keys};
use crate::changes::{Action, Change, ItemKind};
use crate::db::{Json, Tx};
use crate::http::etag::check_saved;
use crate::http::problem::{Code, Problem};
use crate::language::Lang;
use crate::site;
use crate::texts::input::{Draft, draft};
use crate::texts::model::{Cause, Revision, Text, TextOf, TextState};
use crate::texts::store as texts;

/// What a save says; an absent part stays as it is. The body is read already.
#[derive(Debug, Clone)]
pub struct Words {
    pub headline: Option<String>,
    pub body: Option<Draft>,
}

impl TryFrom<NewNoticeText> for Words {
    type Error = Problem;
    /// A text that is put whole: one without a body has an empty one.
    fn try_from(text: NewNoticeText) -> Result<Self, Problem> {
        let NewNoticeText {
            headline,
            body,
            body_markdown,
            body_html,
        } = text;
        let body = unquoted(draft(body, body_markdown, body_html)?)?;
        Ok(Self {
            headline: Some(headline.into()),
            body: body.or_else(|| Some(Draft::Flat(Body::default()))),
        })
    }
}

impl TryFrom<NoticeTextPatch> for Words {
    type Error = Problem;
    fn try_from(patch: NoticeTextPatch) -> Result<Self, Problem> {
        let NoticeTextPatch {
            headline,
            body,
            body_markdown,
            body_html,
        } = patch;
        let body = draft(
            body.into_option(),
            body_markdown.into_option(),
            body_html.into_option(),
        )?;
        Ok(Self {
            headline: headline.into_option().map(String::from),
            body: unquoted(body)?,
        })
    }
}

/// Notices quote nobody.
fn unquoted(draft: Option<Draft>) -> Result<Option<Draft>, Problem> {
    let Some(Draft::Blocks(body, hints)) = &draft else {
        return Ok(draft);
    };
    if !hints.is_empty() {
        let detail = "a notice has no quotes that a mark could name";
        return Err(Problem::field("/body", detail));
    }
    let first = body.pull_quotes().next();
    match first {
        Some((nth, _)) => Err(Problem::field(
            format!("/body/{nth}/quote"),
            "a notice has no quotes that it could name",
        )),
        None => Ok(draft),
    }
}

/// Makes a text. A deleted one of the same language comes back with what it says now.
pub fn create_text(
    tx: &mut Tx,
    notice: NoticeId,
    lang: &Lang,
    words: Words,
    staff: &Staff,
) -> Result<(Text, Revision), Problem> {
    if !site::find(tx)?.chain().contains(lang) {
        return Err(Problem::field("", "it is none of the site's languages"));
    }
    if let Some(mut text) = texts::find_any(tx, notice.of(), lang)? {
        text.deleted_at = None;
        return save_text(tx, text, words, staff);
    }
    let now = tx.now();
    let text = Text {
        item_id: notice.of(),
        item_kind: TextOf::Notice,
        lang: lang.clone(),
        version: 1,
        state: TextState::Draft,
        pending: None,
        head_revision: 1,
        published_revision: None,
        slug: None,
        headline: words.headline.unwrap_or_default(),
        note: None,
        first_published_at: None,
        published_at: None,
        updated_at: None,
        created_by: staff.id,
        created_at: now,
        saved_at: now,
        deleted_at: None,
    };
    texts::insert(tx, &text)?;
    let body = words.body.map(|body| match body {
        Draft::Blocks(body, _) | Draft::Flat(body) => body,
    });
    finish(tx, text, body.unwrap_or_default(), staff)
}

/// Saves a text anew; its paragraphs keep their keys where they are the same or nearly so.
pub fn save_text(
    tx: &mut Tx,
    mut text: Text,
    words: Words,
    staff: &Staff,
) -> Result<(Text, Revision), Problem> {
    let (now, read) = (tx.now(), text.version);
    let before = head(tx, &text)?.body.0;
    let body = match words.body {
        None => before,
        Some(Draft::Blocks(body, _)) => body,
        Some(Draft::Flat(mut body)) => {
            keep_keys(&mut body, &before);
            body
        }
    };
    text.save(now)?;
    if let Some(headline) = words.headline {
        text.headline = headline;
    }
    check_saved(texts::save(tx, &text, read)?, read)?;
    finish(tx, text, body, staff)
}

/// The newest revision of a text.
pub fn head(conn: &mut crate::db::DbConn, text: &Text) -> Result<Revision, Problem> {
    texts::find_revision(conn, text.item_id, &text.lang, text.head_revision)?
        .ok_or_else(|| Problem::new(Code::Internal, "The text has lost its revision."))
}

fn finish(tx: &mut Tx, text: Text, body: Body, staff: &Staff) -> Result<(Text, Revision), Problem> {
    let revision = Revision {
        item_id: text.item_id,
        lang: text.lang.clone(),
        number: text.head_revision,
        slug: None,
        headline: text.headline.clone(),
        standfirst: None,
        body: Json(body),
        image: None,
        seo: None,
        quotes: Json(Vec::new()),
        cause: Cause::Save,
        restored_from: None,
        saved_by: staff.id,
        saved_at: text.saved_at,
        translated_from: None,
    };
    texts::insert_revision(tx, &revision)?;
    note(tx, &text, Action::TextSaved, staff);
    Ok((text, revision))
}

/// Notes a change that readers do not see.
pub fn note(tx: &mut Tx, text: &Text, action: Action, staff: &Staff) {
    let mut change = Change::of(ItemKind::Notice, text.item_id, action)
        .by(staff.id)
        .in_language(&text.lang);
    change.keys.clear();
    tx.record(change);
}
