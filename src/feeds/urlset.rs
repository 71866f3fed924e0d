//! Addresses as the sitemap protocol has them (<https://www.sitemaps.org/protocol.html>), each with its
//! other languages as `xhtml:link`.

use std::collections::{BTreeMap, BTreeSet};

use super::words::{escaped, uri};
use crate::articles::model::ArticleId;
use crate::db::{DbConn, Instant};
use crate::http::problem::Problem;
use crate::language::{Lang, Slug};
use crate::sections::{self, SectionId};
use crate::site::pattern::Name;
use crate::site::{AddressParts, Site};

pub const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
pub const NAMESPACE: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";
pub const END: &str = "</urlset>\n";

/// The protocol knows no longer addresses.
const MOST_CHARACTERS: usize = 2048;

/// The public addresses of some articles.
pub struct Addresses {
    pub site: Site,
    /// Where addresses name it: the section of an article.
    sections: BTreeMap<ArticleId, SectionId>,
    /// What these sections are called in addresses.
    slugs: BTreeMap<SectionId, Slug>,
}

impl Addresses {
    /// Asks for the sections of the articles only where the site's addresses name them.
    pub fn read(
        conn: &mut DbConn,
        site: Site,
        sections_of: impl FnOnce(
            &mut DbConn,
        ) -> diesel::QueryResult<Vec<(ArticleId, Option<SectionId>)>>,
    ) -> Result<Self, Problem> {
        let pattern = site.article_url.as_deref().unwrap_or_default();
        if !pattern.contains(Name::Section.in_braces()) {
            return Ok(Self {
                site,
                sections: BTreeMap::new(),
                slugs: BTreeMap::new(),
            });
        }
        let of_articles = sections_of(conn)?;
        let ids: BTreeSet<SectionId> = of_articles.iter().filter_map(|(_, id)| *id).collect();
        let found = sections::find_many(conn, &ids.into_iter().collect::<Vec<_>>())?;
        let slugs = found
            .into_iter()
            .map(|section| (section.id, section.slug))
            .collect();
        let sections = of_articles
            .into_iter()
            .filter_map(|(article, section)| Some((article, section?)))
            .collect();
        Ok(Self {
            site,
            sections,
            slugs,
        })
    }

    /// The address of a text as a URI; nothing where it has none that the protocol takes.
    pub fn of(&self, article: ArticleId, lang: &Lang, slug: &Slug) -> Option<String> {
        let parts = AddressParts {
            lang,
            slug: Some(slug),
            id: article.uuid(),
            section: self.section_of(article),
        };
        self.site
            .article_address(&parts)
            .and_then(|address| fitting(&address))
    }

    fn section_of(&self, article: ArticleId) -> Option<&str> {
        let slug = self.slugs.get(self.sections.get(&article)?);
        slug.map(Slug::as_str)
    }

    /// What the addresses depend on besides the site and the texts. Two sections may change their
    /// slugs for each other, so each is named with its own.
    pub fn version(&self) -> String {
        let slugs = self.slugs.iter();
        let slugs: Vec<String> = slugs.map(|(id, slug)| format!("{id}={slug}")).collect();
        slugs.join(",")
    }
}

/// The address as a URI, if it is not too long.
pub fn fitting(address: &str) -> Option<String> {
    Some(uri(address)).filter(|address| address.len() <= MOST_CHARACTERS)
}

/// One thing at its address in a language.
pub struct Located {
    pub lang: Lang,
    pub address: String,
    pub updated_at: Option<Instant>,
}

/// Writes a thing once for each of its languages, every time with all of them beside it. `x-default`
/// is the first of the site's languages that it is in.
pub fn write_all(out: &mut String, versions: &[Located], chain: &[Lang]) {
    let others = alternates(versions, chain);
    for version in versions {
        out.push_str("<url><loc>");
        out.push_str(&escaped(&version.address));
        out.push_str("</loc>");
        if let Some(at) = version.updated_at {
            out.push_str("<lastmod>");
            out.push_str(&to_the_second(at));
            out.push_str("</lastmod>");
        }
        out.push_str(&others);
        out.push_str("</url>\n");
    }
}

fn alternates(versions: &[Located], chain: &[Lang]) -> String {
    let link = |lang: &str, address: &str| {
        let href = escaped(address);
        format!("<xhtml:link rel=\"alternate\" hreflang=\"{lang}\" href=\"{href}\"/>")
    };
    if versions.len() < 2 {
        return String::new();
    }
    let mut links: String = versions
        .iter()
        .map(|version| link(version.lang.as_str(), &version.address))
        .collect();
    let first = chain
        .iter()
        .find_map(|lang| versions.iter().find(|version| version.lang == *lang));
    if let Some(first) = first {
        links.push_str(&link("x-default", &first.address));
    }
    links
}

/// A moment as W3C Datetime has it, in whole seconds.
pub fn to_the_second(at: Instant) -> String {
    at.timestamp().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
