//! Who sees and writes which article at the desk. Editors see everything; others their own, and of
//! the rest what readers see: the published texts as they were published, without drafts and history.

use super::model::{Article, ArticleId};
use super::published;
use super::store;
use crate::auth::Staff;
use crate::db::{DbConn, Tx};
use crate::http::problem::{Code, Problem};
use crate::language::Lang;
use crate::quotes::model::Quote;
use crate::quotes::store as quotes;
use crate::quotes::veil::veil;
use crate::sources::confided::Confided;
use crate::texts::model::{Revision, Text};
use crate::texts::store as texts;

/// An article as somebody may see it.
pub struct Seen {
    pub article: Article,
    /// Whole, or as they were published: `head_revision` is then the published one.
    pub texts: Vec<Text>,
    /// Whether drafts and history are to be seen, too.
    pub whole: bool,
}

/// An article with its texts, if the caller may know of it; 404 where not.
pub fn find_seen(conn: &mut DbConn, id: ArticleId, staff: &Staff) -> Result<Seen, Problem> {
    let article = store::find(conn, id)?.ok_or_else(Problem::not_found)?;
    seen(conn, article, staff)
}

fn seen(conn: &mut DbConn, article: Article, staff: &Staff) -> Result<Seen, Problem> {
    let mut texts = texts::of_items(conn, &[article.id.of()])?;
    let whole = article.is_open_to(staff);
    if !whole {
        texts = as_published(conn, &[article.id], texts)?;
    }
    match whole || !texts.is_empty() {
        true => Ok(Seen {
            article,
            texts,
            whole,
        }),
        false => Err(Problem::not_found()),
    }
}

/// The published ones among some texts, as readers know them.
pub fn as_published(
    conn: &mut DbConn,
    ids: &[ArticleId],
    texts: Vec<Text>,
) -> Result<Vec<Text>, Problem> {
    let versions = published::versions(conn, ids)?;
    let known = |mut text: Text| {
        let version = versions
            .iter()
            .find(|version| version.article_id == text.item_id.of() && version.lang == text.lang)?;
        text.slug = Some(version.slug.clone());
        text.as_published(&version.headline)
    };
    Ok(texts.into_iter().filter_map(known).collect())
}

impl Seen {
    /// One of the texts; 404 where it is not there.
    pub fn text(self, lang: &Lang) -> Result<Text, Problem> {
        self.texts
            .into_iter()
            .find(|text| text.lang == *lang)
            .ok_or_else(Problem::not_found)
    }

    /// 403 for those who see only what is published.
    pub fn check_whole(&self) -> Result<(), Problem> {
        match self.whole {
            true => Ok(()),
            false => Err(Problem::new(
                Code::Forbidden,
                "The history is for whoever wrote it, and for editors.",
            )),
        }
    }

    /// The quotes of a text: those of now, or those that were published with it; and the confidential
    /// sources of which they tell the caller.
    pub fn quotes_of(
        &self,
        conn: &mut DbConn,
        text: &Text,
        staff: &Staff,
    ) -> Result<(Vec<Quote>, Confided), Problem> {
        let mut found = match self.whole {
            true => quotes::of_text(conn, self.article.id, &text.lang)?,
            false => head(conn, text)?.quotes.0,
        };
        let confided = veil(conn, &mut found, staff)?;
        Ok((found, confided))
    }
}

/// The newest revision of a text, or the one that a [`Seen`] text stands for.
pub fn head(conn: &mut DbConn, text: &Text) -> Result<Revision, Problem> {
    let head = texts::find_revision(conn, text.item_id, &text.lang, text.head_revision)?;
    head.ok_or_else(|| Problem::new(Code::Internal, "The text has lost its revision."))
}

/// An article with its texts, if the caller may write it: 404 for what they may not know of, 403
/// for what they may only read.
fn own(
    conn: &mut DbConn,
    article: Article,
    staff: &Staff,
) -> Result<(Article, Vec<Text>), Problem> {
    let was_published = store::was_published(conn, article.id)?;
    let Seen { article, texts, .. } = seen(conn, article, staff)?;
    match article.may_be_written_by(staff, was_published) {
        true => Ok((article, texts)),
        false => Err(Problem::new(
            Code::Forbidden,
            "Contributors write their own articles, until one is published.",
        )),
    }
}

fn present((article, texts): (Article, Vec<Text>)) -> Result<(Article, Vec<Text>), Problem> {
    match article.deleted_at {
        Some(_) => Err(Problem::new(
            Code::WrongState,
            "The article is deleted: restore it first.",
        )),
        None => Ok((article, texts)),
    }
}

/// An article that the caller may write, held until the end of the transaction, be it deleted.
pub fn hold_own(
    tx: &mut Tx,
    id: ArticleId,
    staff: &Staff,
) -> Result<(Article, Vec<Text>), Problem> {
    let article = store::hold(tx, id)?.ok_or_else(Problem::not_found)?;
    own(tx, article, staff)
}

/// The same, and 409 for what is deleted.
pub fn find_own(
    tx: &mut Tx,
    id: ArticleId,
    staff: &Staff,
) -> Result<(Article, Vec<Text>), Problem> {
    present(hold_own(tx, id, staff)?)
}

/// The same for whoever only asks what they could do.
pub fn see_own(
    conn: &mut DbConn,
    id: ArticleId,
    staff: &Staff,
) -> Result<(Article, Vec<Text>), Problem> {
    let article = store::find(conn, id)?.ok_or_else(Problem::not_found)?;
    present(own(conn, article, staff)?)
}
