//! Texts that were translated from another text of the same article, and whether that original has
//! moved on since. Nothing is overwritten: a translation is stale until somebody saves it anew and says
//! which revision it follows now.
//!
//! The newsroom compares with the newest revision of the original, readers are told of the published
//! one. A chain (`ru` from `en` from `az`) is followed link by link: a change in `az` makes `en` stale,
//! and `ru` only once `en` was saved. An original that is retracted makes its translations stale for
//! both; one that is taken down or deleted leaves them as they are.
//!
//! What a revision was translated from stands in the revision. The table `translations` has the same of
//! the newest revisions, for the newsroom's list; `published_texts.translation` is what readers are told.

pub mod api;
pub mod desk;
mod store;

use super::cards::Translation;
use super::model::ArticleId;
use super::projection;
use super::publishing::raw;
use crate::db::{DbConn, Json, Tx};
use crate::http::problem::Problem;
use crate::language::Lang;
use crate::texts::model::{Revision, Text, TextState, TranslatedFrom};
use crate::texts::store as texts;
use store::Row;

/// Refuses an original that is not there.
pub fn check_original(
    conn: &mut DbConn,
    article: ArticleId,
    lang: &Lang,
    from: Option<&TranslatedFrom>,
) -> Result<(), Problem> {
    let Some(from) = from else { return Ok(()) };
    let refused = |field: &str, detail: &str| {
        Err(Problem::field(format!("/translated_from/{field}"), detail))
    };
    if from.lang == *lang {
        return refused("lang", "a text is no translation of itself");
    }
    let original = texts::find_any(conn, article.of(), &from.lang)?;
    match original.filter(|text| text.deleted_at.is_none()) {
        None => refused("lang", "the article has no text in this language"),
        Some(text) if text.head_revision < from.revision => {
            refused("revision", "there is no such revision")
        }
        Some(_) => Ok(()),
    }
}

/// Brings up to date what the newsroom's list says after a save: of the text itself, and of those that
/// were translated from it.
pub fn follow_save(tx: &mut Tx, text: &Text, head: &Revision) -> Result<(), Problem> {
    let article: ArticleId = text.item_id.of();
    match &head.translated_from {
        Some(Json(from)) => {
            let stale = has_moved_on(tx, article, from)?;
            let known = store::find(tx, article, &text.lang)?;
            let still = known.filter(|row| row.stale && stale);
            let row = Row {
                article_id: article,
                lang: text.lang.clone(),
                from_lang: from.lang.clone(),
                from_revision: from.revision,
                translator: from.by,
                stale,
                // A save that does not bring it up to date leaves it as long behind as it was.
                since: still.map_or(tx.now(), |row| row.since),
            };
            store::put(tx, &row)?;
        }
        // Nothing was said, or translated, before the first save.
        None if head.number == 1 => return Ok(()),
        None => store::remove(tx, article, &text.lang)?,
    }
    let made = store::made_from(tx, article, &text.lang)?;
    if made.is_empty() {
        return Ok(());
    }
    let numbers: Vec<i32> = made.iter().map(|row| row.from_revision).collect();
    let read = texts::find_revisions(tx, text.item_id, &text.lang, &numbers)?;
    for row in made {
        let then = read.iter().find(|old| old.number == row.from_revision);
        let stale = then.is_some_and(|then| !then.says_the_same_as(head));
        if stale != row.stale {
            store::mark(tx, article, &row.lang, stale)?;
        }
    }
    Ok(())
}

/// A retracted text needs no translator any more; those that were translated from it do.
pub fn follow_retraction(tx: &mut Tx, article: ArticleId, lang: &Lang) -> Result<(), Problem> {
    store::remove(tx, article, lang)?;
    for row in store::made_from(tx, article, lang)? {
        if !row.stale {
            store::mark(tx, article, &row.lang, true)?;
        }
    }
    Ok(())
}

/// Takes a text that was deleted from the newsroom's list.
pub fn forget(tx: &mut Tx, article: ArticleId, lang: &Lang) -> Result<(), Problem> {
    Ok(store::remove(tx, article, lang)?)
}

/// Whether the original says something else by now; `None` for a text that is no translation.
pub fn is_stale(conn: &mut DbConn, text: &Text, head: &Revision) -> Result<Option<bool>, Problem> {
    let from = head.translated_from.as_ref();
    from.map(|Json(from)| has_moved_on(conn, text.item_id.of(), from))
        .transpose()
}

fn has_moved_on(
    conn: &mut DbConn,
    article: ArticleId,
    from: &TranslatedFrom,
) -> Result<bool, Problem> {
    match texts::find_any(conn, article.of(), &from.lang)? {
        None => Ok(false),
        Some(original) if original.state == TextState::Retracted => Ok(true),
        Some(original) => differs(conn, article, from, original.head_revision),
    }
}

/// Whether a newer revision of the original says something else than the one that was translated.
fn differs(
    conn: &mut DbConn,
    article: ArticleId,
    from: &TranslatedFrom,
    newer: i32,
) -> Result<bool, Problem> {
    if newer <= from.revision {
        return Ok(false);
    }
    let both = texts::find_revisions(conn, article.of(), &from.lang, &[from.revision, newer])?;
    Ok(match &both[..] {
        [one, other] => !one.says_the_same_as(other),
        _ => false,
    })
}

/// Writes what readers are told of all translations of an article, after one of its texts was
/// published or withdrawn. `changed` is that text, as it is saved right after.
pub fn tell_readers(tx: &mut Tx, changed: &Text) -> Result<(), Problem> {
    let mut all = texts::of_items(tx, &[changed.item_id])?;
    for text in all.iter_mut().filter(|text| text.lang == changed.lang) {
        text.clone_from(changed);
    }
    tell_readers_of_all(tx, changed.item_id.of(), &all)
}

/// The same after several of them were; `all` are the article's texts as they are then.
pub fn tell_readers_of_all(tx: &mut Tx, article: ArticleId, all: &[Text]) -> Result<(), Problem> {
    let shown = |text: &&Text| text.state == TextState::Published;
    let published: Vec<(&Lang, i32)> = all
        .iter()
        .filter(shown)
        .filter_map(|text| Some((&text.lang, text.published_revision?)))
        .collect();
    for (lang, from) in store::translated(tx, article, &published)? {
        let original = all.iter().find(|text| text.lang == from.lang);
        let stale = match original.map(|text| (text.state, text.published_revision)) {
            Some((TextState::Retracted, _)) => true,
            Some((TextState::Published, Some(newer))) => differs(tx, article, &from, newer)?,
            _ => false,
        };
        let told = Translation {
            from: from.lang,
            by: from.by,
            stale,
        };
        projection::put_translation(tx, article, &lang, &raw(&told)?)?;
    }
    Ok(())
}
