//! The sitemap: an index, and its parts. A part is read in one snapshot, as rows of a few words each,
//! and written while it is sent, so that nobody holds its megabytes of XML.

use actix_web::get;
use actix_web::web::{Bytes, Data, Path};
use serde::Deserialize;
use utoipa::IntoParams;

use super::urlset::{
    Addresses, DECLARATION, END, Located, NAMESPACE, fitting, to_the_second, write_all,
};
use super::words::escaped;
use crate::app::App;
use crate::articles::sitemap::{self, PARTS, Part, Place};
use crate::db::DbConn;
use crate::http::problem::{ApiResult, Problem};
use crate::http::reading::Reading;
use crate::http::streaming::Streamed;
use crate::site;

/// The media type of sitemaps.
pub const XML: &str = "application/xml; charset=utf-8";

/// How much is written at once, in bytes.
const PIECE: usize = 32 * 1024;

/// Changes when the same rows are written otherwise than before.
const FORM: u32 = 1;

/// Read the sitemap
///
/// The index of the sitemap's parts. Articles are in it once `article_url` of the site says what their
/// addresses are.
#[utoipa::path(
    tag = "feeds",
    responses((status = 200, body = String, content_type = "application/xml")),
)]
#[get("/sitemap.xml")]
pub async fn get_sitemap_index(app: Data<App>) -> ApiResult<Reading> {
    let parts = app
        .readers
        .read_snapshot(|conn| {
            let site = site::find(conn)?;
            let mut parts = sitemap::parts(conn)?;
            match site.article_url {
                Some(_) => parts.retain(|part| part.texts > 0 || part.is_first()),
                // The protocol wants one at least; it has the front pages.
                None => parts.retain(Part::is_first),
            }
            Ok::<_, Problem>(parts)
        })
        .await?;
    let api = escaped(&app.settings.public_url);
    let mut index = format!("{DECLARATION}<sitemapindex xmlns=\"{NAMESPACE}\">\n");
    for part in &parts {
        index.push_str(&format!(
            "<sitemap><loc>{api}/sitemaps/{}.xml</loc><lastmod>{}</lastmod></sitemap>\n",
            part.number,
            to_the_second(part.changed_at)
        ));
    }
    index.push_str("</sitemapindex>\n");
    Ok(Reading::new(XML, index.into_bytes())
        .modified(parts.iter().map(|part| part.changed_at).max())
        .about([PARTS.to_owned(), "site".to_owned()]))
}

/// Which part of the sitemap.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct PartPath {
    /// The number of the part, as the index has it.
    #[param(minimum = 1, example = 1)]
    number: i32,
}

/// Read a part of the sitemap
///
/// The addresses of some of the articles in all their languages, each beside the others as `xhtml:link`;
/// in the first part those of the front page, too. Addresses of more than 2,048 characters are left
/// out, as the protocol has it.
#[utoipa::path(
    tag = "feeds",
    params(PartPath),
    responses((status = 200, body = String, content_type = "application/xml")),
)]
#[get("/sitemaps/{number}.xml")]
pub async fn get_sitemap(app: Data<App>, path: Path<PartPath>) -> ApiResult<Streamed<Pieces>> {
    let number = path.number;
    let (part, addresses, places) = app
        .readers
        .read_snapshot(move |conn| read(conn, number))
        .await?;
    let version = format!(
        "{FORM} {number} {} {} {} {}",
        part.version,
        // A database that was restored from a copy counts versions again that it had before.
        part.changed_at,
        addresses.site.version,
        addresses.version()
    );
    let modified = part.changed_at.max(addresses.site.updated_at);
    let head = Reading::new(XML, Vec::new())
        .modified(Some(modified))
        .about([
            sitemap::key(number),
            "site".to_owned(),
            "sections".to_owned(),
        ]);
    Ok(Streamed::new(
        head,
        version,
        Pieces::new(part, addresses, places),
    ))
}

fn read(conn: &mut DbConn, number: i32) -> Result<(Part, Addresses, Vec<Place>), Problem> {
    let site = site::find(conn)?;
    let nothing = || Problem::not_found().about([PARTS.to_owned()]);
    let part = sitemap::find_part(conn, number)?.ok_or_else(nothing)?;
    let places = match site.article_url {
        Some(_) => sitemap::places(conn, &part)?,
        None => Vec::new(),
    };
    let addresses = Addresses::read(conn, site, |conn| sitemap::sections(conn, &part))?;
    Ok((part, addresses, places))
}

/// A part of the sitemap, written piece by piece.
pub struct Pieces {
    addresses: Addresses,
    places: Vec<Place>,
    /// How many of the places are written.
    written: usize,
    begins: Option<String>,
    has_ended: bool,
}

impl Pieces {
    fn new(part: Part, addresses: Addresses, places: Vec<Place>) -> Self {
        let mut begins = format!(
            "{DECLARATION}<urlset xmlns=\"{NAMESPACE}\" xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">\n"
        );
        if part.is_first() {
            write_front_pages(&mut begins, &addresses);
        }
        Self {
            addresses,
            places,
            written: 0,
            begins: Some(begins),
            has_ended: false,
        }
    }

    /// Writes the next article with all its languages; false where there is none left.
    fn write_article(&mut self, out: &mut String) -> bool {
        let left = &self.places[self.written..];
        let Some(texts) = left
            .chunk_by(|one, next| one.article_id == next.article_id)
            .next()
        else {
            return false;
        };
        let located = |text: &Place| {
            let address = self.addresses.of(text.article_id, &text.lang, &text.slug)?;
            Some(Located {
                lang: text.lang.clone(),
                address,
                updated_at: Some(text.updated_at),
            })
        };
        let versions: Vec<Located> = texts.iter().filter_map(located).collect();
        write_all(out, &versions, self.addresses.site.chain());
        self.written += texts.len();
        true
    }
}

/// The front page in each language, or once where its address is the same in all.
fn write_front_pages(out: &mut String, addresses: &Addresses) {
    let site = &addresses.site;
    let mut pages: Vec<Located> = Vec::new();
    for lang in site.chain() {
        let address = site
            .home_address(lang)
            .and_then(|address| fitting(&address));
        let new = address.filter(|address| pages.iter().all(|page| page.address != *address));
        pages.extend(new.map(|address| Located {
            lang: lang.clone(),
            address,
            updated_at: None,
        }));
    }
    write_all(out, &pages, site.chain());
}

impl Iterator for Pieces {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        if self.has_ended {
            return None;
        }
        let mut piece = self.begins.take().unwrap_or_default();
        while piece.len() < PIECE {
            if !self.write_article(&mut piece) {
                piece.push_str(END);
                self.has_ended = true;
                break;
            }
        }
        Some(Bytes::from(piece))
    }
}
