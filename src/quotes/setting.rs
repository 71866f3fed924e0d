//! What others are told of the text in which a quote stands, besides what its card says.

use super::cards::ArticleOfQuote;
use crate::articles::model::ArticleKind;
use crate::articles::published;
use crate::db::DbConn;
use crate::http::problem::Problem;
use crate::sections::{self, SectionId};
use crate::site::{AddressParts, Site};

#[derive(Debug, Clone)]
pub struct Setting {
    pub kind: ArticleKind,
    /// The public address of the text.
    pub url: Option<String>,
    /// That of the article, whose slug may be in the address.
    pub section: Option<SectionId>,
}

impl Setting {
    /// 404 where the article has gone.
    pub fn find(conn: &mut DbConn, site: &Site, article: &ArticleOfQuote) -> Result<Self, Problem> {
        let row = published::find_article(conn, article.id)?.ok_or_else(Problem::not_found)?;
        let section = match row.section_id {
            Some(section) => sections::find_many(conn, &[section])?.into_iter().next(),
            None => None,
        };
        Ok(Self {
            kind: row.kind,
            url: site.article_address(&AddressParts {
                lang: &article.lang,
                slug: Some(&article.slug),
                id: article.id.uuid(),
                section: section.as_ref().map(|section| section.slug.as_str()),
            }),
            section: row.section_id,
        })
    }
}
