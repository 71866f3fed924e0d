//! The sitemap of the news: what came out in the last two days, as news search engines read it
//! (<https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap>).

use actix_web::get;
use actix_web::web::Data;

use super::sitemaps::XML;
use super::urlset::{Addresses, DECLARATION, END, NAMESPACE, to_the_second};
use super::words::escaped;
use crate::app::App;
use crate::articles::keys;
use crate::articles::model::ArticleId;
use crate::articles::published as published_articles;
use crate::articles::sitemap::{self, News};
use crate::db::{DbConn, Instant};
use crate::http::problem::{ApiResult, Problem};
use crate::http::reading::Reading;
use crate::site;

/// How long a text is news: two days, in seconds.
const NEWS_SECONDS: i64 = 48 * 60 * 60;

/// The most texts that such a sitemap may have.
const MOST: i64 = 1000;

/// Read the sitemap of the news
///
/// What came out for the first time in the last 48 hours, in all languages of the site: the newest 1,000
/// texts. Empty where nothing did, or the site has no pattern for the addresses of articles.
#[utoipa::path(
    tag = "feeds",
    responses((status = 200, body = String, content_type = "application/xml")),
)]
#[get("/sitemap-news.xml")]
pub async fn get_news_sitemap(app: Data<App>) -> ApiResult<Reading> {
    let now = app.db.clock().now();
    let (addresses, news) = app
        .readers
        .read_snapshot(move |conn| read(conn, now.plus_seconds(-NEWS_SECONDS)))
        .await?;
    let site = &addresses.site;
    let mut document = format!(
        "{DECLARATION}<urlset xmlns=\"{NAMESPACE}\" \
         xmlns:news=\"http://www.google.com/schemas/sitemap-news/0.9\">\n"
    );
    for text in &news {
        if let Some(address) = addresses.of(text.article_id, &text.lang, &text.slug) {
            write(&mut document, text, &address, &site.name);
        }
    }
    document.push_str(END);
    let until = news
        .iter()
        .map(|text| text.since().plus_seconds(NEWS_SECONDS))
        .min();
    let dates = news.iter().map(|text| text.published_at);
    let langs = site.chain().iter().map(keys::key_of_language);
    Ok(Reading::new(XML, document.into_bytes())
        .modified(dates.chain([site.updated_at]).max())
        .true_until(until, now)
        .about(["site".to_owned(), "sections".to_owned()])
        .about(langs))
}

fn read(conn: &mut DbConn, since: Instant) -> Result<(Addresses, Vec<News>), Problem> {
    let site = site::find(conn)?;
    let news = match site.article_url {
        Some(_) => sitemap::news(conn, site.chain(), since, MOST)?,
        None => Vec::new(),
    };
    let ids: Vec<ArticleId> = news.iter().map(|text| text.article_id).collect();
    let addresses = Addresses::read(conn, site, |conn| {
        let articles = published_articles::find_articles(conn, &ids)?;
        Ok(articles
            .into_iter()
            .map(|article| (article.id, article.section_id))
            .collect())
    })?;
    Ok((addresses, news))
}

fn write(out: &mut String, text: &News, address: &str, publication: &str) {
    // Engines want the language alone, without script or region.
    let lang = text.lang.as_str().split('-').next().unwrap_or_default();
    out.push_str(&format!(
        "<url><loc>{}</loc><news:news><news:publication><news:name>{}</news:name>\
         <news:language>{lang}</news:language></news:publication>\
         <news:publication_date>{}</news:publication_date><news:title>{}</news:title></news:news></url>\n",
        escaped(address),
        escaped(publication),
        to_the_second(text.first_published_at),
        escaped(&text.headline),
    ));
}
